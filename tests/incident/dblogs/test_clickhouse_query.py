"""ClickHouse's query log: exports that a real server of the embedded kind wrote, and what they bound."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from hushdesk.incident import Sees
from hushdesk.incident.evidence.clickhouse_query import ClickHouseQuery

PARSER = ClickHouseQuery()
DATA = Path(__file__).parent / "data"
"""Made with chDB 26.9: statements with a planted value, exported in four formats with another client and host."""
FINISH = {
    "type": "QueryFinish", "event_time_microseconds": "2026-01-02T03:04:05.5Z", "query_start_time_microseconds":
    "2026-01-02T03:04:04.5Z", "read_rows": "1000", "written_rows": "0", "result_rows": "10", "query_kind": "Select",
    "query": "select mail from cases where mail = 'hush-secret'", "tables": ["desk.cases"],
    "columns": ["desk.cases.mail"], "used_aggregate_functions": [], "user": "default", "query_id": "q1",
    "initial_query_id": "q1", "initial_address": "::ffff:203.0.113.7", "initial_port": 50123, "interface": 1,
    "is_initial_query": 1,
}  # fmt: skip


def record(**values: Any) -> str:
    return json.dumps({key: value for key, value in {**FINISH, **values}.items() if value is not None}) + "\n"


def shape(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["act"], row["asked"], row["target"], row["rows_lower"], row["rows_upper"]) for row in rows]


REAL = [
    ("written", "create", "default.cases", 0, 0),
    # What it read came from a function within; where its table lies does not show.
    ("written", "insert columns=number", "_table_function.numbers,default.cases", 0, 100),
    ("read", "select columns=a,email", "default.cases", 100, 100),
    ("read", "select columns=email", "default.cases", 1, 1),
    ("read", "select columns=email", "default.cases", 1, 100),
    ("read", "select columns=email", "default.cases", 7, 7),
    ("failed", "select", "cases", 0, 0),
    ("failed", "select columns=a,email", "default.cases", 0, None),
    ("written", "insert columns=a,email", "_table_function.file,default.cases", 0, 100),
    ("written", "alter", "default.cases", 0, 0),
]


@pytest.mark.parametrize("ending", ["jsonl", "tsv", "csv", "parquet"])
def test_real_exports(read, ending: str) -> None:
    found = read(PARSER, DATA / f"query_log.{ending}", zone="UTC")
    assert found.claims == 90
    assert shape(found.rows) == REAL
    assert {(row["outside"], row["outside_port"], row["server"]) for row in found.rows} == {
        ("203.0.113.7", 50123, "store-1")
    }
    assert (found.account.records, found.account.kept) == (19, 19)
    times = read(PARSER, DATA / "query_log.parquet")
    assert [row["start"] for row in found.rows] == [row["start"] for row in times.rows]
    (one,) = found.coverage
    assert (one.of, one.sees, one.sampled) == ("store-1", Sees.REQUESTS | Sees.ROWS, True)
    assert one.spans == times.coverage[0].spans


def test_packed_parquet(read, tmp_path: Path) -> None:
    path = tmp_path / "query_log.parquet.gz"
    path.write_bytes(gzip.compress((DATA / "query_log.parquet").read_bytes()))
    assert shape(read(PARSER, path).rows) == REAL


def test_without_a_zone_a_text_is_any_moment(read) -> None:
    found = read(PARSER, DATA / "query_log.tsv")
    assert {round((row["end"] - row["start"]).total_seconds() / 3600) for row in found.rows} == {26}
    assert all("no zone" in row["why"] for row in found.rows)
    assert not found.coverage


@pytest.mark.parametrize(
    ("values", "bound"),
    [
        ({}, (10, 10)),
        ({"used_aggregate_functions": ["count", "uniqExact", "sumIf", "quantile"]}, (10, 10)),
        ({"used_aggregate_functions": ["count", "groupArrayIf"]}, (10, 1000)),
        ({"used_aggregate_functions": ["groupConcat"], "read_rows": None}, (10, None)),
        ({"used_aggregate_functions": None}, (10, 1000)),
        ({"used_aggregate_functions": None, "read_rows": 3}, (10, 10)),
        ({"result_rows": None}, (0, None)),
        ({"type": "QueryStart"}, (0, None)),
        ({"type": 1}, (0, None)),
        ({"type": "ExceptionBeforeStart"}, (0, 0)),
        ({"type": "ExceptionWhileProcessing"}, (0, None)),
        ({"is_initial_query": 0}, (0, 10)),
        ({"query_kind": "Backup"}, (0, None)),
        ({"query_kind": "Show"}, (10, 10)),
        ({"query_kind": "Insert", "written_rows": 5, "tables": ["desk.cases"]}, (0, 0)),
        ({"query_kind": "Insert", "written_rows": 5, "tables": ["a.b", "desk.cases"]}, (0, 5)),
        (
            {
                "query_kind": "Insert",
                "written_rows": 5,
                "query": "INSERT INTO FUNCTION url('hush-secret') SELECT 1",
            },
            (0, 5),
        ),
        ({"query_kind": None, "tables": None}, (10, 10)),
        ({"query_kind": None, "query": None}, (10, 10)),
    ],
)
def test_bounds(read, values: dict[str, Any], bound: tuple[int, int | None]) -> None:
    (row,) = read(PARSER, record(**values)).rows
    assert (row["rows_lower"], row["rows_upper"]) == bound


def test_start_and_end_are_one_query(read) -> None:
    start = record(type="QueryStart", event_time_microseconds="2026-01-02T03:04:04.5Z")
    found = read(PARSER, start + record() + record(query_id="q2", type="QueryStart", initial_query_id="q2"))
    assert [(row["rows_upper"], row["session"]) for row in found.rows] == [(10, "q1"), (None, "q2")]
    assert found.account.kept == 3


def test_on_the_servers_own_machine(read) -> None:
    found = read(PARSER, record(interface="Local") + record(interface="TCP", is_internal=1, query_id="b"))
    assert (found.rows, found.account.other) == ([], 2)


def test_proxies_and_constraints(read) -> None:
    text = record(forwarded_for="203.0.113.9, 198.51.100.3")
    assert read(PARSER, text).rows[0]["outside"] == "203.0.113.7"
    assert read(PARSER, text, trusted_proxies="203.0.113.7").rows[0]["outside"] == "198.51.100.3"
    assert not read(PARSER, text, always_logged="yes").coverage[0].sampled


def test_times_as_numbers(read) -> None:
    (row,) = read(
        PARSER, record(event_time_microseconds="1767323045.500000", query_start_time_microseconds=None)
    ).rows
    assert row["start"].isoformat() == "2026-01-02T03:04:05.500000+00:00"
    (row,) = read(PARSER, record(event_time_microseconds=None, event_time=1767323045)).rows
    assert row["end"].isoformat() == "2026-01-02T03:04:05+00:00"


def test_a_heading_with_types(read) -> None:
    text = "type\tevent_time\tquery_id\tresult_rows\nEnum8('a' = 1)\tDateTime\tString\tUInt64\nQueryFinish\t2026-01-02 03:04:05\tq\\t1\t7\n"
    found = read(PARSER, text, zone="UTC")
    assert [(row["session"], row["rows_lower"]) for row in found.rows] == [("q�1", 7)]
    assert found.account.records == 1


def test_what_cannot_be_read(read) -> None:
    heading = "type,event_time,query_id,query\n"
    good = 'QueryFinish,2026-01-02 03:04:05,{},"select\n1"\n'
    lines = (
        heading
        + good.format("a")
        + "QueryFinish,x\n"
        + 'QueryFinish,2026-01-02 03:04:05,b,"cut\n'
        + good.format("c")
    )
    found = read(PARSER, lines, zone="UTC")
    assert [row["session"] for row in found.rows] == ["a", "c"]
    assert sorted(each.line for each in found.account.lines) == [4, 5]
    assert (
        read(
            PARSER, "type,event_time,query_id\nQueryFinish,never,a\nNone,2026-01-02 03:04:05,b\n"
        ).account.refused
        == 2
    )
    assert read(PARSER, "a,b\n1,2\n").account.refused == 1
    assert read(PARSER, b"PAR1" + b"x" * 100).account.refused == 1
    cut = (DATA / "query_log.parquet").read_bytes()[:9000]
    assert read(PARSER, cut).account.refused == 1
    assert read(PARSER, b"").account.records == 0
