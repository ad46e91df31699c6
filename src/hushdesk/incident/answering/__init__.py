"""The answer of an incident, and what is done with it."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident._spans import present
    from hushdesk.incident.answering._analyse import Analysis, Seen, analyse, see
    from hushdesk.incident.answering._notify import CODES, Notify
    from hushdesk.incident.answering._service import IncidentDesk, about, read_moment, read_span
    from hushdesk.incident.answering._values import answer_value
else:
    __getattr__ = late(
        __name__,
        {
            "hushdesk.incident._spans": "present",
            "_analyse": "Analysis Seen analyse see",
            "_notify": "CODES Notify",
            "_service": "IncidentDesk about read_moment read_span",
            "_values": "answer_value",
        },
    )

__all__ = [
    "CODES",
    "Analysis",
    "IncidentDesk",
    "Notify",
    "Seen",
    "about",
    "analyse",
    "answer_value",
    "present",
    "read_moment",
    "read_span",
    "see",
]
