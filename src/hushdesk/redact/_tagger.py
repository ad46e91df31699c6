"""The place where a tagger of names and addresses, learned or ruled, plugs in."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol, runtime_checkable

from hushdesk.redact._types import Finding

_SHORT = 48
"""Texts up to this length are mostly tags, states and products, which recur in every case."""
_SHORT_KEPT = 8_192


@runtime_checkable
class Tagger(Protocol):
    """Finds what no pattern can: names, postal addresses, ids in context."""

    def tag(self, texts: Sequence[str]) -> list[list[Finding]]:
        """Return the findings of each text, in the offsets of that text.

        Args:
            texts: The texts of one context; a tagger may let them help one another.
        """
        ...


class _Names:
    """The tagger that comes with the package: the rules and lexicons of ``redact.names``."""

    def __init__(self, find_names: Callable[[str], list[Finding]]) -> None:
        self._find = find_names
        self._find_short = lru_cache(_SHORT_KEPT)(find_names)

    def tag(self, texts: Sequence[str]) -> list[list[Finding]]:
        """Return names and addresses of each text."""
        return [
            [] if not text else list(self._find_short(text)) if len(text) <= _SHORT else self._find(text)
            for text in texts
        ]


class _Nothing:
    def tag(self, texts: Sequence[str]) -> list[list[Finding]]:
        return [[] for _ in texts]


_chosen: Tagger | None = None


def tagger() -> Tagger:
    """Return the tagger in use."""
    global _chosen
    if _chosen is None:
        try:
            names = importlib.import_module("hushdesk.redact.names")
        except ModuleNotFoundError as missing:
            if not (missing.name or "").startswith("hushdesk.redact.names"):
                raise
            _chosen = _Nothing()
        else:
            find_names = getattr(names, "find_names", None)
            _chosen = _Nothing() if find_names is None else _Names(find_names)
    return _chosen


def use_tagger(new: Tagger | None) -> None:
    """Put another tagger in place of the built-in one; ``None`` brings the built-in one back."""
    global _chosen
    _chosen = new
