"""Short answers from outside of the application: no template, no account, nothing of the request."""

from __future__ import annotations

import json
from html import escape
from math import ceil
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope, Send

_TITLES: Final = {413: "Too large", 429: "Too many requests", 500: "Something went wrong", 503: "Busy"}
"""Those for which a browser is shown a page: whoever reads can go on from there."""
_PAGE: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
    'initial-scale=1"><meta name="color-scheme" content="light dark"><title>{title}</title></head>'
    '<body><main><h1>{title}</h1><p>{text}</p><p>{again}<a href="/">To the first page</a></p></main></body></html>'
)


async def plain(scope: Scope, send: Send, status: int, text: str, retry: float = 0) -> None:
    """Answer in a line of text, in JSON where the address asks for data, or in a page where a browser asks for one.

    Args:
        scope: Of the request.
        send: Of the request.
        status: Of the answer.
        text: Fixed words.
        retry: Seconds after which to try again; 0 for never.
    """
    kind, body = "text/plain; charset=utf-8", text.encode()
    if scope["path"].endswith((".json", ".csv")):
        kind, body = "application/json", json.dumps({"error": {"problem": text, "remedy": ""}}).encode()
    elif status in _TITLES and "text/html" in Headers(scope=scope).get("accept", ""):
        again = (
            f"It may be tried again in {ceil(retry)} second{'s' if ceil(retry) > 1 else ''}. "
            if retry
            else ""
        )
        page = _PAGE.format(title=_TITLES[status], text=escape(text), again=again)
        kind, body = "text/html; charset=utf-8", page.encode()
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    if retry:
        headers.append((b"retry-after", str(ceil(retry)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
