"""The public page on which the check code of a letter is confirmed, without anybody saying who they are."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Final

from fastapi import FastAPI, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hushdesk.incident.notices import Doubt
from hushdesk.web._check_words import CheckWords, best_language, check_words
from hushdesk.web._checks import LetterChecks
from hushdesk.web._limits import RateLimit
from hushdesk.web._render import Renderer

WINDOW: Final = 300.0
TRIES: Final = 20
"""Codes that may be asked for from one address within the window."""
ALL_TRIES: Final = 900
"""Codes that may be asked for from all addresses together: codes cannot be guessed at any rate that this allows."""
_ALL: Final = "all"
_LONGEST: Final = 80


def add_routes(routes: FastAPI, checks: LetterChecks | None, renderer: Renderer) -> None:
    """Add the routes of this module; without checks there is nothing at their address."""
    limit = RateLimit(WINDOW)

    def page(request: Request, words: CheckWords, status: int = 200, **more: object) -> Response:
        shown = {"words": words, "code": "", "verdict": "", "lines": (), **more}
        return renderer.html(request, "check.html", shown, status)

    def words_for(request: Request) -> CheckWords:
        return check_words(best_language(request.headers.get("accept-language", "")))

    @routes.get("/check", include_in_schema=False)
    def show(request: Request) -> Response:
        if checks is None:
            raise HTTPException(404)
        return page(request, words_for(request))

    @routes.post("/check", include_in_schema=False)
    def check(request: Request, code: Annotated[str, Form()] = "") -> Response:
        if checks is None:
            raise HTTPException(404)
        words, code = words_for(request), code.strip()[:_LONGEST]
        keys = _keys(request)
        wait = limit.wait(keys)
        if wait > 0:
            minutes = max(1, -(-int(wait) // 60))
            told = (words.wait.format(minutes=minutes),)
            response = page(request, words, 429, code=code, verdict="wait", lines=told)
            response.headers["retry-after"] = str(int(wait) + 1)
            return response
        limit.fail(key for key, _ in keys)
        lines: tuple[str, ...]
        found = checks.confirm(code)
        if isinstance(found, Doubt):
            mistyped = found is Doubt.MISTYPED
            lines = (words.mistyped if mistyped else words.foreign,)
            return page(request, words, code=code, verdict="mistyped" if mistyped else "foreign", lines=lines)
        # The letter's own language: whoever holds it reads that.
        words = check_words(found.facts.language or words.language)
        speak = words.speak
        times = (
            words.first
            if found.count == 1
            else words.again.format(count=speak.number(found.count), date=speak.day(found.first))
        )
        lines = (
            words.ours.format(date=speak.day(found.facts.day)),
            words.reference.format(ident=found.facts.incident),
            times,
            words.forger,
        )
        return page(request, words, verdict="ours", lines=lines)


def _keys(request: Request) -> list[tuple[str, int]]:
    """Under which keys a question counts, and how many are allowed for each."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return [(host, TRIES), (_ALL, ALL_TRIES)]
    if address.is_loopback:
        # A proxy of the house, behind which everybody comes from here.
        return [(_ALL, ALL_TRIES)]
    if address.version == 6:
        # One subscriber has a whole network of that size.
        host = str(ipaddress.ip_network((address, 64), strict=False))
    return [(host, TRIES), (_ALL, ALL_TRIES)]
