"""Times as logs write them, as moments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hushdesk.incident._spans import HOUR, SECOND, moment

MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_CLF = re.compile(
    r"(\d{1,2})/([A-Za-z]{3})/(\d{4}):(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?([+-]\d\d:?\d\d|Z))?"
)
_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]|T? )(\d\d):?(\d\d):?(\d\d)(?:[.,](\d{1,9}))?"
    r"(?: ?(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?"
)
_EPOCH = re.compile(r"(\d{1,19})(?:\.(\d{1,9})\d*)?")
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)?")


@dataclass(frozen=True, slots=True)
class Stamp:
    """One reading of a time in a log."""

    at: int
    """The moment, or the first one that is meant."""
    step: int
    """From it on, so many microseconds are meant: a second where the log writes whole ones."""
    zoned: bool = True
    """Whether the log says the zone."""


@lru_cache(maxsize=1024)
def zone_of(text: str) -> tzinfo | None:
    """A zone by its name (``Europe/Paris``) or distance (``+02:00``); ``None`` if it is neither."""
    text = text.strip()
    if text.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    if found := _ZONE.fullmatch(text):
        away = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(-away if found[1] == "-" else away) if away < timedelta(hours=24) else None
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def stamp(
    parts: tuple[int, int, int, int, int, int], fraction: str | None, zone: tzinfo | None, *, zoned: bool
) -> Stamp | None:
    """A time from its parts; ``None`` if there is no such time.

    Args:
        parts: Year, month, day, hour, minute, second. A leap second is the last moment of its minute.
        fraction: Digits after the point.
        zone: Where it holds; without one it is read as UTC.
        zoned: Whether the log says the zone.
    """
    year, month, day, hour, minute, second = parts
    digits = (fraction or "")[:6]
    try:
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone or UTC)
        if second > 60:
            return None
        base = moment(local)
        # When clocks are set back, an hour happens twice and the log does not say which one is meant.
        twice = 0 if zone is None or isinstance(zone, timezone) else moment(local.replace(fold=1)) - base
    except (ValueError, OverflowError):
        return None
    step = 10 ** (6 - len(digits))
    return Stamp(base + int(digits.ljust(6, "0")), step + max(0, min(twice, 2 * HOUR)), zoned=zoned)


def clf(text: str, zone: tzinfo | None = None) -> Stamp | None:
    """``04/Dec/2019:10:31:07 +0000``, with or without fraction and zone."""
    found = _CLF.fullmatch(text)
    month = MONTHS.get(found[2].lower()) if found else None
    if not found or not month:
        return None
    said = zone_of(found[8]) if found[8] else None
    if found[8] and said is None:
        return None
    parts = (int(found[3]), month, int(found[1]), int(found[4]), int(found[5]), int(found[6]))
    return stamp(parts, found[7], said or zone, zoned=said is not None)


def iso_stamp(text: str, zone: tzinfo | None = None) -> Stamp | None:
    """ISO 8601 and its relatives: with a space, a comma before the fraction, with or without a zone."""
    found = _ISO.fullmatch(text)
    if not found:
        return None
    said = zone_of(found[8]) if found[8] else None
    if found[8] and said is None:
        return None
    parts = tuple(int(found[at]) for at in range(1, 7))
    return stamp(parts, found[7], said or zone, zoned=said is not None)  # type: ignore[arg-type]


def epoch(text: str) -> Stamp | None:
    """Seconds since 1970, whole or with a fraction; longer whole numbers are milli-, micro-, nanoseconds."""
    found = _EPOCH.fullmatch(text)
    if not found:
        return None
    whole, fraction = found[1], found[2]
    if fraction is None and len(whole) > 11:
        unit = 1000 if len(whole) <= 14 else 1 if len(whole) <= 17 else 0
        at = int(whole) * unit if unit else int(whole) // 1000
        return Stamp(at, max(unit, 1))
    if len(whole) > 11:
        return None
    digits = (fraction or "")[:6]
    return Stamp(int(whole) * SECOND + int(digits.ljust(6, "0")), 10 ** (6 - len(digits)))


def any_stamp(text: str, zone: tzinfo | None = None) -> Stamp | None:
    """Whichever of the three it is."""
    return clf(text, zone) or epoch(text) or iso_stamp(text, zone)
