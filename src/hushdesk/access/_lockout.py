"""Lock-out with back-off, by name asked for, whether anybody has that name or not."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Final

from hushdesk.access._database import Database

FREE_ATTEMPTS: Final = 5
FIRST_WAIT: Final = 15
LONGEST_WAIT: Final = 900
FORGET_AFTER: Final = 86_400
MOST_NAMES: Final = 100_000


class Lockout:
    """Counts attempts; after five wrong ones in a row the next waits 15 s, each further one twice as long, 15 min at most."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._db = database
        self._clock = clock

    def take(self, name: str) -> int:
        """Count an attempt before it is made. Returns seconds to wait, if it may not be made now."""
        key, now = _key(name), self._clock()
        with self._db.write():
            row = self._db.one("SELECT count, last_at, locked_until FROM failure WHERE name_digest = ?", key)
            if row is not None and row["locked_until"] > now:
                seconds: int = math.ceil(row["locked_until"] - now)
                return seconds
            count = 1 if row is None or row["last_at"] < now - FORGET_AFTER else row["count"] + 1
            until = now + _wait(count) if count >= FREE_ATTEMPTS else 0.0
            self._db.execute("INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?)", key, count, now, until)
            if row is None:
                self._forget(now)
        return 0

    def wait(self, name: str) -> int:
        """Seconds until the next attempt on that name."""
        row = self._db.one("SELECT locked_until FROM failure WHERE name_digest = ?", _key(name))
        return 0 if row is None else max(0, math.ceil(row["locked_until"] - self._clock()))

    def give_back(self, name: str) -> None:
        """Uncount one attempt that was right but is only half of a sign-in; what was wrong before stays counted."""
        sql = "UPDATE failure SET count = count - 1, locked_until = 0 WHERE name_digest = ? AND count > 0"
        self._db.execute(sql, _key(name))

    def clear(self, name: str) -> None:
        """Forget the failures of a name, after a success or a reset."""
        self._db.execute("DELETE FROM failure WHERE name_digest = ?", _key(name))

    def _forget(self, now: float) -> None:
        """Drop what is old, and the oldest of too many: made-up names must not fill the disk."""
        self._db.execute("DELETE FROM failure WHERE last_at < ?", now - FORGET_AFTER)
        self._db.execute(
            "DELETE FROM failure WHERE last_at <= (SELECT last_at FROM failure ORDER BY last_at DESC LIMIT 1 OFFSET ?)",
            MOST_NAMES,
        )


def _wait(count: int) -> int:
    return min(LONGEST_WAIT, FIRST_WAIT << min(count - FREE_ATTEMPTS, 16))


def _key(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
