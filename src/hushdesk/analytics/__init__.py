"""Questions to a desk: the query language, search, facets, charts, reading, export."""

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
