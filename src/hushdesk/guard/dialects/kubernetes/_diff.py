"""What changed between two states of a cluster, in connections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hushdesk.guard._addresses import AddressSet, Family
from hushdesk.guard._dialect import Document
from hushdesk.guard.dialects.kubernetes._cluster import read_cluster
from hushdesk.guard.dialects.kubernetes._connections import (
    CONTROLLER,
    Connection,
    End,
    connections_of,
    external,
)
from hushdesk.guard.dialects.kubernetes._traffic import NOTHING, Traffic

ORDER: Final = ("changed", "added", "removed")
Ends = tuple[End, End]


@dataclass(frozen=True, slots=True)
class Difference:
    """One pair of ends between which the two states allow different connections."""

    kind: str
    """``changed``, ``added`` or ``removed``."""
    source: str
    destination: str
    before: Traffic
    after: Traffic
    came: tuple[str, ...] = ()
    """Workloads at its ends that only the later state has."""
    went: tuple[str, ...] = ()
    """Workloads at its ends that only the earlier state has."""

    def __str__(self) -> str:
        line = (
            f"diff-type: {self.kind}, source: {self.source}, destination: {self.destination}, "
            f"ref1: {self.before}, ref2: {self.after}"
        )
        names = self.came or self.went
        if not names:
            return line
        return f"{line}, workloads-diff-info: workload {' and '.join(names)} {self.kind}"


def differences(before: Sequence[Document], after: Sequence[Document]) -> list[Difference]:
    """What an earlier and a later state of a cluster allow differently, changed pairs first, then added and removed ones.

    What comes in through Ingress and Route objects stands at the end. Addresses outside are cut as finely as either state cuts them, and joined again where the difference is the same.
    """
    earlier, later = read_cluster(before), read_cluster(after)
    old, new = connections_of(earlier), connections_of(later)
    cuts = _cuts([*old, *new])
    pairs: dict[Ends, list[Traffic]] = {}
    for index, connections in enumerate((old, new)):
        for connection in connections:
            for ends in _refined(connection, cuts):
                pairs.setdefault(ends, [NOTHING, NOTHING])[index] |= connection.traffic
    found = []
    for (source, destination), (first, second) in _merged(pairs):
        if first == second:
            continue
        kind = "changed" if first and second else "added" if second else "removed"
        named = [
            end.name for end in (source, destination) if end.addresses is None and end.name != CONTROLLER
        ]
        found.append(
            Difference(
                kind,
                source.name,
                destination.name,
                first,
                second,
                tuple(name for name in named if kind == "added" and name not in earlier.workloads),
                tuple(name for name in named if kind == "removed" and name not in later.workloads),
            )
        )
    return sorted(found, key=lambda item: (item.source == CONTROLLER, ORDER.index(item.kind), str(item)))


def differences_text(
    before: Sequence[Document], after: Sequence[Document], families: tuple[Family, ...] = (4, 6)
) -> str:
    """The same as text, one a line under a heading; empty if nothing changed."""
    names = {4: ".", 6: ":"}
    unwanted = tuple(names[family] for family in (4, 6) if family not in families)
    lines = [
        str(item)
        for item in differences(before, after)
        if not any(
            name.endswith("[External]") and mark in name
            for name in (item.source, item.destination)
            for mark in unwanted
        )
    ]
    return "\n".join(["Connectivity diff:", *lines]) if lines else ""


def _cuts(connections: Iterable[Connection]) -> Mapping[Family, list[int]]:
    found: dict[Family, set[int]] = {4: set(), 6: set()}
    for connection in connections:
        for end in (connection.source, connection.destination):
            if end.addresses is not None and end.family is not None:
                for low, high in end.addresses.of(end.family):
                    found[end.family] |= {low, high + 1}
    return {family: sorted(cuts) for family, cuts in found.items()}


def _refined(connection: Connection, cuts: Mapping[Family, Sequence[int]]) -> Iterable[Ends]:
    source, destination = connection.source, connection.destination
    for first in _pieces(source, cuts):
        for second in _pieces(destination, cuts):
            yield first, second


def _pieces(end: End, cuts: Mapping[Family, Sequence[int]]) -> list[End]:
    if end.addresses is None or end.family is None:
        # The two states may hold different objects for one workload: its name is what counts.
        return [End(end.name)]
    ((low, high),) = end.addresses.of(end.family)
    starts = [cut for cut in cuts[end.family] if low <= cut <= high]
    stops = [*(cut - 1 for cut in starts[1:]), high]
    return [_range(end.family, start, stop) for start, stop in zip(starts, stops, strict=True)]


def _range(family: Family, low: int, high: int) -> End:
    return external(AddressSet([(low, high)]) if family == 4 else AddressSet((), [(low, high)]))


def _merged(pairs: Mapping[Ends, Sequence[Traffic]]) -> list[tuple[Ends, tuple[Traffic, Traffic]]]:
    """Joins neighbours outside between which nothing differs."""
    found: list[tuple[Ends, tuple[Traffic, Traffic]]] = []
    for ends, (first, second) in sorted(pairs.items(), key=_along):
        both = (first, second)
        if found and found[-1][1] == both and (joined := _neighbours(found[-1][0], ends)):
            found[-1] = (joined, both)
        else:
            found.append((ends, both))
    return found


def _along(item: tuple[Ends, Sequence[Traffic]]) -> tuple[bool, str, int, int]:
    """Puts neighbours outside of one workload next to each other."""
    source, destination = item[0]
    outer = source if source.addresses is not None else destination
    inner = destination if source.addresses is not None else source
    if outer.addresses is None or outer.family is None:
        return False, f"{source} {destination}", 0, 0
    return source is outer, str(inner), outer.family, outer.addresses.of(outer.family).pairs[0][0]


def _neighbours(first: Ends, second: Ends) -> Ends | None:
    """Two pairs of ends as one, if one end is the same and the others touch outside."""
    for side in (0, 1):
        one, two, same = first[side], second[side], first[1 - side]
        if same.name != second[1 - side].name or one.family is None or one.family != two.family:
            continue
        if one.addresses is None or two.addresses is None:
            continue
        ((low, high),), ((start, stop),) = one.addresses.of(one.family), two.addresses.of(one.family)
        if high + 1 == start:
            whole = _range(one.family, low, stop)
            return (whole, same) if side == 0 else (same, whole)
    return None
