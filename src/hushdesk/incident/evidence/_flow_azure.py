"""What NSG and VNet flow logs of Azure have in common: records of one minute with tuples of flows.

A flow begins (B), goes on (C, every five minutes) and ends (E); C and E count what went since the tuple before. (Microsoft, "Flow
logging for network security groups" and "Virtual network flow logs".) B says nothing of bytes, and where a rule keeps no state of
a flow neither C nor E follow with counts: what is begun and counted nowhere is unknown. States tell the order, times do not: the
documentation itself shows a B that is stamped later than its C.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import polars as pl

from hushdesk.incident._evidence import Account, Piece, Sees, Wanted
from hushdesk.incident._spans import HOUR, MINUTE, moment
from hushdesk.incident.evidence._flow_columns import (
    BEGIN,
    COLUMNS,
    CONTINUE,
    DENIED,
    END,
    INBOUND,
    OUTBOUND,
    UNKNOWN,
    Addresses,
    Columns,
    columns,
    from_rows,
    joined,
)
from hushdesk.incident.evidence._flow_json import MENDED, chunks
from hushdesk.incident.evidence._flow_rows import (
    Oriented,
    Seen,
    added_up,
    chosen,
    flow_hash,
    oriented,
    record_hash,
    stacked,
)
from hushdesk.incident.evidence._flow_table import (
    EXTRA,
    IPV4,
    Bits,
    Numbers,
    Words,
    all_lines,
    ipv4_numbers,
    lines_at,
    not_longer,
    table,
)
from hushdesk.incident.evidence._flow_watch import Watches, grouped
from hushdesk.incident.evidence._source import Source

SILENCE: Final = 5 * MINUTE
"""A flow that goes on is counted every five minutes, and a record may be five minutes late."""
HELD: Final = 1 << 20
"""Wanted records that wait for the counts of their flow at the same time."""
WHY: Final = (
    "records of one minute each; up to five minutes without one are bridged, since flows that go on are written every five minutes, "
    "and records up to five minutes late; longer silence is not covered"
)
BYTES_WHY: Final = "; what a flow that still goes on took in the last five minutes is counted after them"
UNCOUNTED: Final = "the log has no byte counts for a flow that began"
VERSION_1: Final = "version 1 of the log has no byte counts"
NO_TUPLE: Final = "not a flow tuple"
MANY: Final = "another number of fields than a flow tuple has"
NO_NUMBER: Final = "something else where a whole number is expected"
NO_TIME: Final = "a record without its time and without tuples"
PART: Final = "counts that are there in part"

STATES: Final = {"B": BEGIN, "C": CONTINUE, "E": END}
SIDES: Final = {"I": INBOUND, "O": OUTBOUND}
_HOUR_PATH: Final = re.compile(r"y=(\d{4})/m=(\d\d?)/d=(\d\d?)/h=(\d\d?)(?:/|$)")
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?Z")
LATEST: Final = 253_402_300_799_000
_COUNTED: Final = ("packets_there", "there", "packets_back", "back")
MOST: Final = 10**15


class TupleError(Exception):
    """A tuple that cannot be read; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """In what the logs differ."""

    schema: dict[str, Any]
    """Fields of a tuple and their types. The last four are the counts."""
    good: Callable[[], list[pl.Expr]]
    """What holds of tuples that are right, apart from their counts."""
    columns: Callable[[], dict[str, pl.Expr]]
    """Columns of those that are, beside those that all dialects have alike."""
    row: Callable[[list[str], Addresses], dict[str, int]]
    """One tuple, read by itself. Raises TupleError."""
    lists: Callable[[dict[str, Any]], tuple[str, str, int, list[int]] | None]
    """Of a record: the resource that it is of, its network interface, its version, and the numbers of its lists of tuples."""


@dataclass(slots=True)
class _Reading:
    dialect: Dialect
    worked_out: list[pl.Expr]
    wanted: Wanted
    account: Account
    watches: Watches
    count: int = 0
    """Tuples so far."""
    versions: set[int] = field(default_factory=set)
    seen: Seen = field(default_factory=Seen)
    addresses: Addresses = field(default_factory=Addresses)
    held: list[Oriented] = field(default_factory=list)
    past: Words = field(default_factory=lambda: np.zeros(0, np.uint64))
    """Flows of which records are no longer held."""
    size: int = 0


def read(log: str, dialect: Dialect, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
    """Rows, coverage of each resource and network interface."""
    sees = Sees.CONNECTIONS | Sees.DENIALS
    reading = _Reading(
        dialect, _worked_out(dialect), wanted, account, Watches(log, source.name, sees, WHY, SILENCE)
    )
    for chunk in chunks(source):
        _take(reading, chunk.records, chunk.lists, chunk.refused)
        if reading.size >= HELD:
            yield from _settled(reading, last=False)
    yield from _settled(reading, last=True)
    _whole_hour(reading.watches, source.name)
    if reading.seen.forgetful:
        reading.watches.why += "; records repeated after a long time may count twice"
    if reading.versions and min(reading.versions) > 1:
        reading.watches.sees |= Sees.BYTES
        reading.watches.why += BYTES_WHY
    yield from reading.watches.pieces()


def _take(
    reading: _Reading, records: list[dict[str, Any]], lists: list[bytes], refused: list[tuple[int, str]]
) -> None:
    texts, sizes = zip(*map(_tuples, lists), strict=True) if lists else ((), ())
    observers = np.full(len(lists), -1, np.int64)
    unread = 0
    minutes: dict[int, list[int]] = defaultdict(list)
    for record in records:
        try:
            told = reading.dialect.lists(record)
        except (TypeError, KeyError, AttributeError, ValueError):
            told = None
        if told is None:
            unread += 1
            continue
        resource, interface, version, numbers = told
        # A resource may have many interfaces, each of which is logged by itself.
        number = reading.watches.number(f"{resource}\0{interface}")
        reading.versions.add(version)
        reading.watches.watch(number)
        at = time_of(record.get("time"))
        observers[numbers] = number
        if MENDED in record:
            continue
        if at is not None:
            minutes[number].append(at)
        if not sum(sizes[each] for each in numbers):
            if at is None:
                reading.account.refuse(reading.count + 1, NO_TIME)
            else:
                reading.account.records += 1
                reading.account.kept += 1
    for number, times in minutes.items():
        reading.watches.watch(number).seen.add(np.array(times) - MINUTE, np.array(times))
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(sizes, np.int64))])
    for before, reason in refused:
        reading.account.refuse(reading.count + int(offsets[min(before, len(lists))]) + 1, reason)
    for _ in range(unread):
        reading.account.refuse(reading.count + 1, "not a record of this log")
    block = b"\n".join(text for text in texts if text)
    total = int(offsets[-1])
    if total:
        _rows(reading, block + b"\n", np.repeat(observers, np.array(sizes, np.int64)))
    reading.count += total


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


def _rows(reading: _Reading, block: bytes, observers: Numbers) -> None:
    dialect, account, addresses = reading.dialect, reading.account, reading.addresses
    read_ = table(block, ",", dialect.schema, [*dialect.schema, EXTRA])
    parts: list[Columns] = []
    if read_ is None:
        odd = all_lines(block)
    else:
        found = read_.select("source", "target", *reading.worked_out)
        good = not_longer(block, ",", found["good"].to_numpy(), len(dialect.schema))
        bare = found["bare"].to_numpy()
        # What is no number is null too. If as many end as a tuple without counts does, there is nothing of that kind.
        number = int((good & bare).sum())
        if number and number != block.count(b",,,,\n"):
            good = np.logical_and(good, ~bare)
        odd = []
        if not good.all():
            odd = lines_at(block, np.flatnonzero(~good))
            found = found.filter(pl.Series(good))
        parts.append(_columns(found, np.flatnonzero(good)))
    rows = []
    for line, text in odd:
        try:
            fields = text.decode("utf-8").split(",")
            rows.append(dialect.row(fields, addresses) | {"line": line})
        except UnicodeDecodeError:
            account.refuse(reading.count + line + 1, NO_TUPLE)
        except TupleError as reason:
            account.refuse(reading.count + line + 1, str(reason))
    if rows:
        parts.append(from_rows(rows))
    made = joined(parts) if parts else from_rows([])
    if len(made):
        made.seen_by = observers[made.line]
        made.line = made.line + reading.count + 1
        _keep(reading, made)


def _worked_out(dialect: Dialect) -> list[pl.Expr]:
    """All that is worked out of a table, in one pass."""
    each = pl.col
    none = pl.all_horizontal(each(name).is_null() for name in _COUNTED)
    some = pl.all_horizontal(each(name).is_between(0, MOST) for name in _COUNTED).fill_null(value=False)
    right = [
        each(EXTRA).is_null(),
        each("time").is_between(0, LATEST),
        each("source").str.contains(IPV4),
        each("target").str.contains(IPV4),
        each("source_port", "target_port").is_not_null(),
        each("side").is_in(list(SIDES)),
        none | some,
        *dialect.good(),
    ]
    time = each("time")
    scaled = pl.when(time > LATEST // 1000).then(time * 1000).otherwise(time * 1_000_000)
    return [
        pl.all_horizontal(right).fill_null(value=False).alias("good"),
        (none & each("state").is_not_null()).alias("bare"),
        scaled.alias("start"),
        each("source_port", "target_port").cast(pl.Int64),
        coded("side", SIDES, 0).alias("side"),
        each(_COUNTED).fill_null(UNKNOWN),
        *(expression.alias(name) for name, expression in dialect.columns().items()),
    ]


def _columns(found: pl.DataFrame, lines: Numbers) -> Columns:
    values = {name: found[name].to_numpy() for name in found.columns if name in COLUMNS}
    values |= {name: ipv4_numbers(found[name]) for name in ("source", "target")}
    return columns(len(found), line=lines, end=values["start"], **values)


def coded(name: str, codes: Mapping[str, int], other: int) -> pl.Expr:
    """A field of few words as numbers."""
    found: pl.Expr = pl.lit(other, pl.Int64)
    for word, code in codes.items():
        found = pl.when(pl.col(name) == word).then(pl.lit(code, pl.Int64)).otherwise(found)
    return found


def _keep(reading: _Reading, columns: Columns) -> None:
    """Count the records, and hold those that are wanted and new."""
    account, addresses = reading.account, reading.addresses
    account.records += len(columns)
    lost = columns.seen_by < 0
    if lost.any():
        account.records -= int(lost.sum())
        for line in columns.line[lost].tolist():
            account.refuse(line, "in no record of this log")
        columns = columns.take(~lost)
    for number, places in grouped(columns.seen_by):
        own = np.where(columns.side == INBOUND, columns.target, columns.source)[places]
        reading.watches.watch(number).add_addresses(
            {addresses.text(each) for each in np.unique(own).tolist()}
        )
    rows, asked = oriented(columns, reading.wanted, addresses)
    rows = chosen(rows, asked)
    account.other += len(columns) - len(rows.columns)
    if not len(rows.columns):
        return
    fresh = reading.seen.first(rows.columns.start, record_hash(rows.columns, addresses))
    rows = chosen(rows, fresh)
    account.duplicate += len(fresh) - len(rows.columns)
    account.kept += len(rows.columns)
    if len(rows.columns):
        reading.held.append(rows)
        reading.size += len(rows.columns)


def uncounted(columns: Columns, hashes: Words, past: Words, *, last: bool) -> Bits:
    """Beginnings of flows that are not counted.

    Each flow has one beginning and, when it is over, one end with counts. Where a beginning has no end, counts on the way show that
    its bytes are counted; but only if there is a single one: of two flows with the same ends one could have them all.

    Args:
        columns: Records.
        hashes: Of their flows.
        past: Those of flows that had other records before.
        last: Whether these are all that come.
    """
    found = np.zeros(len(columns), bool)
    begins = (columns.state == BEGIN) & (columns.verdict != DENIED)
    if not begins.any():
        return found
    flows, flow = np.unique(hashes, return_inverse=True)
    counts = columns.there != UNKNOWN

    def number(which: Bits) -> Numbers:
        return np.bincount(flow[which], minlength=int(flow.max()) + 1).astype(np.int64)

    begun = number(begins)
    left = begun - number((columns.state == END) & counts)
    going = number((columns.state == CONTINUE) & counts) > 0
    open_ = (left > 0) & ~((begun == 1) & going & ~np.isin(flows, past) & last)
    which: Bits = begins & open_[flow]
    return which


def _settled(reading: _Reading, *, last: bool) -> Iterator[Piece]:
    if not reading.held:
        return
    rows, addresses = stacked(reading.held), reading.addresses
    hashes = flow_hash(rows.columns, addresses)
    open_ = uncounted(rows.columns, hashes, reading.past, last=last)
    if last:
        reading.held, reading.size = [], 0
    else:
        # They wait for counts that come later in the file; if there are too many of them, they wait no more.
        waiting = chosen(rows, open_) if int(open_.sum()) < HELD // 2 else None
        reading.held = [waiting] if waiting is not None and len(waiting.columns) else []
        reading.size = sum(len(each.columns) for each in reading.held)
        reading.past = np.union1d(reading.past, hashes[~open_])
        if waiting is not None:
            rows, open_ = chosen(rows, ~open_), open_[~open_]
    names = [name.split("\0", 1)[0] for name in reading.watches.names]
    why = VERSION_1 if reading.versions == {1} else UNCOUNTED
    batch = added_up(rows, open_, addresses, names, why, begins=True)
    if batch is not None:
        yield batch


def time_of(text: object) -> int | None:
    """The moment of a record's time; seven decimals occur."""
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    try:
        whole = moment(datetime.fromisoformat(match[1]).replace(tzinfo=UTC))
    except ValueError:
        return None
    return whole + int((match[2] or "").ljust(6, "0"))


def _whole_hour(watches: Watches, name: str) -> None:
    """Azure names the hour in a file's path. At its ends, too, a short silence is bridged."""
    match = _HOUR_PATH.search(name.replace("\\", "/"))
    if match is None:
        return
    try:
        begin = moment(datetime(*map(int, match.groups()), tzinfo=UTC))  # type: ignore[misc, arg-type]
    except ValueError:
        return
    for watch in watches.watches.values():
        seen = watch.seen
        if len(seen.starts) and 0 < seen.starts[0] - begin <= SILENCE:
            seen.add(np.array([begin]), seen.starts[:1])
        if len(seen.ends) and 0 < begin + HOUR - seen.ends[-1] <= SILENCE:
            seen.add(seen.ends[-1:], np.array([begin + HOUR]))


def whole_number(text: str, most: int) -> int:
    """A number of a tuple.

    Raises:
        TupleError: It is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 16) or int(text) > most:
        raise TupleError(NO_NUMBER)
    return int(text)


def counters(texts: list[str]) -> dict[str, int]:
    """The four counts: all or none.

    Raises:
        TupleError: Some.
    """
    if not any(texts):
        return dict.fromkeys(_COUNTED, UNKNOWN)
    if not all(texts):
        raise TupleError(PART)
    return dict(zip(_COUNTED, (whole_number(text, MOST) for text in texts), strict=True))


def ends(fields: list[str], addresses: Addresses) -> dict[str, int]:
    """Both ends of a tuple: addresses, ports.

    Raises:
        TupleError: One of them is none.
    """
    try:
        source, target = addresses.number(fields[0]), addresses.number(fields[1])
    except ValueError:
        raise TupleError("an address that is none") from None
    return {
        "source": source,
        "target": target,
        "source_port": whole_number(fields[2], 65535),
        "target_port": whole_number(fields[3], 65535),
    }
