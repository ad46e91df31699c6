"""Cuts a mailbox file into its messages, one at a time.

All dialects of mbox are read by one rule: a message begins at a ``From `` line that carries a date
and is followed by a header. ``Content-Length`` (mboxcl) is followed where it leads to such a line or
to the end of the file, and ignored where it does not.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from hushdesk.readers._errors import CarrierError

MAX_MESSAGE = 64 * 1024 * 1024
"""Longer messages are refused; attachments of any common mail server fit."""
KEEP_OF_LARGE = 1024 * 1024
"""How much of a message that is too large is handed on, for quarantine."""

_LINE = 1024 * 1024
_CHUNK = 256 * 1024
_FROM = re.compile(
    rb"From (?:\S+|\"[^\"\r\n]*\"\S*|\S+ at \S+)? *"
    rb"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +)?"
    rb"(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* +\d{1,2}|"
    rb"\d{1,2} +(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*)"
    rb"(?: +\d{4})?,? +\d{1,2}:\d\d(?::\d\d)?\b[^\r\n]{0,40}\r?\n?$"
)
# Other dates than those of asctime, or none: only after a blank line and before a header known by name.
_LOOSE_FROM = re.compile(
    rb"From (?:\S+@\S+\s*$|\S+ [^\r\n]*\b(?:19|20)\d\d\b[^\r\n]*\d:\d\d|\S+ [^\r\n]*\d:\d\d[^\r\n]*\b(?:19|20)\d\d\b)"
)
_USUAL_HEADER = re.compile(
    rb"(?:Return-Path|Received|Delivered-To|Message-ID|Date|From|To|Subject|MIME-Version|X-[!-9;-~]+):",
    re.IGNORECASE,
)
_HEADER = re.compile(rb"(?:[!-9;-~]{1,80}[ \t]*:|>?From )")
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,8})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(rb"\n\r?\n")
_STUFFED = re.compile(rb"^>(>*From )", re.MULTILINE)
_WRONG_LENGTHS = 4  # after so many, a mailbox's Content-Length is not tried again


@dataclass(frozen=True, slots=True, repr=False)
class RawMail:
    """One message as it stood in the file."""

    row: int
    """1-based number within the file."""
    data: bytes
    """The message, without the ``From `` line; its beginning if it is too large."""
    size: int
    """Bytes in the file."""
    too_large: bool = False


def is_mbox(head: bytes) -> bool:
    """Say whether a stream begins like a mailbox file rather than like a single message."""
    first, _, rest = head.lstrip(b"\r\n").partition(b"\n")
    if not first.startswith(b"From "):
        return False
    return bool(_FROM.match(first)) or bool(_HEADER.match(rest))


def split(source: IO[bytes]) -> Iterator[RawMail]:
    """Yield the messages of a mailbox file, or the one message of any other file.

    Raises:
        CarrierError: The bytes cannot be read further; all whole messages before were yielded.
    """
    lines = _Lines(source)
    first = lines.next()
    while first in (b"\n", b"\r\n"):
        first = lines.next()
    if first.startswith(b"\xef\xbb\xbf"):
        first = first[3:]
    if not first:
        return
    if is_mbox(first + lines.peek()):
        yield from _split_mbox(lines)
        return
    mail = _Gathered()
    mail.add(first)
    while line := lines.block() or lines.next():
        mail.add(line)
    yield mail.finish(1, unstuff=False)


class _Lines:
    """Lines of a stream, of bounded length, that can be looked ahead at and pushed back."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._back: deque[bytes] = deque()
        self._buffer = b""
        self._at = 0
        self._error: CarrierError | None = None

    def next(self) -> bytes:
        if self._back:
            return self._back.popleft()
        searched = self._at
        while (end := self._buffer.find(b"\n", searched) + 1) <= 0:
            searched = len(self._buffer)
            end = searched
            if end - self._at >= _LINE:
                break
            at = self._at
            if not self._more():
                break
            searched -= at
        if end == self._at and self._error is not None:
            raise self._error
        start = self._at
        self._at = min(end, start + _LINE)
        return self._buffer[start : self._at]

    def head(self) -> bytes:
        """Take the lines up to and with the next blank one, if all are at hand and none begins with ``From ``."""
        if self._back or self._buffer.startswith((b"From ", b"\n", b"\r\n"), self._at):
            return b""
        found = _BLANK.search(self._buffer, self._at, self._at + _CHUNK)
        if found is None or self._buffer.find(b"\nFrom ", self._at, found.end()) >= 0:
            return b""
        start, self._at = self._at, found.end()
        return self._buffer[start : self._at]

    def block(self) -> bytes:
        """Take all lines at hand up to one that begins with ``From ``; the next line must be fresh.

        Empty if the next line is such a one, or for any reason to go on with :meth:`next`.
        """
        if self._back or self._buffer.startswith(b"From ", self._at):
            return b""
        end = self._buffer.find(b"\nFrom ", self._at) + 1
        if not end:
            # What is behind the last line break may yet turn out to begin so.
            end = self._buffer.rfind(b"\n", self._at) + 1
        start = self._at
        self._at = max(start, end)
        return self._buffer[start : self._at]

    def _more(self) -> bool:
        if self._error is not None:
            return False
        try:
            chunk = self._source.read(_CHUNK)
        except CarrierError as error:
            self._error = error
            return False
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return bool(chunk)

    def peek(self) -> bytes:
        if self._back:
            return self._back[0]
        line = self.next()
        self._at -= len(line)
        return line

    def push_back(self, lines: list[bytes]) -> None:
        self._back.extendleft(reversed(lines))


@dataclass(slots=True)
class _Gathered:
    """Lines of the message being read; of a message that is too large only the beginning."""

    lines: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, line: bytes) -> None:
        self.size += len(line)
        if self.size <= MAX_MESSAGE:
            self.lines.append(line)
        elif len(self.lines) > 1:
            self.lines = [b"".join(self.lines)[:KEEP_OF_LARGE]]

    def finish(self, row: int, *, unstuff: bool) -> RawMail:
        data = b"".join(self.lines)
        if self.size > MAX_MESSAGE:
            return RawMail(row, data[:KEEP_OF_LARGE], self.size, too_large=True)
        if unstuff and b">From " in data:
            data = _STUFFED.sub(rb"\1", data)
        return RawMail(row, data, self.size)


def _split_mbox(lines: _Lines) -> Iterator[RawMail]:
    row = wrong = 0
    while True:
        row += 1
        mail = _Gathered()
        length = _head(lines, mail)
        if length is not None and wrong < _WRONG_LENGTHS and not _follow_length(lines, mail, length):
            wrong += 1
        more = _body(lines, mail)
        yield mail.finish(row, unstuff=True)
        if not more:
            return


def _head(lines: _Lines, mail: _Gathered) -> int | None:
    """Read the header; return the Content-Length it gives, if any."""
    if head := lines.head():
        mail.add(head)
        return _length(head)
    while line := lines.next():
        if _begins_message(line, lines, after_blank=False):
            lines.push_back([line])
            return None
        mail.add(line)
        if line in (b"\n", b"\r\n"):
            break
    return _length(b"".join(mail.lines))


def _length(head: bytes) -> int | None:
    found = _LENGTH.search(head) if b"content-length" in head.lower() else None
    return int(found[1]) if found else None


def _follow_length(lines: _Lines, mail: _Gathered, length: int) -> bool:
    """Read a body of the given length if a message, or the end of the file, follows it."""
    if length > MAX_MESSAGE:
        return False
    taken: list[bytes] = []
    size = 0
    suspects = 0
    while size < length and (line := lines.next()):
        taken.append(line)
        size += len(line)
        suspects += line.startswith(b"From ")
    fits = size == length
    blank: list[bytes] = []
    while fits and lines.peek() in (b"\n", b"\r\n"):
        blank.append(lines.next())
    if fits and lines.peek():
        fits = bool(_FROM.match(lines.peek()))
    if fits or not suspects:
        # Without a suspect line nothing can be cut wrongly: what was read is body in any case.
        for line in taken:
            mail.add(line)
        lines.push_back(blank)
        return fits
    lines.push_back(taken + blank)
    return False


def _body(lines: _Lines, mail: _Gathered) -> bool:
    """Read to the next message; False at the end of the file."""
    after_blank = True
    fresh = True
    while line := (lines.block() if fresh else b"") or lines.next():
        if fresh and line.startswith(b"From ") and _begins_message(line, lines, after_blank=after_blank):
            return True
        mail.add(line)
        fresh = line.endswith(b"\n")
        after_blank = fresh and (line in (b"\n", b"\r\n") or line.endswith((b"\n\n", b"\n\r\n")))
    return False


def _begins_message(line: bytes, lines: _Lines, *, after_blank: bool) -> bool:
    if not line.startswith(b"From ") or len(line) > 400:
        return False
    following = lines.peek()
    if not following:
        return after_blank and bool(_FROM.match(line))
    if _FROM.match(line):
        return bool(_HEADER.match(following))
    return after_blank and bool(_LOOSE_FROM.match(line)) and bool(_USUAL_HEADER.match(following))
