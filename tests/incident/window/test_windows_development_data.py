"""A real attack's trail, and what others' unit tests expect of their files; skipped where the data is not at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hushdesk.guard import Intent
from hushdesk.incident import ALWAYS, Account, Change, Coverage, Gap, Opening, Outcome, Source, Wanted, iso
from hushdesk.incident.evidence import aws_cloudtrail, azure_activity, gcp_audit
from hushdesk.incident.evidence._audit import time_of
from hushdesk.incident.window import Replayed, windows

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "incident"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the development data is not beside this checkout")


def read(parser: Any, *paths: Path) -> tuple[list[Any], Account]:
    found, account = [], Account()
    for path in paths:
        own = Account()
        found += parser.read(Source(path), Wanted(), own)
        assert own.balanced
        for key in ("records", "kept", "other", "duplicate", "refused"):
            setattr(account, key, getattr(account, key) + getattr(own, key))
    return found, account


@pytest.fixture(scope="module")
def attack() -> tuple[list[Change], Replayed]:
    files = sorted((DATA / "invictus_cloudtrail" / "CloudTrail").glob("*.json"))
    found, account = read(aws_cloudtrail.AwsCloudTrail(), *files)
    assert (account.records, account.refused) == (2900, 0)
    changes = [each for each in found if isinstance(each, Change)]
    return changes, windows(changes, intent=Intent())


def test_the_windows_of_the_attack_to_the_second(attack: tuple[list[Change], Replayed]) -> None:
    expected = json.loads((DATA / "invictus_cloudtrail" / "expected_windows.json").read_text())["windows"]
    made = attack[1].windows
    assert len(made) == len(expected) == 6
    for want in expected:
        (window,) = (
            each for each in made
            if each.resource in want["resource"].replace("'", " ").split() and (each.port or None) == want.get("port")
        )  # fmt: skip
        assert (iso(window.span.start), iso(window.span.end)) == (want["opened"], want["closed"])
        assert window.span.seconds == want["seconds"]
        if "port" in want:
            assert (window.opening, window.protocol) == (Opening.NETWORK, want["proto"])
            assert window.certain == window.sources
        else:
            assert window.opening is Opening.SHARE
            assert window.shared_with in want["kind"]
        assert window.doubt == ""


def test_what_must_not_count_in_the_attack(attack: tuple[list[Change], Replayed]) -> None:
    expected = json.loads((DATA / "invictus_cloudtrail" / "expected_windows.json").read_text())[
        "must_not_open_or_close"
    ]
    for want in expected:
        found = [
            each for each in attack[0]
            if each.operation == want["eventName"] and each.error == want["errorCode"] and iso(each.at) == want.get("eventTime", iso(each.at))
        ]  # fmt: skip
        assert len(found) == want.get("count", 1)
        assert {each.outcome for each in found} == {Outcome.FAILED}
    counted = [
        change for window in attack[1].windows for change in (window.opened_by, window.closed_by) if change
    ]
    assert {change.outcome for change in counted} == {Outcome.SUCCEEDED}


def test_what_saw_the_attack(attack: tuple[list[Change], Replayed]) -> None:
    (expected,) = json.loads((DATA / "invictus_cloudtrail" / "expected_windows.json").read_text())[
        "logging_coverage"
    ]
    (coverage,) = (each for each in attack[1].coverage if isinstance(each, Coverage))
    assert coverage.of == expected["resource"]
    assert [(iso(span.start), iso(span.end)) for span in coverage.spans] == [
        (expected["created"], expected["deleted"])
    ]
    blind = {
        each.of: each for each in attack[1].coverage if isinstance(each, Gap) and each.log == "aws-vpc-flow"
    }
    assert set(blind) == {"vpc-0e568b18707c87afa", "sg-04cfb7a4712d75b00"}
    assert all(each.spans == ALWAYS for each in blind.values())


@pytest.mark.parametrize(
    ("parser", "name", "records"),
    [
        (aws_cloudtrail.AwsCloudTrail(), "aws_cloudtrail_rules", 464),
        (azure_activity.AzureActivity(), "azure_activity_rules", 214),
        (gcp_audit.GcpAudit(), "gcp_audit_rules", 143),
    ],
    ids=["aws", "azure", "gcp"],
)
def test_events_of_detection_rules_are_all_accounted_for(parser: Any, name: str, records: int) -> None:
    found, account = read(parser, DATA / "panther" / f"{name}.tests.jsonl")
    assert account.records == records
    assert account.kept > records // 5
    # Whatever they hold, the replay makes something of it and fails on nothing.
    windows([each for each in found if isinstance(each, Change)], intent=Intent())


def plaso(name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    tests = json.loads((DATA / "plaso" / "expected_from_unit_tests.json").read_text())
    (test,) = tests[f"tests/parsers/jsonl_plugins/{name}.py"]
    file = next(each for each in test["inputs"] if each.endswith(".jsonl"))
    return [json.loads(line) for line in (DATA / "plaso" / "jsonl" / file).read_text().splitlines()], test


def test_what_plaso_reads_of_cloudtrail() -> None:
    lines, test = plaso("aws_cloudtrail_log")
    assert len(lines) == test["counts"]["event_data"]
    for want in test["events"]:
        found = [aws_cloudtrail.record_of(line) for line in lines]
        assert any(
            each is not None
            and (each["userIdentity"]["accessKeyId"], each["eventName"], each["eventSource"]) == (want["access_key"], want["event_name"], want["event_source"])
            and (each["userIdentity"]["arn"], each["userIdentity"]["userName"], each["sourceIPAddress"]) == (want["user_identity_arn"], want["username"], want["source_ip"])
            and time_of(each["eventTime"]) == time_of(want["recorded_time"])
            for each in found
        )  # fmt: skip


def test_what_plaso_reads_of_the_activity_log() -> None:
    lines, test = plaso("azure_activity_log")
    assert len(lines) == test["counts"]["event_data"]
    keys = {
        "caller": "caller", "address": "client_ip", "correlation": "correlation_identifier", "ident": "event_data_identifier",
        "event": "event_name", "level": "level", "operation_id": "operation_identifier", "operation": "operation_name",
        "group": "resource_group", "resource": "resource_identifier", "provider": "resource_provider", "type": "resource_type",
        "subscription": "subscription_identifier", "tenant": "tenant_identifier",
    }  # fmt: skip
    found = [azure_activity.record_of(line) for line in lines]
    for want in test["events"]:
        assert any(
            each["at"] == time_of(want["recorded_time"])
            and all(each[ours] == want[theirs] for ours, theirs in keys.items())
            for each in found
        )


def test_what_plaso_reads_of_google() -> None:
    lines, test = plaso("gcp_log")
    assert len(lines) == test["counts"]["event_data"]
    found = [gcp_audit.record_of(line) for line in lines]
    for want in test["events"]:
        assert any(
            each["at"] == time_of(want["recorded_time"])
            and (each["address"], each["log"], each["resource"], each["service"]) == (want["caller_ip"], want["log_name"], want["resource_name"], want["service_name"])
            and (each["severity"], each["method"]) == (want["severity"], want.get("method_name", want["event_subtype"]))
            and [f"{key}: {value}" for key, value in each["labels"].items()] == (want.get("resource_labels") or [f"{key}: {value}" for key, value in each["labels"].items()])
            and each["caller"] == want.get("principal_email", each["caller"])
            and each["subject"] == want.get("principal_subject", each["subject"])
            and each["code"] == int(want.get("status_code") or 0)
            for each in found
        )  # fmt: skip
