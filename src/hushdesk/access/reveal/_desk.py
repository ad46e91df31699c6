"""The reveals of an open desk."""

from __future__ import annotations

import time
from collections.abc import Callable

from hushdesk.access._accounts import Accounts
from hushdesk.access._permissions import Permission
from hushdesk.access._types import Account
from hushdesk.access.reveal._reveals import Reveals
from hushdesk.access.reveal._rows import FILE
from hushdesk.access.reveal._types import CaseOf
from hushdesk.analytics import OpenDesk
from hushdesk.desk import RECORD_FOLDER


def case_of_desk(desk: OpenDesk) -> CaseOf:
    """Finds cases of a desk as an account may see them."""

    def case_of(account: Account, case: str, token: str) -> str | None:
        if not account.may(Permission.CASES_READ):
            return None
        # In the scope of the door, and not through it: nobody is shown the case by this.
        scope = account.rows.scope(internal=account.may(Permission.CASES_READ_INTERNAL))
        found = desk.read(case, scope=scope)
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
        case_of: Finds a case as an account may see it; by default in the scope of its rows and permissions.
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
