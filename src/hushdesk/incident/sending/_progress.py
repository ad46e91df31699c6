"""How far the letters are: figures without persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hushdesk.incident.sending._outbox import Outbox
from hushdesk.incident.sending._states import Control, Ended, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where the letters of one outbox stand."""

    counts: Mapping[State, int]
    """Letters by state; every state is there."""
    attempts: Mapping[str, int]
    """Attempts by result: accepted, in doubt, refused, deferred, unsent, bounced."""
    may_be_twice: int
    """Letters that somebody decided to send again while they were in doubt."""
    first: int | None
    """Moment of the first acceptance."""
    last: int | None
    """Moment of the last acceptance."""
    next_due: int | None
    """Moment at which the earliest deferred letter is due."""
    control: Control
    ended: Ended = Ended.NOT_RUN
    code: int = 0
    """The relay's last three digits, if the relay ended the run."""
    taken: int = 0
    """Letters the relay took in this run."""
    seconds: float = 0.0
    """How long this run was."""

    @property
    def total(self) -> int:
        """Persons in the outbox."""
        return sum(self.counts.values())

    @property
    def in_doubt(self) -> int:
        """Letters of which nobody knows whether they were taken; they are never counted as sent."""
        return self.counts[State.IN_DOUBT]

    @property
    def rate(self) -> float:
        """Letters a second that the relay took in this run."""
        return self.taken / self.seconds if self.seconds else 0.0


def progress(
    outbox: Outbox, *, ended: Ended = Ended.NOT_RUN, code: int = 0, taken: int = 0, seconds: float = 0.0
) -> Progress:
    """Count what the outbox holds."""
    accepted = outbox.select(
        "SELECT min(ended), max(ended) FROM attempts WHERE outcome IN ('accepted', 'bounced')"
    )[0]
    return Progress(
        counts=outbox.counts(),
        attempts={
            str(name): int(count)
            for name, count in outbox.select(
                "SELECT outcome, count(*) FROM attempts WHERE outcome IS NOT NULL GROUP BY outcome ORDER BY outcome"
            )
        },
        may_be_twice=outbox.select("SELECT count(*) FROM letters WHERE again > 0")[0][0],
        first=accepted[0],
        last=accepted[1],
        next_due=outbox.next_due(),
        control=outbox.control,
        ended=ended,
        code=code,
        taken=taken,
        seconds=seconds,
    )
