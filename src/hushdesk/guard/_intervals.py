"""Sets of whole numbers as sorted, disjoint, closed intervals: ports, and addresses of one family."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final


class Intervals:
    """An immutable set of whole numbers from 0 up to a ``top`` that belongs to the set's universe.

    Args:
        pairs: Closed intervals in any order; they may touch and overlap. One with ``low > high`` is empty.
        top: The largest number of the universe. Sets of different universes do not mix.
    """

    __slots__ = ("_lows", "pairs", "top")

    pairs: tuple[tuple[int, int], ...]
    """Sorted, disjoint, neither touching nor empty."""
    top: int

    def __init__(self, pairs: Iterable[tuple[int, int]], top: int) -> None:
        found = [pair for pair in pairs if pair[0] <= pair[1]]
        if len(found) > 1:
            found = _joined(found)
        if found and (found[0][0] < 0 or found[-1][1] > top):
            raise ValueError(f"an interval lies outside 0 to {top}")
        self.pairs = tuple(found)
        self.top = top
        self._lows: list[int] | None = None

    @property
    def size(self) -> int:
        """How many numbers are in the set."""
        return sum(high - low + 1 for low, high in self.pairs)

    def __bool__(self) -> bool:
        return bool(self.pairs)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self.pairs)

    def __contains__(self, number: int) -> bool:
        if len(self.pairs) == 1:
            return self.pairs[0][0] <= number <= self.pairs[0][1]
        if self._lows is None:
            self._lows = [low for low, _ in self.pairs]
        at = bisect_right(self._lows, number) - 1
        return at >= 0 and number <= self.pairs[at][1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Intervals) and self.top == other.top and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash((self.top, self.pairs))

    def __repr__(self) -> str:
        return f"Intervals({list(self.pairs)}, {self.top})"

    def __or__(self, other: Intervals) -> Intervals:
        self._same(other)
        if not other.pairs:
            return self
        return Intervals((*self.pairs, *other.pairs), self.top) if self.pairs else other

    def __and__(self, other: Intervals) -> Intervals:
        self._same(other)
        found = []
        mine, theirs = iter(self.pairs), iter(other.pairs)
        a, b = next(mine, None), next(theirs, None)
        while a and b:
            low, high = max(a[0], b[0]), min(a[1], b[1])
            if low <= high:
                found.append((low, high))
            if a[1] < b[1]:
                a = next(mine, None)
            else:
                b = next(theirs, None)
        return Intervals(found, self.top)

    def __invert__(self) -> Intervals:
        found, start = [], 0
        for low, high in self.pairs:
            if start < low:
                found.append((start, low - 1))
            start = high + 1
        if start <= self.top:
            found.append((start, self.top))
        return Intervals(found, self.top)

    def __sub__(self, other: Intervals) -> Intervals:
        return self & ~other if self.pairs and other.pairs else self

    def __le__(self, other: Intervals) -> bool:
        return not self - other

    def _same(self, other: Intervals) -> None:
        if self.top != other.top:
            raise ValueError("sets of different universes do not mix")


def _joined(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    pairs.sort()
    found = [pairs[0]]
    for low, high in pairs[1:]:
        if low <= found[-1][1] + 1:
            if high > found[-1][1]:
                found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


TOP_PORT: Final = 65535


def ports(*wanted: int | tuple[int, int]) -> Intervals:
    """A set of ports from numbers and closed ranges."""
    return Intervals(((item, item) if isinstance(item, int) else item for item in wanted), TOP_PORT)


ALL_PORTS: Final = ports((0, TOP_PORT))
NO_PORTS: Final = ports()
