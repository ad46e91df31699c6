"""Entries a second into the record, one by one, from threads, and in batches; beside SQLite with the same durability.

    python benchmarks/record.py [--entries 20000] [--threads 32]

Both write each acknowledged entry to the disk before they answer. The peer keeps a plain table: no tree, no signature.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hushdesk.record import Record, verify


def timed(name: str, entries: int, work: Callable[[], None]) -> float:
    """Run and print entries a second."""
    started = time.perf_counter()
    work()
    rate = entries / (time.perf_counter() - started)
    print(f"{name:<46} {rate:>12,.0f} entries/s")
    return rate


def in_threads(threads: int, entries: int, one: Callable[[], None]) -> None:
    """Share the entries among threads."""

    def work() -> None:
        for _ in range(entries // threads):
            one()

    started = [threading.Thread(target=work) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=32)
    given = parser.parse_args()
    key = Ed25519PrivateKey.generate()
    keys = {1: key.public_key().public_bytes_raw()}
    detail = {"query": "0" * 32, "rows": 17, "took_ms": 12}
    entry = ("analyst:case:search", "lead", detail)
    with tempfile.TemporaryDirectory() as folder:
        record = Record(Path(folder) / "record", "bench", lambda message: (1, key.sign(message)), keys)
        alone = timed(
            "record, one after the other",
            given.entries // 10,
            lambda: [record.append(*entry) for _ in range(given.entries // 10)] and None,
        )
        shared = timed(
            f"record, from {given.threads} threads",
            given.entries,
            lambda: in_threads(given.threads, given.entries, lambda: record.append(*entry)),
        )
        timed(
            "record, in batches of 500",
            given.entries * 10,
            lambda: [record.append_many([entry] * 500) for _ in range(given.entries // 50)] and None,
        )
        size = record.size
        record.close()
        timed(
            f"verify {size:,} entries",
            size,
            lambda: print("whole" if verify(Path(folder) / "record", keys).whole else "FAULTY"),
        )
        database = sqlite3.connect(Path(folder) / "peer.db", isolation_level=None, check_same_thread=False)
        database.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE record (event, who, detail)"
        )
        lock = threading.Lock()

        def insert() -> None:
            with lock:
                database.execute("INSERT INTO record VALUES (?, ?, ?)", (entry[0], entry[1], str(detail)))

        peer = timed(
            "SQLite, one after the other",
            given.entries // 10,
            lambda: [insert() for _ in range(given.entries // 10)] and None,
        )
        peer_shared = timed(
            f"SQLite, from {given.threads} threads",
            given.entries,
            lambda: in_threads(given.threads, given.entries, insert),
        )
        print(f"ratio to SQLite: {alone / peer:.2f} alone, {shared / peer_shared:.2f} shared")


if __name__ == "__main__":
    main()
