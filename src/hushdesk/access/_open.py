"""The accounts of an open desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hushdesk.access._accounts import Accounts
from hushdesk.access._second_factor import USE as SECOND_FACTORS

if TYPE_CHECKING:
    from hushdesk.desk import Desk


def open_accounts(desk: Desk) -> Accounts:
    """The accounts of a desk, with its settings and the key of their second factors; close them, or use ``with``."""
    return Accounts(
        desk.folder / "accounts.sqlite",
        key=desk.keyring.derived(SECOND_FACTORS),
        settings=desk.settings.sign_in,
    )
