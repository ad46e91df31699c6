"""Files of evidence put on the shelf: what is kept already is not read again, and files of one kind are read as one series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hushdesk.incident._evidence import Account, Wanted
from hushdesk.incident._parser import EvidenceParser, SeriesParser
from hushdesk.incident.errors import IncidentError
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.gather import (
    Gathered,
    Kept,
    Shelf,
    choose,
    gather,
    gather_series,
    head_of,
    ident_of,
    named,
)

OnFile = Callable[[Source, Account], None]


@dataclass(slots=True)
class _File:
    source: Source
    ident: str
    parser: EvidenceParser | None = None
    rivals: tuple[str, ...] = ()


def added(
    shelf: Shelf,
    sources: Sequence[Source],
    wanted: Wanted,
    *,
    parser: str = "",
    on_file: OnFile | None = None,
    will_keep: Callable[[Gathered], None],
    again: bool = False,
) -> list[tuple[Kept, bool]]:
    """Read files, and keep what they give; see :meth:`Dossier.add`.

    Args:
        shelf: Keeps them.
        sources: The files.
        wanted: What is asked of them.
        parser: Forces a parser by name.
        on_file: Told of the progress.
        will_keep: Told of each file before it is kept.
        again: Also read what is kept already.
    """
    files: dict[str, _File] = {}
    order: list[str] = []
    known: dict[str, Kept] = {}
    for source in sources:
        digest = source.digest()
        ident = ident_of(digest, source.member)
        order.append(ident)
        if ident in files or ident in known:
            continue
        kept = shelf.known(digest, source.member)
        # What nobody could read, or was read in another way, is read again.
        if kept is not None and not again and not kept.problems and parser in {"", kept.parser}:
            known[ident] = kept
        else:
            files[ident] = _File(source, ident)
    _with_theirs(shelf, files)
    likely = ""
    for file in files.values():
        if file.parser is not None:
            continue
        if parser:
            file.parser = named(parser)
        else:
            file.parser, file.rivals = choose(head_of(file.source), likely)
            likely = file.parser.name if file.parser else ""
    fresh: dict[str, Kept] = {}
    groups: dict[str, list[_File]] = {}
    alone = []
    for file in files.values():
        if isinstance(file.parser, SeriesParser):
            groups.setdefault(file.parser.name, []).append(file)
        else:
            alone.append(file)
    for name, group in groups.items():
        group.sort(key=lambda file: file.source.name)
        series = gather_series(
            [file.source for file in group],
            wanted,
            named(name),
            rivals=[file.rivals for file in group],
            before=shelf.memories(name, files),
            on_file=on_file,
        )
        if series is None:
            alone += group
            continue
        for each in series.files:
            if each.parser:
                will_keep(each)
        for kept in shelf.put_series(series):
            fresh[kept.ident] = kept
    shelf.release([file.ident for file in alone])
    for file in alone:
        tell = (lambda account, source=file.source: on_file(source, account)) if on_file else None
        gathered = gather(file.source, wanted, parser=file.parser.name if file.parser else "", on_piece=tell)
        gathered = replace(gathered, rivals=file.rivals)
        will_keep(gathered)
        fresh[file.ident] = shelf.put(gathered)
    said: set[str] = set()
    found = []
    for ident in order:
        found.append((fresh[ident], ident not in said) if ident in fresh else (known[ident], False))
        said.add(ident)
    return found


def _with_theirs(shelf: Shelf, files: dict[str, _File]) -> None:
    """What was read as one can only be read again as one."""
    options = next((file.source.options for file in files.values()), {})
    for ident in list(files):
        for kept in shelf.together(ident):
            if kept.ident in files:
                continue
            source = _source(kept, options)
            if source is None:
                raise IncidentError(
                    "a file cannot be read again without those it was read as one with, and one of these is no longer there.",
                    remedy="Add all of them again, from where they are now.",
                )
            files[kept.ident] = _File(source, kept.ident, named(kept.parser), kept.rivals)


def _source(kept: Kept, options: object) -> Source | None:
    """Where a file was; nothing if it has changed since."""
    parts = kept.name.split("!")
    for cut in range(len(parts), 0, -1):
        path = Path("!".join(parts[:cut]))
        source = Source(path, "!".join(parts[cut:]), options if isinstance(options, dict) else {})
        if path.is_file() and ident_of(source.digest(), source.member) == kept.ident:
            return source
    return None
