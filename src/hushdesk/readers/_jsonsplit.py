"""Cuts the records out of JSON documents of any size, without parsing them."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import IO

from hushdesk.readers._errors import CarrierError
from hushdesk.readers._lines import RAW_KEPT
from hushdesk.readers._sniff import MAX_DEPTH

_CHUNK = 512 * 1024
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
# From any place outside a string up to and with the next bracket; no match if that needs more data.
_TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+[\[\]{}]", re.DOTALL)
_COMPLETE = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+", re.DOTALL)
_IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:\s*\Z', re.DOTALL)
_TOP_ID = re.compile(rb'[{,]\s*"id"\s*:')
_LONGEST_KEY = 300
_BETWEEN = b", \t\r\n\x1e\0"
_OPENING = frozenset(b"[{")


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """One record; or a document, of which the arrays that held records are left empty."""

    path: str
    """Path of the array it stood in, ``$`` for a document whose records came before, else empty."""
    raw: bytes
    too_large: bool = False
    """Only the beginning is in ``raw``."""
    too_deep: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Cut:
    """The data ended, or broke off, in the middle of something."""

    raw: bytes
    ended: bool
    """False if a :class:`CarrierError` follows."""


Pieces = Generator[Piece | Cut, None, bool]


def split_documents(
    file: IO[bytes], arrays: frozenset[str], limit: int
) -> Generator[Piece | Cut, None, None]:
    """Yield the records in the named arrays, then each document without them.

    The elements of a document that is itself an array have an empty path and no document follows
    them; a document that is an object without any of the arrays comes whole, with an empty path.

    Raises:
        CarrierError: The data cannot be read further; all before was yielded.
    """
    source = _Source(file)
    while True:
        sink = _Sink(limit)
        bracket = source.to_bracket(sink)
        stray = sink.raw()[: -1 if bracket else None].strip(_BETWEEN)
        if stray or bracket in b"]}":
            yield Piece("", stray or bytes([bracket]), sink.too_large)
        if not bracket:
            break
        if bracket in _OPENING:
            whole = (
                yield from _elements(source, "", limit)
                if bracket == ord("[")
                else _object(source, arrays, limit)
            )
            if not whole:
                break
    if source.error is not None:
        raise source.error


def _elements(source: _Source, path: str, limit: int) -> Pieces:
    """Go through an array that was just opened; False if the data ends within it."""
    while True:
        sink = _Sink(limit)
        bracket = source.to_bracket(sink)
        if not bracket:
            yield Cut(sink.raw(), source.error is None)
            return False
        scalars = sink.raw()[:-1].strip(_BETWEEN)
        if scalars:
            yield Piece(path, scalars, sink.too_large)
        if bracket not in _OPENING:
            return True
        sink = _Sink(limit, bytes([bracket]))
        depth = deepest = 1
        while depth:
            bracket = source.to_bracket(sink)
            if not bracket:
                yield Cut(sink.raw(), source.error is None)
                return False
            depth += 1 if bracket in _OPENING else -1
            deepest = max(deepest, depth)
        yield Piece(path, sink.raw(), sink.too_large, deepest > MAX_DEPTH)


def _object(source: _Source, arrays: frozenset[str], limit: int) -> Pieces:
    """Go through an object that was just opened; False if the data ends within it."""
    sink = _Sink(limit, b"{")
    open_keys: list[str] = []
    depth = deepest = 1
    found = False
    while depth:
        bracket = source.to_bracket(sink)
        if not bracket:
            yield Cut(sink.raw(), source.error is None)
            return False
        if bracket not in _OPENING:
            depth -= 1
            del open_keys[-1:]
            continue
        depth += 1
        deepest = max(deepest, depth)
        key = _KEY.search(source.before)
        open_keys.append(key[1].decode("utf-8", "replace") if key else "")
        if bracket != ord("[") or len(open_keys) > 3 or ".".join(open_keys) not in arrays:
            continue
        if not found and _TOP_ID.search(sink.raw()):
            continue  # a record with an id that has arrays of its own, not a page
        found = True
        if not (yield from _elements(source, ".".join(open_keys), limit)):
            return False
        sink.put(b"]")
        depth -= 1
        open_keys.pop()
    yield Piece("$" if found else "", sink.raw(), sink.too_large, deepest > MAX_DEPTH)
    return True


class _Sink:
    """Collects bytes up to a limit; beyond it keeps the beginning only."""

    def __init__(self, limit: int, start: bytes = b"") -> None:
        self.limit = limit
        self.too_large = False
        self._parts = [start]
        self._size = len(start)

    def put(self, data: bytes) -> None:
        if self.too_large:
            return
        self._size += len(data)
        self._parts.append(data)
        if self._size > self.limit:
            self.too_large = True
            self._parts = [self.raw()[:RAW_KEPT]]

    def raw(self) -> bytes:
        if len(self._parts) > 1:
            self._parts = [b"".join(self._parts)]
        return self._parts[0]


class _Source:
    """Reads JSON from bracket to bracket; whatever a string holds is no bracket."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._buffer = b""
        self._at = 0  # always outside a string
        self.before = b""
        """The last bytes before the bracket found last, for the key in them."""
        self.error: CarrierError | None = None

    def to_bracket(self, sink: _Sink) -> int:
        """Move what comes next into the sink, up to and with a bracket, which is returned; 0 at the end."""
        while True:
            match = _TO_BRACKET.match(self._buffer, self._at)
            if match:
                end = match.end()
                sink.put(self._buffer[self._at : end])
                self.before = self._buffer[max(self._at, end - 1 - _LONGEST_KEY) : end - 1]
                self._at = end
                return self._buffer[end - 1]
            if len(self._buffer) - self._at > sink.limit:
                self._skim(sink)
                if self._at < len(self._buffer):
                    continue
            if not self._more():
                sink.put(self._buffer[self._at :])
                self._at = len(self._buffer)
                return 0

    def _more(self) -> bool:
        if self.error is not None:
            return False
        try:
            # Twice as much each time, so that a long string is not looked through over and over.
            chunk = self._file.read(max(_CHUNK, len(self._buffer) - self._at))
        except CarrierError as error:
            self.error = error
            return False
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return bool(chunk)

    def _skim(self, sink: _Sink) -> None:
        """Pass on what is too long to be kept, to its end if it is a string."""
        self._pass_on(sink, _COMPLETE)
        if len(self._buffer) - self._at <= sink.limit:
            return
        sink.put(b'"')
        self._at += 1
        while True:
            self._pass_on(sink, _IN_STRING)
            if self._buffer.startswith(b'"', self._at):
                sink.put(b'"')
                self._at += 1
                return
            if not self._more():
                return

    def _pass_on(self, sink: _Sink, pattern: re.Pattern[bytes]) -> None:
        match = pattern.match(self._buffer, self._at)
        end = match.end() if match else self._at
        sink.put(self._buffer[self._at : end])
        self._at = end
