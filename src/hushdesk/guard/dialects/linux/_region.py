"""Sets of packets that may be known from below and from above only: source × source port × protocol and port.

A region is a union of boxes. Each box has its sources twice: those that are in it for certain and those that may be. That
is enough to follow jumps, returns and gotos by set arithmetic and to keep both bounds all the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from hushdesk.guard._addresses import EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._intervals import ALL_PORTS, NO_PORTS, Intervals
from hushdesk.guard._policy import Sources
from hushdesk.guard._services import ANY, Services
from hushdesk.guard.dialects.linux._names import PROTOCOLS

MOST_REASONS: Final = 4
EVERYONE: Final = Sources(EVERYWHERE, EVERYWHERE)


@dataclass(frozen=True, slots=True)
class Traffic:
    """A set of pairs of protocol and destination port that is closed under difference."""

    named: tuple[tuple[str, Intervals], ...]
    """Protocols whose ports differ from those of the rest, in alphabetical order."""
    rest: Intervals
    """The ports of every protocol that is not named."""

    @classmethod
    def of(cls, named: Mapping[str, Intervals], rest: Intervals = NO_PORTS) -> Traffic:
        """In normal form, so that equal sets are equal values."""
        return cls(tuple(sorted((name, ports) for name, ports in named.items() if ports != rest)), rest)

    def ports(self, protocol: str) -> Intervals:
        """The ports of one protocol."""
        return next((ports for name, ports in self.named if name == protocol), self.rest)

    def _with(self, other: Traffic, join: Callable[[Intervals, Intervals], Intervals]) -> Traffic:
        names = {name for name, _ in self.named} | {name for name, _ in other.named}
        return Traffic.of(
            {name: join(self.ports(name), other.ports(name)) for name in names}, join(self.rest, other.rest)
        )

    def __bool__(self) -> bool:
        return bool(self.rest) or any(ports for _, ports in self.named)

    def __and__(self, other: Traffic) -> Traffic:
        if self is ANYTHING:
            return other
        return self if other is ANYTHING else self._with(other, Intervals.__and__)

    def __or__(self, other: Traffic) -> Traffic:
        return self._with(other, Intervals.__or__)

    def __sub__(self, other: Traffic) -> Traffic:
        return self._with(other, Intervals.__sub__)

    def __invert__(self) -> Traffic:
        return Traffic.of({name: ~ports for name, ports in self.named}, ~self.rest)


ANYTHING: Final = Traffic((), ALL_PORTS)
NOTHING: Final = Traffic((), NO_PORTS)


@lru_cache(maxsize=4096)
def services(traffic: Traffic) -> Services:
    """The same in the words of rules, which know no difference."""
    if all(traffic.rest <= ports for _, ports in traffic.named):
        rest = ((ANY, traffic.rest),) if traffic.rest else ()
        return Services((*rest, *((name, ports) for name, ports in traffic.named if ports)))
    named = dict(traffic.named)
    entries = ((name, named.get(name, traffic.rest)) for name in sorted({*PROTOCOLS.values(), *named}))
    return Services(tuple((name, ports) for name, ports in entries if ports))


@dataclass(frozen=True, slots=True)
class Box:
    """Sources times source ports times traffic."""

    sources: Sources = EVERYONE
    source_ports: Intervals = ALL_PORTS
    traffic: Traffic = ANYTHING

    def __and__(self, other: Box) -> Box:
        return Box(
            _meet(self.sources, other.sources),
            self.source_ports
            if other.source_ports is ALL_PORTS
            else other.source_ports
            if self.source_ports is ALL_PORTS
            else self.source_ports & other.source_ports,
            self.traffic & other.traffic,
        )

    def __bool__(self) -> bool:
        return bool(self.sources.upper) and bool(self.source_ports) and bool(self.traffic)


def _meet(one: Sources, two: Sources) -> Sources:
    if one is EVERYONE:
        return two
    if two is EVERYONE:
        return one
    met = one & two
    # What was written for the narrower side is what people look for; doubts add up.
    words = one.words if not two.words else two.words
    why = _reasons((one.why, two.why)) if met.upper != met.lower else ""
    return Sources(met.upper, met.lower, words, why)


@dataclass(frozen=True, slots=True)
class Region:
    """A union of boxes; they may overlap."""

    boxes: tuple[Box, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.boxes)

    @property
    def certain(self) -> bool:
        """Whether both bounds are the same."""
        return all(box.sources.upper == box.sources.lower for box in self.boxes)

    def __and__(self, other: Region) -> Region:
        if self is EVERYTHING:
            return other
        if other is EVERYTHING:
            return self
        if len(self.boxes) == len(other.boxes) == 1:
            met = self.boxes[0] & other.boxes[0]
            return Region((met,)) if met else NOWHERE
        return _gathered(one & two for one in self.boxes for two in other.boxes)

    def __or__(self, other: Region) -> Region:
        return _gathered((*self.boxes, *other.boxes))

    def __sub__(self, other: Region) -> Region:
        left = self.boxes
        for taken in other.boxes:
            left = tuple(part for box in left for part in _without(box, taken))
        return _gathered(left)

    def __invert__(self) -> Region:
        return EVERYTHING - self


def _without(box: Box, taken: Box) -> Iterable[Box]:
    both = box.traffic & taken.traffic
    ports = box.source_ports & taken.source_ports
    if not both or not ports or not box.sources.upper & taken.sources.upper:
        yield box
        return
    other_traffic = box.traffic - taken.traffic
    if other_traffic:
        yield Box(box.sources, box.source_ports, other_traffic)
    other_ports = box.source_ports - taken.source_ports
    if other_ports:
        yield Box(box.sources, other_ports, both)
    upper, lower = box.sources.upper - taken.sources.lower, box.sources.lower - taken.sources.upper
    if upper:
        why = "" if upper == lower else _reasons((box.sources.why, taken.sources.why))
        yield Box(Sources(upper, lower, box.sources.words, why), ports, both)


def _gathered(boxes: Iterable[Box]) -> Region:
    """Boxes of the same traffic become one, then those of the same sources."""
    by_traffic: dict[tuple[Intervals, Traffic], list[Sources]] = {}
    for box in boxes:
        if box:
            by_traffic.setdefault((box.source_ports, box.traffic), []).append(box.sources)
    found: dict[tuple[Intervals, AddressSet, AddressSet], Box] = {}
    for (ports, traffic), parts in by_traffic.items():
        sources = parts[0] if len(parts) == 1 else _joined(parts)
        key = (ports, sources.upper, sources.lower)
        known = found.get(key)
        found[key] = Box(sources, ports, known.traffic | traffic if known else traffic)
    return Region(tuple(found.values()))


def _joined(parts: list[Sources]) -> Sources:
    upper = _union(part.upper for part in parts)
    lower = _union(part.lower for part in parts)
    words = list(dict.fromkeys(part.words for part in parts if part.words))
    shown = ", ".join(words[:8]) + (f" and {len(words) - 8} more" if len(words) > 8 else "")
    why = _reasons(part.why for part in parts) if upper != lower else ""
    return Sources(upper, lower, shown, why)


def _reasons(texts: Iterable[str]) -> str:
    """A few of the reasons why something is in doubt, each once; all would be longer than anybody reads."""
    parts = dict.fromkeys(part for text in texts if text for part in text.split("; "))
    return "; ".join(list(parts)[:MOST_REASONS])


def _union(sets: Iterable[AddressSet]) -> AddressSet:
    many = list(sets)
    return AddressSet((pair for one in many for pair in one.v4), (pair for one in many for pair in one.v6))


EVERYTHING: Final = Region((Box(),))
NOWHERE: Final = Region()


def from_sources(addresses: AddressSet, words: str = "") -> Region:
    """Packets from these addresses."""
    return Region((Box(Sources.exactly(addresses, words)),)) if addresses else NOWHERE


def from_ports(ports: Intervals) -> Region:
    """Packets from these source ports."""
    return Region((Box(source_ports=ports),)) if ports else NOWHERE


def of_traffic(traffic: Traffic) -> Region:
    """Packets of these protocols and destination ports."""
    return Region((Box(traffic=traffic),)) if traffic else NOWHERE


def maybe(why: str) -> Region:
    """Every packet, or none, or some."""
    return Region((Box(Sources(EVERYWHERE, EMPTY, "", why)),))


def union(regions: Iterable[Region]) -> Region:
    """Whatever one of them covers."""
    return _gathered(box for region in regions for box in region.boxes)
