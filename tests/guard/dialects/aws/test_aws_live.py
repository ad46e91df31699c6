"""Answers of the API, in one file, in many, wrapped by a recorder, and broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Endpoint, Malformed
from hushdesk.guard.dialects.aws import AwsDialect
from hushdesk.guard.dialects.aws._live_shapes import READERS
from hushdesk.guard.reach import reach

Read = Callable[..., Any]
VPC = {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}
SUBNET = {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"}]}
TABLE = {
    "RouteTables": [
        {
            "RouteTableId": "rtb-1",
            "VpcId": "vpc-1",
            "Associations": [{"Main": True}],
            "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}],
        }
    ]
}
OPEN = {"Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100, "CidrBlock": "0.0.0.0/0"}
ACL = {
    "NetworkAcls": [
        {
            "NetworkAclId": "acl-1",
            "VpcId": "vpc-1",
            "IsDefault": True,
            "Entries": [{**OPEN, "Egress": True}, {**OPEN, "Egress": False}],
        }
    ]
}
GROUP = {
    "SecurityGroups": [
        {
            "GroupId": "sg-1",
            "GroupName": "search",
            "VpcId": "vpc-1",
            "IpPermissions": [
                {
                    "IpProtocol": "tcp",
                    "FromPort": 9200,
                    "ToPort": 9200,
                    "IpRanges": [{"CidrIp": "8.8.0.0/16"}],
                }
            ],
        }
    ]
}
INSTANCE = {
    "Reservations": [
        {
            "Instances": [
                {
                    "InstanceId": "i-1",
                    "SubnetId": "subnet-1",
                    "VpcId": "vpc-1",
                    "State": {"Name": "running"},
                    "PublicIpAddress": "52.1.2.3",
                    "SecurityGroups": [{"GroupId": "sg-1"}],
                }
            ]
        }
    ]
}
ALL = [VPC, SUBNET, TABLE, ACL, GROUP, INSTANCE]


def expect(answers: Any) -> None:
    assert not answers.malformed
    assert "8.8.8.8" in answers.reach("i-1", 9200).lower
    assert "9.9.9.9" not in answers.reach("i-1", 9200).upper


def test_answers_in_one_file_and_in_many(read_content: Read) -> None:
    expect(read_content({key: value for answer in ALL for key, value in answer.items()}))
    expect(read_content(*ALL))


def test_recorded_answers_are_unwrapped(read_content: Read) -> None:
    expect(
        read_content(*({"status_code": 200, "data": {**answer, "ResponseMetadata": {}}} for answer in ALL))
    )


def test_a_recorded_error_is_noted(read_content: Read) -> None:
    answers = read_content({"status_code": 403, "data": {"Error": {"Code": "UnauthorizedOperation"}}})
    assert len(answers.not_looked_at) == 1


def test_a_later_answer_replaces_an_earlier_one(read_files: Read) -> None:
    before = json.dumps({"Vpcs": VPC["Vpcs"], **GROUP})
    after = before.replace("8.8.0.0/16", "9.9.0.0/16")
    answers = read_files(ec2_9_json=before, ec2_10_json=after)
    assert answers.reach("sg-1", 9200).upper == AddressSet.parse("9.9.0.0/16")


def test_answers_of_another_folder_are_another_account() -> None:
    documents = [Document(f"one/{index}.json", "json", each) for index, each in enumerate(ALL)]
    other = Document(
        "two/groups.json", "json", json.loads(json.dumps(GROUP).replace("8.8.0.0/16", "9.9.0.0/16"))
    )
    names = [
        (each.name, each.attached)
        for each in AwsDialect().read([other, *documents], World())
        if hasattr(each, "attached")
    ]
    assert sorted(names) == [("i-1", True), ("sg-1", False)]


def test_groups_are_shown_by_name_and_id(read_content: Read) -> None:
    answers = read_content(GROUP)
    assert answers.endpoint("sg-1").aliases == ("search",)
    answers = read_content(*ALL)
    (part,) = answers.reach("i-1", 9200).parts(AddressSet.parse("8.8.8.8/32"))
    assert any("search (sg-1)" in each.name for each in part.deciders)
    assert {each.place.pointer for each in part.deciders} & {"SecurityGroups[0].IpPermissions[0]"}


def test_other_answers(read_content: Read) -> None:
    answers = read_content(
        *ALL[:-1],
        {
            "DBInstances": [
                {
                    "DBInstanceIdentifier": "db",
                    "Engine": "mysql",
                    "PubliclyAccessible": True,
                    "Endpoint": {"Port": 9200},
                    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
                    "DBSubnetGroup": {"Subnets": [{"SubnetIdentifier": "subnet-1"}]},
                }
            ]
        },
        {
            "DBClusters": [
                {
                    "DBClusterIdentifier": "doc",
                    "Engine": "docdb",
                    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
                    "DBSubnetGroup": "names",
                }
            ]
        },
        {"DBSubnetGroups": [{"DBSubnetGroupName": "names", "Subnets": [{"SubnetIdentifier": "subnet-1"}]}]},
        {
            "Clusters": [
                {
                    "ClusterIdentifier": "ware",
                    "PubliclyAccessible": False,
                    "VpcSecurityGroups": [],
                    "ClusterSubnetGroupName": "gone",
                },
                {"clusterArn": "ecs"},
            ]
        },
        {
            "CacheClusters": [
                {
                    "CacheClusterId": "cache",
                    "Engine": "redis",
                    "CacheNodes": [{"Endpoint": {"Port": 6399}}],
                    "SecurityGroups": [{"SecurityGroupId": "sg-1"}],
                    "CacheSubnetGroupName": "gone",
                }
            ]
        },
        {"DomainStatusList": [{"DomainName": "domain", "ElasticsearchVersion": "7.4", "AccessPolicies": ""}]},
        {"PrefixLists": [{"PrefixListId": "pl-1", "Cidrs": ["8.0.0.0/8"]}]},
        {"Firewalls": [{"FirewallName": "wall"}]},
    )
    kinds = {each.name: each.kind for each in answers.endpoints}
    assert kinds == {
        "db": "RDS instance",
        "doc": "DocDB cluster",
        "ware": "Redshift cluster",
        "cache": "ElastiCache",
        "domain": "Elasticsearch domain",
    }
    assert "8.8.8.8" in answers.reach("db", 9200).lower
    assert answers.endpoint("cache").listening.covers("tcp", 6399)
    assert [each.what for each in answers.not_looked_at] == ["wall"]


def test_balancers_of_answers(read_content: Read) -> None:
    target = json.loads(json.dumps(INSTANCE))
    target["Reservations"][0]["Instances"][0].pop("PublicIpAddress")
    base = "arn:aws:elasticloadbalancing:eu:1"
    answers = read_content(
        *ALL[:-1],
        target,
        {"LoadBalancers": [{"LoadBalancerArn": f"{base}:loadbalancer/net/lb/1", "LoadBalancerName": "lb", "Scheme": "internet-facing", "Type": "network", "AvailabilityZones": [{"SubnetId": "subnet-1"}]}]},
        {"Listeners": [{"ListenerArn": f"{base}:listener/net/lb/1/2", "LoadBalancerArn": f"{base}:loadbalancer/net/lb/1", "Port": 80, "Protocol": "TCP", "DefaultActions": []}]},
        {"Rules": [{"RuleArn": f"{base}:listener-rule/net/lb/1/2/3", "Actions": [{"Type": "forward", "TargetGroupArn": f"{base}:targetgroup/tg/1"}]}]},
        {"TargetGroups": [{"TargetGroupArn": f"{base}:targetgroup/tg/1", "Protocol": "TCP", "Port": 9200, "TargetType": "instance", "Attributes": []}]},
        {"LoadBalancerTargetHealth": [{"TargetGroupArn": f"{base}:targetgroup/tg/1", "TargetHealthDescriptions": [{"Target": {"Id": "i-1", "Port": 9200}}]}]},
    )  # fmt: skip
    (part,) = answers.reach("i-1", 9200).parts(AddressSet.parse("8.8.8.8/32"))
    assert part.frontend_port == 80
    assert part.certain


def test_what_is_wrong_is_said_and_the_rest_goes_on(read_content: Read) -> None:
    answers = read_content({**GROUP, "Vpcs": "many", "Subnets": [7], "NetworkAcls": [{"VpcId": "vpc-1"}]})
    assert len(answers.malformed) == 3
    assert "8.8.8.8" in answers.reach("sg-1", 9200).lower


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-1, 70000)
    | st.sampled_from(["", "sg-1", "subnet-1", "vpc-1", "0.0.0.0/0", "tcp", "allow", "x", "igw-1"])
)
keys = st.sampled_from([
    "GroupId", "VpcId", "SubnetId", "IpPermissions", "IpRanges", "CidrIp", "Entries", "Routes", "Associations", "Main", "Egress", "RuleNumber", "RuleAction",
    "CidrBlock", "PortRange", "From", "To", "IpProtocol", "FromPort", "ToPort", "DestinationCidrBlock", "GatewayId", "Groups", "NetworkInterfaces", "Association",
    "PublicIp", "PrivateIpAddress", "Attachment", "InstanceId", "Subnets", "SecurityGroups", "AvailabilityZones", "Listener", "Targets", "Policy", "AccessPolicies",
    "VPCOptions", "SubnetIds", "Endpoint", "Port", "DBSubnetGroup", "Ipv6Addresses", "CidrBlockAssociationSet", "BrokerNodeGroupInfo", "Instances", "Tags",
])  # fmt: skip
ids = st.sampled_from(
    [
        "VpcId",
        "SubnetId",
        "GroupId",
        "RouteTableId",
        "NetworkAclId",
        "NetworkInterfaceId",
        "InstanceId",
        "DBInstanceIdentifier",
        "LoadBalancerArn",
        "ListenerArn",
        "TargetGroupArn",
        "CacheClusterId",
        "DomainName",
        "ClusterArn",
        "Engine",
        "LoadBalancerName",
        "MountTargetId",
    ]
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=10,
)
things = st.builds(
    lambda named, more: {**more, **named},
    st.dictionaries(ids, st.sampled_from(["a", "sg-1", "vpc-1", "subnet-1"]), max_size=4),
    st.dictionaries(keys, values, max_size=5),
)


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.sampled_from(sorted(READERS)), st.lists(things | values, max_size=2) | values, max_size=5
    )
)
def test_it_never_raises(content: dict[str, Any]) -> None:
    document = Document("x.json", "json", content)
    dialect = AwsDialect()
    dialect.claims(document)
    list(dialect.read([document], World()))


def test_a_list_that_was_taken_out_of_its_answer_is_read_too() -> None:
    group = {"GroupId": "sg-1", "GroupName": "x", "VpcId": "vpc-1", "IpPermissions": [
        {"IpProtocol": "tcp", "FromPort": 9200, "ToPort": 9200, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}  # fmt: skip
    document = Document("sg.json", "json", [group, 5])
    dialect = AwsDialect()
    assert dialect.claims(document)
    endpoint, wrong = sorted(dialect.read([document], World()), key=lambda one: type(one).__name__)
    assert isinstance(endpoint, Endpoint)
    assert "8.8.8.8" in reach(endpoint, 9200).lower
    assert endpoint.place.pointer == "[0]"
    assert isinstance(wrong, Malformed)
    for other in ([], [5], [{"GroupId": "x"}], [{"name": "x"}]):
        assert not dialect.claims(Document("x.json", "json", other))
