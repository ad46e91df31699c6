"""From records of flow logs to rows: which end is the store's, what was there before, sums within one hour."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from hushdesk.guard import AddressSet
from hushdesk.incident._evidence import FLOWS, Wanted
from hushdesk.incident._order import in_order
from hushdesk.incident._spans import ALWAYS, EVER, HOUR
from hushdesk.incident.evidence._flow_columns import (
    BEGIN,
    DENIED,
    INBOUND,
    OUTBOUND,
    UNKNOWN,
    UNSAID,
    UNTOLD,
    VERDICTS,
    Addresses,
    Columns,
    joined,
    placed,
    same_everywhere,
    some,
    together,
)
from hushdesk.incident.evidence._flow_table import Bits, Numbers, Words, mix
from hushdesk.incident.evidence._flow_watch import grouped

INTERNAL: Final = AddressSet.parse(
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8",
    "fc00::/7", "fe80::/10", "::1/128",
)  # fmt: skip
"""What only an inner network uses. (The guard's PRIVATE holds the addresses of documentation, too.)"""
MOST_REMEMBERED: Final = 1 << 23
"""So many records are known again; of those that came before, the longest untouched hours are forgotten."""
UNSAID_WHY: Final = "the log does not say whether it was let through"
PROTOCOLS: Final = {6: "tcp", 17: "udp", UNTOLD: ""}


@dataclass(slots=True)
class Oriented:
    """Records of which the store's end is known."""

    columns: Columns
    outside: Numbers
    inside: Numbers
    port: Numbers
    sent: Numbers
    """UNKNOWN where the record should say it and does not."""
    received: Numbers
    packets: Numbers


def oriented(columns: Columns, wanted: Wanted, addresses: Addresses) -> tuple[Oriented, Bits]:
    """Find the store's end.

    That is the end among the wanted addresses; if none are wanted, the end with a wanted port; else the end with an internal
    address; else the destination of what came in by the log, the source of what went out; else the end with the lower port.

    Returns:
        All records, and which of them are wanted.
    """
    ports = np.array(sorted(wanted.ports), np.int64)
    if wanted.inside:
        source = addresses.within(columns.near, wanted.inside)
        target = addresses.within(columns.far, wanted.inside)
        if columns.near is not columns.source:
            source |= addresses.within(columns.source, wanted.inside)
            target |= addresses.within(columns.target, wanted.inside)
    elif len(ports):
        source, target = np.isin(columns.source_port, ports), np.isin(columns.target_port, ports)
    else:
        source = target = np.ones(len(columns), bool)
    asked = source | target
    ours = source & ~target
    both = source & target
    if both.any():
        ours[both] = _guessed(columns.take(both), ports if wanted.inside else None, addresses)
    outside = np.where(ours, columns.far, columns.near)
    inside = np.where(ours, columns.near, columns.far)
    port = np.where(ours, columns.source_port, columns.target_port)
    if wanted.inside and columns.near is not columns.source:
        # A further address of the store's interface, or the one that the log shows for all of them: that which is wanted.
        shown = np.where(ours, columns.source, columns.target)
        inside = np.where(addresses.within(inside, wanted.inside), inside, shown)
    if wanted.inside and len(ports):
        asked &= np.isin(port, ports)
    if wanted.own:
        asked &= ~addresses.within(outside, wanted.own)
    if wanted.spans != ALWAYS:
        when = np.zeros(len(columns), bool)
        for span in wanted.spans:
            when |= (columns.start < min(span.end, EVER)) & (
                (columns.end > span.start) | (columns.start >= span.start)
            )
        asked &= when
    found = Oriented(
        columns,
        outside,
        inside,
        port,
        np.where(ours, columns.there, columns.back),
        np.where(ours, columns.back, columns.there),
        np.where(ours, columns.packets_there, columns.packets_back),
    )
    return found, asked


def _guessed(columns: Columns, ports: Numbers | None, addresses: Addresses) -> Bits:
    """Whether the source is the store's end, where both ends may be."""
    lower = columns.source_port < columns.target_port
    ours = np.where(columns.side == OUTBOUND, True, np.where(columns.side == INBOUND, False, lower))
    source, target = addresses.within(columns.near, INTERNAL), addresses.within(columns.far, INTERNAL)
    ours = np.where(source == target, ours, source)
    if ports is not None and len(ports):
        source, target = np.isin(columns.source_port, ports), np.isin(columns.target_port, ports)
        ours = np.where(source == target, ours, source)
    return ours.astype(bool)


def chosen(rows: Oriented, which: Bits) -> Oriented:
    """Some of them."""
    return rows if which.all() else picked(rows, which)


def picked(rows: Oriented, which: Bits | Numbers) -> Oriented:
    """Some of them, copied."""
    places = placed(which)
    return Oriented(
        rows.columns.take(places),
        *(some(getattr(rows, name), places, len(places)) for name in _FURTHER),
    )


_FURTHER: Final = ("outside", "inside", "port", "sent", "received", "packets")


def compact(rows: Oriented) -> Oriented:
    """The same, with one value in memory for each column that says the same everywhere."""
    if not len(rows.columns):
        return rows

    def one(values: Numbers) -> Numbers:
        return np.broadcast_to(values[0], len(values)) if (values == values[0]).all() else values

    return Oriented(rows.columns.each(one), *(one(getattr(rows, name)) for name in _FURTHER))


def stacked(parts: list[Oriented]) -> Oriented:
    """All of all parts."""
    if len(parts) == 1:
        return parts[0]
    return Oriented(
        joined([part.columns for part in parts]),
        *(together([getattr(part, name) for part in parts]) for name in _FURTHER),
    )


def flow_hash(columns: Columns, addresses: Addresses, observers: Words | None = None) -> Words:
    """A number of each record's flow: what saw it, both ends, protocol, direction.

    Args:
        columns: Records.
        addresses: Of their ends.
        observers: A number for each of what saw them that holds longer than this reading.
    """
    found = np.zeros(len(columns), np.uint64)
    for each in (columns.source, columns.target):
        found = addresses.mixed(found, each)
    ends = (columns.source_port << 24) | (columns.target_port << 8) | columns.protocol
    found = mix(found, ends)
    if observers is None:
        return mix(found, (columns.seen_by << 2) | columns.side)
    return mix(found, (observers[columns.seen_by] << np.uint64(2)) ^ columns.side.astype(np.uint64))


def record_hash(
    columns: Columns, addresses: Addresses, observers: Words | None = None, flows: Words | None = None
) -> Words:
    """A number of each record, by all that it says; see :func:`flow_hash`, whose numbers ``flows`` are, if they are known."""
    found = flow_hash(columns, addresses, observers) if flows is None else flows
    if columns.near is not columns.source or columns.far is not columns.target:
        # Where they say the same as the ends, the number must not hang on whether others in this batch do not.
        more = addresses.mixed(addresses.mixed(found, columns.near), columns.far)
        found = np.where((columns.near != columns.source) | (columns.far != columns.target), more, found)
    for each in (columns.start, columns.end, columns.there, columns.back, columns.packets_there):
        found = mix(found, each)
    marks = (columns.packets_back << 8) | (columns.kind << 6) | (columns.verdict << 3) | columns.state
    return mix(found, marks)


@dataclass(slots=True)
class Seen:
    """Records that were there before, by the hour in which they begin: those of one hour stand near each other."""

    hours: dict[int, Words] = field(default_factory=dict)
    size: int = 0
    forgetful: bool = False
    """Whether some were forgotten."""

    def first(self, start: Numbers, hashes: Words) -> Bits:
        """Which records were not there before, neither earlier in these nor in those of earlier calls."""
        fresh = np.ones(len(hashes), bool)
        for hour, places in grouped(start // HOUR):
            mine = hashes[places]
            known = self.hours.pop(hour, None)
            ordered = np.sort(mine)
            again = bool((ordered[1:] == ordered[:-1]).any())
            if known is not None:
                at = np.minimum(np.searchsorted(known, ordered), len(known) - 1)
                again = again or bool((known[at] == ordered).any())
            if again:
                ordered, where = np.unique(mine, return_index=True)
                if known is not None:
                    at = np.minimum(np.searchsorted(known, ordered), len(known) - 1)
                    new = known[at] != ordered
                    ordered, where = ordered[new], where[new]
                only = np.zeros(len(mine), bool)
                only[where] = True
                fresh[places] = only
            self.size += len(ordered)
            self.hours[hour] = (
                ordered if known is None else np.sort(np.concatenate([known, ordered]), kind="stable")
            )
        self._forget()
        return fresh

    def know(self, hours: Numbers, hashes: Words) -> None:
        """Records that were there before these."""
        for hour, places in grouped(hours):
            mine = hashes[places]
            known = self.hours.pop(hour, None)
            self.size -= 0 if known is None else len(known)
            self.hours[hour] = np.unique(mine if known is None else np.concatenate([known, mine]))
            self.size += len(self.hours[hour])
        self._forget()

    def _forget(self) -> None:
        while self.size > MOST_REMEMBERED and len(self.hours) > 1:
            self.size -= len(self.hours.pop(next(iter(self.hours))))
            self.forgetful = True


def added_up(
    rows: Oriented,
    unknown: Bits,
    addresses: Addresses,
    names: list[str],
    why: str,
    *,
    sampled: bool = False,
    begins: bool = False,
) -> pa.RecordBatch | None:
    """Rows of :data:`FLOWS`.

    Args:
        rows: In any order.
        unknown: Those whose bytes nothing counts, in either direction.
        addresses: For the text of addresses.
        names: Of what saw them, by number.
        why: What is said of those that nothing counts.
        sampled: Whether the counts are estimates.
        begins: Whether the log says where a connection begins.

    Returns:
        ``None`` for no records.
    """
    if not len(rows.columns):
        return None
    columns = rows.columns
    passed = columns.verdict != DENIED
    told = passed & (columns.state != BEGIN)
    unknown = unknown & passed
    hour = columns.start // HOUR
    packed = ((((hour - hour.min()) << 2) | columns.verdict) << 24) | (columns.protocol << 16) | rows.port
    frame: dict[str, npt.NDArray[Any]] = {
        "outside": rows.outside,
        "inside": rows.inside,
        "port": rows.port,
        "protocol": columns.protocol,
        "verdict": columns.verdict,
        "seen": columns.seen_by,
        "start": columns.start,
        "end": np.maximum(columns.end, columns.start),
        "line": columns.line,
        "began": passed & (columns.state == BEGIN),
        "records": np.broadcast_to(np.int64(1), len(columns)),
    }
    for name in ("sent", "received", "packets"):
        values = getattr(rows, name)
        frame[name] = np.where(passed, np.maximum(values, 0), 0)
        frame[f"{name}_blank"] = (told & (values == UNKNOWN)) | unknown
    key = mix(mix(mix(rows.outside.astype(np.uint64), rows.inside), packed), columns.seen_by)
    return _batch(_summed(frame, key), addresses, names, why, sampled=sampled, begins=begins)


class Summing:
    """Rows that are added up while others are read."""

    __slots__ = ("_pool", "_waiting")
    _MOST = 1

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._waiting: deque[Future[pa.RecordBatch | None]] = deque()

    def add(
        self,
        rows: Oriented,
        unknown: Bits,
        addresses: Addresses,
        names: list[str],
        why: str,
        *,
        begins: bool = False,
    ) -> None:
        """As :func:`added_up`; neither rows nor names are changed from now on."""
        self._waiting.append(self._pool.submit(added_up, rows, unknown, addresses, names, why, begins=begins))

    def done(self) -> Iterator[pa.RecordBatch]:
        """What must not wait longer, in order."""
        while len(self._waiting) > self._MOST:
            yield from self._next()

    def rest(self) -> Iterator[pa.RecordBatch]:
        """All else."""
        while self._waiting:
            yield from self._next()

    def _next(self) -> Iterator[pa.RecordBatch]:
        batch = self._waiting.popleft().result()
        if batch is not None:
            yield batch


_SUMS: Final[dict[str, np.ufunc]] = {
    "start": np.minimum,
    "end": np.maximum,
    "line": np.minimum,
    **dict.fromkeys(("sent", "received", "packets", "began", "records"), np.add),
    **dict.fromkeys(("sent_blank", "received_blank", "packets_blank"), np.logical_or),
}


def _summed(frame: dict[str, npt.NDArray[Any]], key: Words) -> dict[str, npt.NDArray[Any]]:
    """Rows of one key as one, in the order of their first lines."""
    order, ordered = in_order(key)
    again = ordered[1:] == ordered[:-1]
    if again.any():
        # What stands alone is its own sum, and stays where it is; of the others the first line stays.
        one_of_many = np.zeros(len(key), bool)
        one_of_many[1:] = again
        one_of_many[:-1] |= again
        many = order[one_of_many]
        many = many[np.lexsort((frame["line"][many], key[many]))]
        of = key[many]
        begins = np.concatenate([np.zeros(1, np.intp), np.flatnonzero(of[1:] != of[:-1]) + 1])
        keep = np.ones(len(key), bool)
        keep[many] = False
        keep[many[begins]] = True
        kept = placed(keep)
        at = (np.cumsum(keep) - 1)[many[begins]]
        for name, values in frame.items():
            frame[name] = some(values, kept, len(kept))
            if name in _SUMS:
                sums = _SUMS[name].reduceat(
                    values[many].astype(np.int64 if name == "began" else values.dtype), begins
                )
                frame[name] = frame[name].astype(sums.dtype)
                frame[name][at] = sums
    line = frame["line"]
    if (line[1:] < line[:-1]).any():
        by_line = np.argsort(line)
        frame = {name: some(values, by_line, len(by_line)) for name, values in frame.items()}
    return frame


def _batch(
    summed: dict[str, npt.NDArray[Any]],
    addresses: Addresses,
    names: list[str],
    why: str,
    *,
    sampled: bool,
    begins: bool,
) -> pa.RecordBatch:
    size = len(summed["line"])
    verdict = summed["verdict"]
    unsaid = verdict == UNSAID
    unbounded = (verdict != DENIED) if sampled else np.zeros(size, bool)
    blank = summed["sent_blank"] | summed["received_blank"] | unbounded
    some_unsaid = unsaid & ((summed["sent"] > 0) | (summed["received"] > 0))
    reason = np.where(blank, 1, np.where(some_unsaid, 2, 0))
    found: dict[str, Any] = {
        "start": pa.array(summed["start"]),
        "end": pa.array(summed["end"]),
        "outside": addresses.texts(summed["outside"]),
        "inside": addresses.texts(summed["inside"]),
        "port": pa.array(summed["port"].astype(np.uint16)),
        "protocol": _words([PROTOCOLS.get(number, str(number)) for number in range(256)], summed["protocol"]),
        "verdict": _words(list(VERDICTS), verdict),
        "sent_packets": pa.array(summed["packets"], mask=summed["packets_blank"]),
        "connections": pa.array(summed["began"].astype(np.int64)) if begins else pa.nulls(size, pa.int64()),
        "records": pa.array(summed["records"]),
        "sampled": pa.array(np.full(size, sampled)),
        "why": _words(["", why, UNSAID_WHY], reason),
        "seen_by": _words(names, summed["seen"]),
        "line": pa.array(summed["line"]),
    }
    for name in ("sent", "received"):
        found[f"{name}_lower"] = pa.array(np.where(unsaid, 0, summed[name]))
        found[f"{name}_upper"] = pa.array(summed[name], mask=summed[f"{name}_blank"] | unbounded)
    return pa.RecordBatch.from_arrays([found[each.name].cast(each.type) for each in FLOWS], schema=FLOWS)


def _words(words: list[str], places: Numbers) -> Any:
    """An Arrow array of texts by their numbers."""
    if same_everywhere(places):
        return pa.repeat(words[int(places[0])], len(places))
    return pa.array(words, pa.string()).take(pa.array(places))
