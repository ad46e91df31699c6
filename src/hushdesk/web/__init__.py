"""The pages: search, read, load reports, status; server-rendered, with a JSON twin each."""

from __future__ import annotations

from hushdesk.web._app import create_app
from hushdesk.web._desk import DeskPages, lookout_of
from hushdesk.web._ports import (
    DeskPort,
    KindCount,
    LoadReportView,
    LoadSummary,
    RefusedLine,
    RowCount,
    SearchRequest,
    SourceCount,
    StatusView,
)
from hushdesk.web._serve import ListenError, check_host, serve
from hushdesk.web._settings import WebSettings

__all__ = [
    "DeskPages",
    "DeskPort",
    "KindCount",
    "ListenError",
    "LoadReportView",
    "LoadSummary",
    "RefusedLine",
    "RowCount",
    "SearchRequest",
    "SourceCount",
    "StatusView",
    "WebSettings",
    "check_host",
    "create_app",
    "lookout_of",
    "serve",
]
