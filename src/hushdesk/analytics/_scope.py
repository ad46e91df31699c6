"""Who is asking: the rows and texts that an answer may be made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hushdesk.analytics._fields import FACETS

_SCOPED = frozenset(FACETS) - {"kind", "tag"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Compiled into every query itself; there is no answer without one.

    Raises:
        ValueError: A field cannot limit a scope.
    """

    internal: bool = False
    """Whether internal remarks, notes and messages may be searched and read."""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Only cases with one of these values, by field; an empty tuple lets nothing through."""
    since: datetime | None = None
    """Only cases opened then or later; one without a known time is out."""
    until: datetime | None = None
    """Only cases opened before then; one without a known time is out."""

    def __post_init__(self) -> None:
        for name in self.where:
            if name not in _SCOPED:
                raise ValueError(
                    f"a scope cannot be limited by this field; it can by {', '.join(sorted(_SCOPED))}"
                )
