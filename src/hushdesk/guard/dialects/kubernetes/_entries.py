"""Services, and what leads to them from outside: Ingress, Route and the Gateway API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.kubernetes._labels import labels_of
from hushdesk.guard.dialects.kubernetes._node import Node

KINDS: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
GATEWAY_ROUTES: Final = ("GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute")


@dataclass(frozen=True, slots=True)
class ServicePort:
    """One port of a service."""

    name: str
    protocol: str
    """In capitals."""
    port: int
    target: int | str
    """The pods' port, by number or name."""
    node_port: int = 0
    """On every node; 0 if the cluster will choose it, or there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A Service."""

    namespace: str
    name: str
    kind: str
    """``ClusterIP``, ``NodePort``, ``LoadBalancer``, ``ExternalName``."""
    selector: Mapping[str, str] | None
    """``None`` if its endpoints are made by hand."""
    ports: tuple[ServicePort, ...]
    external: tuple[str, ...]
    """Addresses outside the cluster that the nodes answer for."""
    balancers: tuple[str, ...]
    """Addresses and names of its load balancer, from its status or as asked for."""
    ranges: tuple[str, ...]
    """The load balancer's source ranges; none is everybody."""
    annotations: Mapping[str, str]
    local: bool
    """Whether pods see the client's address (``externalTrafficPolicy: Local``)."""
    node_ports: bool
    """Whether a load balancer's ports are open on the nodes too."""
    place: Place = field(default=Place(""))
    range_place: Place = field(default=Place(""))

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Backend:
    """Where an entry sends what comes in."""

    namespace: str
    service: str
    port: int | str | None
    """A service's port by number or name, or, for a Route, possibly the pods'; ``None`` is every one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An Ingress, Route or route of the Gateway API: whatever stands before services."""

    kind: str
    namespace: str
    name: str
    backends: tuple[Backend, ...]
    hosts: tuple[str, ...]
    controller: str | None = None
    """The class of an Ingress, which names its controller; ``None`` for other kinds."""
    parents: tuple[tuple[str, str], ...] = ()
    """Namespaces and names of the gateways of a route of the Gateway API."""
    ports: tuple[int, ...] = ()
    """On which its controller listens for it, if that is not 80 and 443."""
    annotations: Mapping[str, str] = field(default_factory=dict)
    place: Place = field(default=Place(""))

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A Gateway of the Gateway API."""

    namespace: str
    name: str
    ports: tuple[int, ...]
    addresses: tuple[str, ...]
    place: Place = field(default=Place(""))


def service_of(node: Node, namespace: str, name: str) -> Service:
    """A Service."""
    spec = node.at("spec")
    selector = labels_of(spec.at("selector"))
    kind = spec.at("type").name() or "ClusterIP"
    if kind not in KINDS:
        spec.at("type").malformed("a type of service that does not exist", f"use one of {', '.join(KINDS)}")
    status = node.at("status", "loadBalancer", "ingress").items()
    balancers = [text for item in status for key in ("ip", "hostname") if (text := item.at(key).name())]
    if asked := spec.at("loadBalancerIP").name():
        balancers.append(asked)
    return Service(
        namespace=namespace,
        name=name,
        kind=kind,
        selector=selector or None,
        ports=tuple(port for item in spec.at("ports").items() if (port := _port(item)) is not None),
        external=tuple(spec.at("externalIPs").texts()),
        balancers=tuple(dict.fromkeys(balancers)),
        ranges=tuple(spec.at("loadBalancerSourceRanges").texts()),
        annotations=labels_of(node.at("metadata", "annotations")),
        local=spec.at("externalTrafficPolicy").name() == "Local",
        node_ports=spec.at("allocateLoadBalancerNodePorts").flag(default=True),
        place=node.place,
        range_place=spec.at("loadBalancerSourceRanges").place,
    )


def _port(node: Node) -> ServicePort | None:
    port = node.at("port").whole()
    if port is None:
        node.malformed("a service's port without its number", "give port")
        return None
    target = node.at("targetPort").value
    if not isinstance(target, int | str) or isinstance(target, bool) or target in (0, ""):
        target = port
    return ServicePort(
        node.at("name").name(),
        (node.at("protocol").name() or "TCP").upper(),
        port,
        target,
        node.at("nodePort").whole() or 0,
    )


def ingress_of(node: Node, namespace: str, name: str) -> Entry:
    """An Ingress, of the present API or of its predecessors."""
    spec = node.at("spec")
    annotations = labels_of(node.at("metadata", "annotations"))
    written = [spec.at("defaultBackend"), spec.at("backend")]
    hosts = []
    for rule in spec.at("rules").items():
        hosts.append(rule.at("host").name())
        written += [path.at("backend") for path in rule.at("http", "paths").items()]
    backends = []
    for item in written:
        if not item.given:
            continue
        service = item.at("service")
        if service.given:
            port = service.at("port")
            target: int | str | None = port.at("name").text() or port.at("number").whole()
            backends.append(Backend(namespace, service.at("name").name(), target))
        elif "serviceName" in item:
            old = item.at("servicePort").value
            target = old if isinstance(old, int | str) else None
            backends.append(Backend(namespace, item.at("serviceName").name(), target))
        else:
            item.unknown("a backend that is no service", "only services are followed")
    return Entry(
        kind="Ingress",
        namespace=namespace,
        name=name,
        backends=tuple(dict.fromkeys(backends)),
        hosts=tuple(dict.fromkeys(filter(None, hosts))),
        annotations=annotations,
        controller=spec.at("ingressClassName").name() or annotations.get("kubernetes.io/ingress.class", ""),
        place=node.place,
    )


def route_of(node: Node, namespace: str, name: str) -> Entry:
    """A Route of OpenShift."""
    spec = node.at("spec")
    port = spec.at("port", "targetPort").value
    target = (
        port if isinstance(port, int | str) and not isinstance(port, bool) and port not in (0, "") else None
    )
    backends = []
    for item in (spec.at("to"), *spec.at("alternateBackends").items()):
        if item.at("kind").name() in ("", "Service"):
            backends.append(Backend(namespace, item.at("name").name(), target))
        else:
            item.unknown("a target that is no service", "only services are followed")
    return Entry(
        kind="Route",
        namespace=namespace,
        name=name,
        backends=tuple(dict.fromkeys(backends)),
        hosts=tuple(filter(None, [spec.at("host").name()])),
        annotations=labels_of(node.at("metadata", "annotations")),
        place=node.place,
    )


def gateway_route_of(node: Node, kind: str, namespace: str, name: str) -> Entry:
    """A route of the Gateway API."""
    spec = node.at("spec")
    backends = []
    for rule in spec.at("rules").items():
        for item in rule.at("backendRefs").items():
            if item.at("kind").name() in ("", "Service"):
                backends.append(
                    Backend(
                        item.at("namespace").name() or namespace,
                        item.at("name").name(),
                        item.at("port").whole(),
                    )
                )
            else:
                item.unknown("a backend that is no service", "only services are followed")
    parents = [
        (item.at("namespace").name() or namespace, item.at("name").name())
        for item in spec.at("parentRefs").items()
    ]
    return Entry(
        kind=kind,
        namespace=namespace,
        name=name,
        backends=tuple(dict.fromkeys(backends)),
        hosts=tuple(spec.at("hostnames").texts()),
        parents=tuple(parents),
        place=node.place,
    )


def gateway_of(node: Node, namespace: str, name: str) -> Gateway:
    """A Gateway."""
    ports = [item.at("port").whole() for item in node.at("spec", "listeners").items()]
    addresses = [
        text
        for group in (node.at("spec", "addresses"), node.at("status", "addresses"))
        for item in group.items()
        if (text := item.at("value").name())
    ]
    return Gateway(
        namespace=namespace,
        name=name,
        ports=tuple(dict.fromkeys(port for port in ports if port)),
        addresses=tuple(dict.fromkeys(addresses)),
        place=node.place,
    )
