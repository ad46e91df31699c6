"""One page of hits with its total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hushdesk.analytics._columns import message_count, shown
from hushdesk.analytics._compile import Condition, Queryable
from hushdesk.analytics._histogram import UNKNOWN
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
    texts = ["description", "resolution", "messages.text", "remarks", "notes"]
    columns = ", ".join(
        [*(f"`{name}`" for name in _PLAIN), *(f"{shown(name, scope)} AS `shown.{name}`" for name in texts)]
    )
    window = {"row_count": page_size, "row_start": (page - 1) * page_size}
    limit = f"ORDER BY {SORTS[sort]} LIMIT {{row_count:UInt32}} OFFSET {{row_start:UInt64}}"
    parts = f"SELECT {columns}, {message_count(scope)} AS messages FROM cases"  # noqa: S608
    if condition.table == "cases":
        rows = store.query(
            f"{parts} WHERE {condition.sql} {limit}", {**condition.params, **window}
        ).to_pylist()
        return tuple(_hit(row, condition.terms) for row in rows)
    found = store.query(
        f"SELECT case_id FROM {condition.table} WHERE {condition.sql} {limit}",  # noqa: S608
        {**condition.params, **window},
    )
    ids = found.column(0).to_pylist() if found.num_rows else []
    rows = store.query(f"{parts} WHERE case_id IN {{ids:Array(String)}}", {"ids": ids}).to_pylist()
    places = {case_id: place for place, case_id in enumerate(ids)}
    rows.sort(key=lambda row: places[row["case_id"]])
    return tuple(_hit(row, condition.terms) for row in rows)


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
