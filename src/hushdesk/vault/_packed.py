"""Many pseudonyms at once: from text to two whole numbers and back, without a Python object for each.

A token as the vault's database holds it is 10 bytes: number of the kind, then 70 bits. Here its first 8 bytes are one
number and its last 2 another. (A numpy string type of 10 bytes would drop zeros at the end, and with them tell two
tokens for one.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hushdesk.vault._base32 import ALPHABET

CODE: Final = 14
PACKED: Final = 10
_FOREIGN: Final = 255

_DIGITS: Final = np.full(256, _FOREIGN, np.uint8)
_DIGITS[np.frombuffer(ALPHABET.encode(), np.uint8)] = np.arange(32, dtype=np.uint8)
_LETTERS: Final = np.frombuffer(ALPHABET.encode(), np.uint8)
_LAYOUT: Final = np.dtype([("high", ">u8"), ("low", ">u2")])


@dataclass(frozen=True, slots=True)
class PackedTokens:
    """Tokens as numbers; equal pairs are equal tokens."""

    high: NDArray[np.uint64]
    """Number of the kind in the first 8 bits, then the first 54 of the token's 70 bits."""
    low: NDArray[np.uint16]
    """The last 16 bits."""

    def __len__(self) -> int:
        return len(self.high)

    def __getitem__(self, places: Any) -> PackedTokens:
        return PackedTokens(self.high[places], self.low[places])

    @property
    def kinds(self) -> NDArray[np.uint8]:
        """Number of the kind of each."""
        return (self.high >> np.uint64(56)).astype(np.uint8)

    def order(self) -> NDArray[np.intp]:
        """Places that sort them; equal ones in the order in which they stand."""
        order = np.argsort(self.high)
        high = self.high[order]
        same = np.flatnonzero(high[1:] == high[:-1])
        if len(same):
            # Few are equal in their first number: they alone are sorted by the rest.
            tied = np.union1d(same, same + 1)
            part = order[tied]
            order[tied] = part[np.lexsort((part, self.low[part], self.high[part]))]
        return order

    def firsts(self) -> NDArray[np.intp]:
        """Of sorted ones, the places where another token begins."""
        if not len(self):
            return np.zeros(0, np.intp)
        other = (self.high[1:] != self.high[:-1]) | (self.low[1:] != self.low[:-1])
        return np.flatnonzero(np.concatenate(([True], other)))

    @staticmethod
    def of_bytes(data: bytes | memoryview) -> PackedTokens:
        """Of 10 bytes each, one after the other."""
        raw = np.frombuffer(data, _LAYOUT)
        return PackedTokens(raw["high"].astype(np.uint64), raw["low"].astype(np.uint16))

    @staticmethod
    def of_texts(texts: Any, numbers: Mapping[str, int]) -> tuple[PackedTokens, NDArray[np.bool_]]:
        """Of an Arrow array of strings without nulls.

        Args:
            texts: Tokens as they stand in text.
            numbers: Number of each kind, as :meth:`~hushdesk.vault.PeopleVault.kinds` gives them.

        Returns:
            The tokens, and which of the texts are tokens of a kind that has a number; the others are zero.
        """
        texts = texts.cast(pa.string())
        count = len(texts)
        offsets = np.frombuffer(texts.buffers()[1], np.int32, count + 1, texts.offset * 4)
        data = texts.buffers()[2]
        # Fifteen bytes in front, so that the last fifteen of a text that is too short can be looked at like any.
        raw = np.zeros(CODE + 1 + (data.size if data is not None else 0), np.uint8)
        if data is not None:
            raw[CODE + 1 :] = np.frombuffer(data, np.uint8)
        ends = offsets[1:].astype(np.int64) + CODE + 1
        valid: NDArray[np.bool_] = (offsets[1:] - offsets[:-1]) > CODE + 1
        valid &= raw[ends - CODE - 1] == ord("_")
        halves = []
        for half in range(2):
            value = np.zeros(count, np.uint64)
            for place in range(7):
                digit = _DIGITS[raw[ends - CODE + 7 * half + place]]
                valid &= digit != _FOREIGN
                value = (value << np.uint64(5)) | digit
            halves.append(value)
        first, second = halves
        names = pc.binary_slice(texts.cast(pa.binary()), 0, -CODE - 1).dictionary_encode()
        of_name = np.array(
            [numbers.get(name.decode("utf-8", "replace"), 0) for name in names.dictionary.to_pylist()] or [0],
            np.uint64,
        )
        kind = of_name[names.indices.to_numpy(zero_copy_only=False)]
        valid &= kind > 0
        high = (kind << np.uint64(56)) | (first << np.uint64(19)) | (second >> np.uint64(16))
        low = (second & np.uint64(0xFFFF)).astype(np.uint16)
        return PackedTokens(np.where(valid, high, np.uint64(0)), np.where(valid, low, np.uint16(0))), valid

    def texts(self, names: Mapping[int, str]) -> Any:
        """As they stand in text, an Arrow array; ``names`` gives the name of each kind."""
        first = (self.high >> np.uint64(19)) & np.uint64((1 << 35) - 1)
        second = ((self.high & np.uint64((1 << 19) - 1)) << np.uint64(16)) | self.low
        code = np.empty((len(self), CODE), np.uint8)
        for half, value in enumerate((first, second)):
            for place in range(7):
                code[:, 7 * half + place] = _LETTERS[(value >> np.uint64(5 * (6 - place))) & np.uint64(31)]
        kinds = self.kinds
        parts, places = [], []
        for kind in np.unique(kinds):
            at = np.flatnonzero(kinds == kind)
            start = np.frombuffer(f"{names[int(kind)]}_".encode(), np.uint8)
            rows = np.concatenate((np.tile(start, (len(at), 1)), code[at]), axis=1)
            ends = np.arange(len(at) + 1, dtype=np.int32) * rows.shape[1]
            parts.append(
                pa.StringArray.from_buffers(
                    len(at), pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(rows))
                )
            )
            places.append(at)
        if not parts:
            return pa.array([], pa.string())
        back = np.empty(len(self), np.int64)
        back[np.concatenate(places)] = np.arange(len(self))
        return pa.concat_arrays(parts).take(pa.array(back))
