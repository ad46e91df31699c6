"""Rows on their way in: checked against the sealed schema, split by visibility."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hushdesk.cases import SEALED_SCHEMA
from hushdesk.store._errors import BatchRejectedError
from hushdesk.store._schema import SPLIT_COLUMNS

# What the engine's time type can hold; outside of it values would be clipped silently.
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(2299, 12, 31, tzinfo=UTC)


def _cast(batch: pa.Table) -> pa.Table:
    missing = [name for name in SEALED_SCHEMA.names if name not in batch.schema.names]
    if missing:
        raise BatchRejectedError(missing[0], "is missing")
    extra = [name for name in batch.schema.names if name not in SEALED_SCHEMA.names]
    if extra:
        # The name itself might come from an export.
        raise BatchRejectedError("(unknown)", "is not part of the sealed schema")
    columns: list[Any] = []
    for field in SEALED_SCHEMA:
        column = batch.column(field.name)
        problem = ""
        try:
            # One chunk without offset makes the list arithmetic below plain.
            column = pa.concat_arrays(column.cast(field.type).chunks or [pa.array([], field.type)])
            column.validate(full=True)
        except (pa.ArrowException, TypeError, ValueError):
            problem = "does not have the sealed type, or is not valid UTF-8"
        if problem:
            raise BatchRejectedError(field.name, problem)
        columns.append(column)
    return pa.Table.from_arrays(columns, schema=SEALED_SCHEMA)


def _first(mask: Any) -> int | None:
    """1-based place of the first true value."""
    found: int = pc.index(mask, True).as_py()
    return None if found < 0 else found + 1


def _check(table: pa.Table) -> None:
    for field in SEALED_SCHEMA:
        column = table.column(field.name).chunk(0)
        if not field.nullable and column.null_count:
            raise BatchRejectedError(field.name, "is null", _first(column.is_null()))
        inner = column.flatten() if pa.types.is_list(field.type) else column
        if pa.types.is_list(field.type) and inner.null_count:
            raise BatchRejectedError(field.name, "holds a null in its list")
        if pa.types.is_timestamp(inner.type):
            outside = pc.or_(
                pc.less(inner, pa.scalar(_EARLIEST, inner.type)),
                pc.greater(inner, pa.scalar(_LATEST, inner.type)),
            )
            if pc.any(outside).as_py():
                raise BatchRejectedError(field.name, "lies outside of the years 1900 to 2299")
    lengths = pc.list_value_length(table.column("messages.text").chunk(0))
    for name in SEALED_SCHEMA.names:
        if name.startswith("messages."):
            row = _first(pc.not_equal(pc.list_value_length(table.column(name).chunk(0)), lengths))
            if row is not None:
                raise BatchRejectedError(name, "has another length than messages.text", row)
    ids = table.column("case_id")
    if pc.count_distinct(ids).as_py() != len(ids):
        raise BatchRejectedError("case_id", "occurs more than once")
    if pc.any(pc.equal(ids, "")).as_py():
        raise BatchRejectedError("case_id", "is empty")


def prepare(batch: pa.RecordBatch | pa.Table) -> pa.Table:
    """The batch as the table stores it.

    Raises:
        BatchRejectedError: It does not fit the sealed schema.
    """
    table = _cast(pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch)
    if table.num_rows:
        _check(table)
    public = pc.equal(table.column("messages.visibility").chunk(0).flatten(), "public")
    parts: dict[str, Any] = {}
    for name in table.schema.names:
        column = table.column(name).chunk(0)
        if name not in SPLIT_COLUMNS:
            parts[name] = column
            continue
        values = column.flatten()
        for target, mask in zip(SPLIT_COLUMNS[name], (public, pc.invert(public)), strict=True):
            parts[target] = pa.ListArray.from_arrays(column.offsets, pc.if_else(mask, values, ""))
    return pa.table(parts)
