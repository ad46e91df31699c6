"""Hunting values that are known to be personal, in whatever way they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hushdesk.redact._fold import fold_in_place
from hushdesk.redact._needles import COMMON_WORDS, Needle, needles
from hushdesk.redact._types import Finding, Kind, Known
from hushdesk.redact.detect._text import BREAK, UNSPACED
from hushdesk.redact.views import View

_NOT_ALNUM = bytes(c for c in range(128) if not chr(c).isalnum())
_NOT_DIGIT = bytes(c for c in range(128) if not chr(c).isdigit())
_SQUEEZE = re.compile(r"[\W_]+")
_DIGIT = re.compile(r"\d")
_ALNUM = re.compile(r"[^\W_]")
_ASCII_ALNUM = np.array([chr(c).isalnum() for c in range(128)], dtype=bool)
_NAME_LEAD = re.compile(
    r"(?i)(?:\b(?:hi|hello|hey|dear|hallo|liebe[r]?|bonjour|salut|hola|ciao|olá|hej|thanks|thank\syou|cheers|regards|merci|danke|gracias"
    r"|mr|mrs|ms|miss|herr|frau|from|by|with|name|called|user|contact|sincerely|to|for|cc|customer|client|agent)\b|[@,])[.,:]?\s{1,2}$"
)
# Never over a line end: what stands there may be another text.
_PREFIX = re.compile(
    r"(?:\+[ ]?\d{1,3}|00[ ]?\d{1,3}|\(\+?\d{1,3}\))?[ \t\xa0.\-/]{0,2}(?:\(?0\)?)?[ \t\xa0.\-/(]{0,2}$"
)


@dataclass(slots=True)
class Haystack:
    """One reading of a context's text, with the forms that needles are looked for in, made when first wanted."""

    text: str
    view: View | None = None
    _folded: str | None = None
    _squeezed: str | None = None
    _letters: Sequence[int] | None = None
    _digits: str | None = None
    _digit_at: Sequence[int] | None = None

    @property
    def folded(self) -> str:
        """The text folded, at unchanged offsets."""
        if self._folded is None:
            self._folded = fold_in_place(self.text)
        return self._folded

    @property
    def squeezed(self) -> str:
        """The folded text without anything but letters and digits."""
        if self._squeezed is None:
            folded = self.folded
            if folded.isascii():
                self._squeezed = folded.encode("ascii").translate(None, _NOT_ALNUM).decode("ascii")
            else:
                self._squeezed = _SQUEEZE.sub("", folded)
        return self._squeezed

    @property
    def letters(self) -> Sequence[int]:
        """Where each character of :attr:`squeezed` stands in the text."""
        if self._letters is None:
            folded = self.folded
            if folded.isascii():
                codes = np.frombuffer(folded.encode("ascii"), dtype=np.uint8)
                self._letters = np.flatnonzero(_ASCII_ALNUM[codes]).tolist()
            else:
                self._letters = [m.start() for m in _ALNUM.finditer(folded)]
        return self._letters

    @property
    def digits(self) -> str:
        """The digits of the text."""
        if self._digits is None:
            if self.text.isascii():
                self._digits = self.text.encode("ascii").translate(None, _NOT_DIGIT).decode("ascii")
            else:
                self._digits = "".join(_DIGIT.findall(self.text))
        return self._digits

    @property
    def digit_at(self) -> Sequence[int]:
        """Where each of :attr:`digits` stands in the text."""
        if self._digit_at is None:
            if self.text.isascii():
                codes = np.frombuffer(self.text.encode("ascii"), dtype=np.uint8)
                self._digit_at = np.flatnonzero((codes >= 48) & (codes <= 57)).tolist()
            else:
                self._digit_at = [m.start() for m in _DIGIT.finditer(self.text)]
        return self._digit_at

    def searched(self, mode: str) -> str:
        """The form that needles of a mode are looked for in."""
        if mode == "plain":
            return self._folded if self._folded is not None else self.folded
        return self.squeezed if mode == "squeezed" else self.digits


def hunt(haystacks: Sequence[Haystack], known: Iterable[Known], *, repeated: bool = False) -> list[Finding]:
    """Return every mention of ``known`` in ``haystacks``, in raw offsets.

    Args:
        haystacks: The readings of one context.
        known: The values.
        repeated: The values were found in this very text rather than given, so weak parts of them are left alone.
    """
    out: list[Finding] = []
    for value in known:
        prepared = needles(value.kind, value.value)
        for haystack in haystacks:
            spans = [
                (start, end, needle)
                for needle in prepared
                # Nearly every needle is nowhere: a plain search says so before anything is built.
                if needle.text in haystack.searched(needle.mode)
                for start, end in _spans(haystack, needle, repeated=repeated)
            ]
            if not spans:
                continue
            for start, end, needle in (
                _names_merged(haystack.text, spans) if value.kind is Kind.PERSON else spans
            ):
                if haystack.view is not None:
                    start, end = haystack.view.origin(start, end)  # noqa: PLW2901
                out.append(
                    Finding(
                        start,
                        end,
                        needle.kind,
                        0.7 if repeated else 0.98,
                        "repeated" if repeated else "known",
                        needle.canonical,
                        "repeats a value found in this context" if repeated else "is a known value",
                        value.ref,
                    )
                )
    return out


_INNER = frozenset("./-\\_@:$")


def _spans(haystack: Haystack, needle: Needle, *, repeated: bool) -> Iterator[tuple[int, int]]:
    if needle.weak and repeated:
        return
    if needle.mode == "digits":
        yield from _digit_spans(haystack, needle)
        return
    if needle.mode == "squeezed":
        yield from _squeezed_spans(haystack, needle)
        return
    folded, text, wanted = haystack.folded, haystack.text, needle.text
    at = folded.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if _stands_alone(folded, at, end, needle, repeated=repeated) and (
            not needle.name or _reads_as_name(text, at, end, wanted)
        ):
            yield at, end
        at = folded.find(wanted, at + 1)


def _stands_alone(folded: str, start: int, end: int, needle: Needle, *, repeated: bool) -> bool:
    if needle.glued:
        return True
    if (
        repeated
        and needle.kind is Kind.USERNAME
        and (
            folded[start - 1 : start] in _INNER
            or (folded[end : end + 1] in _INNER and folded[end + 1 : end + 2].isalnum())
        )
    ):
        # A user called as the product is: parts of package and host names are not mentions of that person.
        return False
    return not (
        (start > 0 and _runs_on(folded[start - 1], folded[start]))
        or (end < len(folded) and _runs_on(folded[end], folded[end - 1]))
    )


def _runs_on(outer: str, inner: str) -> bool:
    """Tell whether a character beside a mention makes it a part of a longer word."""
    if not (outer.isalnum() and inner.isalnum()):
        return False
    # Scripts without blanks between words run into numbers and Latin letters: that is no longer word.
    return outer.isascii() or not (inner.isascii() and UNSPACED.match(outer))


def _reads_as_name(text: str, start: int, end: int, token: str) -> bool:
    first = text[start]
    if not token.isascii() and not first.islower():
        return True
    common = token in COMMON_WORDS
    lead = text[max(0, start - 24) : start]
    if common:
        # Will and Mark begin sentences; after a greeting or in the middle of one they are names.
        if not first.isupper() or text[start:end].isupper():
            return False
        if _NAME_LEAD.search(lead):
            return True
        stripped = lead.rstrip(" \t")
        return bool(stripped) and stripped[-1] not in ".!?\n:>-*\x01\"'(" and stripped[-1:].isalnum()
    return first.isupper() or len(token) >= 4 or _NAME_LEAD.search(lead) is not None


def _names_merged(text: str, spans: list[tuple[int, int, Needle]]) -> list[tuple[int, int, Needle]]:
    """Return neighbouring parts of a name as one span: "Jane", "Q.", "Doe"."""
    people = sorted((s for s in spans if s[2].kind is Kind.PERSON), key=lambda s: (s[0], -s[1]))
    merged: list[tuple[int, int, Needle]] = []
    for start, end, needle in people:
        if merged:
            first, last, one = merged[-1]
            between = text[last:start]
            if start <= last or _BETWEEN.fullmatch(between):
                merged[-1] = (first, max(last, end), one)
                continue
        merged.append((start, end, needle))
    return merged + [s for s in spans if s[2].kind is not Kind.PERSON]


_BETWEEN = re.compile(r"[ \t\xa0]{1,2}(?:[A-Z]\.?[ ])?|,[ ]|-|\.[ ]?|_|'")


def _squeezed_spans(haystack: Haystack, needle: Needle) -> Iterator[tuple[int, int]]:
    squeezed, wanted = haystack.squeezed, needle.text
    at = squeezed.find(wanted)
    if at < 0:
        return
    # Most hits are the plain spelling, which was found already: then the way back need not be made.
    if needle.plain and squeezed.count(wanted) == haystack.folded.count(needle.plain):
        return
    letters, text = haystack.letters, haystack.text
    while at >= 0:
        start, end = letters[at], letters[at + len(wanted) - 1] + 1
        span = text[start:end]
        if (
            BREAK not in span
            and len(span) <= 3 * len(wanted) + 8
            and not (start > 0 and _runs_on(text[start - 1], text[start]))
            and not (end < len(text) and _runs_on(text[end], text[end - 1]))
        ):
            yield start, end
        at = squeezed.find(wanted, at + 1)


@lru_cache(maxsize=4096)
def _gaps(length: int) -> int:
    return 3 * length + 6


def _digit_spans(haystack: Haystack, needle: Needle) -> Iterator[tuple[int, int]]:
    digits, wanted = haystack.digits, needle.text
    at = digits.find(wanted)
    while at >= 0:
        places, text = haystack.digit_at, haystack.text
        start, end = places[at], places[at + len(wanted) - 1] + 1
        span = text[start:end]
        if len(span) <= _gaps(len(wanted)) and BREAK not in span and not _words_inside(span):
            following = text[end : end + 1]
            if not following.isdigit():
                lead = _PREFIX.search(text, max(0, start - 12), start)
                begin = start
                if lead is not None and lead.group().strip():
                    begin = lead.start() + len(lead.group()) - len(lead.group().lstrip(" \t\xa0.-/"))
                if not (begin > 0 and text[begin - 1].isdigit()):
                    yield begin, end
        at = digits.find(wanted, at + 1)


_LETTERS = re.compile(r"[^\W\d_]")


def _words_inside(span: str) -> bool:
    return _LETTERS.search(span) is not None
