"""Notes where each request comes from, for what is written into the record meanwhile."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from hushdesk.access.witness import Origin, origin
from hushdesk.web._guard import LOCAL


class OriginMiddleware:
    """ASGI middleware. Who is asking is added by :func:`hushdesk.web._guard.guard`, once it knows."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        local = bool(scope.get(LOCAL))
        client = scope.get("client")
        address = "" if local or client is None else str(client[0])
        held = origin.set(Origin("socket" if local else "page", address))
        try:
            await self._app(scope, receive, send)
        finally:
            origin.reset(held)
