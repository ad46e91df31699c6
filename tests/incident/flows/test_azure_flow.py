"""NSG and VNet flow logs: what is counted, what is not, what is covered; broken and hostile documents."""

from __future__ import annotations

import gzip
import itertools
import json
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hushdesk.guard import AddressSet
from hushdesk.incident import Head, Sees, Wanted
from hushdesk.incident.evidence import _flow_azure, _flow_azure_fields, _flow_json
from hushdesk.incident.evidence.azure_nsg_flow import AzureNsgFlow
from hushdesk.incident.evidence.azure_vnet_flow import AzureVnetFlow

NSG, VNET = AzureNsgFlow(), AzureVnetFlow()
T = 1_575_500_400  # 2019-12-04 23:00:00 UTC
RESOURCE = "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/STORE-NSG"


def iso(seconds):
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.1234567Z")


def nsg(tuples, at=T, version=2, mac="000D3AF87856", rule="UserRule_es", resource=RESOURCE):
    return {
        "time": iso(at), "systemId": "s", "category": "NetworkSecurityGroupFlowEvent", "resourceId": resource,
        "operationName": "NetworkSecurityGroupFlowEvents",
        "properties": {"Version": version, "flows": [{"rule": rule, "flows": [{"mac": mac, "flowTuples": list(tuples)}]}]},
    }  # fmt: skip


def vnet(tuples, at=T, mac="000D3AF87856"):
    return {
        "time": iso(at), "flowLogVersion": 4, "macAddress": mac, "category": "FlowLogFlowEvent",
        "flowLogResourceID": "/log", "targetResourceID": "/subscriptions/s/virtualNetworks/v",
        "flowRecords": {"flows": [{"aclID": "a", "flowGroups": [{"rule": "r", "flowTuples": list(tuples)}]}]},
    }  # fmt: skip


def document(*records, **kwargs):
    return json.dumps({"records": list(records)}, **{"separators": (",", ":")} | kwargs)


def flow(state, counts="", at=T, port=40000, outside="203.0.113.9", decision="A"):
    return f"{at},{outside},10.0.0.4,{port},9200,T,I,{decision},{state},{counts or ',,,'}"


def test_counts_add_up_and_order_goes_by_state(read):
    # The beginning is stamped, and written, after all else.
    tuples = [flow("C", "10,1000,20,50000"), flow("E", "1,100,2,5000", T + 5), flow("B", at=T + 999)]
    for order in itertools.permutations(tuples):
        found = read(NSG, document(nsg(order)))
        (row,) = found.rows
        assert (row["outside"], row["inside"], row["port"], row["protocol"]) == (
            "203.0.113.9",
            "10.0.0.4",
            9200,
            "tcp",
        )
        assert (row["sent_lower"], row["sent_upper"], row["received_lower"], row["received_upper"]) == (
            55000,
            55000,
            1100,
            1100,
        )
        assert (row["sent_packets"], row["connections"], row["records"], row["why"]) == (22, 1, 3, "")
        assert row["seen_by"] == RESOURCE


@pytest.mark.parametrize(
    ("tuples", "lower", "upper"),
    [
        ([flow("B")], 0, None),
        ([flow("B"), flow("C")], 0, None),
        ([flow("B"), flow("E")], 0, None),
        ([flow("E")], 0, None),
        ([flow("C")], 0, None),
        ([flow("C", "1,2,3,4")], 4, 4),
        ([flow("E", "1,2,3,0")], 0, 0),
        ([flow("B"), flow("E", "0,0,0,0")], 0, 0),
        ([flow("B"), flow("C", "1,2,3,4")], 4, 4),
        ([flow("B"), flow("C", "1,2,3,4"), flow("E")], 4, None),
        # Another flow of the same ends, whose counts are nowhere.
        ([flow("B"), flow("E", "1,2,3,4"), flow("B", at=T + 9)], 4, None),
        ([flow("B"), flow("C", "1,2,3,4"), flow("E", "1,2,3,4", T + 3), flow("B", at=T + 9)], 8, None),
        ([flow("B"), flow("E", "1,2,3,4"), flow("B", at=T + 9), flow("E", "1,2,3,5", T + 9)], 9, 9),
        # One that is counted says nothing of one that is not.
        ([flow("B"), flow("B", port=40001), flow("E", "1,2,3,4", port=40001)], 4, None),
        ([flow("B", decision="D")], 0, 0),
    ],
)
def test_what_is_counted_nowhere_is_unknown_and_never_nothing(read, tuples, lower, upper):
    (row,) = read(NSG, document(nsg(tuples))).rows
    assert (row["sent_lower"], row["sent_upper"]) == (lower, upper)
    assert bool(row["why"]) == (upper is None)
    assert row["verdict"] == ("denied" if tuples[0].split(",")[7] == "D" else "accepted")


def test_version_1_never_bounds(read):
    line = f"{T},203.0.113.9,10.0.0.4,40000,9200,T,I,A"
    found = read(
        NSG, document(nsg([line, line.replace("I,A", "I,D"), line.replace("T,I", "U,I")], version=1))
    )
    assert [(row["verdict"], row["protocol"], row["sent_upper"], row["received_upper"], row["connections"]) for row in found.rows] == [
        ("accepted", "tcp", None, None, 1), ("denied", "tcp", 0, 0, 0), ("accepted", "udp", None, None, 1),
    ]  # fmt: skip
    assert found.rows[0]["why"] == _flow_azure.VERSION_1
    assert found.coverage[0].sees == Sees.CONNECTIONS | Sees.DENIALS
    assert read(NSG, document(nsg([flow("E", "1,1,1,1")]))).coverage[0].sees & Sees.BYTES


def test_outbound_flows_and_inner_peers(read):
    tuples = [
        f"{T},10.0.0.4,198.51.100.7,50000,443,T,O,A,E,3,300,2,80",
        f"{T},10.0.0.9,10.0.0.4,50000,9200,T,I,A,E,3,300,2,80",
        f"{T},10.0.0.4,10.0.0.9,50000,443,T,O,A,E,3,300,2,80",
    ]
    rows = read(NSG, document(nsg(tuples))).rows
    assert [(row["inside"], row["outside"], row["port"], row["sent_lower"], row["received_lower"]) for row in rows] == [
        ("10.0.0.4", "198.51.100.7", 50000, 300, 80), ("10.0.0.4", "10.0.0.9", 9200, 80, 300), ("10.0.0.4", "10.0.0.9", 50000, 300, 80),
    ]  # fmt: skip


def test_vnet_flows(read):
    ms = T * 1000 + 123
    tuples = [
        f"{ms},203.0.113.9,10.0.0.4,40000,9200,6,I,B,NX,0,0,0,0",
        f"{ms + 300_000},203.0.113.9,10.0.0.4,40000,9200,6,I,C,NX,10,1000,20,50000",
        f"{ms},203.0.113.8,10.0.0.4,40000,9200,6,I,D,NX,0,0,0,0",
        f"{ms},203.0.113.7,10.0.0.4,40000,9200,6,I,B,NX_NOTSUPPORTED,0,0,0,0",
        f"{ms},203.0.113.6,10.0.0.4,40000,9200,17,I,E,X,1,70,1,90",
        f"{ms},2001:db8::6,fd00::4,40000,9200,58,I,E,X,1,70,1,90",
    ]
    found = read(VNET, document(vnet(tuples)))
    assert {row["outside"]: (row["verdict"], row["protocol"], row["sent_lower"], row["sent_upper"], row["connections"]) for row in found.rows} == {
        "203.0.113.9": ("accepted", "tcp", 50000, 50000, 1), "203.0.113.8": ("denied", "tcp", 0, 0, 0),
        "203.0.113.7": ("accepted", "tcp", 0, None, 1), "203.0.113.6": ("accepted", "udp", 90, 90, 0),
        "2001:db8::6": ("accepted", "58", 90, 90, 0),
    }  # fmt: skip
    assert found.rows[0]["start"] == datetime.fromtimestamp(T, UTC) + timedelta(milliseconds=123)
    assert found.coverage[0].of == "/subscriptions/s/virtualNetworks/v"
    assert found.coverage[0].addresses == AddressSet.parse("10.0.0.4", "fd00::4")


def test_coverage_by_the_minute(read):
    # A minute each, a silence of four minutes, one of six, another network interface.
    times = [60, 120, 360, 780]
    records = [nsg([flow("B", at=T + at)], T + at) for at in times] + [nsg([], T + 60, mac="X")]
    found = read(NSG, document(*records))
    of = {RESOURCE}
    assert {each.of for each in found.coverage} == of
    (mine,) = [each for each in found.coverage if each.addresses]
    (other,) = [each for each in found.coverage if not each.addresses]
    second, after = 1_000_000, 123_456
    assert [(span.start, span.end) for span in mine.spans] == [
        (T * second + after, (T + 360) * second + after), ((T + 720) * second + after, (T + 780) * second + after),
    ]  # fmt: skip
    assert other.spans.size == 60 * second
    # A record without a tuple says that the minute was idle.
    assert found.account.kept == found.account.records == 5
    assert "five minutes" in mine.why


def test_an_hour_in_azures_folders_is_whole_if_little_is_missing(read):
    folder = "resourceId=/X/y=2019/m=12/d=04/h=23/m=00/macAddress=00/PT1H.json"
    hour = [(datetime(2019, 12, 4, 23, tzinfo=UTC)), (datetime(2019, 12, 5, 0, tzinfo=UTC))]
    records = [nsg([flow("B")], T + at) for at in range(180, 3400, 240)]

    def edges(name):
        spans = read(NSG, document(*records), name=name).coverage[0].spans
        return [datetime.fromtimestamp(at / 1e6, UTC) for span in spans for at in (span.start, span.end)]

    assert edges(folder) == hour
    assert edges("PT1H.json") != hour
    del records[-2:]
    assert edges(folder)[0] == hour[0]
    assert edges(folder)[1] < hour[1] - timedelta(minutes=5)


def test_the_same_tuple_counts_once_and_records_nest(read):
    inner = {"records": [nsg([flow("E", "1,2,3,4")]), {"records": [nsg([flow("E", "1,2,3,5")])]}]}
    text = json.dumps(
        {"records": [nsg([flow("E", "1,2,3,4")]), inner, nsg([flow("E", "1,2,3,4")], mac="OTHER")]}
    )
    found = read(NSG, text)
    assert (found.account.kept, found.account.duplicate) == (3, 1)
    assert sum(row["sent_lower"] for row in found.rows) == 4 + 5 + 4


def test_shapes_of_documents(read):
    records = [nsg([flow("B", at=T + at), flow("E", "1,2,3,4", T + at)], T + at) for at in (0, 60)]
    plain = read(NSG, document(*records))
    assert plain.rows[0]["sent_lower"] == 8
    # Pretty, by lines, without a list around, keys in another order, with a mark at the start.
    turned = [dict(reversed(list(each.items()))) for each in records]
    for text in (
        document(*records, indent=1, separators=None),
        "\r\n".join(json.dumps(each) for each in records),
        json.dumps(records),
        "\ufeff" + document(*records),
        document(*turned),
        "\n".join(json.dumps(each) for each in turned),
        document(*records).replace("203", "\\u0032\\u00303"),
    ):
        found = read(NSG, text)
        assert found.sums() == plain.sums()
        assert found.spans() == plain.spans()
        assert found.account == plain.account
        assert read(NSG, gzip.compress(text.encode()), name="x.json.gz").sums() == plain.sums()


HOSTILE = {
    "": _flow_azure_fields.MANY,
    "=cmd|' /C calc'!A0": _flow_azure_fields.MANY,
    "\x1b[2J": _flow_azure_fields.MANY,
    "x" * 1_000_000: _flow_azure_fields.MANY,
    flow("B") + "\n" + flow("B"): _flow_azure_fields.MANY,
    flow("B") + '"]': _flow_azure_fields.PART,
    flow("B") + ",": _flow_azure_fields.MANY,
    flow("B")[:-1]: _flow_azure_fields.MANY,
    flow("B").replace("203.0.113.9", "203.0.113.999"): "an address that is none",
    flow("B").replace("40000", "70000"): _flow_azure_fields.NO_NUMBER,
    flow("B").replace(str(T), "-1"): _flow_azure_fields.NO_NUMBER,
    flow("B").replace(str(T), "9" * 16): _flow_azure_fields.NO_NUMBER,
    flow("X"): "a protocol, direction, decision or state that there is not",
    flow("B").replace(",T,", ",?,"): "a protocol, direction, decision or state that there is not",
    flow("C", "1,2,3,"): _flow_azure_fields.PART,
    flow("C", "1,2,3,-4"): _flow_azure_fields.NO_NUMBER,
    flow("C", "a,b,c,d"): _flow_azure_fields.NO_NUMBER,
    flow("C", "1,2,3,1e3"): _flow_azure_fields.NO_NUMBER,
    flow("C", "1,2,3," + "9" * 30): _flow_azure_fields.NO_NUMBER,
    flow("", "1,2,3,4"): _flow_azure_fields.PART,
}  # fmt: skip


def test_hostile_tuples_are_refused_with_their_numbers(read):
    tuples, wrong = [], []
    for number, (text, reason) in enumerate(HOSTILE.items()):
        tuples += [flow("E", "1,2,3,4", port=1000 + number), text, flow("B", port=1000 + number)]
        wrong.append((len(tuples) - 1, reason))
    for text in (document(nsg(tuples)), document(nsg(tuples), indent=2, separators=None)):
        found = read(NSG, text)
        assert found.refused == wrong
        assert found.account.kept == 2 * len(HOSTILE)
        assert sum(row["sent_upper"] for row in found.rows) == 4 * len(HOSTILE)
    for text, reason in HOSTILE.items():
        assert read(NSG, document(nsg([text]))).refused == [(1, reason)]


def test_what_is_no_tuple_or_no_record(read):
    strange = nsg([flow("B"), 5, None, {"a": ["]"]}, [flow("B")], flow("E", "1,2,3,4")])
    found = read(NSG, document(strange))
    assert [line for line, _ in found.refused] == [2, 3, 4, 5]
    assert found.account.kept == 2
    for text in (
        "[1, 2]",
        '{"records": 5}',
        '{"records": [5, null, {"time": "x"}]}',
        '{"time":"x","properties":{"flows":5}}',
    ):
        found = read(NSG, text)
        assert found.account.kept == 0
        assert not found.coverage
    found = read(NSG, document({"time": "x", "category": "other"}, nsg([flow("B")])))
    assert (found.account.kept, found.account.refused) == (1, 1)


def test_broken_documents_give_what_they_have(read):
    records = [
        nsg([flow("E", "1,2,3,4", T + 60 * minute, port=5000 + each) for each in range(5)], T + 60 * minute)
        for minute in range(8)
    ]
    text = document(*records)
    ends = [at + 2 for at in range(len(text)) if text.startswith('4"', at)]
    # Between two records, with or without the comma, nothing is half.
    edges = {at + more for at in range(len(text)) if text.startswith("]}]}]}}", at) for more in (7, 8, 9)}
    for cut in range(0, len(text), 37):
        found = read(NSG, text[:cut])
        whole = sum(end <= cut for end in ends)
        assert found.account.kept in {whole, whole - 1}, cut
        assert found.account.refused == (0 if cut == 0 or cut in edges else 1), cut
    # Something broken in the middle takes its own record with it and no other.
    middle = text.index('"time"', len(text) // 2)
    for broken in (
        text[:middle] + "\x00" + text[middle:],
        text[:middle] + '"a":,' + text[middle:],
        text[: middle - 1] + '"junk",' + text[middle - 1 :],
    ):
        found = read(NSG, broken)
        assert found.account.kept >= 35
        assert found.account.refused >= 1
    noise = random.Random(2)
    packed = gzip.compress(
        (
            "".join(
                document(nsg([flow("E", f"1,2,3,{noise.randrange(10**9)}", T + each)], T + each))
                for each in range(2000)
            )
        ).encode()
    )
    found = read(NSG, packed[: len(packed) // 2], name="x.json.gz")
    assert 500 < found.account.kept < 1500
    assert found.account.refused == 1


def test_pieces_of_a_large_document_make_no_difference(read, monkeypatch):
    rng = random.Random(5)
    records = []
    for minute in range(200):
        tuples = []
        for _ in range(rng.randrange(8)):
            state = rng.choice("BCE")
            counts = ",".join(str(rng.randrange(9999)) for _ in range(4)) if state != "B" else ""
            tuples.append(
                flow(state, counts, T + 60 * minute, 1000 + rng.randrange(3), f"203.0.113.{rng.randrange(9)}")
            )
        if rng.random() < 0.1:
            tuples.append("junk")
        records.append(nsg(tuples, T + 60 * minute, mac=f"{minute % 2}"))
    text = document(*records)
    whole = read(NSG, text)
    monkeypatch.setattr(_flow_json, "READ", 3000)
    pieces = read(NSG, text)
    assert pieces.account == whole.account
    assert pieces.sums() == whole.sums()
    assert pieces.spans() == whole.spans()
    # Few may wait for their counts: then more is unknown, and nothing is lost.
    monkeypatch.setattr(_flow_azure, "HELD", 50)
    monkeypatch.setattr(_flow_azure, "BLOCK", 2000)
    hurried = read(NSG, text)
    assert hurried.account == whole.account
    assert len(hurried.batches) > 1
    for key, sums in whole.sums().items():
        mine = hurried.sums()[key]
        assert mine["sent_lower"] == sums["sent_lower"]
        assert mine["records"] == sums["records"]
    unknown, known = [
        {key[1:4] for key, sums in each.sums().items() if sums["no sent_upper"]} for each in (hurried, whole)
    ]
    assert unknown >= known


def test_they_know_their_files():
    def head(text):
        return Head("PT1H.json", "PT1H.json", text.encode(), True)

    ours, theirs = head(document(nsg([]))), head(document(vnet([])))
    assert NSG.claims(ours) > 90 > VNET.claims(ours)
    assert VNET.claims(theirs) > 90 > NSG.claims(theirs)
    for parser in (NSG, VNET):
        assert parser.claims(head("")) == parser.claims(head('{"records": []}')) == 0


# A plain reader, to compare with.


def model(records, wanted):
    account, sums, known, begun, rows = Counter(), {}, set(), defaultdict(Counter), []
    for mac, tuples in records:
        account["records"] += max(len(tuples), 1)
        account["kept"] += not tuples
        for text in tuples:
            fields = text.split(",")
            if len(fields) != 13:
                account["refused"] += 1
                continue
            at, source, target, sport, dport, _, side, decision, state = fields[:9]
            counts = fields[9:]
            ours = source if side == "O" else target
            outside, port = (target, int(sport)) if side == "O" else (source, int(dport))
            if (wanted.inside and ours not in wanted.inside) or (wanted.ports and port not in wanted.ports):
                account["other"] += 1
                continue
            if (mac, text) in known:
                account["duplicate"] += 1
                continue
            known.add((mac, text))
            account["kept"] += 1
            flow = (mac, source, target, sport, dport, side)
            if decision == "A":
                begun[flow][state if state == "B" or counts[0] else "none"] += 1
            rows.append((flow, int(at), outside, ours, port, decision, state, counts, side))
    for flow, at, outside, ours, port, decision, state, counts, side in rows:
        hour = datetime.fromtimestamp(at // 3600 * 3600, UTC)
        passed = decision == "A"
        key = (hour, outside, ours, port, "tcp", "accepted" if passed else "denied", RESOURCE, False)
        into = sums.setdefault(key, Counter())
        into["records"] += 1
        into["connections"] += passed and state == "B"
        seen = begun[flow]
        left = seen["B"] - seen["E"]
        unknown = passed and (
            not counts[0] if state != "B" else left > 0 and not (seen["B"] == 1 and seen["C"])
        )
        for name in ("sent_upper", "received_upper", "sent_packets"):
            if unknown:
                into[f"no {name}"] = 1
        if passed and counts[0]:
            there, back = int(counts[1]), int(counts[3])
            sent, received = (there, back) if side == "O" else (back, there)
            for bound in ("lower", "upper"):
                into[f"sent_{bound}"] += sent
                into[f"received_{bound}"] += received
            into["sent_packets"] += int(counts[0] if side == "O" else counts[2])
    for into in sums.values():
        # The sum of a row that holds something unknown is not told.
        for name in ("sent_upper", "received_upper", "sent_packets"):
            if into[f"no {name}"]:
                into[name] = 0
    return {key: +value for key, value in sums.items()}, account


counts = st.lists(st.integers(0, 10**9), min_size=4, max_size=4).map(lambda each: ",".join(map(str, each)))
tuples_ = st.builds(
    lambda at, out, port, side, decision, state, numbers, bare: (
        f"{T + at},203.0.113.{out},10.0.0.4,{port},9200,T,I" if side else f"{T + at},10.0.0.4,203.0.113.{out},9200,{port},T,O"
    )
    + f",{decision},{state if decision == 'A' else 'B'},{numbers if decision == 'A' and state != 'B' and not bare else ',,,'}",
    st.integers(0, 5000), st.integers(1, 3), st.sampled_from([443, 9200, 50000]), st.booleans(), st.sampled_from("AAAD"),
    st.sampled_from("BCE"), counts, st.sampled_from([False, False, False, True]),
)  # fmt: skip
documents = st.lists(
    st.tuples(
        st.sampled_from(["M1", "M2"]),
        st.lists(
            st.one_of(tuples_, tuples_, tuples_, st.sampled_from(["", "x", "a,b", "\u2028"])), max_size=8
        ),
    ),
    max_size=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    documents,
    st.sampled_from(
        [
            Wanted(),
            Wanted(inside=AddressSet.parse("10.0.0.4")),
            Wanted(inside=AddressSet.parse("10.0.0.0/28"), ports=frozenset({9200})),
        ]
    ),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_like_a_plain_reader(read, records, wanted, pretty, rng):
    records = records + records[: len(records) // 3]
    text = document(
        *(nsg(tuples, T + 60 * number, mac=mac) for number, (mac, tuples) in enumerate(records)),
        **({"indent": 1, "separators": None} if pretty else {}),
    )
    found = read(NSG, text, wanted)
    sums, account = model(records, wanted)
    assert found.sums() == sums
    for name in ("records", "kept", "other", "duplicate", "refused"):
        assert getattr(found.account, name) == account[name], name
    # Neither their order within a record nor that of the records means anything.
    shuffled = [(mac, rng.sample(tuples, len(tuples))) for mac, tuples in records]
    rng.shuffle(shuffled)
    again = read(NSG, document(*(nsg(tuples, T, mac=mac) for mac, tuples in shuffled)), wanted)
    assert again.sums() == found.sums()
    assert again.account.reasons == found.account.reasons
