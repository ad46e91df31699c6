"""A place in a document: what stands there, read with care."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Malformed, NotLookedAt
from hushdesk.guard._policy import Place


class Notes:
    """What could not be made out while reading."""

    __slots__ = ("findings",)

    findings: list[Malformed | NotLookedAt]

    def __init__(self) -> None:
        self.findings = []

    @property
    def problems(self) -> int:
        """How many there are so far; a reader compares before and after."""
        return len(self.findings)


class Node:
    """A value in a document, with its path. A child that is not there has the value ``None``.

    Whatever has the wrong type becomes a :class:`Malformed` finding and reads as absent.
    """

    __slots__ = ("document", "notes", "path", "value")

    def __init__(self, document: Document, notes: Notes, path: tuple[str | int, ...], value: Any) -> None:
        self.document = document
        self.notes = notes
        self.path = path
        self.value = value

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.document.place(*self.path)

    @property
    def given(self) -> bool:
        """Whether there is anything but ``null``."""
        return self.value is not None

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, Mapping) and key in self.value

    def at(self, *keys: str) -> Node:
        """What stands under the keys."""
        node = self
        for key in keys:
            held = node.value
            if held is not None and not isinstance(held, Mapping):
                node.malformed("something else where a mapping belongs", "write a mapping of keys to values")
                held = None
            node = Node(self.document, self.notes, (*node.path, key), None if held is None else held.get(key))
        return node

    def members(self) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping."""
        if self.value is None:
            return
        if not isinstance(self.value, Mapping):
            self.malformed("something else where a mapping belongs", "write a mapping of keys to values")
            return
        for key, value in self.value.items():
            if isinstance(key, str):
                yield key, Node(self.document, self.notes, (*self.path, key), value)
            else:
                self.malformed("a key that is no text", "put the key in quotes")

    def items(self) -> list[Node]:
        """The entries of a list."""
        if self.value is None:
            return []
        if not isinstance(self.value, Sequence) or isinstance(self.value, str):
            self.malformed("something else where a list belongs", "write a list")
            return []
        return [
            Node(self.document, self.notes, (*self.path, index), item)
            for index, item in enumerate(self.value)
        ]

    def text(self) -> str | None:
        """A text, or ``None`` if there is none."""
        if self.value is None or isinstance(self.value, str):
            return self.value
        self.malformed("something else where a text belongs", "put the value in quotes")
        return None

    def name(self) -> str:
        """A text, empty if there is none."""
        return self.text() or ""

    def whole(self) -> int | None:
        """A whole number, or ``None`` if there is none."""
        if self.value is None or (isinstance(self.value, int) and not isinstance(self.value, bool)):
            return self.value
        self.malformed("something else where a whole number belongs", "write the number without quotes")
        return None

    def flag(self, default: bool) -> bool:
        """Yes or no."""
        if self.value is None:
            return default
        if isinstance(self.value, bool):
            return self.value
        self.malformed("something else where true or false belongs", "write true or false")
        return default

    def texts(self) -> list[str]:
        """The texts of a list."""
        return [text for item in self.items() if (text := item.text()) is not None]

    def only(self, *known: str) -> bool:
        """Reports every key that is not among the known ones.

        Returns:
            Whether there was none.
        """
        before = self.notes.problems
        for key, child in self.members():
            if key not in known and child.value is not None:
                self.notes.findings.append(
                    NotLookedAt(child.place, f"the field {key}", "this version does not know what it does")
                )
        return self.notes.problems == before

    def malformed(self, problem: str, remedy: str) -> None:
        """Notes that what stands here is wrong."""
        self.notes.findings.append(Malformed(self.place, problem, remedy))

    def unknown(self, what: str, why: str) -> None:
        """Notes that what stands here is not understood."""
        self.notes.findings.append(NotLookedAt(self.place, what, why))
