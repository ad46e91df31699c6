"""Words of the reveal: requests, their states, and what is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hushdesk.access._types import Account


class State(StrEnum):
    """Where a request stands."""

    DRAFTED = "drafted"
    """Written down, and not yet in the record: it is shown to nobody and counts towards the limits."""
    WAITING = "waiting"
    """For a second officer."""
    APPROVED = "approved"
    """May be opened once by whoever asked."""
    SPENT = "spent"
    """It was opened."""
    REFUSED = "refused"
    """By another officer, or withdrawn by whoever asked."""
    LAPSED = "lapsed"
    """Its time was up."""
    CHANGED = "changed"
    """The row was changed past Hushdesk; nothing in it is believed."""


LIVE = frozenset({State.DRAFTED, State.WAITING, State.APPROVED})
"""States that something can follow."""

CaseOf = Callable[[Account, str, str], str | None]
"""``case_of(account, case, token)``: the id of the case with this id or number, if the account may read it and it holds the
pseudonym where the account may see it; else None."""


@dataclass(frozen=True, slots=True)
class Officer:
    """An account, as it was called when it acted."""

    id: int = 0
    """0 if nobody."""
    name: str = ""
    role: str = ""

    @classmethod
    def of(cls, account: Account) -> Officer:
        """An account, as it is called now."""
        return cls(account.id, account.name, account.role.value)


NOBODY = Officer()


@dataclass(frozen=True, slots=True)
class Request:
    """A request to open a pseudonym, as officers see it."""

    id: str
    state: State
    token: str
    """Empty if the request is known from the record alone."""
    case_id: str
    persons: int
    """To how many persons the pseudonym belongs: a shared mailbox has several."""
    asked_by: Officer
    asked_at: datetime
    decided_by: Officer
    """Who approved or refused."""
    decided_at: datetime | None
    until: datetime | None
    """When it lapses; None if it has ended."""
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """What was opened: shown once, and kept nowhere."""

    request: Request
    persons: int
    values: tuple[tuple[str, tuple[str, ...]], ...] = field(repr=False)
    """Values by kind; empty if the person was erased meanwhile."""

    def __repr__(self) -> str:
        return f"Opened(request={self.request.id!r}, persons={self.persons})"


@dataclass(frozen=True, slots=True)
class Shown:
    """That a person's pseudonym was opened, for the person's file."""

    at: datetime
    asked_by: Officer
    approved_by: Officer
    reason: str = field(repr=False)
    """Empty if it is not known any more: it was erased, or the file with it is lost."""
    case_id: str
    token: str
