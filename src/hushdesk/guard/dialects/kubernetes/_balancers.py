"""What the annotations of the large providers say of a load balancer or an entry."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Final

from hushdesk.guard._addresses import PRIVATE, AddressSet
from hushdesk.guard._findings import Finding, Malformed, Unresolved
from hushdesk.guard._policy import Action, Gate, Place, Rule, Sources, Stage
from hushdesk.guard.dialects.kubernetes._entries import Entry, Service

_INTERNAL: Final[Mapping[str, tuple[str, ...]]] = {
    "cloud.google.com/load-balancer-type": ("internal",),
    "networking.gke.io/load-balancer-type": ("internal",),
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": ("intranet",),
    "service.beta.kubernetes.io/alicloud-loadbalancer-address-type": ("intranet",),
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
    "service.beta.kubernetes.io/cce-load-balancer-internal-vpc": ("true",),
    "service.beta.kubernetes.io/do-loadbalancer-network": ("internal",),
    "service.beta.kubernetes.io/oci-load-balancer-internal": ("true",),
    "oci-network-load-balancer.oraclecloud.com/internal": ("true",),
    "service.beta.kubernetes.io/openstack-internal-load-balancer": ("true",),
    "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": ("private",),
    "service.kubernetes.io/qcloud-loadbalancer-internal-subnetid": (),
}
"""Values that make a service's load balancer private; none: whatever it is."""
_RANGES: Final = (
    "service.beta.kubernetes.io/azure-allowed-ip-ranges",
    "service.beta.kubernetes.io/load-balancer-source-ranges",
)
_TAGS: Final = "service.beta.kubernetes.io/azure-allowed-service-tags"
_ENTRY_RANGES: Final[Mapping[str, str]] = {
    "alb.ingress.kubernetes.io/inbound-cidrs": "alb",
    "haproxy.router.openshift.io/ip_allowlist": "",
    "haproxy.router.openshift.io/ip_whitelist": "",
    "nginx.ingress.kubernetes.io/allowlist-source-range": "nginx",
    "nginx.ingress.kubernetes.io/whitelist-source-range": "nginx",
}
"""Annotations that name an entry's clients, with a word of the controller that heeds them."""


def private_only(texts: Iterable[str]) -> bool:
    """Whether there are addresses, all of them known and none of them public."""
    found = list(texts)
    try:
        return bool(found) and all(AddressSet.parse(text) <= PRIVATE for text in found)
    except ValueError:
        return False


def internal(service: Service) -> bool:
    """Whether a service's load balancer is said to be private, or has private addresses only."""
    for key, values in _INTERNAL.items():
        value = service.annotations.get(key)
        if value is not None and (not values or value.lower() in values):
            return True
    return private_only(service.balancers)


def balancer_gate(service: Service, tags: Mapping[str, AddressSet], findings: list[Finding]) -> Gate | None:
    """The clients that a service's load balancer lets in; ``None`` if that is everybody."""
    ranges = [(text, service.range_place) for text in service.ranges]
    for key in _RANGES:
        ranges += [(text, service.place) for text in _split(service.annotations.get(key, ""))]
    names = _split(service.annotations.get(_TAGS, ""))
    if not ranges and not names:
        return None
    rules = [_range_rule(text, place, findings) for text, place in ranges]
    for name in names:
        known = tags.get(name.lower())
        if known is None:
            why = f"the addresses of the service tag {name} are not known; give the tags file"
            findings.append(Unresolved(service.place, name, why))
            sources = Sources.unknown(name, why)
        else:
            sources = Sources.exactly(known, name)
        rules.append(
            Rule(name=f"service tag {name}", action=Action.ACCEPT, sources=sources, place=service.place)
        )
    return _only("source ranges of the load balancer", rules, service.place)


def entry_gate(entry: Entry, findings: list[Finding]) -> Gate | None:
    """The clients that an entry's controller lets in; ``None`` if that is everybody, or nobody knows the controller."""
    controller = (entry.controller or "").lower()
    for key, word in _ENTRY_RANGES.items():
        written = _split(entry.annotations.get(key, ""))
        if not written or (controller and word not in controller):
            continue
        rules = [_range_rule(text, entry.place, findings) for text in written]
        return _only(f"client addresses of {entry}", rules, entry.place)
    return None


def entry_internal(entry: Entry) -> bool:
    """Whether an entry is said to be private."""
    return (
        entry.annotations.get("alb.ingress.kubernetes.io/scheme", "").lower() == "internal"
        or (entry.controller or "").lower() == "gce-internal"
        or entry.annotations.get("networking.gke.io/load-balancer-type", "").lower() == "internal"
    )


def _only(name: str, rules: list[Rule], place: Place) -> Gate:
    stage = Stage(
        name=name,
        rules=tuple(rules),
        default=Action.DENY,
        default_name="not in the source ranges",
        frontend=True,
        place=place,
    )
    return Gate(name=name, stages=(stage,))


def _range_rule(text: str, place: Place, findings: list[Finding]) -> Rule:
    try:
        sources = Sources.exactly(AddressSet.parse(text), text)
    except ValueError:
        findings.append(Malformed(place, "a source range that is no network", "write it like 192.0.2.0/24"))
        sources = Sources.unknown(text, "the source range is no network; write it like 192.0.2.0/24")
    return Rule(name=f"source range {text}", action=Action.ACCEPT, sources=sources, place=place)


def _split(written: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+", written) if part]


def loopback(address: str) -> bool:
    """Whether an address answers on its own host only."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
