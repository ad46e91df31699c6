"""Requests of persons as the pages ask them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from hushdesk.access.reveal import Reveals, openings_of
from hushdesk.analytics import OpenDesk, held_by
from hushdesk.desk import CasePolicy
from hushdesk.desk.persons import Erasure, Exported, Found, Persons, Preview


class PersonsPort(Protocol):
    """What the pages ask; :class:`hushdesk.desk.persons.Persons` answers."""

    def find(self, typed: Iterable[str]) -> Found:
        """Whom identifiers may mean."""

    def export(
        self, typed: Iterable[str], chosen: Sequence[int] = (), *, internal: bool = False, language: str = ""
    ) -> Exported:
        """The person's file."""

    def preview(
        self, typed: Iterable[str], chosen: Sequence[int] = (), *, cases: CasePolicy | None = None
    ) -> Preview:
        """What erasing would do."""

    def erase(
        self, typed: Iterable[str], chosen: Sequence[int] = (), *, cases: CasePolicy | None = None
    ) -> Erasure:
        """Erase."""


PersonsOf = Callable[[str], PersonsPort]
"""Gives the requests of persons in the name of somebody, for the record."""


def persons_of(desk: OpenDesk, reveals: Reveals | None = None) -> PersonsOf:
    """The requests of persons at an open desk; with ``reveals``, their files say who has had them opened."""
    return lambda who: Persons(
        desk.desk,
        who,
        held=held_by(desk),
        reveals=openings_of(reveals) if reveals is not None else None,
        forget=reveals.erase_reasons_of if reveals is not None else None,
    )
