"""The parsers that are installed, ours and strangers', by entry point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

from hushdesk.incident._parser import EvidenceParser, Head
from hushdesk.incident.errors import EvidenceError
from hushdesk.incident.evidence._source import Source

GROUP = "hushdesk.incident.evidence"


@dataclass(frozen=True, slots=True)
class Installed:
    """What could be loaded, and what could not."""

    parsers: tuple[EvidenceParser, ...]
    broken: tuple[tuple[str, str], ...]
    """Name and class of the error."""


@cache
def installed() -> Installed:
    """All parsers, in the order of their names."""
    parsers: list[EvidenceParser] = []
    broken: list[tuple[str, str]] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            parsers.append(point.load()())
        except Exception as error:  # noqa: BLE001 - a plugin's bug must not keep the others from reading
            broken.append((point.name, type(error).__name__))
    return Installed(tuple(parsers), tuple(broken))


def named(name: str) -> EvidenceParser:
    """The parser of this name.

    Raises:
        EvidenceError: There is none.
    """
    for parser in installed().parsers:
        if parser.name == name:
            return parser
    known = ", ".join(parser.name for parser in installed().parsers)
    raise EvidenceError("there is no parser of this name.", remedy=f"Known are: {known}.")


def head_of(source: Source) -> Head:
    """The beginning of a file."""
    start, whole = source.head()
    return Head(source.plain_name, source.name, start, whole)


CERTAIN = 98
"""A parser that is so sure of a file like the one before is not weighed against the others again."""


def choose(head: Head, likely: str = "") -> tuple[EvidenceParser | None, tuple[str, ...]]:
    """The parser that is surest, and the names of others that are as sure; none if nobody knows the file.

    Args:
        head: The file's beginning.
        likely: Name of a parser that is asked first, since it knew the file before.
    """
    for parser in installed().parsers:
        if parser.name == likely and _claims(parser, head) >= CERTAIN:
            return parser, ()
    claims = [(_claims(parser, head), parser) for parser in installed().parsers]
    found = [(sure, parser) for sure, parser in claims if sure > 0]
    if not found:
        return None, ()
    best = max(sure for sure, _ in found)
    surest = [parser for sure, parser in found if sure == best]
    return surest[0], tuple(parser.name for parser in surest[1:])


def _claims(parser: EvidenceParser, head: Head) -> int:
    try:
        return parser.claims(head)
    except Exception:  # noqa: BLE001 - a plugin's bug must not keep the others from reading
        return 0
