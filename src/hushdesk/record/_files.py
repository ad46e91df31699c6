"""The files of a record: entries, their hashes, and heads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

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


def slots(folder: Path) -> Iterator[tuple[str, str, Head | None]]:
    """Name, problem and head of each slot that was written; no head where there is a problem."""
    try:
        data = (folder / SLOTS).read_bytes()
    except FileNotFoundError:
        return
    for name, start in (("the first newest head", 0), ("the second newest head", SLOT)):
        slot = data[start : start + SLOT]
        text = slot.rstrip(b"\0")
        if not text:
            continue
        try:
            values = json.loads(text)
            head = Head.from_json(values)
            Peaks(head.size, [bytes.fromhex(peak) for peak in values["peaks"]])
            # Made again, it must be the same bytes: nothing may hide in a slot.
            again = slot_bytes(head, [bytes.fromhex(peak) for peak in values["peaks"]], int(values["bytes"]))
            if (
                again != slot
                or Peaks(head.size, [bytes.fromhex(peak) for peak in values["peaks"]]).root() != head.root
            ):
                raise ValueError
        except (ValueError, KeyError, TypeError, AttributeError):
            yield name, "it was changed, or cut off while it was written", None
            continue
        yield name, "", head
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
        try:
            head = Head.from_json(json.loads(line))
            yield number, head if json.dumps(head.to_json(), separators=(",", ":")).encode() == line else None
        except (ValueError, AttributeError):
            yield number, None


def sync_folder(folder: Path) -> None:
    """Make names of files durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
