"""Signing in with a provider of identities."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from hushdesk.access import ProviderError, SignInRefused
from hushdesk.web._sessions import asked_of, set_asked
from hushdesk.web._views_sign import FrontDoor, local_path

PATH = "/sign-in/provider"
"""Where the provider sends the browser back to; registered there as redirect URI, with scheme and host before it."""


def add_routes(routes: FastAPI, door: FrontDoor) -> None:
    """Add the routes of this module."""
    accounts, provider = door.accounts, door.provider

    def refused(request: Request, wanted: str, problem: str, status: int) -> Response:
        response = door.form(request, wanted, "", problem, status)
        set_asked(request, response, "")
        return response

    @routes.get("/sign-in/with", include_in_schema=False)
    def ask(request: Request) -> Response:
        if provider is None:
            raise HTTPException(404)
        wanted = local_path(request.query_params.get("next", "/"))
        if (wait := door.wait(request)) > 0:
            return door.slow_down(lambda problem, code: door.form(request, wanted, "", problem, code), wait)
        # The host is one of ours: the outermost layer lets no other through.
        back = f"{request.url.scheme}://{request.headers['host']}{PATH}"
        try:
            asked = provider.ask(back, wanted)
        except ProviderError as error:
            return refused(request, wanted, f"{error.problem} {error.remedy}", 502)
        response = RedirectResponse(asked.url, 303)
        set_asked(request, response, asked.cookie)
        return response

    @routes.get(PATH, include_in_schema=False)
    def answer(request: Request) -> Response:
        if provider is None:
            raise HTTPException(404)
        if (wait := door.wait(request)) > 0:
            return door.slow_down(lambda problem, code: refused(request, "/", problem, code), wait)
        try:
            vouched = provider.answer(asked_of(request), dict(request.query_params))
            session = accounts.sign_in_external(
                vouched.issuer, vouched.subject, name=vouched.name, role=vouched.role
            )
        except ProviderError as error:
            door.failed(request)
            return refused(request, "/", f"{error.problem} {error.remedy}", 502 if error.outage else 401)
        except SignInRefused:
            door.failed(request)
            return refused(request, "/", "This account is disabled on this desk.", 403)
        # A page and no redirect: a browser that comes from another site brings the new cookie only with the next step.
        page = door.renderer.html(request, "signed_in.html", {"next": local_path(vouched.wanted)})
        set_asked(request, page, "")
        return door.let_in(request, page, session)
