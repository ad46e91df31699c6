"""ClickHouse: ``config.xml``, ``users.xml``, and the fragments in ``config.d`` and ``users.d``.

Source: ``ConfigProcessor.cpp`` (merging), ``Server.cpp`` (ports, default hosts), ``UsersConfigAccessStorage.cpp`` (users). Without a ``networks``
element a user may come from anywhere. ``::/0`` covers IPv4 too: the server compares mapped addresses.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard._addresses import ALL_V4, EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._policy import Place, Sources
from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import LOOPBACK, Bound, Stack, bound, loopback, port, unknown
from hushdesk.guard.posture._files import ConfigFile, Run
from hushdesk.guard.posture._server import Listener, Login, Server
from hushdesk.guard.posture._xml import Node, XmlError, merge, parse

_ROOT: Final = re.compile(r"<(yandex|clickhouse)[\s>]")
_SERVER: Final = re.compile(
    r"<(listen_host|tcp_port|http_port|https_port|tcp_port_secure|mysql_port|users_config)[\s>]"
)
_USERS: Final = re.compile(r"<users[\s>]")
_PORTS: Final = {
    "http_port": ("http", False), "https_port": ("https", True), "tcp_port": ("native", False), "tcp_port_secure": ("native TLS", True),
    "tcp_with_proxy_port": ("native behind a proxy", False), "mysql_port": ("mysql", False), "postgresql_port": ("postgresql", False),
    "grpc_port": ("grpc", False),
}  # fmt: skip
_PROOFS: Final = (
    "password_sha256_hex", "password_double_sha1_hex", "password_scram_sha256_hex", "ldap", "kerberos", "ssl_certificates",
    "ssh_keys", "http_authentication", "jwt", "bcrypt", "password_bcrypt", "certificates",
)  # fmt: skip


class ClickHouse:
    """ClickHouse."""

    name = "clickhouse"

    def claims(self, file: ConfigFile) -> bool:
        """XML with the server's elements."""
        if file.is_tree:
            return isinstance(file.document.content, dict) and bool(
                file.settings.under("listen_host")
                and file.settings.under("tcp_port", "http_port", "users_config", "logger")
            )
        if file.text.lstrip()[:1] != "<":
            return False
        return bool(_ROOT.search(file.text) or _SERVER.search(file.text)) and bool(
            _SERVER.search(file.text) or _USERS.search(file.text)
        )

    def read(self, run: Run) -> None:
        """One endpoint for each folder with its ``config.d`` and ``users.d``."""
        groups: dict[str, list[ConfigFile]] = {}
        for file in run.files:
            if file.is_tree:
                run.skipped(
                    file.place(), "a ClickHouse configuration in YAML", "only the XML form is evaluated"
                )
                continue
            home = re.sub(r"(^|/)(config|users|conf)\.d$", "", file.folder)
            groups.setdefault(home, []).append(file)
        for files in groups.values():
            ordered = sorted(files, key=lambda one: (one.path.count("/"), one.path))
            run.guarded(ordered[:1], lambda _, all_=ordered: _group(run, all_))  # type: ignore[misc]


@dataclass(slots=True)
class _Trees:
    """What a server's files come to."""

    config: Node | None = None
    users: Node | None = None
    config_files: list[ConfigFile] = field(default_factory=list)
    users_files: list[ConfigFile] = field(default_factory=list)
    broken: str = ""


def _group(run: Run, files: list[ConfigFile]) -> None:
    trees = _Trees()
    for file in files:
        try:
            root = parse(file.text, file.document.file)
        except XmlError as error:
            run.malformed(file.place(error.line), f"the file {error}", "correct it")
            trees.broken = trees.broken or f"{file.document.file} {error}"
            continue
        is_users = "users" in file.name or (
            root.first("users") is not None
            and not any(root.first(name) for name in (*_PORTS, "listen_host", "users_config"))
        )
        if file.folder.endswith("users.d"):
            is_users = True
        elif file.folder.endswith("config.d"):
            is_users = False
        if is_users:
            trees.users_files.append(file)
            trees.users = _merged(trees.users, root)
        else:
            trees.config_files.append(file)
            trees.config = _merged(trees.config, root)
    _endpoint(run, trees, files)


def _merged(known: Node | None, root: Node) -> Node:
    if known is None:
        return root
    merge(known, root)
    return known


def _place(node: Node | None, files: list[ConfigFile]) -> Place:
    if node is None:
        return files[0].place()
    return Place(node.file, node.line, node.name)


def _endpoint(run: Run, trees: _Trees, files: list[ConfigFile]) -> None:
    config = trees.config
    inner = config if config is not None else Node("none", {}, 0)
    users = trees.users
    if users is None or users.first("users") is None:
        users = inner if inner.first("users") is not None else users
    login = _login(run, trees, users, files)
    bounds = _bounds(trees, inner, files)
    if trees.config is None and not trees.broken:
        why = "config.xml was not given: its listen_host decides (default loopback)"
        bounds = [(unknown("listen_host", why), files[0].place(), "")]
    listeners: list[Listener] = []
    ports = [(child, *_PORTS[child.name]) for child in inner.children if child.name in _PORTS]
    for one, place, setting in bounds:
        for node, label, tls in ports:
            number = _number(run, node)
            listeners.append(_listener(one, place, setting, label, number, login, tls=tls))
        if config is None or (trees.broken and not ports):
            listeners += [
                _listener(one, place, setting, label, number, login, tls=False)
                for label, number in (("http", 8123), ("native", 9000))
            ]
    other = inner.first("interserver_http_port")
    if other is not None and inner.first("interserver_http_credentials") is None:
        run.skipped(
            _place(other, files),
            "the port between replicas",
            "without interserver_http_credentials it gives parts of tables; not judged",
        )
    if other is not None:
        for one, place, setting in _bounds(trees, inner, files, "interserver_listen_host"):
            listeners.append(
                _listener(one, place, setting, "interserver", _number(run, other), None, tls=False)
            )
    for name in ("protocols", "keeper_server", "prometheus"):
        apart = inner.first(name)
        if apart is not None:
            run.skipped(_place(apart, files), f"<{name}>", "its own ports are not evaluated")
    main = (trees.config_files or trees.users_files or files)[0]
    run.findings.append(
        Server(
            engine="clickhouse",
            name=main.document.file,
            place=main.place(),
            listeners=listeners,
            login=login,
            aliases=tuple(
                file.document.file for file in (*trees.config_files, *trees.users_files) if file is not main
            ),
        ).endpoint()
    )


def _listener(
    one: Bound, place: Place, setting: str, label: str, number: int | None, login: Login | None, *, tls: bool
) -> Listener:
    return Listener(
        label=f"{label} port {number}" if number is not None else f"an unknown {label} port",
        bound=one,
        services=Services.of("tcp", *([] if number is None else [number])),
        setting=setting,
        login=login,
        encrypted=tls,
        place=place,
    )


def _number(run: Run, node: Node) -> int | None:
    number = port(node.text)
    if number is None:
        place = Place(node.file, node.line, node.name)
        if set(node.attributes) & {"from_env", "incl", "from_zk"}:
            run.unresolved(place, node.name, "the port is filled in when the server starts")
        else:
            run.malformed(place, "the port is no number from 1 to 65535", "write the number alone")
    return number


def _bounds(
    trees: _Trees, config: Node, files: list[ConfigFile], name: str = "listen_host"
) -> list[tuple[Bound, Place, str]]:
    hosts = config.all(name) or config.all("listen_host")
    found = []
    for node in hosts:
        text = node.text.strip()
        dynamic = set(node.attributes) & {"from_env", "incl", "from_zk"}
        one = (
            unknown(node.name, "the address is filled in when the server starts")
            if dynamic or not text
            else bound(text, Stack.DUAL_V6)
        )
        found.append((one, Place(node.file, node.line, name), "listen_host"))
    if found:
        return found
    main = (trees.config_files or files)[0].place()
    if trees.broken:
        return [(unknown("listen_host", trees.broken, surely=LOOPBACK), main, "")]
    return [(loopback("loopback"), main, "listen_host (default)")]


def _login(run: Run, trees: _Trees, users: Node | None, files: list[ConfigFile]) -> Login:
    if trees.broken:
        return Login.unknown(trees.broken, files[0].place())
    listed = users.first("users") if users is not None else None
    if listed is None:
        return Login.unknown("users.xml was not given: it decides who needs a password", files[0].place())
    free = Sources.exactly(EMPTY)
    whys: list[tuple[str, Place]] = []
    whole = EMPTY
    for user in listed.children:
        proof, why = _proof(user)
        if proof is True:
            continue
        networks = _networks(run, user)
        place = Place(user.file, user.line, f"users.{user.name}")
        lower = networks.lower if proof is False else EMPTY
        free = Sources(
            free.upper | networks.upper,
            free.lower | lower,
            why=free.why or networks.why or ("" if proof is False else why),
        )
        if user.name == "default" and proof is False:
            whole = networks.upper
        whys.append((f"user {user.name} {why}, from {_shown(networks)}", place))
    if not whys:
        return Login.required("every user needs a password or another proof", _place(listed, files))
    return Login(free, "; ".join(why for why, _ in whys[:5]), not free.upper <= whole, whys[0][1])


def _shown(networks: Sources) -> str:
    if networks.lower == EVERYWHERE:
        return "anywhere"
    return ", ".join(list(networks.upper.cidrs())[:4]) or "nowhere"


def _proof(user: Node) -> tuple[bool | None, str]:
    """Whether a user must give a proof; ``None`` if it cannot be told."""
    for child in user.children:
        if child.name == "no_password":
            return False, "needs no password (no_password)"
        if child.name in _PROOFS:
            return True, ""
        if child.name == "auth_methods":
            kinds = {inner.name for method in child.children for inner in (method, *method.children)}
            return (False, "needs no password (no_password)") if "no_password" in kinds else (True, "")
        if child.name == "password":
            if set(child.attributes) & {"from_env", "incl", "from_zk"}:
                return None, "has a password that is filled in when the server starts, and may be empty"
            return (True, "") if child.text.strip() else (False, "has an empty password")
    return None, "has no password element"


def _networks(run: Run, user: Node) -> Sources:
    listed = user.first("networks")
    if listed is None:
        return Sources.exactly(EVERYWHERE, "anywhere")
    upper, lower, why = EMPTY, EMPTY, ""
    for node in listed.children:
        text = node.text.strip()
        place = Place(node.file, node.line, node.name)
        if node.name == "ip":
            try:
                known = _network(text)
            except ValueError:
                run.malformed(
                    place,
                    "neither an address nor a network",
                    "write an address, or a network such as 192.0.2.0/24",
                )
                upper, why = EVERYWHERE, "a network of the user cannot be read"
                continue
            upper, lower = upper | known, lower | known
        elif node.name == "host" and text == "localhost":
            upper, lower = upper | LOOPBACK, lower | LOOPBACK
        elif node.name in {"host", "host_regexp"}:
            why = "which addresses a host name stands for is not written here"
            run.unresolved(place, text, why)
            upper = EVERYWHERE
    if "incl" in listed.attributes and not listed.children:
        upper, why = EVERYWHERE, "the networks come from another file"
    return Sources(upper, lower, "", why)


def _network(text: str) -> AddressSet:
    address, slash, mask = text.partition("/")
    if slash and not mask.isdecimal():
        given = ipaddress.ip_address(mask)
        bits = 32 if given.version == 4 else 128
        inverted = int(given) ^ (2**bits - 1)
        if inverted & (inverted + 1):
            raise ValueError("the mask has holes")
        mask = str(bits - inverted.bit_length())
    known = AddressSet.parse(f"{address}/{mask}" if slash else address)
    mapped = AddressSet.parse("::ffff:0:0/96")
    if mapped <= known:
        # An IPv4 client is compared as its mapped address.
        return known | ALL_V4
    inside = (known & mapped).v6
    offset = int(ipaddress.IPv6Address("::ffff:0:0"))
    return known | AddressSet(((low - offset, high - offset) for low, high in inside), ())
