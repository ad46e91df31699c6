"""Tuples of Azure's flow logs, many at once: what is plain becomes columns of numbers, and what is not is left to be read by itself.

An address is four numbers to the reader of tables, which then also tells that it is one. That holds only where points and commas
stand just where they belong, which is looked at for each line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from hushdesk.guard import AddressSet
from hushdesk.incident._evidence import Wanted
from hushdesk.incident.evidence._flow_columns import COLUMNS, INBOUND, UNKNOWN, Columns, columns
from hushdesk.incident.evidence._flow_table import EXTRA, Bits, Numbers, all_lines, lines_at, table

COUNTED: Final = ("packets_there", "there", "packets_back", "back")
MOST: Final = 10**15
LATEST: Final = 253_402_300_799_000
_HEAD: Final = b",...,...,"
_WORDS: Final = b"0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STEP: Final = 1 << 17
_FEW: Final = 64


@dataclass(frozen=True, slots=True)
class Shape:
    """What tuples of a kind of log look like."""

    schema: dict[str, Any]
    """Fields and their types, ``source`` and ``target`` the second and the third. The last four are the counts."""
    sizes: tuple[int, ...]
    """Numbers of fields that a tuple may have."""
    good: Callable[[], list[pl.Expr]]
    """What holds of tuples that are right, apart from their counts."""
    columns: Callable[[], dict[str, pl.Expr]]
    """Columns of those that are, beside those that all kinds have alike."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A block of lines."""

    columns: Columns
    """Records that may be wanted; ``line`` counts from 0."""
    plain: Numbers
    """Lines that were read at once, be they wanted or not."""
    own: Numbers
    """The address at the watched end of each of those."""
    odd: list[tuple[int, bytes]]
    """Lines that must be read by themselves."""


def parsed(block: bytes, shape: Shape, wanted: Wanted) -> Parsed:
    """Read lines of tuples, the last with an end too."""
    read = table(block.replace(b".", b","), ",", _schema(shape), [*_schema(shape), EXTRA])
    if read is None:
        return Parsed(columns(0), np.zeros(0, np.int64), np.zeros(0, np.int64), all_lines(block))
    each = pl.col
    none = pl.all_horizontal(each(name).is_null() for name in COUNTED)
    some = pl.all_horizontal(each(name).is_between(0, MOST) for name in COUNTED).fill_null(value=False)
    octets = [each(f"{end}{octet}").is_not_null() for end in ("source", "target") for octet in range(4)]
    right = [
        each(EXTRA).is_null(),
        each("time").is_between(0, LATEST),
        *octets,
        each("source_port", "target_port").is_not_null(),
        each("side").is_in(["I", "O"]),
        none | some,
        *shape.good(),
    ]
    read = (
        read.lazy()
        .select(
            pl.all_horizontal(right).fill_null(value=False).alias("good"),
            (none & each("state").is_not_null()).alias("bare"),
            _address("source"),
            _address("target"),
            each("time", "side", *COUNTED),
            each("source_port", "target_port").cast(pl.Int64),
            *(
                each(name)
                for name in shape.schema
                if name not in {"time", "side", "source", "target", "source_port", "target_port", *COUNTED}
            ),
        )
        .collect()
    )
    good = read["good"].to_numpy() & _shaped(block, len(read), shape)
    bare = read["bare"].to_numpy()
    # What is no number is null too. If as many end as a tuple without counts does, there is nothing of that kind.
    number = int(np.count_nonzero(good & bare))
    if number and number != block.count(b",,,,\n"):
        good &= ~bare
    odd = [] if good.all() else lines_at(block, np.flatnonzero(~good))
    plain = np.flatnonzero(good)
    own = read.select(pl.when(each("side") == "I").then(each("target")).otherwise(each("source")))
    maybe = read.select(_maybe(wanted).alias("maybe"))["maybe"].to_numpy() & good
    time = each("time")
    found = (
        read.lazy()
        .filter(pl.lit(pl.Series(maybe)))
        .select(
            "source",
            "target",
            "source_port",
            "target_port",
            pl.when(time > LATEST // 1000).then(time * 1000).otherwise(time * 1_000_000).alias("start"),
            coded("side", {"I": INBOUND, "O": INBOUND + 1}, 0).alias("side"),
            each(COUNTED).fill_null(UNKNOWN),
            *(expression.alias(name) for name, expression in shape.columns().items()),
        )
        .collect()
    )
    values = {name: found[name].to_numpy() for name in found.columns if name in COLUMNS}
    made = columns(len(found), line=np.flatnonzero(maybe), end=values["start"], **values)
    return Parsed(made, plain, own.to_series().to_numpy()[plain], odd)


def _schema(shape: Shape) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in shape.schema.items():
        if name in {"source", "target"}:
            found |= {f"{name}{octet}": pl.UInt8 for octet in range(4)}
        else:
            found[name] = kind
    return found


def _address(name: str) -> pl.Expr:
    first, second, third, fourth = (pl.col(f"{name}{octet}").cast(pl.Int64) for octet in range(4))
    return (first * (1 << 24) + second * (1 << 16) + third * (1 << 8) + fourth).fill_null(0).alias(name)


def _shaped(block: bytes, lines: int, shape: Shape) -> Bits:
    """Lines in which points and commas stand where they belong, and nothing stands that no plain tuple has."""
    # Without digits and letters, plain tuples are all alike.
    rest = block.translate(None, _WORDS)
    patterns = [_HEAD + b"," * (size - 4) + b"\n" for size in shape.sizes]
    alike = any(len(rest) == lines * len(each) and rest == each * lines for each in patterns)
    bytes_ = np.frombuffer(block, np.uint8)
    led = _led(bytes_)
    if alike and not led:
        return np.ones(lines, bool)
    if alike:
        found = np.ones(lines, bool)
    else:
        shapes = set(patterns)
        found = np.fromiter((line + b"\n" in shapes for line in rest.split(b"\n")[:-1]), bool, lines)
    if led:
        ends = np.flatnonzero(bytes_ == ord("\n"))
        found[np.searchsorted(ends, np.concatenate(led))] = False
    return found


def _led(bytes_: npt.NDArray[np.uint8]) -> list[Numbers]:
    """Where a zero leads a number of more digits: some read such parts of an address as octal."""
    found = []
    # In steps that stay in the processor's cache.
    for at in range(0, len(bytes_), _STEP):
        part = bytes_[at : at + _STEP + 2]
        before, zero, after = part[:-2], part[1:-1], part[2:]
        # A mark and the end of a line come before the digits, and these before the letters.
        led = (zero == ord("0")) & (before < ord("0")) & (after >= ord("0")) & (after <= ord("9"))
        if led.any():
            found.append(np.flatnonzero(led) + at + 1)
    return found


def _maybe(wanted: Wanted) -> pl.Expr:
    """What leaves out, at little cost, most of what is not wanted."""
    found = pl.lit(value=True)
    if wanted.ports:
        ports = pl.Series(sorted(wanted.ports), dtype=pl.Int64)
        if len(ports) <= _FEW:
            found &= pl.any_horizontal(
                pl.col(name) == port for port in ports for name in ("source_port", "target_port")
            )
    if wanted.inside:
        found &= _within("source", wanted.inside) | _within("target", wanted.inside)
    # Each row has an answer, even where nothing is asked.
    return pl.col("source").is_not_null() & found


def _within(name: str, addresses: AddressSet) -> pl.Expr:
    pairs = list(addresses.v4)
    if len(pairs) > _FEW:
        return pl.lit(value=True)
    return pl.any_horizontal(
        [pl.lit(value=False), *(pl.col(name).is_between(low, high) for low, high in pairs)]
    )


def coded(name: str, codes: dict[str, int], other: int) -> pl.Expr:
    """A field of few words as numbers."""
    found: pl.Expr = pl.lit(other, pl.Int64)
    for word, code in codes.items():
        found = pl.when(pl.col(name) == word).then(pl.lit(code, pl.Int64)).otherwise(found)
    return found
