"""Azure's documents: which are whose, and which belong together."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding, Unresolved
from hushdesk.guard.dialects.azure._arm import Reader
from hushdesk.guard.dialects.azure._arm_files import (
    Linked,
    find_malformed,
    is_parameters,
    is_template,
    parameters_for,
)
from hushdesk.guard.dialects.azure._live import Live, looks_live
from hushdesk.guard.dialects.azure._lower import lower_azure
from hushdesk.guard.dialects.azure._tags import service_tags


class AzureDialect:
    """Templates (ARM, compiled Bicep) with their parameter files, and live answers."""

    name = "azure"

    def claims(self, document: Document) -> bool:
        """Whether this is a template, its parameters, or an answer with resources of Azure."""
        content = document.content
        if document.kind not in {"json", "yaml"} or not isinstance(content, dict | list):
            return False
        return is_template(content) or is_parameters(content) or looks_live(content)

    def read(self, documents: Sequence[Document], world: World) -> Iterator[Finding]:
        """Each template with what it deploys is an estate; so is each recording, and each folder of answers."""
        templates = {_key(one): replace(one, file=_key(one)) for one in documents if is_template(one.content)}
        files = {_key(one): one for one in documents if is_parameters(one.content)}
        readers = {name: _reader(one, Linked(templates), files, world) for name, one in templates.items()}
        for reader, _ in readers.values():
            yield from find_malformed(reader.document)
        for name in _roots({name: reader.linked.used for name, (reader, _) in readers.items()}):
            reader, more = readers[name]
            yield from more
            yield from _told(reader, world)
        folders: dict[str, list[Document]] = {}
        for one in documents:
            if not is_template(one.content) and not is_parameters(one.content):
                alone = isinstance(one.content, dict) and "interactions" in one.content
                folders.setdefault(_key(one) if alone else posixpath.dirname(_key(one)), []).append(one)
        for together in folders.values():
            yield from _live(together, world)


def _roots(uses: dict[str, set[str]]) -> Iterator[str]:
    """The templates that no other deploys; of those that deploy each other in a circle, the first."""
    inner = {used for name, all_used in uses.items() for used in all_used if used != name}
    reached: set[str] = set()
    for name in sorted(uses, key=lambda name: name in inner):
        if name not in inner or name not in reached:
            reached |= {name, *uses[name]}
            yield name


def _key(document: Document) -> str:
    return posixpath.normpath(document.file.replace("\\", "/"))


def _reader(
    document: Document, linked: Linked, files: dict[str, Document], world: World
) -> tuple[Reader, list[Finding]]:
    given, findings = parameters_for(document, files, world)
    reader = Reader(linked, document)
    reader.read(given)
    return reader, findings


def _told(reader: Reader, world: World) -> Iterator[Finding]:
    """What the template says for itself, then its resources; what was told with its exact place is not told again."""
    yield from reader.findings
    told = {(one.place.file, one.expression) for one in reader.findings if isinstance(one, Unresolved)}
    for finding in lower_azure(reader.resources, world):
        if isinstance(finding, Unresolved) and (finding.place.file, finding.expression) in told:
            continue
        yield finding


def _live(documents: Sequence[Document], world: World) -> Iterator[Finding]:
    found = Live()
    for document in documents:
        found.add(document)
    yield from found.lost(documents[0].place())
    for answer in found.tags:
        world = replace(world, tags={**service_tags(answer), **world.tags})
    yield from lower_azure(list(found.all()), world)
