"""Signing in and out, and choosing a password."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Form, Request
from starlette.responses import RedirectResponse, Response

from hushdesk.access import Accounts, PasswordTooWeak, SignInRefused
from hushdesk.web._guard import identify, identity_of
from hushdesk.web._limits import RateLimit
from hushdesk.web._render import Renderer
from hushdesk.web._sessions import SignInForm, clear_session, ours, same_origin, session_secret, set_session
from hushdesk.web._settings import WebSettings

_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\]*\Z")
_LONGEST = 1_000
_OLD_FORM = "This form was too old. Please try again."


def local_path(text: str) -> str:
    """``text`` if it is a path on this desk, else the first page."""
    return text if len(text) <= 4_000 and _LOCAL_PATH.match(text) and not text.startswith("/sign-") else "/"


def add_routes(
    routes: FastAPI,
    accounts: Accounts,
    renderer: Renderer,
    settings: WebSettings,
    on_sign_out: Callable[[str], None],
) -> None:
    """Add the routes of this module; ``on_sign_out`` is told the secret of a session that ends."""
    sign_in_form = SignInForm()
    # Guesses at one name are slowed down by the accounts themselves; this stops one guess at many names.
    limit = RateLimit(settings.sign_in_window)

    def form(request: Request, wanted: str, name: str, problem: str, status: int) -> Response:
        token, fresh = sign_in_form.token(request)
        values = {"token": token, "next": wanted, "name": name, "problem": problem}
        response = renderer.html(request, "sign_in.html", values, status)
        sign_in_form.hand_out(request, response, fresh)
        return response

    def slow_down(request: Request, wanted: str, name: str, wait: float) -> Response:
        minutes = max(1, round(wait / 60))
        problem = f"Too many tries. Wait {minutes} minute{'s' if minutes > 1 else ''}, then try again."
        response = form(request, wanted, name, problem, 429)
        response.headers["retry-after"] = str(int(wait) + 1)
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
        if not same_origin(request) or not sign_in_form.check(request, token):
            return form(request, wanted, name, _OLD_FORM, 403)
        address = request.client.host if request.client else ""
        wait = limit.wait([(address, settings.sign_in_tries)])
        if wait > 0:
            return slow_down(request, wanted, name, wait)
        try:
            account = accounts.verify(name, password[:_LONGEST])
            session = accounts.sessions.create(account.id)
        except (SignInRefused, LookupError) as error:
            limit.fail([address])
            wait = error.retry_after if isinstance(error, SignInRefused) else 0
            if wait:
                return slow_down(request, wanted, name, wait)
            return form(request, wanted, name, "Account name or password is wrong.", 401)
        old = session_secret(request)
        if old:
            accounts.sessions.revoke(old)
        response = RedirectResponse(wanted, 303)
        set_session(request, response, session.secret)
        return response

    @routes.post("/sign-out", include_in_schema=False)
    def sign_out(request: Request, token: Annotated[str, Form()] = "") -> Response:
        if not ours(accounts, request, token):
            values = {"title": "Form too old", "problem": _OLD_FORM, "remedy": ""}
            return renderer.html(request, "error.html", values, 403)
        on_sign_out(session_secret(request))
        accounts.sessions.revoke(session_secret(request))
        response = RedirectResponse("/sign-in", 303)
        clear_session(request, response)
        # Whatever a browser has kept of the pages goes with the session.
        response.headers["clear-site-data"] = '"cache", "cookies", "storage"'
        return response

    def password_form(request: Request, problem: str, status: int) -> Response:
        values = {"problem": problem, "first": identity_of(request).must_change_password}
        return renderer.html(request, "password.html", values, status)

    @routes.get("/password", include_in_schema=False)
    def show_password(request: Request) -> Response:
        return password_form(request, "", 200)

    @routes.post("/password", include_in_schema=False)
    def change_password(
        request: Request,
        old: Annotated[str, Form()] = "",
        new: Annotated[str, Form()] = "",
        again: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        account = identity_of(request).account
        if account is None or not ours(accounts, request, token):
            return password_form(request, _OLD_FORM, 403)
        if new != again:
            return password_form(request, "The two new passwords differ.", 400)
        if max(len(old), len(new)) > _LONGEST:
            return password_form(request, f"A password has at most {_LONGEST} characters.", 400)
        try:
            accounts.change_password(account.id, old, new, keep_session=session_secret(request))
        except SignInRefused as error:
            wait = f" Wait {error.retry_after} seconds, then try again." if error.retry_after else ""
            return password_form(request, "The present password is wrong." + wait, 401)
        except PasswordTooWeak as error:
            return password_form(request, f"{error.problem} {error.remedy}", 400)
        return RedirectResponse("/", 303)
