"""Who is asking, however they have shown it: what the door asks before it answers."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import Final

from hushdesk.access._permissions import Permission, Role
from hushdesk.access._row_scope import ALL, RowScope
from hushdesk.access._types import Account


@dataclass(frozen=True, slots=True)
class Actor:
    """One who asks."""

    name: str
    """The account's name, or ``cli:`` and the system user; what the record calls them."""
    role: str
    permissions: frozenset[Permission]
    account: Account | None = None
    """None for the owner of the desk's folder, who needs no account."""
    rows: RowScope = ALL
    """Which cases they may see at all."""
    via: str = "unknown"
    """How they came: ``page``, ``command-line``, ``socket``, or ``token:`` and its id."""

    def may(self, permission: Permission) -> bool:
        """Whether they hold a permission."""
        return permission in self.permissions


OWNER: Final = "owner"
"""The role of whoever owns the desk's folder."""


def owner(role: Role | None = None, via: str = "command-line") -> Actor:
    """Whoever runs a command on the desk's own folder: the files' modes have let them in.

    Args:
        role: Do with the permissions of this role alone, to see what it sees.
        via: How they came.
    """
    name = f"cli:{getpass.getuser()}"
    if role is None:
        return Actor(name, OWNER, frozenset(Permission), via=via)
    return Actor(name, role.value, role.permissions, via=via)
