"""Which stretches of a text may read differently for their characters alone: asked for many texts at once."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import numpy.typing as npt

from hushdesk.redact.views import _unicode

_SIZE = 0x20000
_DECIDED = 0xE0000
"""From here on characters are tags and selectors, which are invisible."""
_ODD, _ALIKE, _BETWEEN = 1, 2, 4


@cache
def _table() -> npt.NDArray[np.uint8]:
    table = np.zeros(_SIZE + 1, dtype=np.uint8)
    every = "".join(map(chr, range(_SIZE)))
    for pattern, bit in (
        (_unicode.odd_characters(), _ODD),
        (re.compile("[\u0300-\u036f]"), _ODD),
        (re.compile(f"[{_unicode.DASHES}{_unicode.STOPS}]"), _BETWEEN),
        (re.compile(f"[{_unicode.ALIKE}]"), _ALIKE),
    ):
        for match in pattern.finditer(every):
            table[match.start() : match.end()] |= bit
    return table


def oddities(text: str) -> list[int]:
    """Return the offsets of characters for which :func:`decoded` may read ``text`` differently.

    Args:
        text: A text, or many with breaks between them.
    """
    if text.isascii():
        return []
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    flags = _table()[np.minimum(codes, _SIZE)]
    odd = (flags & _ODD) > 0
    odd |= codes >= _DECIDED
    between = np.flatnonzero(flags & _BETWEEN)
    if between.size:
        # A dash or stop is odd between letters or digits, not where it divides a sentence.
        after = codes[np.minimum(between + 1, codes.size - 1)]
        odd[between[(codes[np.maximum(between - 1, 0)] > 0x20) & (after > 0x20)]] = True
    alike = np.flatnonzero(flags & _ALIKE)
    if alike.size:
        # A letter that only looks Latin is odd beside one that is.
        letter = codes < 0x80
        letter &= ((codes | 0x20) - 0x61 < 26) | (codes - 0x30 < 10) | (codes == 0x40)
        beside = np.zeros(codes.size + 3, dtype=bool)
        beside[1 : codes.size + 1] = letter
        joint = (codes == 0x2E) | (codes == 0x2D) | (codes == 0x5F)
        beyond = np.zeros(codes.size + 3, dtype=bool)
        beyond[: codes.size] = joint
        near = beside[alike] | beside[alike + 2] | (beyond[alike + 1] & beside[alike + 3])
        odd[alike[near]] = True
    places: list[int] = np.flatnonzero(odd).tolist()
    return places
