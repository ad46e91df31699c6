"""What happened since the last durable word: small marks that outlive the process, though not always the machine.

Writing to SQLite durably costs a flush to disk, so that is done for some letters at once. Between two flushes each sender marks
in a plain file, which the kernel keeps even if the process is killed, that the end of a letter is about to leave, and what
the relay answered. After a kill, only letters whose end left and whose answer is not marked are in doubt: as many as there were
connections. After a crash of the machine marks may be missing, so that a missing mark says nothing then.
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from hushdesk.incident.sending._states import Result

_HEAD: Final = struct.Struct("<8s16s")
_MAGIC: Final = b"HUSHJNL1"
_MARK: Final = struct.Struct("<QHBx")
_CHECK: Final = struct.Struct("<I")
SIZE: Final = _MARK.size + _CHECK.size
LARGE: Final = 4 * 1024 * 1024
"""Beyond this many bytes it is begun anew as soon as nothing is under way."""

_BEGAN: Final = 1
_CODES: Final = {
    Result.ACCEPTED: 2,
    Result.IN_DOUBT: 3,
    Result.REFUSED: 4,
    Result.DEFERRED: 5,
    Result.UNSENT: 6,
}
_RESULTS: Final = {code: result for result, code in _CODES.items()}


@dataclass(slots=True)
class Marks:
    """What the marks say of one attempt."""

    began: bool = False
    result: Result | None = None
    code: int = 0


def boot() -> str:
    """Names this run of the machine's kernel; empty where that cannot be known."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


class Journal:
    """The marks of one run of the sender."""

    def __init__(self, path: Path, nonce: bytes) -> None:
        """Begin anew: what an earlier run has marked must have been settled before."""
        self._nonce = nonce
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o600)
        self._size = 0
        self.restart()

    def restart(self) -> None:
        """Forget all marks; nothing may be under way."""
        os.ftruncate(self._file, 0)
        os.write(self._file, _HEAD.pack(_MAGIC, self._nonce))
        self._size = 0

    @property
    def large(self) -> bool:
        """Whether it should begin anew soon."""
        return self._size > LARGE

    def began(self, seq: int) -> None:
        """The end of a letter is about to leave."""
        self._write(seq, 0, _BEGAN)

    def ended(self, seq: int, result: Result, code: int) -> None:
        """What became of an attempt."""
        self._write(seq, code, _CODES[result])

    def _write(self, seq: int, code: int, kind: int) -> None:
        mark = _MARK.pack(seq, max(0, min(code, 999)), kind)
        # One call, to a file opened for appending: marks of several threads never mix.
        if os.write(self._file, mark + _CHECK.pack(zlib.crc32(mark))) != SIZE:
            raise OSError("a mark could not be written whole")
        self._size += SIZE

    def close(self) -> None:
        """Close the file; it is kept."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Read:
    """The marks of an earlier run."""

    marks: dict[int, Marks]
    """By number of attempt."""
    whole: bool
    """All that was written is there, as far as the file shows."""


def read(path: Path, nonce: bytes) -> Read:
    """The marks of an earlier run; none, and not whole, if the file is missing or of another run."""
    try:
        data = path.read_bytes()
    except OSError:
        return Read({}, whole=False)
    if len(data) < _HEAD.size or _HEAD.unpack_from(data) != (_MAGIC, nonce):
        return Read({}, whole=False)
    found: dict[int, Marks] = {}
    for start in range(_HEAD.size, len(data), SIZE):
        mark, check = data[start : start + _MARK.size], data[start + _MARK.size : start + SIZE]
        if check != _CHECK.pack(zlib.crc32(mark)):
            # Only a crash of the machine leaves a torn mark; what stands after it is not to be trusted.
            return Read(found, whole=False)
        seq, code, kind = _MARK.unpack(mark)
        marks = found.setdefault(seq, Marks())
        if kind == _BEGAN:
            marks.began = True
        elif kind in _RESULTS:
            marks.result, marks.code = _RESULTS[kind], code
    return Read(found, whole=True)
