"""Signing in and out."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import FastAPI, Form, Request
from starlette.responses import RedirectResponse, Response

from hushdesk.web._guard import identify
from hushdesk.web._limits import RateLimit
from hushdesk.web._ports import AccountsPort
from hushdesk.web._render import Renderer
from hushdesk.web._sessions import Csrf, clear_session, session_token, set_form_cookie, set_session
from hushdesk.web._settings import WebSettings

_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\]*\Z")


def local_path(text: str) -> str:
    """``text`` if it is a path on this desk, else the first page."""
    return text if len(text) <= 4_000 and _LOCAL_PATH.match(text) and not text.startswith("/sign-") else "/"


def add_routes(
    routes: FastAPI, accounts: AccountsPort, renderer: Renderer, csrf: Csrf, settings: WebSettings
) -> None:
    """Add the routes of this module."""
    limit = RateLimit(settings.sign_in_window)

    def form(request: Request, wanted: str, name: str, problem: str, status: int) -> Response:
        fresh: list[str] = []
        values = {"token": csrf.for_form(request, fresh), "next": wanted, "name": name, "problem": problem}
        response = renderer.html(request, "sign_in.html", values, status)
        for seed in fresh:
            set_form_cookie(request, response, seed)
        return response

    @routes.get("/sign-in", include_in_schema=False)
    def show(request: Request) -> Response:
        wanted = local_path(request.query_params.get("next", "/"))
        if identify(request) is not None:
            return RedirectResponse(wanted, 303)
        return form(request, wanted, "", "", 200)

    @routes.post("/sign-in", include_in_schema=False)
    def sign_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
        wanted: Annotated[str, Form(alias="next")] = "/",
    ) -> Response:
        wanted, name = local_path(wanted), name.strip()[:200]
        if not csrf.check_form(request, token):
            return form(request, wanted, name, "This form was too old. Please try again.", 403)
        address = request.client.host if request.client else ""
        keys = (f"name {name.casefold()}", f"address {address}")
        limits = zip(keys, (settings.sign_in_tries, 3 * settings.sign_in_tries), strict=True)
        wait = limit.wait(limits)
        if wait > 0:
            minutes = max(1, round(wait / 60))
            problem = f"Too many tries. Wait {minutes} minute{'s' if minutes > 1 else ''}, then try again."
            response = form(request, wanted, name, problem, 429)
            response.headers["retry-after"] = str(int(wait) + 1)
            return response
        session = accounts.sign_in(name, password) if name and 0 < len(password) <= 1_000 else None
        if session is None:
            limit.fail(keys)
            return form(request, wanted, name, "Account name or password is wrong.", 401)
        limit.clear(keys[0])
        old = session_token(request)
        if old:
            accounts.sign_out(old)
        response = RedirectResponse(wanted, 303)
        set_session(request, response, session)
        return response

    @routes.post("/sign-out", include_in_schema=False)
    def sign_out(request: Request, token: Annotated[str, Form()] = "") -> Response:
        if not csrf.check_session(request, token):
            return renderer.html(
                request,
                "error.html",
                {
                    "title": "Form too old",
                    "problem": "This form was too old.",
                    "remedy": "Go back and try again.",
                },
                403,
            )
        accounts.sign_out(session_token(request))
        response = RedirectResponse("/sign-in", 303)
        clear_session(request, response)
        return response
