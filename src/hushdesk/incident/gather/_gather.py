"""One file of evidence, read to the end: its rows, changes and coverage, and an account of each of its records."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

from hushdesk.incident._evidence import Account, Change, Coverage, Gap, Piece, Wanted
from hushdesk.incident._parser import EvidenceParser
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.gather._registry import choose, head_of, named
from hushdesk.incident.gather._tables import Rows

UNKNOWN_KIND = "no parser knows this file"
LOST_COUNT = "the parser lost count of the file's records"
BUG = "the parser failed here; what follows was not read"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one file gave."""

    source: Source
    parser: str
    """Empty if no parser knows the file; then nothing of it was read."""
    rivals: tuple[str, ...]
    """Parsers that were as sure of it."""
    account: Account
    flows: pl.DataFrame
    requests: pl.DataFrame
    changes: tuple[Change, ...]
    coverage: tuple[Coverage, ...]
    gaps: tuple[Gap, ...]
    digest: str
    """SHA-256 of the file, in hexadecimal."""
    problems: tuple[str, ...] = ()
    """In words: why it, or a part of it, was not read."""


@dataclass(slots=True)
class Parts:
    """Pieces by their kind."""

    rows: Rows = field(default_factory=Rows)
    changes: list[Change] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


def gather(
    source: Source,
    wanted: Wanted,
    *,
    parser: str = "",
    on_piece: Callable[[Account], None] | None = None,
) -> Gathered:
    """Read one file.

    Args:
        source: The file.
        wanted: What is asked of it.
        parser: Forces a parser by name.
        on_piece: Told of the account after each piece.

    Raises:
        EvidenceError: There is no parser of the name given.
    """
    if parser:
        chosen: EvidenceParser | None = named(parser)
        rivals: tuple[str, ...] = ()
    else:
        chosen, rivals = choose(head_of(source))
    account, parts, problems = Account(), Parts(), []
    if chosen is None:
        problems.append(UNKNOWN_KIND)
    else:
        problems += _read(chosen, source, wanted, account, parts, on_piece)
        if not account.balanced:
            problems.append(LOST_COUNT)
    return Gathered(
        source,
        chosen.name if chosen else "",
        rivals,
        account,
        parts.rows.flows(),
        parts.rows.requests(),
        tuple(parts.changes),
        tuple(parts.coverage),
        tuple(parts.gaps),
        source.digest(),
        tuple(problems),
    )


def _read(
    parser: EvidenceParser,
    source: Source,
    wanted: Wanted,
    account: Account,
    parts: Parts,
    on_piece: Callable[[Account], None] | None,
) -> list[str]:
    try:
        for piece in parser.read(source, wanted, account):
            take(piece, parts)
            if on_piece is not None:
                on_piece(account)
    except Exception as error:  # noqa: BLE001 - a parser's bug must not hide what other files hold
        # Class and line of the code alone: the message might repeat what stood in the log.
        where = traceback.extract_tb(error.__traceback__)[-1].lineno
        account.refuse(account.records + 1, BUG)
        # What it saw before it failed may be a part of what was there: no silence of this file means anything.
        parts.coverage.clear()
        return [
            f"the parser {parser.name} failed ({type(error).__name__}, line {where}); the file counts as not covering anything"
        ]
    return []


def take(piece: Piece, parts: Parts) -> None:
    """Put a piece to those of its kind."""
    match piece:
        case pa.RecordBatch():
            parts.rows.add(piece)
        case Change():
            parts.changes.append(piece)
        case Coverage():
            parts.coverage.append(piece)
        case Gap():
            parts.gaps.append(piece)
