"""The one small door for evidence: a parser says which files it knows, and reads them as a stream.

Built-in parsers and a stranger's come in by the same entry point group, ``hushdesk.incident.evidence``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from hushdesk.incident._evidence import Account, Piece, Wanted
from hushdesk.incident.evidence._source import Source

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, for telling what it is."""

    name: str
    """File name without folder and without the ending of a compression."""
    path: str
    """The whole path: clouds write account, resource and hour into it."""
    start: bytes
    """The first 64 KiB, unpacked."""
    whole: bool
    """Whether that is all of it."""


class EvidenceParser(Protocol):
    """One kind of log."""

    name: str
    """``aws-vpc-flow``; also what users write to force it."""
    title: str
    """For people: ``AWS VPC flow log``."""
    options: Mapping[str, str]
    """What it may be told beside the file, with a line of help each: ``format``, ``zone``, ``trusted-proxies``."""

    def claims(self, head: Head) -> int:
        """How sure it is that the file is of this kind: 0 not, 100 certain. Cheap, and never raises."""

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Everything that is wanted, in bounded memory, and the coverage at the latest with the end.

        Never raises for what stands in the file: what cannot be read is refused in ``account`` with line and reason, and
        the rest goes on. A file that is cut off gives what it has; its last, half record is refused.
        """


@dataclass(slots=True)
class Memory:
    """What a parser must know of the series it read before, so that what they hold in common counts once."""

    before: Sequence[Mapping[str, pl.DataFrame]] = ()
    """What each earlier series left, in any order."""
    left: dict[str, pl.DataFrame] = field(default_factory=dict)
    """What this one leaves to those that are read later. Numbers only: nothing that a log says."""


@runtime_checkable
class SeriesParser(Protocol):
    """A second door, for logs that are cut into many files: what begins in one ends in the next.

    Whoever has no such door is read file by file.
    """

    def read_series(
        self, sources: Iterable[Source], wanted: Wanted, accounts: Sequence[Account], memory: Memory
    ) -> Iterator[Piece]:
        """All files as one stream, in bounded memory; coverage at the latest with the end.

        Each file has its own account, with its own line numbers, in the order of the files. Else as
        :meth:`EvidenceParser.read`.
        """
