"""What accounts have asked: how often about few persons, and, of those who may only count, every question.

Two answers about nearly the same cases give away those in which they differ. So whoever may only count is not answered a
question that differs from an earlier one of theirs by fewer than ``small`` persons, whether it is some or none: being
refused must say nothing about anybody. Questions are kept sealed, since even a product's name is what somebody typed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hushdesk.access._actor import Actor
from hushdesk.analytics import Asked
from hushdesk.errors import HushdeskError
from hushdesk.vault import touch_private

KEPT: Final = 200
"""Different questions that an account which may only count can ask in a day; all of them are compared with."""


_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS narrow (who TEXT, day TEXT, n INTEGER NOT NULL, PRIMARY KEY (who, day)) STRICT",
    """CREATE TABLE IF NOT EXISTS question (
        id INTEGER PRIMARY KEY, who TEXT NOT NULL, day TEXT NOT NULL, digest BLOB NOT NULL, sealed BLOB NOT NULL,
        UNIQUE (who, digest)) STRICT""",
)


class TooManyNarrow(HushdeskError):  # noqa: N818 - named by what happened, as Forbidden is
    """The account has asked about few persons too often today."""

    exit_code = 75

    def __init__(self, most: int) -> None:
        super().__init__(
            f"You have asked {most:,} questions today that were about very few persons, or more than your role may ask.",
            remedy="Go on tomorrow, or ask whoever runs this desk to raise narrow_a_day in [suppression] of desk.toml.",
        )


class AskedBefore:
    """Counts and questions by account, kept over restarts.

    Args:
        path: The database file; made 0600 if missing.
        key: 32 bytes that questions are sealed with.
        today: The present day, for tests.
    """

    def __init__(
        self, path: Path, key: bytes, today: Callable[[], str] = lambda: datetime.now(UTC).date().isoformat()
    ) -> None:
        self._path, self._cipher, self._key, self._today = path, AESGCM(key), key, today
        self.turn = RLock()
        """Held from looking at earlier questions until the new one is among them."""

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The database, for one step: questions of this kind are rare, and there is nothing to close in the end."""
        with self.turn:
            touch_private(self._path)
            with closing(sqlite3.connect(self._path, timeout=30)) as database, database:
                database.execute("PRAGMA secure_delete = ON")
                for table in _TABLES:
                    database.execute(table)
                yield database

    def narrow(self, who: Actor, most: int) -> None:
        """Count a question about few persons.

        Raises:
            TooManyNarrow: It is one too many for today.
        """
        day, name = self._today(), self._of(who)
        with self._open() as database:
            database.execute("DELETE FROM narrow WHERE day <> ?", (day,))
            database.execute(
                "INSERT INTO narrow VALUES (?, ?, 1) ON CONFLICT (who, day) DO UPDATE SET n = n + 1",
                (name, day),
            )
            (n,) = database.execute("SELECT n FROM narrow WHERE who = ? AND day = ?", (name, day)).fetchone()
        if n > most:
            raise TooManyNarrow(most)

    def earlier(self, who: Actor) -> list[Asked]:
        """The last questions of an account, newest first."""
        name = self._of(who)
        with self._open() as database:
            rows = database.execute(
                "SELECT sealed FROM question WHERE who = ? ORDER BY id DESC LIMIT ?", (name, KEPT)
            ).fetchall()
        return [
            _question(self._cipher.decrypt(sealed[:12], sealed[12:], name.encode())) for (sealed,) in rows
        ]

    def knows(self, who: Actor, question: Asked) -> bool:
        """Whether this very question was answered before, so that answering it again tells nothing new."""
        with self._open() as database:
            found = database.execute(
                "SELECT 1 FROM question WHERE who = ? AND digest = ?", (self._of(who), self._digest(question))
            ).fetchone()
        return found is not None

    def keep(self, who: Actor, question: Asked) -> None:
        """Remember a question that is about to be answered.

        Raises:
            TooManyNarrow: The account has asked too many different ones today.
        """
        name, day = self._of(who), self._today()
        with self._open() as database:
            (n,) = database.execute(
                "SELECT count(*) FROM question WHERE who = ? AND day = ?", (name, day)
            ).fetchone()
            if n >= KEPT:
                raise TooManyNarrow(KEPT)
            nonce = os.urandom(12)
            sealed = nonce + self._cipher.encrypt(nonce, _bytes(question), name.encode())
            database.execute(
                "INSERT INTO question (who, day, digest, sealed) VALUES (?, ?, ?, ?)",
                (name, day, self._digest(question), sealed),
            )
            database.execute(
                "DELETE FROM question WHERE who = ? AND day <> ? AND id NOT IN "
                "(SELECT id FROM question WHERE who = ? ORDER BY id DESC LIMIT ?)",
                (name, day, name, KEPT),
            )

    def _of(self, who: Actor) -> str:
        # An account may be renamed; its number stays.
        return f"#{who.account.id}" if who.account is not None else who.name

    def _digest(self, question: Asked) -> bytes:
        return hmac.new(self._key, _bytes(question), hashlib.sha256).digest()


def _bytes(question: Asked) -> bytes:
    filters = {name: sorted(values) for name, values in sorted(question.filters.items()) if values}
    return json.dumps([question.query.strip(), filters], ensure_ascii=True).encode()


def _question(data: bytes) -> Asked:
    query, filters = json.loads(data)
    return Asked(query, {name: tuple(values) for name, values in filters.items()})
