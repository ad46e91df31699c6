"""Messages out of files: one message, mbox, maildir, or a folder of messages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from hushdesk.incident.sending.errors import BadRecordError

MOST_BYTES: Final = 1_000_000
"""So much of each message is read: headers and reports stand at its front."""
_CHUNK: Final = 64 * 1024


def messages(path: Path, most: int = MOST_BYTES) -> Iterator[bytes]:
    """The front of each message.

    Args:
        path: A maildir, a folder of files with one message each, an mbox, or one message.
        most: Bytes of each.

    Raises:
        BadRecordError: It cannot be read.
    """
    try:
        if path.is_dir():
            maildir = [path / name for name in ("cur", "new") if (path / name).is_dir()]
            for folder in maildir or [path]:
                for file in sorted(folder.iterdir()):
                    if file.is_file() and not file.name.startswith("."):
                        with file.open("rb") as stream:
                            yield stream.read(most)
            return
        with path.open("rb") as stream:
            if stream.read(5) != b"From ":
                stream.seek(0)
                yield stream.read(most)
                return
            stream.seek(0)
            yield from _mbox(stream, most)
    except OSError:
        raise BadRecordError("a file of messages cannot be read.") from None


def _mbox(stream: BinaryIO, most: int) -> Iterator[bytes]:
    parts: list[bytes] = []
    size = 0
    blank, inside, begin = True, False, True
    # A line without end is read in pieces, so that none is too long.
    while line := stream.readline(_CHUNK):
        if begin and blank and line.startswith(b"From "):
            if inside:
                yield b"".join(parts)
            parts, size, inside = [], 0, True
        elif size < most:
            parts.append(line)
            size += len(line)
        blank = begin and line in {b"\n", b"\r\n"}
        begin = line.endswith(b"\n")
    if inside:
        yield b"".join(parts)
