"""Dates of birth as the answer to a question: "your date of birth please", and in the next line "thirteen eight ninety two"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._personal import MONTH_WORDS, YEAR_WORDS
from hushdesk.redact.detect._said import answers
from hushdesk.redact.views._cardinals import figures, is_number

_TOKEN = lazily(
    r"[ \t\xa0]{0,2}(?:[,./\-–][ \t\xa0]{0,2})?(?P<w>\d+(?:st|nd|rd|th|er|ème|º|ª|\.(?=[ ]?[^\W_]))?|[^\W\d_]+(?:['’][^\W\d_]+)*)"
)
_MONTH = lazily(rf"(?i)(?:{MONTH_WORDS}|jan|feb|mar|mär|apr|jun|jul|aug|sept?|oct|okt|nov|dec|dez)")
_YEAR = lazily(rf"(?i)(?:{YEAR_WORDS}|mille|mil|tysiąc\w*|tausend\w*|thousand|duizend\w*)")
_COUNTS = lazily(
    r"(?i)(?:twenty|thirty)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
    r"|(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)?(?:und)?(?:erste[rn]?|zweite[rn]?|dritte[rn]?|vierte[rn]?|fünfte[rn]?|sechste[rn]?|siebte[rn]?|achte[rn]?|neunte[rn]?|zehnte[rn]?|elfte[rn]?|zwölfte[rn]?|\w{3,6}zehnte[rn]?|zwanzigste[rn]?|(?:ein)?und(?:zwan|drei)(?:z|ß)igste[rn]?|dreißigste[rn]?)"
    r"|(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und(?:zwanzig|dreißig)ste[rn]?|premier|primero|primo|pierwsz\w+|drugi\w*|trzeci\w*|czwart\w+|piąt\w+|szóst\w+|siódm\w+|ósm\w+|dziewiąt\w+|dziesiąt\w+|jedenast\w+|dwunast\w+|\w+nast(?:ego|y)|dwudziest\w+|trzydziest\w+|(?:eer|twee|der|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|\w+tien|\w+twintig|dertig)(?:de|ste)"
)
_JOINTS = frozenset(
    words("of the de del di d of den der le el il am o and y e et und i en em do a dnia roku r")
)
_MOST = 14
_DAYS, _MONTHS = 31, 12


def _read(text: str, at: int) -> list[re.Match[str]]:
    """The words from ``at`` on of which a date may be made."""
    out: list[re.Match[str]] = []
    while len(out) < _MOST and (match := _TOKEN.match(text, at)) is not None:
        word = match["w"].lower()
        known = (
            word[0].isdecimal()
            or is_number(word)
            or word in _JOINTS
            or _MONTH.fullmatch(word)
            or _COUNTS.fullmatch(word)
            or _YEAR.fullmatch(word)
            or (word == "oh" and out)
        )
        if not known or (not out and not word[0].isdecimal() and word in _JOINTS and word not in _ARTICLES):
            break
        out.append(match)
        at = match.end()
    while out and out[-1]["w"].lower() in _JOINTS:
        out.pop()
    return out


_ARTICLES = frozenset(words("the den der am le el il de"))


def _date(text: str, at: int) -> tuple[int, int] | None:
    tokens = _read(text, at)
    for count in range(len(tokens), 1, -1):
        told = [token["w"].lower() for token in tokens[:count]]
        if told[-1] not in _JOINTS and (_with_month(told) or _in_numbers(told)):
            return tokens[0].start("w"), tokens[count - 1].end("w")
    return _glued(text, tokens)


def _glued(text: str, tokens: Sequence[re.Match[str]]) -> tuple[int, int] | None:
    """Figures without signs between them: "130892", "13081992"."""
    if (
        not tokens
        or not _GLUED.fullmatch(tokens[0]["w"])
        or text[tokens[0].end() : tokens[0].end() + 1].isalnum()
    ):
        return None
    return tokens[0].span("w")


_GLUED = lazily(
    r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:(?:19|20)\d\d|\d\d)|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
)


def _with_month(told: Sequence[str]) -> bool:
    """Tell whether words are a day, a month by its name, and maybe a year."""
    months = [i for i, word in enumerate(told) if _MONTH.fullmatch(word)]
    others = [word for word in told if word not in _JOINTS]
    return len(months) == 1 and len(others) >= 2 and _is_day(told, months[0])


def _is_day(told: Sequence[str], month: int) -> bool:
    """Tell whether a number stands right before a month, or right behind it."""
    near = [word for word in told[max(0, month - 3) : month + 3] if word not in _JOINTS]
    return any(word[0].isdecimal() or is_number(word) or _COUNTS.fullmatch(word) for word in near)


def _in_numbers(told: Sequence[str]) -> bool:
    """Tell whether words are three numbers: a day, a month and a year in any order that people use."""
    if any(word in _JOINTS and word not in {"the", "of", "and", "und", "y", "et", "e", "i"} for word in told):
        return False
    plain = [word for word in told if word not in {"the", "of"}]
    if len(plain) < 3:
        return False
    for first in (1, 2):
        for second in (1, 2):
            day = _number(plain[:first])
            month = _number(plain[first : first + second])
            rest = plain[first + second :]
            if rest and 0 < min(day, month) <= _MONTHS and max(day, month) <= _DAYS and _is_year(rest):
                return True
    return False


def _number(told: Sequence[str]) -> int:
    if any(_COUNTS.fullmatch(word) for word in told):
        return 1 if len(told) == 1 or is_number(told[0]) else 0
    value = figures([word.rstrip("stndrhe.º") if word[0].isdecimal() else word for word in told])
    return int(value) if value and len(value) <= 2 else 0


def _is_year(told: Sequence[str]) -> bool:
    if any(
        word.startswith(("thousand", "mil", "tysiąc", "tausend", "zweitausend", "neunzehnhundert"))
        for word in told
    ):
        return True
    value = figures(["zero" if word == "oh" else word for word in told])
    return (
        len(value) == 2 or (len(value) == 4 and value[:2] in {"19", "20"}) or value.startswith(("19", "200"))
    )


def check(text: str, end: int) -> Iterator[Finding]:
    """Look behind a word for date of birth for a date in whatever words, in the same line or as the answer in the next."""
    if span := answers(text, end, _date):
        form = canonical(Kind.BIRTH_DATE, text[slice(*span)])
        yield Finding(
            *span, Kind.BIRTH_DATE, 0.8, "birth-answer", form, "answers a question for a birth date"
        )


_QUESTIONS = words(
    r"""
    date\sof\sbirth dates\sof\sbirth d\.?o\.?b\.? birth\s?date birthday born geburtsdatum geburtstag geboren date\sde\snaissance née? fecha\sde\snacimiento nacimiento nació naciste data\sdi\snascita nat[oa] data\sde\snascimento nasceu
    geboortedatum data\surodzenia daty\surodzenia datę\surodzenia urodził urodziła urodzony urodzona urodziłem urodziłam födelsedatum fødselsdato född født
    """
)
DETECTOR = Detector("birth-answer", tuple(_cues.hyperscan_word(c) for c in _QUESTIONS), check)
