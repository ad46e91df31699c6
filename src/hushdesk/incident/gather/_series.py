"""Many files of one kind read as one stream: each with its own account, their rows and coverage once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from hushdesk.incident._evidence import Account, Wanted
from hushdesk.incident._parser import EvidenceParser, Memory, SeriesParser
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.gather._gather import LOST_COUNT, Gathered, Parts, take
from hushdesk.incident.gather._tables import Rows

OnFile = Callable[[Source, Account], None]


@dataclass(frozen=True, slots=True)
class Series:
    """What some files gave together."""

    files: tuple[Gathered, ...]
    """The first holds rows, coverage and gaps of all."""
    memory: Mapping[str, pl.DataFrame]
    """What those that are read later must know."""


def gather_series(
    sources: Sequence[Source],
    wanted: Wanted,
    parser: EvidenceParser,
    *,
    rivals: Sequence[tuple[str, ...]] | None = None,
    before: Sequence[Mapping[str, pl.DataFrame]] = (),
    on_file: OnFile | None = None,
) -> Series | None:
    """Read files as one.

    Args:
        sources: In the order in which they follow each other.
        wanted: What is asked of them.
        parser: Knows them all, and reads series.
        rivals: Of each file, other parsers that were as sure of it.
        before: What series that were read earlier left.
        on_file: Told of the account of each file when it has been read.

    Returns:
        ``None`` if the parser failed: then each file is to be read by itself, so that the others give what they hold.
    """
    assert isinstance(parser, SeriesParser)  # noqa: S101 - the caller asks only those
    accounts = [Account() for _ in sources]
    parts, memory = Parts(), Memory(before)
    try:
        for piece in parser.read_series(_told(sources, accounts, on_file), wanted, accounts, memory):
            take(piece, parts)
    except Exception:  # noqa: BLE001 - a parser's bug in one file must not hide what the others hold
        return None
    if on_file is not None and sources:
        on_file(sources[-1], accounts[-1])
    nothing = Rows()
    empty = nothing.flows(), nothing.requests()
    files = [
        Gathered(
            source,
            parser.name,
            rivals[number] if rivals else (),
            account,
            parts.rows.flows() if number == 0 else empty[0],
            parts.rows.requests() if number == 0 else empty[1],
            tuple(parts.changes) if number == 0 else (),
            tuple(parts.coverage) if number == 0 else (),
            tuple(parts.gaps) if number == 0 else (),
            source.digest(),
            () if account.balanced else (LOST_COUNT,),
        )
        for number, (source, account) in enumerate(zip(sources, accounts, strict=True))
    ]
    return Series(tuple(files), memory.left)


def _told(sources: Sequence[Source], accounts: Sequence[Account], on_file: OnFile | None) -> Iterator[Source]:
    """The files, and word of each when the next one is asked for."""
    for number, source in enumerate(sources):
        if on_file is not None and number:
            on_file(sources[number - 1], accounts[number - 1])
        yield source
