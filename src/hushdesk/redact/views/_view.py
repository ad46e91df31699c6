"""A view: a text derived from another, with the way back for every span."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, NamedTuple, Self


class Edit(NamedTuple):
    """In the source, ``start`` to ``end`` reads ``text`` in the view.

    Texts spelled with blanks have one for every letter, so that it must be cheap to make.
    """

    start: int
    end: int
    text: str

    def __repr__(self) -> str:
        # What it reads is part of a case.
        return f"Edit(start={self.start}, end={self.end})"


_START: Final = itemgetter(0)
_END: Final = itemgetter(1)


@dataclass(frozen=True, slots=True)
class View:
    """A derived text. Everything outside its edits is the source, character for character."""

    text: str = field(repr=False)
    parent: View | None = field(repr=False, default=None)
    _at: tuple[int, ...] = field(repr=False, default=())
    """Where each edit's replacement starts in :attr:`text`."""
    _until: tuple[int, ...] = field(repr=False, default=())
    _start: tuple[int, ...] = field(repr=False, default=())
    """Where each edit starts in the parent."""
    _end: tuple[int, ...] = field(repr=False, default=())

    def edited(self, edits: Iterable[Edit]) -> Self:
        """Return the view that ``edits`` make of this one; edits that overlap an earlier one are dropped.

        Args:
            edits: Replacements in the offsets of this view, in any order.
        """
        pieces: list[str] = []
        at: list[int] = []
        until: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        source = self.text
        last = length = 0
        # By their start, the longer one first: two sorts by one number each are faster than one by both.
        for start, end, text in sorted(sorted(edits, key=_END, reverse=True), key=_START):
            if start < last or (start == end and not text):
                continue
            pieces.append(source[last:start])
            length += start - last
            at.append(length)
            pieces.append(text)
            length += len(text)
            until.append(length)
            starts.append(start)
            ends.append(end)
            last = end
        if not at:
            return self
        pieces.append(source[last:])
        return type(self)("".join(pieces), self, tuple(at), tuple(until), tuple(starts), tuple(ends))

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the raw text that the span ``start`` to ``end`` of this view came from."""
        view: View | None = self
        while view is not None and view.parent is not None:
            start, end = view._up(start, end)  # noqa: SLF001
            view = view.parent
        return start, end

    def _up(self, start: int, end: int) -> tuple[int, int]:
        # The last edit whose replacement begins at or before the first character. Among edits that begin at the
        # same place (deletions) the last one decides, since the character follows all of them.
        i = bisect_right(self._at, start) - 1
        if i < 0:
            first = start
        elif start < self._until[i]:
            first = self._start[i]
        else:
            first = self._end[i] + start - self._until[i]
        if end <= start:
            return first, first
        last_char = end - 1
        i = bisect_right(self._at, last_char) - 1
        if i < 0:
            last = end
        elif last_char < self._until[i]:
            last = self._end[i]
        else:
            last = self._end[i] + end - self._until[i]
        return first, last
