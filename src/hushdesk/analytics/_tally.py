"""Counts over a set of rows: by value, by time, and of how many persons where there are few."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from hushdesk.analytics._codes import Codes, Column, Numbers
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._search import Extent
from hushdesk.analytics._small import RARE, Cell

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Picking rows out of a column takes longer for each of them than going through all of it.
_FEW: Final = 0.3


class Tally:
    """Counts over one set of rows of one state of the store; every count is exact.

    Args:
        codes: The state of the store.
        rows: (rows,) bool: which.
    """

    def __init__(self, codes: Codes, rows: Numbers) -> None:
        self.codes, self.rows = codes, rows
        self.total = int(np.count_nonzero(rows))
        # Whatever is fewer: the rows, or those that are none of them.
        self._inverse = self.total > codes.cases // 2
        fewer = min(self.total, codes.cases - self.total)
        picked = codes.live & ~rows if self._inverse else rows
        self._picked = np.flatnonzero(picked) if fewer <= _FEW * len(rows) else None

    def by_code(self, name: str, numbers: Numbers, size: int) -> Numbers:
        """Rows by the number that each has; (size,)."""
        if self._picked is None:
            # Numbers from 1 times 0 or 1, so that 0 is for those that are left out.
            return np.bincount((numbers + numbers.dtype.type(1)) * self.rows, minlength=size + 1)[1:]
        counted = np.bincount(numbers[self._picked], minlength=size)
        if not self._inverse:
            return counted
        if name not in self.codes.sums:
            self.codes.sums[name] = np.bincount(numbers[self.codes.live], minlength=size)
        return self.codes.sums[name] - counted

    def by_value(self, name: str, column: Column) -> Numbers:
        """Rows by the value of a column; where a row has several, in each of them; (values,)."""
        counted = self.by_code(name, column.codes, column.size)
        if column.starts is None or column.members is None:
            return counted
        spread = np.repeat(counted, np.diff(column.starts))
        return np.bincount(column.members, spread, minlength=len(column.values)).astype(np.int64)

    def by_day(self) -> Numbers:
        """Rows by day of opening from the first day on, those without any known time on the first of 1970."""
        size = int(self.codes.days.max(initial=0)) + 1
        return self.by_code("", self.codes.days, size)

    def undated(self) -> int:
        """Rows without any known time."""
        return int(np.count_nonzero(self.rows[self.codes.undated]))

    # -- persons ------------------------------------------------------------------------------

    def persons(self) -> int:
        """Of how many persons the rows are."""
        return len(np.unique(self.codes.persons[self.rows]))

    def persons_by_value(self, column: Column, values: Sequence[int]) -> dict[int, int]:
        """Of how many persons the rows with each of the values are."""
        wanted = np.zeros(len(column.values), bool)
        wanted[list(values)] = True
        if column.starts is None or column.members is None:
            rows = np.flatnonzero(wanted[column.codes] & self.rows)
            return self._persons_by(column.codes[rows].astype(np.int64), rows)
        lengths = np.diff(column.starts)
        lists = np.repeat(np.arange(column.size), lengths)[wanted[column.members]]
        chosen = np.zeros(column.size, bool)
        chosen[lists] = True
        rows = np.flatnonzero(chosen[column.codes] & self.rows)
        of_row = column.codes[rows]
        each = np.repeat(rows, lengths[of_row])
        # From where a row's own members begin among all that were spread to where they lie.
        ends = np.cumsum(lengths[of_row])
        place = np.arange(len(each)) + np.repeat(
            column.starts[of_row] - (ends - lengths[of_row]), lengths[of_row]
        )
        member = column.members[place].astype(np.int64)
        kept = wanted[member]
        return self._persons_by(member[kept], each[kept])

    def persons_by_bar(self, bar_of_day: Numbers, bars: Sequence[int]) -> dict[int, int]:
        """Of how many persons the rows of each of the bars are, without those of no known time."""
        wanted = np.isin(bar_of_day, list(bars))
        rows = np.flatnonzero(wanted[self.codes.days] & self.rows & (self.codes.opened != 0))
        return self._persons_by(bar_of_day[self.codes.days[rows]], rows)

    def _persons_by(self, groups: Numbers, rows: Numbers) -> dict[int, int]:
        persons = self.codes.persons[rows]
        order = np.lexsort((persons, groups))
        groups, persons = groups[order], persons[order]
        new = np.ones(len(order), bool)
        new[1:] = (groups[1:] != groups[:-1]) | (persons[1:] != persons[:-1])
        which, counts = np.unique(groups[new], return_counts=True)
        return dict(zip(which.tolist(), counts.tolist(), strict=True))

    # -- time ---------------------------------------------------------------------------------

    def extent(self, scope: Scope, by_day: Numbers) -> Extent:
        """How many there are and over which time."""
        undated = self.undated()
        persons = 0
        if scope.small:
            persons = scope.small if self.total > RARE else self.persons()
        first = last = None
        if self.total > undated:
            dated = by_day.copy()
            if undated:
                dated[-self.codes.first_day] -= undated
            days = np.flatnonzero(dated)
            first = moment(int(self._moments(int(days[0])).min()))
            last = moment(int(self._moments(int(days[-1])).max()))
        return Extent(self.total, undated, first, last, Cell(self.total, persons))

    def _moments(self, day: int) -> Numbers:
        """Known times of opening of the rows of one day."""
        opened = self.codes.opened
        return np.extract(self.rows & (self.codes.days == day) & (opened != 0), opened)


def moment(milliseconds: int) -> datetime:
    """The time so many milliseconds after the beginning of 1970."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def bar_of_days(first_day: int, days: int, grain: str) -> tuple[Numbers, list[datetime]]:
    """For each day its bar's number from 0, and when each bar starts."""
    dates = np.arange(first_day, first_day + days).astype("datetime64[D]")
    match grain:
        case "day":
            starts = dates
        case "week":
            # The first of 1970 was a Thursday.
            starts = ((dates.astype(np.int64) + 3) // 7 * 7 - 3).astype("datetime64[D]")
        case "month":
            starts = dates.astype("datetime64[M]").astype("datetime64[D]")
        case "quarter":
            months = dates.astype("datetime64[M]").astype(np.int64)
            starts = (months // 3 * 3).astype("datetime64[M]").astype("datetime64[D]")
        case _:
            starts = dates.astype("datetime64[Y]").astype("datetime64[D]")
    own, numbers = np.unique(starts, return_inverse=True)
    return numbers, [_EPOCH + timedelta(days=int(day)) for day in own.astype(np.int64)]
