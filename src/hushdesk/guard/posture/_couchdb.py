"""CouchDB: ``default.ini``, ``local.ini`` and ``local.d``, the later ones counting.

Source: the pages "Introduction to configuration", "HTTP server" and the upgrade notes of 3.0 (an administrator is needed; new databases are for
administrators alone).
"""

from __future__ import annotations

import re
from typing import Final

from hushdesk.guard._policy import Place
from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import bound, everywhere, port
from hushdesk.guard.posture._files import ConfigFile, Run, Setting
from hushdesk.guard.posture._lines import ini
from hushdesk.guard.posture._server import Listener, Login, Server
from hushdesk.guard.posture._tree import is_true

_OWN: Final = re.compile(
    r"(?m)^[ \t]*\[(couchdb|chttpd|couch_httpd_auth|chttpd_auth|couch_peruser|query_server_config)\]"
)


class CouchDB:
    """CouchDB."""

    name = "couchdb"

    def claims(self, file: ConfigFile) -> bool:
        """INI files with its sections."""
        return (
            not file.is_tree
            and file.name.endswith((".ini", ".cfg", ".conf"))
            and bool(_OWN.search(file.text))
        )

    def read(self, run: Run) -> None:
        """One endpoint for each folder with its ``default.d`` and ``local.d``."""
        groups: dict[str, list[ConfigFile]] = {}
        for file in run.files:
            groups.setdefault(re.sub(r"(^|/)(default|local)\.d$", "", file.folder), []).append(file)
        for files in groups.values():
            ordered = sorted(files, key=_order)
            run.guarded(ordered[-1:], lambda _, all_=ordered: _endpoint(run, all_))  # type: ignore[misc]


def _order(file: ConfigFile) -> tuple[int, str]:
    fragment = file.folder.endswith((".d",))
    return (
        2 * (not file.name.startswith("default") and "default.d" not in file.folder) + fragment,
        file.path,
    )


def _endpoint(run: Run, files: list[ConfigFile]) -> None:
    values: dict[str, Setting] = {}
    for file in files:
        for entry in ini(file.text, inline=";"):
            if entry.value is not None:
                key = f"{entry.section}.{entry.name.lower()}"
                values[key] = Setting(entry.value, file.place(entry.line, key))
    main = next((file for file in files if file.name == "local.ini"), files[-1])

    def text(*keys: str, default: str = "") -> str:
        return next((values[key].value for key in keys if key in values and values[key].value), default)

    def place(*keys: str) -> Place:
        return next((values[key].place for key in keys if key in values), main.place())

    clustered = any(key.startswith("chttpd.") for key in values)
    keys = ("chttpd.bind_address",) if clustered else ("chttpd.bind_address", "httpd.bind_address")
    ports = ("chttpd.port",) if clustered else ("chttpd.port", "httpd.port")
    login = _login(run, values, main)
    address = text(*keys, default="127.0.0.1")
    listeners = []
    secure = any(is_true(text(key)) for key in ("ssl.enable",)) or "daemons.httpsd" in values
    for label, number_keys, default, tls, there in (
        ("", ports, "5984", False, True),
        ("TLS ", ("ssl.port",), "6984", True, secure),
    ):
        number = port(text(*number_keys, default=default))
        if number is None:
            run.malformed(
                place(*number_keys), "the port is no number from 0 to 65535", "write the number alone"
            )
        if there and number != 0:
            listeners.append(
                Listener(
                    label=f"{label}port {number}" if number is not None else f"an unknown {label}port",
                    bound=everywhere("any") if address == "any" else bound(address),
                    services=Services.of("tcp", *([] if number is None else [number])),
                    setting="bind_address"
                    if any(key in values for key in keys)
                    else "bind_address (default)",
                    login=login,
                    encrypted=tls,
                    place=place(*keys),
                )
            )
    run.findings.append(
        Server(
            engine="couchdb",
            name=main.document.file,
            place=main.place(),
            listeners=listeners,
            login=login,
            aliases=tuple(file.document.file for file in files if file is not main),
        ).endpoint()
    )


def _login(run: Run, values: dict[str, Setting], main: ConfigFile) -> Login:
    for key in (
        "chttpd.require_valid_user",
        "couch_httpd_auth.require_valid_user",
        "chttpd_auth.require_valid_user",
    ):
        if key in values and is_true(values[key].value):
            return Login.required("require_valid_user is true", values[key].place)
    except_up = values.get("chttpd.require_valid_user_except_for_up")
    if except_up is not None and is_true(except_up.value):
        return Login.required("require_valid_user_except_for_up is true", except_up.place)
    admins = [key for key in values if key.startswith("admins.") and values[key].value]
    version = run.version("couchdb")
    if not admins:
        if version >= (3,):
            return Login.required(
                "CouchDB 3 does not start without an administrator; none is set here", main.place()
            )
        return Login.none(
            "no administrator is set: everybody is one (3.0 and later do not start so)", main.place()
        )
    security = values.get("couchdb.default_security")
    if security is not None and security.value in {"admin_only", "admin_local"}:
        return Login.required(f"default_security is {security.value}", security.place)
    if security is not None:
        return Login.none(
            f"default_security is {security.value}: everybody may read new databases",
            security.place,
            some=True,
        )
    place = values[admins[0]].place
    if version >= (3,):
        return Login.required("new databases are for administrators alone since 3.0", place)
    if version:
        return Login.none(
            "require_valid_user is not set: everybody may read databases before 3.0", place, some=True
        )
    return Login.unknown(
        "require_valid_user is not set: everybody may read databases before 3.0, administrators alone since; which version this is "
        "decides (parameter couchdb.version)",
        place,
    )
