"""A temporary multi-map on disk that nobody else can read.

Joining users, audits and comments to tickets needs a look-up that may be larger than memory. What
leaves memory is encrypted with a key that never does: values by AES-GCM, keys as HMACs. Whoever
finds the file, or what is left of it after a crash, finds noise.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

RAM_LIMIT = 64 * 1024 * 1024
"""Bytes kept in memory before the file is begun."""

_OVERHEAD = 150  # rough cost in memory of one entry besides its bytes
_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -16000;
CREATE TABLE entry (seq INTEGER PRIMARY KEY, mac BLOB NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX entry_mac ON entry (mac);
CREATE TABLE taken (mac BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE mark (mac BLOB PRIMARY KEY) WITHOUT ROWID;
"""


class Spill:
    """Maps a key to the values added under it, in memory while small, else in an encrypted file.

    Use it as a context manager; closing it deletes the file. On POSIX the file has no name from
    the moment it is opened, so that not even a killed process leaves it behind.

    Args:
        ram_limit: Bytes to keep in memory before the file is begun.
        folder: Where to make the private folder; the system's place for temporary files if None.
    """

    def __init__(self, ram_limit: int = RAM_LIMIT, folder: Path | None = None) -> None:
        self._ram_limit = ram_limit
        self._parent = folder
        self._mac_key = secrets.token_bytes(32)
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._entries: dict[bytes, list[bytes]] = {}
        self._taken: set[bytes] = set()
        self._marks: set[bytes] = set()
        self._bytes = 0
        self._seq = 0
        self._folder: Path | None = None
        self._database: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def on_disk(self) -> bool:
        """Whether the file has been begun."""
        return self._database is not None

    def add(self, key: str, value: bytes) -> None:
        """Add one value under a key."""
        mac = self._mac(key)
        if self._database is not None:
            self._insert(mac, value)
            return
        self._entries.setdefault(mac, []).append(value)
        self._grow(len(value) + _OVERHEAD)

    def take(self, key: str) -> list[bytes]:
        """Return the values of a key in the order they were added, and note that it was asked for.

        Taking the same key again returns them again.
        """
        mac = self._mac(key)
        values = self._values(mac)
        if values:
            if self._database is not None:
                self._database.execute("INSERT OR IGNORE INTO taken VALUES (?)", (mac,))
            else:
                self._taken.add(mac)
        return values

    def untaken(self) -> Iterator[list[bytes]]:
        """Yield the values of every key that was never taken, in the order of first addition."""
        if self._database is None:
            for mac in [mac for mac in self._entries if mac not in self._taken]:
                yield list(self._entries[mac])
            return
        last = -1
        while True:
            # Step by step rather than with one open cursor, so that the caller may take meanwhile.
            row = self._database.execute(
                "SELECT e.seq, e.mac FROM entry e WHERE e.seq > ?"
                " AND NOT EXISTS (SELECT 1 FROM taken t WHERE t.mac = e.mac)"
                " AND NOT EXISTS (SELECT 1 FROM entry f WHERE f.mac = e.mac AND f.seq < e.seq)"
                " ORDER BY e.seq LIMIT 1",
                (last,),
            ).fetchone()
            if row is None:
                return
            last = row[0]
            yield self._values(row[1])

    def mark(self, key: str) -> bool:
        """Remember a key; True if it was not marked before. Independent of the values."""
        mac = self._mac(key)
        if self._database is not None:
            return self._database.execute("INSERT OR IGNORE INTO mark VALUES (?)", (mac,)).rowcount == 1
        if mac in self._marks:
            return False
        self._marks.add(mac)
        self._grow(_OVERHEAD)
        return True

    def close(self) -> None:
        """Forget everything and delete the file."""
        if self._database is not None:
            self._database.close()
            self._database = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        self._entries.clear()
        self._taken.clear()
        self._marks.clear()

    def _mac(self, key: str) -> bytes:
        return blake2b(key.encode("utf-8", "surrogatepass"), key=self._mac_key, digest_size=16).digest()

    def _values(self, mac: bytes) -> list[bytes]:
        if self._database is None:
            return list(self._entries.get(mac, ()))
        rows = self._database.execute("SELECT seq, sealed FROM entry WHERE mac = ? ORDER BY seq", (mac,))
        return [self._cipher.decrypt(seq.to_bytes(12, "big"), sealed, mac) for seq, sealed in rows]

    def _insert(self, mac: bytes, value: bytes) -> None:
        assert self._database is not None  # noqa: S101 - callers looked
        self._seq += 1
        # The key lives as long as this object and the counter never repeats: a sound nonce.
        sealed = self._cipher.encrypt(self._seq.to_bytes(12, "big"), value, mac)
        self._database.execute("INSERT INTO entry VALUES (?, ?, ?)", (self._seq, mac, sealed))

    def _grow(self, by: int) -> None:
        self._bytes += by
        if self._bytes > self._ram_limit:
            self._begin_file()

    def _begin_file(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="hushdesk-", dir=self._parent))
        path = self._folder / "spill"
        path.touch(mode=0o600)
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(_SCHEMA)
        if os.name == "posix":
            path.unlink()
        self._database.execute("BEGIN")
        for mac, values in self._entries.items():
            for value in values:
                self._insert(mac, value)
        self._database.executemany("INSERT INTO taken VALUES (?)", [(mac,) for mac in self._taken])
        self._database.executemany("INSERT INTO mark VALUES (?)", [(mac,) for mac in self._marks])
        self._entries.clear()
        self._taken.clear()
        self._marks.clear()
