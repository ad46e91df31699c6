"""Ways in whose packets arrive with another source: application gateways, and destination NAT of Azure Firewall."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hushdesk.guard._addresses import ALL_V4, EMPTY
from hushdesk.guard._policy import SAME_PORTS, Gate, Path, PortShift, Sources
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure._index import Node
from hushdesk.guard.dialects.azure._network import UNKNOWN_NETWORK, UNSEEN
from hushdesk.guard.dialects.azure._rules import (
    Target,
    address_words,
    joined,
    port_range,
    security_group,
    seen_from,
    unknown_stage,
)
from hushdesk.guard.dialects.azure._shape import View, number, reference
from hushdesk.guard.dialects.azure._state import State
from hushdesk.guard.dialects.azure._ways import Seat, memberships


def gateways(seat: Seat, state: State) -> Iterator[Path]:
    """Over application gateways: they end the connection, and a new one comes from their subnet."""
    pools = memberships(
        seat, state, "applicationGatewayBackendAddressPools", "Microsoft.Network/applicationGateways"
    )
    for gateway in state.index.of("Microsoft.Network/applicationGateways"):
        yield from _gateway_paths(gateway, seat, pools, state)


def _gateway_paths(gateway: Node, seat: Seat, pools: dict[str, str], state: State) -> Iterator[Path]:
    """Paths over the public listeners of one application gateway."""
    mine = {pool.id: pools[pool.id] for pool in gateway.all("backendAddressPools") if pool.id in pools}
    if not mine:
        return
    subnet = next(
        (state.index.find(config.view.ref("subnet")) for config in gateway.all("gatewayIPConfigurations")),
        None,
    )
    hop = state.networks.prefixes(subnet)
    before = _before(gateway, subnet, state)
    behind = _behind(seat, hop)
    for rule in (*gateway.all("requestRoutingRules"), *gateway.all("routingRules")):
        for pool, settings in _targets(rule, state):
            if pool not in mine:
                continue
            listener = state.index.find(rule.view.ref("httpListener") or rule.view.ref("listener"))
            front = state.index.find(listener.view.ref("frontendIPConfiguration")) if listener else None
            doubt = mine[pool] or rule.doubt or gateway.doubt or seat.doubt
            addresses: tuple[str, ...] = ()
            if front is not None:
                public = front.view.get("publicIPAddress")
                if public is None and not front.unknown():
                    continue
                address = state.index.find(reference(public))
                text = address.view.get("ipAddress") if address else None
                addresses = (text,) if isinstance(text, str) else ()
            else:
                doubt = doubt or "the gateway's frontend is not known; it may be public"
            shifts, odd = _gateway_ports(listener, settings, state)
            yield Path(
                name=f"application gateway {gateway.name}, {rule.name}",
                gates=(*before, *behind),
                addresses=addresses,
                shifts=shifts,
                protocols=("tcp",),
                doubt=doubt or odd,
                place=rule.place,
            )


def _targets(rule: Node, state: State) -> Iterator[tuple[str, Node | None]]:
    """Pairs of pool and settings to which a routing rule leads, its path maps included."""
    views = [rule.view]
    paths = state.index.find(rule.view.ref("urlPathMap"))
    if paths is not None:
        views.append(paths.view)
        views += [view for _, view in paths.view.items("pathRules")]
    for view in views:
        pool = view.ref("backendAddressPool") or view.ref("defaultBackendAddressPool")
        names = ("backendHttpSettings", "defaultBackendHttpSettings", "backendSettings")
        settings = next((found for name in names if (found := view.ref(name))), None)
        if isinstance(pool, str):
            yield state.index.canon(pool), state.index.find(settings)


def _gateway_ports(
    listener: Node | None, settings: Node | None, state: State
) -> tuple[tuple[PortShift, ...], str]:
    port = state.index.find(listener.view.ref("frontendPort")) if listener else None
    front = number(port.view.get("port")) if port else None
    back = number(settings.view.get("port")) if settings else None
    if front is None or back is None:
        return ((PortShift(back, back, back),) if back else SAME_PORTS), "the gateway's ports are not known"
    return (PortShift(front, front, back),), ""


def _before(gateway: Node, subnet: Node | None, state: State) -> tuple[Gate, ...]:
    """The security group of the gateway's subnet, which sees the client and the frontend's port."""
    if subnet is None:
        stage = unknown_stage(
            f"subnet of {gateway.name}", "the gateway's subnet is not in the input", gateway
        )
        return (Gate(name=f"before {gateway.name}", stages=(replace(stage, frontend=True),)),)
    ref = subnet.view.ref("networkSecurityGroup")
    if ref is None and not subnet.unknown():
        return ()
    group = state.index.find(ref)
    if group is None:
        stage = unknown_stage(
            "subnet NSG", "the security group of the gateway's subnet is not in the input", gateway
        )
    else:
        state.used.add(group.id)
        target = Target(possible=state.networks.prefixes(subnet).upper, network=state.networks.around(subnet))
        stage = security_group(group, target, state, "subnet NSG")
    return (Gate(name=f"before {gateway.name}", stages=(replace(stage, frontend=True),)),)


def _behind(seat: Seat, hop: Sources) -> tuple[Gate, ...]:
    return tuple(
        replace(
            gate,
            name=f"{gate.name}, from {hop.words}",
            stages=tuple(seen_from(stage, hop) for stage in gate.stages),
        )
        for gate in seat.gates(False)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One rule of a firewall that leads packets to a private address."""

    firewall: Node
    rule: View
    name: str
    node: Node


def translations(state: State) -> list[Translation]:
    """All destination NAT rules of all firewalls."""
    found = []
    for firewall in state.index.of("Microsoft.Network/azureFirewalls"):
        for collection in firewall.all("natRuleCollections"):
            for _, rule in collection.view.items("rules"):
                found.append(_translation(firewall, rule, collection))
        policies = []
        policy = state.index.find(firewall.view.ref("firewallPolicy"))
        if firewall.view.ref("firewallPolicy") is not None and policy is None:
            state.skipped(
                firewall.place,
                f"the policy of firewall {firewall.name}",
                "It is not in the input, so its NAT rules are not known.",
            )
        while policy is not None and policy not in policies:
            policies.append(policy)
            policy = state.index.find(policy.view.ref("basePolicy"))
        for group in (group for policy in policies for group in policy.all("ruleCollectionGroups")):
            for _, listed in group.view.items("ruleCollections"):
                if "nat" not in listed.known("ruleCollectionType"):
                    continue
                for _, rule in listed.items("rules"):
                    found.append(_translation(firewall, rule, group))
    return found


def _translation(firewall: Node, rule: View, node: Node) -> Translation:
    name = rule.text("name")
    return Translation(
        firewall=firewall, rule=rule, name=name if isinstance(name, str) else node.name, node=node
    )


def firewall_paths(seat: Seat, state: State, known: list[Translation]) -> Iterator[Path]:
    """Paths over the NAT rules that lead to this private address."""
    for item in known:
        address = item.rule.text("translatedAddress")
        doubt: str | None
        if isinstance(address, str):
            doubt = seat.is_at(address)
        else:
            doubt = "the translated address is not known"
            if isinstance(address, Unknown):
                state.unresolved(item.node.place, address.expression, address.why)
        if doubt is None:
            continue
        subnet = next(
            (state.index.find(config.view.ref("subnet")) for config in item.firewall.all("ipConfigurations")),
            None,
        )
        hop = state.networks.prefixes(subnet)
        if subnet is None:
            hop = Sources(UNKNOWN_NETWORK, EMPTY, f"firewall {item.firewall.name}", hop.why)
        shifts, odd = _nat_ports(item, state)
        protocols = {
            str(word).lower() for word in item.rule.many("protocols", "ipProtocols") if isinstance(word, str)
        }
        yield Path(
            name=f"firewall {item.firewall.name}, {item.name}",
            gates=_behind(seat, hop),
            shifts=shifts,
            protocols=tuple(sorted(protocols)) if protocols and "any" not in protocols else (),
            reaching=_allowed(item, state),
            doubt=doubt or odd or item.node.doubt or item.firewall.doubt or seat.doubt,
            addresses=tuple(
                word
                for word in item.rule.many("destinationAddresses")
                if isinstance(word, str) and word != "*"
            ),
            place=item.node.place,
        )


def _allowed(item: Translation, state: State) -> Sources:
    parts = [address_words(word, UNSEEN, item.node, state) for word in item.rule.many("sourceAddresses")]
    for word in item.rule.many("sourceIpGroups"):
        group = state.index.find(reference(word))
        if group is None:
            why = "an IP group is not in the input"
            state.unresolved(item.node.place, str(reference(word) or "sourceIpGroups"), why)
            parts.append(Sources.unknown("IP group", why))
        else:
            parts += [
                address_words(address, UNSEEN, group, state) for address in group.view.many("ipAddresses")
            ]
    if not parts:
        state.malformed(
            item.node.place,
            f"NAT rule {item.name} names no source",
            "Name sourceAddresses; until then it may be anybody.",
        )
        return Sources.unknown("", "the rule names no source")
    return joined(parts) & Sources.exactly(ALL_V4)


def _nat_ports(item: Translation, state: State) -> tuple[tuple[PortShift, ...], str]:
    back = number(item.rule.get("translatedPort"))
    found = []
    for word in item.rule.many("destinationPorts"):
        pair = port_range(word)
        if pair is None:
            if isinstance(word, Unknown):
                state.unresolved(item.node.place, word.expression, word.why)
            return ((PortShift(back, back, back),) if back else SAME_PORTS), "its ports are not known"
        low, high = pair
        found.append(PortShift(low, high, back if back is not None else low))
    if not found:
        return SAME_PORTS, "it names no ports"
    return tuple(found), ""
