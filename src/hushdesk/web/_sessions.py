"""Cookies, and the token that binds the sign-in form to one browser."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from hushdesk.access import Accounts

_SESSION = "hushdesk"
_FORM = "hushdesk-form"
_STEP = "hushdesk-step"
_ASKED = "hushdesk-asked"
_MOST = 256
_MOST_ASKED = 3_000


def session_secret(request: Request) -> str:
    """The session's secret that a request carries; empty if none."""
    return _read(request, _SESSION)


def set_session(request: Request, response: Response, secret: str) -> None:
    """Hand out a session, as a cookie that scripts and other sites never see."""
    _write(request, response, _SESSION, secret)


def clear_session(request: Request, response: Response) -> None:
    """Take the session cookie back."""
    response.delete_cookie(
        _name(request, _SESSION), path="/", secure=_secure(request), httponly=True, samesite="strict"
    )


def step_secret(request: Request) -> str:
    """The secret of a sign-in that waits for a second factor; empty if none."""
    return _read(request, _STEP)


def set_step(request: Request, response: Response, secret: str) -> None:
    """Bind a sign-in that waits for a second factor to this browser; empty to end it."""
    _write_short(request, response, _STEP, secret, 300, "strict")


def asked_of(request: Request) -> str:
    """The sealed question that was put to the provider for this browser; empty if none."""
    return _read(request, _ASKED, _MOST_ASKED)


def set_asked(request: Request, response: Response, sealed: str) -> None:
    """Bind a question to the provider to this browser; empty to end it.

    The one cookie that comes along when another site leads here: it is the provider that sends the browser back.
    """
    _write_short(request, response, _ASKED, sealed, 600, "lax")


class SignInForm:
    """The token of the sign-in form, bound to a cookie of its own since there is no session yet."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def token(self, request: Request) -> tuple[str, str]:
        """The form's token, and the cookie to hand out with it; empty if the browser has one."""
        seed = _read(request, _FORM)
        fresh = "" if seed else secrets.token_urlsafe(24)
        return self._mac(seed or fresh), fresh

    @staticmethod
    def hand_out(request: Request, response: Response, fresh: str) -> None:
        """Set the cookie that the form is bound to."""
        if fresh:
            _write(request, response, _FORM, fresh)

    def check(self, request: Request, given: str) -> bool:
        """Whether a posted form is the one that this browser was shown."""
        seed = _read(request, _FORM)
        return bool(seed) and hmac.compare_digest(self._mac(seed).encode(), given.encode("utf-8", "replace"))

    def _mac(self, seed: str) -> str:
        return hmac.new(self._key, seed.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def ours(accounts: Accounts, request: Request, token: str) -> bool:
    """Whether a form of a signed-in page came from us."""
    secret = session_secret(request)
    return bool(secret) and same_origin(request) and accounts.sessions.check_csrf(secret, token)


def same_origin(request: Request) -> bool:
    """False if the browser says that another site's page made it send this request."""
    return request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _name(request: Request, name: str) -> str:
    return f"__Host-{name}" if _secure(request) else name


def _read(request: Request, name: str, most: int = _MOST) -> str:
    value = request.cookies.get(_name(request, name), "")
    return value if len(value) <= most else ""


def _write_short(
    request: Request, response: Response, name: str, value: str, seconds: int, site: Literal["lax", "strict"]
) -> None:
    response.set_cookie(
        _name(request, name),
        value,
        max_age=seconds if value else 0,
        path="/",
        secure=_secure(request),
        httponly=True,
        samesite=site,
    )


def _write(request: Request, response: Response, name: str, value: str) -> None:
    response.set_cookie(
        _name(request, name), value, path="/", secure=_secure(request), httponly=True, samesite="strict"
    )
