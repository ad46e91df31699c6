"""Large JSON documents of Azure's flow logs in pieces: the long lists of tuples stay text, the rest becomes objects."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.incident.evidence._flow_skeleton import TUPLES, Quick, Skeletons
from hushdesk.incident.evidence._source import BROKEN, CUT, LONGEST_LINE, TOO_LONG, Source, read_on

READ: Final = 8 << 20
"""Bytes that are looked at at once."""
_WINDOW: Final = 1 << 16
_BEGIN: Final = re.compile(r'\{\s*"time"\s*:')
_BETWEEN: Final = re.compile(r'(?:[\s,\[\]{}\ufeff]|"records"\s*:)*')
_DECODER: Final = json.JSONDecoder()

MENDED: Final = "\0mended"
"""Marks a record that broke off."""
NO_RECORD: Final = "JSON that breaks off or is none"
BETWEEN: Final = "text between two records"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records of a document."""

    records: list[dict[str, Any]]
    """In each, a number stands for the list of tuples: a place in ``lists``."""
    lists: list[bytes]
    """What stood between the brackets."""
    refused: list[tuple[int, str]]
    """What could not be read: how many lists come before it, and the reason."""


def chunks(source: Source, skeletons: Skeletons) -> Iterator[Chunk | Quick]:
    """All records of a document, be it one object, a list, records within records, or an object a line.

    Where an archive breaks, that is the last of what the last chunk could not read.
    """
    rest = b""
    broken = ""
    skipped = False
    with contextlib.suppress(*BROKEN), source.open() as file:
        while True:
            data, error = read_on(file, READ)
            if error is not None:
                broken = CUT
            rest += b"" if skipped else data
            if error is not None or len(data) < READ:
                break
            at = rest.rfind(b'"time"')
            begin = rest.rfind(b"{", 0, at) if at > 0 else -1
            if begin > 0 and not rest[begin + 1 : at].strip():
                piece, rest = rest[:begin], rest[begin:]
                yield skeletons.quick(piece) or _chunk(piece, last=False)
            elif len(rest) > 4 * LONGEST_LINE:
                yield Chunk([], [], [(0, TOO_LONG)])
                rest, skipped = b"", True
    if rest and not broken and (quick := skeletons.quick(rest)) is not None:
        yield quick
    elif rest or broken:
        made = _chunk(rest, last=True) if rest.strip() else Chunk([], [], [])
        if broken and not made.refused:
            made.refused.append((len(made.lists), broken))
        yield made


def _chunk(data: bytes, *, last: bool) -> Chunk:
    skeleton, lists, open_end = _apart(data)
    text = skeleton.decode("utf-8", "replace")
    if not open_end and (quick := _plain(text)) is not None:
        return Chunk(quick, lists, [])
    records: list[dict[str, Any]] = []
    refused: list[tuple[int, str]] = []
    begins = [match.start() for match in _BEGIN.finditer(text)]
    end = 0
    if not begins and text.strip(" \r\n\t\ufeff"):
        whole = _whole(text, records)
        if not whole and _BETWEEN.fullmatch(text) is None:
            refused.append((len(lists), NO_RECORD))
        return Chunk(records, lists, refused)
    for index, begin in enumerate(begins):
        if begin < end:
            continue
        if _BETWEEN.fullmatch(text, end, begin) is None:
            refused.append((_before(records), BETWEEN))
        until = begins[index + 1] if index + 1 < len(begins) else len(text)
        try:
            found, end = _DECODER.raw_decode(text, begin)
            records.append(found)
        except (ValueError, RecursionError):
            tail = last and index + 1 == len(begins)
            if tail and (mended := _mended(text[begin:])) is not None:
                records.append(mended | {MENDED: True})
            refused.append((_before(records) if not tail else len(lists), NO_RECORD))
            end = until
    if _BETWEEN.fullmatch(text, end) is None:
        refused.append((_before(records), BETWEEN))
    elif open_end and not refused:
        refused.append((len(lists), NO_RECORD))
    return Chunk(records, lists, refused)


def _plain(text: str) -> list[dict[str, Any]] | None:
    """The records of a document that is whole and of the usual shape; ``None`` if it is not."""
    if text[:1] != "{" or text.count('"records"') != 1:
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    records = document.get("records")
    plain = (
        len(document) == 1 and isinstance(records, list) and all(isinstance(each, dict) for each in records)
    )
    return records if plain else None


def _before(records: list[dict[str, Any]]) -> int:
    """How many lists the records hold."""
    found = [-1]

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for key, each in value.items():
                if key == "flowTuples" and isinstance(each, int):
                    found.append(each)
                else:
                    walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    if records:
        walk(records[-1])
    return max(found) + 1


def _apart(data: bytes) -> tuple[bytes, list[bytes], bool]:
    """The document with numbers in place of lists of tuples, the lists, and whether the last breaks off."""
    parts: list[bytes] = []
    lists: list[bytes] = []
    done = 0
    escaped = b"\\" in data
    at = data.find(TUPLES)
    while at >= 0:
        begin = data.find(b"[", at)
        if begin < 0 or data[at + len(TUPLES) : begin].strip() != b":":
            at = data.find(TUPLES, at + 1)
            continue
        end = data.find(b"]", begin)
        content = data[begin + 1 : end] if end >= 0 else data[begin + 1 :]
        marks = content.count(b'"')
        if marks % 2 or (escaped and b"\\" in content):
            # A bracket or a quotation mark within a string, perhaps; or the list breaks off.
            end = _end_of_list(data, begin)
            content = data[begin + 1 : end]
            escaped = True
        parts += (data[done:begin], b"%d" % len(lists))
        if end < 0:
            lists.append(_whole_strings(data[begin + 1 :]))
            return b"".join(parts), lists, True
        lists.append(content)
        done = end + 1
        at = data.find(TUPLES, done)
    parts.append(data[done:])
    return b"".join(parts), lists, False


def _end_of_list(data: bytes, begin: int) -> int:
    """Where its closing bracket stands, -1 if it has none."""
    size = _WINDOW
    while True:
        try:
            return begin + _DECODER.raw_decode(data[begin : begin + size].decode("latin-1"))[1] - 1
        except (ValueError, RecursionError):
            if begin + size >= len(data):
                return -1
            size *= 16


def _whole_strings(content: bytes) -> bytes:
    """A list that breaks off, without what is not whole."""
    found = re.match(rb'\s*(?:"[^"\\]*"\s*,\s*)*', content)
    return found[0].rstrip().rstrip(b",") if found else b""


def _mended(text: str) -> dict[str, Any] | None:
    """An object that breaks off, with what it has."""
    stack: list[str] = []
    cut = 0
    closers = ""
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|\d+', text):
        mark = token[0]
        if mark in "{[":
            stack.append("}" if mark == "{" else "]")
        elif mark in "}]":
            if not stack:
                return None
            stack.pop()
            cut, closers = token.end(), "".join(reversed(stack))
        elif mark.isdigit() and text[: token.start()].rstrip().endswith('"flowTuples":'):
            cut, closers = token.end(), "".join(reversed(stack))
    if not cut:
        return None
    try:
        found = json.loads(text[:cut] + closers)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _whole(text: str, records: list[dict[str, Any]]) -> bool:
    """Documents whose records do not begin with their time: each line, or all."""
    try:
        documents = [json.loads(text.lstrip("\ufeff"))]
    except (ValueError, RecursionError):
        try:
            documents = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return False
    waiting = list(reversed(documents))
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += reversed(each)
        elif isinstance(each, dict) and isinstance(each.get("records"), list):
            waiting += reversed(each["records"])
        elif isinstance(each, dict):
            records.append(each)
    return True


def lines_of(chunk: Chunk) -> tuple[bytes, list[int]]:
    """All tuples, one a line, and how many each list has."""
    read_ = [_tuples(content) for content in chunk.lists]
    return b"".join(text + b"\n" for text, size in read_ if size), [size for _, size in read_]


def _tuples(content: bytes) -> tuple[bytes, int]:
    """The tuples of a list, one a line, and how many there are."""
    content = content.strip()
    if not content:
        return b"", 0
    if content[:1] == content[-1:] == b'"' and b"\\" not in content and b"\n" not in content:
        text = content[1:-1].replace(b'","', b"\n")
        if b'"' not in text and text and b"\n\n" not in text and text[:1] != b"\n" and text[-1:] != b"\n":
            return text, text.count(b"\n") + 1
    try:
        values = json.loads(b"[" + content + b"]")
    except (ValueError, RecursionError):
        return b"?", 1
    texts = [
        each if isinstance(each, str) and each and each.isprintable() and "\n" not in each else "?"
        for each in values
    ]
    return "\n".join(texts).encode("utf-8", "replace"), len(texts)
