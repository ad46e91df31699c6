"""AWS VPC flow logs: text of versions 2 to 8 as S3, CloudWatch and Firehose deliver it.

A record tells one direction of a flow on one network interface, from start to end, at most ten minutes. NODATA says that nothing
went through in that time, SKIPDATA that records were lost. (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html)
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from hushdesk.incident._evidence import Account, Piece, Sees, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident._spans import MINUTE, SECOND
from hushdesk.incident.evidence import _flow_aws as aws
from hushdesk.incident.evidence._flow_columns import (
    BLIND,
    FLOW,
    INBOUND,
    OUTBOUND,
    Addresses,
    Columns,
    from_rows,
    joined,
)
from hushdesk.incident.evidence._flow_rows import INTERNAL, Seen, added_up, chosen, oriented, record_hash
from hushdesk.incident.evidence._flow_table import Numbers
from hushdesk.incident.evidence._flow_watch import Watches, grouped
from hushdesk.incident.evidence._source import BROKEN, CUT, Source

BLOCK: Final = 8 << 20
"""Bytes that are read at once."""
BATCH: Final = 1 << 18
"""Records that are added up at once."""
_AHEAD: Final = 2
_ROWS: Final = 1 << 16
WHY: Final = (
    "each flow record covers its interface from start to end, NODATA too; pauses of less than a minute, the shortest time that "
    "AWS gathers records over, are within one such time"
)
BLANK_WHY: Final = "the log's format has no byte counts"


@dataclass(slots=True)
class _Reading:
    """What is known while one file is read."""

    source: Source
    wanted: Wanted
    account: Account
    layout: aws.Format
    watches: Watches
    seen: Seen = field(default_factory=Seen)
    parts: list[Columns] = field(default_factory=list)
    size: int = 0
    addresses: Addresses = field(default_factory=Addresses)
    own: dict[tuple[int, bool], set[str]] = field(default_factory=dict)
    """By interface and family: addresses that stand in each of its records."""


class AwsVpcFlow:
    """Reads AWS VPC flow logs."""

    name = "aws-vpc-flow"
    title = "AWS VPC flow log"
    options: Mapping[str, str] = {
        "format": "names of the fields in their order, as the flow log was created with, if the file has no heading"
    }

    def claims(self, head: Head) -> int:
        """By a heading of field names, or a first line that is a record of the default format."""
        lines = head.start.lstrip(b"\xef\xbb\xbf \r\n").split(b"\n", 3)
        sure = 0
        for line in lines[: 3 if head.whole or len(lines) > 3 else max(len(lines) - 1, 1)]:
            try:
                text = aws.unwrapped(line)
                if len(aws.named(text)) > 3:
                    return 98
                addresses = Addresses()
                aws.record(text, aws.Format(_DEFAULT, stated=False), addresses)
            except aws.LineError:
                continue
            sure = 95
        return 60 if not sure and "vpcflowlogs" in head.path else sure

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Rows, in pieces of some hundred thousand records; coverage and gaps of each interface at the end."""
        stated = aws.named(source.options.get("format", ""))
        watches = Watches(
            log=self.name,
            file=source.name,
            sees=Sees.CONNECTIONS | Sees.DENIALS | Sees.BYTES,
            why=WHY,
            pause=MINUTE,
        )
        reading = _Reading(
            source, wanted, account, aws.Format(stated or _DEFAULT, stated=bool(stated)), watches
        )
        with ThreadPoolExecutor(2) as pool:
            for first, piece in _ahead(reading, pool):
                _take(reading, first, piece)
                if reading.size >= BATCH:
                    yield from _settled(reading)
        yield from _settled(reading)
        if "bytes" not in reading.layout.fields:
            watches.sees &= ~Sees.BYTES
        if reading.seen.forgetful:
            watches.why += "; records repeated after a long time may count twice"
        _name_own(reading)
        yield from watches.pieces()


_DEFAULT: Final = tuple(aws.DEFAULT.split())


def _ahead(reading: _Reading, pool: ThreadPoolExecutor) -> Iterator[tuple[int, aws.Piece]]:
    """Blocks with the number of their first line, some being cut while others are taken."""
    waiting: deque[tuple[int, Future[aws.Piece]]] = deque()
    for number, data in _blocks(reading):
        block = data.removeprefix(b"\xef\xbb\xbf") if number == 1 else data
        if number == 1:
            _begin(reading, block)
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        if not block.endswith(b"\n"):
            block += b"\n"
        waiting.append((number, pool.submit(aws.piece_of, block, reading.layout, reading.wanted, MINUTE)))
        if len(waiting) >= _AHEAD:
            first, future = waiting.popleft()
            yield first, future.result()
    while waiting:
        first, future = waiting.popleft()
        yield first, future.result()


def _blocks(reading: _Reading) -> Iterator[tuple[int, bytes]]:
    """Blocks of lines; records of a Parquet file as such."""
    if reading.source.head()[0].startswith(b"PAR1"):
        yield from _parquet(reading)
    else:
        yield from reading.source.blocks(reading.account, BLOCK)


def _parquet(reading: _Reading) -> Iterator[tuple[int, bytes]]:
    number = 1
    try:
        with reading.source.open() as file:
            # Its directory stands at its end.
            held = (
                file if isinstance(file, io.BufferedReader) and file.seekable() else io.BytesIO(file.read())
            )
            batches = pq.ParquetFile(held).iter_batches(_ROWS)
            for batch in batches:
                frame = pl.DataFrame(batch).select(pl.all().cast(pl.String, strict=False))
                if number == 1:
                    reading.layout = aws.Format(aws.named(" ".join(frame.columns)) or reading.layout.fields)
                yield (
                    number,
                    frame.write_csv(
                        separator=" ", include_header=False, null_value="-", quote_style="never"
                    ).encode(),
                )
                number += len(frame)
    except (*BROKEN, pa.ArrowException, pl.exceptions.PolarsError):
        reading.account.refuse(number, CUT)


def _begin(reading: _Reading, block: bytes) -> None:
    """The format, as far as the first line tells."""
    try:
        text = aws.unwrapped(block[:65536].split(b"\n", 1)[0])
    except aws.LineError:
        return
    if names := aws.named(text):
        reading.layout = aws.Format(names)
    elif aws.stamped(text) and reading.layout.fields[0] != aws.STAMP:
        reading.layout = aws.Format((aws.STAMP, *reading.layout.fields), stated=reading.layout.stated)


def _piece(reading: _Reading, block: bytes) -> aws.Piece:
    return aws.piece_of(block, reading.layout, reading.wanted, MINUTE)


def _take(reading: _Reading, first: int, piece: aws.Piece) -> None:
    """Records of a block, those that had to be read one by one among them."""
    if piece.layout != reading.layout:
        piece = _piece(reading, piece.block)
    rows: list[dict[str, int]] = []
    for row, line in piece.odd:
        try:
            text = aws.unwrapped(line)
            names = aws.named(text)
            if names and names == tuple(name for name in reading.layout.fields if name != aws.STAMP):
                continue
            if names:
                # From here on, another format holds. What was read as one block falls into two.
                lines = piece.block.split(b"\n")
                before = b"\n".join(lines[:row]) + b"\n"
                after = b"\n".join(lines[row + 1 :])
                if row:
                    _take(reading, first, _piece(reading, before))
                reading.layout = aws.Format(names)
                if after.strip():
                    _take(reading, first + row + 1, _piece(reading, after))
                return
        except aws.LineError:
            continue
    for row, line in piece.odd:
        try:
            text = aws.unwrapped(line)
            if aws.named(text):
                continue
            found, observer = aws.record(text, reading.layout, reading.addresses)
        except aws.LineError as reason:
            reading.account.refuse(first + row, str(reason))
            continue
        rows.append(found | {"line": first + row, "seen_by": reading.watches.number(observer)})
    if rows:
        columns = from_rows(rows)
        _watch(reading, columns, reading.addresses)
        reading.parts.append(columns)
    numbers = np.array([reading.watches.number(name) for name in piece.observers], np.int64)
    for name, islands in piece.spans:
        reading.watches.watch(reading.watches.number(name)).seen.add(islands.starts, islands.ends)
    for columns in (piece.columns, piece.sample):
        columns.line = columns.line + first
        columns.seen_by = numbers[columns.seen_by]
        for number, places in grouped(columns.seen_by):
            _own(reading, number, columns, places, reading.addresses)
    reading.account.records += piece.others
    reading.account.other += piece.others
    if len(piece.columns):
        reading.parts.append(piece.columns)
    reading.size += len(piece.columns) + len(rows)


def _settled(reading: _Reading) -> Iterator[Piece]:
    """Rows of the records that were gathered."""
    if not reading.parts:
        return
    columns, addresses, account = joined(reading.parts), reading.addresses, reading.account
    reading.parts, reading.size, reading.addresses = [], 0, Addresses()
    account.records += len(columns)
    rows, asked = oriented(columns, reading.wanted, addresses)
    states = columns.kind != FLOW
    if states.any():
        asked = (asked & ~states) | states
    rows = chosen(rows, asked)
    account.other += len(columns) - len(rows.columns)
    if len(rows.columns):
        fresh = reading.seen.first(rows.columns.start, record_hash(rows.columns, addresses))
        kept = int(fresh.sum())
        account.duplicate += len(fresh) - kept
        account.kept += kept
        rows = chosen(rows, fresh & (rows.columns.kind == FLOW))
    batch = added_up(rows, np.zeros(len(rows.columns), bool), addresses, reading.watches.names, BLANK_WHY)
    if batch is not None:
        yield batch


def _watch(reading: _Reading, columns: Columns, addresses: Addresses) -> None:
    """When each interface was watched, and which address is its own."""
    for number, places in grouped(columns.seen_by):
        watch = reading.watches.watch(number)
        start, end, kind = columns.start[places], columns.end[places], columns.kind[places]
        # The last second, or millisecond, is within.
        end = end + np.where((end % SECOND == 0) & (start % SECOND == 0), SECOND, 1000)
        blind = kind == BLIND
        if blind.any():
            watch.blind.add(start[blind], end[blind])
            watch.seen.add(start[~blind], end[~blind])
        else:
            watch.seen.add(start, end)
        flows = places[kind == FLOW]
        if len(flows):
            _own(reading, number, columns, flows, addresses)


def _own(reading: _Reading, number: int, columns: Columns, places: Numbers, addresses: Addresses) -> None:
    """Narrow down the interface's own address: the log shows it at one end of each of its records."""
    sources, targets, sides = columns.source[places], columns.target[places], columns.side[places]
    for six in (False, True):
        which = (sources >= 1 << 32) == six
        if not which.any():
            continue
        source, target, side = sources[which], targets[which], sides[which]
        told: set[int] = set()
        candidates = {int(source[0]), int(target[0])}
        for ends, one in ((source, OUTBOUND), (target, INBOUND)):
            if len(mine := ends[side == one]):
                told |= {int(mine[0])}
        texts = {
            addresses.text(each)
            for each in (candidates & told or candidates)
            if bool(((source == each) | (target == each)).all())
        }
        known = reading.own.get((number, six))
        reading.own[number, six] = texts if known is None else known & texts


def _name_own(reading: _Reading) -> None:
    for (number, _), texts in reading.own.items():
        # With a single peer both ends stand everywhere. The interface's own IPv4 address is always an inner one.
        inner = {text for text in texts if text in INTERNAL}
        mine = texts if len(texts) == 1 else inner
        if len(mine) == 1:
            reading.watches.watch(number).add_addresses(mine)
