"""Terraform's Azure network resources in the shapes of ``lower_azure``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.terraform._block import Block, doubt_of, many, nested, one
from hushdesk.guard.dialects.terraform._shapes import Blocks, Shape, made, moved, single

_RULE: Final = {
    "name": "name", "priority": "priority", "direction": "direction", "access": "access", "protocol": "protocol",
    "sourceAddressPrefix": "source_address_prefix", "sourceAddressPrefixes": "source_address_prefixes",
    "sourcePortRange": "source_port_range", "sourcePortRanges": "source_port_ranges",
    "destinationAddressPrefix": "destination_address_prefix", "destinationAddressPrefixes": "destination_address_prefixes",
    "destinationPortRange": "destination_port_range", "destinationPortRanges": "destination_port_ranges",
}  # fmt: skip
_LISTS: Final = {
    "sourceAddressPrefixes", "sourcePortRanges", "destinationAddressPrefixes", "destinationPortRanges",
}  # fmt: skip
_MACHINES: Final = (
    "azurerm_linux_virtual_machine", "azurerm_windows_virtual_machine", "azurerm_virtual_machine",
)  # fmt: skip
_SCALE_SETS: Final = (
    "azurerm_linux_virtual_machine_scale_set", "azurerm_windows_virtual_machine_scale_set",
    "azurerm_orchestrated_virtual_machine_scale_set", "azurerm_virtual_machine_scale_set",
)  # fmt: skip


def ref(value: Any) -> Any:
    """A reference as ARM has it; nothing for nothing."""
    found = single(value)
    return None if found in (None, "") else {"id": found}


def refs(value: Any) -> list[Any] | None:
    """References as ARM has them."""
    return [member if isinstance(member, Unknown) else {"id": member} for member in many(value)] or None


def given(**values: Any) -> dict[str, Any]:
    """Without what is null."""
    return {key: value for key, value in values.items() if value is not None}


def parent(block: Block, blocks: Blocks, by_id: str, by_name: str, *types: str) -> Any:
    """The id of the resource that a child names, by id or by name."""
    named = single(block.get(by_id)) if by_id else None
    if named is None and by_name:
        named = single(block.get(by_name))
    found = blocks.find(named, *types)
    if found is not None:
        return found.id
    if isinstance(named, Unknown):
        return named
    return (
        str(named)
        if named
        else Unknown(f"{block.address}.{by_id or by_name}", "to what it belongs is not said")
    )


def rule_of(inner: Any) -> Any:
    """A ``security_rule`` as ARM has it."""
    if isinstance(inner, Unknown):
        return inner
    if doubt := doubt_of(inner):
        return Unknown(str(single(inner.get("name")) or "security_rule"), doubt)
    found = {
        theirs: many(inner.get(ours)) if theirs in _LISTS else single(inner.get(ours))
        for theirs, ours in _RULE.items()
    }
    for side in ("source", "destination"):
        found[f"{side}ApplicationSecurityGroups"] = refs(inner.get(f"{side}_application_security_group_ids"))
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def listed(block: Block, key: str, shape: Any) -> Any:
    """A list of nested blocks in another shape; unknown where it is."""
    said = block.values.get(key)
    return said if isinstance(said, Unknown) else [shape(inner) for inner in block.blocks(key)]


def _security_group(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "Microsoft.Network/networkSecurityGroups",
        {"securityRules": listed(block, "security_rule", rule_of)},
        places=moved(block, "security_rule", "securityRules"),
    )


def _lone_rule(block: Block, blocks: Blocks) -> Iterator[Resource]:
    group = parent(block, blocks, "", "network_security_group_name", "azurerm_network_security_group")
    yield made(
        block,
        "Microsoft.Network/networkSecurityGroups/securityRules",
        {"parentId": group, **rule_of(block.values)},
    )


def _joined_ids(blocks: Blocks, block: Block, type_: str, to: str, key: str) -> list[Any]:
    """What association resources tie to a block."""
    return [single(found.get(key)) for found in blocks.pointing(block, to, type_)]


def _network(block: Block, _: Blocks) -> Iterator[Resource]:
    def subnet(inner: Any) -> Any:
        if isinstance(inner, Unknown):
            return inner
        prefixes = many(inner.get("address_prefixes")) or many(inner.get("address_prefix"))
        return given(
            name=single(inner.get("name")),
            addressPrefixes=prefixes,
            networkSecurityGroup=ref(inner.get("security_group")),
            routeTable=ref(inner.get("route_table_id")),
        )

    yield made(
        block,
        "Microsoft.Network/virtualNetworks",
        {
            "addressSpace": {"addressPrefixes": many(block.get("address_space"))},
            "subnets": listed(block, "subnet", subnet),
        },
    )


def _subnet(block: Block, blocks: Blocks) -> Iterator[Resource]:
    network = parent(block, blocks, "virtual_network_id", "virtual_network_name", "azurerm_virtual_network")
    groups = _joined_ids(
        blocks,
        block,
        "azurerm_subnet_network_security_group_association",
        "subnet_id",
        "network_security_group_id",
    )
    tables = _joined_ids(
        blocks, block, "azurerm_subnet_route_table_association", "subnet_id", "route_table_id"
    )
    yield made(
        block,
        "Microsoft.Network/virtualNetworks/subnets",
        {
            "parentId": network,
            "addressPrefixes": many(block.get("address_prefixes")) or many(block.get("address_prefix")),
            "networkSecurityGroup": ref(groups or block.get("network_security_group_id")),
            "routeTable": ref(tables or block.get("route_table_id")),
            "privateEndpointNetworkPolicies": single(block.get("private_endpoint_network_policies")),
        },
    )


def _peering(block: Block, blocks: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
        {
            "parentId": parent(block, blocks, "", "virtual_network_name", "azurerm_virtual_network"),
            "remoteVirtualNetwork": ref(block.get("remote_virtual_network_id")),
            "allowVirtualNetworkAccess": single(block.get("allow_virtual_network_access", True)),
        },
    )


def _route_of(inner: Any) -> Any:
    if isinstance(inner, Unknown):
        return inner
    return given(
        name=single(inner.get("name")),
        addressPrefix=single(inner.get("address_prefix")),
        nextHopType=single(inner.get("next_hop_type")),
        nextHopIpAddress=single(inner.get("next_hop_in_ip_address")),
    )


def _route_table(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(block, "Microsoft.Network/routeTables", {"routes": listed(block, "route", _route_of)})


def _route(block: Block, blocks: Blocks) -> Iterator[Resource]:
    table = parent(block, blocks, "", "route_table_name", "azurerm_route_table")
    yield made(block, "Microsoft.Network/routeTables/routes", {"parentId": table, **_route_of(block.values)})


def _interface(block: Block, blocks: Blocks) -> Iterator[Resource]:
    groups = _joined_ids(
        blocks,
        block,
        "azurerm_network_interface_security_group_association",
        "network_interface_id",
        "network_security_group_id",
    )
    joins = (
        ("loadBalancerBackendAddressPools", "azurerm_network_interface_backend_address_pool_association", "backend_address_pool_id"),
        ("loadBalancerInboundNatRules", "azurerm_network_interface_nat_rule_association", "nat_rule_id"),
        ("applicationSecurityGroups", "azurerm_network_interface_application_security_group_association", "application_security_group_id"),
        ("applicationGatewayBackendAddressPools", "azurerm_network_interface_application_gateway_backend_address_pool_association", "backend_address_pool_id"),
    )  # fmt: skip

    def configuration(inner: Any) -> Any:
        if isinstance(inner, Unknown):
            return inner
        found = given(
            name=single(inner.get("name")),
            privateIPAddress=single(inner.get("private_ip_address")) or None,
            privateIPAddressVersion=single(inner.get("private_ip_address_version")),
            subnet=ref(inner.get("subnet_id")),
            publicIPAddress=ref(inner.get("public_ip_address_id")),
        )
        for list_, type_, key in joins:
            tied = [
                single(join.get(key))
                for join in blocks.pointing(block, "network_interface_id", type_)
                if single(join.get("ip_configuration_name")) in {None, single(inner.get("name"))}
                or isinstance(join.get("ip_configuration_name"), Unknown)
            ]
            for older in ("load_balancer_backend_address_pools_ids", "load_balancer_inbound_nat_rules_ids"):
                if list_.endswith("Pools") == ("pools" in older) and list_.startswith("loadBalancer"):
                    tied += many(inner.get(older))
            if tied:
                found[list_] = refs(tied)
        return found

    machine = next(
        (
            found.id
            for found in blocks.of(*_MACHINES)
            if {block.id, block.address}
            & {text for text in many(found.get("network_interface_ids")) if isinstance(text, str)}
        ),
        None,
    )
    yield made(
        block,
        "Microsoft.Network/networkInterfaces",
        {
            "networkSecurityGroup": ref(groups or block.get("network_security_group_id")),
            "virtualMachine": ref(machine),
            "ipConfigurations": listed(block, "ip_configuration", configuration),
        },
    )


def _public_address(block: Block, _: Blocks) -> Iterator[Resource]:
    sku = single(block.get("sku"))
    yield made(
        block,
        "Microsoft.Network/publicIPAddresses",
        given(
            sku={"name": sku} if sku is not None else None,
            ipAddress=single(block.get("ip_address")) or None,
            publicIPAddressVersion=single(block.get("ip_version")),
        ),
    )


def frontend(inner: Any) -> Any:
    """A frontend of a balancer, gateway or firewall."""
    if isinstance(inner, Unknown):
        return inner
    return given(
        name=single(inner.get("name")),
        publicIPAddress=ref(inner.get("public_ip_address_id")),
        subnet=ref(inner.get("subnet_id")),
    )


def _balancer(block: Block, _: Blocks) -> Iterator[Resource]:
    sku = single(block.get("sku"))
    yield made(
        block,
        "Microsoft.Network/loadBalancers",
        given(
            sku={"name": sku} if sku is not None else None,
            frontendIPConfigurations=listed(block, "frontend_ip_configuration", frontend),
        ),
    )


def _pool(block: Block, blocks: Blocks) -> Iterator[Resource]:
    addresses = [
        given(name=found.address, ipAddress=single(found.get("ip_address")))
        for found in blocks.pointing(
            block, "backend_address_pool_id", "azurerm_lb_backend_address_pool_address"
        )
    ]
    yield made(
        block,
        "Microsoft.Network/loadBalancers/backendAddressPools",
        {
            "parentId": parent(block, blocks, "loadbalancer_id", "", "azurerm_lb"),
            "loadBalancerBackendAddresses": addresses or None,
        },
    )


def inside(of: Any, collection: str, name: Any) -> Any:
    """A reference to something inside a resource, by its name."""
    if name is None:
        return None
    if isinstance(name, Unknown) or isinstance(of, Unknown):
        return {"id": name if isinstance(name, Unknown) else of}
    return {"id": f"{of}/{collection}/{name}"}


def _balancer_rule(collection: str) -> Shape:
    def shape(block: Block, blocks: Blocks) -> Iterator[Resource]:
        balancer = parent(block, blocks, "loadbalancer_id", "", "azurerm_lb")
        front = single(block.get("frontend_ip_configuration_name"))
        pools = block.get("backend_address_pool_ids") or block.get("backend_address_pool_id")
        protocol = single(block.get("protocol"))
        yield made(
            block,
            f"Microsoft.Network/loadBalancers/{collection}",
            given(
                parentId=balancer,
                frontendIPConfiguration=inside(balancer, "frontendIPConfigurations", front),
                backendAddressPools=refs(pools),
                protocol=protocol,
                frontendPort=single(block.get("frontend_port")),
                frontendPortRangeStart=single(block.get("frontend_port_start")),
                frontendPortRangeEnd=single(block.get("frontend_port_end")),
                backendPort=single(block.get("backend_port")),
                enableFloatingIP=single(block.get("floating_ip_enabled", block.get("enable_floating_ip"))),
            ),
        )

    return shape


def _scale_set(block: Block, _: Blocks) -> Iterator[Resource]:
    def configuration(inner: Any) -> Any:
        if isinstance(inner, Unknown):
            return inner
        public = one(inner.get("public_ip_address")) or one(inner.get("public_ip_address_configuration"))
        return given(
            name=single(inner.get("name")),
            subnet=ref(inner.get("subnet_id")),
            publicIPAddressConfiguration={"name": single(public.get("name")) or "public"} if public else None,
            loadBalancerBackendAddressPools=refs(inner.get("load_balancer_backend_address_pool_ids")),
            loadBalancerInboundNatPools=refs(inner.get("load_balancer_inbound_nat_rules_ids")),
            applicationSecurityGroups=refs(inner.get("application_security_group_ids")),
            applicationGatewayBackendAddressPools=refs(
                inner.get("application_gateway_backend_address_pool_ids")
            ),
        )

    def card(inner: Any) -> Any:
        if isinstance(inner, Unknown):
            return inner
        return given(
            name=single(inner.get("name")),
            networkSecurityGroup=ref(inner.get("network_security_group_id")),
            ipConfigurations=[configuration(found) for found in nested(inner.get("ip_configuration"))],
        )

    key = "network_profile" if block.type == "azurerm_virtual_machine_scale_set" else "network_interface"
    cards = {"networkInterfaceConfigurations": listed(block, key, card)}
    yield made(
        block,
        "Microsoft.Compute/virtualMachineScaleSets",
        {"virtualMachineProfile": {"networkProfile": cards}},
    )


def _machine(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "Microsoft.Compute/virtualMachines",
        {"networkProfile": {"networkInterfaces": refs(block.get("network_interface_ids"))}},
    )


def _containers(block: Block, _: Blocks) -> Iterator[Resource]:
    kind = single(block.get("ip_address_type", "Public"))
    if isinstance(kind, str) and kind.lower() == "none":
        return
    exposed = block.blocks("exposed_port") or [
        port
        for found in block.blocks("container")
        if isinstance(found, Mapping)
        for port in nested(found.get("ports"))
    ]
    ports = [
        found if isinstance(found, Unknown) else given(port=found.get("port"), protocol=found.get("protocol"))
        for found in exposed
    ]
    subnets = block.get("subnet_ids")
    yield made(
        block,
        "Microsoft.ContainerInstance/containerGroups",
        {"ipAddress": {"type": kind, "ports": ports}, "subnetIds": refs(subnets)},
    )


def _private_endpoint(block: Block, _: Blocks) -> Iterator[Resource]:
    def connection(inner: Any) -> Any:
        return inner if isinstance(inner, Unknown) else {
            "privateLinkServiceId": single(inner.get("private_connection_resource_id"))
        }  # fmt: skip

    yield made(
        block,
        "Microsoft.Network/privateEndpoints",
        {
            "subnet": ref(block.get("subnet_id")),
            "privateLinkServiceConnections": listed(block, "private_service_connection", connection),
        },
    )


def empty(type_: str) -> Shape:
    """A resource of which only its being there matters."""

    def shape(block: Block, _: Blocks) -> Iterator[Resource]:
        yield made(block, type_, {})

    return shape


def joined(_: Block, __: Blocks) -> Iterator[Resource]:
    """Taken into the resource that it belongs to."""
    yield from ()


NETWORK: Final[dict[str, Shape]] = {
    "azurerm_network_security_group": _security_group,
    "azurerm_network_security_rule": _lone_rule,
    "azurerm_application_security_group": empty("Microsoft.Network/applicationSecurityGroups"),
    "azurerm_virtual_network": _network,
    "azurerm_subnet": _subnet,
    "azurerm_subnet_network_security_group_association": joined,
    "azurerm_subnet_route_table_association": joined,
    "azurerm_virtual_network_peering": _peering,
    "azurerm_route_table": _route_table,
    "azurerm_route": _route,
    "azurerm_network_interface": _interface,
    "azurerm_network_interface_security_group_association": joined,
    "azurerm_network_interface_backend_address_pool_association": joined,
    "azurerm_network_interface_nat_rule_association": joined,
    "azurerm_network_interface_application_security_group_association": joined,
    "azurerm_network_interface_application_gateway_backend_address_pool_association": joined,
    "azurerm_public_ip": _public_address,
    "azurerm_lb": _balancer,
    "azurerm_lb_backend_address_pool": _pool,
    "azurerm_lb_backend_address_pool_address": joined,
    "azurerm_lb_probe": joined,
    "azurerm_lb_outbound_rule": joined,
    "azurerm_lb_rule": _balancer_rule("loadBalancingRules"),
    "azurerm_lb_nat_rule": _balancer_rule("inboundNatRules"),
    "azurerm_lb_nat_pool": _balancer_rule("inboundNatPools"),
    "azurerm_private_endpoint": _private_endpoint,
    **dict.fromkeys(_MACHINES, _machine),
    **dict.fromkeys(_SCALE_SETS, _scale_set),
    "azurerm_container_group": _containers,
}
