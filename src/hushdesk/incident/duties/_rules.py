"""What a rule is: who must be told by whom, if what, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from hushdesk.incident.duties._conditions import Condition


class Status(StrEnum):
    """Whether a wording binds."""

    IN_FORCE = "in_force"
    FUTURE = "future"
    """Enacted, and taking effect later: on ``version_from``, or on a day that is not recorded."""
    PROPOSED = "proposed"
    """Shown, and never applied unless switched on."""


class To(StrEnum):
    """What sort of recipient it is."""

    AUTHORITY = "authority"
    PERSONS = "persons"
    MEDIA = "media"
    OTHERS = "others"
    """Controllers, insurers, partners to a contract."""


class Unit(StrEnum):
    """In what a period is counted."""

    HOURS = "h"
    """Of 3,600 seconds; nothing moves them."""
    DAYS = "cal_d"
    """Calendar days."""
    WORKDAYS = "work_d"
    """Days that are neither weekend nor holiday in the rule's calendar."""
    MONTHS = "month"
    NONE = "none"
    """Without undue delay: no end that could be counted."""


class Anchor(StrEnum):
    """From where a period in days runs."""

    EVENT = "event"
    YEAR_END = "year_end"
    """From the last day of the year in which the event was."""


PREVIOUS: Final = "previous"
"""Start of a clock: when the step before it was done."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A period from an event on."""

    start: str
    period: int
    unit: Unit
    anchor: Anchor = Anchor.EVENT


@dataclass(frozen=True, slots=True)
class Phase:
    """One step of a duty."""

    what: str
    clock: Clock
    no_later_than: Clock | None = None
    """A second clock; the earlier end of the two counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One wording of one duty."""

    ident: str
    law: str
    status: Status
    applies_if: Condition
    threshold: Condition
    recipient: str
    to: To
    about: str
    """Place whose persons it is about; empty for all."""
    zone: str
    """IANA name of the recipient's time zone; ``home`` for that of the house."""
    calendar: str
    """Country, or country and part as ``US-CA``, whose weekends and holidays count; empty for Monday to Friday."""
    phases: tuple[Phase, ...]
    source: str
    checked_on: date
    verified: bool
    version_from: date | None = None
    version_to: date | None = None
    """Last day of this wording."""
    replaces: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    channel: str = ""
    language: str = ""
    remarks: str = ""
    file: str = ""

    @property
    def version(self) -> str:
        """Dates between which this wording holds, for people."""
        since = f"from {self.version_from}" if self.version_from else ""
        until = f"until {self.version_to}" if self.version_to else ""
        return f"{since} {until}".strip()

    @property
    def regime(self) -> str:
        """The law that it belongs to: ``eu.gdpr`` of ``eu.gdpr.authority``."""
        return self.ident.rpartition(".")[0] or self.ident

    def holds_on(self, day: date) -> bool:
        """Whether this wording is neither over nor still to come on a day."""
        return (self.version_from is None or self.version_from <= day) and not self.over_on(day)

    def over_on(self, day: date) -> bool:
        """Whether this wording has ended before a day."""
        return self.version_to is not None and self.version_to < day
