"""Cutting a reader's stream into batches, and deciding for each case what is to be done with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum

from hushdesk.cases import Case, Locator, Reason, Refused, Supporting
from hushdesk.desk._report import RefusedLine, Tally
from hushdesk.seal import content_bytes
from hushdesk.vault import Pseudonymiser

BATCH_CASES = 4_000
BATCH_ITEMS = 20_000
BATCH_CHARS = 12_000_000
"""A batch ends at whichever comes first; the cut depends on the input alone, so a repeated load cuts alike."""

MAX_UNMAPPED_NAMES = 500


class Decision(IntEnum):
    """What is done with one case of a batch; kept in the ledger as one byte each."""

    NEW = 1
    NEWER = 2
    UNCHANGED = 3
    DUPLICATE = 4


@dataclass(slots=True)
class Work:
    """One batch on its way."""

    number: int
    items_end: int = 0
    """How many items of the reader's stream are covered when this batch is done."""
    cases: list[tuple[Case, str, bytes]] = field(default_factory=list, repr=False)
    """Case, case id, content MAC; each case of the stream, whatever the decision."""
    refused: list[Refused] = field(default_factory=list, repr=False)
    tally: Tally = field(default_factory=Tally)
    positions: list[int] = field(default_factory=list)
    """For each case, which item of the stream it was, from 1."""
    decisions: bytes = b""
    chars: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """What is known of the version of a case that the store has, or is about to have."""

    mac: bytes
    updated_at: datetime | None


def place_of(name: str) -> str:
    """A file name or column name as it may be shown and kept: redacted, since names hold names at times."""
    # Late: the detectors take longer to come than most of what is done with a desk.
    from hushdesk.redact import redact

    return redact(name).text


def line_of(item: Refused) -> RefusedLine:
    """The report's line for a refused row."""
    at = replace(item.at, file=place_of(item.at.file), field=place_of(item.at.field) if item.at.field else "")
    return RefusedLine(item.reason.value, str(at), item.problem, item.remedy)


def _size(case: Case) -> int:
    return (
        len(case.description) + len(case.resolution) + len(case.remarks) + sum(map(len, case.notes))
        + sum(len(message.text) for message in case.messages)
    )  # fmt: skip


def batches(
    items: Iterable[Case | Refused | Supporting],
    pseudonyms: Pseudonymiser,
    *,
    first_number: int,
    first_item: int,
    cut_at: int | None = None,
    source: str = "",
    batch_cases: int = BATCH_CASES,
) -> Iterator[Work]:
    """Gather items into batches.

    Args:
        items: The reader's stream from item ``first_item`` on.
        pseudonyms: For case ids and content MACs.
        first_number: Number of the first batch.
        first_item: How many items came before.
        cut_at: End the first batch exactly at this item: it repeats one whose intent is known.
        source: Replaces the reader's own source name, to tell two instances of one help desk apart.
        batch_cases: At most this many cases in one batch.
    """
    work = Work(first_number)
    seen = first_item
    for item in items:
        seen += 1
        if isinstance(item, Case):
            case = replace(item, source=source) if source else item
            work.cases.append(
                (
                    case,
                    pseudonyms.case_id(case.source, case.source_id),
                    pseudonyms.content_mac(content_bytes(case)),
                )
            )
            work.positions.append(seen)
            work.chars += _size(case)
            work.tally.cases += 1
            work.tally.sources[case.source] += 1
            for name, _ in case.unmapped:
                if name in work.tally.unmapped or len(work.tally.unmapped) < MAX_UNMAPPED_NAMES:
                    work.tally.unmapped[name] += 1
        elif isinstance(item, Refused):
            work.refused.append(item)
            if not item.whole_file:
                work.tally.cases += 1
                work.tally.refused += 1
            else:
                work.tally.partial_files += 1
            work.tally.reasons[item.reason.value] += 1
        else:
            work.tally.rows[item.kind] += item.rows
            work.tally.distinct[item.kind] += item.distinct
        work.items_end = seen
        if cut_at is not None:
            full = seen >= cut_at
        else:
            full = (
                len(work.cases) >= batch_cases
                or work.chars >= BATCH_CHARS
                or seen - first_item >= BATCH_ITEMS
            )
        if full:
            yield work
            work = Work(work.number + 1)
            first_item = seen
            cut_at = None
    if work.items_end:
        yield work


class Judge:
    """Decides, case by case in the order of the input, what is new, newer, unchanged or a duplicate."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self.in_flight: dict[str, Version] = {}
        """Versions in batches that the store has not yet acknowledged."""

    def saw(self, case_id: str) -> bool:
        """Remember that the id occurred in this load; returns whether it had occurred before."""
        # 60 bits of the id: a set of small integers costs a third of one of strings.
        key = int.from_bytes(case_id.encode()[:12], "big") & (2**60 - 1)
        if key in self._seen:
            return True
        self._seen.add(key)
        return False

    def decide(self, work: Work, stored: dict[str, tuple[bytes, datetime | None]]) -> None:
        """Fill in the decisions of a batch and the counts that follow from them.

        Args:
            work: The batch.
            stored: Content MAC and time of change of those of its cases that the store has.
        """
        decisions = bytearray()
        for position, (case, case_id, mac) in zip(work.positions, work.cases, strict=True):
            repeated = self.saw(case_id)
            known = self.in_flight.get(case_id)
            if known is None and case_id in stored:
                known = Version(*stored[case_id])
            decision = self._decide(case, mac, known, repeated=repeated)
            decisions.append(decision)
            if decision in {Decision.NEW, Decision.NEWER}:
                self.in_flight[case_id] = Version(mac, case.updated_at)
            if decision is Decision.DUPLICATE:
                work.refused.append(_duplicate(case, position))
        work.decisions = bytes(decisions)
        apply(work)

    def repeat(self, work: Work, decisions: bytes) -> None:
        """Take up a batch whose decisions an earlier run has written down: all follows from them as it did then.

        Args:
            work: The batch.
            decisions: What was decided, one byte for each of its cases.
        """
        work.decisions = decisions
        for position, (case, case_id, mac), decision in zip(
            work.positions, work.cases, decisions, strict=True
        ):
            self.saw(case_id)
            if decision in {Decision.NEW, Decision.NEWER}:
                # The next batch is judged before this one is in the store.
                self.in_flight[case_id] = Version(mac, case.updated_at)
            elif decision == Decision.DUPLICATE:
                work.refused.append(_duplicate(case, position))
        apply(work)

    @staticmethod
    def newer(case: Case, stored: datetime | None) -> bool:
        """Whether a case that waited in quarantine is newer than the version that was stored meanwhile.

        Where nothing tells, what was loaded later stays.
        """
        return _compared(case, stored) > 0

    @staticmethod
    def _decide(case: Case, mac: bytes, known: Version | None, *, repeated: bool) -> Decision:
        if known is None:
            return Decision.NEW
        if known.mac == mac:
            return Decision.UNCHANGED
        later = _compared(case, known.updated_at)
        if later > 0:
            return Decision.NEWER
        if later < 0:
            return Decision.UNCHANGED
        # Nothing tells which is newer: within one load that is a clash, between loads the later export wins.
        return Decision.DUPLICATE if repeated else Decision.NEWER


def _compared(case: Case, stored: datetime | None) -> int:
    """Above 0 if the case is newer than the stored version, below if older, 0 if nothing tells."""
    if case.updated_at is None or stored is None:
        return 0
    return int(case.updated_at.timestamp() * 1000) - int(stored.timestamp() * 1000)


def apply(work: Work) -> None:
    """Count a batch's decisions into its tally; what is sealed is counted when it has been sealed."""
    for decision in work.decisions:
        if decision == Decision.UNCHANGED:
            work.tally.unchanged += 1
        elif decision == Decision.DUPLICATE:
            work.tally.refused += 1
            work.tally.reasons[Reason.DUPLICATE_ID.value] += 1


def _duplicate(case: Case, position: int) -> Refused:
    return Refused(
        Reason.DUPLICATE_ID,
        Locator(f"{case.source} input", position),
        "the id occurred before in this load, with other content and no earlier time of change",
        "Give the rows distinct ids, or map a column to updated_at so that the newer one can be told.",
        raw=content_bytes(case),
    )


def erased_line(case: Case, position: int) -> Refused:
    """A case that must not come back. Nothing of it goes anywhere, quarantine included."""
    return Refused(
        Reason.ERASED,
        Locator(f"{case.source} input", position),
        "the case, or its customer, was erased from this desk before",
        "Nothing is to be done. Have the help desk erase the person too, so that its exports no longer hold them.",
    )
