"""MongoDB: ``mongod.conf`` and ``mongos.conf``, in YAML or in the older form of ``name = value``.

Source: the manual's page "Configuration File Options" and the compatibility notes of 3.6 (localhost by default).
"""

from __future__ import annotations

import re
from typing import Final

from hushdesk.guard._policy import Sources
from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import (
    LOOPBACK,
    LOOPBACK_V4,
    Bound,
    Stack,
    bound,
    every_v4,
    everywhere,
    port,
    unknown,
)
from hushdesk.guard.posture._files import ConfigFile, Run
from hushdesk.guard.posture._server import Listener, Login, Server
from hushdesk.guard.posture._tree import Flat, from_yaml, is_false, is_true

_NAME: Final = re.compile(r"^mongo(d|s|db|sh)?[\w-]*\.(conf|cfg|ya?ml)([\w.-]*)$")
_YAML: Final = re.compile(
    r"(?m)^(net|storage|systemLog|security|processManagement|sharding|replication)[ \t]*:"
)
_OLD: Final = re.compile(
    r"(?m)^[ \t]*(bind_ip|dbpath|noauth|auth|replSet|nojournal|keyFile|configdb|httpinterface|rest|logappend)[ \t]*="
)
_UNTIL_3_4: Final = ("net.http.", "httpinterface", "rest", "net.wireObjectCheck")
_SINCE_3_6: Final = ("net.tls.", "net.bindIpAll", "net.compression")
_OLD_NAMES: Final = {
    "bind_ip": "net.bindIp", "bind_ip_all": "net.bindIpAll", "port": "net.port", "ipv6": "net.ipv6", "keyfile": "security.keyFile",
    "configdb": "sharding.configDB", "sslmode": "net.ssl.mode", "tlsmode": "net.tls.mode", "sslcafile": "net.ssl.CAFile",
    "configsvr": "configsvr", "shardsvr": "shardsvr",
    "transitiontoauth": "security.transitionToAuth",
}  # fmt: skip


class MongoDB:
    """MongoDB."""

    name = "mongodb"

    def claims(self, file: ConfigFile) -> bool:
        """``mongod*.conf`` and files with its sections."""
        if _NAME.match(file.name):
            return not file.is_tree or _looks(file.settings)
        if file.is_tree:
            return _looks(file.settings)
        if not file.name.endswith((".conf", ".cfg", ".yml", ".yaml")):
            return False
        return (
            len({match[1] for match in _YAML.finditer(file.text)}) > 1
            or len({m[1] for m in _OLD.finditer(file.text)}) > 2
        )

    def read(self, run: Run) -> None:
        """One endpoint for each file."""
        run.guarded(run.files, lambda file: _endpoint(run, file))


def _looks(flat: Flat) -> bool:
    return bool(
        flat.under("net.bindIp", "net.port", "storage.dbPath", "security.authorization", "sharding.configDB")
    ) and bool(flat.under("systemLog.", "storage.", "net.", "processManagement."))


def settings(file: ConfigFile) -> Flat:
    """The settings under their YAML names, in whichever form the file is."""
    if file.is_tree or _YAML.search(file.text) or not _OLD.search(file.text):
        return file.settings if file.is_tree else from_yaml(file.text)
    flat = Flat()
    for number, line in enumerate(file.text.splitlines(), 1):
        name, equals, value = line.partition("#")[0].partition("=")
        name, value = name.strip(), value.strip()
        if not name:
            continue
        key = _OLD_NAMES.get(name.lower(), name)
        flat.values[key] = value if equals else "true"
        flat.lines[key] = number
        if name.lower() in {"auth", "noauth"} and (not equals or is_true(value)):
            flat.values["security.authorization"] = "enabled" if name.lower() == "auth" else "disabled"
            flat.lines["security.authorization"] = number
    return flat


def _endpoint(run: Run, file: ConfigFile) -> None:
    flat = settings(file)
    if flat.problem:
        run.malformed(file.place(flat.problem_line), f"the file {flat.problem}", "correct its YAML")
    value = _port(run, file, flat)
    mode = flat.text("net.tls.mode", "net.ssl.mode", default="disabled").lower()
    login = _login(run, file, flat)
    key = "net.bindIpAll" if is_true(flat.text("net.bindIpAll")) else "net.bindIp"
    run.findings.append(
        Server(
            engine="mongodb",
            name=file.document.file,
            place=file.place(),
            listeners=[
                Listener(
                    label=f"port {value}" if value is not None else "an unknown port",
                    bound=one,
                    services=Services.of("tcp", *([] if value is None else [value])),
                    setting=key if flat.has(key) else f"{key} (default)",
                    login=login,
                    encrypted=mode in {"requiretls", "requiressl"},
                    place=file.place(flat.line(key), key if flat.has(key) else ""),
                )
                for one in _bounds(run, flat)
            ],
            login=login,
        ).endpoint()
    )


def _port(run: Run, file: ConfigFile, flat: Flat) -> int | None:
    role = flat.text("sharding.clusterRole").lower()
    if role == "configsvr" or is_true(flat.text("configsvr")):
        default = "27019"
    elif role == "shardsvr" or is_true(flat.text("shardsvr")):
        default = "27018"
    else:
        default = "27017"
    if flat.problem:
        return None
    value = port(flat.text("net.port", default=default))
    if value is None:
        run.malformed(
            file.place(flat.line("net.port"), "net.port"),
            "the port is no number from 1 to 65535",
            "write the number",
        )
    return value


def _bounds(run: Run, flat: Flat) -> list[Bound]:
    ipv6 = is_true(flat.text("net.ipv6"))
    if flat.problem:
        return [unknown("an unknown address", f"the file {flat.problem}")]
    if is_true(flat.text("net.bindIpAll")):
        return [_every("every address (bindIpAll)", ipv6=ipv6)]
    local = LOOPBACK if ipv6 else LOOPBACK_V4
    if flat.has("net.bindIp"):
        found = []
        for word in flat.many("net.bindIp"):
            if word.startswith("/"):
                continue
            if word == "*":
                found.append(_every(word, ipv6=ipv6))
            elif word == "localhost":
                found.append(Bound(word, Sources.exactly(local, word)))
            else:
                one = bound(word, Stack.APART)
                # Without net.ipv6 no address of that family is listened on.
                found += [one] if ipv6 or one.sources.upper.v4 else []
        return found
    version = run.version("mongodb")
    if version >= (3, 6) or (not version and flat.under(*_SINCE_3_6)):
        return [Bound("localhost", Sources.exactly(local, "localhost"))]
    if version or flat.under(*_UNTIL_3_4):
        return [_every("every address (before 3.6)", ipv6=ipv6)]
    why = (
        "net.bindIp is not set: localhost by default since 3.6, every address before, and images give --bind_ip_all; "
        "which version this is decides (parameter mongodb.version)"
    )
    return [unknown("localhost", why, surely=local)]


def _every(words: str, *, ipv6: bool) -> Bound:
    return everywhere(words) if ipv6 else every_v4(words)


def _login(run: Run, file: ConfigFile, flat: Flat) -> Login:
    if flat.problem:
        return Login.unknown(f"the file {flat.problem}", file.place())

    if is_true(flat.text("security.transitionToAuth")):
        where = file.place(flat.line("security.transitionToAuth"))
        return Login.none("security.transitionToAuth lets clients in without a password", where)
    authorization = flat.text("security.authorization").lower()
    mutual = flat.text("net.tls.mode", "net.ssl.mode").lower() in {"requiretls", "requiressl"} and flat.has(
        "net.tls.CAFile", "net.ssl.CAFile"
    )
    optional = is_true(
        flat.text(
            "net.tls.allowConnectionsWithoutCertificates", "net.ssl.allowConnectionsWithoutCertificates"
        )
    )
    where = file.place(flat.line("security.authorization"), "security.authorization")
    if authorization == "enabled":
        return Login.required("security.authorization is enabled", where)
    internal = flat.text("security.clusterAuthMode").lower()
    if flat.has("security.keyFile") or internal in {"x509", "sendx509"}:
        key = "security.keyFile" if flat.has("security.keyFile") else "security.clusterAuthMode"
        return Login.required(f"{key} switches authorization on", file.place(flat.line(key), key))
    if mutual and not optional:
        return Login.required(
            "clients need a TLS certificate (CAFile)",
            file.place(flat.line("net.tls.CAFile", "net.ssl.CAFile")),
        )
    if authorization and authorization != "disabled" and not is_false(authorization):
        run.malformed(where, "security.authorization is neither enabled nor disabled", "write enabled")
        return Login.unknown(f"security.authorization is {authorization}", where)
    if authorization:
        return Login.none("security.authorization is disabled", where)
    if flat.has("sharding.configDB"):
        return Login.none("a mongos without security.keyFile asks for no password", file.place())
    return Login.none("security.authorization is not set: off by default", file.place())
