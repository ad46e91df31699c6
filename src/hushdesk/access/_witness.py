"""What the door writes into the desk's record, before anybody sees an answer."""

from __future__ import annotations

from typing import Any

from hushdesk.access._actor import Actor
from hushdesk.access._events import AuditEvent
from hushdesk.access._question import Question
from hushdesk.analytics import CaseView, SearchPage
from hushdesk.record import Record


class Witness:
    """Appends to one record; an entry is on disk under a signed head when a method returns.

    Args:
        record: The desk's record.
    """

    def __init__(self, record: Record) -> None:
        self._record = record

    def searched(self, who: Actor, question: Question, page: SearchPage) -> None:
        """Somebody was given a page of hits, or counts alone."""
        event = AuditEvent.ANALYST_CASE_SEARCH if page.hits else AuditEvent.ANALYST_CASE_COUNT
        self._note(event, who, page=question.page, rows=len(page.hits), cases=[h.case_id for h in page.hits])

    def read(self, who: Actor, case: CaseView) -> None:
        """Somebody was given a case."""
        self._note(AuditEvent.ANALYST_CASE_READ, who, case=case.case_id)

    def export_began(self, who: Actor, question: Question) -> None:
        """Somebody is about to be given all hits of a search."""
        self._note(AuditEvent.ANALYST_CASE_EXPORT, who, state="begun", sort=question.sort)

    def export_ended(self, who: Actor, question: Question, rows: int, *, whole: bool) -> None:
        """So many rows were handed over; ``whole`` unless they stopped taking them."""
        state = "whole" if whole else "broken off"
        self._note(AuditEvent.ANALYST_CASE_EXPORT, who, state=state, sort=question.sort, rows=rows)

    def _note(self, event: AuditEvent, who: Actor, **detail: Any) -> None:
        self._record.append(event.value, who.name, {"role": who.role, **detail})
