"""Kibana and OpenSearch Dashboards: pages that show a cluster's data.

Source: the reference page "Configure Kibana" and the Dashboards security pages. Node.js listens for IPv4 alone on ``0.0.0.0``.
"""

from __future__ import annotations

import re
from typing import Final

from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import bound, every_v4, loopback, port
from hushdesk.guard.posture._files import ConfigFile, Run, flat_settings
from hushdesk.guard.posture._server import Listener, Login, Server
from hushdesk.guard.posture._tree import is_false, is_true

_NAME: Final = re.compile(r"^(kibana|opensearch_dashboards)([\w.-]*)\.ya?ml([\w.-]*)$")
_CREDENTIALS: Final = (
    "elasticsearch.username",
    "elasticsearch.serviceAccountToken",
    "elasticsearch.password",
    "elasticsearch.apiKey",
)


class Kibana:
    """Kibana and OpenSearch Dashboards."""

    name = "kibana"

    def claims(self, file: ConfigFile) -> bool:
        """``kibana*.yml``, ``opensearch_dashboards*.yml``, and YAML with their settings."""
        if _NAME.match(file.name):
            return True
        if not file.is_tree:
            return False
        flat = file.settings
        return flat.has("server.host", "server.port") and bool(
            flat.under("elasticsearch.hosts", "elasticsearch.url", "opensearch.hosts", "kibana.index")
        )

    def read(self, run: Run) -> None:
        """One endpoint for each file."""
        run.guarded(run.files, lambda file: _endpoint(run, file))


def _endpoint(run: Run, file: ConfigFile) -> None:
    flat_settings(run, file)
    flat = file.settings
    host = flat.text("server.host")
    number = flat.text("server.port", default="5601")
    value = port(number)
    if value is None:
        run.malformed(file.place(flat.line("server.port")), "server.port is no port", "write 5601")
    login = Login.unknown(f"the file {flat.problem}", file.place()) if flat.problem else _login(run, file)
    one = every_v4(host) if host == "0" else bound(host) if host else loopback("localhost")
    run.findings.append(
        Server(
            engine="kibana",
            name=file.document.file,
            place=file.place(),
            listeners=[
                Listener(
                    label=f"port {number}",
                    bound=one if not flat.problem else bound("${}", words="an unknown address"),
                    services=Services.of("tcp", *([] if value is None else [value])),
                    setting="server.host" if host else "server.host (default)",
                    login=login,
                    encrypted=is_true(flat.text("server.ssl.enabled")),
                    place=file.place(flat.line("server.host"), "server.host" if host else ""),
                )
            ],
            login=login,
        ).endpoint()
    )


def _login(run: Run, file: ConfigFile) -> Login:
    flat = file.settings
    anonymous = [
        key
        for key in flat.under(
            "xpack.security.authc.providers.anonymous.", "opensearch_security.auth.anonymous_auth_enabled"
        )
        if not key.endswith("auth_enabled") or is_true(flat.text(key))
    ]
    if anonymous:
        where = file.place(flat.line(anonymous[0]), anonymous[0])
        return Login.none(f"anonymous visitors are let in ({anonymous[0]})", where, some=True)
    enabled = flat.text("xpack.security.enabled")
    if is_false(enabled):
        where = file.place(flat.line("xpack.security.enabled"))
        return Login.none("xpack.security.enabled is false", where)
    if flat.under("opensearch_security."):
        return Login.required("the security plugin asks for a login", file.place())
    version = run.version("kibana")
    if version >= (8,):
        return Login.required("Kibana 8 asks for a login unless Elasticsearch has none", file.place())
    if is_true(enabled) or flat.has(*_CREDENTIALS):
        key = next((key for key in ("xpack.security.enabled", *_CREDENTIALS) if flat.has(key)), "")
        return Login.required(
            f"{key} is set: the cluster has users, and so has Kibana", file.place(flat.line(key), key)
        )
    return Login.unknown(
        "whether Kibana asks for a login depends on the cluster behind it; read its configuration too",
        file.place(),
    )
