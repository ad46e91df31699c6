"""Google Cloud's VPC flow logs: a sample, never a proof of absence."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from hushdesk.guard import AddressSet
from hushdesk.incident import Head, Sees, Wanted
from hushdesk.incident.evidence import gcp_vpc_flow as gcp

PARSER = gcp.GcpVpcFlow()


def record(
    inside="10.128.0.2",
    outside="203.0.113.9",
    *,
    inbound=True,
    reporter="",
    start="10:00:01.123456789",
    **payload,
):
    ends = (outside, 40000, inside, 9200) if inbound else (inside, 9200, outside, 40000)
    local = "dest" if inbound else "src"
    return {
        "insertId": "a", "logName": "projects/p/logs/compute.googleapis.com%2Fvpc_flows",
        "resource": {"type": "gce_subnetwork", "labels": {"project_id": "p", "subnetwork_name": "default"}},
        "jsonPayload": {
            "connection": dict(zip(("src_ip", "src_port", "dest_ip", "dest_port"), ends, strict=True)) | {"protocol": 6},
            "reporter": reporter or ("DEST" if inbound else "SRC"), "bytes_sent": "1500", "packets_sent": "3",
            "start_time": f"2024-03-01T{start}Z", "end_time": "2024-03-01T10:00:06.5Z",
            f"{local}_instance": {"project_id": "p", "zone": "z", "vm_name": "store"}, **payload,
        },
    }  # fmt: skip


IN, OUT = record(), record(inbound=False)


def lines(*records):
    return "\n".join(map(json.dumps, records))


def test_counts_are_estimates_without_a_limit(read):
    found = read(PARSER, lines(IN, OUT))
    (row,) = found.rows
    assert (row["outside"], row["inside"], row["port"], row["protocol"]) == (
        "203.0.113.9",
        "10.128.0.2",
        9200,
        "tcp",
    )
    assert (row["sent_lower"], row["sent_upper"], row["received_lower"], row["received_upper"]) == (
        1500,
        None,
        1500,
        None,
    )
    assert (row["sampled"], row["why"], row["seen_by"], row["verdict"]) == (
        True,
        gcp.SAMPLED_WHY,
        "p/z/store",
        "accepted",
    )
    assert row["start"] == datetime(2024, 3, 1, 10, 0, 1, 123456, tzinfo=UTC)
    (coverage,) = found.coverage
    assert coverage.sampled
    assert coverage.sees == Sees.CONNECTIONS | Sees.BYTES
    assert coverage.addresses == AddressSet.parse("10.128.0.2")


def test_shapes_of_exports(read, monkeypatch):
    records = [record(outside=f"203.0.113.{each}", start=f"10:00:0{each % 5}") for each in range(50)] + [
        IN,
        IN,
    ]
    plain = read(PARSER, lines(*records))
    assert (plain.account.kept, plain.account.duplicate) == (51, 1)
    for text in (json.dumps(records), json.dumps(records, indent=2), "\ufeff" + json.dumps(records)):
        assert read(PARSER, text).sums() == plain.sums()
        monkeypatch.setattr(gcp, "_READ", 700)
        monkeypatch.setattr(gcp, "BATCH", 7)
        assert read(PARSER, text).sums() == plain.sums()
        monkeypatch.undo()
    bare = read(PARSER, lines(*(each["jsonPayload"] for each in records)))
    assert bare.sums() == plain.sums()


def test_what_is_wanted_and_who_saw_it(read):
    gateway = record(reporter="DEST_GATEWAY", dest_instance=None)
    found = read(
        PARSER,
        lines(IN, gateway, record(outside="2001:DB8::7", inside="fd00::2")),
        Wanted(own=AddressSet.parse("203.0.113.9")),
    )
    assert (found.account.kept, found.account.other) == (1, 2)
    assert found.rows[0]["outside"] == "2001:db8::7"
    assert {each.of for each in found.coverage} == {"p/z/store", "p/default"}
    assert read(PARSER, lines(OUT), Wanted(ports=frozenset({9200}))).account.kept == 1
    assert (
        read(
            PARSER, lines(OUT), Wanted(ports=frozenset({40000}), inside=AddressSet.parse("10.0.0.0/8"))
        ).account.other
        == 1
    )


def changed(**values):
    made = record()
    for key, value in values.items():
        (made["jsonPayload"] if key in made["jsonPayload"] else made["jsonPayload"]["connection"])[key] = (
            value
        )
    return made


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("=1+1", gcp.NO_JSON), ("{", gcp.NO_JSON), (lines(IN)[:-9], gcp.NO_JSON), ("5", gcp.NO_RECORD), ("[]", gcp.NO_RECORD),
        ("{}", gcp.NO_RECORD), ('{"jsonPayload": {"connection": 5}}', gcp.NO_RECORD), ("\x1b[31m", gcp.NO_JSON), ('{"a":' * 20_000, gcp.NO_JSON),
        (lines(changed(src_ip="=1+1")), gcp.NO_ADDRESS), (lines(changed(dest_ip=None)), gcp.NO_ADDRESS),
        (lines(changed(src_port=70000)), gcp.NO_NUMBER), (lines(changed(bytes_sent="-5")), gcp.NO_NUMBER),
        (lines(changed(bytes_sent=True)), gcp.NO_NUMBER), (lines(changed(bytes_sent="9" * 40)), gcp.NO_NUMBER),
        (lines(changed(start_time="yesterday")), gcp.NO_TIME), (lines(changed(start_time="2024-13-01T10:00:00Z")), gcp.NO_TIME),
        (lines(changed(end_time=5)), gcp.NO_TIME), (lines(changed(end_time="2024-03-01T09:00:00Z")), gcp.WRONG_TIME),
    ],
)  # fmt: skip
def test_hostile_lines_are_refused_with_their_numbers(read, text, reason):
    found = read(PARSER, f"{lines(IN)}\n\n{text}\n{lines(OUT)}\n")
    assert found.refused == [(3, reason)]
    assert found.account.kept == 2


def test_missing_counts_are_unknown(read):
    (row,) = read(PARSER, lines(changed(bytes_sent=None, protocol=None))).rows
    assert (row["received_lower"], row["received_upper"], row["protocol"]) == (0, None, "")


def test_cut_off(read):
    records = [record(start=f"10:00:0{each % 5}.{each:06}") for each in range(300)]
    text = json.dumps(records)
    found = read(PARSER, text[: len(text) // 2 - 9])
    assert (found.account.kept, found.refused) == (149, [(150, gcp.NO_JSON)])
    for whole, name in ((text, "list.json.gz"), (lines(*records), "lines.json.gz")):
        data = gzip.compress(whole.encode(), 0)
        found = read(PARSER, data[: len(data) // 2], name=name)
        assert found.account.kept in {149, 150}
        assert found.account.refused >= 1
    assert read(PARSER, "").account.records == 0


def test_it_knows_its_files():
    assert PARSER.claims(Head("a", "a", lines(IN).encode(), True)) > 90
    assert PARSER.claims(Head("a", "a", lines(IN["jsonPayload"]).encode(), True)) > 80
    assert PARSER.claims(Head("a", "a", b"{}", True)) == 0
