"""From an interface in a subnet, with its security groups, to the ways in to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hushdesk.guard._addresses import EMPTY, EVERYWHERE, PRIVATE, AddressSet
from hushdesk.guard._policy import Action, Gate, Path, Place, Rule, Sources, Stage
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.aws._account import Account, label
from hushdesk.guard.dialects.aws._acls import Acls, unknown_stage
from hushdesk.guard.dialects.aws._groups import DEFAULT_GROUP, GROUP, Groups
from hushdesk.guard.dialects.aws._routes import V4_ONLY, V6_ONLY, Routed, Routes
from hushdesk.guard.dialects.aws._values import cidr, get, text, truth, words

DEFAULT_NETWORK: Final = Unknown(
    "the default network", "no subnet is named, so it lies in the account's default network"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """What has addresses in subnets and security groups, in whatever resource it was found."""

    subnets: tuple[Any, ...]
    """Ids, or unknown. Several: it lies in all of them, or, if ``somewhere``, in one."""
    somewhere: bool = False
    groups: tuple[Any, ...] | None
    """Ids, or unknown; ``None``: the network's default group."""
    public: Any = False
    """Whether it has a public IPv4 address; may be unknown."""
    six: Any = False
    """Whether it has IPv6 addresses; may be unknown."""
    addresses: tuple[str, ...] = ()
    """Public IPv4, if known."""
    six_addresses: tuple[str, ...] = ()
    private: AddressSet = EMPTY
    """Its private addresses, if known."""
    place: Place
    doubt: str = ""
    name: str = ""
    """Of the interface, if what it belongs to has several."""


@dataclass(frozen=True, slots=True)
class Subnetwork:
    """What one subnet, or several that are alike, means for traffic."""

    name: str
    routed: Routed
    acl_in: Stage | None
    acl_out: Stage | None
    block: Stage | None
    """Block Public Access, if it is on for the subnet."""
    inside: Sources
    """The subnet's own addresses, which do not pass its ACL."""


class Ways:
    """Everything of an account that lies on the way to an interface."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.groups = Groups(account)
        self.acls = Acls(account)
        self.routes = Routes(account)
        self._modes = list(account.all("VPCBlockPublicAccessOptions"))

    def subnet(self, name: Any) -> Resource | None:
        """The resource of a subnet, if it is in the input."""
        return self.account.find("Subnet", name)

    def network_of(self, subnets: Sequence[Any]) -> Any:
        """The network that the first known of these subnets lies in."""
        for name in subnets:
            found = self.subnet(name)
            if found is not None:
                return get(found.properties, "VpcId")
        return None

    def effective_groups(self, interface: Interface) -> tuple[Any, ...]:
        """Its groups, or its network's default group where none is named."""
        if interface.groups is not None:
            return interface.groups
        vpc = self.network_of(interface.subnets)
        for group in self.account.all("SecurityGroup"):
            if get(group.properties, "GroupName") == "default" and self.account.same(
                "VPC", get(group.properties, "VpcId"), vpc
            ):
                return (group.id,)
        if self.account.created and self.account.find("VPC", vpc) is not None:
            return (f"{vpc}{DEFAULT_GROUP}",)
        return (
            Unknown(
                "the default security group", "no group is named, and the default one is not in the input"
            ),
        )

    def join(self, interface: Interface) -> None:
        """Tells the groups of a member; to be called for all interfaces before any path is asked for."""
        for group in self.effective_groups(interface):
            self.groups.join(group, interface.private, interface.subnets)

    def paths(self, interface: Interface) -> Iterator[Path]:
        """Every way in to an interface."""
        networks = self.subnetworks(interface.subnets, interface.place)
        doubt = interface.doubt
        if interface.somewhere and len(networks) > 1:
            doubt = doubt or "in which of its subnets it lies is not known"
        guard = self.groups.stage(self.effective_groups(interface), interface.place)
        named = f" {interface.name}" if interface.name else ""
        for network in networks:
            gates = (self.gate(network, (guard,)),)
            within = f" in {network.name}" if len(networks) > 1 else ""
            for wanted, only, addresses, title in (
                (interface.public, V4_ONLY, interface.addresses, "public address"),
                (interface.six, V6_ONLY, interface.six_addresses, "IPv6 address"),
            ):
                if wanted is False or wanted is None:
                    continue
                unsure = ""
                if isinstance(wanted, Unknown):
                    unsure = f"whether it has a {title} is not known: {wanted.why}"
                    self.account.unresolved(interface.place, wanted)
                shown = f"{title} {', '.join(addresses)}" if addresses else title
                yield Path(
                    name=f"{shown}{named}{within}",
                    gates=gates if network.block is None else (Gate(name="Block Public Access", stages=(network.block,)), *gates),
                    addresses=addresses,
                    reaching=network.routed.internet & only,
                    doubt=doubt or unsure,
                    place=interface.place,
                )  # fmt: skip
            yield from self._private(interface, network, guard, f"{named}{within}", doubt)

    def gate(self, network: Subnetwork, guards: Sequence[Stage]) -> Gate:
        """The stages that traffic from beyond the subnet meets."""
        stages = (network.acl_in, *guards, network.acl_out)
        return Gate(name=network.name, stages=tuple(stage for stage in stages if stage is not None))

    def _private(
        self, interface: Interface, network: Subnetwork, guard: Stage, tail: str, doubt: str
    ) -> Iterator[Path]:
        addresses = tuple(interface.private.cidrs())
        own = Path(
            name=f"private address{tail}",
            gates=(self.gate(network, (guard,)),),
            addresses=tuple(each.removesuffix("/32").removesuffix("/128") for each in addresses),
            reaching=network.routed.private,
            doubt=doubt,
            place=interface.place,
        )
        yield own
        if network.acl_in is not None or network.acl_out is not None:
            yield replace(
                own,
                name=f"private address{tail}, from its own subnet",
                gates=(Gate(name=network.name, stages=(guard,)),),
                reaching=network.inside,
            )

    def subnetworks(self, subnets: Sequence[Any], place: Place) -> list[Subnetwork]:
        """What the subnets mean for traffic, those that are alike only once."""
        found: dict[Any, Subnetwork] = {}
        for name in subnets or (DEFAULT_NETWORK,):
            resource = self.subnet(name)
            if resource is None:
                why = (
                    name.why
                    if isinstance(name, Unknown)
                    else f"the subnet {name} is not in the input; give the subnets too"
                )
                if isinstance(name, Unknown):
                    self.account.unresolved(place, name)
                else:
                    self.account.unresolved(place, name, why)
                found.setdefault(why, _unknown_subnet(words(name), why, place))
                continue
            acl, table = self.acls.of(resource), self.routes.table(resource)
            key = (
                acl.id if isinstance(acl, Resource) else acl,
                table.id if isinstance(table, Resource) else table,
                words(get(resource.properties, "VpcId")),
                self._blocked(resource) is not None,
            )
            one = self._one(resource)
            before = found.get(key)
            found[key] = one if before is None else replace(before, inside=before.inside | one.inside)
        return list(found.values())

    def _one(self, subnet: Resource) -> Subnetwork:
        block = cidr(get(subnet.properties, "CidrBlock"))
        inside = self.routes.network(get(subnet.properties, "VpcId")) if block is None else block
        for each in get(subnet.properties, "Ipv6CidrBlockAssociationSet") or ():
            more = cidr(get(each, "Ipv6CidrBlock"))
            inside = inside if more is None else inside | more
        return Subnetwork(
            label(subnet),
            self.routes.of(subnet),
            self.acls.stage(subnet, answers=False),
            self.acls.stage(subnet, answers=True),
            self._blocked(subnet),
            inside & self.routes.network(get(subnet.properties, "VpcId")),
        )

    def _blocked(self, subnet: Resource) -> Stage | None:
        """What Block Public Access does to traffic that comes from the internet gateway to this subnet."""
        for options in self._modes:
            mode = text(options.properties.get("InternetGatewayBlockMode"))
            if isinstance(mode, Unknown):
                self.account.unresolved(options.place, mode)
                return unknown_stage("Block Public Access", mode.why, options.place)
            if (mode or "off") not in {"block-bidirectional", "block-ingress"}:
                continue
            for exclusion in self.account.all("VPCBlockPublicAccessExclusion"):
                named = exclusion.properties
                excluded = self.account.same("Subnet", named.get("SubnetId"), subnet.id) or self.account.same(
                    "VPC", named.get("VpcId"), get(subnet.properties, "VpcId")
                )
                inward = (
                    str(named.get("InternetGatewayExclusionMode", "")).lower().replace("_", "-")
                    == "allow-bidirectional"
                )
                state = str(named.get("State", "")).lower()
                if excluded and inward and "delete" not in state and "disable" not in state:
                    return None
            return Stage(
                name="Block Public Access",
                rules=(),
                default_name=f"Block Public Access is {mode}",
                place=options.place,
            )
        return None


def attached_groups(value: Any, key: str = "GroupId") -> tuple[Any, ...] | None:
    """Group ids out of ``[{key: …}]`` or a list of ids; ``None`` if there is no list at all."""
    if value is None:
        return None
    if isinstance(value, Unknown):
        return (value,)
    found = []
    for item in value if isinstance(value, list | tuple) else [value]:
        name = get(item, key) if isinstance(item, dict) else item
        if name is not None:
            found.append(name if isinstance(name, Unknown) else str(name))
    return tuple(found)


def has_public(explicit: Any, subnet: Resource | None) -> Any:
    """Whether an interface that is to be made gets a public address: what it says itself, else what its subnet says."""
    wanted = truth(explicit)
    if wanted is not None:
        return wanted
    if subnet is None:
        return Unknown("AssociatePublicIpAddress", "it depends on a subnet that is not in the input")
    return truth(get(subnet.properties, "MapPublicIpOnLaunch")) or False


def _unknown_subnet(name: str, why: str, place: Place) -> Subnetwork:
    anyone = Sources.unknown("routes", why)
    # Nobody comes to a private address from the internet, whatever the subnet.
    nearby = Sources(PRIVATE, EMPTY, "private networks", why)
    acl = unknown_stage(f"network ACL of {name}", why, place)
    return Subnetwork(name, Routed(anyone, nearby), acl, acl, None, nearby)


def everyone(name: str, place: Place) -> Rule:
    """A rule that lets all through."""
    return Rule(name=name, action=Action.NEXT, sources=Sources.exactly(EVERYWHERE, "anyone"), place=place)


__all__ = ["GROUP", "Interface", "Subnetwork", "Ways", "attached_groups", "everyone", "has_public"]
