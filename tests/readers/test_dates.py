"""Times of help desks: what is read, what is refused, and that nothing raises."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.cases import Reason
from hushdesk.readers._dates import day_order, parse_time

NOON = datetime(2021, 9, 30, 17, 20, tzinfo=UTC)
DAY = datetime(2021, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-09-30T17:20:00Z", NOON),
        ("2021-09-30T17:20:00.000+0000", NOON),
        ("2021-09-30T19:20:00+02:00", NOON),
        ("2021-09-30 17:20:00 UTC", NOON),
        ("2021-09-30 12:20:00 -05", NOON),
        ("2021-09-30T17:20:00Z[Europe/Paris]", NOON),
        ("1633022400", NOON),
        ("1633022400000", NOON),
        ("1633022400.0", NOON),
        ("1633022400000000", NOON),
        (1633022400, NOON),
        (1633022400.0, NOON),
        ("Thu, 30 Sep 2021 19:20:00 +0200", NOON),
        ("Thu, 30 Sep 2021 19:20:00 +0200 (CEST)", NOON),
        ("30 Sep 21 13:20 EDT", NOON),
        ("Thu Sep 30 19:20:00 CEST 2021", NOON),
    ],
)
def test_times_with_a_zone(text: object, expected: datetime) -> None:
    parsed = parse_time(text)
    assert parsed.at == expected
    assert parsed.zoned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-09-30 17:20:00", NOON),
        ("2021-09-30T17:20", NOON),
        ("30/Sep/21 17:20", NOON),
        ("30/Sep/21 5:20 PM", NOON),
        ("30/sept./21 17:20", NOON),
        ("Sep 30, 2021, 5:20:00 PM", NOON),
        ("Sep 30, 2021, 5:20\u202fPM", NOON),
        ("30. September 2021 17:20", NOON),
        ("Thu Sep 30 17:20:00 2021", NOON),
        ("2021年9月30日 17:20", NOON),
        ("2021/9/30 17:20", NOON),
        ("20210930T172000", NOON),
        ("20210930", DAY),
        ("9/30/2021", DAY),
        ("30.9.2021", DAY),
        ("30-09-2021", DAY),
        ("mar. 30 sept. 2021", DAY),
        ("3 mar 2021", datetime(2021, 3, 3, tzinfo=UTC)),
        ("5/5/2025", datetime(2025, 5, 5, tzinfo=UTC)),
    ],
)
def test_times_without_a_zone_take_the_given_one(text: str, expected: datetime) -> None:
    assert parse_time(text) == parse_time(text, zone=UTC)
    assert parse_time(text).at == expected
    assert not parse_time(text).zoned
    shifted = parse_time(text, zone=timezone(timedelta(hours=2))).at
    assert shifted == expected - timedelta(hours=2)


@pytest.mark.parametrize("text", ["3/4/2025", "3.4.2025", "03-04-2025 10:00", "3/4/25", "21-03-04"])
def test_two_readings_are_refused_unless_the_order_is_given(text: str) -> None:
    assert parse_time(text).problem is Reason.AMBIGUOUS_DATE
    assert parse_time(text).at is None
    day_first, month_first = parse_time(text, day_first=True), parse_time(text, day_first=False)
    assert day_first.problem is None or month_first.problem is None
    assert day_first.at != month_first.at


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2025",
        "2021-02-30",
        "2021-09-30T25:00",
        "02:31:00",
        "3 days",
        "1.23E+11",
        "42",
        "garbage",
        "x" * 5_000,
        "13:61 30 Sep 2021",
        "13:20 PM 30 Sep 2021",
        "30 Sep 21 10:00 +99:99",
        "9" * 400,
    ],
)
def test_impossible_times_are_bad(text: str) -> None:
    assert parse_time(text).problem is Reason.BAD_DATE
    assert parse_time(text).at is None


@pytest.mark.parametrize("value", [10**400, -(10**400), float("nan"), float("inf"), True, b"2021", [1], {}])
def test_values_of_other_types_are_bad(value: object) -> None:
    assert parse_time(value).problem is Reason.BAD_DATE


@pytest.mark.parametrize(
    "value", [None, "", "  ", "null", "N/A", "NaT", "0000-00-00 00:00:00", "0001-01-01T00:00:00"]
)
def test_absent_times_are_no_problem(value: object) -> None:
    assert parse_time(value).problem is None
    assert parse_time(value).at is None


def test_the_wrong_order_given_does_not_swap_silently() -> None:
    assert parse_time("3/14/2025", day_first=True).problem is Reason.BAD_DATE
    assert parse_time("14/3/2025", day_first=False).problem is Reason.BAD_DATE


def test_a_given_form_decides() -> None:
    assert parse_time("44469.722222", form="excel").at == datetime(2021, 9, 30, 17, 20, tzinfo=UTC)
    assert parse_time("1633022400000", form="epoch_ms").at == NOON
    assert parse_time("3/4/2025", form="%d/%m/%Y").at == datetime(2025, 4, 3, tzinfo=UTC)
    assert parse_time("2025-04-03", form="%d/%m/%Y").problem is Reason.BAD_DATE
    assert parse_time("2025-04-03", form="excel").problem is Reason.BAD_DATE


def test_a_zone_of_the_user_knows_summer_time() -> None:
    paris = ZoneInfo("Europe/Paris")
    assert parse_time("30/Sep/21 19:20", zone=paris).at == NOON
    assert parse_time("2021-01-30 18:20", zone=paris).at == datetime(2021, 1, 30, 17, 20, tzinfo=UTC)


def test_a_column_proves_its_order() -> None:
    assert day_order(["3/4/2025", "14/3/2025 10:00"]) is True
    assert day_order(["3/4/2025", "3/14/2025"]) is False
    assert day_order(["3/4/2025", "5/5/2025", "2025-03-14"]) is None
    assert day_order(["14/3/2025", "3/14/2025"]) is None, "a column that contradicts itself proves nothing"
    assert day_order([None, 3, "", "21-03-04"]) is None


@given(
    st.one_of(
        st.text(max_size=200), st.floats(), st.integers(), st.from_regex(r"\d{1,4}[-/.]\d\d?[-/.]\d{1,4}")
    )
)
def test_no_value_raises_and_none_shows_in_the_repr(value: object) -> None:
    parsed = parse_time(value)
    assert (parsed.at is None) or parsed.at.tzinfo is UTC
    day_order([value])
    assert "2021" not in repr(parse_time("2021-09-30"))


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2199, 1, 1)))  # noqa: DTZ001
def test_what_iso_writes_is_read_back(value: datetime) -> None:
    assert parse_time(value.isoformat()).at == value.replace(tzinfo=UTC)
    assert parse_time(value.strftime("%a, %d %b %Y %H:%M:%S +0000")).at == value.replace(
        microsecond=0, tzinfo=UTC
    )
