"""Lines of HAProxy: HTTP, HTTPS and TCP formats, and connections that came to nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from hushdesk.incident._bound import Bound
from hushdesk.incident._evidence import Wanted
from hushdesk.incident._spans import MINUTE
from hushdesk.incident.evidence import _asked
from hushdesk.incident.evidence._clients import with_port
from hushdesk.incident.evidence._request_rows import Requests, count, wanted_time
from hushdesk.incident.evidence._stamps import Stamp, clf

_CLIENT = r"(\S+:\d{1,5}|unix:\d+|-) "
_DATE = r"\[(\d{1,2}/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?)\] "
_COUNTS = r"(?: \d+/\d+/\d+/\d+/\+?\d+)? \+?-?\d+/-?\d+"
_HTTP = re.compile(
    _CLIENT
    + _DATE
    + r"(\S{1,255}) (\S{1,255})/(\S{1,255}) (-?\d+/-?\d+/-?\d+/-?\d+/\+?-?\d+) (-?\d{1,3}) (\+?\d+) (?:\S+ \S+ )?(\S{4})"
    + _COUNTS
    + r'(?: \{[^}]*\}){0,2} "([^"]*)(?:"(?: .*)?)?',
    re.DOTALL,
)
_TCP = re.compile(
    _CLIENT
    + _DATE
    + r"(\S{1,255}) (\S{1,255})/(\S{1,255}) (-?\d+/-?\d+/\+?-?\d+) (\+?\d+) (\S{2})"
    + _COUNTS
    + r"(?: .*)?",
    re.DOTALL,
)
_ERROR = re.compile(_CLIENT + _DATE + r"(\S{1,255}?)(?:/(\S{1,255}))?: (.*)", re.DOTALL)
_CONNECT = re.compile(r"Connect from (\S+:\d+) to (\S+:\d+) \((\S+)/(\w+)\)")
_OWN = re.compile(
    r"(?i)(?:\[\w+\] )?(?:proxy|server|backend|frontend|health check|stopping|pausing|proxies|agent|loading|new worker|"
    r"exiting|all workers|former worker|haproxy version|path to executable|reexecuting|initializing|bind |log |master|"
    r"event_hdl|quick|note:|warning)"
)
LATER: Final = "logged before the end, so that more may have left"
_TCP_ROWS: Final = "the log does not tell what the bytes were"
NOT_HAPROXY: Final = "not in a format of HAProxy, or cut off"
NO_TIME: Final = "its time is none"
NO_CLIENT: Final = "its client is neither an address nor a host name"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line."""

    client: str
    date: str
    frontend: str
    server: str
    took: str
    """Total time in milliseconds; ``+`` before it if it was not over yet."""
    status: int | None
    sent: str
    state: str
    """Why and when it ended: ``----``, ``PR--``, ``CD``; empty for a connection that came to nothing."""
    request: str | None
    """``None`` for TCP."""


def entry(message: str) -> Entry | str | None:
    """A message taken apart; ``None`` if HAProxy speaks of itself; else, in fixed words, why it cannot be."""
    message = message.strip()
    if found := _HTTP.fullmatch(message):
        client, date, front, back, server, times, status, sent, state, request = found.groups()
        code = count(status)
        return Entry(
            client,
            date,
            front,
            f"{back}/{server}",
            times.rpartition("/")[2],
            code or None,
            sent,
            state,
            request,
        )
    if found := _TCP.fullmatch(message):
        client, date, front, back, server, times, sent, state = found.groups()
        return Entry(
            client, date, front, f"{back}/{server}", times.rpartition("/")[2], None, sent, state, None
        )
    if found := _ERROR.fullmatch(message):
        return Entry(found[1], found[2], found[3], "", "0", None, "", "", None)
    if found := _CONNECT.fullmatch(message):
        return Entry(found[1], "", found[3], "", "0", None, "?", "", None)
    return None if _OWN.match(message) else NOT_HAPROXY


def accepted(said: Entry, written: Stamp | None, zone: tzinfo | None) -> Stamp | None:
    """When the connection was accepted.

    The date has no zone. The envelope, written when it ended, may have one: then the distance of the two clocks, in quarters
    of an hour, is the zone.
    """
    if not said.date:
        return written
    found = clf(said.date, zone)
    if found is None or found.zoned or zone is not None or written is None or not written.zoned:
        return found
    lasted = (count(said.took.lstrip("+")) or 0) * 1000
    away = written.at - (found.at + lasted)
    quarters = round(away / (15 * MINUTE))
    if abs(away - quarters * 15 * MINUTE) > 2 * MINUTE or abs(quarters) > 14 * 4:
        return found
    return Stamp(found.at + quarters * 15 * MINUTE, found.step)


def put(rows: Requests, said: Entry, time: Stamp, line: int, wanted: Wanted) -> str:
    """A row for an entry: ``kept``, ``other``, or why it is refused."""
    outside, port = with_port(said.client) if said.client != "-" else ("", None)
    if said.client.startswith("unix:"):
        outside, port = "", None
    if outside is None:
        return NO_CLIENT
    lasted = (count(said.took.lstrip("+")) or 0) * 1000
    end = time.at + time.step + lasted
    if not wanted_time(wanted, time.at, end):
        return "other"
    sent = _sent(said.sent)
    act, asked, target, documents = _told(said, sent)
    rows.add(
        line=line,
        start=time.at,
        end=end,
        outside=outside,
        outside_port=port,
        server="/".join(filter(None, (said.frontend.rstrip("~"), said.server))),
        act=act,
        target=target,
        asked=asked,
        status=said.status,
        sent=sent,
        rows=documents,
    )
    return "kept"


def _sent(text: str) -> Bound:
    if text == "?":
        return Bound.unknown("the log counts no bytes")
    number = count(text.lstrip("+") or "0")
    if number is None:
        return Bound.unknown("the log's number of bytes is none")
    return Bound(number, None, LATER) if text.startswith("+") else Bound.exactly(number)


def _told(said: Entry, sent: Bound) -> tuple[str, str, str, Bound]:
    if not said.state:
        # A connection of which nothing more is known, or one that failed before it said anything.
        act = "connected" if said.sent == "?" else "failed"
        return act, "connection", "", Bound(0, None, _TCP_ROWS) if act == "connected" else Bound(0, 0)
    if said.request is None:
        if said.state in {"PC", "PR", "PT", "RC", "RQ"} and not sent.lower:
            return "denied", "tcp", "", Bound(0, 0)
        if said.server.endswith("/<NOSRV>") or said.state in {"SC", "sC"}:
            return (
                "failed",
                "tcp",
                "",
                Bound(0, 0 if sent.upper == 0 else None, _TCP_ROWS if sent.upper != 0 else ""),
            )
        return "connected", "tcp", "", Bound(0, 0) if sent.upper == 0 else Bound.unknown(_TCP_ROWS)
    what = _asked.understand(said.request) if said.request not in {"<BADREQ>", ""} else _asked.NO_HTTP
    found = _asked.outcome(what, said.status, sent.upper == 0)
    act = found.act
    if said.state[:2] in {"PR", "PT"} and (said.status or 403) >= 400:
        return "denied", what.words, what.target, Bound(0, 0)
    return act, what.words, what.target, Bound(found.rows_lower, found.rows_upper, found.why)
