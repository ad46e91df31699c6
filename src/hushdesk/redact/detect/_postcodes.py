"""Post codes that are told apart by their form: of the United Kingdom, where one is a few doors, of Canada and the Netherlands."""

from __future__ import annotations

from collections.abc import Iterator

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import before

_AREAS = frozenset(
    words(
        """
    ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec en ex fk fy g gl gu gy ha hd hg hp hr hs hu hx ig im ip iv ja je ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn np nr nw
    ol ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc wd wf wn wr ws wv yo ze
    """
    )
)
_LETTERED = frozenset(words("e ec n nw se sw w wc"))
"""Districts of London, of which some have a letter behind the figure."""
_UK = lazily(r"(?P<area>[a-z]{1,2})(?P<n>[\do]{1,2}|[\do][a-hjkmnpr-y])(?P<sector>[\do])[abd-hjlnp-uw-z]{2}")
_CANADIAN = lazily(r"[abceghj-nprstvxy][\do][abceghj-nprstv-z][\do][abceghj-nprstv-z][\do]")
_DUTCH = lazily(r"[1-9]\d{3}(?!sa|sd|ss)[a-z]{2}")


def is_uk(value: str) -> bool:
    """Tell whether a value is a whole post code of the United Kingdom.

    Args:
        value: Small letters and figures without blanks; the letter o may stand for the figure.
    """
    match = _UK.fullmatch(value)
    if match is None or match["area"] not in _AREAS:
        return False
    number = match["n"]
    return number[-1].isdecimal() or number == "o" or number[-1] == "o" or match["area"] in _LETTERED


def is_canadian(value: str) -> bool:
    """Tell whether a value is a Canadian post code.

    Args:
        value: Small letters and figures without blanks; the letter o may stand for the figure.
    """
    return _CANADIAN.fullmatch(value) is not None


def is_dutch(value: str) -> bool:
    """Tell whether a value is a Dutch post code, which is one side of a street.

    Args:
        value: Small letters and figures without blanks.
    """
    return _DUTCH.fullmatch(value) is not None


_PLAIN = lazily(
    r"(?i)(?<![\w'’.\-/\\#@:])(?P<o>[a-z]{1,2}\d[a-z\d]?|[a-z]\d[a-z])(?P<gap>[ \t\xa0]{1,2})(?P<i>\d[a-z]{2}|\d[a-z]\d)(?![\w'’\-/\\@:=(]|\.\w)"
)
_UNITS = frozenset(
    words(
        "st nd rd th gb tb gh hz ah wh hp px pt ft lb ln bn hr hs dp sp ns ps ds dr xl xs ss xx st ed er es nt gs ge ga ph bp db eb pb ep gp up us fps"
    )
)
"""What makes of a figure an ordinal or a quantity, or says how many: "2nd", "2gb", "2xl", "5xx"."""
_HEXADECIMAL = frozenset("0123456789abcdef")
_BYTE_BEFORE = lazily(r"(?i)\b[\da-f]{2}[ ]\Z")
_BYTE_AFTER = lazily(r"(?i)[ ][\da-f]{2}\b")
_BACK = 10


def check_plain(text: str, end: int) -> Iterator[Finding]:
    """Look at the post code whose last character, or the one behind it, is before ``end``."""
    for match in _PLAIN.finditer(text, max(0, end - _BACK), min(len(text), end + 1)):
        if match.end() < end - 1:
            continue
        value = (match["o"] + match["i"]).lower()
        last = match["i"][1:].lower()
        # Bytes of a dump: "e8 2ab", and what is written in both cases, as identifiers are.
        if last in _UNITS or not _one_case(match["o"] + match["i"]):
            continue
        if _HEXADECIMAL.issuperset(value) and (
            _BYTE_BEFORE.search(before(text, match.start(), 4)) or _BYTE_AFTER.match(text, match.end())
        ):
            continue
        if is_uk(value) or is_canadian(value):
            form = canonical(Kind.ADDRESS, value)
            yield Finding(*match.span(), Kind.ADDRESS, 0.65, "postcode", form, "a whole postcode")


def _one_case(value: str) -> bool:
    return value.islower() or value.isupper() or (value[0].isupper() and value[1:].islower())


PLAIN = Detector(
    "postcode-plain",
    (r"\b[a-z]{1,2}\d[a-z\d]?[ \t]{1,2}\d[a-z]{2}\b", r"\b[a-z]\d[a-z][ \t]\d[a-z]\d\b"),
    check_plain,
)
