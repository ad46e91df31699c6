"""One's own account: where one is signed in, second factor, API tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import FastAPI, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from hushdesk.access import SESSION_ONLY, Account, Accounts, ApiToken, NewApiToken, Permission, ScopeTooWide
from hushdesk.errors import UsageError
from hushdesk.web._guard import identity_of
from hushdesk.web._render import Page, Renderer
from hushdesk.web._sessions import clear_session, ours, session_secret
from hushdesk.web._views_sign import OLD_FORM

_MOST_LISTED = 100


def add_routes(
    routes: FastAPI, accounts: Accounts, renderer: Renderer, on_sign_out: Callable[[str], None]
) -> None:
    """Add the routes of this module; ``on_sign_out`` is told the secret of a session that ends."""

    def page(
        request: Request,
        *,
        problem: str = "",
        new: NewApiToken | None = None,
        status: int = 200,
        typed: tuple[str, int, frozenset[str]] = ("", 30, frozenset()),
    ) -> Response:
        account = _account(request)
        state = accounts.factors.state(account.id)
        secret = session_secret(request)
        sessions = accounts.sessions.list(account.id, current=secret)
        tokens = [_token(each) for each in accounts.tokens.list(account.id)[:_MOST_LISTED]]
        data = {
            "name": account.name,
            "role": account.role.value,
            "with_provider": account.external,
            "signed_in_at": account.signed_in_at,
            "second_factor": {
                "since": state.since,
                "recovery_left": state.recovery_left,
                "must": account.role in accounts.settings.second_factor,
            },
            "sessions": sessions,
            "tokens": tokens,
        }
        extra = {
            "problem": problem,
            "new": new,
            "scopes": sorted(account.permissions - SESSION_ONLY),
            "idle": accounts.settings.idle_minutes,
            "absolute": accounts.settings.absolute_hours,
            "typed": dict(zip(("label", "days", "scopes"), typed, strict=True)),
        }
        return renderer.answer(request, Page("account.html", data, extra, status))

    @routes.get("/account", include_in_schema=False)
    @routes.get("/account.json", summary="The account itself: sessions, second factor, tokens")
    def show(request: Request) -> Response:
        return page(request)

    @routes.post("/account/sessions", include_in_schema=False)
    def end_sessions(
        request: Request, handle: Annotated[str, Form()] = "", token: Annotated[str, Form()] = ""
    ) -> Response:
        account = _account(request)
        if not ours(accounts, request, token):
            return page(request, problem=OLD_FORM, status=403)
        own = session_secret(request)
        if handle:
            accounts.sessions.end(account.id, handle)
        else:
            accounts.sessions.revoke_all(account.id)
        if accounts.sessions.lookup(own) is not None:
            return RedirectResponse("/account", 303)
        on_sign_out(own)
        response = RedirectResponse("/sign-in", 303)
        clear_session(request, response)
        return response

    @routes.post("/account/tokens", include_in_schema=False)
    def create_token(
        request: Request,
        label: Annotated[str, Form()] = "",
        days: Annotated[int, Form()] = 30,
        scope: Annotated[list[str] | None, Form()] = None,
        token: Annotated[str, Form()] = "",
    ) -> Response:
        account = _account(request)
        typed = (label[:200], max(0, min(days, 10_000)), frozenset(scope or ()))
        if not ours(accounts, request, token):
            return page(request, problem=OLD_FORM, status=403, typed=typed)
        try:
            # What is no permission at all is refused like one that the role lacks.
            wanted = [Permission(each) for each in scope or ()]
            new = accounts.tokens.create(
                account, label, wanted, expires_in=timedelta(days=max(0, min(days, 10_000)))
            )
        except ValueError:
            return page(request, problem="There is no such permission.", status=400, typed=typed)
        except (ScopeTooWide, UsageError) as error:
            return page(request, problem=f"{error.problem} {error.remedy}".strip(), status=400, typed=typed)
        return page(request, new=new)

    @routes.post("/account/tokens/{number}/revoke", include_in_schema=False)
    def revoke_token(request: Request, number: str, token: Annotated[str, Form()] = "") -> Response:
        account = _account(request)
        if not ours(accounts, request, token):
            return page(request, problem=OLD_FORM, status=403)
        if not (number.isascii() and number.isdigit() and len(number) < 16):
            raise HTTPException(404)
        if not accounts.tokens.revoke(account.id, int(number)):
            raise HTTPException(404)
        return RedirectResponse("/account", 303)


def _token(token: ApiToken) -> dict[str, object]:
    over = token.expires_at <= datetime.now(UTC)
    return {
        "id": token.id,
        "label": token.label,
        "scopes": sorted(token.scopes),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
        "state": "revoked" if token.revoked else "expired" if over else "live",
    }


def _account(request: Request) -> Account:
    account = identity_of(request).account
    if account is None:
        # The owner of the desk's folder has no account, and needs none.
        raise HTTPException(404)
    return account
