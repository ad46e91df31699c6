"""Amazon S3 server access logs.

Bytes sent are counted without the protocol's own and are exact. AWS delivers these logs at best effort: a request may never
be written, so that their silence proves nothing, and one may be written twice.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping

from hushdesk.incident._evidence import Account, Coverage, Piece, Sees, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident._spans import Span, Spans
from hushdesk.incident.evidence._clients import client
from hushdesk.incident.evidence._request_rows import Requests, agent, wanted_time
from hushdesk.incident.evidence._s3_lines import (
    CUT,
    EVENT_NAMES,
    NO_CLIENT,
    Record,
    from_event,
    from_object,
    record,
    target,
    told,
)
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._web_json import read_object

_REMEMBERED = 1_000_000
_SEES = Sees.REQUESTS | Sees.BYTES | Sees.ROWS | Sees.DENIALS


class AwsS3Access:
    """Server access logs as text or JSON lines, and lists of S3 events in CSV."""

    name = "aws-s3-access"
    title = "AWS S3 server access log"
    options: Mapping[str, str] = {}

    def claims(self, head: Head) -> int:
        """By the first lines."""
        lines = [line.decode(errors="replace").strip() for line in head.start.split(b"\n")[:20]]
        lines = [line for line in lines if line][: 10 if head.whole else 9]
        if not lines:
            return 0
        if _heading(lines[0]):
            return 85
        hits = sum(isinstance(_one(line), Record) for line in lines)
        return 95 if hits * 2 >= len(lines) else 40 if hits else 0

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Rows of requests; coverage for each bucket."""
        reading = _Reading(wanted, account)
        lines = source.lines(account)
        heading: list[str] | None = None
        for number, raw in lines:
            text = raw.decode(errors="replace").lstrip("\ufeff").strip()
            if heading is None:
                heading = _heading(text) or []
                if heading:
                    continue
            if not text:
                continue
            made, times = _event(heading, text) if heading else (_one(text), 1)
            reading.take(number, made, times)
            yield from reading.rows.full()
        yield from reading.rows.rest()
        for bucket, span in sorted(reading.spans.items()):
            yield Coverage(
                log=self.name,
                of=bucket,
                spans=Spans([span]),
                sees=_SEES,
                sampled=True,
                why="delivered at best effort: a request may be missing",
            )


class _Reading:
    def __init__(self, wanted: Wanted, account: Account) -> None:
        self._wanted, self._account = wanted, account
        self.rows = Requests()
        self.spans: dict[str, Span] = {}
        self._seen: set[int] = set()

    def take(self, line: int, made: Record | str, times: int) -> None:
        account = self._account
        if isinstance(made, str):
            account.refuse(line, made)
            return
        outside = client(made.client)
        if outside is None:
            account.refuse(line, NO_CLIENT)
            return
        account.records += 1
        start, end = made.time.at, made.time.at + made.time.step
        if made.bucket in self.spans or len(self.spans) < 10_000:
            before = self.spans.get(made.bucket, Span(start, end))
            self.spans[made.bucket] = Span(min(before.start, start), max(before.end, end))
        mark = hash(made)
        if made.request not in {"", "-"} and mark in self._seen:
            account.duplicate += 1
            return
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen.add(mark)
        if not wanted_time(self._wanted, start, end):
            account.other += 1
            return
        account.kept += 1
        found = told(made, times)
        self.rows.add(
            line=line,
            start=start,
            end=end,
            outside=outside,
            server=made.bucket,
            act=found.act,
            user="" if made.requester == "-" else made.requester,
            target=target(made),
            asked=found.asked + (f" repeated={times}" if times > 1 else ""),
            status=made.status,
            sent=found.sent,
            rows=found.rows,
            session=made.request if made.request != "-" else "",
            agent=agent(made.agent),
        )


def _one(text: str) -> Record | str:
    if text.startswith("{"):
        found = read_object(text)
        return CUT if found is None else from_object(found)
    return record(text)


def _heading(text: str) -> list[str] | None:
    """Names of the columns of a list of events; ``None`` if the line is none."""
    names = [name.strip().lower() for name in text.split(",")]
    return names if set(EVENT_NAMES) <= set(names) else None


def _event(names: list[str], text: str) -> tuple[Record | str, int]:
    try:
        values = next(csv.reader([text], strict=True))
    except (csv.Error, StopIteration):
        return CUT, 1
    if len(values) != len(names):
        return CUT, 1
    found = from_event(dict(zip(names, values, strict=True)))
    return (found, 1) if isinstance(found, str) else found
