"""Moments and sets of moments. A moment is a whole number of microseconds since 1970 in UTC."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

EVER: Final = 1 << 62
"""Later than any moment: the end of what has not ended."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9999, 12, 31, tzinfo=UTC)


def present() -> int:
    """The present moment."""
    return time.time_ns() // 1000


def moment(when: datetime) -> int:
    """The moment of a time that knows its zone.

    Raises:
        ValueError: It does not know its zone; nothing is guessed.
    """
    if when.tzinfo is None:
        raise ValueError("a time without a zone is no moment")
    return (when - _EPOCH) // timedelta(microseconds=1)


def when(at: int) -> datetime:
    """The time of a moment, in UTC; what lies beyond the calendar is cut to its ends."""
    try:
        return _EPOCH + timedelta(microseconds=at)
    except OverflowError:
        return _LAST if at > 0 else datetime(1, 1, 1, tzinfo=UTC)


def iso(at: int) -> str:
    """ISO 8601 in UTC; fractions of a second only where there are any."""
    time = when(at)
    return time.isoformat(timespec="microseconds" if time.microsecond else "seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From a moment up to, and without, a later one."""

    start: int
    end: int
    """:data:`EVER` if it has not ended."""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start) / SECOND


class Spans:
    """An immutable set of moments as sorted, disjoint spans that do not touch."""

    __slots__ = ("spans",)

    spans: tuple[Span, ...]

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        found: list[Span] = []
        for span in sorted(span for span in spans if span.start < span.end):
            if found and span.start <= found[-1].end:
                if span.end > found[-1].end:
                    found[-1] = Span(found[-1].start, span.end)
            else:
                found.append(span)
        self.spans = tuple(found)

    @property
    def size(self) -> int:
        """How many microseconds are in it."""
        return sum(span.end - span.start for span in self.spans)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def __len__(self) -> int:
        return len(self.spans)

    def __contains__(self, at: int) -> bool:
        low, high = 0, len(self.spans)
        while low < high:
            middle = (low + high) // 2
            if self.spans[middle].end <= at:
                low = middle + 1
            else:
                high = middle
        return low < len(self.spans) and self.spans[low].start <= at

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spans) and self.spans == other.spans

    def __hash__(self) -> int:
        return hash(self.spans)

    def __repr__(self) -> str:
        return f"Spans({list(self.spans)})"

    def __or__(self, other: Spans) -> Spans:
        return Spans((*self.spans, *other.spans))

    def __and__(self, other: Spans) -> Spans:
        found = []
        mine, theirs = iter(self.spans), iter(other.spans)
        a, b = next(mine, None), next(theirs, None)
        while a and b:
            start, end = max(a.start, b.start), min(a.end, b.end)
            if start < end:
                found.append(Span(start, end))
            if a.end < b.end:
                a = next(mine, None)
            else:
                b = next(theirs, None)
        return Spans(found)

    def __sub__(self, other: Spans) -> Spans:
        found, rest = [], iter(other.spans)
        cut = next(rest, None)
        for span in self.spans:
            start = span.start
            while cut and cut.end <= start:
                cut = next(rest, None)
            while cut and cut.start < span.end:
                if start < cut.start:
                    found.append(Span(start, cut.start))
                start = max(start, cut.end)
                if cut.end >= span.end:
                    break
                cut = next(rest, None)
            if start < span.end:
                found.append(Span(start, span.end))
        return Spans(found)

    def __le__(self, other: Spans) -> bool:
        return not self - other


ALWAYS: Final = Spans([Span(-EVER, EVER)])
NEVER: Final = Spans()
