"""Turns one view's answer into a page or into its JSON twin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from hushdesk.access import Permission
from hushdesk.guard.words import count
from hushdesk.web import _guard, _text, _words
from hushdesk.web._settings import WebSettings
from hushdesk.web._static import StaticFiles


@dataclass(frozen=True, slots=True)
class Page:
    """What a view answers: data for both twins, and what only the page needs."""

    template: str
    data: Mapping[str, Any]
    """Plain values and dataclasses; this is the JSON twin."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """For the template alone: addresses, geometry."""
    status: int = 200


class Renderer:
    """Renders pages. Every template is escaped; no filter here marks anything as safe."""

    def __init__(self, settings: WebSettings, static: StaticFiles) -> None:
        self._env = Environment(
            loader=PackageLoader("hushdesk.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.globals.update(
            static=static.url,
            segments=_text.segments,
            kind_group=_text.kind_group,
            kind_label=_text.kind_label,
            site=settings.title,
            size=_size,
        )
        self._env.filters.update(
            amount=count, day=_day, minute=_minute, number=_number, size=_size, iso=_iso, shorten=_shorten
        )
        self._env.filters.update(
            event=_words.event_words, allows=_words.permission_words, signed_in=_words.method_words
        )

    def answer(self, request: Request, page: Page) -> Response:
        """The page, or its JSON twin if the address asks for that."""
        if wants_json(request):
            return json_answer(page.data, page.status)
        return self.html(request, page.template, {**page.data, **page.extra}, page.status)

    def html(
        self, request: Request, template: str, values: Mapping[str, Any], status: int = 200
    ) -> HTMLResponse:
        """A page."""
        identity: _guard.Identity | None = getattr(request.state, "identity", None)
        allowed = identity.permissions if identity is not None else frozenset()
        text = self._env.get_template(template).render(
            {
                "identity": identity,
                "csrf": identity.csrf if identity is not None else "",
                "may": {each.name.lower(): each in allowed for each in Permission},
                "path": request.url.path,
                **values,
            }
        )
        # Whatever field it came from: no control character of the data acts on a page.
        return HTMLResponse(_text.without_controls(text), status)


def wants_json(request: Request) -> bool:
    """Whether the address is that of a JSON twin, or the request came over the owner's socket."""
    return request.url.path.endswith(".json") or bool(request.scope.get(_guard.LOCAL))


def json_answer(data: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON answer; times as ISO 8601 in UTC."""
    body = json.dumps(dict(data), default=_plain, ensure_ascii=False, separators=(",", ":"))
    return Response(body.encode("utf-8", "replace"), status, media_type="application/json")


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return _iso(value)
    raise TypeError(type(value).__name__)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d}" if at is not None else ""


def _minute(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" if at is not None else ""


def _number(value: float) -> str:
    return f"{value:,}"


def _shorten(value: str, most: int = 40) -> str:
    return value if len(value) <= most else value[: most - 1] + "…"


def _size(value: int) -> str:
    amount = float(value)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"
