"""Whatever a log holds, the replay makes something of it: it never fails, and says no value of what it could not read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from window_tell import NSG, SUBSCRIPTION

from hushdesk.guard import Intent
from hushdesk.incident import SECOND, Change, Outcome
from hushdesk.incident.window import _aws_network, _aws_shares, windows

SECRET = "marked-secret-value"
_WORDS = st.sampled_from(
    [
        "",
        "sg-1",
        "0.0.0.0/0",
        "not an address",
        SECRET,
        "-1",
        "tcp",
        "vpc-1",
        "*",
        "all",
        NSG,
        "projects/desk/global/firewalls/x",
    ]
)
_LEAF = st.one_of(st.none(), st.booleans(), st.integers(-5, 70000), st.just(1e400), _WORDS)
_KEYS = st.sampled_from(
    [
        "items", "item", "tag", "content", "groupId", "groupSet", "ipPermissions", "ipRanges", "cidrIp", "fromPort", "ipProtocol", "properties",
        "securityRules", "name", "priority", "sourceRanges", "alloweds", "IPProtocol", "ports", "network", "networkInterfaces", "add", "remove",
        "userId", "bucketPolicy", "Statement", "Principal", "AWS", "Action", "Effect", "Condition", "createVolumePermission", "valuesToAdd", "vpc",
        "vpcId", "networkInterface", "networkInterfaceId", "instancesSet", "instanceId", "bindings", "members", "policy", "role", "settings",
        "publicAccess", "flowLogIdSet", "CreateFlowLogsRequest", "ResourceId", "securityGroupRuleSet", "location", "resourceId", "targetResourceId",
    ]
)  # fmt: skip
_CONTENT = st.recursive(
    _LEAF,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=5)),
    max_leaves=12,
)
_AWS = [
    "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress", "ModifySecurityGroupRules", "CreateSecurityGroup", "DeleteSecurityGroup",
    "ModifySnapshotAttribute", "ModifyDBSnapshotAttribute", "PutBucketPolicy", "PutBucketAcl", "PutBucketPublicAccessBlock", "CreateGrant",
    "RevokeGrant", "CreateFlowLogs", "DeleteFlowLogs", "StopLogging", "PutEventSelectors", "ModifyDBInstance", "CreateDBCluster",
    *_aws_network._MADE, *_aws_network._GONE, *_aws_network._HANDLERS, *_aws_shares._CLOSING,
]  # fmt: skip
_AZURE = [
    ("Microsoft.Network/networkSecurityGroups/write", NSG),
    ("Microsoft.Network/networkSecurityGroups/securityRules/write", f"{NSG}/securityRules/x"),
    ("Microsoft.Network/networkSecurityGroups/securityRules/delete", f"{NSG}/securityRules/x"),
    ("Microsoft.Storage/storageAccounts/blobServices/containers/write", f"{SUBSCRIPTION}/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/c"),
    ("Microsoft.Storage/storageAccounts/write", f"{SUBSCRIPTION}/Microsoft.Storage/storageAccounts/a"),
    ("Microsoft.Sql/servers/firewallRules/write", f"{SUBSCRIPTION}/Microsoft.Sql/servers/s/firewallRules/r"),
    ("Microsoft.Network/networkWatchers/flowLogs/write", f"{SUBSCRIPTION}/Microsoft.Network/networkWatchers/w/flowLogs/f"),
    ("Microsoft.Compute/disks/beginGetAccess/action", f"{SUBSCRIPTION}/Microsoft.Compute/disks/d"),
    ("Microsoft.Network/networkInterfaces/write", "no path at all"),
]  # fmt: skip
_GCP = [
    "v1.compute.firewalls.insert", "v1.compute.firewalls.patch", "v1.compute.firewalls.delete", "v1.compute.instances.insert",
    "v1.compute.instances.setTags", "v1.compute.instances.addAccessConfig", "storage.setIamPermissions", "storage.buckets.update",
    "v1.compute.images.setIamPolicy", "cloudsql.instances.update", "v1.compute.subnetworks.patch", "DeleteSink",
]  # fmt: skip
_OUTCOME = st.sampled_from([Outcome.SUCCEEDED, Outcome.SUCCEEDED, Outcome.BEGUN])


def change(
    platform: str, operation: str, resource: str, at: int, outcome: Outcome, content: dict[str, Any]
) -> Change:
    return Change(
        at=at * SECOND,
        platform=platform,
        operation=operation,
        resource=resource,
        outcome=outcome,
        correlation=str(at),
        content=content,
    )


_CHANGES = st.one_of(
    st.builds(
        lambda name, request, response, service, at, outcome: change(
            "aws", name, "sg-1", at, outcome, {"service": service, "account": "1", "request": request, "response": response}
        ),
        st.sampled_from(_AWS), _CONTENT, _CONTENT, st.sampled_from(["ec2", "s3", "rds", "cloudtrail", "kms"]), st.integers(1, 9), _OUTCOME,
    ),
    st.builds(
        lambda what, request, response, at, outcome: change("azure", *what, at, outcome, {"request": request, "response": response}),
        st.sampled_from(_AZURE), _CONTENT, _CONTENT, st.integers(1, 9), _OUTCOME,
    ),
    st.builds(
        lambda name, request, more, at, outcome: change(
            "gcp", name, "projects/desk/global/firewalls/x", at, outcome, {"request": request, "service_data": more, "metadata": more}
        ),
        st.sampled_from(_GCP), _CONTENT, _CONTENT, st.integers(1, 9), _OUTCOME,
    ),
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(_CHANGES, max_size=5))
def test_nothing_in_a_log_makes_the_replay_fail(changes: list[Change]) -> None:
    found = windows(changes, intent=Intent())
    assert all(each.span.start < each.span.end for each in found.windows)


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        "text",
        {"Vpcs": 1, "SecurityGroups": [1, {"GroupId": 5}, {"GroupId": "sg-1", "IpPermissions": "x"}]},
        {"value": [{"id": 3}]},
    ],
)
def test_a_hostile_baseline_is_no_end(tmp_path: Path, content: Any) -> None:
    import json

    path = tmp_path / "b.json"
    path.write_text(json.dumps(content))
    windows([], intent=Intent(), baseline=[path])


def test_words_hold_no_value_of_a_request() -> None:
    rule = {"ipProtocol": "tcp", "fromPort": SECRET, "ipRanges": {"items": [{"cidrIp": SECRET}]}}
    content = {
        "service": "ec2",
        "account": "1",
        "request": {"groupId": "sg-1", "ipPermissions": {"items": [rule]}, "other": SECRET},
        "response": {},
    }
    found = windows(
        [change("aws", "AuthorizeSecurityGroupIngress", "sg-1", 1, Outcome.SUCCEEDED, content)],
        intent=Intent(),
    )
    assert not re.search(SECRET, " ".join(found.unresolved))
