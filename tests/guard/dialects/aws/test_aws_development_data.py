"""Real templates and answers of other projects: every one is read, and some verdicts that were worked out by hand hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushdesk.guard._dialect import World
from hushdesk.guard._findings import Endpoint
from hushdesk.guard.dialects.aws import AwsDialect
from hushdesk.guard.load import load
from hushdesk.guard.reach import reach


@pytest.mark.parametrize(
    "folder",
    ["cfn-templates", "kics/cloudFormation", "checkov/cloudformation", "custodian/aws-api", "batfish"],
)
def test_everything_is_read(guard_data: Path, folder: str) -> None:
    loaded = load([guard_data / folder])
    dialect = AwsDialect()
    claimed = [each for each in loaded.documents if dialect.claims(each)]
    endpoints = [each for each in dialect.read(claimed, World()) if isinstance(each, Endpoint)]
    assert claimed
    assert endpoints
    assert all(each.place.file and each.name for each in endpoints)


def test_nothing_of_other_languages_is_claimed(guard_data: Path) -> None:
    dialect = AwsDialect()
    for folder in ("compose", "npguard-k8s/tests", "quickstart", "tfplan", "kics/k8s", "kics/dockerCompose"):
        assert not [each.file for each in load([guard_data / folder]).documents if dialect.claims(each)]


@pytest.mark.parametrize(
    ("snapshot", "name", "port", "client", "expected"),
    [
        ("networks/hybrid-cloud-aws", "test-rds", 3306, "67.170.86.87", True),
        ("networks/hybrid-cloud-aws", "test-rds", 3306, "67.170.86.88", False),
        ("networks/hybrid-cloud-aws", "publices", 443, "96.74.30.201", True),
        ("networks/hybrid-cloud-aws", "publices", 443, "8.8.8.8", False),
        ("networks/hybrid-cloud-aws", "es-domain", 443, "8.8.8.8", False),
        ("networks/hybrid-cloud-aws", "i-075dc46a9bc347264", 22, "38.140.26.4", False),
        ("networks/hybrid-cloud-aws", "i-075dc46a9bc347264", 22, "192.168.1.1", True),
    ],
)
def test_verdicts(guard_data: Path, snapshot: str, name: str, port: int, client: str, expected: bool) -> None:
    dialect = AwsDialect()
    documents = [each for each in load([guard_data / "batfish" / snapshot]).documents if dialect.claims(each)]
    (found,) = [
        each for each in dialect.read(documents, World()) if isinstance(each, Endpoint) and each.name == name
    ]
    assert (client in reach(found, port).upper) is expected
