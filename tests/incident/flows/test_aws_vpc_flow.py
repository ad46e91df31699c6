"""AWS VPC flow logs: formats, both ends, coverage, and whatever a hostile line may hold."""

from __future__ import annotations

import gzip
import ipaddress
import json
import random
from collections import Counter
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hushdesk.guard import AddressSet
from hushdesk.incident import DAY, SECOND, Head, Sees, Span, Spans, Wanted
from hushdesk.incident.evidence import _flow_aws as aws
from hushdesk.incident.evidence import aws_vpc_flow
from hushdesk.incident.evidence._flow_columns import Addresses

PARSER = aws_vpc_flow.AwsVpcFlow()
T = 1_600_000_000
IN = f"2 123456789010 eni-1 203.0.113.9 10.0.0.5 40000 9200 6 3 300 {T} {T + 59} ACCEPT OK"
OUT = f"2 123456789010 eni-1 10.0.0.5 203.0.113.9 9200 40000 6 7 9000 {T} {T + 59} ACCEPT OK"
IDLE = f"2 123456789010 eni-1 - - - - - - - {T + 60} {T + 119} - NODATA"
BLIND = f"2 123456789010 eni-1 - - - - - - - {T + 120} {T + 179} - SKIPDATA"
STORE = Wanted(inside=AddressSet.parse("10.0.0.5"), ports=frozenset({9200}))


def head(text, name="a.log", path="a.log"):
    return Head(name, path, text.encode(), True)


def test_each_record_tells_one_direction(read):
    found = read(PARSER, f"{IN}\n{OUT}\n")
    (row,) = found.rows
    assert (row["outside"], row["inside"], row["port"], row["protocol"]) == (
        "203.0.113.9",
        "10.0.0.5",
        9200,
        "tcp",
    )
    assert (row["sent_lower"], row["sent_upper"], row["received_lower"], row["received_upper"]) == (
        9000,
        9000,
        300,
        300,
    )
    assert (row["sent_packets"], row["records"], row["connections"], row["line"]) == (7, 2, None, 1)
    assert (row["verdict"], row["seen_by"], row["why"], row["sampled"]) == ("accepted", "eni-1", "", False)
    assert row["start"] == datetime.fromtimestamp(T, UTC)
    assert found.account.kept == found.account.records == 2


def test_what_was_rejected_went_nowhere(read):
    (row,) = read(PARSER, OUT.replace("ACCEPT", "REJECT")).rows
    assert (row["verdict"], row["sent_lower"], row["sent_upper"], row["sent_packets"]) == ("denied", 0, 0, 0)


def test_idle_is_covered_and_skipped_is_a_gap(read):
    found = read(PARSER, f"{IN}\n{IDLE}\n{BLIND}")
    (coverage,), (gap,) = found.coverage, found.gaps
    assert coverage.of == gap.of == "eni-1"
    assert coverage.spans == Spans([Span(T * SECOND, (T + 120) * SECOND)])
    assert gap.spans == Spans([Span((T + 120) * SECOND, (T + 180) * SECOND)])
    assert coverage.addresses == AddressSet.parse("10.0.0.5")
    assert coverage.sees == Sees.CONNECTIONS | Sees.DENIALS | Sees.BYTES
    assert found.account.kept == 3


def test_pauses_are_bridged_only_below_a_minute(read):
    def later(seconds):
        return IN.replace(str(T + 59), str(T + 59 + seconds)).replace(f" {T} ", f" {T + seconds} ")

    assert len(read(PARSER, f"{IN}\n{later(119)}\n").coverage[0].spans) == 1
    assert len(read(PARSER, f"{IN}\n{later(120)}\n").coverage[0].spans) == 2


def test_only_its_own_address_is_said_to_be_watched_by_an_interface(read):
    # The store speaks to a web server; the log is that of the web server's interface alone.
    web = [
        f"2 1 eni-web 10.0.0.9 10.0.0.5 40000 9200 6 3 300 {T} {T + 59} ACCEPT OK",
        f"2 1 eni-web 203.0.113.9 10.0.0.9 40000 443 6 3 300 {T} {T + 59} ACCEPT OK",
    ]
    assert read(PARSER, "\n".join(web), STORE).coverage[0].addresses == AddressSet.parse("10.0.0.9")
    # One peer, both of them within: nobody can say whose interface it is.
    assert not read(PARSER, web[0], STORE).coverage[0].addresses


@pytest.mark.parametrize("name", ["a.log", "a.log.gz"])
def test_a_heading_names_the_fields_in_any_order(read, name):
    text = (
        "end start log-status interface-id action pkt-srcaddr pkt-dstaddr dstaddr srcaddr dstport srcport bytes packets "
        "protocol flow-direction tcp-flags ecs-task-arn\n"
        f"{T + 5} {T} OK eni-9 ACCEPT 203.0.113.7 10.0.0.77 10.0.0.5 10.0.0.1 9200 5000 123 2 6 ingress 2 -\n"
        f"{T + 5} {T} OK eni-9 ACCEPT - - 10.0.0.5 10.0.0.1 9200 5000 123 2 6 ingress 2 -\n"
    )
    found = read(PARSER, text, name=name)
    assert [(row["outside"], row["inside"], row["port"], row["line"]) for row in found.rows] == [
        ("203.0.113.7", "10.0.0.77", 9200, 2),
        ("10.0.0.1", "10.0.0.5", 9200, 3),
    ]
    # A further address of the interface is wanted, or the one that is shown for all of them.
    for inside in ("10.0.0.77", "10.0.0.5"):
        wanted = Wanted(inside=AddressSet.parse(inside))
        assert read(PARSER, text, wanted, name=name).rows[0]["inside"] == inside


def test_the_format_may_be_told(read):
    line = f"{T} {T + 9} 10.0.0.5 203.0.113.9 777"
    told = {"format": "${start} ${end} ${srcaddr} ${dstaddr} ${bytes}"}
    (row,) = read(PARSER, line, options=told).rows
    assert (row["outside"], row["port"], row["protocol"], row["verdict"]) == ("203.0.113.9", 0, "", "unknown")
    # Nothing says that it was let through.
    assert (row["sent_lower"], row["sent_upper"]) == (0, 777)
    assert read(PARSER, line).refused == [(1, aws.MANY)]
    assert read(PARSER, OUT.replace("2 ", "5 ", 1)).refused == [(1, aws.NO_FORMAT)]


def test_missing_counts_are_unknown(read):
    text = f"srcaddr dstaddr start end action\n10.0.0.5 203.0.113.9 {T} {T} ACCEPT\n"
    found = read(PARSER, text)
    (row,) = found.rows
    assert (row["sent_lower"], row["sent_upper"], row["sent_packets"]) == (0, None, None)
    assert (row["received_lower"], row["received_upper"]) == (0, 0)
    assert row["why"]
    assert not found.coverage[0].sees & Sees.BYTES


def test_another_heading_within_the_file(read):
    text = f"{IN}\n{OUT}\nbytes srcaddr dstaddr start end action\n50 10.0.0.5 203.0.113.8 {T} {T} ACCEPT\nx\n"
    text += f"{aws.DEFAULT}\n{OUT.replace('203.0.113.9', '203.0.113.7')}\n{aws.DEFAULT}\ny\n"
    found = read(PARSER, text)
    assert {row["outside"]: (row["sent_lower"], row["line"]) for row in found.rows} == {
        "203.0.113.9": (9000, 1), "203.0.113.8": (50, 4), "203.0.113.7": (9000, 7),
    }  # fmt: skip
    assert found.refused == [(5, aws.MANY), (9, aws.MANY)]
    assert found.account.records == 6


def test_exports_of_cloudwatch_and_firehose(read):
    lines = [IN, OUT, IDLE]
    plain = read(PARSER, "\n".join(lines))
    stamped = read(PARSER, "\n".join(f"2020-09-13T12:30:00.000Z {line}" for line in lines))
    wrapped = read(PARSER, "\n".join(json.dumps({"message": line}) for line in lines))
    assert plain.sums() == stamped.sums() == wrapped.sums()
    assert plain.spans() == stamped.spans() == wrapped.spans()
    # The export's time stands for that which the format lacks.
    text = "2020-09-13T12:30:00.000Z 10.0.0.5 203.0.113.9 eni-1\n"
    (row,) = read(PARSER, text, options={"format": "srcaddr dstaddr interface-id"}).rows
    assert row["start"] == row["end"] == datetime(2020, 9, 13, 12, 30, tzinfo=UTC)
    assert read(PARSER, text[25:], options={"format": "srcaddr dstaddr interface-id"}).refused == [
        (1, aws.NO_TIME)
    ]


def test_parquet_says_the_same_as_text(read, tmp_path):
    rows = [[None if value == "-" else value for value in line.split()] for line in (IN, OUT, IDLE, BLIND)]
    names = [name.replace("-", "_") for name in aws.DEFAULT.split()]
    pl.DataFrame(rows, schema=names, orient="row").with_columns(
        pl.col("version", "srcport", "dstport", "protocol").cast(pl.Int32),
        pl.col("bytes", "packets", "start", "end").cast(pl.Int64),
    ).write_parquet(tmp_path / "made")
    data = (tmp_path / "made").read_bytes()
    text = read(PARSER, f"{IN}\n{OUT}\n{IDLE}\n{BLIND}")
    for name in ("b.parquet", "b.parquet.gz"):
        found = read(PARSER, data, name=name)
        assert found.sums() == text.sums()
        assert found.spans() == text.spans()
        assert found.account.kept == 4
    broken = read(PARSER, data[:-20], name="c.parquet")
    assert broken.account.refused == 1


def test_milliseconds_trailing_dashes_line_ends_and_spaces(read):
    lines = [
        IN.replace(str(T), f"{T}123").replace(str(T + 59), f"{T + 59}456"),
        f"{OUT} - - -",
        OUT.replace(" 9200", "  9200").replace(f" {T} ", f"\t{T + 1} "),
    ]
    found = read(PARSER, "\ufeff" + "\r\n".join(lines) + "\r\n\r\n")
    assert found.account.kept == found.account.records == 3
    (row,) = found.rows
    assert row["start"] == datetime.fromtimestamp(T, UTC)
    assert row["end"] == datetime.fromtimestamp(T + 59.456, UTC)


def test_ipv6_in_its_short_form(read):
    text = f"2 1 eni-1 2001:DB8:0:0::9 fd00::5 40000 9200 6 3 300 {T} {T + 59} ACCEPT OK\n{IN}\n"
    text += f"2 1 eni-1 fd00::5 2001:db8::9 9200 40000 6 3 500 {T} {T + 59} ACCEPT OK\n"
    text += f"2 1 eni-1 ::ffff:203.0.113.9 10.0.0.5 40000 9200 6 3 1 {T} {T + 59} ACCEPT OK\n"
    found = read(PARSER, text)
    assert {(row["outside"], row["inside"], row["sent_lower"], row["received_lower"]) for row in found.rows} == {
        ("2001:db8::9", "fd00::5", 500, 300), ("203.0.113.9", "10.0.0.5", 0, 301),
    }  # fmt: skip
    six = read(
        PARSER, text, Wanted(inside=AddressSet.parse("fd00::/8"), own=AddressSet.parse("2001:db8::/64"))
    )
    assert (six.account.kept, six.account.other) == (0, 4)
    assert found.coverage[0].addresses == AddressSet.parse("fd00::5", "10.0.0.5")


@pytest.mark.parametrize(
    ("line", "inside", "port"),
    [
        ("10.0.0.5 203.0.113.9 40000 443", "10.0.0.5", 40000),
        ("203.0.113.9 10.0.0.5 40000 443", "10.0.0.5", 443),
        ("10.0.0.7 10.0.0.5 40000 443", "10.0.0.5", 443),
        ("10.0.0.7 10.0.0.5 443 40000", "10.0.0.7", 443),
        ("10.0.0.7 10.0.0.5 0 0", "10.0.0.5", 0),
    ],
)
def test_the_end_of_the_store_when_nothing_is_wanted(read, line, inside, port):
    (row,) = read(PARSER, f"2 1 eni-1 {line} 6 3 300 {T} {T} ACCEPT OK").rows
    assert (row["inside"], row["port"]) == (inside, port)


def test_what_is_wanted(read):
    text = f"{IN}\n{OUT}\n"
    for wanted, kept in [
        (STORE, 2),
        (Wanted(ports=frozenset({9200})), 2),
        (Wanted(ports=frozenset({40000})), 2),
        (Wanted(inside=STORE.inside, ports=frozenset({40000})), 0),
        (Wanted(inside=AddressSet.parse("10.0.0.0/24")), 2),
        (Wanted(inside=AddressSet.parse("10.0.1.0/24")), 0),
        (Wanted(own=AddressSet.parse("203.0.113.0/24")), 0),
        (Wanted(own=AddressSet.parse("203.0.113.0/29", "203.0.113.10-203.0.113.99", "10.0.0.5")), 2),
        (Wanted(spans=Spans([Span((T + 58) * SECOND, DAY * 99_999)])), 2),
        (Wanted(spans=Spans([Span((T + 59) * SECOND, DAY * 99_999)])), 0),
        (Wanted(spans=Spans([Span(0, T * SECOND)])), 0),
    ]:
        found = read(PARSER, text, wanted)
        assert (found.account.kept, found.account.other) == (kept, 2 - kept), wanted
        assert found.coverage
    # The outside end may lie within an inside network, too: nothing of it is dropped.
    (row,) = read(
        PARSER,
        OUT.replace("203.0.113.9", "10.0.0.6"),
        Wanted(inside=AddressSet.parse("10.0.0.0/24"), ports=frozenset({9200})),
    ).rows
    assert (row["inside"], row["outside"], row["sent_lower"]) == ("10.0.0.5", "10.0.0.6", 9000)


def test_the_same_record_counts_once_however_far_apart(read, monkeypatch):
    monkeypatch.setattr(aws_vpc_flow, "BLOCK", 2000)
    monkeypatch.setattr(aws_vpc_flow, "BATCH", 7)
    lines = [OUT.replace("40000", str(40000 + each)) for each in range(50)]
    found = read(PARSER, "\n".join([*lines, BLIND, *lines, BLIND, OUT.replace("9000", "9001")]))
    assert (found.account.kept, found.account.duplicate, found.account.records) == (52, 51, 103)
    assert sum(row["sent_lower"] for row in found.rows) == 50 * 9000 + 9001
    assert len(found.batches) > 2


HOSTILE = {
    "=cmd|' /C calc'!A0": aws.MANY,
    '"' * 50: aws.MANY,
    "x" * 1_000_000: aws.LONG,
    IN.replace("eni-1", "e" * 1_000_000): aws.LONG,
    IN.replace("eni-1", "\x1b[31m"): aws.NO_TEXT,
    IN.replace("203.0.113.9", "203.0.113.256"): aws.NO_ADDRESS,
    IN.replace("203.0.113.9", "203.0.113.09"): aws.NO_ADDRESS,
    IN.replace("203.0.113.9", "=1+1"): aws.NO_ADDRESS,
    IN.replace("203.0.113.9", "fe80::1%eth0"): aws.NO_ADDRESS,
    IN.replace("40000", "65536"): aws.NO_PORT,
    IN.replace(" 6 ", " 256 "): aws.NO_PORT,
    IN.replace(" 300 ", " -300 "): aws.NO_NUMBER,
    IN.replace(" 300 ", " 3e2 "): aws.NO_NUMBER,
    IN.replace(" 300 ", " ３００ "): aws.NO_NUMBER,
    IN.replace(" 300 ", " 99999999999999999999 "): aws.NO_NUMBER,
    IN.replace(str(T + 59), str(T - 1)): aws.WRONG_TIME,
    IN.replace(str(T + 59), "9" * 16): aws.NO_NUMBER,
    IN.replace("ACCEPT", "accept"): aws.WRONG_ACTION,
    IN.replace("OK", "O"): aws.WRONG_STATUS,
    IDLE.replace("eni-1", "-"): aws.NO_OBSERVER,
    IN[: IN.rindex(" ")]: aws.MANY,
    f"{IN} extra": aws.MANY,
    f"{IN} - x": aws.MANY,
    f"{IN}  x": aws.MANY,
    '{"message": 5}': aws.NO_MESSAGE,
    '{"message": "' + IN: aws.NO_MESSAGE,
    "[" * 10_000: aws.MANY,
    '{"a":' * 10_000: aws.NO_MESSAGE,
    '{"a":' * 100_000: aws.LONG,
}  # fmt: skip


def test_hostile_lines_are_refused_with_their_numbers_and_the_rest_goes_on(read):
    lines, wrong = [], []
    for number, (line, reason) in enumerate(HOSTILE.items()):
        lines += [OUT.replace("40000", str(50000 + number)), line]
        wrong.append((len(lines), reason))
    lines.insert(0, "")
    found = read(PARSER, "\n".join(lines))
    assert found.refused == sorted((line + 1, reason) for line, reason in wrong)
    assert found.account.kept == len(HOSTILE)
    assert sum(row["sent_lower"] for row in found.rows) == 9000 * len(HOSTILE)
    # Each alone, as well: what else stands in a block makes no difference.
    for line, reason in list(HOSTILE.items()):
        assert read(PARSER, line).refused == [(1, reason)]


def test_bytes_that_are_no_text(read):
    found = read(PARSER, IN.encode() + b"\n\xff\xfe" + OUT.encode() + b"\n" + OUT.encode() + b"\x00\n")
    assert found.refused == [(2, aws.NO_TEXT), (3, aws.NO_TEXT)]
    assert found.account.kept == 1


def test_a_line_that_is_too_long(read):
    found = read(PARSER, IN + "\n" + "x " * (9 << 20) + "\n" + OUT + "\n")
    assert [line for line, _ in found.refused] == [2]
    assert found.account.kept == 2


def test_cut_off(read):
    whole = "\n".join(OUT.replace("40000", str(40000 + each)) for each in range(1000)) + "\n"
    size = len(whole) // 1000
    for end in (size * 500, size * 500 + 1, size * 500 + 30, size * 501 - 2):
        found = read(PARSER, whole[:end])
        assert (found.account.kept, found.account.refused) == (500, int(end > size * 500))
    data = gzip.compress(random.Random(1).randbytes(10) + b"\n" + whole.encode())
    found = read(PARSER, data[: len(data) // 2], name="cut.gz")
    assert 100 < found.account.kept < 1000
    lines = [line for line, _ in found.refused]
    # The first line is none; the one that is cut; and that the archive breaks off there.
    assert lines[0] == 1
    assert found.account.kept + 1 <= lines[-1] <= found.account.kept + 3
    assert (
        found.rows[0]["sent_lower"] == 9000
        or sum(row["sent_lower"] for row in found.rows) == 9000 * found.account.kept
    )


def test_it_knows_its_files():
    assert PARSER.claims(head(aws.DEFAULT + "\n" + IN)) > 95
    assert PARSER.claims(head(IN)) > 90
    assert PARSER.claims(head("2020-09-13T12:30:00.000Z " + IDLE)) > 90
    assert PARSER.claims(head("PAR1", path="AWSLogs/1/vpcflowlogs/eu-west-1/2020/x.parquet")) > 50
    for text in ("", "\x00\xff", '{"a": 1}', "GET / HTTP/1.1", "2 2 2", "a,b,c", "{" * 70000):
        assert PARSER.claims(head(text)) == 0


# A plain reader of single lines, to compare with.


def model(lines, inside, ports, own):
    sums, account, known = {}, Counter(), set()
    for line in lines:
        fields = line.split(" ")
        account["records"] += 1
        try:
            (
                version, _, seen_by, source, target, sport, dport, protocol, packets, size, start, end, action, status
            ) = fields  # fmt: skip
            assert version == "2"
            if status in {"NODATA", "SKIPDATA"}:
                assert int(start) <= int(end)
                account["duplicate" if line in known else "kept"] += 1
                known.add(line)
                continue
            assert status == "OK"
            source, target = ipaddress.ip_address(source), ipaddress.ip_address(target)
            sport, dport, protocol, packets, size, start, end = map(
                int, (sport, dport, protocol, packets, size, start, end)
            )
            assert max(sport, dport) < 65536
            assert protocol < 256
            assert start <= end
            verdict = {"ACCEPT": "accepted", "REJECT": "denied"}[action]
        except (ValueError, AssertionError, KeyError):
            account["refused"] += 1
            continue
        a, b = source in inside, target in inside
        if inside and not (a or b):
            account["other"] += 1
            continue
        if inside and a != b:
            ours = a
        elif not inside and ports:
            if not {sport, dport} & ports:
                account["other"] += 1
                continue
            ours = sport in ports
            if sport in ports and dport in ports:
                ours = guess(source, target, sport, dport)
        elif inside and ports and (sport in ports) != (dport in ports):
            ours = sport in ports
        else:
            ours = guess(source, target, sport, dport)
        outside, store, port = (target, source, sport) if ours else (source, target, dport)
        if outside in own or (ports and port not in ports):
            account["other"] += 1
            continue
        key = " ".join(
            [
                seen_by,
                str(source),
                str(target),
                *map(str, (sport, dport, protocol, packets, size, start, end, verdict)),
            ]
        )
        if key in known:
            account["duplicate"] += 1
            continue
        known.add(key)
        account["kept"] += 1
        hour = datetime.fromtimestamp(start // 3600 * 3600, UTC)
        name = {6: "tcp", 17: "udp"}.get(protocol, str(protocol))
        into = sums.setdefault(
            (hour, str(outside), str(store), port, name, verdict, seen_by, False), Counter()
        )
        passed = verdict == "accepted"
        into["records"] += 1
        for side in ("lower", "upper"):
            into[f"sent_{side}"] += size * (passed and ours)
            into[f"received_{side}"] += size * (passed and not ours)
        into["sent_packets"] += packets * (passed and ours)
    return {key: +value for key, value in sums.items()}, account


INNER = [ipaddress.ip_network(each) for each in ("10.0.0.0/8", "fd00::/8")]


def guess(source, target, sport, dport):
    a, b = (any(each in network for network in INNER) for each in (source, target))
    return a if a != b else sport < dport


addresses = st.sampled_from(
    ["10.0.0.5", "10.0.0.6", "203.0.113.9", "198.51.100.77", "192.0.2.1", "fd00::5", "2001:db8::1"]
)
port_numbers = st.sampled_from([0, 22, 443, 9200, 40000, 65535])
flows = st.builds(
    lambda eni, a, b, p, q, proto, n, size, at, long, action: f"2 1 eni-{eni} {a} {b} {p} {q} {proto} {n} {size} {T + at} {T + at + long} {action} OK",
    st.integers(1, 2), addresses, addresses, port_numbers, port_numbers, st.sampled_from([1, 6, 17, 254]), st.integers(0, 9),
    st.integers(0, 10**12), st.integers(0, 9000), st.integers(0, 600), st.sampled_from(["ACCEPT", "REJECT"]),
)  # fmt: skip
quiet = st.builds(
    lambda eni, at, status: f"2 1 eni-{eni} - - - - - - - {T + at} {T + at + 60} - {status}",
    st.integers(1, 2), st.integers(0, 9000), st.sampled_from(["NODATA", "SKIPDATA"]),
)  # fmt: skip
junk = st.one_of(
    st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=30).filter(
        lambda text: text.strip() and not text.startswith("{")
    ),
    st.builds(
        lambda line, old, new: line.replace(old, new, 1),
        flows,
        st.sampled_from(["ACCEPT", " OK", "10.0.0.5", " 6 "]),
        st.just(" ? "),
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(flows, flows, flows, quiet, junk), max_size=40),
    st.sampled_from([[], ["10.0.0.5"], ["10.0.0.5", "fd00::5"], ["10.0.0.0/8"]]),
    st.sampled_from([frozenset(), frozenset({9200}), frozenset({9200, 443})]),
    st.sampled_from([[], ["203.0.113.9"], ["198.51.100.0/24", "2001:db8::/32"]]),
    st.randoms(use_true_random=False),
)
def test_like_a_plain_reader(read, lines, inside, ports, own, rng):
    lines = lines + lines[: len(lines) // 3]
    wanted = Wanted(inside=AddressSet.parse(*inside), ports=ports, own=AddressSet.parse(*own))
    found = read(PARSER, "\n".join(lines), wanted)
    expected, account = model(lines, wanted.inside, ports, wanted.own)
    sums = found.sums()
    for value in sums.values():
        assert value.pop("no connections") == 1
    assert sums == expected
    for name in ("records", "kept", "other", "duplicate", "refused"):
        assert getattr(found.account, name) == account[name], name
    # Their order means nothing.
    shuffled = lines[:]
    rng.shuffle(shuffled)
    again = read(PARSER, "\n".join(shuffled), wanted)
    assert again.sums().keys() == found.sums().keys()
    assert sorted(map(str, again.sums().values())) == sorted(map(str, found.sums().values()))
    assert again.spans() == found.spans()
    assert again.account.reasons == found.account.reasons


def test_rows_never_span_an_hour_and_blocks_make_no_difference(read, monkeypatch):
    rng = random.Random(3)
    lines = []
    for _ in range(3000):
        at = T + rng.randrange(8 * 3600)
        lines.append(
            f"2 1 eni-{rng.randrange(3)} 203.0.113.{rng.randrange(9)} 10.0.0.5 40000 9200 6 1 {rng.randrange(999)} {at} {at + 9} ACCEPT OK"
        )
        if rng.random() < 0.01:
            lines.append("junk")
    text = "\n".join(lines)
    whole = read(PARSER, text)
    assert all(
        row["start"].timestamp() // 3600 == (row["end"].timestamp() - 10) // 3600
        for row in whole.rows
        if row["records"] == 1
    )
    monkeypatch.setattr(aws_vpc_flow, "BLOCK", 5000)
    monkeypatch.setattr(aws_vpc_flow, "BATCH", 100)
    pieces = read(PARSER, text)
    assert pieces.sums() == whole.sums()
    assert pieces.spans() == whole.spans()
    assert pieces.refused == whole.refused
    assert len(pieces.batches) > len(whole.batches)


def test_fields_by_name():
    layout = aws.Format(tuple(aws.DEFAULT.split()))
    assert aws.fields_of(IN, layout)["dstport"] == "9200"
    assert aws.named("version,srcaddr,dst_addr") == ()
    assert aws.named("${version} ${pkt-srcaddr}") == ("version", "pkt-srcaddr")
    assert aws.record(IN, layout, Addresses())[1] == "eni-1"
