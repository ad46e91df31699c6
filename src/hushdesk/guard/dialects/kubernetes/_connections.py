"""Who reaches whom in a cluster, and which addresses outside reach what."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard._addresses import ALL_V4, ALL_V6, AddressSet, Family
from hushdesk.guard._dialect import Document
from hushdesk.guard._intervals import ports
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.kubernetes._cluster import Cluster, read_cluster
from hushdesk.guard.dialects.kubernetes._engine import Block, Engine, Peer, Pod
from hushdesk.guard.dialects.kubernetes._entries import Backend, ServicePort
from hushdesk.guard.dialects.kubernetes._labels import NAMESPACE_NAME
from hushdesk.guard.dialects.kubernetes._networks import COMMON, Network, networks_of
from hushdesk.guard.dialects.kubernetes._policies import Policy
from hushdesk.guard.dialects.kubernetes._traffic import NOTHING, Traffic
from hushdesk.guard.dialects.kubernetes._workloads import Shape, Workload

CONTROLLER: Final = "{ingress-controller}"
CONTROLLER_SPACE: Final = "ingress-controller-ns"
"""Nobody knows where the controller runs; no policy of a namespace is taken to cover or name it."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a connection."""

    name: str
    """``namespace/name[Kind]``, ``first-last[External]`` or :data:`CONTROLLER`."""
    workload: Workload | None = field(default=None, compare=False)
    addresses: AddressSet | None = None
    """Of an end outside."""

    @property
    def family(self) -> Family | None:
        """4 or 6 of an end outside, ``None`` of one inside."""
        if self.addresses is None:
            return None
        return 4 if self.addresses.v4 else 6

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Connection:
    """Connections from one end to another that nothing forbids."""

    source: End
    destination: End
    traffic: Traffic
    network: Network = COMMON

    def __str__(self) -> str:
        return f"{self.source} => {self.destination} : {self.traffic}"


@dataclass(frozen=True, slots=True)
class Member:
    """A workload in one network."""

    end: End
    pods: tuple[Pod, ...]
    """One for each of its shapes."""
    place: Place


@dataclass(frozen=True, slots=True)
class Segment:
    """One network: who is in it, and what holds there."""

    network: Network
    members: tuple[Member, ...]
    policies: tuple[Policy, ...]


def segments(cluster: Cluster) -> list[Segment]:
    """The cluster's networks, the common one first, then the first ones of others, then further ones."""
    first: dict[Network, list[Workload]] = {COMMON: []}
    further: dict[Network, list[Workload]] = {}
    for workload in sorted(cluster.workloads.values(), key=str):
        own, others = networks_of(
            workload, cluster.labels(workload.namespace), cluster.declared, cluster.definitions
        )
        first.setdefault(own, []).append(workload)
        for network in others:
            further.setdefault(network, []).append(workload)
    found = []
    for network, workloads in sorted(first.items()) + sorted(further.items()):
        if workloads or network == COMMON:
            members = tuple(_member(cluster, workload, network) for workload in workloads)
            found.append(Segment(network, members, tuple(_policies(cluster, network))))
    return found


def _policies(cluster: Cluster, network: Network) -> Iterator[Policy]:
    for policy in cluster.policies:
        if network.primary != bool(policy.networks) and (
            network.primary
            or any(
                key in cluster.definitions and cluster.definitions[key].network == network.name
                for key in policy.networks
            )
        ):
            yield policy


def _member(cluster: Cluster, workload: Workload, network: Network) -> Member:
    labels = cluster.labels(workload.namespace)
    pods = tuple(
        Pod(workload.namespace, labels, shape, _fixed(cluster, shape, network)) for shape in workload.shapes
    )
    mark = "[udn]" if network.kind == "UDN" else ""
    return Member(
        End(f"{workload.namespace}{mark}/{workload.name}[{workload.kind}]", workload), pods, workload.place
    )


def _fixed(cluster: Cluster, shape: Shape, network: Network) -> AddressSet | None:
    """A pod's fixed addresses in a further network."""
    if network.primary:
        return None
    for attachment in shape.attachments:
        definition = cluster.definitions.get((attachment.namespace, attachment.name))
        if definition is None or definition.network != network.name or not attachment.addresses:
            continue
        try:
            return AddressSet.parse(*(text.partition("/")[0] for text in attachment.addresses))
        except ValueError:
            return None
    return None


def blocks(policies: Iterable[Policy], *, inward: bool) -> list[End]:
    """Addresses outside, cut wherever a rule of one direction may tell two neighbours apart."""
    cuts: dict[Family, set[int]] = {4: {0}, 6: {0}}
    for policy in policies:
        for rule in policy.rules(inward) or ():
            for peer in rule.peers or ():
                if peer.blocks is not None:
                    for family in cuts:
                        for low, high in peer.blocks.of(family):
                            cuts[family] |= {low, high + 1}
    found = []
    for family, whole in ((4, ALL_V4), (6, ALL_V6)):
        top = whole.of(family).top
        starts = sorted(cut for cut in cuts[family] if cut <= top)
        for start, end in zip(starts, [*(cut - 1 for cut in starts[1:]), top], strict=True):
            pair = [(start, end)]
            found.append(external(AddressSet(pair) if family == 4 else AddressSet((), pair)))
    return found


def external(addresses: AddressSet) -> End:
    """An end outside: one unbroken range of one family."""
    family: Family = 4 if addresses.v4 else 6
    ((low, high),) = addresses.of(family)
    of = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address
    return End(f"{of(low)}-{of(high)}[External]", None, addresses)


def connections(documents: Sequence[Document]) -> list[Connection]:
    """Every connection that no policy forbids, between the cluster's workloads and with addresses outside.

    Policies are taken as they are written: that pods in a node's own network escape them is the matter of
    :class:`KubernetesDialect`. Whatever could not be made out opens what it may open.

    Args:
        documents: The objects of one cluster.

    Returns:
        One for each pair of ends and network, sorted as text, the networks in the order of :func:`render`.
    """
    return connections_of(read_cluster(documents))


def connections_of(cluster: Cluster) -> list[Connection]:
    """The same, of a cluster that is read already."""
    found = []
    for segment in segments(cluster):
        engine = Engine(segment.policies)
        lines = [*_inside(segment, engine), *_from_controller(cluster, segment, engine)]
        found += sorted(lines, key=lambda line: (line.source.name, line.destination.name))
    return found


def _inside(segment: Segment, engine: Engine) -> Iterator[Connection]:
    members = [(member.end, member.pods) for member in segment.members]
    # Nobody outside is in a further network.
    outside = segment.network.primary
    inward = blocks(segment.policies, inward=True) if outside else []
    outward = blocks(segment.policies, inward=False) if outside else []
    for source, pods in members:
        for destination, others in members:
            if source is not destination:
                yield from _joined(engine, source, pods, destination, others, segment.network)
        for block in outward:
            yield from _joined(
                engine, source, pods, block, (Block(block.addresses or ALL_V4),), segment.network
            )
    for block in inward:
        for destination, others in members:
            yield from _joined(
                engine, block, (Block(block.addresses or ALL_V4),), destination, others, segment.network
            )


def _joined(
    engine: Engine,
    source: End,
    sources: Sequence[Peer],
    destination: End,
    destinations: Sequence[Peer],
    network: Network,
) -> Iterator[Connection]:
    """What one of the pods on one side may send to one on the other."""
    found = NOTHING
    for here in sources:
        for there in destinations:
            found |= engine.allowed(here, there)
            if found.everything:
                break
    if found:
        yield Connection(source, destination, found, network)


def _from_controller(cluster: Cluster, segment: Segment, engine: Engine) -> Iterator[Connection]:
    """What comes in by way of Ingress and Route objects."""
    if not segment.network.primary:
        return
    controller = Pod(CONTROLLER_SPACE, {NAMESPACE_NAME: CONTROLLER_SPACE}, Shape({}, ()))
    sent = [
        backend
        for entry in cluster.entries
        if entry.kind in ("Ingress", "Route")
        for backend in entry.backends
    ]
    for member in segment.members:
        found = NOTHING
        for pod in member.pods:
            wanted = NOTHING
            for backend in sent:
                wanted |= served(cluster, backend, pod)
            if wanted:
                found |= wanted & engine.allowed(controller, pod)
        if found:
            yield Connection(End(CONTROLLER), member.end, found, segment.network)


def served(cluster: Cluster, backend: Backend, pod: Pod) -> Traffic:
    """What an entry's backend sends to a pod: TCP, to ports that the pod declares."""
    found = NOTHING
    if backend.namespace != pod.namespace:
        return found
    declared = {port.number for port in pod.shape.ports if port.protocol == "TCP"}
    for service in cluster.services.get((backend.namespace, backend.service), ()):
        if selects(service.selector, pod.shape):
            for port in chosen(service.ports, backend.port):
                number = number_of(port, pod.shape)
                if number in declared:
                    found |= Traffic.of("TCP", ports(number))
    return found


def selects(selector: Mapping[str, str] | None, shape: Shape) -> bool:
    """Whether a service's selector picks a pod."""
    return bool(selector) and all(shape.labels.get(key) == value for key, value in (selector or {}).items())


def chosen(offered: Sequence[ServicePort], wanted: int | str | None) -> list[ServicePort]:
    """Which ports of a service an entry means: every one if it names none."""
    if wanted is None:
        return list(offered)
    return [port for port in offered if wanted in (port.name, port.port, port.target)][:1]


def number_of(port: ServicePort, shape: Shape) -> int:
    """The pod's port behind a service's; 0 if the pod has no port of the name."""
    if isinstance(port.target, int):
        return port.target
    known = shape.named(port.target)
    return known.number if known is not None and known.protocol == port.protocol else 0
