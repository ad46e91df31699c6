"""Yes, no, and not known; put together so that what is not known never becomes a no."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """An answer to a question that evidence may leave open."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> Truth:
        """``None`` is not known."""
        return cls.UNKNOWN if value is None else cls.YES if value else cls.NO

    def __invert__(self) -> Truth:
        return {Truth.YES: Truth.NO, Truth.NO: Truth.YES, Truth.UNKNOWN: Truth.UNKNOWN}[self]


def every(truths: Iterable[Truth]) -> Truth:
    """Yes if all are; no if one is not; else unknown. All of none is yes."""
    found = set(truths)
    return Truth.NO if Truth.NO in found else Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.YES


def some(truths: Iterable[Truth]) -> Truth:
    """Yes if one is; no if none is; else unknown. One of none is no."""
    return ~every(~truth for truth in truths)
