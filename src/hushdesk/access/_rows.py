"""Accounts from rows."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Final

from hushdesk.access._permissions import Role
from hushdesk.access._row_scope import RowScope
from hushdesk.access._types import Account, AccountId

ACCOUNT_COLUMNS: Final = (
    "a.id, a.name, a.role, a.disabled, a.must_change, a.created_at, a.signed_in_at, a.rows"
)


def account_of(row: sqlite3.Row) -> Account:
    """An account from a row with :data:`ACCOUNT_COLUMNS`."""
    signed_in = row["signed_in_at"]
    return Account(
        id=AccountId(row["id"]),
        name=row["name"],
        role=Role(row["role"]),
        disabled=bool(row["disabled"]),
        must_change_password=bool(row["must_change"]),
        created_at=datetime.fromtimestamp(row["created_at"], UTC),
        signed_in_at=None if signed_in is None else datetime.fromtimestamp(signed_in, UTC),
        rows=RowScope.from_text(row["rows"]),
    )
