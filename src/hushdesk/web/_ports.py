"""What the pages need from the rest of the house, as small protocols and plain values.

The pages never see the store: they ask a desk through :class:`DeskPort`. Everything that comes back
is sealed already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from hushdesk.access import Actor, Question
from hushdesk.analytics import CaseView, SearchPage
from hushdesk.desk import OpenedEntry, Released, ReviewEntry
from hushdesk.vault import OfficerDoors, OfficerKey


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """One line in the list of loads."""

    id: int
    started: datetime
    finished: datetime | None
    state: str
    """running, finished or interrupted."""
    sources: tuple[str, ...]
    cases_in: int
    stored: int
    unchanged: int
    refused: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class RowCount:
    """Rows read of one kind."""

    kind: str
    rows: int
    distinct: int


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One refused input row: reason and place, never its content."""

    reason: str
    place: str
    problem: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many findings of one kind."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class LoadReportView:
    """What one load did: in = stored + unchanged + refused + quarantined."""

    id: int
    state: str
    """running, finished or interrupted."""
    started: datetime
    finished: datetime | None
    sources: tuple[str, ...]
    """Help desks or carriers that were recognised."""
    inputs: tuple[str, ...]
    """Files or folders as they were given."""
    rows: tuple[RowCount, ...]
    cases_in: int
    stored: int
    newer: int
    """How many of the stored cases are newer versions of cases already there."""
    unchanged: int
    refused: int
    quarantined: int
    refused_lines: tuple[RefusedLine, ...]
    """A capped list; ``refused_total`` counts all."""
    refused_total: int
    findings: tuple[KindCount, ...]
    """Personal data replaced, by kind."""
    leak_hits: int
    """Sealed cases in which the leak check still saw something; they are in quarantine."""
    unmapped: tuple[str, ...]
    """Names of fields without a place in the case model."""
    warnings: tuple[str, ...]
    rate: float
    """Cases a second."""
    reasons: tuple[KindCount, ...] = ()
    """Refused rows by reason."""
    doubts: tuple[KindCount, ...] = ()
    """What the leak check saw, by kind and field."""
    partial_files: int = 0
    """Files of which a part could not be read at all: rows in it are not counted."""
    resumed: int = 0
    """How often the load was resumed after an interruption."""
    released: int = 0
    """Of the stored: released from quarantine since."""
    certificate: Mapping[str, Any] | None = None
    """What the look at a sample found; as :meth:`hushdesk.desk.SignedCertificate.to_json` says it."""

    @property
    def balanced(self) -> bool:
        """True if every case that came in is accounted for."""
        return self.cases_in == self.stored + self.unchanged + self.refused + self.quarantined


@dataclass(frozen=True, slots=True)
class SourceCount:
    """Cases held of one source."""

    source: str
    cases: int


@dataclass(frozen=True, slots=True)
class StatusView:
    """What the desk holds."""

    name: str
    version: str
    cases: int
    oldest: datetime | None
    newest: datetime | None
    last_load: datetime | None
    bytes_on_disk: int | None
    sources: tuple[SourceCount, ...]
    findings: tuple[KindCount, ...]
    """Personal data replaced so far, by kind."""
    quarantined: int
    leak_checked: int
    """Sealed cases that went through the leak check."""
    leak_hits: int
    """Of these, how many it held back."""
    warnings: tuple[str, ...] = ()


class ReviewPort(Protocol):
    """What the officer's pages ask of the quarantine; :class:`hushdesk.desk.Review` answers."""

    def unlock(self, passphrase: str) -> OfficerKey:
        """The officer's key.

        Raises:
            KeysRefusedError: The passphrase is wrong.
        """

    def unlock_with_shares(self, shares: Sequence[str]) -> OfficerKey:
        """The officer's key out of its shares.

        Raises:
            SharesError: They are too few, mistyped, or of another split.
        """

    def doors(self) -> OfficerDoors:
        """How the officer's key opens."""

    def entries(self) -> list[ReviewEntry]:
        """All entries, newest first, without what is in them."""

    def open(self, index: int, key: OfficerKey) -> OpenedEntry:
        """Open one entry."""

    def decide(
        self, index: int, findings: Iterable[str], key: OfficerKey, *, personal: bool, by: str
    ) -> OpenedEntry:
        """Confirm or reject findings."""

    def release(self, index: int, key: OfficerKey, *, by: str) -> Released:
        """Seal the case again."""

    def dismiss(self, index: int, *, by: str) -> None:
        """Close an entry without storing anything."""


class DeskPort(Protocol):
    """What the pages ask a desk."""

    def search(self, who: Actor, question: Question) -> SearchPage:
        """Answer one search for somebody; without hits if they may only count.

        Raises:
            QueryError: The query cannot be read; it names the character.
        """

    def read(self, who: Actor, case_id: str) -> CaseView | None:
        """Return one case as somebody may see it; None if there is none among theirs."""

    def export(self, who: Actor, question: Question) -> Iterator[CaseView]:
        """Yield every case that a search finds, page numbers ignored, without holding them all."""

    def loads(self) -> list[LoadSummary]:
        """Return the loads, newest first."""

    def load_report(self, load_id: int) -> LoadReportView | None:
        """Return the report of one load, None if there is none."""

    def status(self) -> StatusView:
        """Return what the desk holds."""

    def certificates(self) -> list[dict[str, Any]]:
        """Return the certificates of all loads, newest first, each with ``verified``."""

    def review(self, who: Actor) -> ReviewPort:
        """Return the quarantine, as somebody works through it; each step goes into the record."""
