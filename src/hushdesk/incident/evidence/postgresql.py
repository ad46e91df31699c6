"""PostgreSQL: csvlog, jsonlog and text logs. Who connected, was turned away, and which verbs and tables were used.

The server does not log connections unless ``log_connections`` is on, and never how many rows an answer had, unless pgaudit
or auto_explain say so. Silence therefore means nothing but where the log itself shows that connections were logged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from hushdesk.guard import Place
from hushdesk.incident._evidence import Account, Piece, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident._spans import HOUR, MINUTE, SECOND
from hushdesk.incident.evidence._dblog import NO_TIME, Clients, Recent, Rows, clean, overlaps
from hushdesk.incident.evidence._pg_coverage import Runs
from hushdesk.incident.evidence._pg_records import (
    PREFIXES,
    RECORD,
    Entry,
    csv_entries,
    joined,
    json_entries,
    prefix_pattern,
    text_entries,
)
from hushdesk.incident.evidence._pg_rows import audit_rows, plan_rows
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._sql_words import Statement, statement
from hushdesk.incident.evidence._walltime import ZONE_HELP, WallClock

_NO_ROWS: Final = "PostgreSQL logs neither rows nor bytes of an answer"
_NO_BYTES: Final = "PostgreSQL logs no bytes of an answer"
_NO_STATEMENTS: Final = "not every statement is logged"
_BY_NAME: Final = "the log names the client by host name only"
_NOT_LET_IN: Final = "whether it was let in is not logged"
_SESSIONS: Final = 50_000
_RECEIVED: Final = re.compile(r"connection received: host=(\S+)(?: port=(\d+))?$")
_AUTHORIZED: Final = re.compile(r"(replication )?connection authorized: user=(\S*)(?: database=(\S+))?")
_AUTHENTICATED: Final = re.compile(r"connection authenticated: identity=")
_DISCONNECTED: Final = re.compile(
    r"disconnection: session time: (\d{1,6}):(\d\d):(\d\d)(?:\.(\d{1,6}))? .* host=(\S+)(?: port=(\d+))?$",
    re.DOTALL,
)
_HOST: Final = re.compile(r'for (?:replication connection from )?host "([^"]{1,80})"')
_STATEMENT: Final = re.compile(
    r"(?:duration: (?P<took>\d{1,12}(?:\.\d+)?) ms  )?(?:statement|execute [^:]{0,200}): (?P<sql>.*)",
    re.DOTALL,
)
_DURATION: Final = re.compile(r"duration: (\d{1,12}(?:\.\d+)?) ms(?:  (?:plan|parse|bind)\b|$)")
_REPLICATION: Final = re.compile(r"received replication command: ([A-Z_]{1,30})")
_AWAY: Final = re.compile(
    r"password authentication failed|\w+ authentication failed|no pg_hba\.conf entry|pg_hba\.conf rejects"
    r'|(?:role|database) ".*" does not exist|too many (?:clients|connections)|remaining connection slots'
    r"|the database system is (?:starting up|shutting down|in recovery)|is not permitted to log in"
    r"|unsupported frontend protocol|no PostgreSQL user name",
    re.DOTALL,
)


class PostgreSql:
    """Connections, refusals and statements' shapes."""

    name: ClassVar[str] = "postgresql"
    title: ClassVar[str] = "PostgreSQL log"
    options: ClassVar[Mapping[str, str]] = {
        "connections": "on: log_connections was on all the time, though nobody may have connected.",
        "prefix": "log_line_prefix of a text log, if it is none of the common ones.",
        "server": "Name of the server whose log it is.",
        "statements": "all: every statement was logged (log_statement = all, or pgaudit for reading and writing).",
        "zone": ZONE_HELP,
    }

    def claims(self, head: Head) -> int:
        """95 for csvlog, 90 for jsonlog, 92 for text if most lines are, else 60."""
        form = _form(head.start)
        if form == "csv":
            return 95
        if form == "json":
            return 90 if b'"error_severity"' in head.start else 0
        return _text_claim(head.start)

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Rows of :data:`REQUESTS`; coverage where connections are seen to be logged; gaps where a session's lines miss.

        Raises:
            EvidenceError: An option cannot be understood.
        """
        reading = _Reading(source, wanted)
        form = _form(source.head()[0])
        if form == "json":
            entries = json_entries(source, account)
        elif form == "csv":
            entries = csv_entries(source, account)
        else:
            entries = text_entries(source, account, source.options.get("prefix", ""))
        for entry in entries:
            reading.entry(entry, account)
            if reading.rows.full:
                yield from reading.rows.take()
        reading.finish()
        yield from reading.rows.take()
        yield from reading.runs.pieces(Place(source.name), PostgreSql.name)


def _form(start: bytes) -> str:
    """By the first line that tells: within a record, other lines can look like anything."""
    lines = [line for line in start.splitlines()[:200] if line.strip()]
    for line in lines:
        if RECORD.match(line) and line.count(b",") >= 10:
            return "csv"
        if line.startswith(b"{") and b'"error_severity"' in line:
            return "json"
        if not line.startswith((b" ", b"\t")) and any(
            each.match(line.decode(errors="replace")) for each in _TEXTS
        ):
            return "text"
    return "json" if lines and lines[0].startswith(b"{") else "text"


def _text_claim(start: bytes) -> int:
    lines = [line for line in start[: 1 << 15].splitlines()[:100] if line and line[:1] not in b" \t"]
    texts = [line.decode(errors="replace")[:2000] for line in lines]
    fits = sum(any(each.match(text) for each in _TEXTS) for text in texts)
    return 92 if 2 * fits > len(texts) else 60 if fits else 0


_TEXTS: Final = tuple(map(prefix_pattern, PREFIXES))


class _Session:
    """What is known of one backend."""

    __slots__ = ("authorized", "carried", "client", "received")

    def __init__(self, client: tuple[str, int | None]) -> None:
        self.client = client
        self.received: tuple[tuple[int, int], int, dict[str, Any]] | None = None
        self.authorized = False
        self.carried = False
        """Whether a row says already that unknown many rows may have gone."""


class _Reading:
    """One file."""

    def __init__(self, source: Source, wanted: Wanted) -> None:
        options = source.options
        self.rows = Rows()
        self.runs = Runs(
            options.get("server", ""),
            asserted=options.get("connections", "") == "on",
            statements=options.get("statements", "") == "all",
        )
        self._all = options.get("statements", "") == "all"
        self._wanted = wanted
        self._clock = WallClock(options.get("zone", ""))
        self._clients = Clients(bare=True)
        self._sessions: Recent[str, _Session] = Recent(_SESSIONS)
        self._authorized_logged = False

    def entry(self, entry: Entry, account: Account) -> None:
        """Count one entry, and make rows of it."""
        at = self._time(entry)
        if at is None or not entry.severity:
            account.refuse(entry.line, NO_TIME)
            return
        account.records += 1
        if entry.twin:
            account.duplicate += 1
            return
        self.runs.entry(entry, at)
        if self._rows(entry, at):
            account.kept += 1
        else:
            account.other += 1

    def _time(self, entry: Entry) -> tuple[int, int] | None:
        if not entry.zone and entry.time.replace(".", "", 1).isdigit() and entry.time.isascii():
            at = int(float(entry.time) * SECOND)
            return at, at
        return self._clock.read(entry.time, entry.zone)

    def _rows(self, entry: Entry, at: tuple[int, int]) -> bool:
        key = entry.session or entry.pid
        known = self._sessions[key] if key else None
        message = entry.message
        received = _RECEIVED.match(message) if message.startswith("connection r") else None
        if received:
            client = self._clients(joined(received[1], received[2] or ""))
        elif entry.client:
            client = self._clients(entry.client)
        else:
            client = known.client if known else ("", None)
        host = entry.client or (received[1] if received else "")
        if not host and (found := _HOST.search(message)):
            # A text log without addresses in its prefix: turned away, and the message says whom.
            host, client = found[1], self._clients(joined(found[1]))
        if not host and (gone := _DISCONNECTED.match(message)):
            host = gone[5]
            client = self._clients(joined(gone[5], gone[6] or ""))
        if not host:
            host = known.client[0] if known else ""
        if not host or host == "[local]" or entry.severity not in _TOLD:
            # The server's own doings, somebody on its own machine, and lines that go with another.
            return self._anonymous(entry, at)
        if known is None or received:
            if known and known.received:
                self._give_received(known, most=None)
            known = self._sessions[key] = _Session(client)
            for old in self._sessions.surplus():
                self._give_received(old, most=None)
        row: dict[str, Any] = {
            "server": clean(entry.database),
            "user": clean(entry.user),
            "session": clean(key, 64),
            "agent": clean(entry.application),
        }
        if not overlaps(self._wanted, *at):
            return False
        if received:
            known.received = (at, entry.line, row)
            return True
        self._act(entry, at, known, row)
        return True

    def _anonymous(self, entry: Entry, at: tuple[int, int]) -> bool:
        """A text log whose prefix has no client, and that has not logged the connection: something was asked by somebody."""
        if entry.client or entry.session or entry.severity not in _TOLD or not (entry.user or entry.database):
            return False
        if not overlaps(self._wanted, *at):
            return False
        session = _Session(("", None))
        row = {"server": clean(entry.database), "user": clean(entry.user), "session": "", "agent": ""}
        self._act(entry, at, session, row)
        return True

    def _act(self, entry: Entry, at: tuple[int, int], session: _Session, row: dict[str, Any]) -> None:
        message, line = entry.message, entry.line
        if (asked := _STATEMENT.match(message)) is not None:
            done = statement(asked["sql"])
            row.update(asked=done.words, target=_target(done))
            took = self._began(asked["took"], at)
            self._add(took, session, done.act, line, row, most=None if done.answers else 0)
        elif authorized := _AUTHORIZED.match(message):
            self._authorized_logged = True
            self._give_received(session, most=0)
            session.authorized = True
            row["user"] = row["user"] or clean(authorized[2])
            row["server"] = row["server"] or clean(authorized[3] or "")
            if authorized[1]:
                row["asked"] = "replication"
            self._unknown(at, session, "authenticated", line, row, sure=self._all and not authorized[1])
        elif _AUTHENTICATED.match(message):
            self._unknown(at, session, "authenticated", line, row, sure=self._all)
        elif gone := _DISCONNECTED.match(message):
            seconds = int(gone[1]) * HOUR + int(gone[2]) * MINUTE + int(gone[3]) * SECOND
            seconds += int((gone[4] or "0").ljust(6, "0"))
            self._give_received(session, most=0 if session.authorized or self._authorized_logged else None)
            begun = (at[0] - seconds, at[1])
            if session.carried or self._all:
                self._add(begun, session, "ended", line, row, most=0)
            else:
                self._unknown(begun, session, "ended", line, row)
            self._sessions.pop(row["session"])
        elif entry.severity in {"FATAL", "PANIC"}:
            if not session.authorized and _turned_away(entry):
                # One row from knocking to being turned away.
                knocked = session.received[0][0] if session.received else at[0]
                session.received = None
                self._add((knocked, at[1]), session, "denied", line, row, most=0)
            else:
                self._give_received(session, most=0)
                self._unknown(at, session, "ended", line, row, sure=session.carried)
        elif found := audit_rows(message):
            row.update(asked=found.asked, target=found.target)
            why = _NO_BYTES if found.exact else _NO_ROWS
            self._add(at, session, found.act, line, row, least=found.rows[0], most=found.rows[1], why=why)
        elif (counted := plan_rows(message, nested=bool(entry.context))) is not None:
            done, rows = counted
            row.update(asked=done.words, target=_target(done))
            plan = _DURATION.match(message)
            took = self._began(plan[1] if plan else None, at)
            self._add(took, session, done.act, line, row, least=rows[0], most=rows[1])
        elif replication := _REPLICATION.match(message):
            row["asked"] = replication[1].lower().replace("_", " ")
            self._add(at, session, "read", line, row, most=None)
        elif entry.severity == "ERROR":
            failed = statement(entry.query) if entry.query else None
            row.update(asked=failed.words if failed else "", target=_target(failed) if failed else "")
            # Rows may have gone before the error came, and errors can quote values.
            self._add(at, session, "failed", line, row, most=None)
        else:
            self._unknown(at, session, "other", line, row, sure=session.carried or self._all)

    @staticmethod
    def _began(took: str | None, at: tuple[int, int]) -> tuple[int, int]:
        """From when a statement that took so many milliseconds, up to when it was logged."""
        return (at[0] - int(float(took) * 1000), at[1]) if took else at

    def _unknown(
        self,
        at: tuple[int, int],
        session: _Session,
        act: str,
        line: int,
        row: dict[str, Any],
        *,
        sure: bool = False,
    ) -> None:
        session.carried = True
        why = "" if sure else f"{_NO_ROWS}, and {_NO_STATEMENTS}"
        self._add(at, session, act, line, row, most=0 if sure else None, why=why)

    def _add(
        self,
        at: tuple[int, int],
        session: _Session,
        act: str,
        line: int,
        row: dict[str, Any],
        *,
        least: int = 0,
        most: int | None,
        why: str = "",
    ) -> None:
        why = why or (_NO_ROWS if most is None else _NO_BYTES)
        if not session.client[0]:
            why = f"{why}; {_BY_NAME}" if row["session"] else why
        self.rows.add(*at, session.client, act, line, rows=(least, most), why=why, **row)

    def _give_received(self, session: _Session, *, most: int | None) -> None:
        if session.received is not None:
            at, line, row = session.received
            session.received = None
            if most is None and not self._authorized_logged:
                self._add(
                    at, session, "connected", line, row, most=None, why=f"{_NO_ROWS}, and {_NOT_LET_IN}"
                )
            else:
                self._add(at, session, "connected", line, row, most=0)

    def finish(self) -> None:
        """Give out connections that led to nothing."""
        for session in self._sessions.rest():
            self._give_received(session, most=None)


_TOLD: Final = frozenset({"LOG", "ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "INFO"})


def _turned_away(entry: Entry) -> bool:
    if entry.sqlstate:
        return entry.sqlstate[:2] in {"28", "3D", "53"} or entry.sqlstate == "57P03" or entry.tag in _STARTING
    return entry.tag in _STARTING or _AWAY.search(entry.message) is not None


_STARTING: Final = frozenset({"authentication", "startup", "initializing"})


def _target(done: Statement) -> str:
    return clean(",".join(done.tables), 400)
