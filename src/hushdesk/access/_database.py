"""A database of this package: opened private, brought to the newest numbered migration, safe for threads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from threading import RLock
from typing import Any

from hushdesk.access.errors import AccountsUnsafe
from hushdesk.vault import KeysUnsafeError, check_private, touch_private


def migrations(package: str = "hushdesk.access") -> list[tuple[int, str]]:
    """Number and SQL of each migration that comes with a package, in order."""
    found = [
        (int(entry.name.partition("_")[0]), entry.read_text(encoding="utf-8"))
        for entry in files(package).joinpath("migrations").iterdir()
        if entry.name.endswith(".sql")
    ]
    return sorted(found)


class Database:
    """One connection behind a lock; every change in a transaction of its own.

    Args:
        path: The file; made 0600 if missing.
        package: In whose folder ``migrations`` the tables are.
        what: What the file is, in messages.
    """

    def __init__(
        self, path: Path, *, package: str = "hushdesk.access", what: str = "database of accounts"
    ) -> None:
        self._package, self._what = package, what
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            # A file that is there is not opened for this: closing it again would take away the locks that another
            # connection of this process holds on it.
            if path.exists():
                check_private(path, self._what)
            else:
                touch_private(path)
        except KeysUnsafeError:
            raise AccountsUnsafe(f"The {what} can be reached by others.", "Set it to 0600.") from None
        self._lock = RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        try:
            self._db.row_factory = sqlite3.Row
            for pragma in (
                "trusted_schema = OFF",
                "foreign_keys = ON",
                "journal_mode = WAL",
                "synchronous = FULL",
                "secure_delete = ON",
                "temp_store = MEMORY",
            ):
                self._db.execute(f"PRAGMA {pragma}")
            self._migrate()
        except sqlite3.DatabaseError:
            self._db.close()
            raise AccountsUnsafe(f"The {what} is damaged.", "Restore it from its backup.") from None
        except AccountsUnsafe:
            self._db.close()
            raise

    def _migrate(self) -> None:
        known = migrations(self._package)
        # Under the write lock, for two processes may start at once.
        with self.write():
            version: int = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version > known[-1][0]:
                raise AccountsUnsafe(
                    f"The {self._what} was made by a newer version.",
                    "Upgrade Hushdesk, then try again.",
                )
            for number, sql in known:
                if number > version:
                    for statement in statements(sql):
                        self._db.execute(statement)
                    self._db.execute(f"PRAGMA user_version = {number}")

    @contextmanager
    def write(self) -> Iterator[None]:
        """A transaction: all of it or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def execute(self, sql: str, *parameters: Any) -> int:
        """Run one statement; returns how many rows it changed."""
        with self._lock:
            return self._db.execute(sql, parameters).rowcount

    def insert(self, sql: str, *parameters: Any) -> int:
        """Run one INSERT; returns the new row's id."""
        with self._lock:
            return int(self._db.execute(sql, parameters).lastrowid or 0)

    def one(self, sql: str, *parameters: Any) -> sqlite3.Row | None:
        """The first row, if any."""
        with self._lock:
            row: sqlite3.Row | None = self._db.execute(sql, parameters).fetchone()
            return row

    def all(self, sql: str, *parameters: Any) -> list[sqlite3.Row]:
        """All rows."""
        with self._lock:
            return self._db.execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()


def statements(sql: str) -> Iterator[str]:
    """Split a script, for ``executescript`` would end the transaction it runs in."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
