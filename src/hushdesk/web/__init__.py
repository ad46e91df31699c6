"""The pages: search, read, load reports, status; server-rendered, with a JSON twin each."""

from __future__ import annotations

from hushdesk.web._app import create_app
from hushdesk.web._checks import LetterChecks, checks_of
from hushdesk.web._desk import DeskPages, lookout_of
from hushdesk.web._incidents import Incidents, incidents_of
from hushdesk.web._persons import PersonsOf, PersonsPort, persons_of
from hushdesk.web._ports import (
    DeskPort,
    KindCount,
    LoadReportView,
    LoadSummary,
    RefusedLine,
    RowCount,
    SourceCount,
    StatusView,
)
from hushdesk.web._serve import ListenError, check_host, serve
from hushdesk.web._settings import WebSettings

__all__ = [
    "DeskPages",
    "DeskPort",
    "Incidents",
    "KindCount",
    "LetterChecks",
    "ListenError",
    "LoadReportView",
    "LoadSummary",
    "PersonsOf",
    "PersonsPort",
    "RefusedLine",
    "RowCount",
    "SourceCount",
    "StatusView",
    "WebSettings",
    "check_host",
    "checks_of",
    "create_app",
    "incidents_of",
    "lookout_of",
    "persons_of",
    "serve",
]
