"""The one way to the cases of a desk: pages, API, exports and command line all ask here.

A question is answered for somebody. The door asks whether they may, limits the question to their rows and texts in
the compiled SQL itself, hides what small groups would give away, and writes into the record who was shown what before
it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import pyarrow as pa

from hushdesk.access._actor import Actor
from hushdesk.access._permissions import Permission, require
from hushdesk.access._question import Question
from hushdesk.access.witness import ExportWitness, Witness
from hushdesk.analytics import EXPORTED, CaseView, OpenDesk, Overview, Scope, SearchPage

CASE_ID: Final = "case_id"


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
        self.witness = witness or Witness.of(desk.desk)

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
        self.witness.searched(who, question, page)
        return page

    def read(self, who: Actor, case: str) -> CaseView | None:
        """The case with this id or number; None if there is none among those they may see.

        Raises:
            Forbidden: They may not read cases.
        """
        require(who, Permission.CASES_READ)
        found = self.desk.read(case, scope=scope_of(who))
        if found is not None:
            self.witness.read(who, found)
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
        asked: dict[str, Any] = {"scope": scope_of(who), "start": question.start, "end": question.end}
        filters = dict(question.filters)
        # Which cases go out is written down, whatever columns are wanted.
        wanted = tuple(columns) if CASE_ID in columns or not columns else (*columns, CASE_ID)
        batches = self.desk.export(question.query, columns=wanted, filters=filters, **asked)
        counted = self.desk.search(
            question.query, page_size=0, facets=(), histogram=False, filters=filters, **asked
        )
        export = self.witness.export_began(who, question, counted.total)
        return self._handed_over(export, batches, list(columns))

    @staticmethod
    def _handed_over(
        export: ExportWitness, batches: Iterator[pa.RecordBatch], columns: list[str]
    ) -> Iterator[pa.RecordBatch]:
        whole = False
        try:
            for batch in batches:
                # Before it is handed over: a reader who takes it and breaks off has it.
                export.handing(batch.column(CASE_ID).to_pylist())
                yield batch.select(columns)
            whole = True
        finally:
            export.ended(whole=whole)

    def overview(self, who: Actor) -> Overview:
        """What they may see, in numbers.

        Raises:
            Forbidden: They may not count.
        """
        require(who, Permission.CASES_COUNT)
        self.witness.counted(who)
        return self.desk.overview(scope=scope_of(who))
