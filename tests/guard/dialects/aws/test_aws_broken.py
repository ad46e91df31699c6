"""Good input with one part replaced by something that has no business there: never an exception."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Endpoint
from hushdesk.guard.dialects.aws import AwsDialect
from hushdesk.guard.reach import reach

GROUPS = [{"VpcSecurityGroupId": "sg-1"}]
LIVE: dict[str, Any] = {
    "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "CidrBlockAssociationSet": [{"CidrBlock": "10.0.0.0/16"}], "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2600::/56"}]}],
    "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2600::/64"}], "MapPublicIpOnLaunch": True}],
    "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1"}]}],
    "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": True}, {"SubnetId": "subnet-1"}], "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}, {"DestinationCidrBlock": "10.1.0.0/16", "VpcPeeringConnectionId": "pcx-1"}]}],
    "VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-1", "AccepterVpcInfo": {"VpcId": "vpc-2", "CidrBlock": "10.1.0.0/16"}, "RequesterVpcInfo": {"VpcId": "vpc-1"}}],
    "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": True, "Associations": [{"SubnetId": "subnet-1"}], "Entries": [{"RuleNumber": 100, "Protocol": "6", "RuleAction": "allow", "Egress": out, "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 1024, "To": 65535}} for out in (True, False)]}],
    "SecurityGroups": [{"GroupId": "sg-1", "GroupName": "search", "VpcId": "vpc-1", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 9200, "ToPort": 9200, "IpRanges": [{"CidrIp": "8.8.0.0/16", "Description": "x"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "PrefixListIds": [{"PrefixListId": "pl-1"}], "UserIdGroupPairs": [{"GroupId": "sg-1", "UserId": "1"}]}]}],
    "PrefixLists": [{"PrefixListId": "pl-1", "Cidrs": ["9.0.0.0/8"]}],
    "Addresses": [{"AllocationId": "eip-1", "PublicIp": "52.0.0.1", "InstanceId": "i-1"}],
    "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "Groups": [{"GroupId": "sg-1"}], "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.5", "Association": {"PublicIp": "52.1.2.3"}}], "Ipv6Addresses": [{"Ipv6Address": "2600::1"}], "Attachment": {"InstanceId": "i-1"}}],
    "Reservations": [{"Instances": [{"InstanceId": "i-1", "SubnetId": "subnet-1", "VpcId": "vpc-1", "State": {"Name": "running"}, "SecurityGroups": [{"GroupId": "sg-1"}], "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "Groups": [{"GroupId": "sg-1"}]}], "Tags": [{"Key": "Name", "Value": "x"}]}]}],
    "LoadBalancers": [{"LoadBalancerArn": "lb", "LoadBalancerName": "lb", "Scheme": "internet-facing", "Type": "network", "AvailabilityZones": [{"SubnetId": "subnet-1", "LoadBalancerAddresses": [{"IpAddress": "52.0.0.9"}]}], "SecurityGroups": ["sg-1"]}],
    "Listeners": [{"ListenerArn": "l", "LoadBalancerArn": "lb", "Port": 80, "Protocol": "TCP", "DefaultActions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "tg"}]}}]}],
    "TargetGroups": [{"TargetGroupArn": "tg", "Protocol": "TCP", "Port": 9200, "TargetType": "instance", "Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "true"}]}],
    "LoadBalancerTargetHealth": [{"TargetGroupArn": "tg", "TargetHealthDescriptions": [{"Target": {"Id": "i-1", "Port": 9200}}]}],
    "LoadBalancerDescriptions": [{"LoadBalancerName": "elb", "Scheme": "internal", "Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "Instances": [{"InstanceId": "i-1"}], "ListenerDescriptions": [{"Listener": {"LoadBalancerPort": 80, "InstancePort": 9200, "Protocol": "TCP"}}]}],
    "DBInstances": [{"DBInstanceIdentifier": "db", "Engine": "mysql", "PubliclyAccessible": True, "Endpoint": {"Port": 3306, "Address": "x"}, "VpcSecurityGroups": GROUPS, "DBSubnetGroup": {"DBSubnetGroupName": "n", "Subnets": [{"SubnetIdentifier": "subnet-1"}]}}],
    "DBClusters": [{"DBClusterIdentifier": "c", "Engine": "neptune", "VpcSecurityGroups": GROUPS, "DBSubnetGroup": "n"}],
    "CacheClusters": [{"CacheClusterId": "cache", "Engine": "redis", "CacheNodes": [{"Endpoint": {"Port": 6379}}], "SecurityGroups": [{"SecurityGroupId": "sg-1"}], "CacheSubnetGroupName": "n"}],
    "CacheSubnetGroups": [{"CacheSubnetGroupName": "n", "Subnets": [{"SubnetIdentifier": "subnet-1"}]}],
    "ClusterInfoList": [{"ClusterArn": "k", "BrokerNodeGroupInfo": {"ClientSubnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "ConnectivityInfo": {"PublicAccess": {"Type": "DISABLED"}}}, "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}}}],
    "DomainStatusList": [{"DomainName": "d", "ARN": "a", "ElasticsearchVersion": "7", "AccessPolicies": '{"Statement": {"Effect": "Allow", "Principal": "*"}}', "DomainEndpointOptions": {"EnforceHTTPS": True}}],
    "VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "block-ingress"},
    "VpcBlockPublicAccessExclusions": [{"ExclusionId": "e", "ResourceArn": "arn:aws:ec2:x:1:vpc/vpc-1", "InternetGatewayExclusionMode": "allow-bidirectional"}],
}  # fmt: skip
TEMPLATE: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {"P": {"Type": "String", "Default": "10.0.0.0/8"}, "Q": {"Type": "String"}},
    "Mappings": {"M": {"a": {"b": "c"}}},
    "Conditions": {"C": {"Fn::Equals": [{"Ref": "Q"}, "x"]}},
    "Resources": {
        "V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/8", 1, 16]}]}}},
        "G": {"Type": "AWS::EC2::InternetGateway"},
        "A": {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": {"VpcId": {"Ref": "V"}, "InternetGatewayId": {"Ref": "G"}}},
        "S": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "V"}, "CidrBlock": "10.0.0.0/24", "MapPublicIpOnLaunch": True}},
        "T": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "V"}}},
        "R": {"Type": "AWS::EC2::Route", "Properties": {"RouteTableId": {"Ref": "T"}, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": {"Ref": "G"}}},
        "L": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {"SubnetId": {"Ref": "S"}, "RouteTableId": {"Ref": "T"}}},
        "SG": {"Type": "AWS::EC2::SecurityGroup", "Condition": "C", "Properties": {"VpcId": {"Ref": "V"}, "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": {"Ref": "Q"}, "CidrIp": {"Fn::Sub": "${P}"}}, {"Fn::If": ["C", {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}, {"Ref": "AWS::NoValue"}]}]}},
        "I": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"GroupId": {"Fn::GetAtt": ["SG", "GroupId"]}, "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "SourceSecurityGroupId": {"Ref": "SG"}}},
        "N": {"Type": "AWS::EC2::Instance", "Properties": {"NetworkInterfaces": [{"AssociatePublicIpAddress": True, "SubnetId": {"Ref": "S"}, "GroupSet": [{"Ref": "SG"}]}]}},
        "LT": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"NetworkInterfaces": [{"Groups": [{"Ref": "SG"}]}]}}},
        "AG": {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {"LaunchTemplate": {"LaunchTemplateId": {"Ref": "LT"}}, "VPCZoneIdentifier": [{"Ref": "S"}], "TargetGroupARNs": [{"Ref": "TG"}]}},
        "LB": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Subnets": [{"Ref": "S"}], "SecurityGroups": [{"Ref": "SG"}]}},
        "LI": {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {"LoadBalancerArn": {"Ref": "LB"}, "Port": 80, "Protocol": "HTTP", "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "TG"}}]}},
        "TG": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Port": 80, "Targets": [{"Id": {"Ref": "N"}}]}},
        "EC": {"Type": "AWS::ECS::Service", "Properties": {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": [{"Ref": "S"}], "SecurityGroups": [{"Ref": "SG"}], "AssignPublicIp": "ENABLED"}}, "LoadBalancers": [{"TargetGroupArn": {"Ref": "TG"}, "ContainerPort": 9200}]}},
        "B": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead", "PublicAccessBlockConfiguration": {"IgnorePublicAcls": False}}},
        "BP": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "B"}, "PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["s3:*"], "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}}]}}},
        "DB": {"Type": "AWS::RDS::DBInstance", "Properties": {"Engine": "mysql", "VPCSecurityGroups": [{"Ref": "SG"}], "DBSubnetGroupName": {"Ref": "DG"}}},
        "DG": {"Type": "AWS::RDS::DBSubnetGroup", "Properties": {"SubnetIds": [{"Ref": "S"}]}},
        "Fn::ForEach::X": ["v", ["1", "2"], {"E${v}": {"Type": "AWS::EC2::EIP", "Properties": {"InstanceId": {"Ref": "N"}}}}],
    },
}  # fmt: skip


def paths(node: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [here, *(path for key, each in inner for path in paths(each, (*here, key)))]


def replaced(node: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    found = copy.copy(node)
    found[path[0]] = replaced(node[path[0]], path[1:], value)
    return found


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-2, 70000)
    | st.sampled_from(["", "x", "sg-1", "0.0.0.0/0", "::/0", "-1", "igw-1", "${", "[]"])
    | st.floats()
)
functions = st.sampled_from(
    [
        {"Ref": "V"},
        {"Ref": "Q"},
        {"Ref": "AWS::NoValue"},
        {"Fn::GetAZs": ""},
        {"Fn::GetAtt": ["SG", "GroupId"]},
        {"Fn::If": ["C", [], {}]},
        {"Ref": []},
        {"Fn::Sub": "${"},
    ]
)
junk = st.recursive(
    scalars | functions,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["GroupId", "SubnetId", "Type", "Ref", "CidrIp", "x"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)


def everything(content: Any) -> None:
    document = Document("x.json", "json", content)
    dialect = AwsDialect()
    if dialect.claims(document):
        for found in dialect.read([document], World()):
            if isinstance(found, Endpoint):
                hash(found)
                reach(found, 9200)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(paths(LIVE)[1:]), junk), min_size=1, max_size=2))
def test_broken_answers(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    content = replaced(LIVE, *changes[0])
    if len(changes) > 1 and changes[1][0] in paths(content):
        content = replaced(content, *changes[1])
    everything(content)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(paths(TEMPLATE)[1:]), junk), min_size=1, max_size=2))
def test_broken_templates(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    content = replaced(TEMPLATE, *changes[0])
    if len(changes) > 1 and changes[1][0] in paths(content):
        content = replaced(content, *changes[1])
    everything(content)


def test_whole_ones() -> None:
    everything(LIVE)
    everything(TEMPLATE)


@pytest.mark.parametrize("port", [-1, 65536, 7 * 10**9])
def test_a_balancer_on_a_port_that_does_not_exist_listens_nobody_knows_where(port: int) -> None:
    listeners = copy.deepcopy(LIVE["Listeners"])
    listeners[0]["Port"] = port
    everything({**LIVE, "Listeners": listeners})
