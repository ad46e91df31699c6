"""S3 server access logs: what was read, exactly how much, and that silence proves nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Read

OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"


def line(
    operation: str = "REST.GET.OBJECT", key: str = "exports/cases-2019.csv", status: str = "200", error: str = "-",
    sent: str = "4406", size: str = "4406", number: str = "DD6CC733AEXAMPLE", who: str = "198.51.100.7",
    uri: str = "GET /exports/cases-2019.csv HTTP/1.1", requester: str = "-", second: int = 0,
) -> str:  # fmt: skip
    return (
        f'{OWNER} cases-bucket [04/Dec/2019:10:00:{second:02} +0000] {who} {requester} {number} {operation} {key} "{uri}" '
        f'{status} {error} {sent} {size} 28 12 "-" "aws-cli/1.16" - Zm9v SigV4 ECDHE-RSA-AES128-SHA AuthHeader '
        f"cases-bucket.s3.amazonaws.com TLSv1.2 - -"
    )


def test_object_that_was_read(read: Read) -> None:
    found = read("aws-s3-access", line() + "\n")
    (row,) = found.requests
    assert row["start"] == datetime(2019, 12, 4, 10, tzinfo=UTC)
    assert (row["outside"], row["server"], row["target"], row["asked"], row["act"]) == (
        "198.51.100.7", "cases-bucket", "exports/cases-2019.csv", "get object", "read",
    )  # fmt: skip
    assert (row["bytes_lower"], row["bytes_upper"], row["rows_lower"], row["rows_upper"]) == (
        4406,
        4406,
        1,
        1,
    )
    assert (row["user"], row["session"], row["agent"]) == ("", "DD6CC733AEXAMPLE", "aws-cli/1.16")
    assert found.coverage[0].of == "cases-bucket"
    assert found.coverage[0].sampled, "delivery at best effort proves no absence"
    assert max(found.claims, key=found.claims.__getitem__) == "aws-s3-access"


@pytest.mark.parametrize(
    ("changes", "act", "asked", "sent", "rows"),
    [
        ({"status": "206", "sent": "100"}, "read", "get object", (100, 100), (0, 1)),
        ({"sent": "-"}, "read", "get object", (0, 4406), (0, 1)),
        ({"sent": "-", "size": "-", "status": "304"}, "other", "get object", (0, 0), (0, 0)),
        (
            {"status": "403", "error": "AccessDenied", "sent": "243"},
            "denied",
            "get object",
            (243, 243),
            (0, 0),
        ),
        ({"status": "404", "error": "NoSuchKey", "sent": "300"}, "failed", "get object", (300, 300), (0, 0)),
        (
            {"operation": "REST.GET.BUCKET", "key": "-", "uri": "GET /?list-type=2 HTTP/1.1"},
            "read",
            "list",
            (4406, 4406),
            (0, 1000),
        ),
        (
            {"operation": "REST.GET.BUCKET", "key": "-", "uri": "GET /?max-keys=5 HTTP/1.1"},
            "read",
            "list",
            (4406, 4406),
            (0, 5),
        ),
        ({"operation": "REST.HEAD.OBJECT", "sent": "-"}, "other", "head", (0, 0), (0, 0)),
        ({"operation": "REST.PUT.OBJECT", "sent": "-"}, "written", "put", (0, 0), (0, 0)),
        (
            {"operation": "REST.DELETE.OBJECT", "status": "204", "sent": "-"},
            "written",
            "delete",
            (0, 0),
            (0, 0),
        ),
        ({"operation": "REST.COPY.OBJECT_GET", "sent": "-"}, "read", "copy", (0, 0), (1, 1)),
        ({"operation": "REST.GET.ACL", "key": "-"}, "other", "get settings", (4406, 4406), (0, 0)),
        (
            {"operation": "S3.EXPIRE.OBJECT", "who": "-", "status": "-", "sent": "-"},
            "other",
            "by S3 itself",
            (0, 0),
            (0, 0),
        ),
    ],
)
def test_operations(
    read: Read, changes: dict[str, str], act: str, asked: str, sent: tuple[int, int], rows: tuple[int, int]
) -> None:
    (row,) = read("aws-s3-access", line(**changes)).requests
    assert (row["act"], row["asked"]) == (act, asked)
    assert ((row["bytes_lower"], row["bytes_upper"]), (row["rows_lower"], row["rows_upper"])) == (sent, rows)


def test_keys_that_look_like_somebody_are_left_out(read: Read) -> None:
    row = read("aws-s3-access", line(key="u/anna%2540example.com/20191204123456.pdf")).requests[0]
    assert row["target"] == "u/{e-mail}/{id}.pdf"


def test_record_delivered_twice_counts_once(read: Read) -> None:
    found = read("aws-s3-access", "\n".join([line(), line(), line(number="OTHER")]))
    assert (found.account.kept, found.account.duplicate) == (2, 1)


def test_json_lines_and_events_in_csv(read: Read) -> None:
    made = {
        "bucket": "b", "time": "2020-06-21 20:41:25.000000000", "remoteip": "198.51.100.7", "operation": "REST.GET.OBJECT",
        "httpstatus": 200, "bytessent": 5, "objectsize": 5, "key": "a.csv", "requestid": "R1",
    }  # fmt: skip
    found = read("aws-s3-access", json.dumps(made) + '\n{"bucket": "b"}\n')
    assert found.refused == [2]
    assert (found.requests[0]["rows_lower"], found.requests[0]["start"].year) == (1, 2020)
    text = (
        "Event Name,User ID,Request Parameters,Event DateTime,Source IP,Request User Agent,Repeated Attempts\n"
        "ListObjects,\"{'accountId': 'ANONYMOUS_PRINCIPAL'}\",\"{'bucketName': 'b'}\",2022-02-18T17:34:57Z,198.51.100.7,=1+1,4\n"
        "GetObject,\"{'accountId': '1'}\",\"{'bucketName': 'b', 'key': 'x.csv'}\",2022-02-18T17:35:57Z,198.51.100.8,x,1\n"
        "GetObject,too,few\n"
    )
    found = read("aws-s3-access", text, name="events.csv")
    assert found.refused == [4]
    listed, got = found.requests
    assert (listed["asked"], listed["act"], listed["bytes_upper"], listed["rows_upper"]) == (
        "list repeated=4",
        "read",
        None,
        4000,
    )
    assert (got["target"], got["user"], got["rows_lower"], got["rows_upper"]) == ("x.csv", "1", 0, 1)


@pytest.mark.parametrize(
    "bad",
    [
        line()[:150], line().replace("04/Dec", "31/Feb"), line(who="nobody<>"), line(status="=1"), "x" * (1 << 20),
        line(operation="=cmd|x"), "\0\0\0", '{"bucket"', line() .replace("REST.GET.OBJECT", "\x1b[2J"),
    ],
)  # fmt: skip
def test_hostile_lines_are_refused(read: Read, bad: str) -> None:
    found = read("aws-s3-access", "\n".join([line(), bad, line(number="N2", second=9)]))
    assert found.refused == [2]
    assert [row["line"] for row in found.requests] == [1, 3]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    agent=st.text(
        st.characters(exclude_characters='\n\r"\\', exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20
    ),
    sent=st.integers(0, 1 << 50),
    who=st.ip_addresses().map(str),
)
def test_what_is_written_is_read_back(read: Read, agent: str, sent: int, who: str) -> None:
    text = line(sent=str(sent), size=str(sent), who=who).replace("aws-cli/1.16", agent)
    (row,) = read("aws-s3-access", text).requests
    assert row["bytes_upper"] == sent
