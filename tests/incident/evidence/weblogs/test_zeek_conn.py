"""Zeek: bounds that know what the sensor missed, twins in TSV and JSON, and the sensor's word on its own blindness."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hushdesk.guard import AddressSet
from hushdesk.incident import Sees, Span, Spans, Wanted

from .conftest import Read, at

FIELDS = [
    "ts",
    "uid",
    "id.orig_h",
    "id.orig_p",
    "id.resp_h",
    "id.resp_p",
    "proto",
    "service",
    "duration",
    "orig_bytes",
    "resp_bytes",
    "conn_state",
    "local_orig",
    "local_resp",
    "missed_bytes",
    "history",
    "orig_pkts",
    "orig_ip_bytes",
    "resp_pkts",
    "resp_ip_bytes",
    "tunnel_parents",
    "ip_proto",
]
TYPES = [
    "time",
    "string",
    "addr",
    "port",
    "addr",
    "port",
    "enum",
    "string",
    "interval",
    "count",
    "count",
    "string",
    "bool",
    "bool",
    "count",
    "string",
    "count",
    "count",
    "count",
    "count",
    "set[string]",
    "count",
]
DEFAULT = {
    "ts": "1575453600.000000",
    "uid": "C1",
    "id.orig_h": "198.51.100.7",
    "id.orig_p": "40000",
    "id.resp_h": "203.0.113.5",
    "id.resp_p": "9200",
    "proto": "tcp",
    "duration": "2.500000",
    "orig_bytes": "300",
    "resp_bytes": "90000",
    "conn_state": "SF",
    "local_orig": "F",
    "local_resp": "T",
    "missed_bytes": "0",
    "history": "ShADadFf",
    "orig_pkts": "10",
    "orig_ip_bytes": "800",
    "resp_pkts": "80",
    "resp_ip_bytes": "94000",
    "ip_proto": "6",
}


def record(**changes: str | None) -> dict[str, str]:
    found = {**DEFAULT, **{key.replace("id_", "id."): value for key, value in changes.items()}}
    return {key: value for key, value in found.items() if value is not None}


def tsv(
    records: list[dict[str, str]], separator: str = "\t", fields: list[str] = FIELDS, types: list[str] = TYPES
) -> str:
    head = [
        f"#separator \\x{ord(separator):02x}",
        f"#set_separator{separator};",
        f"#unset_field{separator}-",
        f"#path{separator}conn",
        separator.join(["#fields", *fields]),
        separator.join(["#types", *types]),
    ]
    return "\n".join(
        [*head, *(separator.join(each.get(name, "-") for name in FIELDS) for each in records), ""]
    )


def typed(text: str, kind: str) -> object:
    if kind in {"count", "port"}:
        return int(text)
    return float(text) if kind in {"time", "interval"} else text == "T" if kind == "bool" else text


def objects(records: list[dict[str, str]], shape: str) -> str:
    lines = []
    for each in records:
        found = {
            name: typed(each[name], kind) for name, kind in zip(FIELDS, TYPES, strict=True) if name in each
        }
        if shape == "nested":
            found["id"] = {name[3:]: found.pop(name) for name in list(found) if name.startswith("id.")}
        elif shape == "underscored":
            found = {name.replace(".", "_"): value for name, value in found.items()}
        lines.append(json.dumps(found))
    return "\n".join(lines) + "\n"


def flow(read: Read, **changes: str | None) -> dict[str, object]:
    (row,) = read("zeek-conn", tsv([record(**changes)]), name="conn.log").flows
    return row


def test_row_of_a_whole_connection(read: Read) -> None:
    row = flow(read)
    assert (row["outside"], row["inside"], row["port"], row["protocol"]) == (
        "198.51.100.7",
        "203.0.113.5",
        9200,
        "tcp",
    )
    assert (row["sent_lower"], row["sent_upper"]) == (90000, 90000)
    assert (row["received_lower"], row["received_upper"]) == (300, 300)
    assert (row["verdict"], row["sent_packets"], row["connections"], row["why"]) == ("accepted", 80, 1, "")
    assert (row["end"] - row["start"]).total_seconds() == 2.5
    assert row["line"] == 7


@pytest.mark.parametrize(
    ("changes", "sent", "verdict"),
    [
        ({"missed_bytes": "2000"}, (84400, 94000), "accepted"),
        ({"history": "ShADadgFf"}, (84400, 94000), "accepted"),
        ({"missed_bytes": "2902", "resp_bytes": "2902", "resp_pkts": "4", "resp_ip_bytes": "172"}, (0, 2902), "accepted"),
        ({"resp_bytes": "90000", "resp_ip_bytes": "400", "resp_pkts": "4"}, (0, 90000), "accepted"),
        ({"missed_bytes": "5", "conn_state": "S1", "history": "ShADad"}, (84400, None), "accepted"),
        ({"history": "DadA", "conn_state": "OTH"}, (90000, None), "accepted"),
        ({"duration": None, "orig_bytes": None, "resp_bytes": None}, (0, 94000), "accepted"),
        ({"resp_bytes": None, "resp_ip_bytes": None}, (0, None), "accepted"),
        ({"resp_bytes": None, "resp_ip_bytes": "0", "resp_pkts": "0", "conn_state": "S0", "history": "S"}, (0, 0), "unanswered"),
        ({"resp_bytes": "0", "resp_pkts": "1", "resp_ip_bytes": "40", "conn_state": "REJ", "history": "Sr"}, (0, 0), "denied"),
        ({"resp_bytes": "0", "resp_pkts": "0", "resp_ip_bytes": "0", "conn_state": "S0", "history": "SAD"}, (0, None), "unknown"),
        ({"conn_state": "SHR", "orig_pkts": "0", "history": "hadf"}, (90000, 90000), "accepted"),
        ({"missed_bytes": None, "history": None}, (84400, 94000), "accepted"),
    ],
    ids=[
        "missed", "gap in history", "mostly missed", "more payload than packets", "missed and no end", "no beginning",
        "one packet", "nothing counted", "no answer", "rejected", "one side only", "originator unseen", "nothing told",
    ],
)  # fmt: skip
def test_bounds(
    read: Read, changes: dict[str, str | None], sent: tuple[int, int | None], verdict: str
) -> None:
    row = flow(read, **changes)
    assert ((row["sent_lower"], row["sent_upper"]), row["verdict"]) == (sent, verdict)


def test_other_protocols(read: Read) -> None:
    assert flow(read, proto="udp", conn_state="S0", history="D", ip_proto="17")["verdict"] == "unanswered"
    icmp = flow(
        read, proto="icmp", conn_state="OTH", history=None, id_orig_p="8", id_resp_p="0", ip_proto="1"
    )
    assert (icmp["protocol"], icmp["port"], icmp["verdict"]) == ("1", 0, "accepted")
    assert flow(read, proto="unknown_transport", ip_proto="47")["protocol"] == "47"


def test_which_end_is_the_store(read: Read) -> None:
    text = tsv(
        [
            record(),
            record(
                uid="C2",
                id_orig_h="203.0.113.5",
                id_resp_h="198.51.100.9",
                id_resp_p="443",
                local_orig="T",
                local_resp="F",
            ),
            record(uid="C3", id_resp_h="203.0.113.77"),
        ]
    )
    store = AddressSet.parse("203.0.113.5")
    both = read("zeek-conn", text, wanted=Wanted(inside=store))
    assert [(row["outside"], row["port"], row["sent_lower"]) for row in both.flows] == [
        ("198.51.100.7", 9200, 90000),
        ("198.51.100.9", 40000, 300),
    ]
    assert both.account.other == 1
    assert both.coverage[0].addresses == store
    assert [
        row["line"]
        for row in read("zeek-conn", text, wanted=Wanted(inside=store, ports=frozenset({9200}))).flows
    ] == [7]
    assert [row["line"] for row in read("zeek-conn", text, wanted=Wanted(ports=frozenset({9200}))).flows] == [
        7,
        9,
    ]
    own = read("zeek-conn", text, wanted=Wanted(inside=store, own=AddressSet.parse("198.51.100.7")))
    assert [row["line"] for row in own.flows] == [8]
    assert [row["inside"] for row in read("zeek-conn", text).flows] == [
        "203.0.113.5",
        "203.0.113.5",
        "203.0.113.77",
    ]


NUMBER = st.one_of(st.none(), st.integers(0, 1 << 40).map(str))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.lists(
        st.builds(
            record,
            ts=st.integers(0, 1 << 50).map(lambda number: f"{number // 1000000}.{number % 1000000:06}"),
            duration=st.one_of(
                st.none(), st.integers(0, 1 << 40).map(lambda n: f"{n // 1000000}.{n % 1000000:06}")
            ),
            id_orig_h=st.ip_addresses().map(str),
            id_resp_h=st.ip_addresses().map(str),
            orig_bytes=NUMBER,
            resp_bytes=NUMBER,
            orig_ip_bytes=NUMBER,
            resp_ip_bytes=NUMBER,
            orig_pkts=NUMBER,
            resp_pkts=NUMBER,
            missed_bytes=NUMBER,
            proto=st.sampled_from(["tcp", "udp", "icmp", "unknown_transport"]),
            conn_state=st.sampled_from(
                ["S0", "S1", "SF", "REJ", "RSTO", "RSTR", "RSTOS0", "SH", "SHR", "OTH", "S2"]
            ),
            history=st.one_of(st.none(), st.text("^SsHhAaDdFfRrGgTtCcIiWwQq", min_size=1, max_size=10)),
            local_orig=st.sampled_from([None, "T", "F"]),
        ),
        max_size=8,
    )
)
def test_tsv_and_json_twins_give_equal_rows(read: Read, records: list[dict[str, str]]) -> None:
    for number, each in enumerate(records):
        each["uid"] = f"C{number}"
    bare = [
        {key: value for key, value in row.items() if key != "line"}
        for row in read("zeek-conn", tsv(records)).flows
    ]
    assert len(bare) == len(records)
    for shape in ("flat", "nested", "underscored"):
        twin = read("zeek-conn", objects(records, shape)).flows
        assert [{key: value for key, value in row.items() if key != "line"} for row in twin] == bare
    commas = read("zeek-conn", tsv(records, separator="|")).flows
    assert [{key: value for key, value in row.items() if key != "line"} for row in commas] == bare


def test_renamed_fields_are_known_by_their_types(read: Read) -> None:
    renamed = ["when" if name == "x" else name for name in FIELDS]
    for place, name in ((2, "aaa"), (3, "bbb"), (4, "ccc"), (5, "ddd")):
        renamed[place] = name
    found = read("zeek-conn", tsv([record()], fields=renamed))
    assert (found.flows[0]["outside"], found.flows[0]["port"]) == ("198.51.100.7", 9200)
    assert found.claims["zeek-conn"] == 95


def test_headings_may_change_within_a_file(read: Read) -> None:
    found = read("zeek-conn", tsv([record()]) + "#close\t2019\n" + tsv([record(uid="C2")], separator=","))
    assert [row["line"] for row in found.flows] == [7, 15]


def test_lines_before_any_heading_are_refused(read: Read) -> None:
    found = read("zeek-conn", "\t".join(DEFAULT.values()) + "\n" + tsv([record()]))
    assert found.refused == [1]
    assert len(found.flows) == 1


@pytest.mark.parametrize(
    "bad",
    [
        "1575453601.0\tC9",
        tsv([record(ts="XXXXXXXXXX.XXXXXX")]).splitlines()[-1],
        tsv([record(ts="=1+1")]).splitlines()[-1],
        tsv([record(ts="inf")]).splitlines()[-1],
        tsv([record(id_orig_h="\x1b[2J")]).splitlines()[-1],
        tsv([record(service="a\tb")]).splitlines()[-1],
        "x" * (1 << 20),
        tsv([record(service="a\0b")]).splitlines()[-1],
        "\udcff\udcfe",
    ],
    ids=[
        "short",
        "masked time",
        "formula",
        "infinite",
        "escape",
        "one field more",
        "megabyte",
        "nul",
        "no utf-8",
    ],
)
def test_hostile_line_is_refused_and_hides_what_it_told(read: Read, bad: str) -> None:
    text = tsv([record()]) + bad + "\n" + tsv([record(uid="C2", ts="1575453700.0")]).splitlines()[-1] + "\n"
    found = read("zeek-conn", text)
    assert found.refused == [8]
    assert [row["line"] for row in found.flows] == [7, 9]
    assert found.gaps[0].spans == Spans([Span(at(1575453600), at(1575453702.5))])


def test_number_that_is_none_is_unknown_and_spoils_no_other(read: Read) -> None:
    text = tsv([record(resp_bytes="99999999999999999999", resp_ip_bytes="-7"), record(uid="C2")])
    first, second = read("zeek-conn", text).flows
    assert (first["sent_lower"], first["sent_upper"]) == (0, None)
    assert (second["sent_lower"], second["sent_upper"]) == (90000, 90000)


def test_record_read_twice_counts_once(read: Read) -> None:
    found = read("zeek-conn", tsv([record(), record(uid="C2"), record(), record()]))
    assert (found.account.duplicate, found.account.kept) == (2, 2)


def test_order_does_not_matter(read: Read) -> None:
    records = [record(uid=f"C{n}", ts=f"{1575453600 + n}.000000") for n in range(30)]
    straight = read("zeek-conn", tsv(records))
    random.Random(2).shuffle(records)
    mixed = read("zeek-conn", tsv(records))
    key = lambda row: row["start"]  # noqa: E731
    drop = lambda rows: [{k: v for k, v in row.items() if k != "line"} for row in sorted(rows, key=key)]  # noqa: E731
    assert drop(straight.flows) == drop(mixed.flows)
    assert straight.coverage[0].spans == mixed.coverage[0].spans


def test_blocks_keep_line_numbers(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hushdesk.incident.evidence._zeek_text.BLOCK", 3000)
    records = [record(uid=f"C{n}", ts=f"{1575453600 + n}.000000") for n in range(400)]
    lines = tsv(records).splitlines()
    lines[200] = "broken"
    found = read("zeek-conn", "\n".join(lines))
    assert found.refused == [201]
    assert [row["line"] for row in found.flows] == [n for n in range(7, 407) if n != 201]
    shaped = read("zeek-conn", objects(records, "flat"))
    assert [row["line"] for row in shaped.flows] == list(range(1, 401))


def loss(rows: list[tuple[float, float, str, float]]) -> str:
    head = "#separator \\x09\n#path\tcapture_loss\n#fields\tts\tts_delta\tpeer\tgaps\tacks\tpercent_lost\n"
    return head + "".join(f"{ts}\t{delta}\t{peer}\t0\t9\t{lost}\n" for ts, delta, peer, lost in rows)


def test_capture_loss_says_what_was_seen_and_what_not(read: Read) -> None:
    text = loss([(1000.0, 100.0, "a", 0.0), (1100.0, 100.0, "a", 12.5), (1200.0, 100.0, "a", 0.0)])
    found = read("zeek-conn", text, name="capture_loss.log")
    assert found.coverage[0].spans == Spans([Span(at(900), at(1000)), Span(at(1100), at(1200))])
    assert found.gaps[0].spans == Spans([Span(at(1000), at(1100))])
    assert not read("zeek-conn", text, name="capture_loss.log", loss="20").gaps
    assert found.claims["zeek-conn"] == 95


def test_stats_and_reporter(read: Read) -> None:
    lines = [
        json.dumps({"_path": "stats", "ts": ts, "peer": "a", "pkts_proc": 5, "pkts_dropped": dropped})
        for ts, dropped in ((1000.0, 0), (1300.0, 4), (1600.0, 0))
    ]
    found = read("zeek-conn", "\n".join(lines), name="stats.log")
    assert found.gaps[0].spans == Spans([Span(at(1000), at(1300))])
    text = (
        "#separator \\x09\n#path\treporter\n#fields\tts\tlevel\tmessage\tlocation\n"
        "100.0\tReporter::INFO\tprocessing suspended\t-\n160.0\tReporter::INFO\tprocessing continued\t-\n"
        "170.0\tReporter::WARNING\tsomething else\t-\n"
    )
    found = read("zeek-conn", text, name="reporter.log", sensor="a")
    assert found.gaps[0].spans == Spans([Span(at(100), at(160))])
    assert (found.account.kept, found.account.other) == (2, 1)


def test_http_log_gives_requests(read: Read) -> None:
    text = json.dumps(
        {
            "ts": 1575453600.5, "uid": "C1", "id.orig_h": "198.51.100.7", "id.orig_p": 4711, "id.resp_h": "203.0.113.5",
            "id.resp_p": 9200, "trans_depth": 1, "method": "GET", "uri": "/cases/_search?size=7&q=Zxsecret",
            "response_body_len": 800, "status_code": 200,
        }
    )  # fmt: skip
    found = read("zeek-conn", text + "\n", name="http.log")
    (row,) = found.requests
    assert (row["outside"], row["server"], row["asked"], row["session"]) == (
        "198.51.100.7", "203.0.113.5", "search size=7", "C1",
    )  # fmt: skip
    assert (row["bytes_lower"], row["bytes_upper"], row["rows_upper"]) == (0, 800, 7)
    assert found.coverage[0].sees == Sees.REQUESTS
