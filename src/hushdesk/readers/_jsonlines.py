"""JSON records in bounded memory: one object a line, an array of objects, or pages of an API.

A page is an object that holds its records in named arrays, like ``{"tickets": [...], "count": 3}``.
Records are cut out of the bytes one by one and parsed alone, so a broken, too long or too deep one
is refused by itself, and a page of any size never lies in memory as a whole.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from hushdesk.cases import Locator, Reason, Refused
from hushdesk.readers._errors import CarrierError
from hushdesk.readers._interface import HEAD_BYTES, Stream
from hushdesk.readers._jsonsplit import Cut, Piece, split_documents
from hushdesk.readers._lines import MAX_LINE, RAW_KEPT, State, bounded_lines
from hushdesk.readers._open import refuse
from hushdesk.readers._sniff import MAX_DEPTH, nesting
from hushdesk.readers._text import clean, decode_head, decode_strict, utf8_stream

ENVELOPE = "$"
"""Path of what is left of a page when its records are taken out; comes after them."""

_DEPTH_REMEDY = "Check how it was made; no export of cases looks like this."


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One record of a stream of JSON."""

    path: str
    """Name of the page's array it stood in; empty for a line, an element of an array or a lone object."""
    value: dict[str, Any]
    number: int
    """Line number, or place among the records of the stream; from 1."""
    raw: bytes
    """Its bytes as they stood in the stream."""

    def __repr__(self) -> str:
        return f"Row(path={self.path!r}, number={self.number})"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why some JSON cannot be parsed."""

    reason: Reason
    problem: str
    remedy: str


def parse(raw: bytes) -> object | Fault:
    """Parse one JSON value as UTF-8, or as cp1252 if that fails; never raises on data.

    Of a key that is repeated within an object the last value counts, as everywhere; the earlier
    ones are kept under the key with `` (repeated)`` after it, so that no text is lost unseen.
    """
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and nesting(raw.decode("latin-1")) > MAX_DEPTH:
        return Fault(Reason.TOO_DEEP, f"JSON nested more than {MAX_DEPTH} levels deep", _DEPTH_REMEDY)
    text = decode_strict(raw)
    if text is None:
        return Fault(Reason.BAD_ENCODING, "the row is neither UTF-8 nor cp1252", "Export it as UTF-8.")
    try:
        value = json.loads(text.lstrip("\ufeff"), object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return Fault(Reason.BAD_ROW, "the row is not valid JSON", "Export it again, or correct the row.")
    found: object = value
    return _without_surrogates(found) if "\\u" in text and _SURROGATE.search(text) else found


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


_MOST_PLUS = 20


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    value = {}
    times: Counter[str] = Counter()
    for key, item in pairs:
        if key in value:
            times[key] += 1
            # Thousands of one name must cost no more than as many names.
            more = times[key] - 1
            spare = f"{key} (repeated)" + ("+" * more if more < _MOST_PLUS else f"+{more}")
            while spare in value:
                spare += "+"
            value[spare] = value[key]
        value[key] = item
    return value


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): _without_surrogates(item) for key, item in value.items()}
    return value


def in_lines(head: bytes, arrays: Collection[str] = ()) -> bool:
    """Say whether a stream of JSON has one object a line rather than being one document.

    Args:
        head: Its first bytes.
        arrays: Paths of the arrays in which pages hold their records.
    """
    text = decode_head(head).lstrip("\ufeff \t\r\n")
    if not text.startswith("{"):
        return False
    first, newline, rest = text.partition("\n")
    if newline:
        if isinstance(parse(first.encode()), dict):
            return True
        return rest.lstrip("\r\n").startswith("{")
    # One long line: a page, or a record whose end is not in sight.
    keys = top_keys(text)
    return "id" in keys or not any(path.split(".")[0] in keys for path in arrays)


def top_keys(text: str) -> list[str]:
    """List the keys of the first object in some JSON text, as far as the text goes."""
    keys = []
    depth = 0
    last = ""
    for match in _PIECES.finditer(text):
        piece = match.group()
        if piece in "{[":
            depth += 1
        elif piece in "}]":
            depth -= 1
            if depth <= 0:
                break
        elif piece == ":":
            if depth == 1:
                keys.append(last)
        elif depth == 1:
            last = piece[1:-1]
    return keys


# A string that the end of the text cuts off is one piece too, not a reason to look into it.
_PIECES = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}:]', re.DOTALL)


def is_page(value: dict[str, Any], arrays: Collection[str]) -> bool:
    """Say whether an object is a page that holds records, not a record that holds arrays."""
    return "id" not in value and any(_array(value, path) is not None for path in arrays)


def _array(value: dict[str, Any], path: str) -> list[Any] | None:
    *parents, name = path.split(".")
    inner: Any = value
    for parent in parents:
        inner = inner.get(parent) if isinstance(inner, dict) else None
    found = inner.get(name) if isinstance(inner, dict) else None
    return found if isinstance(found, list) else None


def rows(stream: Stream, arrays: Collection[str] = (), *, limit: int = MAX_LINE) -> Iterator[Row | Refused]:
    """Yield the records of a stream of JSON, whichever way it is laid out.

    Args:
        stream: The stream; UTF-8 (cp1252 row by row), UTF-16 and UTF-32 are understood.
        arrays: Paths of the arrays that pages hold their records in, as ``tickets`` or ``hits.hits``.
        limit: Longest record in bytes.
    """
    name = stream.name
    partial = b""
    try:
        with stream.open() as file:
            head = file.read(HEAD_BYTES)
        with stream.open() as file:
            if in_lines(head, arrays):
                for number, (line, state) in enumerate(bounded_lines(utf8_stream(file), limit), 1):
                    if state is State.CUT:
                        partial = line
                    elif line.strip():
                        yield from _line(line, state, number, name, arrays)
            else:
                number = 0
                for piece in split_documents(utf8_stream(file), frozenset(arrays), limit):
                    if isinstance(piece, Cut):
                        partial = piece.raw
                        if piece.ended:
                            yield _refused(
                                Fault(Reason.TRUNCATED, "the JSON ends in the middle", "Export it again."),
                                name,
                                number + 1,
                                piece.raw,
                                whole=True,
                            )
                        continue
                    number += 1
                    yield from _record(piece, number, name, arrays)
    except CarrierError as error:
        yield replace(refuse(name, error), raw=partial[:RAW_KEPT])


def _line(
    line: bytes, state: State, number: int, name: str, arrays: Collection[str]
) -> Iterator[Row | Refused]:
    if state is State.TOO_LARGE:
        yield _refused(_TOO_LARGE, name, number, line)
        return
    yield from _unpacked(line.strip(), number, name, arrays)


def _record(piece: Piece, number: int, name: str, arrays: Collection[str]) -> Iterator[Row | Refused]:
    if piece.too_large:
        yield _refused(_TOO_LARGE, name, number, piece.raw)
    elif piece.too_deep:
        problem = f"JSON nested more than {MAX_DEPTH} levels deep"
        yield _refused(Fault(Reason.TOO_DEEP, problem, _DEPTH_REMEDY), name, number, piece.raw)
    elif piece.path:
        value = parse(piece.raw)
        if isinstance(value, dict):
            yield Row(piece.path, value, number, piece.raw)
        else:
            yield _refused(value if isinstance(value, Fault) else _NO_OBJECT, name, number, piece.raw)
    else:
        yield from _unpacked(piece.raw, number, name, arrays)


def _unpacked(raw: bytes, number: int, name: str, arrays: Collection[str]) -> Iterator[Row | Refused]:
    """Parse one value; a page or an array within it is taken apart."""
    value = parse(raw)
    if isinstance(value, Fault):
        yield _refused(value, name, number, raw)
        return
    if isinstance(value, dict) and not is_page(value, arrays):
        yield Row("", value, number, raw)
        return
    held: list[tuple[str, Any]] = []
    if isinstance(value, list):
        held = [("", item) for item in value]
    elif isinstance(value, dict):
        for path in arrays:
            items = _array(value, path)
            if items is not None:
                held += [(path, item) for item in items]
                items[:] = []
    else:
        yield _refused(_NO_OBJECT, name, number, raw)
    for path, item in held:
        bare = json.dumps(item).encode()
        if isinstance(item, dict):
            yield Row(path, item, number, bare)
        else:
            yield _refused(_NO_OBJECT, name, number, bare)
    if isinstance(value, dict):
        yield Row(ENVELOPE, value, number, b"")


_TOO_LARGE = Fault(
    Reason.TOO_LARGE, "the row is longer than the limit", "Export it without attachments, or split it."
)
_NO_OBJECT = Fault(Reason.BAD_ROW, "the row is JSON but no object", "Export it again.")


def _refused(fault: Fault, name: str, number: int, raw: bytes, *, whole: bool = False) -> Refused:
    return Refused(
        fault.reason, Locator(name, number), fault.problem, fault.remedy, raw=raw[:RAW_KEPT], whole_file=whole
    )
