"""Every parser of database logs under lines that were cut, mixed, repeated, or written to do harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hushdesk.incident.evidence.clickhouse_query import ClickHouseQuery
from hushdesk.incident.evidence.elasticsearch_audit import ElasticsearchAudit
from hushdesk.incident.evidence.hushdesk_record import HushdeskRecord
from hushdesk.incident.evidence.mongodb import MongoDb
from hushdesk.incident.evidence.postgresql import PostgreSql

Make = Callable[[int, str], str]


def elastic(number: int, value: str) -> str:
    return json.dumps(
        {"type": "audit", "timestamp": f"2022-01-27T14:16:{number % 60:02},271+0100", "event.type": "rest",
         "event.action": "authentication_success", "origin.type": "rest", "origin.address": "203.0.113.7:64583",
         "url.path": "/cases/_search", "request.method": "POST", "request.body": json.dumps({"query": value}),
         "request.id": f"r{number}", "user.name": "elastic"}
    )  # fmt: skip


def mongo(number: int, value: str) -> str:
    return json.dumps(
        {"t": {"$date": f"2022-07-05T13:13:{number % 60:02}.000+03:00"}, "s": "I", "c": "COMMAND", "id": 51803,
         "ctx": f"conn{number}", "msg": "Slow query", "attr": {"type": "command", "ns": "desk.cases", "remote":
         "203.0.113.7:52088", "command": {"find": "cases", "filter": {"a": value}}, "nreturned": 1, "reslen": 9}}
    )  # fmt: skip


def clickhouse(number: int, value: str) -> str:
    return json.dumps(
        {"type": "QueryFinish", "event_time": "2026-01-02T03:04:05Z", "query_id": f"q{number}", "result_rows": 5,
         "query_kind": "Select", "query": f"select 1 from t where a = '{value}'", "initial_address": "203.0.113.7"}
    )  # fmt: skip


def record(number: int, value: str) -> str:
    return json.dumps(
        {"n": number, "at": "2026-01-02T03:04:05.000000Z", "event": "analyst:case:search", "who": "anna",
         "detail": {"cases": 3, "words": value}}
    )  # fmt: skip


def postgres(number: int, value: str) -> str:
    escaped = value.replace("'", "''").replace('"', '""')
    return (
        f'2021-01-04 00:05:06.011 UTC,"app","desk",34,"203.0.113.7:42304",5ff25bb2.{number:x},1,"idle",'
        f'2021-01-04 00:05:06 UTC,3/2,0,LOG,00000,"statement: select a from cases where a = E\'{escaped}\'",,,,,,,,,"psql"'
    )


def postgres_json(number: int, value: str) -> str:
    return json.dumps(
        {"timestamp": "2021-01-04 00:05:06.011 UTC", "user": "app", "dbname": "desk", "remote_host": "203.0.113.7",
         "remote_port": 42304, "session_id": f"5ff25bb2.{number:x}", "line_num": 1, "error_severity": "LOG",
         "message": f"statement: select a from cases where a = $${value}$$"}
    )  # fmt: skip


def postgres_text(number: int, value: str) -> str:
    inner = value.replace("\r", " ").replace("\n", "\n\t")
    return f"2021-01-04 00:05:06.011 UTC [{number}] app@desk LOG:  statement: select a from cases where a = $${inner}$$"


CASES: list[tuple[Any, Make]] = [
    (ElasticsearchAudit(), elastic),
    (MongoDb(), mongo),
    (ClickHouseQuery(), clickhouse),
    (HushdeskRecord(), record),
    (PostgreSql(), postgres),
    (PostgreSql(), postgres_json),
    (PostgreSql(), postgres_text),
]
IDS = ["elasticsearch", "mongodb", "clickhouse", "record", "csvlog", "jsonlog", "text"]
every = pytest.mark.parametrize(("parser", "make"), CASES, ids=IDS)
few = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])

VALUES = st.one_of(
    st.sampled_from(
        ["hush-secret", "=cmd|' /C calc'!A0 hush-secret", "\x1b]0;hush-secret\x07", "hush-secret\n2021-01-04 00:05:06.011 UTC,",
         "\u202ehush-secret", "'; drop table hush-secret; --", "\\", "$x$ from hush-secret", "{", "hush-secret " * 50]
    ),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=10),
)  # fmt: skip
JUNK = st.sampled_from(
    [b"=1+1", b"\x1b[2Jhush-secret", b"\x00\x00", b"\xff\xfe", b"[1,2]", b"7", b'"hush-secret"', b"{}", b"{", b'{"a":' * 3000,
     b"null", b"-", b"@SUM(1)"]
)  # fmt: skip


@every
@given(values=st.lists(VALUES, min_size=1, max_size=5), data=st.data())
@few
def test_junk_is_refused_by_line_and_the_rest_goes_on(
    read, parser: Any, make: Make, values: list[str], data: st.DataObject
) -> None:
    if make is postgres:
        values = [value.replace("\\", "/").replace("\r", " ") for value in values]
    if make is postgres_text:
        values = [value.replace("$", "") for value in values]
    good = [make(number, value).encode() for number, value in enumerate(values)]
    lines = list(good)
    for junk in data.draw(st.lists(JUNK, max_size=4)):
        # Never before the first: by it a file is known.
        lines.insert(data.draw(st.integers(1, len(lines))), junk)
    found = read(parser, b"\n".join(lines) + b"\n")
    starts, at = [], 1
    for line in lines:
        starts.append(at)
        at += 1 + line.count(b"\n")
    expected = [start for start, line in zip(starts, lines, strict=True) if line not in good]
    assert sorted(each.line for each in found.account.lines) == expected
    assert found.account.kept == len(good)
    assert sorted(row["line"] for row in found.rows) == [
        start for start, line in zip(starts, lines, strict=True) if line in good
    ]


@every
@given(st.permutations(range(5)), st.lists(st.integers(0, 4), max_size=5))
@few
def test_order_and_repetition_change_nothing(
    read, parser: Any, make: Make, order: list[int], again: list[int]
) -> None:
    lines = [make(number, "hush-secret") for number in range(5)]
    plain = read(parser, "\n".join(lines))
    mixed = read(parser, "\n".join(lines[number] for number in [*order, *again]))
    assert mixed.account.duplicate == len(again)
    without = [[{**row, "line": 0} for row in found.rows] for found in (plain, mixed)]
    assert sorted(map(repr, without[0])) == sorted(map(repr, without[1]))


@every
@given(st.integers(0, 3000))
@few
def test_a_file_that_is_cut_gives_what_it_has(read, parser: Any, make: Make, cut: int) -> None:
    lines = [make(number, "hush-secret").encode() for number in range(4)]
    data = b"\n".join(lines)[:cut]
    found = read(parser, data)
    whole = sum(data.startswith(b"\n".join(lines[: number + 1])) for number in range(4))
    assert found.account.kept >= whole
    assert found.account.records - whole <= 1


@every
def test_a_megabyte_in_one_field(read, parser: Any, make: Make) -> None:
    found = read(parser, f"{make(1, 'hush-secret' + 'x' * (1 << 20))}\n{make(2, 'y')}\n")
    assert found.account.kept == 2


@every
def test_longer_than_any_line_may_be(read, parser: Any, make: Make) -> None:
    found = read(parser, f"{make(1, 'a')}\n{make(2, 'hush-secret' * (1 << 21))}\n{make(3, 'b')}\n")
    assert (found.account.kept, [each.line for each in found.account.lines]) == (2, [2])


@every
def test_an_empty_file(read, parser: Any, make: Make) -> None:
    found = read(parser, b"")
    assert (found.claims, found.account.records, found.rows, found.coverage) == (0, 0, [], [])


def test_each_knows_its_own_and_no_other(read) -> None:
    for parser, _ in CASES:
        for other, make in CASES:
            claimed = read(parser, make(1, "hush-secret")).claims
            assert (claimed > 0) == (parser.name == other.name)


WILD = [
    0,
    -1,
    1 << 31,
    (1 << 63) - 1,
    1 << 63,
    1 << 70,
    1e300,
    9.223372036854775807e18,
    -5e18,
    "9" * 18,
    "9" * 30,
    None,
    [],
    {},
    True,
]


@given(st.sampled_from(WILD), st.sampled_from(WILD), st.sampled_from(WILD))
@few
def test_no_number_is_too_large(read, first: Any, second: Any, third: Any) -> None:
    lines = []
    for make, path, names in (
        (mongo, ("attr",), ("durationMillis", "nreturned", "reslen")),
        (mongo, ("t",), ("$date", "a", "b")),
        (clickhouse, (), ("result_rows", "exception_code", "initial_port")),
        (clickhouse, (), ("event_time", "read_rows", "query_start_time")),
        (elastic, (), ("url.query", "request.id", "opaque_id")),
        (record, ("detail",), ("cases", "address", "session")),
        (record, (), ("n", "x", "y")),
        (postgres_json, (), ("line_num", "remote_port", "pid")),
    ):
        content = json.loads(make(1, "hush-secret"))
        inner = content
        for key in path:
            inner = inner[key]
        inner.update(zip(names, (first, second, third), strict=True))
        lines.append((make, json.dumps(content)))
    for parser, make in CASES:
        read(parser, "\n".join(line for maker, line in lines if maker is make))


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59"]
)
def test_no_moment_leaves_the_calendar(read, time: str) -> None:
    found = read(ElasticsearchAudit(), elastic(1, "a").replace("2022-01-27T14:16:01,271+0100", time))
    assert len(found.rows) == 1
    plan = "duration: 1.000 ms  plan:\nQuery Text: select 1\nResult  (cost=0.00..0.01 rows=1 width=4)"
    plan += f" (actual time=0.001..0.001 rows={'9' * 18} loops=999999999)"
    (row,) = read(PostgreSql(), postgres(1, "a").split('"statement')[0] + f'"{plan}",,,,,,,,,"psql"').rows
    assert row["rows_upper"] is None
