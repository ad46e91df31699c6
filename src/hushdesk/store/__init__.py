"""The sealed store: what a desk keeps, in chDB, without a person in it."""

from hushdesk.store._embedded import EmbeddedStore, Remains
from hushdesk.store._engine import Caps
from hushdesk.store._errors import (
    BatchRejectedError,
    EngineError,
    QueryTooHeavyError,
    SchemaMismatchError,
    StoreBusyError,
    StoreClosedError,
    StoreError,
    StoreExistsError,
    StoreMissingError,
)
from hushdesk.store._schema import SCHEMA_VERSION, SEALED_COLUMNS, sealed_select

__all__ = [
    "SCHEMA_VERSION",
    "SEALED_COLUMNS",
    "BatchRejectedError",
    "Caps",
    "EmbeddedStore",
    "EngineError",
    "QueryTooHeavyError",
    "Remains",
    "SchemaMismatchError",
    "StoreBusyError",
    "StoreClosedError",
    "StoreError",
    "StoreExistsError",
    "StoreMissingError",
    "sealed_select",
]
