"""etcd: the environment file (``/etc/default/etcd``) and ``etcd.conf.yml``.

Source: the page "Configuration options" and ``embed/config.go``. Roles are switched on in the data (``etcdctl auth enable``), off by default. Go
listens for both families on either wildcard.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import Stack, bound, everywhere, host_port, loopback
from hushdesk.guard.posture._files import ConfigFile, Run, Setting, flat_settings
from hushdesk.guard.posture._lines import environment
from hushdesk.guard.posture._server import Listener, Login, Server
from hushdesk.guard.posture._tree import is_true

_ENV_NAME: Final = re.compile(r"^etcd([\w-]*)(\.(conf|env|default))?$")
_YAML_NAME: Final = re.compile(r"^etcd([\w-]*)(\.conf(ig)?)?\.ya?ml$")
_ENV: Final = re.compile(r"(?m)^[ \t]*(export[ \t]+)?ETCD_(LISTEN|ADVERTISE|INITIAL|CLIENT|PEER)_[A-Z_]+=")
_KEYS: Final = (
    "listen-client-urls",
    "advertise-client-urls",
    "initial-cluster",
    "client-transport-security.",
)


class Etcd:
    """etcd."""

    name = "etcd"

    def claims(self, file: ConfigFile) -> bool:
        """Files with ``ETCD_…`` variables, and YAML with its settings."""
        if file.is_tree:
            return len(file.settings.under(*_KEYS)) > 1 or bool(
                _YAML_NAME.match(file.name) and file.settings.under(*_KEYS)
            )
        if _YAML_NAME.match(file.name):
            return True
        if _ENV_NAME.match(file.name):
            return "ETCD_" in file.text or "DAEMON_ARGS" in file.text
        return bool(_ENV.search(file.text))

    def read(self, run: Run) -> None:
        """One endpoint for each file."""
        run.guarded(run.files, lambda file: _endpoint(run, file))


@dataclass(slots=True)
class _Settings:
    """By the flags' names, wherever they were read."""

    values: dict[str, Setting] = field(default_factory=dict)
    problem: str = ""

    def get(self, name: str, default: str = "") -> str:
        found = self.values.get(name)
        return found.value if found else default


def _settings(run: Run, file: ConfigFile) -> _Settings:
    found = _Settings()
    if file.is_tree or _YAML_NAME.match(file.name):
        flat_settings(run, file)
        flat = file.settings
        found.problem = flat.problem
        for key in flat.values:
            name = {
                "client-transport-security.client-cert-auth": "client-cert-auth",
                "client-transport-security.trusted-ca-file": "trusted-ca-file",
                "client-transport-security.auto-tls": "auto-tls",
            }.get(key, key)
            found.values[name] = Setting(",".join(flat.many(key)), file.place(flat.line(key), key))
        return found
    for name, setting in environment(file).items():
        if name.startswith("ETCD_"):
            found.values[name.removeprefix("ETCD_").lower().replace("_", "-")] = setting
        elif name in {"DAEMON_ARGS", "ETCD_OPTS", "OPTIONS"}:
            _flags(found, setting)
    return found


def _flags(found: _Settings, setting: Setting) -> None:
    try:
        words = shlex.split(setting.value)
    except ValueError:
        words = setting.value.split()
    for index, word in enumerate(words):
        if word.startswith("-"):
            name, equals, value = word.lstrip("-").partition("=")
            follows = words[index + 1] if index + 1 < len(words) else ""
            if not equals:
                value = "true" if not follows or follows.startswith("-") else follows
            # Flags override the environment.
            found.values[name] = Setting(value, setting.place)


def _endpoint(run: Run, file: ConfigFile) -> None:
    found = _settings(run, file)
    listeners = [
        *_listeners(run, file, found, "listen-client-urls", "http://localhost:2379", "client", judged=True),
        *_listeners(run, file, found, "listen-peer-urls", "http://localhost:2380", "peer", judged=False),
        *_listeners(run, file, found, "listen-metrics-urls", "", "metrics", judged=False),
    ]
    run.findings.append(
        Server(
            engine="etcd",
            name=file.document.file,
            place=file.place(),
            listeners=listeners,
            login=_login(file, found, tls=False),
            aliases=tuple(filter(None, (found.get("name"),))),
        ).endpoint()
    )


def _listeners(
    run: Run, file: ConfigFile, found: _Settings, name: str, default: str, label: str, *, judged: bool
) -> list[Listener]:
    setting = found.values.get(name)
    place = setting.place if setting else file.place()
    urls = (setting.value if setting and setting.value else default).split(",")
    listeners = []
    for text in urls:
        url = text.strip()
        if not url or url.startswith("unix"):
            continue
        scheme, slashes, rest = url.partition("://")
        if not slashes or scheme not in {"http", "https"}:
            run.malformed(
                place, f"{name} is no list of URLs", "write http://address:port or https://address:port"
            )
            scheme, rest = "http", url
        host, number = host_port(rest.partition("/")[0])
        if found.problem:
            one = bound("${}", words="an unknown address")
        elif host == "localhost" and not setting:
            one = loopback("localhost")
        else:
            one = bound(host, Stack.ONE_SOCKET, url) if host else everywhere(url)
        listeners.append(
            Listener(
                label=f"{label} port {number}" if number else f"an unknown {label} port",
                bound=one,
                services=Services.of("tcp", *([] if number is None else [number])),
                setting=name if setting else f"{name} (default)",
                login=_login(file, found, tls=scheme == "https") if judged else None,
                encrypted=scheme == "https",
                place=place,
            )
        )
    return listeners


def _login(file: ConfigFile, found: _Settings, *, tls: bool) -> Login:
    if found.problem:
        return Login.unknown(f"the file {found.problem}", file.place())
    asked = found.values.get("client-cert-auth")
    if asked is not None and is_true(asked.value):
        if tls:
            return Login.required("client-cert-auth: clients need a TLS certificate", asked.place)
        return Login.none(
            "client-cert-auth does not count for http URLs; roles are off unless switched on in the data",
            asked.place,
        )
    if found.get("trusted-ca-file") and tls and "client-cert-auth" not in found.values:
        where = found.values["trusted-ca-file"].place
        return Login.unknown(
            "trusted-ca-file without client-cert-auth asks for certificates in some versions only", where
        )
    return Login.none(
        "client-cert-auth is off, and roles are off unless switched on in the data", file.place()
    )
