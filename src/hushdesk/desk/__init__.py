"""Desks: settings, and the resumable load from reader through seal to store."""

from hushdesk.desk._desk import Created, Desk
from hushdesk.desk._errors import (
    CertificateRefused,
    DeskBusy,
    DeskError,
    ErasureError,
    LoadError,
    NameAlone,
    NobodyFound,
    NoSuchEntry,
    OnHold,
    ReviewError,
    SealingDied,
    SeveralPersons,
)
from hushdesk.desk._ledger import Resolution
from hushdesk.desk._load import Progress
from hushdesk.desk._policies import (
    CasePolicy,
    DisclosureSettings,
    ErasureSettings,
    HoldSettings,
    RetentionAction,
    RetentionRule,
)
from hushdesk.desk._record import RECORD_FOLDER, open_record
from hushdesk.desk._report import LoadReport, RefusedLine, Tally
from hushdesk.desk._review import (
    OpenedEntry,
    Piece,
    Released,
    Review,
    ReviewEntry,
    ReviewFinding,
    ReviewText,
)
from hushdesk.desk._settings import (
    CertificateSettings,
    DeskSettings,
    GuardSettings,
    PageSettings,
    RevealSettings,
    home,
)
from hushdesk.desk._signed import SignedCertificate
from hushdesk.desk._sweep import Swept, ValueFinder, sweep

__all__ = [
    "RECORD_FOLDER",
    "CasePolicy",
    "CertificateRefused",
    "CertificateSettings",
    "Created",
    "Desk",
    "DeskBusy",
    "DeskError",
    "DeskSettings",
    "DisclosureSettings",
    "ErasureError",
    "ErasureSettings",
    "GuardSettings",
    "HoldSettings",
    "LoadError",
    "LoadReport",
    "NameAlone",
    "NoSuchEntry",
    "NobodyFound",
    "OnHold",
    "OpenedEntry",
    "PageSettings",
    "Piece",
    "Progress",
    "RefusedLine",
    "Released",
    "Resolution",
    "RetentionAction",
    "RetentionRule",
    "RevealSettings",
    "Review",
    "ReviewEntry",
    "ReviewError",
    "ReviewFinding",
    "ReviewText",
    "SealingDied",
    "SeveralPersons",
    "SignedCertificate",
    "Swept",
    "Tally",
    "ValueFinder",
    "home",
    "open_record",
    "sweep",
]
