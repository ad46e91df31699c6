"""Setting up one's second factor, making recovery codes anew, removing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import segno
from fastapi import FastAPI, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from hushdesk.access import Account, Accounts, NewSession, SecondFactorError, SignInRefused
from hushdesk.web._guard import identity_of
from hushdesk.web._render import Renderer
from hushdesk.web._sessions import ours, session_secret, set_session
from hushdesk.web._views_sign import OLD_FORM

_WRONG = "This code is wrong, or was used already."
Step = Callable[[Account], Response]


def qr(text: str) -> tuple[int, str]:
    """A QR code as the side of its square, in modules with a quiet zone, and the path that fills the dark ones."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=4))
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return len(rows), "".join(dark)


def add_routes(
    routes: FastAPI, accounts: Accounts, renderer: Renderer, on_sign_out: Callable[[str], None]
) -> None:
    """Add the routes of this module; ``on_sign_out`` is told the secret of a session that gets a new id."""

    def page(request: Request, problem: str = "", status: int = 200) -> Response:
        account = _account(request)
        values: dict[str, object] = {
            "problem": problem,
            "state": accounts.factors.state(account.id),
            "must": account.role in accounts.settings.second_factor,
            "external": account.external,
            "secret": "",
            "side": 0,
            "dark": "",
        }
        if not account.second_factor and not account.external:
            try:
                begun = accounts.factors.begin(account, session=session_secret(request))
            except SecondFactorError as error:
                values["problem"] = f"{error.problem} {error.remedy}"
            else:
                side, dark = qr(begun.uri)
                grouped = " ".join(begun.secret[at : at + 4] for at in range(0, len(begun.secret), 4))
                values |= {"secret": grouped, "side": side, "dark": dark}
        return renderer.html(request, "second_factor.html", values, status)

    def codes_page(request: Request, codes: list[str]) -> Response:
        return renderer.html(request, "recovery_codes.html", {"codes": codes})

    def step(request: Request, token: str, take: Step) -> Response:
        account = _account(request)
        if not ours(accounts, request, token):
            return page(request, OLD_FORM, 403)
        try:
            return take(account)
        except SignInRefused as error:
            wait = f" Wait {error.retry_after} seconds, then try again." if error.retry_after else ""
            return page(request, _WRONG + wait, 429 if error.retry_after else 401)
        except SecondFactorError as error:
            return page(request, f"{error.problem} {error.remedy}", 409)

    def go_on(request: Request, response: Response, renewed: NewSession) -> Response:
        on_sign_out(session_secret(request))
        set_session(request, response, renewed.secret)
        return response

    @routes.get("/second-factor", include_in_schema=False)
    def show(request: Request) -> Response:
        return page(request)

    @routes.post("/second-factor", include_in_schema=False)
    def confirm(
        request: Request, code: Annotated[str, Form()] = "", token: Annotated[str, Form()] = ""
    ) -> Response:
        def take(account: Account) -> Response:
            codes, renewed = accounts.factors.confirm(account, code, session=session_secret(request))
            # The forms of the page that follows belong to the session under its new id.
            identity = identity_of(request)
            request.state.identity = replace(identity, csrf=renewed.session.csrf_token, must_enrol=False)
            return go_on(request, codes_page(request, codes), renewed)

        return step(request, token, take)

    @routes.post("/second-factor/codes", include_in_schema=False)
    def new_codes(
        request: Request, code: Annotated[str, Form()] = "", token: Annotated[str, Form()] = ""
    ) -> Response:
        def take(account: Account) -> Response:
            accounts.factors.use(account, code)
            return codes_page(request, accounts.factors.new_codes(account))

        return step(request, token, take)

    @routes.post("/second-factor/remove", include_in_schema=False)
    def remove(
        request: Request, code: Annotated[str, Form()] = "", token: Annotated[str, Form()] = ""
    ) -> Response:
        def take(account: Account) -> Response:
            renewed = accounts.factors.give_up(account, code, session=session_secret(request))
            return go_on(request, RedirectResponse("/account", 303), renewed)

        return step(request, token, take)


def _account(request: Request) -> Account:
    account = identity_of(request).account
    if account is None:
        # The owner of the desk's folder has no account, and needs none.
        raise HTTPException(404)
    return account
