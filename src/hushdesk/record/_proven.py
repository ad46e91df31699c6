"""The entries of a record as its newest signed head proves them, each time they are read.

The whole log is read once; of each :data:`BLOCK` entries the root is kept in memory (32 bytes). Whatever is read later is
read with its block, whose root is worked out again: what was changed on disk meanwhile is not shown.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hushdesk.record import _files as files
from hushdesk.record._merkle import Peaks, leaf_hash
from hushdesk.record._types import Entry, Head
from hushdesk.record.errors import RecordDamagedError

BLOCK: Final = 256
"""Entries of a block; a power of two, so that a block is a subtree."""


class ProvenLog:
    """A record, for reading what is proven. Needs no lock; may be read while it is written.

    Args:
        folder: Of the record.
        keys: Gives the public signing keys by version: there may be new ones while it is open.
        desk: Id of the desk.
    """

    def __init__(self, folder: Path, keys: Callable[[], Mapping[int, bytes]], desk: str) -> None:
        self.folder = folder
        self._keys, self._desk = keys, desk
        self._lock = threading.Lock()
        self._roots: list[bytes] = []
        self._starts: list[int] = [0]
        self._upper, self._lower = Peaks(), Peaks()
        self._end = 0
        self.head: Head | None = None
        """The head that proves what can be read; ``None`` for an empty record."""

    @property
    def size(self) -> int:
        """How many entries are proven."""
        return self.head.size if self.head else 0

    def follow(self) -> Head | None:
        """Prove what was appended since; gives the head that proves everything.

        Raises:
            RecordDamagedError: The head signs other entries than those that are there, or fewer than it did.
        """
        with self._lock:
            found = self._newest()
            if found is None:
                if self.head is not None or self._was_signed():
                    raise RecordDamagedError("no signed head is left")
                return None
            head, length = found.head, found.length
            if self.head is not None and head.size < self.head.size:
                raise RecordDamagedError("entries that were there are gone")
            roots, starts = list[bytes](), list[int]()
            upper, lower, end = self._upper.copy(), self._lower.copy(), self._end
            for line in self._read(end, length):
                lower.append(leaf_hash(line))
                end += len(line) + 1
                if lower.size == BLOCK:
                    roots.append(lower.root())
                    starts.append(end)
                    upper.append(roots[-1])
                    lower = Peaks()
            size = upper.size * BLOCK + lower.size
            root = Peaks(size, [*upper.hashes, *lower.hashes]).root()
            if size != head.size or root != head.root or end != length:
                raise RecordDamagedError("the newest head signs other entries than those that are there")
            self._roots += roots
            self._starts += starts
            self._upper, self._lower, self._end, self.head = upper, lower, end, head
            return head

    def _was_signed(self) -> bool:
        try:
            return bool((self.folder / files.HEADS).stat().st_size)
        except FileNotFoundError:
            return False

    def _newest(self) -> files.Slot | None:
        try:
            data = (self.folder / files.SLOTS).read_bytes()
        except FileNotFoundError:
            return None
        good = [slot for slot in files.read_slots(data) if slot and self._signed(slot.head)]
        return max(good, key=lambda slot: slot.head.size, default=None)

    def _signed(self, head: Head) -> bool:
        key = self._keys().get(head.key_version)
        if key is None or head.desk != self._desk:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(head.signature, head.signed_bytes())
        except (InvalidSignature, ValueError):
            return False
        return True

    def _read(self, start: int, end: int) -> Iterator[bytes]:
        if start >= end:
            return
        with (self.folder / files.ENTRIES).open("rb") as file:
            file.seek(start)
            while start < end:
                line = file.readline(files.LONGEST + 1)
                if not line.endswith(b"\n"):
                    raise RecordDamagedError("entries under a signed head are missing at the end")
                start += len(line)
                yield line[:-1]

    def mark(self, size: int) -> bytes:
        """Stands for the first ``size`` entries, but those of the last, unfinished block: for what is derived from them."""
        whole = Peaks()
        for root in self._roots[: size // BLOCK]:
            whole.append(root)
        return whole.root()

    def block(self, number: int) -> list[bytes]:
        """The lines of a block, proven; of the last one those that are there.

        Raises:
            RecordDamagedError: They are not what was proven.
        """
        with self._lock:
            start = self._starts[number]
            whole = number < len(self._roots)
            end = self._starts[number + 1] if whole else self._end
            wanted = self._roots[number] if whole else self._lower.root()
        lines = list(self._read(start, end))
        found = Peaks()
        for line in lines:
            found.append(leaf_hash(line))
        if found.root() != wanted:
            raise RecordDamagedError(
                f"entries {number * BLOCK:,} to {number * BLOCK + BLOCK - 1:,} were changed"
            )
        return lines

    def lines(self, first: int = 0) -> Iterator[tuple[int, bytes]]:
        """Number and bytes of each proven entry from ``first`` on."""
        last = self.size
        for number in range(first // BLOCK, -(-last // BLOCK)):
            for at, line in enumerate(self.block(number), number * BLOCK):
                if first <= at < last:
                    yield at, line

    def entries(self, numbers: Iterable[int]) -> list[Entry]:
        """These entries, in the order asked for; those that are not there are left out.

        Raises:
            RecordDamagedError: They are not what was proven.
        """
        wanted = list(numbers)
        blocks: dict[int, list[bytes]] = {}
        found = []
        for number in wanted:
            if not 0 <= number < self.size:
                continue
            block = number // BLOCK
            if block not in blocks:
                blocks[block] = self.block(block)
            try:
                found.append(Entry.from_bytes(blocks[block][number % BLOCK]))
            except (ValueError, IndexError):
                raise RecordDamagedError(f"entry {number:,} cannot be read") from None
        return found
