"""Writing the record: appended entries are on disk and under a signed head when :meth:`Record.append` returns."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hushdesk.record import _files as files
from hushdesk.record._merkle import HASH, Peaks, leaf_hash
from hushdesk.record._types import Entry, Head, Sign, head_bytes
from hushdesk.record.errors import RecordDamagedError, RecordError

KEPT_EVERY: Final = 1024
"""Each so many entries a head is kept for ever, for proofs against heads that others hold."""


def _utc() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class _Waiting:
    event: str
    who: str
    detail: Mapping[str, Any]
    entry: Entry | None = None
    error: BaseException | None = None
    finished: bool = False
    woken: threading.Event = field(default_factory=threading.Event)
    """Set when it is finished, or when its thread is the one to write next."""


class Record:
    """The record of one desk, open for writing. Threads and processes write in turn.

    Args:
        folder: Made if it is missing.
        desk: Id of the desk; part of every signed head.
        sign: Signs heads.
        keys: Public signing keys by version.
        clock: For tests.
    """

    def __init__(
        self,
        folder: Path,
        desk: str,
        sign: Sign,
        keys: Mapping[int, bytes],
        clock: Callable[[], str] = _utc,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self._desk, self._sign, self._clock = desk, sign, clock
        # Not copied: a key that is added later signs heads that have to be known for ours.
        self._keys = keys
        self._peaks, self._end, self._slot, self._broken = Peaks(), 0, 0, False
        self._head: Head | None = None
        self._queue: list[_Waiting] = []
        self._writing = False
        self._queue_lock, self._write_lock = threading.Lock(), threading.Lock()
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._files = [
            _open(folder / name) for name in (files.ENTRIES, files.HASHES, files.SLOTS, files.HEADS)
        ]
        self._entries, self._hashes, self._slots, self._heads = self._files
        files.sync_folder(folder)
        try:
            with self._alone():
                self._recover()
        except BaseException:
            self._close_files()
            raise

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time; the others wait for its write, which takes a millisecond."""
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    # -- opening --------------------------------------------------------------------------------

    def _recover(self) -> None:
        head, peaks, offset, self._slot, repaired = self._newest()
        self._peaks = Peaks(head.size, peaks) if head else Peaks()
        if head and self._peaks.root() != head.root:
            raise RecordDamagedError("the newest head does not fit its own subtrees")
        size = os.fstat(self._entries).st_size
        if size < offset:
            raise RecordDamagedError("entries under a signed head are missing at the end")
        tail = os.pread(self._entries, size - offset, offset)
        whole = tail[: tail.rfind(b"\n") + 1]
        adopted: list[bytes] = []
        for line in whole.splitlines():
            try:
                fits = Entry.from_bytes(line).number == self._peaks.size + len(adopted)
            except ValueError:
                fits = False
            if not fits:
                raise RecordDamagedError("what follows the newest head are no entries")
            adopted.append(line)
        # A half line was never acknowledged.
        os.ftruncate(self._entries, offset + len(whole))
        self._end = offset + len(whole)
        self._mend_hashes()
        for line in adopted:
            hashed = leaf_hash(line)
            _write_all(self._hashes, hashed, self._peaks.size * HASH)
            self._peaks.append(hashed)
        self._head, self._broken = head, False
        if adopted or repaired:
            # They were written and not yet signed when the process ended: kept, and said.
            detail = {"entries": len(adopted), "head_repaired": repaired}
            said = _Waiting("record:tail:adopted", "desk", detail)
            self._commit([said])
            if said.error is not None:
                raise said.error

    def _newest(self) -> tuple[Head | None, list[bytes], int, int, bool]:
        """Newest head, its peaks, bytes of the entries under it, the slot to write next, whether the other is broken."""
        found: list[tuple[Head, list[bytes], int, int]] = []
        broken = False
        for number, slot in enumerate(files.read_slots(os.pread(self._slots, 2 * files.SLOT, 0))):
            if slot is None:
                continue
            if slot is False or not self._signed(slot.head):
                broken = True
                continue
            if slot.head.desk != self._desk:
                raise RecordDamagedError("its heads are those of another desk")
            found.append((slot.head, slot.peaks, slot.length, number ^ 1))
        if not found:
            if broken or os.fstat(self._heads).st_size:
                raise RecordDamagedError("no signed head is left")
            return None, [], 0, 0, False
        return (*max(found, key=lambda one: one[0].size), broken)

    def _signed(self, head: Head) -> bool:
        key = self._keys.get(head.key_version)
        if key is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(head.signature, head.signed_bytes())
        except (ValueError, InvalidSignature):
            return False
        return True

    def _mend_hashes(self) -> None:
        """Hashes of entries under the head that a crash kept from the disk are made again."""
        wanted = self._peaks.size * HASH
        there = os.fstat(self._hashes).st_size // HASH * HASH
        os.ftruncate(self._hashes, min(there, wanted))
        if there >= wanted:
            return
        for number, (_, line, whole) in enumerate(files.entry_lines(self.folder)):
            if whole and there // HASH <= number < self._peaks.size:
                _write_all(self._hashes, leaf_hash(line), number * HASH)

    # -- writing --------------------------------------------------------------------------------

    def append(self, event: str, who: str, detail: Mapping[str, Any] | None = None) -> Entry:
        """Add an entry. When this returns, it is on disk under a signed head.

        Entries of several threads that wait at the same time share one write.

        Args:
            event: ``source:subject:action``.
            who: Account, ``cli:<system user>`` or ``desk``.
            detail: Plain values; never one from a case.

        Raises:
            RecordError: The detail is none of plain values, or too long; or the disk refused.
        """
        return self.append_many([(event, who, detail or {})])[0]

    def append_many(self, entries: Sequence[tuple[str, str, Mapping[str, Any]]]) -> list[Entry]:
        """Add entries in one write, under one head."""
        mine = [_Waiting(event, who, detail) for event, who, detail in entries]
        if not mine:
            return []
        with self._queue_lock:
            self._queue += mine
            leads = not self._writing
            self._writing = True
        last = mine[-1]
        if not leads:
            last.woken.wait()
        if not last.finished:
            self._lead()
        for each in mine:
            if each.error is not None:
                raise each.error
        return [each.entry for each in mine if each.entry is not None]

    def _lead(self) -> None:
        """Write for all who wait, then let one of those who came meanwhile write for the next."""
        with self._queue_lock:
            batch, self._queue = self._queue, []
        try:
            with self._write_lock, self._alone():
                if self._broken or self._behind():
                    self._recover()
                self._commit(batch)
        except BaseException as error:  # noqa: BLE001 - it is raised again for each who waits
            for waiting in batch:
                waiting.entry, waiting.error, waiting.finished = None, error, True
        for waiting in batch:
            waiting.woken.set()
        with self._queue_lock:
            if self._queue:
                self._queue[-1].woken.set()
            else:
                self._writing = False

    def _commit(self, batch: list[_Waiting]) -> None:
        peaks, lines = self._peaks.copy(), bytearray()
        hashed = bytearray()
        try:
            for waiting in batch:
                try:
                    entry = Entry(peaks.size, self._clock(), waiting.event, waiting.who, waiting.detail)
                    line = entry.to_bytes()
                    if len(line) >= files.LONGEST:
                        raise ValueError
                except (ValueError, TypeError, RecursionError):
                    waiting.error = RecordError(
                        f"an entry {waiting.event} is not made of short, plain values."
                    )
                    continue
                leaf = leaf_hash(line)
                peaks.append(leaf)
                lines += line + b"\n"
                hashed += leaf
                waiting.entry = entry
            if lines:
                self._write(bytes(lines), bytes(hashed), peaks)
        except BaseException as error:  # noqa: BLE001 - as above
            # Nothing of it is acknowledged. How much reached the disk is found out before the next write.
            self._broken = True
            for waiting in batch:
                waiting.entry, waiting.error = None, waiting.error or error
        finally:
            for waiting in batch:
                waiting.finished = True

    def _behind(self) -> bool:
        """Whether another process has written meanwhile."""
        slot = os.pread(self._slots, files.SLOT, (self._slot ^ 1) * files.SLOT)
        mine = files.slot_bytes(self._head, self._peaks.hashes, self._end) if self._head else b""
        return slot != mine or os.fstat(self._entries).st_size != self._end

    def _write(self, lines: bytes, hashed: bytes, peaks: Peaks) -> None:
        _write_all(self._entries, lines, self._end)
        os.fdatasync(self._entries)
        _write_all(self._hashes, hashed, self._peaks.size * HASH)
        root, at = peaks.root(), self._clock()
        version, signature = self._sign(head_bytes(self._desk, peaks.size, root, at))
        head = Head(self._desk, peaks.size, root, at, version, signature)
        slot = files.slot_bytes(head, peaks.hashes, self._end + len(lines))
        _write_all(self._slots, slot, self._slot * files.SLOT)
        os.fdatasync(self._slots)
        kept = self._peaks.size // KEPT_EVERY != peaks.size // KEPT_EVERY
        self._slot ^= 1
        self._end += len(lines)
        self._peaks, self._head = peaks, head
        if kept:
            self._keep(head)

    def _keep(self, head: Head) -> None:
        line = json.dumps(head.to_json(), separators=(",", ":")).encode() + b"\n"
        _write_all(self._heads, line, os.fstat(self._heads).st_size)
        os.fdatasync(self._heads)

    # -- looking --------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self._peaks.size

    @property
    def head(self) -> Head | None:
        """The newest signed head; ``None`` before the first entry."""
        return self._head

    def keep_head(self) -> Head | None:
        """The newest head, kept for ever, so that it can be given to somebody outside."""
        with self._write_lock:
            if self._head is not None:
                self._keep(self._head)
            return self._head

    def close(self) -> None:
        """Keep the last head and let go. Closing twice is fine."""
        with self._write_lock:
            if self._files:
                last = max((head.size for _, head in files.old_heads(self.folder) if head), default=0)
                if self._head is not None and self._head.size > last:
                    self._keep(self._head)
                self._close_files()

    def _close_files(self) -> None:
        for handle in (*self._files, self._lock):
            os.close(handle)
        self._files = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Record(size={self._peaks.size})"


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _write_all(handle: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        done = os.pwrite(handle, view, offset)
        view, offset = view[done:], offset + done
