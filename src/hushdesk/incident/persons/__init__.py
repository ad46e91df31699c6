"""Whose data could be taken: persons resolved in bulk, without opening an identity; and the sweep, which opens values in memory."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident.persons._concerned import CROWD, concerned
    from hushdesk.incident.persons._groups import PersonGroup, grouped, groups
    from hushdesk.incident.persons._leftovers import Leftovers, leftovers, with_leftovers
    from hushdesk.incident.persons._scam import WEIGHTS, scam_risk
    from hushdesk.incident.persons._words import FREE_TEXT, MARKED, Marks, MarksError
else:
    __getattr__ = late(
        __name__,
        {
            "_concerned": "CROWD concerned",
            "_groups": "PersonGroup grouped groups",
            "_leftovers": "Leftovers leftovers with_leftovers",
            "_scam": "WEIGHTS scam_risk",
            "_words": "FREE_TEXT MARKED Marks MarksError",
        },
    )

__all__ = [
    "CROWD",
    "FREE_TEXT",
    "MARKED",
    "WEIGHTS",
    "Leftovers",
    "Marks",
    "MarksError",
    "PersonGroup",
    "concerned",
    "grouped",
    "groups",
    "leftovers",
    "scam_risk",
    "with_leftovers",
]
