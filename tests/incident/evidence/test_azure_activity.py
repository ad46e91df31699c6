"""Azure's Activity Log in the shapes in which people have it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hushdesk.incident import Account, Change, Coverage, Gap, Head, Outcome, Source, Wanted
from hushdesk.incident.evidence._audit import NO_JSON, NO_OPERATION, NO_TIME, time_of
from hushdesk.incident.evidence.azure_activity import AzureActivity

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/data/providers/Microsoft.Network/networkSecurityGroups/db"
WRITE = "Microsoft.Network/networkSecurityGroups/securityRules/write"
BODY = {"properties": {"priority": 100, "access": "Allow", "direction": "Inbound"}}

DIAGNOSTIC = {
    "time": "2024-03-01T10:00:00.1234567Z",
    "resourceId": f"{GROUP.upper()}/SECURITYRULES/OPEN",
    "operationName": WRITE.upper(),
    "category": "Administrative",
    "resultType": "Success",
    "resultSignature": "Succeeded.Created",
    "callerIpAddress": "198.51.100.7",
    "correlationId": "corr-1",
    "identity": {"claims": {"name": "Admin"}},
    "level": "Information",
    "properties": {"requestbody": json.dumps(BODY), "eventCategory": "Administrative"},
}
REST = {
    "eventTimestamp": "2024-03-01T10:00:00.1234567Z",
    "resourceId": f"{GROUP}/securityRules/open",
    "operationName": {"value": WRITE, "localizedValue": "Create or update security rule"},
    "status": {"value": "Succeeded", "localizedValue": "Succeeded"},
    "subStatus": {"value": "Created", "localizedValue": "Created (HTTP Status Code: 201)"},
    "eventName": {"value": "EndRequest", "localizedValue": "End request"},
    "httpRequest": {"clientIpAddress": "198.51.100.7", "method": "PUT"},
    "correlationId": "corr-1",
    "eventDataId": "event-1",
    "caller": "Admin",
    "properties": {"requestbody": json.dumps(BODY)},
}
PYTHON = {
    "event_timestamp": "2024-03-01T10:00:00.123456+00:00",
    "resource_id": f"{GROUP}/securityRules/open",
    "operation_name": {"value": WRITE, "localized_value": WRITE},
    "status": {"value": "Succeeded", "localized_value": "Succeeded"},
    "event_name": {"value": "EndRequest", "localized_value": "End request"},
    "http_request": {"client_ip_address": "198.51.100.7"},
    "correlation_id": "corr-1",
    "event_data_id": "event-1",
    "caller": "Admin",
    "properties": {"requestbody": json.dumps(BODY)},
}
TABLE = {
    "TimeGenerated": "2024-03-01T10:00:00.123456Z",
    "_ResourceId": f"{GROUP}/securityRules/open",
    "OperationNameValue": WRITE.upper(),
    "ActivityStatusValue": "Success",
    "CallerIpAddress": "198.51.100.7",
    "CorrelationId": "corr-1",
    "Caller": "Admin",
    "Properties": json.dumps({"requestbody": json.dumps(BODY)}),
}
SHAPES = {
    "diagnostic settings": json.dumps(DIAGNOSTIC),
    "event hub": json.dumps({"records": [DIAGNOSTIC]}),
    "interface": json.dumps({"value": [REST]}, indent=2),
    "command line": json.dumps([REST], indent=2),
    "library": json.dumps(PYTHON),
    "table": json.dumps([TABLE]),
}


def read(path: Path) -> tuple[list[Any], Account]:
    account = Account()
    found = list(AzureActivity().read(Source(path), Wanted(), account))
    assert account.balanced
    return found, account


def outcome(tmp_path: Path, **more: Any) -> Outcome:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({**DIAGNOSTIC, **more}))
    (change,) = (each for each in read(path)[0] if isinstance(each, Change))
    return change.outcome


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_every_shape_says_the_same(tmp_path: Path, text: str) -> None:
    path = tmp_path / "activity.json"
    path.write_text(text)
    found, account = read(path)
    assert (account.records, account.kept) == (1, 1)
    change, coverage = found
    assert isinstance(change, Change)
    assert change.at == time_of("2024-03-01T10:00:00.123456Z")
    assert change.resource.lower() == f"{GROUP}/securityRules/open".lower()
    assert change.operation.lower() == WRITE.lower()
    assert (change.outcome, change.actor, change.actor_address, change.correlation) == (
        Outcome.SUCCEEDED, "Admin", "198.51.100.7", "corr-1",
    )  # fmt: skip
    assert change.content["request"] == BODY
    assert isinstance(coverage, Coverage)
    assert coverage.of.lower() == SUBSCRIPTION.rpartition("/")[2]
    start, whole = Source(path).head()
    assert AzureActivity().claims(Head("activity.json", str(path), start, whole)) >= 75


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Start", Outcome.BEGUN), ("Started", Outcome.BEGUN), ("Accept", Outcome.BEGUN), ("Accepted", Outcome.BEGUN),
        ("Success", Outcome.SUCCEEDED), ("Succeeded", Outcome.SUCCEEDED), ("Failure", Outcome.FAILED), ("Failed", Outcome.FAILED),
        ("Canceled", Outcome.FAILED), ("something new", Outcome.BEGUN), (None, Outcome.BEGUN),
    ],
)  # fmt: skip
def test_what_became_of_a_step(tmp_path: Path, status: str | None, expected: Outcome) -> None:
    assert outcome(tmp_path, resultType=status, properties={}) is expected


def test_broken_records_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [
        json.dumps(DIAGNOSTIC),
        "{",
        json.dumps({**DIAGNOSTIC, "time": "soon"}),
        json.dumps({**DIAGNOSTIC, "operationName": ""}),
        json.dumps(
            {
                **DIAGNOSTIC,
                "properties": {"requestbody": "{broken", "x": "\x1b[2J" + "y" * 100_000},
                "correlationId": "c2",
            }
        ),
        json.dumps({**DIAGNOSTIC, "operationName": "Microsoft.Compute/virtualMachines/read"}),
    ]
    path.write_text("\n".join(lines))
    found, account = read(path)
    assert [(each.line, each.reason) for each in account.lines] == [
        (2, NO_JSON),
        (3, NO_TIME),
        (4, NO_OPERATION),
    ]
    assert (account.kept, account.other) == (2, 1)
    assert len([each for each in found if isinstance(each, Change)]) == 2


def test_a_key_made_anew_is_a_gap_of_flow_logs(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    account = f"{SUBSCRIPTION}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/logs"
    path.write_text(
        json.dumps(
            {
                **DIAGNOSTIC,
                "resourceId": account,
                "operationName": "Microsoft.Storage/storageAccounts/regenerateKey/action",
            }
        )
    )
    gaps = [each for each in read(path)[0] if isinstance(each, Gap)]
    assert [(gap.log, gap.of) for gap in gaps] == [("azure-nsg-flow", account)]


def test_reads_of_blobs_become_requests(tmp_path: Path) -> None:
    record = {
        "time": "2024-03-01T10:00:00Z",
        "resourceId": f"{SUBSCRIPTION}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/cases/blobServices/default",
        "category": "StorageRead",
        "operationName": "GetBlob",
        "statusCode": 200,
        "callerIpAddress": "203.0.113.9:51000",
        "uri": "https://cases.blob.core.windows.net/all/2019.json?sig=secret",
        "correlationId": "x",
        "identity": {"type": "Anonymous"},
        "properties": {
            "accountName": "cases",
            "objectKey": "/cases/all/2019.json",
            "responseBodySize": 4000,
            "responseHeaderSize": 300,
        },
    }
    path = tmp_path / "a.jsonl"
    unsized = {**record, "properties": {}, "statusCode": 206}
    denied = {**record, "statusCode": 403, "operationName": "ListBlobs"}
    path.write_text("\n".join(map(json.dumps, (record, unsized, denied))))
    (batch,) = (each for each in read(path)[0] if hasattr(each, "num_rows"))
    rows = batch.to_pylist()
    assert [
        (row["outside"], row["act"], row["bytes_lower"], row["bytes_upper"], row["user"]) for row in rows
    ] == [
        ("203.0.113.9", "read", 4300, 4300, "Anonymous"),
        ("203.0.113.9", "read", 0, None, "Anonymous"),
        ("203.0.113.9", "denied", 4300, 4300, "Anonymous"),
    ]
    # A signature in the address opens the blob: it is not kept.
    assert all("sig=" not in str(row) for row in rows)


def test_it_leaves_flow_logs_to_others() -> None:
    start = b'{"records":[{"time":"2024-03-01T10:00:00Z","category":"NetworkSecurityGroupFlowEvent","resourceId":"/SUBSCRIPTIONS/1","operationName":"x","properties":{"flows":[{"flowTuples":[]}]}}]}'
    assert AzureActivity().claims(Head("PT1H.json", "PT1H.json", start, whole=True)) == 0
