"""Terraform's application gateways and firewalls of Azure in the shapes of ``lower_azure``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.terraform._azure_network import (
    frontend,
    given,
    inside,
    joined,
    listed,
    parent,
    ref,
)
from hushdesk.guard.dialects.terraform._block import Block, many, nested
from hushdesk.guard.dialects.terraform._shapes import Blocks, Shape, made, single


def _gateway(block: Block, _: Blocks) -> Iterator[Resource]:
    """An application gateway: its parts name each other by name."""

    def to(collection: str, inner: Mapping[str, Any], key: str) -> Any:
        return inside(block.id, collection, single(inner.get(key)))

    def parts(key: str, shape: Any) -> list[Any]:
        return [found if isinstance(found, Unknown) else shape(found) for found in block.blocks(key)]

    def addresses(inner: Mapping[str, Any]) -> list[Any]:
        found = [{"ipAddress": address} for address in many(inner.get("ip_addresses"))]
        return [*found, *({"fqdn": name} for name in many(inner.get("fqdns")))]

    def path_rules(inner: Mapping[str, Any]) -> list[Any]:
        return [
            found
            if isinstance(found, Unknown)
            else given(
                name=found.get("name"),
                backendAddressPool=to("backendAddressPools", found, "backend_address_pool_name"),
                backendHttpSettings=to("backendHttpSettingsCollection", found, "backend_http_settings_name"),
            )
            for found in nested(inner.get("path_rule"))
        ]

    yield made(
        block,
        "Microsoft.Network/applicationGateways",
        {
            "gatewayIPConfigurations": parts(
                "gateway_ip_configuration",
                lambda found: given(name=found.get("name"), subnet=ref(found.get("subnet_id"))),
            ),
            "frontendIPConfigurations": parts("frontend_ip_configuration", frontend),
            "frontendPorts": parts(
                "frontend_port", lambda found: given(name=found.get("name"), port=found.get("port"))
            ),
            "backendAddressPools": parts(
                "backend_address_pool",
                lambda found: given(name=found.get("name"), backendAddresses=addresses(found)),
            ),
            "backendHttpSettingsCollection": parts(
                "backend_http_settings", lambda found: given(name=found.get("name"), port=found.get("port"))
            ),
            "httpListeners": parts(
                "http_listener",
                lambda found: given(
                    name=found.get("name"),
                    frontendIPConfiguration=to(
                        "frontendIPConfigurations", found, "frontend_ip_configuration_name"
                    ),
                    frontendPort=to("frontendPorts", found, "frontend_port_name"),
                ),
            ),
            "urlPathMaps": parts(
                "url_path_map",
                lambda found: given(
                    name=found.get("name"),
                    defaultBackendAddressPool=to(
                        "backendAddressPools", found, "default_backend_address_pool_name"
                    ),
                    defaultBackendHttpSettings=to(
                        "backendHttpSettingsCollection", found, "default_backend_http_settings_name"
                    ),
                    pathRules=path_rules(found),
                ),
            ),
            "requestRoutingRules": parts(
                "request_routing_rule",
                lambda found: given(
                    name=found.get("name"),
                    httpListener=to("httpListeners", found, "http_listener_name"),
                    backendAddressPool=to("backendAddressPools", found, "backend_address_pool_name"),
                    backendHttpSettings=to(
                        "backendHttpSettingsCollection", found, "backend_http_settings_name"
                    ),
                    urlPathMap=to("urlPathMaps", found, "url_path_map_name"),
                ),
            ),
        },
    )


def _nat_rule(inner: Any) -> Any:
    if isinstance(inner, Unknown):
        return inner
    destination = inner.get("destination_addresses") or inner.get("destination_address")
    return given(
        name=single(inner.get("name")),
        ruleType="NatRule",
        protocols=many(inner.get("protocols")),
        ipProtocols=many(inner.get("protocols")),
        sourceAddresses=many(inner.get("source_addresses")),
        sourceIpGroups=many(inner.get("source_ip_groups")) or None,
        destinationAddresses=many(destination),
        destinationPorts=many(inner.get("destination_ports")),
        translatedAddress=single(inner.get("translated_address")),
        translatedPort=single(inner.get("translated_port")),
    )


def _firewall(block: Block, blocks: Blocks) -> Iterator[Resource]:
    collections = [
        given(
            name=found.address,
            rules=[_nat_rule(rule) for rule in found.blocks("rule")],
        )
        for found in blocks.pointing(block, "azure_firewall_name", "azurerm_firewall_nat_rule_collection")
    ]
    yield made(
        block,
        "Microsoft.Network/azureFirewalls",
        {
            "ipConfigurations": listed(block, "ip_configuration", frontend),
            "firewallPolicy": ref(block.get("firewall_policy_id")),
            "natRuleCollections": collections,
        },
    )


def _rule_group(block: Block, blocks: Blocks) -> Iterator[Resource]:
    collections = [
        found
        if isinstance(found, Unknown)
        else given(
            name=single(found.get("name")),
            ruleCollectionType="FirewallPolicyNatRuleCollection",
            rules=[_nat_rule(rule) for rule in nested(found.get("rule"))],
        )
        for found in block.blocks("nat_rule_collection")
    ]
    yield made(
        block,
        "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
        {
            "parentId": parent(block, blocks, "firewall_policy_id", "", "azurerm_firewall_policy"),
            "ruleCollections": collections,
        },
    )


def _policy(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(block, "Microsoft.Network/firewallPolicies", {"basePolicy": ref(block.get("base_policy_id"))})


def _address_group(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(block, "Microsoft.Network/ipGroups", {"ipAddresses": many(block.get("cidrs"))})


PROXIES: Final[dict[str, Shape]] = {
    "azurerm_application_gateway": _gateway,
    "azurerm_firewall": _firewall,
    "azurerm_firewall_nat_rule_collection": joined,
    "azurerm_firewall_network_rule_collection": joined,
    "azurerm_firewall_application_rule_collection": joined,
    "azurerm_firewall_policy": _policy,
    "azurerm_firewall_policy_rule_collection_group": _rule_group,
    "azurerm_ip_group": _address_group,
}
