"""Looking into what an API gave, of which anything may be missing, unresolved or of a wrong type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hushdesk.guard._findings import Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource, Unknown


@dataclass(slots=True)
class Notes:
    """What could not be made out, each once, in the order in which it was met."""

    found: dict[Finding, None] = field(default_factory=dict)

    def unresolved(self, place: Place, unknown: Unknown) -> None:
        """An expression stands where a value is needed."""
        self.found[Unresolved(place, unknown.expression, unknown.why)] = None

    def malformed(self, place: Place, problem: str, remedy: str) -> None:
        """The input is wrong in itself."""
        self.found[Malformed(place, problem, remedy)] = None

    def not_looked_at(self, place: Place, what: str, why: str) -> None:
        """Something bears on reach and is not modelled."""
        self.found[NotLookedAt(place, what, why)] = None


def at(resource: Resource, path: str = "") -> Place:
    """The finest place that is known for a path inside a resource's properties."""
    while path:
        if path in resource.places:
            return resource.places[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return resource.place


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def members(value: Any, place: Place, notes: Notes) -> list[Any]:
    """A list's members. One :class:`Unknown` for a list that is not known; a single text counts as a list of it."""
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [one for one in value if one is not None]
    if isinstance(value, Unknown | str):
        return [value]
    notes.malformed(place, "a list is expected here", "write a list")
    return [Unknown(type(value).__name__, "it is no list")]


def structures(value: Any, place: Place, notes: Notes) -> Iterator[tuple[int, Mapping[str, Any] | Unknown]]:
    """The numbered mappings of a list; what is neither a mapping nor unknown is malformed."""
    for number, member in enumerate(members(value, place, notes)):
        if isinstance(member, Mapping | Unknown):
            yield number, member
        else:
            notes.malformed(place, "a mapping is expected in this list", "write a mapping of names to values")
            yield number, Unknown(type(member).__name__, "it is no mapping")


def flag(value: Any, *, default: bool) -> bool | None:
    """A yes or no; ``None`` if it is not known."""
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return None


def whole(value: Any) -> int | None:
    """A whole number, also when it is written as a text; ``None`` if it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return None


def words(value: Any) -> str:
    """A value as people may read it."""
    return value.expression if isinstance(value, Unknown) else str(value)


def either(*doubts: str) -> str:
    """Several doubts as one."""
    return "; ".join(dict.fromkeys(filter(None, doubts)))
