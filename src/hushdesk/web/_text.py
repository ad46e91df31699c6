"""Cuts sealed text into plain pieces, pseudonyms and marks, so that templates only ever print text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"\b([A-Z_]+)_([0-9A-HJKMNP-TV-Z]{14})\b|\[([A-Z_]{2,20})\]")
_GROUPS = {
    "ACCOUNT": "money",
    "ADDRESS": "place",
    "BANK": "money",
    "BIRTH_DATE": "id",
    "CARD": "money",
    "COORDINATES": "place",
    "DEVICE": "net",
    "EMAIL": "contact",
    "IBAN": "money",
    "IP": "net",
    "MAC": "net",
    "NATIONAL_ID": "id",
    "PERSON": "person",
    "PHONE": "contact",
    "PLACE": "place",
    "PLATE": "id",
    "SECRET": "secret",
    "URL": "net",
    "USERNAME": "contact",
}
"""Every kind of personal data, with its colour group."""
# Control characters but tab, line feed and carriage return: they have no business on a page.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")
_WORDS = re.compile(r'(-?)(?:[a-z_.]+:)?"([^"]*)"|(\S+)')
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text: plain, marked as a match, a pseudonym, or a placeholder."""

    type: str
    """text, mark, token or removed."""
    text: str
    kind: str = ""
    """The kind of personal data that stood here."""
    group: str = ""
    """The colour group of the kind."""
    head: str = ""
    """The part of a pseudonym that is shown when space is short."""
    tail: str = ""
    """The rest of it."""
    hit: bool = False
    """True for a pseudonym that the query asked for."""


def without_controls(text: str) -> str:
    """The text without control characters, but for tabs and line ends."""
    return _CONTROLS.sub("", text)


def kind_group(kind: str) -> str:
    """The colour group of a kind of personal data."""
    return _GROUPS.get(kind, "other")


def kind_label(kind: str) -> str:
    """A kind of personal data in plain words."""
    return {
        "IP": "IP",
        "IBAN": "IBAN",
        "MAC": "MAC",
        "URL": "link",
        "EMAIL": "e-mail",
        "NATIONAL_ID": "ID",
    }.get(kind, kind.replace("_", " ").lower())


@lru_cache(maxsize=256)
def highlighter(query: str) -> re.Pattern[str] | None:
    """A pattern for the words and phrases of a query; None if there is nothing to mark."""
    parts: list[str] = []
    for match in _WORDS.finditer(query):
        phrase, word = match[2], (match[3] or "").strip("()")
        if match[1] or word.startswith("-") or word in {"OR", "AND", "NOT"}:
            continue
        if phrase is None and ":" in word:
            continue
        words = _fold((phrase or word).replace("*", " "))[0].split()
        if not words:
            continue
        pattern = r"\W+".join(re.escape(each) for each in words)
        if not _UNSPACED.search(pattern):
            pattern = rf"(?<!\w){pattern}" + ("" if (phrase or word).endswith("*") else r"(?!\w)")
        parts.append(pattern)
    return re.compile("|".join(parts[:50]), re.IGNORECASE) if parts else None


def segments(text: str, query: str = "") -> list[Segment]:
    """Cut a sealed text into pieces; joined, their texts are the text again."""
    text = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)
    marks = highlighter(query) if query else None
    return list(_pieces(text, marks, query))


def _pieces(text: str, marks: re.Pattern[str] | None, query: str) -> Iterator[Segment]:
    start = 0
    for match in _TOKEN.finditer(text):
        kind = match[1] or match[3]
        if kind not in _GROUPS:
            continue
        yield from _plain(text[start : match.start()], marks)
        start = match.end()
        if match[1]:
            body = match[2]
            yield Segment(
                "token",
                match[0],
                kind,
                kind_group(kind),
                body[:5],
                body[5:],
                bool(query) and match[0] in query,
            )
        else:
            yield Segment("removed", match[0], kind, kind_group(kind))
    yield from _plain(text[start:], marks)


def _plain(text: str, marks: re.Pattern[str] | None) -> Iterator[Segment]:
    start = 0
    if marks is not None:
        folded, places = _fold(text)
        for match in marks.finditer(folded):
            if match.end() == match.start():
                continue
            low, high = places[match.start()], places[match.end() - 1] + 1
            # A combining mark belongs to the letter before it.
            while high < len(text) and unicodedata.combining(text[high]):
                high += 1
            if low > start:
                yield Segment("text", text[start:low])
            yield Segment("mark", text[max(low, start) : high])
            start = high
    if start < len(text):
        yield Segment("text", text[start:])


def _fold(text: str) -> tuple[str, Sequence[int]]:
    """The text without case and accents, and for each of its characters the place it came from."""
    if text.isascii():
        return text.lower(), range(len(text))
    folded = [_letter(char) for char in text]
    return "".join(folded), [place for place, part in enumerate(folded) for _ in part]


@lru_cache(maxsize=8192)
def _letter(char: str) -> str:
    """One character without case and accents: none, or several."""
    parts = unicodedata.normalize("NFKD", char.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
