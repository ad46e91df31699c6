"""Google Cloud's audit log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hushdesk.incident import Account, Change, Coverage, Head, Outcome, Source, Wanted
from hushdesk.incident.evidence._audit import NO_JSON, NO_OPERATION, NO_TIME, time_of
from hushdesk.incident.evidence.gcp_audit import GcpAudit


def entry(method: str = "v1.compute.firewalls.insert", *, status: Any = None, **more: Any) -> dict[str, Any]:
    payload = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "authenticationInfo": {"principalEmail": "admin@example.com"},
        "methodName": method,
        "request": {"name": "open", "sourceRanges": ["0.0.0.0/0"]},
        "requestMetadata": {"callerIp": "198.51.100.7"},
        "resourceName": "projects/desk/global/firewalls/open",
        "serviceName": "compute.googleapis.com",
        **({"status": status} if status is not None else {}),
    }
    return {
        "insertId": "i1",
        "logName": "projects/desk/logs/cloudaudit.googleapis.com%2Factivity",
        "protoPayload": payload,
        "resource": {"type": "gce_firewall_rule", "labels": {"project_id": "desk"}},
        "severity": "NOTICE",
        "timestamp": "2024-03-01T10:00:00.123456789Z",
        **more,
    }


def read(path: Path, *texts: str) -> tuple[list[Any], Account]:
    path.write_text("\n".join(texts))
    account = Account()
    found = list(GcpAudit().read(Source(path), Wanted(), account))
    assert account.balanced
    return found, account


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(entry()),
        json.dumps([entry()], indent=2),
        json.dumps({"entries": [entry()]}),
        json.dumps({"message": {"data": json.dumps(entry())}}),
        json.dumps({key.lower(): value for key, value in entry(timestamp="2024-03-01 10:00:00.123456").items() if key != "protoPayload"} | {"protoPayload": entry()["protoPayload"]}),
    ],
    ids=["lines", "array", "answer", "message", "small keys"],
)  # fmt: skip
def test_every_shape_says_the_same(tmp_path: Path, text: str) -> None:
    found, account = read(tmp_path / "gcp.json", text)
    assert account.kept == 1
    change, coverage = found
    assert isinstance(change, Change)
    assert (change.at, change.resource, change.actor, change.actor_address) == (
        time_of("2024-03-01T10:00:00.123456Z"), "projects/desk/global/firewalls/open", "admin@example.com", "198.51.100.7",
    )  # fmt: skip
    assert isinstance(coverage, Coverage)
    assert coverage.of == "desk"
    start, whole = Source(tmp_path / "gcp.json").head()
    assert GcpAudit().claims(Head("gcp.json", "gcp.json", start, whole)) >= 70


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, Outcome.SUCCEEDED),
        ({"operation": {"id": "o", "first": True}}, Outcome.BEGUN),
        ({"operation": {"id": "o", "last": True}}, Outcome.SUCCEEDED),
        ({"operation": {"id": "o", "first": True, "last": True}}, Outcome.SUCCEEDED),
        ({"operation": {"id": "o", "last": True}, "status": {"code": 7, "message": "no"}}, Outcome.FAILED),
        ({"status": {}}, Outcome.SUCCEEDED),
        ({"severity": "ERROR"}, Outcome.FAILED),
    ],
)
def test_what_became_of_it(tmp_path: Path, more: dict[str, Any], expected: Outcome) -> None:
    (change, _), _ = read(tmp_path / "gcp.json", json.dumps(entry(**more)))
    assert change.outcome is expected


def test_broken_entries_are_refused(tmp_path: Path) -> None:
    timeless = {key: value for key, value in entry().items() if key != "timestamp"}
    _, account = read(
        tmp_path / "gcp.json",
        json.dumps(entry()),
        '{"broken',
        json.dumps(timeless),
        json.dumps(entry("")),
        json.dumps(
            {
                "logName": "projects/desk/logs/stdout",
                "textPayload": "\x1b]0;x",
                "timestamp": "2024-03-01T10:00:00Z",
            }
        ),
    )
    assert [(each.line, each.reason) for each in account.lines] == [
        (2, NO_JSON),
        (3, NO_TIME),
        (4, NO_OPERATION),
    ]
    assert (account.kept, account.other) == (1, 1)


def test_reads_of_buckets_become_requests(tmp_path: Path) -> None:
    got = entry("storage.objects.get")
    got["protoPayload"]["resourceName"] = "projects/_/buckets/cases/objects/2019.json"
    denied = entry("storage.objects.list", status={"code": 7})
    denied["protoPayload"]["resourceName"] = "projects/_/buckets/cases"
    found, _ = read(tmp_path / "gcp.json", json.dumps(got), json.dumps(denied))
    (batch,) = (each for each in found if hasattr(each, "num_rows"))
    assert [
        (row["act"], row["server"], row["target"], row["bytes_upper"], row["rows_upper"])
        for row in batch.to_pylist()
    ] == [
        ("read", "cases", "cases/2019.json", None, 1),
        ("denied", "cases", "cases", None, 0),
    ]
