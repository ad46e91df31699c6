"""XML as a small tree with lines, read without any of what makes XML dangerous: a document type declaration is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

DEEPEST: Final = 60
MOST: Final = 100_000


class XmlError(ValueError):
    """A text that is no XML, or none that we read."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.line = line


@dataclass(slots=True)
class Node:
    """An element."""

    name: str
    attributes: dict[str, str]
    line: int
    file: str = ""
    """Which file it came from, if several were merged."""
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, *path: str) -> list[Node]:
        """The elements under a path of names."""
        found = [self]
        for name in path:
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def first(self, *path: str) -> Node | None:
        """The first element under a path of names."""
        return next(iter(self.all(*path)), None)

    def walk(self) -> Iterator[Node]:
        """The element and everything under it."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(node.children)


def parse(text: str, file: str = "") -> Node:
    """The root element.

    Raises:
        XmlError: It is not well formed, too deep or too large, or declares a document type.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    stack: list[Node] = []
    roots: list[Node] = []
    count = 0

    def refuse(*_: object) -> None:
        raise XmlError("declares a document type (DTD), which is not read", parser.CurrentLineNumber)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) >= DEEPEST or count > MOST:
            raise XmlError("is nested too deeply, or too large", parser.CurrentLineNumber)
        node = Node(name, attributes, parser.CurrentLineNumber, file)
        (stack[-1].children if stack else roots).append(node)
        stack.append(node)

    def end(_: str) -> None:
        stack.pop()

    def data(part: str) -> None:
        if stack:
            stack[-1].text += part

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    try:
        # As bytes, so that a declared encoding is heeded by nobody but us.
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise XmlError("is no well-formed XML", error.lineno) from None
    except (ValueError, LookupError) as error:
        if isinstance(error, XmlError):
            raise
        raise XmlError("is no XML that can be read", 0) from None
    for node in roots[:1]:
        return node
    raise XmlError("has no element", 0)


def merge(into: Node, other: Node) -> None:
    """Merges a fragment as ClickHouse does: elements of one name and the same attributes are one; ``replace`` and ``remove`` act."""
    into.text = other.text if other.text.strip() else into.text
    free = list(into.children)
    for child in other.children:
        known = next((one for one in free if _same(one, child)), None)
        remove, replace = "remove" in child.attributes, "replace" in child.attributes
        if known is not None:
            free.remove(known)
            at = next(index for index, one in enumerate(into.children) if one is known)
            if remove:
                del into.children[at]
            elif replace:
                into.children[at] = child
            else:
                merge(known, child)
                known.line, known.file = (
                    (child.line, child.file) if not child.children else (known.line, known.file)
                )
        elif not remove:
            into.children.append(child)


_ACTIONS: Final = frozenset(
    {"remove", "replace", "incl", "from_env", "from_zk", "optional", "hide_in_preprocessed"}
)


def _same(one: Node, other: Node) -> bool:
    def key(node: Node) -> tuple[object, ...]:
        return (
            node.name,
            *sorted((name, value) for name, value in node.attributes.items() if name not in _ACTIONS),
        )

    return key(one) == key(other)
