"""Desks: settings, and the resumable load from reader through seal to store."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
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
        PseudonymAlone,
        ReviewError,
        SealingDied,
        SeveralPersons,
    )
    from hushdesk.desk._keys import KeyDesk
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
        SecuritySettings,
        home,
        must_be_outside,
        read_settings,
    )
    from hushdesk.desk._sign_in import OidcSettings, SignInSettings, safe_url
    from hushdesk.desk._signed import SignedCertificate
    from hushdesk.desk._sweep import Swept, ValueFinder, sweep
else:
    __getattr__ = late(
        __name__,
        {
            "_desk": "Created Desk",
            "_errors": "CertificateRefused DeskBusy DeskError ErasureError LoadError NameAlone NobodyFound NoSuchEntry OnHold PseudonymAlone ReviewError SealingDied SeveralPersons",
            "_keys": "KeyDesk",
            "_ledger": "Resolution",
            "_load": "Progress",
            "_policies": "CasePolicy DisclosureSettings ErasureSettings HoldSettings RetentionAction RetentionRule",
            "_record": "RECORD_FOLDER open_record",
            "_report": "LoadReport RefusedLine Tally",
            "_review": "OpenedEntry Piece Released Review ReviewEntry ReviewFinding ReviewText",
            "_settings": "CertificateSettings DeskSettings GuardSettings PageSettings RevealSettings SecuritySettings home must_be_outside read_settings",
            "_sign_in": "OidcSettings SignInSettings safe_url",
            "_signed": "SignedCertificate",
            "_sweep": "Swept ValueFinder sweep",
        },
    )

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
    "KeyDesk",
    "LoadError",
    "LoadReport",
    "NameAlone",
    "NoSuchEntry",
    "NobodyFound",
    "OidcSettings",
    "OnHold",
    "OpenedEntry",
    "PageSettings",
    "Piece",
    "Progress",
    "PseudonymAlone",
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
    "SecuritySettings",
    "SeveralPersons",
    "SignInSettings",
    "SignedCertificate",
    "Swept",
    "Tally",
    "ValueFinder",
    "home",
    "must_be_outside",
    "open_record",
    "read_settings",
    "safe_url",
    "sweep",
]
