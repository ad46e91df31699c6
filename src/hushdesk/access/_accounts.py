"""Local accounts: who may sign in, with which role; what happens when a password is wrong."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from hushdesk.access import _passwords as passwords
from hushdesk.access._database import Database
from hushdesk.access._events import AuditEvent, Listener, ignore
from hushdesk.access._lockout import Lockout
from hushdesk.access._permissions import Role
from hushdesk.access._row_scope import RowScope
from hushdesk.access._rows import ACCOUNT_COLUMNS, account_of
from hushdesk.access._sessions import Sessions
from hushdesk.access._tokens import Tokens
from hushdesk.access._types import Account, AccountId, Session
from hushdesk.access.errors import AccountExists, AccountUnknown, PasswordTooWeak, SignInRefused
from hushdesk.errors import UsageError

_SELECT: Final = f"SELECT {ACCOUNT_COLUMNS} FROM account a"  # noqa: S608
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,62}[a-z0-9])?")


class Accounts:
    """All local accounts of a desk, their sessions and their API tokens.

    Args:
        path: The database file; made 0600 if missing.
        hasher: How passwords are hashed.
        on_event: Told of every audit event.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        hasher: passwords.Hasher | None = None,
        on_event: Listener = ignore,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db = Database(Path(path))
        self._hasher = hasher or passwords.Argon2Hasher()
        self._tell = on_event
        self._clock = clock
        self._lockout = Lockout(self._db, clock)
        self._dummy = self._dummy_hash()
        self.sessions = Sessions(self._db, clock=clock, on_event=on_event)
        """Who is signed in."""
        self.tokens = Tokens(self._db, clock=clock, on_event=on_event)
        """API tokens."""

    def create(self, name: str, role: Role, *, must_change: bool = True) -> str:
        """Make an account.

        Args:
            name: What its holder signs in with.
            role: What it may do.
            must_change: Whether the generated password has to be changed at first sign-in; not needed where
                whoever makes the account is the one who will use it.

        Returns:
            Its generated password, to be shown once; nothing keeps it.

        Raises:
            UsageError: The name is not 1 to 64 letters, digits and ``. _ @ + -``.
            AccountExists: The name is taken.
        """
        name = _normal(name)
        if not _NAME.fullmatch(name):
            raise UsageError(
                "An account's name has 1 to 64 letters, digits and . _ @ + -, and begins and ends with a letter or digit."
            )
        password = passwords.generate()
        hashed, now = self._hasher.hash(password), self._clock()
        sql = (
            "INSERT INTO account (name, role, password, created_at, password_at, must_change) "
            "VALUES (?, ?, ?, ?, ?, ?)"
        )
        try:
            new = self._db.insert(sql, name, Role(role).value, hashed, now, now, must_change)
        except sqlite3.IntegrityError:
            raise AccountExists from None
        self._tell(AuditEvent.ADMIN_ACCOUNT_CREATE, new)
        return password

    def verify(self, name: str, password: str) -> Account:
        """The account, if name and password are right and nothing stands against it.

        Unknown name, wrong password, disabled account: the same work, the same answer. Attempts are
        counted before the password is looked at, so that a burst of guesses is counted in full.

        Raises:
            SignInRefused: In all other cases.
        """
        name = _normal(name)
        wait = self._lockout.take(name)
        row = self._db.one("SELECT id, password, disabled FROM account WHERE name = ?", name)
        if wait:
            self._tell(AuditEvent.ACCOUNT_SIGN_IN_LOCKED, row["id"] if row else None)
            raise SignInRefused(wait)
        right = self._hasher.verify(row["password"] if row else self._dummy, password)
        if row is None or not right or row["disabled"]:
            self._tell(AuditEvent.ACCOUNT_SIGN_IN_FAILURE, row["id"] if row else None)
            raise SignInRefused(self._lockout.wait(name))
        self._lockout.clear(name)
        self._db.execute("UPDATE account SET signed_in_at = ? WHERE id = ?", self._clock(), row["id"])
        if self._hasher.outdated(row["password"]):
            # Only if nobody changed the password meanwhile.
            sql = "UPDATE account SET password = ? WHERE id = ? AND password = ?"
            self._db.execute(sql, self._hasher.hash(password), row["id"], row["password"])
        self._tell(AuditEvent.ACCOUNT_SIGN_IN_SUCCESS, row["id"])
        return self.get(row["id"])

    def sign_in(self, name: str, password: str) -> str | None:
        """Check a password and begin a session: its secret for the cookie, or None whatever was wrong."""
        try:
            return self.sessions.create(self.verify(name, password).id).secret
        except SignInRefused:
            return None

    def identify(self, secret: str) -> Session | None:
        """The session of a cookie; None if it is unknown or over."""
        return self.sessions.lookup(secret)

    def sign_out(self, secret: str) -> None:
        """End the session of a cookie."""
        self.sessions.revoke(secret)

    def change_password(self, account: AccountId, old: str, new: str, *, keep_session: str = "") -> None:
        """Change one's own password; ends all other sessions and revokes API tokens.

        Args:
            account: Whose password.
            old: The present password; wrong ones count towards the lock-out.
            new: The new one.
            keep_session: Secret of the session that asks, which goes on.

        Raises:
            SignInRefused: ``old`` is wrong, or the account is locked out or disabled.
            PasswordTooWeak: ``new`` breaks a rule.
        """
        name = self.get(account).name
        self.verify(name, old)
        passwords.check_new(new, name=name)
        if passwords.prepare(new) == passwords.prepare(old):
            raise PasswordTooWeak("is the old one")
        hashed = self._hasher.hash(new)
        with self._db.write():
            self._set_password(account, hashed, must_change=False, keep_session=keep_session)
        self._tell(AuditEvent.ACCOUNT_PASSWORD_CHANGE, account)

    def reset_password(self, account: AccountId) -> str:
        """Give an account a new generated password; ends its sessions, tokens and lock-out.

        Returns:
            The password, to be shown once.

        Raises:
            AccountUnknown: There is none of that id.
        """
        found = self.get(account)
        password = passwords.generate()
        hashed = self._hasher.hash(password)
        with self._db.write():
            self._set_password(account, hashed, must_change=True)
        self._lockout.clear(found.name)
        self._tell(AuditEvent.ADMIN_PASSWORD_RESET, account)
        return password

    def _set_password(
        self, account: AccountId, hashed: str, *, must_change: bool, keep_session: str = ""
    ) -> None:
        sql = "UPDATE account SET password = ?, password_at = ?, must_change = ? WHERE id = ?"
        self._db.execute(sql, hashed, self._clock(), must_change, account)
        self.sessions.revoke_all(account, keep=keep_session)
        self.tokens.revoke_all(account)

    def disable(self, account: AccountId) -> None:
        """Bar an account; ends its sessions and tokens. Nothing is deleted: the record refers to it.

        Raises:
            AccountUnknown: There is none of that id.
        """
        self.get(account)
        with self._db.write():
            self._db.execute("UPDATE account SET disabled = 1 WHERE id = ?", account)
            self.sessions.revoke_all(account)
            self.tokens.revoke_all(account)
        self._tell(AuditEvent.ADMIN_ACCOUNT_DISABLE, account)

    def enable(self, account: AccountId) -> None:
        """Let a disabled account sign in again.

        Raises:
            AccountUnknown: There is none of that id.
        """
        self.get(account)
        self._db.execute("UPDATE account SET disabled = 0 WHERE id = ?", account)
        self._tell(AuditEvent.ADMIN_ACCOUNT_ENABLE, account)

    def set_role(self, account: AccountId, role: Role) -> None:
        """Change a role; sessions and tokens have the new one from their next use.

        Raises:
            AccountUnknown: There is none of that id.
        """
        self.get(account)
        self._db.execute("UPDATE account SET role = ? WHERE id = ?", Role(role).value, account)
        self._tell(AuditEvent.ADMIN_ROLE_CHANGE, account)

    def set_rows(self, account: AccountId, rows: RowScope) -> None:
        """Say which cases an account may see; sessions and tokens are bound by it from their next use.

        Raises:
            AccountUnknown: There is none of that id.
        """
        self.get(account)
        self._db.execute("UPDATE account SET rows = ? WHERE id = ?", rows.to_text(), account)
        self._tell(AuditEvent.ADMIN_ROWS_CHANGE, account)

    def get(self, account: AccountId) -> Account:
        """The account of that id.

        Raises:
            AccountUnknown: There is none.
        """
        return _account(self._db.one(f"{_SELECT} WHERE id = ?", account))

    def by_name(self, name: str) -> Account:
        """The account of that name.

        Raises:
            AccountUnknown: There is none.
        """
        return _account(self._db.one(f"{_SELECT} WHERE name = ?", _normal(name)))

    def all(self) -> list[Account]:
        """All accounts by name."""
        return [account_of(row) for row in self._db.all(f"{_SELECT} ORDER BY name")]

    def _dummy_hash(self) -> str:
        """A hash of nothing anybody knows, kept so that an unknown name costs exactly one verification."""
        row = self._db.one("SELECT value FROM meta WHERE name = 'dummy'")
        if row is not None and not self._hasher.outdated(row["value"]):
            return str(row["value"])
        dummy = self._hasher.hash(passwords.generate())
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('dummy', ?)", dummy)
        return dummy

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "Accounts()"


def _normal(name: str) -> str:
    return name.strip().casefold()[:256]


def _account(row: sqlite3.Row | None) -> Account:
    if row is None:
        raise AccountUnknown
    return account_of(row)
