"""Every kind of bad input: one clear refusal, and the rest of the load goes on."""

import gzip
import json
import tracemalloc

import pytest

from hushdesk.cases import Case, Reason, Refused
from hushdesk.readers import read

SECRET = "jane.roe@example.com"
HEADER = "Issue id,Summary,Status,Created,Description\n"


def ticket(number, **fields):
    return {"id": number, "requester_id": 2, "assignee_id": 3, "via": {}, "subject": f"s{number}", **fields}


def tickets(*numbers):
    return "".join(json.dumps(ticket(number)) + "\n" for number in numbers).encode()


def issue(number, text="x", created="30/Sep/21 17:20"):
    return f"{number},Broken,Open,{created},{text}\n"


LONG = b'{"id": 2, "subject": "' + SECRET.encode() + b"x" * 50_000_000 + b'"}\n'
DEEP = b'{"id": 2, "via": ' + b"[" * 10_000 + b"]" * 10_000 + b"}\n"
MANY = tickets(*range(5_000))
BOTH = (
    tickets(1)
    + b'{"id": 2, "subject": "caf\xe9", "requester_id": 2}\n'
    + '{"id": 3, "requester_id": 2, "subject": "café"}\n'.encode()
)

BAD = {
    "stray quote": (
        (HEADER + issue(1) + issue(2, f'"{SECRET}') + issue(3, '"a\nb"')).encode(),
        Reason.BAD_ROW,
        2,
    ),
    "50 MB line": (tickets(1) + LONG + tickets(3), Reason.TOO_LARGE, 2),
    "50 MB line first": (
        LONG.replace(b"{", b'{"via": 1, "requester_id": 1, "assignee_id": 1, ', 1) + tickets(3),
        Reason.TOO_LARGE,
        1,
    ),
    "deep JSON": (tickets(1) + DEEP + tickets(3), Reason.TOO_DEEP, 2),
    "bad JSON": (tickets(1) + f'{{"id": 2, "subject": "{SECRET}\n'.encode() + tickets(3), Reason.BAD_ROW, 2),
    "bad bytes": (tickets(1) + b'{"id": 2, "subject": "\x81\xff"}\n' + tickets(3), Reason.BAD_ENCODING, 2),
    "two readings": (
        (HEADER + issue(1) + issue(2, created="03/04/21 17:20") + issue(3)).encode(),
        Reason.AMBIGUOUS_DATE,
        2,
    ),
    "PDF": (b"%PDF-1.4\n" + SECRET.encode(), Reason.UNKNOWN_FORMAT, 0),
    "empty": (b"", Reason.EMPTY, 0),
    "truncated": (gzip.compress(MANY, 1)[:-2000], Reason.TRUNCATED, 4_000),
    "truncated CSV": (
        gzip.compress((HEADER + "".join(issue(n, f"{n * 7919:x}" * 9) for n in range(5_000))).encode(), 1)[
            :-2000
        ],
        Reason.TRUNCATED,
        4_000,
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_one_refusal_and_the_rest_is_read(tmp_path, kind):
    data, reason, cases = BAD[kind]
    (tmp_path / "a.bin").write_bytes(data)
    (tmp_path / "b.bin").write_bytes(tickets(77))
    got = list(read([tmp_path]))
    refused = [one for one in got if isinstance(one, Refused)]
    assert [one.reason for one in refused] == [reason]
    assert refused[0].at.file == "a.bin"
    assert refused[0].problem
    assert refused[0].remedy
    assert SECRET not in repr(refused)
    read_cases = [one.source_id for one in got if isinstance(one, Case)]
    assert "77" in read_cases
    assert len(read_cases) >= cases + 1
    if cases < 100:
        assert len(read_cases) == cases + 1


def test_a_line_of_50_mb_does_not_fill_the_memory(tmp_path):
    (tmp_path / "a").write_bytes(tickets(1) + LONG)
    tracemalloc.start()
    got = list(read([tmp_path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(got) == 2
    assert peak < 80 * 1024 * 1024


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig", "utf-32"])
def test_wide_encodings_are_no_problem(tmp_path, encoding):
    (tmp_path / "a").write_bytes((HEADER + issue(1, "Zoë 試")).encode(encoding))
    (tmp_path / "b").write_bytes(tickets(5).decode().replace("s5", "Zoë 試").encode(encoding))
    got = list(read([tmp_path]))
    assert not [one for one in got if isinstance(one, Refused)]
    assert sorted((one.source_id, one.subject + one.description) for one in got if isinstance(one, Case)) == [
        ("1", "BrokenZoë 試"),
        ("5", "Zoë 試"),
    ]


def test_mixed_encodings_are_no_problem(tmp_path):
    (tmp_path / "a").write_bytes(BOTH)
    got = list(read([tmp_path]))
    assert [one.subject for one in got] == ["s1", "café", "café"]


def test_equal_ids_come_through_as_two_versions(tmp_path):
    (tmp_path / "a").write_bytes(tickets(1, 1, 2))
    assert [one.source_id for one in read([tmp_path])] == ["1", "1", "2"]


def test_nothing_at_all(tmp_path):
    assert [one.reason for one in read([tmp_path])] == [Reason.EMPTY]
    assert list(read([])) == []
