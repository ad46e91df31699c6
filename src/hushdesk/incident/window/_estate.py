"""The resources of a platform as its API answers describe them, changed in place, with a way back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hushdesk.guard import Document
from hushdesk.incident._spans import EVER

Key = tuple[str, str]
"""Kind and id."""
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Area:
    """Documents that are judged together, and whose the endpoints are that come of them."""

    documents: tuple[Document, ...]
    owners: Mapping[str, str]
    """Owner by the name of the document in which an endpoint stands; endpoints elsewhere are not asked for."""
    rest: str = ""
    """Owner of all other endpoints, if they are asked for."""
    pieces: tuple[tuple[Document, ...], ...] = ()
    """Instead of ``documents``, where what they let in is what each piece for itself lets in: groups that only permit, and that
    nothing is known to have. Then a change of one rule leaves the others as they were judged."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Something that somebody outside may take a copy of."""

    rule: str
    """What lets them."""
    doubt: str = ""
    names: tuple[str, ...] = ()
    until: int = EVER
    """When it ends by itself."""


class Estate:
    """Bodies by kind and id. A body that is put in is not changed afterwards: another takes its place."""

    def __init__(self) -> None:
        self._bodies: dict[str, dict[str, Body]] = defaultdict(dict)
        self._undo: list[tuple[Key, Body | None]] = []
        self._share_undo: list[tuple[tuple[str, str], Shared | None]] = []
        self.shares: dict[tuple[str, str], Shared] = {}
        """By resource and by whom it is shared with."""

    def get(self, kind: str, ident: str) -> Body | None:
        """A body, if there is one."""
        return self._bodies[kind].get(ident)

    def of(self, kind: str) -> Mapping[str, Body]:
        """All of a kind."""
        return self._bodies[kind]

    def kinds(self) -> Iterator[tuple[str, Mapping[str, Body]]]:
        """All that there is."""
        yield from list(self._bodies.items())

    def put(self, kind: str, ident: str, body: Body | None) -> Key:
        """Sets a body, or takes it away."""
        self._undo.append(((kind, ident), self._bodies[kind].get(ident)))
        self._set((kind, ident), body)
        return kind, ident

    def share(self, resource: str, outside: str, shared: Shared | None) -> None:
        """Notes that somebody may take a copy, or no longer may."""
        self._share_undo.append(((resource, outside), self.shares.get((resource, outside))))
        self._set_share((resource, outside), shared)

    def shared_with(self, resource: str) -> tuple[str, ...]:
        """All who may take a copy of a resource."""
        return tuple(outside for name, outside in self.shares if name == resource)

    def unshare(self, resource: str, *, keep: Mapping[str, Shared] | None = None) -> None:
        """Leaves only those shares of a resource that are named."""
        keep = keep or {}
        for outside in self.shared_with(resource):
            if outside not in keep:
                self.share(resource, outside, None)
        for outside, shared in keep.items():
            self.share(resource, outside, shared)

    def changed_shares(self) -> list[tuple[str, str]]:
        """The shares that were set since it was last settled, each once."""
        return list(dict.fromkeys(key for key, _ in self._share_undo))

    def settle(self) -> None:
        """What was done stays."""
        self._undo.clear()
        self._share_undo.clear()

    def roll_back(self) -> None:
        """Undoes everything since it was last settled."""
        for key, body in reversed(self._undo):
            self._set(key, body)
        for share, shared in reversed(self._share_undo):
            self._set_share(share, shared)
        self.settle()

    def _set(self, key: Key, body: Body | None) -> None:
        if body is None:
            self._bodies[key[0]].pop(key[1], None)
        else:
            self._bodies[key[0]][key[1]] = body

    def _set_share(self, key: tuple[str, str], shared: Shared | None) -> None:
        if shared is None:
            self.shares.pop(key, None)
        else:
            self.shares[key] = shared


@dataclass(slots=True)
class Applied:
    """What a change did."""

    touched: set[Key] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    """What could not be made out of it."""


def texts(value: Any) -> Iterator[str]:
    """Every text in a body, keys left out."""
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            stack.extend(each.values())
        elif isinstance(each, list | tuple):
            stack.extend(each)
