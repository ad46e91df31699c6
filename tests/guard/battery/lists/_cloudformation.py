"""A case as a CloudFormation template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PORT = 9200
GATEWAYS = {"igw": "GatewayId", "nat": "NatGatewayId", "eigw": "EgressOnlyInternetGatewayId"}
RESOURCES = {"igw": "Gateway", "nat": "Nat", "eigw": "OutGateway"}


def cloudformation_template(case: Mapping[str, Any], port: int = PORT) -> dict[str, Any]:
    """One machine or managed database with all that stands around it, as the case says.

    Args:
        case: As in the table.
        port: What rules that name no port are about.
    """
    resources: dict[str, Any] = {}
    _groups(case, resources, port)
    for part in (_network, _routes, _acl, _prefix_lists, _store, _balancer):
        part(case, resources)
    template: dict[str, Any] = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    for section in ("Parameters", "Mappings", "Conditions"):
        if section.lower() in case:
            template[section] = case[section.lower()]
    return template


def routes_of(case: Mapping[str, Any]) -> list[dict[str, str]]:
    """The routes of the subnet's table beside the local ones."""
    default = [{"to": "0.0.0.0/0", "via": "igw"}]
    if case.get("ipv6"):
        default.append({"to": "::/0", "via": "igw"})
    return case.get("routes", default)


def attached_of(case: Mapping[str, Any]) -> list[str]:
    """The groups on the machine."""
    return case.get("attached", [next(iter(case["groups"]))])


def ports_of(told: Mapping[str, Any], port: int = PORT) -> tuple[int, int]:
    """First and last port of a rule."""
    low, _, high = str(told.get("port", port)).partition("-")
    return int(low), int(high or low)


def _ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def _id_of(group: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [group, "GroupId"]}


def _add(resources: dict[str, Any], name: str, kind: str, properties: Mapping[str, Any], **more: Any) -> None:
    resources[name] = {"Type": f"AWS::{kind}", **more, "Properties": dict(properties)}


def _network(case: Mapping[str, Any], resources: dict[str, Any]) -> None:
    _add(resources, "Vpc", "EC2::VPC", {"CidrBlock": "10.0.0.0/16"})
    _add(resources, "Gateway", "EC2::InternetGateway", {})
    _add(
        resources,
        "GatewayAttachment",
        "EC2::VPCGatewayAttachment",
        {"VpcId": _ref("Vpc"), "InternetGatewayId": _ref("Gateway")},
    )
    subnet: dict[str, Any] = {"VpcId": _ref("Vpc"), "CidrBlock": "10.0.1.0/24"}
    if case.get("public") == "subnet":
        subnet["MapPublicIpOnLaunch"] = True
    if case.get("ipv6"):
        _add(
            resources,
            "VpcSix",
            "EC2::VPCCidrBlock",
            {"VpcId": _ref("Vpc"), "AmazonProvidedIpv6CidrBlock": True},
        )
        blocks = {"Fn::GetAtt": ["Vpc", "Ipv6CidrBlocks"]}
        subnet["Ipv6CidrBlock"] = {"Fn::Select": [0, {"Fn::Cidr": [{"Fn::Select": [0, blocks]}, 1, 64]}]}
    _add(resources, "Subnet", "EC2::Subnet", subnet)


def _routes(case: Mapping[str, Any], resources: dict[str, Any]) -> None:
    routes = routes_of(case)
    _add(resources, "Routes", "EC2::RouteTable", {"VpcId": _ref("Vpc")})
    if case.get("associated", True):
        association = {"SubnetId": _ref("Subnet"), "RouteTableId": _ref("Routes")}
        _add(resources, "RoutesOfSubnet", "EC2::SubnetRouteTableAssociation", association)
    vias = {route["via"] for route in routes}
    if "nat" in vias:
        front = {"VpcId": _ref("Vpc"), "CidrBlock": "10.0.2.0/24"}
        _add(resources, "FrontSubnet", "EC2::Subnet", front)
        _add(resources, "NatAddress", "EC2::EIP", {"Domain": "vpc"})
        nat = {
            "SubnetId": _ref("FrontSubnet"),
            "AllocationId": {"Fn::GetAtt": ["NatAddress", "AllocationId"]},
        }
        _add(resources, "Nat", "EC2::NatGateway", nat)
    if "eigw" in vias:
        _add(resources, "OutGateway", "EC2::EgressOnlyInternetGateway", {"VpcId": _ref("Vpc")})
    for number, route in enumerate(routes):
        field = "DestinationIpv6CidrBlock" if ":" in route["to"] else "DestinationCidrBlock"
        properties = {
            "RouteTableId": _ref("Routes"),
            field: route["to"],
            GATEWAYS[route["via"]]: _ref(RESOURCES[route["via"]]),
        }
        _add(resources, f"Route{number}", "EC2::Route", properties)


def _acl(case: Mapping[str, Any], resources: dict[str, Any]) -> None:
    if "acl" not in case:
        return
    _add(resources, "Acl", "EC2::NetworkAcl", {"VpcId": _ref("Vpc")})
    association = {"SubnetId": _ref("Subnet"), "NetworkAclId": _ref("Acl")}
    _add(resources, "AclOfSubnet", "EC2::SubnetNetworkAclAssociation", association)
    for side, outward in (("in", False), ("out", True)):
        for number, told in enumerate(case["acl"][side]):
            action = "allow" if "allow" in told else "deny"
            prefix = told.get("from", "0.0.0.0/0")
            properties: dict[str, Any] = {
                "NetworkAclId": _ref("Acl"),
                "RuleNumber": told[action],
                "RuleAction": action,
                "Egress": outward,
                "Protocol": told["by"],
                "Ipv6CidrBlock" if ":" in prefix else "CidrBlock": prefix,
            }
            if told["by"] in (6, 17):
                low, high = ports_of({"port": "0-65535"} | dict(told))
                properties["PortRange"] = {"From": low, "To": high}
            _add(resources, f"Acl{side.title()}{number}", "EC2::NetworkAclEntry", properties)


def _prefix_lists(case: Mapping[str, Any], resources: dict[str, Any]) -> None:
    for name, prefixes in case.get("prefix_lists", {}).items():
        properties = {
            "PrefixListName": name,
            "AddressFamily": "IPv4",
            "MaxEntries": 10,
            "Entries": [{"Cidr": prefix} for prefix in prefixes],
        }
        _add(resources, name, "EC2::PrefixList", properties)


def _groups(case: Mapping[str, Any], resources: dict[str, Any], port: int) -> None:
    beside = [(told["group"], told) for told in case.get("beside", ())]
    for name, rules in case["groups"].items():
        inline = []
        for told in rules:
            # A group cannot name itself, nor two groups each other, but in a rule of its own.
            if told["from"] == "self" or case.get("references_beside"):
                beside.append((name, told))
            else:
                inline.append(_rule(name, told, port))
        properties: dict[str, Any] = {"GroupDescription": name, "VpcId": _ref("Vpc")}
        if inline:
            properties["SecurityGroupIngress"] = inline
        if name in case.get("egress", {}):
            properties["SecurityGroupEgress"] = [_rule(name, told, port) for told in case["egress"][name]]
        _add(resources, name, "EC2::SecurityGroup", properties)
    for number, (name, told) in enumerate(beside):
        more = {"Condition": told["condition"]} if "condition" in told else {}
        properties = {"GroupId": _id_of(name), **_rule(name, told, port)}
        _add(resources, f"Ingress{number}", "EC2::SecurityGroupIngress", properties, **more)


def _rule(group: str, told: Mapping[str, Any], port: int) -> dict[str, Any]:
    low, high = ports_of(told, port)
    found: dict[str, Any] = {"IpProtocol": told.get("by", "tcp"), "FromPort": low, "ToPort": high}
    source = told["from"]
    if not isinstance(source, str):
        found["CidrIp"] = source
    elif source == "self":
        found["SourceSecurityGroupId"] = _id_of(group)
    elif source.startswith("sg:"):
        found["SourceSecurityGroupId"] = _id_of(source[3:])
    elif source.startswith("pl:"):
        found["SourcePrefixListId"] = {"Fn::GetAtt": [source[3:], "PrefixListId"]}
    elif source.startswith("pl-"):
        found["SourcePrefixListId"] = source
    else:
        found["CidrIpv6" if ":" in source else "CidrIp"] = source
    return found | told.get("fields", {})


def _store(case: Mapping[str, Any], resources: dict[str, Any]) -> None:
    groups = [_id_of(name) for name in attached_of(case)]
    if "database" in case:
        other = {"VpcId": _ref("Vpc"), "CidrBlock": "10.0.3.0/24"}
        _add(resources, "Subnet2", "EC2::Subnet", other)
        association = {"SubnetId": _ref("Subnet2"), "RouteTableId": _ref("Routes")}
        _add(resources, "RoutesOfSubnet2", "EC2::SubnetRouteTableAssociation", association)
        subnets = {"DBSubnetGroupDescription": "db", "SubnetIds": [_ref("Subnet"), _ref("Subnet2")]}
        _add(resources, "DbSubnets", "RDS::DBSubnetGroup", subnets)
        properties = {
            "Engine": "postgres",
            "DBInstanceClass": "db.t3.micro",
            "AllocatedStorage": "20",
            "DBSubnetGroupName": _ref("DbSubnets"),
            "VPCSecurityGroups": groups,
            **case["database"],
        }
        _add(resources, "Db", "RDS::DBInstance", properties)
        return
    public = case.get("public", True)
    interface: dict[str, Any] = {"DeviceIndex": "0", "SubnetId": _ref("Subnet"), "GroupSet": groups}
    if public != "subnet":
        interface["AssociatePublicIpAddress"] = public is True
    if case.get("ipv6"):
        interface["Ipv6AddressCount"] = 1
    machine = {
        "ImageId": "ami-0abcdef1234567890",
        "InstanceType": "t3.micro",
        "NetworkInterfaces": [interface],
    }
    _add(resources, "Db", "EC2::Instance", machine)
    if public == "elastic":
        _add(resources, "Address", "EC2::EIP", {"Domain": "vpc", "InstanceId": _ref("Db")})


def _balancer(case: Mapping[str, Any], resources: dict[str, Any]) -> None:
    told = case.get("balancer")
    if not told:
        return
    group = {
        "Protocol": "TCP",
        "Port": told["to"],
        "VpcId": _ref("Vpc"),
        "TargetType": "instance",
        "Targets": [{"Id": _ref("Db"), "Port": told["to"]}],
    }
    _add(resources, "Targets", "ElasticLoadBalancingV2::TargetGroup", group)
    balancer = {"Type": "network", "Scheme": told["scheme"], "Subnets": [_ref("Subnet")]}
    _add(resources, "Balancer", "ElasticLoadBalancingV2::LoadBalancer", balancer)
    listener = {
        "LoadBalancerArn": _ref("Balancer"),
        "Port": told["listen"],
        "Protocol": "TCP",
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": _ref("Targets")}],
    }
    _add(resources, "Listener", "ElasticLoadBalancingV2::Listener", listener)
