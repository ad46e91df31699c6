"""The embedded store: one folder, one owner, chDB inside."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa

from hushdesk.store._engine import Caps, Engine
from hushdesk.store._errors import (
    EngineError,
    SchemaMismatchError,
    StoreBusyError,
    StoreClosedError,
    StoreExistsError,
    StoreMissingError,
)
from hushdesk.store._hash import content_hash_sql
from hushdesk.store._leaving import (
    CHUNK,
    NONE_STAYS,
    Remains,
    finish,
    leave,
    purge,
    recover,
    vanish,
    versions,
)
from hushdesk.store._schema import SCHEMA_VERSION, quoted, sealed_select, statements
from hushdesk.store._snapshot import FREEZE, copy_frozen, melt

_MARK = "store.json"
_LOCK = "lock"
_ENGINE = "engine"
_TRIES: Final = 4
"""So often an insert is repeated that did not bring all of its rows."""


class EmbeddedStore:
    """The sealed cases of one desk, in one folder that one process owns.

    Any thread may read; writing is done one at a time. Nothing but sealed cases may be inserted:
    the store does not look for personal data, it relies on the seal.
    """

    def __init__(self, path: Path, caps: Caps, lock: int) -> None:
        """Use :meth:`create` or :meth:`open`."""
        self._path = path
        self._lock: int | None = lock
        self._writing = threading.RLock()
        self._generation = 0
        self._caps = caps
        self._running: Engine | None = None

    @property
    def _engine(self) -> Engine:
        """The engine, started when something is first asked of it: much of what is done with a desk asks it nothing.

        What a killed owner left half done is ended before the first answer.
        """
        if self._running is None:
            with self._writing:
                if self._lock is None:
                    raise StoreClosedError
                if self._running is None:
                    engine = Engine(self._path / _ENGINE, self._caps)
                    try:
                        recover(engine)
                    except BaseException:
                        engine.close()
                        raise
                    self._running = engine
        return self._running

    # -- life ---------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: str | os.PathLike[str], *, caps: Caps | None = None) -> Self:
        """Make a new store in an empty or new folder.

        Raises:
            StoreExistsError: The folder is not empty.
        """
        folder = Path(path).absolute()
        if folder.exists() and any(folder.iterdir()):
            raise StoreExistsError(str(folder))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        store = cls(folder, caps or Caps(), _take_lock(folder))
        try:
            # With rights that work on the tables does not need: what is asked later goes to another engine.
            maker = Engine(folder / _ENGINE, store._caps, making=True)
            try:
                for statement in statements():
                    maker.command(statement, operation="create")
            finally:
                maker.close()
            # Written last and whole: a folder without it is no store.
            draft = folder / f"{_MARK}.new"
            draft.write_text(json.dumps({"format": "hushdesk store", "schema": SCHEMA_VERSION}) + "\n")
            draft.replace(folder / _MARK)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, caps: Caps | None = None) -> Self:
        """Open a store. What a killed owner left half done is ended before the first answer.

        Raises:
            StoreMissingError: There is none.
            StoreBusyError: Another process, or another part of this one, holds it.
            SchemaMismatchError: Another version made it.
        """
        folder = Path(path).absolute()
        found: Any = None
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            found = json.loads((folder / _MARK).read_text())["schema"]
        if found is None:
            raise StoreMissingError(str(folder))
        if found != SCHEMA_VERSION:
            raise SchemaMismatchError(str(found), str(SCHEMA_VERSION))
        store = cls(folder, caps or Caps(), _take_lock(folder))
        try:
            melt(folder / _ENGINE)
        except BaseException:
            store.close()
            raise
        return store

    def start(self) -> None:
        """Start the engine now, so that whoever asks first does not wait for it.

        Raises:
            StoreBusyError: The engine cannot have the folder.
        """
        self._engine.query("SELECT 1")

    def close(self) -> None:
        """Release the folder. Closing twice is fine; a query that still runs is cut off."""
        with self._writing:
            if self._lock is None:
                return
            if self._running is not None:
                self._running.close()
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"EmbeddedStore({str(self._path)!r})"

    @property
    def path(self) -> Path:
        """The store's folder."""
        return self._path

    @property
    def generation(self) -> int:
        """Grows with each change, so that an answer can be kept as long as it does not."""
        return self._generation

    # -- writing ------------------------------------------------------------------------------

    def insert(self, batch: pa.RecordBatch | pa.Table, token: str) -> None:
        """Add sealed cases that the store does not hold yet.

        The same batch under the same token is stored once, however often it is given, also if
        the process was killed halfway through. When this returns, the batch is stored.

        Args:
            batch: Rows of the sealed schema.
            token: Names the batch; must not be used for another one.

        Raises:
            BatchRejectedError: The batch does not fit; nothing of it was stored.
        """
        from hushdesk.store._rows import prepare

        table = prepare(batch)
        with self._writing:
            self._insert(table, token)

    def _insert(self, table: pa.Table, token: str, *, replacing: bool = False) -> None:
        if not table.num_rows:
            return
        before, name = self.count(), token
        known = self._known_blocks() if replacing else 0
        for attempt in range(_TRIES):
            self._engine.insert(
                "cases",
                table,
                {"insert_deduplicate": 1, "insert_deduplication_token": name},
                operation="insert",
            )
            self._generation += 1
            added = self.count() - before
            if attempt == 0 and added == table.num_rows:
                return
            if attempt == 0 and replacing and added == 0 and self._came_late(table, known):
                return
            missing = self._missing(table, replacing=replacing)
            if not missing.num_rows:
                return
            # On a machine under load the engine was seen to return without an error and without some of the partitions:
            # repeated under the same token, just these are added. An insert that ran out of memory leaves its token
            # behind in partitions without their rows, which are then taken for repeated for ever: so at last what is
            # missing gets a token of its own.
            if attempt:
                table, name = missing, f"{token} again {attempt}"
        raise EngineError("insert", 0)

    def _known_blocks(self) -> int:
        """How many blocks the engine has left out because it knew their tokens."""
        sql = "SELECT sum(value) AS n FROM system.events WHERE event = 'DuplicatedInsertedBlocks'"
        return int(self._engine.query(sql, operation="insert").column(0)[0].as_py() or 0)

    def _came_late(self, table: pa.Table, known: int) -> bool:
        """Whether new versions of which none was added are a repetition that came late, after still newer ones, and not lost.

        Then the engine knew the block of each year, and nothing that is held is older than the batch: else the tokens are
        those of an insert that failed.
        """
        import pyarrow.compute as pc

        if self._known_blocks() - known < pc.count_distinct(pc.year(table.column("opened_at"))).as_py():
            return False
        ids, load = table.column("case_id").to_pylist(), pc.min(table.column("load_id")).as_py()
        sql = "SELECT count() FROM cases WHERE case_id IN {ids:Array(String)} AND load_id < {load:UInt32}"
        return not any(
            self._engine.query(sql, {"ids": ids[start : start + CHUNK], "load": load}, operation="insert")
            .column(0)[0]
            .as_py()
            for start in range(0, len(ids), CHUNK)
        )

    def _missing(self, table: pa.Table, *, replacing: bool) -> pa.Table:
        """The rows of a batch that are not there; in whatever version, unless they are to replace another one."""
        ids, macs = (table.column(name).to_pylist() for name in ("case_id", "content_mac"))
        held = versions(self._engine, ids)
        known = {case_id for case_id, _ in held}
        return table.filter(
            pa.array(
                [(i, m) not in held if replacing else i not in known for i, m in zip(ids, macs, strict=True)]
            )
        )

    def replace(self, batch: pa.RecordBatch | pa.Table, token: str) -> None:
        """Put new versions of cases in the place of those stored.

        A repeated or late repetition changes nothing. If the process is killed halfway, each case
        is there in its old or its new version after the next :meth:`open`, never in none.

        Raises:
            BatchRejectedError: The batch does not fit; nothing of it was stored.
        """
        from hushdesk.store._rows import prepare

        table = prepare(batch)
        if not table.num_rows:
            return
        with self._writing:
            ids = table.column("case_id").to_pylist()
            macs = table.column("content_mac").to_pylist()
            held = versions(self._engine, ids)
            new = pa.array([(i, m) not in held for i, m in zip(ids, macs, strict=True)])
            leave(self._engine, ids, macs)
            self._insert(table.filter(new), token, replacing=True)
            finish(self._engine)
            self._generation += 1

    def delete(self, case_ids: Iterable[str]) -> int:
        """Take cases out of the store; they are gone from every answer when this returns.

        The bytes leave the disk with :meth:`purge` or the next merge.

        Returns:
            How many rows were taken out.
        """
        ids = sorted(set(case_ids))
        if not ids:
            return 0
        with self._writing:
            before = self.count()
            leave(self._engine, ids, [NONE_STAYS] * len(ids))
            finish(self._engine)
            self._generation += 1
            return before - self.count()

    def purge(self) -> None:
        """Rewrite what holds deleted rows, so that their bytes leave the disk within seconds."""
        with self._writing:
            purge(self._engine)

    def vanish(self, wait: float = 400.0) -> Remains:
        """Rewrite what holds deleted rows, and wait until the parts that held them are off the disk.

        Queries that still read an old part keep it until they end.

        Args:
            wait: Most seconds to wait. Stores made before version 0.6 look after old parts every few minutes only.

        Returns:
            What is left; nothing, unless the wait was too short.
        """
        with self._writing:
            return vanish(self._engine, self.tables(), wait)

    # -- reading ------------------------------------------------------------------------------

    def query(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        settings: Mapping[str, int | float | str] | None = None,
    ) -> pa.Table:
        """Run one reading query. Values go into ``params`` (``{name:Type}`` in the text), never into the text."""
        return self._engine.query(sql, params, settings)

    def stream(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        settings: Mapping[str, int | float | str] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Run one reading query of any size; rows come as the engine finds them."""
        return self._engine.stream(sql, params, settings)

    def macs(self, case_ids: Sequence[str]) -> dict[str, tuple[bytes, datetime | None]]:
        """Content MAC and time of change of those of the cases that are stored."""
        out: dict[str, tuple[bytes, datetime | None]] = {}
        for start in range(0, len(case_ids), CHUNK):
            rows = self._engine.query(
                "SELECT case_id, content_mac, updated_at FROM cases WHERE case_id IN {ids:Array(String)}",
                {"ids": list(case_ids[start : start + CHUNK])},
                operation="macs",
            )
            for case_id, mac, updated in zip(*(column.to_pylist() for column in rows.columns), strict=True):
                out[case_id] = (mac, updated)
        return out

    def loaded(self, load_id: int, case_ids: Sequence[str]) -> dict[str, bytes]:
        """Content MAC of those of the cases whose stored version came with that load."""
        out: dict[str, bytes] = {}
        for start in range(0, len(case_ids), CHUNK):
            rows = self._engine.query(
                "SELECT case_id, content_mac FROM cases WHERE load_id = {load:UInt32} AND case_id IN {ids:Array(String)}",
                {"load": load_id, "ids": list(case_ids[start : start + CHUNK])},
                operation="loaded",
            )
            out.update(zip(*(column.to_pylist() for column in rows.columns), strict=True))
        return out

    def count_loaded(self, load_id: int) -> int:
        """How many of the stored cases came with that load."""
        rows = self._engine.query(
            "SELECT count() FROM cases WHERE load_id = {load:UInt32}", {"load": load_id}, operation="loaded"
        )
        return int(rows.column(0)[0].as_py())

    def count(self) -> int:
        """How many cases are stored."""
        return int(self._engine.query("SELECT count() FROM cases").column(0)[0].as_py())

    def content_hash(self) -> str:
        """A hash of all rows and columns but ``load_id``: equal content, equal hash, in whatever batches it came."""
        rows = self._engine.query(content_hash_sql(), settings={"max_execution_time": 0}, operation="hash")
        return str(rows.column(0)[0].as_py())

    def sealed(self, case_ids: Sequence[str]) -> pa.Table:
        """The sealed cases with these ids, in the sealed schema, in no order."""
        from hushdesk.cases import SEALED_SCHEMA

        rows = self._engine.query(
            f"SELECT {sealed_select()} FROM cases WHERE case_id IN {{ids:Array(String)}}",  # noqa: S608
            {"ids": list(case_ids)},
            operation="read",
        )
        return rows.cast(SEALED_SCHEMA) if rows.num_rows else SEALED_SCHEMA.empty_table()

    # -- looking after it ---------------------------------------------------------------------

    def tables(self) -> tuple[str, ...]:
        """Every table of the store."""
        rows = self._engine.query(
            "SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name"
        )
        return tuple(rows.column(0).to_pylist()) if rows.num_rows else ()

    def iter_rows(self, table: str) -> Iterator[pa.RecordBatch]:
        """Every row of a table with every column that lies on disk, for sweeps."""
        rows = self._engine.query(
            "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String} "
            "AND default_kind NOT IN ('ALIAS', 'EPHEMERAL') ORDER BY position",
            {"table": table},
        )
        if table not in self.tables():
            raise StoreMissingError(f"{self._path} (table)")
        names = ", ".join(quoted(name) for name in rows.column(0).to_pylist())
        yield from self._engine.stream(f"SELECT {names} FROM {quoted(table)}")  # noqa: S608

    def copy_to(self, target: Path) -> tuple[int, int]:
        """Copy the store as it is now into a new folder, which is a store then; writing waits, reading goes on.

        Parts are linked where the file system can, so it takes moments whatever the size.

        Returns:
            Files linked, and files copied.
        """
        engine = self._path / _ENGINE
        with self._writing:
            melt(engine)
            try:
                for table in self.tables():
                    self._engine.command(
                        f"ALTER TABLE {quoted(table)} FREEZE WITH NAME '{FREEZE}'", operation="copy"
                    )
                target.mkdir(mode=0o700)
                found = copy_frozen(engine, target / _ENGINE)
                (target / _MARK).write_bytes((self._path / _MARK).read_bytes())
            finally:
                melt(engine)
        return found

    def disk_bytes(self) -> int:
        """Bytes the store takes on disk, everything included."""
        total = 0
        for root, _, names in os.walk(self._path):
            for name in names:
                try:
                    total += (Path(root) / name).lstat().st_size
                except FileNotFoundError:  # a merge took it away meanwhile
                    continue
        return total

    def check(self) -> bool:
        """Whether every part on disk agrees with its checksums."""
        import pyarrow.compute as pc

        good = True
        for table in self.tables():
            rows = self._engine.query(
                f"CHECK TABLE {quoted(table)}",
                settings={"check_query_single_value_result": 1, "max_execution_time": 0},
                operation="check",
            )
            good = good and all(bool(v) for v in pc.cast(rows.column(0), pa.int64()).to_pylist())
        return good


def _take_lock(folder: Path) -> int:
    """Hold the folder until the process ends, however it ends."""
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    busy = False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        busy = True
    if busy:
        owner = os.read(handle, 32).decode("ascii", "replace").strip()
        os.close(handle)
        raise StoreBusyError(str(folder), f"process {owner}" if owner.isdigit() else "another process")
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())
    return handle
