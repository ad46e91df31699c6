"""To whom workloads are open beyond those that exist today: the whole cluster, and pods that may come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hushdesk.guard._dialect import Document
from hushdesk.guard.dialects.kubernetes._cluster import Cluster, read_cluster
from hushdesk.guard.dialects.kubernetes._connections import Connection, End, Member, connections_of, segments
from hushdesk.guard.dialects.kubernetes._engine import ANYBODY, Engine, Stranger
from hushdesk.guard.dialects.kubernetes._labels import NAMESPACE_NAME, Requirement, Selector
from hushdesk.guard.dialects.kubernetes._policies import Policy, Tier
from hushdesk.guard.dialects.kubernetes._traffic import EVERYTHING, NOTHING, Traffic

ENTIRE_CLUSTER: Final = "entire-cluster"


@dataclass(frozen=True, slots=True)
class Exposure:
    """That a workload is open to somebody of whom only selectors, or nothing at all, are known."""

    workload: End
    inward: bool
    """Whether the other one may connect to the workload, or the workload to it."""
    other: str
    """A range of addresses outside, ``entire-cluster``, or the namespaces and pods by their selectors."""
    traffic: Traffic

    def __str__(self) -> str:
        return f"{self.workload} {'<=' if self.inward else '=>'} {self.other} : {self.traffic}"


@dataclass(frozen=True, slots=True)
class Exposures:
    """What the policies of a cluster leave open."""

    connections: tuple[Connection, ...]
    """Those between the workloads that exist, and with addresses outside."""
    exposures: tuple[Exposure, ...]
    uncovered: tuple[tuple[End, bool], ...]
    """Workloads that no policy covers in a direction: inwards or not."""


def exposures(documents: Sequence[Document]) -> Exposures:
    """To whom every workload is open, beside the workloads that exist.

    A peer that is known by selectors only is named if more or less is open to it than to any pod of the cluster; peers
    whose labels are all given and that exist today are left to the connections.

    Args:
        documents: The objects of one cluster. Its user-defined networks are not looked into.
    """
    return exposures_of(read_cluster(documents))


def exposures_of(cluster: Cluster) -> Exposures:
    """The same, of a cluster that is read already."""
    segment = segments(cluster)[0]
    engine = Engine(segment.policies)
    connections = connections_of(cluster)
    strangers = _strangers(segment.policies, segment.members)
    found: list[Exposure] = []
    uncovered = []
    for member in segment.members:
        for inward in (False, True):
            if not _covered(engine, member, inward=inward):
                uncovered.append((member.end, inward))
                found.append(Exposure(member.end, inward, ENTIRE_CLUSTER, EVERYTHING))
            else:
                found += _open(engine, member, strangers, inward=inward)
    # Whom only addresses outside reach is left to the connections.
    open_ones = {item.workload for item in found}
    for connection in connections:
        source, destination = connection.source, connection.destination
        if connection.network != segment.network:
            continue
        if source.addresses and destination in open_ones:
            found.append(Exposure(destination, True, source.name, connection.traffic))
        elif destination.addresses and source in open_ones:
            found.append(Exposure(source, False, destination.name, connection.traffic))
    found.sort(key=lambda item: (item.inward, item.workload.name, item.other))
    return Exposures(tuple(connections), tuple(found), tuple(uncovered))


def _covered(engine: Engine, member: Member, *, inward: bool) -> bool:
    return any(
        any(policies.values()) for pod in member.pods if (policies := engine.capturing(pod, inward=inward))
    )


def _open(engine: Engine, member: Member, strangers: Sequence[Stranger], *, inward: bool) -> list[Exposure]:
    anybody = _towards(engine, member, ANYBODY, inward=inward)
    found = [Exposure(member.end, inward, ENTIRE_CLUSTER, anybody)] if anybody else []
    for stranger in strangers:
        traffic = _towards(engine, member, stranger, inward=inward)
        if traffic != anybody:
            found.append(Exposure(member.end, inward, _words(stranger), traffic))
    return found


def _towards(engine: Engine, member: Member, stranger: Stranger, *, inward: bool) -> Traffic:
    found = NOTHING
    for pod in member.pods:
        source, destination = (stranger, pod) if inward else (pod, stranger)
        found |= engine.one_way(source, destination, inward=inward)
    return found


def _strangers(policies: Sequence[Policy], members: Sequence[Member]) -> list[Stranger]:
    """The peers that rules know by selectors, each meaning once."""
    found: dict[tuple[frozenset[Requirement], frozenset[Requirement]], Stranger] = {}
    for policy in sorted(policies, key=lambda policy: policy.tier is not Tier.NETWORK):
        for group in (policy.ingress, policy.egress):
            for rule in group or ():
                for peer in rule.peers or ():
                    if peer.blocks is not None or peer.cluster_wide or peer.uncertain:
                        continue
                    spaces = peer.namespaces or Selector(((NAMESPACE_NAME, peer.namespace),))
                    stranger = Stranger(spaces, peer.pods, peer.namespace)
                    found.setdefault((spaces.meaning(), peer.pods.meaning()), stranger)
    return [stranger for stranger in found.values() if not _exists(stranger, members)]


def _exists(stranger: Stranger, members: Sequence[Member]) -> bool:
    """Whether plain labels name it, and a pod that exists carries them."""
    if stranger.namespaces.requirements or stranger.pods.requirements:
        return False
    if not stranger.namespaces.labels or not stranger.pods.labels:
        return False
    return any(
        stranger.pods.matches(pod.shape.labels) and stranger.namespaces.matches(pod.spaces)
        for member in members
        for pod in member.pods
    )


def _words(stranger: Stranger) -> str:
    spaces, pods = stranger.namespaces, stranger.pods
    if spaces.everything:
        where = "[all namespaces]"
    elif not spaces.requirements and len(spaces.labels) == 1 and spaces.labels[0][0] == NAMESPACE_NAME:
        where = spaces.labels[0][1]
    else:
        where = f"[namespace with {spaces}]"
    return f"{where}/{'[all pods]' if pods.everything else f'[pod with {pods}]'}"
