"""Loads, status and help."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from hushdesk.access import Permission
from hushdesk.analytics import FIELDS, SORTS
from hushdesk.web._guard import identity_of
from hushdesk.web._ports import DeskPort, LoadReportView
from hushdesk.web._render import Page, Renderer, json_answer

_FIRST_PAGES = (
    (Permission.CASES_SEARCH, "/cases"),
    (Permission.LOADS_READ, "/loads"),
    (Permission.DESK_STATUS, "/status"),
)


def add_routes(routes: FastAPI, desk: DeskPort, renderer: Renderer) -> None:
    """Add the routes of this module."""

    @routes.get("/", include_in_schema=False)
    def first(request: Request) -> Response:
        identity = identity_of(request)
        path = next((path for needed, path in _FIRST_PAGES if identity.may(needed)), "/help")
        return RedirectResponse(path, 303)

    @routes.get("/loads", include_in_schema=False)
    @routes.get("/loads.json", summary="List loads")
    def loads(request: Request) -> Response:
        return renderer.answer(request, Page("loads.html", {"loads": desk.loads()}))

    # The twin is tried first: the decorator nearest to the function adds the first route.
    @routes.get("/loads/{load_id}", include_in_schema=False)
    @routes.get("/loads/{load_id}.json", summary="Report of one load")
    def load(request: Request, load_id: str) -> Response:
        report = (
            desk.load_report(int(load_id))
            if load_id.isascii() and load_id.isdigit() and len(load_id) < 10
            else None
        )
        if report is None:
            raise HTTPException(404)
        data = {"report": report, "balanced": report.balanced}
        return renderer.answer(request, Page("load.html", data, {"parts": _parts(report)}))

    @routes.get("/status", include_in_schema=False)
    @routes.get("/status.json", summary="What the desk holds")
    def status(request: Request) -> Response:
        return renderer.answer(request, Page("status.html", {"status": desk.status()}))

    @routes.get("/help", include_in_schema=False)
    def help_page(request: Request) -> Response:
        return renderer.html(request, "help.html", {"fields": list(FIELDS.values()), "sorts": tuple(SORTS)})

    @routes.get("/health", include_in_schema=False)
    def health() -> Response:
        return json_answer({"ok": True})


def _parts(report: LoadReportView) -> list[dict[str, object]]:
    """Where each case that came in went, as shares for the bar at the top of the report."""
    total = report.cases_in or 1
    parts: list[dict[str, object]] = []
    x = 0.0
    for name, count, css in (
        ("stored", report.stored, "good"),
        ("unchanged", report.unchanged, "same"),
        ("refused", report.refused, "bad"),
        ("quarantined", report.quarantined, "warn"),
    ):
        width = 100 * count / total
        parts.append({"name": name, "count": count, "css": css, "x": round(x, 3), "width": round(width, 3)})
        x += width
    return parts
