"""ClickHouse: exports of ``system.query_log``, the one log here that counts the rows of each answer exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from hushdesk.guard import Place
from hushdesk.incident._evidence import Account, Coverage, Piece, Sees, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident._spans import SECOND
from hushdesk.incident.evidence import _ch_records as records
from hushdesk.incident.evidence._ch_bounds import Bounded, bounded
from hushdesk.incident.evidence._dblog import (
    NO_TIME,
    PROXIES_HELP,
    Clients,
    Proxies,
    Recent,
    Rows,
    Seen,
    clean,
    overlaps,
    whole,
)
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._walltime import ZONE_HELP, WallClock

NO_TYPE: Final = "no row of query_log: its type is missing"
_TYPES: Final[Mapping[str, str]] = {
    "QueryStart": "start", "1": "start", "QueryFinish": "finish", "2": "finish", "ExceptionBeforeStart": "before",
    "3": "before", "ExceptionWhileProcessing": "while", "4": "while",
}  # fmt: skip
_NAME: Final = re.compile(r"[\w.`-]{1,200}")
_PENDING: Final = 20_000
_NO_BYTES: Final = "result_bytes is memory, not what went over the wire"
_NO_ZONE: Final = "its times name no zone"
_FLUSH: Final = "first to last row; rows are written out every 7.5 s as a rule and the last ones are lost when the server dies"
_HIDING: Final = (
    f"{_FLUSH}; whoever asks may leave the query out (log_queries) unless a constraint forbids it"
)
_JSON: Final = re.compile(rb'"(?:query_id|initial_address|query_duration_ms)"\s*:')


class ClickHouseQuery:
    """Queries with exact rows of their answers, tables and columns."""

    name: ClassVar[str] = "clickhouse-query"
    title: ClassVar[str] = "ClickHouse query log"
    options: ClassVar[Mapping[str, str]] = {
        "always-logged": "yes: a constraint or profile forbids everybody to change log_queries.",
        "server": "Name of the server whose log it is, or * for the whole store.",
        "trusted-proxies": PROXIES_HELP,
        "zone": ZONE_HELP,
    }

    def claims(self, head: Head) -> int:
        """90 for each format, if the columns are those of the query log."""
        kind = _format(head.start)
        if kind == "parquet":
            if head.whole:
                # The names of the columns stand at the end.
                return 90 if b"initial_query_id" in head.start and b"event_time" in head.start else 0
            return (
                60
                if "query_log" in head.path.lower()
                else 40
                if head.name.lower().endswith(".parquet")
                else 0
            )
        return 90 if kind else 0

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Rows of :data:`REQUESTS`; coverage for each host.

        Raises:
            EvidenceError: An option cannot be understood.
        """
        reading = _Reading(source, wanted)
        read = {
            "json": records.from_json,
            "csv": records.from_csv,
            "parquet": records.from_parquet,
        }.get(_format(source.head()[0]), records.from_tsv)
        for number, content, twin in read(source, account):
            reading.record(number, content, account, twin=twin)
            if reading.rows.full:
                yield from reading.rows.take()
        reading.finish()
        yield from reading.rows.take()
        yield from reading.coverage()


def _format(start: bytes) -> str:
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.lstrip().startswith(b"{"):
        line = start.lstrip().split(b"\n", 1)[0]
        return "json" if b'"type"' in line and b'"event_time' in line and _JSON.search(line) else ""
    heading = start.split(b"\n", 1)[0].rstrip(b"\r")
    names = set(re.split(rb"[\t,]", heading.replace(b'"', b"")))
    if not {b"type", b"event_time"} <= names and not {b"type", b"event_time_microseconds"} <= names:
        return ""
    if not names & {b"query_id", b"initial_address", b"query_duration_ms", b"result_rows"}:
        return ""
    return "tsv" if b"\t" in heading else "csv"


class _Reading:
    """One file."""

    def __init__(self, source: Source, wanted: Wanted) -> None:
        options = source.options
        self.rows = Rows()
        self._place = Place(source.name)
        self._wanted = wanted
        self._clock = WallClock(options.get("zone", ""))
        self._proxies = Proxies(options.get("trusted-proxies", ""))
        self._always = options.get("always-logged", "") == "yes"
        self._server = options.get("server", "")
        self._clients = Clients()
        self._started: Recent[str, tuple[int, Mapping[str, Any], tuple[int, int]]] = Recent(_PENDING)
        self._seen: dict[str, Seen] = {}

    def record(self, number: int, content: Mapping[str, Any], account: Account, *, twin: bool) -> None:
        """Count one row, and make one of it."""
        kind = _TYPES.get(str(content.get("type", "")))
        if kind is None:
            account.refuse(number, NO_TYPE)
            return
        at = self._time(content, "event_time_microseconds") or self._time(content, "event_time")
        if at is None:
            account.refuse(number, NO_TIME)
            return
        account.records += 1
        if twin:
            account.duplicate += 1
            return
        host = clean(content.get("hostname"))
        if host in self._seen or len(self._seen) < 1000:
            self._seen.setdefault(host, Seen()).add(*at)
        if str(content.get("interface", "")) in {"Local", "6", "Background", "9"} or whole(
            content.get("is_internal")
        ):
            # Asked within the server, or by somebody on its own machine.
            account.other += 1
            return
        began = (
            self._time(content, "query_start_time_microseconds")
            or self._time(content, "query_start_time")
            or at
        )
        span = min(began[0], at[0]), max(began[1], at[1])
        if not overlaps(self._wanted, *span):
            account.other += 1
            return
        account.kept += 1
        ident = content.get("query_id")
        ident = ident[:80] if isinstance(ident, str) else ""
        if kind == "start":
            if not ident:
                self._emit(number, content, span, "start")
                return
            before = self._started.pop(ident)
            if before is not None:
                self._emit(before[0], before[1], before[2], "start")
            self._started[ident] = number, self._small(content), span
            for old in self._started.surplus():
                self._emit(old[0], old[1], old[2], "start")
            return
        self._started.pop(ident)
        self._emit(number, content, span, kind)

    @staticmethod
    def _small(content: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is needed of a start, cut to where its verb is: many are held."""
        small: dict[str, Any] = {}
        for name in records.COLUMNS:
            value = content.get(name)
            if isinstance(value, str):
                small[name] = value[:2000]
            elif isinstance(value, list):
                small[name] = [each[:300] for each in value[:40] if isinstance(each, str)]
            elif isinstance(value, (int, float)):
                small[name] = value
        return small

    def _time(self, content: Mapping[str, Any], name: str) -> tuple[int, int] | None:
        value = content.get(name)
        if isinstance(value, records.Moment):
            return value, value
        if isinstance(value, str):
            if (
                value[:1].isdigit()
                and value.replace(".", "", 1).isdigit()
                and value.isascii()
                and len(value) <= 20
            ):
                seconds, _, rest = value.partition(".")
                exact = int(seconds) * SECOND + int(rest[:6].ljust(6, "0"))
                return (exact, exact) if exact < 1 << 52 else None
            found = self._clock.read(value)
            return found if found and found[1] > 0 else None
        seconds_ = whole(value)
        return (seconds_ * SECOND, seconds_ * SECOND) if seconds_ and seconds_ < 1 << 33 else None

    def _emit(self, number: int, content: Mapping[str, Any], span: tuple[int, int], kind: str) -> None:
        first = str(content.get("is_initial_query", "1")) not in {"0", "false", "False"}
        found: Bounded = bounded(content, kind, initial=first)
        client = self._clients(content.get("initial_address") or content.get("address"))
        client = client[0], _port(content.get("initial_port") or content.get("port"))
        client = self._proxies.client(client, content.get("forwarded_for"))
        tables = [name for name in records.items(content.get("tables")) or [] if _NAME.fullmatch(name)]
        target = ",".join(tables[:20]) if tables else ",".join(found.tables)
        reasons = [found.why, _NO_BYTES]
        if span[1] - span[0] >= 24 * 3600 * SECOND and self._vague(content):
            reasons.append(_NO_ZONE)
        self.rows.add(
            *span,
            client,
            found.act,
            number,
            server=clean(content.get("hostname")),
            user=clean(content.get("initial_user") or content.get("user")),
            target=clean(target, 400),
            asked=found.asked + _columns(content),
            status=whole(content.get("exception_code")) or None,
            rows=(found.least, found.most),
            why="; ".join(filter(None, reasons)),
            session=clean(content.get("initial_query_id") or content.get("query_id"), 80),
            agent=clean(content.get("http_user_agent") or content.get("client_name")),
        )

    def _vague(self, content: Mapping[str, Any]) -> bool:
        at = self._time(content, "event_time_microseconds") or self._time(content, "event_time")
        return at is not None and at[0] != at[1]

    def finish(self) -> None:
        """Give out queries whose end is not in the file."""
        for number, content, span in self._started.rest():
            self._emit(number, content, span, "start")

    def coverage(self) -> Iterator[Coverage]:
        """One for each host."""
        for host, seen in self._seen.items():
            if seen.spans:
                yield Coverage(
                    log=ClickHouseQuery.name,
                    of=self._server or host or "*",
                    spans=seen.spans,
                    sees=Sees.REQUESTS | Sees.ROWS,
                    sampled=not self._always,
                    why=_FLUSH if self._always else _HIDING,
                    place=self._place,
                )


def _columns(content: Mapping[str, Any]) -> str:
    """Names of columns, without their tables where there is one table only."""
    names = [name for name in records.items(content.get("columns")) or [] if _NAME.fullmatch(name)]
    if not names:
        return ""
    short = list(dict.fromkeys(name.rpartition(".")[2] for name in names))
    return f" columns={','.join(short[:30])}" + (f",+{len(short) - 30}" if len(short) > 30 else "")


def _port(value: object) -> int | None:
    port = whole(value)
    return port if port is not None and 0 < port < 65536 else None
