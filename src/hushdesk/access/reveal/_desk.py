"""The reveals of an open desk."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from hushdesk.access._accounts import Accounts
from hushdesk.access._permissions import Permission
from hushdesk.access._types import Account
from hushdesk.access.reveal._reveals import Reveals
from hushdesk.access.reveal._rows import FILE
from hushdesk.access.reveal._types import CaseOf
from hushdesk.analytics import OpenDesk, Scope
from hushdesk.desk import RECORD_FOLDER

_NEEDED: Final = frozenset({Permission.CASES_READ})


def case_of_desk(desk: OpenDesk) -> CaseOf:
    """Finds cases of a desk as an account may see them."""

    def case_of(account: Account, case: str, token: str) -> str | None:
        if not account.permissions >= _NEEDED:
            return None
        found = desk.read(case, scope=Scope(internal=account.may(Permission.CASES_READ_INTERNAL)))
        return found.case_id if found is not None and token in found.tokens else None

    return case_of


def open_reveals(
    desk: OpenDesk,
    accounts: Accounts,
    *,
    case_of: CaseOf | None = None,
    clock: Callable[[], float] = time.time,
) -> Reveals:
    """The requests of an open desk; close it before the desk.

    Args:
        desk: The desk.
        accounts: Its accounts.
        case_of: Finds a case as an account may see it; by default by the account's permissions.
        clock: Seconds since 1970.

    Raises:
        AccountsUnsafe: The file of reveals can be reached by others, or is damaged.
    """
    inner = desk.desk
    return Reveals(
        inner.folder / FILE,
        keyring=inner.keyring,
        vault=inner.vault,
        record=inner.record,
        record_folder=inner.folder / RECORD_FOLDER,
        accounts=accounts,
        case_of=case_of or case_of_desk(desk),
        settings=inner.settings.reveal,
        clock=clock,
    )
