"""What one administrator may do to the accounts of others, on the pages: never to their own, and no way into another's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hushdesk.access._accounts import Accounts
from hushdesk.access._audit import acting_as
from hushdesk.access._events import AuditEvent
from hushdesk.access._permissions import Permission, Role, require
from hushdesk.access._types import Account, AccountId
from hushdesk.access.errors import AccountUnknown, AdministrationError

_MAKES: Final = (
    AuditEvent.ADMIN_ACCOUNT_CREATE,
    AuditEvent.ADMIN_PASSWORD_RESET,
    AuditEvent.ADMIN_ROLE_CHANGE,
)
"""What gives one administrator another's account."""
_IN_HAND: Final = 30 * 86_400
"""Seconds for which whoever did that counts as the same administrator."""


class Administration:
    """One administrator at work. Each step is an audit event under their name.

    Whoever resets somebody's password knows it, and whoever takes away a second factor needs no code: the same
    administrator may not do both until its owner has signed in again, nor with the help of an administrator whom they have just
    made. Whoever owns the desk's folder may, on the
    command line.

    Args:
        accounts: The accounts.
        by: Who administers.

    Raises:
        Forbidden: They may not administer accounts.
    """

    def __init__(self, accounts: Accounts, by: Account) -> None:
        require(by, Permission.ACCOUNTS_MANAGE)
        self._accounts = accounts
        self._by = by

    def other(self, account: AccountId) -> Account:
        """An account that may be administered.

        Raises:
            AccountUnknown: There is none of that id.
            AdministrationError: It is one's own.
        """
        with self._other(account) as found:
            return found

    def create(self, name: str, role: Role) -> str:
        """Make an account; its generated password, to be shown once, has to be changed at the first sign-in.

        Raises:
            UsageError: The name will not do.
            AccountExists: The name is taken.
        """
        with acting_as(self._by.name):
            return self._accounts.create(name, role)

    def disable(self, account: AccountId) -> None:
        """Bar an account.

        Raises:
            AccountUnknown: There is none of that id.
            AdministrationError: It is one's own, or the last administrator.
        """
        with self._other(account):
            self._accounts.disable(account)

    def enable(self, account: AccountId) -> None:
        """Let a disabled account sign in again.

        Raises:
            AccountUnknown: There is none of that id.
            AdministrationError: It is one's own.
        """
        with self._other(account):
            self._accounts.enable(account)

    def set_role(self, account: AccountId, role: Role) -> None:
        """Change a role.

        Raises:
            AccountUnknown: There is none of that id.
            AdministrationError: It is one's own, has its role from a provider, or is the last administrator.
        """
        with self._other(account):
            self._accounts.set_role(account, role)

    def reset_password(self, account: AccountId) -> str:
        """A new generated password, to be shown once.

        Raises:
            AccountUnknown: There is none of that id.
            AdministrationError: It is one's own, signs in with a provider, or one took away its second factor.
        """
        with self._other(account) as found:
            self._not_both(found, AuditEvent.ADMIN_SECOND_FACTOR_REMOVE)
            return self._accounts.reset_password(account)

    def remove_factor(self, account: AccountId) -> None:
        """Take away a second factor that its owner has lost.

        Raises:
            AccountUnknown: There is none of that id.
            AdministrationError: It is one's own, there is none, or one has just reset its password.
        """
        with self._other(account) as found:
            self._not_both(found, AuditEvent.ADMIN_PASSWORD_RESET)
            self._accounts.factors.take_away(account)

    def sign_out(self, account: AccountId) -> None:
        """End all sessions of an account.

        Raises:
            AccountUnknown: There is none of that id.
            AdministrationError: It is one's own.
        """
        with self._other(account):
            self._accounts.end_sessions(account)

    @contextmanager
    def _other(self, account: AccountId) -> Iterator[Account]:
        if account == self._by.id:
            raise AdministrationError(
                "Nobody administers their own account.",
                "Another administrator can, or the owner of the desk.",
            )
        with acting_as(self._by.name):
            yield self._accounts.get(account)

    def _puppet(self, other: str) -> bool:
        """Whether one of both administrators may have the other's account in hand, having made it or its password of late."""
        try:
            them = self._accounts.by_name(other)
        except AccountUnknown:
            # The owner of the desk, on the command line.
            return False
        lately = self._accounts.now() - _IN_HAND
        return any(
            self._accounts.audit.did(maker, event, made.id, lately)
            for maker, made in ((other, self._by), (self._by.name, them))
            for event in _MAKES
        )

    def _not_both(self, account: Account, other: AuditEvent) -> None:
        since = 0.0 if account.signed_in_at is None else account.signed_in_at.timestamp()
        doers = self._accounts.audit.who_did(other, account.id, since)
        if any(each == self._by.name or self._puppet(each) for each in doers):
            raise AdministrationError(
                "The same administrator does not reset a password and take away the second factor.",
                "Another administrator can, or the owner of the desk on the command line.",
            )
