"""Requests of persons: finding one by any identifier, giving them their data, erasing them, and the proof of it."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.desk.persons._carry import ALSO_IN, Erasure, Rooms, begin, resume
    from hushdesk.desk.persons._file import Opening
    from hushdesk.desk.persons._find import Candidate, Found
    from hushdesk.desk.persons._journal import JOURNAL_FILE
    from hushdesk.desk.persons._plan import Plan, new_id
    from hushdesk.desk.persons._proof import ErasureProof, Shredded
    from hushdesk.desk.persons._restored import after_restore
    from hushdesk.desk.persons._rows import MARK
    from hushdesk.desk.persons._service import (
        Exported,
        Held,
        Persons,
        Preview,
        Reveals,
        check_holds,
        rooms_of,
    )
else:
    __getattr__ = late(
        __name__,
        {
            "_carry": "ALSO_IN Erasure Rooms begin resume",
            "_file": "Opening",
            "_find": "Candidate Found",
            "_journal": "JOURNAL_FILE",
            "_plan": "Plan new_id",
            "_proof": "ErasureProof Shredded",
            "_restored": "after_restore",
            "_rows": "MARK",
            "_service": "Exported Held Persons Preview Reveals check_holds rooms_of",
        },
    )

__all__ = [
    "ALSO_IN",
    "JOURNAL_FILE",
    "MARK",
    "Candidate",
    "Erasure",
    "ErasureProof",
    "Exported",
    "Found",
    "Held",
    "Opening",
    "Persons",
    "Plan",
    "Preview",
    "Reveals",
    "Rooms",
    "Shredded",
    "after_restore",
    "begin",
    "check_holds",
    "new_id",
    "resume",
    "rooms_of",
]
