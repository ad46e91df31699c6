"""The record's pages: who saw a case, what an account did, how many rows left the house."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hushdesk.access.witness import AccountDay, BookState, Left, RecordBook, ShownEntry, days_between
from hushdesk.errors import UsageError
from hushdesk.web._guard import identity_of
from hushdesk.web._render import Page, Renderer
from hushdesk.web._state import AddressError, SearchState

PAGE = 50
"""Entries on a page."""
HEIGHT = 72
"""Height of the plot in pixels."""
_MOST_BARS = 120
_LEAST_BARS = 31
"""A few days alone would be blocks and no bars."""
_MOST_LISTED = 200
_LONGEST = 100
_CASE_ID = re.compile(r"[0-9A-Za-z_-]{1,64}\Z")
_LATEST = 4_102_444_800
"""2100: a larger number is no time in seconds."""
_NUMBER = re.compile(r"[0-9]{1,15}\Z")


def add_routes(routes: FastAPI, book: RecordBook | None, renderer: Renderer) -> None:
    """Add the routes of this module; without a book there is nothing at their addresses."""

    def there() -> RecordBook:
        if book is None:
            raise HTTPException(404)
        return book

    # The twin is tried first: the decorator nearest to the function adds the first route.
    @routes.get("/record/exports", include_in_schema=False)
    @routes.get("/record/exports.json", summary="How many rows left the house")
    def exports(request: Request) -> Response:
        return renderer.answer(request, _exports(there(), request))

    @routes.get("/record/case/{case_id}", include_in_schema=False)
    @routes.get("/record/case/{case_id}.json", summary="Who saw one case")
    def case(request: Request, case_id: str) -> Response:
        if not _CASE_ID.match(case_id):
            raise HTTPException(404)
        return renderer.answer(request, _case(there(), request, case_id))

    @routes.get("/record/account/{name}", include_in_schema=False)
    @routes.get("/record/account/{name}.json", summary="What one account did")
    def account(request: Request, name: str) -> Response:
        return renderer.answer(request, _account(there(), request, name[:_LONGEST]))

    @routes.get("/record", include_in_schema=False)
    @routes.get("/record.json", summary="Who did what")
    def entries(request: Request) -> Response:
        return renderer.answer(request, _entries(there(), request))


def _entries(book: RecordBook, request: Request) -> Page:
    try:
        asked, start, end, before = _asked(request)
    except UsageError as error:
        return _wrong(error)
    state, found = book.entries(
        identity_of(request),
        account=asked["account"],
        event=asked["event"],
        start=start,
        end=end,
        before=before,
        most=PAGE + 1,
    )
    shown = found[:PAGE]
    older = _url("/record", {**asked, "before": str(shown[-1].number)}) if len(found) > PAGE else ""
    accounts, events = book.names()
    data = {"state": _state(state), "entries": shown, "older": _twin(older)}
    extra = {
        **_common(state),
        "asked": asked,
        "older": older,
        "error": None,
        "accounts": accounts[:_MOST_LISTED],
        "events": events,
    }
    return Page("record.html", data, extra)


def _wrong(error: UsageError) -> Page:
    told = {"problem": error.problem, "remedy": error.remedy}
    return Page("error.html", {"error": told}, {"title": "Not possible", **told}, 400)


def _case(book: RecordBook, request: Request, case: str) -> Page:
    before = _before(request)
    state, found, exports = book.case(identity_of(request), case, before=before, most=PAGE + 1)
    shown = found[:PAGE]
    older = (
        _url(f"/record/case/{quote(case)}", {"before": str(shown[-1].number)}) if len(found) > PAGE else ""
    )
    data = {"state": _state(state), "case": case, "entries": shown, "exports": exports, "older": _twin(older)}
    extra = {**_common(state), "older": older, "first": before is None}
    return Page("record_case.html", data, extra)


def _account(book: RecordBook, request: Request, name: str) -> Page:
    who = identity_of(request)
    state, days = book.account(who, name)
    chart = bars(
        [(day.day, day.cases, day.unusual) for day in days],
        lambda day: _url("/record", {"account": name, "from": day, "to": day}),
    )
    data = {"state": _state(state), "account": name, "days": days}
    return Page("record_account.html", data, {**_common(state), "chart": chart, "totals": _totals(days)})


def _exports(book: RecordBook, request: Request) -> Page:
    try:
        asked, start, end, _ = _asked(request)
    except UsageError as error:
        return _wrong(error)
    state, rows, left = book.exports(identity_of(request), start=start, end=end)
    days: list[Left] = left.get("day", [])
    chart = bars(
        [(day.name, day.cases + day.unknown, bool(day.unknown)) for day in days],
        lambda day: _url("/record/exports", {"from": day, "to": day}),
    )
    data = {
        "state": _state(state),
        "exports": rows[:_MOST_LISTED],
        "total": len(rows),
        "left": left,
        "cases": sum(row.cases or 0 for row in rows),
        "unknown": sum(row.hits for row in rows if row.cases is None),
    }
    return Page("record_exports.html", data, {**_common(state), "chart": chart, "asked": asked})


def bars(days: Sequence[tuple[str, int, bool]], url: Any) -> list[dict[str, Any]]:
    """One bar for each day, with days on which nothing was; the newest ones if there are too many.

    Args:
        days: Day, amount and whether it is to stand out.
        url: The address of a day.
    """
    if not days:
        return []
    known = {day: (amount, marked) for day, amount, marked in days}
    first = min(*known, _days_before(max(known), _LEAST_BARS - 1))
    line = days_between(max(first, _days_before(max(known), _MOST_BARS - 1)), max(known))
    most = max(amount for amount, _ in known.values()) or 1
    width = 100 / len(line)
    found = []
    for place, day in enumerate(line):
        amount, marked = known.get(day, (0, False))
        height = max(round(HEIGHT * amount / most, 1), 1.5) if amount else 0.0
        found.append(
            {
                "day": day,
                "amount": amount,
                "marked": marked,
                "x": round(place * width, 4),
                "width": round(width, 4),
                "y": round(HEIGHT - height, 1),
                "height": height,
                "url": url(day),
            }
        )
    return found


def _days_before(day: str, days: int) -> str:
    return f"{datetime.fromisoformat(day) - timedelta(days=days):%Y-%m-%d}"


def _totals(days: Sequence[AccountDay]) -> dict[str, int]:
    return {
        name: sum(getattr(day, name) for day in days) for name in ("searches", "views", "exports", "cases")
    }


def _state(state: BookState) -> dict[str, Any]:
    return {
        "whole": state.whole,
        "entries": state.entries,
        "problem": state.problem,
        "head": state.head.to_json() if state.head else None,
    }


def _common(state: BookState) -> dict[str, Any]:
    return {"head_at": state.head_at, "summary": summary, "height": HEIGHT, "quote": quote}


def summary(entry: ShownEntry) -> str:
    """What an entry says besides who, what and when, in one line."""
    skipped = {"role", "via", "question", "source", "seal", "by", "at"}
    parts = [
        name.replace("_", " ") if value is True else f"{name.replace('_', ' ')} {_plain(value, name)}"
        for name, value in entry.detail.items()
        if name not in skipped and value is not False and value not in ("", None, [], {})
    ]
    return ", ".join(parts)


def _plain(value: Any, name: str = "") -> str:
    if name.endswith("_at") and isinstance(value, int | float) and 0 < value < _LATEST:
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M} UTC"
    if isinstance(value, dict) and value.keys() == {"id", "name", "role"}:
        # An account, as it was called when it acted.
        return str(value["name"])
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    return str(value)


def _asked(request: Request) -> tuple[dict[str, str], datetime | None, datetime | None, int | None]:
    query = request.query_params
    asked = {name: query.get(name, "").strip()[:_LONGEST] for name in ("account", "event", "from", "to")}
    times = SearchState.parse([("from", asked["from"]), ("to", asked["to"])])
    start, end = times.bounds
    if start is not None and end is not None and start >= end:
        raise AddressError("to", "The last day comes after the first.")
    return asked, start, end, _before(request)


def _before(request: Request) -> int | None:
    text = request.query_params.get("before", "")
    return int(text) if _NUMBER.match(text) else None


def _url(path: str, asked: dict[str, str]) -> str:
    pairs = [(name, value) for name, value in asked.items() if value]
    return f"{path}?{urlencode(pairs, quote_via=quote)}" if pairs else path


def _twin(url: str) -> str | None:
    """The same address of the JSON twin."""
    path, mark, query = url.partition("?")
    return f"{path}.json{mark}{query}" if url else None
