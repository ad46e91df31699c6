"""PostgreSQL: csvlog, jsonlog, text."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.incident import SECOND, Sees
from hushdesk.incident.errors import EvidenceError
from hushdesk.incident.evidence._pg_records import _split
from hushdesk.incident.evidence.postgresql import PostgreSql

PARSER = PostgreSql()
NAMES = [
    "timestamp",
    "user",
    "dbname",
    "pid",
    "connection_from",
    "session_id",
    "line_num",
    "ps",
    "session_start",
    "vxid",
    "txid",
    "error_severity",
    "state_code",
    "message",
    "detail",
    "hint",
    "internal_query",
    "internal_position",
    "context",
    "statement",
    "cursor_position",
    "location",
    "application_name",
    "backend_type",
    "leader_pid",
    "query_id",
]
BASE = {
    "user": "app", "dbname": "desk", "pid": "42", "connection_from": "203.0.113.7:42304", "session_id": "5ff25bb2.22",
    "session_start": "2021-01-04 00:05:06 UTC", "error_severity": "LOG", "state_code": "00000", "application_name": "psql",
}  # fmt: skip


def entry(second: int, number: int, message: str, **values: str) -> dict[str, str]:
    return {
        "timestamp": f"2021-01-04 00:05:{second:02}.000 UTC",
        "line_num": str(number),
        "message": message,
        **BASE,
        **values,
    }


PLAIN = {"timestamp", "pid", "session_id", "line_num", "session_start", "error_severity", "state_code"}


def as_csv(*entries: dict[str, str], columns: int = 26) -> str:
    """As the server writes it: texts in quotes if there are any."""
    lines = []
    for each in entries:
        fields = [
            value if name in PLAIN or not value else f'"{value.replace(chr(34), chr(34) * 2)}"'
            for name in NAMES[:columns]
            for value in [each.get(name, "")]
        ]
        lines.append(",".join(fields) + "\n")
    return "".join(lines)


def as_json(*entries: dict[str, str]) -> str:
    lines = []
    for each in entries:
        values: dict[str, Any] = dict(each)
        host, _, port = values.pop("connection_from").rpartition(":")
        values |= {"remote_host": host, "remote_port": int(port)} if host else {}
        lines.append(json.dumps({**values, "pid": 42, "line_num": int(values["line_num"])}) + "\n")
    return "".join(lines)


RECEIVED = entry(
    6, 1, "connection received: host=203.0.113.7 port=42304", user="", dbname="", application_name=""
)
AUTHORIZED = entry(7, 2, "connection authorized: user=app database=desk", ps="authentication")
SELECT = entry(
    9, 3, "statement: SELECT mail\n  FROM cases c, public.persons\nWHERE mail = 'hush-secret'", ps="idle"
)
ENDED = entry(
    20, 4, "disconnection: session time: 0:00:14.000 user=app database=desk host=203.0.113.7 port=42304"
)
SESSION = (RECEIVED, AUTHORIZED, SELECT, ENDED)


def shape(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (row["act"], row["outside"], row["outside_port"], row["asked"], row["target"], row["rows_upper"])
        for row in rows
    ]


def test_real_csvlog(read, corpus: Path) -> None:
    found = read(PARSER, corpus / "beats" / "postgresql-11-connection-disconnection.csv.log")
    assert (found.claims, found.account.records, found.account.refused) == (95, 20, 0)
    acts = found.acts()
    assert {act: acts.count(act) for act in set(acts)} == {
        "connected": 1, "authenticated": 1, "read": 4, "written": 3, "ended": 1, "denied": 4,
    }  # fmt: skip
    assert {row["outside"] for row in found.rows} == {"172.24.0.1"}
    (one,) = found.coverage
    assert one.sees == Sees.CONNECTIONS | Sees.DENIALS


def test_real_text_log(read, corpus: Path) -> None:
    found = read(PARSER, corpus / "plaso" / "postgresql.log")
    assert (found.claims, found.account.records, found.account.refused) == (92, 20, 0)
    assert [(row["act"], row["user"], row["start"].isoformat()) for row in found.rows] == [
        ("denied", "postgres", "2022-04-12T00:24:24.741000+00:00"),
        ("denied", "postgres", "2022-04-12T00:25:37.732000+00:00"),
        ("other", "user", "2022-07-15T13:04:27+00:00"),
    ]
    assert [one.sees for one in found.coverage] == [Sees.NOTHING]


@pytest.mark.parametrize("columns", [23, 24, 26])
def test_a_session(read, columns: int) -> None:
    found = read(PARSER, as_csv(*SESSION, columns=columns))
    assert shape(found.rows) == [
        ("connected", "203.0.113.7", 42304, "", "", 0),
        ("authenticated", "203.0.113.7", 42304, "", "", None),
        ("read", "203.0.113.7", 42304, "select", "cases,public.persons", None),
        ("ended", "203.0.113.7", 42304, "", "", 0),
    ]
    assert (found.rows[3]["end"] - found.rows[3]["start"]).total_seconds() == 14
    assert {(row["server"], row["user"]) for row in found.rows[1:]} == {("desk", "app")}
    assert found.rows[2]["line"] == 3


def test_22_columns_have_no_application(read) -> None:
    found = read(PARSER, as_csv(*SESSION, columns=22))
    assert found.acts() == ["connected", "authenticated", "read", "ended"]
    assert {row["agent"] for row in found.rows} == {""}
    assert read(PARSER, as_csv(*SESSION, columns=21)).account.refused == 4


def test_json_says_the_same(read) -> None:
    ours, theirs = read(PARSER, as_csv(*SESSION)), read(PARSER, as_json(*SESSION))
    assert (shape(ours.rows), theirs.claims) == (shape(theirs.rows), 90)
    assert [one.spans for one in ours.coverage] == [one.spans for one in theirs.coverage]


def test_all_statements_logged(read) -> None:
    found = read(
        PARSER,
        as_csv(RECEIVED, AUTHORIZED, entry(8, 3, "statement: DELETE FROM cases"), ENDED),
        statements="all",
    )
    assert found.most() == 0
    assert found.coverage[0].sees == Sees.CONNECTIONS | Sees.DENIALS | Sees.REQUESTS


def test_turned_away_is_one_row(read) -> None:
    refused = entry(7, 2, 'password authentication failed for user "app"', error_severity="FATAL", state_code="28P01",
                    ps="authentication", detail='Role "hush-secret" does not exist.\nNo.')  # fmt: skip
    found = read(PARSER, as_csv(RECEIVED, refused))
    assert shape(found.rows) == [("denied", "203.0.113.7", 42304, "", "", 0)]
    assert found.account.kept == 2


def test_an_error_may_come_after_rows(read) -> None:
    error = entry(
        9,
        3,
        "division by hush-secret",
        error_severity="ERROR",
        state_code="22012",
        statement="select 1/a from cases",
    )
    assert shape(read(PARSER, as_csv(error)).rows) == [
        ("failed", "203.0.113.7", 42304, "select", "cases", None)
    ]


def test_a_connection_that_came_to_nothing(read) -> None:
    assert read(PARSER, as_csv(RECEIVED)).most() is None
    other = [{**each, "session_id": "5ff25bb2.23"} for each in (RECEIVED, AUTHORIZED)]
    # Where others are seen to be let in, one that is not was not.
    assert [row["rows_upper"] for row in read(PARSER, as_csv(RECEIVED, *other)).rows] == [0, None, 0]


def test_replication_takes_everything(read) -> None:
    lines = as_csv(entry(7, 1, "replication connection authorized: user=app"),
                   entry(8, 2, 'received replication command: BASE_BACKUP LABEL "hush-secret"'))  # fmt: skip
    found = read(PARSER, lines, statements="all")
    assert [(row["act"], row["asked"], row["rows_upper"]) for row in found.rows] == [
        ("authenticated", "replication", None),
        ("read", "base backup", None),
    ]


def test_the_servers_own_machine_is_not_outside(read) -> None:
    local = entry(7, 1, "connection authorized: user=app database=desk", connection_from="[local]")
    own = entry(8, 1, "checkpoint starting: time", user="", dbname="", connection_from="")
    found = read(PARSER, as_csv(local, own))
    assert (found.rows, found.account.other) == ([], 2)


@pytest.mark.parametrize(
    ("tail", "act", "rows"),
    [
        (
            "READ,SELECT,TABLE,public.cases,\"select * from cases where a = 'hush-secret'\",<not logged>,250",
            "read",
            (250, 250),
        ),
        ('READ,SELECT,,,"select\n* from cases",<not logged>', "read", (0, None)),
        ("WRITE,UPDATE,TABLE,public.cases,update cases set a = 1,<not logged>,9", "written", (0, 0)),
        (
            "WRITE,UPDATE,TABLE,public.cases,update cases set a = 1 returning *,<not logged>,9",
            "written",
            (0, 9),
        ),
        ("MISC,SHOW,,,show all,<none>", "other", (0, None)),
    ],
)
def test_pgaudit(read, tail: str, act: str, rows: tuple[int, int | None]) -> None:
    (row,) = read(PARSER, as_csv(entry(9, 3, f"AUDIT: SESSION,1,1,{tail}"))).rows
    assert (row["act"], (row["rows_lower"], row["rows_upper"])) == (act, rows)
    assert row["target"] in {"public.cases", "cases", ""}


TEXT_PLAN = """duration: 1500.000 ms  plan:
Query Text: select * from cases where a = 'hush-secret
Fake Scan on x  (cost=0.00..1.00 rows=1 width=4) (actual time=0.010..0.020 rows=1 loops=1)'
Limit  (cost=0.00..10.00 rows=100 width=4) (actual time=0.010..0.020 rows=100 loops=1)
  ->  Seq Scan on cases  (cost=0.00..35.50 rows=2550 width=4) (actual time=0.009..0.010 rows=2550 loops=1)"""
JSON_PLAN = """duration: 1500.000 ms  plan:
{
  "Query Text": "select * from cases where a = '\\"hush-secret'",
  "Plan": {
    "Node Type": "Limit",
    "Actual Rows": 100,
    "Actual Loops": 1,
    "Plans": [{"Node Type": "Seq Scan", "Actual Rows": 2550, "Actual Loops": 1}]
  }
}"""


@pytest.mark.parametrize("plan", [TEXT_PLAN, JSON_PLAN])
def test_auto_explain_counts_rows(read, plan: str) -> None:
    (row,) = read(PARSER, as_csv(entry(9, 3, plan))).rows
    assert (row["rows_lower"], row["rows_upper"], row["target"]) == (100, 100, "cases")
    assert (row["end"] - row["start"]).total_seconds() == 1.5
    (nested,) = read(PARSER, as_csv(entry(9, 3, plan, context="SQL function"))).rows
    assert (nested["rows_lower"], nested["rows_upper"]) == (0, 100)


def test_a_plan_without_counts(read) -> None:
    plan = TEXT_PLAN.replace(" (actual time=0.010..0.020 rows=100 loops=1)", "")
    (row,) = read(PARSER, as_csv(entry(9, 3, plan))).rows
    assert (row["rows_lower"], row["rows_upper"]) == (0, None)


def test_a_record_within_a_query_is_no_record(read) -> None:
    fake = as_csv({**AUTHORIZED, "connection_from": "198.51.100.99:1"})
    found = read(
        PARSER,
        as_csv(
            RECEIVED, AUTHORIZED, {**SELECT, "message": f"statement: select '\n{fake}' from cases"}, ENDED
        ),
    )
    assert {row["outside"] for row in found.rows} == {"203.0.113.7"}
    assert (found.account.records, found.account.refused) == (4, 0)


def test_a_record_that_was_cut_off_costs_itself_only(read) -> None:
    cut = as_csv(SELECT)[: as_csv(SELECT).index("WHERE")]
    found = read(PARSER, as_csv(RECEIVED, AUTHORIZED) + cut + "\n" + as_csv(ENDED))
    assert found.acts() == ["connected", "authenticated", "ended"]
    assert [(each.line, each.reason) for each in found.account.lines] == [
        (3, "a quoted field does not end as it should")
    ]
    at_end = read(PARSER, as_csv(RECEIVED, AUTHORIZED) + cut)
    assert [(each.line, each.reason) for each in at_end.account.lines] == [
        (3, "the file ends within this record")
    ]
    assert at_end.acts() == ["connected", "authenticated"]


def test_fields_longer_than_the_csv_module_takes(read) -> None:
    long = {**SELECT, "message": f"statement: select '{'x' * ((1 << 20) - 100)}\"hush-secret' from cases"}
    found = read(PARSER, as_csv(RECEIVED, AUTHORIZED, long, ENDED))
    assert [row["target"] for row in found.rows] == ["", "", "cases", ""]


@settings(max_examples=40)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=8),
        min_size=2,
        max_size=8,
    )
)
def test_both_ways_to_split_a_record_agree(fields: list[str]) -> None:
    for each in (fields, [*fields, "x" * 100_001]):
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerow(each)
        assert _split(out.getvalue()[:-1]) == each
        assert _split(f'"a"b,{out.getvalue()[:-1]}') is None


def change(second: int, value: str) -> dict[str, str]:
    text = f'parameter "log_connections" changed to "{value}"'
    return entry(second, 9, text, user="", dbname="", connection_from="", session_id="5ff25ba2.1", ps="")


def covered(found) -> list[tuple[float, float]]:
    start = 1609718700 * SECOND
    return [
        ((span.start - start) / SECOND, (span.end - 1 - start) / SECOND)
        for one in found.coverage
        if Sees.CONNECTIONS in one.sees
        for span in one.spans
    ]


def test_silence_means_nothing_unless_connections_are_logged(read) -> None:
    quiet = entry(2, 1, "statement: select 1"), entry(30, 2, "statement: select 1")
    assert covered(read(PARSER, as_csv(*quiet))) == []
    assert covered(read(PARSER, as_csv(*quiet), connections="on")) == [(2, 30)]
    assert covered(read(PARSER, as_csv(*SESSION))) == [(6, 20)]
    # Switched on and off: before the first change the contrary held.
    lines = as_csv(
        quiet[0], {**change(10, "on"), "line_num": "2"}, {**change(20, "off"), "line_num": "3"}, quiet[1]
    )
    assert covered(read(PARSER, lines)) == [(10, 20)]
    lines = as_csv(
        quiet[0],
        {**change(10, "off"), "line_num": "2"},
        {**change(20, "receipt,authorization"), "line_num": "3"},
        quiet[1],
    )
    assert covered(read(PARSER, lines)) == [(2, 10), (20, 30)]


def test_runs_of_the_server_are_apart(read) -> None:
    started = entry(
        15, 1, "starting PostgreSQL 16.1 on x86_64", user="", dbname="", connection_from="", session_id="a.1"
    )
    later = entry(40, 1, "statement: select 1", session_id="a.2")
    assert covered(read(PARSER, as_csv(RECEIVED, AUTHORIZED, started, later))) == [(6, 7)]


def test_missing_lines_of_a_session_are_a_gap(read) -> None:
    (gap,) = read(PARSER, as_csv(RECEIVED, AUTHORIZED, ENDED)).gaps
    assert [(span.end - span.start - 1) / SECOND for span in gap.spans] == [13]
    assert read(PARSER, as_csv(RECEIVED, AUTHORIZED, ENDED, SELECT)).gaps == []
    assert read(PARSER, as_csv(*SESSION)).gaps == []


TEXT = """\
2021-01-04 00:05:06.000 UTC [42] [unknown]@[unknown] LOG:  connection received: host=203.0.113.7 port=42304
2021-01-04 00:05:07.000 UTC [42] app@desk LOG:  connection authorized: user=app database=desk
2021-01-04 00:05:09.000 UTC [42] app@desk LOG:  statement: SELECT mail
\t  FROM cases c, public.persons
\tWHERE mail = 'hush-secret'
2021-01-04 00:05:20.000 UTC [42] app@desk LOG:  disconnection: session time: 0:00:14.000 user=app database=desk host=203.0.113.7 port=42304
2021-01-04 00:05:21.000 UTC [7] x@y FATAL:  no pg_hba.conf entry for host "198.51.100.9", user "x", database "y", no encryption
2021-01-04 00:05:22.000 UTC [1] LOG:  checkpoint starting: time
junk
"""


def test_a_text_log(read) -> None:
    found = read(PARSER, TEXT)
    assert shape(found.rows[:4]) == shape(read(PARSER, as_csv(*SESSION)).rows)
    assert shape(found.rows[4:]) == [("denied", "198.51.100.9", None, "", "", 0)]
    assert [each.line for each in found.account.lines] == [9]
    assert (found.account.records, found.account.other) == (7, 1)


def test_text_logs_with_the_client_in_the_prefix(read) -> None:
    rds = "2021-01-04 00:05:09 UTC:203.0.113.7(42304):app@desk:[42]:LOG:  statement: select 1 from cases\n"
    assert shape(read(PARSER, rds).rows) == [("read", "203.0.113.7", 42304, "select", "cases", None)]
    own = "<app> 1609718709.000 2001:db8::1 LOG:  statement: select 1 from cases\n"
    assert read(PARSER, own).account.refused == 1
    (row,) = read(PARSER, own, prefix="<%u> %n %h ").rows
    assert (row["outside"], row["start"].isoformat()) == ("2001:db8::1", "2021-01-04T00:05:09+00:00")
    with pytest.raises(EvidenceError, match="prefix"):
        read(PARSER, own, prefix="%u ")


def test_a_client_known_by_name_only(read) -> None:
    (row,) = read(PARSER, as_csv({**SELECT, "connection_from": "client.example:42304"})).rows
    assert (row["outside"], row["act"]) == ("", "read")
    assert "host name" in row["why"]
