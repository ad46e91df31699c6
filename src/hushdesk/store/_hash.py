"""The content hash: one query over all rows, the same whatever their order, batches and parts."""

from __future__ import annotations

import pyarrow as pa

from hushdesk.cases import SEALED_SCHEMA
from hushdesk.store._schema import quoted

_LEFT_OUT = frozenset({"load_id"})


def _hashable(field: pa.Field) -> str:
    name = quoted(field.name)
    if field.nullable and pa.types.is_timestamp(field.type):
        # A missing time must differ from every time, and the hash functions skip nulls.
        return f"isNull({name}), toUnixTimestamp64Milli(ifNull({name}, toDateTime64(0, 3, 'UTC')))"
    if pa.types.is_list(field.type) and not pa.types.is_timestamp(field.type.value_type):
        # Hashed as a list of hashes, so that neither borders nor emptiness get lost.
        return f"length({name}), arrayMap(x -> sipHash128(toString(x)), {name})"
    if pa.types.is_list(field.type):
        return f"length({name}), arrayMap(x -> toUnixTimestamp64Milli(x), {name})"
    if pa.types.is_timestamp(field.type):
        return f"toUnixTimestamp64Milli({name})"
    return f"sipHash128(toString({name}))" if pa.types.is_string(field.type) else f"hex({name})"


def content_hash_sql() -> str:
    """The query that gives the hash as 64 hexadecimal digits."""
    parts = ", ".join(_hashable(field) for field in SEALED_SCHEMA if field.name not in _LEFT_OUT)
    # The sum counts repeated rows, where an exclusive or would cancel them.
    return (
        f"SELECT lower(hex(SHA256(concat(toString(count()), ':', toString(sum(reinterpretAsUInt128("  # noqa: S608
        f"sipHash128({parts})))))))) FROM cases"
    )
