"""Which cases a query finds, as a set of rows: asked of the engine once, kept while the store does not change.

Who narrows a question down, by a further word, a time or a value of a facet, has the rows of its parts joined in memory; under
another scope nothing is shared.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from hushdesk.analytics._codes import CodeBook, Codes, Numbers, Readable, milliseconds
from hushdesk.analytics._compile import Condition, compile_nodes, compile_query
from hushdesk.analytics._errors import QueryError
from hushdesk.analytics._fields import FACETS
from hushdesk.analytics._kept import Kept
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._syntax import And, Node, Not, Or, Text, Valued, parse
from hushdesk.analytics._values import times

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
        parts = _parts(query)
        key = self._key(parts, scope)
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
            found = self._ask(query, parts, scope)
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

    def _key(self, parts: Sequence[Node], scope: Scope) -> tuple[object, ...]:
        limits = scope.internal, scope.since, scope.until, *sorted(scope.where.items())
        return self._store.generation, tuple(parts), limits

    def _ask(self, query: str, parts: Sequence[Node], scope: Scope) -> RowSet | None:
        codes = self._book.codes()
        for _ in range(_TRIES):
            if codes is None:
                return None
            condition = compile_query(self._store, query, scope)
            known, rest = self._known(codes, parts, scope)
            rows: Numbers | None = codes.live if condition.sql == "true" else None
            if known is None:
                rows = self._rows(codes, condition) if rows is None else rows
            elif rest:
                rows = self._rows(codes, compile_nodes(self._store, rest, scope))
                rows = None if rows is None else rows & known
            else:
                rows = known
            if rows is not None:
                return RowSet(codes, condition, np.packbits(rows), scope)
            codes = self._book.codes(but=codes)
        return None

    def _known(
        self, codes: Codes, parts: Sequence[Node], scope: Scope
    ) -> tuple[Numbers | None, Sequence[Node]]:
        """Rows of those parts of a query that were asked before under this very scope, and the other parts."""
        times_ = [part for part in parts if _is_time(part)]
        others = [part for part in parts if not _is_time(part)]
        whole = self._kept_rows(codes, others, scope) if times_ else None
        if whole is not None:
            return whole & _within(codes, times_), ()
        known, rest = None, []
        for part in others if len(parts) > 1 else ():
            rows = self._kept_rows(codes, [part], scope)
            if rows is None:
                rest.append(part)
            else:
                known = rows if known is None else known & rows
        if known is None:
            return None, parts
        # Where the engine is asked anyway, times let it pass over most of the rows.
        return (known, [*rest, *times_]) if rest else (known & _within(codes, times_), ())

    def _kept_rows(self, codes: Codes, parts: Sequence[Node], scope: Scope) -> Numbers | None:
        kept = self._kept.get(self._key(parts, scope))
        return kept.rows() if kept is not None and kept.codes is codes else None

    def _rows(self, codes: Codes, condition: Condition) -> Numbers | None:
        """What the engine finds; None if that lies in parts that were not read."""
        found = self._store.query(
            f"SELECT _part AS part, groupArray(toUInt32(_part_offset)) AS o FROM cases "  # noqa: S608
            f"WHERE {condition.sql} GROUP BY part",
            condition.params,
        )
        rows = np.zeros(len(codes.live), bool)
        parts = found.column("part").to_pylist() if found.num_rows else []
        if not all(part in codes.places for part in parts):
            return None
        for part, chunk in zip(parts, found.column("o") if parts else (), strict=True):
            rows[codes.places[part][0] + chunk.values.to_numpy().astype(np.int64)] = True
        live: Numbers = rows & codes.live
        return live


def _parts(query: str) -> tuple[Node, ...]:
    """The parts of a query that must all hold, wherever they stand in it."""
    node = parse(query)
    return () if node is None else tuple(_flat(node))


def _flat(node: Node) -> Iterator[Node]:
    if isinstance(node, And):
        for part in node.parts:
            yield from _flat(part)
    else:
        yield _anywhere(node)


def _anywhere(node: Node) -> Node:
    """The node without its place, so that the same is equal."""
    match node:
        case And(parts):
            return And(tuple(map(_anywhere, parts)))
        case Or(parts):
            return Or(tuple(map(_anywhere, parts)))
        case Not(part):
            return Not(_anywhere(part))
        case Text() | Valued():
            return replace(node, position=0)


def _is_time(node: Node) -> bool:
    return isinstance(node, Valued) and node.field == "opened"


def _within(codes: Codes, nodes: Sequence[Node]) -> Numbers:
    """Rows of cases that were opened within all of some times."""
    rows = codes.live
    for node in nodes:
        if isinstance(node, Valued):
            since, before = times(node.value, node.position)
            if since is not None:
                rows = rows & (codes.opened >= milliseconds(since))
            if before is not None:
                rows = rows & (codes.opened < milliseconds(before))
    return rows
