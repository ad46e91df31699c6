"""The accounts of others, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

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
_ASKED: Final = {
    "disable": (
        "Disable this account?",
        (
            "It is signed out everywhere, its API tokens are revoked, and it cannot sign in until somebody enables it. Nothing of it "
            "is deleted: the record refers to it."
        ),
        "Disable",
    ),
    "reset": (
        "Make a new password?",
        (
            "The present one stops working at once, it is signed out everywhere, and its API tokens are revoked. The new password is "
            "shown to you once; its owner has to change it."
        ),
        "Make a new password",
    ),
    "role": (
        "Change the role of this account?",
        "What it may do changes at once, also where it is signed in now.",
        "Change the role",
    ),
    "second-factor": (
        "Remove the second factor?",
        (
            "Until it sets up another one, whoever knows its password can sign in as this account. It is signed out everywhere, and its API "
            "tokens are revoked. Make sure that it is its owner who asks."
        ),
        "Remove the second factor",
    ),
}
"""What is asked before it is done: question, what follows from it, the button's words."""


def add_routes(routes: FastAPI, accounts: Accounts, renderer: Renderer) -> None:
    """Add the routes of this module."""

    def page(
        request: Request,
        *,
        problem: str = "",
        shown: tuple[str, str] | None = None,
        typed: tuple[str, str] = ("", Role.VIEWER.value),
        status: int = 200,
    ) -> Response:
        me = identity_of(request).account
        data = {
            "accounts": [_row(each, accounts) for each in accounts.all()],
            "happened": accounts.audit.newest(_EVENTS_SHOWN),
        }
        extra: dict[str, Any] = {
            "problem": problem,
            "shown": shown,
            "roles": _ROLES,
            "me": "" if me is None else me.name,
        }
        extra["typed"] = {"name": typed[0], "role": typed[1]}
        return renderer.answer(request, Page("accounts.html", data, extra, status))

    def administer(
        request: Request,
        token: str,
        step: Callable[[Administration], Response],
        typed: tuple[str, str] = ("", Role.VIEWER.value),
    ) -> Response:
        account = identity_of(request).account
        if account is None or not ours(accounts, request, token):
            return page(request, problem=OLD_FORM, typed=typed, status=403)
        try:
            return step(Administration(accounts, account))
        except AccountUnknown:
            raise HTTPException(404) from None
        except HushdeskError as error:
            return page(request, problem=f"{error.problem} {error.remedy}".strip(), typed=typed, status=409)

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
                return page(request, problem="There is no such role.", typed=(name[:100], ""), status=400)
            password = admin.create(name[:100], Role(role))
            return page(request, shown=(name.strip().casefold(), password))

        return administer(request, token, step, (name[:100], role if role in _ROLES else Role.VIEWER.value))

    @routes.post("/accounts/{number}", include_in_schema=False)
    def change(
        request: Request,
        number: str,
        action: Annotated[str, Form()] = "",
        role: Annotated[str, Form()] = "",
        sure: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        if not (number.isascii() and number.isdigit() and len(number) < 16):
            raise HTTPException(404)
        ident = AccountId(int(number))

        def step(admin: Administration) -> Response:
            if action in _ASKED and sure != "yes" and (action != "role" or role in _ROLES):
                question, consequence, button = _ASKED[action]
                values: dict[str, Any] = {
                    "question": question,
                    "consequence": consequence,
                    "button": button,
                    "action": action,
                }
                values["role"] = role if action == "role" else ""
                # Whoever may not do it is told so now, and not after having made up their mind.
                values["account"] = admin.other(ident)
                return renderer.html(request, "accounts_sure.html", values)
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
