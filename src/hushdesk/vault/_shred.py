"""Shredding: a person's wrapped key is overwritten, their entries go, and a search shows it."""

from __future__ import annotations

import hashlib
import mmap
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from hushdesk.vault._people_schema import ALIVE, SHREDDED, SHREDDING
from hushdesk.vault._people_types import PersonId, ShredProof
from hushdesk.vault._slots import Slots


def shred(database: sqlite3.Connection, slots: Slots, folder: Path, person: PersonId) -> ShredProof:
    """Shred one person. The intent is durable first, so that a killed process does not half-do it."""
    database.execute("BEGIN IMMEDIATE")
    try:
        row = database.execute("SELECT state FROM person WHERE id = ?", [person]).fetchone()
        if row is None:
            raise KeyError("no such person")
        slot = slots.read(person)
        sealed = [s for (s,) in database.execute("SELECT sealed FROM entry WHERE person = ?", [person])]
        database.execute(f"UPDATE person SET state = {SHREDDING} WHERE id = ? AND state = {ALIVE}", [person])  # noqa: S608
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    _finish(database, slots, person)
    # Old pages still lie in the write-ahead log until it is folded in and cut.
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    wrapped = slot[16:]
    needles = sealed if not any(wrapped) else [wrapped, *sealed]
    scanned, hits = _search(folder, needles)
    key_found = 0 if not any(wrapped) else hits[0]
    return ShredProof(
        person=person,
        entries=len(sealed),
        slot_digest=hashlib.sha256(slot).hexdigest(),
        bytes_scanned=scanned,
        key_found=key_found,
        remnants=sum(hits) - key_found,
        at=datetime.now(UTC),
    )


def shred_many(database: sqlite3.Connection, slots: Slots, persons: Sequence[PersonId]) -> int:
    """Shred many persons; the intent for all of them is durable first. Returns how many there were."""
    wanted = sorted(set(persons))
    database.execute("BEGIN IMMEDIATE")
    try:
        database.executemany(
            "UPDATE person SET state = ? WHERE id = ? AND state = ?",
            [(SHREDDING, person, ALIVE) for person in wanted],
        )
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    done = finish_shredding(database, slots)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return done


def finish_shredding(database: sqlite3.Connection, slots: Slots) -> int:
    """Finish what a killed process began; returns how many persons."""
    pending = database.execute(f"SELECT id FROM person WHERE state = {SHREDDING}").fetchall()  # noqa: S608
    for (person,) in pending:
        _finish(database, slots, person)
    return len(pending)


def _finish(database: sqlite3.Connection, slots: Slots, person: int) -> None:
    database.execute("BEGIN IMMEDIATE")
    try:
        slots.destroy(person)
        database.execute("DELETE FROM entry WHERE person = ?", [person])
        database.execute("DELETE FROM alias WHERE person = ?", [person])
        database.execute(
            f"UPDATE person SET token = NULL, language = '', country = '', state = {SHREDDED} WHERE id = ?",  # noqa: S608
            [person],
        )
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise


def _search(folder: Path, needles: Sequence[bytes]) -> tuple[int, list[int]]:
    """Search all files of the vault; returns bytes searched and hits for each needle."""
    scanned, hits = 0, [0] * len(needles)
    for path in sorted(folder.iterdir()):
        if not path.is_file() or not path.stat().st_size:
            continue
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            scanned += len(view)
            for i, needle in enumerate(needles):
                hits[i] += view.find(needle) >= 0
    return scanned, hits
