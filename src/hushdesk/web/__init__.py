"""The pages: search, read, load reports, status; server-rendered, with a JSON twin each."""

from __future__ import annotations

from hushdesk.web._app import create_app
from hushdesk.web._checks import LetterChecks, checks_of
from hushdesk.web._desk import DeskPages, lookout_of
from hushdesk.web._incidents import Incidents, incidents_of
from hushdesk.web._own_tls import CertificateNameError, OwnCertificate, own_certificate
from hushdesk.web._own_tls import expiry as certificate_expiry
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
from hushdesk.web._protocol import ConnectionLimits
from hushdesk.web._security_txt import security_txt
from hushdesk.web._serve import ListenError, check_host, serve
from hushdesk.web._settings import WebSettings
from hushdesk.web._turns import TurnLimits

__all__ = [
    "CertificateNameError",
    "ConnectionLimits",
    "DeskPages",
    "DeskPort",
    "Incidents",
    "KindCount",
    "LetterChecks",
    "ListenError",
    "LoadReportView",
    "LoadSummary",
    "OwnCertificate",
    "PersonsOf",
    "PersonsPort",
    "RefusedLine",
    "RowCount",
    "SourceCount",
    "StatusView",
    "TurnLimits",
    "WebSettings",
    "certificate_expiry",
    "check_host",
    "checks_of",
    "create_app",
    "incidents_of",
    "lookout_of",
    "own_certificate",
    "persons_of",
    "security_txt",
    "serve",
]
