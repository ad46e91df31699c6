"""Lines of one number of fields as a table, all at once; addresses as numbers.

What the table could not understand is null in it. Whoever asks for a table must look at those lines one by one.
"""

from __future__ import annotations

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
_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
IPV4: Final = rf"^{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}$"
"""No leading zeros: some read them as octal numbers."""
_FEW: Final = 64
_STEP: Final = 1 << 17


def table(block: bytes, separator: str, schema: dict[str, Any], fields: list[str]) -> pl.DataFrame | None:
    """Read whole lines.

    Args:
        block: Lines, none of them empty; the last has an end too.
        separator: Between two fields.
        schema: Type of each field in their order.
        fields: Those that are wanted, and :data:`EXTRA`.

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
            .select(fields)
            .collect()
        )
    except pl.exceptions.PolarsError:
        return None
    return found if len(found) == block.count(b"\n") else None


def counted(block: bytes, low: int, high: int) -> int:
    """How many bytes lie between two, in steps that stay in the processor's cache."""
    bytes_ = np.frombuffer(block, np.uint8)
    return sum(
        int(np.count_nonzero((part >= low) & (part <= high) if low < high else part == low))
        for part in (bytes_[at : at + _STEP] for at in range(0, len(bytes_), _STEP))
    )


def not_longer(block: bytes, separator: str, good: Bits, fields: int) -> Bits:
    """Which of the good lines have not more fields than there are.

    What stands behind an empty further field does not show in the table.
    """
    mark = ord(separator)
    if good.all() and counted(block, mark, mark) == len(good) * (fields - 1):
        return good
    bytes_ = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(bytes_ == 10)
    counts = np.bincount(np.searchsorted(ends, np.flatnonzero(bytes_ == mark)), minlength=len(good))
    return np.logical_and(good, counts < fields)


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


def wanted_end(address: str, addresses: AddressSet) -> pl.Expr | None:
    """Whether a column holds one of a few single addresses; ``None`` if they are not few or not single."""
    if addresses.v6 or not addresses.v4.pairs or addresses.v4.size > _FEW:
        return None
    return pl.col(address).is_in(
        [text for cidr in addresses.cidrs() for text in _single(cidr)] if addresses.v4.size <= _FEW else []
    )


def _single(cidr: str) -> list[str]:
    import ipaddress

    return [str(each) for each in ipaddress.ip_network(cidr)]


def ipv4_numbers(texts: pl.Series) -> Numbers:
    """IPv4 addresses, all of which match :data:`IPV4`, as numbers."""
    import pyarrow as pa

    if not len(texts):
        return np.zeros(0, np.int64)
    array = texts.to_arrow().cast(pa.large_string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    _, offset_buffer, data_buffer = array.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64)[array.offset : array.offset + len(array) + 1]
    data = np.frombuffer(data_buffer, np.uint8)[offsets[0] : offsets[-1]]
    offsets = offsets - offsets[0]
    dots = np.flatnonzero(data == 46).reshape(len(array), 3)
    # Three zeros in front: an octet is read from its last digit backwards.
    digits = np.concatenate([np.zeros(3, np.uint8), data]).astype(np.int64)
    digits -= 48
    found = np.zeros(len(array), np.int64)
    begin = offsets[:-1]
    for octet in range(4):
        end = dots[:, octet] if octet < 3 else offsets[1:]
        value = digits[end + 2]
        long = end - begin > 1
        value += np.where(long, digits[end + 1], 0) * 10
        long = end - begin > 2
        value += np.where(long, digits[end], 0) * 100
        found = (found << 8) | value
        begin = end + 1
    return found


def mix(state: Words, value: npt.NDArray[Any]) -> Words:
    """One more column in a hash of 64 bits."""
    found: Words = state ^ value.astype(np.uint64)
    found *= np.uint64(0x9E3779B97F4A7C15)
    found ^= found >> np.uint64(32)
    found *= np.uint64(0xD6E8FEB86659FD93)
    found ^= found >> np.uint64(29)
    return found
