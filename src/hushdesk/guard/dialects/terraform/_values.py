"""Values that expressions come to, beside those of Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.guard.dialects._resource import Unknown

AFTER_APPLY: Final = "it is known only after apply; give the plan or the state after it"


class Ref(str):
    """Stands for the id of a resource that has none yet: the resource's address."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Several(Unknown):
    """Stands in a list for any number of members that are not known."""


@dataclass(frozen=True, slots=True)
class Some:
    """The instances of a block of which it is not known how many there are: one stands for all."""

    instance: Any


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A resource that is referred to and not among the documents."""

    address: str


class Fault(Exception):  # noqa: N818 - becomes a value at once
    """An expression has no value."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def unknowns(value: Any, depth: int = 0) -> Iterator[Unknown]:
    """Every unknown in a value."""
    if isinstance(value, Unknown):
        yield value
    elif isinstance(value, Mapping) and depth < 50:
        for inner in value.values():
            yield from unknowns(inner, depth + 1)
    elif isinstance(value, list) and depth < 50:
        for inner in value:
            yield from unknowns(inner, depth + 1)


def unknown_in(*values: Any) -> Unknown | None:
    """The first unknown in some values."""
    return next((found for value in values for found in unknowns(value)), None)
