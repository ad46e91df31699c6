"""Line-wise configuration: ``name = value``, sections, environment files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hushdesk.guard._policy import Place
from hushdesk.guard.posture._files import ConfigFile, Setting

_SECTION: Final = re.compile(r"^\[\s*([^\]]+?)\s*\]")
_ASSIGNMENT: Final = re.compile(r"^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a file with sections."""

    section: str
    """In small letters; empty before the first."""
    name: str
    value: str | None
    """``None`` if the line has no equals sign."""
    line: int


def ini(text: str, *, inline: str = "") -> Iterator[Entry]:
    """The entries of an INI-like file.

    Args:
        text: The file.
        inline: Characters that begin a comment behind a value, after a space.
    """
    section = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        match = _SECTION.match(line)
        if match:
            section = match[1].lower()
            continue
        name, equals, value = line.partition("=")
        yield Entry(section, name.strip(), clean(value, inline) if equals else None, number)


def clean(value: str, inline: str = "") -> str:
    """A value without its quotes or, if it has none, without the comment behind it."""
    value = value.strip()
    if value[:1] in {'"', "'"}:
        end = value.find(value[0], 1)
        if end > 0:
            return value[1:end]
    for mark in inline:
        at = re.search(rf"(^|\s){re.escape(mark)}", value)
        if at:
            value = value[: at.start()]
    return value.strip()


def properties(file: ConfigFile) -> dict[str, Setting]:
    """``name=value`` lines, the last of a name counting (Java properties, ``zoo.cfg``, ``neo4j.conf``, ``rabbitmq.conf``)."""
    found = {}
    for number, raw in enumerate(file.text.splitlines(), 1):
        line = raw.strip()
        if line and line[0] not in "#!%":
            name, _, value = line.partition("=")
            found[name.strip()] = Setting(value.strip(), file.place(number, name.strip()))
    return found


def environment(file: ConfigFile) -> dict[str, Setting]:
    """Shell-like assignments, as in ``/etc/default``; nothing is expanded."""
    found = {}
    for number, raw in enumerate(file.text.splitlines(), 1):
        match = _ASSIGNMENT.match(raw.strip())
        if match:
            try:
                words = shlex.split(match[2], comments=True)
            except ValueError:
                words = [match[2].strip("\"'")]
            found[match[1]] = Setting(" ".join(words), file.place(number, match[1]))
    return found


def placed(found: dict[str, Setting], file: ConfigFile, *names: str) -> Place:
    """Where the first of these settings stands; the file if none does."""
    return next((found[name].place for name in names if name in found), file.place())


def value(found: dict[str, Setting], *names: str, default: str = "") -> str:
    """The first of these settings that is there."""
    return next((found[name].value for name in names if name in found), default)
