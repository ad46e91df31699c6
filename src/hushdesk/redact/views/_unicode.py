"""Undoing Unicode disguises: compatibility forms, foreign digits, invisible characters, look-alikes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from hushdesk.redact._fold import CodeTable, codes_of
from hushdesk.redact._lazy import lazily
from hushdesk.redact.views._view import Edit, View

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
_ALIKE = "".join(_LOOK_ALIKES)
_TOKEN_CHAR = lazily(r"[\w.%+@\-]")
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d")
_WIDE_SIGNS = frozenset("\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f")
"""The punctuation of Chinese and Japanese: ! ( ) , : ; ? as wide as a character."""
_STOPS = frozenset("\u3002\uff61\u2024\u00b7\u2022")
# What may be a full stop in an address may divide the parts of a date, too.
_STOP = lazily(
    r"(?<=[A-Za-z0-9])[\u3002\uff61\u2024\u00b7\u2022](?=[A-Za-z0-9])(?!\d{1,4}[年月日時时분시월년일])"
)
_ODD, _DASH, _STOP_SIGN, _MARK, _ALIKE_SIGN, _WIDE = 1, 2, 4, 8, 16, 32


@cache
def _odd() -> re.Pattern[str]:
    digits = [
        c for c in range(0x600, 0x1FC00) if unicodedata.category(chr(c)) == "Nd" and not 0xFF00 <= c < 0xFFA0
    ]
    ranges = [f"{chr(c)}-{chr(c + 9)}" for c in digits if unicodedata.decimal(chr(c)) == 0]
    return re.compile(f"[{_INVISIBLE}{_COMPATIBLE}{''.join(ranges)}]+")


def _class(char: str) -> int:
    """Say in which ways a character may be other than it looks."""
    if char < "\x80":
        return 0
    return (
        (_ODD if _odd().match(char) else 0)
        | (_DASH if char in _DASHES else 0)
        | (_STOP_SIGN if char in _STOPS else 0)
        | (_MARK if "\u0300" <= char <= "\u036f" else 0)
        | (_ALIKE_SIGN if char in _LOOK_ALIKES else 0)
        | (_WIDE if char in _WIDE_SIGNS else 0)
    )


_CLASSES = CodeTable(_class, most=63)


@cache
def _invisible() -> re.Pattern[str]:
    return re.compile(f"[{_INVISIBLE}]+")


@lru_cache(maxsize=1 << 10)
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


def undisguised(view: View) -> View:
    """Return ``view`` without compatibility forms, foreign digits, invisible characters and look-alikes; itself if there are none.

    Args:
        view: A view of a text with characters beyond ASCII.
    """
    codes = codes_of(view.text)
    classes = _CLASSES[codes]
    # Most texts beyond ASCII are plain accents and quotes, which no view reads differently.
    found = np.flatnonzero(classes & (_ODD | _DASH | _STOP_SIGN | _MARK))
    if found.size:
        plain = view.edited(_edits(view.text, found.tolist(), classes))
        if plain is not view:
            view = plain
            codes = codes_of(view.text)
            classes = _CLASSES[codes]
    mixed = _mixed(codes, classes)
    return view.edited(_look_alike_edits(view.text, mixed)) if mixed else view


def _edits(text: str, found: list[int], classes: npt.NDArray[np.uint8]) -> Iterator[Edit]:
    """Yield what plain spelling changes in ``text`` at the places ``found``."""
    mark_done = hidden_until = -1
    for i in found:
        if i < hidden_until:
            continue
        char, sort = text[i], int(classes[i])
        if sort & _ODD and not _plain(char) and (hidden := _invisible().match(text, i)):
            hidden_until = hidden.end()
            yield Edit(i, hidden_until, "")
            continue
        if sort & _ODD:
            plain = _plain(char)
            if plain != char:
                yield Edit(i, i + 1, plain)
        if sort & _DASH and i and _word(text[i - 1]) and _word(text[i + 1 : i + 2]):
            yield Edit(i, i + 1, "-")
        if sort & _STOP_SIGN and _STOP.match(text, i):
            yield Edit(i, i + 1, ".")
        if sort & _MARK and i > mark_done:
            # A stack of marks beyond what any language writes stays as it is.
            match = _MARKS.match(text, i)
            mark_done = match.end() - 1 if match is not None else i
            if i and match is not None and match.end() - i <= _MARKS_AT_MOST and _word(text[i - 1]):
                letter = text[i - 1 : match.end()]
                composed = unicodedata.normalize("NFC", letter)
                if composed != letter:
                    yield Edit(i - 1, match.end(), composed)


_MARKS = lazily(r"[\u0300-\u036f]+")
_MARKS_AT_MOST = 24


def _word(char: str) -> bool:
    return char.isalnum() or char == "_"


_ASCII = 128
_BEFORE = np.zeros(_ASCII, dtype=bool)
_BEFORE[[ord(c) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@"]] = True


def _mixed(codes: npt.NDArray[np.uint32], classes: npt.NDArray[np.uint8]) -> list[int]:
    """Return where a letter that only looks Latin stands beside one that is."""
    alike = (classes & _ALIKE_SIGN) != 0
    if not alike.any():
        return []
    latin = _BEFORE[np.minimum(codes, 127)]
    latin &= codes < 127
    joints = (codes == ord(".")) | (codes == ord("-")) | (codes == ord("_"))
    hits = np.zeros(len(codes), dtype=bool)
    hits[1:] |= alike[1:] & latin[:-1]
    hits[:-1] |= alike[:-1] & latin[1:]
    hits[:-2] |= alike[:-2] & joints[1:-1] & latin[2:]
    found: list[int] = np.flatnonzero(hits).tolist()
    return found


def oddities(text: str) -> list[int]:
    """Return the offsets of the characters for which a view may read ``text`` differently.

    Args:
        text: A text, or many with breaks between them.
    """
    if text.isascii():
        return []
    codes = codes_of(text)
    classes = _CLASSES[codes]
    odd = (classes & (_ODD | _MARK)) != 0
    wide = np.flatnonzero(classes & _WIDE)
    if wide.size:
        # Among characters of its own scripts it is what a comma is elsewhere; beside a letter or digit it may stand in an address.
        before, after = codes[np.maximum(wide - 1, 0)], codes[np.minimum(wide + 1, codes.size - 1)]
        odd[wide] = ((before > ord(" ")) & (before < _ASCII)) | ((after > ord(" ")) & (after < _ASCII))
    between = np.flatnonzero(classes & (_DASH | _STOP_SIGN))
    if between.size:
        # A dash or stop is odd between letters or digits, not where it divides a sentence.
        after = codes[np.minimum(between + 1, codes.size - 1)]
        odd[between[(codes[np.maximum(between - 1, 0)] > ord(" ")) & (after > ord(" "))]] = True
    found: list[int] = np.flatnonzero(odd).tolist()
    return found + _mixed(codes, classes)


def _look_alike_edits(text: str, mixed: list[int]) -> Iterator[Edit]:
    """Yield the letters that only look Latin, in tokens that are otherwise Latin.

    Args:
        text: A text with characters beyond ASCII.
        mixed: What :func:`_mixed` says of it.
    """
    done = 0
    for at in mixed:
        if at < done:
            continue
        start = end = at
        while start > 0 and at - start < 64 and _TOKEN_CHAR.match(text[start - 1]):
            start -= 1
        while end < len(text) and end - at < 64 and _TOKEN_CHAR.match(text[end]):
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
