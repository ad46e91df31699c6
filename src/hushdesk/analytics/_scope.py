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
    rows: bool = True
    """Whether cases themselves may be seen; if not, counts are rounded and few questions may be asked."""
    small: int = 0
    """Counts about fewer persons than this are hidden; 0 hides nothing."""
    key: tuple[int, int] = field(default=(0, 0), repr=False)
    """Two numbers of 64 bits that nobody knows; what rounding hangs on."""

    @property
    def rounded_to(self) -> int:
        """Counts are shown as a multiple of this."""
        return 1 if self.rows or not self.small else 10 * self.small

    def __post_init__(self) -> None:
        if not self.rows and (not self.small or self.key == (0, 0)):
            raise ValueError("counts without rows need a least number of persons and a key")
        if self.small and not 2 <= self.small <= 50:
            raise ValueError("a count is hidden below 2 to 50 persons")
        for name in self.where:
            if name not in _SCOPED:
                raise ValueError(
                    f"a scope cannot be limited by this field; it can by {', '.join(sorted(_SCOPED))}"
                )
