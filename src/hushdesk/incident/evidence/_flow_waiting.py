"""Beginnings of flows that wait until their flow is counted: kept in parts, of which only what is told anew is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from hushdesk.incident._order import in_order
from hushdesk.incident.evidence._flow_rows import Oriented, compact, picked
from hushdesk.incident.evidence._flow_table import Bits, Numbers, Words


@dataclass(slots=True)
class _Part:
    """Some that began to wait together, in the order of their flows."""

    rows: Oriented
    flows: Words
    waits: Bits
    """Which of them still do."""

    @classmethod
    def of(cls, rows: Oriented, flows: Words) -> _Part:
        order, flows = in_order(flows)
        # They have no counts, and much else in common.
        return cls(compact(picked(rows, order)), flows, np.ones(len(flows), bool))

    def among(self, flows: Words) -> Numbers:
        """Where those stand that wait and are of some flows, which are in order and each once."""
        if not len(flows):
            return np.zeros(0, np.int64)
        at = np.minimum(np.searchsorted(flows, self.flows), len(flows) - 1)
        return np.flatnonzero((flows[at] == self.flows) & self.waits)


@dataclass(slots=True)
class Waiting:
    """All of them."""

    size: int = 0
    """How many wait."""
    _parts: list[_Part] = field(default_factory=list)

    def add(self, rows: Oriented, flows: Words) -> None:
        """More."""
        if len(flows):
            self._parts.append(_Part.of(rows, flows))
            self.size += len(flows)

    def among(self, flows: Words | None) -> tuple[list[Numbers], Words]:
        """Those of some flows, which are in order and each once, or all: places in each part, and their flows."""
        places = [np.flatnonzero(part.waits) if flows is None else part.among(flows) for part in self._parts]
        found = [part.flows[at] for part, at in zip(self._parts, places, strict=True)]
        return places, np.concatenate([np.zeros(0, np.uint64), *found])

    def release(self, places: list[Numbers], which: Bits) -> list[tuple[Oriented, Words]]:
        """Of those at some places: the ones that wait no more, with their flows.

        Args:
            places: As :meth:`among` gave them.
            which: Which of these go, all parts together.

        Returns:
            Some from each part.
        """
        found, at = [], 0
        for part, mine in zip(self._parts, places, strict=True):
            gone = mine[which[at : at + len(mine)]]
            at += len(mine)
            if len(gone):
                part.waits[gone] = False
                self.size -= len(gone)
                found.append((picked(part.rows, gone), part.flows[gone]))
        self._parts = [_thinned(part) for part in self._parts if part.waits.any()]
        return found

    def longest(self, most: int) -> Iterator[tuple[Oriented, Words]]:
        """Those that waited longest, part by part, until no more than ``most`` are left; they wait no more."""
        while self.size > most:
            part = self._parts.pop(0)
            left = np.flatnonzero(part.waits)
            self.size -= len(left)
            yield picked(part.rows, left), part.flows[left]


def _thinned(part: _Part) -> _Part:
    """A part without those that wait no more, where they are most of it."""
    places = np.flatnonzero(part.waits)
    if 2 * len(places) > len(part.waits):
        return part
    return _Part(picked(part.rows, places), part.flows[places], np.ones(len(places), bool))
