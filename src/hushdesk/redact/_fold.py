"""Folding: the forms in which spellings are compared."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


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


def fold_in_place(text: str) -> str:
    """Return ``text`` folded character by character, with every offset unchanged."""
    if text.isascii():
        return text.lower()
    return text.translate(_SAME_LENGTH)
