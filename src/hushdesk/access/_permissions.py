"""Permissions and roles. Each route and each command names one permission."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Protocol


class Permission(StrEnum):
    """``resource:action``, in alphabetical order."""

    ACCOUNTS_MANAGE = "accounts:manage"
    """Create, disable and re-role accounts."""
    CASES_COUNT = "cases:count"
    """Counts, facets and charts, small groups hidden; no case."""
    CASES_EXPORT = "cases:export"
    """Take sealed cases out of the house as a file."""
    CASES_READ = "cases:read"
    """Open a sealed case, without its internal notes."""
    CASES_READ_INTERNAL = "cases:read-internal"
    """See internal notes, remarks and internal messages."""
    CASES_SEARCH = "cases:search"
    """See the rows that a search finds."""
    DESK_CONFIGURE = "desk:configure"
    """Change settings, rotate keys, run retention."""
    DESK_LOAD = "desk:load"
    """Load exports."""
    DESK_STATUS = "desk:status"
    """Counts and health, no case."""
    GUARD_MANAGE = "guard:manage"
    """Change the inventory and approve an intent."""
    GUARD_READ = "guard:read"
    """See stores and who can reach them."""
    INCIDENT_MANAGE = "incident:manage"
    """Open an incident, add evidence, send notices."""
    INCIDENT_READ = "incident:read"
    """See an incident and its figures."""
    LOADS_READ = "loads:read"
    """Load reports and certificates."""
    PERSONS_ERASE = "persons:erase"
    """Shred a person."""
    PERSONS_EXPORT = "persons:export"
    """Answer a person who asks for their data."""
    QUARANTINE_DECIDE = "quarantine:decide"
    """Open an entry, decide about its findings, seal it again; each needs the officer's key as well."""
    QUARANTINE_READ = "quarantine:read"
    """List the quarantine, without what is in it."""
    RECORD_READ = "record:read"
    """See who did what."""
    TOKENS_CREATE = "tokens:create"
    """Make API tokens for oneself."""
    VAULT_APPROVE = "vault:approve"
    """Approve the reveal that somebody else asked for."""
    VAULT_REVEAL = "vault:reveal"
    """Ask to open a pseudonym."""


_VIEWER: Final = frozenset({Permission.CASES_COUNT, Permission.DESK_STATUS})
_ANALYST: Final = _VIEWER | {
    Permission.CASES_EXPORT,
    Permission.CASES_READ,
    Permission.CASES_SEARCH,
    Permission.LOADS_READ,
    Permission.TOKENS_CREATE,
}
_LEAD: Final = _ANALYST | {Permission.CASES_READ_INTERNAL}
_PRIVACY_OFFICER: Final = _LEAD | {
    Permission.GUARD_READ,
    Permission.INCIDENT_MANAGE,
    Permission.INCIDENT_READ,
    Permission.PERSONS_ERASE,
    Permission.PERSONS_EXPORT,
    Permission.QUARANTINE_DECIDE,
    Permission.QUARANTINE_READ,
    Permission.RECORD_READ,
    Permission.VAULT_APPROVE,
    Permission.VAULT_REVEAL,
}
_OPERATOR: Final = frozenset(
    {
        Permission.DESK_CONFIGURE,
        Permission.DESK_LOAD,
        Permission.DESK_STATUS,
        Permission.GUARD_MANAGE,
        Permission.GUARD_READ,
        Permission.LOADS_READ,
        Permission.TOKENS_CREATE,
    }
)
_ADMIN: Final = frozenset({Permission.ACCOUNTS_MANAGE, Permission.DESK_STATUS})

SESSION_ONLY: Final = frozenset(
    {
        Permission.ACCOUNTS_MANAGE,
        Permission.DESK_CONFIGURE,
        Permission.PERSONS_ERASE,
        Permission.PERSONS_EXPORT,
        Permission.QUARANTINE_DECIDE,
        Permission.QUARANTINE_READ,
        Permission.TOKENS_CREATE,
        Permission.VAULT_APPROVE,
        Permission.VAULT_REVEAL,
    }
)
"""Permissions that need a person who signed in; no API token carries them."""


def with_implied(scopes: Iterable[Permission]) -> frozenset[Permission]:
    """The permissions named and those they make no sense without: whoever sees rows may count them."""
    named = frozenset(scopes)
    return named | {Permission.CASES_COUNT} if Permission.CASES_SEARCH in named else named


class Role(StrEnum):
    """What an account is for. One role each; viewer sees counts alone, operator and admin not even those."""

    ADMIN = "admin"
    ANALYST = "analyst"
    LEAD = "lead"
    OPERATOR = "operator"
    PRIVACY_OFFICER = "privacy-officer"
    VIEWER = "viewer"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the role may do."""
        return _ROLES[self]


_ROLES: Final[dict[Role, frozenset[Permission]]] = {
    Role.ADMIN: _ADMIN,
    Role.ANALYST: _ANALYST,
    Role.LEAD: _LEAD,
    Role.OPERATOR: _OPERATOR,
    Role.PRIVACY_OFFICER: _PRIVACY_OFFICER,
    Role.VIEWER: _VIEWER,
}


class Holder(Protocol):
    """Whatever holds permissions: an account, a session, an API token."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the holder may do."""


def require(holder: Holder | None, permission: Permission) -> None:
    """Let pass or raise; nobody at all holds nothing.

    Raises:
        Forbidden: The permission is missing.
    """
    if holder is None or permission not in holder.permissions:
        from hushdesk.access.errors import Forbidden

        raise Forbidden(permission)
