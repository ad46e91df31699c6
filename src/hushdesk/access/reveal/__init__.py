"""Opening a pseudonym: a reason, a case, a second officer, once, in time, in the record; the identity goes to one screen only.

What is kept (``reveal.sqlite`` in the desk's folder) names pseudonyms, cases and accounts. Reasons in it are encrypted, and every
row is under a MAC of the desk's keys, which never lie in that folder.
"""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.access.reveal._calls import reveal_call
    from hushdesk.access.reveal._desk import case_of_desk, open_reveals
    from hushdesk.access.reveal._file import openings_of
    from hushdesk.access.reveal._reveals import LEAST_REASON, MOST_REASON, Reveals
    from hushdesk.access.reveal._types import CaseOf, Officer, Opened, Request, Shown, State
    from hushdesk.access.reveal.errors import (
        NoSuchReveal,
        RevealError,
        RevealRefused,
        RevealsChanged,
        TooManyReveals,
    )
else:
    __getattr__ = late(
        __name__,
        {
            "_calls": "reveal_call",
            "_desk": "case_of_desk open_reveals",
            "_file": "openings_of",
            "_reveals": "LEAST_REASON MOST_REASON Reveals",
            "_types": "CaseOf Officer Opened Request Shown State",
            "errors": "NoSuchReveal RevealError RevealRefused RevealsChanged TooManyReveals",
        },
    )

__all__ = [
    "LEAST_REASON",
    "MOST_REASON",
    "CaseOf",
    "NoSuchReveal",
    "Officer",
    "Opened",
    "Request",
    "RevealError",
    "RevealRefused",
    "Reveals",
    "RevealsChanged",
    "Shown",
    "State",
    "TooManyReveals",
    "case_of_desk",
    "open_reveals",
    "openings_of",
    "reveal_call",
]
