"""Server-side sessions: a random id in the cookie, its digest in the database, nothing else to steal."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from hushdesk.access._database import Database
from hushdesk.access._events import AuditEvent, Listener
from hushdesk.access._rows import ACCOUNT_COLUMNS, account_of
from hushdesk.access._types import AccountId, NewSession, SeenSession, Session

IDLE: Final = 30 * 60
ABSOLUTE: Final = 12 * 3600
_TOUCH: Final = 60
_LENGTH: Final = 43


class Sessions:
    """Who is signed in.

    Attributes:
        idle: Seconds without use after which a session ends.
        absolute: Seconds after which it ends in any case.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], float],
        on_event: Listener,
        idle: int = IDLE,
        absolute: int = ABSOLUTE,
    ) -> None:
        self._db = database
        self._clock = clock
        self._tell = on_event
        self.idle = idle
        self.absolute = absolute

    def create(self, account: AccountId, *, method: str = "password") -> NewSession:
        """Sign an account in. Always a new id, so that nobody can plant one beforehand.

        Raises:
            LookupError: The account is disabled, or has a second factor and ``method`` is a password alone.
        """
        secret, now = secrets.token_urlsafe(32), self._clock()
        sql = "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)"
        try:
            self._db.execute(sql, _digest(secret), account, method, now, now, now + self.absolute)
        except sqlite3.IntegrityError:
            raise LookupError("the account has a second factor, or is gone") from None
        self._purge(now)
        session = self._find(secret, now)
        if session is None:
            raise LookupError("the account is disabled")
        self._tell(AuditEvent.ACCOUNT_SESSION_CREATE, account)
        return NewSession(session, secret)

    def renew(self, secret: str, *, method: str = "") -> NewSession | None:
        """Give a session a new id, after what changes what it may: whoever knew the old one is out.

        It ends when the old one would have.

        Args:
            secret: The session that asks.
            method: How its owner is signed in now, if that changed.

        Returns:
            The session under its new id; None if it is over.
        """
        new, now = secrets.token_urlsafe(32), self._clock()
        with self._db.write():
            session = self._find(secret, now)
            if session is None and not method:
                return None
            sql = "UPDATE session SET id_digest = ?, seen_at = ?, method = coalesce(nullif(?, ''), method) WHERE id_digest = ?"
            self._db.execute(sql, _digest(new), now, method, _digest(secret))
            session = self._find(new, now)
        return None if session is None else NewSession(session, new)

    def list(self, account: AccountId, *, current: str = "") -> list[SeenSession]:
        """Sessions of an account that are alive, the newest use first."""
        now = self._clock()
        rows = self._db.all(
            "SELECT * FROM session WHERE account = ? AND expires_at > ? AND seen_at > ? ORDER BY seen_at DESC",
            account,
            now,
            now - self.idle,
        )
        return [
            SeenSession(
                handle=_handle(row["id_digest"]),
                method=row["method"],
                created_at=datetime.fromtimestamp(row["created_at"], UTC),
                seen_at=datetime.fromtimestamp(row["seen_at"], UTC),
                expires_at=datetime.fromtimestamp(row["expires_at"], UTC),
                current=hmac.compare_digest(row["id_digest"], _digest(current)),
            )
            for row in rows
        ]

    def end(self, account: AccountId, handle: str) -> bool:
        """End one session of an account by its handle; False if it has none of that name."""
        for row in self._db.all("SELECT id_digest FROM session WHERE account = ?", account):
            if hmac.compare_digest(_handle(row["id_digest"]).encode(), handle.encode("utf-8", "replace")):
                with self._db.write():
                    self._db.execute("DELETE FROM session WHERE id_digest = ?", row["id_digest"])
                    self._tell(AuditEvent.ACCOUNT_SESSION_REVOKE, account)
                return True
        return False

    def lookup(self, secret: str) -> Session | None:
        """The session of a cookie; None if unknown, ended, timed out, or its account is disabled."""
        now = self._clock()
        session = self._find(secret, now)
        if session is not None and now - session.seen_at.timestamp() >= _TOUCH:
            self._db.execute("UPDATE session SET seen_at = ? WHERE id_digest = ?", now, _digest(secret))
        return session

    def _find(self, secret: str, now: float) -> Session | None:
        if len(secret) != _LENGTH:
            return None
        row = self._db.one(
            f"SELECT {ACCOUNT_COLUMNS}, s.method, s.created_at AS s_created, s.seen_at, s.expires_at"  # noqa: S608
            " FROM session s JOIN account a ON a.id = s.account"
            " WHERE s.id_digest = ? AND s.expires_at > ? AND s.seen_at > ? AND NOT a.disabled"
            " AND NOT (s.method = 'password' AND has_factor)",
            _digest(secret),
            now,
            now - self.idle,
        )
        return None if row is None else _session(row, secret)

    def check_csrf(self, secret: str, token: str) -> bool:
        """True if ``token`` is the form token that belongs to the session; compared in constant time."""
        return hmac.compare_digest(_csrf(secret).encode(), token.encode("utf-8", "surrogatepass"))

    def revoke(self, secret: str) -> None:
        """Sign out."""
        row = self._db.one("SELECT account FROM session WHERE id_digest = ?", _digest(secret))
        if row is not None:
            self._db.execute("DELETE FROM session WHERE id_digest = ?", _digest(secret))
            self._tell(AuditEvent.ACCOUNT_SESSION_REVOKE, row["account"])

    def revoke_all(self, account: AccountId, *, keep: str = "") -> int:
        """Sign out everywhere, but for the session whose secret is ``keep``; returns how many ended."""
        sql = "DELETE FROM session WHERE account = ? AND id_digest <> ?"
        ended = self._db.execute(sql, account, _digest(keep))
        if ended:
            self._tell(AuditEvent.ACCOUNT_SESSION_REVOKE, account)
        return ended

    def count(self) -> int:
        """How many sessions are alive."""
        now = self._clock()
        sql = "SELECT count(*) AS n FROM session WHERE expires_at > ? AND seen_at > ?"
        row = self._db.one(sql, now, now - self.idle)
        return 0 if row is None else int(row["n"])

    def _purge(self, now: float) -> None:
        self._db.execute("DELETE FROM session WHERE expires_at <= ? OR seen_at <= ?", now, now - self.idle)

    def __repr__(self) -> str:
        return "Sessions()"


def _session(row: sqlite3.Row, secret: str) -> Session:
    return Session(
        account=account_of(row),
        method=row["method"],
        created_at=datetime.fromtimestamp(row["s_created"], UTC),
        seen_at=datetime.fromtimestamp(row["seen_at"], UTC),
        expires_at=datetime.fromtimestamp(row["expires_at"], UTC),
        csrf_token=_csrf(secret),
    )


def _digest(secret: str) -> bytes:
    # A plain digest is enough for 256 random bits, and looking it up tells nothing by its timing.
    return hashlib.sha256(b"session:" + secret.encode("utf-8", "surrogatepass")).digest()


def _handle(digest: bytes) -> str:
    return hashlib.sha256(b"handle:" + digest).hexdigest()[:24]


def _csrf(secret: str) -> str:
    """Derived from the id, which a page never shows; the token does not lead back to it."""
    return hmac.new(secret.encode("utf-8", "surrogatepass"), b"hushdesk form token", "sha256").hexdigest()
