"""The pages: search, read, load reports, status; server-rendered, with a JSON twin each."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
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
else:
    __getattr__ = late(
        __name__,
        {
            "_app": "create_app",
            "_checks": "LetterChecks checks_of",
            "_desk": "DeskPages lookout_of",
            "_incidents": "Incidents incidents_of",
            "_own_tls": "CertificateNameError OwnCertificate own_certificate certificate_expiry=expiry",
            "_persons": "PersonsOf PersonsPort persons_of",
            "_ports": "DeskPort KindCount LoadReportView LoadSummary RefusedLine RowCount SourceCount StatusView",
            "_protocol": "ConnectionLimits",
            "_security_txt": "security_txt",
            "_serve": "ListenError check_host serve",
            "_settings": "WebSettings",
            "_turns": "TurnLimits",
        },
    )

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
