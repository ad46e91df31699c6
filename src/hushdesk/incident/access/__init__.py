"""Who came while it stood open: sessions and visitors with bounds, and what no log could have seen."""

from hushdesk.incident.access._access import Access, Kindred, access
from hushdesk.incident.access._cover import exposures

__all__ = ["Access", "Kindred", "access", "exposures"]
