"""Where to look: the neighbourhoods of the offsets at which triggers fired."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

Spots = Mapping[str, Sequence[int]]
"""Per kind of trigger, the offsets at which it ended, rising."""


def windows(ends: Sequence[int], before: int, after: int, length: int) -> Iterator[tuple[int, int]]:
    """Yield the merged neighbourhoods of ``ends`` as start and end.

    Args:
        ends: Rising offsets.
        before: How far a neighbourhood reaches back.
        after: How far it reaches forward.
        length: The length of the text.
    """
    low = high = -1
    for end in ends:
        start, stop = max(0, end - before), min(length, end + after)
        if start <= high:
            high = max(high, stop)
            continue
        if high >= 0:
            yield low, high
        low, high = start, stop
    if high >= 0:
        yield low, high


def near(
    pattern: re.Pattern[str], text: str, ends: Sequence[int], before: int, after: int
) -> Iterator[re.Match[str]]:
    """Yield the matches of ``pattern`` in the neighbourhoods of ``ends``."""
    for low, high in windows(ends, before, after, len(text)):
        yield from pattern.finditer(text, low, high)
