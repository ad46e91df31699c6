"""Crockford's base 32: no I, L, O, U, so that people can read it to each other."""

from __future__ import annotations

import re
import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE: Final = re.compile(f"[{ALPHABET}]{{14}}").fullmatch
_PAIRS: Final = tuple(a + b for a in ALPHABET for b in ALPHABET)
_TO_INT_DIGITS: Final = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_READ: Final = str.maketrans(
    {"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\t": None, "\n": None, "\r": None}
)


def text70(digest: bytes) -> str:
    """Fourteen characters for the first 70 bits."""
    n = int.from_bytes(digest[:9], "big") >> 2
    p = _PAIRS
    return (
        p[n >> 60]
        + p[n >> 50 & 1023]
        + p[n >> 40 & 1023]
        + p[n >> 30 & 1023]
        + p[n >> 20 & 1023]
        + p[n >> 10 & 1023]
        + p[n & 1023]
    )


def text80(digest: bytes) -> str:
    """Sixteen characters for the first 80 bits."""
    n = int.from_bytes(digest[:10], "big")
    return "".join(_PAIRS[n >> shift & 1023] for shift in range(70, -1, -10))


def pack70(text: str) -> bytes:
    """The 9 bytes of a 14-character text.

    Raises:
        ValueError: The text is not base 32; the message does not repeat it.
    """
    # int() alone would also take blanks, underscores, signs, foreign digits and the letters left out.
    if not _CODE(text):
        raise ValueError("not base 32")
    return int(text.translate(_TO_INT_DIGITS), 32).to_bytes(9, "big")


def unpack70(packed: bytes) -> str:
    """The 14 characters that :func:`pack70` packed."""
    n = int.from_bytes(packed, "big")
    return "".join(_PAIRS[n >> shift & 1023] for shift in range(60, -1, -10))


def random_groups(groups: int, size: int) -> str:
    """Random characters of 5 bits each in groups, for passwords that are shown once."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(size)) for _ in range(groups))


def read_groups(text: str) -> str:
    """What a person typed, as :func:`random_groups` meant it: case, blanks, O, I and L do not matter."""
    return text.upper().translate(_READ)
