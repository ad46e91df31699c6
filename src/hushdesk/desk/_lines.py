"""Lines appended to a file that several processes may write: whole and durable, or not there."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def append_lines(path: Path, lines: bytes) -> None:
    """Append whole lines to a file that is there; durable when this returns.

    Args:
        path: The file.
        lines: Each ended by a line feed.
    """
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        data = file.read()
        if data and not data.endswith(b"\n"):
            # What a crash tore off was never acknowledged.
            file.truncate(data.rfind(b"\n") + 1)
        file.seek(0, os.SEEK_END)
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def whole_lines(path: Path) -> list[bytes]:
    """The lines of a file; what follows the last line feed is nothing, or was torn off by a crash before it was acknowledged."""
    return path.read_bytes().split(b"\n")[:-1]
