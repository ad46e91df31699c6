"""Neo4j, ZooKeeper and Solr: each a few ``name=value`` lines. Java listens for both families on either wildcard.

Sources: Neo4j's operations manual ("Configuration settings", 3.5 to 5), ZooKeeper's administrator's guide, Solr's reference guide ("Taking Solr to
production", "Authentication and authorization plugins").
"""

from __future__ import annotations

import re
from typing import Final

from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import (
    LOOPBACK,
    Bound,
    Stack,
    bound,
    everywhere,
    host_port,
    loopback,
    port,
    unknown,
)
from hushdesk.guard.posture._files import ConfigFile, Run
from hushdesk.guard.posture._lines import environment, placed, properties, value
from hushdesk.guard.posture._server import Listener, Login, Server
from hushdesk.guard.posture._tree import is_false, is_true

_NEO4J: Final = re.compile(
    r"(?m)^[ \t#]*(dbms\.security\.auth_enabled|(dbms|server)\.default_listen_address|dbms\.connectors?\.|server\.bolt\.|dbms\.memory\.)"
)
_ZOOKEEPER: Final = re.compile(r"(?m)^[ \t]*(clientPort|secureClientPort|clientPortAddress)[ \t]*=")
_SOLR: Final = re.compile(
    r"(?m)^[ \t#]*SOLR_(JETTY_HOST|HOME|PORT|HEAP|AUTH_TYPE|ZK_HOST|JAVA_MEM|PID_DIR|IP_ALLOWLIST)=|^[ \t#]*ZK_HOST="
)


def _address(text: str) -> Bound:
    return bound(text, Stack.ONE_SOCKET)


class Neo4j:
    """Neo4j."""

    name = "neo4j"

    def claims(self, file: ConfigFile) -> bool:
        """``neo4j.conf``, and files with its keys."""
        return not file.is_tree and (file.name.startswith("neo4j") or file.name.endswith((".conf", ".properties"))) and bool(
            _NEO4J.search(file.text)
        )  # fmt: skip

    def read(self, run: Run) -> None:
        """One endpoint for each file."""
        run.guarded(run.files, lambda file: _neo4j(run, file))


def _neo4j(run: Run, file: ConfigFile) -> None:
    found = properties(file)
    enabled = value(found, "dbms.security.auth_enabled", default="true")
    place = placed(found, file, "dbms.security.auth_enabled")
    if is_true(enabled):
        login = Login.required(
            f"dbms.security.auth_enabled is {'true' if place.line else 'true by default'}", place
        )
    elif is_false(enabled):
        login = Login.none("dbms.security.auth_enabled is false", place)
    else:
        login = Login.unknown(f"dbms.security.auth_enabled is {enabled}", place)
    defaults = (
        "server.default_listen_address",
        "dbms.default_listen_address",
        "dbms.connectors.default_listen_address",
    )
    shared = value(found, *defaults, default="localhost")
    listeners = []
    for name, default_port, on in (("bolt", 7687, "true"), ("http", 7474, "true"), ("https", 7473, "false")):
        prefixes = (f"server.{name}", f"dbms.connector.{name}")
        if is_false(value(found, *(f"{prefix}.enabled" for prefix in prefixes), default=on)):
            continue
        keys = tuple(f"{prefix}.listen_address" for prefix in prefixes)
        host, number = host_port(value(found, *keys), default_port)
        if number is None:
            run.malformed(placed(found, file, *keys), "the address names no port", "write address:port")
        setting = next((key for key in (*keys, *defaults) if key in found), "")
        level = value(found, *(f"{prefix}.tls_level" for prefix in prefixes))
        listeners.append(
            Listener(
                label=f"{name} port {number}",
                bound=_address(host or shared),
                services=Services.of("tcp", *([] if number is None else [number])),
                setting=setting or "default_listen_address (default)",
                login=login,
                encrypted=name == "https" or level == "REQUIRED",
                place=placed(found, file, *keys, *defaults),
            )
        )
    run.add(
        Server(engine="neo4j", name=file.document.file, place=file.place(), listeners=listeners, login=login)
    )


class ZooKeeper:
    """ZooKeeper."""

    name = "zookeeper"

    def claims(self, file: ConfigFile) -> bool:
        """``zoo.cfg`` and its like."""
        return (
            not file.is_tree
            and bool(_ZOOKEEPER.search(file.text))
            and bool(re.search(r"(?m)^[ \t]*(dataDir|tickTime)[ \t]*=", file.text))
        )

    def read(self, run: Run) -> None:
        """One endpoint for each file."""
        run.guarded(run.files, lambda file: _zookeeper(run, file))


def _zookeeper(run: Run, file: ConfigFile) -> None:
    found = properties(file)
    forced = (
        "sessionRequireClientSASLAuth",
        "zookeeper.sessionRequireClientSASLAuth",
        "enforce.auth.enabled",
    )
    key = next((key for key in forced if is_true(value(found, key))), "")
    if key:
        login = Login.required(f"{key} is true", placed(found, file, key))
    else:
        login = Login.none(
            "nothing forces clients to prove who they are; nodes are open unless an ACL in the data says otherwise",
            file.place(),
        )
    listeners = []
    for name, address, tls in (
        ("clientPort", "clientPortAddress", False),
        ("secureClientPort", "secureClientPortAddress", True),
    ):
        if name not in found:
            continue
        number = port(found[name].value)
        if number is None:
            run.malformed(found[name].place, f"{name} is no port", "write the number alone")
        host = value(found, address)
        none = is_true(value(found, "ssl.clientAuth", default="need")) if tls else False
        proof = tls and not none and value(found, "ssl.clientAuth", default="need").lower() == "need"
        listeners.append(
            Listener(
                label=f"port {number}",
                bound=_address(host) if host else everywhere("every address"),
                services=Services.of("tcp", *([] if number is None else [number])),
                setting=address if host else f"{address} (default)",
                login=Login.required("clients need a TLS certificate (ssl.clientAuth)", found[name].place)
                if proof
                else login,
                encrypted=tls,
                place=placed(found, file, address, name),
            )
        )
    if not is_false(value(found, "admin.enableServer", default="true")):
        number = port(value(found, "admin.serverPort", default="8080"))
        listeners.append(
            Listener(
                label=f"admin port {number}",
                bound=_address(value(found, "admin.serverAddress", default="0.0.0.0")),  # noqa: S104 - we read it
                services=Services.of("tcp", *([] if number is None else [number])),
                setting="admin.serverAddress",
                place=placed(found, file, "admin.serverAddress"),
                doubt=""
                if any(name.startswith("admin.") for name in found)
                else "there is no admin server before 3.5",
            )
        )
    run.add(
        Server(
            engine="zookeeper", name=file.document.file, place=file.place(), listeners=listeners, login=login
        )
    )


class Solr:
    """Solr."""

    name = "solr"

    def claims(self, file: ConfigFile) -> bool:
        """``solr.in.sh`` and ``security.json``."""
        if file.is_tree:
            return file.name == "security.json" and "solr." in file.settings.text(
                "authentication.class", "authorization.class"
            )
        return file.name.startswith("solr") and bool(_SOLR.search(file.text))

    def read(self, run: Run) -> None:
        """One endpoint for each ``solr.in.sh``, with the ``security.json`` nearest to it."""
        run.guarded([file for file in run.files if not file.is_tree], lambda file: _solr(run, file))
        for file in run.files:
            if file.is_tree and not run.included(file):
                run.skipped(file.place(), "Solr's security.json", "no solr.in.sh was given with it")


def _solr(run: Run, file: ConfigFile) -> None:
    found = environment(file)
    login = _solr_login(run, file)
    number = port(value(found, "SOLR_PORT", default="8983"))
    host = value(found, "SOLR_JETTY_HOST")
    version = run.version("solr")
    if host:
        one = _address(host)
    elif version >= (9,):
        one = loopback("127.0.0.1")
    elif version:
        one = everywhere("every address")
    else:
        why = (
            "SOLR_JETTY_HOST is not set: 127.0.0.1 by default since 9.0, every address before; which version this is decides (parameter "
            "solr.version)"
        )
        one = unknown("127.0.0.1", why, surely=LOOPBACK)
    run.add(
        Server(
            engine="solr",
            name=file.document.file,
            place=file.place(),
            listeners=[
                Listener(
                    label=f"port {number}",
                    bound=one,
                    services=Services.of("tcp", *([] if number is None else [number])),
                    setting="SOLR_JETTY_HOST" if host else "SOLR_JETTY_HOST (default)",
                    login=login,
                    encrypted=is_true(value(found, "SOLR_SSL_ENABLED")),
                    place=placed(found, file, "SOLR_JETTY_HOST"),
                )
            ],
            login=login,
        )
    )


def _solr_login(run: Run, file: ConfigFile) -> Login:
    others = [other for other in run.files if other.is_tree]
    near = [other for other in others if other.path.startswith(file.folder)] or (
        others if len(others) == 1 else []
    )
    for other in near[:1]:
        run.use(other)
        flat = other.settings
        if not flat.has("authentication.class"):
            return Login.none("security.json names no authentication", other.place())
        where = other.place(flat.line("authentication.blockUnknown", "authentication.class"))
        if is_false(flat.text("authentication.blockUnknown")):
            return Login.none("blockUnknown is false: requests without a password pass", where, some=True)
        return Login.required("security.json: blockUnknown is on", where)
    return Login.unknown(
        "security.json was not given: it decides who needs a password, and without it nobody does",
        file.place(),
    )
