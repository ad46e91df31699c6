"""A case as an ARM template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NETWORK = "Microsoft.Network/"
API = "2023-09-01"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
WORDS = {
    "from": "sourceAddressPrefix",
    "to": "destinationAddressPrefix",
    "port": "destinationPortRange",
    "sport": "sourcePortRange",
}
PORT = 9200
PLURAL = {
    "sourceAddressPrefix": "sourceAddressPrefixes",
    "destinationAddressPrefix": "destinationAddressPrefixes",
    "destinationPortRange": "destinationPortRanges",
    "sourcePortRange": "sourcePortRanges",
}


def arm_template(case: Mapping[str, Any], port: int = PORT) -> dict[str, Any]:
    """One virtual machine with all that stands around it, as the case says.

    Args:
        case: As in the table.
        port: What rules that name no port are about.
    """
    resources = [_resource("applicationSecurityGroups", name, {}) for name in case.get("asgs", ())] + [
        *_groups(case, port),
        *_network(case),
        *_addresses(case),
        *_balancer(case),
        *_admin(case),
        *_interface(case),
    ]
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": case.get("parameters", {}),
        "variables": case.get("variables", {}),
        "resources": resources,
    }


def network_groups(case: Mapping[str, Any], port: int = PORT) -> list[dict[str, Any]]:
    """The security groups as the live API answers them; none if the case is about templates."""
    if any(word in case for word in ("parameters", "variables", "subnet_copy")):
        return []
    found = []
    for level in ("subnet", "nic"):
        if level in case:
            told = [*case[level], *(case.get("beside", ()) if level == "subnet" else ())]
            id_ = f"/subscriptions/s/resourceGroups/g/providers/{NETWORK}networkSecurityGroups/{level}-nsg"
            rules = [rule_of(one, port) for one in told]
            for rule in rules:
                # The API answers the plural fields in any case.
                rule["properties"] = {plural: [] for plural in PLURAL.values()} | rule["properties"]
                rule["id"] = f"{id_}/securityRules/{rule['name']}"
            found.append({"id": id_, "name": f"{level}-nsg", "properties": {"securityRules": rules}})
    return found


def rule_of(told: Mapping[str, Any], port: int) -> dict[str, Any]:
    """One security rule in the words of the API."""
    action = "Allow" if "allow" in told else "Deny"
    properties: dict[str, Any] = {"direction": "Inbound", "protocol": told.get("by", "Tcp")}
    if action.lower() in told:
        properties |= {"access": action, "priority": told[action.lower()]}
    given = dict(told.get("fields", {}))
    name = given.pop("name", f"rule-{properties.get('priority', given.get('priority'))}")
    for word, field in WORDS.items():
        side = field.split("Address", maxsplit=1)[0]
        if word + "_asg" in told:
            properties[f"{side}ApplicationSecurityGroups"] = [
                _id("applicationSecurityGroups", group) for group in told[word + "_asg"]
            ]
        elif field not in given and PLURAL[field] not in given:
            value = told.get(word, str(port) if word == "port" else "*")
            properties[PLURAL[field] if isinstance(value, list) else field] = value
    return {"name": name, "properties": properties | given}


def _resource(kind_: str, name: str, properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": NETWORK + kind_,
        "apiVersion": API,
        "name": name,
        "location": "westeurope",
        **more,
        "properties": dict(properties),
    }


def _id(kind: str, *names: str) -> dict[str, str]:
    arguments = ", ".join(f"'{name}'" for name in (NETWORK + kind, *names))
    return {"id": f"[resourceId({arguments})]"}


def _groups(case: Mapping[str, Any], port: int) -> list[dict[str, Any]]:
    found = []
    for level in ("subnet", "nic"):
        if level in case or f"{level}_copy" in case:
            properties: dict[str, Any] = {
                "securityRules": [rule_of(told, port) for told in case.get(level, ())]
            }
            if f"{level}_copy" in case:
                properties = {"copy": [case[f"{level}_copy"]]}
            found.append(_resource("networkSecurityGroups", f"{level}-nsg", properties))
    for told in case.get("beside", ()):
        rule = rule_of(told, port)
        more = {"condition": case["beside_condition"]} if "beside_condition" in case else {}
        more["dependsOn"] = [_id("networkSecurityGroups", "subnet-nsg")["id"]]
        name = f"subnet-nsg/beside-{rule['name']}"
        found.append(_resource("networkSecurityGroups/securityRules", name, rule["properties"], **more))
    return found


def _network(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    dual = case.get("public") == "dual"
    subnet: dict[str, Any] = (
        {"addressPrefixes": ["10.0.0.0/24", "fd00:db8:deca:1::/64"]}
        if dual
        else {"addressPrefix": "10.0.0.0/24"}
    )
    found = []
    if "subnet" in case or "subnet_copy" in case:
        subnet["networkSecurityGroup"] = _id("networkSecurityGroups", "subnet-nsg")
    if "routes" in case:
        routes = [{"name": f"route-{n}", "properties": route} for n, route in enumerate(case["routes"])]
        found.append(_resource("routeTables", "db-routes", {"routes": routes}))
        subnet["routeTable"] = _id("routeTables", "db-routes")
    space = ["10.0.0.0/16", *(["fd00:db8:deca::/48"] if dual else [])]
    network = {
        "addressSpace": {"addressPrefixes": space},
        "subnets": [{"name": "data", "properties": subnet}],
    }
    return [*found, _resource("virtualNetworks", "net", network)]


def _addresses(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    public = case.get("public", "standard")
    if public == "none":
        return []
    sku = "Basic" if public == "basic" else "Standard"
    found = []
    for name, version in (("db-ip", "IPv4"), *((("db-ip6", "IPv6"),) if public == "dual" else ())):
        properties = {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": version}
        if "public_address" in case:
            properties["ipAddress"] = case["public_address"]
        found.append(_resource("publicIPAddresses", name, properties, sku={"name": sku}))
    return found


def _balancer(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    told = case.get("balancer")
    if not told:
        return []
    sku = {"name": told.get("sku", "Standard")}
    found = []
    if told.get("internal"):
        front: dict[str, Any] = {
            "privateIPAddress": "10.0.0.100",
            "privateIPAllocationMethod": "Static",
            "subnet": _id("virtualNetworks/subnets", "net", "data"),
        }
    else:
        address = {"publicIPAllocationMethod": "Static"}
        found.append(_resource("publicIPAddresses", "lb-ip", address, sku=sku))
        front = {"publicIPAddress": _id("publicIPAddresses", "lb-ip")}
    frontend = _id("loadBalancers/frontendIPConfigurations", "lb", "front")
    properties: dict[str, Any] = {
        "frontendIPConfigurations": [{"name": "front", "properties": front}],
        "backendAddressPools": [{"name": "pool"}],
    }
    if "nat" in told:
        nat = {"protocol": "Tcp", "frontendIPConfiguration": frontend, **told["nat"]}
        properties["inboundNatRules"] = [{"name": "db-nat", "properties": nat}]
    if "rule" in told:
        pool = _id("loadBalancers/backendAddressPools", "lb", "pool")
        rule = {"frontendIPConfiguration": frontend, "backendAddressPool": pool, **told["rule"]}
        properties["loadBalancingRules"] = [{"name": "db-rule", "properties": rule}]
    return [*found, _resource("loadBalancers", "lb", properties, sku=sku)]


def _admin(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "admin" not in case:
        return []
    manager, config = "avnm", "avnm/guard"
    scope = {
        "networkManagerScopes": {"subscriptions": ["[subscription().id]"]},
        "networkManagerScopeAccesses": ["SecurityAdmin"],
    }
    group = _id("networkManagers/networkGroups", manager, "all")["id"]
    member = {"resourceId": _id("virtualNetworks", "net")["id"]}
    applies = {"appliesToGroups": [{"networkGroupId": group}]}
    found = [
        _resource("networkManagers", manager, scope),
        _resource("networkManagers/networkGroups", f"{manager}/all", {}),
        _resource("networkManagers/networkGroups/staticMembers", f"{manager}/all/net", member),
        _resource("networkManagers/securityAdminConfigurations", config, {}),
        _resource("networkManagers/securityAdminConfigurations/ruleCollections", f"{config}/rules", applies),
    ]
    for number, told in enumerate(case["admin"]):
        properties = {
            "direction": "Inbound",
            "protocol": "Tcp",
            "sources": [{"addressPrefixType": "IPPrefix", "addressPrefix": "*"}],
            "destinations": [{"addressPrefixType": "IPPrefix", "addressPrefix": "*"}],
            "sourcePortRanges": ["0-65535"],
            "destinationPortRanges": ["9200"],
            **told,
        }
        kind = "networkManagers/securityAdminConfigurations/ruleCollections/rules"
        found.append(_resource(kind, f"{config}/rules/rule-{number}", properties, kind="Custom"))
    return found


def _interface(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    public = case.get("public", "standard")
    subnet = _id("virtualNetworks/subnets", "net", "data")
    first: dict[str, Any] = {"subnet": subnet, "primary": True}
    if case.get("private_ip") == "dynamic":
        first["privateIPAllocationMethod"] = "Dynamic"
    else:
        first |= {"privateIPAllocationMethod": "Static", "privateIPAddress": "10.0.0.4"}
    if "member_of" in case:
        first["applicationSecurityGroups"] = [
            _id("applicationSecurityGroups", name) for name in case["member_of"]
        ]
    if "balancer" in case:
        first["loadBalancerBackendAddressPools"] = [_id("loadBalancers/backendAddressPools", "lb", "pool")]
        if "nat" in case["balancer"]:
            first["loadBalancerInboundNatRules"] = [_id("loadBalancers/inboundNatRules", "lb", "db-nat")]
    configurations = [{"name": "first", "properties": first}]
    if public == "second":
        second = {
            "subnet": subnet,
            "privateIPAllocationMethod": "Static",
            "privateIPAddress": "10.0.0.14",
            "publicIPAddress": _id("publicIPAddresses", "db-ip"),
        }
        configurations.append({"name": "second", "properties": second})
    elif public != "none":
        first["publicIPAddress"] = _id("publicIPAddresses", "db-ip")
    if public == "dual":
        six = {
            "subnet": subnet,
            "privateIPAddressVersion": "IPv6",
            "privateIPAllocationMethod": "Dynamic",
            "publicIPAddress": _id("publicIPAddresses", "db-ip6"),
        }
        configurations.append({"name": "six", "properties": six})
    properties: dict[str, Any] = {"ipConfigurations": configurations}
    if "nic" in case:
        properties["networkSecurityGroup"] = _id("networkSecurityGroups", "nic-nsg")
    machine = {
        "hardwareProfile": {"vmSize": "Standard_D2s_v3"},
        "networkProfile": {"networkInterfaces": [_id("networkInterfaces", "db-nic")]},
    }
    return [
        _resource("networkInterfaces", "db-nic", properties),
        {
            "type": "Microsoft.Compute/virtualMachines",
            "apiVersion": API,
            "name": "db",
            "location": "westeurope",
            "properties": machine,
        },
    ]
