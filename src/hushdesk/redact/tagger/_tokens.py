"""Tokens of a text and the hash of each one's type, computed for whole batches at once.

A *type* is all that the tagger knows of a token without its neighbours: its folded letters and its shape. Equal types
have equal vectors, so these are computed once and remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hushdesk.redact.tagger._chars import DIGIT, LETTER, LINE, LOWER, OTHER, SINGLE, SPACE, UPPER, codes

Codes = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

CHUNK: Final = 1 << 16
"""Powers are kept for texts up to this length; longer ones are cut by the caller."""

_P: Final = np.uint64(0x9E3779B97F4A7C15)
_M1: Final = np.uint64(0xFF51AFD7ED558CCD)
_M2: Final = np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT: Final = np.uint64(33)

JOINED, SPACED, NEW_LINE, FIRST = range(4)
"""What stands before a token: nothing, a blank, a line's end, or it is the first of its text."""

SHAPES: Final = 64


def _powers() -> tuple[Hashes, Hashes]:
    inverse = np.uint64(pow(int(_P), -1, 1 << 64))
    forth = np.ones(CHUNK + 1, dtype=np.uint64)
    back = np.ones(CHUNK + 1, dtype=np.uint64)
    forth[1:] = _P
    back[1:] = inverse
    return np.multiply.accumulate(forth), np.multiply.accumulate(back)


_FORTH, _BACK = _powers()


def mixed(values: Hashes) -> Hashes:
    """Return ``values`` with all their bits stirred."""
    values = values ^ (values >> _SHIFT)
    values = values * _M1
    values ^= values >> _SHIFT
    values = values * _M2
    values ^= values >> _SHIFT
    return values


@dataclass(slots=True)
class Tokens:
    """The tokens of one text of at most ``CHUNK`` characters, in order. All arrays have one entry a token."""

    start: Places
    end: Places
    gap: npt.NDArray[np.uint8]
    """What stands before."""
    shape: npt.NDArray[np.uint8]
    """Class and capitals of the token, below ``SHAPES``."""
    type: Hashes
    sums: Hashes
    """Running hash of the folded characters, one entry more than there are characters."""
    folded: npt.NDArray[np.uint16]


def span_hash(sums: Hashes, start: Places, end: Places) -> Hashes:
    """Return the hash of the folded characters from ``start`` to ``end``, whatever place they stand at."""
    return (sums[end] - sums[start]) * _BACK[start]


def tokens(text: str, classes: npt.NDArray[np.uint8], folds: npt.NDArray[np.uint16]) -> Tokens:
    """Cut ``text`` into tokens.

    Words are runs of letters and marks, numbers runs of digits; characters of scripts without blanks and unlike
    signs stand alone; like signs in a row are one token.

    Args:
        text: At most ``CHUNK`` characters.
        classes: Class of each character of the basic plane.
        folds: Folded code of each.
    """
    points = codes(text)
    size = points.size
    cls = classes[points]
    folded = folds[points]
    group = _GROUP[cls]
    new = np.empty(size, dtype=bool)
    if size:
        new[0] = True
        np.not_equal(group[1:], group[:-1], out=new[1:])
        new[1:] |= (group[1:] == SINGLE) | ((group[1:] == OTHER) & (points[1:] != points[:-1]))
    bounds = np.flatnonzero(new)
    solid = group[bounds] > 0
    ends = np.empty_like(bounds)
    ends[:-1] = bounds[1:]
    if bounds.size:
        ends[-1] = size
    start, end = bounds[solid], ends[solid]

    sums = np.zeros(size + 1, dtype=np.uint64)
    np.cumsum((folded.astype(np.uint64) + np.uint64(0x51ED)) * _FORTH[:size], out=sums[1:])
    first = cls[start]
    upper = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(cls == UPPER, out=upper[1:])
    caps = upper[end] - upper[start]
    length = end - start
    shape = _shape(first, caps, length, folded[start])

    lines = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(cls == LINE, out=lines[1:])
    gap = np.full(start.size, FIRST, dtype=np.uint8)
    if start.size:
        gap[1:] = (start[1:] > end[:-1]).astype(np.uint8)
        gap[1:] += (lines[start[1:]] > lines[end[:-1]]).astype(np.uint8)

    hashes = span_hash(sums, start, end)
    numbers = first == DIGIT
    if numbers.any():
        at = start[numbers]
        many = length[numbers]
        # Of a number only its length and its first digits count; of four digits the first two (years), of two both.
        two = folded[at].astype(np.uint64) * np.uint64(64)
        near = (many == 2) | (many == 4)
        two[near] += folded[at[near] + 1].astype(np.uint64)
        hashes[numbers] = two * np.uint64(1024) + np.minimum(many, 24).astype(np.uint64)
    singles = np.flatnonzero(first == SINGLE)
    if singles.size:
        after = np.minimum(end[singles], size - 1)
        pair = (end[singles] < size) & (group[after] == SINGLE)
        following = np.where(pair, folded[after].astype(np.uint64) + np.uint64(1), np.uint64(0))
        hashes[singles] += following * np.uint64(0x2545F4914F6CDD1D)
    hashes = mixed(hashes + shape.astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93))
    return Tokens(start, end, gap, shape, hashes, sums, folded)


_GROUP: Final = np.zeros(8, dtype=np.uint8)
_GROUP[[LOWER, UPPER, LETTER]] = LOWER
_GROUP[[SPACE, LINE]] = 0
_GROUP[DIGIT], _GROUP[SINGLE], _GROUP[OTHER] = DIGIT, SINGLE, OTHER


def _shape(
    first: npt.NDArray[np.uint8], caps: npt.NDArray[np.int32], length: Places, code: npt.NDArray[np.uint16]
) -> npt.NDArray[np.uint8]:
    shape = np.zeros(first.size, dtype=np.uint8)
    word = (first == LOWER) | (first == UPPER)
    one = length == 1
    up = first == UPPER
    shape[word & (caps == 0)] = 1
    shape[up & (caps == 1) & ~one] = 2
    shape[up & one] = 3
    shape[word & (caps == length) & ~one] = 4
    shape[up & (caps > 1) & (caps < length)] = 5
    shape[(first == LOWER) & (caps > 0)] = 6
    shape[(first == LOWER) & one] = 7
    shape[(shape == 4) & (length == 2)] = 8
    shape[(shape == 4) & (length == 3)] = 9
    shape[first == LETTER] = 10
    digits = first == DIGIT
    shape[digits] = (12 + np.minimum(length, 20))[digits]
    sign = first == OTHER
    shape[sign] = 40
    shape[sign & (length > 1)] = 41
    single = first == SINGLE
    if single.any():
        block = np.full(first.size, 42, dtype=np.uint8)
        block[(code >= 0x3040) & (code < 0x30A0)] = 43
        block[(code >= 0x30A0) & (code < 0x3100)] = 44
        block[(code >= 0xAC00) & (code < 0xD7A4)] = 45
        block[(code >= 0x0E00) & (code < 0x0F00)] = 46
        shape[single] = block[single]
    return shape
