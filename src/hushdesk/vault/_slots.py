"""Wrapped keys of persons, one 64-byte slot each, in a small file of their own.

A flat file is overwritten in place: to shred a person is to write zeros over one slot. A database
would keep old pages in its journal. The file is small enough for a backup of its own with short
retention, without which shredding would not reach the backups.

Slot ``n`` is that of person ``n`` (from 1): version of the wrap key (4), nonce (12), wrapped key (48).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hushdesk.vault._files import touch_private

SLOT: Final = 64
EMPTY: Final = bytes(SLOT)


class Slots:
    """The file of wrapped keys. Callers hold the vault's write transaction while they write."""

    def __init__(self, path: Path) -> None:
        touch_private(path)
        self.path = path
        self._file = path.open("r+b", buffering=0)

    def read(self, person: int) -> bytes:
        """The slot of a person; :data:`EMPTY` if shredded or never written."""
        return os.pread(self._file.fileno(), SLOT, (person - 1) * SLOT).ljust(SLOT, b"\0")

    def read_many(self, first: int, count: int) -> bytes:
        """The slots of ``count`` persons from ``first`` on."""
        return os.pread(self._file.fileno(), SLOT * count, (first - 1) * SLOT).ljust(SLOT * count, b"\0")

    def write(self, first: int, slots: Sequence[bytes]) -> None:
        """Write slots of consecutive persons, durably."""
        data = memoryview(b"".join(slots))
        offset = (first - 1) * SLOT
        while data:
            written = os.pwrite(self._file.fileno(), data, offset)
            data, offset = data[written:], offset + written
        os.fsync(self._file.fileno())

    def destroy(self, person: int) -> None:
        """Overwrite a slot, first with noise and then with zeros, each durably."""
        self.write(person, [os.urandom(SLOT)])
        self.write(person, [EMPTY])

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
