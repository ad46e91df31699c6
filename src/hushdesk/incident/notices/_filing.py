"""What a notice says that is no finding: when, to whom, how often, and how far persons were told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hushdesk.incident._spans import HOUR

HOURS_72: Final = 72 * HOUR
"""Art. 33(1): hours, which run through nights and holidays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How far the persons concerned were told; ``None`` where nobody has said."""

    letters: int | None = None
    """Ready."""
    sent: int | None = None
    doubt: int | None = None
    failed: int | None = None
    first: int | None = None
    """Moment of the first letters."""
    public: int | None = None
    """Moment of the public notice."""
    planned: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One notice as an act."""

    incident: str
    dated: int
    """Moment at which it is given."""
    language: str = "en"
    phase: int = 1
    first: int | None = None
    """In a later phase: moment at which the first notice was given, which is what the 72 hours are about."""
    final: bool = False
    to_controller: bool = False
    """From a processor to its controller (art. 33(2)), not to the authority."""
    recipient: str = ""
    reference: str = ""
    """The recipient's own, from its answer to an earlier phase."""
    aware: int | None = None
    """Moment from which the breach was known with reasonable certainty: starts the clock."""
    discovered: int | None = None
    told: Told | None = None
    record_head: str = ""
    """Root hash of the record, so that a notice on paper pins down what was known."""

    @property
    def late(self) -> bool | None:
        """Whether it comes later than 72 hours; ``None`` if nobody said when they became aware."""
        return None if self.aware is None else self.given - self.aware > HOURS_72

    @property
    def given(self) -> int:
        """Moment of the first notice."""
        return self.dated if self.first is None else self.first
