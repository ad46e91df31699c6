"""Memcached: ``memcached.conf`` of Debian (options, one a line) and the environment file of Red Hat.

Source: ``memcached -h``, ``memcached.c``. UDP is off by default since 1.5.6.
"""

from __future__ import annotations

import re
import shlex
from typing import Final

from hushdesk.guard._policy import Place
from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import Bound, Stack, bound, everywhere, host_port, port
from hushdesk.guard.posture._files import ConfigFile, Run
from hushdesk.guard.posture._lines import environment
from hushdesk.guard.posture._server import Listener, Login, Server

_NAME: Final = re.compile(r"^memcached[\w-]*(\.conf)?([\w.-]*)$")
_OPTION: Final = re.compile(r"(?m)^[ \t]*(-[a-zA-Z]\b|--?[a-z]|logfile\b)")
_TAKES_VALUE: Final = frozenset("lpUsaumcPfnDtRCBIoYyeN")
_LONG: Final = {
    "listen": "l", "port": "p", "udp-port": "U", "unix-socket": "s", "enable-sasl": "S", "auth-file": "Y", "enable-ssl": "Z",
}  # fmt: skip


class Memcached:
    """Memcached."""

    name = "memcached"

    def claims(self, file: ConfigFile) -> bool:
        """``memcached.conf``, or ``memcached`` under ``sysconfig`` or ``default``."""
        if file.is_tree or not _NAME.match(file.name):
            return False
        assignments = environment(file)
        return bool(_OPTION.search(file.text)) or bool({"OPTIONS", "PORT", "CACHESIZE"} & set(assignments))

    def read(self, run: Run) -> None:
        """One endpoint for each file."""
        run.guarded(run.files, lambda file: _endpoint(run, file))


def _options(run: Run, file: ConfigFile) -> list[tuple[str, str, Place]]:
    assignments = environment(file)
    if "OPTIONS" in assignments or "PORT" in assignments:
        found = []
        for name, option in (("PORT", "p"), ("OPTIONS", "")):
            if name in assignments:
                setting = assignments[name]
                text = f"-{option} {setting.value}" if option else setting.value
                found += _parse(run, text, setting.place)
        return found
    found = []
    for number, raw in enumerate(file.text.splitlines(), 1):
        line = raw.strip()
        # Debian's start script gives on only lines that begin with a dash.
        if line.startswith("-"):
            found += _parse(run, line, file.place(number))
    return found


def _parse(run: Run, text: str, place: Place) -> list[tuple[str, str, Place]]:
    try:
        words = shlex.split(text, comments=True)
    except ValueError:
        run.malformed(place, "quotes are not closed", "close them")
        return []
    found: list[tuple[str, str, Place]] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            option = _LONG.get(name, name)
            if not equals and option in _TAKES_VALUE and at < len(words):
                value = words[at]
                at += 1
            found.append((option, value, place))
            continue
        if not word.startswith("-") or len(word) < 2:
            continue
        for index, letter in enumerate(word[1:], 1):
            if letter in _TAKES_VALUE:
                value = word[index + 1 :].removeprefix("=")
                if not value and at < len(words):
                    value = words[at]
                    at += 1
                found.append((letter, value, place))
                break
            found.append((letter, "", place))
    return found


def _endpoint(run: Run, file: ConfigFile) -> None:
    options = _options(run, file)
    given = {option: (value, place) for option, value, place in options}
    tcp = _number(run, given, "p", 11211)
    udp = _number(run, given, "U", 0)
    login, udp_login = _logins(given, file)
    listeners: list[Listener] = []
    if "s" not in given:
        listens = [(value, place) for option, value, place in options if option == "l"]
        for one, own_port, place in _bounds(listens, file):
            for protocol, number, entry in (
                ("tcp", own_port if own_port is not None else tcp, login),
                ("udp", udp, udp_login),
            ):
                if number == 0:
                    continue
                listeners.append(
                    Listener(
                        label=f"{protocol.upper()} port {number}"
                        if number is not None
                        else f"an unknown {protocol.upper()} port",
                        bound=one,
                        services=Services.of(protocol, *([] if number is None else [number])),
                        setting="-l" if listens else "-l (default)",
                        login=entry,
                        encrypted="Z" in given and protocol == "tcp",
                        place=place,
                    )
                )
    run.findings.append(
        Server(
            engine="memcached",
            name=file.document.file,
            place=file.place(),
            listeners=listeners,
            login=login,
        ).endpoint()
    )


def _number(run: Run, given: dict[str, tuple[str, Place]], option: str, default: int) -> int | None:
    if option not in given:
        return default
    value, place = given[option]
    if value.strip() == "-1":
        return None
    number = port(value)
    if number is None:
        run.malformed(place, f"-{option} is no port", "write the number alone")
    return number


def _bounds(listens: list[tuple[str, Place]], file: ConfigFile) -> list[tuple[Bound, int | None, Place]]:
    if not listens:
        return [(everywhere("every address"), None, file.place())]
    found: list[tuple[Bound, int | None, Place]] = []
    for value, place in listens:
        for word in re.split(r"[,;\s]+", value):
            address = re.sub(r"^(notls:|proto\[\w+\]:)+", "", word)
            if not address:
                continue
            host, number = host_port(address)
            found.append(
                (everywhere(word) if host in {"", "*"} else bound(host, Stack.APART, word), number, place)
            )
    return found


def _logins(given: dict[str, tuple[str, Place]], file: ConfigFile) -> tuple[Login, Login]:
    if "Y" in given:
        return (Login.required("an authentication file is given (-Y)", given["Y"][1]),) * 2
    if "S" in given:
        place = given["S"][1]
        return Login.required("SASL is on (-S)", place), Login.unknown(
            "SASL (-S) does not cover UDP in every version", place
        )
    if "Z" in given and any(
        "ssl_verify_mode=2" in value or "ssl_verify_mode=3" in value for value, _ in given.values()
    ):
        return Login.required("clients need a TLS certificate (ssl_verify_mode)", given["Z"][1]), Login.none(
            "UDP asks for nothing"
        )
    return (Login.none("neither SASL (-S) nor an authentication file (-Y) is given", file.place()),) * 2
