"""What NSG and VNet flow logs of Azure have in common: records of one minute with tuples of flows.

A flow begins (B), goes on (C, every five minutes) and ends (E); C and E count what went since the tuple before. (Microsoft, "Flow
logging for network security groups" and "Virtual network flow logs".) B says nothing of bytes, and where a rule keeps no state of
a flow neither C nor E follow with counts: what is begun and counted nowhere is unknown. States tell the order, times do not: the
documentation itself shows a B that is stamped later than its C.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa

from hushdesk.incident._evidence import Account, Piece, Sees, Wanted
from hushdesk.incident._order import distinct
from hushdesk.incident._parser import Memory
from hushdesk.incident._spans import HOUR, MINUTE, moment
from hushdesk.incident.evidence._flow_azure_fields import NO_TUPLE, TupleError, time_of
from hushdesk.incident.evidence._flow_columns import (
    INBOUND,
    Addresses,
    Columns,
    from_rows,
    joined,
    same,
)
from hushdesk.incident.evidence._flow_columns import columns as nothing
from hushdesk.incident.evidence._flow_counted import FLOWS, Past, earlier, uncounted
from hushdesk.incident.evidence._flow_json import MENDED, Chunk, chunks, lines_of
from hushdesk.incident.evidence._flow_rows import (
    Oriented,
    Seen,
    Summing,
    chosen,
    flow_hash,
    oriented,
    picked,
    record_hash,
    stacked,
)
from hushdesk.incident.evidence._flow_series import RECORDS, Files, recalled, remembered, stable
from hushdesk.incident.evidence._flow_skeleton import Quick, Skeletons, Told, understood
from hushdesk.incident.evidence._flow_table import Numbers, Words
from hushdesk.incident.evidence._flow_tuples import Parsed, Shape, parsed
from hushdesk.incident.evidence._flow_waiting import Waiting
from hushdesk.incident.evidence._flow_watch import Watches, grouped
from hushdesk.incident.evidence._source import Source

SILENCE: Final = 5 * MINUTE
"""A flow that goes on is counted every five minutes, and a record may be five minutes late."""
HELD: Final = 1 << 19
"""Wanted records that are held at the same time; half of them may wait for the counts of their flow. What of more is unknown is told so."""
BATCH: Final = 1 << 16
"""Wanted records that are added up at once."""
BLOCK: Final = 4 << 20
"""Bytes of tuples, of one file or of many, that are read at once."""
_AHEAD: Final = 2
_MOST_SPANS: Final = 1 << 10
"""Files of which nothing is made yet, as far as each observer is in one of them."""
WHY: Final = (
    "records of one minute each; up to five minutes without one are bridged, since flows that go on are written every five minutes, "
    "and records up to five minutes late; longer silence is not covered"
)
BYTES_WHY: Final = "; what a flow that still goes on took in the last five minutes is counted after them"
UNCOUNTED: Final = "the log has no byte counts for a flow that began"
VERSION_1: Final = "version 1 of the log has no byte counts"
NO_LOG: Final = "not a record of this log"
NO_TIME: Final = "a record without its time and without tuples"

_HOUR_PATH: Final = re.compile(r"y=(\d{4})/m=(\d\d?)/d=(\d\d?)/h=(\d\d?)(?:/|$)")


@dataclass(frozen=True, slots=True)
class Dialect:
    """In what the logs differ."""

    shape: Shape
    row: Callable[[list[str], Addresses], dict[str, int]]
    """One tuple, read by itself. Raises TupleError."""
    lists: Callable[[dict[str, Any]], Told | None]
    """What a record tells, with the numbers of its lists of tuples."""


@dataclass(slots=True)
class _Block:
    """Lists of tuples, of one file or of many, that are read at once."""

    texts: list[bytes] = field(default_factory=list)
    quoted: bool = False
    """Whether the tuples are in quotation marks, as they stand in the file; else they are lines."""
    sizes: list[Numbers] = field(default_factory=list)
    observers: list[Numbers] = field(default_factory=list)
    """By list, those without tuples too."""
    first: int = 0
    """Number of the first tuple."""
    bytes: int = 0


@dataclass(slots=True)
class _Reading:
    dialect: Dialect
    wanted: Wanted
    files: Files
    watches: Watches
    skeletons: Skeletons
    count: int = 0
    """Tuples so far, in all files."""
    block: _Block = field(default_factory=_Block)
    minutes: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By observer: when records of this file were written."""
    spans: dict[int, list[Numbers]] = field(default_factory=lambda: defaultdict(list))
    """By observer: times that were watched, of which nothing is made yet."""
    known: dict[tuple[str, str, int], int] = field(default_factory=dict)
    """Numbers of observers, by resource, interface and version."""
    seen: Seen = field(default_factory=Seen)
    addresses: Addresses = field(default_factory=Addresses)
    held: list[tuple[Oriented, Words]] = field(default_factory=list)
    """Records, and the flows that they are of."""
    past: Past = field(default_factory=Past)
    size: int = 0
    """Records that are held."""
    waiting: Waiting = field(default_factory=Waiting)
    """Beginnings of flows that are not counted yet."""
    taken: Future[None] | None = None
    """What is told of flows goes into the past meanwhile."""


def read(
    log: str,
    dialect: Dialect,
    sources: Iterable[Source],
    wanted: Wanted,
    accounts: Sequence[Account],
    memory: Memory,
) -> Iterator[Piece]:
    """Rows, coverage of each resource and network interface."""
    sees = Sees.CONNECTIONS | Sees.DENIALS
    reading = _Reading(
        dialect, wanted, Files(), Watches(log, "", sees, WHY, SILENCE), Skeletons(dialect.lists)
    )
    recalled(memory.before, reading.seen)
    reading.past.earlier = earlier(memory.before)
    with ThreadPoolExecutor(2) as pool:
        summing = Summing(pool)
        for block, future in _ahead(reading, sources, accounts, pool):
            _keep(reading, block, future.result())
            if reading.size >= min(HELD, BATCH):
                yield from _settle(reading, summing, pool, last=False)
        yield from _settle(reading, summing, pool, last=True)
        _past(reading)
        yield from summing.rest()
    reading.files.close()
    if reading.seen.forgetful:
        reading.watches.why += "; records repeated after a long time may count twice"
    if reading.past.forgets:
        reading.watches.why += (
            "; of flows that began long before their counts, what they took may be told as unknown"
        )
    memory.left = {RECORDS: remembered(reading.seen, memory.before), FLOWS: reading.past.table()}
    yield from reading.watches.pieces()


def _ahead(
    reading: _Reading, sources: Iterable[Source], accounts: Sequence[Account], pool: ThreadPoolExecutor
) -> Iterator[tuple[_Block, Future[Parsed]]]:
    """Blocks of tuples, some being read while others are taken."""
    waiting: deque[tuple[_Block, Future[Parsed]]] = deque()

    def submit() -> None:
        block, reading.block = reading.block, _Block(first=reading.count)
        if block.texts:
            text = b"".join(block.texts)
            block.texts.clear()
            waiting.append((block, pool.submit(_parsed, reading, text, quoted=block.quoted)))

    for source, account in zip(sources, accounts, strict=True):
        reading.watches.file = reading.watches.file or source.name
        reading.files.begin(account, reading.count)
        for chunk in chunks(source, reading.skeletons):
            quoted = isinstance(chunk, Quick)
            if reading.block.bytes >= BLOCK or reading.block.quoted != quoted:
                submit()
                reading.block.quoted = quoted
            if isinstance(chunk, Quick):
                _take_quick(reading, chunk)
            else:
                _take(reading, chunk)
            while len(waiting) > _AHEAD:
                yield waiting.popleft()
        _watched(reading, source.name)
    submit()
    _seen(reading)
    yield from waiting


def _parsed(reading: _Reading, text: bytes, *, quoted: bool) -> Parsed:
    return parsed(text, reading.dialect.shape, reading.wanted, quoted=quoted)


def _take_quick(reading: _Reading, chunk: Quick) -> None:
    """As :func:`_take`, of records that are just as usual."""
    account, files = reading.files.accounts[-1], reading.files
    before = reading.count - files.bases[-1]
    minutes = reading.minutes
    first = chunk.records[0]
    sizes = chunk.sizes.reshape(len(chunk.records), -1) if len(set(map(id, chunk.records))) == 1 else None
    if sizes is not None and first.told is not None and first.in_order and sizes.any(axis=1).all():
        # Most files: all records are alike, and none is without tuples.
        number = _number(reading, first.told)
        minutes[number] += [at for text in chunk.times if (at := time_of(text)) is not None]
        _to_block(reading, chunk.text, chunk.sizes, np.full(len(chunk.sizes), number))
        return
    bounds = np.cumsum([alike.lists for alike in chunk.records])
    sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(chunk.sizes)])[bounds]
    tuples = np.diff(sums, prepend=0).tolist()
    observers = np.full(len(chunk.sizes), -1, np.int64)
    for text, alike, end, size in zip(chunk.times, chunk.records, bounds.tolist(), tuples, strict=True):
        if alike.told is None:
            account.refuse(before + 1, NO_LOG)
            continue
        number = _number(reading, alike.told)
        if alike.in_order:
            observers[end - alike.lists : end] = number
        else:
            observers[[end - alike.lists + each for each in alike.told[3]]] = number
            size = sum(int(chunk.sizes[end - alike.lists + each]) for each in alike.told[3])  # noqa: PLW2901
        at = time_of(text)
        if at is not None:
            minutes[number].append(at)
        if not size:
            _bare(account, before, at)
    _to_block(reading, chunk.text, chunk.sizes, observers)


def _bare(account: Account, before: int, at: int | None) -> None:
    """A record without tuples."""
    if at is None:
        account.refuse(before + 1, NO_TIME)
    else:
        account.records += 1
        account.kept += 1


def _to_block(reading: _Reading, text: bytes, sizes: Numbers, observers: Numbers) -> None:
    if text:
        block = reading.block
        block.texts.append(text)
        block.sizes.append(sizes)
        block.observers.append(observers)
        block.bytes += len(text)
        reading.count += int(sizes.sum())


def _take(reading: _Reading, chunk: Chunk) -> None:
    """Records of a file, and their lists of tuples for the block."""
    account = reading.files.accounts[-1]
    text, sizes = lines_of(chunk)
    observers = np.full(len(sizes), -1, np.int64)
    before = reading.count - reading.files.bases[-1]
    unread = 0
    for record in chunk.records:
        told = understood(reading.dialect.lists, record)
        if told is None:
            unread += 1
            continue
        number = _number(reading, told)
        at = time_of(record.get("time"))
        observers[told[3]] = number
        if MENDED in record:
            continue
        if at is not None:
            reading.minutes[number].append(at)
        if not any(sizes[each] for each in told[3]):
            _bare(account, before, at)
    for place, reason in chunk.refused:
        account.refuse(before + sum(sizes[:place]) + 1, reason)
    for _ in range(unread):
        account.refuse(before + 1, NO_LOG)
    _to_block(reading, text, np.array(sizes, np.int64), observers)


def _number(reading: _Reading, told: Told) -> int:
    key = told[:3]
    number = reading.known.get(key)
    if number is None:
        number = reading.known[key] = _observer(reading, *key)
    return number


NO_BYTES: Final = "\0version 1"


def _observer(reading: _Reading, resource: str, interface: str, version: int) -> int:
    # A resource may have many interfaces, each of which is logged by itself; version 1 sees less than those that follow.
    number = reading.watches.number(f"{resource}\0{interface}{NO_BYTES if version < 2 else ''}")
    watch = reading.watches.watch(number)
    if version > 1:
        watch.tells(Sees.BYTES, BYTES_WHY)
    return number


def _keep(reading: _Reading, block: _Block, read_: Parsed) -> None:
    """Count the tuples of a block, and hold those that are wanted and new."""
    files, addresses = reading.files, reading.addresses
    observers = np.repeat(np.concatenate(block.observers), np.concatenate(block.sizes))
    rows = []
    for line, text in read_.odd:
        try:
            rows.append(reading.dialect.row(text.decode("utf-8").split(","), addresses) | {"line": line})
        except UnicodeDecodeError:
            files.refuse(block.first + line + 1, NO_TUPLE)
        except TupleError as reason:
            files.refuse(block.first + line + 1, str(reason))
    _own(reading, observers[read_.plain], read_.own)
    lines, made = read_.plain, [read_.columns]
    if rows:
        one_by_one = from_rows(rows)
        own = np.where(one_by_one.side == INBOUND, one_by_one.target, one_by_one.source)
        _own(reading, observers[one_by_one.line], own)
        lines = np.concatenate([lines, one_by_one.line])
        made.append(one_by_one)
    columns = joined(made)
    lost = observers[lines] < 0
    if lost.any():
        for line in lines[lost].tolist():
            files.refuse(block.first + line + 1, "in no record of this log")
        columns = columns.take(observers[columns.line] >= 0)
        lines = lines[~lost]
    files.tally(lines + block.first + 1, "records", "other")
    columns.seen_by = observers[columns.line]
    columns.line = columns.line + block.first + 1
    _hold(reading, columns)


def _own(reading: _Reading, observers: Numbers, own: Numbers) -> None:
    """The addresses at the watched ends of records."""
    if not len(own):
        return
    # Most records name the same as the one before.
    new = (own[1:] != own[:-1]) | (observers[1:] != observers[:-1])
    new = np.concatenate([np.ones(1, bool), new]) & (observers >= 0)
    if len(own):
        own, observers = own[new], observers[new]
    for number, places in grouped(observers):
        texts = {reading.addresses.text(each) for each in np.unique(own[places]).tolist()}
        reading.watches.watch(number).add_addresses(texts)


def _hold(reading: _Reading, columns: Columns) -> None:
    addresses, files = reading.addresses, reading.files
    rows, asked = oriented(columns, reading.wanted, addresses)
    rows = chosen(rows, asked)
    if not len(rows.columns):
        return
    observers = stable(reading.watches.names)
    flows = flow_hash(rows.columns, addresses, observers)
    fresh = reading.seen.first(rows.columns.start, record_hash(rows.columns, addresses, observers, flows))
    size = len(fresh)
    for name in _DONE:
        # What is in the hash, or was told by the store's end, is asked for no more.
        setattr(rows.columns, name, same(0, size))
    if not fresh.all():
        _moved(files, rows.columns.line[~fresh], "duplicate")
        rows, flows = chosen(rows, fresh), flows[fresh]
    _moved(files, rows.columns.line, "kept")
    if len(flows):
        reading.held.append((rows, flows))
        reading.size += len(flows)


_DONE: Final = (
    "source", "target", "near", "far", "source_port", "target_port", "side", "back", "packets_there", "packets_back",
)  # fmt: skip


def _moved(files: Files, lines: Numbers, name: str) -> None:
    """What was taken for others is not."""
    files.tally(lines, name)
    files.tally(lines, "other", by=-1)


def _settle(
    reading: _Reading, summing: Summing, pool: ThreadPoolExecutor, *, last: bool
) -> Iterator[pa.RecordBatch]:
    """Rows of the records that are held, but for beginnings of flows that may be counted yet."""
    if reading.held or reading.waiting.size:
        (rows, hashes), waiting = _held(reading), reading.waiting
        columns = nothing(0) if rows is None else rows.columns
        _past(reading)
        # Of flows of which nothing is told here, nothing has changed.
        places, known = waiting.among(None if last else distinct(hashes))
        open_, still = uncounted(columns, hashes, known, reading.past, last=last)
        told = [(part, flows, False) for part, flows in waiting.release(places, ~still)]
        # They wait for counts that come later; if there are too many of them, those that waited longest wait no more.
        most = 0 if last else max(HELD // 2 - int(np.count_nonzero(open_)), 0)
        if rows is not None:
            if most and open_.any():
                waiting.add(picked(rows, open_), hashes[open_])
            else:
                told.append((picked(rows, open_), hashes[open_], True))
            told.append((picked(rows, ~open_), hashes[~open_], False))
        yield from _told(reading, summing, pool, told)
        for part, flows in waiting.longest(HELD // 2 if most else 0):
            yield from _told(reading, summing, pool, [(part, flows, True)])


def _told(
    reading: _Reading, summing: Summing, pool: ThreadPoolExecutor, told: list[tuple[Oriented, Words, bool]]
) -> Iterator[pa.RecordBatch]:
    """Rows of records, part by part with their flows and whether nothing counts their bytes; the flows go into the past meanwhile."""
    told = [each for each in told if len(each[1])]
    if not told:
        return
    part = stacked([part for part, _, _ in told])
    unknown = np.repeat([each for _, _, each in told], [len(flows) for _, flows, _ in told])
    names = [name.split("\0", 1)[0] for name in reading.watches.names]
    why = VERSION_1 if {version for _, _, version in reading.known} == {1} else UNCOUNTED
    _past(reading)
    reading.taken = pool.submit(
        reading.past.take, part.columns, np.concatenate([flows for _, flows, _ in told])
    )
    part.columns.line = reading.files.local(part.columns.line)
    summing.add(part, unknown, reading.addresses, names, why, begins=True)
    yield from summing.done()


def _past(reading: _Reading) -> None:
    """All that was told so far is in the past."""
    if reading.taken is not None:
        reading.taken.result()
        reading.taken = None


def _held(reading: _Reading) -> tuple[Oriented | None, Words]:
    held, reading.held, reading.size = reading.held, [], 0
    if not held:
        return None, np.zeros(0, np.uint64)
    return stacked([rows for rows, _ in held]), np.concatenate([flows for _, flows in held])


def _watched(reading: _Reading, name: str) -> None:
    """When each observer of a file was watched: a minute for each record.

    Azure names the hour in a file's path. At its ends, too, a short silence is bridged.
    """
    begin = _hour_of(name)
    for number, minutes in reading.minutes.items():
        ends = np.array(minutes, np.int64)
        spans = reading.spans[number]
        spans.append(np.stack([ends - MINUTE, ends]))
        if begin is not None:
            first, last = min(minutes) - MINUTE, max(minutes)
            if 0 < first - begin <= SILENCE:
                spans.append(np.array([[begin], [first]]))
            if 0 < begin + HOUR - last <= SILENCE:
                spans.append(np.array([[last], [begin + HOUR]]))
    reading.minutes.clear()
    if sum(map(len, reading.spans.values())) > _MOST_SPANS:
        _seen(reading)


def _seen(reading: _Reading) -> None:
    """Join the times that were watched."""
    for number, spans in reading.spans.items():
        starts, ends = np.concatenate(spans, axis=1)
        reading.watches.watch(number).seen.add(starts, ends)
    reading.spans.clear()


def _hour_of(name: str) -> int | None:
    match = _HOUR_PATH.search(name.replace("\\", "/"))
    if match is None:
        return None
    try:
        return moment(datetime(*map(int, match.groups()), tzinfo=UTC))  # type: ignore[misc, arg-type]
    except ValueError:
        return None
