"""What the tags VirtualNetwork and Internet hold."""

from __future__ import annotations

import json

import pytest

from hushdesk.guard._addresses import ALL_V4, PUBLIC, AddressSet
from hushdesk.guard._findings import Unresolved
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure import load_service_tags

PLATFORM = AddressSet.parse("168.63.129.16")
INSIDE = AddressSet.parse("10.0.0.0/16") | PLATFORM


def behind_defaults(estate, **subnet):
    """An interface with a public address and a group that has nothing but the default rules."""
    return estate.nsg("n").network(**subnet).public().nic(nsg="n")


def test_own_space(estate):
    found = behind_defaults(estate).reach(way="public address")
    assert found.upper == found.lower == INSIDE


@pytest.mark.parametrize(
    ("prefix", "hop"), [("0.0.0.0/0", "VirtualAppliance"), ("0.0.0.0/0", "VirtualNetworkGateway")]
)
def test_a_default_route_may_make_the_tag_everybody(estate, prefix, hop):
    behind_defaults(estate, routeTable={"id": "rt"})
    estate.add(
        "routeTables",
        "rt",
        routes=[
            {
                "name": "d",
                "properties": {"addressPrefix": prefix, "nextHopType": hop, "nextHopIpAddress": "10.0.2.4"},
            }
        ],
    )
    found = estate.reach(way="public address")
    assert found.upper == ALL_V4
    assert found.lower == INSIDE
    (part,) = [part for part in found.parts() if part.sources & PUBLIC - PLATFORM]
    assert [decider.name for decider in part.deciders] == ["AllowVnetInBound (priority 65000)"]


def test_with_a_default_route_a_deny_of_the_internet_closes_nothing_for_certain(estate):
    estate.nsg("n", estate.rule(100, "Internet", access="Deny", ports="*", protocol="*")).network(
        routeTable={"id": "rt"}
    ).public().nic(nsg="n")
    estate.add(
        "routeTables",
        "rt",
        routes=[{"name": "d", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance"}],
    )
    assert estate.reach(way="public address").upper == ALL_V4


def test_another_route_adds_its_prefix_and_a_route_of_a_tag_none(estate):
    behind_defaults(estate, routeTable={"id": "rt"})
    estate.add("routeTables", "rt", routes=[{"name": "d", "addressPrefix": "192.0.2.0/24", "nextHopType": "VirtualAppliance"},
                                             {"name": "t", "addressPrefix": "AzureMonitor", "nextHopType": "Internet"}])  # fmt: skip
    found = estate.reach(way="public address")
    assert found.upper == found.lower == INSIDE | AddressSet.parse("192.0.2.0/24")


def test_a_route_table_that_is_not_in_the_input_may_hold_a_default_route(estate):
    found = behind_defaults(estate, routeTable={"id": "elsewhere"}).reach(way="public address")
    assert (found.upper, found.lower) == (ALL_V4, INSIDE)


def test_peered_networks_from_either_side(estate):
    behind_defaults(estate)
    estate.add("virtualNetworks", "hub", addressSpace={"addressPrefixes": ["10.7.0.0/16"]})
    estate.add(
        "virtualNetworks/virtualNetworkPeerings",
        "net/virtualNetworkPeerings/p",
        remoteVirtualNetwork={"id": "hub"},
    )
    estate.add("virtualNetworks", "spoke", addressSpace={"addressPrefixes": ["10.8.0.0/16"]},
               virtualNetworkPeerings=[{"name": "q", "properties": {"remoteVirtualNetwork": {"id": "net"}}}])  # fmt: skip
    estate.add("virtualNetworks", "apart", addressSpace={"addressPrefixes": ["10.9.0.0/16"]})
    found = estate.reach(way="public address")
    assert found.upper == found.lower == INSIDE | AddressSet.parse("10.7.0.0/16", "10.8.0.0/16")


def test_a_peer_elsewhere_is_private_space_or_what_the_answer_says(estate):
    behind_defaults(estate)
    estate.add(
        "virtualNetworks/virtualNetworkPeerings",
        "net/virtualNetworkPeerings/p",
        remoteVirtualNetwork={"id": "far"},
    )
    found = estate.reach(way="public address")
    assert found.lower == INSIDE
    assert AddressSet.parse("172.16.0.0/12") <= found.upper
    assert not found.upper & PUBLIC - PLATFORM
    said = behind_defaults(type(estate)())
    said.add("virtualNetworks/virtualNetworkPeerings", "net/virtualNetworkPeerings/p", remoteVirtualNetwork={"id": "far"},
             remoteAddressSpace={"addressPrefixes": ["10.5.0.0/16"]})  # fmt: skip
    assert said.reach(way="public address").upper == INSIDE | AddressSet.parse("10.5.0.0/16")


def test_sites_behind_a_gateway(estate):
    behind_defaults(estate).add(
        "virtualNetworks/subnets", "net/subnets/GatewaySubnet", addressPrefix="10.0.255.0/27"
    )
    unknown = estate.reach(way="public address")
    assert unknown.lower == INSIDE
    assert AddressSet.parse("192.168.0.0/16") <= unknown.upper
    estate.add(
        "virtualNetworkGateways",
        "gw",
        ipConfigurations=[{"name": "c", "properties": {"subnet": {"id": "net/subnets/GatewaySubnet"}}}],
    )
    estate.add(
        "localNetworkGateways", "site", localNetworkAddressSpace={"addressPrefixes": ["192.168.4.0/22"]}
    )
    estate.add("connections", "c", virtualNetworkGateway1={"id": "gw"}, localNetworkGateway2={"id": "site"})
    known = estate.reach(way="public address")
    assert known.upper == known.lower == INSIDE | AddressSet.parse("192.168.4.0/22")


def test_a_network_that_is_not_in_the_input_is_private_space_and_it_is_told(estate):
    estate.nsg("n", estate.rule(100, "Internet"))
    found = estate.reach(name="n")
    assert found.lower >= PUBLIC - PLATFORM
    estate = type(estate)().nsg("n", estate.rule(100, "VirtualNetwork"))
    assert not estate.reach(name="n").upper & PUBLIC - PLATFORM
    assert [one.expression for one in estate.findings() if isinstance(one, Unresolved)] == ["VirtualNetwork"]


def test_an_unresolved_address_space(estate):
    estate.nsg("n").public().nic(nsg="n")
    subnet = {"name": "a", "properties": {"addressPrefix": Unknown("[p]", "no value")}}
    estate.add(
        "virtualNetworks",
        "net",
        addressSpace={"addressPrefixes": [Unknown("[s]", "no value")]},
        subnets=[subnet],
    )
    found = estate.reach(way="public address")
    assert found.lower == PLATFORM
    assert AddressSet.parse("10.0.0.0/8") <= found.upper


def test_effective_routes_of_an_interface_tell_what_the_tag_holds(estate):
    routes = [
        {
            "source": "Default",
            "state": "Active",
            "addressPrefix": ["10.0.0.0/16"],
            "nextHopType": "VnetLocal",
        },
        {
            "source": "Default",
            "state": "Active",
            "addressPrefix": ["10.6.0.0/16"],
            "nextHopType": "VNetPeering",
        },
        {"source": "Default", "state": "Invalid", "addressPrefix": ["0.0.0.0/0"], "nextHopType": "Internet"},
        {
            "source": "VirtualNetworkGateway",
            "state": "Active",
            "addressPrefix": ["0.0.0.0/0"],
            "nextHopType": "VirtualNetworkGateway",
        },
    ]
    estate.nsg("n").network().public().nic(nsg="n")
    nic = estate.resources.pop()
    estate.add("networkInterfaces", "nic", **nic.properties, effectiveRoutes=routes)
    assert estate.reach(way="public address").lower == ALL_V4
    estate.resources.pop()
    estate.add("networkInterfaces", "nic", **nic.properties, effectiveRoutes=routes[:3])
    assert estate.reach(way="public address").upper == INSIDE | AddressSet.parse("10.6.0.0/16")


def tag(name, *prefixes):
    return {"name": name, "id": name, "properties": {"region": "", "addressPrefixes": list(prefixes)}}


def test_the_file_of_service_tags(tmp_path):
    file = tmp_path / "tags.json"
    values = [
        tag("AzureCloud", "20.0.0.0/8", "2603:1000::/24"),
        tag("Storage.WestEurope", "13.69.40.0/24"),
        tag("Broken", "nonsense"),
    ]
    file.write_text(
        json.dumps({"changeNumber": 1, "cloud": "Public", "values": values}), encoding="utf-8-sig"
    )
    assert load_service_tags(file) == {
        "azurecloud": AddressSet.parse("20.0.0.0/8", "2603:1000::/24"),
        "storage.westeurope": AddressSet.parse("13.69.40.0/24"),
    }


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"values": []}', '{"values": [{"name": "x"}]}', '{"prefixes": []}']
)
def test_another_file_is_refused(tmp_path, text):
    file = tmp_path / "tags.json"
    file.write_text(text)
    with pytest.raises(ValueError, match="service tags"):
        load_service_tags(file)


@pytest.mark.parametrize(
    "prefix", ["20.1.2.3/8", "10.0.0.1", "1.2.3.4/0", "1.2.3.4/32", "0.0.0.0/1", "2603:1000::1/24", "::/0"]
)
def test_prefixes_of_the_file_are_parsed_as_everywhere(tmp_path, prefix):
    file = tmp_path / "tags.json"
    file.write_text(json.dumps({"values": [tag("T", prefix, "198.51.100.0/24")]}))
    assert load_service_tags(file) == {"t": AddressSet.parse(prefix, "198.51.100.0/24")}


@pytest.mark.parametrize("prefix", ["300.0.0.0/8", "1.2.3.4/33", "1.2.3/8"])
def test_a_tag_with_a_prefix_that_is_none_stays_unknown(tmp_path, prefix):
    file = tmp_path / "tags.json"
    file.write_text(json.dumps({"values": [tag("T", prefix, "198.51.100.0/24")]}))
    assert load_service_tags(file) == {}
