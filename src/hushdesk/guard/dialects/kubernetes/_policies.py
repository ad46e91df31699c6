"""Policies of all kinds in one form, and how NetworkPolicy and MultiNetworkPolicy are read into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.kubernetes._labels import Selector, selector_of
from hushdesk.guard.dialects.kubernetes._node import Node

ANY: Final = Selector()
PROTOCOLS: Final = ("TCP", "UDP", "SCTP")


class Verdict(Enum):
    """What a rule says."""

    ALLOW = "allow"
    DENY = "deny"
    PASS = "pass"  # noqa: S105 - the word of the API


class Tier(Enum):
    """When a policy is asked."""

    ADMIN = "admin"
    """First; what it does not decide goes on."""
    NETWORK = "network"
    """Then; if one of this tier covers a pod, what none of them allows is closed."""
    BASELINE = "baseline"
    """If no policy of the network tier covers the pod; what it does not decide is open."""


@dataclass(frozen=True, slots=True)
class PeerMatch:
    """One entry of a rule's peers, or a policy's subject."""

    namespaces: Selector | None = ANY
    """Which namespaces; ``None`` is the policy's own, see ``namespace``."""
    pods: Selector = ANY
    namespace: str = ""
    """If ``namespaces`` is ``None``."""
    blocks: AddressSet | None = None
    """Addresses outside the pods' network, instead of pods."""
    doubt: str = ""
    """Why it may match something else."""

    @property
    def uncertain(self) -> str:
        """Why it may match something else, whichever part it is."""
        return self.doubt or self.pods.doubt or (self.namespaces.doubt if self.namespaces else "")

    @property
    def cluster_wide(self) -> bool:
        """Whether it matches every pod that there may ever be."""
        return (
            self.blocks is None
            and not self.uncertain
            and self.namespaces is not None
            and self.namespaces.everything
            and self.pods.everything
        )


@dataclass(frozen=True, slots=True)
class PortMatch:
    """One entry of a rule's ports."""

    protocol: str
    """In capitals; empty is every one."""
    low: int = 1
    high: int = 65535
    name: str = ""
    """A port that each pod gives its own number, instead of ``low`` to ``high``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """One rule of one direction."""

    name: str
    verdict: Verdict
    peers: tuple[PeerMatch, ...] | None
    """Whoever one of these matches; ``None`` is everybody."""
    ports: tuple[PortMatch, ...] | None
    """``None`` is every port."""
    doubt: str = ""
    """Why it may match less than it says."""
    place: Place = field(default=Place(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy object."""

    kind: str
    name: str
    namespace: str
    """Empty for one of the whole cluster."""
    tier: Tier
    subject: PeerMatch
    ingress: tuple[PolicyRule, ...] | None
    """``None`` if it says nothing about this direction."""
    egress: tuple[PolicyRule, ...] | None
    priority: int = 0
    networks: tuple[tuple[str, str], ...] = ()
    """Namespaces and names of the attachment definitions that it is for; none is the pod's own network."""
    doubt: str = ""
    """Why it may not be in force as it is written."""
    rejected: str = ""
    """Why a cluster would refuse it although what it says is clear."""
    place: Place = field(default=Place(""))

    def rules(self, inward: bool) -> tuple[PolicyRule, ...] | None:
        """The rules of one direction."""
        return self.ingress if inward else self.egress

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def network_policy_of(node: Node, namespace: str, name: str, networks: tuple[tuple[str, str], ...]) -> Policy:
    """A NetworkPolicy, or, with its networks, a MultiNetworkPolicy."""
    before = node.notes.problems
    spec = node.at("spec")
    spec.only("podSelector", "policyTypes", "ingress", "egress")
    types = spec.at("policyTypes").texts()
    if unknown := [text for text in types if text not in ("Ingress", "Egress")]:
        spec.at("policyTypes").malformed(
            f"a policy type that does not exist: {unknown[0]}", "use Ingress, Egress"
        )
    inward = "Ingress" in types or not types
    outward = "Egress" in types or (not types and bool(spec.at("egress").items()))
    subject = PeerMatch(None, selector_of(spec.at("podSelector")), namespace)
    rules = {}
    for direction, wanted, key in (("ingress", inward, "from"), ("egress", outward, "to")):
        rules[direction] = (
            tuple(
                _rule(item, namespace, key, f"{direction} rule {number}")
                for number, item in enumerate(spec.at(direction).items(), 1)
            )
            if wanted
            else None
        )
    doubt = "not everything in it could be made out" if node.notes.problems > before else ""
    rejected = ""
    for group in rules.values():
        for rule in group or ():
            if any(port.low > port.high for port in rule.ports or ()):
                rejected = "it has an empty range of ports"
    if rejected:
        node.malformed(rejected, "give an endPort that is not below the port")
    return Policy(
        kind="MultiNetworkPolicy" if networks else "NetworkPolicy",
        name=name,
        namespace=namespace,
        tier=Tier.NETWORK,
        subject=subject,
        ingress=rules["ingress"],
        egress=rules["egress"],
        networks=networks,
        doubt=doubt,
        rejected=rejected,
        place=node.place,
    )


def _rule(node: Node, namespace: str, key: str, name: str) -> PolicyRule:
    before = node.notes.problems
    node.only(key, "ports")
    peers = [_peer(item, namespace) for item in node.at(key).items()]
    ports = [_port(item) for item in node.at("ports").items()]
    return PolicyRule(
        name=name,
        verdict=Verdict.ALLOW,
        peers=tuple(peers) or None,
        ports=tuple(ports) or None,
        doubt="not everything in it could be made out" if node.notes.problems > before else "",
        place=node.place,
    )


def _peer(node: Node, namespace: str) -> PeerMatch:
    known = node.only("ipBlock", "namespaceSelector", "podSelector")
    if node.at("ipBlock").given:
        if node.at("namespaceSelector").given or node.at("podSelector").given:
            node.malformed("a peer with both an ipBlock and a selector", "make two peers of it")
            return PeerMatch(doubt="it names both addresses and pods")
        return block_of(node.at("ipBlock"))
    # A selector that is empty and one that is null are not the same: null is as if it was not written.
    if not known or not (node.at("namespaceSelector").given or node.at("podSelector").given):
        if known:
            node.malformed(
                "a peer that names nobody", "give an ipBlock, a namespaceSelector or a podSelector"
            )
        return PeerMatch(doubt="whom it names is unknown")
    spaces = selector_of(node.at("namespaceSelector")) if node.at("namespaceSelector").given else None
    pods = selector_of(node.at("podSelector"))
    return PeerMatch(spaces, pods, "" if spaces else namespace)


def block_of(node: Node) -> PeerMatch:
    """An ``ipBlock``."""
    node.only("cidr", "except")
    cidr = node.at("cidr").name()
    try:
        inside = AddressSet.parse(cidr)
    except ValueError:
        node.malformed("an ipBlock whose cidr is no network", "write it like 192.0.2.0/24")
        return PeerMatch(doubt="its addresses are unknown")
    for hole in node.at("except").items():
        try:
            inside -= AddressSet.parse(hole.name())
        except ValueError:
            hole.malformed("an exception that is no network", "write it like 192.0.2.0/25")
    return PeerMatch(blocks=inside)


def _port(node: Node) -> PortMatch:
    node.only("protocol", "port", "endPort")
    protocol = node.at("protocol").name() or "TCP"
    if protocol not in PROTOCOLS:
        node.malformed("a protocol that a policy cannot name", f"use one of {', '.join(PROTOCOLS)}")
        return PortMatch("")
    port, end = node.at("port").value, node.at("endPort").whole()
    if port is None:
        return PortMatch(protocol)
    if isinstance(port, str):
        if port.isdecimal():
            node.malformed("a port number in quotes, which is taken for a name", "write it without quotes")
            return PortMatch(protocol, int(port), int(port))
        return PortMatch(protocol, name=port)
    number = node.at("port").whole()
    if number is None:
        return PortMatch(protocol)
    return PortMatch(protocol, number, number if end is None else end)
