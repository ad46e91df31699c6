"""Managed stores: whether they are public, on which port, and what signs people in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hushdesk.guard._addresses import EMPTY, PRIVATE, AddressSet
from hushdesk.guard._findings import Authentication
from hushdesk.guard.dialects._resource import Unknown

LATER = Unknown("var.x", "give a value for x")
GROUPS = [{"VpcSecurityGroupId": "sg-1"}]
INSIDE = {"Subnets": [{"SubnetIdentifier": "subnet-1"}]}


def everything(net: Any) -> None:
    net.drop("eni-1")
    net.group("sg-1", {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]})


@pytest.mark.parametrize(
    ("written", "engine", "port"),
    [
        ("postgres", "postgresql", 5432),
        ("aurora-postgresql", "postgresql", 5432),
        ("aurora-mysql", "mysql", 3306),
        ("mysql", "mysql", 3306),
        ("mariadb", "mariadb", 3306),
        ("oracle-se2", "oracle", 1521),
        ("sqlserver-ex", "mssql", 1433),
    ],
)
def test_engines_and_their_ports(net: Any, written: str, engine: str, port: int) -> None:
    everything(net)
    net.add(
        "AWS::RDS::DBInstance",
        "db",
        Engine=written,
        PubliclyAccessible=True,
        VpcSecurityGroups=GROUPS,
        DBSubnetGroup=INSIDE,
    )
    found = net.answers().endpoint("db")
    assert found.engine == engine
    assert found.listening is not None
    assert found.listening.covers("tcp", port)
    assert not found.listening.covers("tcp", port + 1)
    assert "8.8.8.8" in net.reach(port, name="db").lower


def test_a_store_says_its_port_and_whether_it_is_public(net: Any) -> None:
    everything(net)
    net.add(
        "AWS::RDS::DBInstance",
        "db",
        Engine="mysql",
        Endpoint={"Port": 13306, "Address": "db.example.com"},
        PubliclyAccessible=False,
        VpcSecurityGroups=GROUPS,
        DBSubnetGroup=INSIDE,
    )
    found = net.answers().endpoint("db")
    assert found.listening is not None
    assert found.listening.covers("tcp", 13306)
    assert "db.example.com" in found.aliases
    assert net.reach(13306, name="db").upper == AddressSet.parse("10.0.0.0/16")


def test_public_in_a_private_subnet_is_not_reached(net: Any) -> None:
    everything(net)
    net.add("Subnet", "subnet-2", VpcId="vpc-1", CidrBlock="10.0.2.0/24")
    net.add("RouteTable", "rtb-2", VpcId="vpc-1", Associations=[{"SubnetId": "subnet-2"}], Routes=[])
    net.add("AWS::RDS::DBSubnetGroup", "names", Subnets=[{"SubnetIdentifier": "subnet-2"}])
    net.add(
        "AWS::RDS::DBInstance",
        "db",
        Engine="mysql",
        PubliclyAccessible=True,
        VpcSecurityGroups=GROUPS,
        DBSubnetGroup="names",
    )
    assert "8.8.8.8" not in net.reach(3306, name="db").upper
    net.add(
        "AWS::RDS::DBSubnetGroup",
        "names",
        Subnets=[{"SubnetIdentifier": "subnet-2"}, {"SubnetIdentifier": "subnet-1"}],
    )
    assert "8.8.8.8" in net.reach(3306, name="db").upper
    assert "8.8.8.8" not in net.reach(3306, name="db").lower
    net.drop("names")
    assert "8.8.8.8" in net.reach(3306, name="db").upper
    assert net.answers().unresolved


@pytest.mark.parametrize(
    ("told", "upper", "lower"), [(None, True, True), (LATER, True, False), (False, False, False)]
)
def test_where_a_new_one_does_not_say_whether_it_is_public(
    net: Any, told: Any, upper: bool, lower: bool
) -> None:
    everything(net)
    net.add(
        "AWS::RDS::DBInstance",
        "db",
        Engine="mysql",
        PubliclyAccessible=told,
        VpcSecurityGroups=GROUPS,
        DBSubnetGroup=INSIDE,
    )
    found = net.reach(3306, name="db", created=True)
    assert ("8.8.8.8" in found.upper, "8.8.8.8" in found.lower) == (upper, lower)


def test_a_cluster_gives_its_members_groups_and_port_and_takes_their_publicity(net: Any) -> None:
    everything(net)
    net.add(
        "AWS::RDS::DBCluster",
        "cluster",
        Engine="aurora-mysql",
        Port=3307,
        VpcSecurityGroups=GROUPS,
        DBSubnetGroup=INSIDE,
    )
    net.add(
        "AWS::RDS::DBInstance",
        "member",
        DBClusterIdentifier="cluster",
        PubliclyAccessible=True,
        DBSubnetGroup=INSIDE,
    )
    for name in ("cluster", "member"):
        assert "8.8.8.8" in net.reach(3307, name=name, created=True).lower
        assert net.answers(created=True).endpoint(name).engine == "mysql"
    net.add(
        "AWS::RDS::DBInstance",
        "member",
        DBClusterIdentifier="cluster",
        PubliclyAccessible=False,
        DBSubnetGroup=INSIDE,
    )
    assert "8.8.8.8" not in net.reach(3307, name="cluster", created=True).upper


def test_documents_are_never_public_and_graphs_have_no_sign_in_by_default(net: Any) -> None:
    everything(net)
    net.add(
        "AWS::DocDB::DBInstance",
        "doc",
        Engine="docdb",
        PubliclyAccessible=True,
        VpcSecurityGroups=GROUPS,
        DBSubnetGroup=INSIDE,
    )
    net.add("AWS::Neptune::DBCluster", "graph", VpcSecurityGroups=GROUPS, DBSubnetGroup=INSIDE)
    answers = net.answers()
    assert answers.endpoint("doc").engine == "mongodb"
    assert answers.reach("doc", 27017).upper == AddressSet.parse("10.0.0.0/16")
    assert answers.endpoint("graph").engine == "neptune"
    assert answers.endpoint("graph").posture.authentication is Authentication.NONE
    assert answers.reach("graph", 8182).upper == AddressSet.parse("10.0.0.0/16")


def test_redshift(net: Any) -> None:
    everything(net)
    net.add("AWS::Redshift::ClusterSubnetGroup", "names", Subnets=[{"SubnetIdentifier": "subnet-1"}])
    net.add(
        "AWS::Redshift::Cluster",
        "ware",
        PubliclyAccessible=True,
        VpcSecurityGroups=GROUPS,
        ClusterSubnetGroupName="names",
    )
    net.add(
        "AWS::RedshiftServerless::Workgroup",
        "work",
        publiclyAccessible=True,
        securityGroupIds=["sg-1"],
        subnetIds=["subnet-1"],
        port=5440,
    )
    answers = net.answers()
    assert "8.8.8.8" in answers.reach("ware", 5439).lower
    assert "8.8.8.8" in answers.reach("work", 5440).lower


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, Authentication.NONE),
        ({"AuthTokenEnabled": True}, Authentication.REQUIRED),
        ({"AuthTokenEnabled": LATER}, Authentication.UNKNOWN),
        ({"UserGroupIds": ["u"]}, Authentication.REQUIRED),
    ],
)
def test_caches(net: Any, more: dict[str, Any], state: Authentication) -> None:
    everything(net)
    net.add("AWS::ElastiCache::SubnetGroup", "names", Subnets=[{"SubnetIdentifier": "subnet-1"}])
    shape = {"SecurityGroups": [{"SecurityGroupId": "sg-1"}], "CacheSubnetGroupName": "names", **more}
    net.add("AWS::ElastiCache::CacheCluster", "mem", Engine="memcached", **shape)
    net.add("AWS::ElastiCache::ReplicationGroup", "red", Engine="redis", Port=6390, **shape)
    answers = net.answers()
    assert (answers.endpoint("mem").engine, answers.endpoint("red").engine) == ("memcached", "redis")
    assert answers.endpoint("red").posture.authentication is state
    assert answers.reach("mem", 11211).upper == AddressSet.parse("10.0.0.0/16")
    assert answers.endpoint("red").listening.covers("tcp", 6390)


def test_other_stores(net: Any) -> None:
    everything(net)
    net.add("AWS::MemoryDB::SubnetGroup", "names", Subnets=[{"Identifier": "subnet-1"}])
    net.add(
        "AWS::MemoryDB::Cluster",
        "memory",
        SecurityGroups=[{"SecurityGroupId": "sg-1"}],
        SubnetGroupName="names",
        ACLName="open-access",
    )
    net.add(
        "AWS::EFS::MountTarget", "files", FileSystemId="fs-1", SubnetId="subnet-1", SecurityGroups=["sg-1"]
    )
    net.add(
        "AWS::DMS::ReplicationInstance",
        "mover",
        PubliclyAccessible=True,
        VpcSecurityGroups=GROUPS,
        ReplicationSubnetGroup=INSIDE,
    )
    answers = net.answers()
    assert answers.endpoint("memory").posture.authentication is Authentication.NONE
    assert answers.reach("memory", 6379).upper == AddressSet.parse("10.0.0.0/16")
    assert answers.endpoint("files").engine == "nfs"
    assert answers.reach("files", 2049).lower == AddressSet.parse("10.0.0.0/16")
    assert "8.8.8.8" in answers.reach("mover", 22).lower
    assert answers.endpoint("mover").listening is None


@pytest.mark.parametrize(
    ("access", "means", "public", "state"),
    [
        ("SERVICE_PROVIDED_EIPS", {"Sasl": {"Iam": {"Enabled": True}}}, True, Authentication.REQUIRED),
        (
            "DISABLED",
            {"Sasl": {"Iam": {"Enabled": True}}, "Unauthenticated": {"Enabled": True}},
            False,
            Authentication.PARTLY,
        ),
        (None, None, False, Authentication.NONE),
    ],
)
def test_kafka(net: Any, access: Any, means: Any, public: bool, state: Authentication) -> None:
    everything(net)
    nodes = {
        "ClientSubnets": ["subnet-1"],
        "SecurityGroups": ["sg-1"],
        "ConnectivityInfo": {"PublicAccess": {"Type": access}},
    }
    net.add("AWS::MSK::Cluster", "kafka", BrokerNodeGroupInfo=nodes, ClientAuthentication=means)
    answers = net.answers()
    assert ("8.8.8.8" in answers.reach("kafka", 9198).upper) is public
    assert answers.endpoint("kafka").posture.authentication is state


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "es:*", "Resource": "*", **more}


OFFICE = {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24"]}}


@pytest.mark.parametrize(
    ("statements", "inside", "outside", "state"),
    [
        ((allow(),), "8.8.8.8", None, Authentication.NONE),
        ((allow({"AWS": "*"}, Condition=OFFICE),), "198.51.100.9", "8.8.8.8", Authentication.NONE),
        ((allow({"AWS": "arn:aws:iam::1:root"}),), "8.8.8.8", None, Authentication.REQUIRED),
        (
            (allow(Condition=OFFICE), allow({"AWS": "arn:aws:iam::1:root"})),
            "8.8.8.8",
            None,
            Authentication.PARTLY,
        ),
        (
            (
                allow(),
                {**allow(Condition={"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}), "Effect": "Deny"},
            ),
            "198.51.100.9",
            "8.8.8.8",
            Authentication.NONE,
        ),
        ((allow(Action="es:DescribeDomain"),), "8.8.8.8", None, Authentication.REQUIRED),
        ((), "8.8.8.8", None, Authentication.REQUIRED),
    ],
)
def test_domains_outside_a_network_are_bound_by_their_policy(
    net: Any, statements: Any, inside: str, outside: str | None, state: Authentication
) -> None:
    net.add(
        "AWS::Elasticsearch::Domain",
        "domain",
        ElasticsearchVersion="7.10",
        AccessPolicies=policy(*statements),
    )
    answers = net.answers()
    assert answers.endpoint("domain").engine == "elasticsearch"
    assert answers.endpoint("domain").posture.authentication is state
    assert inside in answers.reach("domain", 443).lower
    assert outside is None or outside not in answers.reach("domain", 443).upper


@pytest.mark.parametrize(
    "written",
    ["{", LATER, {"Statement": [allow(LATER)]}, policy(allow(Condition={"StringEquals": {"aws:x": "y"}}))],
)
def test_policies_that_nobody_can_read_may_let_in_everybody(net: Any, written: Any) -> None:
    net.add(
        "AWS::OpenSearchService::Domain", "domain", EngineVersion="OpenSearch_2.11", AccessPolicies=written
    )
    answers = net.answers()
    assert answers.endpoint("domain").engine == "opensearch"
    assert "8.8.8.8" in answers.reach("domain", 443).upper


def test_domains_inside_a_network_are_bound_by_their_groups(net: Any) -> None:
    net.drop("eni-1")
    net.group(
        "sg-1", {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/24"}]}
    )
    net.add(
        "AWS::OpenSearchService::Domain",
        "domain",
        VPCOptions={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        AccessPolicies=policy(allow()),
        DomainEndpointOptions={"EnforceHTTPS": True},
    )
    answers = net.answers()
    assert answers.reach("domain", 443).upper == AddressSet.parse("10.0.0.0/24")
    assert not answers.endpoint("domain").listening.covers("tcp", 80)
    net.add("AWS::OpenSearchService::Domain", "domain", VPCOptions=LATER, AccessPolicies=policy(allow()))
    assert "8.8.8.8" in net.reach(443, name="domain").upper
    assert "8.8.8.8" not in net.reach(443, name="domain").lower


def test_fine_grained_access_control_signs_in(net: Any) -> None:
    net.add(
        "AWS::OpenSearchService::Domain",
        "domain",
        AccessPolicies=policy(allow()),
        AdvancedSecurityOptions={"Enabled": True},
    )
    assert net.answers().endpoint("domain").posture.authentication is Authentication.REQUIRED


READ = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


@pytest.mark.parametrize(
    ("properties", "upper", "lower"),
    [
        ({}, None, None),
        ({"Policy": {"Statement": [READ]}}, "8.8.8.8", "8.8.8.8"),
        ({"Policy": {"Statement": [{**READ, "Condition": OFFICE}]}}, "198.51.100.1", "198.51.100.1"),
        (
            {
                "Policy": {"Statement": [READ]},
                "PublicAccessBlockConfiguration": {"RestrictPublicBuckets": True},
            },
            None,
            None,
        ),
        (
            {
                "Policy": {"Statement": [READ]},
                "PublicAccessBlockConfiguration": {"RestrictPublicBuckets": LATER},
            },
            "8.8.8.8",
            None,
        ),
        ({"ACL": "public-read"}, "8.8.8.8", "8.8.8.8"),
        (
            {"ACL": "PublicReadWrite", "PublicAccessBlockConfiguration": {"IgnorePublicAcls": True}},
            None,
            None,
        ),
        ({"ACL": LATER}, "8.8.8.8", None),
        (
            {
                "Grants": [
                    {
                        "Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"},
                        "Permission": "READ",
                    }
                ]
            },
            "8.8.8.8",
            "8.8.8.8",
        ),
        ({"ACL": "private"}, None, None),
    ],
)
def test_buckets(net: Any, properties: dict[str, Any], upper: str | None, lower: str | None) -> None:
    net.add("AWS::S3::Bucket", "bucket", **properties)
    found = net.reach(443, name="bucket")
    assert (found.upper == EMPTY) is (upper is None)
    assert upper is None or upper in found.upper
    assert (found.lower == EMPTY) is (lower is None)
    assert lower is None or lower in found.lower
    state = net.answers().endpoint("bucket").posture.authentication
    assert (state is Authentication.REQUIRED) is (upper is None)


def test_new_buckets_block_public_access_and_an_account_may_block_all(net: Any) -> None:
    net.add("AWS::S3::Bucket", "bucket", ACL="public-read")
    assert net.reach(443, name="bucket", created=True).upper == EMPTY
    assert net.reach(443, name="bucket").upper
    net.add("AWS::S3::AccountPublicAccessBlock", "all", IgnorePublicAcls=True)
    assert net.reach(443, name="bucket").upper == EMPTY


def test_a_private_store_is_never_reached_from_the_internet(net: Any) -> None:
    everything(net)
    net.add(
        "AWS::RDS::DBInstance",
        "db",
        Engine="mysql",
        PubliclyAccessible=False,
        VpcSecurityGroups=[LATER],
        DBSubnetGroup=LATER,
    )
    found = net.reach(3306, name="db", created=True)
    assert found.upper
    assert found.upper <= PRIVATE
