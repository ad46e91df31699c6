"""The dialects that are installed."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import Final

from hushdesk.guard._dialect import Dialect

GROUP: Final = "hushdesk.guard.dialects"


@cache
def dialects() -> tuple[Dialect, ...]:
    """One of each, by name."""
    return tuple(point.load()() for point in sorted(entry_points(group=GROUP), key=lambda point: point.name))
