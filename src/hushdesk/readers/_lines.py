"""Lines of any length in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import IO

from hushdesk.readers._errors import CarrierError

MAX_LINE = 32 * 1024 * 1024
"""Longest line, row or record that is read; a longer one is refused and the next one read."""
RAW_KEPT = 1024 * 1024
"""How much of a row too long to be read goes to quarantine."""
_CHUNK = 1024 * 1024


class State(Enum):
    """What became of a line."""

    WHOLE = "whole"
    TOO_LARGE = "too large"
    """Longer than the limit: only its beginning is given."""
    CUT = "cut"
    """The data broke off within it; the error that says why follows."""


def bounded_lines(file: IO[bytes], limit: int = MAX_LINE) -> Iterator[tuple[bytes, State]]:
    r"""Yield the lines of a file, each with its end (``\n``) if it has one.

    Raises:
        CarrierError: The data cannot be read further; every line before was yielded.
    """
    pending: list[bytes] = []
    size = 0
    while True:
        try:
            chunk = file.read(_CHUNK)
        except CarrierError:
            if pending:
                yield b"".join(pending)[:RAW_KEPT], State.CUT
            raise
        if not chunk:
            break
        lines = chunk.splitlines(keepends=True) if b"\r" not in chunk else _split(chunk)
        for line in lines:
            ended = line.endswith(b"\n")
            if not pending and ended and len(line) <= limit:
                yield line, State.WHOLE
                continue
            size += len(line)
            if size <= limit or not pending:
                pending.append(line[: limit + 1])
            if ended:
                yield _joined(pending, size, limit)
                pending = []
                size = 0
    if pending:
        yield _joined(pending, size, limit)


def _split(chunk: bytes) -> list[bytes]:
    # splitlines() would also end lines at a lone carriage return.
    parts = chunk.split(b"\n")
    lines = [part + b"\n" for part in parts[:-1]]
    if parts[-1]:
        lines.append(parts[-1])
    return lines


def _joined(pending: list[bytes], size: int, limit: int) -> tuple[bytes, State]:
    if size <= limit:
        return b"".join(pending), State.WHOLE
    return b"".join(pending)[:RAW_KEPT], State.TOO_LARGE
