"""What policies let through between two peers.

Each direction is decided on its own, and both must agree: first the admin tier in order, rule by rule; what it leaves open
or passes on goes to the network tier if a policy there covers the pod, otherwise to the baseline.

The answer is taken from above: a policy or rule in doubt opens what it may open and closes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._intervals import ports
from hushdesk.guard.dialects.kubernetes._labels import NAMESPACE_NAME, Selector
from hushdesk.guard.dialects.kubernetes._policies import (
    PeerMatch,
    Policy,
    PolicyRule,
    PortMatch,
    Tier,
    Verdict,
)
from hushdesk.guard.dialects.kubernetes._traffic import EVERYTHING, NOTHING, Traffic
from hushdesk.guard.dialects.kubernetes._workloads import Shape


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod, as policies see it."""

    namespace: str
    spaces: Mapping[str, str]
    """Its namespace's labels."""
    shape: Shape
    addresses: AddressSet | None = None
    """Its fixed ones in the network at hand, by which a policy may name it there."""


@dataclass(frozen=True, slots=True)
class Block:
    """Addresses outside, all of which every policy treats alike."""

    addresses: AddressSet


@dataclass(frozen=True, slots=True)
class Stranger:
    """Any pod that there may be one day and that the selectors pick."""

    namespaces: Selector
    pods: Selector
    namespace: str = ""
    """If the rule named it by being in this namespace itself."""


Peer = Pod | Block | Stranger

ANYBODY: Final = Stranger(Selector(), Selector())
"""Any pod in any namespace, of which nothing is known."""


def matches(match: PeerMatch, peer: Peer) -> bool:
    """Whether a rule's peer or a subject names a peer, as far as it could be made out."""
    if isinstance(peer, Block):
        return match.blocks is not None and peer.addresses <= match.blocks
    if match.blocks is not None:
        return isinstance(peer, Pod) and peer.addresses is not None and peer.addresses <= match.blocks
    if isinstance(peer, Stranger):
        return _picks_stranger(match, peer)
    spaces = (
        match.namespace == peer.namespace
        if match.namespaces is None
        else match.namespaces.matches(peer.spaces)
    )
    return spaces and match.pods.matches(peer.shape.labels)


def _picks_stranger(match: PeerMatch, peer: Stranger) -> bool:
    """A selector picks a stranger if it says the same as the stranger's own, or picks everything."""
    if match.namespaces is None:
        own = Selector(((NAMESPACE_NAME, match.namespace),))
        if peer.namespace != match.namespace and peer.namespaces.meaning() != own.meaning():
            return False
    elif not match.namespaces.everything and match.namespaces.meaning() != peer.namespaces.meaning():
        return False
    return match.pods.everything or match.pods.meaning() == peer.pods.meaning()


def applies(rule: PolicyRule, peer: Peer, *, opening: bool) -> bool:
    """Whether a rule speaks of a peer; in doubt, whether it opens something."""
    if rule.doubt and not opening:
        return False
    if rule.peers is None:
        return True
    return any(
        (item.uncertain and opening) or (not item.uncertain and matches(item, peer)) for item in rule.peers
    )


def traffic_of(wanted: Sequence[PortMatch] | None, destination: Peer) -> Traffic:
    """The connections that a rule's ports mean at a destination."""
    if wanted is None:
        return EVERYTHING
    found = NOTHING
    for port in wanted:
        if not port.name:
            if port.low <= port.high:
                low, high = max(port.low, 0), min(port.high, 65535)
                found |= Traffic.of(port.protocol, ports((low, high)))
        elif isinstance(destination, Pod):
            known = destination.shape.named(port.name)
            if known is not None and port.protocol in ("", known.protocol):
                found |= Traffic.of(known.protocol, ports(known.number))
        elif isinstance(destination, Stranger) and port.protocol:
            found |= Traffic(named=frozenset({(port.protocol, port.name)}))
    return found


class Engine:
    """Answers what a set of policies lets through.

    Args:
        policies: In the order in which they are asked.
    """

    __slots__ = ("_captured", "_tiers")

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._tiers: dict[Tier, list[Policy]] = {tier: [] for tier in Tier}
        for policy in policies:
            self._tiers[policy.tier].append(policy)
        # The key holds the pod itself, so that its id stays its own.
        self._captured: dict[tuple[int, bool], tuple[Pod, dict[Tier, list[Policy]]]] = {}

    def capturing(self, pod: Pod, *, inward: bool) -> dict[Tier, list[Policy]]:
        """The policies whose subject a pod is, or may be, in one direction."""
        key = (id(pod), inward)
        known = self._captured.get(key)
        if known is None:
            found = {
                tier: [policy for policy in group if self._captures(policy, pod, inward=inward)]
                for tier, group in self._tiers.items()
            }
            known = self._captured[key] = (pod, found)
        return known[1]

    @staticmethod
    def _captures(policy: Policy, pod: Pod, *, inward: bool) -> bool:
        if policy.rules(inward) is None:
            return False
        return bool(policy.subject.uncertain) or matches(policy.subject, pod)

    def allowed(self, source: Peer, destination: Peer) -> Traffic:
        """What gets from one peer to another: let out there and let in here."""
        out = self.one_way(source, destination, inward=False)
        return out & self.one_way(source, destination, inward=True) if out else out

    def one_way(self, source: Peer, destination: Peer, *, inward: bool) -> Traffic:
        """What the policies of one end let through."""
        pod, other = (destination, source) if inward else (source, destination)
        if not isinstance(pod, Pod):
            return EVERYTHING
        captured = self.capturing(pod, inward=inward)
        allowed, passed, rest = _in_order(captured[Tier.ADMIN], other, destination, EVERYTHING, inward=inward)
        open_still = rest | passed
        if not open_still:
            return allowed
        network = captured[Tier.NETWORK]
        if any(not _doubtful(policy) for policy in network):
            return allowed | (open_still & _union(network, other, destination, inward=inward))
        by_baseline, _, undecided = _in_order(
            captured[Tier.BASELINE], other, destination, open_still, inward=inward
        )
        return allowed | by_baseline | undecided


def _doubtful(policy: Policy) -> str:
    return policy.doubt or policy.subject.uncertain


def _union(policies: Iterable[Policy], other: Peer, destination: Peer, *, inward: bool) -> Traffic:
    """What at least one policy of the network tier allows."""
    found = NOTHING
    for policy in policies:
        for rule in policy.rules(inward) or ():
            if applies(rule, other, opening=True):
                found |= traffic_of(rule.ports, destination)
                if found.everything:
                    return found
    return found


def _in_order(
    policies: Iterable[Policy], other: Peer, destination: Peer, rest: Traffic, *, inward: bool
) -> tuple[Traffic, Traffic, Traffic]:
    """What ordered rules allow, pass on, and leave undecided, of what is at stake."""
    allowed = passed = NOTHING
    for policy in policies:
        for rule in policy.rules(inward) or ():
            if not rest:
                return allowed, passed, rest
            sure = not (_doubtful(policy) or rule.doubt)
            opening = rule.verdict is not Verdict.DENY
            if not (opening or sure) or not applies(rule, other, opening=opening):
                continue
            meant = traffic_of(rule.ports, destination) & rest
            if not meant:
                continue
            if rule.verdict is Verdict.ALLOW:
                allowed |= meant
            elif rule.verdict is Verdict.PASS:
                passed |= meant
            if sure and not (rule.peers and _only_perhaps(rule, other)):
                rest -= meant
    return allowed, passed, rest


def _only_perhaps(rule: PolicyRule, other: Peer) -> bool:
    """Whether a rule speaks of a peer through an uncertain entry only."""
    return not any(not item.uncertain and matches(item, other) for item in rule.peers or ())
