"""What is done for a person who asks: find, export, erase. Each goes into the record, never with an identifier."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hushdesk.desk import _settings
from hushdesk.desk._errors import ErasureError, OnHold
from hushdesk.desk._policies import CasePolicy, HoldSettings
from hushdesk.desk.persons._carry import Erasure, Rooms, begin, resume
from hushdesk.desk.persons._disclose import Discloser
from hushdesk.desk.persons._file import Opening, PersonFile
from hushdesk.desk.persons._find import Finder, Found, Whole
from hushdesk.desk.persons._plan import Plan, Planner
from hushdesk.vault import PersonId

if TYPE_CHECKING:
    from hushdesk.desk._desk import Desk

Reveals = Callable[[Sequence[PersonId]], Sequence[Opening]]
"""Tells who has had the identity of persons opened."""

Forget = Callable[[PersonId], object]
"""Erases what is written about a person outside of vault and store."""

Held = Callable[[HoldSettings], Iterable[str]]
"""Gives the ids of the cases that a hold keeps; the query language is known to the rooms above."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A person's file. Holds their data."""

    data: bytes = field(repr=False)
    """A zip archive."""
    persons: tuple[int, ...]
    cases: int
    internal: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would do."""

    persons: tuple[int, ...]
    emptied: int
    resealed: int
    values: int
    shared: int
    quarantined: int


class Persons:
    """Requests of persons, at one open desk.

    Args:
        desk: The desk.
        who: Who works, for the record.
        held: Gives the cases of a hold. Without it a desk that has holds erases nobody.
        reveals: Who has had identities opened; None if that is not known here.
        forget: Erases what staff have written about a person elsewhere, such as reasons; done first, and may be repeated.
    """

    def __init__(
        self,
        desk: Desk,
        who: str,
        *,
        held: Held | None = None,
        reveals: Reveals | None = None,
        forget: Forget | None = None,
    ) -> None:
        self._desk = desk
        self._who = who
        self._held = held
        self._reveals = reveals
        self._forget = forget
        self._finder = Finder(desk.keyring, desk.vault, desk.store)

    def find(self, typed: Iterable[str]) -> Found:
        """Whom identifiers may mean: e-mail, phone, account, user name, or a pseudonym, in any spelling; or, without any, a name.

        Raises:
            NameAlone: Nothing but a name was given, and too many have it.
            NobodyFound: The vault knows none of them.
        """
        found = self._look(typed)
        self._looked(found)
        return found

    def _look(self, typed: Iterable[str]) -> Found:
        """Find; that nobody was found is written down as well, for it is an answer too."""
        try:
            return self._finder.find(typed, self._desk.review.count_open())
        except ErasureError:
            self._looked(None)
            raise

    def _looked(self, found: Found | None, **more: bool) -> None:
        persons = [one.person for one in found.candidates] if found is not None else []
        by_name = found is not None and found.by_name
        self._desk.record.append(
            "officer:person:find", self._who, {"persons": persons, "by_name": by_name, **more}
        )

    def _whole(self, typed: Iterable[str], chosen: Sequence[int], *, shows: bool) -> tuple[Found, Whole]:
        """Who is meant, with all that leads to them; whether their data will be shown for it.

        Raises:
            ErasureError: It must be said who is meant, or they must be shown to be it.
        """
        found = self._look(typed)
        try:
            meant = self._finder.choose(found, chosen)
            if shows or found.by_name:
                self._finder.must_be_theirs(found, meant)
            return found, self._finder.whole(meant)
        except ErasureError:
            self._looked(found, refused=True)
            raise

    def export(
        self,
        typed: Iterable[str],
        chosen: Sequence[int] = (),
        *,
        internal: bool = False,
        language: str = "",
    ) -> Exported:
        """The file for a person who asks for their data.

        Args:
            typed: Identifiers.
            chosen: Numbers of the persons meant, where several have the identifiers.
            internal: Whether internal notes are given too: the officer decides.
            language: Of the page; that of the person if empty.

        Raises:
            NameAlone: Nothing but names were given, and none of those whom they fit was chosen.
            NobodyFound: The vault knows none of them.
            PseudonymAlone: Nothing but a pseudonym leads to them.
            SeveralPersons: It must be said who is meant.
        """
        found, whole = self._whole(typed, chosen, shows=True)
        rows = list(self._finder.cases(whole.tokens))
        discloser = Discloser(self._desk.store, whole, self._desk.keyring.pseudonymisers(), internal=internal)
        spoken = [one.language for one in found.candidates if one.person in whole.persons and one.language]
        persons = [PersonId(person) for person in whole.persons]
        made = PersonFile(
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            language=language or next(iter(spoken), ""),
            values=tuple(sorted({(value.kind, value.value) for value in whole.values})),
            cases=tuple(discloser.cases(rows)),
            openings=tuple(self._reveals(persons)) if self._reveals is not None else None,
            settings=_settings.read(self._desk.folder).disclosure,
            internal=internal,
        )
        data = made.to_zip()
        self._desk.record.append(
            "officer:person:export",
            self._who,
            {
                "persons": list(whole.persons),
                "cases": len(made.cases),
                "internal": internal,
                "sha256": hashlib.sha256(data).hexdigest(),
            },
        )
        return Exported(data, whole.persons, len(made.cases), internal)

    def erase(
        self, typed: Iterable[str], chosen: Sequence[int] = (), *, cases: CasePolicy | None = None
    ) -> Erasure:
        """Erase a person: key shredded, cases emptied or sealed anew, bytes gone, and kept from coming back.

        Args:
            typed: Identifiers.
            chosen: Numbers of the persons meant, where several have the identifiers.
            cases: What becomes of their own cases; as ``desk.toml`` says if None.

        Raises:
            NameAlone: Nothing but names were given, and none of those whom they fit was chosen.
            NobodyFound: The vault knows none of them.
            SeveralPersons: It must be said who is meant.
            OnHold: One of their cases must stay.
            ErasureError: A load is running.
        """
        with self._desk.gate.erasing():
            rooms = rooms_of(self._desk)
            resume(rooms)
            plan = self._plan(list(typed), chosen, cases)
            if self._forget is not None:
                for person in plan.persons:
                    self._forget(PersonId(person))
            return begin(rooms, plan)

    def preview(
        self, typed: Iterable[str], chosen: Sequence[int] = (), *, cases: CasePolicy | None = None
    ) -> Preview:
        """What :meth:`erase` would do; nothing is changed, and it raises what that would raise."""
        plan = self._plan(list(typed), chosen, cases)
        # It answers as a search does.
        self._desk.record.append(
            "officer:person:find", self._who, {"persons": list(plan.persons), "preview": True}
        )
        return Preview(
            plan.persons,
            emptied=len(plan.empty),
            resealed=len(plan.reseal),
            values=plan.values,
            shared=plan.shared,
            quarantined=plan.quarantined,
        )

    def _plan(self, lines: Sequence[str], chosen: Sequence[int], cases: CasePolicy | None) -> Plan:
        desk = self._desk
        settings = _settings.read(desk.folder)
        found, whole = self._whole(lines, chosen, shows=False)
        planner = Planner(
            self._finder,
            desk.vault,
            desk.keyring.pseudonymisers(),
            desk.erased.values,
            self._finder.sources(),
        )
        return planner.plan(
            whole,
            self._finder.read(lines),
            cases or settings.erasure.cases,
            self._who,
            time.time_ns() // 1_000_000,
            found.quarantined,
            lambda ids: check_holds(settings.holds, self._held, ids),
        )


def check_holds(holds: Sequence[HoldSettings], held: Held | None, ids: Sequence[str]) -> None:
    """Make sure that none of the cases is on hold.

    Raises:
        OnHold: One is.
        ErasureError: There are holds, and nobody here who can read their queries.
    """
    wanted = set(ids)
    for hold in holds:
        if held is None:
            raise ErasureError(
                "the desk has holds, and here nobody can tell what they hold.",
                remedy="Use the command line or the page.",
            )
        kept = sum(case_id in wanted for case_id in held(hold))
        if kept:
            raise OnHold(kept, hold.why)


def rooms_of(desk: Desk) -> Rooms:
    """What an erasure touches of an open desk."""
    return Rooms(desk.folder, desk.keyring, desk.store, desk.vault, desk.erased, desk.record)
