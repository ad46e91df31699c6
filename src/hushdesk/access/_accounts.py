"""Local accounts: who may sign in, with which role; what happens when a password is wrong."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from hushdesk.access import _passwords as passwords
from hushdesk.access._audit import Audit
from hushdesk.access._breached import BreachedPasswords
from hushdesk.access._database import Database
from hushdesk.access._events import AuditEvent, Listener, ignore
from hushdesk.access._identities import RESERVED, Identities
from hushdesk.access._lockout import Lockout
from hushdesk.access._pending import PendingSignIns, SecondStep
from hushdesk.access._permissions import Role
from hushdesk.access._row_scope import RowScope
from hushdesk.access._rows import ACCOUNT_COLUMNS, account_of
from hushdesk.access._second_factor import OwnEnrolment, SecondFactors
from hushdesk.access._sessions import Sessions
from hushdesk.access._tokens import Tokens
from hushdesk.access._types import Account, AccountId, NewSession, Session
from hushdesk.access.errors import (
    AccountExists,
    AccountUnknown,
    AdministrationError,
    PasswordTooWeak,
    SecondFactorMissing,
    SignInRefused,
)
from hushdesk.desk import SignInSettings
from hushdesk.errors import UsageError

_SELECT: Final = f"SELECT {ACCOUNT_COLUMNS} FROM account a"  # noqa: S608
_SELECT_WITH_PASSWORD: Final = f"SELECT {ACCOUNT_COLUMNS}, a.password FROM account a"  # noqa: S608
NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,62}[a-z0-9])?")


class Accounts:
    """All local accounts of a desk, their sessions and their API tokens.

    Args:
        path: The database file; made 0600 if missing.
        hasher: How passwords are hashed.
        on_event: Told of every audit event.
        clock: Seconds since 1970.
        key: From the keyring, for the word :data:`SECOND_FACTORS`; without it no second factor can be set up or checked.
        settings: Who must have a second factor, how long sessions last, which passwords are known to thieves.

    Raises:
        AccountsUnsafe: The database is open to others, damaged or too new.
        BreachedListError: There shall be a list of breached passwords, and it cannot be used.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        hasher: passwords.Hasher | None = None,
        on_event: Listener = ignore,
        clock: Callable[[], float] = time.time,
        key: bytes | None = None,
        settings: SignInSettings | None = None,
    ) -> None:
        self.settings = settings or SignInSettings()
        """As given; without any, the roles that usually must have a second factor must have one."""
        listed = self.settings.breached_passwords
        self._breached = None if listed is None else BreachedPasswords(listed)
        self._db = Database(Path(path))
        self._hasher = hasher or passwords.Argon2Hasher()
        self.audit = Audit(self._db, clock, on_event)
        """What happened to accounts."""
        self._tell = self.audit
        self._clock = clock
        self._lockout = Lockout(self._db, clock)
        self._dummy = self._dummy_hash()
        self._pending = PendingSignIns(clock)
        self.sessions = Sessions(
            self._db,
            clock=clock,
            on_event=self.audit,
            idle=60 * self.settings.idle_minutes,
            absolute=3600 * self.settings.absolute_hours,
        )
        """Who is signed in."""
        self.tokens = Tokens(self._db, clock=clock, on_event=self.audit)
        """API tokens."""
        self.factors = SecondFactors(
            self._db,
            clock=clock,
            on_event=self.audit,
            lockout=self._lockout,
            sessions=self.sessions,
            tokens=self.tokens,
            key=key,
        )
        """Second factors."""
        self.identities = Identities(self._db, clock=clock, on_event=self.audit, nobodys=self._dummy)
        """Accounts that sign in with a provider."""

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
            UsageError: The name is not 1 to 64 letters, digits and ``. _ @ + -``, or means no account in the record.
            AccountExists: The name is taken.
        """
        name = _normal(name)
        if not NAME.fullmatch(name):
            raise UsageError(
                "An account's name has 1 to 64 letters, digits and . _ @ + -, and begins and ends with a letter or digit."
            )
        if name in RESERVED:
            raise UsageError("This name means no account in the record.", remedy="Choose another name.")
        password = passwords.generate()
        hashed, now = self._hasher.hash(password), self._clock()
        sql = (
            "INSERT INTO account (name, role, password, created_at, password_at, must_change) "
            "VALUES (?, ?, ?, ?, ?, ?)"
        )
        try:
            with self._db.write():
                new = self._db.insert(sql, name, Role(role).value, hashed, now, now, must_change)
                self._tell(AuditEvent.ADMIN_ACCOUNT_CREATE, new)
        except sqlite3.IntegrityError:
            raise AccountExists from None
        return password

    def verify(self, name: str, password: str, code: str = "") -> Account:
        """The account, if name and password are right and nothing stands against it.

        Unknown name, wrong password, disabled account: the same work, the same answer. Attempts are
        counted before the password is looked at, so that a burst of guesses is counted in full.

        Args:
            name: The account's name.
            password: Its password.
            code: A code of its second factor; looked at only if it has one, and refused if it is missing then.

        Raises:
            SecondFactorError: It has a second factor, and there is no key to check it.
            SecondFactorMissing: The password is right, but its role must have a second factor and it has none.
            SignInRefused: In all other cases.
        """
        account = self._enrolled(self._check(name, password))
        if account.second_factor:
            self._lockout.give_back(account.name)
            self.factors.use(account, code)
        else:
            self._lockout.clear(account.name)
        return self._signed_in(account)

    def check_password(self, name: str, password: str) -> Account:
        """The account whose password this is, its second factor not asked for: enough to look, never to decide.

        Raises:
            SecondFactorMissing, SignInRefused: As :meth:`verify`.
        """
        account = self._enrolled(self._check(name, password))
        self._lockout.give_back(account.name)
        return account

    def enrol(self, name: str, password: str) -> OwnEnrolment:
        """Begin to set up one's own second factor without the pages; :meth:`SecondFactors.accept` makes it count.

        Raises:
            SecondFactorError, SignInRefused: As :meth:`SecondFactors.offer` and :meth:`verify`.
        """
        account = self._check(name, password)
        self._lockout.give_back(account.name)
        return self.factors.offer(account)

    def begin(self, name: str, password: str) -> NewSession | SecondStep:
        """First step of a sign-in on the pages: a session, or the wait for a code if the account has a second factor.

        Raises:
            SignInRefused: As :meth:`verify`.
        """
        account = self._check(name, password)
        if account.second_factor:
            # Half a success: wrong codes stay counted, or whoever has the password could guess codes for ever.
            self._lockout.give_back(account.name)
            return self._pending.begin(account.id)
        self._lockout.clear(account.name)
        return self._session(self._signed_in(account), "password")

    def finish(self, step: str, code: str) -> NewSession:
        """Second step of a sign-in on the pages.

        Args:
            step: The secret of :class:`SecondStep`, from this browser's cookie.
            code: A code of the app, or a recovery code.

        Raises:
            SecondFactorError: There is no key to check it.
            SignInRefused: The code is wrong or used, the account is locked out or barred.
            LookupError: The password has to be given again: no such step, its time is up, or too many codes were wrong.
        """
        waiting = self._pending.account(step)
        if waiting is None:
            raise LookupError("no such step")
        account = self.get(waiting)
        try:
            how = self.factors.use(account, code)
        except SignInRefused:
            self._pending.wrong(step)
            raise
        if self._pending.take(step) != waiting or account.disabled:
            raise LookupError("no such step")
        return self._session(self._signed_in(account), f"password+{how}")

    def waits_for_code(self, step: str) -> bool:
        """Whether a sign-in waits for a code."""
        return self._pending.account(step) is not None

    def _check(self, name: str, password: str) -> Account:
        """One attempt at a password, counted; nothing else is done about it."""
        name = _normal(name)
        wait = self._lockout.take(name)
        row = self._db.one(f"{_SELECT_WITH_PASSWORD} WHERE a.name = ?", name)
        if wait:
            self._tell(AuditEvent.ACCOUNT_SIGN_IN_LOCKED, row["id"] if row else None)
            raise SignInRefused(wait)
        right = self._hasher.verify(row["password"] if row else self._dummy, password)
        if row is None or not right or row["disabled"] or row["external"]:
            self._tell(AuditEvent.ACCOUNT_SIGN_IN_FAILURE, row["id"] if row else None)
            raise SignInRefused(self._lockout.wait(name))
        if self._hasher.outdated(row["password"]):
            # Only if nobody changed the password meanwhile.
            sql = "UPDATE account SET password = ? WHERE id = ? AND password = ?"
            self._db.execute(sql, self._hasher.hash(password), row["id"], row["password"])
        return account_of(row)

    def _enrolled(self, account: Account) -> Account:
        if self.must_enrol(account):
            # Neither a success, which would end the count, nor a guess.
            self._lockout.give_back(account.name)
            self._tell(AuditEvent.ACCOUNT_SECOND_FACTOR_MISSING, account.id)
            raise SecondFactorMissing
        return account

    def _signed_in(self, account: Account) -> Account:
        with self._db.write():
            self._db.execute("UPDATE account SET signed_in_at = ? WHERE id = ?", self._clock(), account.id)
            self._tell(AuditEvent.ACCOUNT_SIGN_IN_SUCCESS, account.id)
        return self.get(account.id)

    def _session(self, account: Account, method: str) -> NewSession:
        try:
            return self.sessions.create(account.id, method=method)
        except LookupError:
            # Barred, or a second factor was added, while this was going on.
            raise SignInRefused from None

    def sign_in(self, name: str, password: str, code: str = "") -> str | None:
        """Check a password, and a code if there is a second factor: a session's secret, or None whatever was wrong."""
        try:
            step = self.begin(name, password)
            if isinstance(step, SecondStep):
                return self.finish(step.secret, code).secret
            return step.secret
        except SignInRefused:
            return None

    def sign_in_external(self, issuer: str, subject: str, *, name: str, role: Role) -> NewSession:
        """Begin a session for whom a provider vouches; makes their account the first time, and gives it the role of now.

        Args:
            issuer: The provider.
            subject: Whom it knows under that word; this and the issuer are the account, nothing else is.
            name: What to call a new account; another is found if somebody has it.
            role: What their groups give.

        Raises:
            SignInRefused: The account is disabled.
        """
        account = self.identities.account(issuer, subject, name=name, role=role)
        if account.disabled:
            self._tell(AuditEvent.ACCOUNT_SIGN_IN_FAILURE, account.id)
            raise SignInRefused
        return self._session(self._signed_in(account), "provider")

    def must_enrol(self, account: Account) -> bool:
        """Whether an account has to set up a second factor before anything else; a provider asks for its own."""
        return (
            not account.second_factor and not account.external and account.role in self.settings.second_factor
        )

    def end_sessions(self, account: AccountId) -> int:
        """Sign somebody out everywhere; returns how many sessions ended.

        Raises:
            AccountUnknown: There is none of that id.
        """
        self.get(account)
        with self._db.write():
            ended = self.sessions.revoke_all(account)
            self._pending.forget(account)
            self._tell(AuditEvent.ADMIN_SESSIONS_REVOKE, account)
        return ended

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
            BreachedListError: There is a list of breached passwords, and it cannot be read.
            SignInRefused: ``old`` is wrong, or the account is locked out or disabled.
            PasswordTooWeak: ``new`` breaks a rule.
        """
        name = self.get(account).name
        self._check(name, old)
        self._lockout.give_back(name)
        passwords.check_new(new, name=name, breached=self._breached)
        if passwords.prepare(new) == passwords.prepare(old):
            raise PasswordTooWeak("is the old one")
        hashed = self._hasher.hash(new)
        with self._db.write():
            self._set_password(account, hashed, must_change=False, keep_session=keep_session)
            self._tell(AuditEvent.ACCOUNT_PASSWORD_CHANGE, account)
        self._lockout.clear(name)

    def reset_password(self, account: AccountId) -> str:
        """Give an account a new generated password; ends its sessions, tokens and lock-out.

        Returns:
            The password, to be shown once.

        Raises:
            AccountUnknown: There is none of that id.
            AdministrationError: It signs in with a provider.
        """
        found = self.get(account)
        if found.external:
            raise AdministrationError("This account signs in with the provider and has no password here.")
        password = passwords.generate()
        hashed = self._hasher.hash(password)
        with self._db.write():
            self._set_password(account, hashed, must_change=True)
            self._tell(AuditEvent.ADMIN_PASSWORD_RESET, account)
        self._lockout.clear(found.name)
        return password

    def _set_password(
        self, account: AccountId, hashed: str, *, must_change: bool, keep_session: str = ""
    ) -> None:
        sql = "UPDATE account SET password = ?, password_at = ?, must_change = ? WHERE id = ?"
        self._db.execute(sql, hashed, self._clock(), must_change, account)
        self._end_all(account, keep_session=keep_session)

    def _end_all(self, account: AccountId, *, keep_session: str = "") -> None:
        self.sessions.revoke_all(account, keep=keep_session)
        self.tokens.revoke_all(account)
        self._pending.forget(account)

    def disable(self, account: AccountId) -> None:
        """Bar an account; ends its sessions and tokens. Nothing is deleted: the record refers to it.

        Raises:
            AccountUnknown: There is none of that id.
            AdministrationError: It is the last administrator.
        """
        with self._db.write():
            self._not_the_last(self.get(account))
            self._db.execute("UPDATE account SET disabled = 1 WHERE id = ?", account)
            self._end_all(account)
            self._tell(AuditEvent.ADMIN_ACCOUNT_DISABLE, account)

    def enable(self, account: AccountId) -> None:
        """Let a disabled account sign in again.

        Raises:
            AccountUnknown: There is none of that id.
        """
        self.get(account)
        with self._db.write():
            self._db.execute("UPDATE account SET disabled = 0 WHERE id = ?", account)
            self._tell(AuditEvent.ADMIN_ACCOUNT_ENABLE, account)

    def set_role(self, account: AccountId, role: Role) -> None:
        """Change a role; sessions and tokens have the new one from their next use.

        Raises:
            AccountUnknown: There is none of that id.
            AdministrationError: It is the last administrator, or has its role from a provider.
        """
        wanted = Role(role)
        with self._db.write():
            found = self.get(account)
            if found.external:
                raise AdministrationError(
                    "This account has its role from the provider.",
                    "Change its groups there, or roles in [oidc].",
                )
            if wanted is not Role.ADMIN:
                self._not_the_last(found)
            self._db.execute("UPDATE account SET role = ? WHERE id = ?", wanted.value, account)
            self._tell(AuditEvent.ADMIN_ROLE_CHANGE, account)

    def _not_the_last(self, account: Account) -> None:
        """Refuse to leave a desk without anybody who may let others in."""
        sql = "SELECT count(*) AS n FROM account WHERE role = ? AND NOT disabled AND id <> ?"
        others = self._db.one(sql, Role.ADMIN.value, account.id)
        if account.role is Role.ADMIN and not account.disabled and not (others and others["n"]):
            raise AdministrationError(
                "This is the last administrator who may sign in.", "Make another one first."
            )

    def set_rows(self, account: AccountId, rows: RowScope) -> None:
        """Say which cases an account may see; sessions and tokens are bound by it from their next use.

        Raises:
            AccountUnknown: There is none of that id.
        """
        self.get(account)
        self._db.execute("UPDATE account SET rows = ? WHERE id = ?", rows.to_text(), account)
        self._tell(AuditEvent.ADMIN_ROWS_CHANGE, account)

    def now(self) -> float:
        """Seconds since 1970, by the clock of these accounts."""
        return self._clock()

    def get(self, account: AccountId) -> Account:
        """The account of that id.

        Raises:
            AccountUnknown: There is none.
        """
        return _account(self._db.one(f"{_SELECT} WHERE a.id = ?", account))

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
