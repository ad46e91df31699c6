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
