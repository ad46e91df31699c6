"""API tokens: scoped, expiring, kept as digests."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from hushdesk.access._database import Database
from hushdesk.access._events import AuditEvent, Listener
from hushdesk.access._permissions import SESSION_ONLY, Permission, with_implied
from hushdesk.access._rows import ACCOUNT_COLUMNS, account_of
from hushdesk.access._types import Account, AccountId, ApiToken, NewApiToken
from hushdesk.access.errors import ScopeTooWide
from hushdesk.errors import UsageError

PREFIX: Final = "hushdesk_"
"""Lets scanners for leaked secrets know one when they see it."""
LONGEST: Final = timedelta(days=366)
VOUCHED_FOR: Final = 30 * 86_400
"""Seconds after the last sign-in with a provider for which tokens of such an account work: nobody else tells that its owner has left."""
_TOUCH: Final = 60
_MAX_LABEL: Final = 80
_SELECT: Final = (
    f"SELECT {ACCOUNT_COLUMNS}, t.id AS t_id, t.label, t.permissions, t.created_at AS t_created, t.expires_at,"  # noqa: S608
    " t.used_at, t.revoked_at FROM api_token t JOIN account a ON a.id = t.account"
)


class Tokens:
    """API tokens of all accounts."""

    def __init__(self, database: Database, *, clock: Callable[[], float], on_event: Listener) -> None:
        self._db = database
        self._clock = clock
        self._tell = on_event

    def create(
        self, account: Account, label: str, scopes: Iterable[Permission], *, expires_in: timedelta
    ) -> NewApiToken:
        """Make a token.

        Args:
            account: Whose token; it never does more than this account may at the time of use.
            label: What it is for, in the owner's words.
            scopes: What it may do.
            expires_in: Up to 366 days.

        Raises:
            ScopeTooWide: A scope that the role lacks, or that needs a person who signs in.
            UsageError: No scope, no label, or an expiry out of bounds.
        """
        wanted = frozenset(scopes)
        for permission in sorted(wanted):
            if permission in SESSION_ONLY or permission not in account.permissions:
                raise ScopeTooWide(permission)
        if not wanted:
            raise UsageError("An API token needs at least one permission.")
        if not label.strip() or len(label) > _MAX_LABEL:
            raise UsageError(f"An API token needs a label of 1 to {_MAX_LABEL} characters.")
        if not timedelta(0) < expires_in <= LONGEST:
            raise UsageError("An API token expires after at most 366 days.")
        secret, now = PREFIX + secrets.token_urlsafe(32), self._clock()
        new = self._db.insert(
            "INSERT INTO api_token (secret_digest, account, label, permissions, created_at, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            _digest(secret),
            account.id,
            label.strip(),
            " ".join(sorted(wanted)),
            now,
            now + expires_in.total_seconds(),
        )
        self._tell(AuditEvent.ACCOUNT_API_TOKEN_CREATE, account.id)
        row = self._db.one(f"{_SELECT} WHERE t.id = ?", new)
        if row is None:
            raise LookupError("the token was removed at once")
        return NewApiToken(_token(row), secret)

    def lookup(self, secret: str) -> ApiToken | None:
        """The token; None if unknown, expired or revoked, its account is disabled, or no provider has vouched for it of late."""
        if not secret.startswith(PREFIX) or len(secret) > 100:
            return None
        now = self._clock()
        row = self._db.one(
            f"{_SELECT} WHERE t.secret_digest = ? AND t.expires_at > ? AND t.revoked_at IS NULL AND NOT a.disabled"
            " AND (NOT external OR a.signed_in_at > ?)",
            _digest(secret),
            now,
            now - VOUCHED_FOR,
        )
        if row is None:
            return None
        if row["used_at"] is None or now - row["used_at"] >= _TOUCH:
            self._db.execute("UPDATE api_token SET used_at = ? WHERE id = ?", now, row["t_id"])
        return _token(row)

    def list(self, account: AccountId) -> list[ApiToken]:
        """All tokens of an account, newest first; also expired and revoked ones."""
        return [_token(r) for r in self._db.all(f"{_SELECT} WHERE t.account = ? ORDER BY t.id DESC", account)]

    def revoke(self, account: AccountId, token: int) -> bool:
        """Revoke one token of an account; False if that account has no such live token."""
        sql = "UPDATE api_token SET revoked_at = ? WHERE id = ? AND account = ? AND revoked_at IS NULL"
        done = self._db.execute(sql, self._clock(), token, account) > 0
        if done:
            self._tell(AuditEvent.ACCOUNT_API_TOKEN_REVOKE, account)
        return done

    def revoke_all(self, account: AccountId) -> int:
        """Revoke all tokens of an account; returns how many."""
        sql = "UPDATE api_token SET revoked_at = ? WHERE account = ? AND revoked_at IS NULL"
        done = self._db.execute(sql, self._clock(), account)
        if done:
            self._tell(AuditEvent.ACCOUNT_API_TOKEN_REVOKE, account)
        return done

    def __repr__(self) -> str:
        return "Tokens()"


def _token(row: sqlite3.Row) -> ApiToken:
    known = {p.value for p in Permission}
    used = row["used_at"]
    return ApiToken(
        id=row["t_id"],
        account=account_of(row),
        label=row["label"],
        # A permission that a later version no longer knows grants nothing.
        scopes=with_implied(Permission(p) for p in row["permissions"].split() if p in known),
        created_at=datetime.fromtimestamp(row["t_created"], UTC),
        expires_at=datetime.fromtimestamp(row["expires_at"], UTC),
        used_at=None if used is None else datetime.fromtimestamp(used, UTC),
        revoked=row["revoked_at"] is not None,
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(b"token:" + secret.encode("utf-8", "surrogatepass")).digest()
