"""From blocks to resources: what the tables of all clouds need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.terraform._block import Block, many


class Blocks:
    """The blocks of one module tree, plan or state, by type and id."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._of: dict[str, list[Block]] = defaultdict(list)
        self._by_id: dict[str, Block] = {}
        self._by_name: dict[tuple[str, str], Block] = {}
        for block in blocks:
            self._of[block.type].append(block)
            self._by_id.setdefault(block.id, block)
            self._by_id.setdefault(block.address, block)
            name = block.values.get("name")
            if isinstance(name, str):
                self._by_name.setdefault((block.type, name), block)

    def __iter__(self) -> Iterator[Block]:
        for blocks in self._of.values():
            yield from blocks

    def of(self, *types: str) -> Iterator[Block]:
        """All blocks of some types."""
        for type_ in types:
            yield from self._of.get(type_, ())

    def find(self, reference: Any, *types: str) -> Block | None:
        """The block that a reference means: by id, by address, or by name."""
        wanted = single(reference)
        if not isinstance(wanted, str):
            return None
        found = self._by_id.get(wanted)
        if found is not None and found.type in types:
            return found
        named = (self._by_name.get((type_, wanted)) for type_ in types)
        return next((one for one in named if one is not None), None)

    def pointing(self, to: Block, key: str, *types: str) -> Iterator[Block]:
        """The blocks of some types whose argument means a block, by id, by address or by name."""
        for one in self.of(*types):
            value = single(one.values.get(key))
            if isinstance(value, str) and (value in {to.id, to.address} or value == to.values.get("name")):
                yield one


Shape = Callable[[Block, Blocks], Iterator[Resource]]


def single(value: Any) -> Any:
    """A value where one is meant: a list of one is its member, a longer list is not known to be any."""
    if not isinstance(value, list):
        return value
    if len(value) == 1:
        return value[0]
    return Unknown(", ".join(map(str, value)), "which of these is meant is not known") if value else None


def made(
    block: Block,
    type_: str,
    properties: Mapping[str, Any],
    *,
    part: str = "",
    places: Mapping[str, Place] | None = None,
    doubt: str = "",
) -> Resource:
    """A resource from a block, without the properties that are null."""
    return Resource(
        type=type_,
        id=f"{block.id}{part}",
        name=f"{block.address}{part}",
        properties={key: value for key, value in properties.items() if value is not None},
        place=block.place,
        doubt="; ".join(filter(None, (block.doubt, doubt))),
        places=places or {},
    )


def renamed(block: Block, names: Mapping[str, str]) -> dict[str, Any]:
    """Arguments under other names (``theirs: ours``), as single values."""
    return {theirs: single(block.values.get(ours)) for theirs, ours in names.items()}


def each(value: Any, key: str) -> list[Any] | None:
    """``[{key: member}]`` for every member of a list, unknown members as they are; ``None`` for no list."""
    if value is None:
        return None
    return [one if isinstance(one, Unknown) else {key: one} for one in many(value)]


def ids_of(value: Any) -> list[str]:
    """The known texts of a value."""
    return [str(one) for one in many(value) if isinstance(one, str)]


def moved(block: Block, ours: str, theirs: str) -> dict[str, Place]:
    """Places of nested blocks under another name."""
    return {
        path.replace(ours, theirs, 1): place
        for path, place in block.places.items()
        if path.startswith(f"{ours}[")
    }
