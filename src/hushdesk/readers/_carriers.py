"""Decompression that survives damage: what could be read before a fault is handed out first.

The standard library's buffered readers throw away the bytes of a call during which an error
appears. A truncated export must keep its rows up to the cut, so the fault waits its turn here.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO

from hushdesk.cases import Reason
from hushdesk.readers._errors import CarrierError

CHUNK = 256 * 1024
GZIP_MAGIC = b"\x1f\x8b\x08"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

BOMB_BYTES = 64 * 1024 * 1024
"""Below this size no ratio is suspicious."""
BOMB_RATIO = 250
"""Text compresses 5 to 40 times; only made-up data does better than this by gigabytes."""

_CUT = (
    "the compressed data ends in the middle",
    "Copy the file again from its source; what came before was read.",
)
_DAMAGED = (
    "the compressed data is damaged",
    "Copy the file again from its source; what came before was read.",
)


def bomb() -> CarrierError:
    """The error for data that swells beyond reason when decompressed."""
    return CarrierError(
        Reason.TOO_LARGE,
        f"the data grows more than {BOMB_RATIO} times when decompressed",
        remedy="If that is meant, decompress the file yourself and load the result.",
    )


class Pulled(io.BufferedIOBase):
    """A readable stream over an iterator of blocks that may end in a :class:`CarrierError`.

    The error is raised by the first call that has nothing else to return.
    """

    def __init__(self, blocks: Iterator[bytes], close: Callable[[], None]) -> None:
        self._blocks = blocks
        self._close = close
        self._buffer = b""
        self._at = 0
        self._error: CarrierError | None = None

    def readable(self) -> bool:
        return True

    def _fill(self) -> bool:
        """Put the next block behind what is left; False at the end or before a waiting error."""
        if self._error is not None:
            return False
        try:
            block = next(self._blocks, b"")
        except CarrierError as error:
            self._error = error
            return False
        if not block:
            return False
        self._buffer = self._buffer[self._at :] + block
        self._at = 0
        return True

    def _out(self, size: int) -> bytes:
        part = self._buffer[self._at : self._at + size]
        self._at += len(part)
        if not part and size and self._error is not None:
            raise self._error
        return part

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            rest = []
            while self._at < len(self._buffer) or self._fill():
                rest.append(self._out(len(self._buffer)))
            return b"".join(rest) or self._out(1)
        while len(self._buffer) - self._at < size and self._fill():
            pass
        return self._out(size)

    def read1(self, size: int = -1, /) -> bytes:
        if self._at >= len(self._buffer):
            self._fill()
        return self._out(len(self._buffer) - self._at if size < 0 else size) or self._out(1)

    def readline(self, size: int | None = -1, /) -> bytes:
        limit = -1 if size is None else size
        searched = self._at
        while (end := self._buffer.find(b"\n", searched)) < 0:
            have = len(self._buffer) - self._at
            if 0 <= limit <= have or not self._fill():
                return self._out(limit if 0 <= limit <= have else have or 1)
            searched = have
        length = end + 1 - self._at
        return self._out(length if limit < 0 else min(limit, length))

    def close(self) -> None:
        if not self.closed:
            self._close()
        super().close()


def _inflated(source: IO[bytes]) -> Iterator[bytes]:
    """Decompress gzip, member after member, in bounded blocks."""
    taken = given = 0
    data = b""
    while True:
        inflate = zlib.decompressobj(wbits=31)
        began = False
        while not inflate.eof:
            if not data:
                data = source.read(CHUNK)
                taken += len(data)
                if not data:
                    if began or not taken:
                        raise CarrierError(Reason.TRUNCATED, _CUT[0], remedy=_CUT[1])
                    return
            if not began and not data.strip(b"\0"):
                # Tapes and some tools pad the end with zeros.
                data = b""
                continue
            began = True
            try:
                block = inflate.decompress(data, CHUNK * 4)
            except zlib.error:
                raise CarrierError(Reason.NOT_READABLE, _DAMAGED[0], remedy=_DAMAGED[1]) from None
            data = inflate.unconsumed_tail
            given += len(block)
            if given > BOMB_BYTES and given > BOMB_RATIO * taken:
                raise bomb()
            if block:
                yield block
        data = inflate.unused_data


def gunzip(source: IO[bytes]) -> IO[bytes]:
    """Decompress a gzip stream, also of several members; closing the result closes the source."""
    return Pulled(_inflated(source), source.close)  # type: ignore[return-value]


def _member_blocks(member: IO[bytes]) -> Iterator[bytes]:
    while True:
        try:
            # read1 hands out what it has before it meets a fault.
            block = member.read1(CHUNK)  # type: ignore[attr-defined]
        except EOFError:
            raise CarrierError(Reason.TRUNCATED, _CUT[0], remedy=_CUT[1]) from None
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, ValueError):
            raise CarrierError(Reason.NOT_READABLE, _DAMAGED[0], remedy=_DAMAGED[1]) from None
        if not block:
            return
        yield block


def unzip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """Open one member of a zip archive.

    Raises:
        CarrierError: The member is encrypted, packed in an unknown way, or its header is damaged.
    """
    if info.flag_bits & 0x1:
        raise CarrierError(
            Reason.ENCRYPTED,
            "the archive member is encrypted",
            remedy="Unpack it yourself and load the result.",
        )
    if info.file_size > BOMB_BYTES and info.file_size > BOMB_RATIO * max(1, info.compress_size):
        raise bomb()
    try:
        member = archive.open(info)
    except NotImplementedError:
        raise CarrierError(
            Reason.NOT_READABLE,
            "the archive member is packed with a method that is not supported",
            remedy="Pack it again with the usual method (deflate) or unpack it.",
        ) from None
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, UnicodeDecodeError):
        raise CarrierError(Reason.NOT_READABLE, _DAMAGED[0], remedy=_DAMAGED[1]) from None
    return Pulled(_member_blocks(member), member.close)  # type: ignore[return-value]
