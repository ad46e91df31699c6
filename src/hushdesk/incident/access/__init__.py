"""Who came while it stood open: sessions and visitors with bounds, and what no log could have seen."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident.access._access import Access, Kindred, access
    from hushdesk.incident.access._cover import exposures
else:
    __getattr__ = late(
        __name__,
        {
            "_access": "Access Kindred access",
            "_cover": "exposures",
        },
    )

__all__ = ["Access", "Kindred", "access", "exposures"]
