"""Which blocks of entries may name a case: a Bloom filter for each, made and asked with whole arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from hushdesk.record._manifest import WIDTH, pack
from hushdesk.record.errors import RecordError

_BITS: Final = 12
"""For each case; with :data:`_PROBES` one block in three hundred is looked at in vain."""
_PROBES: Final = 8
_STEPS: Final = np.arange(_PROBES, dtype=np.uint64)


def make(ids: Sequence[str]) -> bytes:
    """A filter that knows these case ids."""
    unique = list(dict.fromkeys(ids))
    if not unique:
        return b""
    bits = np.zeros(-(-len(unique) * _BITS // 8) * 8, np.uint8)
    bits[_places(_keys(unique), len(bits)).ravel()] = 1
    return np.packbits(bits).tobytes()


class Probe:
    """Asks filters for one case."""

    def __init__(self, case: str) -> None:
        self._key = _keys([case])

    def may(self, bloom: bytes) -> bool:
        """False if the filter's block surely does not name the case."""
        if not bloom:
            return False
        return all(
            bloom[int(at) >> 3] >> (7 - (int(at) & 7)) & 1 for at in _places(self._key, 8 * len(bloom))[0]
        )


def _keys(ids: Sequence[str]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    try:
        packed = pack(ids)
    except RecordError:
        packed = np.array([_odd(one) for one in ids], f"S{WIDTH}")
    return np.frombuffer(packed.tobytes(), np.uint8).reshape(-1, WIDTH)


def _odd(case: str) -> bytes:
    """The key of an id among which are others than desks make; equal to that of :func:`pack` where that has one."""
    try:
        return pack([case]).tobytes()
    except RecordError:
        return hashlib.sha256(case.encode("utf-8", "surrogatepass")).digest()[:WIDTH]


def _places(keys: np.ndarray[Any, np.dtype[np.uint8]], size: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
    # A case id is made by a keyed hash: its bits are as good as those of another hash.
    first = np.ascontiguousarray(keys[:, :8]).view(">u8").astype(np.uint64)
    second = np.ascontiguousarray(keys[:, 2:]).view(">u8").astype(np.uint64) | np.uint64(1)
    return (first + _STEPS * second) % np.uint64(size)
