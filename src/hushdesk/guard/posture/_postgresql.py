"""PostgreSQL: ``postgresql.conf`` with its includes, ``postgresql.auto.conf``, and the ``pg_hba.conf`` beside them.

Source: the server's ``guc-file.l`` (grammar of the file), ``pqcomm.c`` (listening) and the chapters "Server Configuration" and "Client
Authentication" of its manual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hushdesk.guard._addresses import EVERYWHERE
from hushdesk.guard._findings import NotLookedAt
from hushdesk.guard._policy import Gate, Sources
from hushdesk.guard._services import Services
from hushdesk.guard.posture import _pghba
from hushdesk.guard.posture._bind import LOOPBACK, Bound, Stack, bound, everywhere, loopback, port, unknown
from hushdesk.guard.posture._files import MOST_INCLUDES, ConfigFile, Run, Setting
from hushdesk.guard.posture._server import Listener, Login, Server
from hushdesk.guard.posture._tree import is_false, is_true

_CONF: Final = re.compile(
    r"(?im)^[ \t#]*(listen_addresses|unix_socket_directories|hba_file|password_encryption|shared_buffers|max_wal_size"
    r"|wal_level|max_connections)\b[ \t]*(=|[ \t]'?)"
)
_DECIDES: Final = re.compile(r"(?im)^[ \t]*listen_addresses[ \t]*(=|[ \t]')")
_LINE: Final = re.compile(r"^\s*([A-Za-z_][\w.]*)(?:\s*=\s*|\s+)('(?:[^'\\]|''|\\.)*'|[^\s#']+)\s*(?:#.*)?$")
_NAME: Final = re.compile(r"^postgresql([\w.-]*)\.conf([\w.-]*)$")


class PostgreSQL:
    """PostgreSQL and what keeps its configuration (TimescaleDB, EnterpriseDB, CartoDB, …)."""

    name = "postgresql"

    def claims(self, file: ConfigFile) -> bool:
        """``postgresql*.conf``, ``pg_hba*.conf``, and what looks like one of them inside."""
        if file.is_tree:
            return False
        if _NAME.match(file.name) or _is_hba(file):
            return True
        return bool(_DECIDES.search(file.text)) or len({m[1].lower() for m in _CONF.finditer(file.text)}) > 3

    def read(self, run: Run) -> None:
        """One endpoint for each main file, and for each ``pg_hba.conf`` to which none was given."""
        mains = [file for file in run.files if not _is_hba(file) and file.name != "postgresql.auto.conf"]
        confs = {file.path: _Conf(run, file) for file in mains}
        run.guarded(mains, lambda file: confs[file.path].load())
        roots = [file for file in mains if not run.included(file)]
        # A fragment that somebody keeps apart is a server of its own only if no main file is near.
        named = [file for file in roots if file.name == "postgresql.conf"]
        roots = named + [f for f in roots if f not in named and not any(_near(f, main) for main in named)]
        for file in mains:
            if file not in roots and not run.included(file):
                run.findings.append(
                    NotLookedAt(file.place(), "settings of PostgreSQL", "no given file includes it")
                )
        taken: set[str] = set()
        run.guarded(roots, lambda file: _endpoint(run, confs[file.path], taken))
        lone = [
            file for file in run.files if _is_hba(file) and file.path not in taken and not run.included(file)
        ]
        run.guarded(lone, lambda file: _lone_hba(run, file))


def _is_hba(file: ConfigFile) -> bool:
    return not file.is_tree and ("pg_hba" in file.name or _pghba.looks_like(file.text))


def _near(fragment: ConfigFile, main: ConfigFile) -> bool:
    return f"{fragment.folder}/".startswith(f"{main.folder}/" if main.folder else "")


class _Conf:
    """The settings of one main file with what it includes."""

    def __init__(self, run: Run, main: ConfigFile) -> None:
        self.run = run
        self.main = main
        self.values: dict[str, Setting] = {}
        self.unknown = ""
        """Why a setting that is not there may be there all the same."""
        self.reads = 0

    def load(self) -> None:
        """Reads the file, its includes, and what ``ALTER SYSTEM`` left beside it."""
        self._file(self.main, ())
        for auto in self.run.find(self.main, "postgresql.auto.conf"):
            self._file(auto, (self.main.path,))

    def get(self, name: str) -> Setting | None:
        """A setting, if it is there."""
        return self.values.get(name)

    def _file(self, file: ConfigFile, above: tuple[str, ...]) -> None:
        if self.run.in_circles(file, above):
            return
        self.reads += 1
        if self.reads > MOST_INCLUDES:
            self.run.malformed(file.place(), "too many files are included", "include fewer files")
            self.unknown = "not all included files were read"
            return
        for number, name, value in _settings(self.run, file):
            if name in {"include", "include_if_exists", "include_dir"}:
                self._include(file, number, name, value, (*above, file.path))
            else:
                self.values[name] = Setting(value, file.place(number, name))

    def _include(self, file: ConfigFile, number: int, kind: str, target: str, above: tuple[str, ...]) -> None:
        if not target:
            return
        folder = kind == "include_dir"
        found = self.run.find(file, target.rstrip("/") + "/*.conf" if folder else target)
        for one in found:
            self.run.use(one)
            self._file(one, above)
        missing = self.run.report_missing(file, number, target, many=folder) if not found else False
        if missing:
            self.unknown = f"{target} is included and was not given"
            # What stood before the line may have been replaced there.
            self.values.clear()


def _settings(run: Run, file: ConfigFile) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(file.text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.match(line)
        if not match:
            run.malformed(
                file.place(number),
                "this line is no setting: PostgreSQL does not start with it",
                "write name = 'value'",
            )
            continue
        value = match[2]
        if value.startswith("'"):
            value = re.sub(r"\\(.)", r"\1", value[1:-1].replace("''", "'"))
        yield number, match[1].lower(), value


def _endpoint(run: Run, conf: _Conf, taken: set[str]) -> None:
    hba = _hba_of(run, conf)
    tls = _tls(conf)
    access = None
    if hba is not None:
        taken.add(hba.path)
        access = _pghba.read(run, hba, tls=tls)
    setting = conf.get("listen_addresses")
    number = conf.get("port")
    where = number.place if number else conf.main.place()
    value = port(number.value) if number else 5432
    if number and value is None:
        run.malformed(where, "the port is no number from 1 to 65535", "write the number alone")
    service = Services.of("tcp", value) if value is not None else Services.of("tcp")
    if number is None and conf.unknown:
        service = Services.of("tcp")
    login = (
        access.login
        if access
        else Login.unknown("pg_hba.conf was not given: it decides who needs a password")
    )
    listeners = [
        Listener(
            label=f"port {value}" if value is not None else "an unknown port",
            bound=one,
            services=service,
            setting="listen_addresses" if setting else "listen_addresses (default)",
            login=login,
            encrypted=access.encrypted if access else None,
            place=setting.place if setting else conf.main.place(),
        )
        for one in _addresses(conf, setting)
    ]
    run.add(
        Server(
            engine="postgresql",
            name=conf.main.document.file,
            place=conf.main.place(),
            listeners=listeners,
            login=login,
            gates=(Gate(name="pg_hba.conf", stages=(access.stage,)),) if access else (),
            connecting=access.connecting if access else Sources.exactly(EVERYWHERE),
            aliases=(hba.document.file,) if hba else (),
        )
    )


def _addresses(conf: _Conf, setting: Setting | None) -> list[Bound]:
    if setting is None:
        if conf.unknown:
            return [unknown("localhost", f"the default is localhost, but {conf.unknown}", surely=LOOPBACK)]
        return [loopback("localhost")]
    found = []
    for part in setting.value.split(","):
        word = part.strip().strip('"')
        if word == "*":
            found.append(everywhere("*"))
        elif word:
            found.append(bound(word, Stack.APART))
    return found


def _tls(conf: _Conf) -> bool | None:
    setting = conf.get("ssl")
    if setting is None:
        return None if conf.unknown else False
    return True if is_true(setting.value) else False if is_false(setting.value) else None


def _hba_of(run: Run, conf: _Conf) -> ConfigFile | None:
    setting = conf.get("hba_file")
    wanted = [setting.value] if setting else []
    for target in (*wanted, "pg_hba.conf"):
        for file in run.find(conf.main, target):
            if _is_hba(file):
                return file
        if setting and target == setting.value and not target.rstrip("/").endswith("pg_hba.conf"):
            run.unresolved(
                setting.place, f"hba_file = {target}", "the file was not given; read it with this one"
            )
            return None
    return None


def _lone_hba(run: Run, file: ConfigFile) -> None:
    access = _pghba.read(run, file, tls=None)
    why = "postgresql.conf was not given: its listen_addresses decides (default localhost)"
    run.add(
        Server(
            engine="postgresql",
            name=file.document.file,
            place=file.place(),
            listeners=[
                Listener(
                    label="port 5432",
                    bound=unknown("listen_addresses", why),
                    services=Services.of("tcp", 5432),
                    setting="",
                    login=access.login,
                    encrypted=access.encrypted,
                    place=file.place(),
                )
            ],
            login=access.login,
            gates=(Gate(name="pg_hba.conf", stages=(access.stage,)),),
            connecting=access.connecting,
        )
    )
