"""The ledger: which loads there were, how far each got, and what each batch counted.

A batch is written here as an *intent*, with its final counts, before the store is touched, and marked
done after the store has acknowledged it. After ``kill -9`` the one batch that may stand between is
repeated with its intent's decisions; every other batch is either whole or absent.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from hushdesk.desk._report import LoadReport, RefusedLine, Tally
from hushdesk.desk._signed import SignedCertificate

_SCHEMA = """
CREATE TABLE IF NOT EXISTS loads (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted')),
  started TEXT NOT NULL,
  finished TEXT NOT NULL DEFAULT '',
  seconds REAL NOT NULL DEFAULT 0,
  inputs TEXT NOT NULL,
  notes TEXT NOT NULL DEFAULT '[]',
  resumed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS batches (
  load_id INTEGER NOT NULL REFERENCES loads (id),
  number INTEGER NOT NULL,
  items_end INTEGER NOT NULL,
  done INTEGER NOT NULL,
  decisions BLOB NOT NULL,
  tally TEXT NOT NULL,
  PRIMARY KEY (load_id, number)
);
CREATE TABLE IF NOT EXISTS refused (
  load_id INTEGER NOT NULL REFERENCES loads (id),
  batch INTEGER NOT NULL,
  reason TEXT NOT NULL,
  place TEXT NOT NULL,
  problem TEXT NOT NULL,
  remedy TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS refused_by_load ON refused (load_id);
CREATE TABLE IF NOT EXISTS held (
  mac BLOB PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS certificates (
  id INTEGER PRIMARY KEY,
  load_id INTEGER NOT NULL REFERENCES loads (id),
  document TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS resolutions (
  id INTEGER PRIMARY KEY,
  entry INTEGER NOT NULL,
  load_id INTEGER NOT NULL,
  action TEXT NOT NULL,
  kind TEXT NOT NULL,
  newer INTEGER NOT NULL,
  account TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS resolutions_are_not_changed BEFORE UPDATE ON resolutions
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS resolutions_are_not_deleted BEFORE DELETE ON resolutions
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
"""

LINES_KEPT = 10_000
"""Refused lines kept for each load; the counts by reason are always whole."""


class Resolution(StrEnum):
    """What was done with an entry of the quarantine, and its state after that."""

    OPEN = "open"
    """Nothing was decided yet."""
    CONFIRMED = "confirmed"
    """A finding was confirmed: the value is personal."""
    REJECTED = "rejected"
    """A finding was rejected: the value is harmless."""
    KEPT = "kept"
    """Sealed again, and still doubtful."""
    RELEASED = "released"
    """Sealed again and stored."""
    SUPERSEDED = "superseded"
    """The store has a version that is not older."""
    DISMISSED = "dismissed"
    """Closed without storing anything."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch as the ledger knows it."""

    number: int
    items_end: int
    done: bool
    decisions: bytes


def now() -> str:
    """The present moment, ISO 8601 in UTC with seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Ledger:
    """The ledger of one desk, an SQLite file beside the store."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._lock = threading.RLock()
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def mark_interrupted(self) -> None:
        """Loads that were running when their process ended are interrupted. Call once, as the desk's owner."""
        with self._transaction() as db:
            db.execute("UPDATE loads SET state = 'interrupted' WHERE state = 'running'")

    def begin(self, fingerprint: str, inputs: Sequence[str]) -> tuple[int, bool]:
        """Begin a load, or take up an interrupted one of the same inputs.

        Returns:
            The load's id and whether it is a resumed one.
        """
        with self._transaction() as db:
            row = db.execute(
                "SELECT id FROM loads WHERE fingerprint = ? AND state = 'interrupted' ORDER BY id DESC LIMIT 1",
                (fingerprint,),
            ).fetchone()
            if row:
                db.execute("UPDATE loads SET state = 'running', resumed = resumed + 1 WHERE id = ?", row)
                return int(row[0]), True
            cursor = db.execute(
                "INSERT INTO loads (fingerprint, state, started, inputs) VALUES (?, 'running', ?, ?)",
                (fingerprint, now(), json.dumps(list(inputs), ensure_ascii=False)),
            )
            return int(cursor.lastrowid or 0), False

    def finish(self, load_id: int, state: str, seconds: float, notes: Iterable[str]) -> None:
        """End one run of a load: ``finished`` or ``interrupted``; ``seconds`` add up over runs."""
        with self._transaction() as db:
            db.execute(
                "UPDATE loads SET state = ?, finished = ?, seconds = seconds + ?, notes = ? WHERE id = ?",
                (state, now() if state == "finished" else "", seconds, json.dumps(list(notes)), load_id),
            )

    def batches(self, load_id: int) -> list[Batch]:
        """The load's batches in order; at most the last one is not done."""
        with self._lock:
            rows = self._db.execute(
                "SELECT number, items_end, done, decisions FROM batches WHERE load_id = ? ORDER BY number",
                (load_id,),
            ).fetchall()
        return [Batch(number, end, bool(done), decisions) for number, end, done, decisions in rows]

    def intend(
        self,
        load_id: int,
        number: int,
        items_end: int,
        decisions: bytes,
        tally: Tally,
        refused: Sequence[RefusedLine],
    ) -> None:
        """Write down what a batch will be once the store has taken it."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO batches (load_id, number, items_end, done, decisions, tally) VALUES (?, ?, ?, 0, ?, ?)",
                (load_id, number, items_end, decisions, json.dumps(tally.to_json(), ensure_ascii=False)),
            )
            if refused:
                (kept,) = db.execute("SELECT count(*) FROM refused WHERE load_id = ?", (load_id,)).fetchone()
                db.executemany(
                    "INSERT INTO refused (load_id, batch, reason, place, problem, remedy) VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        (load_id, number, line.reason, line.place, line.problem, line.remedy)
                        for line in refused[: max(0, LINES_KEPT - kept)]
                    ],
                )

    def recount(self, load_id: int, number: int, tally: Tally) -> None:
        """Write down anew what an intended batch counts."""
        text = json.dumps(tally.to_json(), ensure_ascii=False)
        with self._transaction() as db:
            db.execute(
                "UPDATE batches SET tally = ? WHERE load_id = ? AND number = ? AND NOT done",
                (text, load_id, number),
            )

    def done(self, load_id: int, number: int) -> None:
        """The store has acknowledged the batch."""
        with self._transaction() as db:
            db.execute("UPDATE batches SET done = 1 WHERE load_id = ? AND number = ?", (load_id, number))

    def is_held(self, mac: bytes) -> bool:
        """Whether the quarantine already has what this keyed MAC stands for."""
        with self._lock:
            return self._db.execute("SELECT 1 FROM held WHERE mac = ?", (mac,)).fetchone() is not None

    def hold(self, macs: Iterable[bytes]) -> None:
        """Remember keyed MACs of what the quarantine has, so that a repeated load does not add it again."""
        with self._transaction() as db:
            db.executemany("INSERT OR IGNORE INTO held (mac) VALUES (?)", [(mac,) for mac in macs])

    def resolve(
        self,
        entry: int,
        load_id: int,
        action: Resolution,
        account: str,
        *,
        kind: str = "",
        newer: bool = False,
    ) -> None:
        """Write down what was done with an entry of the quarantine; nothing takes it back."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO resolutions (entry, load_id, action, kind, newer, account, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (entry, load_id, action.value, kind, int(newer), account, now()),
            )

    def resolutions(self) -> dict[int, tuple[Resolution, int]]:
        """For each entry that was touched: the last word about it, and how many findings were decided."""
        with self._lock:
            rows = self._db.execute("SELECT entry, action FROM resolutions ORDER BY id").fetchall()
        out: dict[int, tuple[Resolution, int]] = {}
        for entry, action in rows:
            last = Resolution(action)
            decided = out.get(entry, (last, 0))[1] + (last in {Resolution.CONFIRMED, Resolution.REJECTED})
            out[entry] = (last, decided)
        return out

    def certify(self, load_id: int, document: str) -> None:
        """Keep a signed certificate of a load; earlier ones stay."""
        with self._transaction() as db:
            db.execute("INSERT INTO certificates (load_id, document) VALUES (?, ?)", (load_id, document))

    def certificates(self) -> list[SignedCertificate]:
        """The latest certificate of each load that has one, newest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT document FROM certificates WHERE id IN (SELECT max(id) FROM certificates GROUP BY load_id) ORDER BY id DESC"
            ).fetchall()
        return [SignedCertificate.from_text(document) for (document,) in rows]

    def report(self, load_id: int) -> LoadReport | None:
        """The load's report as far as its batches are done; None if there is no such load."""
        with self._lock:
            row = self._db.execute(
                "SELECT id, state, started, finished, seconds, inputs, notes, resumed FROM loads WHERE id = ?",
                (load_id,),
            ).fetchone()
            if row is None:
                return None
            tallies = self._db.execute(
                "SELECT tally FROM batches WHERE load_id = ? AND done = 1 ORDER BY number", (load_id,)
            ).fetchall()
            lines = self._db.execute(
                "SELECT reason, place, problem, remedy FROM refused WHERE load_id = ? ORDER BY batch, rowid LIMIT ?",
                (load_id, LINES_KEPT),
            ).fetchall()
            certified = self._db.execute(
                "SELECT document FROM certificates WHERE load_id = ? ORDER BY id DESC LIMIT 1", (load_id,)
            ).fetchone()
            released, newer = self._db.execute(
                "SELECT count(*), coalesce(sum(newer), 0) FROM resolutions WHERE load_id = ? AND action = 'released'",
                (load_id,),
            ).fetchone()
        number, state, started, finished, seconds, inputs, notes, resumed = row
        tally = Tally.total(Tally.from_json(json.loads(text)) for (text,) in tallies)
        # What the officer has released since was held back then and is stored now.
        tally.stored += released
        tally.newer += newer
        tally.quarantined -= released
        return LoadReport(
            id=number,
            state=state,
            started=started,
            finished=finished,
            seconds=seconds,
            inputs=tuple(json.loads(inputs)),
            tally=tally,
            refused=tuple(RefusedLine(*line) for line in lines),
            notes=tuple(json.loads(notes)),
            resumed=resumed,
            released=released,
            certificate=SignedCertificate.from_text(certified[0]) if certified else None,
        )

    def loads(self) -> list[int]:
        """Ids of all loads, newest first."""
        with self._lock:
            return [row[0] for row in self._db.execute("SELECT id FROM loads ORDER BY id DESC")]
