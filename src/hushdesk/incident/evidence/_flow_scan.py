"""Lines of plain fields read all at once: where the marks between fields stand, and which numbers the digits between them make up.

Nothing here goes line by line, nor holds the interpreter's lock for long: a step is one pass over an array, and eight digits are
added up at once in one word of 64 bits. What is not just as the pattern says is not guessed at; its lines are handed back to be
read by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hushdesk.guard import AddressSet
from hushdesk.incident.evidence._flow_table import Bits, Numbers, Words, mix

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int32]

STEP: Final = 1 << 20
"""Bytes that are looked at together: what is made of them stays near the processor."""
_PAD: Final = 16
"""Bytes behind a text, so that words may be looked at up to its end."""
_END: Final = 10
_MINUS: Final = 45
_MARKS: Final = 47
"""What is below is a mark: a space, a comma, a point, a quotation mark, an end of line, and all that steers terminals."""
_BEYOND: Final = 127
_FEW: Final = 8
LONGEST_NAME: Final = 64
"""Bytes of the longest name of an observer that is read at once."""

_NOUGHTS4: Final = np.uint32(0x30303030)
_NOUGHTS8: Final = np.uint64(0x3030303030303030)
_STEPS8: Final = tuple(
    tuple(map(np.uint64, each))
    for each in ((10, 8, 0x00FF00FF00FF00FF), (100, 16, 0x0000FFFF0000FFFF), (10_000, 32, 0xFFFFFFFF))
)
_FOUR: Final = 4
_EIGHT: Final = 8
_UP4: Final = np.array([32, 24, 16, 8, 0], np.uint32)
"""By digits: by how many bits they are moved up to be the last of four."""
_UP8: Final = np.array(range(64, -8, -8), np.uint64)
"""Likewise, of eight."""
_BESIDE: Final = np.array(range(8, 72, 8), np.uint64)
"""By bytes of a part: how many bits further the next one begins."""
_LEAST: Final = np.array([1 << 20, 0, 10, 100, 1 << 20], np.uint32)
"""By digits of a part of an address: less would be led by a zero, which some read as octal."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one pattern; each has as many parts as the pattern has marks, every part before its mark."""

    text: Bytes
    """All of the block, and a little more."""
    line: Numbers
    """Number of each line in the block, from 0."""
    begins: Places
    """Part by part: where it begins in each line."""
    sizes: Places
    """Part by part: how long it is in each line."""
    pattern: int
    """Which of the patterns it is."""

    def __len__(self) -> int:
        return len(self.line)

    def filled(self) -> Bits:
        """Which lines have something in each part."""
        if int(self.sizes.min(initial=1)) > 0:
            return np.ones(len(self), bool)
        found: Bits = np.logical_and.reduce(self.sizes > 0)
        return found

    def octets(self, parts: Sequence[int]) -> tuple[Numbers, Bits]:
        """Addresses of which ``parts`` are the first parts: a row of numbers for each, and which lines have nothing but right ones."""
        each = [[part + octet for octet in range(4)] for part in parts]
        sizes = self.sizes[each]
        value = np.empty(sizes.shape, np.uint32)
        # Two parts, if they are right, are within eight bytes.
        both = _view(self.text, "<u8")[self.begins[[octets[::2] for octets in each]]]
        value[:, ::2] = both
        both >>= _BESIDE.take(sizes[:, ::2], mode="clip")
        value[:, 1::2] = both
        # Where there are more than four, the least is more than there can be.
        value, right = _few_digits(value, sizes)
        right &= (value >= _LEAST.take(sizes, mode="clip")) & (value < 256)
        made = value[:, 0].astype(np.int64)
        for octet in range(1, 4):
            made <<= 8
            made |= value[:, octet]
        return made, np.logical_and.reduce(right.reshape(-1, len(self)))

    def numbers(self, parts: Sequence[int], most: Sequence[int]) -> tuple[Numbers, Bits]:
        """Whole numbers of at most 16 digits: a row for each of the parts, and for each which lines have one up to ``most``."""
        begins, sizes = self.begins[list(parts)], self.sizes[list(parts)]
        longest = sizes.max(axis=1, initial=0).tolist()
        found = np.empty(begins.shape, np.uint64)
        right = np.empty(begins.shape, bool)
        # Those of about one length are worked out at once: each step over an array costs something by itself.
        for rows, read in (
            ([row for row, size in enumerate(longest) if size <= _FOUR], self._short),
            ([row for row, size in enumerate(longest) if _FOUR < size <= _EIGHT], self._middle),
            ([row for row, size in enumerate(longest) if size > _EIGHT], self._long),
        ):
            if len(rows) == len(longest):
                found, right = read(begins, sizes)
            elif rows:
                found[rows], right[rows] = read(begins[rows], sizes[rows])
        if int(sizes.min(initial=1)) == 0:
            right &= sizes > 0
        for row, size in enumerate(longest):
            if 10 ** min(size, 16) > most[row]:
                right[row] &= found[row] <= np.uint64(most[row])
        return found.astype(np.uint64, copy=False).view(np.int64), right

    def _short(self, begins: Places, sizes: Places) -> tuple[npt.NDArray[Any], Bits]:
        return _few_digits(_view(self.text, "<u4")[begins], sizes)

    def _middle(self, begins: Places, sizes: Places) -> tuple[Words, Bits]:
        return _digits(_view(self.text, "<u8")[begins], sizes)

    def _long(self, begins: Places, sizes: Places) -> tuple[Words, Bits]:
        view = _view(self.text, "<u8")
        low, right = _digits(view[begins + np.maximum(sizes - _EIGHT, 0)], np.minimum(sizes, _EIGHT))
        high, fine = _digits(*_only(view[begins], np.clip(sizes - _EIGHT, 0, _EIGHT)))
        low += high * np.uint64(100_000_000)
        right &= fine
        return low, right & (sizes <= 2 * _EIGHT)

    def letters(self, part: int, codes: Bytes) -> npt.NDArray[np.uint8]:
        """The code of each part that is a single byte; 255 for others."""
        found: npt.NDArray[np.uint8] = codes[self.text[self.begins[part]]]
        found[self.sizes[part] != 1] = 255
        return found

    def says(self, part: int, *texts: str) -> list[Bits]:
        """For each of some texts, of at most 8 bytes: which lines have it in a part."""
        sizes = self.sizes[part]
        longest = max(map(len, texts))
        size = 1 << (longest - 1).bit_length()
        words = _view(self.text, f"<u{size}")[self.begins[part]]
        found = []
        for text in texts:
            mask = (1 << (8 * len(text))) - 1
            same = words if len(text) == size else words & words.dtype.type(mask)
            found.append((same == int.from_bytes(text.encode(), "little")) & (sizes == len(text)))
        return found

    def named(self, part: int) -> tuple[list[bytes], Numbers]:
        """The different texts of a part, and which of them stands in each line: -1 where that must be looked at."""
        sizes = self.sizes[part]
        names: list[bytes] = []
        found = np.full(len(sizes), -1, np.int64)
        left = sizes <= LONGEST_NAME
        words = self._words(part)
        for number in range(_FEW):
            first = int(left.argmax()) if len(left) else 0
            if not left.any():
                return names, found
            same = left
            for each in words:
                same = same & (each == each[first])
            np.putmask(found, same, number)
            names.append(self._bytes(part, first))
            left = left & ~same
        if left.any():
            rows = np.flatnonzero(left)
            state = np.zeros(len(rows), np.uint64)
            for each in words:
                state = mix(state, each[rows])
            _, firsts, which = np.unique(state, return_index=True, return_inverse=True)
            same = np.ones(len(rows), bool)
            for each in words:
                same &= each[rows] == each[rows[firsts]][which]
            # Two texts of one number are told apart by whoever reads the line by itself.
            found[rows[same]] = which[same] + len(names)
            names += [self._bytes(part, row) for row in rows[firsts].tolist()]
        return names, found

    def _words(self, part: int) -> list[Words]:
        """What tells the texts of a part apart that are not too long: eight bytes of each, the next eight, and so on."""
        sizes, begins = self.sizes[part], self.begins[part]
        view = _view(self.text, "<u8")
        shortest, longest = int(sizes.min(initial=LONGEST_NAME)), int(sizes.max(initial=0))
        if shortest == longest and _EIGHT <= longest <= LONGEST_NAME:
            # The last eight may overlap with those before; what they all have tells nothing apart.
            words = [view[begins + at] for at in (*range(0, longest - _EIGHT, _EIGHT), longest - _EIGHT)]
            return [each for each in words if (each != each[0]).any()]
        longest = int(sizes.max(where=sizes <= LONGEST_NAME, initial=0))
        # Beyond the end of a shorter text nothing is read.
        return [
            _cut(view[np.minimum(begins + at, len(view) - 1)], np.clip(sizes - at, 0, _EIGHT))
            for at in range(0, max(longest, 1), _EIGHT)
        ]

    def _bytes(self, part: int, row: int) -> bytes:
        begin = int(self.begins[part, row])
        return self.text[begin : begin + int(self.sizes[part, row])].tobytes()


def _view(text: Bytes, kind: str) -> npt.NDArray[Any]:
    """A number at each byte of the text, made of that byte and those behind it."""
    what = np.dtype(kind)
    return np.ndarray((len(text) - what.itemsize + 1,), what, buffer=text, strides=(1,))


def _cut(words: Words, sizes: Places) -> Words:
    """The first bytes of each word, at most eight, as its last."""
    words <<= _UP8.take(sizes, mode="clip")
    return words


def _few_digits(words: npt.NDArray[np.uint32], sizes: Places) -> tuple[npt.NDArray[np.uint32], Bits]:
    """As :func:`_digits`, of at most four."""
    words ^= _NOUGHTS4
    # The last digit comes last; what stands behind it goes.
    words <<= _UP4.take(sizes, mode="clip")
    wrong = words + np.uint32(0x06060606)
    wrong |= words
    wrong &= np.uint32(0xF0F0F0F0)
    more = words >> np.uint32(8)
    words *= np.uint32(10)
    words += more
    words &= np.uint32(0x00FF00FF)
    np.right_shift(words, np.uint32(16), out=more)
    words *= np.uint32(100)
    words += more
    words &= np.uint32(0xFFFF)
    return words, wrong == 0


def _only(words: Words, sizes: Places) -> tuple[Words, Places]:
    """The first bytes of words; one of them, if they all say the same, as times of one month do."""
    if sizes.size and (size := int(sizes.flat[0])) and (sizes == size).all():
        first = words << np.uint64((_EIGHT - size) << 3)
        if (first == first.flat[0]).all():
            return words.reshape(-1)[:1], sizes.reshape(-1)[:1]
    return words, sizes


def _digits(words: Words, sizes: Places) -> tuple[Words, Bits]:
    """The number of the first digits of each word, at most eight, and whether they are digits."""
    words ^= _NOUGHTS8
    words = _cut(words, sizes)
    wrong = words + np.uint64(0x0606060606060606)
    wrong |= words
    wrong &= np.uint64(0xF0F0F0F0F0F0F0F0)
    right: Bits = wrong == 0
    # Digits become pairs, pairs fours, fours a number.
    for times, by, kept in _STEPS8:
        np.right_shift(words, by, out=wrong)
        words *= times
        words += wrong
        words &= kept
    return words, right


def codes(letters: dict[str, int]) -> Bytes:
    """A code for each byte; 255 for those that are none."""
    found = np.full(256, 255, np.uint8)
    for letter, code in letters.items():
        found[ord(letter)] = code
    return found


@dataclass(frozen=True, slots=True)
class Scanned:
    """Some lines that follow one another."""

    begin: int
    """Where they begin in the block."""
    first: int
    """Number of the first."""
    count: int
    lines: list[Lines]
    """Those that are plain, by their patterns."""
    ends: npt.NDArray[np.intp]
    """Where each of them ends, from ``begin`` on; empty where all are plain."""


def scanned(block: bytes, patterns: list[bytes], *, minus: bool = False) -> Iterator[Scanned]:
    """Look through whole lines.

    Args:
        block: Lines; the last has an end too.
        patterns: All the marks of a line in their order, its end last: commas, points, spaces.
        minus: Whether a minus is no mark but part of a word.
    """
    first = 0
    for at, part in _steps(block, b"\n"):
        found = _plain(part, patterns, at, first, minus=minus) or _mixed(
            part, patterns, at, first, minus=minus
        )
        yield found
        first += found.count


def alike(block: bytes, pattern: bytes, ending: bytes) -> list[Scanned] | None:
    """Look through what is all of one pattern; ``ending``, its last marks, stands nowhere else. ``None`` if it is not."""
    made: list[Scanned] = []
    for at, part in _steps(block, ending):
        found = _plain(part, [pattern], at, made[-1].first + made[-1].count if made else 0, minus=False)
        if found is None:
            return None
        made.append(found)
    return made


def _steps(block: bytes, ending: bytes) -> Iterator[tuple[int, Bytes]]:
    """Where steps begin, and their bytes, with more behind them."""
    data = np.frombuffer(block, np.uint8)
    at, size = 0, len(ending)
    while at < len(block):
        end = len(block)
        # None is much smaller than the others: each costs something by itself.
        count = max((end - at + STEP // 2) // STEP, 1)
        step = (end - at) // count
        if count > 1:
            end = block.rfind(ending, at, at + step) + size
            if end < at + size:
                end = block.find(ending, at + step - size)
                end = len(block) if end < 0 else end + size
        part = np.empty(end - at + _PAD, np.uint8)
        part[:-_PAD] = data[at:end]
        part[-_PAD:] = 0
        yield at, part
        at = end


def _marked(text: Bytes, *, minus: bool) -> tuple[npt.NDArray[np.intp], Bytes]:
    size = len(text) - _PAD
    marked = text[:size] < _MARKS
    if minus:
        marked &= text[:size] != _MINUS
    at = np.flatnonzero(marked)
    return at, text[at]


def _plain(text: Bytes, patterns: list[bytes], begin: int, first: int, *, minus: bool) -> Scanned | None:
    """Lines that are all of one pattern."""
    if int(text.max()) >= _BEYOND:
        return None
    at, marks = _marked(text, minus=minus)
    for number, pattern in enumerate(patterns):
        parts = len(pattern)
        count, rest = divmod(len(at), parts)
        if rest or marks.tobytes() != pattern * count:
            continue
        # Half as much to move as if they were longer numbers.
        ends = np.ascontiguousarray(at.astype(np.int32).reshape(count, parts).T)
        begins = np.empty_like(ends)
        np.add(ends[:-1], 1, out=begins[1:])
        np.add(ends[-1, :-1], 1, out=begins[0, 1:])
        begins[0, :1] = 0
        line = np.arange(first, first + count)
        np.subtract(ends, begins, out=ends)
        return Scanned(begin, first, count, [Lines(text, line, begins, ends, number)], np.zeros(0, np.intp))
    return None


def _mixed(text: Bytes, patterns: list[bytes], begin: int, first: int, *, minus: bool) -> Scanned:
    """Where lines are of several patterns, or of none."""
    at, marks = _marked(text, minus=minus)
    last = np.flatnonzero(marks == _END)
    ends_at = at[last]
    sizes = np.diff(last, prepend=-1)
    starts = np.concatenate([np.zeros(1, np.intp), ends_at[:-1] + 1])
    plain = np.ones(len(last), bool)
    if (beyond := np.flatnonzero(text >= _BEYOND)).size:
        plain[np.unique(np.searchsorted(ends_at, beyond))] = False
    found = []
    for number, pattern in enumerate(patterns):
        rows = np.flatnonzero(plain & (sizes == len(pattern)))
        where = (last[rows] - len(pattern) + 1)[:, None] + np.arange(len(pattern))
        right = (marks[where] == np.frombuffer(pattern, np.uint8)).all(axis=1)
        rows, where = rows[right], where[right]
        if not len(rows):
            continue
        ends = np.ascontiguousarray(at[where].astype(np.int32).T)
        begins = np.empty_like(ends)
        begins[1:] = ends[:-1] + 1
        begins[0] = starts[rows]
        found.append(Lines(text, rows + first, begins, ends - begins, number))
    return Scanned(begin, first, len(last), found, ends_at)


def odd_lines(block: bytes, parts: Sequence[Scanned], good: Bits) -> list[tuple[int, bytes]]:
    """Number, from 0, and content of the lines that are not good, without those that are empty."""
    found: list[tuple[int, bytes]] = []
    for part in parts:
        rows = np.flatnonzero(~good[part.first : part.first + part.count])
        if not len(rows):
            continue
        ends = part.ends if len(part.ends) else part.lines[0].begins[-1] + part.lines[0].sizes[-1]
        for row in rows.tolist():
            begin = int(ends[row - 1]) + 1 if row else 0
            line = block[part.begin + begin : part.begin + int(ends[row])]
            if line.strip():
                found.append((row + part.first, line))
    return found


def perhaps(
    size: int,
    ports: frozenset[int],
    inside: AddressSet | None,
    port_columns: Sequence[Numbers],
    address_columns: Sequence[Numbers],
) -> Bits | None:
    """What leaves out, at little cost, most of what is not wanted; ``None`` if nothing is left out."""
    found: Bits | None = None
    if ports and port_columns:
        if len(ports) <= _FEW:
            tests = [column == port for column in port_columns for port in ports]
        else:
            tests = [np.isin(column, np.array(sorted(ports))) for column in port_columns]
        found = np.logical_or.reduce(tests)
    if inside:
        pairs = list(inside.v4)
        if len(pairs) <= _FEW:
            tests = [(column >= low) & (column <= high) for column in address_columns for low, high in pairs]
        else:
            edges = np.array([edge for low, high in pairs for edge in (low, high + 1)], np.int64)
            tests = [np.searchsorted(edges, column, "right") % 2 == 1 for column in address_columns]
        # None at all, if no address of the older kind is wanted.
        mine: Bits = np.logical_or.reduce(tests) if tests else np.zeros(size, bool)
        found = mine if found is None else found & mine
    return found
