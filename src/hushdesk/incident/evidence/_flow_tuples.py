"""Tuples of Azure's flow logs, many at once: what is plain becomes columns of numbers, and what is not is left to be read by itself.

An address is four numbers to the reader of tables, which then also tells that it is one. That holds only where points and commas
stand just where they belong, which is looked at for each line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from hushdesk.incident._evidence import Wanted
from hushdesk.incident.evidence._flow_columns import COLUMNS, INBOUND, UNKNOWN, Columns, columns
from hushdesk.incident.evidence._flow_table import (
    EXTRA,
    Numbers,
    address,
    all_lines,
    led_by_zero,
    lines_at,
    octets,
    one_of,
    shaped,
    table,
    within,
)

COUNTED: Final = ("packets_there", "there", "packets_back", "back")
MOST: Final = 10**15
LATEST: Final = 253_402_300_799_000
_COMMON: Final = {"time", "side", "source", "target", "source_port", "target_port", *COUNTED}
_HEAD: Final = b",...,...,"
_WORDS: Final = b"0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZ"


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
    # Without digits and letters, plain tuples are all alike.
    patterns = [_HEAD + b"," * (size - 4) + b"\n" for size in shape.sizes]
    good = shaped(block, patterns, _WORDS)
    each = pl.col
    none = pl.all_horizontal(each(name).is_null() for name in COUNTED)
    some = pl.all_horizontal(each(name).is_between(0, MOST) for name in COUNTED).fill_null(value=False)
    right = [
        each(EXTRA).is_null(),
        each("time").is_between(0, LATEST),
        *(each(part).is_not_null() for end in ("source", "target") for part in octets(end)),
        each("source_port", "target_port").is_not_null(),
        (each("side") == "I") | (each("side") == "O"),
        none | some,
        *shape.good(),
    ]
    asked = [
        pl.all_horizontal(right).fill_null(value=False).alias("good"),
        (none & each("state").is_not_null()).alias("bare"),
        address("source"),
        address("target"),
        each("time", "side", *COUNTED),
        each("source_port", "target_port").cast(pl.Int64),
        *(each(name) for name in shape.schema if name not in _COMMON),
    ]
    read = table(block.replace(b".", b","), ",", _schema(shape), asked, len(good))
    if read is None:
        return Parsed(columns(0), np.zeros(0, np.int64), np.zeros(0, np.int64), all_lines(block))
    good &= read["good"].to_numpy()
    good[led_by_zero(block, ",")] = False
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
            found |= octets(name)
        else:
            found[name] = kind
    return found


def _maybe(wanted: Wanted) -> pl.Expr:
    """What leaves out, at little cost, most of what is not wanted."""
    # Each row has an answer, even where nothing is asked.
    found = pl.col("source").is_not_null()
    if wanted.ports:
        found &= one_of(("source_port", "target_port"), wanted.ports)
    if wanted.inside:
        found &= within("source", wanted.inside) | within("target", wanted.inside)
    return found


def coded(name: str, codes: dict[str, int], other: int) -> pl.Expr:
    """A field of few words as numbers."""
    found: pl.Expr = pl.lit(other, pl.Int64)
    for word, code in codes.items():
        found = pl.when(pl.col(name) == word).then(pl.lit(code, pl.Int64)).otherwise(found)
    return found
