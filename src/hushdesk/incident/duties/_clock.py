"""Ends of periods.

* Hours are of 3,600 seconds and run through nights, weekends, holidays and changes of the clock: nothing moves them.
* Days and months are those of the recipient's zone. The day of the event is not counted; a period ends with its last day, so its
  end is the midnight after it.
* A month ends on the day with the event's number, or on the last day of a shorter month.
* Working days are neither weekend nor holiday of the rule's calendar.
* Periods in calendar days are not moved off holidays even where a law would allow it: the earlier end is the safe one.
"""

from __future__ import annotations

import calendar as months
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from hushdesk.incident._spans import HOUR, moment, when
from hushdesk.incident.duties._rules import Anchor, Clock, Unit

EARLIEST: Final = "Pacific/Kiritimati"
"""Where every day ends first. It stands in for a zone that nobody has named, so that no end is shown too late."""
_MONDAY_TO_FRIDAY: Final = 5


@lru_cache(maxsize=64)
def workdays(calendar: str) -> holidays.HolidayBase | None:
    """The calendar of a country or of a part of it; ``None`` for Monday to Friday without holidays.

    Raises:
        ValueError: There is no such calendar.
    """
    if not calendar:
        return None
    country, _, part = calendar.partition("-")
    supported = holidays.list_supported_countries()
    if country not in supported or (part and part not in supported[country]):
        raise ValueError("no calendar of holidays is known for it")
    return holidays.country_holidays(country, subdiv=part or None)


@lru_cache(maxsize=128)
def zone_of(name: str) -> ZoneInfo:
    """A zone by its IANA name. Rules have more of them than the standard library keeps at hand."""
    return ZoneInfo(name)


def is_workday(day: date, calendar: str) -> bool:
    """Whether work is done on a day."""
    known = workdays(calendar)
    return day.weekday() < _MONDAY_TO_FRIDAY if known is None else known.is_working_day(day)


def end(clock: Clock, start: int, zone: str, calendar: str) -> int | None:
    """The moment at which a period that an event began is over; ``None`` for one that has no end.

    Args:
        clock: The period.
        start: Moment of the event.
        zone: IANA name; :data:`EARLIEST` if nobody knows.
        calendar: As in :attr:`hushdesk.incident.duties.Rule.calendar`.
    """
    if clock.unit is Unit.NONE:
        return None
    if clock.unit is Unit.HOURS:
        return start + clock.period * HOUR
    where = zone_of(zone)
    day = when(start).astimezone(where).date()
    if clock.anchor is Anchor.YEAR_END:
        day = date(day.year, 12, 31)
    if clock.unit is Unit.DAYS:
        last = day + timedelta(days=clock.period)
    elif clock.unit is Unit.MONTHS:
        last = _months_later(day, clock.period)
    else:
        last = day
        for _ in range(clock.period):
            last += timedelta(days=1)
            while not is_workday(last, calendar):
                last += timedelta(days=1)
    return midnight_after(last, where)


def midnight_after(day: date, where: ZoneInfo) -> int:
    """The first moment that is no longer the day."""
    # Where clocks go forward at midnight there is none; what the zone makes of it is the moment of the change.
    return moment(datetime.combine(day + timedelta(days=1), time(), tzinfo=where).astimezone(UTC))


def _months_later(day: date, number: int) -> date:
    years, month = divmod(day.month - 1 + number, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))
