"""The address of a search: short documented keys, parsed once and written back the same way.

Keys: ``q`` (query), ``f.<field>`` (facet value, repeatable), ``from`` and ``to`` (inclusive periods:
``2012``, ``2012-03`` or ``2012-03-31``), ``sort``, ``page``; ``at`` is a row's position when a case is
opened from a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote

from hushdesk.access import Question
from hushdesk.analytics import DEFAULT_FACETS
from hushdesk.analytics import SORTS as _SORTS
from hushdesk.errors import UsageError

SORTS = tuple(_SORTS)
"""Orders in which rows can be asked for; the first is the default."""
PAGE_SIZE = 20
MAX_QUERY = 2_000
MAX_PAGE = 50_000
_MAX_FILTERS = 100
_PERIOD = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")
_FIELD = re.compile(r"[a-z][a-z_]{0,30}\Z")


class AddressError(UsageError):
    """A key in the address has a value that cannot be used.

    Attributes:
        key: The key of the address that is to blame.
    """

    def __init__(self, key: str, remedy: str) -> None:
        self.key = key
        super().__init__(f"The value of “{key}” in the address cannot be used.", remedy=remedy)


@dataclass(frozen=True, slots=True)
class SearchState:
    """A search as its address says it."""

    q: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    start: str = ""
    """First period, inclusive."""
    end: str = ""
    """Last period, inclusive."""
    sort: str = SORTS[0]
    page: int = 1

    @classmethod
    def parse(cls, items: Iterable[tuple[str, str]]) -> SearchState:
        """Read the keys of an address; unknown keys are left out.

        Raises:
            AddressError: A key has a value that cannot be used.
        """
        plain: dict[str, str] = {}
        filters: dict[str, dict[str, None]] = {}
        for key, value in items:
            if key.startswith("f."):
                if not _FIELD.match(key[2:]) or len(value) > 200:
                    raise AddressError("f.…", "Use f.<field>=<value> with a field of the result list.")
                filters.setdefault(key[2:], {})[value] = None
            else:
                plain[key] = value.strip()
        if sum(map(len, filters.values())) > _MAX_FILTERS:
            raise AddressError("f.…", f"Choose at most {_MAX_FILTERS} values.")
        if len(plain.get("q", "")) > MAX_QUERY:
            raise AddressError("q", f"A query has at most {MAX_QUERY} characters.")
        for key in ("from", "to"):
            _period(key, plain.get(key, ""))
        sort = plain.get("sort") or SORTS[0]
        if sort not in SORTS:
            raise AddressError("sort", f"Use {' or '.join(SORTS)}.")
        return cls(
            q=plain.get("q", ""),
            filters=tuple(sorted((field, tuple(values)) for field, values in filters.items())),
            start=plain.get("from", ""),
            end=plain.get("to", ""),
            sort=sort,
            page=_count("page", plain.get("page", ""), MAX_PAGE),
        )

    @property
    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """The time range as [start, end)."""
        first, last = _period("from", self.start), _period("to", self.end)
        return (first[0] if first else None), (last[1] if last else None)

    def values(self, field: str) -> tuple[str, ...]:
        """The chosen values of one facet."""
        return dict(self.filters).get(field, ())

    def toggled(self, field: str, value: str) -> SearchState:
        """The same search with one facet value chosen, or no longer chosen; back on the first page."""
        chosen = list(self.values(field))
        if value in chosen:
            chosen.remove(value)
        else:
            chosen.append(value)
        filters = {**dict(self.filters), field: tuple(chosen)}
        return replace(self, filters=tuple(sorted((f, v) for f, v in filters.items() if v)), page=1)

    def within(self, start: str, end: str) -> SearchState:
        """The same search in another time range; back on the first page."""
        return replace(self, start=start, end=end, page=1)

    def on(self, page: int) -> SearchState:
        """The same search on another page."""
        return replace(self, page=page)

    def sorted(self, sort: str) -> SearchState:
        """The same search in another order; back on the first page."""
        return replace(self, sort=sort, page=1)

    def asking(self, query: str) -> SearchState:
        """The same filters with another query; back on the first page."""
        return replace(self, q=query, page=1)

    def pairs(self, *, paged: bool = True) -> list[tuple[str, str]]:
        """The keys and values of the address, without what is the default anyway."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(f"f.{field}", value) for field, values in self.filters for value in values]
        pairs += [(key, text) for key, text in (("from", self.start), ("to", self.end)) if text]
        if self.sort != SORTS[0]:
            pairs.append(("sort", self.sort))
        if paged and self.page > 1:
            pairs.append(("page", str(self.page)))
        return pairs

    def url(self, path: str = "/cases", *, paged: bool = True, **more: str | int) -> str:
        """The address of this search under ``path``."""
        pairs = self.pairs(paged=paged) + [(key, str(value)) for key, value in more.items()]
        return (
            f"{path}?{'&'.join([f'{_quoted(key)}={_quoted(text)}' for key, text in pairs])}"
            if pairs
            else path
        )

    def case_url(self, case_id: str, position: int | None = None) -> str:
        """The address of a case opened from this search."""
        path = f"/cases/{quote(case_id, safe='')}"
        return path if position is None else self.url(path, paged=False, at=position)

    def question(self, *, facets: bool = True) -> Question:
        """What to ask the desk."""
        start, end = self.bounds
        return Question(
            query=self.q,
            filters=self.filters,
            start=start,
            end=end,
            sort=self.sort,
            page=self.page,
            page_size=PAGE_SIZE,
            facets=DEFAULT_FACETS if facets else (),
            histogram=facets,
        )


@lru_cache(4096)
def _quoted(text: str) -> str:
    """The text as it stands in an address. A page has hundreds of addresses of nearly the same parts."""
    return quote(text, safe="")


def parse_position(text: str) -> int | None:
    """The ``at`` key of a case's address."""
    return _count("at", text, MAX_PAGE * PAGE_SIZE) if text else None


def period_names(start: datetime, end: datetime) -> tuple[str, str]:
    """The shortest inclusive ``from`` and ``to`` that mean [start, end)."""
    first, last = start.date(), (end - timedelta(milliseconds=1)).date()
    after = last + timedelta(days=1)
    if (first.month, first.day, after.month, after.day) == (1, 1, 1, 1):
        return f"{first.year:04}", f"{last.year:04}"
    if first.day == after.day == 1:
        return f"{first:%Y-%m}", f"{last:%Y-%m}"
    return first.isoformat(), last.isoformat()


def _count(key: str, text: str, most: int) -> int:
    if not text:
        return 1
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise AddressError(key, f"Use a whole number from 1 to {most:,}.")
    return int(text)


def _period(key: str, text: str) -> tuple[datetime, datetime] | None:
    """A year, month or day as [start, end); None for no limit."""
    if not text:
        return None
    match = _PERIOD.match(text)
    try:
        if match is None:
            raise ValueError
        year, month, day = (int(part) if part else 0 for part in match.groups())
        first = date(year, month or 1, day or 1) if match[2] != "00" and match[3] != "00" else date.min
        if not 1900 <= first.year <= 2199:
            raise ValueError
        if day:
            after = first + timedelta(days=1)
        elif month:
            after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        else:
            after = first.replace(year=year + 1)
    except ValueError:
        raise AddressError(key, "Use a year, a month or a day: 2012, 2012-03 or 2012-03-31.") from None
    return _midnight(first), _midnight(after)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
