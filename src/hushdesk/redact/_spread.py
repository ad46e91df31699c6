"""Values that are spread out: blanks between all characters, odd groups, a number right after a name.

What the detectors find goes by cues and numbering plans. Here the way of writing itself is the evidence:
nobody writes a build number with a blank after each digit, and what follows a person's name in a list of
contacts is that person's number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hushdesk.redact._canonical import canonical
from hushdesk.redact._tld import COMMON_ENDS, FILE_ENDS
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.views import windows

_HIDDEN = "\u200b-\u200f\u2060-\u2064\ufeff\u00ad"
_RUN = rf"[+(]?[ ]?\d(?:[ .\-/(){_HIDDEN}]{{0,4}}\d){{7,14}}(?![\w@%°€$£]|[.,:/]\d)"
_NEXT = re.compile(rf"[ \t]{{0,2}}[)）]?[ \t]{{0,2}}[,，、:：;；—–(（\-]?[ \t]{{0,2}}(?P<v>{_RUN})")
_DATE = re.compile(
    r"(?:19|20)\d\d[\-/. ]\d\d?[\-/. ]\d\d?(?!\d)|\d\d?[\-/.]\d\d?[\-/.](?:19|20)\d\d(?!\d)|\d{1,3}(?:\.\d{1,3}){3}$"
)
_SINGLES = re.compile(
    r"(?<![A-Za-z0-9(])(?<![\d()\-+/.][ ])(?:\([ ]?)?\d(?:[ ][\d()\-+/.]){8,40}(?![ ]?[A-Za-z0-9])"
)
_LOOSE = re.compile(r"(?<![A-Za-z0-9.,:+\-])0(?:[ ]\d{1,4}){3,9}(?![A-Za-z0-9]|[.,:\-]\d)")
_PAIRS = re.compile(rf"(?<![\w.+\-/])0[1-9](?:[ .\-][{_HIDDEN}]{{0,3}}\d\d){{4}}(?!\w|[.,\-]\d)")
_NINE = re.compile(r"(?<![\w.,+\-/])[6-9]\d{1,2}[ ]\d{2,3}[ ]\d\d[ ]\d\d(?!\w|[.,:\-]\d)")
_EIGHT = re.compile(r"(?<![\w.+\-])8[ \-(]{1,2}\d{3}[ \-)]{1,2}\d{3}[ \-]\d\d[ \-]?\d\d(?!\w)")
_TRIPLES = re.compile(r"(?<![A-Za-z0-9.\-/])\d{3}\.\d{3}\.\d{3}\.\d{1,3}(?![A-Za-z0-9]|\.\d)")
_UNANSWERED = re.compile(
    rf"(?<![\w.+\-])(?P<v>{_RUN})[ ,;:]{{1,2}}(?i:no\scontesta|no\sanswer|not\sanswering|does\snot\sanswer|ne\srépond\spas"
    r"|antwortet\snicht|niemand\sda|non\srisponde|não\satende|не\sотвечает|не\sвідповідає|nie\sodbiera|svarar\sinte"
    r"|cevap\sver|açmıyor|nebere|neodpovídá|neemt\sniet\sop)"
)
_CONTRACT = re.compile(
    r"(?<![A-Za-z0-9])(?!IS[BSM]N|ASIN|I[DS][ .\-]|N[RO][ .\-])[A-Z]{2}[ .\-]{0,2}[A-Z]{2}[ .\-]{0,2}\d(?:[ .\-]{0,2}\d){5,9}(?![A-Za-z0-9]|[.,:]\d)"
)
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z][ ])?(?P<v>[A-Z][ ][A-Z](?:[ ]\d){2}(?:[ ][A-Z0-9]){11,30})(?!\w)"
)
_MAIL = re.compile(
    r"(?<![\w.@+\-])(?P<l>[A-Za-z0-9](?:[A-Za-z0-9.+\-_]{0,60}[A-Za-z0-9])?)"
    r"(?:(?P<gap>[ ])@(?P<h>[A-Za-z0-9][A-Za-z0-9\-]{1,60})[ ]|@[A-Za-z0-9][A-Za-z0-9\-]{2,60}\.[ ])"
    r"(?P<t>[a-z]{2,12})(?![A-Za-z0-9])"
)
_WORDS_TOO = frozenset(
    ("in", "it", "at", "no", "is", "me", "so", "to", "my", "be", "am", "us", "de", "se", "es")
)
_TELLING = re.compile(r"[0-9._+\-]")
_DENSE = re.compile(rf"\d(?:[ .\-/()+{_HIDDEN}]{{0,6}}\d){{5}}(?:[ .\-/()+{_HIDDEN}]{{0,6}}\d)*+")
_AROUND = 48
_PLAIN = re.compile(
    r"(?:19|20)\d\d[\-/.]\d\d[\-/.]\d\d(?:[ ]\d\d)?|\d{1,3}(?:\.\d{1,5}){1,3}|\d{6,8}|1\d{9,12}"
)
_LETTERS = re.compile(r"[A-Z][ .\-]{0,4}\Z")
_ANSWER = re.compile(r"[ ,;:]{1,2}[^\W\d_]{2}")
_FEWEST = 6
_NOT_DIGITS = bytes(c for c in range(128) if not 48 <= c < 58)
_LENGTHS = {_PAIRS: {10}, _NINE: {9}, _EIGHT: {11}, _LOOSE: {10, 11}}


def spread_out(text: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what the way of writing gives away.

    Args:
        text: The texts of one context.
        found: What was found in it already: numbers that follow a person belong to that person.
    """
    for finding in found:
        if finding.kind is Kind.PERSON or finding.kind is Kind.EMAIL:
            match = _NEXT.match(text, finding.end)
            if match is not None and 8 <= _digits(match["v"]) <= 13 and not _DATE.match(match["v"]):
                yield _phone(text, *match.span("v"), "follows a person's name")
    for low, high in _dense(text):
        yield from _numbers(text, low, high)
    if "@" in text:
        for low, high in windows(_places(text, "@"), 70, 80, len(text)):
            yield from _mails(text, low, high)


def _dense(text: str) -> Iterator[tuple[int, int]]:
    """Yield the neighbourhoods of the runs of at least six digits with little between them."""
    if text.isascii() and len(text.encode("ascii").translate(None, _NOT_DIGITS)) < _FEWEST:
        return
    low = high = -1
    for match in _DENSE.finditer(text):
        # Dates of log lines, versions and counters: only what stands around may still make one a number to call.
        if (
            _PLAIN.fullmatch(match.group())
            and not _LETTERS.search(text, max(0, match.start() - 6), match.start())
            and not _ANSWER.match(text, match.end())
        ):
            continue
        start, end = max(0, match.start() - _AROUND), min(len(text), match.end() + _AROUND)
        if start <= high:
            high = end
            continue
        if high >= 0:
            yield low, high
        low, high = start, end
    if high >= 0:
        yield low, high


def _places(text: str, sign: str) -> list[int]:
    out = []
    at = text.find(sign)
    while at >= 0:
        out.append(at)
        at = text.find(sign, at + 1)
    return out


def _numbers(text: str, low: int, high: int) -> Iterator[Finding]:
    for pattern, why in (
        (_PAIRS, "five pairs of digits that begin with 0"),
        (_NINE, "nine digits in the groups of a telephone number"),
        (_EIGHT, "eleven digits in the groups of a telephone number"),
        (_LOOSE, "ten or eleven digits that begin with 0, in odd groups"),
    ):
        for match in pattern.finditer(text, low, high):
            if _digits(match.group()) in _LENGTHS[pattern]:
                yield _phone(text, *match.span(), why)
    for match in _UNANSWERED.finditer(text, low, high):
        yield _phone(text, *match.span("v"), "nobody answers it")
    for match in _CONTRACT.finditer(text, low, high):
        if any(c in " ." for c in match.group()):
            form = canonical(Kind.ACCOUNT, match.group())
            yield Finding(
                *match.span(), Kind.ACCOUNT, 0.6, "account-spread", form, "a contract number in odd groups"
            )
    for match in _TRIPLES.finditer(text, low, high):
        parts = match.group().split(".")
        if any(int(part) > 255 or (len(part) > 1 and part[0] == "0") for part in parts):
            yield _phone(text, *match.span(), "groups of three digits that are no address")
    for match in _SINGLES.finditer(text, low, high):
        span = match.group().rstrip(" -+/.(")
        if 9 <= _digits(span) <= 15:
            yield _phone(text, match.start(), match.start() + len(span), "digits one by one")
    for match in _IBAN.finditer(text, low, high):
        yield from _iban(match)


def _mails(text: str, low: int, high: int) -> Iterator[Finding]:
    for match in _MAIL.finditer(text, low, high):
        if _reads_as_mail(match):
            form = canonical(Kind.EMAIL, re.sub(r"[ ]", "", f"{match['l']}@{match['h'] or ''}.{match['t']}"))
            yield Finding(
                match.start(),
                match.end(),
                Kind.EMAIL,
                0.8,
                "email-spread",
                form,
                "a mailbox with stray blanks",
            )


def _digits(span: str) -> int:
    return sum(map(str.isdecimal, span))


def _phone(text: str, start: int, end: int, why: str) -> Finding:
    form = canonical(Kind.PHONE, "".join(c for c in text[start:end] if c.isdecimal() or c == "+"))
    return Finding(start, end, Kind.PHONE, 0.7, "phone-spread", form, why)


def _iban(match: re.Match[str]) -> Iterator[Finding]:
    compact = match["v"].replace(" ", "")
    for size in range(len(compact), 14, -1):
        turned = compact[4:size] + compact[:4]
        if int("".join(str(int(c, 36)) for c in turned)) % 97 == 1:
            end = match.start("v") + 2 * size - 1
            yield Finding(
                match.start("v"), end, Kind.IBAN, 0.95, "iban-spread", compact[:size], "its checksum is right"
            )
            return


def _reads_as_mail(match: re.Match[str]) -> bool:
    end = match["t"]
    if end not in COMMON_ENDS or end in FILE_ENDS:
        return False
    if match["gap"] is None:
        # "joe@corp. in the meantime" is a sentence that ends with an address.
        return end not in _WORDS_TOO
    return bool(_TELLING.search(match["l"]) or "-" in match["h"]) or end not in _WORDS_TOO
