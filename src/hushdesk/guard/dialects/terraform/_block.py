"""One resource instance, from whatever source: HCL, a plan or a state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Unknown

DOUBT = "__doubt__"
"""In a nested block: why it may not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A resource's arguments and attributes as Terraform's provider names them. Nested blocks are lists of mappings."""

    type: str
    address: str
    id: str
    """The real id where it is known, else the address."""
    values: Mapping[str, Any]
    place: Place
    doubt: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)
    exists: bool = False
    """Read from a state: unset means unset."""

    def get(self, key: str, default: Any = None) -> Any:
        """An argument; null is the default."""
        found = self.values.get(key)
        return default if found is None else found

    def blocks(self, key: str) -> list[Any]:
        """Nested blocks, each a mapping or :class:`Unknown`."""
        return nested(self.values.get(key))

    def first(self, key: str) -> Mapping[str, Any]:
        """The first nested block, or an empty mapping. An unknown one gives unknown members for every key."""
        return one(self.values.get(key))

    def at(self, path: str) -> Place:
        """The finest place known for something inside."""
        return self.places.get(path, self.place)


class _AllUnknown(dict[str, Any]):
    """Stands for a nested block that is unknown as a whole."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__()
        self._unknown = unknown

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002 - every member is unknown
        return self._unknown

    def __bool__(self) -> bool:
        return True


def nested(value: Any) -> list[Any]:
    """Nested blocks as a list, whether one, several or none are written."""
    if value is None:
        return []
    if isinstance(value, list):
        return [inner for inner in value if isinstance(inner, Mapping | Unknown)]
    return [value] if isinstance(value, Mapping | Unknown) else []


def one(value: Any) -> Mapping[str, Any]:
    """The first nested block."""
    first = next(iter(nested(value)), None)
    if isinstance(first, Unknown):
        return _AllUnknown(first)
    return first if first is not None else {}


def many(value: Any) -> list[Any]:
    """A list's members, a single value as a list of it."""
    if value is None:
        return []
    return [inner for inner in value if inner is not None] if isinstance(value, list) else [value]


def doubt_of(value: Any) -> str:
    """Why a nested block may not exist."""
    return str(value.get(DOUBT) or "") if isinstance(value, Mapping) else ""


def pick(value: Mapping[str, Any], **names: str) -> dict[str, Any]:
    """Some members under other names (``theirs="ours"``), without those that are null."""
    found = {theirs: value.get(ours) for theirs, ours in names.items()}
    return {key: inner for key, inner in found.items() if inner is not None}


def walk(values: Mapping[str, Any]) -> Iterator[Any]:
    """Every value, however deep."""
    stack: list[Any] = [values]
    while stack:
        value = stack.pop()
        yield value
        if isinstance(value, Mapping):
            stack += value.values()
        elif isinstance(value, list):
            stack += value
