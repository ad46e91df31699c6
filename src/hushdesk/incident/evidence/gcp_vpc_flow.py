"""VPC flow logs of Google Cloud as Cloud Logging exports them: JSON lines, or one list.

Google samples twice, packets and then flows, and scales the counts up: they are estimates, and what is not in the log may have been
all the same. What came in and was denied is not here at all, but in the firewall log.
(https://cloud.google.com/vpc/docs/about-flow-logs-records)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from hushdesk.incident._evidence import Account, Piece, Sees, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident._spans import MINUTE, SECOND, moment
from hushdesk.incident.evidence._flow_columns import (
    ACCEPTED,
    EITHER,
    INBOUND,
    OUTBOUND,
    UNKNOWN,
    UNTOLD,
    Addresses,
    from_rows,
)
from hushdesk.incident.evidence._flow_rows import Seen, added_up, chosen, oriented, record_hash
from hushdesk.incident.evidence._flow_watch import Watches, grouped
from hushdesk.incident.evidence._source import CUT, LONGEST_LINE, TOO_LONG, Source, read_on

BATCH: Final = 1 << 16
PAUSE: Final = 5 * MINUTE
WHY: Final = (
    "each record covers its observer from start to end; up to five minutes without one are bridged. The log is a sample of a sample: "
    "what is not in it may have been"
)
SAMPLED_WHY: Final = "the log is a sample: its count is scaled up from the packets that were looked at"
NO_RECORD: Final = "not a VPC flow record"
NO_JSON: Final = "JSON that breaks off or is none"
NO_ADDRESS: Final = "an address that is none"
NO_NUMBER: Final = "something else where a whole number is expected"
NO_TIME: Final = "no time of start and end"
WRONG_TIME: Final = "an end before its start"
_READ: Final = 1 << 20
_MOST: Final = 10**15
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)")
_SIDES: Final = {"SRC": OUTBOUND, "SRC_GATEWAY": OUTBOUND, "DEST": INBOUND, "DEST_GATEWAY": INBOUND}


class _RecordError(Exception):
    """A record that cannot be read; the text is the reason."""


@dataclass(slots=True)
class _Reading:
    wanted: Wanted
    account: Account
    watches: Watches
    seen: Seen = field(default_factory=Seen)
    addresses: Addresses = field(default_factory=Addresses)
    rows: list[dict[str, int]] = field(default_factory=list)


class GcpVpcFlow:
    """Reads VPC flow logs of Google Cloud."""

    name = "gcp-vpc-flow"
    title = "Google Cloud VPC flow log"
    options: Mapping[str, str] = {}

    def claims(self, head: Head) -> int:
        """By the log's name, or a connection with its reporter."""
        if b"vpc_flows" in head.start:
            return 98
        return 90 if b'"src_ip"' in head.start and b'"reporter"' in head.start else 0

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Rows that are samples, and coverage of each observer: the instance that reported, or its subnetwork."""
        watches = Watches(self.name, source.name, Sees.CONNECTIONS | Sees.BYTES, WHY, PAUSE, sampled=True)
        reading = _Reading(wanted, account, watches)
        for line, record in _records(source, account):
            try:
                found, observer = _row(record, reading.addresses)
            except _RecordError as reason:
                account.refuse(line, str(reason))
                continue
            reading.rows.append(found | {"line": line, "seen_by": watches.number(observer)})
            if len(reading.rows) >= BATCH:
                yield from _settled(reading)
        yield from _settled(reading)
        if reading.seen.forgetful:
            watches.why += "; records repeated after a long time may count twice"
        yield from watches.pieces()


def _records(source: Source, account: Account) -> Iterator[tuple[int, Any]]:
    """Number and content of each record: its line, or its place in the list."""
    if source.head()[0].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"[":
        yield from _listed(source, account)
        return
    for line, text in source.lines(account):
        try:
            yield line, json.loads(text.removeprefix(b"\xef\xbb\xbf"))
        except (ValueError, RecursionError):
            account.refuse(line, NO_JSON)


def _listed(source: Source, account: Account) -> Iterator[tuple[int, Any]]:
    decoder = json.JSONDecoder()
    number, text, at, broken, more = 1, "", 0, "", True
    waste = re.compile(r"[\s,\[\]\ufeff]*")
    rest = b""
    with source.open() as file:
        while more:
            data, error = read_on(file, _READ)
            broken = broken if error is None else CUT
            more = bool(data) and error is None
            data = rest + data
            # A character may be cut in two.
            keep = len(data) if not more else max(data.rfind(b"}") + 1, data.rfind(b"\n") + 1)
            rest, data = data[keep:], data[:keep]
            text, at = text[at:] + data.decode("utf-8", "replace"), 0
            while True:
                match = waste.match(text, at)
                at = match.end() if match else at
                if at >= len(text):
                    break
                try:
                    found, at = decoder.raw_decode(text, at)
                except (ValueError, RecursionError):
                    break
                yield number, found
                number += 1
            if len(text) - at > LONGEST_LINE:
                account.refuse(number, TOO_LONG)
                return
    if at < len(text) or not (broken or text.rstrip().endswith("]")):
        account.refuse(number, NO_JSON)
    elif broken:
        account.refuse(number, broken)


def _row(record: Any, addresses: Addresses) -> tuple[dict[str, int], str]:
    """One record as a row of columns, and its observer."""
    payload = record.get("jsonPayload", record) if isinstance(record, dict) else None
    connection = payload.get("connection") if isinstance(payload, dict) else None
    if not isinstance(payload, dict) or not isinstance(connection, dict):
        raise _RecordError(NO_RECORD)
    found: dict[str, int] = {"verdict": ACCEPTED}
    try:
        found["source"] = addresses.number(str(connection["src_ip"]))
        found["target"] = addresses.number(str(connection["dest_ip"]))
    except (ValueError, KeyError):
        raise _RecordError(NO_ADDRESS) from None
    found["source_port"] = max(_number(connection, "src_port", 65535), 0)
    found["target_port"] = max(_number(connection, "dest_port", 65535), 0)
    protocol = _number(connection, "protocol", 255)
    found["protocol"] = UNTOLD if protocol == UNKNOWN else protocol
    found["there"] = _number(payload, "bytes_sent", _MOST)
    found["packets_there"] = _number(payload, "packets_sent", _MOST)
    start, end = _time(payload.get("start_time")), _time(payload.get("end_time"))
    if start is None or end is None:
        raise _RecordError(NO_TIME)
    if end < start:
        raise _RecordError(WRONG_TIME)
    reporter = payload.get("reporter")
    found |= {"start": start, "end": end, "side": _SIDES.get(str(reporter), EITHER)}
    return found, _observer(record, payload, found["side"])


def _number(values: Mapping[str, Any], name: str, most: int) -> int:
    value = values.get(name)
    if value is None:
        return UNKNOWN
    text = str(value)
    if (
        isinstance(value, bool)
        or not (text.isascii() and text.isdigit() and len(text) <= 16)
        or int(text) > most
    ):
        raise _RecordError(NO_NUMBER)
    return int(text)


def _time(text: Any) -> int | None:
    """RFC 3339, with up to nine decimals."""
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    try:
        whole = datetime.fromisoformat(f"{match[1]}T{match[2]}{match[4].replace('Z', '+00:00')}")
    except ValueError:
        return None
    return moment(whole + timedelta(microseconds=int((match[3] or "").ljust(6, "0"))))


def _observer(record: dict[str, Any], payload: dict[str, Any], side: int) -> str:
    """The instance on the reporting side, else the subnetwork."""
    end = "dest" if side == INBOUND else "src"
    instance = payload.get(f"{end}_instance")
    if isinstance(instance, dict) and instance.get("vm_name"):
        return "/".join(str(instance[key]) for key in ("project_id", "zone", "vm_name") if instance.get(key))
    resource = record.get("resource")
    labels = resource.get("labels") if isinstance(resource, dict) else None
    place = payload.get(f"{end}_vpc")
    for holder in (labels, place):
        if isinstance(holder, dict) and holder.get("subnetwork_name"):
            return "/".join(str(holder[key]) for key in ("project_id", "subnetwork_name") if holder.get(key))
    return ""


def _settled(reading: _Reading) -> Iterator[Piece]:
    if not reading.rows:
        return
    columns, addresses, account = from_rows(reading.rows), reading.addresses, reading.account
    reading.rows, reading.addresses = [], Addresses()
    account.records += len(columns)
    for number, places in grouped(columns.seen_by):
        watch = reading.watches.watch(number)
        watch.seen.add(columns.start[places], columns.end[places] + SECOND)
        side = columns.side[places]
        own = np.where(side == INBOUND, columns.target[places], columns.source[places])[side != EITHER]
        watch.add_addresses({addresses.text(each) for each in np.unique(own).tolist()})
    rows, asked = oriented(columns, reading.wanted, addresses)
    rows = chosen(rows, asked)
    account.other += len(columns) - len(rows.columns)
    if not len(rows.columns):
        return
    fresh = reading.seen.first(rows.columns.start, record_hash(rows.columns, addresses))
    rows = chosen(rows, fresh)
    account.duplicate += len(fresh) - len(rows.columns)
    account.kept += len(rows.columns)
    batch = added_up(
        rows,
        np.zeros(len(rows.columns), bool),
        addresses,
        reading.watches.names,
        SAMPLED_WHY,
        sampled=True,
    )
    if batch is not None:
        yield batch
