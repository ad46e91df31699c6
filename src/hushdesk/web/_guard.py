"""Who may ask for what: one table of routes and permissions, enforced on every request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from hushdesk.access import Accounts, Actor, ApiToken, Permission, Session, origin, owner
from hushdesk.errors import HushdeskError
from hushdesk.web._sessions import session_secret
from hushdesk.web._words import permission_words

LOCAL: Final = "hushdesk.local"
"""Key in the request's scope that is set where the request came over the owner's own socket."""


@dataclass(frozen=True, slots=True)
class Open:
    """A route that needs no account, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class AnyAccount:
    """A route that any signed-in account may use, and why."""

    why: str


Rule = Permission | Open | AnyAccount

PERMISSIONS: Final[Mapping[tuple[str, str], Rule]] = {
    ("GET", "/"): AnyAccount("leads to the first page that the account may see"),
    ("GET", "/.well-known/security.txt"): Open("says whom to tell of a weakness, before anybody can sign in"),
    ("GET", "/account"): AnyAccount("is about the account itself"),
    ("GET", "/account.json"): AnyAccount("is about the account itself"),
    ("GET", "/accounts"): Permission.ACCOUNTS_MANAGE,
    ("GET", "/accounts.json"): Permission.ACCOUNTS_MANAGE,
    ("GET", "/cases"): Permission.CASES_COUNT,
    ("GET", "/cases.csv"): Permission.CASES_EXPORT,
    ("GET", "/cases.json"): Permission.CASES_COUNT,
    ("GET", "/cases/{case_id}"): Permission.CASES_READ,
    ("GET", "/cases/{case_id}.json"): Permission.CASES_READ,
    ("GET", "/certificate"): Permission.LOADS_READ,
    ("GET", "/certificate.json"): Permission.LOADS_READ,
    ("GET", "/check"): Open("is where whoever got a letter has its code confirmed; 404 unless switched on"),
    ("GET", "/guard"): Permission.GUARD_READ,
    ("GET", "/guard.json"): Permission.GUARD_READ,
    ("GET", "/guard/change"): Permission.GUARD_READ,
    ("GET", "/guard/change.json"): Permission.GUARD_READ,
    ("GET", "/guard/{endpoint}"): Permission.GUARD_READ,
    ("GET", "/guard/{endpoint}.json"): Permission.GUARD_READ,
    ("GET", "/health"): Open("says that the process answers, and nothing else"),
    ("GET", "/help"): AnyAccount("holds no data"),
    ("GET", "/incident"): Permission.INCIDENT_READ,
    ("GET", "/incident.json"): Permission.INCIDENT_READ,
    ("GET", "/incident/{ident}"): Permission.INCIDENT_READ,
    ("GET", "/incident/{ident}.json"): Permission.INCIDENT_READ,
    ("GET", "/incident/{ident}/visitor"): Permission.INCIDENT_READ,
    ("GET", "/incident/{ident}/visitor/{address}"): Permission.INCIDENT_READ,
    ("GET", "/incident/{ident}/visitor/{address}.json"): Permission.INCIDENT_READ,
    ("GET", "/loads"): Permission.LOADS_READ,
    ("GET", "/loads.json"): Permission.LOADS_READ,
    ("GET", "/loads/{load_id}"): Permission.LOADS_READ,
    ("GET", "/loads/{load_id}.json"): Permission.LOADS_READ,
    ("GET", "/openapi.json"): AnyAccount("describes the interface and holds no data"),
    ("GET", "/password"): AnyAccount("is about the account's own password"),
    ("GET", "/persons"): Permission.PERSONS_EXPORT,
    ("GET", "/quarantine"): Permission.QUARANTINE_READ,
    ("GET", "/quarantine.json"): Permission.QUARANTINE_READ,
    ("GET", "/record"): Permission.RECORD_READ,
    ("GET", "/record.json"): Permission.RECORD_READ,
    ("GET", "/record/account/{name}"): Permission.RECORD_READ,
    ("GET", "/record/account/{name}.json"): Permission.RECORD_READ,
    ("GET", "/record/case/{case_id}"): Permission.RECORD_READ,
    ("GET", "/record/case/{case_id}.json"): Permission.RECORD_READ,
    ("GET", "/record/exports"): Permission.RECORD_READ,
    ("GET", "/record/exports.json"): Permission.RECORD_READ,
    ("GET", "/reveal"): Permission.VAULT_REVEAL,
    ("GET", "/reveal.json"): Permission.VAULT_REVEAL,
    ("GET", "/second-factor"): AnyAccount("sets up the account's own second factor"),
    ("GET", "/sign-in"): Open("is where an account signs in"),
    ("GET", "/sign-in/code"): Open("asks for the second factor of who has given a password"),
    ("GET", "/sign-in/provider"): Open("is where the provider of identities sends a browser back to"),
    ("GET", "/sign-in/with"): Open("leads to the provider of identities; 404 unless one is named"),
    ("GET", "/static/{digest}/{name}"): Open("style and script of the sign-in page too"),
    ("GET", "/status"): Permission.DESK_STATUS,
    ("GET", "/status.json"): Permission.DESK_STATUS,
    ("POST", "/account/sessions"): AnyAccount("ends the account's own sessions"),
    ("POST", "/account/tokens"): Permission.TOKENS_CREATE,
    ("POST", "/account/tokens/{number}/revoke"): AnyAccount("revokes the account's own token"),
    ("POST", "/accounts"): Permission.ACCOUNTS_MANAGE,
    ("POST", "/accounts/{number}"): Permission.ACCOUNTS_MANAGE,
    ("POST", "/check"): Open("is where whoever got a letter has its code confirmed; 404 unless switched on"),
    ("POST", "/incident/{ident}/anew"): Permission.INCIDENT_MANAGE,
    ("POST", "/password"): AnyAccount("changes the account's own password"),
    ("POST", "/persons/erase"): Permission.PERSONS_ERASE,
    ("POST", "/persons/export"): Permission.PERSONS_EXPORT,
    ("POST", "/persons/find"): Permission.PERSONS_EXPORT,
    ("POST", "/persons/preview"): Permission.PERSONS_ERASE,
    ("POST", "/quarantine/lock"): Permission.QUARANTINE_DECIDE,
    ("POST", "/quarantine/unlock"): Permission.QUARANTINE_DECIDE,
    ("POST", "/quarantine/{entry}"): Permission.QUARANTINE_DECIDE,
    ("POST", "/quarantine/{entry}/decide"): Permission.QUARANTINE_DECIDE,
    ("POST", "/quarantine/{entry}/dismiss"): Permission.QUARANTINE_DECIDE,
    ("POST", "/quarantine/{entry}/release"): Permission.QUARANTINE_DECIDE,
    ("POST", "/reveal/ask"): Permission.VAULT_REVEAL,
    ("POST", "/reveal/{ident}/approve"): Permission.VAULT_APPROVE,
    ("POST", "/reveal/{ident}/open"): Permission.VAULT_REVEAL,
    ("POST", "/reveal/{ident}/refuse"): Permission.VAULT_REVEAL,
    ("POST", "/second-factor"): AnyAccount("confirms the account's own second factor"),
    ("POST", "/second-factor/codes"): AnyAccount("makes the account's own recovery codes anew"),
    ("POST", "/second-factor/remove"): AnyAccount("removes the account's own second factor"),
    ("POST", "/sign-in"): Open("is where an account signs in"),
    ("POST", "/sign-in/code"): Open("takes the second factor of who has given a password"),
    ("POST", "/sign-out"): AnyAccount("ends the account's own session"),
}
"""What each route needs. A route that is not named here answers nobody."""

_BEFORE_PASSWORD: Final = frozenset({"/password", "/sign-out"})
_BEFORE_FACTOR: Final = frozenset({"/password", "/second-factor", "/sign-out"})


class SignInNeededError(HushdeskError):
    """The request carries no session."""

    def __init__(self) -> None:
        super().__init__("Sign in first.")


class NotAllowedError(HushdeskError):
    """The account does not hold the permission that a route needs."""

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(
            f"Your role does not include “{permission}” ({permission_words(permission)}).",
            remedy="Ask whoever manages the accounts of this desk.",
        )


class UnlistedError(HushdeskError):
    """A route is missing in the table; it stays shut."""

    def __init__(self, route: str) -> None:
        self.route = route
        super().__init__(f"{route} names no permission.")


class PasswordChangeNeededError(HushdeskError):
    """The account still has the password that was made for it."""

    def __init__(self) -> None:
        super().__init__("Choose a password of your own first.", remedy="Sign in to the pages to do so.")


class SecondFactorNeededError(HushdeskError):
    """The account's role must have a second factor, and it has none yet."""

    def __init__(self) -> None:
        super().__init__("Set up a second factor first.", remedy="Sign in to the pages to do so.")


@dataclass(frozen=True, slots=True)
class Identity(Actor):
    """Who is asking, and what their browser needs."""

    csrf: str = ""
    """Belongs in each form; empty unless a browser is signed in."""
    must_change_password: bool = False
    must_enrol: bool = False
    """True until the second factor that the role must have is set up."""


def check_routes(routes: list[BaseRoute]) -> None:
    """Make sure that the table and the routes are the same set.

    Raises:
        UnlistedError: A route has no entry, or an entry has no route.
    """
    have = set()
    for route in routes:
        if not isinstance(route, APIRoute):
            raise UnlistedError(type(route).__name__)
        have |= {(method, route.path) for method in route.methods or ()}
    for method, path in sorted(have ^ set(PERMISSIONS)):
        raise UnlistedError(f"{method} {path}")


def guard(request: Request) -> None:
    """Let a request through, or say why not. Runs before every route.

    Raises:
        NotAllowedError: The account lacks the permission.
        PasswordChangeNeededError: The account must choose a password first.
        SecondFactorNeededError: The account must set up a second factor first.
        SignInNeededError: There is no account.
        UnlistedError: The route is not in the table.
    """
    route = request.scope.get("route")
    path = route.path if isinstance(route, APIRoute) else ""
    rule = PERMISSIONS.get((request.method, path))
    if rule is None:
        raise UnlistedError(f"{request.method} {path}")
    request.state.identity = identity = identify(request)
    came = origin.get()
    if came is not None and identity is not None:
        came.who, came.via = identity, identity.via
    if isinstance(rule, Open):
        return
    if identity is None:
        raise SignInNeededError
    if identity.must_change_password and path not in _BEFORE_PASSWORD:
        raise PasswordChangeNeededError
    if identity.must_enrol and path not in _BEFORE_FACTOR:
        raise SecondFactorNeededError
    if isinstance(rule, Permission) and not identity.may(rule):
        raise NotAllowedError(rule.value)


def identify(request: Request) -> Identity | None:
    """Who is asking: the owner by their socket, a browser by its cookie, a program by its token."""
    if request.scope.get(LOCAL):
        # The socket's mode has let them in, and the desk's files are theirs anyway.
        known = owner()
        return Identity(known.name, known.role, known.permissions, via="socket")
    accounts: Accounts = request.app.state.accounts
    shown, as_token = credential(request)
    held: ApiToken | Session | None = None
    if as_token:
        held = accounts.tokens.lookup(shown)
    elif shown:
        held = accounts.sessions.lookup(shown)
    if held is None:
        return None
    return Identity(
        name=held.account.name,
        role=held.account.role.value,
        permissions=held.permissions,
        account=held.account,
        rows=held.account.rows,
        csrf=held.csrf_token if isinstance(held, Session) else "",
        must_change_password=held.account.must_change_password,
        via="page" if isinstance(held, Session) else f"token:{held.id}",
        must_enrol=accounts.must_enrol(held.account),
    )


def credential(request: Request) -> tuple[str, bool]:
    """What a request shows of who it is, and whether that is an API token; else it is a session's secret, or empty.

    Whatever asks who sends a request asks here: two readings of one request are two senders.
    """
    bearer = request.headers.get("authorization", "")
    if bearer[:7].lower() == "bearer " and request.url.path.endswith((".json", ".csv")):
        return bearer[7:].strip(), True
    return session_secret(request), False


def identity_of(request: Request) -> Identity:
    """The account of a request that :func:`guard` let through.

    Raises:
        SignInNeededError: There is none.
    """
    identity: Identity | None = getattr(request.state, "identity", None)
    if identity is None:
        raise SignInNeededError
    return identity
