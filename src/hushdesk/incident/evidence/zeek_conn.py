"""Zeek's conn.log, with what its other logs tell of requests (http.log) and of its own blindness.

conn.log gives flows. capture_loss.log and stats.log give coverage and gaps, and reporter.log the pauses of processing: they
are cut out of what the sensor's conn.log covers, which by itself goes from its first to its last record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from hushdesk.guard import EMPTY, AddressSet
from hushdesk.incident._evidence import Account, Coverage, Gap, Sees, Wanted
from hushdesk.incident._evidence import Piece as Given
from hushdesk.incident._parser import Head
from hushdesk.incident._spans import MINUTE, SECOND, Span, Spans
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._stamps import any_stamp
from hushdesk.incident.evidence._track import Track
from hushdesk.incident.evidence._web_formats import Counts, Plan, Stamped
from hushdesk.incident.evidence._web_rows import Maker, Taken
from hushdesk.incident.evidence._zeek_flows import NO_TIME, Flows
from hushdesk.incident.evidence._zeek_text import NAMES, heading_of, json_object, pieces

_SEES: Final = Sees.CONNECTIONS | Sees.DENIALS | Sees.BYTES
_WATCH: Final = 15 * MINUTE
_HTTP: Final = {
    "addr": NAMES["orig_h"],
    "user": ("username",),
    "time": NAMES["ts"],
    "method": ("method",),
    "uri": ("uri",),
    "status": ("status_code",),
    "bytes": ("response_body_len",),
    "agent": ("user_agent",),
    "forwarded": ("proxied",),
    "host": ("host",),
    "served": NAMES["resp_h"],
    "peer_port": NAMES["orig_p"],
    "took": ("took",),
    "session": ("uid",),
}
_LOSS: Final = {
    "ts": NAMES["ts"],
    "delta": ("ts_delta",),
    "peer": ("peer",),
    "lost": ("percent_lost",),
    "dropped": ("pkts_dropped",),
    "message": ("message",),
}


class ZeekConn:
    """conn.log in TSV and JSON, and capture_loss.log, stats.log, reporter.log and http.log of the same sensor."""

    name = "zeek-conn"
    title = "Zeek connection log"
    options: Mapping[str, str] = {
        "sensor": "name of the sensor, where the log does not say it",
        "loss": "percent of packets that may be lost before an interval counts as not seen; 0 without it",
    }

    def claims(self, head: Head) -> int:
        """By heading, or by the names in the first object."""
        kind = _kind(head.start)
        return 0 if not kind else 95 if heading_of(head.start) or kind != "conn" else 90

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Given]:
        """Flows, or requests, and what the sensor could see."""
        head, _ = source.head()
        kind = _kind(head) or "conn"
        sensor = source.options.get("sensor") or "zeek"
        if kind == "conn":
            yield from self._conn(source, wanted, account, sensor)
        elif kind == "http":
            yield from self._http(source, wanted, account, sensor)
        else:
            yield from self._health(source, account, sensor, kind)

    def _conn(self, source: Source, wanted: Wanted, account: Account, sensor: str) -> Iterator[Given]:
        flows = Flows(wanted, account, Track())
        for piece in pieces(source, account, NAMES):
            batch = flows.batch(piece, sensor)
            if batch is not None:
                yield batch
        addresses = EMPTY
        if len(flows.inside) < 5000:
            addresses = AddressSet.parse(*flows.inside) if flows.inside else EMPTY
        gaps = [given for given in flows.track.pieces(self.name, sensor, _SEES, "") if isinstance(given, Gap)]
        for name, (first, last) in sorted(flows.sensors.items()):
            yield Coverage(
                log=self.name,
                of=name,
                spans=Spans([Span(first, last)]),
                sees=_SEES,
                addresses=addresses,
                why="first to last connection",
            )
            for gap in gaps:
                yield Gap(log=self.name, of=name, spans=gap.spans, why=gap.why)

    def _http(self, source: Source, wanted: Wanted, account: Account, sensor: str) -> Iterator[Given]:
        track = Track()
        maker = Maker(Plan(lambda _: "", Counts.UNPACKED, Stamped.START), wanted, account, track)
        for piece in pieces(source, account, _HTTP):
            frame = piece.frame.with_columns(pl.coalesce("host", "served").alias("host")).fill_null("")
            frame = frame.with_columns(
                pl.concat_str("method", pl.lit(" "), "uri").alias("request"), pl.lit("").alias("forwarded")
            )
            yield from maker.batch(Taken(frame, piece.refused, [], piece.hashes))
        yield from track.pieces(self.name, sensor, Sees.REQUESTS, "HTTP in clear text, first to last request")

    def _health(self, source: Source, account: Account, sensor: str, kind: str) -> Iterator[Given]:
        """What the sensor says of its own losses: an interval without any is covered, one with some is not."""
        most = _percent(source.options.get("loss", ""))
        seen: dict[str, list[Span]] = {}
        lost: dict[str, list[Span]] = {}
        before: dict[str, int] = {}
        paused: dict[str, int] = {}
        for piece in pieces(source, account, _LOSS):
            for line, reason in piece.refused:
                account.refuse(line, reason)
            for row in piece.frame.iter_rows(named=True):
                found = any_stamp(row["ts"] or "")
                if found is None:
                    account.refuse(row["line"], NO_TIME)
                    continue
                at, peer = found.at, row["peer"] or sensor
                account.records += 1
                if kind == "reporter":
                    counted = self._pause(row["message"] or "", at, peer, paused, lost)
                else:
                    start = at - _delta(row["delta"], at - before.get(peer, at - _WATCH))
                    bad = (
                        _number(row["lost"]) > most if kind == "capture_loss" else _number(row["dropped"]) > 0
                    )
                    (lost if bad else seen).setdefault(peer, []).append(Span(start, at))
                    before[peer] = at
                    counted = True
                account.kept += counted
                account.other += not counted
        for peer, start in paused.items():
            # Nobody says that it went on: it may have stood still up to the end of the log.
            lost.setdefault(peer, []).append(Span(start, max(start, *before.values(), start) + SECOND))
        why = {"capture_loss": "capture_loss.log", "stats": "stats.log", "reporter": "reporter.log"}[kind]
        for peer, spans in sorted(seen.items()):
            yield Coverage(log=self.name, of=peer, spans=Spans(spans), sees=_SEES, why=f"{why}: nothing lost")
        for peer, spans in sorted(lost.items()):
            yield Gap(
                log=self.name,
                of=peer,
                spans=Spans(spans),
                why=f"{why}: the sensor lost packets or stood still",
            )

    @staticmethod
    def _pause(message: str, at: int, peer: str, paused: dict[str, int], lost: dict[str, list[Span]]) -> bool:
        if "processing suspended" in message:
            paused.setdefault(peer, at)
            return True
        if "processing continued" in message and peer in paused:
            lost.setdefault(peer, []).append(Span(paused.pop(peer), at))
            return True
        return False


def _kind(start: bytes) -> str:
    """conn, http, capture_loss, stats, reporter; empty if it is none of them."""
    heading = heading_of(start)
    if heading:
        fields = heading.fields
        path = heading.path
        if heading.types and {"orig_h", "resp_h"} <= heading.columns(NAMES).keys():
            fields = [*fields, "ends"]
    elif found := json_object(start):
        fields = list(found)
        path = str(
            found.get("_path") or found.get("@stream") or found.get("_stream") or found.get("path") or ""
        )
        if any(name in found for name in NAMES["orig_h"][:4]) and any(
            name in found for name in NAMES["resp_h"][:4]
        ):
            fields.append("ends")
    else:
        return ""
    names = set(fields)
    if "ends" not in names and {"id.orig_h", "id.resp_h"} <= names:
        names.add("ends")
    for kind, needs in (
        ("capture_loss", {"ts", "percent_lost"}),
        ("stats", {"ts", "pkts_dropped", "pkts_proc"}),
        ("reporter", {"ts", "level", "message"}),
        ("http", {"ts", "trans_depth"}),
    ):
        if needs <= names and (path in {"", kind} or path.startswith(kind)):
            return kind
    timed = "ts" in names or "@timestamp" in names
    if (
        timed
        and "ends" in names
        and (path.startswith("conn") or "conn_state" in names or "orig_bytes" in names)
    ):
        return "conn"
    return ""


def _percent(text: str) -> float:
    return _number(text) if text else 0.0


def _number(text: str | None) -> float:
    """A number; where there is none, more than any, since nobody knows."""
    try:
        return float(text) if text is not None else float("inf")
    except ValueError:
        return float("inf")


def _delta(text: str | None, otherwise: int) -> int:
    found = _number(text)
    return round(found * SECOND) if 0 <= found < 1e7 else max(0, otherwise)
