"""Nested configuration (YAML, JSON, TOML) as dotted keys, bounded in depth and size: it may come from anybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hushdesk.guard.load._problem import Unparsed
from hushdesk.guard.load._yaml import parse

DEEPEST: Final = 40
MOST: Final = 20_000
"""Entries. Aliases can make a small YAML file into a huge tree."""


@dataclass(slots=True)
class Flat:
    """A tree as dotted keys. A list of scalars is one value; a list with more in it is numbered, ``key.0.sub``."""

    values: dict[str, Any] = field(default_factory=dict)
    """Scalars are texts, with ``true`` and ``false`` in small letters and nothing as ``""``."""
    lines: dict[str, int] = field(default_factory=dict)
    problem: str = ""
    problem_line: int = 0

    def text(self, *keys: str, default: str = "") -> str:
        """The first of these keys that has one value."""
        for key in keys:
            value = self.values.get(key)
            if isinstance(value, str):
                return value
            if isinstance(value, list) and len(value) == 1:
                return str(value[0])
        return default

    def many(self, *keys: str) -> list[str]:
        """The first of these keys that is there, as a list: a text is split at its commas."""
        for key in keys:
            if key in self.values:
                value = self.values[key]
                parts = value if isinstance(value, list) else value.split(",")
                return [part.strip() for part in parts if part.strip()]
        return []

    def has(self, *keys: str) -> bool:
        """Whether one of these keys is there and not empty."""
        return any(self.values.get(key) not in (None, "", []) for key in keys)

    def under(self, *prefixes: str) -> list[str]:
        """Which keys begin like this."""
        return [key for key in self.values if key.startswith(prefixes)]

    def line(self, *keys: str) -> int:
        """The line of the first of these keys that is there."""
        return next((self.lines.get(key, 0) for key in keys if key in self.values), 0)


def is_true(text: str) -> bool:
    """Whether a setting is switched on, as YAML 1.1 and most programs understand it."""
    return text.strip().lower() in {"true", "yes", "on", "1", "enabled", "y", "t"}


def is_false(text: str) -> bool:
    """Whether a setting is switched off."""
    return text.strip().lower() in {"false", "no", "off", "0", "disabled", "n", "f"}


def from_content(content: Any, line_of: Callable[[tuple[str | int, ...]], int]) -> Flat:
    """A parsed document."""
    flat = Flat()
    try:
        _walk(flat, content, (), line_of, 0)
    except _TooMuchError as error:
        flat.problem = str(error)
    return flat


def from_yaml(text: str) -> Flat:
    """YAML text, its first document. What cannot be read is told in ``problem``."""
    try:
        content, line_of = next(parse(text), (None, lambda _: 0))
    except Unparsed as error:
        return Flat(problem=f"cannot be read ({error.problem})", problem_line=error.line)
    return from_content(content, line_of)


class _TooMuchError(Exception):
    """Deeper or larger than any configuration."""


def _enter(flat: Flat, depth: int) -> None:
    if depth > DEEPEST:
        raise _TooMuchError("is nested too deeply, or contains itself")
    if len(flat.values) > MOST:
        raise _TooMuchError("has too many entries")


def scalar(value: Any) -> str:
    """A parsed scalar as configuration files write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _walk(
    flat: Flat,
    value: Any,
    path: tuple[str | int, ...],
    line_of: Callable[[tuple[str | int, ...]], int],
    depth: int,
) -> None:
    _enter(flat, depth)
    key = ".".join(str(step) for step in path)
    if isinstance(value, Mapping):
        for name, part in value.items():
            # The tree's own key may already be dotted; the path keeps it in one piece for the line's sake.
            _walk(flat, part, (*path, scalar(name)), line_of, depth + 1)
        if not value and key:
            flat.values[key] = ""
    elif isinstance(value, list) and any(isinstance(part, (Mapping, list)) for part in value):
        for index, part in enumerate(value):
            _walk(flat, part, (*path, index), line_of, depth + 1)
    elif key:
        flat.values[key] = [scalar(part) for part in value] if isinstance(value, list) else scalar(value)
        flat.lines[key] = line_of(path)
