"""Counts by value, each under every filter but the facet's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from hushdesk.analytics._codes import LISTS as _LISTS
from hushdesk.analytics._codes import PUBLIC_KINDS, Numbers
from hushdesk.analytics._columns import shown
from hushdesk.analytics._compile import Condition, Queryable
from hushdesk.analytics._fields import FACETS
from hushdesk.analytics._results import Facet, FacetValue
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._sets import Filters, RowSet
from hushdesk.analytics._small import OF_A_PERSON, RARE, Cell, hidden, measures, shown_count
from hushdesk.analytics._tally import Tally
from hushdesk.store import QueryTooHeavyError

VALUES: Final = 20
"""Values listed in a facet, besides those selected."""
SECONDS: Final = 2.0
"""How long counting may take for one query of facets."""

# Values looked at where small ones are hidden.
_LOOKED_AT: Final = 400

# Up to here all facets are counted in one pass that spreads each case over its values; beyond, those of one value a
# case are counted in one pass that groups by each of them, and lists by one pass each.
_TOGETHER: Final = 300_000


def facets(
    store: Queryable,
    under: Callable[[Filters], Condition],
    scope: Scope,
    filters: Filters,
    names: Sequence[str],
    total: int,
) -> tuple[Facet, ...]:
    """The facets in the order of ``names``.

    Args:
        store: Where to count.
        under: Gives the condition for a choice of filters.
        scope: Who is asking.
        filters: All filters that are set.
        names: Which facets.
        total: How many cases there are under all filters.
    """
    own = [name for name in names if filters.get(name)]
    free = [name for name in names if name not in own]
    groups = [[name] for name in own]
    if total <= _TOGETHER:
        groups += [free] if free else []
    else:
        single = [name for name in free if name not in _LISTS]
        groups += [single] if single else []
        groups += [[name] for name in free if name in _LISTS]
    found: dict[str, Facet] = {}
    for group in groups:
        condition = under({key: values for key, values in filters.items() if [key] != group})
        if condition.table != "cases" and any(facet.timed_out for facet in found.values()):
            # What was kept aside went with the connection that was cut off.
            found |= {name: Facet(name, (), more=True, timed_out=True) for name in group}
            continue
        found |= _count(store, condition, scope, group, filters, total)
    return tuple(found[name] for name in names)


def tallied(
    found: RowSet,
    tally: Tally,
    rows: Callable[[str], Numbers],
    scope: Scope,
    filters: Filters,
    names: Sequence[str],
) -> tuple[Facet, ...]:
    """As :func:`facets`, from what lies in memory.

    Args:
        found: The cases that are counted, before any filter.
        tally: Counts under all filters.
        rows: Gives the rows under all filters but one.
        scope: Who is asking.
        filters: All filters that are set.
        names: Which facets.
    """
    counted = []
    for name in names:
        chosen = filters.get(name, ())
        own = Tally(found.codes, rows(name)) if chosen else tally
        column = found.codes.column(name, scope)
        counts = own.by_value(name if column is found.codes.columns[name] else PUBLIC_KINDS, column)
        keep = _kept_values(scope, chosen)
        listed = _largest(column.values, counts, chosen, keep)
        rare = [number for number, n in listed if n <= RARE] if scope.small else []
        persons = own.persons_by_value(column, rare) if rare else {}
        pairs = [(column.values[number], Cell(n, persons.get(number, scope.small))) for number, n in listed]
        whole = tally.total if name in _LISTS and not chosen else None
        counted.append(_facet(name, pairs, chosen, scope, others=len(pairs) >= keep, whole=whole))
    return tuple(counted)


def _largest(
    values: Sequence[str], counts: Numbers, chosen: Sequence[str], keep: int
) -> list[tuple[int, int]]:
    """Numbers of those values that most cases have, with their counts: chosen ones first, and up to ``keep``."""
    there = np.flatnonzero(counts)
    if len(there) > keep:
        least = np.partition(counts[there], -keep)[-keep]
        first = [number for number in there.tolist() if values[number] in chosen] if chosen else []
        there = np.union1d(there[counts[there] >= least], np.array(first, there.dtype))
    pairs = [(number, int(counts[number])) for number in there.tolist()]
    pairs.sort(key=lambda pair: (values[pair[0]] not in chosen, -pair[1], values[pair[0]]))
    return pairs[:keep]


def _kept_values(scope: Scope, chosen: Sequence[str]) -> int:
    # Those beyond the ones listed decide whether what is left over is about too few persons.
    keep = VALUES + len(chosen) + 1
    return max(keep, _LOOKED_AT) if scope.small else keep


def _count(
    store: Queryable,
    condition: Condition,
    scope: Scope,
    names: Sequence[str],
    filters: Filters,
    total: int,
) -> dict[str, Facet]:
    chosen = filters.get(names[0], ()) if len(names) == 1 else ()
    keep = _kept_values(scope, chosen)
    # Whoever sees rows has their small values looked at afterwards; for the others each count has its mark.
    more, values = measures(scope) if not scope.rows else measures(Scope())
    if len(names) > 1 and not _LISTS.intersection(names):
        counted = _by_each(condition, names, more)
    else:
        counted = (
            f"SELECT place, value, count() AS n, {more} FROM (SELECT {_spread(scope, names)}, {OF_A_PERSON} "  # noqa: S608
            f"FROM {condition.table} WHERE {condition.sql}) GROUP BY place, value "
        )
    try:
        rows = store.query(
            # The selected values are listed even where they are rare, so that they can be taken off again.
            counted + " ORDER BY place, has({chosen:Array(String)}, value) DESC, n DESC, value "
            f"LIMIT {keep} BY place",
            {**condition.params, **values, "chosen": list(chosen)},
            {"max_execution_time": SECONDS * (1 if len(names) == 1 else 2)},
        )
    except QueryTooHeavyError:
        return {name: Facet(name, (), more=True, timed_out=True) for name in names}
    pairs: dict[str, list[tuple[str, Cell]]] = {name: [] for name in names}
    if rows.num_rows:
        for place, value, n, persons, mark in zip(*(c.to_pylist() for c in rows.columns), strict=True):
            pairs[names[place]].append((value, Cell(n, persons, mark)))
    if scope.small and scope.rows:
        _measure_small(store, condition, scope, pairs)
    return {
        name: _facet(
            name,
            listed,
            filters.get(name, ()),
            scope,
            others=len(listed) >= keep,
            # Where the facet's own filter is left out, the total is another one.
            whole=total if name in {"kind", "tag"} and not filters.get(name) else None,
        )
        for name, listed in pairs.items()
    }


def _measure_small(
    store: Queryable, condition: Condition, scope: Scope, pairs: dict[str, list[tuple[str, Cell]]]
) -> None:
    """Count the persons of those values alone that have few cases: reading everybody's customer costs more than all else."""
    rare = {name: [value for value, cell in listed if cell.count <= RARE] for name, listed in pairs.items()}
    rare = {name: values for name, values in rare.items() if values}
    persons: dict[tuple[str, str], int] = {}
    if rare:
        names = list(rare)
        params = {f"rare_{place}": rare[name] for place, name in enumerate(names)}
        tests = [
            f"hasAny({shown(FACETS[name], scope)}, {{rare_{place}:Array(String)}})"
            if name in _LISTS
            else f"{FACETS[name]} IN {{rare_{place}:Array(String)}}"
            for place, name in enumerate(names)
        ]
        more, values = measures(scope)
        rows = store.query(
            f"SELECT place, value, {more} FROM (SELECT {_spread(scope, names)}, {OF_A_PERSON} "  # noqa: S608
            f"FROM {condition.table} WHERE {condition.sql} AND ({' OR '.join(tests)})) GROUP BY place, value",
            {**condition.params, **params, **values},
        )
        for row in rows.to_pylist():
            persons[names[row["place"]], row["value"]] = row["persons"]
    for name, listed in pairs.items():
        listed[:] = [
            # Who has more cases than that is taken to be enough persons.
            (
                value,
                replace(cell, persons=persons[name, value] if value in rare.get(name, ()) else scope.small),
            )
            for value, cell in listed
        ]


def _by_each(condition: Condition, names: Sequence[str], more: str) -> str:
    """Cases counted by each of several columns in one pass over them, as ``place``, ``value``, ``n`` and what ``more`` measures; as SQL."""
    columns = [FACETS[name] for name in names]
    # The engine says which columns a group is not about, one bit each, the first column's the highest.
    every = (1 << len(columns)) - 1
    masks = [every ^ (1 << (len(columns) - 1 - place)) for place in range(len(columns))]
    return (
        f"SELECT toUInt8(indexOf({masks}, grouping({', '.join(columns)})) - 1) AS place, "  # noqa: S608
        f"[{', '.join(f'toString({column})' for column in columns)}][place + 1] AS value, count() AS n, {more} "
        f"FROM {condition.table} WHERE {condition.sql} "
        f"GROUP BY GROUPING SETS ({', '.join(f'({column})' for column in columns)})"
    )


def _spread(scope: Scope, names: Sequence[str]) -> str:
    """Each case as many times as it has values, as ``place`` in ``names`` and ``value``; as SQL."""
    lists = []
    for place, name in enumerate(names):
        column = shown(FACETS[name], scope)
        if name not in _LISTS:
            if len(names) == 1:
                return f"toUInt8(0) AS place, toString({column}) AS value"
            column = f"[{column}]"
        elif len(names) == 1:
            return f"toUInt8(0) AS place, toString(arrayJoin({column})) AS value"
        lists.append(f"arrayMap(x -> (toUInt8({place}), toString(x)), {column})")
    return f"arrayJoin(arrayConcat({', '.join(lists)})) AS pair, pair.1 AS place, pair.2 AS value"


def _facet(
    name: str,
    pairs: Sequence[tuple[str, Cell]],
    selected: Sequence[str],
    scope: Scope,
    *,
    others: bool,
    whole: int | None,
) -> Facet:
    chosen = set(selected)
    present = {value for value, _ in pairs}
    gone = hidden([cell for _, cell in pairs], scope.small, others=others, whole=whole)
    shown = [
        (value, cell) for (value, cell), out in zip(pairs, gone, strict=True) if not out or value in chosen
    ]
    out = {value for (value, _), gone_too in zip(pairs, gone, strict=True) if gone_too}
    listed = shown[: VALUES + len(chosen & present)]
    values = [
        FacetValue(value, None if value in out else shown_count(scope, cell, name), value in chosen)
        for value, cell in listed
    ]
    values += [
        # Without rows, that there is nobody is not said either.
        FacetValue(value, 0 if scope.rows else None, selected=True)
        for value in dict.fromkeys(selected)
        if value not in present
    ]
    values.sort(key=lambda v: (-(v.count or 0), v.value))
    return Facet(name, tuple(values), more=len(shown) > len(listed) or others, hidden=bool(out))
