"""Times of day without an offset: exact where a zone is given, else every moment that they can be."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from hushdesk.incident._spans import HOUR, MINUTE
from hushdesk.incident.errors import EvidenceError

EASTERNMOST: Final = 14 * HOUR
WESTERNMOST: Final = -12 * HOUR
NO_ZONE: Final = "the log's times name no zone: say it with the option zone"
ZONE_HELP: Final = "Zone of times that name none: UTC, +02:00, Europe/Berlin."
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - the whole module is about times without a zone
_MICRO: Final = timedelta(microseconds=1)


class WallClock:
    """Reads the times of one log.

    Args:
        zone: What the user says about it: an offset, or a name of the IANA database; may be empty.

    Raises:
        EvidenceError: There is no such zone.
    """

    def __init__(self, zone: str = "") -> None:
        self._zone = _zone(zone) if zone else None
        offset = self._zone.utcoffset(None) if isinstance(self._zone, timezone) else None
        self._offset = None if offset is None else offset // _MICRO

    def read(self, text: str, abbreviation: str = "") -> tuple[int, int] | None:
        """The first and the last moment that a text in ISO 8601 can be; equal if it is exact, None if it is no time.

        Args:
            text: With or without an offset.
            abbreviation: What stands beside it: ``UTC``, ``CEST``, ``+03``. An abbreviation that stands for several
                offsets on that day gives the span of them, unless the user said the zone.
        """
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            return None
        if time.tzinfo is not None:
            at = (time - _EPOCH) // _MICRO
            return at, at
        at = (time - _NAIVE) // _MICRO
        if abbreviation:
            low, high = _offsets(abbreviation.upper(), at // (24 * HOUR))
            if low == high:
                return at - low, at - low
        if self._offset is not None:
            return at - self._offset, at - self._offset
        if self._zone is not None:
            return _in_zone(time, self._zone, at)
        if abbreviation:
            return at - high, at - low
        return at - EASTERNMOST, at - WESTERNMOST


def _in_zone(time: datetime, zone: timezone | zoneinfo.ZoneInfo, at: int) -> tuple[int, int]:
    # The hour that comes twice in autumn is either.
    found = [(time.replace(fold=fold, tzinfo=zone).utcoffset() or timedelta()) // _MICRO for fold in (0, 1)]
    return at - max(found), at - min(found)


def _zone(text: str) -> timezone | zoneinfo.ZoneInfo:
    offset = _offset(text)
    if offset is not None:
        return timezone(timedelta(microseconds=offset))
    try:
        return zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise EvidenceError("the option zone names no zone.", remedy=f"{ZONE_HELP}") from None


def _offset(text: str) -> int | None:
    text = text.upper()
    if text in {"UTC", "GMT", "Z", "UCT"}:
        return 0
    digits = text[1:].replace(":", "")
    if (
        text[:1] not in {"+", "-"}
        or not digits.isdigit()
        or not digits.isascii()
        or len(digits) not in {2, 4}
    ):
        return None
    value = int(digits[:2]) * HOUR + int(digits[2:] or 0) * MINUTE
    value = -value if text[0] == "-" else value
    return value if WESTERNMOST <= value <= EASTERNMOST else None


@lru_cache(maxsize=1024)
def _offsets(abbreviation: str, day: int) -> tuple[int, int]:
    """Least and largest offset that some zone calls so on that day or the days beside it."""
    known = _offset(abbreviation)
    if known is not None:
        return known, known
    found = set()
    if abbreviation.isalpha() and len(abbreviation) <= 6 and -700_000 < day < 2_900_000:
        for beside in (-1, 0, 1):
            time = _EPOCH + timedelta(days=day + beside)
            for zone in _zones():
                there = time.astimezone(zone)
                if there.tzname() == abbreviation:
                    found.add((there.utcoffset() or timedelta()) // _MICRO)
    return (min(found), max(found)) if found else (WESTERNMOST, EASTERNMOST)


@lru_cache(maxsize=1)
def _zones() -> tuple[zoneinfo.ZoneInfo, ...]:
    return tuple(
        zoneinfo.ZoneInfo(name)
        for name in sorted(zoneinfo.available_timezones())
        if not name.startswith(("Etc/", "posix", "right"))
    )
