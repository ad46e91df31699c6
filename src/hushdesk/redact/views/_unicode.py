"""Undoing Unicode disguises: compatibility forms, foreign digits, invisible characters, look-alikes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from hushdesk.redact.views._view import Edit
from hushdesk.redact.views._windows import near

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\U000e0000-\U000e0fff"
)
_COMPATIBLE = (
    "\u00a0\u00b2\u00b3\u00b9\u02b0-\u02b8\u2000-\u200a\u2024\u202f\u205f\u2070-\u209c\u2100-\u2121\u2123-\u214f\u2160-\u217f"
    "\u2460-\u24ff\u2776-\u2793\u3000\u3200-\u33ff\ufb00-\ufb06\ufe50-\ufe6f\uff01-\uff9f\uffe0-\uffee\U0001d400-\U0001d7ff"
    "\U0001f100-\U0001f1ff\U0001fbf0-\U0001fbf9"
)
_LOOK_ALIKES = dict(
    zip(
        "абвеорсхуіјѕһԁԛԝкмнтгпАВЕОРСХУІЈЅҺКМНТГӏɡαβεικνορτυχωγΑΒΕΖΗΙΚΜΝΟΡΤΥΧոսօցհıɑʟⅼᴀᴄᴅᴇᴏꜱᴛᴜᴠ",
        "abbeopcxyijshdqwkmhtrnABEOPCXYIJSHKMHTrlgaBeikvoptuxwyABEZHIKMNOPTYXnuogh" + "iallacdeostuv",
        strict=True,
    )
)
ALIKE = "".join(_LOOK_ALIKES)
_MIXED = re.compile(rf"[A-Za-z0-9@][{ALIKE}]|[{ALIKE}](?:[A-Za-z@]|[.\-_][A-Za-z0-9])")
_TOKEN_CHAR = re.compile(r"[\w.%+@\-]")
DASHES = r"\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_DASH = re.compile(rf"(?<=\w)[{DASHES}](?=\w)")
STOPS = r"\u3002\uff61\u2024\u00b7\u2022"
_STOP = re.compile(rf"(?<=[A-Za-z0-9])[{STOPS}](?=[A-Za-z0-9])(?!\d{{1,4}}[年月日時时분시월년일])")
_MARKS = re.compile(r"\w[\u0300-\u036f]+")


@cache
def odd_characters() -> re.Pattern[str]:
    """Runs of characters that are written plainly in another way."""
    digits = [
        c for c in range(0x600, 0x1FC00) if unicodedata.category(chr(c)) == "Nd" and not 0xFF00 <= c < 0xFFA0
    ]
    ranges = [f"{chr(c)}-{chr(c + 9)}" for c in digits if unicodedata.decimal(chr(c)) == 0]
    return re.compile(f"[{_INVISIBLE}{_COMPATIBLE}{''.join(ranges)}]+")


@cache
def _invisible() -> re.Pattern[str]:
    return re.compile(f"[{_INVISIBLE}]")


def _plain(char: str) -> str:
    if _invisible().match(char):
        return ""
    code = ord(char)
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if 0x2776 <= code <= 0x2793:
        return str((code - 0x2776) % 10 + 1)
    if 0x1F170 <= code <= 0x1F189:
        return chr(code - 0x1F170 + 0x41)
    if 0x1F150 <= code <= 0x1F169:
        return chr(code - 0x1F150 + 0x41)
    if 0x1F130 <= code <= 0x1F149:
        return chr(code - 0x1F130 + 0x41)
    if 0x1F1E6 <= code <= 0x1F1FF:
        return chr(code - 0x1F1E6 + 0x41)
    return unicodedata.normalize("NFKC", char)


def edits(text: str, odd: Sequence[int]) -> Iterator[Edit]:
    """Yield what plain spelling changes in ``text``, character by character.

    Args:
        text: A text with characters beyond ASCII.
        odd: Offsets of its odd characters, rising.
    """
    for match in near(odd_characters(), text, odd, 0, 1):
        for i, char in enumerate(match.group(), match.start()):
            plain = _plain(char)
            if plain != char:
                yield Edit(i, i + 1, plain)
    for match in near(_DASH, text, odd, 1, 2):
        yield Edit(match.start(), match.end(), "-")
    for match in near(_STOP, text, odd, 1, 8):
        yield Edit(match.start(), match.end(), ".")
    for match in near(_MARKS, text, odd, 1, 1):
        composed = unicodedata.normalize("NFC", match.group())
        if composed != match.group():
            yield Edit(match.start(), match.end(), composed)


def look_alike_edits(text: str, odd: Sequence[int]) -> Iterator[Edit]:
    """Yield the letters that only look Latin, in tokens that are otherwise Latin.

    Args:
        text: A text with characters beyond ASCII.
        odd: Offsets of its odd characters, rising.
    """
    done = 0
    for match in near(_MIXED, text, odd, 1, 3):
        if match.start() < done:
            continue
        start, end = match.span()
        while start > 0 and match.start() - start < 64 and _TOKEN_CHAR.match(text[start - 1]):
            start -= 1
        while end < len(text) and end - match.end() < 64 and _TOKEN_CHAR.match(text[end]):
            end += 1
        done = end
        token = text[start:end]
        # One letter without a Latin twin says that this is a word of its own script.
        if not all(
            c < "\u0250" or c in _LOOK_ALIKES or "\u1e00" <= c < "\u1f00" for c in token if c.isalpha()
        ):
            continue
        for i, char in enumerate(token, start):
            if twin := _LOOK_ALIKES.get(char):
                yield Edit(i, i + 1, twin)
