"""Desks: settings, and the resumable load from reader through seal to store."""

from hushdesk.desk._desk import Created, Desk
from hushdesk.desk._errors import (
    CertificateRefused,
    DeskBusy,
    DeskError,
    LoadError,
    NoSuchEntry,
    ReviewError,
    SealingDied,
)
from hushdesk.desk._keys import KeyDesk
from hushdesk.desk._ledger import Resolution
from hushdesk.desk._load import Progress
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
from hushdesk.desk._settings import CertificateSettings, DeskSettings, GuardSettings, PageSettings, home
from hushdesk.desk._signed import SignedCertificate
from hushdesk.desk._sweep import Swept, ValueFinder, sweep

__all__ = [
    "RECORD_FOLDER",
    "CertificateRefused",
    "CertificateSettings",
    "Created",
    "Desk",
    "DeskBusy",
    "DeskError",
    "DeskSettings",
    "GuardSettings",
    "KeyDesk",
    "LoadError",
    "LoadReport",
    "NoSuchEntry",
    "OpenedEntry",
    "PageSettings",
    "Piece",
    "Progress",
    "RefusedLine",
    "Released",
    "Resolution",
    "Review",
    "ReviewEntry",
    "ReviewError",
    "ReviewFinding",
    "ReviewText",
    "SealingDied",
    "SignedCertificate",
    "Swept",
    "Tally",
    "ValueFinder",
    "home",
    "open_record",
    "sweep",
]
