"""One page of hits with its total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from hushdesk.analytics._columns import message_count, shown
from hushdesk.analytics._compile import Condition, Queryable
from hushdesk.analytics._results import Hit
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._small import NO_CASES, RARE, Cell, measures
from hushdesk.analytics._snippet import snippet

SORTS: Final = {
    "newest": "opened_at DESC, case_id DESC",
    "oldest": "opened_at ASC, case_id ASC",
    "updated": "updated_at DESC NULLS LAST, case_id DESC",
    "closed": "closed_at DESC NULLS LAST, case_id DESC",
}
"""The orders in which hits may come."""

UNKNOWN: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The seal writes this where no time is known at all."""

_LIMIT: Final = "ORDER BY {} LIMIT {{row_count:UInt32}} OFFSET {{row_start:UInt64}}"
_PLAIN: Final = (
    "case_id",
    "number",
    "opened_at",
    "source",
    "product",
    "channel",
    "language",
    "status",
    "priority",
    "country",
    "customer",
    "subject",
)


@dataclass(frozen=True, slots=True)
class Extent:
    """How many cases there are and over which time."""

    total: int
    undated: int
    first: datetime | None
    last: datetime | None
    cell: Cell = NO_CASES
    """All of them."""


def extent(store: Queryable, condition: Condition, scope: Scope) -> Extent:
    """Count the cases that meet the condition: exactly, all of them, and their persons if the scope hides few."""
    # Whose cases they are is looked at only where they may be about few persons.
    more, values = measures(Scope() if scope.rows else scope)
    rows = store.query(
        "SELECT count() AS total, countIf(opened_at = toDateTime64(0, 3, 'UTC')) AS undated, "  # noqa: S608
        "minIf(opened_at, opened_at != toDateTime64(0, 3, 'UTC')) AS first, "
        f"maxIf(opened_at, opened_at != toDateTime64(0, 3, 'UTC')) AS last, {more} "
        f"FROM {condition.table} WHERE {condition.sql}",
        {**condition.params, **values},
    ).to_pylist()
    if not rows:
        return Extent(0, 0, None, None)
    row: dict[str, Any] = rows[0]
    dated = row["total"] > row["undated"]
    persons = row["persons"]
    if scope.small and scope.rows:
        persons = scope.small if row["total"] > RARE else _persons(store, condition, scope)
    return Extent(
        row["total"],
        row["undated"],
        row["first"] if dated else None,
        row["last"] if dated else None,
        Cell(row["total"], persons, row["mark"]),
    )


def _persons(store: Queryable, condition: Condition, scope: Scope) -> int:
    more, values = measures(scope)
    rows = store.query(
        f"SELECT {more} FROM {condition.table} WHERE {condition.sql}",  # noqa: S608
        {**condition.params, **values},
    )
    return int(rows.column("persons")[0].as_py()) if rows.num_rows else 0


def hits(
    store: Queryable, condition: Condition, scope: Scope, *, sort: str, page: int, page_size: int
) -> tuple[Hit, ...]:
    """The hits of one page."""
    start = (page - 1) * page_size
    if condition.table == "cases":
        return read_hits(
            store,
            condition.sql,
            condition.params,
            scope,
            condition.terms,
            sort=sort,
            start=start,
            count=page_size,
        )
    found = store.query(
        f"SELECT case_id FROM {condition.table} WHERE {condition.sql} {_LIMIT.format(SORTS[sort])}",  # noqa: S608
        {**condition.params, "row_count": page_size, "row_start": start},
    )
    ids = found.column(0).to_pylist() if found.num_rows else []
    rows = read_hits(
        store,
        "case_id IN {ids:Array(String)}",
        {"ids": ids},
        scope,
        condition.terms,
        sort=sort,
        start=0,
        count=page_size,
    )
    places = {case_id: place for place, case_id in enumerate(ids)}
    return tuple(sorted(rows, key=lambda hit: places[hit.case_id]))


def read_hits(
    store: Queryable,
    where: str,
    params: Mapping[str, Any],
    scope: Scope,
    terms: tuple[str, ...],
    *,
    sort: str,
    start: int,
    count: int,
    settings: Mapping[str, int] | None = None,
) -> tuple[Hit, ...]:
    """So many of the cases that meet a condition, from a place in their order on, as rows of a result list."""
    texts = ["description", "resolution", "messages.text", "remarks", "notes"]
    columns = ", ".join(
        [*(f"`{name}`" for name in _PLAIN), *(f"{shown(name, scope)} AS `shown.{name}`" for name in texts)]
    )
    rows = store.query(
        f"SELECT {columns}, {message_count(scope)} AS messages FROM cases "  # noqa: S608
        f"WHERE {where} {_LIMIT.format(SORTS[sort])}",
        {**params, "row_count": count, "row_start": start},
        settings,
    ).to_pylist()
    return tuple(_hit(row, terms) for row in rows)


def _hit(row: dict[str, Any], terms: tuple[str, ...]) -> Hit:
    texts = [
        row["shown.description"],
        *row["shown.messages.text"],
        row["shown.resolution"],
        row["shown.remarks"],
        *row["shown.notes"],
    ]
    values = {name: row[name] for name in _PLAIN}
    values["opened_at"] = None if row["opened_at"] == UNKNOWN else row["opened_at"]
    return Hit(**values, snippet=snippet(texts, terms), messages=row["messages"])
