"""Tuples of Azure's flow logs, many at once: what is plain becomes columns of numbers, and what is not is left to be read by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hushdesk.incident._evidence import Wanted
from hushdesk.incident.evidence._flow_columns import INBOUND, OUTBOUND, UNKNOWN, Columns, columns, joined
from hushdesk.incident.evidence._flow_scan import (
    Bytes,
    Lines,
    Scanned,
    alike,
    codes,
    odd_lines,
    perhaps,
    scanned,
)
from hushdesk.incident.evidence._flow_table import Bits, Numbers

COUNTED: Final = ("packets_there", "there", "packets_back", "back")
MOST: Final = 10**15
LATEST: Final = 253_402_300_799_000
SIDES: Final = {"I": INBOUND, "O": OUTBOUND}
_ENDING: Final = b'",'
_OCTETS: Final = 4
_ADDRESSES: Final = ("source", "target")


@dataclass(frozen=True, slots=True)
class Shape:
    """What tuples of a kind of log look like."""

    fields: tuple[str, ...]
    """Their names; the last four are the counts."""
    sizes: tuple[int, ...]
    """Numbers of fields that a tuple may have; the first is the usual one. What is cut off at the end is not told."""
    letters: Mapping[str, tuple[str, Mapping[str, int]]]
    """By column: the field that tells it in one letter, and what each letter stands for."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Fields that are numbers beside times, ports and counts, and the most that they may be."""
    blank: Mapping[str, int] = field(default_factory=dict)
    """By column: what holds where its field is empty, and the counts with it; else it may not be."""

    def places(self, size: int) -> dict[str, int]:
        """The first part of each field of a tuple of so many fields."""
        found, at = {}, 0
        for name in self.fields[:size]:
            found[name] = at
            at += _OCTETS if name in _ADDRESSES else 1
        return found

    def pattern(self, size: int, ending: bytes = b"\n") -> bytes:
        """The marks of a tuple of so many fields."""
        return b",".join(b"..." if name in _ADDRESSES else b"" for name in self.fields[:size]) + ending


@dataclass(frozen=True, slots=True)
class Parsed:
    """A block of tuples."""

    columns: Columns
    """Records that may be wanted; ``line`` counts from 0."""
    plain: Numbers
    """Lines that were read at once, be they wanted or not."""
    own: Numbers
    """The address at the watched end of each of those."""
    odd: list[tuple[int, bytes]]
    """Lines that must be read by themselves."""


def parsed(block: bytes, shape: Shape, wanted: Wanted, *, quoted: bool = False) -> Parsed:
    """Read tuples.

    Args:
        block: Lines, the last with an end too; or tuples in quotation marks, a comma behind each.
        shape: What they look like.
        wanted: What of them is.
        quoted: Whether they are in quotation marks.
    """
    # As they stand in the file the usual ones need not be copied.
    parts = alike(block, b'"' + shape.pattern(shape.sizes[0], _ENDING), _ENDING) if quoted else None
    before = 1
    if parts is None:
        before = 0
        block = block[1:-2].replace(b'","', b"\n") + b"\n" if quoted else block
        parts = list(scanned(block, [shape.pattern(size) for size in shape.sizes]))
    good = np.zeros(parts[-1].first + parts[-1].count if parts else 0, bool)
    made: list[Columns] = []
    plain, own = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for lines in (lines for part in parts for lines in part.lines):
        at = {name: place + before for name, place in shape.places(shape.sizes[lines.pattern]).items()}
        read, right = _read(lines, at, shape)
        good[lines.line[right]] = True
        if not right.all():
            read = {name: values[right] for name, values in read.items()}
        plain.append(read["line"])
        own.append(np.where(read["side"] == INBOUND, read["target"], read["source"]))
        maybe = perhaps(
            len(read["line"]),
            wanted.ports,
            wanted.inside,
            [read["source_port"], read["target_port"]],
            [read["source"], read["target"]],
        )
        if maybe is not None:
            which = np.flatnonzero(maybe)
            read = {name: values[which] for name, values in read.items()}
        made.append(columns(len(read["line"]), **read, end=read["start"]))
    odd = [] if good.all() else _odd(block, parts, good, quoted=bool(before))
    return Parsed(joined(made) if made else columns(0), np.concatenate(plain), np.concatenate(own), odd)


def _odd(block: bytes, parts: list[Scanned], good: Bits, *, quoted: bool) -> list[tuple[int, bytes]]:
    found = odd_lines(block, parts, good)
    return [(row, line.strip(b'"')) for row, line in found] if quoted else found


def _read(lines: Lines, at: Mapping[str, int], shape: Shape) -> tuple[dict[str, Numbers], Bits]:
    """Columns of all lines, and which of them are right."""
    (source, target), right = lines.octets([at["source"], at["target"]])
    most = {"time": LATEST, "source_port": 65535, "target_port": 65535, **shape.numbers}
    values, each = lines.numbers([at[name] for name in most], list(most.values()))
    right &= np.logical_and.reduce(each)
    read: dict[str, Numbers] = {"line": lines.line, "source": source, "target": target}
    read |= {name: values[row] for row, name in enumerate(most)}
    time = read.pop("time")
    read["start"] = time * np.where(time > LATEST // 1000, 1000, 1_000_000)
    counts, none, some = _counts(lines, at)
    read |= counts
    right &= none | some
    for column, (name, letters) in shape.letters.items():
        if name not in at:
            read[column] = np.full(len(lines), shape.blank[column])
            continue
        found = lines.letters(at[name], _codes(letters))
        fine = found != 255
        read[column] = found.astype(np.int64)
        if column in shape.blank:
            blank = (lines.sizes[at[name]] == 0) & none
            read[column][blank] = shape.blank[column]
            fine |= blank
        right &= fine
    return read, right


def _counts(lines: Lines, at: Mapping[str, int]) -> tuple[dict[str, npt.NDArray[Any]], Bits, Bits]:
    """The four counts, which lines have none of them, and which have all."""
    size = len(lines)
    if COUNTED[0] not in at:
        nothing = np.broadcast_to(np.int64(UNKNOWN), size)
        return dict.fromkeys(COUNTED, nothing), np.ones(size, bool), np.zeros(size, bool)
    parts = [at[name] for name in COUNTED]
    values, each = lines.numbers(parts, [MOST] * len(parts))
    none: Bits = np.logical_and.reduce(lines.sizes[parts] == 0)
    values[:, none] = UNKNOWN
    return {name: values[row] for row, name in enumerate(COUNTED)}, none, np.logical_and.reduce(each)


def _codes(letters: Mapping[str, int]) -> Bytes:
    return codes(dict(letters))
