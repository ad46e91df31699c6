"""Connections and exposures as text, for people and for comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from hushdesk.guard._dialect import Document
from hushdesk.guard.dialects.kubernetes._cluster import Cluster, read_cluster
from hushdesk.guard.dialects.kubernetes._connections import Connection, Segment, connections_of, segments
from hushdesk.guard.dialects.kubernetes._exposure import Exposure, exposures_of
from hushdesk.guard.dialects.kubernetes._focus import Focus

NAMES: Final = {"UDN": "primary UDN", "CUDN": "primary CUDN", "NAD": "secondary NAD"}
ONLY_OTHERS: Final = "all input workloads are configured with (C)UDN as their primary network interface"
NONE_COMMON: Final = "All connections are not allowed for the workloads in the pod-network"
EVERYTHING: Final = Focus()


def connections_text(documents: Sequence[Document], focus: Focus = EVERYTHING) -> str:
    """The connections of a cluster, one a line, sorted: ``source => destination : connections``.

    If there are networks beside the pods' common one, each has its part, and a list says which workload is in which.

    Args:
        documents: The objects of one cluster.
        focus: Which connections to show.

    Returns:
        Lines without a newline after the last one; empty if nothing is allowed.
    """
    cluster = read_cluster(documents)
    lines = [f"Permitted connections on {focus.service[0]} {focus.service[1]}:"] if focus.service else []
    wanted = focus.among(connections_of(cluster))
    parts = segments(cluster)
    if len(parts) == 1:
        return "\n".join(lines + _lines(wanted, focus))
    for segment in parts:
        named = (
            f"{NAMES[segment.network.kind]} {segment.network.name}" if segment.network.kind else "Pod network"
        )
        lines.append(f"Permitted connectivity analyzed in {named}:")
        found = _lines((line for line in wanted if line.network == segment.network), focus)
        lines += found or _none(segment)
        lines.append("")
    if focus.service is None:
        lines.append("Workload-to-Networks Mapping:")
        lines += _mapping(cluster, parts)
    return "\n".join(lines).rstrip("\n")


def _none(segment: Segment) -> list[str]:
    if segment.network.kind:
        return [f"All connections are not allowed for the workloads in the network {segment.network}"]
    return [NONE_COMMON if segment.members else ONLY_OTHERS]


def _lines(connections: Iterable[Connection], focus: Focus) -> list[str]:
    if focus.service is None:
        return [str(connection) for connection in connections]
    return [f"{connection.source} => {connection.destination}" for connection in connections]


def _mapping(cluster: Cluster, parts: Sequence[Segment]) -> list[str]:
    lines = []
    for name, workload in sorted(cluster.workloads.items()):
        own = [
            segment.network
            for segment in parts
            if any(member.end.workload is workload for member in segment.members)
        ]
        first = [str(network) for network in own if network.primary]
        further = [str(network) for network in own if not network.primary]
        lines += [f"{name}: ", f"\tPrimary Network: {', '.join(first)}"]
        if further:
            lines.append(f"\tSecondary Networks: {', '.join(further)}")
    return lines


def exposures_text(documents: Sequence[Document], focus: Focus = EVERYTHING) -> str:
    """The connections of a cluster, and after them to whom its workloads are open beyond these.

    Args:
        documents: The objects of one cluster.
        focus: Which connections and exposures to show.

    Returns:
        Lines without a newline after the last one.
    """
    cluster = read_cluster(documents)
    analysis = exposures_of(cluster)
    before = connections_text(documents, focus)
    title = "Exposure Analysis Result"
    if focus.service:
        title += f" On {focus.service[0]} {focus.service[1]}"
    lines = [before, ""] if before else []
    lines.append(f"{title}:")
    shown = focus.exposed(analysis.exposures)
    width = max((len(item.workload.name) for item in shown), default=0)
    for heading, inward in (("Egress Exposure:", False), ("Ingress Exposure:", True)):
        if found := [_exposed(item, width, focus) for item in shown if item.inward == inward]:
            lines += [heading, *found, ""]
    bare = [
        f"{end} is not protected on {'Ingress' if inward else 'Egress'}"
        for end, inward in analysis.uncovered
        if focus.service is None and focus.names(end) and (focus.inward if inward else focus.outward)
    ]
    if bare:
        lines += ["Workloads not protected by network policies:", *sorted(bare)]
    return "\n".join(lines).rstrip("\n")


def _exposed(item: Exposure, width: int, focus: Focus) -> str:
    arrow = "<=" if item.inward else "=>"
    line = f"{item.workload.name:{width}} \t{arrow} \t{item.other}"
    return line if focus.service else f"{line} : {item.traffic}"
