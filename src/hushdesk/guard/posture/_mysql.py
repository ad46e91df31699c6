"""MySQL, MariaDB and Percona: ``my.cnf`` and the fragments that it includes.

Source: the MySQL manual's pages "Using Option Files" and "Server Command Options", and MariaDB's "Server System Variables".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import Bound, bound, everywhere, port, unknown
from hushdesk.guard.posture._files import MOST_INCLUDES, ConfigFile, Run, Setting, by_folder
from hushdesk.guard.posture._lines import ini
from hushdesk.guard.posture._server import Listener, Login, Server
from hushdesk.guard.posture._tree import is_false, is_true

_GROUP: Final = re.compile(r"^(mysqld|server|mariadb|mariadbd|galera)(-\d[\d.]*)?$")
_SERVER_GROUP: Final = re.compile(r"(?im)^[ \t]*\[(mysqld|server|mariadbd?)(-\d[\d.]*)?\]")
_MULTI: Final = re.compile(r"^mysqld\d+$")
_NAME: Final = re.compile(r"^(my|mysqld?|mariadb)(\.[\w-]+)*\.(cnf|ini)([\w.-]*)$")
_INCLUDE: Final = re.compile(r"^!(include|includedir)\s+(\S.*)$")


class MySQL:
    """MySQL and MariaDB."""

    name = "mysql"

    def claims(self, file: ConfigFile) -> bool:
        """``my.cnf``, and files with a group for the server."""
        if file.is_tree:
            return False
        includes = re.search(r"(?m)^!include(dir)?\s", file.text)
        return bool(_SERVER_GROUP.search(file.text)) or bool(
            includes and file.name.endswith((".cnf", ".ini"))
        )

    def read(self, run: Run) -> None:
        """One endpoint for each file that no other includes; fragments of one folder are one server."""
        confs = {}
        for file in run.files:
            confs[file.path] = _Conf(run)
        run.guarded(run.files, lambda file: confs[file.path].load(file))
        roots = [file for file in run.files if not run.included(file)]
        for files in by_folder(roots).values():
            mains = [file for file in files if _NAME.match(file.name)]
            fragments = [file for file in files if file not in mains]
            run.guarded(mains, lambda file: _endpoint(run, file, confs[file.path]))
            if fragments:
                run.guarded(fragments[:1], lambda file, all_=fragments: _together(run, file, all_))  # type: ignore[misc]


def _together(run: Run, first: ConfigFile, files: list[ConfigFile]) -> None:
    conf = _Conf(run)
    for file in files:
        conf.load(file)
    _endpoint(run, first, conf)


@dataclass(slots=True)
class _Conf:
    """The server's options, the last of each counting."""

    run: Run
    values: dict[str, Setting] = field(default_factory=dict)
    unknown: str = ""
    server: bool = False
    mariadb: bool = False
    reads: int = 0

    def load(self, file: ConfigFile, above: tuple[str, ...] = ()) -> None:
        """Reads a file and what it includes, in place."""
        self.reads += 1
        if file.path in above or len(above) > 10 or self.reads > MOST_INCLUDES:
            self.run.malformed(
                file.place(), "the files include each other, or too many", "take an include line out"
            )
            return
        self.mariadb = self.mariadb or "mariadb" in file.path.lower() or "\n[mariadb" in "\n" + file.text
        self.server = self.server or bool(_SERVER_GROUP.search(file.text))
        for entry in ini(file.text, inline="#"):
            match = _INCLUDE.match(entry.name + ("=" + entry.value if entry.value is not None else ""))
            if match:
                self._include(file, entry.line, match[1], match[2].strip(), (*above, file.path))
                continue
            if _MULTI.match(entry.section):
                self.run.skipped(
                    file.place(entry.line), f"[{entry.section}]", "servers of mysqld_multi are not evaluated"
                )
            if not _GROUP.match(entry.section):
                continue
            self.server = True
            self.mariadb = self.mariadb or entry.section.startswith(("mariadb", "galera"))
            name = entry.name.lower().replace("_", "-").removeprefix("loose-")
            value = "" if entry.value is None else entry.value
            for prefix, switched in (("enable-", "ON"), ("disable-", "OFF")):
                if name.startswith(prefix):
                    name, value = name.removeprefix(prefix), switched
            self.values[name] = Setting(value, file.place(entry.line, entry.name))

    def _include(self, file: ConfigFile, line: int, kind: str, target: str, above: tuple[str, ...]) -> None:
        folder = kind == "includedir"
        found = self.run.find(file, target.rstrip("/") + "/*.cnf" if folder else target)
        for one in found:
            self.run.use(one)
            self.load(one, above)
        if not found and self.run.report_missing(file, line, target, many=folder):
            self.unknown = f"{target} is included and was not given"
            self.values.clear()

    def on(self, name: str) -> bool:
        """Whether a switch is set: alone, or to anything but off."""
        setting = self.values.get(name)
        return setting is not None and not is_false(setting.value)


def _endpoint(run: Run, file: ConfigFile, conf: _Conf) -> None:
    if (
        not conf.server
        and not conf.unknown
        and not any(one.path.startswith(file.folder) for one in run.files if one is not file)
    ):
        run.skipped(file.place(), "options of MySQL", "no given file holds options for the server")
        return
    engine = "mariadb" if conf.mariadb else "mysql"
    login = _login(run, file, conf)
    version = run.version(engine)
    doubt = conf.unknown
    if conf.on("skip-grant-tables") and not conf.mariadb and not (version and version < (8,)):
        doubt = "MySQL 8 closes its ports with skip-grant-tables, older ones do not (parameter mysql.version)"
    listeners: list[Listener] = []
    if not conf.on("skip-networking") and not (
        version >= (8,) and engine == "mysql" and conf.on("skip-grant-tables")
    ):
        listeners += _listeners(run, file, conf, ("port", "3306", "bind-address"), login, doubt)
        if "extra-port" in conf.values and conf.mariadb:
            listeners += _listeners(run, file, conf, ("extra-port", "0", "bind-address"), login, doubt)
        if "admin-address" in conf.values:
            listeners += _listeners(run, file, conf, ("admin-port", "33062", "admin-address"), login, doubt)
        mysqlx = conf.values.get("mysqlx")
        off = (mysqlx is not None and is_false(mysqlx.value)) or conf.on("skip-mysqlx")
        if not conf.mariadb and not off and not (version and version < (8,)):
            named = any(name.startswith("mysqlx") for name in conf.values) or version >= (8,)
            why = (
                ""
                if named
                else "the X protocol is there by default since MySQL 8 only (parameter mysql.version)"
            )
            listeners += _listeners(
                run, file, conf, ("mysqlx-port", "33060", "mysqlx-bind-address"), login, doubt or why
            )
    if any(name.startswith("wsrep") for name in conf.values):
        run.skipped(file.place(), "Galera", "the ports between nodes (4567, 4568, 4444) are not judged")
    run.findings.append(
        Server(
            engine=engine,
            name=file.document.file,
            place=file.place(),
            listeners=listeners,
            login=login,
        ).endpoint()
    )


def _listeners(
    run: Run, file: ConfigFile, conf: _Conf, names: tuple[str, str, str], login: Login, doubt: str
) -> list[Listener]:
    port_name, default, bind_name = names
    setting = conf.values.get(port_name)
    number = port(setting.value) if setting else int(default)
    if setting and number is None:
        run.malformed(setting.place, f"{port_name} is no port", "write the number alone")
    number = number if number != 0 or port_name != "port" else 3306
    if number == 0:
        return []
    bind = conf.values.get(bind_name)
    if bind_name == "bind-address" and conf.on("skip-bind-address"):
        bind = None
    return [
        Listener(
            label=f"port {number}",
            bound=one,
            services=Services.of("tcp", *([] if number is None else [number])),
            setting=bind_name if bind else f"{bind_name} (default)",
            login=login,
            encrypted=conf.on("require-secure-transport"),
            place=bind.place if bind else file.place(),
            doubt=doubt,
        )
        for one in _bounds(conf, bind)
    ]


def _bounds(conf: _Conf, bind: Setting | None) -> list[Bound]:
    if bind is None or not bind.value:
        if conf.unknown and bind is None:
            return [unknown("*", conf.unknown)]
        return [everywhere("*")]
    found = []
    for word in bind.value.split(","):
        # MySQL 8 names a network namespace behind a slash.
        address = word.strip().partition("/")[0]
        found.append(everywhere("*") if address == "*" else bound(address, words=word.strip()))
    return found


def _login(run: Run, file: ConfigFile, conf: _Conf) -> Login:
    skip = conf.values.get("skip-grant-tables")
    if skip is not None and (is_true(skip.value) or not is_false(skip.value)):
        return Login.none("skip-grant-tables lets everybody in as anybody", skip.place)
    if conf.unknown:
        return Login.unknown(conf.unknown, file.place())
    run.skipped(
        file.place(),
        "accounts of MySQL",
        "they lie in the database: whether one has an empty password no file says; probe the port",
    )
    return Login.required(
        "grant tables are in use (skip-grant-tables is not set); accounts lie in the database", file.place()
    )
