"""AWS VPC flow logs: text of versions 2 to 8 as S3, CloudWatch and Firehose deliver it.

A record tells one direction of a flow on one network interface, from start to end, at most ten minutes. NODATA says that nothing
went through in that time, SKIPDATA that records were lost. (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import numpy as np

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
from hushdesk.incident.evidence._flow_watch import Watches, grouped
from hushdesk.incident.evidence._source import Source

BLOCK: Final = 1 << 20
"""Bytes that are cut at once: what then is looked at again and again stays in the processor's cache."""
BATCH: Final = 1 << 18
"""Records that are added up at once."""
_AHEAD: Final = 4
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
                aws.record(text, aws.Format.of(_DEFAULT, stated=False), addresses)
            except aws.LineError:
                continue
            sure = 95
        if not sure and "vpcflowlogs" in head.path and not head.start.startswith(b"PAR1"):
            sure = 60
        return sure

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
            source, wanted, account, aws.Format.of(stated or _DEFAULT, stated=bool(stated)), watches
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
    for number, block in reading.source.blocks(reading.account, BLOCK):
        if number == 1:
            block = block.removeprefix(b"\xef\xbb\xbf")
            _begin(reading, block)
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        if not block.endswith(b"\n"):
            block += b"\n"
        waiting.append((number, pool.submit(aws.piece_of, block, reading.layout)))
        if len(waiting) >= _AHEAD:
            first, future = waiting.popleft()
            yield first, future.result()
    while waiting:
        first, future = waiting.popleft()
        yield first, future.result()


def _begin(reading: _Reading, block: bytes) -> None:
    """The format, as far as the first line tells."""
    try:
        text = aws.unwrapped(block[:65536].split(b"\n", 1)[0])
    except aws.LineError:
        return
    if names := aws.named(text):
        reading.layout = aws.Format.of(names, stated=True)
    elif aws.stamped(text) and reading.layout.fields[0] != aws.STAMP:
        reading.layout = aws.Format.of((aws.STAMP, *reading.layout.fields), stated=reading.layout.stated)


def _take(reading: _Reading, first: int, piece: aws.Piece) -> None:
    """Records of a block, those that had to be read one by one among them."""
    if piece.layout is not reading.layout:
        piece = aws.piece_of(piece.block, reading.layout)
    rows: list[dict[str, int]] = []
    until: int | None = None
    for row, line in piece.odd:
        try:
            text = aws.unwrapped(line)
            names = aws.named(text)
            if names and names == tuple(name for name in reading.layout.fields if name != aws.STAMP):
                continue
            if names:
                # From here on, another format holds.
                reading.layout = aws.Format.of(names, stated=True)
                until = row
                break
            found, observer = aws.record(text, reading.layout, reading.addresses)
        except aws.LineError as reason:
            reading.account.refuse(first + row, str(reason))
            continue
        rows.append(found | {"line": first + row, "seen_by": reading.watches.number(observer)})
    columns = piece.columns
    if until is not None:
        columns = columns.take(columns.line < until)
    if len(columns):
        numbers = np.array([reading.watches.number(name) for name in piece.observers], np.int64)
        columns.line = columns.line + first
        columns.seen_by = numbers[columns.seen_by]
        reading.parts.append(columns)
    if rows:
        reading.parts.append(from_rows(rows))
    reading.size += len(columns) + len(rows)
    if until is not None:
        rest = piece.block.split(b"\n", until + 1)[until + 1]
        if rest.strip():
            _take(reading, first + until + 1, aws.piece_of(rest, reading.layout))


def _settled(reading: _Reading) -> Iterator[Piece]:
    """Rows of the records that were gathered."""
    if not reading.parts:
        return
    columns, addresses, account = joined(reading.parts), reading.addresses, reading.account
    reading.parts, reading.size, reading.addresses = [], 0, Addresses()
    account.records += len(columns)
    _watch(reading, columns, addresses)
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
    batch = added_up(
        rows, np.zeros(len(rows.columns), bool), addresses, reading.watches.names, BLANK_WHY
    )
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
            _own(reading, number, columns.take(flows), addresses)


def _own(reading: _Reading, number: int, columns: Columns, addresses: Addresses) -> None:
    """Narrow down the interface's own address: the log shows it at one end of each of its records."""
    for six in (False, True):
        which = (columns.source >= 1 << 32) == six
        if not which.any():
            continue
        source, target, side = columns.source[which], columns.target[which], columns.side[which]
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


