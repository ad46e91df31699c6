"""The files of one folder as one module: what they declare, not yet evaluated."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt
from hushdesk.guard._policy import Place

KINDS: Final = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}
"""Blocks that we look at, with the number of their labels."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One block of a file."""

    kind: str
    labels: tuple[str, ...]
    body: Mapping[str, Any]
    document: Document
    path: tuple[str | int, ...]
    json: bool
    """Whether texts are templates, as in JSON, and not expressions."""

    @property
    def place(self) -> Place:
        """Where the block begins."""
        return self.at()

    def at(self, *inner: str | int) -> Place:
        """Where something in the block stands."""
        place = self.document.place(*self.path, *inner)
        line = self.body.get("__start_line__") if not inner else None
        shown = ".".join(self.labels if self.kind == "resource" else (self.kind, *self.labels))
        for step in inner:
            shown += f"[{step}]" if isinstance(step, int) else f".{step}"
        return Place(place.file, line if isinstance(line, int) else place.line, shown)


@dataclass(slots=True)
class Folder:
    """A module as it is written."""

    name: str
    blocks: dict[str, list[Declared]] = field(default_factory=dict)
    locals: dict[str, tuple[Any, Declared]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    """Of variables, from ``terraform.tfvars`` and ``*.auto.tfvars``."""

    only: frozenset[str] | None = None
    """The files whose resources are meant; the others are there to be referred to."""
    apart: list[Folder] = field(default_factory=list)
    """Files that cannot be of one module with the rest, since they declare the same things again."""

    def shows(self, block: Declared) -> bool:
        """Whether the block's resources are meant."""
        return self.only is None or block.document.file in self.only

    def of(self, kind: str) -> list[Declared]:
        """The blocks of one kind."""
        return self.blocks.get(kind, [])

    def calls(self) -> Iterator[str]:
        """The folders of the local modules that this one calls."""
        for block in self.of("module"):
            source = str(block.body.get("source") or "").strip('"')
            if source.startswith(("./", "../")):
                yield posixpath.normpath(posixpath.join(self.name, source))


def is_variables(document: Document) -> bool:
    """Whether a document gives variables their values."""
    return document.file.endswith((".tfvars", ".tfvars.json"))


def folders(documents: list[Document], findings: list[Finding]) -> dict[str, Folder]:
    """The modules that some documents make up, by the path of their folder."""
    found: dict[str, Folder] = {}
    values: list[Document] = []
    for document in sorted(documents, key=_is_override):
        # Of one file, however it was named, there is one folder.
        name = posixpath.normpath(posixpath.dirname(document.file.replace("\\", "/")))
        folder = found.setdefault(name, Folder(name))
        if not isinstance(document.content, Mapping):
            findings.append(
                Malformed(
                    document.place(), "a configuration is a mapping of blocks", "write blocks and arguments"
                )
            )
        elif is_variables(document):
            values.append(document)
        else:
            _declare(folder, document, findings)
    found = {name: _parted(folder, findings) for name, folder in found.items()}
    for document in sorted(values, key=_precedence):
        folder = found[posixpath.normpath(posixpath.dirname(document.file.replace("\\", "/")))]
        if _precedence(document)[0] >= 0:
            given = {
                key: (value, document.kind == "json")
                for key, value in document.content.items()
                if not str(key).startswith("__")
            }
            for one in (folder, *folder.apart):
                one.values |= given
        if _precedence(document)[0] < 0 or not (folder.blocks or folder.locals):
            findings.append(
                NotLookedAt(
                    document.place(),
                    "values of variables",
                    "Terraform takes this file only if it is named; give its values with --set, or rename it *.auto.tfvars",
                )
            )
    return found


def _is_override(document: Document) -> bool:
    """Terraform lays files of these names over what the others declare."""
    name = posixpath.basename(document.file.replace("\\", "/")).partition(".")[0]
    return name == "override" or name.endswith("_override")


def _parted(folder: Folder, findings: list[Finding]) -> Folder:
    """A folder in which files declare the same thing is no module: such files are then read apart."""
    first: dict[tuple[str, ...], Declared] = {}
    clashing: set[str] = set()
    for kind, blocks in folder.blocks.items():
        if kind == "provider":
            continue
        for number, block in enumerate(blocks):
            key = (kind, *block.labels)
            before = first.setdefault(key, block)
            if before is block:
                continue
            problem = f"{'.'.join(block.labels)} is declared twice in this folder"
            remedy = "Terraform refuses this: rename one, or keep the files in folders of their own"
            findings.append(Malformed(block.place, problem, remedy))
            if before.document.file == block.document.file:
                labels = (*block.labels[:-1], f"{block.labels[-1]}#{number + 1}")
                blocks[number] = replace(block, labels=labels)
            else:
                clashing |= {before.document.file, block.document.file}
    if not clashing:
        return folder
    rest = {block.document.file for blocks in folder.blocks.values() for block in blocks} - clashing
    whole = _reduced(folder, rest, rest)
    whole.apart = [_reduced(folder, {*rest, file}, {file}) for file in sorted(clashing)]
    return whole


def _reduced(folder: Folder, files: set[str], only: set[str]) -> Folder:
    return Folder(
        folder.name,
        {
            kind: [one for one in blocks if one.document.file in files]
            for kind, blocks in folder.blocks.items()
        },
        {name: entry for name, entry in folder.locals.items() if entry[1].document.file in files},
        only=frozenset(only),
    )


def _precedence(document: Document) -> tuple[int, str]:
    """Terraform takes these files by itself, in this order; others only when they are named."""
    name = posixpath.basename(document.file.replace("\\", "/"))
    if name in {"terraform.tfvars", "terraform.tfvars.json"}:
        return (0, name)
    return (1, name) if ".auto.tfvars" in name else (-1, name)


def _declare(folder: Folder, document: Document, findings: list[Finding]) -> None:
    json = document.kind == "json"
    for kind, depth in KINDS.items():
        for path, labels, body in _labelled(document.content.get(kind), (kind,), depth):
            if not isinstance(body, Mapping):
                findings.append(
                    Malformed(
                        document.place(*path), f"a {kind} block is no mapping", "write arguments in braces"
                    )
                )
                continue
            blocks = folder.blocks.setdefault(kind, [])
            block = Declared(kind, labels, body, document, path, json)
            same = next((at for at, one in enumerate(blocks) if one.labels == labels), None)
            if _is_override(document) and same is not None:
                blocks[same] = replace(blocks[same], body={**blocks[same].body, **body})
            else:
                blocks.append(block)
    for path, _, body in _labelled(document.content.get("locals"), ("locals",), 0):
        if isinstance(body, Mapping):
            whole = Declared("locals", (), body, document, path, json)
            for key, value in body.items():
                if not key.startswith("__"):
                    folder.locals[str(key).strip('"')] = (value, whole)


def _labelled(
    value: Any, path: tuple[str | int, ...], depth: int
) -> Iterator[tuple[tuple[str | int, ...], tuple[str, ...], Any]]:
    """The blocks under some labels, through lists on the way."""
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _labelled(inner, (*path, number), depth)
    elif depth == 0:
        if value is not None:
            yield path, (), value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if str(key).startswith("__") or key == "//":
                continue
            for inner_path, labels, body in _labelled(inner, (*path, key), depth - 1):
                yield inner_path, (str(key).strip('"'), *labels), body
