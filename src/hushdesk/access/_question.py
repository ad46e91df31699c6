"""A question to a desk, as pages, API and command line ask it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Question:
    """One search."""

    query: str = ""
    """The query language as typed."""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Facet filters: field and the values of which one must match."""
    start: datetime | None = None
    """Opened at or after this time."""
    end: datetime | None = None
    """Opened before this time."""
    sort: str = "newest"
    """One of :data:`hushdesk.analytics.SORTS`."""
    page: int = 1
    page_size: int = 20
    facets: tuple[str, ...] = ()
    """Which facets to count, out of :data:`hushdesk.analytics.FACETS`."""
    histogram: bool = True
    """Whether to count bars."""
    aside: bool = False
    """Asked by a page on its own account, for the cases before and after one that is read."""
    reason: str = ""
    """Why somebody exports, in their own words."""
