"""The quarantine: refused and doubtful input, sealed to the officer's key.

One append-only file of records: ``HQ`` · metadata length (u16) · blob length (u32) · CRC-32 of the
metadata · metadata (JSON) · sealed blob. The blob holds where the input stood and the input itself;
it is bound to its metadata. A record torn by a crash is at the end, is not counted, and is moved to a
file of its own before the next one is written (moved, not cut off: damage can look like a tear).
"""

from __future__ import annotations

import fcntl
import json
import os
import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hushdesk.vault._files import private_folder, touch_private
from hushdesk.vault._officer import OfficerKey
from hushdesk.vault._sealer import Sealer
from hushdesk.vault.errors import VaultDamagedError

QUARANTINE_FILE: Final = "quarantine.sealed"
_HEAD: Final = struct.Struct(">2sHII")
_MARK: Final = b"HQ"


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """What anybody who may look at the quarantine learns of one entry: no value, no file name."""

    index: int
    load_id: str
    reason: str
    """A rule's or refusal's name."""
    at: datetime
    size: int
    """Bytes of the input."""


@dataclass(frozen=True, slots=True)
class QuarantineItem:
    """One entry opened by the officer."""

    entry: QuarantineEntry
    locator: str = field(repr=False)
    """Where the input stood; sealed too, for a file's name can be a person's name."""
    payload: bytes = field(repr=False)


class Quarantine:
    """Append-only and crash-safe. Writing needs the officer's public key only.

    Args:
        folder: Made 0700 if missing.
        public_key: The officer's X25519 public key.
    """

    def __init__(self, folder: Path | str, public_key: bytes) -> None:
        folder = Path(folder)
        private_folder(folder)
        self._path = folder / QUARANTINE_FILE
        touch_private(self._path)
        self._sealer = Sealer(public_key)
        self._lock = RLock()
        self._file = self._path.open("r+b", buffering=0)
        self._starts = array("Q")
        self._end = 0
        with self._exclusive():
            pass

    def put(self, load_id: str, locator: str, reason: str, payload: bytes) -> None:
        """Seal and append one entry; durable when this returns. Use :meth:`put_many` for batches."""
        self.put_many([(load_id, locator, reason, payload)])

    def put_many(self, items: Iterable[tuple[str, str, str, bytes]]) -> int:
        """Seal and append entries (load id, locator, reason, payload) with one fsync.

        Returns:
            How many were written.
        """
        at = datetime.now(UTC).isoformat(timespec="seconds")
        records = [self._record(at, *item) for item in items]
        if not records:
            return 0
        with self._exclusive():
            self._file.seek(self._end)
            data = memoryview(b"".join(records))
            while data:
                data = data[self._file.write(data) :]
            os.fsync(self._file.fileno())
            self._scan()
        return len(records)

    def _record(self, at: str, load_id: str, locator: str, reason: str, payload: bytes) -> bytes:
        meta = json.dumps({"load": load_id, "reason": reason, "at": at, "size": len(payload)}).encode()
        place = locator.encode("utf-8", "surrogatepass")
        blob = self._sealer.seal(len(place).to_bytes(4, "big") + place + payload, context=meta)
        return _HEAD.pack(_MARK, len(meta), len(blob), zlib.crc32(meta)) + meta + blob

    def count(self) -> int:
        """How many whole entries there are."""
        with self._lock:
            self._scan()
            return len(self._starts)

    def entries(self) -> Iterator[QuarantineEntry]:
        """Metadata of all entries, oldest first; needs no key."""
        for index in range(self.count()):
            yield self._entry(index, with_blob=False)[0]

    def read(self, index: int, key: OfficerKey | X25519PrivateKey) -> QuarantineItem:
        """Open one entry with the officer's key.

        Raises:
            IndexError: There is no such entry.
            VaultDamagedError: It was changed, or sealed to another key.
        """
        officer = key if isinstance(key, OfficerKey) else OfficerKey(key)
        if not 0 <= index < self.count():
            raise IndexError("no such entry in the quarantine")
        entry, meta, blob = self._entry(index)
        data = officer.unseal(blob, context=meta)
        size = int.from_bytes(data[:4], "big")
        return QuarantineItem(entry, data[4 : 4 + size].decode("utf-8", "surrogatepass"), data[4 + size :])

    def _entry(self, index: int, *, with_blob: bool = True) -> tuple[QuarantineEntry, bytes, bytes]:
        start = self._starts[index]
        descriptor = self._file.fileno()
        mark, meta_size, blob_size, crc = _HEAD.unpack(os.pread(descriptor, _HEAD.size, start))
        wanted = blob_size if with_blob else 0
        body = os.pread(descriptor, meta_size + wanted, start + _HEAD.size)
        meta, blob = body[:meta_size], body[meta_size:]
        if mark != _MARK or zlib.crc32(meta) != crc or len(blob) != wanted:
            raise VaultDamagedError("quarantine entry")
        try:
            seen = json.loads(meta)
            at = datetime.fromisoformat(seen["at"])
            return QuarantineEntry(index, seen["load"], seen["reason"], at, seen["size"]), meta, blob
        except (ValueError, KeyError, TypeError):
            raise VaultDamagedError("quarantine entry") from None

    def _scan(self) -> None:
        """Learn of whole records beyond those known, also of other processes."""
        size = os.fstat(self._file.fileno()).st_size
        while self._end + _HEAD.size <= size:
            head = os.pread(self._file.fileno(), _HEAD.size, self._end)
            mark, meta_size, blob_size, crc = _HEAD.unpack(head)
            end = self._end + _HEAD.size + meta_size + blob_size
            if mark != _MARK or end > size:
                return
            if zlib.crc32(os.pread(self._file.fileno(), meta_size, self._end + _HEAD.size)) != crc:
                return
            self._starts.append(self._end)
            self._end = end

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Hold the file for writing, with nothing torn at its end."""
        with self._lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                self._scan()
                self._set_tail_aside()
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _set_tail_aside(self) -> None:
        size = os.fstat(self._file.fileno()).st_size
        if size == self._end:
            return
        aside = self._path.with_name(f"{self._path.name}.torn-{self._end}")
        touch_private(aside)
        with aside.open("ab") as file:
            for start in range(self._end, size, 1 << 20):
                file.write(os.pread(self._file.fileno(), min(1 << 20, size - start), start))
            file.flush()
            os.fsync(file.fileno())
        self._file.truncate(self._end)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Quarantine(entries={len(self._starts)})"
