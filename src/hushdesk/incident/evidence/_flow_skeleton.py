"""Documents of Azure's flow logs without their tuples: what is left of a record says the same minute after minute.

So it is understood once for all records that are alike, and of each only its time is read. That holds for documents that are just as
Azure writes them; all others are for the reader that goes record by record.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hushdesk.incident.evidence._flow_table import Numbers

Told = tuple[str, str, int, list[int]]
"""Of a record: the resource that it is of, its network interface, its version, and the numbers of its lists of tuples."""

TUPLES: Final = b'"flowTuples"'
_OPEN: Final = TUPLES + b":["
_HOLE: Final = TUPLES + b":#"
_BEGIN: Final = b'{"time":"'
_HEADS: Final = (b'{"records":[', b"")
_SPACE: Final = b" \r\n\t,"
_MOST: Final = 4 << 20
"""Bytes of different records that are kept in mind at the same time."""
_QUOTE: Final = ord('"')
_COMMA: Final = ord(",")


@dataclass(frozen=True, slots=True)
class Alike:
    """What all records of one skeleton tell."""

    told: Told | None
    """``None``: they are no records of this log."""
    lists: int
    """How many lists of tuples each has."""
    in_order: bool
    """Whether the record names all of them, in their order."""


@dataclass(frozen=True, slots=True)
class Quick:
    """Some records of a document."""

    times: list[str]
    records: list[Alike]
    text: bytes
    """All tuples, each in quotation marks with a comma behind it."""
    sizes: Numbers
    """Tuples in each list."""


class Skeletons:
    """Those that were met."""

    __slots__ = ("_known", "_read", "_size")

    def __init__(self, read: Callable[[dict[str, Any]], Told | None]) -> None:
        self._read = read
        self._known: dict[bytes, Alike] = {}
        self._size = 0

    def quick(self, data: bytes) -> Quick | None:
        """Records of a document, or of a part that begins and ends between two of them; ``None`` if they are not as usual."""
        if b"\\" in data:
            return None
        rests, lists, view, done = [], [], memoryview(data), 0
        while (at := data.find(_OPEN, done)) >= 0:
            begin = at + len(_OPEN)
            end = data.find(b"]", begin)
            if end < 0:
                return None
            rests.append(data[done:at])
            # What is most of a document is copied once only.
            lists.append(view[begin:end])
            done = end + 1
        rests.append(data[done:])
        skeleton = _HOLE.join(rests)
        head, *pieces = skeleton.split(_BEGIN)
        if head not in _HEADS or not pieces or skeleton.count(TUPLES) != len(lists):
            return None
        times, records = [], []
        for number, piece in enumerate(pieces):
            time, _, body = piece.partition(b'"')
            body = body.rstrip(_SPACE)
            if number + 1 == len(pieces):
                body = body.removesuffix(b"]}")
            alike = self._known.get(body) or self._new(body)
            if alike is None or not time.isascii():
                return None
            times.append(time.decode("ascii"))
            records.append(alike)
        if sum(alike.lists for alike in records) != len(lists):
            return None
        text = b",".join([*(content for content in lists if content), b""])
        sizes = _sizes(text, lists)
        return None if sizes is None else Quick(times, records, text, sizes)

    def _new(self, body: bytes) -> Alike | None:
        first, *parts = body.split(_HOLE)
        numbered = [b"%b:%d%b" % (TUPLES, number, part) for number, part in enumerate(parts)]
        try:
            record = json.loads((_BEGIN + b'"' + first + b"".join(numbered)).decode("utf-8"))
        except (ValueError, RecursionError):
            return None
        if not isinstance(record, dict) or record["time"]:
            # It tells another time further down.
            return None
        told = understood(self._read, record)
        order = told is not None and told[3] == list(range(len(parts)))
        if self._size > _MOST:
            self._known.clear()
            self._size = 0
        self._size += len(body)
        found = self._known[body] = Alike(told, len(parts), order)
        return found


def understood(read: Callable[[dict[str, Any]], Told | None], record: dict[str, Any]) -> Told | None:
    """What a record tells; ``None`` if it is none of this log."""
    try:
        return read(record)
    except (TypeError, KeyError, AttributeError, ValueError):
        return None


def _sizes(text: bytes, lists: list[memoryview]) -> Numbers | None:
    """How many tuples stand in each list, if there is nothing but plain strings in them."""
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    filled = lengths > 0
    sizes = np.zeros(len(lists), np.int64)
    if not filled.any():
        return sizes
    bytes_: npt.NDArray[np.uint8] = np.frombuffer(text, np.uint8)
    marks = np.flatnonzero(bytes_ == _QUOTE)
    opening, closing = marks[::2], marks[1::2]
    if len(marks) % 2 or opening[0] or closing[-1] != len(text) - 2 or b"\n" in text:
        return None
    right = (opening[1:] - closing[:-1] == 2).all() and (closing - opening > 1).all()
    if not right or (bytes_[closing + 1] != _COMMA).any():
        return None
    ends = np.cumsum(lengths[filled] + 1)
    before = np.searchsorted(opening, ends)
    # Each list ends behind the end of a string.
    if (closing[before - 1] != ends - 2).any():
        return None
    sizes[filled] = np.diff(before, prepend=0)
    return sizes
