"""What is done with a restored desk before anybody can use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hushdesk.desk._desk import Desk

Hook = Callable[["Desk"], Mapping[str, int]]
"""Takes the restored desk, open; returns what it did, in counts. If it raises, nothing is restored."""

_ROOMS: Final = ("hushdesk.desk.persons", "hushdesk.access")
"""Packages that may have a function ``after_restore``."""


def after_restore(desk: Desk) -> dict[str, int]:
    """Do again what was done after the backup and must not be undone by it: above all, erasures.

    Each package named above that is there and has a function ``after_restore`` (see :data:`Hook`) is asked, in order.
    """
    counts: dict[str, int] = {}
    for name in _ROOMS:
        if find_spec(name) is None:
            continue
        hook: Hook | None = getattr(import_module(name), "after_restore", None)
        if hook is not None:
            counts.update(hook(desk))
    return counts
