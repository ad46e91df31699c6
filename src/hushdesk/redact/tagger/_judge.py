"""What of the tagger's spans is believed: enough certainty for the kind, and whole words and numbers only."""

from __future__ import annotations

import unicodedata
from typing import Final

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Kind
from hushdesk.redact.tagger._ambiguous import is_ordinary
from hushdesk.redact.tagger._brands import is_brand
from hushdesk.redact.tagger._names import is_careless, people
from hushdesk.redact.tagger._things import is_noun, is_thing

LEAST: Final = {
    Kind.PERSON: 0.5,
    Kind.ADDRESS: 0.55,
    Kind.ACCOUNT: 0.62,
    Kind.PHONE: 0.62,
    Kind.CARD: 0.62,
    Kind.SECRET: 0.7,
    Kind.USERNAME: 0.62,
    Kind.EMAIL: 0.8,
    Kind.BIRTH_DATE: 0.75,
}
"""Mean probability from which a span of a kind is believed. What is written as a number is doubted more."""

_LETTERS: Final = lazily(r"(?:[A-ZÀ-ÖØ-ÞА-ЯΑ-Ω]\.? ?){1,3}")
"""Initials are part of a name; alone they are those of a company's form."""

_LONG: Final = "\u30fc"
"""The sign of a long vowel in Kana: what begins with it is the end of a word."""
_HAN: Final = "\u3000"
_ONE_WORD_FIRST: Final = 0.85
"""A single word of a script with blanks where a sentence begins, as every word has a capital there, is a name only if it is so likely."""

_SMALL: Final = 0.75
"""A name of small letters is believed only if the context says so clearly."""

_SMALL_AMONG_CAPITALS: Final = 0.93
_SMALL_IN_CAREFUL: Final = 0.985
"""Who writes capitals elsewhere in a text writes them in names, above all who begins every sentence with one."""

_FEWEST: Final = {True: 4}
"""Characters of a name in Thai; one of Han, Kana or Hangul has two at least."""

_ALONE: Final = 0.8
_PLAIN_USER: Final = 0.85
"""A user name of letters alone looks like any word."""

_AMOUNT: Final = lazily(r"[A-Z]?[1-9]\d{0,2}(?:[ ,.]\d{3}){0,2}[ ,.]000|[KNR][1-9]\d{0,2}|[aàeoyи]\ \d{1,2}")
"""Round sums, small ones behind the letter of a currency, and the end of a span of hours ("9 a 13")."""
_KEY: Final = lazily(r"(?<![\w\-])[A-Z]{2,5}-\Z")
"""Before the number of a case or a bug. Where it belongs to a person, the network finds the letters too."""
_VERSION: Final = lazily(r"[ ](?:v\d|\d{1,5}(?:\.\d{1,6}){3}(?![\d.]))")
"""What has a version is a program, if it is not surely a person whose host's address follows."""
_ZONE: Final = lazily(r"\d\d:\d\d(?:[.,]\d{1,6})?[ ]?[+\-]\Z")
"""Before the hours by which a clock differs from Greenwich's."""
_DOUBTED: Final = 0.75
_IRISH: Final = lazily(r"(?<!\w)O[ ]?['’][ ]?\Z")
"""Of "O ' Mallory", as some programs divide it."""
_MORE: Final = lazily(r"[,'’]?[ \u00a0][^\W\d_]")
_CHUNK: Final = 64
_GLUE: Final = frozenset("-_./:@\\+#=&%'")
_CODE: Final = lazily(
    r"(?i)[0-9a-f]{12,}$|[0-9a-f]{8}-[0-9a-f]{4}-|0x[0-9a-f]+|\w+\(|.*[\\/=(){}<>].*|(?:\d{1,4}\.){2,}\d+$"
)


def judged(
    text: str, start: int, end: int, kind: Kind, score: float, *, capitals: bool
) -> list[tuple[int, int]]:
    """Return where the span really begins and ends, nothing if it is not believed; what was one may be several names.

    Args:
        text: The text.
        start: Where the tagger's span begins.
        end: Where it ends.
        kind: What it says it is.
        score: How sure it is, 0 to 1.
        capitals: Whether the text has capitals at all.
    """
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    if start == end or score < LEAST[kind]:
        return []
    while end < len(text) and not text[end].isascii() and unicodedata.category(text[end])[0] == "M":
        # A vowel or an accent that belongs to the last letter.
        end += 1
    if kind is Kind.PERSON:
        if (irish := _IRISH.search(text, max(0, start - 4), start)) is not None:
            start = irish.start()
        if score < _DOUBTED and " " not in text[start:end] and _VERSION.match(text, end):
            return []
        if (
            capitals
            and score < _ONE_WORD_FIRST
            and " " not in text[start:end]
            and text[start] < _HAN
            and text[start].isupper()
            and _opens(text, start, end)
        ):
            return []
        return [
            (first, _with_initials(text, first, _with_full_stop(text, first, last)))
            for first, last in people(text, start, end, capitals=capitals)
            if _is_name(text, first, last, score, capitals=capitals)
        ]
    span = _number(text, start, end, kind, score)
    return [] if span is None else [span]


def _opens(text: str, start: int, end: int) -> bool:
    """Whether a sentence of several words begins here, so that a capital says nothing."""
    before = text[max(0, start - 8) : start].rstrip(" \t\"'“”„«»‘’([-–—")
    return (not before or before[-1] in ".!?:;…。\n\r") and _MORE.match(text, end) is not None


def _is_name(text: str, start: int, end: int, score: float, *, capitals: bool) -> bool:
    value = text[start:end]
    if not any(map(str.isalpha, value)) or _LETTERS.fullmatch(value) or value[0] == _LONG:
        return False
    if value.islower() and score < _SMALL_IN_CAREFUL:
        if score < (_SMALL_AMONG_CAPITALS if capitals else _SMALL):
            return False
        if capitals and not is_careless(text):
            return False
    return not (
        is_ordinary(text, start, end, score)
        or is_thing(text, start, end)
        or (" " not in value and is_noun(text, start, end))
        or is_brand(text, start, end)
        or (value[0] >= "\u0e00" and len(value) < _FEWEST.get(value[0] < "\u0f00", 2))
    )


def _with_full_stop(text: str, start: int, end: int) -> int:
    """Where a name ends if the full stop after it belongs to it, as after initials."""
    value = text[start:end]
    belongs = text[end : end + 1] == "." and (
        end - start < 2 or text[end - 2] in " ." or value[-2:] in {"Jr", "Sr"}
    )
    return end + belongs


def _with_initials(text: str, start: int, end: int) -> int:
    """Where a family name ends if initials stand behind it: "Okonkwo, C. paid", "Сидорчук В. П."."""
    if " " in text[start:end] or not text[start].isupper() or end - start < 3 or text[end - 1] == ".":
        return end
    behind = _INITIALS_BEHIND.match(text, end)
    return behind.end() if behind is not None and behind.group().isupper() else end


_INITIALS_BEHIND: Final = lazily(r",?[ ][^\W\d_]\.(?:[ -]?[^\W\d_]\.){0,2}(?!\w)")


def _number(text: str, start: int, end: int, kind: Kind, score: float) -> tuple[int, int] | None:
    value = text[start:end]
    if kind is Kind.PHONE and len(value) < 5 and _ZONE.search(text, max(0, start - 16), start):
        return None
    if kind is Kind.EMAIL and (("@" not in value and " " not in value) or value.count("@") > 1):
        # A host's name, or several addresses in a row, each of which the detectors find by itself.
        return None
    if (kind is Kind.PHONE or kind is Kind.ACCOUNT) and _AMOUNT.fullmatch(value):
        return None
    if kind is Kind.ACCOUNT and value.isdigit() and _KEY.search(text, max(0, start - 8), start):
        return None
    if kind is Kind.USERNAME and value.isalpha() and score < _PLAIN_USER:
        return None
    if kind is Kind.ADDRESS:
        # A number, or a word, alone is an address only if the context says so clearly.
        alone = not (any(map(str.isdigit, value)) and any(map(str.isalpha, value)))
        return None if alone and score < _ALONE else (start, end)
    return _whole(text, start, end)


def _whole(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The whole number or word of which the span is a part; nothing if that is a piece of code, a hash, a path."""
    low, high = start, end
    while low > 0 and start - low < _CHUNK and _alike(text[low - 1], text[low]):
        low -= 1
    while high < len(text) and high - end < _CHUNK and _alike(text[high], text[high - 1]):
        high += 1
    far_low, far_high = low, high
    while (
        far_low > 0 and low - far_low < _CHUNK and (text[far_low - 1].isalnum() or _glued(text, far_low - 1))
    ):
        far_low -= 1
    while (
        far_high < len(text)
        and far_high - high < _CHUNK
        and (text[far_high].isalnum() or _glued(text, far_high))
    ):
        far_high += 1
    if (far_low, far_high) != (start, end):
        chunk = text[far_low:far_high]
        if _CODE.match(chunk) or 2 * (end - start) < far_high - far_low:
            return None
    if text[low - 1 : low] == "(" and ")" in text[low:high]:
        low -= 1
    return low, high


def _alike(outer: str, inner: str) -> bool:
    """Whether two characters side by side are of one word or number; other scripts run into numbers without a blank."""
    return outer.isalnum() and outer.isascii() == inner.isascii()


def _glued(text: str, at: int) -> bool:
    """Whether a sign ties what stands on both sides of it into one."""
    return text[at] in _GLUE and 0 < at < len(text) - 1 and text[at - 1].isalnum() and text[at + 1].isalnum()
