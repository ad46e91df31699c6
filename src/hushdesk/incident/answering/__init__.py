"""The answer of an incident, and what is done with it."""

from hushdesk.incident.answering._analyse import Analysis, Seen, analyse, see

__all__ = ["Analysis", "Seen", "analyse", "see"]
