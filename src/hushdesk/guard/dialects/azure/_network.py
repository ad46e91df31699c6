"""What a virtual network is: the address sets behind the tags ``VirtualNetwork`` and ``Internet``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hushdesk.guard._addresses import EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._policy import Sources
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure._index import Index, Node
from hushdesk.guard.dialects.azure._shape import View

PLATFORM: Final = AddressSet.parse("168.63.129.16")
"""The host's virtual address: probes of load balancers come from it, and nothing from outside."""
DEFAULT_ROUTES: Final = {"0.0.0.0/0", "::/0"}
UNKNOWN_NETWORK: Final = (
    AddressSet.parse("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7") | PLATFORM
)
"""Within which a virtual network that the input does not show is taken to lie."""


@dataclass(frozen=True, slots=True)
class Network:
    """What can be said of the network around one subnet."""

    base: Sources
    """Its own, its peers' and its sites' addresses, and the routes of its subnet but for default routes."""
    tag: Sources
    """What the tag ``VirtualNetwork`` holds."""
    note: str = ""
    """What of it is not known; empty if all is."""

    @property
    def internet(self) -> Sources:
        """What the tag ``Internet`` holds."""
        return Sources.exactly(EVERYWHERE) - self.tag


UNSEEN: Final = Network(
    Sources(UNKNOWN_NETWORK, EMPTY, "VirtualNetwork", "the virtual network is not in the input"),
    Sources(UNKNOWN_NETWORK, PLATFORM, "VirtualNetwork", "the virtual network is not in the input"),
    "the virtual network is not in the input, so it is taken as private addresses; a route for 0.0.0.0/0 in it would mean everybody",
)


class Networks:
    """The networks of an estate."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._known: dict[str, Network] = {}

    def around(self, subnet: Node | None, owner: Node | None = None) -> Network:
        """The network around a subnet; as the platform told it for an interface in it, if it did."""
        for node in (owner, subnet):
            told = self._told(node) if node is not None else None
            if told is not None:
                return told
        if subnet is None or subnet.parent is None:
            return UNSEEN
        if subnet.id not in self._known:
            self._known[subnet.id] = self._around(subnet, subnet.parent)
        return self._known[subnet.id]

    def prefixes(self, subnet: Node | None) -> Sources:
        """The addresses of a subnet: its own prefixes, or if they are not known, its network's."""
        if subnet is None:
            return Sources(UNKNOWN_NETWORK, EMPTY, "a subnet", "the subnet is not in the input")
        found = self._texts(list(subnet.view.many("addressPrefix", "addressPrefixes")))
        if not found.upper and not found.why:
            found = Sources(UNKNOWN_NETWORK, EMPTY, "", "the subnet's prefix is not in the input")
        if found.why and subnet.parent is not None:
            space = self._texts(list(View(subnet.parent.view.get("addressSpace")).many("addressPrefixes")))
            if space.upper and not space.why:
                found = Sources(space.upper, found.lower, found.words, found.why)
        return Sources(found.upper, found.lower, subnet.name, found.why)

    def space(self, network: Node) -> Sources:
        """A virtual network's own addresses: its space, or else its subnets."""
        space = View(network.view.get("addressSpace"))
        listed = list(space.many("addressPrefixes"))
        if network.unknown():
            listed.append(Unknown("", network.unknown()))
        if not listed:
            for subnet in network.all("subnets"):
                listed += subnet.view.many("addressPrefix", "addressPrefixes")
        found = self._texts(listed)
        if network.absent or not listed:
            return Sources(
                found.upper | UNKNOWN_NETWORK,
                found.lower,
                network.name,
                f"the addresses of {network.name} are not in the input",
            )
        return Sources(found.upper, found.lower, network.name, found.why)

    def _around(self, subnet: Node, network: Node) -> Network:
        parts = [self.space(network), self._sites(network)]
        parts += map(self._peer, network.all("virtualNetworkPeerings"))
        for peering in self.index.of("Microsoft.Network/virtualNetworks/virtualNetworkPeerings"):
            other = peering.parent
            if other is None or other is network or peering.view.ref("remoteVirtualNetwork") != network.id:
                continue
            parts.append(self.space(other))
        routes, default = self._routes(subnet)
        base = _joined([*parts, routes])
        tag = base | Sources.exactly(PLATFORM)
        if default.upper:
            why = "a user-defined route sends a default route elsewhere, and the tag VirtualNetwork may then hold 0.0.0.0/0: everybody"
            tag = Sources(tag.upper | default.upper, tag.lower, "VirtualNetwork", why)
        else:
            tag = Sources(tag.upper, tag.lower, "VirtualNetwork", base.why)
        return Network(Sources(base.upper, base.lower, "VirtualNetwork", base.why), tag, tag.why)

    def _told(self, node: Node) -> Network | None:
        """From the platform's own answer: the expanded tag of effective rules, or effective routes."""
        plain: list[object] = []
        default: list[object] = []
        for prefix in node.view.many("effectiveVirtualNetwork"):
            (default if prefix in DEFAULT_ROUTES else plain).append(prefix)
        for _, route in node.view.items("effectiveRoutes"):
            if route.known("state") == "invalid":
                continue
            mine = route.known("source") == "user"
            hop = route.known("nextHopType")
            for prefix in route.many("addressPrefix"):
                if prefix in DEFAULT_ROUTES and (
                    mine or hop in {"virtualappliance", "virtualnetworkgateway"}
                ):
                    default.append(prefix)
                elif prefix not in DEFAULT_ROUTES and (mine or hop.startswith("v")):
                    plain.append(prefix)
        if not plain and not default:
            return None
        base, wide = self._texts(plain), self._texts(default)
        tag = base | Sources.exactly(PLATFORM) | wide
        return Network(base, Sources(tag.upper, tag.lower, "VirtualNetwork", tag.why), tag.why)

    def _peer(self, peering: Node) -> Sources:
        if peering.view.known("allowVirtualNetworkAccess") == "false":
            return Sources.exactly(EMPTY)
        parts = []
        remote = self.index.find(peering.view.ref("remoteVirtualNetwork"))
        listed = list(View(peering.view.get("remoteAddressSpace")).many("addressPrefixes"))
        listed += View(peering.view.get("remoteVirtualNetworkAddressSpace")).many("addressPrefixes")
        if remote is not None:
            parts.append(self.space(remote))
            if peering.view.known("useRemoteGateways") == "true":
                parts.append(self._sites(remote))
        if listed:
            parts.append(self._texts(listed))
        if not parts:
            return Sources(UNKNOWN_NETWORK, EMPTY, peering.name, "a peered network is not in the input")
        return _joined(parts)

    def _sites(self, network: Node) -> Sources:
        """On-premises space behind the network's gateway."""
        if not any(subnet.name.lower().endswith("gatewaysubnet") for subnet in network.all("subnets")):
            return Sources.exactly(EMPTY)
        known: list[Sources] = []
        whole = True
        for gateway in self.index.of("Microsoft.Network/virtualNetworkGateways"):
            subnets = {config.view.ref("subnet") for config in gateway.all("ipConfigurations")}
            if not any(isinstance(ref, str) and ref.startswith(f"{network.id}/") for ref in subnets):
                continue
            found, complete = self._connected(gateway)
            known += found
            whole = whole and complete and gateway.view.known("enableBgp") != "true"
            pool = list(
                View(View(gateway.view.get("vpnClientConfiguration")).get("vpnClientAddressPool")).many(
                    "addressPrefixes"
                )
            )
            if pool:
                known.append(self._texts(pool))
        if known and whole:
            return _joined(known)
        lower = _joined(known).lower if known else EMPTY
        return Sources(
            UNKNOWN_NETWORK,
            lower,
            "on-premises",
            "which addresses lie behind the network's gateway is not in the input",
        )

    def _connected(self, gateway: Node) -> tuple[list[Sources], bool]:
        found = []
        whole = True
        for connection in self.index.of("Microsoft.Network/connections"):
            if connection.view.ref("virtualNetworkGateway1") != gateway.id:
                continue
            site = self.index.find(connection.view.ref("localNetworkGateway2"))
            if site is None:
                whole = False
                continue
            found.append(
                self._texts(list(View(site.view.get("localNetworkAddressSpace")).many("addressPrefixes")))
            )
            whole = whole and not View(site.view.get("bgpSettings")).fields
        return found, whole

    def appliances(self) -> Iterator[Node]:
        """Subnets whose packets to everywhere go through an appliance; it may as well let packets in."""
        for subnet in self.index.of("Microsoft.Network/virtualNetworks/subnets"):
            table = self.index.find(subnet.view.ref("routeTable"))
            for route in table.all("routes") if table is not None else ():
                prefix = route.view.text("addressPrefix")
                if prefix in DEFAULT_ROUTES and route.view.known("nextHopType") == "virtualappliance":
                    yield subnet
                    break

    def _routes(self, subnet: Node) -> tuple[Sources, Sources]:
        """The prefixes of the subnet's user-defined routes, and the default ones among them."""
        ref = subnet.view.ref("routeTable")
        nothing = Sources.exactly(EMPTY)
        if ref is None:
            return nothing, nothing
        table = self.index.find(ref)
        if table is None or table.unknown():
            why = "the subnet's route table is not in the input"
            return nothing, Sources(EVERYWHERE, EMPTY, "routes", why)
        plain: list[object] = []
        default: list[object] = []
        for route in table.all("routes"):
            prefix = route.view.unknown or route.view.text("addressPrefix")
            if isinstance(prefix, Unknown) or (isinstance(prefix, str) and prefix.lower() in DEFAULT_ROUTES):
                default.append("0.0.0.0/0" if isinstance(prefix, Unknown) else prefix)
            elif (
                isinstance(prefix, str)
                and ("." in prefix or ":" in prefix)
                and prefix[0] in "0123456789abcdefABCDEF:"
            ):
                plain.append(prefix)
        return self._texts(plain), self._texts(default)

    @staticmethod
    def _texts(values: list[object]) -> Sources:
        found, why = EMPTY, ""
        for value in values:
            if isinstance(value, str):
                try:
                    found |= AddressSet.parse(value)
                    continue
                except ValueError:
                    why = why or f"{value} is no network"
            else:
                why = why or (value.why if isinstance(value, Unknown) else "a prefix is no text")
        return Sources(found | UNKNOWN_NETWORK if why else found, found, "", why)


def _joined(parts: list[Sources]) -> Sources:
    found = Sources.exactly(EMPTY)
    for part in parts:
        found |= part
    return found
