"""Outside addresses with what each did: flows and requests joined, numbers from below and from above."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from hushdesk.incident._answer import Exposure, Reading
from hushdesk.incident._evidence import Coverage, Sees
from hushdesk.incident._spans import Spans, moment, when
from hushdesk.incident.access._rows import within

HEADERS = 60
"""Bytes of headers that a packet has at most as a rule (IPv4 or IPv6, TCP with time stamps): what is beyond is content."""

MOST_WORDS = 12
"""So many different requests, targets and agents of a visitor are named."""

NO_COUNTS = "the log counts no bytes for this rule"
PARTLY = "a row of the log spans the opening or the closing"
NOT_ASKED = "no log shows what was asked"
NOT_COUNTED = "bytes were not counted all the time"
_RANKS = (Reading.NO, Reading.TURNED_AWAY, Reading.CONNECTED, Reading.AUTHENTICATED, Reading.READ)
READINGS = {reading: rank for rank, reading in enumerate(_RANKS)}
"""From the least to the most."""

GOT_IN = ("authenticated", "read", "written")
"""What nobody can do who was turned away."""
_VERDICTS = {"accepted": 2, "unknown": 2, "unanswered": 1, "denied": 1}
_ACTS = {
    "connected": 2,
    "failed": 2,
    "denied": 1,
    "authenticated": 3,
    "read": 4,
    "written": 4,
    "ended": 2,
    "other": 2,
}


def _lowest_if_all(column: str) -> pl.Expr:
    """The sum, and null as soon as one is null."""
    return pl.when(pl.col(column).is_null().any()).then(None).otherwise(pl.col(column).sum()).alias(column)


def _words(column: str) -> pl.Expr:
    return (
        pl.col(column)
        .filter(pl.col(column) != "")
        .drop_nulls()
        .unique()
        .sort()
        .head(MOST_WORDS)
        .alias(column)
    )


def _reasons(column: str = "why") -> pl.Expr:
    return pl.col(column).filter(pl.col(column) != "").unique().sort().str.join("; ").alias(column)


def flow_sessions(
    flows: pl.DataFrame, exposures: Sequence[Exposure], coverage: Sequence[Coverage] = ()
) -> pl.DataFrame:
    """What each outside address did at each inside address and port within each hour, whoever saw it.

    Two observers of the same traffic are not added up: of the lower numbers the larger holds, of the upper the smaller, among
    those that counted all the time. If none did, each may have seen another part, and the upper ones are added up.

    Args:
        flows: Rows of flows.
        exposures: When something stood open.
        coverage: Of all observers, without their gaps.
    """
    rows = within(flows, exposures, with_port=True)
    rank = pl.col("verdict").replace_strict(_VERDICTS, default=2, return_dtype=pl.Int8)
    lowers = [
        pl.when("partly").then(0).otherwise(pl.col(name)).alias(name)
        for name in ("sent_lower", "received_lower")
    ]
    uppers = [
        # A log that sees a part only bounds nothing from above.
        pl.when("sampled").then(None).otherwise(pl.col(name)).alias(name)
        for name in ("sent_upper", "received_upper")
    ]
    why = pl.when(pl.col("partly")).then(pl.lit(PARTLY)).otherwise(pl.col("why"))
    # What was refused carries nothing of the store, whatever its counter says.
    beyond = pl.max_horizontal(pl.lit(0), pl.col("sent_lower") - HEADERS * pl.col("sent_packets"))
    content = pl.when(pl.col("verdict") == "accepted").then(beyond.fill_null(0)).otherwise(0)
    hour = pl.col("start").dt.truncate("1h").alias("hour")
    rows = rows.with_columns(*lowers, *uppers, hour, why=why).with_columns(rank=rank, content=content)
    ends = ["outside", "inside", "port", "protocol", "hour"]
    by_observer = rows.group_by([*ends, "seen_by"]).agg(
        pl.col("start").min(),
        pl.col("end").max(),
        pl.col("sent_lower", "received_lower", "content", "records").sum(),
        _lowest_if_all("sent_upper"),
        _lowest_if_all("received_upper"),
        pl.col("rank").max(),
        pl.col("sampled").any(),
        _reasons(),
        pl.col("line").min(),
    )
    by_observer = _with_whole(by_observer, ends, coverage)
    return (
        by_observer.group_by(ends)
        .agg(
            pl.col("start").min(),
            pl.col("end").max(),
            pl.col("sent_lower", "received_lower", "content", "rank").max(),
            _smallest_or_sum("sent_upper"),
            _smallest_or_sum("received_upper"),
            pl.col("records").sum(),
            pl.col("sampled").all(),
            _reasons(),
            pl.col("line").min(),
        )
        .sort("start", "outside", "port")
    )


def _smallest_or_sum(column: str) -> pl.Expr:
    """The smallest of those who saw everything and counted; of the others the sum, null as soon as one is null."""
    smallest = pl.col(column).filter(pl.col("whole")).min()
    return pl.when(pl.col("whole").any()).then(smallest).otherwise(_lowest_if_all(column)).alias(column)


def _with_whole(rows: pl.DataFrame, ends: list[str], coverage: Sequence[Coverage]) -> pl.DataFrame:
    """With ``whole``: the observer counted from the first to the last moment that anybody saw of it. False where there is one."""
    rows = rows.with_columns(
        _first=pl.col("start").min().over(ends),
        _last=pl.col("end").max().over(ends),
        _several=pl.len().over(ends) > 1,
    )
    several = rows["_several"].to_numpy()
    whole = np.zeros(rows.height, dtype=bool)
    if several.any():
        first, last = (rows[name].dt.timestamp("us").to_numpy() for name in ("_first", "_last"))
        observers = rows["seen_by"].str.to_lowercase()
        for name in observers.filter(rows["_several"]).unique().to_list():
            able = [
                one
                for one in coverage
                if one.of.casefold() == name.casefold() and Sees.BYTES in one.sees and not one.sampled
            ]
            spans = list(Spans(span for one in able for span in one.spans))
            if not spans:
                continue
            starts, stops = (
                np.array([getattr(span, end) for span in spans], dtype=np.int64) for end in ("start", "end")
            )
            at = np.searchsorted(starts, first, side="right") - 1
            inside = (at >= 0) & (last <= stops[np.maximum(at, 0)])
            whole |= several & (observers == name).to_numpy() & inside
    return rows.with_columns(whole=pl.Series(whole)).drop("_first", "_last", "_several")


def request_sessions(requests: pl.DataFrame, exposures: Sequence[Exposure]) -> pl.DataFrame:
    """What each outside address asked, by the log that tells."""
    rows = within(requests, exposures, with_port=False)
    rank = pl.col("act").replace_strict(_ACTS, default=2, return_dtype=pl.Int8)
    partly = [
        pl.when("partly").then(0).otherwise(pl.col(name)).alias(name)
        for name in ("bytes_lower", "rows_lower")
    ]
    rows = rows.with_columns(*partly, rank=rank, wrote=pl.col("act") == "written")
    return (
        rows.group_by("outside", "parser", "file")
        .agg(
            pl.col("start").min(),
            pl.col("end").max(),
            pl.col("bytes_lower", "rows_lower").sum(),
            _lowest_if_all("bytes_upper"),
            _lowest_if_all("rows_upper"),
            pl.col("rank").max(),
            pl.col("wrote").sum(),
            pl.len().alias("requests"),
            _words("asked"),
            _words("target"),
            _words("agent"),
            _reasons(),
            pl.col("line").min(),
        )
        .sort("start", "outside")
    )


def visitors(flows: pl.DataFrame, requests: pl.DataFrame, counted: Spans, asked: Spans) -> pl.DataFrame:
    """One row for each outside address.

    Args:
        flows: Of :func:`flow_sessions`.
        requests: Of :func:`request_sessions`.
        counted: Without the time when connections were seen and their bytes were not counted.
        asked: Without the time when connections were seen and requests were not.
    """
    came = flows.group_by("outside").agg(
        pl.col("start").min().alias("f_first"),
        pl.col("end").max().alias("f_last"),
        pl.col("sent_lower", "received_lower", "content", "records").sum(),
        _lowest_if_all("sent_upper"),
        _lowest_if_all("received_upper"),
        pl.col("rank").max().alias("f_rank"),
        pl.col("sampled").all(),
        _reasons().alias("f_why"),
        pl.len().alias("sessions"),
        pl.col("port").unique().sort().alias("ports"),
    )
    # Two logs of the same requests: of the lower numbers the larger; of the upper ones the sum, since they may differ.
    by_log = requests.group_by("outside", "parser").agg(
        pl.col("start").min(),
        pl.col("end").max(),
        pl.col("bytes_lower", "rows_lower", "wrote", "requests").sum(),
        _lowest_if_all("bytes_upper"),
        _lowest_if_all("rows_upper"),
        pl.col("rank").max(),
        pl.col("asked", "target", "agent").explode(),
        _reasons(),
    )
    did = by_log.group_by("outside").agg(
        pl.col("start").min().alias("r_first"),
        pl.col("end").max().alias("r_last"),
        pl.col("bytes_lower", "rows_lower", "wrote", "requests").max(),
        _lowest_if_all("bytes_upper"),
        _lowest_if_all("rows_upper"),
        pl.col("rank").max().alias("r_rank"),
        *(
            pl.col(name).explode().drop_nulls().unique().sort().head(MOST_WORDS)
            for name in ("asked", "target", "agent")
        ),
        _reasons().alias("r_why"),
    )
    both = came.join(did, on="outside", how="full", coalesce=True)
    first = pl.min_horizontal("f_first", "r_first").alias("first")
    last = pl.max_horizontal("f_last", "r_last").alias("last")
    read_by_flow = pl.when(pl.col("content").fill_null(0) > 0).then(READINGS[Reading.READ]).otherwise(0)
    rank = (
        pl.max_horizontal(pl.col("f_rank").fill_null(0), pl.col("r_rank").fill_null(0), read_by_flow)
        .cast(pl.Int8)
        .alias("rank")
    )
    both = both.with_columns(first, last, rank)
    both = both.with_columns(_contained(counted).alias("was_counted"), _contained(asked).alias("was_asked"))
    return (
        both.with_columns(*_bounds())
        .select(
            pl.col("outside").alias("address"),
            "rank",
            "first",
            "last",
            "sent_lower",
            "sent_upper",
            pl.col("received_lower").fill_null(0),
            "received_upper",
            "rows_lower",
            "rows_upper",
            pl.col("sessions").fill_null(0),
            pl.col("requests").fill_null(0),
            pl.col("wrote").fill_null(0),
            pl.col("sampled").fill_null(False),
            pl.col("ports").fill_null([]),
            *(pl.col(name).fill_null([]) for name in ("asked", "target", "agent")),
            "why",
        )
        .sort(["rank", "sent_upper", "address"], descending=[True, True, False], nulls_last=False)
    )


def _contained(spans: Spans) -> pl.Expr:
    inside = pl.lit(False)
    for span in spans:
        inside |= (pl.col("first") >= when(span.start)) & (pl.col("last") <= when(span.end))
    return inside


def _bounds() -> list[pl.Expr]:
    turned_away = pl.col("rank") <= READINGS[Reading.TURNED_AWAY]
    from_flows = pl.col("sent_lower").fill_null(0)
    from_requests = pl.col("bytes_lower").fill_null(0)
    # Flows count all that left, headers included; they bound it wherever they counted. Else the requests do, if a log of
    # requests covers the whole visit.
    by_flows = pl.when("was_counted").then(pl.col("sent_upper"))
    by_requests = pl.when("was_asked").then(pl.col("bytes_upper"))
    sent_upper = pl.min_horizontal(by_flows, by_requests)
    rows_upper = pl.when("was_asked").then(
        pl.col("rows_upper").fill_null(pl.when(pl.col("requests").is_null()).then(0))
    )
    reasons = [
        pl.when(pl.col("f_why").fill_null("") != "").then(pl.col("f_why")),
        pl.when(pl.col("r_why").fill_null("") != "").then(pl.col("r_why")),
        pl.when(sent_upper.is_null() & ~pl.col("was_counted") & ~turned_away).then(pl.lit(NOT_COUNTED)),
        pl.when(~pl.col("was_asked") & ~turned_away).then(pl.lit(NOT_ASKED)),
    ]
    return [
        pl.max_horizontal(from_flows, from_requests).alias("sent_lower"),
        pl.when(turned_away)
        .then(sent_upper.fill_null(pl.col("sent_upper")))
        .otherwise(sent_upper)
        .alias("sent_upper"),
        pl.col("rows_lower").fill_null(0).alias("rows_lower"),
        pl.when(turned_away).then(0).otherwise(rows_upper).alias("rows_upper"),
        pl.concat_str(reasons, separator="; ", ignore_nulls=True).alias("why"),
    ]


__all__ = ["GOT_IN", "READINGS", "flow_sessions", "moment", "request_sessions", "visitors"]
