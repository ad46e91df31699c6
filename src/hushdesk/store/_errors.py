"""What can go wrong in a store. No message ever holds a value from a case.

All derive from :class:`StoreError`, a :class:`hushdesk.errors.HushdeskError`:

- ``StoreMissingError``: there is no store at the path;
- ``StoreExistsError``: there is already something at the path;
- ``StoreBusyError``: another process or another part of this one holds the store;
- ``StoreClosedError``: the store was closed;
- ``SchemaMismatchError``: the store was made by another version;
- ``BatchRejectedError``: a batch does not fit the sealed schema;
- ``QueryTooHeavyError``: a query hit its cap of time, memory or rows;
- ``EngineError``: the engine refused or failed.
"""

from __future__ import annotations

from hushdesk.errors import HushdeskError, TerminalError, TransientError, UsageError


class StoreError(HushdeskError):
    """Something is wrong with a store."""


class StoreMissingError(StoreError, UsageError):
    """There is no store at the path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no store at {path}.", remedy="Create one first.")


class StoreExistsError(StoreError, UsageError):
    """The folder for a new store is not empty."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not empty.", remedy="Choose an empty or new folder.")


class StoreBusyError(StoreError, TransientError):
    """Somebody else holds the store: an embedded store has one owner."""

    def __init__(self, path: str, owner: str) -> None:
        super().__init__(f"The store at {path} is in use by {owner}.", remedy="Close it there first.")


class StoreClosedError(StoreError, TerminalError):
    """The store was closed."""

    def __init__(self) -> None:
        super().__init__("The store is closed.")


class SchemaMismatchError(StoreError, TerminalError):
    """The store was written by another version."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(
            f"The store has schema {found}; this version reads schema {expected}.",
            remedy="Use the matching version, or load the exports into a new store.",
        )


class BatchRejectedError(StoreError, TerminalError):
    """A batch does not fit the sealed schema; nothing of it was stored.

    Attributes:
        field: The column to blame.
        row: 1-based row within the batch, if one is to blame.
    """

    def __init__(self, field: str, problem: str, row: int | None = None) -> None:
        self.field = field
        self.row = row
        where = f"field {field}" if row is None else f"field {field}, row {row} of the batch"
        super().__init__(f"The batch was not stored: {where} {problem}.")


class EngineError(StoreError):
    """The engine refused or failed. Its own words are dropped: they may quote values.

    Attributes:
        operation: What was being done, in our words.
        code: The engine's error number, 0 if it gave none, -1 if the statement was not given to it.
    """

    def __init__(self, operation: str, code: int) -> None:
        self.operation = operation
        self.code = code
        super().__init__(f"The engine failed ({operation}, error {code or 'without number'}).")


class QueryTooHeavyError(StoreError, TransientError):
    """A query ran into its cap of time, memory or rows.

    Attributes:
        resource: ``time``, ``memory`` or ``rows``.
    """

    def __init__(self, resource: str) -> None:
        self.resource = resource
        super().__init__(
            f"The query needs more {resource} than it may have.",
            remedy="Narrow it, for example by a range of dates.",
        )
