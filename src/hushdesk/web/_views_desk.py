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

FIELD_BY_FIELD = (
    (
        "Subject, description, messages, notes, resolution, remarks",
        "sealed text, in which pseudonyms stand for people and their values; what redaction missed, see the bound above",
        "names, addresses, numbers and secrets that redaction found",
    ),
    (
        "Customer, agent, everybody else in the fields",
        "pseudonyms: that two cases have the same customer, and how many cases one has",
        "who they are; that takes the vault and its keys, which lie elsewhere",
    ),
    (
        "E-mail, telephone, account and contract numbers",
        "pseudonyms, the same in every case",
        "the values, or a way to test a guess",
    ),
    (
        "Names in a text, dates of birth, places, postal addresses",
        "pseudonyms that hold within one case",
        "the values, and whether two cases share one",
    ),
    ("Country and language", "two letters each, as the help desk had them", "anything finer"),
    ("Times", "when a case was opened, answered, changed and closed", "-"),
    (
        "Product, channel, status, priority, category, tags",
        "as the help desk had them, what is personal in them masked",
        "-",
    ),
    ("Case number", "as the help desk had it: whoever has its numbers can tell a case by it", "-"),
    ("Attachments", "names, redacted", "contents and links, which are never kept"),
    ("Fields that no mapping names", "their names", "their values, which are never kept"),
    (
        "Quarantine",
        "how many entries, when, why, how large",
        "what is in them; that takes the officer's passphrase",
    ),
    (
        "Allow and deny lists",
        "how many values, of which kind, when they were decided",
        "the values: they are hashes under a key that lies elsewhere",
    ),
    (
        "States of the guard",
        "addresses, ports and names of rules of the watched stores: how to get to them",
        "the templates and plans themselves, and secrets in them",
    ),
    ("Accounts", "names and roles of staff, argon2id hashes", "passwords, unless they are weak and guessed"),
)
"""What whoever copies the desk's folder learns, and what not."""

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

    @routes.get("/certificate", include_in_schema=False)
    @routes.get("/certificate.json", summary="What is certified of each load")
    def certificate(request: Request) -> Response:
        data = {"certificates": desk.certificates()}
        return renderer.answer(request, Page("certificate.html", data, {"fields": FIELD_BY_FIELD}))

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
