"""Who came: visitors with bounds, what nobody could see, and the verdict on any one address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import polars as pl

from hushdesk.guard import EVERYWHERE, PUBLIC, AddressSet, Place
from hushdesk.incident._answer import Exposure, Kin, Kinship, Opening, Reading, Session, Visitor, Window
from hushdesk.incident._bound import Bound
from hushdesk.incident._evidence import Coverage, Gap
from hushdesk.incident._scope import Scope
from hushdesk.incident._spans import ALWAYS, HOUR, NEVER, Span, Spans, moment, when
from hushdesk.incident.access._cover import exposures, without_gaps
from hushdesk.incident.access._rows import members, plain, with_plain, within
from hushdesk.incident.access._visitors import GOT_IN, READINGS, flow_sessions, request_sessions, visitors

Kindred = Callable[[Sequence[str]], Iterable[Kinship]]
"""What addresses are, in their order."""

OUTLIVED = "it got through when, by the rules, nothing stood open, too"
_BY_RANK = {rank: reading for reading, rank in READINGS.items()}


@dataclass(frozen=True, slots=True)
class Access:
    """All that evidence says of who came."""

    exposures: tuple[Exposure, ...]
    table: pl.DataFrame
    """One row for each outside address, the worst first; see :meth:`visitors`."""
    flows: pl.DataFrame
    requests: pl.DataFrame
    unknown: Spans
    """When something stood open and nothing would have shown who came."""
    unnamed: int
    """Requests while it stood open whose client the log does not name by an address: whoever that was, it is in no visitor."""
    strays: int
    """Outside addresses that got through when, by the rules, nothing stood open: then the windows are not all."""
    apart: frozenset[str] = frozenset()
    """All addresses that got through outside of every window: those whom the intent approves, and the strays."""
    hidden: Spans = NEVER
    """When somebody came whom the only log that saw them does not name."""

    def visitors(self, most: int | None = None, *, with_sessions: bool = False) -> tuple[Visitor, ...]:
        """The worst first; all of them if ``most`` is not given.

        Args:
            most: So many at most.
            with_sessions: Each with everything it did; otherwise that is left to :meth:`sessions`.
        """
        rows = self.table if most is None else self.table.head(most)
        if not with_sessions:
            return tuple(_visitor(row, ()) for row in rows.iter_rows(named=True))
        did: dict[str, list[Session]] = {address: [] for address in rows["address"]}
        for frame, make in ((self.flows, _of_flow), (self.requests, _of_request)):
            for row in frame.join(rows.select(outside="address"), on="outside", how="semi").iter_rows(
                named=True
            ):
                did[row["outside"]].append(make(row))
        return tuple(
            _visitor(row, tuple(sorted(did[row["address"]], key=lambda session: session.span)))
            for row in rows.iter_rows(named=True)
        )

    def beyond(self, most: int) -> Iterator[Visitor]:
        """All but so many of the worst, without what each did: whoever adds up must know that they were there."""
        return (_visitor(row, ()) for row in self.table.slice(most).iter_rows(named=True))

    def visitor(self, address: str) -> Visitor | None:
        """One address with everything that it did; none if nothing shows it."""
        rows = self.table.filter(pl.col("address") == address)
        if not rows.height:
            return None
        return _visitor(rows.row(0, named=True), self.sessions(address))

    def sessions(self, address: str) -> tuple[Session, ...]:
        """Everything one address did, in the order of time."""
        found = [
            _of_flow(row) for row in self.flows.filter(pl.col("outside") == address).iter_rows(named=True)
        ]
        found += [
            _of_request(row)
            for row in self.requests.filter(pl.col("outside") == address).iter_rows(named=True)
        ]
        return tuple(sorted(found, key=lambda session: session.span))

    def reading(self, address: str) -> tuple[Reading, Spans]:
        """The verdict on one address, and when it could have come unseen.

        ``no`` is said only if everything that it could reach was covered all the time; ``unknown`` where it was not and
        nothing else is known. Where no window is known at all, nobody knows what it could reach.

        Raises:
            ValueError: It is no address.
        """
        address = plain(address)
        one = AddressSet.parse(address)
        mine = [
            exposure
            for exposure in self.exposures
            if exposure.window.sources is None or bool(exposure.window.sources & one)
        ]
        unseen = _union(exposure.unseen for exposure in mine) if self.exposures else ALWAYS
        if any(exposure.window.opening is Opening.NETWORK for exposure in mine):
            unseen |= self.hidden & _union(exposure.exposed for exposure in mine)
        row = self.table.filter(pl.col("address") == address)
        seen = _BY_RANK[int(row["rank"][0])] if row.height else Reading.NO
        if seen in {Reading.NO, Reading.TURNED_AWAY} and address in self.apart:
            return Reading.CONNECTED, unseen
        if seen in {Reading.NO, Reading.TURNED_AWAY} and unseen:
            return Reading.UNKNOWN, unseen
        return seen, unseen

    def counts(self) -> dict[Reading, int]:
        """Addresses by verdict."""
        ranks = self.table["rank"].value_counts()
        return {_BY_RANK[rank]: count for rank, count in sorted(ranks.iter_rows(), reverse=True)}


def access(
    windows: Sequence[Window],
    flows: pl.DataFrame,
    requests: pl.DataFrame,
    coverage: Sequence[Coverage],
    gaps: Sequence[Gap],
    scope: Scope,
    *,
    until: int,
    listening: Spans | None = None,
    kindred: Kindred | None = None,
) -> Access:
    """Join windows, flows and requests.

    Args:
        windows: In which something stood open.
        flows: Rows of :data:`hushdesk.incident.FLOWS`, by the hour.
        requests: Rows of :data:`hushdesk.incident.REQUESTS`, with ``parser`` and ``file``.
        coverage: Of all logs.
        gaps: Of all logs.
        scope: The store.
        until: The end of what is still open.
        listening: When the service listened, if anything says so.
        kindred: Says what addresses are.
    """
    open_ = exposures(windows, coverage, gaps, scope, until=until, listening=listening)
    flows, requests = with_plain(flows), with_plain(requests)
    if scope.own:
        flows, requests = (frame.filter(~members(frame["outside"], scope.own)) for frame in (flows, requests))
    sessions = flow_sessions(flows, open_, without_gaps(coverage, gaps, scope))
    asked = request_sessions(requests, open_)
    network = [exposure for exposure in open_ if exposure.window.opening is Opening.NETWORK]
    # Where connections were seen and this was not: bounds of what is seen end there. Time that nobody saw is told apart.
    seen_by_all = {
        name: ALWAYS - _union(exposure.seen - getattr(exposure, name) for exposure in network)
        for name in ("counted", "asked")
    }
    table = visitors(sessions, asked, seen_by_all["counted"], seen_by_all["asked"])
    kin = list(kindred(table["address"].to_list())) if kindred else [Kinship(Kin.OTHER)] * table.height
    table = table.with_columns(
        kin=pl.Series([one.kin.value for one in kin], dtype=pl.String),
        kin_name=pl.Series([one.name for one in kin], dtype=pl.String),
        kin_by=pl.Series([one.by for one in kin], dtype=pl.String),
    )
    nameless = _nameless(requests, open_)
    # Whom one log does not name another may have seen.
    mute = set(nameless["parser"].unique().to_list())
    others = [one for one in coverage if one.log not in mute]
    named = exposures(windows, others, gaps, scope, until=until, listening=listening) if mute else open_
    hidden = _hours(nameless) & _union(exposure.unseen for exposure in named) if mute else NEVER
    passed, asked_apart = _apart(flows, requests, open_)
    apart = pl.concat([passed, asked_apart]).unique()
    network_open = [one.window for one in open_ if one.window.opening is Opening.NETWORK]
    # A server may answer others than the store's visitors; where no window is known at all, even these are worth a word.
    strays = (
        passed.filter(_astray(passed, network_open)) if network_open else apart.filter(_astray(apart, ()))
    )
    table = _unbounded(table, strays)
    return Access(
        open_,
        table,
        sessions,
        asked,
        _union(exposure.unseen for exposure in open_),
        nameless.height,
        len(strays),
        frozenset(apart.to_list()),
        hidden,
    )


def _nameless(requests: pl.DataFrame, open_: Sequence[Exposure]) -> pl.DataFrame:
    nameless = requests.filter(~members(requests["outside"], EVERYWHERE))
    exposed = pl.lit(False)
    for span in _union(one.exposed for one in open_ if one.window.opening is Opening.NETWORK):
        exposed |= (pl.col("start") < when(span.end)) & (pl.col("end") >= when(span.start))
    return nameless.filter(exposed)


def _hours(rows: pl.DataFrame) -> Spans:
    """The hours that rows touch."""
    hours = rows.select(
        start=pl.col("start").dt.truncate("1h"), end=pl.col("end").dt.truncate("1h").dt.offset_by("1h")
    ).unique()
    return Spans(
        Span(moment(start), max(moment(end), moment(start) + HOUR)) for start, end in hours.iter_rows()
    )


def _apart(
    flows: pl.DataFrame, requests: pl.DataFrame, open_: Sequence[Exposure]
) -> tuple[pl.Series, pl.Series]:
    """Addresses that got through when nothing stood open to them, by flows and by requests."""
    found = []
    for frame, test, with_port in (
        (flows, pl.col("verdict") == "accepted", True),
        (requests, pl.col("act").is_in(GOT_IN), False),
    ):
        accepted = frame.filter(test).with_row_index("_at")
        inside = within(accepted, open_, with_port=with_port)
        addresses = accepted.join(inside, on="_at", how="anti")["outside"].unique()
        found.append(addresses.filter(members(addresses, EVERYWHERE)))
    return found[0], found[1]


def _astray(addresses: pl.Series, windows: Sequence[Window]) -> pl.Series:
    # Those whom the intent approves come at any time; only sources that some window lets in are strays. Where no window is
    # known, whoever comes from the internet is one.
    sources = reduce(
        AddressSet.__or__,
        (EVERYWHERE if window.sources is None else window.sources for window in windows),
        AddressSet(),
    )
    return members(addresses, sources if windows else PUBLIC)


def _unbounded(table: pl.DataFrame, strays: pl.Series) -> pl.DataFrame:
    """Visitors without upper numbers where they got through outside of the windows too.

    A connection outlives the rule that let it in, and what went then is in no sum.
    """
    stray = pl.col("address").is_in(strays.implode())
    uppers = [
        pl.when(stray).then(None).otherwise(pl.col(name)).alias(name)
        for name in ("sent_upper", "received_upper", "rows_upper")
    ]
    why = pl.when(stray).then(
        pl.concat_str(pl.col("why").replace("", None), pl.lit(OUTLIVED), separator="; ", ignore_nulls=True)
    )
    return table.with_columns(*uppers, why=why.otherwise(pl.col("why")))


def _union(many: Any) -> Spans:
    return Spans(span for spans in many for span in spans) or NEVER


def _bound(row: dict[str, Any], name: str) -> Bound:
    lower, upper = row[f"{name}_lower"], row[f"{name}_upper"]
    return Bound(lower, None if upper is None else max(lower, upper), row["why"] if lower != upper else "")


def _span(row: dict[str, Any], first: str, last: str) -> Span:
    return Span(moment(row[first]), moment(row[last]))


def _visitor(row: dict[str, Any], sessions: tuple[Session, ...]) -> Visitor:
    return Visitor(
        address=row["address"],
        kinship=Kinship(Kin(row["kin"]), row["kin_name"], row["kin_by"]),
        reading=_BY_RANK[row["rank"]],
        span=_span(row, "first", "last"),
        sessions=sessions,
        sent=_bound(row, "sent"),
        received=_bound(row, "received"),
        rows=_bound(row, "rows"),
        asked=tuple(row["asked"]),
        why=row["why"],
    )


def _of_flow(row: dict[str, Any]) -> Session:
    return Session(
        outside=row["outside"],
        inside=row["inside"],
        port=row["port"],
        span=_span(row, "start", "end"),
        reading=Reading.READ if row["content"] > 0 else _BY_RANK[row["rank"]],
        sent=_bound(row, "sent"),
        received=_bound(row, "received"),
        sampled=row["sampled"],
        places=(Place("", row["line"]),),
    )


def _of_request(row: dict[str, Any]) -> Session:
    return Session(
        outside=row["outside"],
        inside="",
        port=0,
        span=_span(row, "start", "end"),
        reading=_BY_RANK[row["rank"]],
        sent=_bound(row, "bytes"),
        rows=_bound(row, "rows"),
        asked=tuple(row["asked"]),
        targets=tuple(row["target"]),
        places=(Place(row["file"], row["line"]),),
    )
