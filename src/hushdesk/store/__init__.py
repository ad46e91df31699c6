"""The sealed store: what a desk keeps, in chDB, without a person in it."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.store._embedded import EmbeddedStore
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
    from hushdesk.store._leaving import Remains
    from hushdesk.store._schema import SCHEMA_VERSION, SEALED_COLUMNS, sealed_select
else:
    __getattr__ = late(
        __name__,
        {
            "_embedded": "EmbeddedStore",
            "_engine": "Caps",
            "_errors": "BatchRejectedError EngineError QueryTooHeavyError SchemaMismatchError StoreBusyError StoreClosedError StoreError StoreExistsError StoreMissingError",
            "_leaving": "Remains",
            "_schema": "SCHEMA_VERSION SEALED_COLUMNS sealed_select",
        },
    )

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
