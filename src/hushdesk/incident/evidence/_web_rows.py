"""From fields of access logs, as written, to rows of requests: many at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from hushdesk.guard import EMPTY, AddressSet
from hushdesk.incident._evidence import REQUESTS, Account, Wanted
from hushdesk.incident._spans import ALWAYS
from hushdesk.incident.evidence import _asked
from hushdesk.incident.evidence._clients import behind, client
from hushdesk.incident.evidence._request_rows import agent, clean, count, microseconds
from hushdesk.incident.evidence._stamps import any_stamp
from hushdesk.incident.evidence._track import Track
from hushdesk.incident.evidence._web_formats import Counts, Plan, Stamped

NO_TIME: Final = "its time is none"
NO_CLIENT: Final = "its client is neither an address nor a host name"
_REMEMBERED: Final = 4_000_000
_REPEAT = "repeats an earlier line word for word: maybe one request, maybe two"
_TOLD: Final = "the client is whom a trusted proxy names"
_SIZES: Final = {
    Counts.SENT: "",
    Counts.PLANNED: "the size of the answer is logged, not how much of it left",
    Counts.UNPACKED: "the size of the answer is logged as it was before a compression",
    Counts.EITHER: "the log does not tell whether it counts what left or the size of the answer",
}
_MANY: Final = 2_000
_TELLING: Final = ("rows=", "limit=", "path=", "query=", "database=", "%73", "%53", "#")


def mapped(
    frame: pl.DataFrame,
    keys: Sequence[str],
    make: Callable[..., tuple[Any, ...]],
    schema: dict[str, Any],
) -> pl.DataFrame:
    """The frame with columns that depend on others, each distinct value of these worked out once."""
    distinct = frame.select(keys).unique()
    made = pl.DataFrame([make(*row) for row in distinct.iter_rows()], schema=schema, orient="row")
    table = distinct.hstack(made)
    return frame.join(table, on=list(keys), how="left", nulls_equal=True, maintain_order="left")


@dataclass(frozen=True, slots=True)
class Taken:
    """The lines of one block, taken apart."""

    fields: pl.DataFrame
    """Of those that could be, in order."""
    refused: list[tuple[int, str]]
    """Number and reason of those that could not."""
    torn: list[int]
    """Numbers of lines before which others were lost."""
    hashes: pl.Series
    """One number for each of the ``fields``, equal for equal lines."""


@dataclass(slots=True)
class Maker:
    """Makes rows of one file; remembers what it needs from block to block."""

    plan: Plan
    wanted: Wanted
    account: Account
    track: Track
    zone: tzinfo | None = None
    proxies: AddressSet = EMPTY
    unzoned: bool = False
    """Whether a time was seen that names no zone, and none was given."""
    _latest: int = -(1 << 62)
    _seen: npt.NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, dtype=np.uint64))

    def batch(self, taken: Taken) -> Iterator[pa.RecordBatch]:
        """Rows for the lines of one block."""
        frame, refused = taken.fields.with_columns(taken.hashes.alias("hash")), taken.refused
        frame = mapped(frame, ["time"], self._when, {"at": pl.Int64, "step": pl.Int64})
        keys = ["addr", "forwarded"] if self.proxies else ["addr"]
        frame = mapped(frame, keys, self._who, {"outside": pl.String, "told": pl.Boolean})
        bad = frame.filter(pl.col("at").is_null() | pl.col("outside").is_null())
        refused = [
            *refused,
            *(
                (line, NO_TIME if at is None else NO_CLIENT)
                for line, at in bad.select("line", "at").iter_rows()
            ),
        ]
        frame = frame.filter(pl.col("at").is_not_null() & pl.col("outside").is_not_null())
        for line, reason in sorted(refused):
            self.account.refuse(line, reason)
        self._follow(frame, sorted([*(line for line, _ in refused), *taken.torn]))
        self.account.records += frame.height
        if self.plan.errors:
            about = frame.filter(pl.col("outside") != "")
            self.account.other += frame.height - about.height
            frame = about
        frame = self._during(frame)
        if self.wanted.spans is not ALWAYS:
            inside = pl.any_horizontal(
                [pl.lit(value=False)]
                + [(pl.col("end") > span.start) & (pl.col("start") < span.end) for span in self.wanted.spans]
            )
            before = frame.height
            frame = frame.filter(inside)
            self.account.other += before - frame.height
        self.account.kept += frame.height
        if frame.height:
            yield self._rows(frame)

    def _when(self, text: str) -> tuple[int | None, int | None]:
        found = any_stamp(text, self.zone)
        if found is None:
            return None, None
        self.unzoned |= not found.zoned and self.zone is None
        return found.at, found.step

    def _who(self, addr: str, forwarded: str = "") -> tuple[str | None, bool]:
        peer = client(addr.partition(",")[0] if "," in addr else addr)
        if peer is None:
            return None, False
        found = behind(peer, forwarded, self.proxies)
        return found, found == peer

    def _follow(self, frame: pl.DataFrame, refused: list[int]) -> None:
        if not frame.height:
            if refused:
                self.track.blind()
            return
        at, step, lines = (frame[name].to_numpy() for name in ("at", "step", "line"))

        def see(row: int) -> None:
            self.track.see(int(at[row]), int(at[row] + step[row]))

        places = np.searchsorted(lines, np.array(refused, dtype=np.int64)) if refused else ()
        see_first = True
        for place in sorted({int(each) for each in places}):
            if place:
                see(place - 1)
                see_first = False
            self.track.blind()
            if place < len(lines):
                see(place)
                see_first = False
        if see_first:
            see(0)
        self.track.see_all(int(at.min()), int((at + step).max()))
        if not refused or refused[-1] < lines[-1]:
            see(len(lines) - 1)

    def _during(self, frame: pl.DataFrame) -> pl.DataFrame:
        if (frame["took"] == "").all():
            took: pl.Expr = pl.lit(0)
        else:
            frame = mapped(
                frame, ["took"], lambda text: (microseconds(text, self.plan.unit) or 0,), {"lasted": pl.Int64}
            )
            took = pl.col("lasted")
        before = took if self.plan.stamped is Stamped.END else pl.lit(0)
        after = took if self.plan.stamped is Stamped.START else pl.lit(0)
        return frame.with_columns(
            (pl.col("at") - before).alias("start"),
            (pl.col("at") + pl.col("step") + after).alias("end"),
        )

    def _rows(self, frame: pl.DataFrame) -> pa.RecordBatch:
        frame = self._repeats(frame)
        frame = mapped(frame, ["status"], _status, {"code": pl.Int32})
        frame = self._sizes(frame)
        frame = frame.with_columns(
            _short(frame["request"]).alias("key"), (pl.col("high") == 0).alias("empty")
        )
        frame = mapped(
            frame,
            ["key", "code", "empty"],
            _outcome,
            {
                "target": pl.String,
                "asked": pl.String,
                "act": pl.String,
                "rows_low": pl.Int64,
                "rows_high": pl.Int64,
                "rows_why": pl.String,
            },
        )
        frame = _whys(frame)
        for name, make in (("user", _user), ("agent", agent), ("host", _host), ("session", clean)):
            frame = _column(frame, name, make)
        frame = mapped(frame, ["peer_port"], _port, {"port": pl.UInt16})
        once = pl.col("repeat")
        out = frame.select(
            "start",
            "end",
            "outside",
            outside_port="port",
            server="host",
            act="act",
            user="user",
            target="target",
            asked="asked",
            status="code",
            bytes_lower=pl.when(once).then(0).otherwise(pl.col("low")),
            bytes_upper="high",
            rows_lower=pl.when(once).then(0).otherwise(pl.col("rows_low")),
            rows_upper="rows_high",
            why="why",
            session="session",
            agent="agent",
            line="line",
        )
        times = [pl.col(name).cast(pl.Datetime("us", "UTC")) for name in ("start", "end")]
        table = out.with_columns(times).to_arrow().cast(REQUESTS)
        return table.combine_chunks().to_batches()[0]

    def _repeats(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Marks lines that stood in the file before; whether they are two requests or one, nobody can tell."""
        if (frame["session"] != "").any():
            return frame.with_columns(pl.lit(value=False).alias("repeat"))
        # Equal lines have equal times: only what is not later than all before can stand there again.
        first = frame["hash"].is_first_distinct()
        hashes = frame["hash"].to_numpy()
        again = ~first.to_numpy()
        late = np.flatnonzero(frame["at"].to_numpy() <= self._latest)
        if len(late):
            some = np.sort(hashes[late])
            at = np.minimum(np.searchsorted(some, self._seen), len(some) - 1)
            again[late] |= np.isin(hashes[late], self._seen[some[at] == self._seen])
        self._seen = np.concatenate((self._seen, hashes[first.to_numpy()]))[-_REMEMBERED:]
        latest = frame["at"].max()
        self._latest = max(self._latest, latest if isinstance(latest, int) else self._latest)
        return frame.with_columns(pl.Series("repeat", again))

    def _sizes(self, frame: pl.DataFrame) -> pl.DataFrame:
        text = pl.col("bytes")
        number: pl.Expr = pl.when(text.str.contains(r"^\d{1,19}$")).then(
            text.str.to_integer(strict=False, dtype=pl.Int64)
        )
        number = pl.when(text == "-").then(0).otherwise(number)
        sent = self.plan.counts is Counts.SENT
        return frame.with_columns(number.alias("high")).with_columns(
            (pl.col("high") if sent else pl.lit(0, dtype=pl.Int64)).fill_null(0).alias("low"),
            pl.when(pl.col("high").is_null() & (text == ""))
            .then(pl.lit("the log counts no bytes"))
            .when(pl.col("high").is_null())
            .then(pl.lit("the log's number of bytes is none"))
            .when(pl.col("high") > 0)
            .then(pl.lit(_SIZES[self.plan.counts]))
            .otherwise(pl.lit(""))
            .alias("size_why"),
        )


def _short(requests: pl.Series) -> pl.Series:
    """Requests without the values of their queries that tell nothing, if there are many different ones."""
    distinct = requests.unique()
    if len(distinct) < _MANY:
        return requests
    # Only these are looked at; what else is asked for is a value, and differs from line to line.
    text = pl.col("request")
    rare = pl.any_horizontal([text.str.contains(name, literal=True) for name in _TELLING])
    parts = text.str.splitn("?", 2).struct
    short = pl.concat_str(
        parts.field("field_0"),
        pl.lit("?size="),
        text.str.extract(r"[?&]size=(\d{1,10})(?:[& ]|$)", 1).fill_null("-"),
        pl.when(text.str.contains("scroll=", literal=True)).then(pl.lit("&scroll=")).otherwise(pl.lit("")),
        pl.when(text.str.contains("q=", literal=True)).then(pl.lit("&q=_")).otherwise(pl.lit("")),
    )
    table = pl.DataFrame({"request": distinct}).with_columns(
        pl.when(rare | parts.field("field_1").is_null()).then(text).otherwise(short).alias("key")
    )
    return pl.DataFrame({"request": requests}).join(table, on="request", how="left", maintain_order="left")[
        "key"
    ]


def _status(text: str) -> tuple[int | None]:
    number = count(text)
    return (number if number and number < 1000 else None,)


@lru_cache(maxsize=1 << 17)
def _outcome(
    request: str, status: int | None, empty: bool | None
) -> tuple[str, str, str, int, int | None, str]:
    what = _asked.understand(request)
    found = _asked.outcome(what, status, empty)
    return what.target, what.words, found.act, found.rows_lower, found.rows_upper, found.why


def _whys(frame: pl.DataFrame) -> pl.DataFrame:
    """All reasons of a row in one text."""
    reasons = ["size_why", "rows_why"]
    extra = {}
    if frame["repeat"].any():
        extra["repeat_why"] = pl.when("repeat").then(pl.lit(_REPEAT)).otherwise(pl.lit(""))
    if not frame["told"].all():
        extra["told_why"] = pl.when("told").then(pl.lit("")).otherwise(pl.lit(_TOLD))
    frame = frame.with_columns(**extra)
    why: pl.Expr = pl.col(reasons[0])
    for name in [*reasons[1:], *extra]:
        more = pl.col(name)
        why = pl.when(why == "").then(more).when(more == "").then(why).otherwise(why + pl.lit("; ") + more)
    return frame.with_columns(why.alias("why"))


def _column(frame: pl.DataFrame, name: str, make: Callable[[str], str]) -> pl.DataFrame:
    if (frame[name] == "").all():
        return frame
    return (
        mapped(frame, [name], lambda text: (make(text),), {"made": pl.String})
        .drop(name)
        .rename({"made": name})
    )


def _user(text: str) -> str:
    return "" if text in {"-", '""'} else clean(text)


def _host(text: str) -> str:
    return clean(re.sub(r":\d{1,5}\Z", "", text).lower())


def _port(text: str) -> tuple[int | None]:
    number = count(text)
    return (number if number is not None and number < 65536 else None,)
