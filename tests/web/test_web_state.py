from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.analytics import Bar, Histogram
from hushdesk.web._chart import chart
from hushdesk.web._state import AddressError, SearchState, period_names

FIELDS = st.sampled_from(["product", "country", "kind"])
PERIODS = st.sampled_from(["", "2012", "2012-02", "2012-02-29", "2019-12-31"])
STATES = st.builds(
    lambda q, filters, start, end, sort, page: SearchState.parse(
        [
            ("q", q),
            *((f"f.{f}", v) for f, v in filters),
            ("from", start),
            ("to", end),
            ("sort", sort),
            ("page", str(page)),
        ]
    ),
    st.text(max_size=30),
    st.lists(st.tuples(FIELDS, st.text(max_size=10)), max_size=4),
    PERIODS,
    PERIODS,
    st.sampled_from(["newest", "oldest"]),
    st.integers(1, 500),
)


@given(STATES)
def test_an_address_read_back_is_the_same_search(state):
    query = urlsplit(state.url()).query
    assert SearchState.parse(parse_qsl(query, keep_blank_values=True)) == state
    assert query == urlencode(state.pairs(), quote_via=quote)


@given(STATES, FIELDS, st.text(max_size=10))
def test_a_filter_chosen_and_taken_away_leaves_the_search(state, field, value):
    if value in state.values(field):
        return
    chosen = state.toggled(field, value)
    assert value in chosen.values(field)
    assert chosen.page == 1
    assert dict(chosen.toggled(field, value).filters) == dict(state.filters)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        ("2012", "2013", utc(2012, 1, 1), utc(2014, 1, 1)),
        ("2012-12", "2012-12", utc(2012, 12, 1), utc(2013, 1, 1)),
        ("2012-02-29", "2012-02-29", utc(2012, 2, 29), utc(2012, 3, 1)),
        ("2019-12-31", "2020", utc(2019, 12, 31), utc(2021, 1, 1)),
        ("", "2012", None, utc(2013, 1, 1)),
    ],
)
def test_periods_include_their_last_day(first, last, start, end):
    assert SearchState(start=first, end=last).bounds == (start, end)


@given(st.dates(utc(1901, 1, 1).date(), utc(2190, 1, 1).date()), st.integers(1, 2000))
def test_period_names_mean_the_same_bounds(day, length):
    start = utc(day.year, day.month, day.day)
    first, last = period_names(start, start + timedelta(days=length))
    assert SearchState(start=first, end=last).bounds == (start, start + timedelta(days=length))


@pytest.mark.parametrize(
    "text",
    ["12", "2012-00", "2012-13", "2012-02-30", "0000", "9999", "2012-1", "２０１２", "2012-01-01x", "2012 1"],
)
def test_wrong_periods_name_their_key(text):
    with pytest.raises(AddressError) as caught:
        SearchState.parse([("from", text)])
    assert caught.value.key == "from"
    assert "2012, 2012-03 or 2012-03-31" in str(caught.value)


def months(count, value=1):
    bars, at = [], utc(2005, 1, 1)
    for number in range(count):
        after = utc(at.year + at.month // 12, at.month % 12 + 1, 1)
        bars.append(Bar(at, after, value if number % 3 else 0))
        at = after
    return Histogram("month", tuple(bars), 7)


def test_bars_lie_side_by_side_and_fill_the_width():
    drawn = chart(months(168, 40), SearchState(q="a"))
    assert drawn.bars[0].x == 0
    assert drawn.bars[-1].x + drawn.bars[-1].width == pytest.approx(100, abs=0.01)
    for bar, after in zip(drawn.bars, drawn.bars[1:], strict=False):
        assert bar.x + bar.width == pytest.approx(after.x, abs=0.001)
    assert drawn.bars[1].url == "/cases?q=a&from=2005-02&to=2005-02"
    assert drawn.undated == 7


def test_many_bars_are_labelled_by_year():
    texts = [tick.text for tick in chart(months(168), SearchState()).ticks]
    assert texts == [str(year) for year in range(2006, 2019)]
    assert [tick.text for tick in chart(months(12), SearchState()).ticks][:3] == ["2005", "Feb", "Mar"]


def test_days_are_labelled_by_month():
    bars = tuple(
        Bar(utc(2012, 1, 20) + timedelta(days=n), utc(2012, 1, 21) + timedelta(days=n), 1) for n in range(60)
    )
    assert [tick.text for tick in chart(Histogram("day", bars), SearchState()).ticks] == ["Feb", "Mar"]


def test_nothing_is_drawn_for_nothing():
    assert chart(None, SearchState()) is None
    assert chart(Histogram("year", ()), SearchState()) is None
    assert chart(Histogram("year", (Bar(utc(2012, 1, 1), utc(2013, 1, 1), 0),)), SearchState()) is None
