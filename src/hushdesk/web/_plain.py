"""Short answers from outside of the application: no template, no account, nothing of the request."""

from __future__ import annotations

import json
from math import ceil

from starlette.types import Scope, Send


async def plain(scope: Scope, send: Send, status: int, text: str, retry: float = 0) -> None:
    """Answer in a line of text, or in JSON where the address asks for data; ``retry`` in seconds, 0 for never."""
    kind, body = "text/plain; charset=utf-8", text.encode()
    if scope["path"].endswith((".json", ".csv")):
        kind, body = "application/json", json.dumps({"error": {"problem": text, "remedy": ""}}).encode()
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    if retry:
        headers.append((b"retry-after", str(ceil(retry)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
