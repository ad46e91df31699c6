"""From records of flow logs to rows: which end is the store's, what was there before, sums within one hour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from hushdesk.guard import AddressSet
from hushdesk.incident._evidence import FLOWS, Wanted
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
MOST_REMEMBERED: Final = 1 << 24
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
    columns = rows.columns.take(which)
    return Oriented(
        columns,
        *(
            some(getattr(rows, name), which, len(columns))
            for name in ("outside", "inside", "port", "sent", "received", "packets")
        ),
    )


def stacked(parts: list[Oriented]) -> Oriented:
    """All of all parts."""
    if len(parts) == 1:
        return parts[0]
    return Oriented(
        joined([part.columns for part in parts]),
        *(
            together([getattr(part, name) for part in parts])
            for name in ("outside", "inside", "port", "sent", "received", "packets")
        ),
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


def record_hash(columns: Columns, addresses: Addresses, observers: Words | None = None) -> Words:
    """A number of each record, by all that it says; see :func:`flow_hash`."""
    found = flow_hash(columns, addresses, observers)
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
    hour = columns.start // HOUR
    packed = ((((hour - hour.min()) << 2) | columns.verdict) << 24) | (columns.protocol << 16) | rows.port
    frame: dict[str, npt.NDArray[Any]] = {
        "outside": rows.outside,
        "inside": rows.inside,
        "packed": packed,
        "seen": columns.seen_by,
        "start": columns.start,
        "end": np.maximum(columns.end, columns.start),
        "line": columns.line,
        "sent": np.where(passed, np.maximum(rows.sent, 0), 0),
        "received": np.where(passed, np.maximum(rows.received, 0), 0),
        "sent_blank": passed & ((rows.sent == UNKNOWN) & (columns.state != BEGIN) | unknown),
        "received_blank": passed & ((rows.received == UNKNOWN) & (columns.state != BEGIN) | unknown),
        "packets": np.where(passed, np.maximum(rows.packets, 0), 0),
        "packets_blank": passed & ((rows.packets == UNKNOWN) & (columns.state != BEGIN) | unknown),
        "began": (passed & (columns.state == BEGIN)).astype(np.int64),
    }
    del rows
    key = mix(mix(mix(frame["outside"].astype(np.uint64), frame["inside"]), packed), columns.seen_by)
    return _batch(_summed(frame, key), addresses, names, why, sampled=sampled, begins=begins)


_SUMS: Final[dict[str, np.ufunc]] = {
    "start": np.minimum,
    "end": np.maximum,
    "line": np.minimum,
    **dict.fromkeys(("sent", "received", "packets", "began", "records"), np.add),
    **dict.fromkeys(("sent_blank", "received_blank", "packets_blank"), np.logical_or),
}


def _summed(frame: dict[str, npt.NDArray[Any]], key: Words) -> pl.DataFrame:
    """Rows of one key as one, in the order of their first lines."""
    frame["records"] = np.ones(len(key), np.int64)
    order = np.argsort(key)
    ordered = key[order]
    firsts = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(ordered[1:] != ordered[:-1]) + 1])
    sizes = np.diff(firsts, append=len(key))
    alone = sizes == 1
    if not alone.all():
        # What stands alone is its own sum.
        single, many = order[firsts[alone]], order[np.repeat(~alone, sizes)]
        begins = np.cumsum(sizes[~alone]) - sizes[~alone]
        frame = {
            name: np.concatenate(
                [
                    values[single],
                    # What is alike within one key needs no sums.
                    _SUMS[name].reduceat(values[many], begins) if name in _SUMS else values[many[begins]],
                ]
            )
            for name, values in frame.items()
        }
    by_line = np.argsort(frame["line"])
    return pl.DataFrame({name: values[by_line] for name, values in frame.items()})


def _batch(
    summed: pl.DataFrame,
    addresses: Addresses,
    names: list[str],
    why: str,
    *,
    sampled: bool,
    begins: bool,
) -> pa.RecordBatch:
    each = pl.col
    verdict = (each("packed") // (1 << 24)) % 4
    unsaid = verdict == UNSAID
    blank = each("sent_blank") | each("received_blank")
    unbounded = pl.lit(value=True) if sampled else pl.lit(value=False)
    reason = (
        pl.when(blank | (unbounded & (verdict != DENIED)))
        .then(pl.lit(why))
        .when(unsaid & ((each("sent") > 0) | (each("received") > 0)))
        .then(pl.lit(UNSAID_WHY))
        .otherwise(pl.lit(""))
    )
    protocol = (each("packed") // (1 << 16)) % 256
    protocols = [PROTOCOLS.get(number, str(number)) for number in range(256)]
    zone = pl.Datetime("us", "UTC")

    def lower(name: str) -> pl.Expr:
        return pl.when(unsaid).then(0).otherwise(each(name)).alias(f"{name}_lower")

    def upper(name: str) -> pl.Expr:
        free = each(f"{name}_blank") | (unbounded & (verdict != DENIED))
        return pl.when(free).then(None).otherwise(each(name)).alias(f"{name}_upper")

    made = summed.select(
        each("start").cast(zone),
        each("end").cast(zone),
        addresses.expression("outside").alias("outside"),
        addresses.expression("inside").alias("inside"),
        (each("packed") % (1 << 16)).cast(pl.UInt16).alias("port"),
        pl.lit(pl.Series(protocols)).gather(protocol).alias("protocol"),
        pl.lit(pl.Series(VERDICTS)).gather(verdict).alias("verdict"),
        lower("sent"),
        upper("sent"),
        lower("received"),
        upper("received"),
        pl.when(each("packets_blank")).then(None).otherwise(each("packets")).alias("sent_packets"),
        (each("began") if begins else pl.lit(None, pl.Int64)).alias("connections"),
        each("records"),
        pl.lit(sampled).alias("sampled"),
        reason.alias("why"),
        pl.lit(pl.Series(names, dtype=pl.String)).gather(each("seen")).alias("seen_by"),
        each("line"),
    )
    (batch,) = made.to_arrow().cast(FLOWS).combine_chunks().to_batches()
    return batch
