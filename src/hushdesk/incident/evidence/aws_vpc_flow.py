"""AWS VPC flow logs: text of versions 2 to 8 as S3, CloudWatch and Firehose deliver it.

A record tells one direction of a flow on one network interface, from start to end, at most ten minutes. NODATA says that nothing
went through in that time, SKIPDATA that records were lost. (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html)
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from hushdesk.incident._evidence import Account, Piece, Sees, Wanted
from hushdesk.incident._parser import Head, Memory
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
from hushdesk.incident.evidence._flow_rows import INTERNAL, Seen, Summing, chosen, oriented, record_hash
from hushdesk.incident.evidence._flow_series import RECORDS, Files, recalled, remembered, stable
from hushdesk.incident.evidence._flow_table import Numbers
from hushdesk.incident.evidence._flow_watch import Watches, grouped
from hushdesk.incident.evidence._source import BROKEN, CUT, Source, line_ends

BLOCK: Final = 4 << 20
"""Bytes that are read at once."""
BATCH: Final = 1 << 16
"""Records that are added up at once."""
_AHEAD: Final = 2
_ROWS: Final = 1 << 16
_DEFAULT: Final = tuple(aws.DEFAULT.split())
WHY: Final = (
    "each flow record covers its interface from start to end, NODATA too; pauses of less than a minute, the shortest time that "
    "AWS gathers records over, are within one such time"
)
BLANK_WHY: Final = "the log's format has no byte counts"


@dataclass(slots=True)
class _Reading:
    """What is known while one file is read."""

    wanted: Wanted
    files: Files
    watches: Watches
    layout: aws.Format = field(default_factory=lambda: aws.Format(_DEFAULT, stated=False))
    """Of the file that records are taken of."""
    lines: int = 0
    """Of the files before, all together."""
    file: int = -1
    """Which one that is."""
    silent: set[int] = field(default_factory=set)
    """Interfaces of which records have no byte counts."""
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
        yield from self.read_series([source], wanted, [account], Memory())

    def read_series(
        self, sources: Iterable[Source], wanted: Wanted, accounts: Sequence[Account], memory: Memory
    ) -> Iterator[Piece]:
        """All files as one: what is delivered twice counts once, and an interface is covered from file to file."""
        watches = Watches(
            log=self.name,
            file="",
            sees=Sees.CONNECTIONS | Sees.DENIALS,
            why=WHY,
            pause=MINUTE,
        )
        reading = _Reading(wanted, Files(), watches)
        recalled(memory.before, reading.seen)
        with ThreadPoolExecutor(2) as pool:
            waiting: deque[_Begun] = deque()
            summing = Summing(pool)
            for begun in _ahead(reading, sources, accounts, pool):
                waiting.append(begun)
                while len(waiting) > _AHEAD:
                    _taken(reading, waiting.popleft())
                if reading.size >= BATCH:
                    _settle(reading, summing)
                    yield from summing.done()
            for begun in waiting:
                _taken(reading, begun)
            _settle(reading, summing)
            yield from summing.rest()
        reading.files.close()
        for number, watch in watches.watches.items():
            if number not in reading.silent:
                watch.tells(Sees.BYTES, "")
        if reading.seen.forgetful:
            watches.why += "; records repeated after a long time may count twice"
        memory.left = {RECORDS: remembered(reading.seen, memory.before)}
        _name_own(reading)
        yield from watches.pieces()


@dataclass(slots=True)
class _Block:
    """Lines that are read at once: of one file, or of many of one format."""

    layout: aws.Format
    first: int
    """Number of the first line."""
    begins: bool
    """Whether the first line is the first of a file."""
    file: int
    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    lines: int = 0


_Begun = tuple[_Block, Future[aws.Piece]]


def _ahead(
    reading: _Reading, sources: Iterable[Source], accounts: Sequence[Account], pool: ThreadPoolExecutor
) -> Iterator[_Begun]:
    """Blocks, which are read while others are taken."""
    block: _Block | None = None

    def begun(block: _Block) -> _Begun:
        # Where a heading within a file told of another format, that holds on.
        layout = block.layout if block.begins or reading.file != block.file else reading.layout
        return block, pool.submit(aws.piece_of, b"".join(block.parts), layout, reading.wanted, MINUTE)

    for file, (source, account) in enumerate(zip(sources, accounts, strict=True)):
        reading.watches.file = reading.watches.file or source.name
        base, layout, skipped = reading.lines, _stated(source), 0
        fresh = True
        reading.files.begin(account, base)
        for number, data, named, ends in _blocks(source, account):
            part = data.removeprefix(b"\xef\xbb\xbf") if number == 1 else data
            if number == 1:
                layout, skipped = (named, 0) if named else _heading(part, layout)
                # A heading is no record; without it, a block is read faster.
                reading.files.skipped[file] = skipped
                part = part.split(b"\n", 1)[-1] if skipped else part
                if skipped and not part:
                    continue
            left = ends - (skipped if number == 1 and ends else 0)
            part, lines = _clean(part, number + (skipped if number == 1 else 0), account, left)
            first = base + number - (0 if number == 1 else skipped)
            reading.lines = first - 1 + lines
            if block is not None and (
                block.layout != layout or block.size + len(part) > BLOCK or block.first + block.lines != first
            ):
                yield begun(block)
                block = None
            if block is None:
                block = _Block(layout, first, fresh, file)
            fresh = False
            block.parts.append(part)
            block.size += len(part)
            block.lines += lines
            if block.size >= BLOCK:
                yield begun(block)
                block = None
    if block is not None:
        yield begun(block)


def _stated(source: Source) -> aws.Format:
    stated = aws.named(source.options.get("format", ""))
    return aws.Format(stated or _DEFAULT, stated=bool(stated))


def _clean(part: bytes, number: int, account: Account, ends: int) -> tuple[bytes, int]:
    """Lines with plain ends and none too long, and how many there are: as many as ``ends``, and perhaps one without."""
    if b"\r" in part:
        part = part.replace(b"\r\n", b"\n")
    if not part.endswith(b"\n"):
        part += b"\n"
        ends += 1
    part, long = aws.without_long(part)
    for row in long:
        account.refuse(number + row, aws.LONG)
    return part, ends


def _blocks(source: Source, account: Account) -> Iterator[tuple[int, bytes, aws.Format | None, int]]:
    """Blocks of lines; records of a Parquet file as such, and their format; how many lines end in each."""
    if source.head()[0].startswith(b"PAR1"):
        yield from _parquet(source, account)
    else:
        for number, data, ends in source.counted_blocks(account, BLOCK):
            yield number, data, None, ends


def _parquet(source: Source, account: Account) -> Iterator[tuple[int, bytes, aws.Format | None, int]]:
    number = 1
    try:
        with source.open() as file:
            # Its directory stands at its end.
            held = (
                file if isinstance(file, io.BufferedReader) and file.seekable() else io.BytesIO(file.read())
            )
            for batch in pq.ParquetFile(held).iter_batches(_ROWS):
                frame = pl.DataFrame(batch).select(pl.all().cast(pl.String, strict=False))
                names = aws.named(" ".join(frame.columns))
                text = frame.write_csv(
                    separator=" ", include_header=False, null_value="-", quote_style="never"
                )
                block = text.encode()
                yield number, block, aws.Format(names) if names else None, line_ends(block)
                number += len(frame)
    except (*BROKEN, pa.ArrowException, pl.exceptions.PolarsError):
        account.refuse(number, CUT)


def _heading(block: bytes, layout: aws.Format) -> tuple[aws.Format, int]:
    """The format, as far as the first line tells, and how many lines are a heading."""
    try:
        text = aws.unwrapped(block[:65536].split(b"\n", 1)[0])
    except aws.LineError:
        return layout, 0
    if names := aws.named(text):
        return aws.Format(names), 1
    if aws.stamped(text) and layout.fields[0] != aws.STAMP:
        return aws.Format((aws.STAMP, *layout.fields), stated=layout.stated), 0
    return layout, 0


def _taken(reading: _Reading, begun: _Begun) -> None:
    block, future = begun
    if block.begins:
        reading.layout = block.layout
    reading.file = block.file
    _take(reading, block.first, future.result())


def _take(reading: _Reading, first: int, piece: aws.Piece) -> None:
    """Records of a block. From a heading within on, another format holds: what was read as one block falls into several."""
    headings = _headings(piece)
    if piece.layout == reading.layout and all(layout == piece.layout for _, layout in headings):
        _take_piece(reading, first, piece)
        return
    lines = piece.block.split(b"\n")
    begin = 0
    for row, layout in [*headings, (len(lines) - 1, reading.layout)]:
        if row > begin:
            part = b"\n".join(lines[begin:row]) + b"\n"
            _take_piece(reading, first + begin, aws.piece_of(part, reading.layout, reading.wanted, MINUTE))
        if row < len(lines) - 1:
            reading.layout = layout
        begin = row + 1


def _headings(piece: aws.Piece) -> list[tuple[int, aws.Format]]:
    """Lines of a block, from 0, that are headings, and the formats that they tell."""
    found = []
    for row, line in piece.odd:
        try:
            names = aws.named(aws.unwrapped(line))
        except aws.LineError:
            continue
        if names:
            same = names == tuple(name for name in piece.layout.fields if name != aws.STAMP)
            found.append((row, piece.layout if same else aws.Format(names)))
    return found


def _take_piece(reading: _Reading, first: int, piece: aws.Piece) -> None:
    rows: list[dict[str, int]] = []
    for row, line in piece.odd:
        try:
            text = aws.unwrapped(line)
            if aws.named(text):
                continue
            found, observer = aws.record(text, reading.layout, reading.addresses)
        except aws.LineError as reason:
            reading.files.refuse(first + row, str(reason))
            continue
        rows.append(found | {"line": first + row, "seen_by": reading.watches.number(observer)})
    if rows:
        columns = from_rows(rows)
        _watch(reading, columns, reading.addresses)
        reading.parts.append(columns)
    numbers = np.array([reading.watches.number(name) for name in piece.observers], np.int64)
    for name, islands in piece.spans:
        reading.watches.watch(reading.watches.number(name)).seen.add(islands.starts, islands.ends)
    for columns in (piece.columns, piece.states, piece.sample):
        columns.line = columns.line + first
        columns.seen_by = numbers[columns.seen_by]
    if len(piece.states):
        _watch(reading, piece.states, reading.addresses)
        reading.parts.append(piece.states)
    for columns in (piece.columns, piece.sample):
        for number, places in grouped(columns.seen_by):
            _own(reading, number, columns, places, reading.addresses)
    reading.files.tally(piece.others + first, "records", "other")
    if "bytes" not in piece.layout.fields:
        reading.silent.update(numbers.tolist(), (row["seen_by"] for row in rows))
    if len(piece.columns):
        reading.parts.append(piece.columns)
    reading.size += len(piece.columns) + len(piece.states) + len(rows)


def _settle(reading: _Reading, summing: Summing) -> None:
    """Have rows made of the records that were gathered."""
    if not reading.parts:
        return
    columns, addresses, files = joined(reading.parts), reading.addresses, reading.files
    reading.parts, reading.size, reading.addresses = [], 0, Addresses()
    files.tally(columns.line, "records")
    rows, asked = oriented(columns, reading.wanted, addresses)
    states = columns.kind != FLOW
    if states.any():
        asked = (asked & ~states) | states
    files.tally(columns.line[~asked], "other")
    rows = chosen(rows, asked)
    if len(rows.columns):
        observers = stable(reading.watches.names)
        fresh = reading.seen.first(rows.columns.start, record_hash(rows.columns, addresses, observers))
        files.tally(rows.columns.line[~fresh], "duplicate")
        files.tally(rows.columns.line[fresh], "kept")
        rows = chosen(rows, fresh & (rows.columns.kind == FLOW))
    rows.columns.line = files.local(rows.columns.line)
    names = list(reading.watches.names)
    summing.add(rows, np.zeros(len(rows.columns), bool), addresses, names, BLANK_WHY)


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
