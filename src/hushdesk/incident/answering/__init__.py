"""The answer of an incident, and what is done with it."""

from hushdesk.incident._spans import present
from hushdesk.incident.answering._analyse import Analysis, Seen, analyse, see
from hushdesk.incident.answering._notify import CODES, Notify
from hushdesk.incident.answering._service import IncidentDesk, about, read_moment, read_span
from hushdesk.incident.answering._values import answer_value

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
