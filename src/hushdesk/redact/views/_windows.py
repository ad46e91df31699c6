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
    if not ends:
        return
    low = high = ends[0]
    for end in ends:
        if end - high > before + after:
            yield max(0, low - before), min(length, high + after)
            low = end
        high = end
    yield max(0, low - before), min(length, high + after)


def near(
    pattern: re.Pattern[str], text: str, ends: Sequence[int], before: int, after: int
) -> Iterator[re.Match[str]]:
    """Yield the matches of ``pattern`` in the neighbourhoods of ``ends``."""
    for low, high in windows(ends, before, after, len(text)):
        yield from pattern.finditer(text, low, high)
