"""Kubernetes and OpenShift: who reaches whom in a cluster, and who reaches it from outside."""

from hushdesk.guard.dialects.kubernetes._connections import Connection, End, connections
from hushdesk.guard.dialects.kubernetes._dialect import KubernetesDialect
from hushdesk.guard.dialects.kubernetes._diff import Difference, differences, differences_text
from hushdesk.guard.dialects.kubernetes._exposure import Exposure, Exposures, exposures
from hushdesk.guard.dialects.kubernetes._focus import Focus
from hushdesk.guard.dialects.kubernetes._networks import Network
from hushdesk.guard.dialects.kubernetes._text import connections_text, exposures_text
from hushdesk.guard.dialects.kubernetes._traffic import Traffic

__all__ = [
    "Connection",
    "Difference",
    "End",
    "Exposure",
    "Exposures",
    "Focus",
    "KubernetesDialect",
    "Network",
    "Traffic",
    "connections",
    "connections_text",
    "differences",
    "differences_text",
    "exposures",
    "exposures_text",
]
