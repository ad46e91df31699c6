"""By how many persons questions differ: what their difference would give away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hushdesk.analytics._compile import Queryable, compile_query
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._small import PERSON


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as far as it chooses cases."""

    query: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def apart(store: Queryable, scope: Scope, question: Asked, others: Sequence[Asked]) -> list[int | None]:
    """Persons in one of two questions and not in both, for each of the others.

    Args:
        store: Where to count.
        scope: Who is asking; ``small`` must not be 0.
        question: The one.
        others: The others.

    Returns:
        For each of the others how many persons, exact up to ``small``, which stands for that many or more; None if both
        are the same question.

    Raises:
        QueryError: A question cannot be carried out.
    """
    own = compile_query(store, question.query, scope, question.filters, prefix="own")
    params: dict[str, Any] = dict(own.params)
    counted, places = [], []
    for place, other in enumerate(others):
        condition = compile_query(store, other.query, scope, other.filters, prefix=f"o{place}x")
        again = compile_query(store, other.query, scope, other.filters, prefix="own")
        if (again.sql, again.params) == (own.sql, own.params):
            continue
        params |= condition.params
        # Up to the least number and one more: the function is exact up to its argument.
        counted.append(f"uniqUpToIf({scope.small:d})({PERSON}, ({own.sql}) != ({condition.sql}))")
        places.append(place)
    found: list[int | None] = [None] * len(others)
    if counted:
        columns = ", ".join(f"{test} AS c{n}" for n, test in enumerate(counted))
        row = store.query(f"SELECT {columns} FROM cases", params)  # noqa: S608
        for n, place in enumerate(places):
            found[place] = min(int(row.column(f"c{n}")[0].as_py()), scope.small)
    return found
