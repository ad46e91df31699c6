"""The files of templates: which is one, which parameters it is given, and which file a link means."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure._arm_eval import ASK, Scope, evaluate
from hushdesk.guard.dialects.azure._arm_parse import ExpressionError, is_expression, parse

Path = tuple[str | int, ...]


def template_of(content: object) -> tuple[Path, Any] | None:
    """The template in a document and the path to it: the document itself, an exported one, or a blueprint's."""
    if _is_bare(content):
        return (), content
    for path in (("template",), ("properties", "template")):
        inner: Any = content
        for step in path:
            inner = inner.get(step) if isinstance(inner, Mapping) else None
        if _is_bare(inner):
            return path, inner
    return None


def is_template(content: object) -> bool:
    """Whether a document is, or holds, a template."""
    return template_of(content) is not None


def _is_bare(content: object) -> bool:
    if not isinstance(content, Mapping):
        return False
    schema = str(content.get("$schema", "")).lower()
    listed = isinstance(content.get("resources"), list | dict)
    return "deploymenttemplate.json" in schema or (
        listed and "contentVersion" in content and not is_parameters(content)
    )


def is_parameters(content: object) -> bool:
    """Whether a document gives the parameters of a template."""
    return (
        isinstance(content, Mapping)
        and "deploymentparameters.json" in str(content.get("$schema", "")).lower()
    )


@dataclass(slots=True)
class Linked:
    """The templates of a run, for links between files."""

    templates: Mapping[str, Document]
    used: set[str] = field(default_factory=set)

    def find(self, link: str, start: str) -> Document | None:
        """The template that a link means: beside the linking file, by the longest end of its path.

        A link to another place, of which nothing but the file's own name fits, means another file.
        """
        link = re.sub(r"\{[^{}]*\}$", "", link)
        absolute = "://" in link
        steps = [
            step
            for step in link.split("?", maxsplit=1)[0].replace("\\", "/").split("/")
            if step not in {"", "."}
        ]
        folder = posixpath.dirname(start)
        for at in range(len(steps)):
            tail = "/".join(steps[at:])
            before = steps[:at]
            for base in _upward(folder):
                found = self.templates.get(posixpath.normpath(posixpath.join(base, tail)))
                near = not absolute or "}" in "".join(before) or len(steps) - at > 1
                if found is not None and (near or (before and before[-1] == posixpath.basename(base))):
                    return found
        return None


def _upward(folder: str) -> Iterator[str]:
    """The folder, and the one above, where links of nested templates often start."""
    yield folder
    yield posixpath.dirname(folder)


def given_value(entry: Any, scope: Scope | None) -> Any:
    """The value in an entry of parameters: its value, or a secret that nobody knows."""
    if isinstance(entry, dict) and "value" in entry:
        return evaluate(entry["value"], scope) if scope is not None else entry["value"]
    return Unknown(
        "reference",
        "its value lies in a key vault" if isinstance(entry, dict) and "reference" in entry else ASK,
    )


def parameters_for(
    document: Document, files: Mapping[str, Document], world: World
) -> tuple[dict[str, Any], list[Finding]]:
    """Values given to a template by its parameter file and by the user."""
    stem = document.file.rsplit(".", 1)[0]
    folder = posixpath.dirname(document.file)
    exact = [
        f"{stem}.parameters.json",
        f"{stem}.param.json",
        f"{stem}-parameters.json",
        posixpath.join(folder, "parameters.json"),
    ]
    near = sorted(name for name in files if name.startswith(f"{stem}.") and name not in exact)
    found = [name for name in exact if name in files] + near
    given: dict[str, Any] = {}
    findings: list[Finding] = []
    if found:
        entries = files[found[0]].content.get("parameters")
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            given[name.lower()] = given_value(entry, None)
        for other in found[1:]:
            place = Place(other)
            findings.append(
                NotLookedAt(
                    place, f"the parameters in {other}", f"{document.file} is read with those in {found[0]}."
                )
            )
    found_template = template_of(document.content)
    declared = folded(found_template[1].get("parameters")) if found_template else {}
    for name, value in world.parameters.items():
        if name.lower() in declared:
            given[name.lower()] = value
    return given, findings


def find_malformed(document: Document) -> Iterator[Finding]:
    """Expressions anywhere in the template that are none."""
    todo: list[tuple[Path, Any]] = [((), document.content)]
    while todo:
        path, value = todo.pop()
        if isinstance(value, dict):
            todo += [((*path, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            todo += [((*path, at), item) for at, item in enumerate(value)]
        elif isinstance(value, str) and is_expression(value) and "metadata" not in path:
            try:
                parse(value)
            except ExpressionError as error:
                yield Malformed(
                    document.place(*path),
                    str(error),
                    "Correct the expression; until then its value is unknown.",
                )


def folded(value: Any) -> dict[str, Any]:
    """An object with its names in small letters; empty if it is none."""
    return {str(name).lower(): item for name, item in value.items()} if isinstance(value, dict) else {}
