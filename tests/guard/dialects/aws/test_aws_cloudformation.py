"""CloudFormation templates, from text to reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hushdesk.guard._addresses import EMPTY, AddressSet
from hushdesk.guard._dialect import Document, World
from hushdesk.guard.dialects.aws import AwsDialect

NETWORK = """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Office: {Type: String, Default: 198.51.100.0/24}
  Extra: {Type: String}
  Stage: {Type: String}
Conditions:
  Open: !Equals [!Ref Stage, dev]
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Gateway:
    Type: AWS::EC2::InternetGateway
  Link:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  Public:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, MapPublicIpOnLaunch: true}
  Private:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: !Select [2, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]}
  Table:
    Type: AWS::EC2::RouteTable
    Properties: {VpcId: !Ref Vpc}
  Out:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  TableOfPublic:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Public}
"""
GROUP = """
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: search
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 9200, ToPort: 9200, CidrIp: !Ref Office}
"""
SERVER = """
  Server:
    Type: AWS::EC2::Instance
    Properties: {SubnetId: !Ref Public, SecurityGroupIds: [!GetAtt Group.GroupId]}
"""
Read = Callable[..., Any]


def test_a_server_in_a_public_subnet(read_files: Read) -> None:
    answers = read_files(stack_yaml=NETWORK + GROUP + SERVER)
    found = answers.reach("Server", 9200)
    assert found.exact
    assert found.upper == AddressSet.parse("198.51.100.0/24")
    assert answers.endpoint("Server").place.line
    assert not answers.malformed


def test_a_server_in_a_private_subnet(read_files: Read) -> None:
    answers = read_files(stack_yaml=NETWORK + GROUP + SERVER.replace("Public", "Private"))
    assert answers.reach("Server", 9200).upper == EMPTY


def test_the_rule_that_lets_in_is_named_with_its_line(read_files: Read) -> None:
    text = NETWORK + GROUP + SERVER
    answers = read_files(stack_yaml=text)
    (part,) = answers.reach("Server", 9200).parts(AddressSet.parse("198.51.100.7/32"))
    rule = next(each for each in part.deciders if "9200" in each.name)
    assert "Group" in rule.name
    assert (
        "198.51.100.0/24" in text.splitlines()[rule.place.line - 1]
        or "!Ref Office" in text.splitlines()[rule.place.line - 1]
    )


def test_parameters_of_the_user_count(read_files: Read) -> None:
    world = World(parameters={"Office": "8.8.0.0/16"})
    answers = read_files(world, stack_yaml=NETWORK + GROUP + SERVER)
    assert "8.8.8.8" in answers.reach("Server", 9200).lower


def test_stand_alone_rules_join_their_group_also_under_a_condition(read_files: Read) -> None:
    rule = """
  Rule:
    Type: AWS::EC2::SecurityGroupIngress
    Condition: Open
    Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: 9200, ToPort: 9200, CidrIpv6: "::/0", CidrIp: 0.0.0.0/0}
"""
    text = NETWORK + GROUP + SERVER + rule
    found = read_files(stack_yaml=text).reach("Server", 9200)
    assert "8.8.8.8" in found.upper
    assert "8.8.8.8" not in found.lower
    assert (
        "8.8.8.8"
        in read_files(World(parameters={"Stage": "dev"}), stack_yaml=text).reach("Server", 9200).lower
    )
    assert (
        "8.8.8.8"
        not in read_files(World(parameters={"Stage": "prod"}), stack_yaml=text).reach("Server", 9200).upper
    )


def test_a_rule_in_a_choice_is_in_doubt(read_files: Read) -> None:
    group = GROUP + '        - !If [Open, {IpProtocol: "-1", CidrIp: 0.0.0.0/0}, !Ref "AWS::NoValue"]\n'
    found = read_files(stack_yaml=NETWORK + group + SERVER).reach("Server", 22)
    assert "8.8.8.8" in found.upper
    assert found.lower == EMPTY


def test_an_unknown_block_may_be_everything(read_files: Read) -> None:
    answers = read_files(stack_yaml=NETWORK + GROUP.replace("Office", "Extra") + SERVER)
    found = answers.reach("Server", 9200)
    assert "8.8.8.8" in found.upper
    assert found.lower == EMPTY
    assert any("Extra" in each.expression for each in answers.unresolved)


def test_an_address_that_aws_gives_later_is_unknown_and_not_wrong(read_files: Read) -> None:
    group = GROUP.replace("!Ref Office", '!Sub "${Address}/32"') + "  Address:\n    Type: AWS::EC2::EIP\n"
    answers = read_files(stack_yaml=NETWORK + group + SERVER)
    assert "8.8.8.8" in answers.reach("Server", 9200).upper
    assert answers.reach("Server", 9200).lower == EMPTY
    assert not answers.malformed


def test_network_lists_of_a_template(read_files: Read) -> None:
    acl = """
  Acl:
    Type: AWS::EC2::NetworkAcl
    Properties: {VpcId: !Ref Vpc}
  AclOfPublic:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref Public}
  In:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: 6, RuleAction: allow, CidrBlock: 198.51.100.0/25, PortRange: {From: 9200, To: 9200}}
"""
    assert (
        "198.51.100.7"
        not in read_files(stack_yaml=NETWORK + GROUP + SERVER + acl).reach("Server", 9200).upper
    )
    out = """
  OutAgain:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, RuleAction: allow, Egress: true, CidrBlock: 0.0.0.0/0}
"""
    found = read_files(stack_yaml=NETWORK + GROUP + SERVER + acl + out).reach("Server", 9200)
    assert "198.51.100.7" in found.lower
    assert "198.51.100.200" not in found.upper


def test_what_aws_makes_with_a_network_can_be_added_to(read_files: Read) -> None:
    server = SERVER.replace(", SecurityGroupIds: [!Ref Group]", "").replace(
        ", SecurityGroupIds: [!GetAtt Group.GroupId]", ""
    )
    more = """
  Door:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !GetAtt Vpc.DefaultSecurityGroup, IpProtocol: tcp, FromPort: 9200, ToPort: 9200, CidrIp: 8.0.0.0/8}
  Wall:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !GetAtt Vpc.DefaultNetworkAcl, RuleNumber: 10, Protocol: -1, RuleAction: deny, CidrBlock: 8.8.8.0/24}
"""
    answers = read_files(stack_yaml=NETWORK + server + more)
    assert "8.9.9.9" in answers.reach("Server", 9200).lower
    assert "8.8.8.8" not in answers.reach("Server", 9200).upper
    assert not answers.malformed


@pytest.mark.parametrize(
    "more",
    [
        "  Wall:\n    Type: AWS::EC2::NetworkAclEntry\n    Properties: {NetworkAclId: !Ref Extra, RuleNumber: 10, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0}\n",
        "  Way:\n    Type: AWS::EC2::Route\n    Properties: {RouteTableId: !Ref Extra, DestinationCidrBlock: 198.51.0.0/16, NatGatewayId: nat-1}\n",
    ],
)
def test_parts_whose_owner_is_not_known_may_belong_to_any(read_files: Read, more: str) -> None:
    acl = """
  Acl:
    Type: AWS::EC2::NetworkAcl
    Properties: {VpcId: !Ref Vpc}
  AclOfPublic:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref Public}
  Out:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, RuleAction: allow, Egress: true, CidrBlock: 0.0.0.0/0}
"""
    text = NETWORK + GROUP + SERVER + more + (acl.replace("  Out:", "  Answers:") if "Wall" in more else "")
    found = read_files(stack_yaml=text).reach("Server", 9200)
    assert "198.51.100.7" in found.upper
    assert "198.51.100.7" not in found.lower


def test_stores_of_a_template(read_files: Read) -> None:
    stores = """
  Names:
    Type: AWS::RDS::DBSubnetGroup
    Properties: {SubnetIds: [!Ref Public], DBSubnetGroupDescription: x}
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, Port: "9200", PubliclyAccessible: "true", VPCSecurityGroups: [!Ref Group], DBSubnetGroupName: !Ref Names}
  Copy:
    Type: AWS::RDS::DBInstance
    Properties: {SourceDBInstanceIdentifier: !Ref Database, PubliclyAccessible: false, VPCSecurityGroups: [!Ref Group], DBSubnetGroupName: !Ref Names}
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: {SecurityGroupIds: [!Ref Group], CacheSubnetGroupName: !Ref CacheNames, AuthToken: x}
  CacheNames:
    Type: AWS::ElastiCache::SubnetGroup
    Properties: {SubnetIds: [!Ref Public], Description: x}
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {PublicAccessBlockConfiguration: {BlockPublicPolicy: false, RestrictPublicBuckets: false}}
  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: !Sub "${Bucket.Arn}/*"}]}
  Search:
    Type: AWS::OpenSearchService::Domain
    Properties:
      AccessPolicies: {Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "es:*", Condition: {IpAddress: {"aws:SourceIp": !Ref Office}}}]}
"""
    answers = read_files(stack_yaml=NETWORK + GROUP + stores)
    assert not answers.malformed
    assert "198.51.100.7" in answers.reach("Database", 9200).lower
    assert answers.endpoint("Copy").engine == "postgresql"
    assert "198.51.100.7" not in answers.reach("Copy", 9200).upper
    assert answers.endpoint("Cache").posture.authentication.value == "required"
    assert "8.8.8.8" in answers.reach("Bucket", 443).lower
    assert answers.reach("Search", 443).upper == AddressSet.parse("198.51.100.0/24")


def test_launch_templates_and_balancers_of_a_template(read_files: Read) -> None:
    more = """
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {SecurityGroupIds: [!Ref Inner]}}
  Inner:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: !Ref Vpc, GroupDescription: x, SecurityGroupIngress: {IpProtocol: tcp, FromPort: 9300, ToPort: 9300, SourceSecurityGroupId: !Ref Group}}
  Scaling:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {MinSize: 1, MaxSize: 1, LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: 1}, VPCZoneIdentifier: [!Ref Private], TargetGroupARNs: [!Ref Targets]}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internet-facing, Subnets: [!Ref Public], SecurityGroups: [!Ref Group]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Port: 9200, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]}
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Port: 9300, Protocol: HTTP, VpcId: !Ref Vpc}
"""
    answers = read_files(stack_yaml=NETWORK + GROUP + more)
    found = answers.reach("Scaling", 9300)
    assert "198.51.100.7" in found.lower
    assert "8.8.8.8" not in found.upper
    assert not answers.malformed


def test_loops_write_resources(read_files: Read) -> None:
    loop = """
  Fn::ForEach::Doors:
    - Port
    - ["22", "9200"]
    - "Door${Port}":
        Type: AWS::EC2::SecurityGroupIngress
        Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port, CidrIp: 8.8.0.0/16}
"""
    answers = read_files(stack_yaml="Transform: AWS::LanguageExtensions\n" + NETWORK + GROUP + SERVER + loop)
    for port in (22, 9200):
        assert "8.8.8.8" in answers.reach("Server", port).lower
    assert "8.8.8.8" not in answers.reach("Server", 80).upper


def test_what_a_template_does_not_hold_is_noted(read_files: Read) -> None:
    more = """
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: https://example.com/x}
  Cluster:
    Type: AWS::EMR::Cluster
  Shared:
    Type: Own::Net::Shared::MODULE
  Opener:
    Type: Custom::OpenPort
  Small:
    Type: AWS::Lightsail::Database
    Properties: {PubliclyAccessible: true}
"""
    noted = read_files(stack_yaml="Transform: OwnMacro\n" + NETWORK + more).not_looked_at
    assert len(noted) == 6
    assert any("OwnMacro" in each.what for each in noted)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            "  A: {Type: 'AWS::EC2::SecurityGroup', DependsOn: B}\n  B: {Type: 'AWS::EC2::SecurityGroup', DependsOn: [A]}\n",
            "need each other: A → B → A",
        ),
        (
            "  A: {Type: 'AWS::EC2::SecurityGroup', Properties: {SecurityGroupIngress: [{IpProtocol: '-1', SourceSecurityGroupId: !Ref A}]}}\n",
            "refers to itself",
        ),
        ("  A: {Properties: {}}\n", "no type"),
        ("  A: 5\n", "no type"),
        ("  A: {Type: 'AWS::EC2::SecurityGroup', Properties: [1]}\n", "not a mapping"),
        ("  A: {Type: 'AWS::EC2::SecurityGroup', Condition: Nobody}\n", "no condition Nobody"),
        (
            "  A: {Type: 'AWS::EC2::SecurityGroup', Properties: {VpcId: !Ref Nobody}}\n",
            "nothing is called Nobody",
        ),
        ("  Fn::ForEach::Bad: [x]\n", "loop"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_goes_on(read_files: Read, more: str, problem: str) -> None:
    answers = read_files(stack_yaml=NETWORK + GROUP + SERVER + more)
    assert [each for each in answers.malformed if problem in each.problem]
    assert "198.51.100.7" in answers.reach("Server", 9200).lower


@pytest.mark.parametrize(
    "content", [{"AWSTemplateFormatVersion": "x"}, {"AWSTemplateFormatVersion": "x", "Resources": [1]}]
)
def test_a_template_without_resources_is_wrong(read_content: Read, content: Any) -> None:
    assert read_content(content).malformed


def test_claims() -> None:
    def claims(content: Any, kind: str = "json") -> bool:
        return AwsDialect().claims(Document("x", kind, content))

    assert claims({"Resources": {"a": {"Type": "AWS::S3::Bucket"}}}, "yaml")
    assert claims({"SecurityGroups": [{"GroupId": "sg-1"}]})
    assert claims({"status_code": 200, "data": {"Vpcs": []}})
    assert not claims({"services": {"web": {"image": "x"}}}, "yaml")
    assert not claims({"services": []})
    assert not claims({"Resources": {"a": {"Type": "Other::Thing"}}})
    assert not claims({"resources": []})
    assert not claims([])
    assert not claims("text", "text")
    assert not claims(None)
