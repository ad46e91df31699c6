"""The texts of each language, and its way of writing numbers and times.

One TOML file a language in ``catalogues/``. English is complete by definition; every other file has the same keys with the
same placeholders, or it is refused when it is read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal

from hushdesk.incident._bound import Bound
from hushdesk.incident._spans import EVER, SECOND, Span, when
from hushdesk.incident.notices._errors import NoticeError
from hushdesk.incident.notices._safe import clean

MASTER: Final = "en"
"""The language that every other one is measured by, and the last resort."""
_PLACE: Final = re.compile(r"\{([a-z_]*)\}")
_FOLDER: Final = "catalogues"
_LOCALES: Final = {"en": "en_GB", "pt": "pt_PT"}
"""The law is European, and so are the dates."""


@cache
def languages() -> tuple[str, ...]:
    """BCP 47 primary tags of all catalogues, sorted."""
    folder = resources.files(__package__) / _FOLDER
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml")))


def places(text: str) -> frozenset[str]:
    """Names of the placeholders of a text."""
    return frozenset(_PLACE.findall(text))


@cache
def texts_of(language: str) -> Mapping[str, str]:
    """All texts of one language as ``table.key``.

    Raises:
        NoticeError: There is no such catalogue, or it does not fit the English one.
    """
    if language not in languages():
        raise NoticeError(
            "there are no texts in that language.", remedy=f"There are: {', '.join(languages())}."
        )
    file = resources.files(__package__) / _FOLDER / f"{language}.toml"
    tables = tomllib.loads(file.read_text("utf-8"))
    found = {f"{table}.{key}": text for table, entries in tables.items() for key, text in entries.items()}
    if language != MASTER:
        wrong = misfits(found, texts_of(MASTER))
        if wrong:
            raise NoticeError(f"the catalogue {language} does not fit: {', '.join(wrong[:5])}.")
    return found


def misfits(texts: Mapping[str, str], master: Mapping[str, str]) -> list[str]:
    """Keys that one of the two lacks, and keys whose placeholders differ."""
    return sorted(
        {*(texts.keys() ^ master.keys())}
        | {key for key in texts.keys() & master.keys() if places(texts[key]) != places(master[key])}
    )


class Words:
    """One language: its texts, its numbers, its times in one zone. Get it from :func:`words`."""

    __slots__ = ("_texts", "language", "locale", "zone")

    def __init__(self, language: str, zone: str) -> None:
        self.language = language
        self._texts = texts_of(language)
        self.locale = Locale.parse(_LOCALES.get(language, language))
        self.zone = ZoneInfo(zone)

    def __call__(self, key: str, **values: str) -> str:
        """A text with its placeholders filled; what stands in the values is taken as it is, braces and all."""
        text = self._texts[key]
        return _PLACE.sub(lambda place: values[place[1]], text) if values else text

    def known(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self._texts

    def number(self, number: int) -> str:
        """With the language's marks between thousands."""
        return str(format_decimal(number, locale=self.locale))

    def decimal(self, number: float) -> str:
        """With up to two places."""
        return str(format_decimal(number, "#,##0.##", locale=self.locale))

    def day(self, at: int) -> str:
        """A date in long form, in the zone of the controller."""
        return self.date_text(self.date_of(at))

    def date_of(self, at: int) -> date:
        """The date of a moment, in the zone of the controller."""
        return when(at).astimezone(self.zone).date()

    def date_text(self, day: date) -> str:
        """A date in long form."""
        return _date(self.locale, day)

    def time(self, at: int) -> str:
        """Date and time to the second, with the zone."""
        return str(format_datetime(when(at), "long", tzinfo=self.zone, locale=self.locale))

    def joined(self, parts: list[str]) -> str:
        """``a, b and c``."""
        return str(format_list(parts, locale=self.locale))

    def duration(self, microseconds: int) -> str:
        """Hours, minutes and seconds by their international signs."""
        seconds, fraction = divmod(microseconds, SECOND)
        hours, rest = divmod(seconds, 3600)
        minutes, rest = divmod(rest, 60)
        parts = [
            f"{self.number(hours)} h" if hours else "",
            f"{minutes} min" if minutes else "",
            f"{rest} s" if rest or (not hours and not minutes and not fraction) else "",
            "< 1 s" if fraction and not seconds else "",
        ]
        return " ".join(filter(None, parts))

    def span(self, span: Span) -> str:
        """From when to when, and how long; ends that nobody knows are said to be unknown."""
        start = self.time(span.start) if span.start > -EVER else self("words.before")
        end = self.time(span.end) if span.end < EVER else self("words.open_end")
        if span.start > -EVER and span.end < EVER:
            return self("words.span", start=start, end=end, long=self.duration(span.end - span.start))
        return self("words.span_open", start=start, end=end)

    def bound(self, bound: Bound, unit: str = "") -> tuple[str, ...]:
        """Lower and upper number as one line, and the reason as a second where they differ."""
        lower = f"{self.number(bound.lower)} {unit}".rstrip()
        if bound.exact:
            return (self("words.exactly", number=lower),)
        if bound.upper is None:
            line = self("words.at_least", lower=lower)
        else:
            line = self("words.between", lower=lower, upper=f"{self.number(bound.upper)} {unit}".rstrip())
        return (line, self.reason(bound.why))

    def reason(self, why: str) -> str:
        """Reasons come from the evidence in English; in other languages they are marked as such."""
        why = clean(why)
        return self("words.reason", why=why) if why else self("words.no_reason")

    def kinds(self, kinds: tuple[str, ...]) -> list[str]:
        """Kinds of data in plain words, in the catalogue's order, each once; strange ones become "other data"."""
        return list(_kinds(self.language, kinds))


@lru_cache(1 << 16)
def _date(locale: Locale, day: date) -> str:
    return str(format_date(day, "long", locale=locale))


@cache
def _kind_texts(language: str) -> Mapping[str, str]:
    return {key[6:]: text for key, text in texts_of(language).items() if key.startswith("kinds.")}


@lru_cache(4096)
def _kinds(language: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
    texts = _kind_texts(language)
    known = {kind if kind in texts else "OTHER" for kind in kinds}
    return tuple(dict.fromkeys(text for kind, text in texts.items() if kind in known))


@lru_cache(64)
def words(language: str, zone: str = "UTC") -> Words:
    """One language in one time zone.

    Raises:
        NoticeError: There are no texts in that language.
    """
    return Words(language, zone)
