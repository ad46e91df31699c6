"""A copy of a record up to a signed head, while it is being written."""

from __future__ import annotations

import os
from pathlib import Path

from hushdesk.record import _files as files
from hushdesk.record._merkle import HASH
from hushdesk.record._types import Head


def copy_signed(folder: Path, target: Path) -> Head | None:
    """Copy a record as its newest head signs it; what is appended meanwhile is left out. Needs no lock.

    Returns:
        The head, or None if nothing is signed yet (then an empty folder is made).
    """
    target.mkdir(mode=0o700)
    newest: files.Slot | None = None
    try:
        data = (folder / files.SLOTS).read_bytes()
    except FileNotFoundError:
        data = b""
    for slot in files.read_slots(data):
        # One of the two may be half written at this moment; the other is whole.
        if isinstance(slot, files.Slot) and (newest is None or slot.head.size > newest.head.size):
            newest = slot
    if newest is None:
        return None
    _prefix(folder / files.ENTRIES, target / files.ENTRIES, newest.length)
    _prefix(folder / files.HASHES, target / files.HASHES, newest.head.size * HASH)
    kept = b"".join(
        line + b"\n"
        for line in _lines(folder / files.HEADS)
        if (head := files.head_of(line)) is not None and head.size <= newest.head.size
    )
    _write(target / files.HEADS, kept)
    _write(target / files.SLOTS, files.slot_bytes(newest.head, newest.peaks, newest.length))
    return newest.head


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []


def _prefix(source: Path, target: Path, size: int) -> None:
    with source.open("rb") as reading, target.open("xb") as writing:
        left = size
        while left and (piece := reading.read(min(left, 1 << 20))):
            writing.write(piece)
            left -= len(piece)
        writing.flush()
        os.fsync(writing.fileno())
    target.chmod(0o600)


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o600)
