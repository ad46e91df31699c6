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

from hushdesk.access._actor import OWNER, Actor
from hushdesk.access._asked import KEPT, AskedBefore
from hushdesk.access._permissions import Permission, require
from hushdesk.access._question import Question
from hushdesk.access.witness import ExportWitness, Witness
from hushdesk.analytics import (
    EXPORTED,
    Asked,
    CaseView,
    OpenDesk,
    Overview,
    Scope,
    SearchPage,
    Withheld,
    within,
)

CASE_ID: Final = "case_id"


class Door:
    """Answers questions about cases.

    Args:
        desk: An open desk.
        witness: Writes down who was shown what; by default into the desk's record.
    """

    def __init__(self, desk: OpenDesk, witness: Witness | None = None) -> None:
        self.desk = desk
        self.witness = witness or Witness.of(desk.desk)
        self._limits = desk.desk.settings.suppression
        secret = desk.desk.keyring.derived("suppression of small groups")
        self._round_by = int.from_bytes(secret[:8]), int.from_bytes(secret[8:16])
        self._asked = AskedBefore(
            desk.desk.folder / "asked.sqlite", desk.desk.keyring.derived("questions of those who count")[:32]
        )

    def scope_of(self, who: Actor) -> Scope:
        """The rows and texts that an answer for somebody may be made of, and which counts are too small for them."""
        limited = who.rows.scope(internal=who.may(Permission.CASES_READ_INTERNAL))
        if who.account is None and who.role == OWNER:
            # All of the store is theirs to read from disk anyway.
            return limited
        rows = who.may(Permission.CASES_SEARCH)
        return replace(limited, rows=rows, small=self._limits.persons, key=self._round_by)

    def search(self, who: Actor, question: Question) -> SearchPage:
        """One page of hits, the total, facets and bars; no hits for those who may only count.

        Raises:
            Forbidden: They may not even count.
            QueryError: The query cannot be carried out.
            TooManyNarrow: They asked about few persons too often today.
            Withheld: It is about too few persons for those who may only count.
        """
        require(who, Permission.CASES_COUNT)
        scope = self.scope_of(who)
        if not scope.rows:
            self._compare(who, scope, question)
        page = self._found(who, scope, question)
        self.witness.searched(who, question, page)
        return page

    def _found(self, who: Actor, scope: Scope, question: Question) -> SearchPage:
        try:
            page = self.desk.search(
                question.query,
                scope=scope,
                start=question.start,
                end=question.end,
                page=question.page,
                page_size=question.page_size if scope.rows else 0,
                sort=question.sort,
                facets=question.facets,
                histogram=question.histogram,
                filters=dict(question.filters),
            )
        except Withheld:
            self._asked.narrow(who, self._limits.narrow_a_day)
            raise
        # Turning pages and looking to the left and right of a case ask nothing new.
        if page.few and (question.facets or question.histogram):
            self._asked.narrow(who, self._limits.narrow_a_day)
        # As asked for, even where no rows may be seen: pages are counted by it.
        return replace(page, page_size=question.page_size)

    def _compare(self, who: Actor, scope: Scope, question: Question) -> None:
        """Refuse a question that differs from an earlier one by few persons.

        A facet is counted without its own filter, so the question without each filter is asked as well.
        """
        query = within(question.query, question.start, question.end)
        filters = dict(question.filters)
        asks = [Asked(query, filters)]
        asks += [Asked(query, {k: v for k, v in filters.items() if k != name}) for name in filters]
        with self._asked.turn:
            earlier: list[Asked] | None = None
            for one in asks:
                if self._asked.knows(who, one):
                    continue
                if earlier is None:
                    # Decrypted once for the whole answer: the turn is ours, so nobody adds to them meanwhile but we.
                    earlier = self._asked.earlier(who)
                # Also where there is none to compare with: what cannot be carried out is not kept.
                near = self.desk.analytics.apart(scope, one, earlier)
                if any(persons is not None and persons < scope.small for persons in near):
                    self._asked.narrow(who, self._limits.narrow_a_day)
                    raise Withheld(scope.small)
                self._asked.keep(who, one)
                earlier = [one, *earlier][:KEPT]

    def read(self, who: Actor, case: str) -> CaseView | None:
        """The case with this id or number; None if there is none among those they may see.

        Raises:
            Forbidden: They may not read cases.
        """
        require(who, Permission.CASES_READ)
        found = self.desk.read(case, scope=self.scope_of(who))
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
        # How many there are is for the record and not for them: nothing is hidden from it.
        scope = replace(self.scope_of(who), small=0)
        asked: dict[str, Any] = {"scope": scope, "start": question.start, "end": question.end}
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
        return self.desk.overview(scope=self.scope_of(who))
