"""The files of a record: entries, their hashes, and heads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from hushdesk.record._merkle import HASH, Peaks
from hushdesk.record._types import Head

ENTRIES: Final = "entries.jsonl"
HASHES: Final = "hashes.bin"
HEADS: Final = "heads.jsonl"
"""A head now and then, each for ever."""
SLOTS: Final = "head.slots"
"""The newest head and the one before: a slot each, written in turn, so that one of the two is always whole."""
SLOT: Final = 4096
LONGEST: Final = 1 << 20
"""An entry is never longer."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What one slot holds."""

    head: Head
    peaks: list[bytes]
    length: int
    """Bytes of the entries under the head."""


def read_slots(data: bytes) -> list[Slot | Literal[False] | None]:
    """The two slots: ``None`` for one that was never written, ``False`` for one that cannot be read."""
    return [_slot(data[start : start + SLOT]) for start in (0, SLOT)]


def _slot(data: bytes) -> Slot | Literal[False] | None:
    text = data.rstrip(b"\0")
    if not text:
        return None
    try:
        values = json.loads(text)
        peaks = [bytes.fromhex(peak) for peak in values["peaks"]]
        return Slot(Head.from_json(values), peaks, int(values["bytes"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _intact(slot: Slot, data: bytes) -> bool:
    """Whether the slot is what was written: made again, it must be the same bytes, so that nothing hides in it."""
    try:
        fits = Peaks(slot.head.size, slot.peaks).root() == slot.head.root
    except ValueError:
        return False
    return fits and slot_bytes(slot.head, slot.peaks, slot.length) == data


def slots(folder: Path) -> Iterator[tuple[str, str, Slot | None]]:
    """Name, problem and content of each slot that was written; no content where there is a problem."""
    try:
        data = (folder / SLOTS).read_bytes()
    except FileNotFoundError:
        return
    names = ("the first newest head", "the second newest head")
    for start, name, slot in zip((0, SLOT), names, read_slots(data), strict=True):
        if slot is None:
            continue
        if slot is False or not _intact(slot, data[start : start + SLOT]):
            yield name, "it was changed, or cut off while it was written", None
        else:
            yield name, "", slot
    if data[2 * SLOT :]:
        yield "the file of the newest heads", "it is longer than it should be", None


def slot_bytes(head: Head, peaks: list[bytes], length: int) -> bytes:
    """One slot, filled up with zeros; ``length``: bytes of the entries under the head."""
    values = {**head.to_json(), "peaks": [peak.hex() for peak in peaks], "bytes": length}
    text = json.dumps(values, separators=(",", ":"))
    return text.encode().ljust(SLOT, b"\0")


def entry_lines(folder: Path) -> Iterator[tuple[int, bytes, bool]]:
    """Offset, bytes and whether it is whole, of each line of the entries."""
    offset = 0
    try:
        file = (folder / ENTRIES).open("rb")
    except FileNotFoundError:
        return
    with file:
        while line := file.readline(LONGEST + 1):
            whole = line.endswith(b"\n")
            yield offset, line[:-1] if whole else line, whole
            offset += len(line)


def lines_from(folder: Path, offset: int) -> Iterator[tuple[int, bytes]]:
    """Offset of the end, and bytes, of each whole line of the entries that begins at ``offset`` or later.

    Raises:
        ValueError: The file is shorter.
    """
    try:
        file = (folder / ENTRIES).open("rb")
    except FileNotFoundError:
        if offset:
            raise ValueError("the entries are shorter") from None
        return
    with file:
        if file.seek(0, os.SEEK_END) < offset:
            raise ValueError("the entries are shorter")
        file.seek(offset)
        for line in file:
            if not line.endswith(b"\n"):
                return
            offset += len(line)
            yield offset, line[:-1]


def hashes(folder: Path) -> bytes:
    """All hashes, one after the other; a half one at the end is left out."""
    try:
        data = (folder / HASHES).read_bytes()
    except FileNotFoundError:
        return b""
    return data[: len(data) - len(data) % HASH]


def old_heads(folder: Path) -> Iterator[tuple[int, Head | None]]:
    """Line number, from 1, and head of each kept head; ``None`` where a line is none."""
    try:
        lines = (folder / HEADS).read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        yield number, head_of(line)


def head_of(line: bytes) -> Head | None:
    """The head that a line of :data:`HEADS` holds; ``None`` if it is none."""
    try:
        head = Head.from_json(json.loads(line))
    except (ValueError, AttributeError):
        return None
    return head if json.dumps(head.to_json(), separators=(",", ":")).encode() == line else None


def sync_folder(folder: Path) -> None:
    """Make names of files durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
