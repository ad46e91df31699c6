"""What a restored desk does with its accounts before anybody signs in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from hushdesk.access._actor import owner
from hushdesk.access._events import AuditEvent
from hushdesk.access._open import open_accounts
from hushdesk.access.errors import AdministrationError
from hushdesk.access.witness import coming
from hushdesk.record import Entry, RecordReader

if TYPE_CHECKING:
    from hushdesk.access._accounts import Accounts
    from hushdesk.desk import Desk
    from hushdesk.desk.backup import Later

_BARS: Final = {
    AuditEvent.ADMIN_ACCOUNT_DISABLE.value: True,
    AuditEvent.ADMIN_ACCOUNT_ENABLE.value: False,
}
_CHANGES: Final = frozenset(
    {
        AuditEvent.ACCOUNT_PASSWORD_CHANGE.value,
        AuditEvent.ACCOUNT_RECOVERY_CODE_USE.value,
        AuditEvent.ACCOUNT_RECOVERY_CODES_CREATE.value,
        AuditEvent.ACCOUNT_ROLE_CHANGE.value,
        AuditEvent.ACCOUNT_SECOND_FACTOR_ADD.value,
        AuditEvent.ACCOUNT_SECOND_FACTOR_REMOVE.value,
        AuditEvent.ADMIN_PASSWORD_RESET.value,
        AuditEvent.ADMIN_ROLE_CHANGE.value,
        AuditEvent.ADMIN_ROWS_CHANGE.value,
        AuditEvent.ADMIN_SECOND_FACTOR_REMOVE.value,
    }
)
"""What the backup's accounts take back if it was done later."""


def after_restore(desk: Desk, later: Later | None = None) -> dict[str, int | tuple[str, ...]]:
    """End all sessions, revoke all API tokens, and disable again whom the record says was disabled last.

    Since the backup some sessions were ended, and some tokens revoked because they had been stolen. The copy does not know which, and
    a cookie or a token that somebody has kept must not be let in again. Nor must somebody who has left: the record of the backup may
    be younger than its accounts, and the later record, if one was given, certainly is.

    Args:
        desk: The restored desk, open.
        later: The desk's record as it was last.

    Returns:
        How many sessions and tokens there were, and names of accounts: ``disabled_again``; ``still_enabled``, who should be disabled and
        is the last administrator; ``to_look_at``, whose password, factor, role or rows were changed after the backup, and are as
        before.
    """
    if not (desk.folder / "accounts.sqlite").exists():
        return {"sessions_ended": 0, "tokens_revoked": 0}
    # The list of breached passwords lies elsewhere, and perhaps not here; no password is chosen now.
    settings = replace(desk.settings.sign_in, breached_passwords=None)
    sessions = tokens = 0
    own = RecordReader(desk.record.folder).entries()
    barred = _barred(own if later is None else chain(own, later.entries()))
    changed = set() if later is None else {_about(one) for one in later.entries() if one.event in _CHANGES}
    with (
        coming(owner(via="restore")),
        open_accounts(desk, settings) as accounts,
    ):
        for account in accounts.all():
            sessions += accounts.sessions.revoke_all(account.id)
            tokens += accounts.tokens.revoke_all(account.id)
        again, still = _bar(accounts, barred)
        look = tuple(one.name for one in accounts.all() if not one.disabled and one.name in changed)
    return {
        "sessions_ended": sessions,
        "tokens_revoked": tokens,
        "disabled_again": again,
        "still_enabled": still,
        "to_look_at": look,
    }


def _about(entry: Entry) -> str:
    return str(entry.detail.get("account", ""))


def _barred(entries: Iterable[Entry]) -> set[str]:
    """Names of accounts that were disabled last, and not enabled since."""
    state = {_about(one): _BARS[one.event] for one in entries if one.event in _BARS}
    return {name for name, barred in state.items() if barred}


def _bar(accounts: Accounts, names: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    again, still = [], []
    for account in accounts.all():
        if account.name not in names or account.disabled:
            continue
        try:
            accounts.disable(account.id)
            again.append(account.name)
        except AdministrationError:
            still.append(account.name)
    return tuple(again), tuple(still)
