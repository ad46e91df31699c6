"""What readers of flow logs have in common: arrays by their names, lines of a block, a hash of columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Bits = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]


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


def distinct(values: Words) -> Words:
    """The different ones, in order."""
    # To sort them takes a fifth of the time that np.unique takes with its table of hashes.
    ordered = np.sort(values)
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return ordered[new]


def in_order(keys: Words) -> tuple[Numbers, Words]:
    """Where the keys stand in their order, equal ones as they come, and the keys in order.

    To sort numbers takes a tenth of the time that it takes to sort their places, so the places are put into the last bits. That may
    confuse keys that differ in nothing but those: then they are sorted in the slow way.
    """
    mask = np.uint64((1 << max(len(keys) - 1, 0).bit_length()) - 1)
    packed = keys & ~mask
    packed |= np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    packed &= mask
    order = packed.view(np.int64)
    ordered = keys[order]
    if (ordered[1:] < ordered[:-1]).any():
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
    return order, ordered
