"""Security groups: order, matching, tags and destinations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hushdesk.guard._addresses import ALL_V4, EMPTY, PUBLIC, AddressSet
from hushdesk.guard._findings import Malformed, Unresolved
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.reach import ReachSet

Ask = Callable[..., ReachSet]
PLATFORM = AddressSet.parse("168.63.129.16")
INSIDE = AddressSet.parse("10.0.0.0/16") | PLATFORM


def rule(
    priority: Any, source: Any = "*", ports: Any = "9200", access: str = "Allow", **more: Any
) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "priority": priority, "direction": "Inbound", "access": access, "protocol": "Tcp", "sourcePortRange": "*",
        "destinationAddressPrefix": "*", "destinationPortRange": ports,
    }  # fmt: skip
    fields["sourceAddressPrefixes" if isinstance(source, list) else "sourceAddressPrefix"] = source
    return {"name": more.pop("name", f"r{priority}"), "properties": {**fields, **more}}


OPEN = [
    ("star", lambda: [rule(100)]),
    ("everything in one network", lambda: [rule(100, "0.0.0.0/0")]),
    ("two halves", lambda: [rule(100, ["0.0.0.0/1", "128.0.0.0/1"])]),
    ("singular null, plural full", lambda: [rule(100, ["0.0.0.0/0"], sourceAddressPrefix=None)]),
    ("plural empty, singular full", lambda: [rule(100, "*", sourceAddressPrefixes=[])]),
    ("any", lambda: [rule(100, "Any")]),
    ("port star", lambda: [rule(100, ports="*")]),
    ("range", lambda: [rule(100, ports="9000-9300")]),
    ("plural ports", lambda: [rule(100, ports=None, destinationPortRanges=["80", "9200"])]),
    ("both port fields", lambda: [rule(100, ports="80", destinationPortRanges=["9200"])]),
    ("small letters", lambda: [rule(100, access="allow", direction="inbound", protocol="tcp")]),
    ("protocol star", lambda: [rule(100, protocol="*")]),
    ("number as text", lambda: [rule("100")]),
    ("priority before a deny", lambda: [rule(200, access="Deny"), rule(100)]),
    ("deny of another port", lambda: [rule(100, ports="443", access="Deny"), rule(200)]),
    ("deny of another protocol", lambda: [rule(100, protocol="Udp", access="Deny"), rule(200)]),
    ("deny outbound", lambda: [rule(100, access="Deny", direction="Outbound"), rule(200)]),
    ("deny of another destination", lambda: [rule(100, access="Deny", destinationAddressPrefix="10.0.1.5"), rule(200)]),
    ("deny of the public address", lambda: [rule(100, access="Deny", destinationAddressPrefix="20.1.2.3"), rule(200)]),
    ("destination VirtualNetwork", lambda: [rule(100, destinationAddressPrefix="VirtualNetwork")]),
    ("destination by its subnet", lambda: [rule(100, destinationAddressPrefixes=["10.9.0.0/16", "10.0.1.0/24"], destinationAddressPrefix=None)]),
]  # fmt: skip


@pytest.mark.parametrize("rules", [case[1] for case in OPEN], ids=[case[0] for case in OPEN])
def test_open_to_everybody(one_nsg: Ask, rules):
    found = one_nsg(*rules())
    assert found.lower == found.upper == ALL_V4


CLOSED = [
    ("no rule", list),
    ("another port", lambda: [rule(100, ports="9201-9300")]),
    ("udp", lambda: [rule(100, protocol="Udp")]),
    ("icmp has no ports", lambda: [rule(100, protocol="Icmp")]),
    ("outbound", lambda: [rule(100, direction="Outbound")]),
    ("denied before", lambda: [rule(100, access="Deny"), rule(200)]),
    ("two half denies before", lambda: [rule(100, "0.0.0.0/1", access="Deny"), rule(101, "128.0.0.0/1", access="Deny"), rule(200)]),
    ("the public address as destination", lambda: [rule(100, destinationAddressPrefix="20.1.2.3")]),
    ("another machine as destination", lambda: [rule(100, destinationAddressPrefix="10.0.1.5")]),
    ("Internet as destination", lambda: [rule(100, destinationAddressPrefix="Internet")]),
    ("six only", lambda: [rule(100, "::/0")]),
]  # fmt: skip


@pytest.mark.parametrize("rules", [case[1] for case in CLOSED], ids=[case[0] for case in CLOSED])
def test_closed_but_to_the_network(one_nsg: Ask, rules):
    found = one_nsg(*rules())
    assert found.upper & PUBLIC <= PLATFORM
    assert found.lower <= found.upper <= INSIDE


def test_exact_sets(one_nsg: Ask):
    found = one_nsg(rule(100, "203.0.113.7/24", access="Deny"), rule(200, ["203.0.112.0/23", "198.51.100.9"]))
    wanted = AddressSet.parse("203.0.112.0/24", "198.51.100.9") | INSIDE
    assert found.upper == found.lower == wanted


def test_internet_is_all_but_the_network(one_nsg: Ask):
    found = one_nsg(rule(100, "internet"), rule(4096, access="Deny"))
    assert found.upper == found.lower == ALL_V4 - INSIDE


def test_default_rules_can_be_denied(one_nsg: Ask):
    assert one_nsg(rule(4096, access="Deny", ports="*", protocol="*")).upper == EMPTY


def test_a_known_tag_is_its_addresses_and_an_unknown_one_may_be_anybody(one_nsg: Ask, estate):
    cloud = AddressSet.parse("20.0.0.0/8")
    found = one_nsg(rule(100, "AzureCloud"), tags={"azurecloud": cloud})
    assert found.upper == found.lower == cloud | INSIDE
    regional = one_nsg(rule(100, "Storage.WestEurope"), tags={"storage.westeurope": cloud})
    assert regional.upper == cloud | INSIDE
    unknown = one_nsg(rule(100, "AzureCloud"))
    assert unknown.upper == ALL_V4
    assert unknown.lower == INSIDE
    estate.nsg("nsg", rule(100, "AzureCloud")).network().public().nic(nsg="nsg")
    told = [one for one in estate.findings() if isinstance(one, Unresolved)]
    assert [one.expression for one in told] == ["AzureCloud"]
    assert "--service-tags" in told[0].why


def test_a_deny_from_an_unknown_tag_closes_nothing_for_certain(one_nsg: Ask):
    found = one_nsg(rule(100, "Sql", access="Deny"), rule(200))
    assert found.upper == ALL_V4
    assert found.lower == EMPTY


@pytest.mark.parametrize(
    "field",
    [
        "sourceAddressPrefix",
        "destinationPortRange",
        "destinationAddressPrefix",
        "protocol",
        "access",
        "direction",
        "priority",
    ],
)
def test_what_is_not_resolved_is_neither_open_nor_closed(one_nsg: Ask, field):
    made = rule(100)
    made["properties"][field] = Unknown("[parameters('x')]", "no value")
    found = one_nsg(made)
    assert found.upper == ALL_V4, field
    assert found.lower & PUBLIC <= PLATFORM
    made["properties"]["access"] = made["properties"]["access"] if field == "access" else "Deny"
    denied = one_nsg(made, rule(200))
    assert denied.upper == ALL_V4, field
    assert denied.lower & PUBLIC <= PLATFORM


def test_a_whole_rule_that_is_not_resolved(one_nsg: Ask):
    found = one_nsg({"name": "x", "properties": Unknown("[x]", "no value")})
    assert (found.upper, found.lower) == (ALL_V4, EMPTY)


def test_source_ports(estate):
    estate.nsg("nsg", rule(100, sourcePortRange="1024-2048")).network().public().nic(nsg="nsg")
    parts = [part for part in estate.reach(way="public address").parts() if part.sources & PUBLIC - PLATFORM]
    assert [list(part.source_ports) for part in parts] == [[(1024, 2048)]]


def test_duplicate_priorities_are_told_and_nobody_relies_on_their_order(estate):
    estate.nsg("nsg", rule(100, access="Deny", name="no"), rule(100, name="yes")).network().public().nic(
        nsg="nsg"
    )
    told = [one for one in estate.findings() if isinstance(one, Malformed)]
    assert [one.problem for one in told] == ["nsg has two inbound rules of priority 100: no and yes"]
    found = estate.reach(way="public address")
    assert (found.upper, found.lower & PUBLIC) == (ALL_V4, EMPTY)


def test_one_priority_for_both_directions_is_right(estate):
    estate.nsg("nsg", rule(100), rule(100, direction="Outbound", name="out")).network().public().nic(
        nsg="nsg"
    )
    assert not [one for one in estate.findings() if isinstance(one, Malformed)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("destinationPortRange", "90-80"),
        ("destinationPortRange", "70000"),
        ("sourceAddressPrefix", "10.0.0.0/40"),
        ("protocol", None),
        ("sourceAddressPrefix", None),
    ],
)
def test_wrong_fields_are_told_and_taken_as_unknown(estate, field, value):
    made = rule(100)
    made["properties"][field] = value
    estate.nsg("nsg", made).network().public().nic(nsg="nsg")
    assert any(isinstance(one, Malformed) and one.remedy for one in estate.findings())
    found = estate.reach(way="public address")
    assert found.upper == ALL_V4
    assert not found.lower & PUBLIC - PLATFORM


def test_rules_as_resources_of_their_own(estate):
    estate.nsg("nsg", rule(200, access="Deny")).network().public().nic(nsg="nsg")
    estate.add("networkSecurityGroups/securityRules", "nsg/securityRules/open", **rule(100)["properties"])
    assert estate.reach(way="public address").upper == ALL_V4


def test_a_rule_finds_its_group_by_parent_id(estate):
    estate.nsg("nsg").network().public().nic(nsg="nsg")
    estate.add(
        "networkSecurityGroups/securityRules", "elsewhere", parentId={"id": "NSG"}, **rule(100)["properties"]
    )
    assert estate.reach(way="public address").lower == ALL_V4


def test_a_rule_for_a_group_that_is_not_in_the_input(estate):
    estate.add("networkSecurityGroups/securityRules", "other/securityRules/open", **rule(100)["properties"])
    found = estate.reach(name="other")
    assert found.upper >= PUBLIC
    assert not found.lower & PUBLIC - PLATFORM


def test_a_rule_under_an_unresolved_condition(estate):
    estate.nsg("nsg", rule(200, access="Deny")).network().public().nic(nsg="nsg")
    estate.add(
        "networkSecurityGroups/securityRules",
        "nsg/securityRules/open",
        doubt="who knows",
        **rule(100)["properties"],
    )
    found = estate.reach(way="public address")
    assert (found.upper, found.lower) == (ALL_V4, EMPTY)


def test_items_that_share_an_id_are_all_kept(estate):
    one, other = rule(100, "203.0.113.0/24"), rule(200, "198.51.100.0/24")
    estate.nsg(
        "nsg", {**one, "id": "nsg/securityRules/x"}, {**other, "id": "nsg/securityRules/x"}
    ).network().public().nic(nsg="nsg")
    assert (
        estate.reach(way="public address").upper
        == AddressSet.parse("203.0.113.0/24", "198.51.100.0/24") | INSIDE
    )


def test_flat_rules_are_the_same(estate):
    flat = {"name": "r", **rule(100, "203.0.113.0/24")["properties"]}
    estate.nsg("nsg", flat).network().public().nic(nsg="nsg")
    assert estate.reach(way="public address").upper == AddressSet.parse("203.0.113.0/24") | INSIDE


def test_unknown_private_address_puts_a_rule_for_one_machine_in_doubt(estate):
    estate.nsg("nsg", rule(100, destinationAddressPrefix="10.0.1.9")).network().public().nic(
        nsg="nsg", address=None
    )
    found = estate.reach(way="public address")
    assert (found.upper, found.lower & PUBLIC - PLATFORM) == (ALL_V4, EMPTY)
    within = (
        estate.__class__()
        .nsg("nsg", rule(100, destinationAddressPrefix="10.0.1.0/24"))
        .network()
        .public()
        .nic(nsg="nsg", address=None)
    )
    assert within.reach(way="public address").lower == ALL_V4


def test_asg_as_source_is_the_private_addresses_of_its_members(estate):
    source = {"sourceApplicationSecurityGroups": [{"id": "web"}], "sourceAddressPrefix": None}
    estate.add("applicationSecurityGroups", "web").nsg("nsg", rule(100, **source), rule(200, access="Deny"))
    estate.network().public().nic(nsg="nsg")
    estate.nic("member", public=None, address="10.0.1.77", applicationSecurityGroups=[{"id": "web"}])
    assert estate.reach(way="private address").upper == AddressSet.parse("10.0.1.77")


def test_asg_that_is_not_in_the_input_is_private_and_unknown(estate):
    source = {"sourceApplicationSecurityGroups": [{"id": "web"}], "sourceAddressPrefix": None}
    estate.nsg("nsg", rule(100, **source), rule(200, access="Deny")).network().public().nic(nsg="nsg")
    found = estate.reach(way="private address")
    assert found.lower == EMPTY
    assert AddressSet.parse("10.0.0.0/16") <= found.upper


def test_asg_as_destination_means_members_only(estate):
    aim = {"destinationApplicationSecurityGroups": [{"id": "db"}], "destinationAddressPrefix": None}
    estate.add("applicationSecurityGroups", "db").nsg("nsg", rule(100, **aim)).network().public().public(
        "pip2"
    )
    estate.nic(nsg="nsg", applicationSecurityGroups=[{"id": "db"}]).nic(
        "other", nsg="nsg", public="pip2", address="10.0.1.5"
    )
    assert estate.reach(way="public address").lower == ALL_V4
    assert estate.reach(name="other", way="public address").upper == INSIDE


def test_items_whose_ids_are_the_same_in_two_groups(estate):
    for name, source in (("n", "203.0.113.0/24"), ("m", "198.51.100.0/24")):
        estate.nsg(name, {**rule(100, source), "id": "id"})
    assert [one for one in estate.findings() if not hasattr(one, "paths")] == []
    for name, source in (("n", "203.0.113.0/24"), ("m", "198.51.100.0/24")):
        assert AddressSet.parse(source) <= estate.reach(name=name).lower
    assert not AddressSet.parse("203.0.113.0/24") <= estate.reach(name="m").lower
