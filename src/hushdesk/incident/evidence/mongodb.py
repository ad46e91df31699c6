"""MongoDB: the structured log of 4.4 and later, the audit log in JSON, and Atlas's events.

The server's log tells connections and sign-ins, but of requests only those slower than a threshold (100 ms by default): that
nothing was asked can never be read from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from hushdesk.guard import Place
from hushdesk.incident._evidence import Account, Change, Coverage, Outcome, Piece, Sees, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident._spans import Spans
from hushdesk.incident.evidence._dblog import (
    NO_TIME,
    Clients,
    Recent,
    Rows,
    Seen,
    address,
    clean,
    json_object,
    json_objects,
    overlaps,
    whole,
)
from hushdesk.incident.evidence._mongo_words import command_words
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._walltime import WallClock

NOT_ENTRY: Final = "no entry of a MongoDB log"
OLD_TEXT: Final = "a text log of MongoDB before 4.4, which is not read"
_TEXT: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+Z-]\S* +[FEWID]\d? +[A-Z-]+ +\[")
_STRUCTURED: Final = re.compile(rb'\{ ?"t" ?: ?\{ ?"\$date" ?: ?.{10,80}"c" ?: ?"[A-Z0-9_-]+ *"')
_AUDIT: Final = re.compile(rb'"atype" ?: ?"')
_ATLAS: Final = re.compile(rb'"eventTypeName" ?: ?"[A-Z_]+"')
_NO_REQUESTS: Final = "only requests slower than a threshold are logged"
_NO_COUNT: Final = "the log does not count what this command answered"
_COMPRESSED: Final = "the answer's length before compression on the wire"
_NO_BYTES: Final = "this log counts neither documents nor bytes"
_CONNECTIONS: Final = 100_000
ACCEPTED, ENDED, METADATA, SLOW, NOT_ALLOWED, STARTING = 22943, 22944, 51800, 51803, 20436, 4615611
_SIGNED_IN: Final = frozenset({20250, 5286306})
_NOT_SIGNED_IN: Final = frozenset({20249, 5286307})


class MongoDb:
    """Connections, sign-ins and slow requests."""

    name: ClassVar[str] = "mongodb"
    title: ClassVar[str] = "MongoDB log, audit log, Atlas events"
    options: ClassVar[Mapping[str, str]] = {
        "connections": "on: the server was not quiet, though nobody may have connected.",
        "requests": "all: every request was logged (slowOpThresholdMs = 0, slowOpSampleRate = 1).",
        "server": "Name of the server whose log it is.",
    }

    def claims(self, head: Head) -> int:
        """95 for the structured log, 85 for audit lines, 80 for Atlas, 70 for old text, which is refused by name."""
        for line in head.start.splitlines()[:50]:
            if _STRUCTURED.match(line):
                return 95
            if _TEXT.match(line):
                return 70
            if line.startswith(b"{"):
                if _AUDIT.search(line) and b'"remote"' in line:
                    return 85
                if _ATLAS.search(line) and b'"created"' in line:
                    content = json_object(line)
                    if not isinstance(content, str) and "eventTypeName" in content:
                        return 80
        return 0

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Rows of :data:`REQUESTS`, changes from Atlas, and coverage of each run in which connections are seen to be logged."""
        start = source.head()[0]
        if not start.lstrip().startswith(b"{"):
            for number, line in source.lines(account):
                account.refuse(number, OLD_TEXT if _TEXT.match(line) else NOT_ENTRY)
            return
        reading = _Reading(source, wanted)
        for chunk in json_objects(source, account):
            for number, content, twin in chunk:
                reading.entry(number, content, account, twin=twin)
            yield from reading.changes
            reading.changes.clear()
            if reading.rows.full:
                yield from reading.rows.take()
        yield from reading.rows.take()
        yield from reading.coverage()


class _Reading:
    """One file."""

    def __init__(self, source: Source, wanted: Wanted) -> None:
        self.rows = Rows()
        self.changes: list[Change] = []
        self._wanted = wanted
        self._place = Place(source.name)
        self._server = source.options.get("server", "")
        self._asserted = source.options.get("connections", "") == "on"
        self._all = source.options.get("requests", "") == "all"
        self._clock = WallClock("UTC")
        self._clients = Clients()
        # Clients by connection, for lines that name none; and agents.
        self._known: Recent[str, tuple[tuple[str, int | None], int]] = Recent(_CONNECTIONS)
        self._agents: Recent[str, str] = Recent(_CONNECTIONS)
        # Connections of which a row says already that unknown much may have gone.
        self._carried: Recent[str, bool] = Recent(_CONNECTIONS)
        # Runs of the server: lines, and whether connections are seen to be logged in it.
        self._runs: list[tuple[Seen, list[bool]]] = [(Seen(), [False])]
        self._audited = Seen()

    def entry(self, number: int, content: Mapping[str, Any], account: Account, *, twin: bool) -> None:
        """Count one entry, and make rows of it."""
        if "atype" in content:
            time, add = content.get("ts"), self._audit
        elif "eventTypeName" in content:
            time, add = content.get("created"), self._atlas
        elif "t" in content and "id" in content:
            time, add = content["t"], self._log
        else:
            account.refuse(number, NOT_ENTRY)
            return
        at = self._time(time)
        if at is None:
            account.refuse(number, NO_TIME)
            return
        account.records += 1
        if twin:
            account.duplicate += 1
        elif add(number, content, at):
            account.kept += 1
        else:
            account.other += 1

    def _time(self, value: object) -> int | None:
        """Moments as extended JSON writes them: text, a number of milliseconds, or a number in text."""
        if isinstance(value, dict):
            value = value.get("$date")
        if isinstance(value, dict):
            value = value.get("$numberLong")
        if isinstance(value, str):
            if not value[:5].isdigit():
                found = self._clock.read(value)
                if found is None and "." in value:
                    # Nine digits of a second, of which six are read.
                    found = self._clock.read(value.partition(".")[0])
                return found[0] if found else None
            millis = whole(value)
        else:
            millis = whole(value)
        return millis * 1000 if millis is not None and millis < 1 << 48 else None

    def _log(self, number: int, content: Mapping[str, Any], at: int) -> bool:
        ident, attr, ctx = content.get("id"), content.get("attr"), content.get("ctx")
        attr = attr if isinstance(attr, dict) else {}
        ctx = ctx if isinstance(ctx, str) else ""
        if ident == STARTING:
            self._runs.append((Seen(), [False]))
            self._server = self._server or clean(attr.get("host"))
        seen, logged = self._runs[-1]
        seen.add(at)
        if ident in {ACCEPTED, ENDED}:
            logged[0] = True
        connection = f"conn{attr['connectionId']}" if whole(attr.get("connectionId")) is not None else ctx
        connection = connection if connection.startswith("conn") else ""
        client = self._clients(attr.get("remote"))
        begun = at
        if connection and client[0]:
            known = self._known[connection]
            begun = known[1] if known and known[0] == client else at
            if ident == ACCEPTED or known is None or known[0] != client:
                begun = at
                self._known[connection] = (client, at)
                for _ in self._known.surplus():
                    pass
        elif connection and (known := self._known[connection]):
            client, begun = known
        if not overlaps(self._wanted, begun if ident == ENDED else at, at):
            return False
        row: dict[str, Any] = {"server": self._server, "session": clean(connection, 40)}
        if agent := self._agents[connection] if connection else None:
            row["agent"] = agent
        if ident == ACCEPTED:
            self._carried.pop(connection)
            self._unknown(at, at, client, "connected", number, row)
        elif ident == ENDED:
            self._unknown(begun, at, client, "ended", number, row)
            for each in (self._known, self._agents, self._carried):
                each.pop(connection)
        elif ident == METADATA:
            agent = _agent(attr.get("doc"))
            if connection:
                self._agents[connection] = agent
                for _ in self._agents.surplus():
                    pass
            self._unknown(at, at, client, "connected", number, {**row, "agent": agent})
        elif ident in _SIGNED_IN:
            self._unknown(at, at, client, "authenticated", number, {**row, "user": _user(attr)})
        elif ident in _NOT_SIGNED_IN:
            self._add(at, at, client, "denied", number, {**row, "user": _user(attr)}, most=0)
        elif ident == NOT_ALLOWED:
            self._unknown(at, at, client, "failed", number, row)
        elif ident == SLOW:
            return self._slow(number, attr, at, client, row)
        elif client[0]:
            self._unknown(at, at, client, "other", number, row)
        else:
            return ident == STARTING
        return True

    def _slow(
        self,
        number: int,
        attr: Mapping[str, Any],
        at: int,
        client: tuple[str, int | None],
        row: dict[str, Any],
    ) -> bool:
        if not client[0] and not row["session"]:
            # The server's own doings.
            return False
        done = command_words(attr.get("command"), attr.get("originatingCommand"), attr.get("type"))
        took = whole(attr.get("durationMillis")) or 0
        returned, length = whole(attr.get("nreturned")), whole(attr.get("reslen"))
        failed = attr.get("ok") == 0 or "errCode" in attr or "errName" in attr
        exact = returned if returned is not None else 0 if not done.answers else None
        row.update(
            asked=done.words,
            target=clean(attr.get("ns"), 200),
            agent=clean(attr.get("appName")) or row.get("agent", ""),
        )
        user = attr.get("authUser") or attr.get("user")
        row["user"] = clean(user)
        act = "failed" if failed else done.act
        why = _COMPRESSED if length is not None else _NO_COUNT
        if exact is None:
            why = f"{_NO_COUNT}; {why}" if length is not None else why
        least, most = exact or 0, exact
        if not self._carry(row["session"]):
            # What else went over this connection does not show.
            most, length, why = None, None, _NO_REQUESTS
        self.rows.add(
            at - took * 1000, at, client, act, number, sent=(0, length), rows=(least, most), why=why, **row
        )  # fmt: skip
        return True

    def _carry(self, connection: str) -> bool:
        """Whether what does not show of a connection is accounted for already; from now on it is."""
        if self._all or (connection and connection in self._carried):
            return True
        if connection:
            self._carried[connection] = True
            for _ in self._carried.surplus():
                pass
        return False

    def _unknown(
        self, start: int, end: int, client: tuple[str, int | None], act: str, line: int, row: dict[str, Any]
    ) -> None:
        if self._carry(row["session"]):
            self._add(start, end, client, act, line, row, most=0)
        else:
            self._add(start, end, client, act, line, row, most=None, why=_NO_REQUESTS)

    def _add(
        self,
        start: int,
        end: int,
        client: tuple[str, int | None],
        act: str,
        line: int,
        row: dict[str, Any],
        *,
        most: int | None,
        why: str = "",
    ) -> None:
        why = why or _NO_BYTES
        self.rows.add(start, end, client, act, line, rows=(0, most), why=why, **row)

    def _audit(self, number: int, content: Mapping[str, Any], at: int) -> bool:
        """A line of the audit log (Enterprise, Atlas)."""
        self._audited.add(at)
        remote = content.get("remote")
        remote = remote if isinstance(remote, dict) else {}
        ip = remote.get("ip")
        client = (address(ip) if isinstance(ip, str) else "", _port(remote.get("port")))
        if not client[0] or not overlaps(self._wanted, at, at):
            return False
        users = content.get("users")
        user = (
            users[0].get("user") if isinstance(users, list) and users and isinstance(users[0], dict) else ""
        )
        param = content.get("param")
        param = param if isinstance(param, dict) else {}
        kind, result = content["atype"], whole(content.get("result"))
        row: dict[str, Any] = {
            "server": self._server,
            "user": clean(user or param.get("user")),
            "status": result,
        }
        row["target"] = clean(param.get("ns"))
        failed = result != 0
        if kind == "authenticate":
            self._add(at, at, client, "denied" if failed else "authenticated", number, row, most=0)
        elif kind == "clientMetadata":
            self._add(at, at, client, "connected", number, row, most=0)
        elif kind == "logout":
            self._add(at, at, client, "ended", number, row, most=0)
        elif kind == "authCheck":
            done = command_words({str(param.get("command")): 1}, None, "command")
            row["asked"] = done.words
            act, most = ("failed", 0) if failed else (done.act, None if done.answers else 0)
            self._add(at, at, client, act, number, row, most=most)
        else:
            row["asked"] = "administration"
            self._add(at, at, client, "failed" if failed else "written", number, row, most=0)
        return True

    def _atlas(self, number: int, content: Mapping[str, Any], at: int) -> bool:
        """An event of an Atlas organisation or project: who may connect is changed there."""
        if not overlaps(self._wanted, at, at):
            return False
        kind = clean(content.get("eventTypeName"), 80)
        kept = {
            key: value
            for key in ("whitelistEntry", "targetUsername", "hostname", "clusterName")
            if isinstance(value := content.get(key), str)
        }
        remote = content.get("remoteAddress")
        self.changes.append(
            Change(
                at=at,
                platform="mongodb-atlas",
                operation=kind,
                resource=clean(content.get("groupId") or content.get("orgId"), 80),
                outcome=Outcome.SUCCEEDED,
                actor=clean(content.get("username")),
                actor_address=address(remote) if isinstance(remote, str) else "",
                content=kept,
                place=Place(self._place.file, number),
            )
        )
        return True

    @property
    def _sees(self) -> Sees:
        all_of_it = Sees.REQUESTS | Sees.ROWS | Sees.BYTES if self._all else Sees.NOTHING
        return Sees.CONNECTIONS | Sees.DENIALS | all_of_it

    def coverage(self) -> Iterator[Coverage]:
        """Runs in which connections are seen to be logged; of requests nothing."""
        of = self._server or "*"
        on = [seen.spans for seen, logged in self._runs if logged[0] or self._asserted]
        every = [seen.spans for seen, _ in self._runs]
        spans = Spans(span for each in on for span in each)
        if spans:
            yield Coverage(
                log=MongoDb.name, of=of, spans=spans, sees=self._sees, place=self._place,
                why="first to last line of each run of the server in which connections are seen to be logged"
                + ("" if self._all else f"; {_NO_REQUESTS}"),
            )  # fmt: skip
        rest = Spans(span for each in every for span in each) - spans
        if rest:
            yield Coverage(
                log=MongoDb.name, of=of, spans=rest, sees=Sees.NOTHING, sampled=True, place=self._place,
                why="nothing shows that connections were logged: the server may have been quiet",
            )  # fmt: skip
        if self._audited.spans:
            yield Coverage(
                log=MongoDb.name, of=of, spans=self._audited.spans, sees=Sees.DENIALS, sampled=True, place=self._place,
                why="an audit log holds what its filter lets through",
            )  # fmt: skip


def _user(attr: Mapping[str, Any]) -> str:
    return clean(attr.get("principalName") or attr.get("user"))


def _agent(doc: object) -> str:
    found = []
    if isinstance(doc, dict):
        for part in ("application", "driver"):
            inner = doc.get(part)
            if isinstance(inner, dict):
                found.append(
                    " ".join(filter(None, (clean(inner.get("name"), 80), clean(inner.get("version"), 20))))
                )
    return ", ".join(filter(None, found))


def _port(value: object) -> int | None:
    port = whole(value)
    return port if port is not None and port < 65536 else None
