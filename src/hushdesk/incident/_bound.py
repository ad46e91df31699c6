"""A number that is known from below and from above, and why no better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Bound:
    """At least ``lower`` and at most ``upper``."""

    lower: int
    upper: int | None
    """``None``: nothing says how much at most."""
    why: str = ""
    """If the two differ: what is missing, in words for people."""

    @classmethod
    def exactly(cls, number: int) -> Bound:
        """A number that is known."""
        return cls(number, number)

    @classmethod
    def unknown(cls, why: str) -> Bound:
        """Anything from nothing on."""
        return cls(0, None, why)

    @property
    def exact(self) -> bool:
        """Whether there is nothing between the two."""
        return self.lower == self.upper

    def capped(self, most: int, why: str) -> Bound:
        """With a largest number that something else gives."""
        if self.upper is not None and self.upper <= most:
            return self
        return Bound(min(self.lower, most), most, why)

    def __add__(self, other: Bound) -> Bound:
        upper = None if self.upper is None or other.upper is None else self.upper + other.upper
        return Bound(self.lower + other.lower, upper, _joined(self.why, other.why))

    def __or__(self, other: Bound) -> Bound:
        """One of the two, nobody knows which."""
        upper = None if self.upper is None or other.upper is None else max(self.upper, other.upper)
        return Bound(min(self.lower, other.lower), upper, _joined(self.why, other.why))


def _joined(*reasons: str) -> str:
    """Each reason once."""
    parts = [part for reason in reasons for part in reason.split("; ") if part]
    return "; ".join(dict.fromkeys(parts))


NOTHING: Final = Bound(0, 0)
