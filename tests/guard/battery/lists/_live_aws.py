"""A case as answers of the live EC2 and RDS APIs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guard_battery._cloudformation import PORT, attached_of, ports_of, routes_of

VPC, SUBNET, OWNER = "vpc-0a1", "subnet-0a1", "123456789012"
TARGETS = {
    "igw": {"GatewayId": "igw-0a1"},
    "nat": {"NatGatewayId": "nat-0a1"},
    "eigw": {"EgressOnlyInternetGatewayId": "eigw-0a1"},
}
TEMPLATES_ONLY = ("parameters", "mappings", "conditions", "balancer")
INTERFACE = "eni-0db1"
OWN_IPV6 = "2600:1f18:aaaa:bb00::/56"


def live_answers(case: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers by the call's name; none if the case is about templates or needs calls that are not made here."""
    if any(word in case for word in TEMPLATES_ONLY) or "database" in case:
        return {}
    return {
        "describe-vpcs": {"Vpcs": [_vpc(case)]},
        "describe-subnets": {"Subnets": [_subnet(case)]},
        "describe-internet-gateways": {
            "InternetGateways": [
                {"InternetGatewayId": "igw-0a1", "Attachments": [{"State": "available", "VpcId": VPC}]}
            ]
        },
        "describe-route-tables": {"RouteTables": _tables(case)},
        "describe-network-acls": {"NetworkAcls": [_acl(case)]},
        "describe-security-groups": {"SecurityGroups": security_groups(case)},
        "describe-network-interfaces": {"NetworkInterfaces": [_interface(case)]},
    }


def security_groups(case: Mapping[str, Any], port: int = PORT) -> list[dict[str, Any]]:
    """As ``describe-security-groups`` answers."""
    found = []
    for name, rules in case["groups"].items():
        told = [*rules, *(rule for rule in case.get("beside", ()) if rule["group"] == name)]
        everywhere = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "UserIdGroupPairs": []}]
        out = [_permission(name, rule, port) for rule in case.get("egress", {}).get(name, ())]
        found.append(
            {
                "GroupId": group_id(name),
                "GroupName": name,
                "VpcId": VPC,
                "OwnerId": OWNER,
                "Description": name,
                "IpPermissions": [_permission(name, rule, port) for rule in told],
                "IpPermissionsEgress": out or everywhere,
            }
        )
    return found


def group_id(name: str) -> str:
    """The id that a group of a case has."""
    return f"sg-0{name.lower()}"


def _permission(group: str, told: Mapping[str, Any], port: int) -> dict[str, Any]:
    protocol = str(told.get("by", "tcp"))
    # The API answers known protocols by name.
    protocol = {"6": "tcp", "17": "udp"}.get(protocol, protocol)
    low, high = ports_of(told, port)
    ports = {} if protocol == "-1" else {"FromPort": low, "ToPort": high}
    found: dict[str, Any] = {
        "IpProtocol": protocol,
        **ports,
        **told.get("fields", {}),
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }
    source = told["from"]
    if source == "self" or source.startswith("sg:"):
        other = group if source == "self" else source[3:]
        found["UserIdGroupPairs"] = [{"GroupId": group_id(other), "UserId": OWNER}]
    elif source.startswith(("pl:", "pl-")):
        found["PrefixListIds"] = [{"PrefixListId": _list_id(source)}]
    elif ":" in source:
        found["Ipv6Ranges"] = [{"CidrIpv6": source}]
    else:
        found["IpRanges"] = [{"CidrIp": source}]
    return found


def _list_id(source: str) -> str:
    return source if source.startswith("pl-") else f"pl-0{source[3:].lower()}"


def _vpc(case: Mapping[str, Any]) -> dict[str, Any]:
    six = {"Ipv6CidrBlock": OWN_IPV6, "Ipv6CidrBlockState": {"State": "associated"}}
    return {
        "VpcId": VPC,
        "CidrBlock": "10.0.0.0/16",
        "OwnerId": OWNER,
        "Ipv6CidrBlockAssociationSet": [six] if case.get("ipv6") else [],
    }


def _subnet(case: Mapping[str, Any]) -> dict[str, Any]:
    six = [{"Ipv6CidrBlock": "2600:1f18:aaaa:bb00::/64", "Ipv6CidrBlockState": {"State": "associated"}}]
    return {
        "SubnetId": SUBNET,
        "VpcId": VPC,
        "CidrBlock": "10.0.1.0/24",
        "MapPublicIpOnLaunch": case.get("public") == "subnet",
        "Ipv6CidrBlockAssociationSet": six if case.get("ipv6") else [],
    }


def _tables(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    local = [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]
    if case.get("ipv6"):
        six = {
            "DestinationIpv6CidrBlock": OWN_IPV6,
            "GatewayId": "local",
            "State": "active",
        }
        local.append(six)
    routes = [
        {
            "DestinationIpv6CidrBlock" if ":" in route["to"] else "DestinationCidrBlock": route["to"],
            "State": "active",
            **TARGETS[route["via"]],
        }
        for route in routes_of(case)
    ]
    explicit = {"Main": False, "RouteTableId": "rtb-0a2", "SubnetId": SUBNET}
    return [
        {
            "RouteTableId": "rtb-0a1",
            "VpcId": VPC,
            "Routes": local,
            "Associations": [{"Main": True, "RouteTableId": "rtb-0a1"}],
        },
        {
            "RouteTableId": "rtb-0a2",
            "VpcId": VPC,
            "Routes": local + routes,
            "Associations": [explicit] if case.get("associated", True) else [],
        },
    ]


def _acl(case: Mapping[str, Any]) -> dict[str, Any]:
    entries = []
    told = case.get("acl") or {
        side: [{"allow": 100, "by": -1}, {"allow": 101, "by": -1, "from": "::/0"}] for side in ("in", "out")
    }
    for side, outward in (("in", False), ("out", True)):
        for rule in told[side]:
            action = "allow" if "allow" in rule else "deny"
            entries.append(_entry(rule.get("from", "0.0.0.0/0"), rule[action], action, outward, rule))
        entries.append(_entry("0.0.0.0/0", 32767, "deny", outward, {"by": -1}))
        if case.get("ipv6"):
            entries.append(_entry("::/0", 32768, "deny", outward, {"by": -1}))
    return {
        "NetworkAclId": "acl-0a1",
        "VpcId": VPC,
        "IsDefault": "acl" not in case,
        "Associations": [
            {"NetworkAclAssociationId": "aclassoc-0a1", "NetworkAclId": "acl-0a1", "SubnetId": SUBNET}
        ],
        "Entries": entries,
    }


def _entry(prefix: str, number: int, action: str, outward: bool, rule: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "RuleNumber": number,
        "RuleAction": action,
        "Egress": outward,
        "Protocol": str(rule["by"]),
        "Ipv6CidrBlock" if ":" in prefix else "CidrBlock": prefix,
    }
    if rule["by"] in (6, 17):
        low, high = ports_of({"port": "0-65535"} | dict(rule))
        found["PortRange"] = {"From": low, "To": high}
    return found


def _interface(case: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "NetworkInterfaceId": INTERFACE,
        "VpcId": VPC,
        "SubnetId": SUBNET,
        "OwnerId": OWNER,
        "InterfaceType": "interface",
        "Status": "in-use",
        "PrivateIpAddress": "10.0.1.4",
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": "10.0.1.4"}],
        "Ipv6Addresses": [{"Ipv6Address": "2600:1f18:aaaa:bb00::4"}] if case.get("ipv6") else [],
        "Groups": [{"GroupId": group_id(name), "GroupName": name} for name in attached_of(case)],
        "Attachment": {"InstanceId": "i-0db1", "Status": "attached", "DeviceIndex": 0},
    }
    if case.get("public", True):
        address = {"PublicIp": "52.16.7.8", "IpOwnerId": "amazon"}
        found["Association"] = address
        found["PrivateIpAddresses"][0]["Association"] = address
    return found


def prefix_lists(case: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The prefix lists by id. Their entries come by a call whose answer does not say of which list it is."""
    return {
        _list_id(f"pl:{name}"): tuple(prefixes) for name, prefixes in case.get("prefix_lists", {}).items()
    }
