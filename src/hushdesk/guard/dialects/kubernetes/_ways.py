"""The ways from outside to a workload's pods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard._addresses import EVERYWHERE, PRIVATE, AddressSet
from hushdesk.guard._engines import STORE_PORTS
from hushdesk.guard._findings import Finding
from hushdesk.guard._policy import SAME_PORTS, Action, Gate, Path, Place, PortShift, Rule, Sources, Stage
from hushdesk.guard.dialects.kubernetes import _balancers as balancers
from hushdesk.guard.dialects.kubernetes._cluster import Cluster
from hushdesk.guard.dialects.kubernetes._connections import chosen, number_of, selects
from hushdesk.guard.dialects.kubernetes._engine import Engine, Pod
from hushdesk.guard.dialects.kubernetes._entries import Entry, Service, ServicePort
from hushdesk.guard.dialects.kubernetes._gates import Seen, policy_gate
from hushdesk.guard.dialects.kubernetes._workloads import Shape

ANYWHERE: Final = Sources.exactly(EVERYWHERE)
NEARBY: Final = Sources.exactly(PRIVATE, "private addresses")
NODES_UNKNOWN: Final = "whether the nodes have public addresses is not in the input"
FIRST_NODE_PORT: Final = 30000
"""Stands for the port that the cluster will choose, of 30000 to 32767."""
UNSEEN: Final = "the pods behind it are not in the input, and neither is what protects them"


@dataclass(frozen=True, slots=True)
class Target:
    """What a way leads to: a pod, or a service's pods that the input does not show."""

    namespace: str
    shape: Shape | None
    """``None`` if it is not in the input."""
    gates: Mapping[Seen, tuple[Gate, ...]]

    def number(self, port: ServicePort) -> int:
        """The pod's port behind a service's; 0 if there is none."""
        if self.shape is not None:
            return number_of(port, self.shape)
        # A name stands for a number that only the pod knows: the service's own is the best guess.
        return port.target if isinstance(port.target, int) else port.port

    def numbers(self, port: ServicePort) -> tuple[int, ...]:
        """The same, and where only the pod knows the number every port on which a store may listen."""
        if self.shape is None and isinstance(port.target, str):
            protocol = port.protocol.lower()
            return tuple(
                dict.fromkeys((port.port, *(number for name, number in STORE_PORTS if name == protocol)))
            )
        number = self.number(port)
        return (number,) if number else ()


@dataclass(slots=True)
class Outside:
    """What is known of the world around the pods."""

    cluster: Cluster
    engine: Engine
    tags: Mapping[str, AddressSet]
    findings: list[Finding] = field(default_factory=list)

    @property
    def at_nodes(self) -> tuple[Sources, str, tuple[str, ...]]:
        """Who gets to the nodes' addresses, why that is in doubt, and the public ones among them."""
        known = [address for node in self.cluster.nodes for address in node]
        public = tuple(address for address in known if not balancers.private_only([address]))
        if public:
            return ANYWHERE, "", public
        return (NEARBY, "", ()) if known else (ANYWHERE, NODES_UNKNOWN, ())

    def target_of(self, pod: Pod) -> Target:
        """A pod with the gates before it. Policies do not cover a pod in its node's own network."""
        gates = {}
        for seen in Seen:
            gate = policy_gate(self.engine, pod, seen, self.cluster.foreign)
            gates[seen] = (gate,) if gate is not None and not pod.shape.host_network else ()
        return Target(pod.namespace, pod.shape, gates)

    def unseen(self, namespace: str) -> Target:
        """The pods of a service that selects none of the input's."""
        rule = Rule(name="unknown pods", action=Action.NEXT, sources=ANYWHERE, doubt=UNSEEN)
        gate = Gate(
            name="unknown pods", stages=(Stage(name="unknown pods", rules=(rule,), default_name=UNSEEN),)
        )
        return Target(namespace, None, dict.fromkeys(Seen, (gate,)))


def own_ways(outside: Outside, target: Target, place: Place) -> Iterator[Path]:
    """The ways that a pod opens by itself: its node's network, and ports of its node."""
    if target.shape is None:
        return
    reaching, doubt, addresses = outside.at_nodes
    if target.shape.host_network:
        yield Path(
            name="the node's own network",
            gates=(),
            addresses=addresses,
            shifts=SAME_PORTS,
            reaching=reaching,
            doubt=doubt,
            place=place,
        )
        return
    for port in target.shape.ports:
        if not port.host_port or balancers.loopback(port.host_ip):
            continue
        one = port.host_ip not in ("", "0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
        private = one and balancers.private_only([port.host_ip])
        yield Path(
            name=f"host port {port.host_port}",
            gates=target.gates[Seen.CLIENT],
            addresses=(port.host_ip,) if one else addresses,
            shifts=(PortShift(port.host_port, port.host_port, port.number),),
            protocols=(port.protocol.lower(),),
            reaching=NEARBY if private else ANYWHERE if one else reaching,
            doubt="" if one else doubt,
            place=place,
        )


def service_ways(outside: Outside, service: Service, target: Target) -> Iterator[Path]:
    """The ways that a service opens to its pods."""
    seen = Seen.CLIENT if service.local else Seen.NODE
    for protocol, offered in _by_protocol(service.ports):
        inner = [(port, number) for port in offered for number in target.numbers(port)]
        if not inner:
            continue
        shifts = tuple(PortShift(port.port, port.port, number) for port, number in inner)
        if service.kind == "LoadBalancer":
            gate = balancers.balancer_gate(service, outside.tags, outside.findings)
            private = balancers.internal(service)
            yield Path(
                name=f"{'internal ' if private else ''}load balancer of service {service}",
                gates=((gate,) if gate else ()) + target.gates[seen],
                addresses=service.balancers,
                shifts=shifts,
                protocols=(protocol,),
                reaching=NEARBY if private else ANYWHERE,
                place=service.place,
            )
        if service.kind == "NodePort" or (service.kind == "LoadBalancer" and service.node_ports):
            yield _node_ports(outside, service, inner, protocol, target.gates[seen])
        if service.external:
            yield Path(
                name=f"external addresses of service {service}",
                gates=target.gates[seen],
                addresses=service.external,
                shifts=shifts,
                protocols=(protocol,),
                reaching=NEARBY if balancers.private_only(service.external) else ANYWHERE,
                place=service.place,
            )


def _node_ports(
    outside: Outside,
    service: Service,
    inner: Sequence[tuple[ServicePort, int]],
    protocol: str,
    gates: tuple[Gate, ...],
) -> Path:
    reaching, doubt, addresses = outside.at_nodes
    shifts = []
    for port, number in inner:
        outer = port.node_port or FIRST_NODE_PORT
        shifts.append(PortShift(outer, outer, number))
    free = "" if all(port.node_port for port, _ in inner) else " (of 30000 to 32767, as the cluster chooses)"
    return Path(
        name=f"node port{free} of service {service}",
        gates=gates,
        addresses=addresses,
        shifts=tuple(shifts),
        protocols=(protocol,),
        reaching=reaching,
        doubt=doubt,
        place=service.place,
    )


def _by_protocol(ports: Iterable[ServicePort]) -> Iterator[tuple[str, list[ServicePort]]]:
    found: dict[str, list[ServicePort]] = {}
    for port in ports:
        found.setdefault(port.protocol.lower(), []).append(port)
    yield from found.items()


def entry_ways(outside: Outside, entry: Entry, target: Target) -> Iterator[Path]:
    """The ways that an Ingress, a Route or a route of the Gateway API opens."""
    numbers: list[int] = []
    for backend in entry.backends:
        if backend.namespace != target.namespace:
            continue
        services = outside.cluster.services.get((backend.namespace, backend.service), ())
        if target.shape is None and not services:
            port = ServicePort(
                "",
                "UDP" if entry.kind == "UDPRoute" else "TCP",
                backend.port if isinstance(backend.port, int) else 0,
                "",
            )
            # Its pods may listen elsewhere than the service does.
            numbers += target.numbers(port)
        for service in services:
            if target.shape is not None and not selects(service.selector, target.shape):
                continue
            numbers += [
                number for port in chosen(service.ports, backend.port) for number in target.numbers(port)
            ]
    outer, addresses, doubt, private = _front(outside, entry)
    wanted = [number for number in dict.fromkeys(numbers) if number]
    if not wanted or not outer:
        return
    gate = balancers.entry_gate(entry, outside.findings)
    yield Path(
        name=str(entry),
        gates=((gate,) if gate else ()) + target.gates[Seen.CONTROLLER],
        addresses=(*entry.hosts, *addresses),
        shifts=tuple(PortShift(port, port, number) for port in outer for number in wanted),
        protocols=("udp",) if entry.kind == "UDPRoute" else ("tcp",),
        reaching=NEARBY if private else ANYWHERE,
        doubt=doubt,
        place=entry.place,
    )


def _front(outside: Outside, entry: Entry) -> tuple[tuple[int, ...], tuple[str, ...], str, bool]:
    """The ports and addresses before an entry, why they may not be there, and whether they are private."""
    if not entry.parents:
        doubt = "" if entry.kind == "Route" else "whether a controller serves it is not in the input"
        return entry.ports or (80, 443), (), doubt, balancers.entry_internal(entry)
    known = [outside.cluster.gateways[key] for key in entry.parents if key in outside.cluster.gateways]
    if len(known) < len(entry.parents):
        return (80, 443), (), "its gateway is not in the input", False
    addresses = tuple(address for gateway in known for address in gateway.addresses)
    ports = tuple(dict.fromkeys(port for gateway in known for port in gateway.ports))
    return ports, addresses, "", balancers.private_only(addresses)
