"""Accounts and record of a desk, for commands that need not own it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hushdesk.errors import UsageError

if TYPE_CHECKING:
    from hushdesk.access import Accounts, Witness
    from hushdesk.desk import DeskSettings
    from hushdesk.record import Record
    from hushdesk.vault import Keyring

ACCOUNTS = "accounts.sqlite"


def accounts_file(desk: Path) -> Path:
    """The database of accounts of a desk.

    Raises:
        UsageError: There is no desk.
    """
    path = desk / ACCOUNTS
    if not path.exists():
        raise UsageError(f"there is no desk at {desk}.", remedy=f"Make one with: hushdesk init {desk}")
    return path


@contextmanager
def record_of(folder: Path) -> Iterator[tuple[DeskSettings, Keyring, Record]]:
    """Settings, keys and record of the desk in ``folder``, beside whoever owns the desk.

    Raises:
        DeskError: There is no usable desk.
        RecordDamagedError: What is signed in its record is not what is there.
        VaultError: Its keys cannot be used.
    """
    from hushdesk.desk import open_record, read_settings
    from hushdesk.vault import Keyring

    settings = read_settings(folder)
    keyring = Keyring.open(settings.keys)
    with open_record(folder, keyring) as record:
        yield settings, keyring, record


@contextmanager
def witness_of(folder: Path) -> Iterator[Witness]:
    """What writes into the record of the desk in ``folder``; see :func:`record_of`."""
    from hushdesk.access import Seal, Witness

    with record_of(folder) as (settings, keyring, record):
        yield Witness(record, Seal.of(keyring.derived, settings.desk_id))


@contextmanager
def accounts_of(folder: Path, *, new: bool = False) -> Iterator[Accounts]:
    """The accounts of a desk, with its settings; what happens to them is in the record, done by the system's user.

    Args:
        folder: The desk's.
        new: Whether the desk has just been made and has none yet.

    Raises:
        UsageError: There is no desk.
    """
    from hushdesk.access import SECOND_FACTORS, Seal, acting_as, owner, witnessed_accounts
    from hushdesk.access.witness import coming
    from hushdesk.cli._permissions import acting, role_of

    if not new:
        accounts_file(folder)
    who = owner(role_of(acting.get()))
    with (
        coming(who),
        acting_as(who.name),
        record_of(folder) as (settings, keyring, record),
        witnessed_accounts(
            folder / ACCOUNTS,
            record,
            Seal.of(keyring.derived, settings.desk_id),
            key=keyring.derived(SECOND_FACTORS),
            settings=settings.sign_in,
        ) as accounts,
    ):
        yield accounts
