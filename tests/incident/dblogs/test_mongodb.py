"""MongoDB's log, audit log and Atlas events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hushdesk.incident import Outcome, Sees
from hushdesk.incident.evidence.mongodb import MongoDb

PARSER = MongoDb()


def line(ident: int, second: int = 0, ctx: str = "listener", **attr: Any) -> str:
    entry = {"t": {"$date": f"2022-07-05T13:13:{second:02}.000+03:00"}, "s": "I", "c": "NETWORK", "id": ident, "ctx": ctx,
             "msg": "m", "attr": attr}  # fmt: skip
    return json.dumps(entry, separators=(",", ":")) + "\n"


def accepted(number: int = 1, second: int = 0) -> str:
    return line(22943, second, remote="203.0.113.7:52088", connectionId=number, connectionCount=1)


def slow(second: int = 5, number: int = 1, **attr: Any) -> str:
    values = {"type": "command", "ns": "desk.cases", "remote": "203.0.113.7:52088", "durationMillis": 2000,
              "command": {"find": "cases", "filter": {"mail": "hush-secret"}, "limit": 500}, **attr}  # fmt: skip
    return line(
        51803, second, f"conn{number}", **{key: value for key, value in values.items() if value is not None}
    )


def test_real_lines(read, corpus: Path) -> None:
    found = read(PARSER, corpus / "beats" / "mongodb-ubuntu-4.4.4-json.log")
    assert found.claims == 95
    assert [(row["act"], row["outside"], row["outside_port"], row["user"]) for row in found.rows] == [
        ("denied", "10.10.10.10", 52088, "sherlock"),
        ("failed", "", None, ""),
        ("authenticated", "172.18.0.7", 60756, "sherlock"),
    ]
    assert found.rows[0]["start"].isoformat() == "2022-07-05T10:13:20.632000+00:00"
    assert found.account.records == 10
    # No connection is logged in it: the server was quiet, or it was set so.
    assert [one.sees for one in found.coverage] == [Sees.NOTHING]


def test_a_connection_from_beginning_to_end(read) -> None:
    lines = (
        accepted()
        + line(51800, 1, "conn1", remote="203.0.113.7:52088", client="conn1",
               doc={"driver": {"name": "PyMongo", "version": "4.1"}, "application": {"name": "tool\x1b[2J"}})
        + line(20250, 2, "conn1", principalName="root", remote="203.0.113.7:52088")
        + slow(5, nreturned=500, reslen=12345)
        + line(22944, 9, "conn1", remote="203.0.113.7:52088", connectionId=1, connectionCount=0)
    )  # fmt: skip
    found = read(PARSER, lines)
    assert found.acts() == ["connected", "connected", "authenticated", "read", "ended"]
    assert [row["rows_upper"] for row in found.rows] == [None, 0, 0, 500, 0]
    asked = found.rows[3]
    assert (asked["asked"], asked["target"], asked["rows_lower"]) == ("find limit=500", "desk.cases", 500)
    assert (asked["bytes_lower"], asked["bytes_upper"]) == (0, 12345)
    assert (asked["end"] - asked["start"]).total_seconds() == 2
    assert asked["agent"] == "tool�[2J, PyMongo 4.1"
    assert (found.rows[4]["end"] - found.rows[4]["start"]).total_seconds() == 9
    assert {row["session"] for row in found.rows} == {"conn1"}
    (one,) = found.coverage
    assert one.sees == Sees.CONNECTIONS | Sees.DENIALS
    assert (one.of, one.sampled) == ("*", False)


def test_a_slow_request_alone_does_not_bound_the_connection(read) -> None:
    found = read(PARSER, slow(nreturned=7, reslen=90))
    assert [(row["rows_lower"], row["rows_upper"], row["bytes_upper"]) for row in found.rows] == [
        (7, None, None)
    ]
    (coverage,) = found.coverage
    assert (coverage.sees, coverage.sampled) == (Sees.NOTHING, True)


def test_every_request_logged(read) -> None:
    found = read(PARSER, accepted() + slow(nreturned=7, reslen=90), requests="all")
    assert found.most() == 7
    assert found.coverage[0].sees == Sees.CONNECTIONS | Sees.DENIALS | Sees.REQUESTS | Sees.ROWS | Sees.BYTES


def test_an_answer_that_is_not_counted(read) -> None:
    distinct = {"distinct": "cases", "key": "mail"}
    found = read(PARSER, accepted() + slow(command=distinct, reslen=90), requests="all")
    assert [(row["rows_upper"], row["bytes_upper"]) for row in found.rows] == [(0, None), (None, 90)]
    wrote = read(PARSER, accepted() + slow(command={"insert": "cases"}, reslen=9), requests="all")
    assert (wrote.acts()[1], wrote.most()) == ("written", 0)


def test_lines_without_a_client_are_of_their_connection(read) -> None:
    lines = accepted(7) + line(20436, 1, "conn7", error={"errmsg": "not authorized: { find: 'hush-secret' }"})
    found = read(PARSER, lines)
    assert [(row["act"], row["outside"]) for row in found.rows] == [
        ("connected", "203.0.113.7"),
        ("failed", "203.0.113.7"),
    ]


def test_the_servers_own_doings(read) -> None:
    found = read(PARSER, slow(remote=None).replace("conn1", "LogicalSessionCacheRefresh"))
    assert (found.rows, found.account.other) == ([], 1)


def test_runs_are_apart(read) -> None:
    start = line(4615611, 10, "initandlisten", host="db1", port=27017)
    found = read(PARSER, accepted(1, 1) + accepted(2, 3) + start + line(23403, 12))
    on, off = found.coverage
    assert (on.of, on.spans.size, off.sees, off.spans.size) == ("db1", 2_000_001, Sees.NOTHING, 2_000_001)
    assert len(read(PARSER, start + line(23403, 12), connections="on").coverage) == 1


@pytest.mark.parametrize(
    "date", ["2022-07-05T13:13:01.123456789Z", 1657026781123, {"$numberLong": "1657026781123"}]
)
def test_dates_of_extended_json(read, date: object) -> None:
    entry = json.loads(accepted())
    entry["t"] = {"$date": date}
    (row,) = read(PARSER, json.dumps(entry)).rows
    assert row["start"].isoformat().startswith("2022-07-05T13:13:01")


def audit(kind: str, result: int = 0, **param: Any) -> str:
    return json.dumps(
        {"atype": kind, "ts": {"$date": "2022-07-05T13:13:01.000Z"}, "local": {"ip": "192.0.2.1", "port": 27017},
         "remote": {"ip": "203.0.113.7", "port": 52088}, "users": [{"user": "root", "db": "admin"}], "param": param,
         "result": result}
    ) + "\n"  # fmt: skip


def test_the_audit_log(read) -> None:
    lines = (
        audit("authenticate", 18, user="root", mechanism="SCRAM-SHA-256")
        + audit("authenticate", user="root")
        + audit("authCheck", command="find", ns="desk.cases", args={"filter": {"mail": "hush-secret"}})
        + audit("authCheck", 13, command="find", ns="desk.cases")
        + audit("dropCollection", ns="desk.cases")
        + audit("logout")
    )
    found = read(PARSER, lines)
    assert found.claims == 85
    assert found.acts() == ["denied", "authenticated", "read", "failed", "written", "ended"]
    assert [row["rows_upper"] for row in found.rows] == [0, 0, None, 0, 0, 0]
    assert [one.sampled for one in found.coverage] == [True]


def test_atlas_events_are_changes(read, corpus: Path) -> None:
    lines = (corpus / "panther" / "mongodb_rules.tests.jsonl").read_text().splitlines()
    events = [json.loads(each)["log"] for each in lines]
    found = read(PARSER, "\n".join(map(json.dumps, events)))
    named = [event for event in events if "eventTypeName" in event and "created" in event]
    assert len(named) > 10
    assert len(found.changes) + found.account.duplicate == len(named)
    assert found.account.refused == len(events) - len(named)
    opened = [change for change in found.changes if change.content.get("whitelistEntry") == "0.0.0.0/0"]
    assert opened[0].operation == "NETWORK_PERMISSION_ENTRY_ADDED"
    assert (opened[0].platform, opened[0].outcome, opened[0].actor_address) == (
        "mongodb-atlas",
        Outcome.SUCCEEDED,
        "1.2.3.4",
    )


def test_old_text_logs_are_refused_by_name(read) -> None:
    text = "2016-02-03T12:00:00.000+0000 I NETWORK  [initandlisten] connection accepted from 203.0.113.7:1 #1\n\x00junk\n"
    found = read(PARSER, text)
    assert found.claims == 70
    assert [each.reason for each in found.account.lines] == [
        "a text log of MongoDB before 4.4, which is not read",
        "no entry of a MongoDB log",
    ]
