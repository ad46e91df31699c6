"""Everything that the input shows: endpoints, and what could not be made out, with an account of every file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hushdesk.guard._dialect import Dialect, Document, World
from hushdesk.guard._findings import Endpoint, Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place
from hushdesk.guard._registry import installed
from hushdesk.guard.load import MOST_BYTES, load

_SMALL: Final = frozenset(
    {"A", "An", "Each", "Give", "How", "If", "In", "Its", "It", "No", "Names", "Only", "Other", "Routes", "Sessions", "The", "Their", "They", "This",
     "What", "Where", "Whether", "Which", "Who"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at, and what was not."""

    files: int
    """Regular files under the paths."""
    opened: int
    """Of these, opened: the rest are of kinds that hold no network language."""
    read: dict[str, int] = field(default_factory=dict)
    """Documents by the dialect that read them."""
    unclaimed: tuple[str, ...] = ()
    """Files that were opened and that no dialect reads."""
    not_looked_at: tuple[NotLookedAt, ...] = ()


@dataclass(frozen=True, slots=True)
class Estate:
    """What all documents together say."""

    endpoints: tuple[Endpoint, ...]
    unresolved: tuple[Unresolved, ...]
    malformed: tuple[Malformed, ...]
    coverage: Coverage


def survey(
    paths: Iterable[Path],
    world: World | None = None,
    *,
    most_bytes: int = MOST_BYTES,
    using: Sequence[Dialect] | None = None,
) -> Estate:
    """Read files and folders, and hand each document to every dialect that claims it.

    Args:
        paths: As the user named them.
        world: What is known beside the documents.
        most_bytes: A larger file is refused.
        using: Instead of all that are installed.
    """
    world = world or World()
    loaded = load(paths, most_bytes=most_bytes)
    findings: list[Finding] = [*loaded.findings]
    claimed: set[str] = set()
    read: dict[str, int] = {}
    if using is None:
        using = installed().dialects
        findings += [
            Malformed(
                Place(""),
                f"the dialect {name} could not be loaded ({error})",
                "Install it anew, or remove it.",
            )
            for name, error in installed().broken
        ]
    for dialect in using:
        mine = [document for document in loaded.documents if _claims(dialect, document, findings)]
        if not mine:
            continue
        read[dialect.name] = len(mine)
        claimed.update(document.file for document in mine)
        findings += _read(dialect, mine, world)
    unclaimed = dict.fromkeys(
        [*(document.file for document in loaded.documents if document.file not in claimed), *loaded.binary]
    )
    findings = [_worded(finding) for finding in findings]
    return Estate(
        tuple(finding for finding in findings if isinstance(finding, Endpoint)),
        tuple(dict.fromkeys(finding for finding in findings if isinstance(finding, Unresolved))),
        tuple(dict.fromkeys(finding for finding in findings if isinstance(finding, Malformed))),
        Coverage(
            loaded.files,
            loaded.opened,
            read,
            tuple(unclaimed),
            tuple(dict.fromkeys(finding for finding in findings if isinstance(finding, NotLookedAt))),
        ),
    )


def _claims(dialect: Dialect, document: Document, findings: list[Finding]) -> bool:
    try:
        return dialect.claims(document)
    except Exception as error:  # noqa: BLE001 - a plugin's bug must not hide what others find
        findings.append(_bug(dialect, document.file, error))
        return True


def _read(dialect: Dialect, documents: Sequence[Document], world: World) -> list[Finding]:
    """All findings of one dialect; if it fails, what it found before and one finding that says so."""
    found: list[Finding] = []
    try:
        found.extend(dialect.read(documents, world))
    except Exception as error:  # noqa: BLE001 - as above
        files = dict.fromkeys(document.file for document in documents)
        if len(files) == 1:
            return [*found, _bug(dialect, documents[0].file, error)]
        # Which file it was is found out by reading each alone; those that need each other then say "unknown".
        found = []
        for file in files:
            try:
                found += dialect.read([document for document in documents if document.file == file], world)
            except Exception as inner:  # noqa: BLE001 - as above
                found.append(_bug(dialect, file, inner))
        together = f"reading all files together made the dialect {dialect.name} fail ({type(error).__name__})"
        found.append(Malformed(Place(""), together, "Report it; each file was read for itself."))
    return found


def _bug(dialect: Dialect, file: str, error: Exception) -> Malformed:
    # The class alone: the message might repeat what stood in the file.
    return Malformed(
        Place(file),
        f"the dialect {dialect.name} failed on this file ({type(error).__name__})",
        "Report it; until then the file counts as not read.",
    )


def _worded(finding: Finding) -> Finding:
    """In one style whoever wrote the dialect: parts of a sentence without a final stop, remedies as sentences."""
    match finding:
        case Malformed(place, problem, remedy):
            ended = remedy if not remedy or remedy.endswith((".", "?", "!")) else f"{remedy}."
            return Malformed(place, problem.rstrip("."), ended[:1].upper() + ended[1:])
        case Unresolved(place, expression, why):
            return Unresolved(place, expression, _without(why.removeprefix(f"{expression}: "), "."))
        case NotLookedAt(place, what, why):
            return NotLookedAt(place, what, _begun(_without(why, ".")))
        case _:
            return finding


def _without(text: str, end: str) -> str:
    return text if text.endswith("..") else text.removesuffix(end)


def _begun(text: str) -> str:
    """With a small letter, where the first word is one that has it inside a sentence."""
    return text[:1].lower() + text[1:] if text.split(" ", 1)[0] in _SMALL else text
