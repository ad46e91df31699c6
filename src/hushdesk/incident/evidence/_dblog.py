"""What the parsers of database logs share: rows as columns, clients as addresses, twins of lines, what was seen when."""

from __future__ import annotations

import ipaddress
import json
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Final, Generic, TypeVar, cast

import numpy as np
import pyarrow as pa

from hushdesk.guard import AddressSet
from hushdesk.incident._evidence import REQUESTS, Account, Wanted
from hushdesk.incident._spans import ALWAYS, EVER, Span, Spans
from hushdesk.incident.errors import EvidenceError
from hushdesk.incident.evidence._source import Source

NOT_JSON: Final = "not one JSON object"
NOT_UTF8: Final = "not UTF-8"
NO_TIME: Final = "no time that can be read"
CUT_OFF: Final = "the file ends within this record"
MOST_ROWS: Final = (1 << 63) - 1
_BATCH: Final = 16_384
_FIRST: Final = -62_135_596_800_000_000
_LAST: Final = 253_402_300_799_999_999
"""The first and the last moment of the calendar."""
_CHUNK_LINES: Final = 8_192
_CHUNK_BYTES: Final = 4 << 20
_MOST_TWINS: Final = 16 << 20
_MOST_CLIENTS: Final = 100_000
_MARK: Final = "\N{REPLACEMENT CHARACTER}"

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def clean(text: object, most: int = 200) -> str:
    """A name from a log, fit to be shown: cut, and without anything that steers a terminal or turns text around."""
    if not isinstance(text, str):
        return ""
    if len(text) <= most:
        if text.isprintable():
            return text
    else:
        text = f"{text[:most]}…"
    return "".join(char if char.isprintable() else _MARK for char in text)


def whole(value: object) -> int | None:
    """A count as logs write it: a number or its digits; anything else, and what is below 0, is no count."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 63:
        value = int(value)
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) < 20):
            return None
        value = int(value)
    return value if isinstance(value, int) and 0 <= value <= MOST_ROWS else None


def address(text: str) -> str:
    """An address in its one text form, IPv4 in IPv6 as IPv4; empty if it is none."""
    try:
        known = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(known, "ipv4_mapped", None) or known)


_DECODE: Final = json.JSONDecoder().decode


class Clients:
    """Addresses with ports as logs write them; remembers those that it has read."""

    def __init__(self, *, bare: bool = False) -> None:
        self._bare = bare
        """``2001:db8::1:5432`` has a port: there are no brackets around IPv6."""
        self._known: dict[str, str] = {}

    def __call__(self, text: object) -> tuple[str, int | None]:
        """Address and port; the address is empty if none is named."""
        if not isinstance(text, str) or not 0 < len(text) <= 80:
            return "", None
        host, colon, digits = text.rpartition(":")
        if text[0] == "[":
            # ``[v6]:port`` or ``[v6]``.
            if text[-1] == "]":
                return self._host(text[1:-1]), None
            host = host[1:-1] if host[-1:] == "]" else ""
            return self._host(host), _port(digits)
        if colon and (self._bare or ":" not in host) and (port := _port(digits)) is not None:
            return self._host(host), port
        return self._host(text), None

    def _host(self, host: str) -> str:
        found = self._known.get(host)
        if found is None:
            if len(self._known) >= _MOST_CLIENTS:
                self._known.clear()
            found = self._known[host] = address(host)
        return found


def _port(text: str) -> int | None:
    if text.isdigit() and len(text) <= 5 and text.isascii():
        port = int(text)
        return port if port < 65536 else None
    return None


class Rows:
    """Rows of :data:`REQUESTS`, given away in batches."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []

    def add(
        self,
        start: int,
        end: int,
        client: tuple[str, int | None],
        act: str,
        line: int,
        *,
        server: str = "",
        user: str = "",
        target: str = "",
        asked: str = "",
        status: int | None = None,
        sent: tuple[int, int | None] = (0, None),
        rows: tuple[int, int | None] = (0, None),
        why: str = "",
        session: str = "",
        agent: str = "",
    ) -> None:
        """One row; the moments are microseconds, ``sent`` and ``rows`` are from below and from above."""
        # Whatever a log claims: moments stay in the calendar, and codes in their 32 bits.
        if start < _FIRST or end > _LAST or end < start:
            start = max(_FIRST, min(start, _LAST))
            end = max(start, min(end, _LAST))
        if status is not None and status >= 1 << 31:
            status = None
        self._rows.append(
            (start, end, *client, server, act, user, target, asked, status, *sent, *rows, why, session, agent, line)
        )  # fmt: skip

    @property
    def full(self) -> bool:
        """Whether they are enough for a batch."""
        return len(self._rows) >= _BATCH

    def take(self) -> Iterator[pa.RecordBatch]:
        """What was added since; nothing if it was nothing."""
        if self._rows:
            arrays = [
                pa.array(column, pa.int64()).cast(field.type)
                if pa.types.is_timestamp(field.type)
                else pa.array(column, field.type)
                for column, field in zip(zip(*self._rows, strict=True), REQUESTS, strict=True)
            ]
            self._rows = []
            yield pa.RecordBatch.from_arrays(arrays, schema=REQUESTS)


class Twins:
    """Tells lines that were read before, by 64 bits each; exact over the last 16 million different ones.

    The bits are keyed anew in each process, so nobody can make two lines on purpose that look alike.
    """

    def __init__(self) -> None:
        self._runs: list[np.ndarray[Any, np.dtype[np.int64]]] = []

    def among(self, lines: list[bytes]) -> list[bool]:
        """For each line, whether it was read before, in this list or an earlier one."""
        marks = np.fromiter(map(hash, lines), np.int64, len(lines))
        different, first = np.unique(marks, return_index=True)
        twin = np.ones(len(lines), bool)
        known = np.zeros(len(different), bool)
        for run in self._runs:
            at = np.minimum(np.searchsorted(run, different), len(run) - 1)
            known |= run[at] == different
        twin[first[~known]] = False
        self._keep(different[~known])
        return cast("list[bool]", twin.tolist())

    def _keep(self, new: np.ndarray[Any, np.dtype[np.int64]]) -> None:
        if not len(new):
            return
        self._runs.append(new)
        # Runs double in size, so that few are asked and each mark is moved seldom.
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            last, before = self._runs.pop(), self._runs.pop()
            self._runs.append(np.sort(np.concatenate([before, last]), kind="stable"))
        if sum(map(len, self._runs)) > _MOST_TWINS:
            del self._runs[0]


def chunks(records: Iterator[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes, bool]]]:
    """Number, content, and whether it is a twin, of some thousand lines at a time."""
    twins, numbers, lines, size = Twins(), [], [], 0
    for number, line in records:
        numbers.append(number)
        lines.append(line)
        size += len(line)
        if len(lines) >= _CHUNK_LINES or size >= _CHUNK_BYTES:
            yield list(zip(numbers, lines, twins.among(lines), strict=True))
            numbers, lines, size = [], [], 0
    if lines:
        yield list(zip(numbers, lines, twins.among(lines), strict=True))


def json_object(line: bytes) -> Mapping[str, Any] | str:
    """The object on a line, or why it is none."""
    try:
        found = _DECODE(line.decode())
    except UnicodeDecodeError:
        return NOT_UTF8
    except (ValueError, RecursionError):
        return NOT_JSON
    return found if isinstance(found, dict) else NOT_JSON


def json_objects(source: Source, account: Account) -> Iterator[list[tuple[int, Mapping[str, Any], bool]]]:
    """The objects of a file with one on each line; what is none is refused. A twin is told, not counted."""
    for chunk in chunks(source.lines(account)):
        found = []
        for number, line, twin in chunk:
            content = json_object(line)
            if isinstance(content, str):
                account.refuse(number, content)
            else:
                found.append((number, content, twin))
        yield found


class Recent(Generic[Key, Value]):
    """Remembers the last so many, by key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Key, Value] = OrderedDict()

    def __getitem__(self, key: Key) -> Value | None:
        return self._known.get(key)

    def __setitem__(self, key: Key, value: Value) -> None:
        self._known[key] = value
        self._known.move_to_end(key)

    def __contains__(self, key: Key) -> bool:
        return key in self._known

    def pop(self, key: Key) -> Value | None:
        """Forget it, and say what it was."""
        return self._known.pop(key, None)

    def surplus(self) -> Iterator[Value]:
        """Forget the oldest beyond the limit."""
        while len(self._known) > self._most:
            yield self._known.popitem(last=False)[1]

    def rest(self) -> Iterator[Value]:
        """Forget all, oldest first."""
        while self._known:
            yield self._known.popitem(last=False)[1]


class Seen:
    """From when to when a log's lines reach, in runs that a silence longer than ``silence`` parts.

    A moment that is only known to lie in a span counts by its inner ends: what is covered is covered under each reading.
    """

    def __init__(self, silence: int = EVER) -> None:
        self._silence = silence
        self._runs: list[list[int]] = []

    def add(self, low: int, high: int | None = None) -> None:
        """A line of this moment, or of one in this span."""
        high = low if high is None else high
        run = self._runs[-1] if self._runs else None
        # Lines come nearly in order; what is far off opens a run of its own, and touching runs join at the end.
        if run and run[0] - self._silence <= low and high <= run[1] + self._silence:
            run[0] = min(run[0], high)
            run[1] = max(run[1], low)
        else:
            self._runs.append([high, low])
            if len(self._runs) > 4096:
                self._join()

    def _join(self) -> None:
        found: list[list[int]] = []
        for start, end in sorted(self._runs):
            if found and start - self._silence <= found[-1][1]:
                found[-1][1] = max(found[-1][1], end)
            else:
                found.append([start, end])
        self._runs = found

    @property
    def spans(self) -> Spans:
        """The runs, the last moment included."""
        self._join()
        return Spans(Span(start, end + 1) for start, end in self._runs)


def overlaps(wanted: Wanted, start: int, end: int) -> bool:
    """Whether a row is in the wanted time."""
    spans = wanted.spans
    if spans is ALWAYS or start in spans:
        return True
    return end > start + 1 and bool(spans & Spans([Span(start, end)]))


class Proxies:
    """Our own proxies: what they write into ``X-Forwarded-For`` is believed, and nobody else's.

    Args:
        text: Addresses and networks, separated by commas, as the user says; may be empty.

    Raises:
        EvidenceError: It names something else.
    """

    def __init__(self, text: str = "") -> None:
        try:
            self._trusted = AddressSet.parse(*filter(None, map(str.strip, text.split(","))))
        except ValueError:
            raise EvidenceError(
                "the option trusted-proxies holds something that is no network.",
                remedy="Write addresses and networks with commas between: 10.0.0.5,10.1.0.0/24.",
            ) from None

    def client(self, seen: tuple[str, int | None], header: object) -> tuple[str, int | None]:
        """Who asked: the last one in the header that is no proxy of ours, if a proxy of ours wrote it."""
        if not self._trusted or not seen[0] or not isinstance(header, str) or seen[0] not in self._trusted:
            return seen
        for hop in reversed(header[-4096:].split(",")):
            there = address(hop.strip().strip("[]"))
            if not there:
                # Beyond what cannot be read, anything may have been written by anybody.
                return "", None
            if there not in self._trusted:
                return there, None
        return seen


PROXIES_HELP: Final = "Addresses of our own proxies, with commas: only their X-Forwarded-For is believed."
