"""Which part of a cluster's connections somebody wants to see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hushdesk.guard._addresses import Family
from hushdesk.guard.dialects.kubernetes._connections import CONTROLLER, Connection, End
from hushdesk.guard.dialects.kubernetes._exposure import ENTIRE_CLUSTER, Exposure


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """A part of the connections; without any wish it is all of them."""

    workloads: tuple[str, ...] = ()
    """Names, with or without their namespace (``namespace/name``), or ``ingress-controller``: one end must be of these."""
    inward: bool = True
    """Connections that end at these workloads."""
    outward: bool = True
    """Connections that begin there."""
    service: tuple[str, int] | None = None
    """A protocol in capitals and a port: only connections that allow it, and nothing said about others."""
    families: tuple[Family, ...] = field(default=(4, 6))
    """Of addresses outside."""

    def names(self, end: End) -> bool:
        """Whether an end is one of the workloads in focus."""
        if not self.workloads:
            return end.addresses is None
        if end.workload is None:
            return end.name == CONTROLLER and CONTROLLER.strip("{}") in self.workloads
        name = end.workload.name
        return name in self.workloads or f"{end.workload.namespace}/{name}" in self.workloads

    def wants(self, connection: Connection) -> bool:
        """Whether a connection is in focus."""
        ends = (connection.source, connection.destination)
        if any(end.family is not None and end.family not in self.families for end in ends):
            return False
        if self.service is not None and not connection.traffic.covers(*self.service):
            return False
        if not self.workloads:
            return True
        return (self.inward and self.names(connection.destination)) or (
            self.outward and self.names(connection.source)
        )

    def among(self, connections: Iterable[Connection]) -> list[Connection]:
        """Those in focus."""
        return [connection for connection in connections if self.wants(connection)]

    def exposed(self, exposures: Iterable[Exposure]) -> list[Exposure]:
        """The exposures in focus."""
        shown = [item for item in exposures if self._shows(item)]
        if self.service is None:
            return shown
        # Where the whole cluster may use the service, whoever is in it may.
        everybody = {(item.workload, item.inward) for item in shown if item.other == ENTIRE_CLUSTER}
        return [
            item
            for item in shown
            if (item.workload, item.inward) not in everybody
            or item.other == ENTIRE_CLUSTER
            or item.other.endswith("[External]")
        ]

    def _shows(self, item: Exposure) -> bool:
        if not self.names(item.workload) or not (self.inward if item.inward else self.outward):
            return False
        if item.other.endswith("[External]") and (6 if ":" in item.other else 4) not in self.families:
            return False
        return self.service is None or item.traffic.covers(*self.service)
