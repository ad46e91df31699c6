"""What the selected cases hold, in numbers: one pass over the store, added up by its engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from hushdesk.cases import SEALED_SCHEMA
from hushdesk.incident.taken._selection import Selection
from hushdesk.store import EmbeddedStore

STEP: Final = 64
"""Sizes of cases are told apart in steps of so many bytes."""

_OWN: Final = frozenset({"content_mac", "load_id"})
"""Columns that say nothing about anybody."""

# Long texts cost most: nothing but their lengths is computed, and nothing of them is given out.
_SETTINGS: Final = {"max_execution_time": 0}


@dataclass(frozen=True, slots=True)
class Contents:
    """What the selected cases hold."""

    cases: int = 0
    """How many were there while the store stood open, at most."""
    smallest: int = 0
    """Bytes of the smallest, as plain text without names of fields."""
    largest: int = 0
    sizes: tuple[tuple[int, int], ...] = ()
    """Sizes from the smallest, each with how many cases are at least so large and less than :data:`STEP` bytes larger."""
    fields: Mapping[str, int] = field(default_factory=dict)
    """Cases by field that is not empty in them."""
    kinds: Mapping[str, int] = field(default_factory=dict)
    """Cases by kind of personal data that stood in them."""
    packed: float = 1.0
    """How many bytes of cases the store keeps in one."""

    def most_within(self, amount: int) -> int:
        """How many whole cases can be in so many bytes, at most: the smallest of them."""
        found = 0
        for size, cases in self.sizes:
            fit = min(cases, amount // max(1, size))
            found += fit
            amount -= fit * size
            if fit < cases:
                break
        return min(found, self.cases)


def contents(store: EmbeddedStore, selection: Selection) -> Contents:
    """Add up the selected cases.

    Raises:
        QueryError: The selection's query cannot be carried out.
    """
    where = selection.where(store)
    params = dict(where.params)
    revised = selection.revised_where(params)
    fields = [one for one in SEALED_SCHEMA if one.name not in _OWN]
    present = ", ".join(f"countIf({_present(one)}) AS `has {one.name}`" for one in fields)
    size = " + ".join(_bytes(one) for one in fields)
    rows = store.query(
        f"WITH toUInt64({size}) AS size SELECT count() AS cases, countIf({revised}) AS revised, min(size) AS smallest, max(size) AS largest,"  # noqa: S608
        f" sumMap([toUInt64(intDiv(size, {STEP}))], [toUInt64(1)]) AS sizes,"
        " sumMap(arrayMap(k -> toString(k), kinds), arrayMap(k -> toUInt64(1), kinds)) AS by_kind,"
        f" {present} FROM cases WHERE {where.sql}",
        params,
        _SETTINGS,
    )
    (row,) = rows.to_pylist()
    if not row["cases"]:
        return Contents()
    smallest = int(row["smallest"])
    steps, numbers = _pair(row["sizes"])
    kinds, of_kind = _pair(row["by_kind"])
    return Contents(
        cases=row["cases"] - row["revised"] + min(row["revised"], selection.revised_most),
        smallest=smallest,
        largest=int(row["largest"]),
        sizes=tuple((max(smallest, step * STEP), n) for step, n in zip(steps, numbers, strict=True)),
        fields={one.name: n for one in fields if (n := row[f"has {one.name}"])},
        kinds=dict(sorted(zip(kinds, of_kind, strict=True))),
        packed=_packed(store),
    )


def _pair(value: Any) -> tuple[list[Any], list[int]]:
    """The two lists of a ``sumMap``."""
    keys, numbers = value.values() if isinstance(value, dict) else value
    return list(keys), list(numbers)


def _present(one: pa.Field) -> str:
    name = f"`{one.name}`"
    if one.name == "opened_at":
        return f"toInt64(toUnixTimestamp64Milli({name})) != 0"
    if pa.types.is_timestamp(one.type):
        return f"isNotNull({name})"
    if one.name.startswith("messages.") and one.type.value_type == pa.string():
        return f"arrayExists(x -> x != '', {name})"
    return f"notEmpty({name})"


def _bytes(one: pa.Field) -> str:
    name = f"`{one.name}`"
    if pa.types.is_timestamp(one.type):
        return "8"
    if not pa.types.is_list(one.type):
        return f"length({name})"
    if pa.types.is_timestamp(one.type.value_type):
        return f"8 * length({name})"
    return f"arraySum(x -> length(x), {name})"


def _packed(store: EmbeddedStore) -> float:
    rows = store.query(
        "SELECT sum(data_uncompressed_bytes) / greatest(1, sum(data_compressed_bytes)) FROM system.parts"
        " WHERE database = currentDatabase() AND table = 'cases' AND active"
    )
    value = rows.column(0)[0].as_py() if rows.num_rows else None
    return float(value or 1.0)
