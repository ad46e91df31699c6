"""Lines of one number of fields as a table, all at once; addresses as numbers.

What the table could not understand is null in it. Whoever asks for a table must look at those lines one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from hushdesk.guard import AddressSet

Numbers = npt.NDArray[np.int64]
Bits = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

EXTRA: Final = "extra"
"""What stands behind the last field: null in a line that is right."""
_STEP: Final = 1 << 17


def table(
    block: bytes, separator: str, schema: dict[str, Any], asked: Sequence[pl.Expr], lines: int
) -> pl.DataFrame | None:
    """Read whole lines.

    Args:
        block: Lines, none of them empty; the last has an end too.
        separator: Between two fields.
        schema: Type of each field in their order.
        asked: What is worked out of them, and of :data:`EXTRA`.
        lines: How many there are.

    Returns:
        One row for each line; ``None`` if that cannot be.
    """
    try:
        found = (
            pl.scan_csv(
                block,
                has_header=False,
                separator=separator,
                quote_char=None,
                schema={**schema, EXTRA: pl.String},
                ignore_errors=True,
                truncate_ragged_lines=True,
                missing_columns="insert",
                glob=False,
            )
            .select(asked)
            .collect()
        )
    except pl.exceptions.PolarsError:
        return None
    return found if len(found) == lines else None


def shaped(block: bytes, patterns: list[bytes], words: bytes) -> Bits:
    """Which lines, without the bytes of ``words``, are one of the patterns; each of these has its end too."""
    rest = block.translate(None, words)
    for each in patterns:
        lines = len(rest) // len(each)
        if rest == each * lines:
            return np.ones(lines, bool)
    shapes = {each[:-1] for each in patterns}
    return np.array([line in shapes for line in rest.split(b"\n")[:-1]], bool)


def led_by_zero(block: bytes, separator: str) -> Numbers:
    """Lines in which an address may have a part of several digits led by a zero: some read that as octal."""
    bytes_ = np.frombuffer(block + b"\n\n", np.uint8)
    nought, nine, mark, point = b"0"[0], b"9"[0], ord(separator), b"."[0]
    found = [np.zeros(0, np.int64)]
    for at in range(0, len(block), _STEP):
        part = bytes_[at : at + _STEP + 4]
        before, zero, after = part[:-4], part[1:-3], part[2:-2]
        led = (zero == nought) & (after >= nought) & (after <= nine) & ((before == point) | (before == mark))
        if led.any():
            places = np.flatnonzero(led)
            # Only the first part of an address has something else than a point before it, and it has one soon after.
            near = (part[places] == point) | (part[places + 3] == point) | (part[places + 4] == point)
            found.append(places[near] + at)
    places = np.concatenate(found)
    if not len(places):
        return places
    return np.searchsorted(np.flatnonzero(bytes_ == ord("\n")), places + 1)


def octets(name: str) -> dict[str, Any]:
    """Columns of the four parts of an address, whose points were made into separators, and their types."""
    return {f"{name}.{octet}": pl.UInt8 for octet in range(4)}


def address(name: str) -> pl.Expr:
    """The number of an address of which there are four parts; 0 where one is missing."""
    first, second, third, fourth = (pl.col(part).cast(pl.Int64) for part in octets(name))
    return (first * (1 << 24) + second * (1 << 16) + third * (1 << 8) + fourth).fill_null(0).alias(name)


def within(name: str, addresses: AddressSet, most: int = 64) -> pl.Expr:
    """Whether a column of numbers holds addresses of a set; true for all if the set has many parts."""
    pairs = list(addresses.v4)
    if len(pairs) > most:
        return pl.lit(value=True)
    return pl.any_horizontal(
        [pl.lit(value=False), *(pl.col(name).is_between(low, high) for low, high in pairs)]
    )


def one_of(names: tuple[str, ...], numbers: frozenset[int], most: int = 64) -> pl.Expr:
    """Whether one of some columns holds one of some numbers; true for all if these are many."""
    if len(numbers) > most:
        return pl.lit(value=True)
    return pl.any_horizontal(pl.col(name) == number for name in names for number in sorted(numbers))


def lines_at(block: bytes, rows: Numbers) -> list[tuple[int, bytes]]:
    """Number, from 0, and content of some lines, without those that are empty."""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == 10)
    found = []
    for row in rows.tolist():
        line = block[(int(ends[row - 1]) + 1 if row else 0) : int(ends[row])]
        if line.strip():
            found.append((row, line))
    return found


def all_lines(block: bytes) -> list[tuple[int, bytes]]:
    """Number, from 0, and content of all lines, without those that are empty."""
    return [(row, line) for row, line in enumerate(block.split(b"\n")) if line.strip()]


def mix(state: Words, value: npt.NDArray[Any]) -> Words:
    """One more column in a hash of 64 bits."""
    found: Words = state ^ value.astype(np.uint64)
    found *= np.uint64(0x9E3779B97F4A7C15)
    found ^= found >> np.uint64(32)
    found *= np.uint64(0xD6E8FEB86659FD93)
    found ^= found >> np.uint64(29)
    return found
