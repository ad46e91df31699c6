"""Who somebody is, once they have shown it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

from hushdesk.access._permissions import Permission, Role
from hushdesk.access._row_scope import ALL, RowScope

AccountId = NewType("AccountId", int)


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the staff."""

    id: AccountId
    name: str
    role: Role
    disabled: bool
    must_change_password: bool
    """True until the generated password has been replaced."""
    created_at: datetime
    signed_in_at: datetime | None
    """Last successful sign-in."""
    rows: RowScope = ALL
    """Which cases it may see at all."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the account may do: nothing while it is disabled."""
        return frozenset() if self.disabled else self.role.permissions

    def may(self, permission: Permission) -> bool:
        """True if ``permissions`` holds it."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser or terminal. Built anew at each look-up, with the role of now."""

    account: Account
    method: str
    """How they signed in, for example ``password``."""
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    """When it ends at the latest, used or not."""
    csrf_token: str = field(repr=False)
    """Belongs in each form; check with :meth:`Sessions.check_csrf`."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the account may do."""
        return self.account.permissions

    @property
    def name(self) -> str:
        """The account's name."""
        return self.account.name

    @property
    def role(self) -> Role:
        """The account's role of now."""
        return self.account.role

    def may(self, permission: Permission) -> bool:
        """True if ``permissions`` holds it."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just made. ``secret`` goes into the cookie and nowhere else."""

    session: Session
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token for programs; never more than the account's role allows at the time of use."""

    id: int
    account: Account
    label: str
    scopes: frozenset[Permission]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    """Last use, to the minute."""
    revoked: bool

    @property
    def permissions(self) -> frozenset[Permission]:
        """Scopes that the account's role still has."""
        return frozenset() if self.revoked else self.scopes & self.account.permissions

    def may(self, permission: Permission) -> bool:
        """True if ``permissions`` holds it."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class NewApiToken:
    """A token just made. Show ``secret`` once; nothing keeps it."""

    token: ApiToken
    secret: str = field(repr=False)
