"""What a detector is: trigger expressions, and a closer look where one of them fires."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hushdesk.redact._types import Finding

Check = Callable[[str, int], "Finding | Iterable[Finding] | None"]
"""Looks at a text around the offset at which a trigger ended, and says what is there."""


@dataclass(frozen=True, slots=True)
class Detector:
    """One structured kind, or one family of kinds."""

    name: str
    triggers: tuple[str, ...]
    """Expressions in Hyperscan's dialect, ASCII case ignored; as short and as rare as possible."""
    check: Check = field(repr=False)
    case_sensitive: bool = False
    refractory: int = 0
    """Triggers that end within so many characters of the last one of this detector are the same thing again."""
