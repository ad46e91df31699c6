"""Whose is this stream? Asks every reader, and says in words what a stream is that nobody wants."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hushdesk.cases import Locator, Reason, Refused
from hushdesk.readers._interface import NOT_MINE, Confidence, Reader, Sniffed
from hushdesk.readers._text import decode_head

LAST_RESORT = "tabular"
"""Where only the carrier fits, this reader goes first: its suggester asks what the columns mean."""

MAX_DEPTH = 200
"""How deep JSON may be nested. No help desk comes near it, and deeper data breaks those who walk it."""

_FOREIGN = (
    (b"%PDF-", "a PDF document", "Export the cases as JSON or CSV instead."),
    (b"\xfd7zXZ\x00", "xz-compressed data", "Decompress it first."),
    (b"BZh", "bzip2-compressed data", "Decompress it first."),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data", "Decompress it first."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it first."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it first."),
    (b"PK\x03\x04", "an office document or an archive of another program", "Save the table in it as CSV."),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old office document or an Outlook message",
        "Save it as CSV or EML.",
    ),
    (b"!BDN", "an Outlook PST or OST folder", "Export the folder as mbox or EML."),
    (b"SQLite format 3\0", "an SQLite database", "Export its tables as CSV."),
    (b"\x89PNG", "a picture", "Leave pictures out."),
    (b"\xff\xd8\xff", "a picture", "Leave pictures out."),
    (b"GIF8", "a picture", "Leave pictures out."),
    (b"\x7fELF", "a program", "Leave programs out."),
)


def sniff(readers: Sequence[Reader], head: bytes, name: str) -> tuple[Reader, Sniffed] | None:
    """Return the reader that is surest that the stream is its own, or None."""
    best: tuple[Reader, Sniffed] | None = None
    best_rank = (Confidence.NO, False)
    for reader in readers:
        opinion = opinion_of(reader, head, name)
        if opinion.confidence is Confidence.NO:
            continue
        rank = (opinion.confidence, reader.name == LAST_RESORT and opinion.confidence is Confidence.CARRIER)
        if rank > best_rank:
            best, best_rank = (reader, opinion), rank
    return best


def opinion_of(reader: Reader, head: bytes, name: str) -> Sniffed:
    """Ask one reader; one that raises although it must not is taken to have said no."""
    try:
        return reader.sniff(head, name)
    except Exception:  # noqa: BLE001 - one plugin's fault must not stop the others
        return NOT_MINE


def refuse_unknown(head: bytes, name: str) -> Refused:
    """Say what a stream is that no reader wants, as far as its first bytes tell."""
    at = Locator(name)
    for magic, what, remedy in _FOREIGN:
        if head.startswith(magic):
            return Refused(Reason.UNKNOWN_FORMAT, at, f"this is {what}", remedy, whole_file=True)
    if head[257:262] == b"ustar":
        return Refused(
            Reason.UNKNOWN_FORMAT, at, "this is a tar archive", "Unpack it first.", whole_file=True
        )
    text = decode_head(head).lstrip()
    if text.startswith(("{", "[")):
        if nesting(text) > MAX_DEPTH:
            return Refused(
                Reason.TOO_DEEP,
                at,
                f"JSON nested more than {MAX_DEPTH} levels deep",
                "Check how it was made; no export of cases looks like this.",
                whole_file=True,
            )
        problem = "JSON that no reader knows as cases"
    elif text.startswith("<"):
        problem = "markup (XML or HTML) that no reader knows as cases"
    elif b"\0" in head:
        problem = "binary data of an unknown kind"
    else:
        problem = "text that no reader knows as cases"
    remedy = "Name the reader yourself, or write a mapping file if it is a table."
    return Refused(Reason.UNKNOWN_FORMAT, at, problem, remedy, whole_file=True)


_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


def nesting(text: str) -> int:
    """Count how deep brackets are nested in JSON text, those within strings left out."""
    depth = deepest = 0
    for match in _TOKEN.finditer(text):
        bracket = match.group()
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest
