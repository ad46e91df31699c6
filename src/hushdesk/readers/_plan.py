"""From paths to cases: discover, sniff, group by reader, read."""

from __future__ import annotations

import io
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from hushdesk.cases import Case, Locator, Reason, Refused, Supporting
from hushdesk.readers._errors import CarrierError, NoSuchReaderError, ReaderFailedError
from hushdesk.readers._interface import Options, Reader, Stream
from hushdesk.readers._mapped import apply_mapping
from hushdesk.readers._open import discover
from hushdesk.readers._registry import Broken, load_readers
from hushdesk.readers._sniff import opinion_of, refuse_unknown, sniff


@dataclass(frozen=True, slots=True)
class Plan:
    """What was recognised behind some paths, before anything is read in full."""

    groups: list[tuple[Reader, list[tuple[str, Stream]]]]
    """For each reader that won any, sorted by its name: its streams as (part, stream), sorted by name."""
    refused: list[Refused]
    """Inputs that cannot be read at all, or that no reader knows."""
    total_bytes: int
    """Decompressed bytes to read, as far as headers tell: the scale for ``Options.on_bytes``."""
    broken: list[Broken]
    """Readers that are declared but could not be loaded; they took no part."""


def plan(paths: Sequence[Path], options: Options | None = None, reader: str | None = None) -> Plan:
    """Find and recognise every input behind the paths.

    Args:
        paths: Files and folders; gzip and zip around any of them are looked into.
        options: What the user said about the export. Not needed for recognising.
        reader: Name of the reader that must take everything, instead of the one that is surest.

    Raises:
        NoSuchReaderError: No reader is called ``reader``.
    """
    del options
    readers, broken = load_readers()
    forced = None
    if reader is not None:
        forced = next((one for one in readers if one.name == reader), None)
        if forced is None:
            raise NoSuchReaderError(reader, [one.name for one in readers])
    groups: dict[str, list[tuple[str, Stream]]] = {}
    refused = []
    total = 0
    for found in discover([Path(path) for path in paths]):
        if isinstance(found, Refused):
            refused.append(found)
            continue
        stream = found.stream
        if forced is not None:
            winner, part = forced, opinion_of(forced, found.head, stream.name).part
        else:
            won = sniff(readers, found.head, stream.name)
            if won is None:
                refused.append(refuse_unknown(found.head, stream.name))
                continue
            winner, part = won[0], won[1].part
        groups.setdefault(winner.name, []).append((part, stream))
        total += found.bytes
    return Plan(
        groups=[
            (one, sorted(groups[one.name], key=lambda pair: pair[1].name))
            for one in readers
            if one.name in groups
        ],
        refused=refused,
        total_bytes=total,
        broken=broken,
    )


def read(
    paths: Sequence[Path], options: Options | None = None, reader: str | None = None
) -> Iterator[Case | Refused | Supporting]:
    """Read every case behind the paths, streaming and in an order that depends on the input alone.

    What cannot be read is yielded as :class:`hushdesk.cases.Refused` in between; rows that are no
    cases are counted by :class:`hushdesk.cases.Supporting`.

    Args:
        paths: Files and folders; gzip and zip around any of them are looked into.
        options: What the user said about the export.
        reader: Name of the reader that must take everything, instead of the one that is surest.

    Raises:
        NoSuchReaderError: No reader is called ``reader``.
        ReaderFailedError: A reader has a fault in its code.
    """
    return read_plan(plan(paths, options, reader), options)


def read_plan(planned: Plan, options: Options | None = None) -> Iterator[Case | Refused | Supporting]:
    """Read what a plan holds; :func:`read` in its second half, for callers that showed the plan first."""
    options = options or Options()
    yield from planned.refused
    # Progress is counted here for every reader, so none of them has to (or may count twice).
    quiet = replace(options, on_bytes=lambda _n: None)
    for reader, streams in planned.groups:
        counted = [(part, _counted(stream, options.on_bytes)) for part, stream in streams]
        try:
            for one in reader.read(counted, quiet):
                yield apply_mapping(one, options) if isinstance(one, Case) else one
        except CarrierError as error:
            yield Refused(
                error.reason,
                Locator(", ".join(stream.name for _, stream in streams[:3])),
                error.problem,
                error.remedy,
                whole_file=True,
            )
        except ReaderFailedError:
            raise
        except Exception as error:  # noqa: BLE001 - its message may quote the input
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(frame.filename).name}:{frame.lineno}"
            raise ReaderFailedError(reader.name, type(error).__name__, where) from None


@contextmanager
def _told() -> Iterator[None]:
    """Turn trouble of the disk into trouble of one input."""
    try:
        yield
    except OSError:
        raise CarrierError(
            Reason.NOT_READABLE, "the file cannot be read further", remedy="Check the disk, or copy the file."
        ) from None


class _Counted(io.RawIOBase):
    """Passes a stream through and tells how far beyond the furthest byte read so far it came."""

    def __init__(self, source: IO[bytes], furthest: list[int], on_bytes: Callable[[int], None]) -> None:
        self._source = source
        self._furthest = furthest
        self._on_bytes = on_bytes
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._source.seekable()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._at = self._source.seek(offset, whence)
        return self._at

    def tell(self) -> int:
        return self._at

    def _passed(self, count: int) -> None:
        self._at += count
        if self._at > self._furthest[0]:
            self._on_bytes(self._at - self._furthest[0])
            self._furthest[0] = self._at

    def read(self, size: int = -1, /) -> bytes:
        with _told():
            data = self._source.read(size)
        self._passed(len(data))
        return data

    def read1(self, size: int = -1, /) -> bytes:
        with _told():
            data: bytes = self._source.read1(size)  # type: ignore[attr-defined]
        self._passed(len(data))
        return data

    def readall(self) -> bytes:
        return self.read()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readline(self, size: int | None = -1, /) -> bytes:
        with _told():
            data = self._source.readline(-1 if size is None else size)
        self._passed(len(data))
        return data

    def close(self) -> None:
        self._source.close()
        super().close()


def _counted(stream: Stream, on_bytes: Callable[[int], None]) -> Stream:
    furthest = [0]

    def opener() -> IO[bytes]:
        return _Counted(stream.open(), furthest, on_bytes)  # type: ignore[return-value]

    return replace(stream, open=opener)
