"""Files of evidence as streams: unpacked on the way, lines with their numbers, none longer than a limit."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, cast

import numpy as np

from hushdesk.incident._evidence import Account
from hushdesk.incident._spans import SECOND

LONGEST_LINE: Final = 16 << 20
"""A longer line is refused; it is read past without being held. A whole hour of flow records may be one line."""
_PIECE: Final = 1 << 20
_LINE_END: Final = 10
_SMALL: Final = 1 << 13
_NEAR: Final = 1 << 18
_HEAD: Final = 1 << 16
_PACKED: Final = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".lzma": "xz"}
_BOMB_BYTES: Final = 256 << 20
_BOMB_RATIO: Final = 1000
"""Logs shrink to a hundredth when packed, the dullest to a three-hundredth; what grows so much is made to fill memory and time."""
BROKEN: Final = (
    EOFError,
    OSError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
)
"""What reading a damaged, cut or encrypted archive raises."""
CUT: Final = "the archive is damaged, cut off, or grows without measure here"
TOO_LONG: Final = f"longer than {LONGEST_LINE >> 20} MB"


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or one member of a zip archive."""

    path: Path
    member: str = ""
    """Name within a zip archive."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What the user says about it, by the parser's option names."""

    @property
    def name(self) -> str:
        """As shown to people and kept as the place of what it holds: what cannot be printed is escaped."""
        name = f"{self.path}!{self.member}" if self.member else str(self.path)
        if name.isprintable():
            return name
        # File systems take bytes that are no text, and what steers terminals.
        return "".join(
            char if char.isprintable() else char.encode("unicode_escape").decode() for char in name
        )

    @property
    def plain_name(self) -> str:
        """Name without folder and without the ending of a compression."""
        name = self.member.rsplit("/", 1)[-1] if self.member else self.path.name
        stem, dot, ending = name.rpartition(".")
        return stem if dot and f".{ending.lower()}" in _PACKED else name

    @property
    def written(self) -> int:
        """The moment the file was last written to: logs without a year hang on it."""
        return int(self.path.stat().st_mtime * SECOND)

    def open(self) -> BinaryIO:
        """The content, unpacked. Reading it raises one of :data:`BROKEN` where an archive is damaged."""
        if self.member:
            # The archive is closed with the member that it is read through.
            return cast("BinaryIO", _unpacked(_ZipMember(self.path, self.member), self.member))
        return cast("BinaryIO", _unpacked(self.path.open("rb"), self.path.name))

    def head(self) -> tuple[bytes, bool]:
        """The first 64 KiB, and whether that is all. Empty and True if nothing can be read."""
        try:
            with self.open() as file:
                start = _read_full(file, _HEAD)
                return start, len(start) < _HEAD or not file.read(1)
        except BROKEN:
            return b"", True

    def digest(self) -> str:
        """SHA-256 of the file as it lies there, in hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def lines(self, account: Account, longest: int = LONGEST_LINE) -> Iterator[tuple[int, bytes]]:
        """Number, from 1, and content of each line, without its end. Empty lines are left out.

        What is too long, and where an archive breaks, is refused in ``account``; all else is the caller's to count.
        """
        number = 0
        try:
            with self.open() as file:
                reader = (
                    io.BufferedReader(cast("io.RawIOBase", file), _PIECE)
                    if not hasattr(file, "peek")
                    else file
                )
                while line := reader.readline(longest + 1):
                    number += 1
                    if len(line) > longest and not line.endswith(b"\n"):
                        while line and not line.endswith(b"\n"):
                            line = reader.readline(_PIECE)
                        account.refuse(number, TOO_LONG)
                        continue
                    line = line.rstrip(b"\r\n")
                    if line:
                        yield number, line
        except BROKEN:
            account.refuse(number + 1, CUT)

    def blocks(self, account: Account, size: int = 64 << 20) -> Iterator[tuple[int, bytes]]:
        """Whole lines in blocks of about ``size`` bytes, each with the number of its first line, from 1.

        A block never ends within a line. A line that alone is longer than :data:`LONGEST_LINE` is refused.
        """
        for number, block, _ in self.counted_blocks(account, size):
            yield number, block

    def counted_blocks(self, account: Account, size: int) -> Iterator[tuple[int, bytes, int]]:
        """As :meth:`blocks`, with how many lines end in each."""
        number, rest, skipping = 1, b"", False
        try:
            with self.open() as file:
                while True:
                    data, broken = read_on(file, size)
                    over = not data or broken is not None
                    if skipping and data:
                        skipping = b"\n" not in data
                        data = b"" if skipping else data[data.find(b"\n") + 1 :]
                    if over:
                        rest += data
                        if broken is not None:
                            raise broken
                        break
                    cut = data.rfind(b"\n") + 1
                    if not cut:
                        rest += data
                        if len(rest) > LONGEST_LINE:
                            account.refuse(number, TOO_LONG)
                            number, rest, skipping = number + 1, b"", True
                        continue
                    block, rest = b"".join((rest, memoryview(data)[:cut])), data[cut:]
                    ends = line_ends(block)
                    yield number, block, ends
                    number += ends
        except BROKEN:
            if rest:
                ends = rest.count(b"\n")
                yield number, rest, ends
                number += ends + (not rest.endswith(b"\n"))
                rest = b""
            account.refuse(number, CUT)
        if rest:
            yield number, rest, rest.count(b"\n")


def line_ends(block: bytes) -> int:
    """How many lines end in a block."""
    data = np.frombuffer(block, np.uint8)
    # In parts that stay near the processor.
    return sum(int(np.count_nonzero(data[at : at + _NEAR] == _LINE_END)) for at in range(0, len(data), _NEAR))


class _Growth:
    """Ends the reading of what grows without measure when unpacked."""

    def __init__(self, taken: Callable[[], int]) -> None:
        self._taken, self._given = taken, 0

    def count(self, given: int) -> None:
        self._given += given
        if self._given > _BOMB_BYTES and _grows(self._given, self._taken()):
            raise OSError


def _grows(given: int, taken: int) -> bool:
    return given > _BOMB_BYTES and given > _BOMB_RATIO * max(1, taken)


class _ZipMember(io.RawIOBase):
    def __init__(self, path: Path, member: str) -> None:
        self._archive = zipfile.ZipFile(path)
        self._given = 0
        try:
            info = self._archive.getinfo(member)
            self._growth = _Growth(lambda: info.compress_size)
            self._file = self._archive.open(member)
        except BaseException:
            self._archive.close()
            raise

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        data = cast("zipfile.ZipExtFile", self._file).read1(len(view))
        view[: len(data)] = data
        self._given += len(data)
        self._growth.count(len(data))
        return len(data)

    def tell(self) -> int:
        """So much of the member was read."""
        return self._given

    def close(self) -> None:
        if not self.closed:
            self._file.close()
            self._archive.close()
        super().close()


def _unpacked(file: object, name: str) -> object:
    packed = _PACKED.get(Path(name).suffix.lower(), "")
    raw = cast("BinaryIO", file)
    if packed == "gzip":
        return _Both(gzip.GzipFile(fileobj=raw), raw)
    if packed == "bz2":
        return _Both(bz2.BZ2File(raw), raw)
    if packed == "xz":
        return _Both(lzma.LZMAFile(raw), raw)
    return (
        file if isinstance(file, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", file), _PIECE)
    )


class _Raw(io.RawIOBase):
    """A decompressor that is asked for no more than it has: else what stands before a break is lost with it."""

    def __init__(self, file: object, packed: BinaryIO) -> None:
        self._file = cast("gzip.GzipFile", file)
        self._growth = _Growth(packed.tell)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        data = self._file.read1(len(view))
        view[: len(data)] = data
        self._growth.count(len(data))
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


class _Both(io.BufferedReader):
    """A decompressor that closes the file below it as well."""

    def __init__(self, upper: object, lower: BinaryIO) -> None:
        super().__init__(_Raw(upper, lower), _PIECE)
        self._lower = lower

    def close(self) -> None:
        super().close()
        self._lower.close()


def read_on(file: BinaryIO, size: int) -> tuple[bytes, Exception | None]:
    """Read ``size`` bytes, fewer at the end; where an archive breaks, what stands before that, and what broke."""
    found: list[bytes] = []
    step = min(size, _left(file) + 1)
    while size > 0:
        try:
            data = cast("io.BufferedReader", file).read1(step)
        except BROKEN as error:
            return b"".join(found), error
        if not data:
            break
        found.append(data)
        size -= len(data)
        step = size
    return b"".join(found), None


def _left(file: BinaryIO) -> int:
    """How much a file has left, as far as that is known: to make no more room than it needs."""
    try:
        return os.fstat(file.fileno()).st_size - file.tell()
    except (OSError, ValueError, AttributeError):
        return sys.maxsize - 1


def _read_full(file: BinaryIO, size: int) -> bytes:
    found = b""
    try:
        while len(found) < size and (
            data := cast("io.BufferedReader", file).read1(min(_SMALL, size - len(found)))
        ):
            found += data
    except BROKEN:
        if not found:
            raise
    return found


def sources(paths: list[Path], options: Mapping[str, str] | None = None) -> Iterator[Source]:
    """All files under the paths in order of their names, and the members of zip archives.

    Args:
        paths: Files and folders. Links within folders are not followed.
        options: Given to each.
    """
    options = options or {}
    for path in paths:
        files = (
            sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink())
            if path.is_dir()
            else [path]
        )
        for file in files:
            if file.suffix.lower() == ".zip":
                try:
                    with zipfile.ZipFile(file) as archive:
                        infos = [each for each in archive.infolist() if not each.is_dir()]
                        members = [each.filename for each in infos]
                        if _grows(sum(each.file_size for each in infos), file.stat().st_size):
                            members = []
                except BROKEN:
                    # Read as it lies there: no parser will know it, and it is named as not read.
                    members = []
                if members:
                    yield from (Source(file, member, options) for member in members)
                    continue
            yield Source(file, "", options)
