"""Random rule lists against a first match written anew, and random documents that must not break anything."""

from __future__ import annotations

import copy
import ipaddress

from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource
from hushdesk.guard.dialects.azure import AzureDialect, lower_azure
from hushdesk.guard.reach import reach

PREFIXES = ["*", "Internet", "VirtualNetwork", "AzureLoadBalancer", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/16", "10.0.1.9", "203.0.113.7/24",
            "198.51.100.0/25", "1.0.0.0/8"]  # fmt: skip
PORTS = ["*", "9200", "9000-9300", "80", "1-65535"]
ASKED = ["0.0.0.1", "1.2.3.4", "8.8.8.8", "10.0.1.9", "10.0.200.1", "10.1.0.0", "127.255.255.255", "128.0.0.0", "168.63.129.16", "198.51.100.127", "198.51.100.128",
         "203.0.113.0", "203.0.113.255", "203.0.114.0", "255.255.255.255"]  # fmt: skip

one_rule = st.fixed_dictionaries(
    {
        "access": st.sampled_from(["Allow", "Deny", "deny"]),
        "direction": st.sampled_from(["Inbound", "Inbound", "Inbound", "Outbound"]),
        "protocol": st.sampled_from(["Tcp", "TCP", "*", "Udp"]),
        "sources": st.lists(st.sampled_from(PREFIXES), min_size=1, max_size=3),
        "ports": st.lists(st.sampled_from(PORTS), min_size=1, max_size=2),
        "destination": st.sampled_from(
            ["*", "*", "VirtualNetwork", "10.0.1.4", "10.0.1.0/24", "10.0.2.0/24", "20.1.2.3"]
        ),
        "plural": st.booleans(),
    }
)
rule_lists = st.lists(one_rule, max_size=8)


def body(rules):
    made = []
    for at, rule in enumerate(rules):
        sources = (
            {"sourceAddressPrefixes": rule["sources"]}
            if rule["plural"] or len(rule["sources"]) > 1
            else {"sourceAddressPrefix": rule["sources"][0]}
        )
        made.append({"name": f"r{at}", "properties": {
            "priority": 4000 - at * 7, "access": rule["access"], "direction": rule["direction"], "protocol": rule["protocol"], "sourcePortRange": "*",
            "destinationPortRanges": rule["ports"], "destinationAddressPrefix": rule["destination"], **sources}})  # fmt: skip
    return made


def matches(word, address):
    network = ipaddress.ip_network("10.0.0.0/16")
    inside = address in network or address == ipaddress.ip_address("168.63.129.16")
    special = {
        "*": True,
        "Internet": not inside,
        "VirtualNetwork": inside,
        "AzureLoadBalancer": address == ipaddress.ip_address("168.63.129.16"),
    }
    return special[word] if word in special else address in ipaddress.ip_network(word, strict=False)


def allows(rules, address):
    """First match, by the book and rule by rule."""
    for rule in reversed(rules):
        port = any(
            text == "*" or int(text.split("-")[0]) <= 9200 <= int(text.split("-")[-1])
            for text in rule["ports"]
        )
        here = rule["destination"] in {"*", "VirtualNetwork", "10.0.1.4", "10.0.1.0/24"}
        if (
            rule["direction"] == "Inbound"
            and rule["protocol"] in {"Tcp", "TCP", "*"}
            and port
            and here
            and any(matches(word, address) for word in rule["sources"])
        ):
            return rule["access"] == "Allow"
    return matches("VirtualNetwork", address) or matches("AzureLoadBalancer", address)


@settings(max_examples=40)
@given(rule_lists, rule_lists)
def test_reach_is_first_match_in_the_subnet_and_then_at_the_interface(first, second):
    def made(kind, ident, properties):
        return Resource(
            type=f"Microsoft.Network/{kind}", id=ident, name=ident, properties=properties, place=Place("x")
        )

    subnet = {
        "name": "a",
        "properties": {"addressPrefix": "10.0.1.0/24", "networkSecurityGroup": {"id": "s"}},
    }
    config = {
        "name": "i",
        "properties": {
            "privateIPAddress": "10.0.1.4",
            "subnet": {"id": "v/subnets/a"},
            "publicIPAddress": {"id": "p"},
        },
    }
    resources = [
        made("networkSecurityGroups", "s", {"securityRules": body(first)}),
        made("networkSecurityGroups", "n", {"securityRules": body(second)}),
        made(
            "virtualNetworks",
            "v",
            {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [subnet]},
        ),
        made("publicIPAddresses", "p", {"sku": {"name": "Standard"}}),
        made("networkInterfaces", "nic", {"networkSecurityGroup": {"id": "n"}, "ipConfigurations": [config]}),
    ]
    (endpoint,) = lower_azure(resources, World())
    assert isinstance(endpoint, Endpoint)
    found = reach(endpoint, 9200)
    for text in ASKED:
        address = ipaddress.ip_address(text)
        assert (
            (text in found.upper)
            == (text in found.lower)
            == (allows(first, address) and allows(second, address))
        ), text


WHOLE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"p": {"type": "string", "defaultValue": "x"}},
    "variables": {"a": "[parameters('p')]", "copy": [{"name": "l", "count": 2, "input": "[copyIndex('l')]"}]},
    "resources": [
        {"type": "Microsoft.Network/networkSecurityGroups", "name": "n", "properties": {"securityRules": body([{
            "access": "Allow", "direction": "Inbound", "protocol": "Tcp", "sources": ["*"], "ports": ["9200"], "destination": "*", "plural": True}])}},
        {"type": "Microsoft.Network/virtualNetworks", "name": "v", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [
            {"name": "a", "properties": {"addressPrefix": "10.0.0.0/24", "routeTable": {"id": "[resourceId('Microsoft.Network/routeTables', 't')]"}}}]}},
        {"type": "Microsoft.Network/routeTables", "name": "t", "properties": {"routes": [{"name": "r", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "None"}}]}},
        {"type": "Microsoft.Network/loadBalancers", "name": "lb", "sku": {"name": "Basic"}, "properties": {
            "frontendIPConfigurations": [{"name": "f", "properties": {"publicIPAddress": {"id": "x"}}}], "backendAddressPools": [{"name": "b"}],
            "loadBalancingRules": [{"name": "r", "properties": {"frontendPort": 1, "backendPort": 2, "protocol": "Tcp", "backendAddressPool": {"id": "y"}}}]}},
        {"type": "Microsoft.Network/networkInterfaces", "name": "nic", "copy": {"name": "c", "count": 2}, "properties": {"ipConfigurations": [{"name": "i", "properties": {
            "subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 'a')]"}, "publicIPAddress": {"id": "x"}}}]}},
        {"type": "Microsoft.Network/azureFirewalls", "name": "fw", "properties": {"natRuleCollections": [{"name": "c", "properties": {"rules": [
            {"name": "r", "sourceAddresses": ["*"], "destinationPorts": ["1"], "translatedAddress": "10.0.0.4", "translatedPort": "2"}]}}]}},
        {"type": "Microsoft.Sql/servers", "name": "s", "properties": {"firewallRules": [{"startIpAddress": "1.1.1.1", "endIpAddress": "1.1.1.2"}]}},
        {"type": "Microsoft.Storage/storageAccounts", "name": "st", "properties": {"networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "1.1.1.1"}]}}},
        {"type": "Microsoft.Resources/deployments", "name": "d", "properties": {"template": {"resources": []}, "parameters": {"p": {"value": 1}}}},
    ],
}  # fmt: skip

junk = st.sampled_from(
    [None, [], {}, "", 0, -1, 1.5, True, "[", "[parameters('no')]", "*", ["*", None, 3], {"id": None}, {"id": 5}, [[]], "::/0", "[if(1,2)]", [{}], "[first(3)]", 10**30,
     {"name": []}, {"properties": "x"}]
)  # fmt: skip


def spots(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from spots(item, (*path, key))


SPOTS = list(spots(WHOLE))


@settings(max_examples=80)
@given(st.lists(st.tuples(st.sampled_from(SPOTS), junk), min_size=1, max_size=4))
def test_no_broken_template_breaks_the_reading(changes):
    content = copy.deepcopy(WHOLE)
    for path, value in changes:
        holder = content
        try:
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue
    document = Document("t.json", "json", content)
    dialect = AzureDialect()
    if dialect.claims(document):
        for finding in dialect.read([document], World()):
            hash(finding)
            if isinstance(finding, Endpoint):
                found = reach(finding, 9200)
                assert found.lower <= found.upper


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["[x]", "Microsoft.Network/networkSecurityGroups", "10.0.0.0/8"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["type", "id", "name", "properties", "value", "resources", "template", "securityRules", "effectiveSecurityRules", "sku"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=100)
@given(values)
def test_no_document_breaks_the_dialect(content):
    document = Document("t.json", "json", content)
    dialect = AzureDialect()
    dialect.claims(document)
    # Also what is not claimed must not break it: the caller decides.
    if isinstance(content, dict | list):
        assert isinstance(list(dialect.read([document], World())), list)
