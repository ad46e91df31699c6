"""CloudTrail in all its wrappings, and what is made of hostile and broken records."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from hushdesk.incident import (
    Account,
    Change,
    Coverage,
    Gap,
    Head,
    Outcome,
    Sees,
    Source,
    Span,
    Spans,
    Wanted,
    iso,
)
from hushdesk.incident._spans import SECOND
from hushdesk.incident.evidence._audit import NO_JSON, NO_OBJECT, NO_OPERATION, NO_TIME, ODD, time_of
from hushdesk.incident.evidence._source import CUT
from hushdesk.incident.evidence.aws_cloudtrail import AwsCloudTrail


def event(name: str = "AuthorizeSecurityGroupIngress", second: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser",
            "arn": "arn:aws:iam::111122223333:user/admin",
            "accountId": "111122223333",
        },
        "eventTime": f"2024-03-01T10:00:{second:02}Z",
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "requestParameters": {
            "groupId": "sg-0123",
            "cidrIp": "0.0.0.0/0",
            "ipProtocol": "tcp",
            "fromPort": 9200,
            "toPort": 9200,
        },
        "responseElements": {"_return": True},
        "eventID": f"id-{second}",
        "recipientAccountId": "111122223333",
        **more,
    }


def read(path: Path, wanted: Wanted | None = None) -> tuple[list[Any], Account]:
    account = Account()
    found = list(AwsCloudTrail().read(Source(path), wanted or Wanted(), account))
    assert account.balanced
    return found, account


def changes(found: list[Any]) -> list[Change]:
    return [each for each in found if isinstance(each, Change)]


THREE = [event(second=number) for number in range(3)]
WRAPPED = {
    "as delivered": json.dumps({"Records": THREE}),
    "spread over lines": json.dumps({"Records": THREE}, indent=2),
    "lines": "\n".join(map(json.dumps, THREE)),
    "lines with empty ones": "\n\n".join(map(json.dumps, THREE)) + "\n",
    "an array": json.dumps(THREE),
    "an array over lines": "[\n" + ",\n".join(map(json.dumps, THREE)) + "\n]\n",
    "a mark at the start": "\ufeff" + json.dumps({"Records": THREE}),
    "EventBridge": "\n".join(json.dumps({"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": each}) for each in THREE),
    "CloudWatch messages": json.dumps({"logEvents": [{"id": "1", "message": json.dumps(each)} for each in THREE]}),
    "lookup-events": json.dumps({"Events": [{"EventId": each["eventID"], "CloudTrailEvent": json.dumps(each)} for each in THREE]}),
    "several documents": json.dumps({"Records": THREE[:1]}) + "\n" + json.dumps({"Records": THREE[1:]}),
    "one document after the other without lines": json.dumps({"Records": THREE[:1]}) + json.dumps({"Records": THREE[1:]}),
    "with neighbours": json.dumps({"more": {"a": 1}, "Records": THREE, "after": {"b": [1, 2]}}, indent=1),
}  # fmt: skip


@pytest.mark.parametrize("text", WRAPPED.values(), ids=WRAPPED)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_every_wrapping_holds_the_same_changes(tmp_path: Path, text: str, packed: bool) -> None:
    path = tmp_path / ("trail.json.gz" if packed else "trail.json")
    data = text.encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    found, account = read(path)
    assert (account.records, account.kept, account.refused) == (3, 3, 0)
    assert [(each.at, each.resource, each.actor_address, each.outcome) for each in changes(found)] == [
        (time_of(f"2024-03-01T10:00:0{number}Z"), "sg-0123", "198.51.100.7", Outcome.SUCCEEDED) for number in range(3)
    ]  # fmt: skip
    (coverage,) = (each for each in found if isinstance(each, Coverage))
    assert coverage.sees is Sees.CHANGES
    assert coverage.of == "111122223333/eu-west-1"
    (span,) = coverage.spans
    assert (iso(span.start), span.end - span.start) == ("2024-03-01T10:00:00Z", 2 * SECOND + 1)
    start, whole = Source(path).head()
    assert AwsCloudTrail().claims(Head("trail.json", str(path), start, whole)) >= 80


def test_places_are_lines_where_there_are_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text("\n" + "\n\n".join(map(json.dumps, THREE)))
    assert [each.place.line for each in changes(read(path)[0])] == [2, 4, 6]
    path.write_text(json.dumps({"Records": THREE}, indent=1))
    assert [each.place.pointer for each in changes(read(path)[0])] == ["record 1", "record 2", "record 3"]


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({}, Outcome.SUCCEEDED),
        ({"errorCode": "Client.InvalidPermission.Duplicate"}, Outcome.FAILED),
        ({"errorMessage": "no"}, Outcome.FAILED),
        ({"errorCode": "Client.DryRunOperation"}, Outcome.DRY_RUN),
        ({"requestParameters": {"groupId": "sg-0123", "dryRun": True}}, Outcome.DRY_RUN),
        ({"responseElements": {"_return": False}}, Outcome.FAILED),
    ],
)
def test_what_became_of_a_change(tmp_path: Path, more: dict[str, Any], outcome: Outcome) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps(event(**more)))
    (change,) = changes(read(path)[0])
    assert change.outcome is outcome


def test_broken_records_are_refused_one_by_one(tmp_path: Path) -> None:
    lines = [
        json.dumps(event()),
        "{not json",
        json.dumps("a text"),
        json.dumps(event(eventTime="yesterday")),
        json.dumps({**event(), "eventName": None}),
        json.dumps(event(requestParameters=["=cmd|' /C calc'!A0"])),
        '{"a": ' * 5000,
        json.dumps(event(userAgent="x" * (1 << 20) + "\x1b[31m\r\n")),
        '{"eventTime": ' + "9" * 5000 + "}",
        json.dumps(event(second=9))[:-20],
    ]
    path = tmp_path / "t.jsonl"
    path.write_text("\n".join(lines))
    found, account = read(path)
    assert len(changes(found)) == 2
    assert account.records == 10
    assert [(each.line, each.reason) for each in account.lines] == [
        (2, NO_JSON), (3, NO_OBJECT), (4, NO_TIME), (5, NO_OPERATION), (6, ODD), (7, NO_JSON), (9, NO_JSON), (10, NO_JSON)
    ]  # fmt: skip


@pytest.mark.parametrize("indent", [None, 1], ids=["one line", "over lines"])
def test_a_broken_record_in_an_array_leaves_its_neighbours(tmp_path: Path, indent: int | None) -> None:
    good = [json.dumps(event(second=number), indent=indent) for number in range(4)]
    text = (
        '{"Records": [\n'
        + ",\n".join([good[0], good[1].replace('"eventName":', '"eventName" nonsense', 1), *good[2:]])
        + "]}"
    )
    path = tmp_path / "t.json"
    path.write_text(text)
    found, account = read(path)
    assert [each.correlation for each in changes(found)] == ["id-0", "id-2", "id-3"]
    assert account.refused >= 1
    assert account.lines[0].line == 2


@pytest.mark.parametrize("cut", [0.3, 0.9], ids=["early", "late"])
def test_a_file_that_is_cut_off_gives_what_it_has(tmp_path: Path, cut: float) -> None:
    many = [event(second=number % 60, eventID=str(number)) for number in range(2000)]
    whole = json.dumps({"Records": many})
    path = tmp_path / "t.json"
    path.write_text(whole[: int(len(whole) * cut)])
    found, account = read(path)
    assert 0 < len(changes(found)) < 2000
    assert account.refused == 1
    assert account.lines[0].line == account.records
    packed = tmp_path / "t.json.gz"
    data = gzip.compress(whole.encode())
    packed.write_bytes(data[: int(len(data) * cut)])
    found, account = read(packed)
    assert len(changes(found)) < 2000
    assert account.reasons[CUT] == 1


def test_the_same_record_twice_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"Records": [event(), event(), event(second=1)]}))
    found, account = read(path)
    assert (len(changes(found)), account.duplicate) == (2, 1)


def test_reads_of_buckets_become_requests(tmp_path: Path) -> None:
    base = {"eventSource": "s3.amazonaws.com", "readOnly": True, "responseElements": None}
    request = {"bucketName": "backup", "key": "cases/2019.json"}
    events = [
        event("GetObject", 1, requestParameters=request, additionalEventData={"bytesTransferredOut": 41754.0}, **base),
        event("ListObjects", 2, requestParameters={"bucketName": "backup"}, additionalEventData={"bytesTransferredOut": 500}, **base),
        event("GetObject", 3, requestParameters=request, errorCode="AccessDenied", **base),
        event("GetObject", 4, requestParameters=request, **base),
        event("CopyObject", 5, requestParameters=request, additionalEventData={"bytesTransferredOut": 200}, **base),
        event("ConsoleLogin", 6, eventSource="signin.amazonaws.com", requestParameters=None),
    ]  # fmt: skip
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"Records": events}))
    found, account = read(path)
    assert (account.kept, account.other) == (5, 1)
    (batch,) = (each for each in found if hasattr(each, "num_rows"))
    rows = batch.to_pylist()
    assert [
        (row["act"], row["asked"], row["bytes_lower"], row["bytes_upper"], row["rows_upper"]) for row in rows
    ] == [
        ("read", "get object", 41754, 41754, 1),
        ("read", "list objects", 500, 500, None),
        ("denied", "get object", 0, 0, 0),
        ("read", "get object", 0, None, 1),
        ("read", "copy object", 0, None, None),
    ]
    assert rows[0]["target"] == "backup/cases/2019.json"
    assert rows[3]["why"]
    second = time_of("2024-03-01T10:00:02Z")
    assert second is not None
    limited = Wanted(spans=Spans([Span(second, second + SECOND)]))
    found, account = read(path, limited)
    assert (account.kept, account.other) == (1, 5)


def test_a_trail_that_is_stopped_leaves_a_gap(tmp_path: Path) -> None:
    trail = {
        "eventSource": "cloudtrail.amazonaws.com",
        "requestParameters": {"name": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"},
    }
    events = [
        event("StopLogging", 1, **trail),
        event(
            "StopLogging",
            2,
            **{**trail, "requestParameters": {"name": "absent"}, "errorCode": "TrailNotFoundException"},
        ),
        event("StartLogging", 5, **trail),
        event("DeleteTrail", 8, **{**trail, "requestParameters": {"name": "main"}}),
        event(second=9),
    ]
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"Records": events}))
    gaps = [each for each in read(path)[0] if isinstance(each, Gap)]
    assert [(each.of, [iso(span.start)[-3:-1] for span in each.spans], [iso(span.end)[-3:-1] for span in each.spans]) for each in gaps] == [
        ("trail main", ["01"], ["05"]), ("trail main", ["08"], ["10"]),
    ]  # fmt: skip


def test_it_does_not_claim_what_is_not_its_own() -> None:
    claims = AwsCloudTrail().claims
    for start in (
        b"",
        b"\x00\xff" * 100,
        b'{"records": []}',
        b"version account-id",
        b'{"protoPayload": {"methodName": "x"}}',
    ):
        assert claims(Head("f", "f", start, whole=True)) == 0
