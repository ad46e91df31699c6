"""Postal addresses in one line: street and number, postcode and city, boxes, labelled values."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hushdesk.redact.names import _address_shapes as shapes
from hushdesk.redact.names import _lexicon
from hushdesk.redact.names._lexicon import COMMON, NAME, PLACE, STOP, fold
from hushdesk.redact.names._tokens import Span

_WORDS: Final = re.compile(r"[^\W\d_]+")
_DIGIT: Final = re.compile(r"\d")
_NOT_STREET: Final = frozenset(
    """
arbeitsplatz speicherplatz stellplatz parkplatz sitzplatz steckplatz festplatz losungsweg umweg platz weg strasse heimweg dienstweg rechtsweg ausweg
tie weg prestige backend gate marktplatz mastergate vertragsweg update string monitoring scoring storing spring hering during laan postweg
""".split()
)


def scan(line: str) -> Iterator[Span]:
    """Addresses in one line."""
    if _DIGIT.search(line) is None:
        return
    low = line.lower()
    if not line.isascii() and shapes.EAST_HINT.search(line) is not None:
        for pattern, score in shapes.EAST:
            for match in pattern.finditer(line):
                yield Span(
                    match.start(), match.end(), score, "address.street", "is written like a postal address"
                )
    words = set(_WORDS.findall(low))
    if not shapes.LABEL_WORDS.isdisjoint(words) or (
        ("adres" in low or "address" in low or "anschrift" in low)
        and any(word.endswith(shapes.LABEL_ENDS) for word in words)
    ):
        yield from _labelled(line)
    for match in shapes.NUMBERED.finditer(low):
        if low.endswith(shapes.ENDINGS, 0, match.start() + 1):
            words.add(shapes.ENDS)
            break
    code = shapes.POSTCODE_HINT.search(line) is not None
    if code:
        words.add(shapes.CODE)
    for pattern, score, needs in shapes.ROADS if not shapes.ROAD_WORDS.isdisjoint(words) else ():
        if needs.isdisjoint(words):
            continue
        for match in pattern.finditer(line):
            if not _plausible(match):
                continue
            end, full = _tail(line, match.end())
            better = max(score, 0.88) if full else score
            yield Span(match.start(), end, better, "address.street", "is written like a street and a number")
    if code or shapes.STATE_HINT.search(line) is not None:
        for pattern, score in shapes.CITIES:
            for match in pattern.finditer(line):
                if _city(match.group("city")):
                    yield Span(
                        match.start(),
                        match.end(),
                        score,
                        "address.city",
                        "is written like a postcode and a place",
                    )
    if not shapes.BOX_WORDS.isdisjoint(words):
        for match in shapes.BOX.finditer(line):
            end, _ = _tail(line, match.end())
            yield Span(match.start(), end, 0.85, "address.box", "is written like a post-office box")


def _plausible(match: re.Match[str]) -> bool:
    word = match.groupdict().get("word")
    if word is None:
        return True
    folded = fold(word)
    last = folded.split()[-1]
    if last.rstrip(".") in _NOT_STREET:
        return False
    first = folded.split()[0]
    return not _lexicon.flags().get(first, 0) & STOP or first in shapes.FIRST_WORDS or first == last


def _city(name: str | None) -> bool:
    words = fold(name or "").split()
    if not words:
        return True
    value = _lexicon.flags().get(words[0], 0)
    return not value & STOP and not (value & COMMON and not value & (NAME | PLACE))


def _tail(line: str, at: int) -> tuple[int, bool]:
    """How far an address goes on behind its street, and whether a postcode with a place was there."""
    full = False
    unit = shapes.UNIT.match(line, at)
    if unit is not None:
        at = unit.end()
    match = shapes.TAIL.match(line, at)
    if match is not None and _city(match.group("city")):
        at, full = match.end(), True
    else:
        match = shapes.CITY_TAIL.match(line, at)
        if (
            match is not None
            and _city(match.group("city"))
            and (
                match.group("code")
                or _lexicon.flags().get(fold(match.group("city")).split()[0], PLACE) & PLACE
            )
        ):
            at, full = match.end(), True
    if full:
        country = shapes.COUNTRY.match(line, at)
        if country is not None:
            at = country.end()
    return at, full


def _labelled(line: str) -> Iterator[Span]:
    for match in shapes.LABEL.finditer(line):
        value = match.group("value").rstrip(" \t,.;\"'")
        cut = shapes.VALUE_END.search(value)
        if cut is not None:
            value = value[: cut.start()].rstrip(" ,;")
        if (
            len(value) < 4
            or _DIGIT.search(value) is None
            or "@" in value
            or "://" in value
            or shapes.NOT_VALUE.match(value)
        ):
            continue
        if not match.group("code") and sum(c.isalpha() for c in value) < 3:
            continue
        start = match.start("value")
        yield Span(start, start + len(value), 0.85, "address.label", "is the value of a field for an address")


def announces(line: str) -> bool:
    """Whether a line is nothing but a label, so that an address follows below."""
    return len(line) < 60 and shapes.ANNOUNCED.match(line) is not None


def continues(line: str, *, announced: bool) -> Span | None:
    """The rest of an address that began on the line before."""
    match = shapes.NEXT_LINE.match(line)
    if match is not None and _city(match.group("city")):
        return _rest(match)
    match = shapes.REST_LINE.match(line)
    if match is not None:
        return _rest(match)
    match = shapes.CITY_LINE.match(line)
    if match is not None and _lexicon.flags().get(fold(match.group("all")).split()[0], 0) & PLACE:
        return _rest(match)
    match = shapes.ANY_LINE.match(line) if announced and _DIGIT.search(line) else None
    return None if match is None or not _city(match.group("city")) else _rest(match)


def _rest(match: re.Match[str]) -> Span:
    return Span(match.start("all"), match.end("all"), 0.8, "address.city", "goes on from the line before")
