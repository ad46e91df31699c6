"""The accounts of others, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from hushdesk.access import Account, AccountId, Accounts, AccountUnknown, Administration, Role
from hushdesk.errors import HushdeskError
from hushdesk.web._guard import identity_of
from hushdesk.web._render import Page, Renderer
from hushdesk.web._sessions import ours
from hushdesk.web._views_sign import OLD_FORM

_EVENTS_SHOWN = 50
_ROLES = tuple(role.value for role in Role)


def add_routes(routes: FastAPI, accounts: Accounts, renderer: Renderer) -> None:
    """Add the routes of this module."""

    def page(
        request: Request, *, problem: str = "", shown: tuple[str, str] | None = None, status: int = 200
    ) -> Response:
        me = identity_of(request).account
        data = {
            "accounts": [_row(each, accounts) for each in accounts.all()],
            "happened": accounts.audit.newest(_EVENTS_SHOWN),
        }
        extra = {"problem": problem, "shown": shown, "roles": _ROLES, "me": "" if me is None else me.name}
        return renderer.answer(request, Page("accounts.html", data, extra, status))

    def administer(request: Request, token: str, step: Callable[[Administration], Response]) -> Response:
        account = identity_of(request).account
        if account is None or not ours(accounts, request, token):
            return page(request, problem=OLD_FORM, status=403)
        try:
            return step(Administration(accounts, account))
        except AccountUnknown:
            raise HTTPException(404) from None
        except HushdeskError as error:
            return page(request, problem=f"{error.problem} {error.remedy}".strip(), status=409)

    @routes.get("/accounts", include_in_schema=False)
    @routes.get("/accounts.json", summary="List the accounts, and what happened to them")
    def show(request: Request) -> Response:
        return page(request)

    @routes.post("/accounts", include_in_schema=False)
    def add(
        request: Request,
        name: Annotated[str, Form()] = "",
        role: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        def step(admin: Administration) -> Response:
            if role not in _ROLES:
                return page(request, problem="There is no such role.", status=400)
            password = admin.create(name[:100], Role(role))
            return page(request, shown=(name.strip().casefold(), password))

        return administer(request, token, step)

    @routes.post("/accounts/{number}", include_in_schema=False)
    def change(
        request: Request,
        number: str,
        action: Annotated[str, Form()] = "",
        role: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        if not (number.isascii() and number.isdigit() and len(number) < 16):
            raise HTTPException(404)
        ident = AccountId(int(number))

        def step(admin: Administration) -> Response:
            if action == "reset":
                return page(request, shown=(accounts.get(ident).name, admin.reset_password(ident)))
            if action == "role":
                if role not in _ROLES:
                    return page(request, problem="There is no such role.", status=400)
                admin.set_role(ident, Role(role))
                return RedirectResponse("/accounts", 303)
            steps = {
                "disable": admin.disable,
                "enable": admin.enable,
                "second-factor": admin.remove_factor,
                "sign-out": admin.sign_out,
            }
            if action not in steps:
                return page(request, problem="There is no such step.", status=400)
            steps[action](ident)
            return RedirectResponse("/accounts", 303)

        return administer(request, token, step)


def _row(account: Account, accounts: Accounts) -> dict[str, object]:
    return {
        "id": account.id,
        "name": account.name,
        "role": account.role.value,
        "disabled": account.disabled,
        "with_provider": account.external,
        "second_factor": account.second_factor,
        "must_enrol": accounts.must_enrol(account),
        "created_at": account.created_at,
        "signed_in_at": account.signed_in_at,
        "sessions": len(accounts.sessions.list(account.id)),
    }
