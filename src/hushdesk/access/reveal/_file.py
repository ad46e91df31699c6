"""What a person's own file says of reveals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hushdesk.access.reveal._reveals import Reveals
from hushdesk.desk.persons import Opening
from hushdesk.vault import PersonId

OFFICERS = "privacy officer, approved by a second one"
"""Who opened an identity, as the person is told: the office and not the employee."""


def openings_of(reveals: Reveals) -> Callable[[Sequence[PersonId]], list[Opening]]:
    """Tells when and why the identities of persons were opened; for :class:`hushdesk.desk.persons.Persons`."""

    def openings(persons: Sequence[PersonId]) -> list[Opening]:
        shown = [one for person in persons for one in reveals.reveals_of(person)]
        shown.sort(key=lambda one: one.at)
        return [Opening(one.at.isoformat(timespec="minutes"), OFFICERS, one.reason) for one in shown]

    return openings
