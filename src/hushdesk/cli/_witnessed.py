"""Accounts and record of a desk, for commands that need not own it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hushdesk.errors import UsageError

if TYPE_CHECKING:
    from hushdesk.access import Accounts, Witness

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
def witness_of(folder: Path) -> Iterator[Witness]:
    """What writes into the record of the desk in ``folder``, beside whoever owns the desk.

    Raises:
        DeskError: There is no usable desk.
        RecordDamagedError: What is signed in its record is not what is there.
        VaultError: Its keys cannot be used.
    """
    from hushdesk.access import Seal, Witness
    from hushdesk.desk import open_record
    from hushdesk.desk._settings import read
    from hushdesk.vault import Keyring

    settings = read(folder)
    keyring = Keyring.open(settings.keys)
    with open_record(folder, keyring) as record:
        yield Witness(record, Seal.of(keyring.derived, settings.desk_id))


@contextmanager
def accounts_of(folder: Path, *, role: str = "") -> Iterator[Accounts]:
    """The accounts of a desk, to change something: what is changed is in the record.

    Args:
        folder: The desk's.
        role: Whose permissions the command is held to.
    """
    from hushdesk.access import origin, owner, witnessed_accounts
    from hushdesk.access.witness import Origin
    from hushdesk.cli._permissions import role_of

    who = owner(role_of(role))
    held = origin.set(Origin(who.via, who=who))
    try:
        with (
            witness_of(folder) as witness,
            witnessed_accounts(folder / ACCOUNTS, witness.record, witness.seal) as accounts,
        ):
            yield accounts
    finally:
        origin.reset(held)
