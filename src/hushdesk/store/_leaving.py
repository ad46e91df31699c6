"""How rows leave a store: first from every answer, then from the disk.

A deletion is noted in the table ``leaving`` before anything else, so that a kill halfway leaves each case in its old or its new
version, and :func:`recover` ends it at the next start.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from hushdesk.store._engine import Engine
from hushdesk.store._schema import quoted

NONE_STAYS: Final = bytes(16)
"""In the place of the MAC of the version that stays: the case goes with all of its versions."""
CHUNK: Final = 10_000
"""So many ids are asked for at once."""
_LIFETIMES: Final = {"cases": 5}
"""Seconds for which replaced parts stay, as the schema says; 1 for the other tables."""

_DELETE: Final = (
    "DELETE FROM cases WHERE case_id IN (SELECT case_id FROM deleting) "
    "AND (case_id, content_mac) NOT IN (SELECT case_id, keep_mac FROM deleting)"
)
_WAIT: Final = {"lightweight_deletes_sync": 2, "mutations_sync": 2}


@dataclass(frozen=True, slots=True)
class Remains:
    """What lies on disk after a purge."""

    parts: int
    """Parts that hold what is stored now."""
    old_parts: int
    """Replaced parts that are still there."""
    mutations: int
    """Deletions that are not finished."""

    @property
    def nothing(self) -> bool:
        """Whether no deleted row is left."""
        return not self.old_parts and not self.mutations


def versions(engine: Engine, case_ids: Sequence[str]) -> set[tuple[str, bytes]]:
    """Id and content MAC of every stored version of these cases."""
    out: set[tuple[str, bytes]] = set()
    for start in range(0, len(case_ids), CHUNK):
        rows = engine.query(
            "SELECT case_id, content_mac FROM cases WHERE case_id IN {ids:Array(String)}",
            {"ids": list(case_ids[start : start + CHUNK])},
            operation="versions",
        )
        out.update(zip(*(column.to_pylist() for column in rows.columns), strict=True))
    return out


def leave(engine: Engine, ids: Sequence[str], macs: Sequence[bytes]) -> None:
    """Note that of each of these cases only the version with this MAC stays; :func:`finish` does it."""
    engine.insert("leaving", _pairs(ids, macs), {}, operation="note deletion")


def finish(engine: Engine) -> None:
    """Delete every version that ``leaving`` names and that has nothing to wait for."""
    noted = engine.query("SELECT case_id, keep_mac FROM leaving", operation="read deletion")
    if noted.num_rows:
        pairs = list(zip(*(noted.column(c).to_pylist() for c in ("case_id", "keep_mac")), strict=True))
        # Only where the version that stays has arrived: a case is never without any.
        held = versions(engine, [i for i, _ in pairs])
        ready = [(i, m) for i, m in pairs if m == NONE_STAYS or (i, m) in held]
        outdated = {i for i, _ in held}.intersection(i for i, _ in ready)
        if any((i, m) not in set(ready) for i, m in held if i in outdated):
            engine.command("TRUNCATE TABLE deleting", operation="prepare deletion")
            rows = _pairs([i for i, _ in ready], [m for _, m in ready])
            engine.insert("deleting", rows, {}, operation="prepare deletion")
            engine.command(_DELETE, settings=_WAIT, operation="delete")
    for table in ("leaving", "deleting"):
        engine.command(f"TRUNCATE TABLE {table}", operation="finish deletion")


def recover(engine: Engine) -> None:
    """End what a killed owner of the store left half done."""
    waiting = engine.query(
        "SELECT count() FROM system.mutations WHERE database = currentDatabase() AND NOT is_done"
    )
    if waiting.column(0)[0].as_py():
        # It reads ``deleting``; repeating it waits for it and does no harm.
        engine.command(_DELETE, settings=_WAIT, operation="recover")
    finish(engine)


def purge(engine: Engine) -> None:
    """Rewrite what holds deleted rows; the parts that held them go within seconds."""
    engine.command("ALTER TABLE cases APPLY DELETED MASK", settings={"mutations_sync": 2}, operation="purge")


def vanish(engine: Engine, tables: Sequence[str], wait: float) -> Remains:
    """Rewrite what holds deleted rows, and wait until the parts that held them are off the disk.

    Args:
        engine: The store's engine.
        tables: Every table of the store.
        wait: Most seconds to wait.
    """
    purge(engine)
    for table in tables:
        engine.command(
            f"ALTER TABLE {quoted(table)} MODIFY SETTING old_parts_lifetime = 0, cleanup_delay_period = 1, "
            "cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 3",
            operation="purge",
        )
    until = time.monotonic() + wait
    while not (left := _remains(engine)).nothing and time.monotonic() < until:
        time.sleep(0.3)
    for table in tables:
        engine.command(
            f"ALTER TABLE {quoted(table)} MODIFY SETTING old_parts_lifetime = {_LIFETIMES.get(table, 1)}",
            operation="purge",
        )
    return left


def _remains(engine: Engine) -> Remains:
    """What of deleted rows may still lie on disk."""
    parts = engine.query(
        "SELECT toUInt8(active) AS active, rows, path FROM system.parts WHERE database = currentDatabase()"
    ).to_pylist()
    mutations = engine.query(
        "SELECT countIf(NOT is_done) AS n FROM system.mutations WHERE database = currentDatabase()"
    ).to_pylist()
    known = {Path(part["path"]).name for part in parts}
    folders = {Path(part["path"]).parent for part in parts}
    # A folder that the engine does not speak of is none of its parts any more, and still there to be read.
    stray = sum(
        part.is_dir() and (part / "checksums.txt").exists() and part.name not in known
        for folder in folders
        for part in (*folder.iterdir(), *(folder / "detached").glob("*"))
    )
    return Remains(
        parts=sum(part["active"] for part in parts),
        old_parts=sum(not part["active"] and part["rows"] > 0 for part in parts) + stray,
        mutations=mutations[0]["n"] if mutations else 0,
    )


def _pairs(ids: Sequence[str], macs: Sequence[bytes]) -> pa.Table:
    return pa.table({"case_id": pa.array(ids, pa.string()), "keep_mac": pa.array(macs, pa.binary(16))})
