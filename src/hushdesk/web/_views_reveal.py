"""The pages of reveals: ask to open a pseudonym, approve or refuse as the second officer, open once.

What is opened is only ever shown in answer to a posted form, and spent by that: it is at no address, and gone at reload.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import FastAPI, Form, Request
from starlette.responses import RedirectResponse, Response

from hushdesk.access import Account, Accounts, Forbidden, SignInRefused
from hushdesk.access.reveal import (
    LEAST_REASON,
    MOST_REASON,
    NoSuchReveal,
    Reveals,
    State,
    TooManyReveals,
)
from hushdesk.access.reveal import Request as Reveal
from hushdesk.errors import HushdeskError, UsageError
from hushdesk.web._guard import identity_of
from hushdesk.web._render import Page, Renderer
from hushdesk.web._sessions import ours

_LONGEST: Final = 1_000
"""Of a password."""
_LONGEST_TOKEN: Final = 200
_OLD_FORM: Final = "This form was too old. Please try again."
_LIVE: Final = frozenset({State.WAITING, State.APPROVED})
_STATUS: Final[Mapping[type[HushdeskError], int]] = {
    Forbidden: 403,
    NoSuchReveal: 404,
    SignInRefused: 401,
    TooManyReveals: 429,
    UsageError: 400,
}

Step = Callable[[Reveals, Account], Response]


def add_routes(routes: FastAPI, reveals: Reveals | None, accounts: Accounts, renderer: Renderer) -> None:
    """Add the routes of this module; without reveals the page says that there is no vault behind it."""

    def listing(
        request: Request, problem: str = "", status: int = 200, typed: Mapping[str, str] | None = None
    ) -> Response:
        account = identity_of(request).account
        requests: list[Reveal] = []
        reasons: dict[str, str] = {}
        if reveals is not None:
            try:
                requests = reveals.requests()
                if account is not None:
                    # What waits is to be judged; what is over is not spread any further.
                    reasons = {each.id: reveals.reason(each.id) for each in requests if each.state in _LIVE}
            except HushdeskError as error:
                problem, status = f"{error.problem} {error.remedy}", 409
        extra: dict[str, Any] = {
            "reasons": reasons,
            "me": account.id if account is not None else 0,
            "second_factor": account is not None and account.second_factor,
            "external": account is not None and account.external,
            "problem": problem,
            "available": reveals is not None,
            "settings": reveals.settings if reveals is not None else None,
            "typed": {"pseudonym": "", "case": "", "reason": "", **(typed or {})},
            "least": LEAST_REASON,
            "most": MOST_REASON,
        }
        # Reasons may name people: they are for eyes, not for the twin that programs read.
        return renderer.answer(request, Page("reveal.html", {"requests": requests}, extra, status))

    def officer(request: Request, token: str, step: Step, typed: Mapping[str, str] | None = None) -> Response:
        """Take a step of a signed-in officer, or say why it cannot be taken."""
        account = identity_of(request).account
        if reveals is None or account is None or not ours(accounts, request, token):
            return listing(request, _OLD_FORM, 403, typed)
        try:
            return step(reveals, account)
        except SignInRefused as error:
            wait = f" Wait {error.retry_after} seconds, then try again." if error.retry_after else ""
            response = listing(request, "The password or the code is wrong." + wait, 401, typed)
            if error.retry_after:
                response.headers["retry-after"] = str(error.retry_after)
            return response
        except HushdeskError as error:
            status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 409)
            response = listing(request, f"{error.problem} {error.remedy}".strip(), status, typed)
            if isinstance(error, TooManyReveals):
                response.headers["retry-after"] = str(error.retry_after)
            return response

    @routes.get("/reveal", include_in_schema=False)
    @routes.get("/reveal.json", summary="List requests to open a pseudonym, without reasons and identities")
    def show(request: Request) -> Response:
        given = request.query_params
        typed = {name: given.get(name, "")[:_LONGEST_TOKEN] for name in ("pseudonym", "case")}
        return listing(request, typed=typed)

    @routes.post("/reveal/ask", include_in_schema=False)
    def ask(
        request: Request,
        pseudonym: Annotated[str, Form()] = "",
        case: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        typed = {"pseudonym": pseudonym[:_LONGEST_TOKEN], "case": case[:_LONGEST_TOKEN], "reason": reason}

        def step(found: Reveals, account: Account) -> Response:
            found.ask(account.id, token=pseudonym, case=case, reason=reason)
            return RedirectResponse("/reveal", 303)

        return officer(request, token, step, typed)

    @routes.post("/reveal/{ident}/approve", include_in_schema=False)
    def approve(
        request: Request,
        ident: str,
        password: Annotated[str, Form()] = "",
        code: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        def step(found: Reveals, account: Account) -> Response:
            found.approve(ident, name=account.name, password=password[:_LONGEST], code=code[:_LONGEST])
            return RedirectResponse("/reveal", 303)

        return officer(request, token, step)

    @routes.post("/reveal/{ident}/refuse", include_in_schema=False)
    def refuse(request: Request, ident: str, token: Annotated[str, Form()] = "") -> Response:
        def step(found: Reveals, account: Account) -> Response:
            found.refuse(ident, account.id)
            return RedirectResponse("/reveal", 303)

        return officer(request, token, step)

    @routes.post("/reveal/{ident}/open", include_in_schema=False)
    def open_once(
        request: Request,
        ident: str,
        password: Annotated[str, Form()] = "",
        code: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        def step(found: Reveals, account: Account) -> Response:
            opened = found.open(ident, name=account.name, password=password[:_LONGEST], code=code[:_LONGEST])
            # Never as JSON, and never anywhere but in this answer.
            response = renderer.html(request, "reveal_opened.html", {"opened": opened, "one": opened.request})
            response.headers["cache-control"] = "no-store"
            return response

        return officer(request, token, step)
