"""Reading evidence: the right parser for each file, its rows in bounded memory, an account of each record."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident.gather._gather import Gathered, gather
    from hushdesk.incident.gather._kept import Kept, Shelf, ident_of
    from hushdesk.incident.gather._registry import choose, head_of, installed, named
    from hushdesk.incident.gather._series import Series, gather_series
    from hushdesk.incident.gather._tables import by_hour
else:
    __getattr__ = late(
        __name__,
        {
            "_gather": "Gathered gather",
            "_kept": "Kept Shelf ident_of",
            "_registry": "choose head_of installed named",
            "_series": "Series gather_series",
            "_tables": "by_hour",
        },
    )

__all__ = [
    "Gathered",
    "Kept",
    "Series",
    "Shelf",
    "by_hour",
    "choose",
    "gather",
    "gather_series",
    "head_of",
    "ident_of",
    "installed",
    "named",
]
