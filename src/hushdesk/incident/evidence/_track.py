"""How far one log file can see: from its first record to its last, less what could not be read in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hushdesk.incident._evidence import Coverage, Gap, Sees
from hushdesk.incident._spans import Span, Spans

_MOST: Final = 20_000
UNREADABLE: Final = "lines that could not be read, so nobody knows what they told"


class Track:
    """Follows the times of records in the order of a file.

    Records may be out of order: what is seen goes from the earliest to the latest. A line that cannot be read hides what it
    told, which happened between its neighbours.
    """

    __slots__ = ("_before", "_blind", "_gaps", "first", "last")

    def __init__(self) -> None:
        self.first: int | None = None
        self.last: int | None = None
        self._before: Span | None = None
        self._blind = False
        self._gaps: list[Span] = []

    def see(self, start: int, end: int) -> None:
        """A record, with its first moment and the first one after it."""
        end = max(end, start + 1)
        self.first = start if self.first is None else min(self.first, start)
        self.last = end if self.last is None else max(self.last, end)
        if self._blind:
            if self._before:
                self._gaps.append(Span(min(self._before.start, start), max(self._before.end, end)))
            self._blind = False
            if len(self._gaps) > _MOST:
                self._merge()
        self._before = Span(start, end)

    def see_all(self, earliest: int, latest: int) -> None:
        """Many records among which all lines could be read."""
        self.first = earliest if self.first is None else min(self.first, earliest)
        self.last = latest if self.last is None else max(self.last, latest)

    def blind(self) -> None:
        """A line that could not be read."""
        self._blind = True

    def _merge(self) -> None:
        self._gaps = list(Spans(self._gaps))
        if len(self._gaps) > _MOST // 2:
            # Rather too much than too little: a file that is broken all over covers nothing between its ends.
            self._gaps = [Span(self._gaps[0].start, self._gaps[-1].end)]

    @property
    def spans(self) -> Spans:
        """From first to last."""
        return Spans() if self.first is None or self.last is None else Spans([Span(self.first, self.last)])

    def pieces(
        self, log: str, of: str, sees: Sees, why: str, *, sampled: bool = False
    ) -> Iterator[Coverage | Gap]:
        """What it saw, if anything, and what it did not."""
        if self.spans:
            yield Coverage(log=log, of=of, spans=self.spans, sees=sees, sampled=sampled, why=why)
        if self._gaps:
            yield Gap(log=log, of=of, spans=Spans(self._gaps), why=UNREADABLE)
