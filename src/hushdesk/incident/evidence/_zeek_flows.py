"""From fields of Zeek's conn.log to rows of flows.

Zeek counts payload by TCP sequence numbers. That is exact when it saw all; where it missed packets, only the packets that it
saw bound the payload from below, and where it saw one side only, or not the beginning, nothing bounds it from above.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa

from hushdesk.incident._evidence import FLOWS, Account, Wanted
from hushdesk.incident._spans import ALWAYS
from hushdesk.incident.evidence._clients import address
from hushdesk.incident.evidence._request_rows import clean
from hushdesk.incident.evidence._stamps import any_stamp
from hushdesk.incident.evidence._track import Track
from hushdesk.incident.evidence._web_rows import mapped
from hushdesk.incident.evidence._zeek_text import Piece

NO_TIME: Final = "its time is none"
NO_ADDRESS: Final = "one of its ends is no address"
ONE_SIDE: Final = "only one side of the connection was seen"
MISSED: Final = "the sensor missed bytes"
NO_END: Final = "the sensor missed bytes and the end of the connection"
NO_START: Final = "the beginning of the connection was not seen"
UNCOUNTED: Final = "the log counts no bytes"
PACKETS: Final = "payload was not counted, packets were"
UNTOLD: Final = "the log does not tell whether the sensor missed bytes"
_HEADERS: Final = 120
"""Headers of IP and TCP take no more than this."""
_IANA = {"icmp": "1", "icmp6": "58", "sctp": "132", "igmp": "2"}
_REMEMBERED = 1_000_000
_NUMBERS = ("orig_bytes", "resp_bytes", "orig_ip", "resp_ip", "orig_pkts", "resp_pkts", "missed")


@dataclass(frozen=True, slots=True)
class Judged:
    """What state and history of a connection say."""

    verdict: str
    gaps: bool
    """Bytes were missed."""
    whole: bool
    """Its end was seen, so that sequence numbers count what was missed."""
    begun: bool
    """Its beginning was seen."""
    blind_to_orig: bool
    """Nothing was seen of the originator though it took part."""
    blind_to_resp: bool


def judge(
    proto: str, state: str, history: str, from_orig: bool | None, from_resp: bool | None, missed: bool | None
) -> Judged:
    """What became of a connection.

    Args:
        proto: As Zeek writes it.
        state: ``conn_state``.
        history: As Zeek writes it: capital letters stand for the originator.
        from_orig: Whether packets of the originator were seen; ``None`` if they were not counted.
        from_resp: Likewise of the responder.
        missed: Whether bytes were missed; ``None`` if the log does not tell.
    """
    seen = history.replace("^", "")
    tcp = proto == "tcp"
    if not tcp:
        both = bool(from_orig and from_resp)
        verdict = {"S0": "unanswered", "SF": "accepted", "SHR": "accepted"}.get(
            state, "accepted" if both else "unknown"
        )
        return Judged(verdict, bool(missed), whole=True, begun=True, blind_to_orig=False, blind_to_resp=False)
    active, passive = set(seen) & set("ADFG"), set(seen) & set("adfgh")
    no_resp = from_resp is False or (from_resp is None and not any(letter.islower() for letter in seen))
    no_orig = from_orig is False or (from_orig is None and not any(letter.isupper() for letter in seen))
    blind_to_resp, blind_to_orig = bool(active) and no_resp, bool(passive) and no_orig
    gaps = bool(missed) or bool(set(seen) & set("gGcC")) or (missed is None and not history)
    begun = bool(set(seen) & set("SsHh")) or not history
    verdict = {
        "S0": "unanswered",
        "REJ": "denied",
        "RSTOS0": "unanswered",
        "SH": "unanswered",
        **dict.fromkeys(("SF", "S1", "S2", "S3", "RSTO", "RSTR", "SHR", "RSTRH"), "accepted"),
    }.get(state, "unknown")
    if blind_to_resp and verdict != "accepted":
        # It acknowledged or sent data, so somebody had answered it: we only did not see the answers.
        verdict = "unknown"
    if verdict == "unknown" and "d" in seen:
        verdict = "accepted"
    return Judged(verdict, gaps, state in {"SF", "RSTO", "RSTR"}, begun, blind_to_orig, blind_to_resp)


@dataclass(slots=True)
class Flows:
    """Makes rows of one log; remembers what it needs from block to block."""

    wanted: Wanted
    account: Account
    track: Track
    sensors: dict[str, tuple[int, int]] = field(default_factory=dict)
    """From when to when each sensor saw something."""
    inside: set[str] = field(default_factory=set)
    """Addresses of the store that were seen."""
    _seen: set[int] = field(default_factory=set)
    _older: set[int] = field(default_factory=set)

    def batch(self, piece: Piece, sensor: str) -> pa.RecordBatch | None:
        """Rows for some lines."""
        frame = _numbers(piece.frame.with_columns(piece.hashes.alias("hash")))
        frame = mapped(frame, ["orig_h"], _address, {"orig": pl.String})
        frame = mapped(frame, ["resp_h"], _address, {"resp": pl.String})
        untimed, homeless = pl.col("at").is_null(), pl.col("orig").is_null() | pl.col("resp").is_null()
        bad = frame.filter(untimed | homeless).select("line", untimed)
        refused = [
            *piece.refused,
            *((line, NO_TIME if no_time else NO_ADDRESS) for line, no_time in bad.iter_rows()),
        ]
        for line, reason in sorted(refused):
            self.account.refuse(line, reason)
        frame = frame.filter(~(untimed | homeless)).with_columns(pl.col("sensor").fill_null(sensor))
        self._follow(frame, sorted(line for line, _ in refused))
        self.account.records += frame.height
        frame = self._once(frame)
        frame = self._ours(frame)
        if not frame.height:
            return None
        self.account.kept += frame.height
        if len(self.inside) < 5000:
            self.inside.update(frame["inside"].unique().to_list())
        return _rows(frame)

    def _follow(self, frame: pl.DataFrame, refused: list[int]) -> None:
        if not frame.height:
            if refused:
                self.track.blind()
            return
        at, end, lines = (frame[name].to_numpy() for name in ("at", "end", "line"))

        def see(row: int) -> None:
            self.track.see(int(at[row]), int(end[row]))

        if not refused or refused[0] > lines[0]:
            see(0)
        places = np.searchsorted(lines, np.array(refused, dtype=np.int64)) if refused else ()
        for place in sorted({int(each) for each in places}):
            if place:
                see(place - 1)
            self.track.blind()
            if place < len(lines):
                see(place)
        self.track.see_all(int(at.min()), int(end.max()))
        if not refused or refused[-1] < lines[-1]:
            see(len(lines) - 1)
        for name, first, last in (
            frame.group_by("sensor").agg(pl.col("at").min(), pl.col("end").max()).iter_rows()
        ):
            before = self.sensors.get(name, (first, last))
            self.sensors[name] = (min(first, before[0]), max(last, before[1]))

    def _once(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Without records that were read before: their number (uid) is given once."""
        hashes = frame["hash"].to_list()
        some = frame["hash"].n_unique() < len(hashes)
        if some or not self._seen.isdisjoint(hashes) or not self._older.isdisjoint(hashes):
            again = []
            here: set[int] = set()
            for each in hashes:
                again.append(each in here or each in self._seen or each in self._older)
                here.add(each)
            mask = pl.Series(again) & frame["uid"].is_not_null()
            self.account.duplicate += int(mask.sum())
            frame = frame.filter(~mask)
        self._seen.update(hashes)
        if len(self._seen) > _REMEMBERED:
            self._older, self._seen = self._seen, set()
        return frame

    def _ours(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Which end is the store, and only what is wanted."""
        wanted, before = self.wanted, frame.height
        orig, resp = pl.lit(value=True), pl.lit(value=True)
        if wanted.inside:
            frame = mapped(frame, ["orig"], lambda text: (text in wanted.inside,), {"orig_in": pl.Boolean})
            frame = mapped(frame, ["resp"], lambda text: (text in wanted.inside,), {"resp_in": pl.Boolean})
            orig, resp = pl.col("orig_in"), pl.col("resp_in")
        if wanted.ports:
            # A port that the log does not tell may be any.
            ports = list(wanted.ports)
            orig &= pl.col("orig_port").is_in(ports) | pl.col("orig_port").is_null()
            resp &= pl.col("resp_port").is_in(ports) | pl.col("resp_port").is_null()
        if not wanted.inside and not wanted.ports:
            outgoing = ((pl.col("local_orig") == "T") & (pl.col("local_resp") == "F")).fill_null(value=False)
            orig, resp = outgoing, ~outgoing
        frame = frame.with_columns(resp.alias("served"), orig.alias("asked")).filter(
            pl.col("served") | pl.col("asked")
        )
        served = pl.col("served")
        frame = frame.with_columns(
            pl.when(served).then("orig").otherwise("resp").alias("outside"),
            pl.when(served).then("resp").otherwise("orig").alias("inside"),
            pl.when(served).then("resp_port").otherwise("orig_port").fill_null(0).alias("port"),
        )
        if wanted.own:
            frame = mapped(frame, ["outside"], lambda text: (text in wanted.own,), {"own": pl.Boolean})
            frame = frame.filter(~pl.col("own"))
        if wanted.spans is not ALWAYS:
            frame = frame.filter(
                pl.any_horizontal(
                    [pl.lit(value=False)]
                    + [(pl.col("end") > span.start) & (pl.col("at") < span.end) for span in wanted.spans]
                )
            )
        self.account.other += before - frame.height
        return frame


def _address(text: str | None) -> tuple[str | None]:
    return (address(text) if text else None,)


def _numbers(frame: pl.DataFrame) -> pl.DataFrame:
    def number(name: str) -> pl.Expr:
        column = pl.col(name)
        if frame.schema[name] == pl.String:
            return pl.when(column.str.contains(r"^\d{1,19}$")).then(
                column.str.to_integer(strict=False, dtype=pl.Int64)
            )
        return pl.when(column >= 0).then(column)

    seconds, lasted = pl.col("ts"), pl.col("duration")
    if frame.schema["ts"] == pl.String:
        seconds = seconds.cast(pl.Float64, strict=False)
    if frame.schema["duration"] == pl.String:
        lasted = lasted.cast(pl.Float64, strict=False)
    usual = seconds.is_between(0, 1 << 33)
    frame = frame.with_columns(
        pl.when(usual).then((seconds * 1_000_000).round()).cast(pl.Int64).alias("at"),
        pl.when(lasted.is_between(0, 1 << 31))
        .then((lasted * 1_000_000).round())
        .otherwise(0)
        .cast(pl.Int64)
        .alias("lasted"),
        pl.col("proto").fill_null("").str.to_lowercase(),
        *(number(name).alias(name) for name in _NUMBERS),
        *(
            number(name).cast(pl.UInt16, strict=False).alias(f"{name[:4]}_port")
            for name in ("orig_p", "resp_p")
        ),
    )
    if frame["at"].null_count():
        frame = mapped(
            frame.with_columns(pl.col("ts").cast(pl.String)), ["ts"], _stamp, {"written": pl.Int64}
        )
        frame = frame.with_columns(pl.coalesce("at", "written").alias("at")).drop("written")
    return frame.with_columns((pl.col("at") + pl.max_horizontal(pl.col("lasted"), 1)).alias("end"))


def _stamp(text: str | None) -> tuple[int | None]:
    found = any_stamp(text) if text and "T" in text else None
    return (found.at if found and found.zoned else None,)


def _judged(*said: object) -> tuple[object, ...]:
    proto, state, history, from_orig, from_resp, missed = said
    found = judge(str(proto), str(state or ""), str(history or ""), from_orig, from_resp, missed)  # type: ignore[arg-type]
    return (
        found.verdict,
        found.gaps,
        found.whole,
        found.begun,
        found.blind_to_orig,
        found.blind_to_resp,
    )


def _rows(frame: pl.DataFrame) -> pa.RecordBatch:
    frame = frame.with_columns(
        (pl.col("orig_pkts") > 0).alias("from_orig"),
        (pl.col("resp_pkts") > 0).alias("from_resp"),
        (pl.col("missed") > 0).alias("any_missed"),
    )
    frame = mapped(
        frame,
        ["proto", "conn_state", "history", "from_orig", "from_resp", "any_missed"],
        _judged,
        {
            "verdict": pl.String,
            **dict.fromkeys(("gaps", "whole", "begun", "blind_to_orig", "blind_to_resp"), pl.Boolean),
        },
    )
    frame = frame.with_columns(*_bounds("orig"), *_bounds("resp"))
    frame = mapped(
        frame.with_columns(pl.col("orig").str.contains(":", literal=True).alias("six")),
        ["proto", "ip_proto", "six"],
        _protocol,
        {"protocol": pl.String},
    )
    frame = mapped(frame, ["sensor"], lambda text: (clean(text),), {"seen_by": pl.String})
    served = pl.col("served")

    def side(store: str, other: str) -> pl.Expr:
        return pl.when(served).then(store).otherwise(other)

    mine, theirs = side("resp_why", "orig_why"), side("orig_why", "resp_why")
    frame = frame.with_columns(mine.alias("mine"), theirs.alias("theirs"))
    why = (
        pl.when((pl.col("theirs") == "") | (pl.col("mine") == pl.col("theirs")))
        .then("mine")
        .when(pl.col("mine") == "")
        .then("theirs")
        .otherwise(pl.col("mine") + pl.lit("; ") + pl.col("theirs"))
    )
    icmp = pl.col("proto").str.starts_with("icmp")
    out = frame.select(
        pl.col("at").cast(pl.Datetime("us", "UTC")).alias("start"),
        (pl.col("at") + pl.col("lasted")).cast(pl.Datetime("us", "UTC")).alias("end"),
        "outside",
        "inside",
        # Zeek writes type and code of ICMP where ports stand.
        port=pl.when(icmp).then(pl.lit(0, dtype=pl.UInt16)).otherwise("port"),
        protocol="protocol",
        verdict="verdict",
        sent_lower=side("resp_low", "orig_low"),
        sent_upper=side("resp_high", "orig_high"),
        received_lower=side("orig_low", "resp_low"),
        received_upper=side("orig_high", "resp_high"),
        sent_packets=side("resp_pkts", "orig_pkts"),
        connections=pl.lit(1, dtype=pl.Int64),
        records=pl.lit(1, dtype=pl.Int64),
        sampled=pl.lit(value=False),
        why=why,
        seen_by="seen_by",
        line="line",
    )
    return out.to_arrow().cast(FLOWS).combine_chunks().to_batches()[0]


def _bounds(side: str) -> list[pl.Expr]:
    """Payload that one side sent: at least, at most, and why the two differ."""
    payload, packets, number = pl.col(f"{side}_bytes"), pl.col(f"{side}_ip"), pl.col(f"{side}_pkts")
    blind = pl.col(f"blind_to_{side}")
    no_payload, no_packets = payload.is_null(), packets.is_null()
    gaps = pl.col("gaps") | (payload > packets).fill_null(value=False)
    least = pl.min_horizontal(payload, pl.max_horizontal(packets - _HEADERS * number, 0)).fill_null(0)
    zero, none = pl.lit(0, dtype=pl.Int64), pl.lit(None, dtype=pl.Int64)
    low = pl.when(blind | no_payload).then(zero).when(gaps).then(least).otherwise(payload)
    high = (
        pl.when(blind)
        .then(none)
        .when(no_payload)
        .then(packets)
        .when(gaps & (no_packets | ~pl.col("whole")))
        .then(none)
        .when(gaps)
        .then(pl.max_horizontal(payload, packets))
        .when(~pl.col("begun"))
        .then(none)
        .otherwise(payload)
    )
    said = (
        pl.when(blind)
        .then(pl.lit(ONE_SIDE))
        .when(no_payload & no_packets)
        .then(pl.lit(UNCOUNTED))
        .when(no_payload)
        .then(pl.lit(PACKETS))
        .when(gaps & pl.col("missed").is_null() & pl.col("history").is_null())
        .then(pl.lit(UNTOLD))
        .when(gaps & ~pl.col("whole"))
        .then(pl.lit(NO_END))
        .when(gaps)
        .then(pl.lit(MISSED))
        .when(~pl.col("begun"))
        .then(pl.lit(NO_START))
        .otherwise(pl.lit(""))
    )
    why = pl.when((low == high).fill_null(value=False)).then(pl.lit("")).otherwise(said)
    return [low.alias(f"{side}_low"), high.alias(f"{side}_high"), why.alias(f"{side}_why")]


def _protocol(proto: str, number: str | None, six: bool) -> tuple[str]:
    if proto in {"tcp", "udp"}:
        return (proto,)
    if number and number.isascii() and number.isdigit() and int(number) < 256:
        return ({"6": "tcp", "17": "udp"}.get(number, str(int(number))),)
    if proto == "icmp" and six:
        return ("58",)
    return (_IANA.get(proto, "unknown"),)
