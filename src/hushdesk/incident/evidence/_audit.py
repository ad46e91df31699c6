"""What the audit logs of clouds have in common: how they are read, and in what :class:`Dialect` says that they differ.

Records of JSON in whatever wraps them, times, addresses, rows of requests.

Records come as lines, as one array, as arrays under a key of an object, or as objects one after the other. They are decoded one
by one, so that memory is bounded by the longest record whatever the file's size.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa

from hushdesk.guard import Place
from hushdesk.incident._evidence import (
    NOWHERE,
    REQUESTS,
    Account,
    Change,
    Coverage,
    Gap,
    Piece,
    Sees,
    Wanted,
)
from hushdesk.incident._spans import SECOND, Span, Spans, moment
from hushdesk.incident.evidence._source import BROKEN, CUT, LONGEST_LINE, TOO_LONG, Source

WRAPPERS: Final = (
    "Records",
    "records",
    "value",
    "events",
    "Events",
    "logEvents",
    "entries",
    "items",
    "results",
)
"""Keys under which exports and APIs put the list of records."""
NO_JSON: Final = "not valid JSON"
NO_OBJECT: Final = "not an object"
NO_TIME: Final = "it has no time"
NO_OPERATION: Final = "it does not say what was done"
ODD: Final = "a field has a shape that is not understood"
_READ: Final = 1 << 18
_DEEPEST: Final = 4
_DECODER: Final = json.JSONDecoder()
_MARGIN: Final = 1 << 12
"""So much text stands ahead when it is decided what comes."""
_SPACE: Final = re.compile(r"[\s,]*")
_KEY: Final = re.compile(r'"(?:[^"\\]|\\.)*"\s*:\s*')
_FURTHER: Final = re.compile(r'"(\w+)"\s*:\s*\[')
_CUT_CHARACTER: Final = re.compile(rb"(?:[\xc0-\xff]|[\xe0-\xff][\x80-\xbf]|[\xf0-\xff][\x80-\xbf]{2})\Z")
_NEXT: Final = re.compile(r"\n\s*\{|\}\s*,\s*\{")
_LIST: Final = re.compile(
    r'\s*\{\s*(?:"[^"\\]{1,64}"\s*:\s*(?:"[^"\\]{0,512}"|[-\w.]+)\s*,\s*)*"(\w+)"\s*:\s*\['
)


@dataclass(slots=True)
class Record:
    """One record, or why there is none."""

    number: int
    """Line, or position in the file where records are not lines; from 1."""
    value: Mapping[str, Any] | None
    reason: str = ""

    def place(self, source: Source, lines: bool) -> Place:
        """Where it stands."""
        return Place(source.name, self.number) if lines else Place(source.name, 0, f"record {self.number}")


def records(source: Source, account: Account) -> Iterator[Record]:
    """Every record of a file. Damage of the archive is refused in ``account`` here; all else is the caller's to count."""
    start, _ = source.head()
    if _by_lines(start):
        for number, line in source.lines(account):
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                yield Record(number, None, NO_JSON)
                continue
            for each in _inside(value, 0):
                yield Record(number, each, "" if each is not None else NO_OBJECT)
        return
    number = 0
    for value, reason in _decoded(source):
        if reason == CUT:
            account.refuse(number + 1, CUT)
            return
        for each in (None,) if reason else _inside(value, 0):
            number += 1
            yield Record(number, each, "" if each is not None else reason or NO_OBJECT)


def in_lines(source: Source) -> bool:
    """Whether :func:`records` numbers the file's records by line."""
    return _by_lines(source.head()[0])


def _by_lines(start: bytes) -> bool:
    lines = [line for line in start.lstrip(b"\xef\xbb\xbf").split(b"\n")[:8] if line.strip()]
    if not lines or lines[0].strip() in {b"{", b"["}:
        return False
    if b"\n" not in start and len(start) >= 1 << 16:
        return False
    for line in lines[:5]:
        if line.lstrip()[:1] in b"{[":
            try:
                json.loads(line)
            except (ValueError, RecursionError):
                continue
            return True
    # Neither an array that goes over lines nor an object: then each line is to be refused for itself.
    return lines[0].lstrip()[:1] not in b"{["


def _inside(value: Any, depth: int) -> Iterator[Mapping[str, Any] | None]:
    """The records in a decoded value: itself, or those in the list that it wraps."""
    if isinstance(value, list) and depth <= _DEEPEST:
        for each in value:
            yield from _inside(each, depth + 1)
        return
    if not isinstance(value, Mapping):
        yield None
        return
    if depth <= _DEEPEST:
        for key in WRAPPERS:
            listed = value.get(key)
            if isinstance(listed, list) and (not listed or any(isinstance(each, Mapping) for each in listed)):
                for each in listed:
                    # What a list is wrapped in may say whose the records are (a subscription of CloudWatch).
                    yield from _inside(each, depth + 1)
                return
    yield value


def _decoded(source: Source) -> Iterator[tuple[Any, str]]:
    """Values one after the other, those of a wrapped list each for itself; or why there is none."""
    try:
        with source.open() as file:
            text, ended = _more(file)
            text, at = text.removeprefix("\ufeff"), 0
            beside = False
            """After the list that an object wraps: what else stands in it is of no use."""
            while True:
                at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
                if at >= len(text):
                    if ended:
                        return
                    (text, ended), at = _more(file), 0
                    continue
                if at > _READ:
                    text, at = text[at:], 0
                if not ended and len(text) - at < _MARGIN:
                    more, ended = _more(file)
                    text, at = text[at:] + more, 0
                if text[at] in "]}":
                    beside, at = text[at] == "]" or beside, at + 1
                    continue
                opened = _LIST.match(text, at) or _FURTHER.match(text, at)
                if opened and opened[1] in WRAPPERS:
                    beside, at = False, opened.end()
                    continue
                if text[at] == "[" and not beside:
                    at += 1
                    continue
                key = _KEY.match(text, at) if beside else None
                at = key.end() if key else at
                try:
                    value, end = _DECODER.raw_decode(text, at)
                    reason = ""
                except RecursionError:
                    value, reason, end = None, NO_JSON, _resync(text, at)
                except ValueError as error:
                    near = getattr(error, "pos", at) >= len(text) - 16 or "Unterminated" in str(error)
                    if near and not ended and len(text) - at < LONGEST_LINE:
                        more, ended = _more(file, max(_READ, len(text) - at))
                        text, at = text[key.start() if key else at :] + more, 0
                        continue
                    reason = TOO_LONG if near and not ended else NO_JSON
                    # What is cut off at the end of the file is one record, whatever else stands in it.
                    value, end = None, len(text) if near and ended else _resync(text, at)
                if key is None or reason:
                    yield value, reason
                at = end
    except BROKEN:
        yield None, CUT


def _more(file: Any, size: int = _READ) -> tuple[str, bool]:
    """The next piece of text, and whether it is the last."""
    data = b""
    while len(data) < size and (piece := file.read(size - len(data))):
        data += piece
    # A character may be cut at the end of a piece.
    ended = len(data) < size
    for _ in range(3):
        if not _CUT_CHARACTER.search(data[-4:]) or not (piece := file.read(1)):
            break
        data += piece
    return data.decode("utf-8", "replace"), ended


def _resync(text: str, at: int) -> int:
    """Where, after what is no JSON, the next record may begin."""
    found = _NEXT.search(text, at + 1)
    return found.end() - (len(found[0]) - found[0].rindex("{")) if found else len(text)


def unpacked(value: Any) -> Any:
    """JSON that stands in a text, decoded; anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def time_of(value: Any, *, utc: bool = False) -> int | None:
    """The moment of an ISO 8601 text, or of seconds or milliseconds since 1970.

    Args:
        value: As it stands in the record.
        utc: Whether a text without a zone is in UTC by the log's definition.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        if not 0 < value < 1e14:
            return None
        return round(value * SECOND) if value < 1e11 else round(value * 1000)
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        found = datetime.fromisoformat(value.strip().replace(" UTC", "Z"))
    except ValueError:
        return None
    if found.tzinfo is None:
        if not utc:
            return None
        found = found.replace(tzinfo=UTC)
    return moment(found)


def address_of(value: Any) -> str:
    """An address in its text form, without a port; what is none (the name of a service) as empty."""
    if not isinstance(value, str) or len(value) > 64:
        return ""
    text = value.strip().strip("[]")
    for candidate in (text, text.rpartition(":")[0].strip("[]")):
        try:
            return str(ipaddress.ip_address(candidate))
        except ValueError:
            continue
    return ""


def text_of(value: Any, most: int = 512) -> str:
    """A text or a number as text; anything else as empty."""
    if isinstance(value, str):
        return value[:most]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping, or an empty one."""
    return value if isinstance(value, Mapping) else {}


@dataclass(slots=True)
class Extent:
    """First and last record, by what the log watches."""

    ends: dict[str, tuple[int, int]] = field(default_factory=dict)

    def see(self, of: str, at: int) -> None:
        """Takes in one record."""
        first, last = self.ends.get(of, (at, at))
        self.ends[of] = (min(first, at), max(last, at))

    def coverage(self, log: str, file: str) -> Iterator[Coverage]:
        """What an audit log of changes could see: from the first record of the file to the last, the last included."""
        for of, (first, last) in sorted(self.ends.items()):
            yield Coverage(
                log=log,
                of=of,
                spans=Spans([Span(first, last + 1)]),
                sees=Sees.CHANGES,
                why="first to last record of the file",
                place=Place(file),
            )


class Requests:
    """Rows of requests, given out in batches."""

    MOST: Final = 8192

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def add(self, at: int, line: int, **more: Any) -> None:
        """One row; what is not said is empty or unknown."""
        when = datetime.fromtimestamp(at // SECOND, UTC).replace(microsecond=at % SECOND)
        row: dict[str, Any] = {
            "start": when, "end": when, "outside": "", "outside_port": None, "server": "", "act": "other", "user": "",
            "target": "", "asked": "", "status": None, "bytes_lower": 0, "bytes_upper": None, "rows_lower": 0,
            "rows_upper": None, "why": "", "session": "", "agent": "", "line": line,
        }  # fmt: skip
        self._rows.append({**row, **more})

    def full(self) -> bool:
        """Whether it is time for a batch."""
        return len(self._rows) >= self.MOST

    def batches(self) -> Iterator[pa.RecordBatch]:
        """What is there, as one batch."""
        if self._rows:
            yield pa.RecordBatch.from_pylist(self._rows, schema=REQUESTS)
            self._rows = []


@dataclass(slots=True)
class Seen:
    """Which records were there before: by a digest of the whole, since ids repeat in logs that people put together."""

    digests: set[int] = field(default_factory=set)

    def again(self, value: Mapping[str, Any]) -> bool:
        """Whether the very same record was there."""
        digest = hash(json.dumps(value, sort_keys=True, default=str))
        if digest in self.digests:
            return True
        self.digests.add(digest)
        return False


class Watch:
    """What a log's changes say of the log itself, or of others. This one says nothing."""

    def see(self, change: Change) -> Iterator[Gap]:  # noqa: ARG002 - for those who look
        """Takes in one change, in the order of the file; gaps that follow from it alone."""
        yield from ()

    def ended(self, extent: Extent) -> Iterator[Gap]:  # noqa: ARG002 - for those who look
        """Gaps that are known when the file has ended."""
        yield from ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """In what one audit log differs from the others; all else is :meth:`read`.

    The functions take a record as ``record_of`` gives it. They never raise for what stands in it, once ``wrong_with`` has passed it.
    """

    name: str
    """Of the parser."""
    record_of: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    """A record in one shape, out of whatever passes it on."""
    wrong_with: Callable[[Mapping[str, Any]], str]
    """Why it cannot be used; empty if it can."""
    time: Callable[[Mapping[str, Any]], int]
    """When it happened; microseconds since 1970."""
    watched: Callable[[Mapping[str, Any]], str]
    """What the log watches (account, project); empty if it does not say."""
    is_change: Callable[[Mapping[str, Any]], bool]
    """Whether it bears on rules, sharing or logging."""
    change_of: Callable[[Mapping[str, Any], int, Place], Change]
    """It as a change: record, moment, place."""
    request_of: Callable[[Mapping[str, Any]], dict[str, Any] | None]
    """It as a row of requests; ``None`` if it asked for no data."""
    watch: Callable[[], Watch] = Watch
    """Makes what looks at the changes of one file."""
    requests_cover: bool = True
    """Whether requests stand in the log of changes, and so tell how far it reaches."""
    repeats_inside: bool = False
    """Whether a repeat is told by the record alone, whatever it comes in; else by all that comes."""

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Changes as they come, whenever they were; wanted requests in batches; gaps and coverage at the latest with the end."""
        lines, seen, rows, extent, watch = in_lines(source), Seen(), Requests(), Extent(), self.watch()
        for record in records(source, account):
            value = None if record.value is None else self.record_of(record.value)
            reason = record.reason if value is None else self.wrong_with(value)
            if record.value is None or value is None or reason:
                account.refuse(record.number, reason)
                continue
            at, row = self.time(value), self.request_of(value)
            if row is None or self.requests_cover:
                extent.see(self.watched(value) or "*", at)
            account.records += 1
            if not (self.is_change(value) if row is None else at in wanted.spans):
                account.other += 1
                continue
            if seen.again(value if self.repeats_inside else record.value):
                account.duplicate += 1
                continue
            account.kept += 1
            if row is None:
                change = self.change_of(value, at, record.place(source, lines))
                yield change
                yield from watch.see(change)
                continue
            rows.add(at, record.number, **row)
            if rows.full():
                yield from rows.batches()
        yield from rows.batches()
        yield from watch.ended(extent)
        yield from extent.coverage(self.name, source.name)


__all__ = [
    "NOWHERE",
    "NO_JSON",
    "NO_OBJECT",
    "NO_OPERATION",
    "NO_TIME",
    "ODD",
    "Dialect",
    "Extent",
    "Record",
    "Requests",
    "Seen",
    "Watch",
    "address_of",
    "in_lines",
    "mapping",
    "records",
    "text_of",
    "time_of",
    "unpacked",
]
