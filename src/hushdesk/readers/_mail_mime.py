"""Cuts a mail into its parts: at once where it keeps to the rules, else by the standard library.

The library's parser looks at every line through several layers, which is most of the cost of
reading a mailbox. A mail whose header fields, boundaries and types are all in order is cut here by a
few searches, and gives the very same parts; whatever is odd about a mail sends it to the library.
"""

from __future__ import annotations

import re
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.policy import Policy
from typing import Any

from hushdesk.readers._text import decode

_LONGEST = 100_000  # characters of a field; thousands of recipients
_FOLD = re.compile(r"\r?\n[ \t]*|[\r\n\0]+")
_FIELD = re.compile(r"([!-9;-~]++):([^\n]*+(?:\n[ \t][^\n]*+)*+)\n")
_FIELDS = re.compile(r"(?:[!-9;-~]++:[^\n]*+(?:\n[ \t][^\n]*+)*+\n)*+")
_BLANK = re.compile(r"\r?\n")
_AFTER_BOUNDARY = re.compile(r"(--)?[ \t]*+(?:\r?\n|\Z)")
_SIMPLE_TYPE = re.compile(r"([A-Za-z]+/[A-Za-z0-9.+-]+)(?:; ?charset=([A-Za-z0-9_-]+))?")
_MAX_LEVELS = 20


class Part(Message):
    """A mail or a part of one that looks its fields and parameters up only once."""

    _payload: Any
    _headers: list[tuple[str, str]]

    def __init__(self, policy: Policy = policy.compat32) -> None:
        super().__init__(policy)
        self.texts: dict[str, str] = {}
        """Its text by the type it was taken for; for those who look at a part twice."""
        self._raw: dict[str, list[str]] | None = None
        self._unfolded: dict[str, list[str]] = {}
        self._kind = ""
        self._parameters: dict[str, dict[str, Any]] = {}

    def set_raw(self, name: str, value: Any) -> None:
        """Store a field as it stands; what was looked up before no longer counts."""
        super().set_raw(name, value)
        self._raw = None
        self._kind = ""
        self._unfolded.clear()
        self._parameters.clear()

    def set_fields(self, fields: list[tuple[str, str]]) -> None:
        """Store all fields at once in a part that is new."""
        self._headers = fields

    def raw_fields(self) -> dict[str, list[str]]:
        """All fields as they stand by their names in lower case, 8-bit bytes as surrogates."""
        if self._raw is None:
            self._raw = {}
            for key, value in self.raw_items():
                name = key.lower().rstrip()
                if name in self._raw:
                    self._raw[name].append(str(value))
                else:
                    self._raw[name] = [str(value)]
        return self._raw

    def unfolded(self, name: str) -> list[str]:
        """The fields of one name (in lower case) in one line each, 8-bit bytes decoded."""
        raw = self.raw_fields().get(name)
        if raw is None:
            return []
        values = self._unfolded.get(name)
        if values is None:
            values = self._unfolded[name] = [_unfold(value) for value in raw]
        return values

    def body(self) -> bytes:
        """The bytes that follow the fields, transfer encoding and all; nothing of a multipart."""
        # The public accessor decodes, by rules that are not those of this package.
        payload = self._payload
        return payload.encode("ascii", "surrogateescape") if isinstance(payload, str) else b""

    def end_at_boundary(self) -> None:
        """Give the last line break to the boundary that follows."""
        payload = self._payload
        if isinstance(payload, str) and payload.endswith("\n"):
            self.set_payload(payload[: -2 if payload.endswith("\r\n") else -1])

    def get_content_type(self) -> str:
        """The type, in lower case, as the standard library reads it."""
        if not self._kind:
            stated = self.raw_fields().get("content-type")
            simple = _SIMPLE_TYPE.fullmatch(stated[0]) if stated else None
            self._kind = simple[1].lower() if simple else super().get_content_type()
        return self._kind

    def get_param(
        self, param: str, failobj: Any = None, header: str = "content-type", unquote: bool = True
    ) -> Any:
        """One parameter of a field, as the standard library reads it."""
        if not unquote:
            return super().get_param(param, failobj, header, unquote)
        known = self._parameters.get(header)
        if known is None:
            known = self._parameters[header] = self._parameters_of(header)
        return known.get(param.lower(), failobj)

    def _parameters_of(self, header: str) -> dict[str, Any]:
        stated = self.raw_fields().get(header)
        if stated is None:
            return {}
        if simple := _SIMPLE_TYPE.fullmatch(stated[0]):
            name = simple[1].lower()
            return {name: "", "charset": simple[2]} if simple[2] else {name: ""}
        found: dict[str, Any] = {}
        for name, value in self.get_params([], header):
            found.setdefault(name.lower(), value)
        return found


def _unfold(value: str) -> str:
    value = value[:_LONGEST]
    if not value.isascii():
        value = decode(value.encode("utf-8", "surrogateescape"))
    if value.isprintable():
        return value
    if "\r" in value or "\0" in value:
        return _FOLD.sub(" ", value)
    first, *more = value.split("\n")
    return " ".join([first, *(line.lstrip(" \t") for line in more)])


def parse(data: bytes) -> Part:
    """Cut a mail into parts."""
    part = _quickly(data)
    if part is not None:
        return part
    whole = BytesParser(Part, policy=policy.compat32).parsebytes(data)
    assert isinstance(whole, Part)  # noqa: S101 - the parser was given the class
    return whole


def _quickly(data: bytes) -> Part | None:
    """Cut a mail without any oddity; None if it has one."""
    if data.count(b"\r") != data.count(b"\r\n"):
        return None
    text = data.decode("ascii", "surrogateescape")
    return _part(text, 0, len(text), ()) if text[:1] not in ("\r", "\n") else None


def _part(text: str, start: int, end: int, outer: tuple[str, ...]) -> Part | None:
    fields = _FIELDS.match(text, start, end)
    blank = _BLANK.match(text, fields.end(), end) if fields else None
    if fields is None or blank is None:
        return None
    part = Part()
    part.set_fields(
        [
            (name, value.lstrip(" \t").rstrip("\r")) if "\n" not in value else _folded(name, value)
            for name, value in _FIELD.findall(text, start, fields.end())
        ]
    )
    kind = part.get_content_type()
    if kind.startswith("message/") or kind == "multipart/digest":
        return None
    if kind.startswith("multipart/"):
        return part if _children(part, text, blank.end(), end, outer) else None
    part.set_payload(text[blank.end() : end])
    return part


def _folded(name: str, value: str) -> tuple[str, str]:
    first, _, rest = value.partition("\n")
    return policy.compat32.header_source_parse([f"{name}:{first}\n", f"{rest}\n"])


def _children(part: Part, text: str, start: int, end: int, outer: tuple[str, ...]) -> bool:
    """Add the parts of a multipart; False if there is anything odd about it."""
    boundary = part.get_boundary()
    if not boundary or len(outer) >= _MAX_LEVELS:
        return False
    if any(one.startswith(boundary) or boundary.startswith(one) for one in outer):
        return False
    outer = (*outer, boundary)
    separator = f"--{boundary}"
    began = -1
    at = start
    while True:
        line = text.find(separator, at, end)
        if line < 0:
            return False
        at = line + len(separator)
        if line > start and text[line - 1] != "\n":
            continue
        found = _AFTER_BOUNDARY.match(text, at, end)
        if found is None:
            continue
        at = found.end()
        if began >= 0:
            if began == line:
                return False
            child = _part(text, began, line, outer)
            if child is None:
                return False
            child.end_at_boundary()
            part.attach(child)
        elif found[1]:
            return False
        if found[1]:
            return True
        began = at
