"""Redis, Valkey, KeyDB and Sentinel: ``redis.conf`` with its includes and ACL file.

Source: the servers' ``config.c``, ``networking.c`` (``clientAcceptHandler``), ``acl.c``, ``sentinel.c``. Until 6.2 protected mode counted only
while no ``bind`` line stood in the file; since 7.0, and in every Valkey, it counts whenever the default user needs no password.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EVERYWHERE
from hushdesk.guard._policy import Place, Sources
from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import LOOPBACK, Bound, Stack, bound, everywhere, port, unknown
from hushdesk.guard.posture._files import MOST_INCLUDES, ConfigFile, Run, Setting
from hushdesk.guard.posture._server import Listener, Login, Server, loopback_only
from hushdesk.guard.posture._tree import is_true

_NAME: Final = re.compile(r"^(redis|valkey|keydb|sentinel)[\w.-]*\.conf([\w.-]*)$|^(redis|valkey)\.conf\.")
_SURE: Final = re.compile(
    r"(?im)^[ \t]*(protected-mode|requirepass|aclfile|tls-auth-clients|rename-command|appendonly|appendfsync|maxmemory-policy"
    r"|replica-read-only|slave-read-only|tcp-keepalive|tcp-backlog|dbfilename|unixsocketperm|masterauth|replicaof|slaveof"
    r"|sentinel monitor|cluster-enabled|enable-protected-configs)[ \t]+\S"
)
_ALWAYS: Final = re.compile(
    r"(?im)^[ \t]*(protected-mode[ \t]+(yes|no)|requirepass[ \t]+\S+|sentinel[ \t]+monitor[ \t])"
)
_BIND: Final = re.compile(r"(?im)^[ \t]*(bind|include|port)[ \t]+\S")
_ACL_LINE: Final = re.compile(r"(?m)^[ \t]*user[ \t]+\S+[ \t]+(on|off|reset|nopass|[><#~+&-])")
_SINCE_7: Final = re.compile(
    r"(?im)^[ \t]*(enable-protected-configs|enable-debug-command|enable-module-command|appenddirname|aof-timestamp-enabled"
    r"|latency-tracking|(hash|zset|set)-max-listpack-\w+|propagation-error-behavior|busy-reply-threshold|locale-collate"
    r"|shutdown-timeout|shutdown-on-sig\w+|bind-source-addr|cluster-link-sendbuf-limit|cluster-announce-hostname)[ \t]"
    r"|the default user has no password, the server only"
)
_UNTIL_6: Final = re.compile(
    r"(?im)^[ \t]*gopher-enabled[ \t]|server is not binding explicitly to a set of addresses"
)
_UNTIL_3: Final = re.compile(
    r"(?im)^[ \t]*(vm-enabled|hash-max-zipmap-entries|list-max-ziplist-entries)[ \t]"
    r"|By default Redis listens for connections from all the network|if the bind option is not specified all the interfaces"
)
"""Settings and words of the shipped files up to 3.0, which knows no protected mode."""


class Redis:
    """Redis and its relatives."""

    name = "redis"

    def claims(self, file: ConfigFile) -> bool:
        """``redis*.conf``, ``sentinel*.conf``, ``valkey*.conf``, ACL files, and what looks like one of them inside."""
        if file.is_tree:
            return False
        if _NAME.match(file.name) or _ALWAYS.search(file.text) or _is_acl(file):
            return True
        found = {match[1].lower() for match in _SURE.finditer(file.text)}
        return len(found) > 2 or bool(found and _BIND.search(file.text) and file.name.endswith(".conf"))

    def read(self, run: Run) -> None:
        """One endpoint for each file that no other includes."""
        mains = [file for file in run.files if not _is_acl(file)]
        confs = {file.path: _Conf(run, file) for file in mains}
        run.guarded(mains, lambda file: confs[file.path].load())
        roots = [file for file in mains if not run.included(file)]
        run.guarded(roots, lambda file: _endpoint(run, confs[file.path]))
        for file in run.files:
            if _is_acl(file) and not run.included(file):
                run.skipped(
                    file.place(), "an ACL file of Redis", "no given configuration names it as its aclfile"
                )


def _is_acl(file: ConfigFile) -> bool:
    if _NAME.match(file.name):
        return False
    lines = [line for line in file.text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return bool(lines) and all(_ACL_LINE.match(line) for line in lines)


@dataclass(slots=True)
class _User:
    """One ACL user, after all its rules."""

    on: bool = False
    nopass: bool = False
    commands: bool = False
    """May run some commands."""
    whole: bool = False
    """May run all of them on all keys."""
    place: Place = field(default=Place(""))
    _all_commands: bool = False
    _all_keys: bool = False

    def apply(self, rules: list[str]) -> None:
        """Reads rules from left to right."""
        for rule in rules:
            if rule == "reset":
                self.on = self.nopass = self.commands = self._all_commands = self._all_keys = False
            elif rule in {"on", "off"}:
                self.on = rule == "on"
            elif rule == "nopass":
                self.nopass = True
            elif rule == "resetpass" or rule[:1] in {">", "#"}:
                self.nopass = False
            elif rule in {"allcommands", "+@all"}:
                self.commands = self._all_commands = True
            elif rule in {"nocommands", "-@all"}:
                self.commands = self._all_commands = False
            elif rule[:1] == "+":
                self.commands = True
            elif rule[:1] == "-":
                self._all_commands = False
            elif rule in {"allkeys", "~*"}:
                self._all_keys = True
            elif rule == "resetkeys":
                self._all_keys = False
        self.whole = self._all_commands and self._all_keys


class _Conf:
    """The directives of one server, in order, with its includes in their places."""

    def __init__(self, run: Run, main: ConfigFile) -> None:
        self.run = run
        self.main = main
        self.values: dict[str, Setting] = {}
        self.binds: tuple[list[str], Place] | None = None
        self.users: list[tuple[str, list[str], Place]] = []
        self.unknown = ""
        self.sentinel = False
        self.texts = [main.text]
        self.reads = 0

    def load(self) -> None:
        """Reads everything."""
        self._file(self.main, ())

    def get(self, name: str, default: str = "") -> str:
        """A directive's value."""
        found = self.values.get(name)
        return found.value if found else default

    def place(self, *names: str) -> Place:
        """Where the first of these directives stands; the file if none does."""
        return next((self.values[name].place for name in names if name in self.values), self.main.place())

    def version(self) -> tuple[int, ...]:
        """The version, if the user or something in the files tells it."""
        told = self.run.version("redis")
        if told:
            return told
        everything = "\n".join(self.texts)
        if (
            "valkey" in self.main.name
            or re.search(r"(?i)\bvalkey\b", everything)
            or _SINCE_7.search(everything)
        ):
            return (7, 0)
        if "protected-mode" not in self.values and _UNTIL_3.search(everything):
            return (3, 0)
        return (6, 2) if _UNTIL_6.search(everything) else ()

    def _file(self, file: ConfigFile, above: tuple[str, ...]) -> None:
        if self.run.in_circles(file, above, most=16):
            return
        self.reads += 1
        if self.reads > MOST_INCLUDES:
            self.run.malformed(file.place(), "too many files are included", "include fewer files")
            self.unknown = "not all included files were read"
            return
        for number, words in _directives(self.run, file):
            name, values, place = words[0].lower(), words[1:], file.place(number, words[0].lower())
            if name == "include" and values:
                self._include(file, number, values[0], (*above, file.path))
            elif name == "bind":
                self.binds = (values, place)
            elif name == "user" and values:
                self.users.append((values[0], values[1:], place))
            elif name == "sentinel":
                self.sentinel = True
            else:
                self.values[name] = Setting(" ".join(values), place)

    def _include(self, file: ConfigFile, number: int, target: str, above: tuple[str, ...]) -> None:
        found = self.run.find(file, target)
        for one in found:
            self.run.use(one)
            self.texts.append(one.text)
            self._file(one, above)
        many = any(mark in target for mark in "*?[")
        if not found and self.run.report_missing(file, number, target, many=many):
            # What stands behind the include counts all the same; what stood before it may be replaced.
            self.unknown = f"{target} is included and was not given"
            self.values.clear()
            self.binds = None


def _directives(run: Run, file: ConfigFile) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(file.text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        words = split(stripped)
        if words is None:
            run.malformed(
                file.place(number),
                "quotes are not closed: Redis does not start with this",
                "close the quotes",
            )
        elif words:
            yield number, words


def split(line: str) -> list[str] | None:
    """The words of a line as ``sdssplitargs`` takes them; ``None`` if quotes are unbalanced."""
    words: list[str] = []
    at, size = 0, len(line)
    while at < size:
        if line[at].isspace():
            at += 1
            continue
        quote = line[at] if line[at] in "\"'" else ""
        at += bool(quote)
        start, text = at, ""
        while at < size and (line[at] != quote if quote else not line[at].isspace()):
            if line[at] == "\\" and quote and at + 1 < size:
                at += 1
            text += line[at]
            at += 1
        if quote and (at >= size or (at + 1 < size and not line[at + 1].isspace())):
            return None
        at += bool(quote)
        words.append(text if quote else line[start:at])
    return words


def _endpoint(run: Run, conf: _Conf) -> None:
    login, protected = _login(run, conf)
    listeners: list[Listener] = []
    tls_only_certificates = conf.get("tls-auth-clients", "yes").lower() == "yes"
    for setting, default, tls in (
        ("port", "26379" if conf.sentinel else "6379", False),
        ("tls-port", "0", True),
    ):
        text = conf.get(setting, default)
        number = port(text)
        doubt = conf.unknown if conf.unknown and setting not in conf.values else ""
        if number is None:
            run.malformed(
                conf.place(setting), f"{setting} is no number from 0 to 65535", "write the number alone"
            )
            number = int(default)
        if not number:
            continue
        for one, place in _bounds(conf):
            mutual = tls and tls_only_certificates
            listeners.append(
                Listener(
                    label=f"{'TLS ' if tls else ''}port {number}",
                    bound=one,
                    services=Services.of("tcp", number),
                    setting="bind" if conf.binds else "bind (default)",
                    login=Login.required(
                        "TLS clients need a certificate (tls-auth-clients)", conf.place("tls-auth-clients")
                    )
                    if mutual
                    else _protected(conf, login, one, applies=protected),
                    encrypted=tls,
                    place=place,
                    doubt=doubt if doubt and not conf.binds else "",
                )
            )
    if is_true(conf.get("cluster-enabled")):
        run.skipped(
            conf.place("cluster-enabled"),
            "the cluster bus",
            "its port (the port + 10000, or cluster-port) is not judged",
        )
    run.add(
        Server(
            engine="redis",
            name=conf.main.document.file,
            place=conf.main.place(),
            listeners=listeners,
            login=login,
        )
    )


def _bounds(conf: _Conf) -> Iterator[tuple[Bound, Place]]:
    if conf.binds is None:
        if conf.unknown:
            yield unknown("*", conf.unknown), conf.main.place()
        else:
            yield everywhere("*"), conf.main.place()
        return
    values, place = conf.binds
    for value in values:
        # A minus sign: no failure if the address is not there.
        address = value.removeprefix("-")
        if address == "*":
            yield Bound(value, Sources.exactly(ALL_V4, value)), place
        elif address == "::*":
            yield Bound(value, Sources.exactly(ALL_V6, value)), place
        elif address:
            yield bound(address, Stack.APART, value), place


def _users(run: Run, conf: _Conf) -> tuple[dict[str, _User], str]:
    """All users, and why they are not known for certain."""
    default = _User(on=True, nopass=True, commands=True, whole=True, place=conf.main.place())
    password = conf.values.get("requirepass")
    users = {"default": default}
    lines = list(conf.users)
    acl = conf.values.get("aclfile")
    unknown_because = ""
    if acl and acl.value:
        found = run.find(conf.main, acl.value)
        lines = []
        for file in found[:1]:
            run.use(file)
            for number, words in _directives(run, file):
                if words[0].lower() == "user" and len(words) > 1:
                    lines.append((words[1], words[2:], file.place(number)))
        if not found:
            unknown_because = f"the ACL file {acl.value} was not given"
            run.unresolved(acl.place, f"aclfile {acl.value}", "the file was not given; read it with this one")
    elif password and password.value:
        # An ACL file makes Redis ignore requirepass.
        default.nopass, default.place = False, password.place
    for name, rules, place in lines:
        user = users.setdefault(name, _User())
        user.apply(["reset", *rules])
        user.place = place
    return users, unknown_because


def _login(run: Run, conf: _Conf) -> tuple[Login, bool]:
    """Who gets in, protected mode apart; and whether the default user is one that it speaks of."""
    users, why = _users(run, conf)
    default = users["default"]
    if why or (conf.unknown and "requirepass" not in conf.values and not conf.users):
        return Login.unknown(why or conf.unknown, conf.place("aclfile")), True
    others = [
        name
        for name, user in users.items()
        if name != "default" and user.on and user.nopass and user.commands
    ]
    if default.on and default.nopass and default.commands:
        told = (
            "requirepass is not set"
            if not conf.users and "aclfile" not in conf.values
            else "the default user needs no password"
        )
        return Login.none(told, default.place, some=not default.whole), True
    if others:
        user = users[others[0]]
        return Login.none(
            f"user {others[0]} needs no password (nopass)", user.place, some=True
        ), default.nopass
    if not default.on:
        return Login.required(
            "the default user is off, and every other needs a password", default.place
        ), default.nopass
    told = (
        "requirepass is set"
        if "requirepass" in conf.values and not conf.users
        else "the default user needs a password"
    )
    if not default.commands:
        told = "the default user may run no command, and every other needs a password"
    return Login.required(told, default.place), default.nopass


def _protected(conf: _Conf, login: Login, one: Bound, *, applies: bool) -> Login:
    """What protected mode leaves of it: connections from loopback alone."""
    if not login.free.upper or not applies or loopback_only(one):
        return login
    default = "no" if conf.sentinel else "yes"
    place = conf.place("protected-mode")
    mode = conf.values.get("protected-mode")
    if mode is None and conf.unknown:
        return Login.unknown(f"{login.why}; protected-mode is not known: {conf.unknown}", place)
    if not is_true(mode.value if mode else default):
        return Login(login.free, f"{login.why}, and protected-mode is off", login.some, login.place)
    said = "protected-mode is on" if mode else "protected-mode is on by default"
    why = f"{login.why}; {said}: without a password only loopback gets answers"
    version = conf.version()
    if version and version < (3, 2):
        return Login(
            login.free, f"{login.why}; there is no protected-mode before 3.2", login.some, login.place
        )
    if conf.binds is None or version >= (7,):
        return Login(login.free & Sources.exactly(LOOPBACK), why, login.some, place)
    if version:
        return Login(
            login.free,
            f"{login.why}; before 7.0 protected-mode does not count where bind is set",
            login.some,
            place,
        )
    doubt = (
        f"{login.why}; {said}, which counts beside a bind line only since 7.0: which version this is decides "
        "(parameter redis.version)"
    )
    return Login(Sources(EVERYWHERE, LOOPBACK, "", doubt), doubt, login.some, place)
