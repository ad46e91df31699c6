"""Cases over time, in bars as fine as the stretch of time allows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from hushdesk.analytics._compile import Condition, Queryable
from hushdesk.analytics._results import Bar, Histogram

# The seal writes this where no time is known at all.
UNKNOWN: Final = datetime(1970, 1, 1, tzinfo=UTC)

_STARTS: Final = {
    "day": "toStartOfDay(opened_at)",
    "week": "toMonday(opened_at)",
    "month": "toStartOfMonth(opened_at)",
    "quarter": "toStartOfQuarter(opened_at)",
    "year": "toStartOfYear(opened_at)",
}
GRAINS: Final = tuple(_STARTS)

_FINEST: Final = (("day", 92), ("week", 2 * 366), ("month", 16 * 366), ("quarter", 40 * 366))


def grain_for(first: datetime, last: datetime) -> str:
    """The finest grain that gives not many more than two hundred bars."""
    days = (last - first).days
    return next((grain for grain, most in _FINEST if days <= most), "year")


def _floor(time: datetime, grain: str) -> datetime:
    day = datetime(time.year, time.month, time.day, tzinfo=UTC)
    match grain:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
        case _:
            return day.replace(month=1, day=1)


def _next(start: datetime, grain: str) -> datetime:
    match grain:
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(days=7)
        case _:
            months = {"month": 1, "quarter": 3}.get(grain, 12)
            whole = start.year * 12 + start.month - 1 + months
            return start.replace(year=whole // 12, month=whole % 12 + 1)


def _bars(counts: dict[datetime, int], first: datetime, last: datetime, grain: str) -> Iterator[Bar]:
    start = _floor(first, grain)
    while start <= last:
        end = _next(start, grain)
        yield Bar(start, end, counts.get(start, 0))
        start = end


def histogram(
    store: Queryable,
    condition: Condition,
    first: datetime | None,
    last: datetime | None,
    undated: int,
    grain: str = "",
) -> Histogram:
    """Bars without gaps from the first to the last case.

    Args:
        store: Where to count.
        condition: Which cases.
        first: The earliest known time among them, None if there is none.
        last: The latest one.
        undated: How many of them have no known time.
        grain: One of :data:`GRAINS`; empty chooses.
    """
    if first is None or last is None:
        return Histogram(grain or "year", (), undated)
    grain = grain or grain_for(first, last)
    rows = store.query(
        f"SELECT toDateTime64({_STARTS[grain]}, 3, 'UTC') AS start, count() AS n FROM {condition.table} "  # noqa: S608 - from the table above
        f"WHERE opened_at != toDateTime64(0, 3, 'UTC') AND {condition.sql} GROUP BY start",
        condition.params,
        # Without it, starts before 1970 are clipped.
        {"enable_extended_results_for_datetime_functions": 1},
    )
    counts = dict(zip(*(column.to_pylist() for column in rows.columns), strict=True)) if rows.num_rows else {}
    return Histogram(grain, tuple(_bars(counts, first, last, grain)), undated)
