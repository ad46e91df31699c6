"""What a line of an AWS VPC flow log says, by the format in which it is written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import polars as pl

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
)
from hushdesk.incident.evidence._flow_table import (
    EXTRA,
    Bits,
    Numbers,
    address,
    all_lines,
    led_by_zero,
    lines_at,
    octets,
    one_of,
    shaped,
    table,
    within,
)
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
    "srcport": ("source_port", pl.UInt16), "dstport": ("target_port", pl.UInt16), "protocol": ("protocol", pl.UInt8),
    "bytes": ("there", pl.Int64), "packets": ("packets_there", pl.Int64), "start": ("start", pl.Int64), "end": ("end", pl.Int64),
}  # fmt: skip
"""Fields with numbers: their columns and types."""
_ADDRESSES: Final = {"srcaddr": "source", "dstaddr": "target", "pkt-srcaddr": "near", "pkt-dstaddr": "far"}
_WORDS: Final = ("interface-id", "action", "log-status", "flow-direction", "version")
_PLAIN: Final = bytes(set(range(33, 127)) - set(b"."))
_FEW: Final = 8
_SAMPLE: Final = 1024
"""Of so many records of a block the addresses are looked at, be they wanted or not: to find the interface's own."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of lines that was read at once, as far as that goes."""

    block: bytes
    layout: Format
    columns: Columns
    """Records that may be wanted. ``line`` counts within the block, from 0; ``seen_by`` goes by ``observers``."""
    observers: list[str]
    others: Numbers
    """Lines of records that are not wanted, from 0."""
    spans: list[tuple[str, Islands]]
    """When each interface was seen, by all records."""
    sample: Columns
    odd: list[tuple[int, bytes]]
    """What must be read line by line."""


def piece_of(block: bytes, layout: Format, wanted: Wanted, pause: int) -> Piece:
    """Read all lines of a block that are plain records of IPv4 flows."""
    names = [name for name in layout.fields if name in _NUMBERS or name in _ADDRESSES or name in _WORDS]
    schema: dict[str, Any] = {}
    for name in layout.fields:
        kind = _NUMBERS[name][1] if name in _NUMBERS else pl.String
        schema |= octets(name) if name in _ADDRESSES else {name: kind}
    pattern = b" ".join(b"..." if name in _ADDRESSES else b"" for name in layout.fields) + b"\n"
    good = shaped(block, [pattern], _PLAIN)
    each = pl.col
    asked = [
        _right(names, layout).alias("good"),
        *(address(name) for name in names if name in _ADDRESSES),
        *(each(name).cast(pl.Int64) for name in names if name in _NUMBERS),
        *(each(name) for name in ("interface-id", "action", "flow-direction") if name in names),
    ]
    read = table(block.replace(b".", b" "), " ", schema, asked, len(good)) if layout.quick else None
    if read is None:
        return Piece(block, layout, columns(0), [""], np.zeros(0, np.int64), [], columns(0), all_lines(block))
    read = read.with_row_index("line")
    good &= read["good"].to_numpy()
    good[led_by_zero(block, " ")] = False
    odd: list[tuple[int, bytes]] = []
    if not good.all():
        odd = lines_at(block, np.flatnonzero(~good))
        read = read.filter(pl.Series(good))
    observers, codes = _observers(read)
    spans = []
    starts, ends = read["start"].to_numpy(), read["end"].to_numpy()
    for code, places in grouped(codes):
        islands = Islands(pause)
        begin, end = (starts, ends) if len(observers) == 1 else (starts[places], ends[places])
        islands.add(begin * SECOND, end * SECOND + SECOND)
        spans.append((observers[code], islands))
    read = read.with_columns(pl.Series("code", codes))
    perhaps = read.select(_maybe(names, wanted).alias("maybe"))["maybe"]
    maybe = read.filter(perhaps)
    return Piece(
        block,
        layout,
        _columns(maybe, names),
        observers,
        read["line"].filter(~perhaps).to_numpy().astype(np.int64),
        spans,
        _columns(read.head(_SAMPLE), names),
        odd,
    )


def _right(names: list[str], layout: Format) -> pl.Expr:
    """What holds of plain records."""
    each = pl.col
    right = [each(EXTRA).is_null()]
    right += [each(part).is_not_null() for name in _ADDRESSES if name in names for part in octets(name)]
    right += [each(name).is_not_null() for name in _NUMBERS if name in names]
    right += [each(name).is_between(0, _MOST) for name in ("bytes", "packets") if name in names]
    right += [(each("start") >= 0) & (each("start") <= each("end")) & (each("end") <= _LAST_TIME)]
    if "action" in names:
        right.append((each("action") == "ACCEPT") | (each("action") == "REJECT"))
    if "log-status" in names:
        right.append(each("log-status") == "OK")
    if "flow-direction" in names:
        right.append(each("flow-direction").is_in(["ingress", "egress", "-"]))
    if "interface-id" in names:
        right.append(each("interface-id").is_not_null())
    if not layout.stated:
        right.append(each("version") == "2")
    return pl.all_horizontal(right).fill_null(value=False)


def _maybe(names: list[str], wanted: Wanted) -> pl.Expr:
    """What leaves out, at little cost, most of what is not wanted."""
    found = pl.col("start").is_not_null()
    if wanted.ports and {"srcport", "dstport"} <= set(names):
        found &= one_of(("srcport", "dstport"), wanted.ports)
    if wanted.inside:
        found &= pl.any_horizontal([within(name, wanted.inside) for name in _ADDRESSES if name in names])
    return found


def _observers(read: pl.DataFrame) -> tuple[list[str], Numbers]:
    if "interface-id" not in read.columns or not len(read):
        return [""], np.zeros(len(read), np.int64)
    text = read["interface-id"]
    known = text.unique().sort().to_list()
    if len(known) == 1:
        codes = np.zeros(len(read), np.int64)
    elif len(known) <= _FEW:
        codes = sum(
            ((text == name).to_numpy() * np.int64(code) for code, name in enumerate(known)),
            np.zeros(len(read), np.int64),
        )
    else:
        codes = text.replace_strict(known, list(range(len(known))), return_dtype=pl.Int64).to_numpy()
    return ["" if name == "-" else name for name in known], codes


def _columns(read: pl.DataFrame, names: list[str]) -> Columns:
    found: dict[str, Numbers] = {
        "line": read["line"].to_numpy().astype(np.int64),
        "seen_by": read["code"].to_numpy(),
    }
    for name, column in _ADDRESSES.items():
        if name in names:
            found[column] = read[name].to_numpy()
    for name, (column, _) in _NUMBERS.items():
        if name in names:
            found[column] = read[name].to_numpy()
    for column in ("there", "packets_there"):
        found.setdefault(column, np.full(len(read), UNKNOWN))
    found["start"], found["end"] = found["start"] * SECOND, found["end"] * SECOND
    if "action" in names:
        denied: Bits = (read["action"] == "REJECT").to_numpy()
        found["verdict"] = np.where(denied, DENIED, ACCEPTED)
    else:
        found["verdict"] = np.full(len(read), UNSAID)
    if "flow-direction" in names:
        side = read["flow-direction"].replace_strict(_SIDE, return_dtype=pl.Int64)
        found["side"] = side.to_numpy()
    return columns(len(read), **found)
