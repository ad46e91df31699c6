"""The pages of incidents: all of them, one with its timeline, and the verdict on one address."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import FastAPI, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from hushdesk.access import Accounts
from hushdesk.incident.errors import IncidentError, UnknownIncidentError
from hushdesk.web import _incident_values as values
from hushdesk.web._guard import identity_of
from hushdesk.web._incidents import Incidents
from hushdesk.web._render import Page, Renderer
from hushdesk.web._sessions import ours
from hushdesk.web._timeline import span_of, timeline

VERSION: Final = 1
_MOST_INCIDENTS: Final = 200
_LONGEST: Final = 63
"""Of an incident's name, and of an address."""
_OLD_FORM: Final = "This form was too old. Please try again."
_NO_ADDRESS: Final = "This is no address; write one such as 198.51.100.7 or 2001:db8::7."


def add_routes(routes: FastAPI, incidents: Incidents | None, accounts: Accounts, renderer: Renderer) -> None:
    """Add the routes of this module; without incidents the list is empty."""

    def known(ident: str) -> Incidents:
        if incidents is None or len(ident) > _LONGEST:
            raise HTTPException(404)
        return incidents

    def one(request: Request, ident: str, problem: str = "", status: int = 200) -> Response:
        found, who = known(ident), identity_of(request).name
        try:
            answer, documents = found.kept(ident, who), found.documents(ident, who)
            told = (
                answer["incident"]
                if answer
                else next(each for each in found.list(who) if each["ident"] == ident)
            )
        except UnknownIncidentError:
            raise HTTPException(404) from None
        except IncidentError as error:
            return renderer.answer(request, _unreadable(ident, error))
        work = found.work(ident)
        data = {
            "version": VERSION,
            "incident": told,
            "answer": answer,
            "work": work,
            "documents": [
                {name: each.get(name) for name in ("phase", "dated", "language", "title", "missing")}
                for each in documents
            ],
        }
        extra = {"problem": problem, "values": values, **(_shown(answer, documents) if answer else {})}
        return renderer.answer(request, Page("incident.html", data, extra, status))

    # The twin is tried first: the decorator nearest to the function adds the first route.
    @routes.get("/incident", include_in_schema=False)
    @routes.get("/incident.json", summary="List incidents")
    def show_list(request: Request) -> Response:
        who = identity_of(request).name
        every = incidents.list(who) if incidents is not None else []
        rows = [
            {**told, "work": incidents.work(told["ident"])} for told in every[:_MOST_INCIDENTS] if incidents
        ]
        data = {"version": VERSION, "incidents": rows}
        extra = {"hidden": len(every) - len(rows), "values": values}
        return renderer.answer(request, Page("incidents.html", data, extra))

    @routes.get("/incident/{ident}", include_in_schema=False)
    @routes.get("/incident/{ident}.json", summary="One incident: the answer that was worked out last")
    def show(request: Request, ident: str) -> Response:
        return one(request, ident)

    @routes.post("/incident/{ident}/anew", include_in_schema=False)
    def anew(request: Request, ident: str, token: Annotated[str, Form()] = "") -> Response:
        found = known(ident)
        if not ours(accounts, request, token):
            return one(request, ident, _OLD_FORM, 403)
        try:
            found.begin(ident, identity_of(request).name)
        except UnknownIncidentError:
            raise HTTPException(404) from None
        return RedirectResponse(f"/incident/{ident}", 303)

    @routes.get("/incident/{ident}/visitor/{address}", include_in_schema=False)
    @routes.get("/incident/{ident}/visitor/{address}.json", summary="The verdict on one address")
    def visitor(request: Request, ident: str, address: str) -> Response:
        return about(request, ident, address)

    @routes.get("/incident/{ident}/visitor", include_in_schema=False)
    def ask(request: Request, ident: str) -> Response:
        return about(request, ident, request.query_params.get("address", "").strip())

    def about(request: Request, ident: str, address: str) -> Response:
        found, who = known(ident), identity_of(request).name
        asked = address[:_LONGEST]
        verdict: dict[str, Any] | None = None
        problem = ""
        try:
            verdict = found.about(ident, asked, who)
        except UnknownIncidentError:
            raise HTTPException(404) from None
        except IncidentError:
            problem = _NO_ADDRESS
        data = {"version": VERSION, "ident": ident, "asked": asked, "verdict": verdict}
        if problem:
            data["error"] = {"problem": problem, "remedy": ""}
        extra = {"problem": problem, "values": values, "span_of": span_of}
        return renderer.answer(request, Page("incident_visitor.html", data, extra, 400 if problem else 200))


def _shown(answer: dict[str, Any], documents: list[dict[str, Any]]) -> dict[str, Any]:
    """What only the page needs."""
    return {
        "tiles": values.tiles(answer),
        "timeline": timeline(answer),
        "duties": values.duties(answer),
        "groups": values.groups(answer),
        "letters": values.letters(answer["letters"]),
        "papers": values.documents(documents),
        "most": values.MOST_LISTED,
        "span_of": span_of,
    }


def _unreadable(ident: str, error: IncidentError) -> Page:
    data = {"error": {"problem": error.problem, "remedy": error.remedy}, "ident": ident}
    return Page(
        "error.html", data, {"title": "Not readable", "problem": error.problem, "remedy": error.remedy}, 409
    )
