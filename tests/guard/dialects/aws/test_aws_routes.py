"""Route tables, gateways, public addresses, Block Public Access."""

from __future__ import annotations

from typing import Any

import pytest

from hushdesk.guard._addresses import EMPTY, PRIVATE, AddressSet
from hushdesk.guard.dialects._resource import Unknown

LATER = Unknown("var.x", "give a value for x")
DEFAULT = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}


def public(net: Any, **more: Any) -> bool:
    return "8.8.8.8" in net.reach(**more).lower


def test_without_a_public_address_only_the_network_comes_in(net: Any) -> None:
    net.interface(Association=None)
    assert net.reach().upper == AddressSet.parse("10.0.0.0/16")
    assert net.reach().exact


@pytest.mark.parametrize(
    "target",
    [
        {"NatGatewayId": "nat-1"},
        {"TransitGatewayId": "tgw-1"},
        {"GatewayId": "vgw-1"},
        {"EgressOnlyInternetGatewayId": "eigw-1"},
        {"GatewayId": "igw-1", "State": "blackhole"},
    ],
)
def test_a_route_elsewhere_is_no_way_back(net: Any, target: dict[str, Any]) -> None:
    net.routes({"DestinationCidrBlock": "0.0.0.0/0", **target})
    assert "8.8.8.8" not in net.reach().upper


@pytest.mark.parametrize(
    "target", [{"NetworkInterfaceId": "eni-9"}, {"GatewayId": "vpce-1"}, {"GatewayId": LATER}, {}]
)
def test_a_route_through_something_unknown_may_be_a_way_back(net: Any, target: dict[str, Any]) -> None:
    net.routes({"DestinationCidrBlock": "0.0.0.0/0", **target})
    assert "8.8.8.8" in net.reach().upper
    assert "8.8.8.8" not in net.reach().lower


def test_the_longest_prefix_decides(net: Any) -> None:
    net.routes(
        DEFAULT,
        {"DestinationCidrBlock": "8.0.0.0/8", "NatGatewayId": "nat-1"},
        {"DestinationCidrBlock": "8.8.8.0/24", "GatewayId": "igw-1"},
    )
    assert public(net)
    assert "8.8.9.9" not in net.reach().upper
    assert "9.9.9.9" in net.reach().lower


def test_only_the_routed_prefix_comes_in(net: Any) -> None:
    net.routes({"DestinationCidrBlock": "8.8.0.0/16", "GatewayId": "igw-1"})
    assert net.reach().upper == AddressSet.parse("8.8.0.0/16", "10.0.0.0/16")


def test_an_explicit_table_comes_before_the_main_one(net: Any) -> None:
    net.add("RouteTable", "rtb-2", VpcId="vpc-1", Associations=[{"SubnetId": "subnet-1"}], Routes=[])
    assert "8.8.8.8" not in net.reach().upper
    net.add("Route", "route", RouteTableId="rtb-2", **DEFAULT)
    assert public(net)


def test_associations_stand_alone(net: Any) -> None:
    net.add("RouteTable", "rtb-2", VpcId="vpc-1")
    assert public(net)
    net.add("SubnetRouteTableAssociation", "link", RouteTableId="rtb-2", SubnetId="subnet-1")
    assert "8.8.8.8" not in net.reach().upper


def test_a_missing_table_is_unknown_of_a_live_network_and_local_of_a_new_one(net: Any) -> None:
    net.drop("rtb-1")
    assert "8.8.8.8" in net.reach().upper
    assert "8.8.8.8" not in net.reach().lower
    net.interface(AssociatePublicIpAddress=True)
    assert "8.8.8.8" not in net.reach(created=True).upper


def test_a_gateway_that_is_attached_elsewhere_leads_nowhere(net: Any) -> None:
    net.add("InternetGateway", "igw-1", Attachments=[{"VpcId": "vpc-2"}])
    assert "8.8.8.8" not in net.reach().upper
    net.add("InternetGateway", "igw-1")
    assert "8.8.8.8" not in net.reach().upper
    net.add("VPCGatewayAttachment", "link", VpcId="vpc-1", InternetGatewayId="igw-1")
    assert public(net)
    net.add("VPCGatewayAttachment", "link", VpcId=LATER, InternetGatewayId="igw-1")
    assert "8.8.8.8" in net.reach().upper
    assert not public(net)


def test_a_gateway_that_is_not_in_the_input_is_known_by_its_id(net: Any) -> None:
    net.drop("igw-1")
    assert public(net)


def test_ipv6_has_routes_of_its_own(net: Any) -> None:
    net.group("sg-1", {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]})
    net.interface(Ipv6Addresses=[{"Ipv6Address": "2600:1f00::5"}])
    assert "2001:4860::1" in net.reach().lower
    net.routes(DEFAULT, {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1"})
    assert "2001:4860::1" not in net.reach().upper


def test_an_elastic_address_makes_public(net: Any) -> None:
    net.interface(Association=None)
    net.add("EIP", "eipalloc-1", PublicIp="52.9.9.9", NetworkInterfaceId="eni-1")
    assert public(net)
    assert "52.9.9.9" in net.answers().endpoint("eni-1").paths[0].name
    net.add("EIP", "eipalloc-1", PublicIp="52.9.9.9")
    assert not public(net)
    net.add("EIPAssociation", "link", AllocationId="eipalloc-1", NetworkInterfaceId="eni-1")
    assert public(net)


def test_peers_are_sources_by_their_blocks(net: Any) -> None:
    net.group("sg-1", {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]})
    net.interface(Association=None)
    net.routes({"DestinationCidrBlock": "192.168.0.0/16", "VpcPeeringConnectionId": "pcx-1"})
    assert "192.168.7.7" in net.reach().upper
    assert "192.168.7.7" not in net.reach().lower
    net.add(
        "VPCPeeringConnection",
        "pcx-1",
        RequesterVpcInfo={"VpcId": "vpc-1"},
        AccepterVpcInfo={"VpcId": "vpc-2", "CidrBlock": "192.168.7.0/24"},
    )
    assert "192.168.7.7" in net.reach().upper
    assert "192.168.8.8" not in net.reach().upper
    net.add(
        "RouteTable",
        "rtb-2",
        VpcId="vpc-2",
        Associations=[{"Main": True}],
        Routes=[{"DestinationCidrBlock": "10.0.0.0/16", "VpcPeeringConnectionId": "pcx-1"}],
    )
    assert "192.168.7.7" in net.reach().lower


def test_a_default_route_to_a_transit_gateway_brings_private_sources_and_is_noted(net: Any) -> None:
    net.interface(Association=None)
    net.routes({"DestinationCidrBlock": "0.0.0.0/0", "TransitGatewayId": "tgw-1"})
    found = net.reach()
    assert "172.16.5.5" in found.upper
    assert found.upper <= PRIVATE
    assert found.lower == AddressSet.parse("10.0.0.0/16")
    assert any("tgw-1" in each.what for each in net.answers().not_looked_at)


def test_a_table_of_a_gateway_is_noted(net: Any) -> None:
    net.add("RouteTable", "rtb-edge", VpcId="vpc-1", Associations=[{"GatewayId": "igw-1"}])
    assert any("rtb-edge" in each.what for each in net.answers().not_looked_at)


def test_block_public_access_closes_and_exclusions_open(net: Any) -> None:
    net.add("VPCBlockPublicAccessOptions", "bpa", InternetGatewayBlockMode="block-ingress")
    assert net.reach().upper == AddressSet.parse("10.0.0.0/16")
    net.add(
        "VPCBlockPublicAccessExclusion", "out", VpcId="vpc-1", InternetGatewayExclusionMode="allow-egress"
    )
    assert not public(net)
    net.add(
        "VPCBlockPublicAccessExclusion",
        "both",
        SubnetId="subnet-1",
        InternetGatewayExclusionMode="allow-bidirectional",
    )
    assert public(net)
    net.drop("both")
    net.add("VPCBlockPublicAccessOptions", "bpa", InternetGatewayBlockMode=LATER)
    assert "8.8.8.8" in net.reach().upper
    assert not public(net)
    net.add("VPCBlockPublicAccessOptions", "bpa", InternetGatewayBlockMode="off")
    assert public(net)


def test_an_unknown_subnet_brings_everybody_to_a_public_address_only(net: Any) -> None:
    net.interface(SubnetId=LATER)
    assert "8.8.8.8" in net.reach().upper
    assert not public(net)
    net.interface(SubnetId="subnet-gone", Association=None)
    assert net.reach().upper <= PRIVATE
    assert net.reach().upper


def test_wrong_routes_are_said(net: Any) -> None:
    net.routes(DEFAULT, {"DestinationCidrBlock": "everywhere", "NatGatewayId": "nat-1"}, "route")
    problems = [each.problem for each in net.answers().malformed]
    assert len(problems) == 2
    assert "8.8.8.8" in net.reach().upper
    assert not public(net)


def test_instances_have_the_ways_of_all_their_interfaces(net: Any) -> None:
    net.drop("eni-1")
    net.interface("eni-2", Attachment={"InstanceId": "i-1"}, Association=None)
    net.interface("eni-3", Attachment={"InstanceId": "i-1"}, private="10.0.1.6")
    net.add(
        "Instance",
        "i-1",
        SubnetId="subnet-1",
        VpcId="vpc-1",
        State={"Name": "running"},
        Tags=[{"Key": "Name", "Value": "search-1"}],
    )
    answers = net.answers()
    assert [each.name for each in answers.endpoints] == ["i-1"]
    assert "8.8.8.8" in answers.reach("i-1", 9200).lower
    assert {"10.0.1.5", "10.0.1.6", "52.1.2.3", "search-1"} <= set(answers.endpoint("i-1").aliases)


def test_a_stopped_instance_may_get_a_public_address(net: Any) -> None:
    net.drop("eni-1")
    net.add(
        "Instance",
        "i-1",
        SubnetId="subnet-1",
        SecurityGroups=[{"GroupId": "sg-1"}],
        State={"Name": "stopped"},
    )
    assert "8.8.8.8" not in net.reach(name="i-1").upper
    net.add("Subnet", "subnet-1", VpcId="vpc-1", CidrBlock="10.0.1.0/24", MapPublicIpOnLaunch=True)
    assert "8.8.8.8" in net.reach(name="i-1").upper
    assert not public(net, name="i-1")
    net.add(
        "Instance",
        "i-1",
        SubnetId="subnet-1",
        SecurityGroups=[{"GroupId": "sg-1"}],
        State={"Name": "terminated"},
    )
    assert "i-1" not in [each.name for each in net.answers().endpoints]


@pytest.mark.parametrize(
    ("own", "subnet", "expected"),
    [
        (True, False, "yes"),
        (False, True, "no"),
        (None, True, "yes"),
        (None, False, "no"),
        (LATER, False, "perhaps"),
        (None, LATER, "perhaps"),
    ],
)
def test_new_instances_get_a_public_address_by_their_own_or_their_subnets_setting(
    net: Any, own: Any, subnet: Any, expected: str
) -> None:
    net.drop("eni-1")
    net.add("Subnet", "subnet-1", VpcId="vpc-1", CidrBlock="10.0.1.0/24", MapPublicIpOnLaunch=subnet)
    net.add("Instance", "i-1", SubnetId="subnet-1", SecurityGroups=["sg-1"], AssociatePublicIpAddress=own)
    found = net.reach(name="i-1", created=True)
    assert ("8.8.8.8" in found.upper, "8.8.8.8" in found.lower) == (expected != "no", expected == "yes")


def test_a_new_instance_without_subnet_lies_in_the_default_network(net: Any) -> None:
    net.drop("eni-1")
    net.add("Instance", "i-1", SecurityGroups=["sg-1"])
    found = net.reach(name="i-1", created=True)
    assert "8.8.8.8" in found.upper
    assert found.lower == EMPTY


def test_a_new_instance_without_group_has_the_networks_default_one(net: Any) -> None:
    net.drop("eni-1")
    net.add("Instance", "i-1", SubnetId="subnet-1", AssociatePublicIpAddress=True)
    found = net.reach(name="i-1", created=True)
    assert found.upper <= PRIVATE
    assert "10.0.9.9" in found.upper
