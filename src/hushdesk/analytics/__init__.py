"""Questions to a desk: the query language, search, facets, charts, reading, export."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.analytics._analytics import Analytics
    from hushdesk.analytics._apart import Asked
    from hushdesk.analytics._columns import EXPORTED
    from hushdesk.analytics._compile import Condition, compile_query
    from hushdesk.analytics._errors import QueryError
    from hushdesk.analytics._fields import DEFAULT_FACETS, FACETS, FIELDS, Field, Takes
    from hushdesk.analytics._holds import held_by
    from hushdesk.analytics._open import EVERYTHING, OpenDesk, open_desk, within
    from hushdesk.analytics._overview import Overview
    from hushdesk.analytics._results import (
        Bar,
        CaseView,
        Facet,
        FacetValue,
        Histogram,
        Hit,
        MessageView,
        SearchPage,
    )
    from hushdesk.analytics._scope import Scope
    from hushdesk.analytics._search import SORTS
    from hushdesk.analytics._small import Withheld
    from hushdesk.store import QueryTooHeavyError
else:
    __getattr__ = late(
        __name__,
        {
            "_analytics": "Analytics",
            "_apart": "Asked",
            "_columns": "EXPORTED",
            "_compile": "Condition compile_query",
            "_errors": "QueryError",
            "_fields": "DEFAULT_FACETS FACETS FIELDS Field Takes",
            "_holds": "held_by",
            "_open": "EVERYTHING OpenDesk open_desk within",
            "_overview": "Overview",
            "_results": "Bar CaseView Facet FacetValue Histogram Hit MessageView SearchPage",
            "_scope": "Scope",
            "_search": "SORTS",
            "_small": "Withheld",
            "hushdesk.store": "QueryTooHeavyError",
        },
    )

__all__ = [
    "DEFAULT_FACETS",
    "EVERYTHING",
    "EXPORTED",
    "FACETS",
    "FIELDS",
    "SORTS",
    "Analytics",
    "Asked",
    "Bar",
    "CaseView",
    "Condition",
    "Facet",
    "FacetValue",
    "Field",
    "Histogram",
    "Hit",
    "MessageView",
    "OpenDesk",
    "Overview",
    "QueryError",
    "QueryTooHeavyError",
    "Scope",
    "SearchPage",
    "Takes",
    "Withheld",
    "compile_query",
    "held_by",
    "open_desk",
    "within",
]
