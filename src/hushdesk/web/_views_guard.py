"""The guard's pages: stores and who reaches them, one endpoint's ways in, the last change."""

from __future__ import annotations

import ipaddress
from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hushdesk.guard import Connection, explain
from hushdesk.guard.state import Look, Lookout, Row, Sight
from hushdesk.web._guard_values import (
    MOST_WAYS,
    change_page,
    detail,
    explained,
    overview,
    short_name,
    short_place,
)
from hushdesk.web._render import Page, Renderer

WAIT = 5.0
"""So many seconds a page waits for a look; then it shows the last one, and that a newer one is under way."""
_MOST_LISTED = 500
_LONGEST = 45
"""An IPv6 address has no more characters."""
_PROTOCOLS = ("tcp", "udp", "icmp", "sctp")


def add_routes(routes: FastAPI, lookout: Lookout | None, renderer: Renderer, wait: float = WAIT) -> None:
    """Add the routes of this module.

    Args:
        routes: The application.
        lookout: Looks at the inputs; None if the desk names none.
        renderer: Renders pages.
        wait: For a look that is under way.
    """

    def sight() -> Sight | None:
        return lookout.look(wait) if lookout is not None else None

    def seen() -> Look:
        found = sight()
        if found is None or found.look is None:
            raise HTTPException(404)
        return found.look

    @routes.get("/guard", include_in_schema=False)
    @routes.get("/guard.json", summary="Stores and who can reach them")
    def stores(request: Request) -> Response:
        found = sight()
        data: dict[str, Any] = {"watched": found is not None, **(overview(found) if found else {})}
        look = found.look if found else None
        extra = {
            "most": _MOST_LISTED,
            "ready": look is not None,
            **_shorteners(look),
        }
        return renderer.answer(request, Page("guard.html", data, extra))

    # The twin is tried first: the decorator nearest to the function adds the first route.
    @routes.get("/guard/change", include_in_schema=False)
    @routes.get("/guard/change.json", summary="The last change of who can reach the stores")
    def change(request: Request) -> Response:
        look = seen()
        return renderer.answer(request, Page("guard_change.html", change_page(look), _shorteners(look)))

    @routes.get("/guard/{endpoint}", include_in_schema=False)
    @routes.get("/guard/{endpoint}.json", summary="Who can reach one endpoint, by which ways")
    def one(request: Request, endpoint: str) -> Response:
        look = seen()
        row = look.board.row(endpoint)
        if row is None:
            raise HTTPException(404)
        asked, problem, explanation = _asked(request, row)
        data = {**detail(look, row), "explanation": explanation}
        if problem:
            data["error"] = {"problem": problem, "remedy": ""}
        extra = {
            "asked": asked,
            "problem": problem,
            "protocols": _PROTOCOLS,
            "most_ways": MOST_WAYS,
            **_shorteners(look),
        }
        return renderer.answer(request, Page("guard_endpoint.html", data, extra, 400 if problem else 200))


def _shorteners(look: Look | None) -> dict[str, Any]:
    inputs = look.inputs if look else ()
    return {"short": partial(short_place, inputs=inputs), "name": partial(short_name, inputs=inputs)}


def _asked(request: Request, row: Row) -> tuple[dict[str, str], str, dict[str, Any] | None]:
    """What the form asks, why it cannot be answered, or the answer."""
    query = request.query_params
    services = [service for each in row.reached for service in each.services] or row.closed
    first = next(iter(services), ("tcp", 0))
    asked = {
        "from": query.get("from", "").strip(),
        "port": query.get("port", "").strip() or (str(first[1]) if first[1] else ""),
        "protocol": query.get("protocol", "").strip() or first[0],
        "source_port": query.get("source_port", "").strip() or "50000",
    }
    if not asked["from"]:
        return asked, "", None
    try:
        address = ipaddress.ip_address(_short(asked["from"]))
    except ValueError:
        return asked, "From: write an address, such as 198.51.100.7 or 2001:db8::7.", None
    port, source_port = (_number(asked[key]) for key in ("port", "source_port"))
    if not port or source_port is None:
        return asked, "Port: write a whole number from 1 to 65535.", None
    if asked["protocol"] not in _PROTOCOLS:
        return asked, f"Protocol: choose one of {', '.join(_PROTOCOLS)}.", None
    connection = Connection(address, port, asked["protocol"], source_port)
    return asked, "", explained(explain(row.endpoint, connection))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else ""


def _number(text: str) -> int | None:
    if text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535:
        return int(text)
    return None
