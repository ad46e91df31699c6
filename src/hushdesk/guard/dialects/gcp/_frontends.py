"""Forwarding rules: addresses of load balancers that lead to instances.

A passthrough load balancer or protocol forwarding hands on the client's packets: the firewall of the instance sees the
client. A proxy ends the client's connection, and the firewall sees Google's ranges instead (35.191.0.0/16, 130.211.0.0/22).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EVERYWHERE
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._intervals import TOP_PORT
from hushdesk.guard._policy import SAME_PORTS, Path, PortShift, Sources
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.gcp._estate import Estate
from hushdesk.guard.dialects.gcp._match import Subject, port_range, protocol_name
from hushdesk.guard.dialects.gcp._rules import gate
from hushdesk.guard.dialects.gcp._values import at, either, flag, members, structures, words

_DEPTH: Final = 12
_NEXT: Final = {
    "compute.targetProxies": ("urlMap", "service"),
    "compute.targetInstances": ("instance",),
    "compute.targetPools": ("instances",),
    "compute.instanceGroups": ("instances",),
    "compute.instanceGroupManagers": ("instanceTemplate",),
}
_BEHIND: Final = (
    "compute.backendServices", "compute.targetPools", "compute.targetInstances", "compute.targetProxies", "compute.urlMaps",
    "compute.instanceGroups", "compute.instanceGroupManagers", "compute.instances", "compute.instanceTemplates",
)  # fmt: skip


class Frontends:
    """The forwarding rules of an estate, with the instances that each leads to."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._to: dict[int, list[tuple[Resource, bool]]] = {}
        self._rest: list[tuple[Resource, bool, str]] = []
        for rule in estate.of("compute.forwardingRules"):
            self._follow(rule)

    def to(self, instance: Resource, subject: Subject) -> Iterator[Path]:
        """The ways in through forwarding rules."""
        for rule, proxied in self._to.get(id(instance), ()):
            yield self._path(rule, subject, proxied=proxied, doubt=instance.doubt)

    def rest(self) -> Iterator[Endpoint]:
        """The forwarding rules of which it is not known to what they lead."""
        for rule, proxied, why in self._rest:
            unknown = Unknown(rule.name, why)
            self._estate.notes.unresolved(rule.place, unknown)
            network = (
                self._estate.network(rule.properties["network"], rule)
                if rule.properties.get("network")
                else unknown
            )
            subject = Subject(network=network, tags=(unknown,), accounts=(unknown,))
            yield Endpoint(
                name=rule.name,
                dialect="gcp",
                kind="forwarding rule",
                place=rule.place,
                paths=(self._path(rule, subject, proxied=proxied, doubt=""),),
            )

    def _follow(self, rule: Resource) -> None:
        instances: dict[int, Resource] = {}
        unknown: list[str] = []
        proxied = _is_proxy(rule)
        target = rule.properties.get("target") or rule.properties.get("backendService")
        if isinstance(target, str) and "/serviceAttachments/" in target:
            return  # leads out of this network, to a producer's service
        self._walk(target, instances, unknown, 0)
        for number in instances:
            self._to.setdefault(number, []).append((rule, proxied))
        if unknown or not instances:
            why = (
                unknown[0]
                if unknown
                else "to which instances it leads is not among the documents; add its backends"
            )
            self._rest.append((rule, proxied, why))

    def _walk(self, reference: Any, instances: dict[int, Resource], unknown: list[str], depth: int) -> None:
        if isinstance(reference, Unknown):
            unknown.append(f"{reference.expression}: {reference.why}")
            return
        found = self._estate.find(reference, *_BEHIND) if depth <= _DEPTH else None
        if found is None:
            unknown.append(f"{words(reference)} is not among the documents; add it")
        elif found.type in {"compute.instances", "compute.instanceTemplates"}:
            instances[id(found)] = found
        else:
            for one in self._behind(found):
                self._walk(one, instances, unknown, depth + 1)

    def _behind(self, found: Resource) -> Iterator[Any]:
        notes, said = self._estate.notes, found.properties
        if found.type == "compute.backendServices":
            for _, backend in structures(said.get("backends"), at(found, "backends"), notes):
                yield backend if isinstance(backend, Unknown) else backend.get("group")
        elif found.type == "compute.urlMaps":
            yield from _services(said, 0)
        elif found.type == "compute.instanceGroups" and "instances" not in said:
            yield Unknown(
                found.name, "which instances belong to the group is not among the documents; add its members"
            )
        else:
            for key in _NEXT.get(found.type, ()):
                if said.get(key) is not None:
                    yield from members(said[key], at(found, key), notes)

    def _path(self, rule: Resource, subject: Subject, *, proxied: bool, doubt: str) -> Path:
        said = rule.properties
        address = said.get("IPAddress")
        shown = address if isinstance(address, str) else ""
        reserved = self._estate.find(shown, "compute.addresses")
        if reserved and isinstance(reserved.properties.get("address"), str):
            shown = reserved.properties["address"]
        external = not str(said.get("loadBalancingScheme") or "EXTERNAL").upper().startswith("INTERNAL")
        version = "IPV6" if said.get("ipVersion") == "IPV6" or ":" in shown.removeprefix("https:") else "IPV4"
        protocol = protocol_name(said.get("IPProtocol") or "TCP")
        shifts, doubts = self._ports(rule)
        doubts += [rule.doubt, doubt]
        if proxied:
            doubts.append("the proxy reaches it only if the firewall admits 35.191.0.0/16 and 130.211.0.0/22")
            doubts.append("to which port the proxy connects is not modelled")
        everywhere = ALL_V6 if version == "IPV6" else ALL_V4 if shown else EVERYWHERE
        inside = self._estate.inside(subject.network)
        return Path(
            name=f"{'proxy' if proxied else 'forwarding rule'} {rule.name}",
            gates=() if proxied else (gate(self._estate, _addressed(subject, shown)),),
            addresses=(shown,) if shown else (),
            shifts=SAME_PORTS if proxied else shifts,
            protocols=() if protocol in {"all", "l3_default"} else (protocol,),
            reaching=Sources.exactly(everywhere, "from anywhere") if external else inside,
            doubt=either(*doubts),
            place=rule.place,
        )

    def _ports(self, rule: Resource) -> tuple[tuple[PortShift, ...], list[str]]:
        said = rule.properties
        wanted = members(said.get("ports"), at(rule, "ports"), self._estate.notes)
        if said.get("portRange"):
            wanted.append(said["portRange"])
        if flag(said.get("allPorts"), default=False) or not wanted:
            return ((PortShift(0, TOP_PORT, 0),), [])
        found = []
        for text in wanted:
            numbers = None if isinstance(text, Unknown) else port_range(text)
            if numbers is None:
                unknown = (
                    text
                    if isinstance(text, Unknown)
                    else Unknown(str(text), "it is no port and no range of ports")
                )
                self._estate.notes.unresolved(at(rule, "ports"), unknown)
                return ((PortShift(0, TOP_PORT, 0),), [f"its ports are not known ({unknown.expression})"])
            found.append(PortShift(*numbers, numbers[0]))
        return tuple(found), []


def _addressed(subject: Subject, address: str) -> Subject:
    """Packets through a passthrough forwarding rule keep its address as their destination."""
    known = subject.addresses
    if not address or known is None:
        return subject
    return Subject(
        network=subject.network,
        tags=subject.tags,
        accounts=subject.accounts,
        addresses=(address,) if address[0].isdigit() or ":" in address else None,
        region=subject.region,
    )


def _is_proxy(rule: Resource) -> bool:
    target = rule.properties.get("target")
    scheme = str(rule.properties.get("loadBalancingScheme") or "").upper()
    return scheme.endswith("MANAGED") or (isinstance(target, str) and "Prox" in target) or (
        isinstance(target, str) and "_proxy" in target
    )  # fmt: skip


def _services(value: Any, depth: int) -> Iterator[Any]:
    """Whatever a URL map names as a service."""
    if depth > _DEPTH:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in {"defaultService", "service", "backendService"}:
                yield inner
            else:
                yield from _services(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _services(inner, depth + 1)
