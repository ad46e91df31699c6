"""Hushdesk's own record: who searched, viewed, exported and revealed what many cases.

The record is ``entries.jsonl`` of :mod:`hushdesk.record`. Whether it was tampered with is not asked here but of
:func:`hushdesk.record.verify`; what is missing shows here as jumps of the entries' numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from hushdesk.guard import Place
from hushdesk.incident._evidence import Account, Coverage, Gap, Piece, Sees, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident._spans import Span, Spans
from hushdesk.incident.evidence._dblog import NO_TIME, Rows, address, clean, json_objects, overlaps, whole
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._walltime import WallClock

NO_ENTRY: Final = "no entry of the record"
_ENTRY: Final = re.compile(rb'\{"n": ?\d+, ?"at": ?"[^"]{10,40}", ?"event": ?"[a-z-]+:[a-z-]+:[a-z-]+"')
_EVENT: Final = re.compile(r"[a-z-]{1,40}:[a-z-]{1,40}:[a-z-]{1,40}")
_COUNTS: Final = ("cases", "rows", "shown", "count", "hits", "total", "found", "persons")
_ADDRESSES: Final = ("address", "client", "remote", "ip")
_UNCOUNTED: Final = "the record does not say how many"
_NO_BYTES: Final = "the record counts cases, not bytes"
_MISSING: Final = "entries are missing: their numbers jump"
_BACKWARDS: Final = "entries are numbered twice or out of order"
# By event: act, words, and rows if the entry has no count of its own (None: unknown).
_KNOWN: Final[Mapping[str, tuple[str, str, int | None]]] = {
    "analyst:case:count": ("read", "count", 0),
    "analyst:case:search": ("read", "search", None),
    "analyst:case:export": ("read", "export", None),
    "analyst:case:read": ("read", "view", 1),
    "officer:person:export": ("read", "export of a person", None),
    "officer:person:erase": ("written", "erasure of a person", 0),
    "officer:quarantine:read": ("read", "view of a quarantined case", 1),
    "officer:quarantine:decide": ("written", "decision on a quarantined case", 0),
    "officer:quarantine:release": ("written", "release from quarantine", 0),
    "officer:record:read": ("other", "look at the record", 0),
    "officer:reveal:request": ("other", "request to reveal", 0),
    "officer:reveal:approve": ("read", "reveal", None),
    "officer:reveal:open": ("read", "reveal", 1),
    "officer:reveal:refuse": ("other", "refusal to reveal", 0),
    "officer:reveal:lapse": ("other", "end of a request to reveal", 0),
    "account:sign-in:success": ("authenticated", "sign-in", 0),
    "account:sign-in:failure": ("denied", "sign-in", 0),
    "account:sign-in:locked": ("denied", "sign-in", 0),
    "account:session:create": ("connected", "session", 0),
    "account:session:revoke": ("ended", "session", 0),
}
# Of other events, the last word tells what was done.
_ACTS: Final[Mapping[str, tuple[str, int | None]]] = {
    "search": ("read", None),
    "read": ("read", None),
    "view": ("read", None),
    "export": ("read", None),
    "reveal": ("read", None),
    "query": ("read", None),
    "download": ("read", None),
    "create": ("written", 0),
    "change": ("written", 0),
    "erase": ("written", 0),
    "delete": ("written", 0),
    "start": ("other", 0),
    "finish": ("other", 0),
}


class HushdeskRecord:
    """The desk's own searches, views and exports, with their numbers of cases."""

    name: ClassVar[str] = "hushdesk-record"
    title: ClassVar[str] = "Hushdesk record"
    options: ClassVar[Mapping[str, str]] = {}

    def claims(self, head: Head) -> int:
        """100 if the first line is an entry."""
        return 100 if _ENTRY.match(head.start) else 0

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Rows of :data:`REQUESTS`; coverage from the first entry to the last, without what is missing between."""
        rows, clock, place = Rows(), WallClock("UTC"), Place(source.name)
        first: tuple[int, int] | None = None
        last: tuple[int, int] | None = None
        spans: list[Span] = []
        gaps: list[Gap] = []
        for chunk in json_objects(source, account):
            for number, content, twin in chunk:
                count, event, who, detail = (content.get(key) for key in ("n", "event", "who", "detail"))
                time = content.get("at")
                at = clock.read(time) if isinstance(time, str) else None
                if (
                    type(count) is not int
                    or not isinstance(event, str)
                    or not _EVENT.fullmatch(event)
                    or not isinstance(who, str)
                    or not isinstance(detail, dict)
                ):
                    account.refuse(number, NO_ENTRY)
                    continue
                if at is None:
                    account.refuse(number, NO_TIME)
                    continue
                account.records += 1
                if twin:
                    account.duplicate += 1
                    continue
                here = count, at[0]
                if first is None or last is None:
                    first = here
                elif count != last[0] + 1:
                    spans.append(Span(first[1], max(last[1], first[1]) + 1))
                    hole = Span(min(last[1], here[1]), max(last[1], here[1]) + 1)
                    why = _MISSING if count > last[0] else _BACKWARDS
                    if len(gaps) < 1000:
                        gaps.append(Gap(log=self.name, of="*", spans=Spans([hole]), why=why, place=place))
                    else:
                        gaps[-1] = Gap(
                            log=self.name, of="*", spans=Spans([*gaps[-1].spans, hole]), why=why, place=place
                        )
                    first = here
                last = here
                if not overlaps(wanted, *at):
                    account.other += 1
                    continue
                account.kept += 1
                _add(rows, at[0], event, who, detail, number)
            if rows.full:
                yield from rows.take()
        yield from rows.take()
        if first is not None and last is not None:
            spans.append(Span(first[1], max(last[1], first[1]) + 1))
            covered = Spans(spans)
            for gap in gaps:
                covered -= gap.spans
            sees = Sees.CONNECTIONS | Sees.DENIALS | Sees.REQUESTS | Sees.ROWS
            yield Coverage(
                log=self.name, of="hushdesk", spans=covered, sees=sees, place=place,
                why="first to last entry; it sees what goes through the desk, not what goes past it to the store",
            )  # fmt: skip
        yield from gaps


def _add(rows: Rows, at: int, event: str, who: str, detail: Mapping[str, Any], line: int) -> None:
    act, asked, most = _KNOWN.get(event, ("", "", None))
    if not act:
        act, most = _ACTS.get(event.rpartition(":")[2], ("other", None))
        asked = event.replace(":", " ")
    counted = next((found for key in _COUNTS if (found := whole(detail.get(key))) is not None), None)
    failed = detail.get("ok") is False or "error" in detail
    if detail.get("state") == "begun":
        # How many it was says the entry that ends it; if there is none, up to all hits.
        bound: tuple[int, int | None] = (0, whole(detail.get("hits")))
    elif act == "read" and counted is not None:
        bound = (0 if failed else counted, counted)
    else:
        bound = (0, most)
    client = next((there for key in _ADDRESSES if (there := _address(detail.get(key)))), "")
    rows.add(
        at, at, (client, None), "failed" if failed and act == "read" else act, line,
        server="hushdesk", user=clean(who), target="cases" if ":case:" in event else "", asked=asked, rows=bound,
        why=_NO_BYTES if bound[1] is not None else f"{_UNCOUNTED}; {_NO_BYTES}",
        session=clean(detail.get("session"), 64),
    )  # fmt: skip


def _address(value: object) -> str:
    return address(value) if isinstance(value, str) and len(value) < 80 else ""
