"""An index beside the record: which entries are by whom, of what, when, about which case.

It finds and proves nothing: what it names is read from the proven log. It is made from that log alone, follows what is
appended, and is made anew whenever it does not fit.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from hushdesk.record import _bloom as bloom
from hushdesk.record._merkle import leaf_hash
from hushdesk.record._proven import BLOCK, ProvenLog

INDEX: Final = "index.sqlite"
_VERSION: Final = "1"
_AT_ONCE: Final = 1 << 16
"""Entries in one transaction."""
_EXPORT: Final = "analyst:case:export"
_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE entry (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, event INTEGER NOT NULL, who INTEGER NOT NULL, about INTEGER);
CREATE INDEX entry_who ON entry (who, n);
CREATE INDEX entry_event ON entry (event, n);
CREATE INDEX entry_about ON entry (about, n) WHERE about IS NOT NULL;
CREATE TABLE block (b INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, cases BLOB NOT NULL);
CREATE TABLE day (
  day INTEGER, who INTEGER, event INTEGER, entries INTEGER NOT NULL, cases INTEGER NOT NULL,
  PRIMARY KEY (day, who, event)
) WITHOUT ROWID;
CREATE TABLE export (
  n INTEGER PRIMARY KEY, at INTEGER NOT NULL, who INTEGER NOT NULL, hits INTEGER NOT NULL,
  ended INTEGER, state TEXT, cases INTEGER, manifest TEXT
);
"""


@dataclass(frozen=True, slots=True)
class DayCount:
    """What one account did on one day."""

    day: str
    """UTC, ``2026-11-02``."""
    who: str
    event: str
    entries: int
    cases: int
    """Cases shown, listed or handed over; one that was shown twice counts twice."""


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One export, as its two entries say."""

    number: int
    """Of the entry with which it began."""
    at: datetime
    who: str
    hits: int
    """How many cases the search had found when it began: it cannot have handed over more, but for what was loaded meanwhile."""
    ended: int | None
    """The entry that ended it; None if none did: how many cases left is not known then."""
    state: str
    """``whole``, ``broken off``; ``unknown`` if it never ended."""
    cases: int | None
    manifest: str
    """SHA-256 of the list of cases."""

    @property
    def most(self) -> int:
        """So many cases left at the most."""
        return self.hits if self.cases is None else self.cases


class RecordIndex:
    """An index of one record. Threads and processes may use it side by side.

    Args:
        log: The record.
        path: Where it lies; by default beside the record.
    """

    def __init__(self, log: ProvenLog, path: Path | None = None) -> None:
        self._log = log
        self._path = path or log.folder / INDEX
        self._lock = threading.RLock()
        self._names: dict[str, int] = {}
        self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        try:
            return self._connect()
        except sqlite3.DatabaseError:
            # It holds nothing that is not in the record.
            self._remove()
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=60)
        try:
            for pragma in (
                "trusted_schema = OFF",
                "journal_mode = WAL",
                "synchronous = NORMAL",
                "cache_size = -65536",
            ):
                db.execute(f"PRAGMA {pragma}")
            db.execute("BEGIN IMMEDIATE")
            tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables:
                self._make(db)
            db.execute("COMMIT")
            if self._get(db, "version") != _VERSION:
                raise sqlite3.DatabaseError("another version")
        except sqlite3.DatabaseError:
            db.close()
            raise
        return db

    @staticmethod
    def _make(db: sqlite3.Connection) -> None:
        for statement in filter(str.strip, _SCHEMA.split(";")):
            db.execute(statement)
        db.execute(
            "INSERT INTO meta VALUES ('version', ?), ('size', 0), ('mark', ?), ('last', ?)",
            (_VERSION, b"", b""),
        )

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{self._path}{suffix}").unlink()

    @staticmethod
    def _get(db: sqlite3.Connection, name: str) -> Any:
        row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    # -- following ------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many entries are in it."""
        with self._lock:
            return int(self._get(self._db, "size"))

    def follow(self) -> None:
        """Take in what the log has proven since; all of it anew if what is there does not fit.

        Raises:
            RecordDamagedError: What was proven is no longer there.
        """
        with self._lock:
            try:
                while self._step():
                    pass
            except sqlite3.DatabaseError:
                self._db.close()
                self._remove()
                self._names = {}
                self._db = self._open()
                while self._step():
                    pass

    def rebuild(self) -> None:
        """Make it anew from the proven entries."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            self._clear()
            self._db.execute("COMMIT")
            self.follow()

    def _clear(self) -> None:
        for table in ("entry", "block", "day", "export", "name", "meta"):
            self._db.execute(f"DROP TABLE {table}")
        self._make(self._db)
        self._names = {}

    def _step(self) -> bool:
        """One transaction; whether there is more."""
        if self._get(self._db, "size") == self._log.size and self._fits():
            return False
        self._db.execute("BEGIN IMMEDIATE")
        try:
            if not self._fits():
                self._clear()
            first = self._get(self._db, "size")
            last = min(self._log.size, (first // _AT_ONCE + 1) * _AT_ONCE)
            self._take(first, last)
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            self._names = {}
            raise
        return bool(last < self._log.size)

    def _fits(self) -> bool:
        """Whether what is in it is the beginning of the log."""
        size = int(self._get(self._db, "size"))
        if size > self._log.size:
            return False
        if size == 0:
            return True
        block = self._log.block((size - 1) // BLOCK)
        last = leaf_hash(block[(size - 1) % BLOCK])
        kept = (self._get(self._db, "mark"), self._get(self._db, "last"))
        return bool(kept == (self._log.mark(size), last))

    def _take(self, first: int, last: int) -> None:
        days: Counter[tuple[int, int, int]] = Counter()
        cases: Counter[tuple[int, int, int]] = Counter()
        line = b""
        for number in range(first // BLOCK, -(-last // BLOCK)):
            rows: list[tuple[int, int, int, int, int | None]] = []
            named: list[str] = []
            low = high = 0
            lines = self._log.block(number)
            for at, line in enumerate(lines[: last - number * BLOCK], number * BLOCK):
                values = json.loads(line)
                detail, event, who = values["detail"], values["event"], values["who"]
                when = _micros(values["at"])
                low, high = min(low or when, when), max(high, when)
                shown = cases_of(detail)
                named += shown
                if at < first:
                    continue
                key = when // 86_400_000_000, self._id(who), self._id(event)
                about = detail.get("account")
                rows.append((at, when, key[2], key[1], self._id(about) if isinstance(about, str) else None))
                days[key] += 1
                cases[key] += len(shown)
                if event == _EXPORT:
                    cases[key] += self._export(at, when, key[1], detail)
            self._db.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", rows)
            if number * BLOCK + BLOCK <= last:
                values = (number, low, high, bloom.make(named))
                self._db.execute("INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?)", values)
        self._db.executemany(
            "INSERT INTO day VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET entries = entries + excluded.entries, cases = cases + excluded.cases",
            [(*key, count, cases[key]) for key, count in days.items()],
        )
        self._db.execute("UPDATE meta SET value = ? WHERE name = 'size'", (last,))
        self._db.execute("UPDATE meta SET value = ? WHERE name = 'mark'", (self._log.mark(last),))
        self._db.execute("UPDATE meta SET value = ? WHERE name = 'last'", (leaf_hash(self._line(last - 1)),))

    def _line(self, number: int) -> bytes:
        return self._log.block(number // BLOCK)[number % BLOCK]

    def _export(self, at: int, when: int, who: int, detail: dict[str, Any]) -> int:
        if detail.get("state") == "begun":
            row = (at, when, who, int(detail.get("hits", 0)))
            self._db.execute("INSERT OR REPLACE INTO export (n, at, who, hits) VALUES (?, ?, ?, ?)", row)
            return 0
        rows = int(detail.get("rows", 0))
        self._db.execute(
            "UPDATE export SET ended = ?, state = ?, cases = ?, manifest = ? WHERE n = ?",
            (at, str(detail.get("state")), rows, str(detail.get("manifest", "")), detail.get("begun")),
        )
        return rows

    def _id(self, text: str) -> int:
        found = self._names.get(text)
        if found is None:
            row = self._db.execute("SELECT id FROM name WHERE text = ?", (text,)).fetchone()
            if row is None:
                found = self._db.execute("INSERT INTO name (text) VALUES (?)", (text,)).lastrowid or 0
            else:
                found = row[0]
            self._names[text] = found
        return found

    # -- asking ---------------------------------------------------------------------------------

    def find(
        self,
        *,
        who: str = "",
        event: str = "",
        start: datetime | None = None,
        end: datetime | None = None,
        before: int | None = None,
        most: int = 100,
    ) -> list[int]:
        """Numbers of entries, newest first.

        Args:
            who: By this account, or about it.
            event: Beginning of the event's name.
            start: At or after this time.
            end: Before this time.
            before: With smaller numbers alone.
            most: So many.
        """
        where, given = ["n < ?"], [before if before is not None else self._log.size]
        with self._lock:
            if who:
                known = self._db.execute("SELECT id FROM name WHERE text = ?", (who,)).fetchone() or (-1,)
                where.append("(who = ? OR about = ?)")
                given += [known[0], known[0]]
            if event:
                # Beginnings, compared as they stand: an underscore is no placeholder.
                where.append("event IN (SELECT id FROM name WHERE substr(text, 1, ?) = ?)")
                given += [len(event), event]  # type: ignore[list-item]
            # Times hardly ever go back, and each block knows its own; the last, unfinished one is always looked at.
            whole = self._db.execute("SELECT count(*) FROM block").fetchone()[0]
            if start is not None:
                sql = "SELECT min(b) FROM block WHERE last >= ?"
                low = self._db.execute(sql, (_since(start),)).fetchone()[0]
                where += ["at >= ?", "n >= ?"]
                given += [_since(start), (whole if low is None else low) * BLOCK]
            if end is not None:
                sql = "SELECT max(b) FROM block WHERE first < ?"
                high = self._db.execute(sql, (_since(end),)).fetchone()[0]
                where += ["at < ?", "(n < ? OR n >= ?)"]
                given += [_since(end), (0 if high is None else high + 1) * BLOCK, whole * BLOCK]
            sql = f"SELECT n FROM entry WHERE {' AND '.join(where)} ORDER BY n DESC LIMIT ?"  # noqa: S608
            return [row[0] for row in self._db.execute(sql, (*given, most))]

    def case(self, case: str, *, before: int | None = None) -> Iterator[int]:
        """Numbers of the entries that name a case, newest first; exports name theirs in their lists."""
        probe, wanted = bloom.Probe(case), json.dumps(case).encode()
        with self._lock:
            filters = self._db.execute("SELECT b, cases FROM block ORDER BY b DESC").fetchall()
        stop = self._log.size if before is None else before
        whole = {number for number, _ in filters}
        last = -(-self._log.size // BLOCK)
        tail = [number for number in range(last - 1, max(last - 2, -1), -1) if number not in whole]
        for number in [*tail, *(number for number, each in filters if probe.may(each))]:
            if number * BLOCK >= stop:
                continue
            lines = self._log.block(number)
            for at in range(len(lines) - 1, -1, -1):
                if number * BLOCK + at >= stop or wanted not in lines[at]:
                    continue
                if case in cases_of(json.loads(lines[at])["detail"]):
                    yield number * BLOCK + at

    def exports(self, *, who: str = "") -> list[ExportRow]:
        """All exports, newest first; of one account if that is wanted."""
        sql = (
            "SELECT e.n, e.at, a.text, e.hits, e.ended, e.state, e.cases, e.manifest FROM export e"
            " JOIN name a ON a.id = e.who WHERE ? IN ('', a.text) ORDER BY e.n DESC"
        )
        with self._lock:
            rows = self._db.execute(sql, (who,)).fetchall()
        return [
            ExportRow(n, _time(at), name, hits, ended, state or "unknown", cases, manifest or "")
            for n, at, name, hits, ended, state, cases, manifest in rows
        ]

    def days(self, who: str) -> list[DayCount]:
        """What an account did by day, the newest first."""
        sql = (
            "SELECT d.day, e.text, d.entries, d.cases FROM day d JOIN name a ON a.id = d.who"
            " JOIN name e ON e.id = d.event WHERE a.text = ? ORDER BY d.day DESC, e.text"
        )
        with self._lock:
            rows = self._db.execute(sql, (who,)).fetchall()
        return [
            DayCount(f"{_time(day * 86_400_000_000):%Y-%m-%d}", who, event, entries, cases)
            for day, event, entries, cases in rows
        ]

    def names(self) -> tuple[list[str], list[str]]:
        """Accounts and events that occur."""
        with self._lock:
            return tuple(  # type: ignore[return-value]
                [
                    row[0]
                    for row in self._db.execute(
                        f"SELECT text FROM name WHERE id IN (SELECT {column} FROM day) ORDER BY text"  # noqa: S608
                    )
                ]
                for column in ("who", "event")
            )

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def cases_of(detail: dict[str, Any]) -> list[str]:
    """The cases that an entry names."""
    found = detail.get("cases")
    named = [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
    case = detail.get("case")
    return [*named, case] if isinstance(case, str) else named


def _micros(at: str) -> int:
    try:
        return _since(datetime.fromisoformat(at))
    except (ValueError, TypeError):
        return 0


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _since(time: datetime) -> int:
    passed = time - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def _time(micros: int) -> datetime:
    return datetime.fromtimestamp(micros // 1_000_000, UTC)
