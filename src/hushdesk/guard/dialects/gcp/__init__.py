"""Google Cloud: who can reach what, from live answers and from what templates will make."""

from hushdesk.guard.dialects.gcp._dialect import GcpDialect
from hushdesk.guard.dialects.gcp._lower import lower_gcp

__all__ = ["GcpDialect", "lower_gcp"]
