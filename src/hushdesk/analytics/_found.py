"""What a costly condition found, kept aside while one page of answers is made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from hushdesk.analytics._compile import Condition, Queryable, compile_query
from hushdesk.analytics._fields import FACETS
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._search import extent

# Beyond this many rows keeping them aside takes more memory than it saves time.
_MOST: Final = 500_000
_TABLE: Final = "found_by_query"

Conditions = Callable[[Mapping[str, Sequence[str]]], Condition]


@contextmanager
def conditions(store: Queryable, query: str, scope: Scope) -> Iterator[Conditions]:
    """Gives the condition of the query under any choice of filters.

    A phrase is found by reading text. Facets, bars and hits would each read it again, so the cases
    found are kept aside first, without their text, on the connection of this thread alone.
    """
    base = compile_query(store, query, scope)
    if not base.costly:
        yield lambda filters: compile_query(store, query, scope, filters)
        return
    columns = ", ".join(
        (
            "case_id",
            "opened_at",
            "updated_at",
            "closed_at",
            "internal_kinds",
            "customer",
            "contract",
            *FACETS.values(),
        )
    )
    _drop(store)
    store.query(
        f"CREATE TEMPORARY TABLE {_TABLE} ENGINE = Memory AS SELECT {columns} FROM cases "  # noqa: S608
        f"WHERE {base.sql} LIMIT {_MOST + 1}",
        base.params,
    )
    try:
        if extent(store, Condition("true", table=_TABLE), Scope()).total > _MOST:
            yield lambda filters: compile_query(store, query, scope, filters)
            return

        def under(filters: Mapping[str, Sequence[str]]) -> Condition:
            kept = compile_query(store, "", scope, filters)
            return Condition(kept.sql, kept.params, base.terms, table=_TABLE)

        yield under
    finally:
        _drop(store)


def _drop(store: Queryable) -> None:
    store.query(f"DROP TEMPORARY TABLE IF EXISTS {_TABLE}")
