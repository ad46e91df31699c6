"""Elasticsearch and OpenSearch: ``elasticsearch.yml``, ``opensearch.yml`` and the security plugin's ``config.yml``.

Source: the reference pages "Networking", "Security settings" and "Anonymous access" of Elasticsearch, the breaking changes of 7.0 and 8.0
(which settings are refused), and the security configuration page of OpenSearch. Java listens for both families on either wildcard.
"""

from __future__ import annotations

import re
from typing import Final

from hushdesk.guard._policy import Place
from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import LOOPBACK, Bound, Stack, bound, everywhere, loopback, unknown
from hushdesk.guard.posture._files import ConfigFile, Run, flat_settings
from hushdesk.guard.posture._server import Listener, Login, Server
from hushdesk.guard.posture._tree import Flat, is_false, is_true

_NAME: Final = re.compile(r"^(elasticsearch|opensearch)([\w.-]*)\.ya?ml([\w.-]*)$")
_OWN: Final = ("xpack.security.", "plugins.security.", "opensearch_security.", "searchguard.")
_TELLING: Final = (
    "network.host", "network.bind_host", "http.port", "http.host", "discovery.", "path.data", "node.name", "node.roles",
    "bootstrap.memory_lock", "transport.",
)  # fmt: skip
_NOT_OURS: Final = (
    "server.",
    "elasticsearch.",
    "kibana.",
    "opensearch.",
    "logstash.",
    "apiVersion",
    "services.",
    "filebeat.",
    "output.",
)
_REFUSED_BY_8: Final = (
    "discovery.zen.", "node.master", "node.data", "node.ingest", "node.ml", "node.local", "node.max_local_storage_nodes",
    "transport.tcp.", "http.tcp_no_delay", "http.enabled", "bootstrap.system_call_filter", "gateway.expected_nodes",
    "gateway.expected_master_nodes", "gateway.expected_data_nodes", "gateway.recover_after_nodes", "cluster.remote.connect",
    "cluster.join.timeout", "index.", "script.inline", "script.stored", "script.file", "threadpool.", "marvel.", "shield.",
)  # fmt: skip
_UNTIL_2: Final = ("index.", "discovery.zen.ping.multicast.", "marvel.", "shield.", "node.client")
_SINCE_8: Final = ("xpack.security.enrollment.", "xpack.security.autoconfiguration.")
_LOCAL: Final = re.compile(r"^_local(:ipv[46])?_$")
_WIDE: Final = re.compile(r"^_(site|global|non_loopback|ec2|gce|azure|\w+)(:\w+)?_$")


class Elasticsearch:
    """Elasticsearch and OpenSearch."""

    name = "elasticsearch"

    def claims(self, file: ConfigFile) -> bool:
        """``elasticsearch*.yml``, ``opensearch*.yml``, and YAML with settings of theirs."""
        if _NAME.match(file.name) and "dashboards" not in file.name:
            return True
        if not file.is_tree and not file.name.endswith((".yml", ".yaml")):
            return False
        if not isinstance(file.document.content, (dict, str)):
            return False
        flat = file.settings
        if flat.under(*_NOT_OURS):
            return False
        if _is_security_config(flat):
            return True
        return bool(flat.under(*_OWN)) or ("cluster.name" in flat.values and bool(flat.under(*_TELLING)))

    def read(self, run: Run) -> None:
        """One endpoint for each file."""
        mains = [file for file in run.files if not _is_security_config(file.settings)]
        run.guarded(mains, lambda file: _endpoint(run, file))
        for file in run.files:
            if file not in mains and not run.included(file):
                run.skipped(
                    file.place(), "a security plugin's config.yml", "no opensearch.yml was given with it"
                )


def _is_security_config(flat: Flat) -> bool:
    return bool(flat.under("config.dynamic.", "searchguard.dynamic.", "sg_config.dynamic."))


def _endpoint(run: Run, file: ConfigFile) -> None:
    flat_settings(run, file)
    flat = file.settings
    broken = flat.problem
    opensearch = "opensearch" in file.name or bool(flat.under("plugins.security.", "opensearch_security."))
    login = (
        Login.unknown(f"the file {broken}", file.place())
        if broken
        else _login(run, file, opensearch=opensearch)
    )
    http_tls = flat.text(
        "xpack.security.http.ssl.enabled",
        "plugins.security.ssl.http.enabled",
        "searchguard.ssl.http.enabled",
        default="false",
    )
    listeners: list[Listener] = []
    if not is_false(flat.text("http.enabled")):
        listeners += _listeners(
            run,
            file,
            "http",
            ("http.bind_host", "http.host"),
            ("http.port",),
            "9200",
            login,
            encrypted=is_true(http_tls),
        )
    listeners += _listeners(
        run,
        file,
        "transport",
        ("transport.bind_host", "transport.host"),
        ("transport.port", "transport.tcp.port"),
        "9300",
        login,
        encrypted=is_true(flat.text("xpack.security.transport.ssl.enabled")) or opensearch,
    )
    for key in flat.under(
        "xpack.security.http.filter.", "xpack.security.transport.filter.", "transport.profiles."
    ):
        run.skipped(
            file.place(flat.line(key), key), key, "address filters and transport profiles are not evaluated"
        )
    run.add(
        Server(
            engine="opensearch" if opensearch else "elasticsearch",
            name=file.document.file,
            place=file.place(),
            listeners=listeners,
            login=login,
            aliases=tuple(filter(None, (flat.text("node.name"),))),
        )
    )


def _listeners(
    run: Run,
    file: ConfigFile,
    label: str,
    hosts: tuple[str, ...],
    ports: tuple[str, ...],
    default: str,
    login: Login,
    *,
    encrypted: bool,
) -> list[Listener]:
    flat = file.settings
    keys = (*hosts, "network.bind_host", "network.host")
    key = next((key for key in keys if flat.has(key)), "")
    place = file.place(flat.line(key), key) if key else file.place()
    number = flat.text(*ports, default=default)
    if flat.problem:
        bounds = [unknown("an unknown address", f"the file {flat.problem}")]
    elif key:
        bounds = [_bound(word) for word in flat.many(key)]
    elif flat.under(*_UNTIL_2):
        bounds = [
            unknown("_local_", "the default is every address before 2.0, and _local_ since", surely=LOOPBACK)
        ]
    else:
        bounds = [loopback("_local_")]
    services = _ports(number)
    if services is None:
        run.malformed(
            file.place(flat.line(*ports)),
            f"{label}.port is no port or range of ports",
            "write 9200 or 9200-9300",
        )
        services = Services.of("tcp")
    return [
        Listener(
            label=f"{label} port {number}",
            bound=one,
            services=services,
            setting=key or "network.host (default)",
            login=login,
            encrypted=encrypted,
            place=place,
        )
        for one in bounds
    ]


def _ports(text: str) -> Services | None:
    numbers = [part.strip() for part in text.split("-")]
    if (
        not all(part.isdecimal() and len(part) < 6 and int(part) < 65536 for part in numbers)
        or len(numbers) > 2
    ):
        return None
    low, high = int(numbers[0]), int(numbers[-1])
    return Services.of("tcp", (low, high)) if low <= high else None


def _bound(word: str) -> Bound:
    if word == "0":
        return everywhere(word)
    if _LOCAL.match(word):
        return loopback(word)
    if _WIDE.match(word):
        # An interface or an address of this machine that others can reach, whichever it is.
        return everywhere(word)
    return bound(word, Stack.ONE_SOCKET)


def _login(run: Run, file: ConfigFile, *, opensearch: bool) -> Login:
    flat = file.settings

    def place(*keys: str) -> Place:
        key = next((key for key in keys if key in flat.values), "")
        return file.place(flat.line(key), key)

    plugin = flat.under("plugins.security.", "opensearch_security.", "searchguard.")
    if opensearch or plugin:
        return _plugin_login(run, file, bool(plugin))
    enabled = flat.text("xpack.security.enabled")
    where = place("xpack.security.enabled")
    if is_false(enabled):
        return Login.none("xpack.security.enabled is false", where)
    roles = flat.many("xpack.security.authc.anonymous.roles")
    if roles and (is_true(enabled) or not enabled):
        return Login.none(
            f"requests without a password act as an anonymous user with the roles {', '.join(roles)}",
            place("xpack.security.authc.anonymous.roles"),
            some="superuser" not in roles,
        )
    if is_true(enabled):
        return Login.required("xpack.security.enabled is true", where)
    if enabled:
        return Login.unknown(f"xpack.security.enabled is {enabled}, which is filled in at start", where)
    plugin = flat.under("readonlyrest.", "http.basic.", "shield.", "armor.")
    if plugin:
        return Login.unknown(
            f"a plugin that this version does not know may ask for a password ({plugin[0]})", place(plugin[0])
        )
    version = run.version("elasticsearch")
    refused = flat.under(*_REFUSED_BY_8)
    if version >= (8,) or (not version and flat.under(*_SINCE_8)):
        return Login.required("xpack.security.enabled is not set: on by default since 8.0", file.place())
    if version:
        return Login.none("xpack.security.enabled is not set: off by default before 8.0", file.place())
    if refused:
        return Login.none(
            f"xpack.security.enabled is not set: off by default before 8.0, and 8.0 refuses {refused[0]}",
            place(refused[0]),
        )
    return Login.unknown(
        "xpack.security.enabled is not set: off by default until 7, on since 8.0; which version this is decides "
        "(parameter elasticsearch.version)",
        file.place(),
    )


def _plugin_login(run: Run, file: ConfigFile, named: bool) -> Login:
    flat = file.settings
    for key in ("plugins.security.disabled", "opensearch_security.disabled", "searchguard.disabled"):
        if is_true(flat.text(key)):
            return Login.none(f"{key} is true", file.place(flat.line(key), key))
    for other in run.files:
        if _is_security_config(other.settings) and other.path.startswith(file.folder):
            run.use(other)
            for key in other.settings.under("config.dynamic.", "searchguard.dynamic.", "sg_config.dynamic."):
                if key.endswith("anonymous_auth_enabled") and is_true(other.settings.text(key)):
                    where = other.place(other.settings.line(key), key)
                    return Login.none(
                        "the security plugin lets anonymous requests in (anonymous_auth_enabled)",
                        where,
                        some=True,
                    )
    if named:
        why = "the security plugin is set up, and anonymous_auth_enabled is off by default"
        return Login.required(why, file.place())
    return Login.unknown(
        "nothing says whether the security plugin is there: OpenSearch starts without its settings only where it is taken out",
        file.place(),
    )
