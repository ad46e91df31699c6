"""What single characters are to the tagger, as tables over the basic plane.

The tables are a part of the trained weights: a newer Unicode version of Python must not change what was learned.
"""

from __future__ import annotations

import unicodedata
from typing import Final

import numpy as np
import numpy.typing as npt

SPACE: Final = 0
LINE: Final = 1
LOWER: Final = 2
UPPER: Final = 3
LETTER: Final = 4
"""A letter of a script without capitals, or a mark that belongs to one."""
DIGIT: Final = 5
SINGLE: Final = 6
"""A character of a script without blanks between words; each is a token of its own."""
OTHER: Final = 7

SIZE: Final = 0x10000
_HAN_BEYOND: Final = 0x20000
"""From here to the end of the third plane stand rare Han characters; they share the code of one."""
_HAN: Final = 0x3400
_REST: Final = 0xFFFF
_SINGLES: Final = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x3100, 0x312F),
    (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFF66, 0xFF9F),
)  # fmt: skip


def tables() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint16]]:
    """Return the class and the folded code of each character of the basic plane; used when training only."""
    classes = np.full(SIZE, OTHER, dtype=np.uint8)
    folded = np.arange(SIZE, dtype=np.uint16)
    for code in range(SIZE):
        char = chr(code)
        category = unicodedata.category(char)
        if char in "\n\r\v\f\x85\u2028\u2029":
            classes[code] = LINE
        elif char.isspace() or category == "Zs":
            classes[code] = SPACE
        elif any(low <= code <= high for low, high in _SINGLES):
            classes[code] = SINGLE
        elif category == "Nd":
            classes[code] = DIGIT
            folded[code] = 0x30 + unicodedata.decimal(char)
        elif category[0] == "L":
            classes[code] = UPPER if category in {"Lu", "Lt"} else LOWER if char.upper() != char else LETTER
            low = char.lower()
            folded[code] = ord(low) if len(low) == 1 else ord(low[0])
        elif category[0] == "M" or category == "Cf":
            classes[code] = LETTER
    folded[0x2019] = 0x27
    return classes, folded


def codes(text: str) -> npt.NDArray[np.uint32]:
    """Return the code points of ``text``, those beyond the basic plane as one that stands for their kind."""
    out = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if out.size and int(out.max()) >= SIZE:
        out = np.where(out < SIZE, out, np.where((out >= _HAN_BEYOND) & (out < 0x40000), _HAN, _REST)).astype(
            np.uint32
        )
    return out
