"""Searching and reading cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Annotated

from fastapi import Depends, FastAPI, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from hushdesk.access import Permission, TooManyNarrow
from hushdesk.analytics import CaseView, Facet, Hit, QueryError, Withheld
from hushdesk.errors import HushdeskError, UsageError
from hushdesk.web import _csv
from hushdesk.web._chart import HEIGHT, chart
from hushdesk.web._guard import identity_of
from hushdesk.web._ports import DeskPort
from hushdesk.web._render import Page, Renderer, json_answer
from hushdesk.web._state import MAX_PAGE, PAGE_SIZE, SORTS, SearchState, parse_position

_MOST_REASON = 200
"""Characters of the reason for an export."""
_CASE_ID = re.compile(r"[0-9A-Za-z_-]{1,64}\Z")
FACET_NAMES = {
    "product": "Product",
    "channel": "Channel",
    "language": "Language",
    "status": "Status",
    "priority": "Priority",
    "country": "Country",
    "source": "Source",
    "category": "Category",
    "tag": "Tag",
    "kind": "Personal data",
}

_LANGUAGES = dict(
    pair.split("=")
    for pair in [
        "ar=Arabic",
        "bg=Bulgarian",
        "bn=Bengali",
        "ca=Catalan",
        "cs=Czech",
        "da=Danish",
        "de=German",
        "el=Greek",
        "en=English",
        "es=Spanish",
        "et=Estonian",
        "fa=Persian",
        "fi=Finnish",
        "fr=French",
        "he=Hebrew",
        "hi=Hindi",
        "hr=Croatian",
        "hu=Hungarian",
        "id=Indonesian",
        "it=Italian",
        "ja=Japanese",
        "ko=Korean",
        "lt=Lithuanian",
        "lv=Latvian",
        "ms=Malay",
        "nb=Norwegian",
        "nl=Dutch",
        "no=Norwegian",
        "pl=Polish",
        "pt=Portuguese",
        "ro=Romanian",
        "ru=Russian",
        "sk=Slovak",
        "sl=Slovenian",
        "sr=Serbian",
        "sv=Swedish",
        "ta=Tamil",
        "te=Telugu",
        "th=Thai",
        "tr=Turkish",
        "uk=Ukrainian",
        "ur=Urdu",
        "vi=Vietnamese",
        "zh=Chinese",
    ]
)


@dataclass(frozen=True, slots=True)
class FacetLink:
    """One facet value as the page shows it."""

    value: str
    label: str
    count: int | None
    """None if it is hidden."""
    selected: bool
    share: float
    """Width of its bar in per cent."""
    url: str


@dataclass(frozen=True, slots=True)
class FacetList:
    """One facet as the page shows it."""

    field: str
    name: str
    links: tuple[FacetLink, ...]
    more: bool
    timed_out: bool
    hidden: bool = False
    """Whether values are left out that are about too few persons."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter in force, with the address that takes it away."""

    name: str
    label: str
    url: str


def _document(
    q: Annotated[str, Query(description="Query; see /help for the language.")] = "",
    start: Annotated[str, Query(alias="from", description="First year, month or day, inclusive.")] = "",
    end: Annotated[str, Query(alias="to", description="Last year, month or day, inclusive.")] = "",
    sort: Annotated[str, Query(description=f"One of: {', '.join(SORTS)}.")] = "",
    page: Annotated[str, Query(description="Page number, from 1.")] = "",
    product: Annotated[
        list[str] | None, Query(alias="f.product", description="Likewise f.<any facet>; repeatable.")
    ] = None,
) -> None:
    """Describes the address keys in the OpenAPI document; the values are read by SearchState."""


def add_routes(routes: FastAPI, desk: DeskPort, renderer: Renderer) -> None:
    """Add the routes of this module."""
    described = [Depends(_document)]

    @routes.get("/cases", include_in_schema=False)
    @routes.get("/cases.json", dependencies=described, summary="Search cases")
    def search(request: Request) -> Response:
        return renderer.answer(request, _search(desk, request))

    @routes.get("/cases.csv", dependencies=described, summary="Export every case that a search finds")
    def export(request: Request) -> Response:
        return _export(desk, request)

    # The twin is tried first: the decorator nearest to the function adds the first route.
    @routes.get("/cases/{case_id}", include_in_schema=False)
    @routes.get("/cases/{case_id}.json", summary="Read one case")
    def read(request: Request, case_id: str) -> Response:
        return renderer.answer(request, _read(desk, request, case_id))


def _search(desk: DeskPort, request: Request) -> Page:
    state = SearchState()
    try:
        state = SearchState.parse(request.query_params.multi_items())
        found = desk.search(identity_of(request), state.question())
    except UsageError as error:
        return _wrong(request, state, error)
    except (TooManyNarrow, Withheld) as error:
        return _wrong(request, state, error, 403 if isinstance(error, Withheld) else 429)
    pages = max(1, min(MAX_PAGE, -(-found.total // found.page_size)))
    if not identity_of(request).may(Permission.CASES_SEARCH):
        pages = 1
    first = (found.page - 1) * found.page_size + 1
    extra = {
        "state": state,
        "error": None,
        "rows": [
            {"hit": hit, "position": first + place, "url": state.case_url(hit.case_id, first + place)}
            for place, hit in enumerate(found.hits)
        ],
        "first": first,
        "last": first + len(found.hits) - 1,
        "pages": pages,
        "chart": chart(found.histogram, state),
        "chart_height": HEIGHT,
        "facet_lists": [_facet(facet, state) for facet in found.facets if _telling(facet)],
        "chosen": _chosen(state),
        "sorts": SORTS,
        "rows_shown": identity_of(request).may(Permission.CASES_SEARCH),
    }
    data = {
        "found": found,
        "links": {
            "page": state.url(),
            "csv": state.url("/cases.csv", paged=False),
            "previous": state.on(state.page - 1).url("/cases.json") if state.page > 1 else None,
            "next": state.on(state.page + 1).url("/cases.json") if state.page < pages else None,
        },
    }
    return Page("cases.html", data, extra)


def _wrong(request: Request, state: SearchState, error: HushdeskError, status: int = 400) -> Page:
    """The page for a question that cannot be answered; the query stays in the bar to be mended."""
    problem, remedy = error.problem, error.remedy
    position = error.position if isinstance(error, QueryError) else None
    query = request.query_params.get("q", "")
    point = None
    if position is not None:
        at = min(max(position, 0), len(query))
        point = {"before": query[:at], "at": query[at : at + 1], "after": query[at + 1 :], "number": at + 1}
    data = {"error": {"problem": problem, "remedy": remedy, "position": position}}
    shown = SearchState(q=query) if state == SearchState() else state
    extra = {
        "state": shown,
        "point": point,
        "found": None,
        "chosen": _chosen(shown),
        "chart": None,
        "facet_lists": [],
    }
    return Page("cases.html", data, extra, status)


def _telling(facet: Facet) -> bool:
    """False for a facet that says nothing: no values, or none given in any case."""
    return facet.timed_out or facet.hidden or any(each.value or each.selected for each in facet.values)


def _facet(facet: Facet, state: SearchState) -> FacetList:
    most = max((value.count or 0 for value in facet.values), default=0) or 1
    return FacetList(
        facet.field,
        FACET_NAMES.get(facet.field, facet.field.replace("_", " ").capitalize()),
        tuple(
            FacetLink(
                each.value,
                _value_label(facet.field, each.value),
                each.count,
                each.selected or each.value in state.values(facet.field),
                round(100 * (each.count or 0) / most, 2),
                state.toggled(facet.field, each.value).url(),
            )
            for each in facet.values
        ),
        facet.more,
        facet.timed_out,
        facet.hidden,
    )


def _value_label(field: str, value: str) -> str:
    if not value:
        return "not given"
    name = _LANGUAGES.get(value) if field == "language" else None
    return f"{name} ({value})" if name else value


def _chosen(state: SearchState) -> list[Chosen]:
    chosen = [
        Chosen(FACET_NAMES.get(field, field), _value_label(field, value), state.toggled(field, value).url())
        for field, values in state.filters
        for value in values
    ]
    if state.start or state.end:
        label = state.start if state.start == state.end else f"{state.start or '…'} to {state.end or '…'}"
        chosen.append(Chosen("Opened", label, state.within("", "").url()))
    return chosen


def _read(desk: DeskPort, request: Request, case_id: str) -> Page:
    case = desk.read(identity_of(request), case_id) if _CASE_ID.match(case_id) else None
    if case is None:
        raise HTTPException(404)
    state, position = SearchState(), None
    try:
        state = SearchState.parse(request.query_params.multi_items())
        position = parse_position(request.query_params.get("at", ""))
        around = _neighbours(desk, request, state, position, case.case_id)
    except UsageError:
        state, position, around = SearchState(), None, (None, None)
    back = state.on(-(-position // PAGE_SIZE)) if position else state
    extra = {
        "state": state,
        "position": position,
        "previous": around[0],
        "next": around[1],
        "back": back.url(),
        "timeline": _timeline(case),
    }
    return Page("case.html", {"case": case}, extra)


def _neighbours(
    desk: DeskPort, request: Request, state: SearchState, position: int | None, case_id: str
) -> tuple[str | None, str | None]:
    """Addresses of the cases before and after this one in the list it was opened from."""
    if position is None or not identity_of(request).may(Permission.CASES_SEARCH):
        return None, None
    first = max(1, position - 1)
    rows: list[tuple[int, Hit]] = []
    for page in {-(-first // PAGE_SIZE), -(-(position + 1) // PAGE_SIZE)}:
        asked = replace(state.on(page).question(facets=False), aside=True)
        rows += enumerate(desk.search(identity_of(request), asked).hits, start=(page - 1) * PAGE_SIZE + 1)
    places = {place: hit.case_id for place, hit in rows}
    if places.get(position) != case_id:
        # The list has changed since it was opened: better no way than a wrong one.
        return None, None
    before, after = places.get(position - 1), places.get(position + 1)
    return (
        state.case_url(before, position - 1) if before else None,
        state.case_url(after, position + 1) if after else None,
    )


def _timeline(case: CaseView) -> list[tuple[str, datetime | None]]:
    steps = [
        ("Opened", case.opened_at),
        ("First reply", case.first_reply_at),
        ("Closed", case.closed_at),
        ("Last change", case.updated_at),
    ]
    return [(name, at) for name, at in steps if at is not None]


def _export(desk: DeskPort, request: Request) -> Response:
    try:
        state = SearchState.parse(request.query_params.multi_items())
        reason = " ".join(request.query_params.get("reason", "").split())[:_MOST_REASON]
        cases = desk.export(identity_of(request), replace(state.question(facets=False), reason=reason))
        # A wrong query must show now, not after the answer has begun.
        head: list[CaseView] = []
        for case in cases:
            head.append(case)
            break
    except UsageError as error:
        # For a program or a download: a page would be taken for the table.
        return json_answer(_wrong(request, SearchState(), error).data, 400)

    def rest() -> Iterator[CaseView]:
        yield from chain(head, cases)

    name = f"hushdesk-cases-{datetime.now(UTC):%Y%m%d-%H%M%S}.csv"
    return StreamingResponse(
        _csv.stream(rest()),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
