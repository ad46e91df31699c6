"""The place where a tagger of names and addresses plugs in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from hushdesk.redact._types import Finding


@runtime_checkable
class Tagger(Protocol):
    """Finds what no pattern can: names, postal addresses, ids in context."""

    def tag(self, texts: Sequence[str], *, goes_on: Sequence[bool] | None = None) -> list[list[Finding]]:
        """Return the findings of each text, in the offsets of that text.

        Args:
            texts: Texts, of one context or of many.
            goes_on: Of each text whether it goes on from the one before, as the next message of a conversation does; none does by
                default. Texts that go on from one another may help one another.
        """
        ...


_chosen: Tagger | None = None


def tagger() -> Tagger:
    """Return the tagger in use."""
    global _chosen
    if _chosen is None:
        # Read when first wanted: structured kinds alone need no weights.
        from hushdesk.redact.tagger import learned

        _chosen = learned()
    return _chosen


def use_tagger(new: Tagger | None) -> None:
    """Put another tagger in place of the built-in one; ``None`` brings the built-in one back."""
    global _chosen
    _chosen = new
