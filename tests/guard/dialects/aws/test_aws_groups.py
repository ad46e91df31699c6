"""Security groups: the union of all, and what stands for sources in them."""

from __future__ import annotations

from typing import Any

import pytest

from hushdesk.guard._addresses import EMPTY, PRIVATE, AddressSet
from hushdesk.guard._dialect import World
from hushdesk.guard.dialects._resource import Unknown

LATER = Unknown("var.x", "give a value for x")


def tcp(port: int, **sources: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **sources}


def test_everybody_reaches_an_open_port_and_nobody_another(net: Any) -> None:
    assert "8.8.8.8" in net.reach().lower
    assert net.reach().exact
    assert net.reach(9201).upper == EMPTY
    assert net.reach(9200, "udp").upper == EMPTY


def test_groups_without_rules_are_closed(net: Any) -> None:
    net.group("sg-1")
    assert net.reach().upper == EMPTY


def test_several_groups_are_a_union(net: Any) -> None:
    net.group("sg-1", tcp(9200, IpRanges=[{"CidrIp": "198.51.100.0/24"}]))
    net.group("sg-2", tcp(9200, IpRanges=[{"CidrIp": "8.8.0.0/16"}]))
    net.interface(groups=("sg-1", "sg-2"))
    assert net.reach().upper == AddressSet.parse("198.51.100.0/24", "8.8.0.0/16")


@pytest.mark.parametrize("protocol", ["-1", -1, "all"])
def test_all_protocols_ignore_ports(net: Any, protocol: Any) -> None:
    net.group(
        "sg-1", {"IpProtocol": protocol, "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    )
    assert "8.8.8.8" in net.reach(27017).lower
    assert "8.8.8.8" in net.reach(53, "udp").lower


@pytest.mark.parametrize("protocol", ["tcp", "6", 6, "TCP"])
def test_protocols_by_name_and_number(net: Any, protocol: Any) -> None:
    net.group(
        "sg-1",
        {"IpProtocol": protocol, "FromPort": "9000", "ToPort": 9300, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
    )
    assert "8.8.8.8" in net.reach(9200).lower
    assert net.reach(9301).upper == EMPTY
    assert net.reach(9200, "udp").upper == EMPTY


def test_type_and_code_of_icmp_are_no_ports(net: Any) -> None:
    net.group(
        "sg-1", {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    )
    assert net.reach(8).upper == EMPTY
    assert "8.8.8.8" in net.reach(0, "icmp").upper
    assert not net.answers().malformed


def test_ipv6_has_its_own_ranges(net: Any) -> None:
    net.group("sg-1", tcp(9200, Ipv6Ranges=[{"CidrIpv6": "2001:4860::/32"}]))
    assert net.reach().upper == EMPTY
    net.interface(Ipv6Addresses=[{"Ipv6Address": "2600:1f00::5"}])
    assert net.reach().upper == AddressSet.parse("2001:4860::/32")


def test_a_group_stands_for_the_private_addresses_of_its_members(net: Any) -> None:
    net.group("sg-1", tcp(9200, UserIdGroupPairs=[{"GroupId": "sg-2"}]))
    net.group("sg-2")
    net.interface("eni-2", groups=("sg-2",), private="10.0.1.9")
    assert net.reach().upper == AddressSet.parse("10.0.1.9/32")
    assert net.reach().exact


def test_self_stands_for_the_group_itself(net: Any) -> None:
    net.group("sg-1", {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-1"}]})
    net.interface("eni-2", private="10.0.1.9")
    assert net.reach().upper == AddressSet.parse("10.0.1.5/32", "10.0.1.9/32")


def test_members_that_the_input_does_not_show_are_private_and_unknown(net: Any) -> None:
    net.group("sg-1", tcp(9200, UserIdGroupPairs=[{"GroupId": "sg-of-a-peer", "UserId": "2"}]))
    found = net.reach()
    assert found.lower == EMPTY
    assert found.upper
    assert found.upper <= PRIVATE


def test_a_member_whose_address_is_not_shown_leaves_the_group_unknown(net: Any) -> None:
    net.group("sg-1", tcp(9200, UserIdGroupPairs=[{"GroupId": "sg-2"}]))
    net.group("sg-2")
    net.add(
        "AWS::RDS::DBInstance",
        "db",
        Engine="mysql",
        VpcSecurityGroups=[{"VpcSecurityGroupId": "sg-2"}],
        DBSubnetGroup={"Subnets": [{"SubnetIdentifier": "subnet-1"}]},
        PubliclyAccessible=False,
    )
    assert "10.0.1.77" in net.reach().upper
    assert net.reach().lower == EMPTY
    net.interface(
        "eni-2", groups=("sg-2",), private="10.0.1.9", Description="RDSNetworkInterface", Association=None
    )
    assert net.reach().upper == AddressSet.parse("10.0.1.9/32")


def test_a_group_that_is_not_in_the_input_may_let_in_anything(net: Any) -> None:
    net.interface(groups=("sg-1", "sg-gone"))
    found = net.reach(22)
    assert found.lower == EMPTY
    assert "8.8.8.8" in found.upper
    assert [each.expression for each in net.answers().unresolved] == ["sg-gone"]


def test_prefix_lists_of_the_input_of_the_world_and_of_nobody(net: Any) -> None:
    net.group("sg-1", tcp(9200, PrefixListIds=[{"PrefixListId": "pl-1"}]))
    assert net.reach().lower == EMPTY
    assert "8.8.8.8" in net.reach().upper
    assert net.answers().unresolved
    world = World(tags={"pl-1": AddressSet.parse("8.8.0.0/16")})
    assert net.reach(world=world).upper == AddressSet.parse("8.8.0.0/16")
    net.add("PrefixList", "pl-1", PrefixListName="offices")
    by_name = World(tags={"offices": AddressSet.parse("9.9.0.0/16")})
    assert net.reach(world=by_name).upper == AddressSet.parse("9.9.0.0/16")
    net.add("PrefixList", "pl-1", Entries=[{"Cidr": "198.51.100.0/24"}, {"Cidr": "2001:db8::/32"}])
    assert net.reach(world=world).upper == AddressSet.parse("198.51.100.0/24")


def test_stand_alone_rules_join_their_group(net: Any) -> None:
    net.group("sg-1")
    net.add(
        "SecurityGroupRule",
        "sgr-1",
        GroupId="sg-1",
        IsEgress=False,
        IpProtocol="tcp",
        FromPort=9200,
        ToPort=9200,
        CidrIpv4="8.8.8.0/24",
    )
    net.add(
        "SecurityGroupRule", "sgr-2", GroupId="sg-1", IsEgress=True, IpProtocol="-1", CidrIpv4="0.0.0.0/0"
    )
    assert net.reach().upper == AddressSet.parse("8.8.8.0/24")
    (part,) = [each for each in net.reach().parts() if each.path.name.startswith("public")]
    assert "sgr-1" in {str(each.place.pointer) for each in part.deciders}


def test_a_rule_of_a_group_that_is_not_in_the_input_shows_itself(net: Any) -> None:
    net.add(
        "SecurityGroupRule",
        "sgr-1",
        GroupId="sg-gone",
        IsEgress=False,
        IpProtocol="tcp",
        FromPort=5432,
        ToPort=5432,
        CidrIpv4="0.0.0.0/0",
    )
    answers = net.answers()
    assert not answers.endpoint("sgr-1").attached
    assert "8.8.8.8" in answers.reach("sgr-1", 5432).upper


def test_a_group_that_nothing_has_says_what_it_would_let_in(net: Any) -> None:
    net.group("sg-2", tcp(6379, IpRanges=[{"CidrIp": "0.0.0.0/0"}]))
    answers = net.answers()
    assert not answers.endpoint("sg-2").attached
    assert "group sg-2" in answers.endpoint("sg-2").aliases
    assert "8.8.8.8" in answers.reach("sg-2", 6379).lower
    assert [each.name for each in answers.endpoints] == ["eni-1", "sg-2"]


@pytest.mark.parametrize(
    "permission",
    [
        tcp(9200, IpRanges=[{"CidrIp": LATER}]),
        tcp(9200, IpRanges=LATER),
        {"IpProtocol": LATER, "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        {"IpProtocol": "tcp", "FromPort": LATER, "ToPort": 10, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        {**tcp(9200, IpRanges=[{"CidrIp": "0.0.0.0/0"}]), "Doubt": "a condition is not known"},
        {**tcp(9200, IpRanges=[{"CidrIp": "0.0.0.0/0"}]), "IsEgress": LATER},
        LATER,
    ],
)
def test_what_is_unknown_may_be_open_and_is_not_open_for_certain(net: Any, permission: Any) -> None:
    net.group("sg-1", permission)
    found = net.reach()
    assert "8.8.8.8" in found.upper
    assert found.lower == EMPTY


@pytest.mark.parametrize(
    ("permission", "problem"),
    [
        (tcp(9200, IpRanges=[{"CidrIp": "everybody"}]), "CIDR"),
        (tcp(9200), "names no source"),
        (
            {"IpProtocol": "tcp", "FromPort": 9300, "ToPort": 9200, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
            "higher",
        ),
        (
            {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 99999, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
            "outside",
        ),
        ("open", "not a mapping"),
    ],
)
def test_what_is_wrong_is_said_and_not_taken_for_safe(net: Any, permission: Any, problem: str) -> None:
    net.group("sg-1", permission)
    answers = net.answers()
    assert [each for each in answers.malformed if problem in each.problem]
    assert answers.reach("eni-1", 9200).lower == EMPTY
    if problem != "names no source":
        assert "8.8.8.8" in answers.reach("eni-1", 9200).upper
