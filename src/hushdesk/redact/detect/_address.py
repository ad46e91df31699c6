"""Postal addresses in one line: street and number, postcode and city, boxes, labelled values."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hushdesk.redact._fold import fold
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect import _address_shapes as shapes
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import BREAK

_WORDS: Final = lazily(r"[^\W\d_]+")
_DIGIT: Final = lazily(r"\d")
_SAYS: Final = lazily(r"[:：=|\t]|[ ](?:is|ist|lautet|est|es)[ ]", re.IGNORECASE)
"""What stands between a label and its value; without it the far longer expression for labels need not be tried."""
_NOT_STREET: Final = frozenset(
    """
arbeitsplatz speicherplatz stellplatz parkplatz sitzplatz steckplatz festplatz losungsweg umweg platz weg strasse heimweg dienstweg rechtsweg ausweg
tie weg prestige backend gate marktplatz mastergate vertragsweg update string monitoring scoring storing spring hering during laan postweg
""".split()
)


_STOP: Final = frozenset(
    """
the a an and or of to in on at is was are were be been it this that these those i you we he she they my your our his her their for from with by as not no yes
please thanks hello hi dear see after before when while if then than but so der die das den dem des ein eine und oder ist war sind ich wir sie er es mein
ihr unser nicht kein bitte danke hallo nach vor wenn dann le la les un une et est je nous vous il elle el los las una y es yo por para
il lo gli di che non e sono i o que se com em ao na no da do het een van en ik wij error errors step build version ticket case order page line port
""".split()
)


def _finding(start: int, end: int, score: float, why: str) -> Finding:
    return Finding(start, end, Kind.ADDRESS, score, "address", why=why)


def scan(line: str) -> Iterator[Finding]:
    """Addresses in one line."""
    if _DIGIT.search(line) is None:
        return
    low = line.lower()
    if not line.isascii() and shapes.EAST_HINT.search(line) is not None:
        for pattern, score in shapes.EAST:
            for match in pattern.finditer(line):
                yield _finding(match.start(), match.end(), score, "is written like a postal address")
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
            yield _finding(match.start(), end, better, "is written like a street and a number")
    if code or shapes.STATE_HINT.search(line) is not None:
        for pattern, score in shapes.CITIES:
            for match in pattern.finditer(line):
                if _city(match.group("city")):
                    yield _finding(
                        match.start(), match.end(), score, "is written like a postcode and a place"
                    )
    if not shapes.BOX_WORDS.isdisjoint(words):
        for match in shapes.BOX.finditer(line):
            end, _ = _tail(line, match.end())
            yield _finding(match.start(), end, 0.85, "is written like a post-office box")


def _plausible(match: re.Match[str]) -> bool:
    word = match.groupdict().get("word")
    if word is None:
        return True
    folded = fold(word)
    last = folded.split()[-1]
    if last.rstrip(".") in _NOT_STREET:
        return False
    first = folded.split()[0]
    return first not in _STOP or first in shapes.FIRST_WORDS or first == last


def _city(name: str | None) -> bool:
    words = fold(name or "").split()
    if not words:
        return True
    return words[0] not in _STOP


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
        if match is not None and _city(match.group("city")) and match.group("code"):
            at, full = match.end(), True
    if full:
        country = shapes.COUNTRY.match(line, at)
        if country is not None:
            at = country.end()
    return at, full


def _labelled(line: str) -> Iterator[Finding]:
    if _SAYS.search(line) is None:
        return
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
        yield _finding(start, start + len(value), 0.85, "is the value of a field for an address")


LEAST: Final = 0.6
_WORD_HINT: Final = 2


def check(text: str, end: int) -> Iterator[Finding]:
    """Look at the line in which a word for streets, boxes or addresses stands."""
    if _DIGIT.search(text, max(0, end - 40), min(len(text), end + 26)) is None:
        # Without a number near the word no line is an address.
        return
    start = text.rfind("\n", max(0, end - 300), max(0, end - 1)) + 1 or max(0, end - 300)
    stop = text.find("\n", max(0, end - 1), end + 300)
    stop = min(len(text), end + 300) if stop < 0 else stop
    line = text[start:stop]
    if BREAK in line:
        return
    for found in scan(line):
        if found.score >= LEAST:
            yield Finding(
                found.start + start, found.end + start, found.kind, found.score, found.detector, why=found.why
            )


def _triggers() -> tuple[str, ...]:
    words = sorted(
        w
        for w in shapes.ROAD_WORDS | shapes.BOX_WORDS
        if w.isalpha() and (len(w) > _WORD_HINT or not w.isascii() or w in {"st", "rd", "ul", "jl", "cl"})
    )
    near = tuple(rf"\b{word}\b" for word in words)
    ends = "|".join(sorted(e for e in shapes.ENDINGS if len(e) > _WORD_HINT))
    return (
        *near,
        rf"(?:{ends})\.? (?:nr\.? ?|no\.? ?)?\d",
        r"(?:丁目|番地|番|号|號|路|街|道|로|길|동)[ ]?\d",
        r"\d(?:丁目|番|号|號|路|로|길)",
        # A block of Japan: what stands before the figures are characters of three bytes.
        r"[\xe3-\xe9][\x80-\xbf]{2} ?\d{1,3}-\d{1,3}",
        r"(?:شارع|رחוב|רחוב|ถนน|ซอย|मार्ग|नगर)[^\n\x01]{0,40}\d",
        r"(?:adress?e?|address|anschrift|direcci.{1,2}n|endere.{1,2}o|indirizzo|adresa|адрес|адреса|住所|地址|주소)[^\n\x01]{0,12}[:=]",
    )


DETECTOR = Detector("address", _triggers(), check, refractory=60)
