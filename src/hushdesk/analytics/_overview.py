"""What a scope holds, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from hushdesk.analytics._columns import message_count, shown
from hushdesk.analytics._compile import Queryable, compile_query
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._search import extent
from hushdesk.analytics._small import OF_A_PERSON, Cell, Withheld, hidden, measures, shown_count

# Up to here distinct pseudonyms are counted one by one; beyond, within about one in a hundred.
_EXACT: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts over all cases of a scope."""

    cases: int
    open_cases: int
    messages: int
    first: datetime | None
    last: datetime | None
    undated: int
    by_year: tuple[tuple[int, int], ...]
    """Cases by year of opening, without those of unknown time."""
    by_source: tuple[tuple[str, int], ...]
    by_language: tuple[tuple[str, int], ...]
    by_product: tuple[tuple[str, int], ...]
    by_kind: tuple[tuple[str, int], ...]
    """Cases in which a kind of personal data was found."""
    tokens_by_kind: tuple[tuple[str, int], ...]
    """Distinct pseudonyms by kind."""
    tokens_exact: bool
    """Whether those were counted one by one; else they are within about one in a hundred."""


def overview(store: Queryable, scope: Scope) -> Overview:
    """Count everything the scope may see."""
    limits = compile_query(store, "", scope)
    total = extent(store, limits, scope)

    if scope.small and total.cell.persons < scope.small:
        if not scope.rows:
            raise Withheld(scope.small)
        scope = replace(scope, small=0)
    also, values = measures(scope)

    def by(value: str, more: str = "true", *, whole: int | None = None) -> tuple[tuple[str, int], ...]:
        rows = store.query(
            f"SELECT value, count() AS n, {also} FROM (SELECT {value} AS value, {OF_A_PERSON} FROM cases "  # noqa: S608
            f"WHERE {limits.sql} AND {more}) GROUP BY value ORDER BY n DESC, value",
            {**limits.params, **values},
        ).to_pylist()
        cells = [Cell(row["n"], row["persons"], row["mark"]) for row in rows]
        gone = hidden(cells, scope.small, whole=whole)
        return tuple(
            (row["value"], shown_count(scope, cell, "overview"))
            for row, cell, out in zip(rows, cells, gone, strict=True)
            if not out
        )

    years = by("toYear(opened_at)", "opened_at != toDateTime64(0, 3, 'UTC')")
    exact = total.total <= _EXACT
    # Of how many single values there are, and of messages, nothing is told without the rows.
    distinct = store.query(
        f"SELECT extract(token, '^(.*)_[^_]*$') AS kind, {'uniqExact' if exact else 'uniqCombined64'}(token) AS n "  # noqa: S608
        f"FROM (SELECT arrayJoin({shown('tokens', scope)}) AS token FROM cases WHERE {limits.sql}) "
        "GROUP BY kind ORDER BY n DESC, kind",
        limits.params,
    )
    sums = store.query(
        f"SELECT countIf(isNull(closed_at)) AS o, sum({message_count(scope)}) AS m FROM cases WHERE {limits.sql}",  # noqa: S608
        limits.params,
    ).to_pylist()
    told = scope.rows
    return Overview(
        cases=shown_count(scope, total.cell, "total"),
        open_cases=sums[0]["o"] if sums and told else 0,
        messages=sums[0]["m"] if sums and told else 0,
        first=total.first if told else None,
        last=total.last if told else None,
        undated=total.undated if told else 0,
        by_year=tuple(sorted((int(year), n) for year, n in years)),
        by_source=by("toString(source)"),
        by_language=by("toString(language)"),
        by_product=by("toString(product)"),
        by_kind=by(f"toString(arrayJoin({shown('kinds', scope)}))", whole=total.total),
        tokens_by_kind=tuple(zip(*(c.to_pylist() for c in distinct.columns), strict=True))
        if distinct.num_rows and told
        else (),
        tokens_exact=exact,
    )
