"""Cases over time, in bars as fine as the stretch of time allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from hushdesk.analytics._codes import Numbers
from hushdesk.analytics._compile import Condition, Queryable
from hushdesk.analytics._results import Bar, Histogram
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._search import Extent
from hushdesk.analytics._small import RARE, Cell, hidden, measures, shown_count
from hushdesk.analytics._tally import Tally, bar_of_days

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


def _bars(
    cells: dict[datetime, Cell], first: datetime, last: datetime, grain: str
) -> Iterator[tuple[Bar, Cell]]:
    start = _floor(first, grain)
    while start <= last:
        end = _next(start, grain)
        yield Bar(start, end, 0), cells.get(start, Cell(0, 0))
        start = end


def _with_persons(
    store: Queryable, condition: Condition, scope: Scope, grain: str, cells: dict[datetime, Cell]
) -> dict[datetime, Cell]:
    """The bars with their persons, counted for those alone that have few cases."""
    rare = [start for start, cell in cells.items() if cell.count <= RARE]
    if not rare:
        return {start: replace(cell, persons=scope.small) for start, cell in cells.items()}
    more, values = measures(scope)
    start = f"toDateTime64({_STARTS[grain]}, 3, 'UTC')"
    rows = store.query(
        f"SELECT {start} AS start, {more} FROM {condition.table} WHERE opened_at != toDateTime64(0, 3, 'UTC') "  # noqa: S608
        f"AND {condition.sql} AND {start} IN {{rare:Array(DateTime64(3, 'UTC'))}} GROUP BY start",
        {**condition.params, **values, "rare": rare},
        {"enable_extended_results_for_datetime_functions": 1},
    )
    persons = {row["start"]: row["persons"] for row in rows.to_pylist()}
    return {start: replace(cell, persons=persons.get(start, scope.small)) for start, cell in cells.items()}


def histogram(
    store: Queryable,
    condition: Condition,
    first: datetime | None,
    last: datetime | None,
    undated: int,
    grain: str = "",
    scope: Scope = Scope(),  # noqa: B008 - it cannot be changed
) -> Histogram:
    """Bars without gaps from the first to the last case.

    Args:
        store: Where to count.
        condition: Which cases.
        first: The earliest known time among them, None if there is none.
        last: The latest one.
        undated: How many of them have no known time.
        grain: One of :data:`GRAINS`; empty chooses.
        scope: Hides bars about too few persons.
    """
    if first is None or last is None:
        return Histogram(grain or "year", (), undated if scope.rows else 0)
    # Whose cases they are is looked at only where they may be about few persons.
    more, values = measures(Scope() if scope.rows else scope)
    grain = grain or grain_for(first, last)
    rows = store.query(
        f"SELECT toDateTime64({_STARTS[grain]}, 3, 'UTC') AS start, count() AS n, {more} "  # noqa: S608 - from the table above
        f"FROM {condition.table} WHERE opened_at != toDateTime64(0, 3, 'UTC') AND {condition.sql} GROUP BY start",
        {**condition.params, **values},
        # Without it, starts before 1970 are clipped.
        {"enable_extended_results_for_datetime_functions": 1},
    )
    columns = [column.to_pylist() for column in rows.columns] if rows.num_rows else [[]] * 4
    cells = {start: Cell(n, persons, mark) for start, n, persons, mark in zip(*columns, strict=True)}
    if scope.small and scope.rows:
        cells = _with_persons(store, condition, scope, grain, cells)
    return _drawn(cells, first, last, undated, grain, scope)


def tallied(tally: Tally, by_day: Numbers, found: Extent, scope: Scope) -> Histogram:
    """As :func:`histogram`, from what lies in memory.

    Args:
        tally: Counts the cases.
        by_day: Them by day.
        found: How many there are and over which time.
        scope: Who is asking, and may see rows.
    """
    if found.first is None or found.last is None:
        return Histogram("year", (), found.undated)
    grain = grain_for(found.first, found.last)
    dated = by_day.copy()
    if found.undated:
        dated[-tally.codes.first_day] -= found.undated
    numbers, starts = bar_of_days(tally.codes.first_day, len(dated), grain)
    counts = np.bincount(numbers, dated).astype(np.int64).tolist()
    rare = [number for number, n in enumerate(counts) if 0 < n <= RARE] if scope.small else []
    persons = tally.persons_by_bar(numbers, rare) if rare else {}
    cells = {
        start: Cell(n, persons.get(number, scope.small))
        for number, (start, n) in enumerate(zip(starts, counts, strict=True))
        if n
    }
    return _drawn(cells, found.first, found.last, found.undated, grain, scope)


def _drawn(
    cells: dict[datetime, Cell], first: datetime, last: datetime, undated: int, grain: str, scope: Scope
) -> Histogram:
    drawn = list(_bars(cells, first, last, grain))
    if not scope.rows:
        # Where the bars begin and end, and whether one is empty or about few, would tell of single cases.
        few = [cell.persons < scope.small for _, cell in drawn]
        start, end = (few.index(False), len(few) - few[::-1].index(False)) if False in few else (0, 0)
        drawn = drawn[start:end]
    # Cases without a known time are what the bars leave over of the total: one cell more.
    without = Cell(undated, undated)
    gone = hidden([*(cell for _, cell in drawn), without], scope.small)
    if not scope.rows:
        gone = [out or cell.persons < scope.small for out, (_, cell) in zip(gone, drawn, strict=False)] + [
            True
        ]
    bars = tuple(
        replace(bar, count=0 if out else shown_count(scope, cell, "bars"), hidden=out)
        for (bar, cell), out in zip(drawn, gone[:-1], strict=True)
    )
    return Histogram(
        grain, bars, 0 if gone[-1] else shown_count(scope, without, "bars"), undated_hidden=gone[-1]
    )
