"""The accounts of an open desk."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from hushdesk.access._accounts import Accounts
from hushdesk.access._second_factor import USE as SECOND_FACTORS
from hushdesk.access.witness import Seal, witnessed_accounts

if TYPE_CHECKING:
    from hushdesk.desk import Desk, SignInSettings


def open_accounts(desk: Desk, settings: SignInSettings | None = None) -> AbstractContextManager[Accounts]:
    """The accounts of a desk, with its settings and the key of their second factors; all that happens to them is in its record.

    Args:
        desk: The desk, open.
        settings: Others than the desk's own.
    """
    return witnessed_accounts(
        desk.folder / "accounts.sqlite",
        desk.record,
        Seal.of(desk.keyring.derived, desk.settings.desk_id),
        key=desk.keyring.derived(SECOND_FACTORS),
        settings=settings or desk.settings.sign_in,
    )
