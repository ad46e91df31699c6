"""Whose data could be taken: persons resolved in bulk, without opening an identity."""

from hushdesk.incident.persons._concerned import CROWD, concerned
from hushdesk.incident.persons._words import FREE_TEXT, MARKED, Marks, MarksError

__all__ = ["CROWD", "FREE_TEXT", "MARKED", "Marks", "MarksError", "concerned"]
