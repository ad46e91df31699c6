"""The one door to the questions that pages, API and command line ask."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import pyarrow as pa

from hushdesk.analytics._apart import Asked, apart
from hushdesk.analytics._codes import MOST_CASES, CodeBook, Numbers
from hushdesk.analytics._columns import EXPORTED, shown
from hushdesk.analytics._compile import Condition, compile_query
from hushdesk.analytics._facets import facets as count_facets
from hushdesk.analytics._facets import tallied as tallied_facets
from hushdesk.analytics._fields import DEFAULT_FACETS, FACETS
from hushdesk.analytics._found import conditions
from hushdesk.analytics._histogram import GRAINS
from hushdesk.analytics._histogram import histogram as count_bars
from hushdesk.analytics._histogram import tallied as tallied_bars
from hushdesk.analytics._kept import Kept
from hushdesk.analytics._overview import Overview, overview
from hushdesk.analytics._page import ORDERS, page_of
from hushdesk.analytics._read import read
from hushdesk.analytics._results import CaseView, Facet, Histogram, Hit, SearchPage
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._search import SORTS, Extent, extent, hits
from hushdesk.analytics._sets import RowSet, RowSets
from hushdesk.analytics._small import Withheld, shown_count
from hushdesk.analytics._tally import Tally
from hushdesk.cases import SEALED_SCHEMA
from hushdesk.errors import UsageError
from hushdesk.store import EmbeddedStore

MAX_PAGE_SIZE: Final = 500
_KEPT: Final = 256
"""Counts kept; they are the same on each page of an answer, and for everybody with the same scope until the store changes."""


_Counts = tuple[Extent, Histogram | None, tuple[Facet, ...]]


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question, checked."""

    query: str
    scope: Scope
    page: int
    page_size: int
    sort: str
    facets: tuple[str, ...]
    histogram: bool
    chosen: Mapping[str, tuple[str, ...]]

    def key(self, generation: int) -> tuple[object, ...]:
        """What its counts hang on."""
        scope = self.scope
        return (
            generation,
            self.query,
            # All of the scope but the key of rounding, which a store has one of.
            (scope.internal, scope.since, scope.until, scope.rows, scope.small),
            tuple(sorted(scope.where.items())),
            tuple(sorted(self.chosen.items())),
            self.facets,
            self.histogram,
        )

    def wants_rows(self, total: int) -> bool:
        """Whether there are rows on its page."""
        return bool(self.page_size) and total > (self.page - 1) * self.page_size


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a question came back with."""

    scope: Scope
    """As :func:`_enough` left it."""
    extent: Extent
    bars: Histogram | None
    facets: tuple[Facet, ...]
    hits: tuple[Hit, ...]
    terms: tuple[str, ...]


def _enough(scope: Scope, found: Extent) -> Scope:
    """The scope that what was found is shown under.

    Raises:
        Withheld: It is about too few persons for those who see no rows.
    """
    if found.cell.persons >= scope.small:
        return scope
    if not scope.rows:
        raise Withheld(scope.small)
    # All of it is about so few that their rows stand there: nothing is left to hide.
    return replace(scope, small=0)


class Analytics:
    """Questions to one store. Every answer is made for a scope; any thread may ask.

    Args:
        store: The store.
        most_in_memory: Of how many cases at most the fields that are counted are kept in memory; beyond, the engine counts.
    """

    def __init__(self, store: EmbeddedStore, *, most_in_memory: int = MOST_CASES) -> None:
        self._store = store
        self._sets = RowSets(store, CodeBook(store, most_in_memory))
        self._counts: Kept[_Counts] = Kept(_KEPT)
        self._newest: Kept[tuple[datetime | None]] = Kept(_KEPT)
        self._of = store.generation

    def prepare(self) -> None:
        """Read now what the first question would wait for: a second or two for a million cases."""
        self._sets.find("", Scope())

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
        self._forget_outdated()
        asked = _Asking(query, scope, page, page_size, sort, tuple(facets), histogram, chosen)
        in_memory = self._sets.find(query, scope, chosen)
        answer = self._from_memory(in_memory, asked) if in_memory else self._from_engine(asked)
        return SearchPage(
            query=query,
            total=shown_count(answer.scope, answer.extent.cell, "total"),
            hits=answer.hits,
            page=page,
            page_size=page_size,
            facets=answer.facets,
            histogram=answer.bars,
            took_ms=(time.perf_counter() - started) * 1000,
            data_until=self._until(answer.scope),
            terms=answer.terms,
            sort=sort,
            few=0 < answer.extent.cell.persons < scope.small,
            rounded_to=answer.scope.rounded_to,
        )

    def _forget_outdated(self) -> None:
        """What was counted before the store changed is of no use, and may be about cases that are gone."""
        if self._of != (generation := self._store.generation):
            self._of = generation
            self._counts.clear()
            self._newest.clear()

    def _from_memory(self, found: RowSet, asked: _Asking) -> _Answer:
        """What the rows that the engine found make, counted in memory; the scope lets rows be seen."""
        under = found.under(asked.chosen)
        tally = Tally(found.codes, under(""))
        by_day = tally.by_day()
        key = asked.key(found.codes.generation)
        kept = self._counts.get(key)
        extent_ = kept[0] if kept else tally.extent(asked.scope, by_day)
        scope = _enough(asked.scope, extent_)
        if kept is None:
            bars = tallied_bars(tally, by_day, extent_, scope) if asked.histogram else None
            kept = extent_, bars, tallied_facets(found, tally, under, scope, asked.chosen, asked.facets)
            self._counts.keep(key, kept)
        rows = self._rows_of(found, tally, by_day, scope, asked) if asked.wants_rows(extent_.total) else ()
        return _Answer(scope, *kept, rows, found.condition.terms)

    def _rows_of(
        self, found: RowSet, tally: Tally, by_day: Numbers, scope: Scope, asked: _Asking
    ) -> tuple[Hit, ...]:
        if asked.sort in ORDERS:
            rows = page_of(
                self._store,
                found.codes,
                tally.rows,
                by_day,
                scope,
                found.condition.terms,
                sort=asked.sort,
                page=asked.page,
                page_size=asked.page_size,
            )
            if rows is not None:
                return rows
        condition = compile_query(self._store, asked.query, scope, asked.chosen)
        return self._looked_for(condition, scope, asked)

    def _looked_for(self, condition: Condition, scope: Scope, asked: _Asking) -> tuple[Hit, ...]:
        return hits(
            self._store, condition, scope, sort=asked.sort, page=asked.page, page_size=asked.page_size
        )

    def _from_engine(self, asked: _Asking) -> _Answer:
        """All of it counted by the engine."""
        scope, chosen = asked.scope, asked.chosen
        with conditions(self._store, asked.query, scope) as under:
            condition = under(chosen)
            key = asked.key(self._store.generation)
            kept = self._counts.get(key)
            found = kept[0] if kept else extent(self._store, condition, scope)
            scope = _enough(scope, found)
            rows = self._looked_for(condition, scope, asked) if asked.wants_rows(found.total) else ()
            if kept is None:
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
                    if asked.histogram
                    else None
                )
                counted = count_facets(self._store, under, scope, chosen, asked.facets, found.total)
                kept = (found, bars, counted)
                if not any(facet.timed_out for facet in counted):
                    self._counts.keep(key, kept)
        return _Answer(scope, *kept, rows, condition.terms)

    def _until(self, scope: Scope) -> datetime | None:
        """The newest opening in the scope: every page shows it, and it changes with the store alone."""
        generation = self._store.generation
        key = (generation, scope.internal, scope.since, scope.until, *sorted(scope.where.items()))
        kept = self._newest.get(key)
        if kept is None:
            found = self._sets.find("", scope)
            if found is not None:
                tally = Tally(found.codes, found.rows())
                newest = tally.extent(Scope(), tally.by_day()).last
            else:
                newest = extent(self._store, compile_query(self._store, "", scope), Scope()).last
            kept = (newest,)
            self._newest.keep(key, kept)
        (newest,) = kept
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
