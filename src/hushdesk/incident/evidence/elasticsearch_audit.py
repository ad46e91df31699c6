"""Elasticsearch: the security audit log (JSON, 7 to 9), and the search slow log (JSON, text).

A node without security writes no audit lines at all, so a long silence is not covered: what went on in it is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from hushdesk.guard import Place
from hushdesk.incident._evidence import Account, Coverage, Piece, Sees, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident._spans import MINUTE
from hushdesk.incident.errors import EvidenceError
from hushdesk.incident.evidence import _slowlog
from hushdesk.incident.evidence._dblog import (
    NO_TIME,
    NOT_JSON,
    PROXIES_HELP,
    Clients,
    Proxies,
    Recent,
    Rows,
    Seen,
    chunks,
    clean,
    json_object,
    overlaps,
)
from hushdesk.incident.evidence._search_words import Asked, by_action, by_request, target_of
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._walltime import ZONE_HELP, WallClock

_NO_EVENT: Final = "no event of an audit log"
_NO_BYTES: Final = "the audit log counts no bytes"
_PART: Final = "part of a request that has a row of its own"
_PENDING: Final = 20_000
_NOTHING: Final = (0, 0)
_ANY: Final = (0, None)
_SILENCE: Final = 60
_AUDIT: Final = re.compile(rb'"event\.action"\s*:')
_SLOW: Final = re.compile(rb'"(?:type|event\.dataset)"\s*:\s*"[a-z_.]*slowlog"')
# What each event says: the act, and the words if the event itself is what was asked.
_DENIED: Final = frozenset(
    {"anonymous_access_denied", "authentication_failed", "realm_authentication_failed", "connection_denied"}
)
_FAILED: Final = frozenset({"access_denied", "run_as_denied", "tampered_request"})
_GRANTED: Final = frozenset({"access_granted", "system_access_granted"})
_SEEN: Final[Mapping[str, str]] = {
    **dict.fromkeys((*_GRANTED, "authentication_success"), "granted"),
    **dict.fromkeys(_DENIED, "denied"),
}
"""What else of its sort would have been logged, by the event that was."""


class ElasticsearchAudit:
    """Requests by client, account and index; documents in the answers as far as size and action bound them."""

    name: ClassVar[str] = "elasticsearch-audit"
    title: ClassVar[str] = "Elasticsearch audit log and slow log"
    options: ClassVar[Mapping[str, str]] = {
        "server": "Name of the store whose only node this is, or * for the whole store.",
        "silence": "Minutes without a line after which the audit log no longer covers: 60.",
        "trusted-proxies": PROXIES_HELP,
        "zone": ZONE_HELP,
    }

    def claims(self, head: Head) -> int:
        """90 for audit lines, 80 for slow log lines."""
        for line in head.start.splitlines()[:50]:
            if line.lstrip().startswith(b"{"):
                if _AUDIT.search(line) and (b'"event.type"' in line or b'"audit"' in line):
                    return 90
                if _SLOW.search(line):
                    return 80
            elif _slowlog.TEXT.match(line):
                return 80
        return 0

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Rows of :data:`REQUESTS`; coverage for each node.

        Raises:
            EvidenceError: An option cannot be understood.
        """
        reading = _Reading(source.options, wanted)
        for chunk in chunks(source.lines(account)):
            for number, line, twin in chunk:
                reason = reading.line(number, line, account, twin=twin)
                if reason:
                    account.refuse(number, reason)
            if reading.rows.full:
                yield from reading.rows.take()
        reading.finish()
        yield from reading.rows.take()
        yield from reading.coverage(Place(source.name))


class _Reading:
    """One file."""

    def __init__(self, options: Mapping[str, str], wanted: Wanted) -> None:
        self.rows = Rows()
        self._wanted = wanted
        self._clock = WallClock(options.get("zone", ""))
        self._proxies = Proxies(options.get("trusted-proxies", ""))
        self._clients = Clients()
        minutes = options.get("silence", str(_SILENCE))
        if not (minutes.isascii() and minutes.isdigit() and 0 < len(minutes) < 8):
            raise EvidenceError(
                "the option silence is no number of minutes.", remedy="Write it like silence=60."
            )
        self._silence = int(minutes) * MINUTE
        self._server = options.get("server", "")
        self._nodes: dict[str, tuple[Seen, set[str]]] = {}
        self._slow = Seen()
        # Requests that were let in, until it is seen what they were allowed: by id.
        self._pending: Recent[str, dict[str, Any]] = Recent(_PENDING)
        # Their clients, and whether a row stands for all that they were answered.
        self._answered: Recent[str, tuple[tuple[str, int | None], bool]] = Recent(_PENDING)

    def line(self, number: int, line: bytes, account: Account, *, twin: bool) -> str:
        """Why a line is refused; empty if it was counted."""
        if line[:1] != b"{":
            match = _slowlog.TEXT.match(line)
            at = self._clock.read(match["time"].decode(errors="replace")) if match else None
            if match is None or at is None:
                return NO_TIME if match else NOT_JSON
            self._count(
                account, twin=twin, kept=twin or self._add_slow(_slowlog.from_text(match), at, number)
            )
            return ""
        content = json_object(line)
        if isinstance(content, str):
            return content
        time = content.get("timestamp") or content.get("@timestamp")
        at = self._clock.read(time) if isinstance(time, str) else None
        action = content.get("event.action")
        slow = _slowlog.is_slow(content)
        if not isinstance(action, str) and not slow:
            # Other logs of the node may stand in the same file, as containers write them.
            if at is None or not ("type" in content or "event.dataset" in content):
                return _NO_EVENT
            self._count(account, twin=twin, kept=False)
            return ""
        if at is None:
            return NO_TIME
        if twin:
            self._count(account, twin=True, kept=False)
        elif slow:
            kept = self._add_slow(_slowlog.from_json(content), at, number)
            self._count(account, twin=False, kept=kept)
        else:
            self._count(account, twin=False, kept=self._add(content, str(action), at, number))
        return ""

    @staticmethod
    def _count(account: Account, *, twin: bool, kept: bool) -> None:
        account.records += 1
        if twin:
            account.duplicate += 1
        elif kept:
            account.kept += 1
        else:
            account.other += 1

    def _add_slow(self, fields: Mapping[str, str], at: tuple[int, int], number: int) -> bool:
        self._slow.add(*at)
        if not overlaps(self._wanted, *at):
            return False
        _slowlog.add(self.rows, fields, at, number)
        return True

    def _add(self, content: Mapping[str, Any], action: str, at: tuple[int, int], number: int) -> bool:
        node = _node(content)
        self._cover(node, action, at)
        if content.get("origin.type") == "local_node" or not overlaps(self._wanted, *at):
            # The cluster's own doings.
            return False
        request = clean(content.get("request.id"), 64)
        client = self._clients(content.get("origin.address"))
        if "x_forwarded_for" in content:
            client = self._proxies.client(client, content["x_forwarded_for"])
        if not client[0] and request and (before := self._answered[request]):
            client = before[0]
        row: dict[str, Any] = {
            "at": at,
            "client": client,
            "line": number,
            "server": node,
            "user": ""
            if content.get("authentication.type") == "ANONYMOUS"
            else clean(content.get("user.name")),
            "session": request,
            "agent": clean(content["opaque_id"]) if "opaque_id" in content else "",
            "asked": self._asked(content),
        }
        if action in _GRANTED:
            self._granted(row, request)
        elif action in {"authentication_success", "run_as_granted"}:
            if request:
                # What it may do is on later lines; if none comes, this row stands for all of it.
                self._emit_held(self._pending.pop(request))
                self._pending[request] = row
                for old in self._pending.surplus():
                    self._emit_held(old)
            else:
                self._emit_held(row)
        elif action in _DENIED:
            self._emit(row, "denied", most=0)
        elif action in _FAILED:
            self._emit_part(self._pending.pop(request))
            self._emit(row, "failed", most=0)
        elif action == "connection_granted":
            self._emit(row, "connected", most=0)
        elif content.get("event.type") == "security_config_change":
            row["asked"] = Asked("written", "change accounts", 0)
            self._emit(row, "written", most=0)
        else:
            # Events of versions to come: something was done, and nothing says how much.
            self._emit(row, "other", most=None)
        return True

    def _granted(self, row: dict[str, Any], request: str) -> None:
        held = self._pending.pop(request) if request else None
        before = self._answered[request] if request else None
        asked: Asked = row["asked"]
        whole = asked.most is None
        if held is not None:
            # The request's own words know the size, the action knows the indices. Where the one says that nothing
            # can be in the answer and the other that anything can, anything can.
            wider: Asked = held["asked"]
            most, why = (wider.most, wider.why) if wider.most != 0 else (asked.most, asked.why)
            act = asked.act if wider.act == "other" else wider.act
            asked = row["asked"] = Asked(act, wider.words, most, why, asked.target or wider.target)
            whole = True
            self._emit_part(held)
        elif before is not None and before[1]:
            self._emit(row, asked.act, most=0, why=_PART)
            return
        if request:
            self._answered[request] = row["client"], whole
            for _ in self._answered.surplus():
                pass
        self._emit(row, asked.act, most=asked.most)

    def _emit_held(self, row: dict[str, Any] | None) -> None:
        if row is not None:
            self._emit(row, "authenticated", most=row["asked"].most)

    def _emit_part(self, row: dict[str, Any] | None) -> None:
        if row is not None:
            self._emit(row, "authenticated", most=0, why=_PART)

    def _emit(self, row: dict[str, Any], act: str, *, most: int | None, why: str = "") -> None:
        asked: Asked = row["asked"]
        part = why == _PART
        if part:
            why = ""
        elif asked.why and most != 0:
            why = f"{_NO_BYTES}; {asked.why}"
        else:
            why = _NO_BYTES
        start, end = row["at"]
        self.rows.add(
            start,
            end,
            row["client"],
            act,
            row["line"],
            server=row["server"],
            user=row["user"],
            target=asked.target,
            asked=asked.words,
            sent=_NOTHING if part else _ANY,
            rows=(0, most),
            why=why,
            session=row["session"],
            agent=row["agent"],
        )

    @staticmethod
    def _asked(content: Mapping[str, Any]) -> Asked:
        action, path = content.get("action"), content.get("url.path")
        if isinstance(path, str):
            method, query, body = (
                content.get(f"{key}") for key in ("request.method", "url.query", "request.body")
            )
            return by_request(
                method if isinstance(method, str) else "",
                path,
                query if isinstance(query, str) else "",
                body if isinstance(body, str) else None,
            )
        indices = content.get("indices")
        target = target_of(indices) if isinstance(indices, list) else ""
        return by_action(action[:200] if isinstance(action, str) else "", target)

    def _cover(self, node: str, action: str, at: tuple[int, int]) -> None:
        found = self._nodes.get(node)
        if found is None:
            if len(self._nodes) >= 1000:
                return
            found = self._nodes[node] = (Seen(self._silence), set())
        found[0].add(*at)
        found[1].add(_SEEN.get(action, ""))

    def finish(self) -> None:
        """Give out what waited for later lines."""
        for held in self._pending.rest():
            self._emit_held(held)

    def coverage(self, place: Place) -> Iterator[Coverage]:
        """One for each node; the slow log's shows a part only."""
        minutes = self._silence // MINUTE
        why = (
            f"audit lines with no silence of more than {minutes} minutes between them: without security a node writes"
            " none; users and indices that its settings leave out do not show"
        )
        for node, (seen, kinds) in self._nodes.items():
            sees = Sees.CONNECTIONS | Sees.REQUESTS if "granted" in kinds else Sees.NOTHING
            sees |= Sees.DENIALS if "denied" in kinds else Sees.NOTHING
            yield Coverage(
                log=ElasticsearchAudit.name,
                of=self._server or node or "*",
                spans=seen.spans,
                sees=sees,
                why=why,
            )
        if self._slow.spans:
            yield Coverage(
                log=ElasticsearchAudit.name,
                of="*",
                spans=self._slow.spans,
                sees=Sees.REQUESTS,
                sampled=True,
                why=_slowlog.WHY,
                place=place,
            )


def _node(content: Mapping[str, Any]) -> str:
    return clean(content.get("node.name") or content.get("node.id") or content.get("host.name"))
