"""The outermost layer: host check, body limit, security headers, one log line, no leaking error."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterable
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hushdesk.web._guard import LOCAL
from hushdesk.web._headers import HSTS, SECURITY_HEADERS
from hushdesk.web._plain import plain

MAX_HEADERS = 64
"""Header fields of one request; a browser sends about twenty."""
MAX_TARGET = 16_384
"""Bytes of one request's address; a query of 4,096 letters fits."""
_LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost"})

log = structlog.get_logger("hushdesk.web")


class BodyTooLargeError(HTTPException):
    """The request's body is larger than any form of ours."""

    def __init__(self) -> None:
        super().__init__(413)


class BrokenAnswerError(Exception):
    """An answer broke off after it had begun; the connection is closed so that nobody takes it for whole."""


class Shield:
    """ASGI middleware around the whole application.

    Args:
        app: The application.
        hosts: Host names allowed besides those of loopback; may grow while the program starts.
        max_body: Largest request body in bytes.
    """

    def __init__(self, app: ASGIApp, *, hosts: set[str], max_body: int) -> None:
        self._app = app
        self._hosts = hosts
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 0
        taken = 0

        async def shielded_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._harden(scope, MutableHeaders(scope=message))
            await send(message)

        async def limited_receive() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max_body:
                raise BodyTooLargeError
            return message

        failed = ""
        try:
            refusal = self._refusal(scope)
            if refusal is not None:
                await plain(scope, shielded_send, *refusal)
            else:
                await self._app(scope, limited_receive, shielded_send)
        except BodyTooLargeError:
            await plain(scope, shielded_send, 413, "The request is too large.")
        except ClientDisconnect:
            # Nobody is there to be answered.
            status = status or 408
        except Exception as error:  # noqa: BLE001 - whatever it is, its message may hold a value
            failed = f"{type(error).__name__} at {_place(error)}"
            if status:
                raise BrokenAnswerError from None
            await plain(
                scope, shielded_send, 500, "Something went wrong. Nothing of it is shown here on purpose."
            )
        finally:
            _log_line(scope, status, begun, failed)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Why a request is not even looked at: status and words."""
        if not self._known_host(scope):
            return 421, "This host name is not one of this desk's."
        if len(scope["raw_path"]) + len(scope["query_string"]) > MAX_TARGET:
            return 414, "The address of the request is too long."
        if len(scope["headers"]) > MAX_HEADERS:
            return 431, "The request has too many header fields."
        if {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}:
            # Whatever stands between might believe the other of the two: the way requests are smuggled.
            return 400, "The request says its length twice."
        return None

    def _known_host(self, scope: Scope) -> bool:
        if scope.get(LOCAL):
            return True
        given = Headers(scope=scope).getlist("host")
        return len(given) == 1 and host_allowed(given[0], self._hosts)

    @staticmethod
    def _harden(scope: Scope, headers: MutableHeaders) -> None:
        for name, value in SECURITY_HEADERS.items():
            headers[name] = value
        # Only files that are the same for everybody say otherwise.
        headers.setdefault("cache-control", "no-store")
        if {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}:
            # Two lengths: where the next request would begin is in doubt, so there is none (RFC 9112, 6.1).
            headers["connection"] = "close"
        if scope.get("scheme") == "https":
            headers["strict-transport-security"] = HSTS


def host_allowed(given: str, hosts: Iterable[str]) -> bool:
    """Whether a Host header names loopback or one of ``hosts``: a foreign name that was made to point here does not."""
    name = given.strip().lower()
    if name.startswith("["):
        name, closing, port = name[1:].partition("]")
        if not closing or port[:1] not in {"", ":"}:
            return False
        port = port[1:]
    else:
        name, _, port = name.partition(":")
    if port and not port.isdigit():
        return False
    name = name.removesuffix(".")
    if name in _LOOPBACK_NAMES or name in hosts:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _place(error: BaseException) -> str:
    """File and line where an error arose; never its message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown place"
    module = trace.tb_frame.f_globals.get("__name__", "?")
    return f"{module}:{trace.tb_lineno}"


def _log_line(scope: Scope, status: int, begun: float, failed: str) -> None:
    """Route template, status, duration, account: never an address, a query or an id."""
    identity = scope.get("state", {}).get("identity")
    facts: dict[str, Any] = {
        "method": scope["method"] if scope["method"] in {"GET", "POST", "HEAD"} else "other",
        "route": getattr(scope.get("route"), "path", "none"),
        "status": status,
        "ms": round(1000 * (time.perf_counter() - begun), 1),
        "account": getattr(identity, "name", ""),
    }
    if failed:
        log.error("request failed", error=failed, **facts)
    else:
        log.info("request", **facts)
