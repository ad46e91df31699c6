"""What a restored desk does with its accounts before anybody signs in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hushdesk.access._actor import owner
from hushdesk.access._open import open_accounts
from hushdesk.access.witness import coming

if TYPE_CHECKING:
    from hushdesk.desk import Desk


def after_restore(desk: Desk) -> dict[str, int]:
    """End all sessions and revoke all API tokens.

    Since the backup some were ended, and some revoked because they had been stolen. The copy does not know which, and a cookie or
    a token that somebody has kept must not be let in again.

    Args:
        desk: The restored desk, open.

    Returns:
        How many of each there were.
    """
    if not (desk.folder / "accounts.sqlite").exists():
        return {"sessions_ended": 0, "tokens_revoked": 0}
    # The list of breached passwords lies elsewhere, and perhaps not here; no password is chosen now.
    settings = replace(desk.settings.sign_in, breached_passwords=None)
    sessions = tokens = 0
    with (
        coming(owner(via="restore")),
        open_accounts(desk, settings) as accounts,
    ):
        for account in accounts.all():
            sessions += accounts.sessions.revoke_all(account.id)
            tokens += accounts.tokens.revoke_all(account.id)
    return {"sessions_ended": sessions, "tokens_revoked": tokens}
