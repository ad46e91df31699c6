"""When each observer of a flow log could see, kept as spans while its records pass."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from hushdesk.guard import AddressSet, Place
from hushdesk.incident._evidence import Coverage, Gap, Sees
from hushdesk.incident._spans import Span, Spans
from hushdesk.incident.evidence._flow_table import Numbers

MOST_ADDRESSES: Final = 4096
"""An observer that sees more addresses of its own is said to watch none in particular."""


@dataclass(slots=True)
class Islands:
    """Spans that grow, joined where pauses between them are shorter than ``pause``, in microseconds."""

    pause: int
    starts: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    ends: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))

    def add(self, starts: Numbers, ends: Numbers) -> None:
        """More spans, in any order."""
        starts, ends = np.concatenate([self.starts, starts]), np.concatenate([self.ends, ends])
        if not len(starts):
            return
        if (starts[1:] < starts[:-1]).any():
            order = np.argsort(starts, kind="stable")
            starts, ends = starts[order], ends[order]
        ends = np.maximum.accumulate(ends)
        breaks = np.flatnonzero((starts[1:] - ends[:-1] >= self.pause) & (starts[1:] > ends[:-1]))
        self.starts = starts[np.concatenate([np.zeros(1, np.int64), breaks + 1])]
        self.ends = ends[np.concatenate([breaks, np.full(1, len(ends) - 1, np.int64)])]

    @property
    def spans(self) -> Spans:
        """What they make up."""
        return Spans(map(Span, self.starts.tolist(), self.ends.tolist()))


@dataclass(slots=True)
class Watch:
    """What one observer saw."""

    seen: Islands
    blind: Islands
    addresses: set[str] | None = field(default_factory=set)
    """Its own; ``None`` if they cannot be told."""
    sees: Sees = Sees.NOTHING
    """More than all see."""
    why: str = ""
    """And why."""

    def tells(self, sees: Sees, why: str) -> None:
        """It sees more than all do."""
        self.sees, self.why = sees, why

    def add_addresses(self, texts: set[str]) -> None:
        """More of its own addresses."""
        if self.addresses is not None:
            self.addresses |= texts
            if len(self.addresses) > MOST_ADDRESSES:
                self.addresses = None


@dataclass(slots=True)
class Watches:
    """All observers of one file."""

    log: str
    file: str
    sees: Sees
    why: str
    pause: int
    sampled: bool = False
    names: list[str] = field(default_factory=list)
    """By number."""
    numbers: dict[str, int] = field(default_factory=dict)
    watches: dict[int, Watch] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """The number of an observer."""
        found = self.numbers.get(name)
        if found is None:
            found = self.numbers[name] = len(self.names)
            self.names.append(name)
        return found

    def watch(self, number: int) -> Watch:
        """What the observer of a number saw so far."""
        found = self.watches.get(number)
        if found is None:
            found = self.watches[number] = Watch(Islands(self.pause), Islands(1))
        return found

    def pieces(self) -> Iterator[Coverage | Gap]:
        """Coverage, and what is cut out of it, of each observer."""
        for number, watch in sorted(self.watches.items(), key=lambda each: self.names[each[0]]):
            # What stands behind a NUL tells observers of one name apart.
            name = self.names[number].split("\0", 1)[0]
            blind = watch.blind.spans
            if spans := watch.seen.spans:
                yield Coverage(
                    log=self.log,
                    of=name,
                    spans=spans - blind,
                    sees=self.sees | watch.sees,
                    addresses=address_set(watch.addresses or ()),
                    sampled=self.sampled,
                    why=self.why + watch.why,
                    place=Place(self.file),
                )
            if blind:
                yield Gap(
                    log=self.log,
                    of=name,
                    spans=blind,
                    why="the log says that records were skipped (SKIPDATA)",
                    place=Place(self.file),
                )


def address_set(texts: set[str] | tuple[str, ...]) -> AddressSet:
    """A set of single addresses."""
    found: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
    for text in texts:
        address = ipaddress.ip_address(text)
        found[address.version].append((int(address), int(address)))
    return AddressSet(found[4], found[6])


def grouped(keys: Numbers) -> Iterator[tuple[int, Numbers]]:
    """Each value of a column with the places where it stands, in order."""
    if not len(keys):
        return
    low, high = int(keys.min()), int(keys.max())
    if low == high:
        yield low, np.arange(len(keys))
        return
    # Sorting small numbers is a matter of counting.
    order = np.argsort(keys.astype(np.uint16) if high < 1 << 16 else keys, kind="stable")
    ordered = keys[order]
    cuts = np.concatenate(
        [np.zeros(1, np.int64), np.flatnonzero(ordered[1:] != ordered[:-1]) + 1, [len(keys)]]
    )
    for begin, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        yield int(ordered[begin]), order[begin:end]
