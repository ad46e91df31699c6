"""Which flows that began are counted: flows of NSG and VNet logs by how often they began, went on and ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from hushdesk.incident._order import in_order, new_ones
from hushdesk.incident.evidence._flow_columns import BEGIN, CONTINUE, DENIED, END, UNKNOWN, Columns
from hushdesk.incident.evidence._flow_table import Bits, Numbers, Words

FLOWS: Final = "flows"
"""Name of the table of flows that were there before."""


MOST_FLOWS: Final = 1 << 21
"""So many flows are known again, in 20 bytes each; of more, those of which nothing was told for the longest time are forgotten."""
_COUNTS: Final = ("begun", "ended", "going")
_Counts = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Run:
    """Flows in order, each once."""

    flows: Words
    counts: _Counts
    """Three rows: how often each flow began, ended with counts, went on with counts."""

    @classmethod
    def of(cls, flows: Words, counts: Sequence[npt.NDArray[Any]]) -> _Run:
        """Of flows in any order, each as often as it likes; ``counts`` are its three rows."""
        order, flows = in_order(flows)
        new = new_ones(flows)
        if new.all():
            return cls(flows, np.stack([values[order].astype(np.int32, copy=False) for values in counts]))
        firsts = np.flatnonzero(new)
        made = np.empty((len(_COUNTS), len(firsts)), np.int32)
        # Row by row: what is made in between is as large as one of them.
        for row, values in enumerate(counts):
            made[row] = np.add.reduceat(values[order], firsts, dtype=np.int32)
        return cls(flows[firsts], made)

    def joined(self, other: _Run) -> _Run:
        """Both."""
        rows = [np.concatenate(each) for each in zip(self.counts, other.counts, strict=True)]
        return _Run.of(np.concatenate([self.flows, other.flows]), rows)


@dataclass(slots=True)
class Past:
    """Flows of which records are no longer held: how often each began, ended with counts, went on with counts."""

    runs: list[_Run] = field(default_factory=list)
    """Each at least twice as long as the next, so that each flow is put in order again only a few times."""
    older: list[_Run] = field(default_factory=list)
    """What was told before that: when there is enough of what is younger, it goes."""
    size: int = 0
    """Flows of the younger ones."""
    forgetful: bool = False
    """Whether there were too many to know them all again."""
    earlier: Past | None = None
    """Those of series that were read earlier."""

    @property
    def forgets(self) -> bool:
        """Whether some flows are not known again, of these or of earlier ones."""
        return self.forgetful or (self.earlier is not None and self.earlier.forgets)

    def of(self, flows: Words) -> tuple[Numbers, Numbers, Numbers]:
        """What is known of some flows."""
        found = self._sum(flows)
        if self.earlier is not None:
            found += self.earlier._sum(flows)  # noqa: SLF001
        begun, ended, going = found
        if self.forgets:
            # An end whose beginning is forgotten must not stand for that of another flow.
            ended = np.minimum(ended, begun)
        return begun, ended, going

    def _sum(self, flows: Words) -> Numbers:
        found = np.zeros((len(_COUNTS), len(flows)), np.int64)
        for run in (*self.older, *self.runs):
            at = np.minimum(np.searchsorted(run.flows, flows), len(run.flows) - 1)
            known = np.flatnonzero(run.flows[at] == flows)
            found[:, known] += run.counts[:, at[known]]
        return found

    def add(self, flows: Words, counts: npt.NDArray[Any]) -> None:
        """More of these flows and others, in any order, each as often as it likes; ``counts`` has a row for each."""
        self._add(flows, list(counts.T))

    def _add(self, flows: Words, counts: Sequence[npt.NDArray[Any]]) -> None:
        if not len(flows):
            return
        run = _Run.of(flows, counts)
        if self.size + len(run.flows) > MOST_FLOWS // 2 and self.runs:
            self.forgetful |= bool(self.older)
            self.older, self.runs, self.size = self.runs, [], 0
        self.size += len(run.flows)
        while self.runs and len(self.runs[-1].flows) < 2 * len(run.flows):
            last = self.runs.pop()
            self.size -= len(last.flows) + len(run.flows)
            run = last.joined(run)
            self.size += len(run.flows)
        self.runs.append(run)

    def take(self, columns: Columns, hashes: Words) -> None:
        """Records that are held no longer."""
        marks = _marks(columns)
        which = np.flatnonzero(np.logical_or.reduce(marks))
        self._add(hashes[which], [each[which] for each in marks])

    def table(self) -> pl.DataFrame:
        """To be kept."""
        runs = [*self.older, *self.runs]
        self.older, self.runs = [], []
        while len(runs) > 1:
            last = runs.pop()
            runs.append(runs.pop().joined(last))
        run = runs[0] if runs else _Run(np.zeros(0, np.uint64), np.zeros((len(_COUNTS), 0), np.int32))
        self.older, self.runs, self.size = [], [run] if runs else [], len(run.flows)
        return pl.DataFrame(
            {"flow": run.flows} | {name: run.counts[place] for place, name in enumerate(_COUNTS)}
        )


def earlier(before: Sequence[Mapping[str, pl.DataFrame]]) -> Past:
    """The flows of earlier series."""
    found = Past()
    for tables in before:
        table = tables.get(FLOWS)
        if table is not None and table.height:
            found.add(table["flow"].to_numpy(), table.select(_COUNTS).to_numpy())
    return found


def _marks(columns: Columns) -> tuple[Bits, Bits, Bits]:
    """Which records begin a flow, end one with counts, go on with counts."""
    counts = columns.there != UNKNOWN
    return (
        (columns.state == BEGIN) & (columns.verdict != DENIED),
        (columns.state == END) & counts,
        (columns.state == CONTINUE) & counts,
    )


def uncounted(
    columns: Columns, hashes: Words, waiting: Words, past: Past, *, last: bool
) -> tuple[Bits, Bits]:
    """Beginnings of flows that are not counted: which of these records are, and which of those that wait.

    Each flow has one beginning and, when it is over, one end with counts. Where a beginning has no end, counts on the way show that
    its bytes are counted; but only if there is a single one: of two flows with the same ends one could have them all.

    Args:
        columns: Records.
        hashes: Of their flows.
        waiting: Flows of beginnings that came before and wait for counts.
        past: What came before of these flows.
        last: Whether these are all that come.
    """
    found = np.zeros(len(columns), bool)
    begins, ends, goes = _marks(columns)
    if not len(waiting) and not begins.any():
        return found, np.zeros(0, bool)
    # Of flows that do not begin here nothing is asked.
    flows, flow = _numbered(np.concatenate([waiting, hashes[begins]]))
    begun, ended, going = past.of(flows)
    begun = begun + np.bincount(flow, minlength=len(flows))

    def number(which: Bits) -> Numbers:
        mine = hashes[which]
        at = np.minimum(np.searchsorted(flows, mine), len(flows) - 1)
        return np.bincount(at[flows[at] == mine], minlength=len(flows)).astype(np.int64)

    ended = ended + number(ends)
    going = going + number(goes)
    open_ = (begun > ended) & ~((begun == 1) & (going > 0) & last)
    found[begins] = open_[flow[len(waiting) :]]
    return found, open_[flow[: len(waiting)]]


def _numbered(values: Words) -> tuple[Words, Numbers]:
    """The different ones, in order, and which of them each is."""
    order, ordered = in_order(values)
    new = new_ones(ordered)
    which = np.empty(len(values), np.int64)
    which[order] = np.cumsum(new) - 1
    return ordered[new], which
