"""The sealed store: what a desk keeps, in chDB, without a person in it."""

from hushdesk.store._embedded import EmbeddedStore
from hushdesk.store._engine import Caps
from hushdesk.store._errors import (
    BatchRejected,
    EngineFailed,
    QueryTooHeavy,
    SchemaMismatch,
    StoreBusy,
    StoreClosed,
    StoreError,
    StoreExists,
    StoreMissing,
)
from hushdesk.store._schema import SCHEMA_VERSION, SEALED_COLUMNS, sealed_select

__all__ = [
    "SCHEMA_VERSION",
    "SEALED_COLUMNS",
    "BatchRejected",
    "Caps",
    "EmbeddedStore",
    "EngineFailed",
    "QueryTooHeavy",
    "SchemaMismatch",
    "StoreBusy",
    "StoreClosed",
    "StoreError",
    "StoreExists",
    "StoreMissing",
    "sealed_select",
]
