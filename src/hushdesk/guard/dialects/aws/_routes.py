"""Route tables: whose packets can come in from the internet gateway and be answered through it.

Source: VPC user guide, "Configure route tables". The most specific route decides; a subnet without a table of its own has
the main one; every table has a local route for the network's own blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EMPTY, PRIVATE, AddressSet
from hushdesk.guard._policy import Place, Sources
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.aws._account import Account, text_or_empty
from hushdesk.guard.dialects.aws._groups import prefix_list
from hushdesk.guard.dialects.aws._values import cidr, doubted, get, items, text, truth, words

TABLE: Final = "AWS::EC2::RouteTable"


class Target(Enum):
    """Where a route leads."""

    LOCAL = "local"
    INTERNET = "internet gateway"
    PRIVATE = "another private network"
    NOWHERE = "not to an internet gateway"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Route:
    """One route that was read."""

    sources: Sources
    length: int
    """Of the prefix; -1 sorts first: where it lies among the others is not known."""
    target: Target
    via: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Routed:
    """For one subnet: who comes in from the internet gateway, and who from private networks."""

    internet: Sources
    private: Sources


class Routes:
    """All route tables of an account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._routed: dict[str, Routed] = {}
        self._tables: dict[str, Resource | str] = {}

    def table(self, subnet: Resource) -> Resource | str:
        """The subnet's route table; ``local`` for one that has only the local route; otherwise why it is not known."""
        if subnet.id not in self._tables:
            self._tables[subnet.id] = self._find(subnet)
        return self._tables[subnet.id]

    def of(self, subnet: Resource) -> Routed:
        """What the routes of a subnet say."""
        if subnet.id not in self._routed:
            self._routed[subnet.id] = self._work_out(subnet)
        return self._routed[subnet.id]

    def network(self, vpc: Any) -> Sources:
        """The addresses of a network; somewhere among the private ones if its blocks are not known."""
        found = self.account.find("VPC", vpc)
        why = "the network's blocks are not in the input"
        total, doubtful = AddressSet(), found is None
        if found is not None:
            properties = found.properties
            blocks = [properties.get("CidrBlock")]
            blocks += [get(each, "CidrBlock") for each in items(properties.get("CidrBlockAssociationSet"))]
            blocks += [
                get(each, "Ipv6CidrBlock") for each in items(properties.get("Ipv6CidrBlockAssociationSet"))
            ]
            for more in self.account.all("VPCCidrBlock"):
                if self.account.same("VPC", more.properties.get("VpcId"), found.id):
                    blocks += [more.properties.get("CidrBlock"), more.properties.get("Ipv6CidrBlock")]
            for block in blocks:
                part = cidr(block) if block is not None else Sources(EMPTY, EMPTY)
                if part is None:
                    self.account.malformed(
                        found.place, "a network's block is no CIDR block", "write it like 10.0.0.0/16"
                    )
                elif part.upper == part.lower:
                    total |= part.upper
                else:
                    doubtful, why = True, part.why
            doubtful = doubtful or not total
        shown = f"network {found.name if found is not None else words(vpc)}"
        return Sources(total | PRIVATE, total, shown, why) if doubtful else Sources.exactly(total, shown)

    def _find(self, subnet: Resource) -> Resource | str:
        account = self.account
        vpc = get(subnet.properties, "VpcId")
        explicit, main, unclear = [], [], ""
        for table in account.all("RouteTable"):
            for item, _, doubt in account.parts(
                table, "Associations", "SubnetRouteTableAssociation", "RouteTableId"
            ):
                named = get(item, "SubnetId")
                if truth(get(item, "Main")) is True:
                    if account.same("VPC", get(table.properties, "VpcId"), vpc):
                        main.append(table)
                elif account.same("Subnet", named, subnet.id):
                    if doubt or table.doubt:
                        unclear = f"{table.name} may be its route table: {doubt or table.doubt}"
                    else:
                        explicit.append(table)
                elif isinstance(named, Unknown) and not self._elsewhere(table, vpc):
                    unclear = (
                        f"a route table has a subnet that is not known ({named.expression}): {named.why}"
                    )
        for other in account.strays("SubnetRouteTableAssociation", TABLE, "RouteTableId"):
            if account.same("Subnet", get(other.properties, "SubnetId"), subnet.id):
                unclear = (
                    f"its route table {words(get(other.properties, 'RouteTableId'))} is not in the input"
                )
        if explicit:
            return explicit[-1]
        if unclear:
            account.unresolved(subnet.place, f"route table of {subnet.name}", unclear)
            return unclear
        if main:
            return main[-1]
        if account.created and account.find("VPC", vpc) is not None:
            return "local"
        why = "its route table is not in the input; give the route tables too"
        account.unresolved(subnet.place, f"route table of {subnet.name}", why)
        return why

    def _elsewhere(self, table: Resource, vpc: Any) -> bool:
        other = get(table.properties, "VpcId")
        return isinstance(other, str) and isinstance(vpc, str) and not self.account.same("VPC", other, vpc)

    def _work_out(self, subnet: Resource) -> Routed:
        vpc = get(subnet.properties, "VpcId")
        network = self.network(vpc)
        table = self.table(subnet)
        if table == "local":
            return Routed(Sources(EMPTY, EMPTY, "no route to an internet gateway"), network)
        if isinstance(table, str):
            beyond = Sources(network.upper | PRIVATE, network.lower, network.words, table)
            return Routed(Sources.unknown("routes", table), beyond)
        known = network.upper == network.lower
        routes = _each_prefix(network.upper, "", Target.LOCAL, "local", "") if known else []
        for item, place, doubt in self.account.parts(table, "Routes", "Route", "RouteTableId"):
            routes += self._read(item, place, doubt or table.doubt, vpc)
        self._look_for_middleboxes(vpc)
        # Unknown prefixes first, then the longest; local before others of one length, since it is there for certain.
        routes.sort(key=lambda route: (route.length >= 0, -route.length, route.target is not Target.LOCAL))
        seen = internet = Sources(EMPTY, EMPTY)
        private, why = network, ""
        for route in routes:
            decided = route.sources - seen
            seen |= route.sources
            if route.target is Target.INTERNET:
                internet |= Sources(decided.upper, decided.lower, "", decided.why or route.why)
            elif route.target is Target.UNKNOWN:
                internet |= Sources(decided.upper, EMPTY, "", route.why)
                why = why or route.why
            elif route.target is Target.PRIVATE:
                private |= self._beyond(route, decided, vpc, table)
        shown = (
            f"routed to an internet gateway by {table.name}"
            if internet.upper
            else "no route to an internet gateway"
        )
        return Routed(Sources(internet.upper, internet.lower, shown, internet.why or why), private)

    def _read(self, item: Any, place: Place, doubt: str, vpc: Any) -> list[Route]:
        account = self.account
        if isinstance(item, Unknown) or not isinstance(item, Mapping):
            if isinstance(item, Unknown):
                account.unresolved(place, item)
            else:
                account.malformed(place, "a route is not a mapping", "give a destination and a target")
            return [
                Route(
                    Sources.unknown("route", "it could not be read"),
                    -1,
                    Target.UNKNOWN,
                    "",
                    "a route is not known",
                )
            ]
        if text_or_empty(item.get("State")).lower() == "blackhole":
            # A black hole takes the packets of its prefix all the same.
            target, via, why = Target.NOWHERE, "blackhole", ""
        else:
            target, via, why = self._target(item, vpc)
        why = why or doubt
        found = []
        for key in ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"):
            value = item.get(key)
            if value is None:
                continue
            sources: Sources | None
            if key == "DestinationPrefixListId":
                if via.startswith("vpce"):
                    # Gateway endpoints serve S3 and DynamoDB: nobody comes in by them.
                    continue
                sources = self._listed(value, place)
            else:
                sources = cidr(value)
            if isinstance(value, Unknown):
                account.unresolved(place, value)
            if sources is None:
                account.malformed(place, "a route's destination is no CIDR block", "write it like 0.0.0.0/0")
                sources = Sources.unknown(words(value), "it is not a CIDR block")
            if sources.upper != sources.lower:
                found.append(Route(sources, -1, target, via, why or sources.why))
            else:
                found += _each_prefix(sources.upper, doubt, target, via, why)
        return found

    def _listed(self, value: Any, place: Place) -> Sources:
        found = self.account.find("PrefixList", value)
        return prefix_list(self.account, value, found.place if found else place)

    def _target(self, item: Mapping[str, Any], vpc: Any) -> tuple[Target, str, str]:
        for key, target in _TARGETS.items():
            value = item.get(key)
            if value is None:
                continue
            if isinstance(value, Unknown):
                return (
                    Target.UNKNOWN,
                    value.expression,
                    f"the target {value.expression} is not known: {value.why}",
                )
            via = str(text(value))
            if key == "GatewayId":
                return self._gateway(via, vpc)
            if key == "VpcEndpointId":
                return Target.UNKNOWN, via, "traffic passes a firewall's endpoint that is not looked at"
            why = "traffic passes a machine that is not looked at" if target is Target.UNKNOWN else ""
            return target, via, why
        return Target.UNKNOWN, "", "a route names no target that is understood"

    def _gateway(self, via: str, vpc: Any) -> tuple[Target, str, str]:
        account = self.account
        if via.lower() == "local":
            return Target.LOCAL, via, ""
        found = account.find("InternetGateway", via)
        if found is not None:
            return self._attached(found, vpc)
        if via.startswith("igw-"):
            return Target.INTERNET, via, ""
        if via.startswith("vgw-") or account.find("VPNGateway", via) is not None:
            return Target.PRIVATE, via, ""
        if via.startswith("vpce-") or account.find("VPCEndpoint", via) is not None:
            endpoint = account.find("VPCEndpoint", via)
            kind = text_or_empty(get(endpoint.properties, "VpcEndpointType")) if endpoint else ""
            if kind.lower() == "gatewayloadbalancer" or not kind:
                return (
                    Target.UNKNOWN,
                    f"vpce {via}",
                    "traffic passes a firewall's endpoint that is not looked at",
                )
            return Target.NOWHERE, via, ""
        for kind in ("NatGateway", "EgressOnlyInternetGateway"):
            if via.startswith(("nat-", "eigw-")) or account.find(kind, via) is not None:
                return Target.NOWHERE, via, ""
        if via.startswith("tgw-") or account.find("TransitGateway", via) is not None:
            return Target.PRIVATE, via, ""
        return Target.UNKNOWN, via, f"what kind of gateway {via} is, is not known from the input"

    def _attached(self, gateway: Resource, vpc: Any) -> tuple[Target, str, str]:
        account, doubt = self.account, gateway.doubt
        parts = account.parts(gateway, "Attachments", "VPCGatewayAttachment", "InternetGatewayId")
        unsure = ""
        for item, _, why in parts:
            named = get(item, "VpcId")
            if account.same("VPC", named, vpc):
                doubt = doubt or why
                return (Target.UNKNOWN if doubt else Target.INTERNET), gateway.name, doubt
            if isinstance(named, Unknown) or not isinstance(vpc, str):
                unsure = "to which network the internet gateway is attached is not known"
        for other in account.all("VPCGatewayAttachment"):
            if isinstance(get(other.properties, "InternetGatewayId"), Unknown):
                unsure = "which internet gateway is attached is not known"
        if unsure or (account.created and not parts):
            # In a template a gateway without attachment may get it elsewhere.
            return (
                Target.UNKNOWN,
                gateway.name,
                unsure or "the internet gateway's attachment is not in the input",
            )
        return Target.NOWHERE, gateway.name, ""

    def _beyond(self, route: Route, decided: Sources, vpc: Any, table: Resource) -> Sources:
        """Who comes from another private network by this route."""
        peering = self.account.find("VPCPeeringConnection", route.via)
        why = f"who comes through {route.via} is not known from the input"
        if peering is not None:
            sides = [get(peering.properties, side) for side in ("AccepterVpcInfo", "RequesterVpcInfo")]
            others = [side for side in sides if not self.account.same("VPC", get(side, "VpcId"), vpc)]
            if others and isinstance(get(others[0], "VpcId"), str):
                other = get(others[0], "VpcId")
                peer = self.network(other) if self.account.find("VPC", other) else _side(others[0])
                both = decided & peer
                answered = any(
                    self.account.same("VPCPeeringConnection", get(each, "VpcPeeringConnectionId"), route.via)
                    for each_table in self.account.all("RouteTable")
                    if self.account.same("VPC", get(each_table.properties, "VpcId"), other)
                    for each, _, _ in self.account.parts(each_table, "Routes", "Route", "RouteTableId")
                )
                return Sources(both.upper, both.lower if answered else EMPTY, peer.words, both.why or why)
        if route.length == 0:
            self.account.not_looked_at(
                table.place,
                f"default route of {table.name} to {route.via}",
                "whether a network behind it passes traffic of the internet on is not looked at; "
                "only private addresses are taken to come from there",
            )
            return Sources(decided.upper & PRIVATE, EMPTY, route.via, why)
        return Sources(decided.upper, EMPTY, route.via, why)

    def _look_for_middleboxes(self, vpc: Any) -> None:
        for table in self.account.all("RouteTable"):
            if not self.account.same("VPC", get(table.properties, "VpcId"), vpc):
                continue
            for item in items(table.properties.get("Associations")):
                if get(item, "GatewayId") is not None:
                    self.account.not_looked_at(
                        table.place,
                        f"route table {table.name} of a gateway",
                        "a firewall between the gateway and the subnets may let in less than what is said here",
                    )


_TARGETS: Final = {
    "NatGatewayId": Target.NOWHERE,
    "EgressOnlyInternetGatewayId": Target.NOWHERE,
    "TransitGatewayId": Target.PRIVATE,
    "VpcPeeringConnectionId": Target.PRIVATE,
    "LocalGatewayId": Target.PRIVATE,
    "CoreNetworkArn": Target.PRIVATE,
    "CarrierGatewayId": Target.UNKNOWN,
    "VpcEndpointId": Target.UNKNOWN,
    "NetworkInterfaceId": Target.UNKNOWN,
    "InstanceId": Target.UNKNOWN,
    "GatewayId": Target.UNKNOWN,
}


def _side(info: Any) -> Sources:
    total = Sources(EMPTY, EMPTY)
    blocks = [get(info, "CidrBlock"), *(get(each, "CidrBlock") for each in items(get(info, "CidrBlockSet")))]
    for block in blocks:
        part = cidr(block) if block is not None else None
        if part is not None:
            total |= part
    if not total.upper:
        return Sources(PRIVATE, EMPTY, "peer network", "the peer network's blocks are not in the input")
    return Sources(total.upper, total.lower, f"peer network {words(get(info, 'VpcId'))}", total.why)


def _each_prefix(addresses: AddressSet, doubt: str, target: Target, via: str, why: str) -> list[Route]:
    return [
        Route(
            doubted(Sources.exactly(AddressSet.parse(each)), doubt),
            int(each.rpartition("/")[2]),
            target,
            via,
            why,
        )
        for each in addresses.cidrs()
    ]


V4_ONLY: Final = Sources(ALL_V4, ALL_V4)
V6_ONLY: Final = Sources(ALL_V6, ALL_V6)
