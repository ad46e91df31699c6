"""Azure's documents: which are whose, and which belong together."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding, Unresolved
from hushdesk.guard.dialects._resource import Resource
from hushdesk.guard.dialects.azure._arm import Reader
from hushdesk.guard.dialects.azure._arm_files import (
    Linked,
    find_malformed,
    is_parameters,
    is_template,
    parameters_for,
)
from hushdesk.guard.dialects.azure._live import live_resources, looks_live
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
        linked = Linked(templates)
        readers = [_reader(one, linked, files, world) for one in templates.values()]
        for reader, more in readers:
            yield from find_malformed(reader.document)
            if _key(reader.document) in linked.used:
                continue
            yield from more
            yield from _told(reader, world)
        folders: dict[str, list[Document]] = {}
        for one in documents:
            if not is_template(one.content) and not is_parameters(one.content):
                alone = isinstance(one.content, dict) and "interactions" in one.content
                folders.setdefault(_key(one) if alone else posixpath.dirname(_key(one)), []).append(one)
        for together in folders.values():
            yield from _live(together, world)


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
    resources: list[Resource] = []
    for document in documents:
        found, findings, tags = live_resources(document)
        resources += found
        yield from findings
        for answer in tags:
            world = replace(world, tags={**service_tags(answer), **world.tags})
    yield from lower_azure(resources, world)
