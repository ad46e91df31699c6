"""What happens to accounts, in the record: sign-ins and failures, passwords, roles, tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from hushdesk.access._accounts import Accounts
from hushdesk.access._events import AuditEvent
from hushdesk.access._types import Account, AccountId
from hushdesk.access.errors import AccountUnknown
from hushdesk.access.witness._flood import Flood
from hushdesk.access.witness._origin import Origin, origin
from hushdesk.access.witness._seal import Seal
from hushdesk.desk import SignInSettings
from hushdesk.record import Record

_FAILED: Final = frozenset({AuditEvent.ACCOUNT_SIGN_IN_FAILURE, AuditEvent.ACCOUNT_SIGN_IN_LOCKED})
_SIGNED_IN: Final = frozenset({AuditEvent.ACCOUNT_SIGN_IN_SUCCESS, AuditEvent.ACCOUNT_SESSION_CREATE})
_ADMIN: Final = frozenset(event for event in AuditEvent if event.value.startswith("admin:"))
NOBODY: Final = "nobody"
"""Who did what somebody did who has not shown who they are."""


class AccountWitness:
    """A listener of :class:`hushdesk.access.Accounts` that writes into the record.

    Args:
        record: The desk's record.
        seal: Seals network addresses.
        flood: Sums up failures.
    """

    def __init__(self, record: Record, seal: Seal, flood: Flood | None = None) -> None:
        self._record, self._seal = record, seal
        self._flood = flood or Flood()
        self.find: Callable[[AccountId], Account] | None = None
        """Gives the account of an id."""

    def __call__(self, event: AuditEvent, account: int | None) -> None:
        """Write down an event about an account; None if the name tried is nobody's."""
        came = origin.get() or Origin()
        known = self._known(account)
        if event not in _FAILED:
            self._write(event, known, account, came, 1)
            return
        address = came.address
        self._flood.event(
            (event, account, came.via, address),
            lambda times: self._write(event, known, account, came, times),
            # Too many to tell apart: counted, without the address; whose names nobody has, without those. An account that is there is
            # told all the same: else guesses at it would hide among guesses at sixty made-up names.
            lambda times: self._write(event, known, account, Origin(came.via), times, others=True),
            group=None if known is None else (event, account),
        )

    def _known(self, account: int | None) -> Account | None:
        if account is None or self.find is None:
            return None
        try:
            return self.find(AccountId(account))
        except AccountUnknown:
            return None

    def _write(
        self,
        event: AuditEvent,
        known: Account | None,
        account: int | None,
        came: Origin,
        times: int,
        **more: Any,
    ) -> None:
        detail: dict[str, Any] = {"via": came.via, **more}
        who = came.who.name if came.who is not None else NOBODY
        if event in _FAILED:
            # Whoever fails has not shown who they are.
            who = NOBODY
            detail["times"] = times
        elif known is not None and (event in _SIGNED_IN or (came.who is None and event not in _ADMIN)):
            who = known.name
        if account is not None:
            # A name that was tried and is nobody's is not written down: it may be a password.
            detail["account"] = known.name if known is not None else f"id {account}"
            if known is not None:
                detail["role"] = known.role.value
        if came.address:
            detail["source"] = self._seal.digest(["address", came.address])
            detail = self._seal.seal(event.value, who, detail, {"address": came.address})
        self._record.append(event.value, who, detail)

    def close(self) -> None:
        """Write the sums that are left."""
        self._flood.close()

    def __repr__(self) -> str:
        return "AccountWitness()"


@contextmanager
def witnessed_accounts(
    path: Path,
    record: Record,
    seal: Seal,
    *,
    key: bytes | None = None,
    settings: SignInSettings | None = None,
) -> Iterator[Accounts]:
    """The accounts of a desk, with all that happens to them in its record.

    Args:
        path: The database of accounts.
        record: The desk's record.
        seal: Seals network addresses.
        key: Opens second factors.
        settings: How accounts sign in.
    """
    witness = AccountWitness(record, seal)
    with Accounts(path, on_event=witness, key=key, settings=settings) as accounts:
        witness.find = accounts.get
        try:
            yield accounts
        finally:
            witness.close()
