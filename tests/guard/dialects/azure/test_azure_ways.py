"""Ways in, the two levels of groups, and what Basic and Standard mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EMPTY, PUBLIC, AddressSet
from hushdesk.guard._findings import Endpoint, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import PortShift
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.reach import reach

PLATFORM = AddressSet.parse("168.63.129.16")
INSIDE = AddressSet.parse("10.0.0.0/16") | PLATFORM
CORP = AddressSet.parse("203.0.113.0/24")


def public(found):
    """What of a set lies outside the network and the platform."""
    return found - INSIDE


@pytest.mark.parametrize(
    ("subnet", "own", "upper"),
    [
        ("*", "*", ALL_V4),
        ("*", "203.0.113.0/24", CORP | INSIDE),
        ("203.0.113.0/24", "*", CORP | INSIDE),
        ("198.51.100.0/24", "203.0.113.0/24", INSIDE),
        (None, "*", ALL_V4),
        ("*", None, ALL_V4),
    ],
)
def test_both_levels_must_allow_and_a_missing_one_allows(estate, subnet, own, upper):
    for name, source in (("s", subnet), ("n", own)):
        if source:
            estate.nsg(name, estate.rule(100, source))
    estate.network("s" if subnet else None).public().nic(nsg="n" if own else None)
    found = estate.reach(way="public address")
    assert found.upper == found.lower == upper


@pytest.mark.parametrize(
    ("sku", "upper"), [("Standard", EMPTY), ("standard", EMPTY), ("Basic", ALL_V4), (None, ALL_V4)]
)
def test_without_any_group_standard_is_closed_and_basic_is_open(estate, sku, upper):
    found = estate.network().public(sku=sku).nic().reach(way="public address")
    assert found.upper == found.lower == upper


def test_without_any_group_and_an_unknown_sku(estate):
    estate.network().add("publicIPAddresses", "pip", sku={"name": Unknown("[x]", "no value")}).nic()
    found = estate.reach(way="public address")
    assert (found.upper, found.lower) == (ALL_V4, EMPTY)


def test_a_private_interface_is_reached_from_its_network_only(estate):
    estate.nsg("n", estate.rule(100)).network().nic(nsg="n", public=None)
    found = estate.reach()
    assert found.upper == found.lower == INSIDE


def test_an_ipv6_address_lets_in_ipv6_only(estate):
    estate.nsg("n", estate.rule(100)).network().public(publicIPAddressVersion="IPv6").nic(nsg="n")
    assert estate.reach(way="public address").upper == ALL_V6


def test_a_group_that_is_not_in_the_input_is_unknown(estate):
    estate.nsg("n", estate.rule(100)).network("elsewhere").public().nic(nsg="n")
    found = estate.reach(way="public address")
    assert (found.upper, found.lower) == (ALL_V4, EMPTY)
    assert any(isinstance(one, Unresolved) and one.expression == "elsewhere" for one in estate.findings())


def test_a_subnet_that_is_not_in_the_input_is_unknown(estate):
    estate.nsg("n", estate.rule(100)).public().nic(nsg="n")
    found = estate.reach(way="public address")
    assert (found.upper, found.lower) == (ALL_V4, EMPTY)


def test_a_public_address_that_is_not_resolved_may_be_there(estate):
    estate.nsg("n", estate.rule(100)).network().nic(
        nsg="n", public=None, publicIPAddress=Unknown("[if(x)]", "no value")
    )
    found = estate.reach(way="public address")
    assert (found.upper, found.lower) == (ALL_V4 | ALL_V6, EMPTY)


def test_a_conditional_interface_may_be_there(estate):
    estate.nsg("n", estate.rule(100)).network().public()
    estate.add("networkInterfaces", "nic", doubt="who knows", networkSecurityGroup={"id": "n"},
               ipConfigurations=[{"name": "i", "subnet": {"id": "net/subnets/a"}, "publicIPAddress": {"id": "pip"}}])  # fmt: skip
    found = estate.reach()
    assert (found.upper, found.lower) == (ALL_V4, EMPTY)


def balancer(estate, sku="Standard", **rules):
    front = [{"name": "f", "properties": {"publicIPAddress": {"id": "pip"}}}]
    return estate.add(
        "loadBalancers",
        "lb",
        sku={"name": sku},
        frontendIPConfigurations=front,
        backendAddressPools=[{"name": "b"}],
        **rules,
    )


FRONT = {"frontendIPConfiguration": {"id": "lb/frontendIPConfigurations/f"}}
POOL = {"backendAddressPool": {"id": "lb/backendAddressPools/b"}}


def member(estate, nsg="n", **more):
    return estate.nic(
        nsg=nsg, public=None, loadBalancerBackendAddressPools=[{"id": "lb/backendAddressPools/b"}], **more
    )


def test_a_rule_of_a_load_balancer_maps_ports_and_the_group_sees_the_backend_port(estate):
    rule = {"name": "es", **FRONT, **POOL, "protocol": "Tcp", "frontendPort": 443, "backendPort": 9200}
    balancer(
        estate.nsg("n", estate.rule(100, "203.0.113.0/24")).network().public(ipAddress="20.1.2.3"),
        loadBalancingRules=[rule],
    )
    member(estate)
    (path,) = [path for path in estate.endpoint().paths if "balancer" in path.name]
    assert path.shifts == (PortShift(443, 443, 9200),)
    assert path.addresses == ("20.1.2.3",)
    assert path.protocols == ("tcp",)
    found = estate.reach(9200, way="load balancer")
    assert public(found.upper) == public(found.lower) == CORP
    assert estate.reach(443, way="load balancer").upper == EMPTY


@pytest.mark.parametrize(("sku", "upper"), [("Standard", EMPTY), ("Basic", ALL_V4)])
def test_a_load_balancer_without_any_group(estate, sku, upper):
    rule = {"name": "es", **FRONT, **POOL, "protocol": "Tcp", "frontendPort": 9200, "backendPort": 9200}
    balancer(estate.network().public(), sku=sku, loadBalancingRules=[rule])
    member(estate, nsg=None)
    assert estate.reach(way="load balancer").upper == upper


def test_an_internal_load_balancer_lets_nobody_in_from_outside(estate):
    front = [{"name": "f", "properties": {"subnet": {"id": "net/subnets/a"}, "privateIPAddress": "10.0.1.9"}}]
    rule = {"name": "es", **FRONT, **POOL, "protocol": "Tcp", "frontendPort": 9200, "backendPort": 9200}
    estate.nsg("n", estate.rule(100)).network()
    estate.add(
        "loadBalancers",
        "lb",
        frontendIPConfigurations=front,
        backendAddressPools=[{"name": "b"}],
        loadBalancingRules=[rule],
    )
    assert public(member(estate).reach().upper) == EMPTY


def test_a_nat_rule_by_either_end(estate):
    rule = {"name": "one", **FRONT, "protocol": "Tcp", "frontendPort": 50001, "backendPort": 9200}
    balancer(estate.nsg("n", estate.rule(100)).network().public(), inboundNatRules=[rule])
    estate.nic(nsg="n", public=None, loadBalancerInboundNatRules=[{"id": "lb/inboundNatRules/one"}])
    assert estate.reach(way="load balancer").lower == ALL_V4
    (path,) = [path for path in estate.endpoint().paths if "balancer" in path.name]
    assert path.frontends(9200) == [50001]


def test_a_nat_rule_of_its_own_that_names_its_backend(estate):
    balancer(estate.nsg("n", estate.rule(100)).network().public()).nic(nsg="n", public=None)
    estate.add("loadBalancers/inboundNatRules", "lb/inboundNatRules/x", **FRONT, protocol="Tcp", frontendPort=7000, backendPort=9200,
               backendIPConfiguration={"id": "nic/ipConfigurations/one"})  # fmt: skip
    assert estate.reach(way="load balancer").lower == ALL_V4


def test_a_nat_range_of_a_pool_and_a_pool_by_address(estate):
    rule = {
        "name": "r",
        **FRONT,
        **POOL,
        "protocol": "Tcp",
        "frontendPortRangeStart": 500,
        "frontendPortRangeEnd": 502,
        "backendPort": 9200,
    }
    pool = {
        "name": "b",
        "properties": {
            "loadBalancerBackendAddresses": [{"name": "x", "properties": {"ipAddress": "10.0.1.4"}}]
        },
    }
    front = [{"name": "f", "properties": {"publicIPAddress": {"id": "pip"}}}]
    estate.nsg("n", estate.rule(100)).network().public().nic(nsg="n", public=None).nic(
        "far", nsg="n", public=None, address="10.0.1.5"
    )
    estate.add(
        "loadBalancers",
        "lb",
        sku={"name": "Standard"},
        frontendIPConfigurations=front,
        backendAddressPools=[pool],
        inboundNatRules=[rule],
    )
    (path,) = [path for path in estate.endpoint().paths if "balancer" in path.name]
    assert sorted(path.frontends(9200)) == [500, 501, 502]
    assert not [path for path in estate.endpoint("far").paths if "balancer" in path.name]


def test_a_load_balancer_that_is_not_in_the_input_may_be_public(estate):
    estate.nsg("n", estate.rule(100)).network()
    found = member(estate).reach(way="load balancer")
    assert (found.upper, found.lower) == (ALL_V4 | ALL_V6, EMPTY)


def test_unresolved_ports_of_a_load_balancer(estate):
    rule = {
        "name": "es",
        **FRONT,
        **POOL,
        "protocol": "Tcp",
        "frontendPort": Unknown("[p]", "no value"),
        "backendPort": 9200,
    }
    balancer(estate.nsg("n", estate.rule(100)).network().public(), loadBalancingRules=[rule])
    found = member(estate).reach(way="load balancer")
    assert (found.upper, found.lower) == (ALL_V4, EMPTY)


def test_a_scale_set_with_a_nat_pool_and_a_group_in_its_profile(estate):
    pool = {
        "name": "p",
        **FRONT,
        "protocol": "Tcp",
        "frontendPortRangeStart": 50000,
        "frontendPortRangeEnd": 50003,
        "backendPort": 9200,
    }
    balancer(estate.nsg("n", estate.rule(100, "203.0.113.0/24")).network().public(), inboundNatPools=[pool])
    config = {
        "name": "i",
        "properties": {
            "subnet": {"id": "net/subnets/a"},
            "loadBalancerInboundNatPools": [{"id": "lb/inboundNatPools/p"}],
        },
    }
    card = {"name": "card", "properties": {"networkSecurityGroup": {"id": "n"}, "ipConfigurations": [config]}}
    estate.add(
        "Microsoft.Compute/virtualMachineScaleSets",
        "set",
        virtualMachineProfile={"networkProfile": {"networkInterfaceConfigurations": [card]}},
    )
    assert public(estate.reach(name="set/card").lower) == CORP


def test_a_scale_set_with_public_addresses(estate):
    config = {
        "name": "i",
        "properties": {
            "subnet": {"id": "net/subnets/a"},
            "publicIPAddressConfiguration": {"name": "own", "sku": {"name": "Standard"}},
        },
    }
    card = {"name": "card", "properties": {"networkSecurityGroup": {"id": "n"}, "ipConfigurations": [config]}}
    estate.nsg("n", estate.rule(100, "203.0.113.0/24")).network()
    estate.add(
        "Microsoft.Compute/virtualMachineScaleSets",
        "set",
        virtualMachineProfile={"networkProfile": {"networkInterfaceConfigurations": [card]}},
    )
    assert public(estate.reach(name="set/card").lower) == CORP


def firewall(estate, sources=("*",), address="10.0.1.4"):
    subnet = {"name": "AzureFirewallSubnet", "properties": {"addressPrefix": "10.0.9.0/26"}}
    estate.add("virtualNetworks/subnets", "net/subnets/AzureFirewallSubnet", **subnet["properties"])
    rule = {"name": "in", "protocols": ["TCP"], "sourceAddresses": list(sources), "destinationAddresses": ["20.9.9.9"],
            "destinationPorts": ["443"], "translatedAddress": address, "translatedPort": "9200"}  # fmt: skip
    collection = {"name": "c", "properties": {"rules": [rule]}}
    config = {"name": "c", "properties": {"subnet": {"id": "net/subnets/AzureFirewallSubnet"}}}
    return estate.add("azureFirewalls", "fw", ipConfigurations=[config], natRuleCollections=[collection])


def test_firewall_translation_keeps_who_may_and_the_group_sees_the_firewall(estate):
    # The group allows its own network only; the firewall's packets come from there.
    firewall(estate.nsg("n").network("n").nic(public=None), sources=["203.0.113.0/24"])
    found = estate.reach(way="firewall")
    assert found.upper == found.lower == CORP
    (path,) = [path for path in estate.endpoint().paths if "firewall" in path.name]
    assert (path.frontends(9200), path.addresses) == ([443], ("20.9.9.9",))


def test_a_group_that_keeps_the_firewall_out(estate):
    firewall(estate.nsg("n", estate.rule(100, "10.0.9.0/26", access="Deny")).network("n").nic(public=None))
    assert estate.reach(way="firewall").upper == EMPTY


def test_a_group_that_keeps_out_some_addresses_of_the_firewall_is_in_doubt(estate):
    firewall(estate.nsg("n", estate.rule(100, "10.0.9.4", access="Deny")).network("n").nic(public=None))
    found = estate.reach(way="firewall")
    assert (found.upper, found.lower) == (ALL_V4, EMPTY)


def test_a_translation_to_another_machine_and_to_an_unknown_one(estate):
    firewall(estate.nsg("n").network("n").nic(public=None), address="10.0.1.5")
    assert not [path for path in estate.endpoint().paths if "firewall" in path.name]
    other = firewall(type(estate)().nsg("n").network("n").nic(public=None, address=None), address="10.0.1.5")
    found = other.reach(way="firewall")
    assert (found.upper, found.lower) == (ALL_V4, EMPTY)


def test_nat_rules_of_a_firewall_policy_with_an_ip_group(estate):
    rule = {"ruleType": "NatRule", "name": "in", "ipProtocols": ["TCP"], "sourceIpGroups": ["corp"], "destinationAddresses": ["20.9.9.9"],
            "destinationPorts": ["9200"], "translatedAddress": "10.0.1.4", "translatedPort": "9200"}  # fmt: skip
    nat = {"ruleCollectionType": "FirewallPolicyNatRuleCollection", "name": "nat", "rules": [rule]}
    filters = {
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
        "name": "f",
        "rules": [{**rule, "sourceAddresses": ["*"]}],
    }
    estate.nsg("n").network("n").nic(public=None).add("ipGroups", "corp", ipAddresses=["203.0.113.0/24"])
    estate.add("azureFirewalls", "fw", firewallPolicy={"id": "pol"}).add("firewallPolicies", "pol")
    estate.add(
        "firewallPolicies/ruleCollectionGroups", "pol/ruleCollectionGroups/g", ruleCollections=[filters, nat]
    )
    assert estate.reach(way="firewall").upper == CORP


def gateway(estate, nsg=None):
    part = {"networkSecurityGroup": {"id": nsg}} if nsg else {}
    estate.add("virtualNetworks/subnets", "net/subnets/gw", addressPrefix="10.0.8.0/24", **part)
    ref = lambda kind, name: {"id": f"gw/{kind}/{name}"}  # noqa: E731
    routing = {
        "httpListener": ref("httpListeners", "l"),
        "backendAddressPool": ref("backendAddressPools", "b"),
        "backendHttpSettings": ref("backendHttpSettingsCollection", "s"),
    }
    return estate.add(
        "applicationGateways", "gw",
        gatewayIPConfigurations=[{"name": "g", "properties": {"subnet": {"id": "net/subnets/gw"}}}],
        frontendIPConfigurations=[{"name": "f", "properties": {"publicIPAddress": {"id": "pip"}}}],
        frontendPorts=[{"name": "p", "properties": {"port": 8443}}],
        backendAddressPools=[{"name": "b", "properties": {"backendAddresses": [{"ipAddress": "10.0.1.4"}]}}],
        backendHttpSettingsCollection=[{"name": "s", "properties": {"port": 9200}}],
        httpListeners=[{"name": "l", "properties": {"frontendIPConfiguration": ref("frontendIPConfigurations", "f"), "frontendPort": ref("frontendPorts", "p")}}],
        requestRoutingRules=[{"name": "r", "properties": routing}],
    )  # fmt: skip


def test_an_application_gateway_is_seen_as_its_subnet_and_its_own_group_sees_clients(estate):
    estate.nsg("n").nsg(
        "edge", estate.rule(100, "203.0.113.0/24", "8443"), estate.rule(4096, ports="*", access="Deny")
    )
    gateway(estate.network("n").public(ipAddress="20.1.1.1").nic(public=None), nsg="edge")
    found = estate.reach(way="application gateway")
    assert found.upper == found.lower == CORP
    (path,) = [path for path in estate.endpoint().paths if "gateway" in path.name]
    assert (path.frontends(9200), path.addresses) == ([8443], ("20.1.1.1",))


def test_an_application_gateway_that_the_backend_keeps_out(estate):
    estate.nsg("n", estate.rule(100, "10.0.8.0/24", access="Deny"))
    gateway(estate.network("n").public().nic(public=None))
    assert estate.reach(way="application gateway").upper == EMPTY


ADMIN = "networkManagers/securityAdminConfigurations/ruleCollections"


def admin(estate, *rules, members=("net",)):
    estate.add("networkManagers", "mgr").add("networkManagers/networkGroups", "grp", parentId="mgr")
    for number, network in enumerate(members):
        estate.add(
            "networkManagers/networkGroups/staticMembers", f"m{number}", parentId="grp", resourceId=network
        )
    estate.add("networkManagers/securityAdminConfigurations", "conf", parentId="mgr")
    estate.add(ADMIN, "coll", parentId="conf", appliesToGroups=[{"networkGroupId": "grp"}])
    for number, (access, source, priority) in enumerate(rules):
        estate.add(f"{ADMIN}/rules", f"adm{number}", parentId="coll", access=access, direction="Inbound", priority=priority, protocol="Tcp",
                   sources=[{"addressPrefixType": "IPPrefix", "addressPrefix": source}], destinationPortRanges=["9200"])  # fmt: skip
    return estate


@pytest.mark.parametrize(
    ("rules", "group", "wanted"),
    [
        ([("Deny", "0.0.0.0/0", 1)], "Allow", EMPTY),
        ([("AlwaysAllow", "203.0.113.0/24", 1)], "Deny", CORP),
        ([("Allow", "203.0.113.0/24", 1), ("Deny", "0.0.0.0/0", 2)], "Allow", CORP),
        ([("Allow", "203.0.113.0/24", 1)], "Deny", EMPTY),
        ([("Deny", "0.0.0.0/0", 1), ("AlwaysAllow", "0.0.0.0/0", 2)], "Allow", EMPTY),
    ],
)
def test_security_admin_rules_come_first(estate, rules, group, wanted):
    admin(estate.nsg("n", estate.rule(100, access=group)).network("n").public().nic(), *rules)
    found = estate.reach(way="public address")
    assert found.upper == found.lower == wanted
    assert any(isinstance(one, NotLookedAt) and "deployed" in one.what for one in estate.findings())


def test_admin_rules_of_another_network_and_of_an_unknown_group(estate):
    admin(
        estate.nsg("n", estate.rule(100)).network("n").public().nic(),
        ("Deny", "0.0.0.0/0", 1),
        members=("other",),
    )
    assert estate.reach(way="public address").lower == ALL_V4
    unknown = type(estate)()
    admin(
        unknown.nsg("n", unknown.rule(100)).network("n").public().nic(), ("Deny", "0.0.0.0/0", 1), members=()
    )
    found = unknown.reach(way="public address")
    assert (found.upper, found.lower) == (ALL_V4, EMPTY)


def test_a_group_attached_to_nothing_says_what_it_would_let_in(estate):
    estate.nsg("n", estate.rule(100, "203.0.113.0/24"), estate.rule(200, destinationAddressPrefix="10.7.7.7"))
    (endpoint,) = [one for one in estate.findings() if isinstance(one, Endpoint)]
    assert not endpoint.attached
    assert len(endpoint.paths) == 1
    found = reach(endpoint, 9200)
    assert found.lower == CORP | PLATFORM
    assert found.upper == ALL_V4 | ALL_V6


def test_a_group_of_a_subnet_without_interfaces_is_looked_at_there(estate):
    estate.nsg(
        "n",
        estate.rule(100, destinationAddressPrefix="10.0.1.0/24"),
        estate.rule(101, ports="80", destinationAddressPrefix="10.7.0.0/16"),
    )
    estate.network("n")
    assert estate.reach(name="n").lower >= PUBLIC - PLATFORM
    assert public(estate.reach(80, name="n").upper) == EMPTY


def test_a_machine_gives_its_interface_its_name(estate):
    estate.nsg("n").network().public(ipAddress="20.1.2.3").nic(nsg="n")
    estate.add(
        "Microsoft.Compute/virtualMachines", "vm", networkProfile={"networkInterfaces": [{"id": "NIC"}]}
    )
    endpoint = estate.endpoint("vm/nic")
    assert {"nic", "vm", "10.0.1.4", "20.1.2.3"} <= set(endpoint.aliases)


def test_containers(estate):
    ports = [{"protocol": "TCP", "port": 6379}]
    kind = "Microsoft.ContainerInstance/containerGroups"
    estate.add(kind, "open", ipAddress={"type": "Public", "ports": ports}).add(kind, "none")
    estate.nsg("n", estate.rule(100, ports="*")).network("n")
    estate.add(
        kind,
        "inside",
        ipAddress={"type": "Private", "ip": "10.0.1.9", "ports": ports},
        subnetIds=[{"id": "net/subnets/a"}],
    )
    assert estate.reach(6379, "open").lower == ALL_V4
    assert estate.reach(6379, "inside").upper == INSIDE
    assert list(estate.endpoint("open").listening.ports("tcp")) == [(6379, 6379)]


def test_types_that_are_not_modelled_are_named(estate):
    estate.add("frontDoors", "door").add("Microsoft.ContainerService/managedClusters", "aks")
    assert {one.what.split()[-1] for one in estate.findings() if isinstance(one, NotLookedAt)} == {
        "door",
        "aks",
    }


def test_two_declarations_of_one_group_under_conditions_are_unknown(estate):
    estate.add("networkSecurityGroups", "n", doubt="if new", securityRules=[estate.rule(100)])
    estate.add("networkSecurityGroups", "n", doubt="if old", securityRules=[estate.rule(100, access="Deny")])
    found = estate.network().public().nic(nsg="n").reach(way="public address")
    assert (found.upper, found.lower) == (ALL_V4, EMPTY)


def test_the_last_of_two_declarations_counts_and_it_is_told(estate):
    estate.nsg("n", estate.rule(100)).nsg("n", estate.rule(200, access="Deny")).network().public().nic(
        nsg="n"
    )
    assert estate.reach(way="public address").upper == EMPTY
    assert any(isinstance(one, NotLookedAt) and "more than once" in one.what for one in estate.findings())


def test_each_address_configuration_is_a_way(estate):
    estate.nsg(
        "n", estate.rule(100, "203.0.113.0/24", destinationAddressPrefix="10.0.1.5")
    ).network().public()
    configs = [
        {"name": "a", "properties": {"subnet": {"id": "net/subnets/a"}, "privateIPAddress": "10.0.1.4"}},
        {
            "name": "b",
            "properties": {
                "subnet": {"id": "net/subnets/a"},
                "privateIPAddress": "10.0.1.5",
                "publicIPAddress": {"id": "pip"},
            },
        },
    ]
    estate.add("networkInterfaces", "nic", networkSecurityGroup={"id": "n"}, ipConfigurations=configs)
    assert public(estate.reach().upper) == CORP
    assert not [one for one in estate.findings() if isinstance(one, Malformed)]
    endpoint = estate.endpoint()
    first = replace(endpoint, paths=tuple(path for path in endpoint.paths if path.addresses == ("10.0.1.4",)))
    assert public(reach(first, 9200).upper) == EMPTY


def test_a_machine_that_brings_its_interface(estate):
    config = {
        "name": "i",
        "properties": {
            "subnet": {"id": "net/subnets/a"},
            "publicIPAddressConfiguration": {"name": "own", "sku": {"name": "Standard"}},
        },
    }
    card = {"name": "card", "properties": {"networkSecurityGroup": {"id": "n"}, "ipConfigurations": [config]}}
    estate.nsg("n", estate.rule(100, "203.0.113.0/24")).network()
    estate.add(
        "Microsoft.Compute/virtualMachines", "vm", networkProfile={"networkInterfaceConfigurations": [card]}
    )
    assert public(estate.reach(name="vm/card").lower) == CORP
    assert estate.endpoint("vm/card").kind == "virtual machine"


def test_a_subnet_under_an_unresolved_condition_may_have_another_group_or_none(estate):
    estate.nsg("n", estate.rule(100, access="Deny")).public()
    subnet = {
        "name": "a",
        "properties": {"addressPrefix": "10.0.1.0/24", "networkSecurityGroup": {"id": "n"}},
    }
    estate.add(
        "virtualNetworks",
        "net",
        doubt="new or existing",
        addressSpace={"addressPrefixes": ["10.0.0.0/16"]},
        subnets=[subnet],
    ).nic()
    found = estate.reach(way="public address")
    assert (found.upper, found.lower) == (ALL_V4, EMPTY)


def test_a_lone_group_under_an_unresolved_condition_lets_in_what_its_rules_say(estate):
    estate.add(
        "networkSecurityGroups", "n", doubt="who knows", securityRules=[estate.rule(100, "203.0.113.0/24")]
    )
    found = estate.reach(name="n")
    assert found.upper >= CORP
    assert not found.upper & PUBLIC - PLATFORM
    assert not found.lower


def test_an_appliance_behind_a_default_route_is_named(estate):
    estate.network(routeTable={"id": "rt"}).nic(public=None)
    estate.add(
        "routeTables",
        "rt",
        routes=[{"name": "d", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance"}],
    )
    assert any(isinstance(one, NotLookedAt) and "appliance" in one.what for one in estate.findings())
