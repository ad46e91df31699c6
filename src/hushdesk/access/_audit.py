"""What happened to accounts, written in one step with the change itself, and handed to the record afterwards."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hushdesk.access._database import Database
from hushdesk.access._events import AuditEvent, Listener

MOST_KEPT: Final = 100_000
"""Older ones are in the record, if a record is kept; guesses at passwords must not fill the disk."""
_PRUNE_EVERY: Final = 500

_acting: ContextVar[str] = ContextVar("hushdesk_acting", default="")


@contextmanager
def acting_as(name: str) -> Iterator[None]:
    """Say who does what is done to accounts within: an account's name, or ``cli:`` and the system user."""
    token = _acting.set(name)
    try:
        yield
    finally:
        _acting.reset(token)


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to an account."""

    id: int
    at: datetime
    event: str
    account: str
    """Its name; empty if the name that was tried is nobody's."""
    by: str
    """Who did it."""


class Audit:
    """The list of what happened; itself the listener that all parts of this package tell.

    Args:
        database: The database of accounts.
        clock: Seconds since 1970.
        listener: Told of each event once it is written for good.
    """

    def __init__(self, database: Database, clock: Callable[[], float], listener: Listener) -> None:
        self._db = database
        self._clock = clock
        self._listener = listener

    def __call__(self, event: AuditEvent, account: int | None) -> None:
        """Write one down, and tell the listener after the change that it is about is written."""
        by = _acting.get()
        if not by and event.startswith("admin:"):
            by = f"cli:{getpass.getuser()}"
        new = self._db.insert(
            "INSERT INTO audit (at, event, account, by) VALUES (?, ?, ?, ?)",
            self._clock(),
            event.value,
            account,
            by,
        )
        if new % _PRUNE_EVERY == 0:
            self._db.execute("DELETE FROM audit WHERE id <= ?", new - MOST_KEPT)
        self._db.later(lambda: self._listener(event, account))

    def newest(self, most: int = 100) -> list[Happened]:
        """The newest first."""
        return self._read("WHERE 1 ORDER BY u.id DESC LIMIT ?", most)

    def who_did(self, event: AuditEvent, account: int, since: float) -> set[str]:
        """Who did that to an account since a moment."""
        sql = "SELECT DISTINCT by FROM audit WHERE event = ? AND account = ? AND at >= ?"
        return {row["by"] for row in self._db.all(sql, event.value, account, since)}

    def did(self, by: str, event: AuditEvent, account: int, since: float) -> bool:
        """Whether somebody did that to an account since a moment."""
        sql = "SELECT 1 FROM audit WHERE by = ? AND event = ? AND account = ? AND at >= ? LIMIT 1"
        return self._db.one(sql, by, event.value, account, since) is not None

    def _read(self, rest: str, *parameters: int) -> list[Happened]:
        rows = self._db.all(
            "SELECT u.id, u.at, u.event, u.by, coalesce(a.name, '') AS name FROM audit u"  # noqa: S608
            f" LEFT JOIN account a ON a.id = u.account {rest}",
            *parameters,
        )
        return [
            Happened(
                r["id"], datetime.fromtimestamp(r["at"], UTC), r["event"], r["name"], r["by"] or r["name"]
            )
            for r in rows
        ]
