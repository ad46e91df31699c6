"""The desk's own record as evidence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hushdesk.incident import SECOND, Sees
from hushdesk.incident.evidence.hushdesk_record import HushdeskRecord
from hushdesk.record import Entry

PARSER = HushdeskRecord()


def entry(number: int, event: str, second: int | None = None, who: str = "anna", **detail: Any) -> str:
    at = f"2026-01-02T03:04:{number if second is None else second:02}.000000Z"
    values = {"n": number, "at": at, "event": event, "who": who, "detail": detail}
    return json.dumps(values, separators=(",", ":")) + "\n"


@pytest.mark.parametrize(
    ("event", "detail", "act", "asked", "rows"),
    [
        ("analyst:case:search", {"cases": 50}, "read", "search", (50, 50)),
        ("analyst:case:search", {}, "read", "search", (0, None)),
        ("analyst:case:export", {"cases": 1234567}, "read", "export", (1234567, 1234567)),
        ("analyst:case:export", {"cases": 9, "ok": False}, "failed", "export", (0, 9)),
        ("analyst:case:export", {"state": "begun", "hits": 7}, "read", "export", (0, 7)),
        ("analyst:case:export", {"state": "whole", "rows": 7, "begun": 3}, "read", "export", (7, 7)),
        ("analyst:case:count", {"total": 5, "rows": 0, "cases": []}, "read", "count", (0, 0)),
        ("analyst:case:read", {}, "read", "view", (0, 1)),
        ("officer:reveal:approve", {"persons": 2}, "read", "reveal", (2, 2)),
        ("account:sign-in:success", {}, "authenticated", "sign-in", (0, 0)),
        ("account:sign-in:failure", {}, "denied", "sign-in", (0, 0)),
        ("gateway:table:query", {"rows": 7}, "read", "gateway table query", (7, 7)),
        ("gateway:table:query", {"rows": "hush-secret"}, "read", "gateway table query", (0, None)),
        ("record:tail:adopted", {}, "other", "record tail adopted", (0, None)),
    ],
)
def test_events(
    read, event: str, detail: dict[str, Any], act: str, asked: str, rows: tuple[int, int | None]
) -> None:
    found = read(PARSER, entry(0, event, address="203.0.113.7", words="hush-secret", **detail))
    (row,) = found.rows
    assert found.claims == 100
    assert (row["act"], row["asked"], (row["rows_lower"], row["rows_upper"])) == (act, asked, rows)
    assert (row["outside"], row["user"]) == ("203.0.113.7", "anna")


def test_what_the_record_itself_writes(read) -> None:
    written = Entry(0, "2026-01-02T03:04:05.000006Z", "analyst:case:search", "anna", {"cases": 3}).to_bytes()
    found = read(PARSER, written + b"\n")
    assert (found.claims, found.most()) == (100, 3)


def spans(found) -> list[tuple[float, float]]:
    start = 1767323040 * SECOND
    return [
        ((span.start - start) / SECOND, (span.end - 1 - start) / SECOND) for span in found.coverage[0].spans
    ]


def test_coverage_is_cut_where_numbers_jump(read) -> None:
    search = "analyst:case:search"
    whole = read(PARSER, entry(3, search) + entry(4, search) + entry(5, search))
    assert (spans(whole), whole.gaps) == ([(3, 5)], [])
    assert whole.coverage[0].sees == Sees.CONNECTIONS | Sees.DENIALS | Sees.REQUESTS | Sees.ROWS
    jumped = read(PARSER, entry(3, search) + entry(4, search) + entry(8, search) + entry(9, search))
    assert len(spans(jumped)) == 2
    (gap,) = jumped.gaps
    assert gap.why == "entries are missing: their numbers jump"
    assert not gap.spans & jumped.coverage[0].spans
    twice = read(PARSER, entry(3, search) + entry(4, search) + entry(4, search, 6))
    assert [each.why for each in twice.gaps] == ["entries are numbered twice or out of order"]
    assert read(PARSER, entry(3, search) * 2).account.duplicate == 1


def test_what_is_no_entry(read) -> None:
    lines = (
        entry(0, "analyst:case:search")
        + '{"n":1}\n[]\n'
        + entry(1, "x")
        + entry(2, "a:b:c").replace("2026", "now")
    )
    found = read(PARSER, lines + "=1+1\n" + entry(3, "a:b:c")[:30])
    assert sorted(each.line for each in found.account.lines) == [2, 3, 4, 5, 6, 7]
    assert read(PARSER, "").coverage == []
