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
HEADING: Final = "Permitted connectivity analyzed in"
ONLY_OTHERS: Final = "all input workloads are configured with (C)UDN as their primary network interface"
NONE_COMMON: Final = "All connections are not allowed for the workloads in the pod-network"
USUAL: Final = Focus(families=(4,))
"""What np-guard's form of the text holds: it knows no IPv6."""


def connections_text(documents: Sequence[Document], focus: Focus = USUAL) -> str:
    """The connections of a cluster, one a line, sorted: ``source => destination : connections``.

    If there are networks beside the pods' common one, each with connections has its part, and a list says which workload
    is in which.

    Args:
        documents: The objects of one cluster.
        focus: Which connections to show. Without one those with IPv6 addresses are left out, as in np-guard's output.

    Returns:
        Lines without a newline after the last one; empty if nothing is allowed.
    """
    cluster = read_cluster(documents)
    parts = segments(cluster)
    wanted = focus.among(connections_of(cluster))
    found = [_lines((line for line in wanted if line.network == part.network), focus) for part in parts]
    elsewhere = any(found[1:])
    lines = [f"Permitted connections on {focus.service[0]} {focus.service[1]}:"] if focus.service else []
    if elsewhere and (found[0] or focus.service is None):
        lines.append(f"{HEADING} Pod network:")
        found[0] = found[0] or [NONE_COMMON if parts[0].members else ONLY_OTHERS]
    lines += found[0]
    for part, inside in zip(parts[1:], found[1:], strict=True):
        if inside:
            lines += ["", f"{HEADING} {NAMES[part.network.kind]} {part.network.name}:", *inside]
    if len(parts) > 1 and focus.service is None:
        lines += ["", "Workload-to-Networks Mapping:", *_mapping(cluster, parts)]
    return "\n".join(lines)


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


def exposures_text(documents: Sequence[Document], focus: Focus = USUAL) -> str:
    """The connections of a cluster, and after them to whom its workloads are open beyond these.

    Args:
        documents: The objects of one cluster.
        focus: Which connections and exposures to show. Without one those with IPv6 addresses are left out, as in
            np-guard's output.

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
