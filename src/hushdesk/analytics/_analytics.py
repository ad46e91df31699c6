"""The one door to the questions that pages, API and command line ask."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import pyarrow as pa

from hushdesk.analytics._apart import Asked, apart
from hushdesk.analytics._columns import EXPORTED, shown
from hushdesk.analytics._compile import compile_query
from hushdesk.analytics._facets import facets as count_facets
from hushdesk.analytics._fields import DEFAULT_FACETS, FACETS
from hushdesk.analytics._found import conditions
from hushdesk.analytics._histogram import GRAINS
from hushdesk.analytics._histogram import histogram as count_bars
from hushdesk.analytics._overview import Overview, overview
from hushdesk.analytics._read import read
from hushdesk.analytics._results import CaseView, Histogram, SearchPage
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._search import SORTS, extent, hits
from hushdesk.analytics._small import Withheld, shown_count
from hushdesk.cases import SEALED_SCHEMA
from hushdesk.errors import UsageError
from hushdesk.store import EmbeddedStore

MAX_PAGE_SIZE: Final = 500


class Analytics:
    """Questions to one store. Every answer is made for a scope; any thread may ask."""

    def __init__(self, store: EmbeddedStore) -> None:
        self._store = store
        self._newest: tuple[tuple[object, ...], datetime | None] | None = None

    def search(
        self,
        query: str,
        *,
        scope: Scope,
        page: int = 1,
        page_size: int = 20,
        sort: str = "newest",
        facets: Sequence[str] = DEFAULT_FACETS,
        histogram: bool = True,
        filters: Mapping[str, Sequence[str]] | None = None,
    ) -> SearchPage:
        """One page of hits, the exact total, facets and bars.

        Args:
            query: In the query language; empty means everything.
            scope: Who is asking.
            page: From 1.
            page_size: 1 to 500; 0 gives counts only.
            sort: One of :data:`SORTS`.
            facets: Names out of :data:`FACETS`, each counted under every filter but its own.
            histogram: Whether to count bars.
            filters: Values by facet name; a case must have one of each.

        Raises:
            QueryError: The query cannot be carried out.
            UsageError: Another argument cannot.
        """
        started = time.perf_counter()
        if page < 1 or not 0 <= page_size <= MAX_PAGE_SIZE:
            raise UsageError(f"Pages count from 1 and have up to {MAX_PAGE_SIZE} rows.")
        if sort not in SORTS:
            raise UsageError("There is no such order.", remedy=f"The orders are {', '.join(SORTS)}.")
        for name in facets:
            if name not in FACETS:
                raise UsageError("There is no such facet.", remedy=f"The facets are {', '.join(FACETS)}.")
        chosen = {name: tuple(values) for name, values in (filters or {}).items()}
        with conditions(self._store, query, scope) as under:
            condition = under(chosen)
            found = extent(self._store, condition, scope)
            few = 0 < found.cell.persons < scope.small
            if found.cell.persons < scope.small:
                if not scope.rows:
                    raise Withheld(scope.small)
                # All of it is about so few that their rows stand there: nothing is left to hide.
                scope = replace(scope, small=0)
            rows = (
                hits(self._store, condition, scope, sort=sort, page=page, page_size=page_size)
                if found.total > (page - 1) * page_size and page_size
                else ()
            )
            bars = (
                count_bars(
                    self._store,
                    condition,
                    found.first,
                    found.last,
                    found.undated,
                    # How fine the bars are hangs on the first and the last case, that is on single ones.
                    "" if scope.rows else "month",
                    scope,
                )
                if histogram
                else None
            )
            counted = count_facets(self._store, under, scope, chosen, facets, found.total)
        return SearchPage(
            query=query,
            total=shown_count(scope, found.cell, "total"),
            hits=rows,
            page=page,
            page_size=page_size,
            facets=counted,
            histogram=bars,
            took_ms=(time.perf_counter() - started) * 1000,
            data_until=self._until(scope),
            terms=condition.terms,
            sort=sort,
            few=few,
            rounded_to=scope.rounded_to,
        )

    def _until(self, scope: Scope) -> datetime | None:
        """The newest opening in the scope: every page shows it, and it changes with the store alone."""
        key = (
            self._store.generation,
            scope.internal,
            scope.since,
            scope.until,
            *sorted(scope.where.items()),
        )
        if self._newest is None or self._newest[0] != key:
            self._newest = (key, extent(self._store, compile_query(self._store, "", scope), Scope()).last)
        newest = self._newest[1]
        if newest is None or scope.rows:
            return newest
        # To the day: the moment is that of a single case.
        return newest.replace(hour=0, minute=0, second=0, microsecond=0)

    def histogram(
        self, query: str, *, scope: Scope, grain: str = "", filters: Mapping[str, Sequence[str]] | None = None
    ) -> Histogram:
        """Cases over time; an empty grain chooses the finest that stays readable.

        Raises:
            QueryError: The query cannot be carried out.
            UsageError: There is no such grain.
        """
        if grain and grain not in GRAINS:
            raise UsageError("There is no such grain.", remedy=f"The grains are {', '.join(GRAINS)}.")
        condition = compile_query(self._store, query, scope, filters)
        found = extent(self._store, condition, scope)
        return count_bars(self._store, condition, found.first, found.last, found.undated, grain, scope)

    def count(self, query: str, *, scope: Scope, filters: Mapping[str, Sequence[str]] | None = None) -> int:
        """How many cases there are; exact."""
        return extent(self._store, compile_query(self._store, query, scope, filters), scope).total

    def read(self, case: str, scope: Scope) -> CaseView | None:
        """The case with this id, or the newest with this number; None if the scope has none."""
        return read(self._store, case, scope)

    def export(
        self,
        query: str,
        scope: Scope,
        columns: Sequence[str] = EXPORTED,
        filters: Mapping[str, Sequence[str]] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """All hits as they come, newest first, in the columns asked for and as far as the scope may see them.

        Raises:
            QueryError: The query cannot be carried out.
            UsageError: There is no such column, or it may not leave the store.
        """
        unknown = [name for name in columns if name not in EXPORTED]
        if unknown or not columns:
            raise UsageError(
                "There is no such column to export.", remedy=f"The columns are {', '.join(EXPORTED)}."
            )
        condition = compile_query(self._store, query, scope, filters)
        schema = pa.schema([SEALED_SCHEMA.field(name) for name in columns])
        # Other names than the columns': the condition must see the columns and not what is shown of them.
        parts = ", ".join(f"{shown(name, scope)} AS `shown.{name}`" for name in columns)
        batches = self._store.stream(
            f"SELECT {parts} FROM cases WHERE {condition.sql} ORDER BY opened_at DESC, case_id DESC",  # noqa: S608
            condition.params,
            # Small blocks: a row may be long, and this runs beside everything else.
            {"max_block_size": 2048},
        )
        return (pa.RecordBatch.from_arrays(b.columns, names=list(columns)).cast(schema) for b in batches)

    def apart(self, scope: Scope, question: Asked, others: Sequence[Asked]) -> list[int | None]:
        """By how many persons a question differs from others; see :func:`hushdesk.analytics._apart.apart`."""
        return apart(self._store, scope, question, others)

    def overview(self, scope: Scope) -> Overview:
        """What the scope holds, in numbers."""
        return overview(self._store, scope)
