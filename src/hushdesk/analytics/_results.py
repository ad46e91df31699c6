"""What questions to a desk come back with; pages, API and command line show the same values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of a result list."""

    case_id: str
    number: str
    opened_at: datetime | None
    source: str
    product: str
    channel: str
    language: str
    status: str
    priority: str
    country: str
    customer: str
    subject: str
    snippet: str
    """Up to 240 characters of sealed text around the first match, or the start of the description."""
    messages: int


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet with its count under every filter but the facet's own."""

    value: str
    count: int | None
    """None if it is hidden, being about too few persons; such a value is listed only if it is selected."""
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """Counts by value of one field."""

    field: str
    values: tuple[FacetValue, ...]
    more: bool
    """True if there are values beyond those listed."""
    timed_out: bool = False
    """True if counting took too long; nothing is listed then, rather than something wrong."""
    hidden: bool = False
    """True if values are hidden that are about too few persons, or that would give those away."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the histogram: cases opened in [start, end)."""

    start: datetime
    end: datetime
    count: int
    hidden: bool = False
    """True if its count is not shown; 0 stands there then."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Cases over time. ``grain`` is year, quarter, month, week or day."""

    grain: str
    bars: tuple[Bar, ...]
    undated: int = 0
    """Cases without any known time; they are in no bar."""
    undated_hidden: bool = False
    """True if their number is not shown; 0 stands there then."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The answer to one search."""

    query: str
    total: int
    hits: tuple[Hit, ...]
    page: int
    page_size: int
    facets: tuple[Facet, ...]
    histogram: Histogram | None
    took_ms: float
    data_until: datetime | None
    """The newest ``opened_at`` in the store."""
    terms: tuple[str, ...] = ()
    """Words and phrases that were searched for, for marking them in what is shown."""
    sort: str = "newest"
    few: bool = False
    """True if all of it is about so few persons that counts would be hidden if the rows did not stand there."""
    rounded_to: int = 1
    """Counts are rounded, up or down, to a multiple of this."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message of a case as shown."""

    text: str
    visibility: str
    at: datetime | None
    role: str
    author: str
    attachments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """One sealed case as shown. Internal parts are empty where the reader may not see them."""

    case_id: str
    source: str
    number: str
    opened_at: datetime | None
    updated_at: datetime | None
    closed_at: datetime | None
    first_reply_at: datetime | None
    subject: str
    description: str
    resolution: str
    remarks: str
    notes: tuple[str, ...]
    messages: tuple[MessageView, ...]
    customer: str
    agent: str
    people: tuple[str, ...]
    tokens: tuple[str, ...]
    kinds: tuple[str, ...]
    country: str
    product: str
    channel: str
    language: str
    status: str
    priority: str
    category: str
    tags: tuple[str, ...]
    contract: str
    attachments: tuple[str, ...]
    internal_hidden: int
    """How many internal texts were left out for this reader."""
