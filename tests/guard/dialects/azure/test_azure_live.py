"""Live answers in all the shapes in which they are kept."""

from __future__ import annotations

import json

import pytest

from hushdesk.guard._addresses import ALL_V4, AddressSet
from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Endpoint, NotLookedAt
from hushdesk.guard.dialects.azure import AzureDialect
from hushdesk.guard.reach import reach

PREFIX = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network"
RULE = {
    "protocol": "Tcp", "sourcePortRange": "*", "sourceAddressPrefix": "203.0.113.0/24", "destinationAddressPrefix": "*", "access": "Allow",
    "destinationPortRange": None, "destinationPortRanges": ["9200"], "sourceAddressPrefixes": [], "priority": 100, "direction": "Inbound",
}  # fmt: skip
CORP = AddressSet.parse("203.0.113.0/24")


def group(*, typed=True, flat=False):
    ident = f"{PREFIX}/networkSecurityGroups/n"
    rules = [{"name": "r", "id": f"{ident}/securityRules/r", **(RULE if flat else {"properties": RULE})}]
    body = {"securityRules": rules, "defaultSecurityRules": [], "provisioningState": "Succeeded"}
    kind = {"type": "Microsoft.Network/networkSecurityGroups"} if typed else {}
    return {
        "id": ident,
        "name": "n",
        "location": "westeurope",
        **kind,
        **(body if flat else {"properties": body}),
    }


def recorded(method, uri, data):
    return {
        "request": {"method": method, "uri": f"https://management.azure.com{uri}?api-version=1"},
        "response": {"status": {"code": 200}, "body": {"data": data}},
    }


SHAPES = {
    "list": {"value": [group()]},
    "list without types": {"value": [group(typed=False)]},
    "single": group(),
    "az list": [group(flat=True)],
    "az show": group(flat=True),
    "resource graph": {"count": 1, "data": [{**group(), "resourceGroup": "g"}]},
    "recorded": {
        "version": 1,
        "interactions": [recorded("GET", f"{PREFIX}/networkSecurityGroups", {"value": [group()]})],
    },
    "recorded as text": {
        "version": 1,
        "interactions": [
            {
                "request": {"method": "GET", "uri": "https://management.azure.com/"},
                "response": {"body": {"string": json.dumps({"value": [group()]})}},
            }
        ],
    },
    "small type": {**group(), "type": "microsoft.network/networksecuritygroups"},
}


@pytest.mark.parametrize("content", SHAPES.values(), ids=SHAPES)
def test_shapes(read, content):
    (endpoint,) = [one for one in read({"a.json": content}) if isinstance(one, Endpoint)]
    assert endpoint.name == "n"
    assert reach(endpoint, 9200).lower >= CORP
    assert not reach(endpoint, 9201).upper >= CORP


@pytest.mark.parametrize(
    "content",
    [{}, [], None, "x", {"value": []}, {"value": [1]}, {"type": "x"}, {"id": "/providers/", "a": 1, "b": 2, "c": 3}, {"resources": []}, {"apiVersion": "v1", "kind": "Pod"},
     {"AWSTemplateFormatVersion": "2010", "Resources": {}}, {"planned_values": {}, "format_version": "1.0"}],
)  # fmt: skip
def test_others_are_not_claimed(content):
    assert not AzureDialect().claims(Document("a.json", "json", content))


def interface(**more):
    config = {"name": "one", "properties": {"privateIPAddress": "10.0.1.4", "subnet": {"id": f"{PREFIX}/virtualNetworks/v/subnets/a"},
                                            "publicIPAddress": {"id": f"{PREFIX}/publicIPAddresses/p"}}}  # fmt: skip
    properties = {
        "ipConfigurations": [config],
        "networkSecurityGroup": {"id": f"{PREFIX}/networkSecurityGroups/N"},
    }
    return {
        "id": f"{PREFIX}/networkInterfaces/nic",
        "name": "nic",
        "type": "Microsoft.Network/networkInterfaces",
        "properties": properties,
        **more,
    }


def rest():
    subnet = {
        "name": "a",
        "id": f"{PREFIX}/virtualNetworks/v/subnets/a",
        "properties": {"addressPrefix": "10.0.1.0/24"},
    }
    network = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [subnet]}
    return [
        {
            "id": f"{PREFIX}/virtualNetworks/v",
            "name": "v",
            "type": "Microsoft.Network/virtualNetworks",
            "properties": network,
        },
        {
            "id": f"{PREFIX}/publicIPAddresses/p",
            "name": "p",
            "type": "Microsoft.Network/publicIPAddresses",
            "sku": {"name": "Standard"},
            "properties": {"ipAddress": "20.1.2.3"},
        },
    ]


def test_files_of_one_folder_belong_together_and_those_of_another_do_not(read):
    files = {"one/nsg.json": {"value": [group()]}, "one/nic.json": interface(), "one/rest.json": rest()}
    (endpoint,) = [one for one in read(files) if isinstance(one, Endpoint)]
    found = reach(endpoint, 9200)
    assert found.upper == found.lower == CORP | AddressSet.parse("10.0.0.0/16", "168.63.129.16")
    apart = {**files, "two/nsg.json": files.pop("one/nsg.json")}
    apart.pop("one/nsg.json", None)
    names = {one.name: one for one in read(apart) if isinstance(one, Endpoint)}
    assert set(names) == {"nic", "n"}
    assert reach(names["nic"], 9200).upper == ALL_V4


def test_effective_routes_find_their_interface_by_the_request(read):
    routes = [{"source": "User", "state": "Active", "addressPrefix": ["0.0.0.0/0"], "nextHopType": "VirtualAppliance", "nextHopIpAddress": ["10.0.9.4"]},
              {"source": "Default", "state": "Active", "addressPrefix": ["10.0.0.0/16"], "nextHopType": "VnetLocal", "nextHopIpAddress": []}]  # fmt: skip
    uri = f"{PREFIX}/networkInterfaces/nic"
    steps = [
        recorded("GET", PREFIX, {"value": [interface(), group(), *rest()]}),
        recorded("POST", f"{uri}/effectiveRouteTable", {"value": routes}),
    ]
    (endpoint,) = [one for one in read({"r.json": {"interactions": steps}}) if isinstance(one, Endpoint)]
    assert reach(endpoint, 22).lower == ALL_V4
    alone = read({"r.json": {"value": routes}})
    assert [type(one) for one in alone] == [NotLookedAt]


def test_effective_rules(read):
    expanded = {**RULE, "name": "securityRules/r", "sourceAddressPrefix": "Storage", "expandedSourceAddressPrefix": ["203.0.113.0/24"],
                "sourceAddressPrefixes": ["Storage"], "sourcePortRange": "0-65535"}  # fmt: skip
    network = {**RULE, "name": "defaultSecurityRules/AllowVnetInBound", "priority": 65000, "sourceAddressPrefix": "VirtualNetwork",
               "sourceAddressPrefixes": ["VirtualNetwork"], "expandedSourceAddressPrefix": ["10.0.0.0/16", "10.7.0.0/16"]}  # fmt: skip
    answer = {
        "networkSecurityGroup": {"id": f"{PREFIX}/networkSecurityGroups/n"},
        "association": {"networkInterface": {"id": f"{PREFIX}/networkInterfaces/nic"}},
        "effectiveSecurityRules": [expanded, network],
    }
    findings = read({"a/e.json": {"value": [answer]}, "a/rest.json": [interface(), *rest()]})
    (endpoint,) = [one for one in findings if isinstance(one, Endpoint)]
    found = reach(endpoint, 9200)
    assert found.lower >= CORP
    assert AddressSet.parse("10.7.0.0/16") <= found.lower


def test_answers_with_service_tags_are_used(read):
    ruled = {
        **group(),
        "properties": {
            "securityRules": [{"name": "r", "properties": {**RULE, "sourceAddressPrefix": "Sql"}}]
        },
    }
    tags = {"values": [{"name": "Sql", "id": "Sql", "properties": {"addressPrefixes": ["203.0.113.0/24"]}}]}
    (endpoint,) = [one for one in read({"a.json": [ruled], "b.json": tags}) if isinstance(one, Endpoint)]
    assert reach(endpoint, 9200).lower >= CORP


def test_a_later_answer_of_a_recording_counts(read):
    before, after = group(), group()
    after["properties"]["securityRules"] = []
    steps = [recorded("GET", PREFIX, {"value": [before]}), recorded("GET", PREFIX, {"value": [after]})]
    (endpoint,) = [one for one in read({"r.json": {"interactions": steps}}) if isinstance(one, Endpoint)]
    assert not reach(endpoint, 9200).upper >= CORP


def test_places_name_the_rule(read):
    (endpoint,) = [one for one in read({"a.json": {"value": [group()]}}) if isinstance(one, Endpoint)]
    assert (
        endpoint.paths[0].gates[0].stages[0].rules[0].place.pointer == "value[0].properties.securityRules[0]"
    )
