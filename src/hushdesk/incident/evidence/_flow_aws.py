"""What a line of an AWS VPC flow log says, by the format in which it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from hushdesk.incident._evidence import Wanted
from hushdesk.incident._spans import SECOND, moment
from hushdesk.incident.evidence._flow_columns import (
    ACCEPTED,
    BLIND,
    DENIED,
    EITHER,
    FLOW,
    IDLE,
    INBOUND,
    OUTBOUND,
    UNKNOWN,
    UNSAID,
    UNTOLD,
    Addresses,
    Columns,
    columns,
    same,
)
from hushdesk.incident.evidence._flow_scan import Lines, odd_lines, perhaps, scanned
from hushdesk.incident.evidence._flow_table import Bits, Numbers, all_lines
from hushdesk.incident.evidence._flow_watch import Islands, grouped

DEFAULT: Final = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
"""Version 2, and what AWS writes if no other format was set."""
FIELDS: Final = frozenset(
    f"""{DEFAULT} vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type
    sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path
    resource-type tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id
    tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id
    packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired
    ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id
    ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id
    reject-reason resource-id encryption-status""".split()
)
STAMP: Final = "@timestamp"
"""The time that CloudWatch writes before each line of an export."""
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")

MANY: Final = "another number of fields than the format has"
NO_FORMAT: Final = "of another version than 2, whose format is not told: name it with the option format"
NO_ADDRESS: Final = "an address that is none"
NO_NUMBER: Final = "something else where a whole number is expected"
NO_PORT: Final = "a port or protocol that there is not"
NO_TIME: Final = "no time of start and end"
WRONG_TIME: Final = "a time that cannot be, or an end before its start"
WRONG_ACTION: Final = "an action that is neither ACCEPT nor REJECT"
WRONG_STATUS: Final = "a status that is none of OK, NODATA, SKIPDATA"
NO_TEXT: Final = "not UTF-8 text, or with control characters"
NO_OBSERVER: Final = "a status without the interface that it is about"
LONG: Final = "longer than any record of a flow log"
NO_MESSAGE: Final = "JSON without a message that is a line of a flow log"

_LAST_TIME: Final = 253_402_300_799
"""The end of the year 9999. What is later, in seconds, is in milliseconds."""
_MOST: Final = 10**15
LONGEST: Final = 1 << 16
"""Bytes of the longest line that may be a record."""
_STATUS: Final = {"OK": FLOW, "NODATA": IDLE, "SKIPDATA": BLIND}
_ACTION: Final = {"ACCEPT": ACCEPTED, "REJECT": DENIED, "-": UNSAID}
_SIDE: Final = {"ingress": INBOUND, "egress": OUTBOUND, "-": EITHER}


class LineError(Exception):
    """A line that cannot be read; the text is one of the reasons above."""


@dataclass(frozen=True, slots=True)
class Format:
    """Order of the fields of a line."""

    fields: tuple[str, ...]
    stated: bool = True
    """Whether it was told rather than taken for the default."""

    @property
    def quick(self) -> bool:
        """Whether whole blocks of it can be read at once."""
        return {"srcaddr", "dstaddr", "start", "end"} <= set(self.fields)


def named(text: str) -> tuple[str, ...]:
    """Names of fields in a heading or an option: ``version srcaddr``, ``${version} ${srcaddr}``, with commas, underscores.

    Returns:
        Empty if any of them is none, or none of them is an address.
    """
    if "addr" not in text.lower():
        return ()
    names = tuple(
        name.strip('${}"').lower().replace("_", "-") for name in re.split(r"[\s,]+", text.strip()) if name
    )
    known = all(name in FIELDS for name in names) and len(set(names)) == len(names)
    return names if known and any(name.endswith("addr") for name in names) else ()


def without_long(block: bytes) -> tuple[bytes, list[int]]:
    """A block with nothing in place of lines that are too long for a record, and the numbers of these, from 0."""
    if all(block.find(b"\n", at, at + LONGEST) >= 0 for at in range(0, len(block), LONGEST)):
        return block, []
    lines = block.split(b"\n")
    long = [row for row, line in enumerate(lines) if len(line) > LONGEST]
    for row in long:
        lines[row] = b""
    return b"\n".join(lines), long


def unwrapped(line: bytes) -> str:
    """The text of a line; that of its message where it is JSON, as CloudWatch and Firehose export it.

    Raises:
        LineError: There is no text.
    """
    try:
        text = line.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise LineError(NO_TEXT) from None
    if text.startswith("{"):
        try:
            message = json.loads(text).get("message")
        except (ValueError, AttributeError, RecursionError):
            raise LineError(NO_MESSAGE) from None
        if not isinstance(message, str):
            raise LineError(NO_MESSAGE)
        text = message.strip()
    if not text.isprintable() and not text.replace("\t", " ").isprintable():
        raise LineError(NO_TEXT)
    return text


def stamped(text: str) -> bool:
    """Whether CloudWatch's time stands before a line."""
    return _STAMP.fullmatch(text.split(" ", 1)[0]) is not None


def fields_of(text: str, layout: Format) -> dict[str, str]:
    """The fields of a line.

    Raises:
        LineError: There are too few or too many; dashes at the end are not counted.
    """
    values = text.split()
    size = len(layout.fields)
    while len(values) > size and values[-1] == "-":
        values.pop()
    if layout.fields[0] != STAMP and len(values) == size + 1 and _STAMP.fullmatch(values[0]):
        values.pop(0)
    if len(values) != size:
        raise LineError(MANY)
    return dict(zip(layout.fields, values, strict=True))


def record(text: str, layout: Format, addresses: Addresses) -> tuple[dict[str, int], str]:
    """One line as a row of columns, and the interface that it is of.

    Raises:
        LineError: It cannot be read.
    """
    fields = fields_of(text, layout)
    if not layout.stated and fields["version"] != "2":
        raise LineError(NO_FORMAT)
    found: dict[str, int] = {}
    observer = fields.get("interface-id", "-")
    observer = "" if observer == "-" else observer
    try:
        kind = _STATUS[fields.get("log-status", "OK").replace("-", "OK")]
    except KeyError:
        raise LineError(WRONG_STATUS) from None
    found["kind"] = kind
    found["start"], found["end"] = _times(fields)
    if kind != FLOW:
        if not observer:
            raise LineError(NO_OBSERVER)
        return found, observer
    try:
        for name, column in (("srcaddr", "source"), ("dstaddr", "target")):
            shown = fields.get(name, "-")
            original = fields.get(f"pkt-{name}", "-")
            if shown == original == "-":
                raise ValueError
            found[column] = addresses.number(original if shown == "-" else shown)
            near = "near" if column == "source" else "far"
            found[near] = addresses.number(shown if original == "-" else original)
    except ValueError:
        raise LineError(NO_ADDRESS) from None
    for name, column, most, untold in (
        ("srcport", "source_port", 65535, 0),
        ("dstport", "target_port", 65535, 0),
        ("protocol", "protocol", 255, UNTOLD),
    ):
        number = _number(fields, name)
        found[column] = untold if number == UNKNOWN else number
        if number > most:
            raise LineError(NO_PORT)
    found["there"], found["packets_there"] = _number(fields, "bytes"), _number(fields, "packets")
    try:
        found["verdict"] = _ACTION[fields.get("action", "-")]
    except KeyError:
        raise LineError(WRONG_ACTION) from None
    found["side"] = _SIDE.get(fields.get("flow-direction", "-"), EITHER)
    return found, observer


def _number(fields: dict[str, str], name: str) -> int:
    text = fields.get(name, "-")
    if text == "-":
        return UNKNOWN
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise LineError(NO_NUMBER)
    number = int(text)
    if number > _MOST:
        raise LineError(NO_NUMBER)
    return number


def _times(fields: dict[str, str]) -> tuple[int, int]:
    start, end = _number(fields, "start"), _number(fields, "end")
    if min(start, end) == UNKNOWN:
        start = end = max(start, end)
    if start == UNKNOWN:
        if STAMP not in fields:
            raise LineError(NO_TIME)
        try:
            at = moment(datetime.fromisoformat(fields[STAMP]))
        except ValueError:
            raise LineError(WRONG_TIME) from None
        return at, at
    start, end = scaled(start), scaled(end)
    if end < start or end > _LAST_TIME * SECOND:
        raise LineError(WRONG_TIME)
    return start, end


def scaled(time: int) -> int:
    """Microseconds from seconds or, as some write them, milliseconds."""
    return time * SECOND if time <= _LAST_TIME else time * 1000


_NUMBERS: Final = {
    "srcport": ("source_port", 65535), "dstport": ("target_port", 65535), "protocol": ("protocol", 255),
    "bytes": ("there", _MOST), "packets": ("packets_there", _MOST), "start": ("start", _LAST_TIME), "end": ("end", _LAST_TIME),
}  # fmt: skip
"""Fields with numbers: their columns and the most that they may be."""
_ADDRESSES: Final = {"srcaddr": "source", "dstaddr": "target", "pkt-srcaddr": "near", "pkt-dstaddr": "far"}
_SAMPLE: Final = 1024
"""Of so many records of a block the addresses are looked at, be they wanted or not: to find the interface's own."""
_TIMES: Final = ("start", "end")
_PORTS: Final = ("source_port", "target_port")


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of lines that was read at once, as far as that goes."""

    block: bytes
    layout: Format
    columns: Columns
    """Records that may be wanted. ``line`` counts within the block, from 0; ``seen_by`` goes by ``observers``."""
    states: Columns
    """Records that tell that nothing went through, or that it was not seen; likewise."""
    observers: list[str]
    others: Numbers
    """Lines of records that are not wanted, from 0."""
    spans: list[tuple[str, Islands]]
    """When each interface was seen, by all records of flows."""
    sample: Columns
    odd: list[tuple[int, bytes]]
    """What must be read line by line."""


def piece_of(block: bytes, layout: Format, wanted: Wanted, pause: int) -> Piece:
    """Read all lines of a block that are plain records of IPv4 flows, or of none."""
    if not layout.quick:
        nothing = columns(0)
        return Piece(
            block, layout, nothing, nothing, [""], np.zeros(0, np.int64), [], nothing, all_lines(block)
        )
    parts = list(scanned(block, _patterns(layout), minus=True))
    good = np.zeros(parts[-1].first + parts[-1].count if parts else 0, bool)
    names: dict[bytes, int] = {}
    flows, states = _Found(), _Found()
    sample: dict[str, Numbers] = {}
    seen: list[tuple[Numbers, ...]] = []
    others = [np.zeros(0, np.int64)]
    for lines in (lines for part in parts for lines in part.lines):
        if lines.pattern:
            _states(lines, layout, states, names, good)
            continue
        read = _flows(lines, layout, names, good)
        sample = sample or {name: values[:_SAMPLE] for name, values in read.items()}
        seen.append(tuple(read[name] for name in ("seen_by", *_TIMES)))
        maybe = _maybe(read, wanted)
        if maybe is not None:
            # The rest is not wanted: only when it was seen is.
            others.append(read["line"][~maybe])
            which = np.flatnonzero(maybe)
            read = {name: values[which] for name, values in read.items()}
        flows.append(read)
    observers = ["" if name == b"-" else name.decode("ascii") for name in names] or [""]
    return Piece(
        block,
        layout,
        _columns(flows.joined()),
        _columns(states.joined()),
        observers,
        np.concatenate(others),
        list(_spans(seen, observers, pause)),
        _columns(sample or _Found().joined()),
        odd_lines(block, parts, good),
    )


def _spans(
    seen: list[tuple[Numbers, ...]], observers: list[str], pause: int
) -> Iterator[tuple[str, Islands]]:
    """When each interface was seen."""
    if seen:
        codes, starts, ends = (np.concatenate(each) for each in zip(*seen, strict=True))
        starts *= SECOND
        # The last second is within.
        ends += 1
        ends *= SECOND
        for number, places in grouped(codes):
            islands = Islands(pause)
            whole = len(places) == len(codes)
            islands.add(*((starts, ends) if whole else (starts[places], ends[places])))
            yield observers[number], islands


def _maybe(read: dict[str, Numbers], wanted: Wanted) -> Bits | None:
    """Which records may be wanted; ``None`` for all."""
    ports = [read[name] for name in _PORTS if name in read]
    ends = [read[name] for name in _ADDRESSES.values() if name in read]
    return perhaps(
        len(read["line"]), wanted.ports, wanted.inside, ports if len(ports) == len(_PORTS) else [], ends
    )


def _patterns(layout: Format) -> list[bytes]:
    """The marks of a line that tells of a flow of IPv4 addresses, and of one that tells of none."""

    def of(address: bytes) -> bytes:
        # CloudWatch's time has a point before its milliseconds.
        marks = [b"." if name == STAMP else address if name in _ADDRESSES else b"" for name in layout.fields]
        return b" ".join(marks) + b"\n"

    return [of(b"..."), of(b"")]


def _places(layout: Format, octets: int) -> dict[str, int]:
    """The first part of each field."""
    found, at = {}, 0
    for name in layout.fields:
        found[name] = at
        at += 2 if name == STAMP else octets if name in _ADDRESSES else 1
    return found


class _Found(list[dict[str, Numbers]]):
    """Columns in pieces."""

    def joined(self) -> dict[str, Numbers]:
        if not self:
            return {name: np.zeros(0, np.int64) for name in ("line", "seen_by", *_TIMES)}
        return (
            self[0]
            if len(self) == 1
            else {name: np.concatenate([each[name] for each in self]) for name in self[0]}
        )


def _flows(lines: Lines, layout: Format, names: dict[bytes, int], good: Bits) -> dict[str, Numbers]:
    """Take the lines that are plain records of flows."""
    at = _places(layout, 4)
    ends = [name for name in _ADDRESSES if name in at]
    values, right = lines.octets([at[name] for name in ends])
    right &= lines.filled()
    read = {_ADDRESSES[name]: values[row] for row, name in enumerate(ends)}
    right &= _common(lines, layout, at, read, names, [name for name in _NUMBERS if name in at])
    if "action" in at:
        denied, accepted = lines.says(at["action"], "REJECT", "ACCEPT")
        right &= denied | accepted
        read["verdict"] = np.where(denied, DENIED, ACCEPTED)
    if "log-status" in at:
        right &= lines.says(at["log-status"], "OK")[0]
    if "flow-direction" in at:
        inbound, outbound, untold = lines.says(at["flow-direction"], "ingress", "egress", "-")
        right &= inbound | outbound | untold
        read["side"] = np.where(inbound, INBOUND, np.where(outbound, OUTBOUND, EITHER))
    return _kept(read, lines, right, good)


def _states(lines: Lines, layout: Format, found: _Found, names: dict[bytes, int], good: Bits) -> None:
    """Take the lines that tell of no flow."""
    at = _places(layout, 1)
    if not {"log-status", "interface-id"} <= set(at):
        return
    read: dict[str, Numbers] = {}
    right = lines.filled()
    right &= _common(lines, layout, at, read, names, _TIMES)
    idle, blind = lines.says(at["log-status"], "NODATA", "SKIPDATA")
    right &= idle | blind
    right &= ~lines.says(at["interface-id"], "-")[0]
    read["kind"] = np.where(idle, IDLE, BLIND)
    found.append(_kept(read, lines, right, good))


def _common(
    lines: Lines,
    layout: Format,
    at: dict[str, int],
    read: dict[str, Numbers],
    names: dict[bytes, int],
    numbers: Sequence[str],
) -> Bits:
    """Read what all lines have; which of them are right."""
    values, each = lines.numbers([at[name] for name in numbers], [_NUMBERS[name][1] for name in numbers])
    right: Bits = np.logical_and.reduce(each)
    read |= {_NUMBERS[name][0]: values[row] for row, name in enumerate(numbers)}
    right &= read["start"] <= read["end"]
    if not layout.stated:
        right &= lines.says(at["version"], "2")[0]
    if "interface-id" in at:
        texts, which = lines.named(at["interface-id"])
        right &= which >= 0
        codes = [names.setdefault(text, len(names)) for text in texts] or [0]
        # As they are, mostly.
        read["seen_by"] = which if codes == list(range(len(codes))) else np.array(codes, np.int64)[which]
    else:
        names.setdefault(b"-", 0)
        read["seen_by"] = np.zeros(len(lines), np.int64)
    return right


def _kept(read: dict[str, Numbers], lines: Lines, right: Bits, good: Bits) -> dict[str, Numbers]:
    """Those that are right."""
    read["line"] = lines.line
    if right.all():
        good[lines.line] = True
        return read
    good[lines.line[right]] = True
    return {name: values[right] for name, values in read.items()}


def _columns(found: dict[str, Numbers]) -> Columns:
    size = len(found["line"])
    if "kind" not in found:
        # What the format has no field for, no record of a flow says.
        found = (
            {name: same(UNKNOWN, size) for name in ("there", "packets_there")}
            | {"verdict": same(UNSAID, size)}
            | found
        )
    return columns(size, **found | {name: found[name] * SECOND for name in _TIMES})
