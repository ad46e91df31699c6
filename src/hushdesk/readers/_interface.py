"""What a reader is. Built-in readers and a stranger's plugin use the same door.

A reader is one class, found by the entry point group ``hushdesk.readers``. It says from the first
bytes of a stream whether the stream is its own (never from the file name alone), and turns a group
of such streams into cases. It must stream: memory stays bounded however large the export is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import IntEnum
from typing import IO, TYPE_CHECKING, ClassVar

from hushdesk.cases import Case, Refused, Supporting

if TYPE_CHECKING:
    from hushdesk.readers._mapping import Mapping

HEAD_BYTES = 65_536
"""How much of a stream (decompressed) a reader is shown to sniff."""


class Confidence(IntEnum):
    """How sure a reader is that a stream is its own. The highest wins."""

    NO = 0
    CARRIER = 1
    """The carrier fits (it is CSV, it is JSON lines) but nothing tells the product."""
    LIKELY = 2
    CERTAIN = 3


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A reader's opinion of one stream."""

    confidence: Confidence
    part: str = ""
    """Which part of an export the stream is, in the reader's own words (``tickets``, ``users``)."""


NOT_MINE = Sniffed(Confidence.NO)


@dataclass(frozen=True, slots=True)
class Stream:
    """One input file, or one member of an archive, decompressed; it can be opened many times."""

    name: str
    """How to name it in messages: the path relative to what the user gave, ``a.zip!b`` for a member."""
    open: Callable[[], IO[bytes]]
    """Opens the decompressed bytes from the start. Errors in compressed data surface as
    :class:`hushdesk.readers.CarrierError` while reading."""
    size: int | None = None
    """Size in bytes on disk (compressed), for progress."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user may have to say about an export."""

    mapping: Mapping | None = None
    """Columns to fields, for CSV, JSON lines and Parquet."""
    zone: tzinfo | None = None
    """Zone of times that carry none. Without it such times are taken as UTC and the report says so."""
    day_first: bool | None = None
    """Order of day and month where both fit; None refuses to guess."""
    on_bytes: Callable[[int], None] = field(default=lambda _n: None)
    """Told how many bytes of input (decompressed) were read since the last call, for progress."""


class Reader(ABC):
    """Turns one help desk's export, or one carrier, into cases."""

    name: ClassVar[str]
    """Short lower-case name: the ``source`` of its cases."""

    @abstractmethod
    def sniff(self, head: bytes, name: str) -> Sniffed:
        """Say whether a stream is this reader's, from its first :data:`HEAD_BYTES` bytes.

        ``name`` may break a tie but must not decide alone. Must not raise on any bytes.
        """

    @abstractmethod
    def read(
        self, streams: Sequence[tuple[str, Stream]], options: Options
    ) -> Iterator[Case | Refused | Supporting]:
        """Yield what the streams hold, in an order that depends on their bytes alone.

        ``streams`` are all streams of one load that this reader won, as (part, stream), sorted by
        name. A row that cannot become a case is yielded as :class:`Refused`; only a programming
        error may raise.
        """
