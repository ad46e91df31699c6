"""Load balancers: listener ports to ports of targets, and what each side's lists see.

Sources: the user guides of Elastic Load Balancing. An Application or Classic Load Balancer speaks to its targets from its
own private addresses. A Network Load Balancer keeps the client's address for targets by instance and, over UDP, by
address, unless the target group says otherwise; then the target's lists see the client.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.guard._addresses import EMPTY, PRIVATE
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._policy import SAME_PORTS, Gate, Path, PortShift, Sources, Stage
from hushdesk.guard._services import Services
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.aws._account import Account, label, text_or_empty
from hushdesk.guard.dialects.aws._acls import narrowed
from hushdesk.guard.dialects.aws._groups import seen_through
from hushdesk.guard.dialects.aws._machines import Listener
from hushdesk.guard.dialects.aws._routes import V4_ONLY
from hushdesk.guard.dialects.aws._values import (
    cidr,
    first_known,
    get,
    items,
    port_number,
    text,
    truth,
    words,
)
from hushdesk.guard.dialects.aws._ways import Interface, Subnetwork, Ways, attached_groups

V2: Final = "AWS::ElasticLoadBalancingV2"
CLASSIC: Final = "AWS::ElasticLoadBalancing::LoadBalancer"
TRANSPORT: Final = {
    "http": ("tcp",), "https": ("tcp",), "tcp": ("tcp",), "tls": ("tcp",), "ssl": ("tcp",), "udp": ("udp",),
    "tcp_udp": ("tcp", "udp"), "quic": ("udp",), "tcp_quic": ("tcp", "udp"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """One port of one balancer that leads to one target."""

    balancer: Resource
    port: int | Unknown
    protocols: tuple[str, ...]
    target: str
    to: int | Unknown
    keeps_client: bool | Unknown
    doubt: str = ""


class Balancers:
    """All load balancers of an account."""

    def __init__(self, account: Account, ways: Ways) -> None:
        self.account = account
        self.ways = ways
        self.fronts: dict[str, list[Front]] = defaultdict(list)
        """By target."""
        self.ports: dict[str, list[tuple[int | Unknown, tuple[str, ...]]]] = defaultdict(list)
        """On which ports each balancer listens."""
        self._interfaces: dict[str, Interface] = {}
        self._networks: dict[str, list[Subnetwork]] = {}
        self._read_modern()
        for balancer in account.all(CLASSIC):
            self._read_classic(balancer)

    def listeners(self) -> Iterator[Listener]:
        """The balancers themselves, with their interfaces."""
        for balancer in (*self.account.all(f"{V2}::LoadBalancer"), *self.account.all(CLASSIC)):
            spoken = self.ports[balancer.id]
            known = [
                Services.of(name, port) for port, names in spoken if isinstance(port, int) for name in names
            ]
            every = all(isinstance(port, int) for port, _ in spoken)
            yield Listener(
                resource=balancer,
                kind="load balancer",
                interfaces=[self.interface(balancer)],
                listening=Services.union(known) if known and every else None,
                aliases=[
                    text_or_empty(balancer.properties.get(key)) for key in ("LoadBalancerName", "DNSName")
                ],
            )

    def interface(self, balancer: Resource) -> Interface:
        """A balancer as an interface in all its subnets."""
        if balancer.id not in self._interfaces:
            self._interfaces[balancer.id] = self._as_interface(balancer)
        return self._interfaces[balancer.id]

    def paths(self, balancer: Resource) -> Iterator[Path]:
        """The ways in to the balancer itself; one without groups of its own lets all in."""
        interface = self.interface(balancer)
        for path in self.ways.paths(interface):
            if not self._open(balancer):
                yield path
                continue
            gates = tuple(
                Gate(name=gate.name, stages=tuple(each for each in gate.stages if not each.name.startswith("security groups")))
                for gate in path.gates
            )  # fmt: skip
            yield Path(name=path.name, gates=gates, addresses=path.addresses, reaching=path.reaching, doubt=path.doubt, place=path.place)  # fmt: skip

    def ways_to(self, listener: Listener) -> Iterator[Path]:
        """The ways in to something that a balancer has as a target."""
        for target in dict.fromkeys(listener.targets):
            for front in self.fronts.get(target, ()):
                yield from self._path(front, listener)

    def _path(self, front: Front, listener: Listener) -> Iterator[Path]:
        balancer = front.balancer
        interface = self.interface(balancer)
        doubt = front.doubt or balancer.doubt
        shifts, ports_known = SAME_PORTS, True
        if isinstance(front.port, int) and isinstance(front.to, int):
            shifts = (PortShift(front.port, front.port, front.to),)
        else:
            ports_known = False
            doubt = doubt or "to which port the balancer passes this on is not known"
        if isinstance(front.keeps_client, Unknown):
            doubt = doubt or "whether the balancer keeps the client's address is not known"
        for network in self.ways.subnetworks(interface.subnets, balancer.place):
            outer = self._outer(balancer, network, interface, ports_known=ports_known)
            for target in listener.interfaces:
                for behind in self.ways.subnetworks(target.subnets, target.place):
                    inner = self._inner(front, target, behind)
                    for reaching, title in self._clients(balancer, interface, network):
                        yield Path(
                            name=f"{title} {label(balancer)}, port {words(front.port)}",
                            gates=(*outer, inner),
                            addresses=tuple(
                                filter(None, (text_or_empty(balancer.properties.get("DNSName")),))
                            ),
                            shifts=shifts,
                            protocols=front.protocols,
                            reaching=reaching,
                            doubt=doubt or target.doubt,
                            place=balancer.place,
                        )

    def _clients(
        self, balancer: Resource, interface: Interface, network: Subnetwork
    ) -> Iterator[tuple[Sources, str]]:
        scheme = interface.public
        if scheme is not False:
            dual = text_or_empty(balancer.properties.get("IpAddressType")).startswith("dualstack")
            family = network.routed.internet
            if not dual:
                family = family & V4_ONLY
            if isinstance(scheme, Unknown):
                family = Sources(family.upper, EMPTY, family.words, scheme.why)
            yield family, "load balancer"
        yield network.routed.private, "load balancer, privately,"

    def _outer(
        self, balancer: Resource, network: Subnetwork, interface: Interface, *, ports_known: bool
    ) -> tuple[Gate, ...]:
        """What the client's packets meet before the balancer; these lists see the balancer's port."""
        stages = [] if network.acl_in is None else [network.acl_in]
        if not self._open(balancer):
            stages.append(self.ways.groups.stage(self.ways.effective_groups(interface), balancer.place))
        if network.acl_out is not None:
            stages.append(network.acl_out)
        front = tuple(
            Stage(
                name=stage.name, rules=stage.rules, default=stage.default, default_name=stage.default_name, frontend=True, place=stage.place
            )
            for stage in stages
        )  # fmt: skip
        if not ports_known:
            # Without the ports nothing can be said about lists that see another port than the one asked for.
            front = ()
        gates = (Gate(name=f"in front of {label(balancer)}", stages=front),) if front else ()
        block = network.block if interface.public is not False else None
        return gates if block is None else (Gate(name="Block Public Access", stages=(block,)), *gates)

    def _inner(self, front: Front, target: Interface, behind: Subnetwork) -> Gate:
        """What the packets meet between the balancer and the target."""
        ways = self.ways
        groups = ways.effective_groups(target)
        if front.keeps_client is True:
            return ways.gate(behind, (ways.groups.stage(groups, target.place),))
        mine = self.interface(front.balancer)
        addresses, exact = mine.private, bool(mine.private)
        if not addresses:
            for name in mine.subnets:
                found = ways.subnet(name)
                if found is not None:
                    addresses |= ways.subnetworks((name,), target.place)[0].inside.upper
        if not addresses:
            addresses = PRIVATE
        own = [ways.groups.key(each) for each in ways.effective_groups(mine) if isinstance(each, str)]
        permits = ways.groups.permits_of(groups, target.place)
        rules = seen_through(permits, addresses, own, exact=exact)
        if isinstance(front.keeps_client, Unknown):
            rules += [permit.rule() for permit in permits]
        shown = ways.groups.stage(groups, target.place).name
        inner = Stage(
            name=shown,
            rules=tuple(rules),
            default_name="no security group allows the balancer",
            place=target.place,
        )
        stages = (narrowed(behind.acl_in, addresses), inner, narrowed(behind.acl_out, addresses))
        return Gate(
            name=f"{behind.name}, from the balancer",
            stages=tuple(each for each in stages if each is not None),
        )

    def _open(self, balancer: Resource) -> bool:
        """Whether it has no groups and needs none: a Network or Gateway Load Balancer."""
        groups = balancer.properties.get("SecurityGroups")
        kind = text_or_empty(balancer.properties.get("Type")).lower()
        return kind in {"network", "gateway"} and not isinstance(groups, Unknown) and not items(groups)

    def _as_interface(self, balancer: Resource) -> Interface:
        properties = balancer.properties
        zones = items(properties.get("AvailabilityZones"))
        subnets = [
            get(each, "SubnetId") if isinstance(each, dict) else each
            for each in zones
            if not isinstance(each, str)
        ]
        subnets += items(properties.get("Subnets"))
        scheme = text(properties.get("Scheme"))
        public: Any = (
            scheme if isinstance(scheme, Unknown) else (scheme or "internet-facing").lower() != "internal"
        )
        private = EMPTY
        name = text_or_empty(properties.get("LoadBalancerName"))
        for eni in self.account.all("NetworkInterface"):
            described = text_or_empty(eni.properties.get("Description"))
            if name and described.startswith("ELB ") and name in described.replace("/", " ").split():
                part = cidr(eni.properties.get("PrivateIpAddress"))
                private |= part.upper if part is not None else EMPTY
        given = (get(each, "LoadBalancerAddresses") for each in zones if isinstance(each, dict))
        addresses = [get(address, "IpAddress") for several in given for address in items(several)]
        kinds = "dualstack" in text_or_empty(properties.get("IpAddressType"))
        return Interface(
            subnets=tuple(each for each in subnets if each is not None),
            groups=attached_groups(properties.get("SecurityGroups"))
            or (() if self._open(balancer) else None),
            public=public,
            six=public if kinds else False,
            addresses=tuple(each for each in addresses if isinstance(each, str)),
            private=private,
            place=balancer.place,
            doubt=balancer.doubt,
        )

    def _read_modern(self) -> None:
        account = self.account
        rules: dict[str, list[Resource]] = defaultdict(list)
        for rule in account.all(f"{V2}::ListenerRule"):
            found = account.find(f"{V2}::Listener", rule.properties.get("ListenerArn"))
            if found is not None:
                rules[found.id].append(rule)
        extra: dict[str, list[Resource]] = defaultdict(list)
        for link in account.all(f"{V2}::TargetGroupAttachment"):
            found = account.find(f"{V2}::TargetGroup", link.properties.get("TargetGroupArn"))
            if found is not None:
                extra[found.id].append(link)
        pools = self._pools()
        for listener in account.all(f"{V2}::Listener"):
            named = listener.properties.get("LoadBalancerArn")
            balancer = account.find(f"{V2}::LoadBalancer", named)
            if balancer is None:
                account.unresolved(
                    listener.place, named, "the load balancer of this listener is not in the input"
                )
                continue
            port = port_number(listener.properties.get("Port"))
            protocols = TRANSPORT.get(text_or_empty(listener.properties.get("Protocol")).lower(), ("tcp",))
            port = port if port is not None else Unknown("port", "the listener names none")
            self.ports[balancer.id].append((port, protocols))
            actions = items(listener.properties.get("DefaultActions"))
            for rule in rules[listener.id]:
                actions += items(rule.properties.get("Actions"))
            for group in self._groups_of(actions, listener):
                self._add(balancer, port, protocols, group, listener, [*extra[group.id], *pools[group.id]])

    def _pools(self) -> dict[str, list[Resource]]:
        """Scaling groups and services that register themselves with target groups."""
        found: dict[str, list[Resource]] = defaultdict(list)
        for pool in self.account.all("AWS::AutoScaling::AutoScalingGroup"):
            for name in items(pool.properties.get("TargetGroupARNs")):
                group = self.account.find(f"{V2}::TargetGroup", name)
                if group is not None:
                    found[group.id].append(pool)
        for pool in self.account.all("AWS::ECS::Service"):
            for entry in items(pool.properties.get("loadBalancers")):
                group = self.account.find(f"{V2}::TargetGroup", get(entry, "targetGroupArn"))
                if group is not None:
                    found[group.id].append(pool)
        return found

    def _groups_of(self, actions: list[Any], listener: Resource) -> list[Resource]:
        names = []
        for action in actions:
            names.append(get(action, "TargetGroupArn"))
            names += [
                get(each, "TargetGroupArn") for each in items(get(action, "ForwardConfig", "TargetGroups"))
            ]
        found = []
        for name in names:
            group = self.account.find(f"{V2}::TargetGroup", name)
            if group is not None and group not in found:
                found.append(group)
            elif name is not None and group is None:
                self.account.unresolved(listener.place, name, "the target group is not in the input")
        return found

    def _add(
        self,
        balancer: Resource,
        port: int | Unknown,
        protocols: tuple[str, ...],
        group: Resource,
        listener: Resource,
        extra: list[Resource],
    ) -> None:
        properties = group.properties
        default = port_number(properties.get("Port"))
        kind = text_or_empty(properties.get("TargetType")).lower() or "instance"
        keeps = self._keeps(balancer, group, kind)
        targets: list[tuple[Any, Any]] = []
        for each in items(properties.get("Targets")):
            if isinstance(each, Unknown):
                self.account.unresolved(group.place, each)
            else:
                targets.append((get(each, "Id"), first_known(port_number(get(each, "Port")), default)))
        for each in extra:
            if each.type.endswith("Attachment"):
                targets.append(
                    (
                        get(each.properties, "TargetId"),
                        first_known(port_number(get(each.properties, "Port")), default),
                    )
                )
                continue
            own = [
                port_number(get(entry, "containerPort"))
                for entry in items(each.properties.get("loadBalancers"))
                if self.account.find(f"{V2}::TargetGroup", get(entry, "targetGroupArn")) is group
            ]
            targets += [(each.id, to) for to in own] or [(each.id, default)]
        for target, to in targets:
            if isinstance(target, Unknown):
                self.account.unresolved(group.place, target)
            elif target is not None:
                found = self.account.find("Instance", target)
                missing = Unknown("port", "neither target nor target group names one")
                self.fronts[found.id if found is not None else str(target)].append(
                    Front(
                        balancer=balancer,
                        port=port,
                        protocols=protocols,
                        target=str(target),
                        to=to if to is not None else missing,
                        keeps_client=keeps,
                        doubt=listener.doubt or group.doubt,
                    )
                )

    def _keeps(self, balancer: Resource, group: Resource, kind: str) -> bool | Unknown:
        if text_or_empty(balancer.properties.get("Type")).lower() != "network":
            return False
        for each in items(group.properties.get("Attributes")):
            if get(each, "Key") == "preserve_client_ip.enabled":
                told = truth(get(each, "Value"))
                if told is not None:
                    return told
        spoken = text_or_empty(group.properties.get("Protocol")).lower()
        if not self.account.created and group.properties.get("Attributes") is None:
            return Unknown(
                "preserve_client_ip.enabled", "the attributes of the target group are not in the input"
            )
        return kind == "instance" or spoken in {"udp", "tcp_udp", "quic", "tcp_quic"}

    def _read_classic(self, balancer: Resource) -> None:
        instances = [
            get(each, "InstanceId") if isinstance(each, dict) else each
            for each in items(balancer.properties.get("Instances"))
        ]
        instances += [
            pool.id
            for pool in self.account.all("AWS::AutoScaling::AutoScalingGroup")
            if any(self.account.find(CLASSIC, name) is balancer for name in items(pool.properties.get("LoadBalancerNames")))
        ]  # fmt: skip
        for each in items(balancer.properties.get("ListenerDescriptions")):
            one = get(each, "Listener")
            port, to = port_number(get(one, "LoadBalancerPort")), port_number(get(one, "InstancePort"))
            missing = Unknown("port", "the listener names none")
            port = port if port is not None else missing
            self.ports[balancer.id].append((port, ("tcp",)))
            for instance in instances:
                if isinstance(instance, Unknown):
                    self.account.unresolved(balancer.place, instance)
                    continue
                found = self.account.find("Instance", instance)
                name = found.id if found is not None else str(instance)
                self.fronts[name].append(
                    Front(balancer=balancer, port=port, protocols=("tcp",), target=name, to=to if to is not None else missing, keeps_client=False)
                )  # fmt: skip


def balancer_endpoint(listener: Listener, balancers: Balancers) -> Endpoint:
    """The endpoint of a balancer itself."""
    return listener.endpoint(paths=tuple(balancers.paths(listener.resource)))
