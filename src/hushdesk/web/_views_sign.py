"""Signing in and out, and choosing a password."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import FastAPI, Form, Request
from starlette.responses import RedirectResponse, Response

from hushdesk.access import (
    Accounts,
    BreachedListError,
    NewSession,
    OidcClient,
    PasswordTooWeak,
    SecondFactorError,
    SecondStep,
    SignInRefused,
)
from hushdesk.web._guard import identify, identity_of
from hushdesk.web._limits import RateLimit
from hushdesk.web._render import Renderer
from hushdesk.web._sessions import (
    SignInForm,
    clear_session,
    ours,
    same_origin,
    session_secret,
    set_session,
    set_step,
    step_secret,
)
from hushdesk.web._settings import WebSettings

_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\]*\Z")
_LONGEST = 1_000
OLD_FORM = "This form was too old. Please try again."
_WRONG = "Account name or password is wrong."
_ENDED = (
    "Your session has ended. If you had just sent a form, nothing of it was done: sign in and send it again."
)
_WRONG_CODE = "This code is wrong, or was used already."


def local_path(text: str) -> str:
    """``text`` if it is a path on this desk, else the first page."""
    return text if len(text) <= 4_000 and _LOCAL_PATH.match(text) and not text.startswith("/sign-") else "/"


class FrontDoor:
    """What all ways to sign in share: the form, its token, the limit on guesses by address."""

    def __init__(
        self, accounts: Accounts, renderer: Renderer, settings: WebSettings, provider: OidcClient | None
    ) -> None:
        self.accounts = accounts
        self.renderer = renderer
        self.provider = provider
        self.sign_in_form = SignInForm()
        # Guesses at one name are slowed down by the accounts themselves; this stops one guess at many names.
        self._limit = RateLimit(settings.sign_in_window)
        self._tries = settings.sign_in_tries

    def genuine(self, request: Request, token: str) -> bool:
        """Whether a posted form is ours, and was shown to this browser."""
        return same_origin(request) and self.sign_in_form.check(request, token)

    def wait(self, request: Request) -> float:
        """Seconds until an address may try again."""
        return self._limit.wait([(_address(request), self._tries)])

    def failed(self, request: Request) -> None:
        """Note a failed try."""
        self._limit.fail([_address(request)])

    def form(
        self, request: Request, wanted: str, name: str = "", problem: str = "", status: int = 200
    ) -> Response:
        """The form for name and password."""
        with_provider = self.provider.settings.shown if self.provider is not None else ""
        values = {"next": wanted, "name": name, "problem": problem, "provider": with_provider}
        return self._answer(request, "sign_in.html", values, status)

    def code_form(self, request: Request, wanted: str, problem: str = "", status: int = 200) -> Response:
        """The form for the second factor."""
        return self._answer(request, "sign_in_code.html", {"next": wanted, "problem": problem}, status)

    def slow_down(self, response: Callable[[str, int], Response], wait: float) -> Response:
        """An answer that says how long to wait."""
        minutes = max(1, round(wait / 60))
        problem = f"Too many tries. Wait {minutes} minute{'s' if minutes > 1 else ''}, then try again."
        answer = response(problem, 429)
        answer.headers["retry-after"] = str(int(wait) + 1)
        return answer

    def let_in(self, request: Request, response: Response, session: NewSession) -> Response:
        """Hand out a new session; the one this browser had is over."""
        old = session_secret(request)
        if old:
            self.accounts.sessions.revoke(old)
        set_session(request, response, session.secret)
        if step_secret(request):
            set_step(request, response, "")
        return response

    def _answer(self, request: Request, template: str, values: dict[str, str], status: int) -> Response:
        token, fresh = self.sign_in_form.token(request)
        response = self.renderer.html(request, template, {**values, "token": token}, status)
        self.sign_in_form.hand_out(request, response, fresh)
        return response


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def add_routes(routes: FastAPI, door: FrontDoor, on_sign_out: Callable[[str], None]) -> None:
    """Add the routes of this module; ``on_sign_out`` is told the secret of a session that ends."""
    accounts, renderer = door.accounts, door.renderer

    @routes.get("/sign-in", include_in_schema=False)
    def show(request: Request) -> Response:
        wanted = local_path(request.query_params.get("next", "/"))
        if identify(request) is not None:
            return RedirectResponse(wanted, 303)
        if not session_secret(request):
            return door.form(request, wanted)
        # The browser shows a session that is none any more; it is told once.
        response = door.form(request, wanted, "", _ENDED)
        clear_session(request, response)
        return response

    @routes.post("/sign-in", include_in_schema=False)
    def sign_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
        wanted: Annotated[str, Form(alias="next")] = "/",
    ) -> Response:
        wanted, name = local_path(wanted), name.strip()[:200]

        def form(problem: str, status: int) -> Response:
            return door.form(request, wanted, name, problem, status)

        if not door.genuine(request, token):
            return form(OLD_FORM, 403)
        if (wait := door.wait(request)) > 0:
            return door.slow_down(form, wait)
        try:
            step = accounts.begin(name, password[:_LONGEST])
        except SignInRefused as error:
            door.failed(request)
            return door.slow_down(form, error.retry_after) if error.retry_after else form(_WRONG, 401)
        if isinstance(step, SecondStep):
            response = RedirectResponse("/sign-in/code" + _with(wanted), 303)
            set_step(request, response, step.secret)
            return response
        return door.let_in(request, RedirectResponse(wanted, 303), step)

    @routes.get("/sign-in/code", include_in_schema=False)
    def show_code(request: Request) -> Response:
        wanted = local_path(request.query_params.get("next", "/"))
        if not accounts.waits_for_code(step_secret(request)):
            return RedirectResponse("/sign-in" + _with(wanted), 303)
        return door.code_form(request, wanted)

    @routes.post("/sign-in/code", include_in_schema=False)
    def give_code(
        request: Request,
        code: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
        wanted: Annotated[str, Form(alias="next")] = "/",
    ) -> Response:
        wanted = local_path(wanted)

        def form(problem: str, status: int) -> Response:
            return door.code_form(request, wanted, problem, status)

        if not door.genuine(request, token):
            return form(OLD_FORM, 403)
        if (wait := door.wait(request)) > 0:
            return door.slow_down(form, wait)
        try:
            session = accounts.finish(step_secret(request), code)
        except SignInRefused as error:
            door.failed(request)
            return door.slow_down(form, error.retry_after) if error.retry_after else form(_WRONG_CODE, 401)
        except SecondFactorError as error:
            return form(f"{error.problem} {error.remedy}", 409)
        except LookupError:
            response = door.form(request, wanted, "", "Please give your password again.", 401)
            set_step(request, response, "")
            return response
        return door.let_in(request, RedirectResponse(wanted, 303), session)

    @routes.post("/sign-out", include_in_schema=False)
    def sign_out(request: Request, token: Annotated[str, Form()] = "") -> Response:
        if not ours(accounts, request, token):
            values = {"title": "Form too old", "problem": OLD_FORM, "remedy": ""}
            return renderer.html(request, "error.html", values, 403)
        on_sign_out(session_secret(request))
        accounts.sessions.revoke(session_secret(request))
        response = RedirectResponse("/sign-in", 303)
        clear_session(request, response)
        # Whatever a browser has kept of the pages goes with the session.
        response.headers["clear-site-data"] = '"cache", "cookies", "storage"'
        return response

    def password_form(request: Request, problem: str, status: int) -> Response:
        identity = identity_of(request)
        values = {
            "problem": problem,
            "first": identity.must_change_password,
            "external": identity.account is not None and identity.account.external,
        }
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
            return password_form(request, OLD_FORM, 403)
        if new != again:
            return password_form(request, "The two new passwords differ.", 400)
        if max(len(old), len(new)) > _LONGEST:
            return password_form(request, f"A password has at most {_LONGEST} characters.", 400)
        secret = session_secret(request)
        try:
            accounts.change_password(account.id, old, new, keep_session=secret)
        except SignInRefused as error:
            wait = f" Wait {error.retry_after} seconds, then try again." if error.retry_after else ""
            return password_form(request, "The present password is wrong." + wait, 401)
        except (BreachedListError, PasswordTooWeak) as error:
            return password_form(request, f"{error.problem} {error.remedy}", 400)
        response = RedirectResponse("/", 303)
        renewed = accounts.sessions.renew(secret)
        if renewed is not None:
            on_sign_out(secret)
            set_session(request, response, renewed.secret)
        return response


def _with(wanted: str) -> str:
    return "" if wanted == "/" else f"?next={quote(wanted, safe='/')}"
