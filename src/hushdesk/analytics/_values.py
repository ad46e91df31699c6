"""Dates, numbers and ranges as they are written in a query."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from hushdesk.analytics._errors import QueryError

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2299

_TIME = re.compile(
    r"(?P<year>\d{4})(?:-(?:[qQ](?P<quarter>[1-4])|(?P<month>\d{2})(?:-(?P<day>\d{2})(?:T(?P<hour>\d{2}):(?P<minute>\d{2}))?)?))?"
)
_SPLIT = re.compile(r"(?P<sign>>=|<=|>|<|=)?(?P<rest>.*)", re.DOTALL)
_DATES = (
    "Write 2013, 2013-Q2, 2013-05, 2013-05-17 or 2013-05-17T14:30, a range as 2012..2014, or >=2014-01-01."
)
_NUMBERS = "Write a whole number such as 5, a range as 2..5, or >=5."


def _period(text: str, position: int) -> tuple[datetime, datetime]:
    """The time that a date names: from its beginning to before its end."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise QueryError(position, "This is no date.", _DATES)
    year = int(found["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise QueryError(position, f"Years run from {FIRST_YEAR} to {LAST_YEAR}.", _DATES)
    impossible = False
    try:
        if found["quarter"]:
            month = 3 * int(found["quarter"]) - 2
            start = datetime(year, month, 1, tzinfo=UTC)
            return start, _month_after(start, 3)
        start = datetime(year, int(found["month"] or 1), int(found["day"] or 1), tzinfo=UTC)
        if found["hour"]:
            start = start.replace(hour=int(found["hour"]), minute=int(found["minute"]))
            return start, start + timedelta(minutes=1)
    except ValueError:
        impossible = True
    if impossible:
        raise QueryError(position, "There is no such day or time.", _DATES)
    if found["day"]:
        return start, start + timedelta(days=1)
    return start, _month_after(start, 1 if found["month"] else 12)


def _month_after(start: datetime, months: int) -> datetime:
    whole = start.year * 12 + start.month - 1 + months
    return start.replace(year=whole // 12, month=whole % 12 + 1)


def _bounds(text: str, position: int, remedy: str) -> tuple[str, str, int, int]:
    """The two sides of ``a..b``, at least one of them present, with their places."""
    left, right = text.split("..", 1)
    if not left and not right:
        raise QueryError(position, "This range has no ends.", remedy)
    return left, right, position, position + len(left) + 2


def times(text: str, position: int) -> tuple[datetime | None, datetime | None]:
    """The interval that the value of a time field means: from the first on, before the second.

    Raises:
        QueryError: It is no date, no range, or a range the wrong way round.
    """
    if ".." in text:
        left, right, at_left, at_right = _bounds(text, position, _DATES)
        start = _period(left, at_left)[0] if left else None
        end = _period(right, at_right)[1] if right else None
        if start is not None and end is not None and start >= end:
            raise QueryError(position, "This range ends before it begins.", "Swap its ends.")
        return (start, end)
    found = _SPLIT.fullmatch(text)
    sign, rest = (found["sign"] or "=", found["rest"]) if found else ("=", text)
    begin, after = _period(rest, position + len(text) - len(rest))
    return {
        "=": (begin, after),
        ">=": (begin, None),
        ">": (after, None),
        "<": (None, begin),
        "<=": (None, after),
    }[sign]


def _count(text: str, position: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise QueryError(position, "This is no whole number.", _NUMBERS)
    return int(text)


def counts(text: str, position: int) -> tuple[int | None, int | None]:
    """The interval that the value of a counting field means: from the first on, before the second.

    Raises:
        QueryError: It is no number, no range, or a range the wrong way round.
    """
    if ".." in text:
        left, right, at_left, at_right = _bounds(text, position, _NUMBERS)
        start = _count(left, at_left) if left else None
        end = _count(right, at_right) + 1 if right else None
        if start is not None and end is not None and start >= end:
            raise QueryError(position, "This range ends before it begins.", "Swap its ends.")
        return (start, end)
    found = _SPLIT.fullmatch(text)
    sign, rest = (found["sign"] or "=", found["rest"]) if found else ("=", text)
    number = _count(rest, position + len(text) - len(rest))
    return {
        "=": (number, number + 1),
        ">=": (number, None),
        ">": (number + 1, None),
        "<": (None, number),
        "<=": (None, number + 1),
    }[sign]
