"""What the door writes into the desk's record, before anybody sees an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from hushdesk.access._actor import Actor
from hushdesk.access._events import AuditEvent
from hushdesk.access._question import Question
from hushdesk.access.witness._seal import Seal
from hushdesk.analytics import CaseView, SearchPage
from hushdesk.desk import Desk
from hushdesk.record import ManifestWriter, Record, sweep


class Witness:
    """Appends to one record; an entry is on disk under a signed head when a method returns.

    Args:
        record: The desk's record.
        seal: Seals what was typed.
    """

    def __init__(self, record: Record, seal: Seal) -> None:
        self.record = record
        self.seal = seal

    @classmethod
    def of(cls, desk: Desk) -> Self:
        """That of an open desk; clears up what exports put aside when their process died."""
        sweep(desk.record.folder)
        return cls(desk.record, Seal.of(desk.keyring.derived, desk.settings.desk_id))

    def searched(self, who: Actor, question: Question, page: SearchPage) -> None:
        """Somebody was given a page of hits, or counts alone."""
        event = AuditEvent.ANALYST_CASE_SEARCH if page.hits else AuditEvent.ANALYST_CASE_COUNT
        self._asked(
            event,
            who,
            question,
            page=question.page,
            total=page.total,
            rows=len(page.hits),
            cases=[hit.case_id for hit in page.hits],
        )

    def counted(self, who: Actor) -> None:
        """Somebody was given counts of all that they may see."""
        self.note(AuditEvent.ANALYST_CASE_COUNT, who, overview=True)

    def read(self, who: Actor, case: CaseView) -> None:
        """Somebody was given a case."""
        self.note(AuditEvent.ANALYST_CASE_READ, who, case=case.case_id)

    def export_began(self, who: Actor, question: Question, hits: int) -> ExportWitness:
        """Somebody is about to be given all hits of a search, of which there are so many."""
        number = self._asked(
            AuditEvent.ANALYST_CASE_EXPORT, who, question, state="begun", sort=question.sort, hits=hits
        )
        return ExportWitness(self, who, number)

    def _asked(self, event: AuditEvent, who: Actor, question: Question, **detail: Any) -> int:
        words = {
            "query": " ".join(question.query.split()),
            "filters": {field: list(values) for field, values in question.filters},
            "from": _text(question.start),
            "to": _text(question.end),
        }
        detail |= {"question": self.seal.digest(words)}
        if question.aside:
            detail |= {"aside": True}
        if question.reason:
            words |= {"reason": question.reason}
        return self.note(event, who, words, **detail)

    def note(self, event: AuditEvent, who: Actor, words: Any = None, **detail: Any) -> int:
        """Write down what somebody did; gives the entry's number.

        Args:
            event: What.
            who: Who.
            words: What is not to stand there in the clear; sealed.
            detail: Plain values; never one from a case.
        """
        detail = {"role": who.role, "via": who.via, **detail}
        if words is not None:
            detail = self.seal.seal(event.value, who.name, detail, words)
        return self.record.append(event.value, who.name, detail).number

    def __repr__(self) -> str:
        return "Witness()"


class ExportWitness:
    """Notes what one export hands over.

    Args:
        witness: Where it is written.
        who: Who exports.
        number: Of the entry with which it began.
    """

    def __init__(self, witness: Witness, who: Actor, number: int) -> None:
        self._witness, self._who, self._number = witness, who, number
        self._manifest = ManifestWriter(witness.record.folder, number)
        self._rows = 0

    def handing(self, cases: Sequence[str]) -> None:
        """These are about to be handed over: whoever takes them and breaks off has them."""
        self._rows += len(cases)
        self._manifest.add(cases)

    def ended(self, *, whole: bool) -> None:
        """Nothing more will be handed over; ``whole`` unless they stopped taking it."""
        state = "whole" if whole else "broken off"
        manifest = self._manifest.finish()
        self._witness.note(
            AuditEvent.ANALYST_CASE_EXPORT,
            self._who,
            state=state,
            begun=self._number,
            rows=self._rows,
            manifest=manifest.digest,
        )


def _text(time: datetime | None) -> str:
    return time.isoformat() if time else ""
