"""AdminNetworkPolicy, BaselineAdminNetworkPolicy and their successor ClusterNetworkPolicy."""

from __future__ import annotations

from typing import Final

from hushdesk.guard._addresses import EMPTY, AddressSet
from hushdesk.guard.dialects.kubernetes._labels import selector_of
from hushdesk.guard.dialects.kubernetes._node import Node
from hushdesk.guard.dialects.kubernetes._policies import (
    PROTOCOLS,
    PeerMatch,
    Policy,
    PolicyRule,
    PortMatch,
    Tier,
    Verdict,
)

VERDICTS: Final = {
    "Allow": Verdict.ALLOW,
    "Accept": Verdict.ALLOW,
    "Deny": Verdict.DENY,
    "Pass": Verdict.PASS,
}
UNCLEAR: Final = "not everything in it could be made out"


def admin_policy_of(node: Node, kind: str, name: str) -> Policy:
    """A policy of the cluster's administrators."""
    before = node.notes.problems
    spec = node.at("spec")
    tier = Tier.BASELINE if kind == "BaselineAdminNetworkPolicy" else Tier.ADMIN
    priority = 0
    if kind == "ClusterNetworkPolicy":
        spec.only("tier", "priority", "subject", "ingress", "egress")
        written = spec.at("tier").name()
        if written not in ("Admin", "Baseline"):
            spec.malformed("a tier that does not exist", "use Admin or Baseline")
        tier = Tier.BASELINE if written == "Baseline" else Tier.ADMIN
    else:
        spec.only("priority", "subject", "ingress", "egress")
    if kind == "BaselineAdminNetworkPolicy":
        if name != "default":
            node.malformed("a BaselineAdminNetworkPolicy of another name than default", "call it default")
    else:
        number = spec.at("priority").whole()
        if number is None or not 0 <= number <= 1000:
            spec.malformed("a priority that is no number from 0 to 1000", "give one")
        priority = number or 0
    subject = _selected(spec.at("subject"))
    rules = {
        direction: tuple(
            _rule(item, key, f"{direction} rule {item.at('name').name() or number}", tier)
            for number, item in enumerate(spec.at(direction).items(), 1)
        )
        for direction, key in (("ingress", "from"), ("egress", "to"))
    }
    rejected = ""
    for group in rules.values():
        if any(port.low > port.high for rule in group for port in rule.ports or ()):
            rejected = "it has an empty range of ports"
    clear = node.notes.problems == before
    if rejected:
        node.malformed(rejected, "give an end that is not below the start")
    return Policy(
        kind=kind,
        name=name,
        namespace="",
        tier=tier,
        subject=subject,
        # Without a rule it has no effect: there is no implicit end.
        ingress=rules["ingress"] or None,
        egress=rules["egress"] or None,
        priority=priority,
        doubt="" if clear else UNCLEAR,
        rejected=rejected,
        place=node.place,
    )


def _selected(node: Node) -> PeerMatch:
    """Pods, by ``namespaces`` or by ``pods``."""
    known = node.only("namespaces", "pods")
    if known and node.at("namespaces").given == node.at("pods").given:
        node.malformed("namespaces and pods together, or neither", "give one of the two")
        known = False
    if not known:
        return PeerMatch(doubt="whom it names is unknown")
    if node.at("namespaces").given:
        return PeerMatch(selector_of(node.at("namespaces")))
    pods = node.at("pods")
    pods.only("namespaceSelector", "podSelector")
    return PeerMatch(selector_of(pods.at("namespaceSelector")), selector_of(pods.at("podSelector")))


def _peer(node: Node, *, outward: bool) -> PeerMatch:
    if not (outward and node.at("networks").given):
        return _selected(node)
    node.only("networks")
    blocks = EMPTY
    doubt = ""
    for item in node.at("networks").items():
        try:
            blocks |= AddressSet.parse(item.name())
        except ValueError:
            item.malformed("a network that is none", "write it like 192.0.2.0/24")
            doubt = "its addresses are unknown"
    return PeerMatch(blocks=blocks, doubt=doubt)


def _rule(node: Node, key: str, name: str, tier: Tier) -> PolicyRule:
    before = node.notes.problems
    node.only("name", "action", key, "ports", "protocols")
    action = node.at("action").name()
    verdict = VERDICTS.get(action)
    if verdict is None or (verdict is Verdict.PASS and tier is Tier.BASELINE):
        node.malformed("an action that does not exist here", "use Allow, Deny or, in the admin tier, Pass")
        verdict = Verdict.ALLOW
    peers = [_peer(item, outward=key == "to") for item in node.at(key).items()]
    if not peers:
        node.malformed("a rule without peers", f"name at least one under {key}")
    ports = None
    if node.at("ports").given:
        ports = tuple(port for item in node.at("ports").items() for port in _port(item))
    if node.at("protocols").given:
        ports = tuple(port for item in node.at("protocols").items() for port in _protocol(item))
    return PolicyRule(
        name=name,
        verdict=verdict,
        peers=tuple(peers),
        ports=ports,
        doubt="" if node.notes.problems == before else UNCLEAR,
        place=node.place,
    )


def _port(node: Node) -> list[PortMatch]:
    node.only("portNumber", "portRange", "namedPort")
    single, several, named = node.at("portNumber"), node.at("portRange"), node.at("namedPort")
    if single.given + several.given + named.given != 1:
        node.malformed(
            "a port that is given in no way or in several", "use portNumber, portRange or namedPort"
        )
        return []
    if named.given:
        return [PortMatch("", name=named.name())]
    chosen = single if single.given else several
    chosen.only("protocol", "port", "start", "end")
    protocol = chosen.at("protocol").name() or "TCP"
    if protocol not in PROTOCOLS:
        chosen.malformed("a protocol that a policy cannot name", f"use one of {', '.join(PROTOCOLS)}")
        return []
    low = chosen.at("port" if single.given else "start").whole()
    high = low if single.given else chosen.at("end").whole()
    if low is None or high is None:
        chosen.malformed("a port without its number", "give it")
        return []
    return [PortMatch(protocol, low, high)]


def _protocol(node: Node) -> list[PortMatch]:
    """An entry of ClusterNetworkPolicy's ``protocols``."""
    node.only("tcp", "udp", "sctp", "destinationNamedPort")
    found = []
    if node.at("destinationNamedPort").given:
        found.append(PortMatch("", name=node.at("destinationNamedPort").name()))
    for key in ("tcp", "udp", "sctp"):
        if key not in node:
            continue
        target = node.at(key, "destinationPort")
        node.at(key).only("destinationPort")
        target.only("number", "range")
        low = target.at("number").whole()
        high = low
        if target.at("range").given:
            low, high = target.at("range", "start").whole(), target.at("range", "end").whole()
        if low is None or high is None:
            found.append(PortMatch(key.upper()))
            if target.given:
                target.malformed("a port without its number", "give number or range")
        else:
            found.append(PortMatch(key.upper(), low, high))
    if not found:
        node.malformed("a protocol that names none", "use tcp, udp, sctp or destinationNamedPort")
    return found
