"""Sections of ``desk.toml``: which keys each knows and what they may be; whatever else it says is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hushdesk.desk._errors import DeskError

Check = Callable[[object], bool]
"""Whether a value may stand there."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section: a table of bounds."""

    name: str
    """As it stands in the file, without brackets."""
    keys: Mapping[str, Check]
    remedy: str
    """What may stand there, for whoever wrote something else."""

    def read(self, values: object, path: Path) -> dict[str, Any]:
        """What is given, all of it within bounds; what is not given is not there.

        Raises:
            DeskError: A key is not known, or its value is out of bounds.
        """
        if isinstance(values, dict) and all(
            key in self.keys and self.keys[key](values[key]) for key in values
        ):
            return dict(values)
        raise refused(path, f"[{self.name}]", self.remedy)


def refused(path: Path, section: str, remedy: str) -> DeskError:
    """The error for a section that says what cannot be used."""
    return DeskError(f"{path} says in {section} what cannot be used.", remedy=remedy)


def number(least: int, most: int) -> Check:
    """A whole number within bounds, both included."""
    # A bool is an int to Python, and none to anybody else.
    return lambda value: type(value) is int and least <= value <= most


def flag(value: object) -> bool:
    """True or false."""
    return isinstance(value, bool)


def text(value: object) -> bool:
    """A text that is not empty."""
    return isinstance(value, str) and bool(value)


def shaped(shape: re.Pattern[str]) -> Check:
    """A text that matches from its beginning."""
    return lambda value: isinstance(value, str) and shape.match(value) is not None


def one_of(*choices: object) -> Check:
    """One of these texts."""
    return lambda value: isinstance(value, str) and value in choices


def list_of(check: Check) -> Check:
    """A list, each of which is so."""
    return lambda value: isinstance(value, list) and all(map(check, value))
