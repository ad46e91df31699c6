"""Lines of one shape cut into numbers, a column at a time: what a loop over lines would take ten times as long for.

Lines that do not have the shape, or hold something else where a number is expected, are named and left to a slower reader that
can say what is wrong with each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Bits = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

_PAD: Final = 8
"""Words are read backwards from the end of a field, eight bytes at a time."""
_LONGEST_NAME: Final = 160
ZEROS: Final = 0x3030303030303030
_TENS: Final = 0x7676767676767676
_HIGH: Final = 0x8080808080808080


def word(text: bytes) -> int:
    """What :meth:`Cut.word` gives for a field of at most eight bytes."""
    return int.from_bytes(text.rjust(8, b"\0"), "little")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a line is made up: its fields, some of which hold dots."""

    separator: int
    """The byte between two fields."""
    marks: bytes
    """All separators of one line in order, dots included, the line's end last."""
    first: tuple[int, ...]
    """Of each field, the number of its first token."""

    @classmethod
    def of(cls, separator: bytes, dots: list[int]) -> Shape:
        """From the number of dots that each field holds."""
        marks, first = b"", []
        for count in dots:
            first.append(len(marks))
            marks += b"." * count + separator
        return cls(separator[0], marks[:-1] + b"\n", tuple(first))


class Cut:
    """A block of lines, cut by a shape.

    Args:
        block: Whole lines, the last of which has an end too.
        shape: That of its lines.
    """

    __slots__ = ("_begins", "_block", "_count", "_edges", "_lines", "_rows", "_words", "bad", "shape")

    bad: Bits
    """Lines of the shape that hold something else than what was asked for; grows with each question."""

    def __init__(self, block: bytes, shape: Shape) -> None:
        bytes_ = np.frombuffer(block, np.uint8)
        marked = (bytes_ < 33) | (bytes_ == 46)
        if shape.separator >= 33:
            marked |= bytes_ == shape.separator
        marks = np.flatnonzero(marked)
        kinds = bytes_[marks]
        size = len(shape.marks)
        count = block.count(b"\n")
        # Nearly always each line has the shape: then the separators alone, one after another, are its marks again and again.
        if kinds.tobytes() == shape.marks * count:
            rows, grid = np.arange(count), marks.reshape(count, size)
            lines = grid[:, -1]
        else:
            ends = np.flatnonzero(kinds == 10)
            lines = marks[ends]
            rows = np.flatnonzero(np.diff(ends, prepend=-1) == size)
            at = (ends[rows] - size + 1)[:, None] + np.arange(size)
            right = (kinds[at] == np.frombuffer(shape.marks, np.uint8)).all(axis=1)
            rows, grid = rows[right], marks[at[right]]
        self.shape = shape
        self._block = block
        self._lines = lines
        self._rows = rows
        self._count = count
        self._edges = np.ascontiguousarray(grid.T)
        self._begins = np.concatenate([np.zeros(1, np.int64), self._lines + 1])
        padded = b"\0" * _PAD + block
        # Overlapping words at every byte: word ``i`` is made of the eight bytes before byte ``i`` of the block.
        self._words: Words = np.ndarray((len(block) + 1,), "<u8", padded, 0, (1,))
        self.bad = np.zeros(len(rows), bool)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def lines(self) -> Numbers:
        """Number within the block, from 0, of each line of the shape, bad ones included."""
        return self._rows

    def others(self) -> list[tuple[int, bytes]]:
        """Number within the block and content of each line that is bad or not of the shape, unless empty."""
        left = np.ones(self._count, bool)
        left[self._rows[~self.bad]] = False
        found = []
        for row in np.flatnonzero(left).tolist():
            line = self._block[self._begins[row] : self._lines[row]]
            if line.strip():
                found.append((row, line))
        return found

    def _token(self, token: int) -> tuple[Numbers, Numbers]:
        end = self._edges[token]
        begin = self._edges[token - 1] + 1 if token else self._begins[self._rows]
        return end, end - begin

    def number(self, field: int, most: int, *, optional: bool = False) -> Numbers:
        """A whole number from 0 to ``most``, at most sixteen digits long; -1 for an empty field if that may be."""
        end, length = self._token(self.shape.first[field])
        found = self._digits(end, length, optional=optional)
        if most < 10**16:
            self.bad |= found > most
        return found

    def _digits(self, end: Numbers, length: Numbers, *, optional: bool) -> Numbers:
        self.bad |= (length > 16) if optional else (length < 1) | (length > 16)
        short = np.minimum(np.maximum(length, 1), 8)
        value, wrong = _decimal(self._words[end], short)
        if int(length.max(initial=0)) > 8:
            long = length > 8
            at = np.where(long, end - 8, end)
            high, wrong_high = _decimal(self._words[at], np.minimum(np.maximum(length - 8, 1), 8))
            value = np.where(long, high * 100_000_000 + value, value)
            wrong |= wrong_high & long
        if optional:
            empty = length == 0
            wrong &= ~empty
            value = np.where(empty, -1, value)
        self.bad |= wrong
        return value

    def address(self, field: int) -> Numbers:
        """An IPv4 address in dotted form, as a number."""
        token = self.shape.first[field]
        found = np.zeros(len(self), np.int64)
        for each in range(token, token + 4):
            end, length = self._token(each)
            self.bad |= (length < 1) | (length > 3)
            space = ((3 - np.minimum(np.maximum(length, 1), 3)) << 3).astype(np.uint64)
            digits = (self._words[end] >> 40) ^ 0x303030
            digits = (digits >> space) << space
            self.bad |= ((digits + 0x767676) | digits) & 0x808080 != 0
            hundreds, tens, ones = digits & 0xFF, (digits >> 8) & 0xFF, digits >> 16
            octet = (hundreds * 100 + tens * 10 + ones).astype(np.int64)
            # No leading zeros: some read them as octal numbers.
            self.bad |= (octet > 255) | ((length == 3) & (hundreds == 0)) | ((length == 2) & (tens == 0))
            found = (found << 8) | octet
        return found

    def word(self, field: int) -> Words:
        """A field of at most seven bytes as a number to compare with :func:`word`; 0 for a longer or empty one."""
        end, length = self._token(self.shape.first[field])
        fits = (length > 0) & (length < 8)
        space = ((8 - np.where(fits, length, 1)) << 3).astype(np.uint64)
        return np.where(fits, (self._words[end] >> space) << space, np.uint64(0))

    def names(self, field: int) -> tuple[Numbers, list[str]]:
        """A field of few different values: their numbers, and the values in the order of these."""
        end, length = self._token(self.shape.first[field])
        self.bad |= (length < 1) | (length > _LONGEST_NAME)
        length = np.minimum(np.maximum(length, 0), _LONGEST_NAME)
        mixed = length.astype(np.uint64)
        same = bool(len(length)) and int(length.min()) == int(length.max())
        for back in range(0, int(length.max(initial=0)), 8):
            if same:
                space = np.uint64(max(8 - int(length[0]) + back, 0) << 3)
                piece = (self._words[end - back] >> space) << space
            else:
                left = np.minimum(np.maximum(length - back, 0), 8)
                spaces = ((8 - np.maximum(left, 1)) << 3).astype(np.uint64)
                piece = (self._words[np.maximum(end - back, 0)] >> spaces) << spaces
                piece = np.where(left > 0, piece, np.uint64(0))
            mixed = mix(mixed, piece)
        values = np.unique(mixed)
        found = np.searchsorted(values, mixed)
        first = np.zeros(len(values), np.int64)
        first[found[::-1]] = np.arange(len(found))[::-1]
        texts = [
            self._block[end[row] - length[row] : end[row]].decode("utf-8", "replace") for row in first.tolist()
        ]
        return found.astype(np.int64), texts


def _decimal(words: Words, length: Numbers) -> tuple[Numbers, Bits]:
    """The last ``length`` bytes (1 to 8) of words as decimal numbers, and which of them hold something else."""
    space = ((8 - length) << 3).astype(np.uint64)
    digits = words ^ np.uint64(ZEROS)
    digits >>= space
    digits <<= space
    wrong = ((digits + np.uint64(_TENS)) | digits) & np.uint64(_HIGH) != 0
    # Neighbours are joined three times: to pairs, to fours, to the whole.
    digits = (digits * 10 + (digits >> 8)) & np.uint64(0x00FF00FF00FF00FF)
    digits = (digits * 100 + (digits >> 16)) & np.uint64(0x0000FFFF0000FFFF)
    digits = (digits * 10_000 + (digits >> 32)) & np.uint64(0xFFFFFFFF)
    return digits.astype(np.int64), wrong


def mix(state: Words, value: npt.NDArray[Any]) -> Words:
    """One more column in a hash of 64 bits."""
    found = state ^ value.astype(np.uint64)
    found *= np.uint64(0x9E3779B97F4A7C15)
    found ^= found >> np.uint64(32)
    found *= np.uint64(0xD6E8FEB86659FD93)
    found ^= found >> np.uint64(29)
    return found
