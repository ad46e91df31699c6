"""Elasticsearch's audit log and slow log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hushdesk.incident import Sees, Span, Spans, Wanted, iso
from hushdesk.incident.errors import EvidenceError
from hushdesk.incident.evidence.elasticsearch_audit import ElasticsearchAudit

PARSER = ElasticsearchAudit()
BASE = {
    "type": "audit", "timestamp": "2022-01-27T14:16:25,271+0100", "node.name": "n1", "event.type": "transport",
    "origin.type": "rest", "origin.address": "203.0.113.7:64583", "user.name": "elastic", "request.id": "r1",
}  # fmt: skip


def line(**values: Any) -> str:
    named = {key.replace("__", "."): value for key, value in values.items()}
    return json.dumps({key: value for key, value in {**BASE, **named}.items() if value is not None}) + "\n"


def granted(**values: Any) -> str:
    return line(
        event__action="access_granted", action="indices:data/read/search", indices=["cases"], **values
    )


def asked(body: str | None, **values: Any) -> str:
    values = {"url__path": "/cases/_search", "request__method": "POST", "request__body": body, **values}
    return line(event__type="rest", event__action="authentication_success", **values)


def test_real_lines(read, corpus: Path) -> None:
    found = read(PARSER, corpus / "beats" / "test-audit-800.log")
    assert found.claims == 90
    assert [
        (row["outside"], row["outside_port"], row["act"], row["target"], row["user"]) for row in found.rows
    ] == [
        ("::1", 64583, "written", "test_1", "elastic"),
        ("::1", 64583, "written", "test_2", "elastic"),
        ("::1", 64583, "denied", "test_3", ""),
    ]
    assert iso(int(found.rows[0]["start"].timestamp() * 1e6)) == "2022-01-27T13:16:25.271000Z"
    assert (found.account.kept, found.account.refused) == (3, 0)


@pytest.mark.parametrize(
    ("action", "act", "most"),
    [
        ("anonymous_access_denied", "denied", 0),
        ("authentication_failed", "denied", 0),
        ("realm_authentication_failed", "denied", 0),
        ("connection_denied", "denied", 0),
        ("access_denied", "failed", 0),
        ("tampered_request", "failed", 0),
        ("connection_granted", "connected", 0),
        ("access_granted", "read", None),
        ("authentication_success", "authenticated", None),
        ("of_tomorrow", "other", None),
    ],
)
def test_events(read, action: str, act: str, most: int | None) -> None:
    found = read(PARSER, line(event__action=action, action="indices:data/read/search", indices=["cases"]))
    (row,) = found.rows
    assert (row["act"], row["rows_upper"], row["bytes_upper"], row["outside"]) == (
        act,
        most,
        None,
        "203.0.113.7",
    )


def test_a_request_counts_once(read) -> None:
    found = read(
        PARSER,
        asked('{"size":250,"query":{"match":{"mail":"hush-secret"}}}')
        + granted()
        + granted(timestamp="2022-01-27T14:16:26,000+0100"),
    )
    assert found.acts() == ["authenticated", "read", "read"]
    assert [row["rows_upper"] for row in found.rows] == [0, 250, 0]
    assert found.rows[1]["asked"] == "search size=250"
    assert {row["session"] for row in found.rows} == {"r1"}


def test_without_its_bodies_the_log_bounds_nothing(read) -> None:
    found = read(PARSER, asked(None, url__query="size=5&q=hush-secret") + granted())
    assert found.most() is None
    assert found.rows[1]["asked"] == "search size=5"


def test_a_request_whose_grant_is_not_logged_keeps_its_bound(read) -> None:
    found = read(PARSER, asked('{"size":3}'))
    assert (found.acts(), found.most()) == (["authenticated"], 3)


def test_a_later_action_that_reads_is_not_hidden_by_a_first_that_does_not(read) -> None:
    first = line(event__action="access_granted", action="cluster:monitor/main")
    assert read(PARSER, first + granted()).most() is None


def test_ids_of_documents_and_odd_paths_do_not_come_out(read) -> None:
    lines = asked(None, url__path="/cases/_doc/hush-secret", request__method="GET", request__id="a")
    lines += asked(None, url__path="/hush-secret@x.example/_search", request__id="b")
    assert [row["target"] for row in read(PARSER, lines).rows] == ["cases", ""]


def test_anonymous_is_nobody(read) -> None:
    (row,) = read(PARSER, granted(authentication__type="ANONYMOUS", user__name="_anonymous")).rows
    assert (row["user"], row["act"]) == ("", "read")


def test_the_cluster_itself_is_not_outside(read) -> None:
    found = read(PARSER, granted(origin__type="local_node"))
    assert (found.rows, found.account.other) == ([], 1)


def test_who_stands_behind_our_proxy(read) -> None:
    text = granted(x_forwarded_for="203.0.113.99, 198.51.100.4")
    assert read(PARSER, text).rows[0]["outside"] == "203.0.113.7"
    assert read(PARSER, text, trusted_proxies="203.0.113.7").rows[0]["outside"] == "198.51.100.4"


def test_a_long_silence_is_not_covered(read) -> None:
    lines = "".join(
        granted(timestamp=f"2022-01-27T{time},000+0000", request__id=time)
        for time in ("10:00:00", "10:30:00", "12:00:00", "12:10:00")
    )
    (one,) = read(PARSER, lines).coverage
    ten = 1643277600000000
    assert one.spans == Spans(
        [Span(ten, ten + 1_800_000_001), Span(ten + 7_200_000_000, ten + 7_800_000_001)]
    )
    assert (one.of, one.sees) == ("n1", Sees.CONNECTIONS | Sees.REQUESTS)
    (whole,) = read(PARSER, lines, silence="120", server="*").coverage
    assert (whole.of, len(whole.spans)) == ("*", 1)
    with pytest.raises(EvidenceError, match="silence"):
        read(PARSER, lines, silence="long")


def test_only_denials_cover_only_denials(read) -> None:
    (one,) = read(PARSER, line(event__action="anonymous_access_denied")).coverage
    assert one.sees == Sees.DENIALS


def test_rows_of_the_wanted_time_only(read) -> None:
    wanted = Wanted(spans=Spans([Span(0, 1)]))
    found = read(PARSER, granted(), wanted=wanted)
    assert (found.rows, found.account.other, len(found.coverage)) == ([], 1, 1)


def test_what_cannot_be_read_is_refused_by_line(read) -> None:
    lines = [granted().encode(), b"{\n", b"=cmd|' /C calc'!A0\n", b"\xff{}\n", b'{"a":"\xff"}\n', b"[]\n", b"{}\n", b"\n",
             line(event__action="x", timestamp="yesterday").encode(), granted(request__id="r2").encode()[:-20]]  # fmt: skip
    found = read(PARSER, b"".join(lines))
    assert [each.line for each in found.account.lines] == [2, 3, 4, 5, 6, 7, 9, 10]
    assert len(found.rows) == 1


def test_twins_count_once(read) -> None:
    found = read(PARSER, granted() * 3)
    assert (len(found.rows), found.account.duplicate) == (1, 2)


SLOW7 = {
    "type": "index_search_slowlog", "timestamp": "2021-10-27T08:38:06,872Z", "level": "INFO",
    "component": "i.s.s.fetch", "node.name": "n1", "message": "[cases][0]", "took": "352.4micros", "took_millis": "2000",
    "total_hits": "4 hits", "source": '{"size":2,"query":{"match":{"m":"hush-secret"}}}', "id": "abc",
}  # fmt: skip
SLOW8 = {
    "@timestamp": "2021-10-27T08:38:06.872Z", "event.dataset": "elasticsearch.index_search_slowlog",
    "elasticsearch.slowlog.took_millis": 2000, "elasticsearch.slowlog.total_hits": "4 hits",
    "elasticsearch.slowlog.message": "[cases][0]", "elasticsearch.node.name": "n1", "elasticsearch.slowlog.id": "abc",
    "elasticsearch.slowlog.source": '{"size":2,"query":{"match":{"m":"hush-secret"}}}',
}  # fmt: skip
SLOW_TEXT = (
    "[2021-10-27T08:38:06,872][INFO ][index.search.slowlog.query] [n1] [cases][0] took[2s], took_millis[2000],"
    ' total_hits[4 hits], types[], stats[], search_type[QUERY_THEN_FETCH], total_shards[1], source[{"size":2,"query":'
    '{"match":{"m":"hush-secret], total_hits[1 hits"}}}], id[abc], '
)


@pytest.mark.parametrize("text", [json.dumps(SLOW7), json.dumps(SLOW8), SLOW_TEXT])
def test_the_slow_log(read, text: str) -> None:
    found = read(PARSER, text, zone="UTC")
    (row,) = found.rows
    assert found.claims == 80
    assert (row["outside"], row["target"], row["asked"], row["rows_upper"]) == (
        "",
        "cases",
        "search size=2",
        2,
    )
    assert (row["end"] - row["start"]).total_seconds() == 2
    (coverage,) = found.coverage
    assert coverage.sampled


def test_a_text_without_a_zone_is_any_moment_of_a_day(read) -> None:
    found = read(PARSER, SLOW_TEXT)
    (row,) = found.rows
    assert (row["end"] - row["start"]).total_seconds() == 26 * 3600 + 2
    assert not found.coverage


@pytest.mark.parametrize(
    ("hits", "size", "most"), [("4 hits", 10, 4), ("4+ hits", 10, 10), ("", 10, 10), ("40 hits", 3, 3)]
)
def test_hits_on_a_shard_bound_what_it_gave(read, hits: str, size: int, most: int) -> None:
    found = read(PARSER, json.dumps({**SLOW7, "total_hits": hits, "source": json.dumps({"size": size})}))
    assert found.most() == most
    packed = read(PARSER, json.dumps({**SLOW7, "source": '{"aggs":{}}'}))
    assert packed.most() is None
