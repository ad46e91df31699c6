"""The embedded engine: connections, caps, and errors that never quote a value."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from hushdesk.store._door import check_inward
from hushdesk.store._errors import (
    EngineError,
    QueryTooHeavyError,
    StoreBusyError,
    StoreClosedError,
    StoreError,
)
from hushdesk.store._params import encode, settings_clause

T = TypeVar("T")

_CODE = re.compile(r"Code: (\d+)\.")
_CONFIG, _MAKING = (Path(__file__).with_name(name) for name in ("engine.xml", "making.xml"))
_TIME_CODES = frozenset({159, 160})
_MEMORY_CODES = frozenset({241})
_ROW_CODES = frozenset({158, 307, 396})

# Answers arrive as plain Arrow: strings as strings, fixed bytes as bytes, nothing compressed in process.
_OUTPUT: dict[str, int | str] = {
    "output_format_arrow_string_as_string": 1,
    "output_format_arrow_fixed_string_as_fixed_byte_array": 1,
    "output_format_arrow_low_cardinality_as_dictionary": 0,
    "output_format_arrow_compression_method": "none",
}


@dataclass(frozen=True, slots=True)
class Caps:
    """What the engine may use. The defaults leave room for two sealing processes beside it in 4 GB."""

    memory: int = 2_000_000_000
    """Bytes for the whole engine; beyond it queries fail rather than the process."""
    query_memory: int = 1_200_000_000
    """Bytes for one query."""
    query_seconds: float = 30.0
    """Wall time for one query."""
    query_rows: int = 1_000_000_000
    """Rows that one query may read."""
    result_bytes: int = 600_000_000
    """Bytes of an answer that is not streamed."""
    threads: int = 2
    """Threads for one query."""
    cache: int = 128_000_000
    """Bytes for each of the engine's caches."""


class Engine:
    """One data folder, one connection for each thread that reads, one for writing."""

    def __init__(self, folder: Path, caps: Caps, *, making: bool = False) -> None:
        self._caps = caps
        self._url = f"{folder}?config-file={_MAKING if making else _CONFIG}&" + "&".join(
            f"{name}={value}"
            for name, value in {
                "max_server_memory_usage": caps.memory,
                "mark_cache_size": caps.cache,
                "text_index_tokens_cache_size": caps.cache,
                "text_index_header_cache_size": caps.cache,
                "text_index_postings_cache_size": caps.cache,
                "background_pool_size": 2,
                # A deletion is one small task a part; with few places they wait for each other.
                "background_merges_mutations_concurrency_ratio": 8,
            }.items()
        )
        self._folder = folder
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: dict[int, tuple[threading.Thread, Any]] = {}
        self._closed = False
        self._writer_lock = threading.RLock()
        self._writer = self._connect(writing=True)

    def _connect(self, *, writing: bool) -> Any:
        # Late: importing the engine costs a second, and a process that has imported it must not fork.
        from chdb import state

        connection: Any = None
        with contextlib.suppress(Exception):  # whatever it says may not be repeated
            connection = state.connect(self._url)
        if connection is None:
            raise StoreBusyError(str(self._folder), "another owner")
        caps = self._caps
        for name, value in {
            "max_memory_usage": caps.query_memory,
            "max_threads": caps.threads,
            "max_execution_time": 0 if writing else caps.query_seconds,
            "max_rows_to_read": 0 if writing else caps.query_rows,
            # Caches of conditions make a second answer depend on the first; the index is quick enough.
            "use_query_condition_cache": 0,
            "optimize_on_insert": 0,
            "readonly": 0 if writing else 2,
        }.items():
            self._guarded("set up", partial(connection.query, f"SET {name} = {value}"))
        return connection

    def _reader(self) -> Any:
        if self._closed:
            raise StoreClosedError
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect(writing=False)
            self._local.connection = connection
            with self._lock:
                gone = [key for key, (thread, _) in self._open.items() if not thread.is_alive()]
                for key in gone:
                    self._open.pop(key)[1].close()
                self._open[id(connection)] = (threading.current_thread(), connection)
        return connection

    def _discard(self) -> None:
        """Close this thread's connection after an error, with the temporary tables it had.

        What a query cut off by a cap had written already stays in the connection, and would come as the beginning of the
        next answer: unreadable at best, somebody else's at worst.
        """
        connection = self._local.connection
        self._local.connection = None
        with self._lock:
            if self._open.pop(id(connection), None) is not None:
                connection.close()

    @staticmethod
    def _guarded(operation: str, work: Callable[[], T]) -> T:
        """Run ``work``; whatever the engine says becomes a number, so that no value can be quoted."""
        code = 0
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - see above
            found = _CODE.search(str(error))
            code = int(found.group(1)) if found else 0
        # Raised outside of the handler, so that the engine's words are not even the context.
        if code in _TIME_CODES:
            raise QueryTooHeavyError("time")
        if code in _MEMORY_CODES:
            raise QueryTooHeavyError("memory")
        if code in _ROW_CODES:
            raise QueryTooHeavyError("rows")
        raise EngineError(operation, code)

    def query(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        settings: Mapping[str, int | float | str] | None = None,
        *,
        operation: str = "query",
    ) -> pa.Table:
        """Run one reading query on this thread's connection."""
        check_inward(sql, operation)
        connection = self._reader()
        limits = {"max_result_bytes": self._caps.result_bytes}
        text = sql + settings_clause({**_OUTPUT, **limits, **(settings or {})})
        values = encode(params or {})
        try:
            return self._guarded(operation, lambda: _table(connection.query(text, "Arrow", params=values)))
        except StoreError:
            self._discard()
            raise

    def stream(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        settings: Mapping[str, int | float | str] | None = None,
        *,
        operation: str = "stream",
    ) -> Iterator[pa.RecordBatch]:
        """Run one reading query on a connection of its own and give its rows as they come."""
        check_inward(sql, operation)
        if self._closed:
            raise StoreClosedError
        connection = self._connect(writing=False)
        try:
            text = sql + settings_clause(
                {**_OUTPUT, "max_execution_time": 0, "max_rows_to_read": 0, **(settings or {})}
            )
            values = encode(params or {})
            chunks = self._guarded(operation, lambda: connection.send_query(text, "Arrow", params=values))
            while (chunk := self._guarded(operation, chunks.fetch)) is not None:
                yield from _table(chunk).to_batches()
        finally:
            connection.close()

    def command(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        settings: Mapping[str, int | float | str] | None = None,
        *,
        operation: str,
    ) -> pa.Table:
        """Run one statement that writes; one at a time."""
        text = sql + settings_clause(settings or {})
        values = encode(params or {})
        with self._writer_lock:
            if self._closed:
                raise StoreClosedError
            try:
                return self._guarded(
                    operation, lambda: _table(self._writer.query(text, "Arrow", params=values))
                )
            except StoreError:
                self._renew_writer()
                raise

    def insert(
        self, table: str, batch: pa.Table, settings: Mapping[str, int | float | str], *, operation: str
    ) -> None:
        """Insert the batch as one block."""
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as out:
            out.write_table(batch.combine_chunks())
        data = sink.getvalue().to_pybytes()
        columns = ", ".join(f"`{name}`" for name in batch.schema.names)
        text = f"INSERT INTO {table} ({columns})" + settings_clause(
            {
                # The deduplication of a repeated batch needs it to fall into the same blocks again.
                "max_insert_block_size": 10_000_000,
                "min_insert_block_size_rows": 10_000_000,
                "min_insert_block_size_bytes": 0,
                "max_partitions_per_insert_block": 0,
                "input_format_null_as_default": 0,
                **settings,
            }
        )

        def work() -> None:
            with self._writer.send_insert(text, "ArrowStream") as door:
                door.append(data)
                door.finish()

        with self._writer_lock:
            if self._closed:
                raise StoreClosedError
            try:
                self._guarded(operation, work)
            except StoreError:
                self._renew_writer()
                raise

    def _renew_writer(self) -> None:
        """As :meth:`_discard`, for the connection that writes."""
        # The new one first: the last connection to go would take the engine with it.
        old, self._writer = self._writer, self._connect(writing=True)
        old.close()

    def close(self) -> None:
        """Close every connection; the data folder is free for another owner afterwards."""
        with self._writer_lock, self._lock:
            if self._closed:
                return
            self._closed = True
            for _, connection in self._open.values():
                connection.close()
            self._open.clear()
            self._writer.close()


def _table(result: Any) -> pa.Table:
    data = result.bytes()
    if not data:
        return pa.table({})
    return pa.ipc.open_file(pa.BufferReader(data)).read_all()
