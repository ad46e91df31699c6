"""Terraform's AWS network resources in the shapes of ``lower_aws``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.terraform._block import Block, doubt_of, many
from hushdesk.guard.dialects.terraform._shapes import (
    Blocks,
    Shape,
    each,
    ids_of,
    made,
    moved,
    renamed,
    single,
)

_OF_VPC: Final = (".default_security_group_id", ".default_route_table_id", ".default_network_acl_id")
_TARGETS: Final = {
    "GatewayId": "gateway_id",
    "NatGatewayId": "nat_gateway_id",
    "TransitGatewayId": "transit_gateway_id",
    "VpcPeeringConnectionId": "vpc_peering_connection_id",
    "EgressOnlyInternetGatewayId": "egress_only_gateway_id",
    "NetworkInterfaceId": "network_interface_id",
    "InstanceId": "instance_id",
    "CarrierGatewayId": "carrier_gateway_id",
    "LocalGatewayId": "local_gateway_id",
    "CoreNetworkArn": "core_network_arn",
    "VpcEndpointId": "vpc_endpoint_id",
}


def _protocol(value: Any) -> Any:
    return "-1" if isinstance(value, str) and value.lower() == "all" else value


def _permission(inner: Any, group: str) -> Any:
    """An ``ingress`` block as one of the API's permissions."""
    if isinstance(inner, Unknown):
        return inner
    pairs = each(inner.get("security_groups"), "GroupId") or []
    own = inner.get("self")
    if isinstance(own, Unknown):
        pairs.append(own)
    elif own:
        pairs.append({"GroupId": group})
    return {
        "IpProtocol": _protocol(inner.get("protocol")),
        "FromPort": inner.get("from_port"),
        "ToPort": inner.get("to_port"),
        "IpRanges": each(inner.get("cidr_blocks"), "CidrIp") or [],
        "Ipv6Ranges": each(inner.get("ipv6_cidr_blocks"), "CidrIpv6") or [],
        "PrefixListIds": each(inner.get("prefix_list_ids"), "PrefixListId") or [],
        "UserIdGroupPairs": pairs,
        "Doubt": doubt_of(inner),
    }


def _permissions(block: Block) -> Any:
    said = block.values.get("ingress")
    if isinstance(said, Unknown):
        return said
    return [_permission(inner, block.id) for inner in block.blocks("ingress")]


def _security_group(block: Block, _: Blocks) -> Iterator[Resource]:
    properties = {
        "GroupId": block.id if block.exists else None,
        "GroupName": single(block.get("name")),
        "VpcId": single(block.get("vpc_id")),
        "IpPermissions": _permissions(block),
        "Aliases": ids_of(block.get("arn")),
    }
    if block.type == "aws_default_security_group":
        vpc = single(block.get("vpc_id"))
        properties["GroupName"] = "default"
        properties["Aliases"] = [f"{vpc}.default_security_group_id"] if isinstance(vpc, str) else []
    yield made(block, "AWS::EC2::SecurityGroup", properties, places=moved(block, "ingress", "IpPermissions"))


def _lone_rule(block: Block, _: Blocks) -> Iterator[Resource]:
    """``aws_security_group_rule``: a source each in the API."""
    kind = block.get("type")
    group = single(block.get("security_group_id"))
    if kind == "egress":
        return
    common = {
        "GroupId": group,
        "IsEgress": kind if isinstance(kind, Unknown) else False,
        "IpProtocol": _protocol(single(block.get("protocol"))),
        "FromPort": single(block.get("from_port")),
        "ToPort": single(block.get("to_port")),
    }
    sources = [("CidrIpv4", one) for one in many(block.get("cidr_blocks"))]
    sources += [("CidrIpv6", one) for one in many(block.get("ipv6_cidr_blocks"))]
    sources += [("PrefixListId", one) for one in many(block.get("prefix_list_ids"))]
    for one in many(block.get("source_security_group_id")):
        sources.append(("ReferencedGroupInfo", one if isinstance(one, Unknown) else {"GroupId": one}))
    own = block.get("self")
    if own:
        sources.append(("ReferencedGroupInfo", own if isinstance(own, Unknown) else {"GroupId": group}))
    for number, (key, value) in enumerate(sources):
        part = f" (source {number + 1})" if len(sources) > 1 else ""
        yield made(block, "AWS::EC2::SecurityGroupRule", {**common, key: value}, part=part)


def _ingress_rule(block: Block, _: Blocks) -> Iterator[Resource]:
    source = single(block.get("referenced_security_group_id"))
    properties = renamed(
        block,
        {
            "GroupId": "security_group_id",
            "FromPort": "from_port",
            "ToPort": "to_port",
            "CidrIpv4": "cidr_ipv4",
            "CidrIpv6": "cidr_ipv6",
            "PrefixListId": "prefix_list_id",
        },
    )
    properties["IpProtocol"] = _protocol(single(block.get("ip_protocol")))
    properties["IsEgress"] = False
    if source is not None:
        properties["ReferencedGroupInfo"] = source if isinstance(source, Unknown) else {"GroupId": source}
    yield made(block, "AWS::EC2::SecurityGroupRule", properties)


def _vpc(block: Block, _: Blocks) -> Iterator[Resource]:
    six = single(block.get("ipv6_cidr_block"))
    if six is None and block.get("assign_generated_ipv6_cidr_block"):
        six = Unknown(f"{block.address}.ipv6_cidr_block", "Amazon chooses it at apply")
    yield made(
        block,
        "AWS::EC2::VPC",
        {
            "CidrBlock": single(block.get("cidr_block")),
            "Ipv6CidrBlockAssociationSet": each(six or None, "Ipv6CidrBlock"),
            "IsDefault": True if block.type == "aws_default_vpc" else None,
        },
    )


def _subnet(block: Block, _: Blocks) -> Iterator[Resource]:
    properties = renamed(
        block,
        {
            "VpcId": "vpc_id",
            "CidrBlock": "cidr_block",
            "MapPublicIpOnLaunch": "map_public_ip_on_launch",
            "AssignIpv6AddressOnCreation": "assign_ipv6_address_on_creation",
        },
    )
    properties["Ipv6CidrBlockAssociationSet"] = each(block.get("ipv6_cidr_block") or None, "Ipv6CidrBlock")
    if block.type == "aws_default_subnet" and properties["MapPublicIpOnLaunch"] is None:
        properties["MapPublicIpOnLaunch"] = True
    yield made(block, "AWS::EC2::Subnet", properties)


def _gateway(block: Block, _: Blocks) -> Iterator[Resource]:
    vpc = single(block.get("vpc_id"))
    yield made(block, "AWS::EC2::InternetGateway", {"Attachments": each(vpc, "VpcId")})


def _peering(block: Block, blocks: Blocks) -> Iterator[Resource]:
    sides = {}
    for side, key in (("RequesterVpcInfo", "vpc_id"), ("AccepterVpcInfo", "peer_vpc_id")):
        vpc = single(block.get(key))
        known = blocks.find(vpc, "aws_vpc", "aws_default_vpc")
        sides[side] = {"VpcId": vpc, "CidrBlock": single(known.get("cidr_block")) if known else None}
        sides[side] = {name: value for name, value in sides[side].items() if value is not None}
    yield made(block, "AWS::EC2::VPCPeeringConnection", sides)


def _route(inner: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "DestinationCidrBlock": single(inner.get("destination_cidr_block") or inner.get("cidr_block")),
        "DestinationIpv6CidrBlock": single(
            inner.get("destination_ipv6_cidr_block") or inner.get("ipv6_cidr_block")
        ),
        "DestinationPrefixListId": single(inner.get("destination_prefix_list_id")),
        "Doubt": doubt_of(inner) or None,
    }
    found |= {theirs: single(inner.get(ours)) for theirs, ours in _TARGETS.items()}
    # A state has empty texts where nothing is set.
    return {key: value for key, value in found.items() if value not in (None, "")}


def _route_table(block: Block, _: Blocks) -> Iterator[Resource]:
    said = block.values.get("route")
    routes = said if isinstance(said, Unknown) else [
        one if isinstance(one, Unknown) else _route(one) for one in block.blocks("route")
    ]  # fmt: skip
    properties: dict[str, Any] = {"VpcId": single(block.get("vpc_id")), "Routes": routes}
    if block.type == "aws_default_route_table":
        properties["Associations"] = [{"Main": True}]
        properties["VpcId"] = properties["VpcId"] or _vpc_of(block, "default_route_table_id")
        properties["Aliases"] = ids_of(block.get("default_route_table_id"))
    yield made(block, "AWS::EC2::RouteTable", properties, places=moved(block, "route", "Routes"))


def _vpc_of(block: Block, key: str) -> Any:
    """The network whose default thing a block takes over."""
    value = single(block.get(key))
    if isinstance(value, str):
        for end in _OF_VPC:
            if value.endswith(end):
                return value.removesuffix(end)
    if isinstance(value, Unknown):
        return value
    return Unknown(f"{block.address}.{key}", "whose default it is, is not among the documents")


def _lone_route(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "AWS::EC2::Route",
        {"RouteTableId": single(block.get("route_table_id")), **_route(block.values)},
    )


def _table_association(block: Block, _: Blocks) -> Iterator[Resource]:
    main = block.type == "aws_main_route_table_association"
    properties = renamed(
        block,
        {
            "RouteTableId": "route_table_id",
            "SubnetId": "subnet_id",
            "GatewayId": "gateway_id",
            "VpcId": "vpc_id",
        },
    )
    yield made(block, "AWS::EC2::SubnetRouteTableAssociation", {**properties, "Main": True if main else None})


def _entry(inner: Any, *, egress: Any) -> Any:
    if isinstance(inner, Unknown):
        return inner
    action = inner.get("rule_action") if "rule_action" in inner else inner.get("action")
    found = {
        "RuleNumber": inner.get("rule_number") if "rule_number" in inner else inner.get("rule_no"),
        "Protocol": _protocol(inner.get("protocol")),
        "RuleAction": action.lower() if isinstance(action, str) else action,
        "Egress": egress,
        "CidrBlock": inner.get("cidr_block"),
        "Ipv6CidrBlock": inner.get("ipv6_cidr_block"),
        "Doubt": doubt_of(inner) or None,
    }
    if inner.get("from_port") is not None or inner.get("to_port") is not None:
        found["PortRange"] = {"From": inner.get("from_port"), "To": inner.get("to_port")}
    return {key: value for key, value in found.items() if value not in (None, "")}


def _acl(block: Block, _: Blocks) -> Iterator[Resource]:
    entries: Any = []
    places: dict[str, Place] = {}
    for key, egress in (("ingress", False), ("egress", True)):
        said = block.values.get(key)
        if isinstance(said, Unknown):
            entries.append(said)
        for number, inner in enumerate(block.blocks(key)):
            places[f"Entries[{len(entries)}]"] = block.at(f"{key}[{number}]")
            entries.append(_entry(inner, egress=egress))
    properties: dict[str, Any] = {
        "VpcId": single(block.get("vpc_id")),
        "Associations": each(block.get("subnet_ids"), "SubnetId"),
        "Entries": entries,
    }
    if block.type == "aws_default_network_acl":
        properties["IsDefault"] = True
        properties["VpcId"] = properties["VpcId"] or _vpc_of(block, "default_network_acl_id")
        properties["Aliases"] = ids_of(block.get("default_network_acl_id"))
    yield made(block, "AWS::EC2::NetworkAcl", properties, places=places)


def _lone_entry(block: Block, _: Blocks) -> Iterator[Resource]:
    inner = {key: single(value) for key, value in block.values.items()}
    egress = inner.get("egress")
    yield made(
        block,
        "AWS::EC2::NetworkAclEntry",
        {
            "NetworkAclId": inner.get("network_acl_id"),
            **_entry(inner, egress=egress if egress is not None else False),
        },
    )


def _prefix_list(block: Block, blocks: Blocks) -> Iterator[Resource]:
    entries: list[Any] = [
        one if isinstance(one, Unknown) else {"Cidr": one.get("cidr")} for one in block.blocks("entry")
    ]
    entries += [
        {"Cidr": single(one.get("cidr"))}
        for one in blocks.pointing(block, "prefix_list_id", "aws_ec2_managed_prefix_list_entry")
    ]
    yield made(
        block,
        "AWS::EC2::PrefixList",
        {
            "PrefixListName": single(block.get("name")),
            "Entries": entries,
            "Aliases": ids_of(block.get("arn")),
        },
    )


def _interface(block: Block, _: Blocks) -> Iterator[Resource]:
    properties = {
        "SubnetId": single(block.get("subnet_id")),
        "Groups": each(block.get("security_groups"), "GroupId"),
        "PrivateIpAddresses": each(block.get("private_ips"), "PrivateIpAddress"),
        "Ipv6Addresses": each(block.get("ipv6_addresses"), "Ipv6Address"),
        "Ipv6AddressCount": single(block.get("ipv6_address_count")),
    }
    attachment = block.first("attachment")
    if attachment:
        properties["Attachment"] = {"InstanceId": attachment.get("instance")}
    yield made(block, "AWS::EC2::NetworkInterface", properties)


def plain(type_: str, **names: str) -> Shape:
    """A resource whose properties are arguments under other names."""

    def shape(block: Block, _: Blocks) -> Iterator[Resource]:
        yield made(block, type_, renamed(block, names))

    return shape


def _shown_only(_: Block, __: Blocks) -> Iterator[Resource]:
    """Joined into another resource, or of no consequence to who gets in."""
    yield from ()


NETWORK: Final[dict[str, Shape]] = {
    "aws_security_group": _security_group,
    "aws_default_security_group": _security_group,
    "aws_security_group_rule": _lone_rule,
    "aws_vpc_security_group_ingress_rule": _ingress_rule,
    "aws_vpc_security_group_egress_rule": _shown_only,
    "aws_vpc_security_group_rules_exclusive": _shown_only,
    "aws_network_interface_sg_attachment": plain(
        "AWS::EC2::NetworkInterfaceSecurityGroup",
        NetworkInterfaceId="network_interface_id",
        GroupId="security_group_id",
    ),
    "aws_vpc": _vpc,
    "aws_default_vpc": _vpc,
    "aws_vpc_ipv4_cidr_block_association": plain(
        "AWS::EC2::VPCCidrBlock", VpcId="vpc_id", CidrBlock="cidr_block"
    ),
    "aws_vpc_ipv6_cidr_block_association": plain(
        "AWS::EC2::VPCCidrBlock", VpcId="vpc_id", Ipv6CidrBlock="ipv6_cidr_block"
    ),
    "aws_subnet": _subnet,
    "aws_default_subnet": _subnet,
    "aws_internet_gateway": _gateway,
    "aws_internet_gateway_attachment": plain(
        "AWS::EC2::VPCGatewayAttachment", VpcId="vpc_id", InternetGatewayId="internet_gateway_id"
    ),
    "aws_egress_only_internet_gateway": plain("AWS::EC2::EgressOnlyInternetGateway", VpcId="vpc_id"),
    "aws_nat_gateway": plain("AWS::EC2::NatGateway", SubnetId="subnet_id"),
    "aws_vpn_gateway": plain("AWS::EC2::VPNGateway", VpcId="vpc_id"),
    "aws_ec2_transit_gateway": plain("AWS::EC2::TransitGateway"),
    "aws_vpc_endpoint": plain("AWS::EC2::VPCEndpoint", VpcId="vpc_id"),
    "aws_vpc_peering_connection": _peering,
    "aws_route_table": _route_table,
    "aws_default_route_table": _route_table,
    "aws_route": _lone_route,
    "aws_route_table_association": _table_association,
    "aws_main_route_table_association": _table_association,
    "aws_network_acl": _acl,
    "aws_default_network_acl": _acl,
    "aws_network_acl_rule": _lone_entry,
    "aws_network_acl_association": plain(
        "AWS::EC2::SubnetNetworkAclAssociation", NetworkAclId="network_acl_id", SubnetId="subnet_id"
    ),
    "aws_ec2_managed_prefix_list": _prefix_list,
    "aws_ec2_managed_prefix_list_entry": _shown_only,
    "aws_eip": plain(
        "AWS::EC2::EIP",
        PublicIp="public_ip",
        InstanceId="instance",
        NetworkInterfaceId="network_interface",
        PrivateIpAddress="associate_with_private_ip",
    ),
    "aws_eip_association": plain(
        "AWS::EC2::EIPAssociation",
        AllocationId="allocation_id",
        EIP="public_ip",
        InstanceId="instance_id",
        NetworkInterfaceId="network_interface_id",
    ),
    "aws_network_interface": _interface,
    "aws_network_interface_attachment": plain(
        "AWS::EC2::NetworkInterfaceAttachment",
        NetworkInterfaceId="network_interface_id",
        InstanceId="instance_id",
    ),
    "aws_vpc_block_public_access_options": plain(
        "AWS::EC2::VPCBlockPublicAccessOptions", InternetGatewayBlockMode="internet_gateway_block_mode"
    ),
    "aws_vpc_block_public_access_exclusion": plain(
        "AWS::EC2::VPCBlockPublicAccessExclusion",
        VpcId="vpc_id",
        SubnetId="subnet_id",
        InternetGatewayExclusionMode="internet_gateway_exclusion_mode",
    ),
}
