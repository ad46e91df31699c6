"""From a type of token to the rows of the embedding table that are summed to its vector."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from hushdesk.redact.tagger._tokens import SHAPES, Places, Tokens, mixed, span_hash

WORDS: Final = 1 << 18
PARTS: Final = 1 << 16
ROWS: Final = WORDS + PARTS + SHAPES
FEATURES: Final = 11
WHOLE: Final = 3
"""The first columns stand for a word as a whole, the rest for its parts and shape."""

SINGLE: Final = 42
"""Shapes from here on are characters that stand alone; their parts are their neighbours' pairs."""


def rows(found: Tokens, which: Places) -> npt.NDArray[np.int64]:
    """Return the embedding rows of the tokens ``which``, ``FEATURES`` a token.

    Args:
        found: The tokens of a text.
        which: Indices of tokens.
    """
    start, end, sums = found.start[which], found.end[which], found.sums
    shape = found.shape[which]
    out = np.empty((which.size, FEATURES), dtype=np.int64)
    single = shape >= SINGLE
    size = sums.size - 1
    word = span_hash(sums, start, end)
    # For a character that stands alone: its pair with the next one, which its type knows, and the two by themselves.
    pair = np.where(single, found.type[which], word)
    number = (shape > 12) & (shape < 34)
    word = np.where(number, found.type[which], word)
    typed = found.type[which]
    out[:, 0] = _row(word, 1, WORDS, 0)
    out[:, 1] = _row(np.where(single, pair, word), 2, WORDS, 0)
    out[:, 2] = _row(typed, 3, WORDS, 0)
    for column, width in enumerate((1, 2, 3, 4), 3):
        cut = np.minimum(end, start + width)
        out[:, column] = _row(np.where(number, typed, span_hash(sums, start, cut)), 10 + width, PARTS, WORDS)
    for column, width in enumerate((2, 3, 4), 7):
        cut = np.maximum(start, end - width)
        out[:, column] = _row(np.where(number, typed, span_hash(sums, cut, end)), 20 + width, PARTS, WORDS)
    last = np.where(single, np.minimum(end, size - 1), end - 1) if size else end
    out[:, 10] = WORDS + PARTS + shape.astype(np.int64)
    if single.any():
        # The next character alone, in the place of a word's last four letters.
        following = found.folded[last[single]].astype(np.uint64)
        known = typed[single] != _row_type_alone(found, which[single])
        out[single, 9] = _row(np.where(known, following, np.uint64(0)), 30, PARTS, WORDS)
    return out


def _row_type_alone(found: Tokens, which: Places) -> npt.NDArray[np.uint64]:
    """Return the type that each single character would have without a neighbour."""
    alone = span_hash(found.sums, found.start[which], found.end[which])
    return mixed(alone + found.shape[which].astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93))


def _row(values: npt.NDArray[np.uint64], salt: int, size: int, base: int) -> npt.NDArray[np.int64]:
    stirred = mixed(values ^ np.uint64(salt * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF))
    return (stirred >> np.uint64(64 - size.bit_length() + 1)).astype(np.int64) + base
