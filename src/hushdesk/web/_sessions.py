"""Cookies and the tokens that keep other pages from posting in somebody's name."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

_SESSION = "hushdesk"
_FORM = "hushdesk-form"
_MOST = 256


def session_token(request: Request) -> str:
    """The session token a request carries; empty if none."""
    return _read(request, _SESSION)


def set_session(request: Request, response: Response, token: str) -> None:
    """Hand out a session token, as a cookie that scripts and other sites never see."""
    _write(request, response, _SESSION, token)


def clear_session(request: Request, response: Response) -> None:
    """Take the session cookie back."""
    response.delete_cookie(
        _name(request, _SESSION), path="/", secure=_secure(request), httponly=True, samesite="strict"
    )


class Csrf:
    """Tokens for forms, bound to the session, or before sign-in to a cookie of their own."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def for_session(self, request: Request) -> str:
        """The token for forms of a signed-in page; empty without a session."""
        token = session_token(request)
        return self._mac("session", token) if token else ""

    def check_session(self, request: Request, given: str) -> bool:
        """Whether a form of a signed-in page came from us."""
        token = session_token(request)
        return bool(token) and _same(self._mac("session", token), given) and _not_foreign(request)

    def for_form(self, request: Request, response_cookie: list[str]) -> str:
        """The token for the sign-in form; a fresh cookie value is appended where one is needed."""
        seed = _read(request, _FORM)
        if not seed:
            seed = secrets.token_urlsafe(24)
            response_cookie.append(seed)
        return self._mac("form", seed)

    def check_form(self, request: Request, given: str) -> bool:
        """Whether a sign-in form came from us."""
        seed = _read(request, _FORM)
        return bool(seed) and _same(self._mac("form", seed), given) and _not_foreign(request)

    def _mac(self, purpose: str, value: str) -> str:
        return hmac.new(self._key, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def set_form_cookie(request: Request, response: Response, seed: str) -> None:
    """Hand out the cookie that the sign-in form is bound to."""
    _write(request, response, _FORM, seed)


def _not_foreign(request: Request) -> bool:
    return request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}


def _same(ours: str, given: str) -> bool:
    return hmac.compare_digest(ours.encode(), given.encode())


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _name(request: Request, name: str) -> str:
    return f"__Host-{name}" if _secure(request) else name


def _read(request: Request, name: str) -> str:
    value = request.cookies.get(_name(request, name), "")
    return value if len(value) <= _MOST else ""


def _write(request: Request, response: Response, name: str, value: str) -> None:
    response.set_cookie(
        _name(request, name), value, path="/", secure=_secure(request), httponly=True, samesite="strict"
    )
