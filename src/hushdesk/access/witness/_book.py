"""Reading the record: who saw a case, what an account did, how many rows left the house. Reading is itself in the record."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, Self

from hushdesk.access._actor import Actor
from hushdesk.access._events import AuditEvent
from hushdesk.access._permissions import Permission, require
from hushdesk.access.witness._seal import SEALED
from hushdesk.access.witness._witness import Witness
from hushdesk.desk import Desk
from hushdesk.record import Entry, ExportRow, Head, ManifestReader, ProvenLog, RecordIndex
from hushdesk.record.errors import RecordDamagedError, RecordError

UNUSUAL_TIMES: Final = 5
"""A day is unusual if an account got so many times the cases of its median day …"""
UNUSUAL_LEAST: Final = 200
"""… and at least so many."""
_MOST_REASONS: Final = 500
"""Exports of a period whose reasons are opened."""
_COLUMNS: Final = {
    AuditEvent.ANALYST_CASE_SEARCH.value: "searches",
    AuditEvent.ANALYST_CASE_COUNT.value: "searches",
    AuditEvent.ANALYST_CASE_READ.value: "views",
    AuditEvent.ANALYST_CASE_EXPORT.value: "exports",
}


@dataclass(frozen=True, slots=True)
class BookState:
    """Whether what is shown is proven."""

    whole: bool
    entries: int
    head: Head | None
    problem: str = ""
    """Why it is not."""

    @property
    def head_at(self) -> datetime | None:
        """When the head was signed that proves what is shown."""
        return datetime.fromisoformat(self.head.at) if self.head else None


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry, its sealed words opened."""

    number: int
    at: datetime
    event: str
    who: str
    detail: dict[str, Any]
    """Without sealed words, and with the number of the cases that it names in place of these."""
    words: dict[str, Any] | None
    """What was typed; None if nothing was, or it does not open."""
    unread: bool = False
    """There are words and they do not open: they are not those of this entry, or of other keys."""


@dataclass(frozen=True, slots=True)
class ExportSeen:
    """An export that has, or may have, taken a case out."""

    export: ExportRow
    certain: bool
    why: str
    """Why it is not certain."""


@dataclass(frozen=True, slots=True)
class AccountDay:
    """One day of one account."""

    day: str
    searches: int
    views: int
    exports: int
    other: int
    cases: int
    """Cases shown in lists, opened or exported; one that was shown twice counts twice."""
    unusual: bool


@dataclass(frozen=True, slots=True)
class Left:
    """How many cases left by one day, account or reason."""

    name: str
    exports: int
    cases: int
    """Known to have left."""
    unknown: int
    """May have left besides: the hits of exports that never ended."""


class RecordBook:
    """What an open desk's record says, for those who may read it. Each look is written down first.

    Args:
        log: The record.
        index: Of it.
        witness: Writes into it.
    """

    def __init__(self, log: ProvenLog, index: RecordIndex, witness: Witness) -> None:
        self._log, self._index, self._witness = log, index, witness

    @classmethod
    def of(cls, desk: Desk, witness: Witness) -> Self:
        """That of an open desk."""
        log = ProvenLog(desk.record.folder, desk.keyring.signing_public_keys, desk.settings.desk_id)
        return cls(log, RecordIndex(log), witness)

    def _look(self, who: Actor, asked: dict[str, Any] | None = None, **about: Any) -> BookState:
        """Write down that somebody reads, then prove and index what is there.

        Raises:
            Forbidden: They may not read the record.
        """
        require(who, Permission.RECORD_READ)
        try:
            # What was asked for may be the name of a person.
            self._witness.note(AuditEvent.OFFICER_RECORD_READ, who, asked or None, **about)
            head = self._log.follow()
            self._index.follow()
        except RecordDamagedError as error:
            return BookState(whole=False, entries=self._log.size, head=self._log.head, problem=error.problem)
        return BookState(whole=True, entries=self._log.size, head=head)

    def entries(
        self,
        who: Actor,
        *,
        account: str = "",
        event: str = "",
        start: datetime | None = None,
        end: datetime | None = None,
        before: int | None = None,
        most: int = 50,
    ) -> tuple[BookState, list[ShownEntry]]:
        """Entries, newest first; see :meth:`hushdesk.record.RecordIndex.find` for the filters.

        Raises:
            Forbidden: They may not read the record.
        """
        about = {"account": account, "event": event, "before": before}
        times = {"from": start.isoformat() if start else None, "to": end.isoformat() if end else None}
        asked = {name: value for name, value in (about | times).items() if value not in {None, ""}}
        state = self._look(who, page="entries", asked=asked)
        if not state.whole:
            return state, []
        # Looks of before are listed; the one that is being taken is not.
        before = state.entries - 1 if before is None else before
        numbers = self._index.find(who=account, event=event, start=start, end=end, before=before, most=most)
        return self._shown(state, numbers)

    def case(
        self, who: Actor, case: str, *, before: int | None = None, most: int = 50
    ) -> tuple[BookState, list[ShownEntry], list[ExportSeen]]:
        """Who saw a case: entries that name it, newest first, and exports that have or may have taken it out.

        Raises:
            Forbidden: They may not read the record.
        """
        state = self._look(who, page="case", about=case)
        if not state.whole:
            return state, [], []
        try:
            numbers = list(islice(self._index.case(case, before=before), most))
        except RecordDamagedError as error:
            return (
                BookState(whole=False, entries=state.entries, head=state.head, problem=error.problem),
                [],
                [],
            )
        state, shown = self._shown(state, numbers)
        return state, shown, list(self._taken(case)) if before is None else []

    def _taken(self, case: str) -> Iterator[ExportSeen]:
        for row in self._index.exports():
            if row.ended is None:
                yield ExportSeen(row, certain=False, why="it never ended: up to all its hits left")
                continue
            try:
                with ManifestReader(self._log.folder, row.number) as manifest:
                    if manifest.digest() != row.manifest:
                        yield ExportSeen(row, certain=False, why="its list of cases was changed")
                    elif case in manifest:
                        yield ExportSeen(row, certain=True, why="")
            except RecordError as error:
                yield ExportSeen(row, certain=False, why=error.problem.rstrip("."))

    def account(self, who: Actor, account: str) -> tuple[BookState, list[AccountDay]]:
        """What an account did, day by day, the newest first.

        Raises:
            Forbidden: They may not read the record.
        """
        state = self._look(who, page="account", asked={"account": account})
        if not state.whole:
            return state, []
        days: dict[str, dict[str, int]] = defaultdict(
            lambda: dict.fromkeys((*_COLUMNS.values(), "other", "cases"), 0)
        )
        for one in self._index.days(account):
            day = days[one.day]
            column = _COLUMNS.get(one.event, "other")
            # An export has two entries; one that never ended has one.
            day[column] += -(-one.entries // 2) if column == "exports" else one.entries
            day["cases"] += one.cases
        found = [
            (name, day, [other["cases"] for key, other in days.items() if key != name])
            for name, day in days.items()
        ]
        return state, [
            AccountDay(name, **day, unusual=_unusual(day["cases"], others)) for name, day, others in found
        ]

    def exports(
        self, who: Actor, *, start: datetime | None = None, end: datetime | None = None
    ) -> tuple[BookState, list[ExportRow], dict[str, list[Left]]]:
        """Exports in a span of time, newest first, and what left by ``day``, ``account`` and ``reason``.

        Raises:
            Forbidden: They may not read the record.
        """
        times = {"from": start.isoformat() if start else "", "to": end.isoformat() if end else ""}
        state = self._look(who, page="exports", asked={name: value for name, value in times.items() if value})
        if not state.whole:
            return state, [], {}
        rows = [
            row
            for row in self._index.exports()
            if (start is None or row.at >= start) and (end is None or row.at < end)
        ]
        state, opened = self._shown(state, [row.number for row in rows[:_MOST_REASONS]])
        reasons = {one.number: (one.words or {}).get("reason") or "no reason given" for one in opened}
        groups = {
            "day": _left((f"{row.at:%Y-%m-%d}", row) for row in rows),
            "account": _left((row.who, row) for row in rows),
            "reason": _left((reasons.get(row.number, "not opened: too many"), row) for row in rows),
        }
        return state, rows, groups

    def names(self) -> tuple[list[str], list[str]]:
        """Accounts and events that occur, to choose from."""
        return self._index.names()

    def rebuild(self) -> None:
        """Make the index anew from the proven entries.

        Raises:
            RecordDamagedError: The record is not whole.
        """
        self._log.follow()
        self._index.rebuild()

    def _shown(self, state: BookState, numbers: list[int]) -> tuple[BookState, list[ShownEntry]]:
        try:
            return state, [self._open(entry) for entry in self._log.entries(numbers)]
        except RecordDamagedError as error:
            return BookState(whole=False, entries=state.entries, head=state.head, problem=error.problem), []

    def _open(self, entry: Entry) -> ShownEntry:
        detail = {name: value for name, value in entry.detail.items() if name != SEALED}
        cases = detail.get("cases")
        if isinstance(cases, list):
            detail["cases"] = len(cases)
        sealed = SEALED in entry.detail
        words = self._witness.seal.open(entry.event, entry.who, entry.detail) if sealed else None
        return ShownEntry(
            entry.number,
            datetime.fromisoformat(entry.at),
            entry.event,
            entry.who,
            detail,
            words,
            unread=sealed and words is None,
        )

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "RecordBook()"


def _unusual(cases: int, others: list[int]) -> bool:
    return cases >= UNUSUAL_LEAST and cases > UNUSUAL_TIMES * (statistics.median(others) if others else 0)


def _left(rows: Iterable[tuple[str, ExportRow]]) -> list[Left]:
    groups: dict[str, list[ExportRow]] = defaultdict(list)
    for name, row in rows:
        groups[name].append(row)
    return [
        Left(
            name,
            len(found),
            sum(row.cases or 0 for row in found),
            sum(row.hits for row in found if row.cases is None),
        )
        for name, found in groups.items()
    ]


def days_between(first: str, last: str) -> list[str]:
    """All days from the first to the last, both included."""
    day, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    found = []
    while day <= end:
        found.append(f"{day:%Y-%m-%d}")
        day += timedelta(days=1)
    return found
