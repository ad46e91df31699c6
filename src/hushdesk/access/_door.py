"""The one way to the cases of a desk: pages, API, exports and command line all ask here.

A question is answered for somebody. The door asks whether they may, limits the question to their rows and texts in
the compiled SQL itself, hides what small groups would give away, and writes into the record who was shown what before
it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pyarrow as pa

from hushdesk.access._actor import Actor
from hushdesk.access._permissions import Permission, require
from hushdesk.access._question import Question
from hushdesk.access._witness import Witness
from hushdesk.analytics import EXPORTED, CaseView, OpenDesk, Overview, Scope, SearchPage


def scope_of(who: Actor) -> Scope:
    """The rows and texts that an answer for somebody may be made of."""
    return who.rows.scope(internal=who.may(Permission.CASES_READ_INTERNAL))


class Door:
    """Answers questions about cases.

    Args:
        desk: An open desk.
        witness: Writes down who was shown what; by default into the desk's record.
    """

    def __init__(self, desk: OpenDesk, witness: Witness | None = None) -> None:
        self.desk = desk
        self._witness = witness or Witness(desk.desk.record)

    def search(self, who: Actor, question: Question) -> SearchPage:
        """One page of hits, the total, facets and bars; no hits for those who may only count.

        Raises:
            Forbidden: They may not even count.
            QueryError: The query cannot be carried out.
        """
        require(who, Permission.CASES_COUNT)
        page = self.desk.search(
            question.query,
            scope=scope_of(who),
            start=question.start,
            end=question.end,
            page=question.page,
            page_size=question.page_size if who.may(Permission.CASES_SEARCH) else 0,
            sort=question.sort,
            facets=question.facets,
            histogram=question.histogram,
            filters=dict(question.filters),
        )
        # As asked for, even where no rows may be seen: pages are counted by it.
        page = replace(page, page_size=question.page_size)
        self._witness.searched(who, question, page)
        return page

    def read(self, who: Actor, case: str) -> CaseView | None:
        """The case with this id or number; None if there is none among those they may see.

        Raises:
            Forbidden: They may not read cases.
        """
        require(who, Permission.CASES_READ)
        found = self.desk.read(case, scope=scope_of(who))
        if found is not None:
            self._witness.read(who, found)
        return found

    def export(
        self, who: Actor, question: Question, columns: Sequence[str] = EXPORTED
    ) -> Iterator[pa.RecordBatch]:
        """All hits, newest first, as far as they may be seen; page numbers are ignored.

        Raises:
            Forbidden: They may not export.
            QueryError: The query cannot be carried out.
            UsageError: There is no such column, or it may not leave the store.
        """
        require(who, Permission.CASES_EXPORT)
        batches = self.desk.export(
            question.query,
            scope=scope_of(who),
            start=question.start,
            end=question.end,
            columns=columns,
            filters=dict(question.filters),
        )
        self._witness.export_began(who, question)
        return self._handed_over(who, question, batches)

    def _handed_over(
        self, who: Actor, question: Question, batches: Iterator[pa.RecordBatch]
    ) -> Iterator[pa.RecordBatch]:
        rows, whole = 0, False
        try:
            for batch in batches:
                # Counted before it is handed over: a reader who takes it and breaks off has it.
                rows += batch.num_rows
                yield batch
            whole = True
        finally:
            self._witness.export_ended(who, question, rows, whole=whole)

    def overview(self, who: Actor) -> Overview:
        """What they may see, in numbers.

        Raises:
            Forbidden: They may not count.
        """
        require(who, Permission.CASES_COUNT)
        return self.desk.overview(scope=scope_of(who))
