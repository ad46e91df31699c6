"""The words of sending: states of a letter, results of an attempt, what ended a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class State(StrEnum):
    """Where the letter of one person stands."""

    PLANNED = "planned"
    INTENT = "intent"
    """It was written down that it is about to be sent; the outcome is not written down yet."""
    ACCEPTED = "accepted"
    """The relay, or the relay's own record, says that it took the letter."""
    IN_DOUBT = "in doubt"
    """The relay may or may not have taken it: nobody has said so. It is not sent again unless somebody decides."""
    REFUSED = "refused"
    """Refused for good at one address; the person's next address is due."""
    DEFERRED = "deferred"
    """Refused for now; due again later."""
    BOUNCED = "bounced"
    """Taken, and returned as undeliverable; the person's next address is due."""
    SECOND_CHANNEL = "second channel"
    """No address works, or there is none: to be told in another way."""
    EXCLUDED = "excluded"
    """Left out by decision."""


class Result(StrEnum):
    """What became of one attempt."""

    ACCEPTED = "accepted"
    IN_DOUBT = "in doubt"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNSENT = "unsent"
    """The relay surely did not take it: it never saw the end of the letter."""


class Control(StrEnum):
    """What the sender has been told to do; kept in the outbox, so that any process can say it."""

    GO = "go"
    PAUSE = "pause"
    STOP = "stop"


class Ended(StrEnum):
    """Why a run of the sender ended."""

    DONE = "done"
    """Nothing is due any more."""
    WAITING = "waiting"
    """The next letter is due later than the run may wait."""
    STOPPED = "stopped"
    """Somebody pressed the button."""
    RELAY = "relay"
    """The relay could not be used, time after time."""
    REFUSING = "refusing"
    """The relay refused letter after letter for good: its fault or that of the letters, hardly that of the persons."""
    NOT_RUN = "not run"
    """The figures are of the outbox; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt, as the outbox is told."""

    seq: int
    """Number of the attempt."""
    person: int
    result: Result
    code: int = 0
    """The relay's three digits; 0 if it gave none."""
    status: str = ""
    """Enhanced status code (RFC 3463), as 5.1.1; empty if none was given."""
    reason: str = ""
    """In fixed words, for those that never reach a relay."""
    trouble: bool = False
    """The relay or the way to it is at fault, not this letter."""


Step = Callable[[str, Mapping[str, Any]], None]
"""Is told of every step: an event's name (source:subject:action) and its details, which are numbers and fixed words."""


def quiet(_event: str, _detail: Mapping[str, Any]) -> None:
    """A step that goes nowhere."""


DUE: Final = (State.PLANNED, State.REFUSED, State.BOUNCED)
"""States in which a letter is due at once."""
