"""Ends of periods at the edges of calendars and clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.incident import DAY, HOUR, moment, when
from hushdesk.incident.duties import Anchor, Clock, Unit, end, is_workday
from hushdesk.incident.duties._clock import EARLIEST


def ends(
    start: str, zone: str, period: int, unit: Unit, calendar: str = "", anchor: Anchor = Anchor.EVENT
) -> str:
    """The end in the zone, of an event that is given in it."""
    where = ZoneInfo(zone)
    begun = datetime.fromisoformat(start)
    begun = begun if begun.tzinfo else begun.replace(tzinfo=where)
    found = end(Clock("aware", period, unit, anchor), moment(begun), zone, calendar)
    assert found is not None
    return when(found).astimezone(where).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("start", "zone", "period", "wanted"),
    [
        pytest.param("2026-11-27T17:00", "Europe/Berlin", 72, "2026-11-30T17:00+01:00", id="over a weekend"),
        pytest.param("2026-12-24T18:00", "Europe/Berlin", 72, "2026-12-27T18:00+01:00", id="over Christmas"),
        pytest.param(
            "2026-03-28T12:00", "Europe/Berlin", 24, "2026-03-29T13:00+02:00", id="clocks go forward"
        ),
        pytest.param("2026-10-24T12:00", "Europe/Berlin", 24, "2026-10-25T11:00+01:00", id="clocks go back"),
        pytest.param("2028-02-28T23:00", "America/New_York", 24, "2028-02-29T23:00-05:00", id="leap day"),
        pytest.param("2026-12-31T23:30", "Asia/Tokyo", 4, "2027-01-01T03:30+09:00", id="year end"),
    ],
)
def test_hours_run_through_everything(start, zone, period, wanted):
    assert ends(start, zone, period, Unit.HOURS) == wanted


@pytest.mark.parametrize(
    ("start", "zone", "period", "wanted"),
    [
        pytest.param(
            "2026-01-01T00:00", "America/Los_Angeles", 30, "2026-02-01T00:00-08:00", id="end of day 30"
        ),
        pytest.param(
            "2026-01-01T23:59", "America/Los_Angeles", 30, "2026-02-01T00:00-08:00", id="hour is nothing"
        ),
        pytest.param(
            "2026-01-02T07:59Z", "America/Los_Angeles", 30, "2026-02-01T00:00-08:00", id="recipient's day"
        ),
        pytest.param(
            "2026-01-02T08:00Z", "America/Los_Angeles", 30, "2026-02-02T00:00-08:00", id="next day there"
        ),
        pytest.param(
            "2028-02-27T10:00", "America/Denver", 2, "2028-03-01T00:00-07:00", id="leap day is the last"
        ),
        pytest.param("2027-02-27T10:00", "America/Denver", 2, "2027-03-02T00:00-07:00", id="no leap day"),
        pytest.param(
            "2026-03-07T10:00", "America/New_York", 1, "2026-03-09T00:00-04:00", id="day of 23 hours"
        ),
        pytest.param(
            "2026-12-30T10:00", "Asia/Singapore", 3, "2027-01-03T00:00+08:00", id="over the year end"
        ),
        # Brazil's clocks went forward at midnight: the day ended when 01:00 came.
        pytest.param("2018-11-02T10:00", "America/Sao_Paulo", 1, "2018-11-04T01:00-02:00", id="no midnight"),
    ],
)
def test_calendar_days_end_with_the_recipients_day(start, zone, period, wanted):
    assert ends(start, zone, period, Unit.DAYS) == wanted


@pytest.mark.parametrize(
    ("start", "calendar", "zone", "period", "wanted"),
    [
        pytest.param("2026-11-27T17:00", "US", "America/New_York", 4, "2026-12-03", id="over a weekend"),
        pytest.param("2026-11-24T09:00", "US", "America/New_York", 4, "2026-12-01", id="Thanksgiving"),
        pytest.param(
            "2026-07-01T09:00", "US", "America/New_York", 4, "2026-07-08", id="holiday observed on Friday"
        ),
        pytest.param("2026-04-28T09:00", "JP", "Asia/Tokyo", 3, "2026-05-07", id="Golden Week"),
        pytest.param("2026-12-30T09:00", "BR", "America/Sao_Paulo", 3, "2027-01-05", id="New Year"),
        pytest.param("2026-04-01T09:00", "BR", "America/Sao_Paulo", 3, "2026-04-07", id="Good Friday"),
        pytest.param("2026-11-27T17:00", "", "Europe/Berlin", 1, "2026-11-30", id="Monday to Friday"),
        pytest.param("2026-11-28T17:00", "", "Europe/Berlin", 1, "2026-11-30", id="begun on a Saturday"),
        pytest.param("2026-01-05T09:00", "DE-BY", "Europe/Berlin", 1, "2026-01-07", id="holiday of a part"),
        pytest.param("2026-01-05T09:00", "DE-BE", "Europe/Berlin", 1, "2026-01-06", id="no holiday there"),
    ],
)
def test_working_days(start, calendar, zone, period, wanted):
    last = date.fromisoformat(wanted)
    assert ends(start, zone, period, Unit.WORKDAYS, calendar)[:16] == f"{last + timedelta(days=1)}T00:00"


@pytest.mark.parametrize(
    ("start", "period", "wanted"),
    [
        ("2026-01-31T10:00", 1, "2026-03-01T00:00+01:00"),
        ("2028-01-31T10:00", 1, "2028-03-01T00:00+01:00"),
        ("2026-11-26T10:00", 1, "2026-12-27T00:00+01:00"),
        ("2026-12-15T10:00", 1, "2027-01-16T00:00+01:00"),
        ("2026-02-28T10:00", 1, "2026-03-29T00:00+01:00"),
        ("2026-03-31T10:00", 6, "2026-10-01T00:00+02:00"),
    ],
)
def test_months_by_the_calendar(start, period, wanted):
    assert ends(start, "Europe/Berlin", period, Unit.MONTHS) == wanted


@pytest.mark.parametrize(
    ("start", "wanted"),
    [
        ("2026-01-01T00:00", "2027-03-02T00:00-05:00"),
        ("2026-12-31T23:59", "2027-03-02T00:00-05:00"),
        # The year after a leap year's end has its 60th day on 29 February only if it is one.
        ("2027-06-01T12:00", "2028-03-01T00:00-05:00"),
    ],
)
def test_sixty_days_after_the_end_of_the_year(start, wanted):
    assert ends(start, "America/New_York", 60, Unit.DAYS, anchor=Anchor.YEAR_END) == wanted


def test_the_year_is_that_of_the_recipient():
    # In New York it is still 2026.
    assert ends("2027-01-01T04:59Z", "America/New_York", 60, Unit.DAYS, anchor=Anchor.YEAR_END)[:4] == "2027"
    assert ends("2027-01-01T05:00Z", "America/New_York", 60, Unit.DAYS, anchor=Anchor.YEAR_END)[:4] == "2028"


def test_without_undue_delay_has_no_end():
    assert end(Clock("aware", 0, Unit.NONE), 0, "UTC", "") is None


def test_a_zone_that_nobody_named_never_makes_an_end_later():
    start = moment(datetime(2026, 6, 1, 15, tzinfo=UTC))
    clock = Clock("aware", 10, Unit.DAYS)
    latest = end(clock, start, EARLIEST, "")
    # Not later than where the house is, if its day of the event was the same one.
    assert latest <= end(clock, start, "Asia/Tokyo", "")


ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/Sao_Paulo", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"]
)
MOMENTS = st.integers(moment(datetime(2015, 1, 1, tzinfo=UTC)), moment(datetime(2035, 1, 1, tzinfo=UTC)))
UNITS = st.sampled_from([Unit.HOURS, Unit.DAYS, Unit.WORKDAYS, Unit.MONTHS])
CALENDARS = st.sampled_from(["", "US", "JP", "BR", "DE-BY"])


@given(MOMENTS, MOMENTS, ZONES, UNITS, CALENDARS, st.integers(1, 60), st.sampled_from(Anchor))
def test_a_later_start_never_ends_earlier(one, other, zone, unit, calendar, period, anchor):
    anchor = Anchor.EVENT if unit is Unit.HOURS else anchor
    first, last = sorted((one, other))
    clock = Clock("aware", period, unit, anchor)
    assert end(clock, first, zone, calendar) <= end(clock, last, zone, calendar)


@given(MOMENTS, ZONES, CALENDARS, st.integers(1, 2_000))
def test_hours_are_never_moved(start, zone, calendar, period):
    assert end(Clock("aware", period, Unit.HOURS), start, zone, calendar) - start == period * HOUR


@given(MOMENTS, ZONES, UNITS, CALENDARS, st.integers(1, 30))
def test_a_longer_period_ends_later(start, zone, unit, calendar, period):
    short, long = (end(Clock("aware", n, unit), start, zone, calendar) for n in (period, period + 1))
    assert start < short < long


@given(MOMENTS, ZONES, CALENDARS, st.integers(1, 15))
def test_working_days_end_with_a_working_day_and_hold_that_many(start, zone, calendar, period):
    where = ZoneInfo(zone)
    over = when(end(Clock("aware", period, Unit.WORKDAYS), start, zone, calendar)).astimezone(where)
    begun = when(start).astimezone(where).date()
    last = (over - timedelta(hours=2)).date()
    days = [begun + timedelta(days=n) for n in range(1, (last - begun).days + 1)]
    assert is_workday(last, calendar)
    assert sum(is_workday(day, calendar) for day in days) == period


@given(MOMENTS, ZONES, st.integers(1, 30))
def test_working_days_are_never_shorter_than_calendar_days(start, zone, period):
    days, work = (end(Clock("aware", period, unit), start, zone, "JP") for unit in (Unit.DAYS, Unit.WORKDAYS))
    assert days <= work
    assert abs((days - start) - period * DAY) <= DAY + 2 * HOUR
