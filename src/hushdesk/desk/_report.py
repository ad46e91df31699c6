"""The load report: what went in, and what became of each row of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from hushdesk.desk._signed import SignedCertificate


@dataclass(slots=True)
class Tally:
    """Counts of a part of a load; tallies add up."""

    cases: int = 0
    """Rows that are cases (or were meant to be), including refused ones: rows in."""
    stored: int = 0
    """Stored, new or as a newer version."""
    newer: int = 0
    """Of the stored: those that replaced an older version."""
    unchanged: int = 0
    """Already in the store as they are, or older than what is there."""
    refused: int = 0
    quarantined: int = 0
    """Held back by the leak check, encrypted for the officer."""
    rows: Counter[str] = field(default_factory=Counter)
    """Rows that support cases, by kind (users, audits …)."""
    distinct: Counter[str] = field(default_factory=Counter)
    """Distinct ids among them."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Spans replaced, by kind of personal data."""
    doubts: Counter[str] = field(default_factory=Counter)
    """What the leak check found, by kind and field."""
    sources: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)
    """Fields without a place, by name; their values are not stored."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Refused rows by reason."""
    partial_files: int = 0
    """Files of which a part could not be read at all, so that rows in it are not counted."""

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        for name in self.__slots__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, name, mine + theirs)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        values = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in values}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Tally:
        """The inverse of :meth:`to_json`."""
        tally = cls()
        for name, value in values.items():
            setattr(tally, name, Counter(value) if isinstance(value, dict) else value)
        return tally

    @classmethod
    def total(cls, parts: Iterable[Tally]) -> Tally:
        """The sum of ``parts``."""
        total = cls()
        for part in parts:
            total.add(part)
        return total

    @property
    def balanced(self) -> bool:
        """Whether rows in = stored + unchanged + refused + quarantined."""
        return self.cases == self.stored + self.unchanged + self.refused + self.quarantined


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One refused row as the report shows it; no value from the row."""

    reason: str
    place: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LoadReport:
    """All that is known of one load."""

    id: int
    state: str
    """``running``, ``finished`` or ``interrupted``."""
    started: str
    """ISO 8601 in UTC."""
    finished: str
    """ISO 8601 in UTC; empty until then."""
    seconds: float
    """Time spent, over all runs of a resumed load."""
    inputs: tuple[str, ...]
    tally: Tally
    refused: tuple[RefusedLine, ...]
    """The first lines; :attr:`Tally.refused` says how many there are."""
    notes: tuple[str, ...] = ()
    """What the reader of the report should know, for example that times had no zone."""
    resumed: int = 0
    """How often the load was resumed."""
    released: int = 0
    """Of the stored: those that the officer has released from quarantine since."""
    certificate: SignedCertificate | None = None
    """What the look at a sample found; None before the load is finished, and for loads of older versions."""

    def to_json(self) -> dict[str, Any]:
        """As plain values, for ``--json`` and the page's twin."""
        tally = self.tally.to_json()
        return {
            "id": self.id,
            "state": self.state,
            "started": self.started,
            "finished": self.finished,
            "seconds": round(self.seconds, 3),
            "cases_per_second": round(self.tally.cases / self.seconds, 1) if self.seconds else None,
            "inputs": list(self.inputs),
            "balanced": self.tally.balanced,
            **tally,
            "refused_rows": [asdict(line) for line in self.refused],
            "notes": list(self.notes),
            "resumed": self.resumed,
            "released": self.released,
            "certificate": self.certificate.to_json() if self.certificate is not None else None,
        }
