"""Which cases a query finds, as a set of rows: asked of the engine once, kept while the store does not change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

import numpy as np

from hushdesk.analytics._codes import CodeBook, Codes, Numbers, Readable
from hushdesk.analytics._compile import Condition, compile_query
from hushdesk.analytics._errors import QueryError
from hushdesk.analytics._fields import FACETS
from hushdesk.analytics._kept import Kept
from hushdesk.analytics._scope import Scope

_MOST_BYTES: Final = 48_000_000
"""What sets that are kept may take; of a million cases a set takes 125 kB."""
_MOST_SETS: Final = 512
_TRIES: Final = 3

Filters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class RowSet:
    """Cases that a query finds under a scope, before any filter."""

    codes: Codes
    condition: Condition
    """Without filters."""
    packed: Numbers
    """A bit for each row of ``codes``."""
    scope: Scope

    def rows(self) -> Numbers:
        """(rows,) bool."""
        return np.unpackbits(self.packed, count=len(self.codes.live)).view(bool)

    def under(self, filters: Filters) -> Callable[[str], Numbers]:
        """Gives the rows under all filters but the one named; an empty name leaves none out."""
        whole = self.rows()
        tests = {
            name: _having(self.codes, self.scope, name, values) for name, values in filters.items() if values
        }

        def rows(but: str) -> Numbers:
            found = whole
            for name, test in tests.items():
                if name != but:
                    found = found & test
            return found

        return rows


def _having(codes: Codes, scope: Scope, name: str, values: Sequence[str]) -> Numbers:
    """Rows that have one of the values in a field."""
    column = codes.column(name, scope)
    chosen = np.fromiter((value in values for value in column.values), bool, len(column.values))
    if column.starts is not None and column.members is not None:
        # A list has one of them where the number of those before its end is another one than before its begin.
        before = np.concatenate(([0], np.cumsum(chosen[column.members])))
        chosen = before[column.starts[1:]] > before[column.starts[:-1]]
    has: Numbers = chosen[column.codes]
    return has


class RowSets:
    """Finds the rows of queries.

    Args:
        store: Where to look.
        book: The codes of its cases.
    """

    def __init__(self, store: Readable, book: CodeBook) -> None:
        self._store, self._book = store, book
        self._lock = threading.Lock()
        self._of: Codes | None = None
        self._kept: Kept[RowSet] = Kept(1)
        self._asking: dict[object, Future[RowSet | None]] = {}

    def find(self, query: str, scope: Scope, filters: Filters | None = None) -> RowSet | None:
        """The rows of a query; None if the engine has to count itself.

        Those who ask the same at the same time wait for one answer.

        Raises:
            QueryError: The query, or a filter, cannot be carried out.
            QueryTooHeavyError: It takes too much.
        """
        if not scope.rows:
            # Their counts are marked by the very set of cases, which only the engine knows.
            return None
        if set(filters or ()) - set(FACETS):
            raise QueryError(0, "There is no such filter.", f"The filters are {', '.join(FACETS)}.")
        key = (
            self._store.generation,
            query,
            (scope.internal, scope.since, scope.until),
            tuple(sorted(scope.where.items())),
        )
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                return kept
            asked = self._asking.get(key)
            mine: Future[RowSet | None] | None = None
            if asked is None:
                asked = mine = self._asking[key] = Future()
        if mine is None:
            return asked.result()
        try:
            found = self._ask(query, scope)
            self._keep(key, found)
            mine.set_result(found)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._asking[key]
        return found

    def _keep(self, key: object, found: RowSet | None) -> None:
        with self._lock:
            if found is None:
                self._of, self._kept = None, Kept(1)
                return
            if self._of is not found.codes:
                # What was found among other rows went with them.
                self._of = found.codes
                most = _MOST_BYTES // max(1, len(found.packed))
                self._kept = Kept(max(4, min(_MOST_SETS, most)))
            self._kept.keep(key, found)

    def _ask(self, query: str, scope: Scope) -> RowSet | None:
        codes = self._book.codes()
        for _ in range(_TRIES):
            if codes is None:
                return None
            condition = compile_query(self._store, query, scope)
            if condition.sql == "true":
                return RowSet(codes, condition, np.packbits(codes.live), scope)
            found = self._store.query(
                f"SELECT _part AS part, groupArray(toUInt32(_part_offset)) AS o FROM cases "  # noqa: S608
                f"WHERE {condition.sql} GROUP BY part",
                condition.params,
            )
            rows = np.zeros(len(codes.live), bool)
            parts = found.column("part").to_pylist() if found.num_rows else []
            if all(part in codes.places for part in parts):
                for part, chunk in zip(parts, found.column("o") if parts else (), strict=True):
                    rows[codes.places[part][0] + chunk.values.to_numpy().astype(np.int64)] = True
                return RowSet(codes, condition, np.packbits(rows & codes.live), scope)
            codes = self._book.codes(but=codes)
        return None
