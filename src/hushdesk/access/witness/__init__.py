"""What is written into the desk's record about those who use it, before anybody sees an answer."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.access.witness._accounts import NOBODY, AccountWitness, witnessed_accounts
    from hushdesk.access.witness._book import (
        AccountDay,
        BookState,
        ExportSeen,
        Left,
        RecordBook,
        ShownEntry,
        days_between,
    )
    from hushdesk.access.witness._flood import Flood
    from hushdesk.access.witness._origin import Origin, coming, origin
    from hushdesk.access.witness._review import WitnessedReview
    from hushdesk.access.witness._seal import Seal
    from hushdesk.access.witness._witness import ExportWitness, Witness
else:
    __getattr__ = late(
        __name__,
        {
            "_accounts": "NOBODY AccountWitness witnessed_accounts",
            "_book": "AccountDay BookState ExportSeen Left RecordBook ShownEntry days_between",
            "_flood": "Flood",
            "_origin": "Origin coming origin",
            "_review": "WitnessedReview",
            "_seal": "Seal",
            "_witness": "ExportWitness Witness",
        },
    )

__all__ = [
    "NOBODY",
    "AccountDay",
    "AccountWitness",
    "BookState",
    "ExportSeen",
    "ExportWitness",
    "Flood",
    "Left",
    "Origin",
    "RecordBook",
    "Seal",
    "ShownEntry",
    "Witness",
    "WitnessedReview",
    "coming",
    "days_between",
    "origin",
    "witnessed_accounts",
]
