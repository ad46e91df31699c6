"""A document as sections of items with stable keys, and the difference of two of them.

The keys do not depend on language or order: what one item of phase one says is compared with what the item of the same key
says in phase two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.incident.notices._errors import NoticeError

_FORMAT: Final = "hushdesk-notice/1"


@dataclass(frozen=True, slots=True)
class Item:
    """One statement."""

    key: str
    """Stable: ``persons.number``, ``window:nsg-7:9200:1575374400000000``."""
    label: str
    lines: tuple[str, ...]
    """Paragraphs, each one line of text."""
    formal: bool = False
    """It says something of the document itself (date, phase), and no difference of the matter."""


@dataclass(frozen=True, slots=True)
class Section:
    """Items under a heading."""

    key: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A notice, before it becomes text or PDF."""

    kind: str
    """``notice``, ``addition``, ``public``."""
    language: str
    title: str
    incident: str
    dated: int
    """Moment at which it was made; also the date of the PDF."""
    author: str
    sections: tuple[Section, ...]
    phase: int = 1
    intro: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Keys of what the law asks for and nobody has stated; the document says there that it is not stated."""
    page: str = ""
    """How a page number is written: ``Page {page} of {pages}``."""

    def each(self) -> Iterator[tuple[Section, Item]]:
        """All items in order, with their sections."""
        for section in self.sections:
            for item in section.items:
                yield section, item

    def item(self, key: str) -> Item:
        """The item of a key.

        Raises:
            KeyError: There is none.
        """
        for _, item in self.each():
            if item.key == key:
                return item
        raise KeyError(key)

    def as_dict(self) -> dict[str, Any]:
        """For JSON; :func:`document_from` reads it back. Phase one is kept so, to be compared with phase two."""
        return {
            "format": _FORMAT,
            "kind": self.kind,
            "language": self.language,
            "title": self.title,
            "incident": self.incident,
            "dated": self.dated,
            "author": self.author,
            "phase": self.phase,
            "intro": list(self.intro),
            "missing": list(self.missing),
            "page": self.page,
            "sections": [
                {
                    "key": section.key,
                    "title": section.title,
                    "items": [
                        {"key": i.key, "label": i.label, "lines": list(i.lines), "formal": i.formal}
                        for i in section.items
                    ],
                }
                for section in self.sections
            ],
        }


def document_from(data: Mapping[str, Any]) -> Document:
    """The document that :meth:`Document.as_dict` wrote.

    Raises:
        NoticeError: It is none, or one of another format.
    """
    try:
        if data["format"] != _FORMAT:
            raise NoticeError("a kept notice is of another format.")
        return Document(
            kind=str(data["kind"]),
            language=str(data["language"]),
            title=str(data["title"]),
            incident=str(data["incident"]),
            dated=int(data["dated"]),
            author=str(data["author"]),
            phase=int(data["phase"]),
            intro=tuple(map(str, data["intro"])),
            missing=tuple(map(str, data["missing"])),
            page=str(data["page"]),
            sections=tuple(
                Section(
                    str(section["key"]),
                    str(section["title"]),
                    tuple(
                        Item(str(i["key"]), str(i["label"]), tuple(map(str, i["lines"])), i["formal"] is True)
                        for i in section["items"]
                    ),
                )
                for section in data["sections"]
            ),
        )
    except (KeyError, TypeError, ValueError):
        raise NoticeError("a kept notice cannot be read.") from None


@dataclass(frozen=True, slots=True)
class Difference:
    """One statement that is another now."""

    section: str
    """Title of the section."""
    key: str
    label: str
    was: tuple[str, ...] | None
    """``None``: it was not stated."""
    now: tuple[str, ...] | None
    """``None``: it is not stated any more."""


def difference(old: Document, new: Document) -> tuple[Difference, ...]:
    """What the new document states otherwise than the old one, in the order of the new one; what is gone comes last.

    Raises:
        NoticeError: They are in different languages or of different incidents.
    """
    if old.incident != new.incident:
        raise NoticeError("the two notices are about different incidents.")
    if old.language != new.language:
        raise NoticeError("the two notices are in different languages.", remedy="Make both in the same one.")
    before = {item.key: item for _, item in old.each() if not item.formal}
    after = {item.key for _, item in new.each()}
    found = []
    for section, item in new.each():
        if item.formal:
            continue
        was = before.get(item.key)
        if was is None:
            found.append(Difference(section.title, item.key, item.label, None, item.lines))
        elif was.lines != item.lines:
            found.append(Difference(section.title, item.key, item.label, was.lines, item.lines))
    for section, item in old.each():
        if not item.formal and item.key not in after:
            found.append(Difference(section.title, item.key, item.label, item.lines, None))
    return tuple(found)
