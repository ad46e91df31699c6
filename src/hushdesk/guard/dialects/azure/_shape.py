"""Bodies of Azure read alike, however they were printed: keys in any case, ``properties`` nested or flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hushdesk.guard.dialects._resource import Unknown


class View:
    """One body: its keys in small letters, and what stood under ``properties`` beside its name and id."""

    __slots__ = ("fields", "unknown")

    fields: Mapping[str, Any]
    unknown: Unknown | None
    """Set if the whole content is one expression that is not resolved."""

    def __init__(self, body: object) -> None:
        self.unknown = body if isinstance(body, Unknown) else None
        outer = _small(body)
        inner = outer.pop("properties", None)
        if isinstance(inner, Unknown):
            self.unknown = inner
        self.fields = {**_small(inner), **outer}

    def get(self, name: str) -> Any:
        """The value under a name; ``None`` if it is absent, null or empty."""
        value = self.fields.get(name.lower())
        return (
            None if value is None or value == "" or (isinstance(value, list | dict) and not value) else value
        )

    def at(self, *names: str) -> Any:
        """The value under a path of names. An :class:`Unknown` on the way is the answer."""
        view, value = self, None
        for name in names:
            value = view.get(name)
            if view.unknown is not None and value is None:
                return view.unknown
            if value is None or isinstance(value, Unknown):
                return value
            view = View(value)
        return value

    def text(self, name: str) -> str | Unknown | None:
        """A text or a number as text."""
        return as_text(self.at(name))

    def known(self, name: str) -> str:
        """A text in small letters; empty if it is absent or unknown."""
        found = self.text(name)
        return found.lower() if isinstance(found, str) else ""

    def many(self, *names: str) -> Iterator[Any]:
        """What stands under one or more names, each a single value or a list of them."""
        if self.unknown is not None:
            yield self.unknown
        for name in names:
            value = self.get(name)
            yield from (value if isinstance(value, list) else () if value is None else (value,))

    def items(self, name: str) -> Iterator[tuple[int, View]]:
        """The bodies in a list, numbered."""
        for at, item in enumerate(self.many(name)):
            yield at, View(item)

    def ref(self, *names: str) -> str | Unknown | None:
        """The id that a reference names, in small letters."""
        return reference(self.at(*names))


def reference(value: object) -> str | Unknown | None:
    """The id in a reference: an object with ``id``, or the text itself."""
    if isinstance(value, Mapping):
        value = _small(value).get("id")
    if isinstance(value, str):
        return value.strip().rstrip("/").lower() or None
    return value if isinstance(value, Unknown) else None


def as_text(value: object) -> str | Unknown | None:
    """A scalar as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, str):
        return value.strip() or None
    return value if isinstance(value, Unknown) else None


def truth(value: object) -> bool | Unknown | None:
    """A switch, whether written as a boolean or as a word."""
    if isinstance(value, bool | Unknown):
        return value
    if isinstance(value, str) and value.strip():
        return value.strip().lower() in {"true", "enabled", "yes", "1", "on"}
    return None


def number(value: object) -> int | None:
    """A whole number, also if written as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value == int(value):
        return int(value)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 12:
        return int(value)
    return value if isinstance(value, int) else None


def _small(body: object) -> dict[str, Any]:
    return (
        {key.lower(): value for key, value in body.items() if isinstance(key, str)}
        if isinstance(body, Mapping)
        else {}
    )
