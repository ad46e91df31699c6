"""Windows from CloudTrail: groups, rules in every way of writing, snapshots and buckets, flow logs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from window_tell import authorize, aws, create, delete, permission, revoke, spans

from hushdesk.guard import STORE_PORTS, AddressSet, Approval, GuardedStore, Intent
from hushdesk.guard import ports as some_ports
from hushdesk.incident import ALWAYS, EVER, SECOND, Coverage, Gap, Opening, Outcome, Sees
from hushdesk.incident.window import Own, Replayed, windows

NEVER_ENDS = float("inf")
BEFORE = float("-inf")


def replay(*changes: Any, **more: Any) -> Replayed:
    return windows(changes, **{"intent": Intent(), **more})


def test_a_rule_opens_and_its_revocation_closes() -> None:
    found = replay(
        create(1, "sg-1"),
        authorize(10, "sg-1", 9200, "0.0.0.0/0", "::/0"),
        revoke(50, "sg-1", 9200, "0.0.0.0/0"),
        revoke(60, "sg-1", 9200, "::/0"),
    )
    (window,) = found.windows
    assert (window.resource, window.protocol, window.port, window.opening, window.network) == (
        "sg-1",
        "tcp",
        9200,
        Opening.NETWORK,
        "vpc-1",
    )
    assert spans(found.windows) == [(10, 60)]
    assert window.sources is not None
    assert "8.8.8.8" in window.sources
    assert "2600::1" in window.sources
    assert "10.0.0.1" not in window.sources
    assert window.certain == window.sources
    assert window.doubt == ""
    assert (window.opened_by.operation, window.closed_by.at) == ("AuthorizeSecurityGroupIngress", 60 * SECOND)


@pytest.mark.parametrize(
    "request_",
    [
        {"ipPermissions": {"items": [permission(9200, "0.0.0.0/0")]}},
        {"ipPermissions": {}, "ipProtocol": "tcp", "fromPort": 9200, "toPort": 9200, "cidrIp": "0.0.0.0/0"},
        {"ipPermissions": {}, "ipProtocol": "6", "fromPort": "9200", "toPort": "9200", "cidrIp": "0.0.0.0/0"},
        {"IpPermissions": [{"IpProtocol": "tcp", "FromPort": 9200, "ToPort": 9200, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]},
        {"ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 9200, "toPort": 9200, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}, {"cidrIp": "10.0.0.0/8"}]}}]}},
        {"ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 9200, "toPort": 9200, "ipv6Ranges": {"items": [{"cidrIpv6": "::/0"}]}}]}},
        {"ipPermissions": {"items": [permission((9150, 9250), "8.0.0.0/8")]}},
        {"ipPermissions": {"items": [permission(0, "0.0.0.0/0", protocol="-1")]}},
    ],
)  # fmt: skip
def test_both_shapes_of_a_permission(request_: dict[str, Any]) -> None:
    opened = aws(10, "AuthorizeSecurityGroupIngress", {"groupId": "sg-1", **request_})
    closed = aws(20, "RevokeSecurityGroupIngress", {"groupId": "sg-1", **request_})
    assert spans(replay(opened, closed).windows, port=9200) == [(10, 20)]


@pytest.mark.parametrize("more", [{"outcome": Outcome.FAILED}, {"outcome": Outcome.DRY_RUN}])
def test_what_failed_or_was_tried_dry_does_not_count(more: dict[str, Any]) -> None:
    assert not replay(authorize(10, "sg-1", 9200, "0.0.0.0/0", **more)).windows
    kept = replay(authorize(10, "sg-1", 9200, "0.0.0.0/0"), revoke(20, "sg-1", 9200, "0.0.0.0/0", **more))
    assert spans(kept.windows) == [(10, NEVER_ENDS)]


def test_what_lets_in_nobody_from_outside_opens_nothing() -> None:
    assert not replay(
        create(1, "sg-1"),
        authorize(2, "sg-1", 9200, "10.0.0.0/8", "192.168.0.0/16", "fd00::/8"),
        authorize(3, "sg-1", 9200, "sg-2"),
        authorize(4, "sg-1", 9200, "0.0.0.0/0", resource="sg-1", outcome=Outcome.FAILED),
        aws(5, "AuthorizeSecurityGroupEgress", {"groupId": "sg-1", "ipPermissions": {"items": [permission(9200, "0.0.0.0/0")]}}),
        aws(6, "UpdateSecurityGroupRuleDescriptionsIngress", {"groupId": "sg-1", "ipPermissions": {"items": [permission(9200, "0.0.0.0/0")]}}),
    ).windows  # fmt: skip


def test_a_revocation_of_egress_closes_nothing() -> None:
    found = replay(
        authorize(10, "sg-1", 9200, "0.0.0.0/0"),
        aws(
            20,
            "RevokeSecurityGroupEgress",
            {"groupId": "sg-1", "ipPermissions": {"items": [permission(9200, "0.0.0.0/0")]}},
        ),
        delete(30, "sg-1"),
    )
    assert spans(found.windows) == [(10, 30)]


def test_overlapping_rules_keep_one_window_open() -> None:
    found = replay(
        authorize(10, "sg-1", 9200, "8.8.8.0/24"),
        authorize(20, "sg-1", (9000, 9999), "9.9.9.0/24"),
        revoke(30, "sg-1", 9200, "8.8.8.0/24"),
        revoke(40, "sg-1", (9000, 9999), "9.9.9.0/24"),
    )
    assert spans(found.windows, port=9200) == [(10, 40)]
    (window,) = (each for each in found.windows if each.port == 9200)
    assert window.sources == AddressSet.parse("8.8.8.0/24", "9.9.9.0/24")
    assert spans(found.windows, port=9300) == [(20, 40)]


def test_rules_are_known_by_their_ids_too() -> None:
    answer = {
        "_return": True,
        "securityGroupRuleSet": {
            "items": [
                {
                    "groupId": "sg-1",
                    "securityGroupRuleId": "sgr-1",
                    "isEgress": False,
                    "ipProtocol": "tcp",
                    "fromPort": 9200,
                    "toPort": 9200,
                    "cidrIpv4": "0.0.0.0/0",
                }
            ]
        },
    }
    opened = aws(
        10,
        "AuthorizeSecurityGroupIngress",
        {"groupId": "sg-1", "ipPermissions": {"items": [permission(9200, "0.0.0.0/0")]}},
        answer,
    )
    moved = aws(
        20,
        "ModifySecurityGroupRules",
        {
            "ModifySecurityGroupRulesRequest": {
                "GroupId": "sg-1",
                "SecurityGroupRule": {
                    "SecurityGroupRuleId": "sgr-1",
                    "tag": 1,
                    "SecurityGroupRule": {
                        "IpProtocol": "tcp",
                        "FromPort": 5432,
                        "ToPort": 5432,
                        "CidrIpv4": "8.8.8.8/32",
                    },
                },
            }
        },
        resource="sg-1",
    )
    revoked = aws(
        30,
        "RevokeSecurityGroupIngress",
        {
            "groupId": "sg-1",
            "ipPermissions": {},
            "securityGroupRuleIds": {"items": [{"securityGroupRuleId": "sgr-1"}]},
        },
    )
    found = replay(opened, moved, revoked)
    assert (spans(found.windows, port=9200), spans(found.windows, port=5432)) == ([(10, 20)], [(20, 30)])
    assert not [word for word in found.unresolved if "network" not in word]


def test_what_closes_without_having_opened_was_open_before() -> None:
    found = replay(
        revoke(20, "sg-1", 9200, "0.0.0.0/0"),
        authorize(30, "sg-1", 9200, "0.0.0.0/0"),
        known_from=10 * SECOND,
    )
    assert spans(found.windows) == [(BEFORE, 20), (30, NEVER_ENDS)]
    assert [window.doubt for window in found.windows] == ["its opening lies before the evidence", ""]
    assert found.windows[0].opened_by is None
    assert any("1970-01-01T00:00:10Z" in word for word in found.unresolved)
    # A group that was made within the evidence had no rule before.
    assert not replay(create(1, "sg-1"), revoke(20, "sg-1", 9200, "0.0.0.0/0")).windows


def test_one_second_holds_more_than_one_change() -> None:
    opened, closed = authorize(10, "sg-1", 9200, "0.0.0.0/0"), revoke(10, "sg-1", 9200, "0.0.0.0/0")
    assert spans(replay(create(1, "sg-1"), opened, closed).windows) == [(10, 11)]
    # It was open before: then it can only have been taken away first.
    before = authorize(5, "sg-1", 9200, "0.0.0.0/0")
    assert spans(replay(create(1, "sg-1"), before, closed, opened).windows) == [(5, NEVER_ENDS)]


def test_intent_and_own_addresses_open_nothing() -> None:
    store = GuardedStore(
        "cases",
        "elasticsearch",
        ("sg-1",),
        AddressSet(),
        (9200,),
        "",
        (Approval(AddressSet.parse("8.8.8.0/24"), some_ports(9200), "partner"),),
    )
    intent = Intent((store,), "intent.toml")
    opened = (
        authorize(10, "sg-1", 9200, "8.8.8.0/25"),
        authorize(20, "sg-1", 9200, "8.8.0.0/16"),
        authorize(20, "sg-1", 22, "0.0.0.0/0"),
    )
    found = replay(*opened, intent=intent)
    assert spans(found.windows) == [(20, NEVER_ENDS)]
    (window,) = found.windows
    assert window.store == "cases"
    assert window.sources == AddressSet.parse("8.8.0.0/16") - AddressSet.parse("8.8.8.0/24")
    own = Own(addresses=AddressSet.parse("8.8.0.0/16"))
    assert not replay(*opened[:2], own=own).windows


@pytest.mark.parametrize(
    ("opened", "ports", "looked_at"),
    [
        ((9200, 9200), (9200, 9200), {9200}),
        ((9190, 9210), (9190, 9210), set(range(9190, 9211))),
        ((30000, 32767), (30000, 32767), {30000}),
    ],
)
def test_a_range_of_ports_is_said(
    opened: tuple[int, int], ports: tuple[int, int], looked_at: set[int]
) -> None:
    found = replay(authorize(10, "sg-1", opened, "0.0.0.0/0"))
    assert {each.ports for each in found.windows} == {ports}
    assert {each.port for each in found.windows} == looked_at
    # The group was made before the evidence: nothing says in which network.
    assert any("in which network sg-1 lies" in word for word in found.unresolved)


def test_a_rule_for_everything_is_looked_at_on_the_ports_of_stores() -> None:
    every = aws(
        10,
        "AuthorizeSecurityGroupIngress",
        {"groupId": "sg-1", "ipPermissions": {"items": [permission(0, "0.0.0.0/0", protocol="-1")]}},
    )
    found = replay(every)
    assert {(each.protocol, each.port) for each in found.windows} == set(STORE_PORTS)
    assert {each.ports for each in found.windows} == {(0, 65535)}


def test_what_comes_after_the_end_is_left_out_and_said() -> None:
    found = replay(
        authorize(10, "sg-1", 9200, "0.0.0.0/0"), revoke(20, "sg-1", 9200, "0.0.0.0/0"), until=15 * SECOND
    )
    assert spans(found.windows) == [(10, NEVER_ENDS)]
    assert any("left out" in word for word in found.unresolved)


def test_a_change_whose_content_is_not_logged_is_said() -> None:
    found = replay(aws(10, "AuthorizeSecurityGroupIngress", {"groupId": "sg-1"}))
    assert not found.windows
    assert any("the log does not hold which" in word for word in found.unresolved)


ME = "111122223333"
THEM = "444455556666"


def shared(operation: str, request: dict[str, Any], at: float, **more: Any) -> Any:
    resource = str(
        request.get("snapshotId")
        or request.get("imageId")
        or request.get("bucketName")
        or request.get("dBSnapshotIdentifier")
        or request.get("dBClusterSnapshotIdentifier")
    )
    return aws(at, operation, request, resource=resource, **more)


def volumes(at: float, word: str, *whom: dict[str, str]) -> Any:
    return shared(
        "ModifySnapshotAttribute",
        {"snapshotId": "snap-1", "createVolumePermission": {word: {"items": list(whom)}}},
        at,
    )


def test_copies_of_disks_and_images() -> None:
    found = replay(
        volumes(10, "add", {"userId": THEM}, {"userId": ME}, {"group": "all"}),
        volumes(20, "remove", {"userId": THEM}),
        shared("ResetSnapshotAttribute", {"snapshotId": "snap-1"}, 30),
        shared(
            "ModifyImageAttribute",
            {"imageId": "ami-1", "launchPermission": {"add": {"items": [{"group": "all"}]}}},
            40,
        ),
        shared("DeregisterImage", {"imageId": "ami-1"}, 50),
        shared(
            "ModifySnapshotAttribute",
            {"snapshotId": "snap-2", "createVolumePermission": {"remove": {"items": [{"userId": THEM}]}}},
            60,
        ),
    )
    told = [(each.resource, each.shared_with, *spans([each])[0], each.opening) for each in found.windows]
    assert told == [
        ("snap-2", THEM, BEFORE, 60, Opening.SHARE),
        ("snap-1", THEM, 10, 20, Opening.SHARE),
        ("snap-1", "everybody", 10, 30, Opening.SHARE),
        ("ami-1", "everybody", 40, 50, Opening.SHARE),
    ]
    assert found.windows[0].doubt == "its opening lies before the evidence"
    assert not replay(volumes(10, "add", {"userId": THEM}), own=Own(accounts=frozenset({THEM}))).windows


@pytest.mark.parametrize("kind", ["DBSnapshot", "DBClusterSnapshot"])
def test_copies_of_databases(kind: str) -> None:
    key = f"d{kind[1:]}Identifier"

    def change(at: float, **values: Any) -> Any:
        return shared(
            f"Modify{kind}Attribute", {key: "copy", "attributeName": "restore", **values}, at, service="rds"
        )

    found = replay(
        change(10, valuesToAdd=[THEM, "all"]),
        change(20, valuesToRemove=[THEM]),
        shared(f"Delete{kind}", {key: "copy"}, 30, service="rds"),
    )
    assert [(each.shared_with, *spans([each])[0]) for each in found.windows] == [
        (THEM, 10, 20),
        ("everybody", 10, 30),
    ]


def policy(at: float, *statements: dict[str, Any]) -> Any:
    return shared(
        "PutBucketPolicy",
        {"bucketName": "backup", "bucketPolicy": {"Version": "2012-10-17", "Statement": list(statements)}},
        at,
        service="s3",
    )


def allow(principal: Any, action: Any = "s3:GetObject", **more: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": "arn:aws:s3:::backup/*",
        **more,
    }


@pytest.mark.parametrize(
    ("statement", "whom"),
    [
        (allow("*"), "everybody"),
        (allow({"AWS": "*"}, "s3:*"), "everybody"),
        (
            allow({"AWS": f"arn:aws:iam::{THEM}:root"}, ["s3:PutObject", "s3:Get*"]),
            f"arn:aws:iam::{THEM}:root",
        ),
        (allow({"AWS": [THEM]}, "s3:ListBucket"), THEM),
        (allow({"AWS": f"arn:aws:iam::{ME}:root"}), ""),
        (allow({"Service": "cloudtrail.amazonaws.com"}), ""),
        (allow("*", "s3:PutObject"), ""),
        ({**allow("*"), "Effect": "Deny"}, ""),
    ],
)
def test_policies_of_buckets(statement: dict[str, Any], whom: str) -> None:
    closed = shared("DeleteBucketPolicy", {"bucketName": "backup"}, 20, service="s3")
    found = replay(policy(10, statement), closed)
    assert [(each.shared_with, *spans([each])[0]) for each in found.windows] == (
        [(whom, 10, 20)] if whom else []
    )


def test_a_condition_is_a_doubt_and_another_policy_takes_its_place() -> None:
    found = replay(
        policy(10, allow("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
        policy(20, allow("*")),
        policy(30, allow({"AWS": THEM})),
        shared("DeleteBucket", {"bucketName": "backup"}, 40, service="s3"),
    )
    assert [(each.shared_with, *spans([each])[0], bool(each.doubt)) for each in found.windows] == [
        ("everybody", 10, 20, True), ("everybody", 20, 30, False), (THEM, 30, 40, False),
    ]  # fmt: skip


def test_access_lists_and_the_block_of_public_access() -> None:
    def block(at: float, **switches: bool) -> Any:
        return shared(
            "PutBucketPublicAccessBlock",
            {"bucketName": "backup", "PublicAccessBlockConfiguration": switches},
            at,
            service="s3",
        )

    everybody = {
        "Grantee": {"xsi:type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"},
        "Permission": "READ",
    }
    found = replay(
        shared("PutBucketAcl", {"bucketName": "backup", "x-amz-acl": ["public-read"]}, 10, service="s3"),
        shared("PutBucketAcl", {"bucketName": "backup", "x-amz-acl": ["private"]}, 20, service="s3"),
        shared(
            "PutBucketAcl",
            {"bucketName": "backup", "AccessControlPolicy": {"AccessControlList": {"Grant": [everybody]}}},
            30,
            service="s3",
        ),
        block(40, IgnorePublicAcls=True, RestrictPublicBuckets=False),
        policy(50, allow("*")),
        block(60, IgnorePublicAcls=True, RestrictPublicBuckets=True),
    )
    assert spans(found.windows) == [(10, 20), (30, 40), (50, 60)]


def flow_logs(at: float, resource: str, ident: str) -> Any:
    return aws(
        at,
        "CreateFlowLogs",
        {"CreateFlowLogsRequest": {"ResourceId": {"tag": 1, "content": resource}, "ResourceType": "VPC"}},
        {"CreateFlowLogsResponse": {"unsuccessful": "", "flowLogIdSet": {"item": ident}}},
        resource=resource,
    )


def test_networks_without_a_flow_log_are_named() -> None:
    made = aws(1, "CreateVpc", {"cidrBlock": "10.0.0.0/16"}, {"vpc": {"vpcId": "vpc-1"}}, resource="vpc-1")
    opened = authorize(10, "sg-1", 9200, "0.0.0.0/0")
    found = replay(made, create(2, "sg-1", "vpc-1"), opened)
    gaps = [each for each in found.coverage if isinstance(each, Gap)]
    assert {(gap.of, gap.spans, gap.why) for gap in gaps} == {
        ("vpc-1", ALWAYS, "vpc-1 had no flow log at all"), ("sg-1", ALWAYS, "vpc-1 had no flow log at all"),
    }  # fmt: skip
    deleted = aws(
        40,
        "DeleteFlowLogs",
        {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-1"}}},
        resource="fl-1",
    )
    found = replay(made, create(2, "sg-1", "vpc-1"), opened, flow_logs(30, "vpc-1", "fl-1"), deleted)
    (coverage,) = (each for each in found.coverage if isinstance(each, Coverage))
    assert [(span.start, span.end) for span in coverage.spans] == [(30 * SECOND, 40 * SECOND)]
    assert coverage.sees is Sees.NOTHING
    gap = next(each for each in found.coverage if isinstance(each, Gap) and each.of == "sg-1")
    assert [(span.start, span.end) for span in gap.spans] == [(-EVER, 30 * SECOND), (40 * SECOND, EVER)]
    # Nothing tells of a network that was there before.
    found = replay(create(2, "sg-1", "vpc-1"), opened)
    assert not found.coverage
    assert found.unresolved == ("whether vpc-1 had a flow log is not in the evidence",)


def test_stopped_trails_are_gaps_that_end_in_another_file() -> None:
    def trail(at: float, name: str, **more: Any) -> Any:
        return aws(at, name, {"name": "main"}, service="cloudtrail", resource="main", **more)

    found = replay(
        trail(10, "StopLogging"),
        trail(15, "StopLogging", outcome=Outcome.FAILED),
        trail(20, "StartLogging"),
        trail(30, "DeleteTrail"),
    )
    gaps = [each for each in found.coverage if isinstance(each, Gap)]
    assert [(gap.of, [(span.start, span.end) for span in gap.spans]) for gap in gaps] == [
        ("trail main", [(10 * SECOND, 20 * SECOND)]), ("trail main", [(30 * SECOND, EVER)]),
    ]  # fmt: skip


def estate(tmp_path: Path, *, public: bool = True, groups: tuple[str, ...] = ("sg-1",)) -> Path:
    """An instance behind an internet gateway, as the API describes it."""
    interface = {
        "NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "VpcId": "vpc-1", "PrivateIpAddress": "10.0.1.5",
        "Groups": [{"GroupId": each} for each in groups], "Attachment": {"InstanceId": "i-1", "AttachmentId": "eni-attach-1"},
        **({"Association": {"PublicIp": "203.0.113.5"}} if public else {}),
    }  # fmt: skip
    answers = {
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"}],
        "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1"}]}],
        "RouteTables": [{
            "RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": True, "RouteTableAssociationId": "rtbassoc-1"}],
            "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}, {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}],
        }],
        "NetworkAcls": [{
            "NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": True, "Associations": [{"SubnetId": "subnet-1"}],
            "Entries": [
                {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": False, "CidrBlock": "0.0.0.0/0"},
                {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": True, "CidrBlock": "0.0.0.0/0"},
            ],
        }],
        "SecurityGroups": [{"GroupId": each, "GroupName": f"name of {each}", "VpcId": "vpc-1", "IpPermissions": []} for each in ("sg-1", "sg-2")],
        "NetworkInterfaces": [interface],
        "FlowLogs": [{"FlowLogId": "fl-1", "ResourceId": "vpc-1"}],
    }  # fmt: skip
    path = tmp_path / "estate.json"
    path.write_text(json.dumps(answers))
    return path


def on_instance(found: Replayed, port: int = 9200) -> list[tuple[float, float]]:
    return spans((each for each in found.windows if each.resource in {"eni-1", "i-1"}), port=port)


def test_with_a_baseline_the_way_in_counts(tmp_path: Path) -> None:
    opened, closed = authorize(10, "sg-1", 9200, "0.0.0.0/0"), revoke(90, "sg-1", 9200, "0.0.0.0/0")
    assert on_instance(replay(opened, closed, baseline=[estate(tmp_path)])) == [(10, 90)]
    assert on_instance(replay(opened, closed, baseline=[estate(tmp_path, public=False)])) == []
    base = [estate(tmp_path)]
    entry = {
        "networkAclId": "acl-1",
        "ruleNumber": 50,
        "egress": False,
        "ruleAction": "deny",
        "cidrBlock": "0.0.0.0/0",
        "aclProtocol": "-1",
    }
    denied = aws(30, "CreateNetworkAclEntry", entry, resource="acl-1")
    again = aws(
        40,
        "DeleteNetworkAclEntry",
        {"networkAclId": "acl-1", "ruleNumber": 50, "egress": False},
        resource="acl-1",
    )
    assert on_instance(replay(opened, denied, again, closed, baseline=base)) == [(10, 30), (40, 90)]
    no_route = aws(
        50, "DeleteRoute", {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0"}, resource="rtb-1"
    )
    assert on_instance(replay(opened, no_route, closed, baseline=base)) == [(10, 50)]
    moved = aws(
        20,
        "ModifyNetworkInterfaceAttribute",
        {"networkInterfaceId": "eni-1", "groupSet": {"items": [{"groupId": "sg-2"}]}},
        resource="eni-1",
    )
    found = replay(opened, moved, closed, baseline=base)
    assert on_instance(found) == [(10, 20)]
    # Nothing has the group any longer: from then on it is said what it would let in.
    assert spans(found.windows, resource="sg-1", port=9200) == [(20, 90)]
    gone = aws(25, "DeleteNetworkInterface", {"networkInterfaceId": "eni-1"}, resource="eni-1")
    assert on_instance(replay(opened, gone, baseline=base)) == [(10, 25)]


def test_a_baseline_says_what_was_open_at_the_beginning(tmp_path: Path) -> None:
    path = estate(tmp_path)
    held = json.loads(path.read_text())
    held["SecurityGroups"][0]["IpPermissions"] = [
        {"IpProtocol": "tcp", "FromPort": 9200, "ToPort": 9200, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ]
    path.write_text(json.dumps(held))
    found = replay(revoke(20, "sg-1", 9200, "0.0.0.0/0"), baseline=[path])
    assert on_instance(found) == [(BEFORE, 20)]
    (window,) = found.windows
    assert (window.doubt, window.network) == ("", "vpc-1")
    assert "203.0.113.5" in window.names
    assert spans(replay(baseline=[path]).windows) == [(BEFORE, NEVER_ENDS)]
    # The baseline lists the flow log of this network: there is no gap.
    assert [each.of for each in found.coverage if isinstance(each, Gap)] == []


def test_a_baseline_that_is_none_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"resources": 1}')
    found = replay(authorize(10, "sg-1", 9200, "0.0.0.0/0"), baseline=[path])
    assert any("holds no answer" in word for word in found.unresolved)


def test_a_database_with_a_public_address(tmp_path: Path) -> None:
    def modify(at: float, *, public: bool) -> Any:
        told = {
            "dBInstanceIdentifier": "db",
            "engine": "postgres",
            "vpcSecurityGroups": [{"vpcSecurityGroupId": "sg-1"}],
            "publiclyAccessible": not public,
            "dbInstancePort": 0,
        }
        return aws(
            at,
            "ModifyDBInstance",
            {"dBInstanceIdentifier": "db", "publiclyAccessible": public},
            told,
            service="rds",
            resource="db",
        )

    found = replay(
        create(1, "sg-1"),
        authorize(5, "sg-1", 5432, "8.8.8.0/24"),
        modify(10, public=True),
        modify(20, public=False),
    )
    assert spans(found.windows, resource="db", port=5432) == [(10, 20)]
