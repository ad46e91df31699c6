"""The one small door for network languages: a dialect says which documents it reads, and reads them.

Built-in dialects and a stranger's come in by the same entry point group, ``hushdesk.guard.dialects``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._findings import Finding
from hushdesk.guard._policy import Place


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed document. A YAML file with several documents comes as several of these."""

    file: str
    """As shown to people."""
    kind: str
    """``json``, ``yaml``, ``hcl``, ``text``."""
    content: Any
    """What the parser gave: dictionaries, lists, texts; for ``text`` the text itself."""
    index: int = 0
    """Which of the file's documents, from 0."""
    line_of: Callable[[tuple[str | int, ...]], int] = field(default=lambda _: 0, compare=False)
    """The line, from 1, on which what lies under a path of keys and indexes begins; 0 if unknown."""

    def place(self, *path: str | int) -> Place:
        """Where something in this document stands."""
        pointer = ""
        for step in path:
            pointer += f"[{step}]" if isinstance(step, int) else f".{step}" if pointer else step
        return Place(self.file, self.line_of(tuple(path)), pointer)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is known beside the documents."""

    tags: Mapping[str, AddressSet] = field(default_factory=dict)
    """Address sets by name in small letters: Azure service tags, prefix lists."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values for parameters and variables that the user gave."""


class Dialect(Protocol):
    """One network language."""

    name: str

    def claims(self, document: Document) -> bool:
        """Whether this document is of this language. Cheap, and never raises."""

    def read(self, documents: Sequence[Document], world: World) -> Iterator[Finding]:
        """Everything that the claimed documents hold. Never raises for what is in them: see ``Malformed``.

        All claimed documents of a run come at once, since one file may refer to another; the dialect groups them by
        folder, account or module as its language does.
        """
