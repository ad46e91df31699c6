"""Folding: the forms in which spellings are compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt


@lru_cache(maxsize=1 << 16)
def _folded_char(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def fold(text: str) -> str:
    """Return ``text`` as it is compared: NFKC, casefolded, without accents."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", "".join(c for c in text if not unicodedata.combining(c)))


class _SameLength(dict[int, str]):
    """Maps each code point to one folded code point, so that offsets stay what they were."""

    def __missing__(self, code: int) -> str:
        plain = _folded_char(chr(code))
        # A combining mark or an expanding letter must not shift what follows it.
        one = plain[:1] or "\u0300"
        self[code] = one
        return one


_SAME_LENGTH = _SameLength()


_BYTE = 255


class CodeTable:
    """What holds of each code point, worked out when it first occurs; asked for whole texts at once.

    Args:
        rule: Gives a number for a character.
        most: The largest number that it gives. Small ones are kept in a smaller table, most of which stays in the cache.
    """

    def __init__(self, rule: Callable[[str], int], most: int = 0x10FFFF) -> None:
        self._rule = rule
        # Each number is held plus one: nought is a character that has not occurred. Untouched pages cost nothing.
        self._known = np.zeros(0x110000, dtype=np.uint8 if most < _BYTE else np.uint32)

    def __getitem__(self, codes: npt.NDArray[np.uint32]) -> npt.NDArray[Any]:
        held: npt.NDArray[Any] = self._known.take(codes)
        if not held.all():
            for code in np.unique(codes[held == 0]).tolist():
                self._known[code] = self._rule(chr(code)) + 1
            held = self._known.take(codes)
        held -= held.dtype.type(1)
        return held


def codes_of(text: str) -> npt.NDArray[np.uint32]:
    """The code points of ``text``."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def text_of(codes: npt.NDArray[np.uint32]) -> str:
    """The text of these code points."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


_FOLDED = CodeTable(lambda char: ord(_SAME_LENGTH[ord(char)]))
_SHORT = 80
"""Up to this length a text is folded sooner character by character."""


def fold_in_place(text: str) -> str:
    """Return ``text`` folded character by character, with every offset unchanged."""
    if text.isascii():
        return text.lower()
    if len(text) < _SHORT:
        return text.translate(_SAME_LENGTH)
    return text_of(_FOLDED[codes_of(text)])
