"""A pod's policies as gates for addresses outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EMPTY, EVERYWHERE
from hushdesk.guard._policy import Action, Gate, Rule, Sources, Stage
from hushdesk.guard._services import ALL_SERVICES, Services
from hushdesk.guard.dialects.kubernetes._engine import Engine, Pod, traffic_of
from hushdesk.guard.dialects.kubernetes._policies import PeerMatch, Policy, PolicyRule, Tier, Verdict

ACTIONS = {Verdict.ALLOW: Action.ACCEPT, Verdict.DENY: Action.DENY, Verdict.PASS: Action.NEXT}


class Seen(Enum):
    """What of a client a pod's policies see."""

    CLIENT = "client"
    """Its own address."""
    NODE = "node"
    """Possibly the address of a node instead: nobody knows which, or whether."""
    CONTROLLER = "controller"
    """The pod of some controller, or whatever stands for it."""


def policy_gate(engine: Engine, pod: Pod, seen: Seen, foreign: str) -> Gate | None:
    """What the policies let through to a pod; ``None`` if no policy covers it.

    Args:
        engine: The policies that hold in the pod's network.
        pod: The pod.
        seen: What the policies see of a client.
        foreign: Policies of another maker that may let in more; empty if there are none.
    """
    captured = engine.capturing(pod, inward=True)
    stages = []
    if captured[Tier.ADMIN]:
        stages.append(_ordered("policies of the administrators", captured[Tier.ADMIN], pod, seen))
    network = captured[Tier.NETWORK]
    certain = any(not _doubt(policy) for policy in network)
    if network:
        stages.append(_additive(network, pod, seen, foreign, certain=certain))
    if captured[Tier.BASELINE] and not certain:
        stages.append(_ordered("baseline policies", captured[Tier.BASELINE], pod, seen))
    return Gate(name=f"policies for pods of {pod.namespace}", stages=tuple(stages)) if stages else None


def _doubt(policy: Policy) -> str:
    return policy.doubt or policy.rejected or policy.subject.uncertain


def _ordered(name: str, policies: Iterable[Policy], pod: Pod, seen: Seen) -> Stage:
    rules = [
        _rule(policy, rule, ACTIONS[rule.verdict], pod, seen)
        for policy in policies
        for rule in policy.rules(inward=True) or ()
    ]
    return Stage(
        name=name,
        rules=tuple(rule for rule in rules if rule.sources.upper),
        default=Action.NEXT,
        default_name=f"no rule of the {name} matches",
    )


def _additive(policies: Sequence[Policy], pod: Pod, seen: Seen, foreign: str, *, certain: bool) -> Stage:
    rules = [
        _rule(policy, rule, Action.ACCEPT, pod, seen)
        for policy in policies
        for rule in policy.rules(inward=True) or ()
    ]
    rules = [rule for rule in rules if rule.sources.upper]
    if foreign:
        rules.append(_perhaps("policies of another maker", Action.ACCEPT, f"{foreign} may let in more"))
    if not certain:
        why = next(_doubt(policy) for policy in policies)
        rules.append(_perhaps(str(policies[0]), Action.NEXT, f"it may not be in force: {why}"))
    names = ", ".join(policy.name for policy in policies)
    return Stage(
        name=f"network policies {names}" if len(policies) > 1 else f"network policy {names}",
        rules=tuple(rules),
        default=Action.DENY,
        default_name="no policy allows it",
        place=policies[0].place,
    )


def _perhaps(name: str, action: Action, doubt: str) -> Rule:
    return Rule(name=name, action=action, sources=Sources.exactly(EVERYWHERE), doubt=doubt)


def _rule(policy: Policy, rule: PolicyRule, action: Action, pod: Pod, seen: Seen) -> Rule:
    if rule.peers is None:
        sources = Sources.exactly(EVERYWHERE, "everybody")
    else:
        sources = Sources.exactly(EMPTY)
        for peer in rule.peers:
            sources |= _sources(peer, seen)
    return Rule(
        name=f"{policy}, {rule.name}",
        action=action,
        sources=sources,
        services=_services(rule, pod),
        doubt=rule.doubt or _doubt(policy),
        place=rule.place,
    )


def _sources(peer: PeerMatch, seen: Seen) -> Sources:
    if peer.uncertain:
        return Sources.unknown("an unclear peer", f"{peer.uncertain}; write it out")
    if peer.blocks is None:
        if seen is Seen.CONTROLLER and peer.cluster_wide:
            # It runs in the cluster, or comes as an address of its nodes.
            return Sources.unknown(
                "every pod", "whether the controller is one of the cluster's pods is not known"
            )
        if seen is Seen.CONTROLLER:
            return Sources.unknown("pods", "whether the controller is among them is not known")
        return Sources.exactly(EMPTY)
    words = ", ".join(peer.blocks.cidrs()) if len(peer.blocks.v4.pairs) < 9 else "several networks"
    if seen is Seen.CLIENT or peer.blocks in (EMPTY, ALL_V4, ALL_V6, EVERYWHERE):
        return Sources.exactly(peer.blocks, words)
    return Sources.unknown(words, _WHY[seen])


_WHY = {
    Seen.NODE: "the policy may see a node's address instead of the client's; externalTrafficPolicy: Local keeps the client's",
    Seen.CONTROLLER: "the policy sees the controller's address, which is not known",
}


def _services(rule: PolicyRule, pod: Pod) -> Services:
    if rule.ports is None:
        return ALL_SERVICES
    traffic = traffic_of(rule.ports, pod)
    return Services(
        tuple(
            (protocol, numbers)
            for protocol, numbers in (("sctp", traffic.sctp), ("tcp", traffic.tcp), ("udp", traffic.udp))
            if numbers
        )
    )
