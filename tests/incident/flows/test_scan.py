"""Lines read all at once say what lines read one by one say."""

from __future__ import annotations

import ipaddress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.guard import AddressSet
from hushdesk.incident.evidence import _flow_counted as counted
from hushdesk.incident.evidence import _flow_scan as scan
from hushdesk.incident.evidence._flow_columns import Addresses
from hushdesk.incident.evidence._flow_counted import Past

PATTERN = b"... , \n"
MOST = 10**15
parts = st.one_of(
    st.integers(0, 300).map(str),
    st.sampled_from(["", "00", "007", "1a", "/", ":", "-1", "+1", "1234", "99999999"]),
)
addresses = st.lists(parts, min_size=4, max_size=4).map(".".join)
numbers = st.one_of(
    st.integers(0, 10**18).map(str),
    st.integers(0, 99).map(str),
    st.sampled_from(
        ["", "0", "00000000000000001", "0000000000000001", "12345678x", "x", "-", "1_0", "\u0661"]
    ),
)
names = st.one_of(
    st.sampled_from(["eni-1", "eni-2", "a", "abcdefgh", "abcdefghi", "abcdefgh" * 3, "e" * 64, "e" * 65]),
    st.integers(0, 30).map(lambda n: f"eni-{n:>016}"),
)
rows = st.one_of(
    st.tuples(addresses, numbers, names).map(lambda row: f"{row[0]},{row[1]} {row[2]}"),
    st.sampled_from(
        ["", "x", "1.2.3.4,5", "1.2.3.4,5 eni-1 ", "1.2.3.4 5,eni", "1.2.3.4,5 \x7f", "1.2.3.4,5 \u00e9"]
    ),
)


def right(row):
    """Address, number and name of a row; None if it is not plain."""
    if not row.isascii() or "\x7f" in row:
        return None
    address, comma, rest = row.partition(",")
    number, space, name = rest.partition(" ")
    if not comma or not space or any(mark in name for mark in " ,.") or len(name) > scan.LONGEST_NAME:
        return None
    try:
        ipaddress.IPv4Address(address)
    except ValueError:
        return None
    fine = number.isdigit() and len(number) <= 16 and int(number) <= MOST
    return (address, int(number), name) if fine else None


@pytest.mark.parametrize("step", [1, 40, 1 << 20])
@given(st.lists(rows, max_size=40))
def test_like_one_by_one(step, lines):
    block = "".join(f"{line}\n" for line in lines).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "STEP", step)
        found = list(scan.scanned(block, [b"...,", PATTERN.replace(b" , ", b", ")], minus=True))
    good = np.zeros(len(lines), bool)
    read = {}
    for part in found:
        for each in part.lines:
            values, fine = each.octets([0])
            number, plain = each.numbers([4], [MOST])
            texts, which = each.named(5)
            fine &= plain[0] & (which >= 0)
            good[each.line[fine]] = True
            for row in np.flatnonzero(fine).tolist():
                address = Addresses().text(int(values[0][row]))
                read[int(each.line[row])] = (address, int(number[0][row]), texts[which[row]].decode())
    expected = {row: told for row, line in enumerate(lines) if (told := right(line)) is not None}
    assert read == expected
    left = [(row, line.encode()) for row, line in enumerate(lines) if row not in expected and line.strip()]
    assert scan.odd_lines(block, found, good) == left


def test_two_patterns_and_one_that_is_all():
    block = b"a,b\nc\nd,e\n"
    (found,) = scan.scanned(block, [b",\n", b"\n"])
    assert [each.line.tolist() for each in found.lines] == [[0, 2], [1]]
    quoted = b'"1,2","3,4",'
    (part,) = scan.alike(quoted, b'",",', b'",')
    assert part.lines[0].numbers([1, 2], [9, 9])[0].tolist() == [[1, 3], [2, 4]]
    assert scan.alike(b'"1,2","3",', b'",",', b'",') is None
    assert scan.odd_lines(quoted, [part], np.array([True, False])) == [(1, b'"3,4"')]


def test_words_and_letters():
    (part,) = scan.scanned(b"A,ACCEPT\nB,REJECTEDX\n,\nA,ACCEPTED\nOK,REJECT\nO,ACC\n", [b",\n"])
    (lines,) = part.lines
    accepted, denied, longer = lines.says(1, "ACCEPT", "REJECT", "ACCEPTED")
    assert accepted.tolist() == [True, False, False, False, False, False]
    assert denied.tolist() == [False, False, False, False, True, False]
    assert longer.tolist() == [False, False, False, True, False, False]
    assert [each.tolist() for each in lines.says(0, "OK", "O")] == [
        [False] * 4 + [True, False],
        [False] * 5 + [True],
    ]
    assert lines.letters(0, scan.codes({"A": 7})).tolist() == [7, 255, 255, 7, 255, 255]


@given(st.lists(st.integers(0, (1 << 32) - 1), max_size=300), st.booleans())
def test_texts_of_addresses(values, few):
    known = Addresses()
    six = [known.number(text) for text in ("2001:db8::1", "2001:db8::2")]
    array = np.array(([*values, *six] * 3 if not few else values[:2] * 20), np.int64)
    assert known.texts(array).to_pylist() == [known.text(int(value)) for value in array]


@given(
    st.lists(st.integers(0, 1 << 16), max_size=4),
    st.lists(st.tuples(st.integers(0, (1 << 32) - 1), st.integers(0, 65535)), max_size=20),
    st.lists(st.integers(0, 1 << 31), max_size=40),
)
def test_perhaps_leaves_out_what_cannot_be_wanted(ports, ends, bases):
    inside = AddressSet([(base, base + 5) for base in bases]) if bases else None
    address = np.array([end for end, _ in ends], np.int64)
    port = np.array([port for _, port in ends], np.int64)
    found = scan.perhaps(len(ends), frozenset(ports), inside, [port], [address])
    expected = [
        (not ports or told in ports) and (inside is None or str(ipaddress.IPv4Address(int(end))) in inside)
        for end, told in ends
    ]
    assert (found.tolist() if found is not None else [True] * len(ends)) == expected


def test_a_past_that_forgets_is_bounded_and_leaves_no_end_without_its_beginning(monkeypatch):
    monkeypatch.setattr(counted, "MOST_FLOWS", 40)
    past = Past()
    begin, end = np.eye(3, dtype=bool)[:2]
    for number in range(0, 400, 10):
        flows = np.arange(number, number + 10, dtype=np.uint64)
        past.add(flows, np.tile(begin, (10, 1)))
        assert sum(len(run.flows) for run in (*past.older, *past.runs)) <= 40
    assert past.forgetful
    # Its beginning is forgotten: the end must not stand for that of the next flow with the same ends.
    past.add(np.array([3, 399], np.uint64), np.stack([end, end]))
    begun, ended, _ = past.of(np.array([3, 399], np.uint64))
    assert (begun.tolist(), ended.tolist()) == ([0, 1], [0, 1])
    assert past.table().height <= 40
    assert past.of(np.array([399], np.uint64))[1].tolist() == [1]


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=9), max_size=9))
def test_past_counts_like_a_list(batches):
    past = Past()
    for batch in batches:
        flows = np.array([flow for flow, _ in batch], np.uint64)
        past.add(flows, np.eye(3, dtype=bool)[[mark for _, mark in batch]].reshape(-1, 3))
    told = [pair for batch in batches for pair in batch]
    asked = np.arange(12, dtype=np.uint64)
    expected = [[told.count((flow, mark)) for flow in range(12)] for mark in range(3)]
    assert [each.tolist() for each in past.of(asked)] == expected
    table = past.table()
    assert table["flow"].to_list() == sorted({flow for flow, _ in told})
    assert table["going"].sum() == sum(mark == 2 for _, mark in told)
    assert [each.tolist() for each in past.of(asked)] == expected
