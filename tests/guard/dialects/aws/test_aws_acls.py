"""Network ACLs: first match by number, both ways, without state."""

from __future__ import annotations

from typing import Any

import pytest

from hushdesk.guard._addresses import EMPTY, AddressSet
from hushdesk.guard.dialects._resource import Unknown

LATER = Unknown("var.x", "give a value for x")


def entry(
    number: Any,
    action: str,
    block: str,
    low: Any = None,
    high: Any = None,
    *,
    out: bool = False,
    protocol: Any = "6",
) -> dict[str, Any]:
    ports = None if low is None else {"From": low, "To": low if high is None else high}
    family = "Ipv6CidrBlock" if ":" in block else "CidrBlock"
    return {
        "RuleNumber": number,
        "Protocol": protocol,
        "RuleAction": action,
        "Egress": out,
        family: block,
        "PortRange": ports,
    }


ALL_IN = entry(100, "allow", "0.0.0.0/0", protocol="-1")
ALL_OUT = entry(100, "allow", "0.0.0.0/0", out=True, protocol="-1")


def test_the_lowest_number_decides(net: Any) -> None:
    net.acl(entry(200, "allow", "0.0.0.0/0"), entry(100, "deny", "8.8.0.0/16"), ALL_OUT)
    assert "8.8.8.8" not in net.reach().upper
    assert "8.9.8.8" in net.reach().lower
    net.acl(entry(100, "allow", "0.0.0.0/0"), entry(200, "deny", "8.8.0.0/16"), ALL_OUT)
    assert "8.8.8.8" in net.reach().lower


def test_nothing_is_allowed_at_the_end(net: Any) -> None:
    net.acl(ALL_OUT)
    assert net.reach().upper == AddressSet.parse("10.0.1.0/24")


def test_ports_and_protocols_count(net: Any) -> None:
    net.acl(entry(100, "allow", "0.0.0.0/0", 9000, 9300), ALL_OUT)
    assert "8.8.8.8" in net.reach().lower
    net.acl(entry(100, "allow", "0.0.0.0/0", 9000, 9300, protocol="17"), ALL_OUT)
    assert "8.8.8.8" not in net.reach().upper


def test_its_own_subnet_does_not_pass_the_list(net: Any) -> None:
    net.acl()
    assert net.reach().upper == AddressSet.parse("10.0.1.0/24")
    assert net.reach().exact


def test_without_a_way_back_there_is_no_connection(net: Any) -> None:
    net.acl(ALL_IN)
    assert "8.8.8.8" not in net.reach().upper
    net.acl(ALL_IN, entry(100, "allow", "8.0.0.0/8", 1024, 65535, out=True))
    assert "8.8.8.8" in net.reach().lower
    assert "9.9.9.9" not in net.reach().upper


def test_a_client_takes_the_port_to_which_answers_may_go(net: Any) -> None:
    net.acl(ALL_IN, entry(100, "allow", "0.0.0.0/0", 443, 443, out=True))
    assert "8.8.8.8" in net.reach().lower
    net.acl(ALL_IN, entry(100, "allow", "0.0.0.0/0", 0, 0, out=True))
    assert "8.8.8.8" not in net.reach().upper


def test_one_port_that_is_left_is_enough(net: Any) -> None:
    net.acl(
        ALL_IN,
        entry(10, "deny", "8.8.0.0/16", 1, 49151, out=True),
        entry(100, "allow", "0.0.0.0/0", out=True),
    )
    assert "8.8.8.8" in net.reach().lower
    net.acl(
        ALL_IN,
        entry(10, "deny", "8.8.0.0/16", 0, 65535, out=True),
        entry(100, "allow", "0.0.0.0/0", out=True),
    )
    assert "8.8.8.8" not in net.reach().upper
    assert "8.9.8.8" in net.reach().lower


def test_answers_over_another_protocol_are_none(net: Any) -> None:
    net.acl(ALL_IN, entry(100, "allow", "0.0.0.0/0", out=True, protocol="udp"))
    assert "8.8.8.8" not in net.reach().upper


def test_both_families_have_entries_of_their_own(net: Any) -> None:
    net.group(
        "sg-1",
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
    )
    net.interface(Ipv6Addresses=[{"Ipv6Address": "2600:1f00::5"}])
    net.acl(ALL_IN, ALL_OUT)
    assert "2001:4860::1" not in net.reach().upper
    net.acl(ALL_IN, ALL_OUT, entry(101, "allow", "::/0"), entry(101, "allow", "::/0", out=True))
    assert "2001:4860::1" in net.reach().lower


def test_an_explicit_list_comes_before_the_default_one(net: Any) -> None:
    net.add("NetworkAcl", "acl-2", VpcId="vpc-1", Associations=[{"SubnetId": "subnet-1"}], Entries=[ALL_OUT])
    assert "8.8.8.8" not in net.reach().upper


def test_stand_alone_entries_and_associations_join_their_list(net: Any) -> None:
    net.add("NetworkAcl", "acl-2", VpcId="vpc-1")
    net.add("SubnetNetworkAclAssociation", "link", NetworkAclId="acl-2", SubnetId="subnet-1")
    assert "8.8.8.8" not in net.reach().upper
    net.add("NetworkAclEntry", "in", NetworkAclId="acl-2", **ALL_IN)
    net.add("NetworkAclEntry", "out", NetworkAclId="acl-2", **ALL_OUT)
    assert "8.8.8.8" in net.reach().lower


def test_a_missing_list_is_unknown_of_a_live_network_and_open_of_a_new_one(net: Any) -> None:
    net.drop("acl-1")
    assert "8.8.8.8" in net.reach().upper
    assert "8.8.8.8" not in net.reach().lower
    assert any("network ACL" in each.why for each in net.answers().unresolved)
    assert "8.8.8.8" in net.reach(created=True).lower


@pytest.mark.parametrize(
    "unsure",
    [
        entry(50, "deny", "0.0.0.0/0") | {"CidrBlock": LATER},
        entry(50, "deny", "0.0.0.0/0", LATER),
        entry(LATER, "deny", "0.0.0.0/0"),
        entry(50, "deny", "0.0.0.0/0") | {"Egress": LATER},
        entry(50, "deny", "0.0.0.0/0") | {"Protocol": LATER},
        entry(50, "deny", "0.0.0.0/0") | {"RuleAction": LATER},
        LATER,
    ],
)
def test_a_denial_that_is_not_known_closes_nothing_for_certain_and_opens_nothing(
    net: Any, unsure: Any
) -> None:
    net.acl(unsure, ALL_IN, ALL_OUT)
    found = net.reach()
    assert "8.8.8.8" in found.upper
    if not isinstance(unsure, Unknown) and unsure["RuleAction"] is not LATER:
        assert "8.8.8.8" not in found.lower


def test_an_allowance_that_is_not_known_may_let_in(net: Any) -> None:
    net.acl(entry(LATER, "allow", "0.0.0.0/0"), entry(10, "deny", "0.0.0.0/0"), ALL_OUT)
    assert "8.8.8.8" in net.reach().upper
    assert "8.8.8.8" not in net.reach().lower


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (entry(50, "perhaps", "0.0.0.0/0"), "neither allows nor denies"),
        (entry(50, "allow", "nowhere"), "no CIDR block"),
        (entry(50, "allow", "0.0.0.0/0", 10, 5), "higher than the last"),
        (entry(None, "allow", "0.0.0.0/0"), "no rule number"),
        ("allow", "not a list of mappings"),
        (entry(100, "deny", "8.8.8.8/32"), "have the number 100"),
        ({"RuleNumber": 50, "RuleAction": "allow", "Egress": False, "Protocol": "-1"}, "no block"),
    ],
)
def test_what_is_wrong_is_said(net: Any, wrong: Any, problem: str) -> None:
    net.acl(wrong, ALL_IN, ALL_OUT)
    assert [each for each in net.answers().malformed if problem in each.problem]
    assert "9.9.9.9" in net.reach().upper


def test_a_list_of_a_subnet_that_is_not_known_makes_all_lists_doubtful(net: Any) -> None:
    net.add("NetworkAcl", "acl-2", VpcId="vpc-1", Associations=[{"SubnetId": LATER}], Entries=[])
    found = net.reach()
    assert "8.8.8.8" in found.upper
    assert "8.8.8.8" not in found.lower
    net.add("NetworkAcl", "acl-2", VpcId="vpc-2", Associations=[{"SubnetId": LATER}], Entries=[])
    assert "8.8.8.8" in net.reach().lower


def test_nothing_answered_at_all_is_closed_but_for_the_subnet(net: Any) -> None:
    net.acl(ALL_IN, entry(1, "deny", "0.0.0.0/0", out=True, protocol="-1"), ALL_OUT)
    assert net.reach().upper == AddressSet.parse("10.0.1.0/24")
    assert net.reach(1).upper == EMPTY
