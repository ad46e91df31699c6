"""Which flows that began are counted: flows of NSG and VNet logs by how often they began, went on and ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from hushdesk.incident.evidence._flow_columns import BEGIN, CONTINUE, DENIED, END, UNKNOWN, Columns
from hushdesk.incident.evidence._flow_rows import MOST_REMEMBERED
from hushdesk.incident.evidence._flow_table import Bits, Numbers, Words

FLOWS: Final = "flows"
"""Name of the table of flows that were there before."""


def _none() -> Numbers:
    return np.zeros(0, np.int64)


@dataclass(slots=True)
class Past:
    """Flows of which records are no longer held: how often each began, ended with counts, went on with counts."""

    flows: Words = field(default_factory=lambda: np.zeros(0, np.uint64))
    begun: Numbers = field(default_factory=_none)
    ended: Numbers = field(default_factory=_none)
    going: Numbers = field(default_factory=_none)
    forgetful: bool = False
    """Whether there were too many to know them all again."""
    earlier: Past | None = None
    """Those of series that were read earlier."""

    def of(self, flows: Words) -> tuple[Numbers, Numbers, Numbers]:
        """What is known of some flows."""
        mine = self._of(flows)
        if self.earlier is None:
            return mine
        more = self.earlier.of(flows)
        return mine[0] + more[0], mine[1] + more[1], mine[2] + more[2]

    def _of(self, flows: Words) -> tuple[Numbers, Numbers, Numbers]:
        if not len(self.flows):
            nothing = np.zeros(len(flows), np.int64)
            return nothing, nothing, nothing
        at = np.minimum(np.searchsorted(self.flows, flows), len(self.flows) - 1)
        known = self.flows[at] == flows
        return (
            np.where(known, self.begun[at], 0),
            np.where(known, self.ended[at], 0),
            np.where(known, self.going[at], 0),
        )

    def add(self, flows: Words, begun: Numbers, ended: Numbers, going: Numbers) -> None:
        """More of these flows and others, in any order, each as often as it likes."""
        if len(self.flows) > MOST_REMEMBERED:
            self.forgetful = True
            return
        all_ = np.concatenate([self.flows, flows])
        self.flows, which = np.unique(all_, return_inverse=True)
        for name, more in (("begun", begun), ("ended", ended), ("going", going)):
            values = np.concatenate([getattr(self, name), more])
            setattr(self, name, np.bincount(which, values, len(self.flows)).astype(np.int64))

    def take(self, columns: Columns, hashes: Words) -> None:
        """Records that are held no longer."""
        self.add(hashes, *(which.astype(np.int64) for which in _marks(columns)))

    def table(self) -> pl.DataFrame:
        """To be kept."""
        return pl.DataFrame(
            {
                "flow": self.flows,
                "begun": self.begun.astype(np.int32),
                "ended": self.ended.astype(np.int32),
                "going": self.going.astype(np.int32),
            }
        )


def earlier(before: Sequence[Mapping[str, pl.DataFrame]]) -> Past:
    """The flows of earlier series."""
    found = Past()
    for tables in before:
        table = tables.get(FLOWS)
        if table is not None and table.height:
            counts = (table[name].to_numpy().astype(np.int64) for name in ("begun", "ended", "going"))
            found.add(table["flow"].to_numpy(), *counts)
    return found


def _marks(columns: Columns) -> tuple[Bits, Bits, Bits]:
    counts = columns.there != UNKNOWN
    return (
        (columns.state == BEGIN) & (columns.verdict != DENIED),
        (columns.state == END) & counts,
        (columns.state == CONTINUE) & counts,
    )


def uncounted(columns: Columns, hashes: Words, past: Past, *, last: bool) -> Bits:
    """Beginnings of flows that are not counted.

    Each flow has one beginning and, when it is over, one end with counts. Where a beginning has no end, counts on the way show that
    its bytes are counted; but only if there is a single one: of two flows with the same ends one could have them all.

    Args:
        columns: Records.
        hashes: Of their flows.
        past: What came before of these flows.
        last: Whether these are all that come.
    """
    found = np.zeros(len(columns), bool)
    begins, ends, goes = _marks(columns)
    if not begins.any():
        return found
    # Of flows that do not begin here nothing is asked.
    flows, flow = np.unique(hashes[begins], return_inverse=True)
    begun, ended, going = past.of(flows)
    begun = begun + np.bincount(flow, minlength=len(flows))

    def number(which: Bits) -> Numbers:
        mine = hashes[which]
        at = np.minimum(np.searchsorted(flows, mine), len(flows) - 1)
        return np.bincount(at[flows[at] == mine], minlength=len(flows)).astype(np.int64)

    ended = ended + number(ends)
    going = going + number(goes)
    open_ = (begun > ended) & ~((begun == 1) & (going > 0) & last)
    found[begins] = open_[flow]
    return found
