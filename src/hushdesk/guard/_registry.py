"""The dialects that are installed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Final

from hushdesk.guard._dialect import Dialect

GROUP: Final = "hushdesk.guard.dialects"


@dataclass(frozen=True, slots=True)
class Installed:
    """What could be loaded, and what could not."""

    dialects: tuple[Dialect, ...]
    """One of each, by name."""
    broken: tuple[tuple[str, str], ...] = ()
    """Name and class of the error: somebody's plugin must not take the others with it."""


@cache
def installed() -> Installed:
    """Load every dialect once."""
    found, broken = [], []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            found.append(point.load()())
        except Exception as error:  # noqa: BLE001 - as above
            broken.append((point.name, type(error).__name__))
    return Installed(tuple(found), tuple(broken))
