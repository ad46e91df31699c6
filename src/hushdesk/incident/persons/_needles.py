"""Looking for very many literal values in very much text, in one pass and in memory that does not depend on the text.

A pattern engine compiles a few ten thousand literals at a time and reads the text again for each lot. Here each value is known by
a few windows of six bytes, chosen where they are rare; the text is looked at through the same windows, four bytes apart for values of nine
bytes and more, in a table of bits first. What remains is compared byte by byte, so nothing is found that is not there, and
nothing is missed that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

WINDOW: Final = 6
"""Bytes; no shorter value can be looked for."""

_STEP: Final = 4
_MASK: Final = np.uint64((1 << 8 * WINDOW) - 1)
_TURN: Final = np.uint64(0x9E3779B97F4A7C15)
_TURN_COUNT: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_COUNTED: Final = 20
_PIECE: Final = 1 << 15
_MOST_BITS: Final = 30


@dataclass(frozen=True, slots=True)
class _Lot:
    """Values that are looked for at the same distances."""

    step: int
    keys: NDArray[np.uint64]
    """Windows, sorted."""
    value: NDArray[np.int64]
    """Whose window it is."""
    offset: NDArray[np.int64]
    """Where in the value it stands."""
    bits: int
    table: NDArray[np.uint8]


class Needles:
    """Values to be looked for.

    Args:
        values: At least :data:`WINDOW` bytes each, without NUL; ASCII letters are small.
        sample: Some of the text, so that windows can be chosen that are rare in it.
    """

    def __init__(self, values: Sequence[bytes], sample: bytes = b"") -> None:
        self._values = values
        self.found: NDArray[np.bool_] = np.zeros(len(values), np.bool_)
        """Which of the values were found so far."""
        lengths = np.array([len(value) for value in values], np.int64)
        starts = np.cumsum(lengths) - lengths
        joined = _padded(b"".join(values))
        self._lengths, self._heads, self._tails = lengths, joined[starts], joined[starts + lengths - 1]
        windows = _windows(joined)
        counts = np.bincount(_count_place(_windows(_padded(sample))), minlength=1 << _COUNTED)
        places = _count_place(windows)
        counts += np.bincount(places, minlength=1 << _COUNTED)
        common = np.concatenate(([0], np.cumsum(counts[places])))
        self._lots = [
            _lot(windows, common, np.flatnonzero(chosen), starts, lengths, step)
            for step, chosen in (
                (_STEP, lengths >= WINDOW + _STEP - 1),
                (1, lengths < WINDOW + _STEP - 1),
            )
            if chosen.any()
        ]

    def look(self, text: bytes | memoryview) -> None:
        """Look through one text. A value counts if no letter stands beside its own, and no digit beside its own."""
        padded = _padded(text)
        for lot in self._lots:
            for phase in range(0, 8, lot.step):
                self._look(lot, text, padded, phase)

    def _look(self, lot: _Lot, text: bytes | memoryview, padded: NDArray[np.uint8], phase: int) -> None:
        # One window each eight bytes from here, without copying: the machine reads where it likes.
        count = (len(padded) - phase) // 8
        windows = np.frombuffer(padded, "<u8", count, phase)
        shift = np.uint64(64 - lot.bits)
        for start in range(0, count, _PIECE):
            keys = windows[start : start + _PIECE] & _MASK
            places = (keys * _TURN) >> shift
            hits = np.flatnonzero(
                (lot.table[places >> np.uint64(3)] >> (places & np.uint64(7)).astype(np.uint8)) & 1
            )
            if len(hits):
                self._compare(lot, text, padded, keys[hits], (hits + start) * 8 + phase)

    def _compare(
        self,
        lot: _Lot,
        text: bytes | memoryview,
        padded: NDArray[np.uint8],
        keys: NDArray[np.uint64],
        at: NDArray[np.int64],
    ) -> None:
        first, last = np.searchsorted(lot.keys, keys), np.searchsorted(lot.keys, keys, "right")
        many = last - first
        hits = np.flatnonzero(many)
        if not len(hits):
            return
        many = many[hits]
        entries = (
            np.repeat(first[hits], many) + np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        )
        number, begin = lot.value[entries], np.repeat(at[hits], many) - lot.offset[entries]
        fits = ~self.found[number] & (begin >= 0) & (begin + self._lengths[number] <= len(text))
        number, begin = number[fits], begin[fits]
        # Its first and last byte drop most of what has but a window in common.
        fits = padded[begin] == self._heads[number]
        fits &= padded[begin + self._lengths[number] - 1] == self._tails[number]
        for one, start in zip(number[fits].tolist(), begin[fits].tolist(), strict=True):
            value = self._values[one]
            if text[start : start + len(value)] == value and _alone(text, start, value):
                self.found[one] = True


def _alone(text: bytes | memoryview, begin: int, value: bytes) -> bool:
    end = begin + len(value)
    before = text[begin - 1] if begin else 0
    after = text[end] if end < len(text) else 0
    return not (_joins(before, value[0]) or _joins(after, value[-1]))


def _joins(one: int, other: int) -> bool:
    """Whether two bytes are parts of one word or one number."""
    return (_digit(one) and _digit(other)) or (_letter(one) and _letter(other))


def _digit(byte: int) -> bool:
    return 0x30 <= byte <= 0x39


def _letter(byte: int) -> bool:
    return 0x61 <= byte <= 0x7A


def _padded(text: bytes | memoryview) -> NDArray[np.uint8]:
    out = np.zeros(len(text) + 16, np.uint8)
    out[: len(text)] = np.frombuffer(text, np.uint8) if len(text) else 0
    return out


def _windows(padded: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The window that begins at each byte."""
    out = np.empty((len(padded) // 8) * 8, np.uint64)
    for phase in range(8):
        part = np.frombuffer(padded, "<u8", (len(padded) - phase) // 8, phase)
        out[phase::8][: len(part)] = part & _MASK
        out[phase::8][len(part) :] = 0
    return out


def _count_place(windows: NDArray[np.uint64]) -> NDArray[np.int64]:
    return ((windows * _TURN_COUNT) >> np.uint64(64 - _COUNTED)).astype(np.int64)


def _lot(
    windows: NDArray[np.uint64],
    common: NDArray[Any],
    values: NDArray[np.int64],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    step: int,
) -> _Lot:
    """Choose for each value the place whose windows are rarest, and sort what was chosen."""
    choices = lengths[values] - (WINDOW + step - 2)
    flat = (
        np.repeat(starts[values], choices)
        + np.arange(choices.sum())
        - np.repeat(np.cumsum(choices) - choices, choices)
    )
    cost = common[flat + step] - common[flat]
    firsts = np.cumsum(choices) - choices
    least = np.minimum.reduceat(cost, firsts)
    best = np.flatnonzero(cost == np.repeat(least, choices))
    # The first of the best of each value.
    owner = np.repeat(np.arange(len(values)), choices)[best]
    best = flat[best[np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))]]
    places = (best[:, None] + np.arange(step)).reshape(-1)
    value = np.repeat(values, step)
    keys = windows[places]
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    bits = min(_MOST_BITS, max(12, int(len(keys) * 16).bit_length()))
    table = np.zeros(1 << (bits - 3), np.uint8)
    hashed = (keys * _TURN) >> np.uint64(64 - bits)
    np.bitwise_or.at(
        table,
        (hashed >> np.uint64(3)).astype(np.int64),
        np.left_shift(1, (hashed & np.uint64(7)).astype(np.int64)).astype(np.uint8),
    )
    return _Lot(step, keys, value[order], (places - starts[value])[order], bits, table)
