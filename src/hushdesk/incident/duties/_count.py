"""Persons concerned counted by country, for the facts of duties."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

from hushdesk.incident._bound import Bound

_STRANGERS = "some pseudonyms are not known to the vault and may be of one person"


class Counted(NamedTuple):
    """The three numbers of :class:`hushdesk.incident.duties.Facts`."""

    persons: Bound
    places: dict[str, Bound]
    elsewhere: Bound


def counted(persons: pa.Table) -> Counted:
    """Count a table of :data:`hushdesk.incident.PERSONS`; nobody's identity is opened.

    Every row counts, whether or not the evidence shows that theirs left: duties are about whose data were exposed. Rows whose
    pseudonym the vault does not know may be of persons who have a row already, so they count in the upper number only.
    """
    groups = persons.group_by("country").aggregate([("token", "count"), ("person", "count")]).to_pylist()
    bounds = {group["country"]: _between(group["person_count"], group["token_count"]) for group in groups}
    return Counted(
        sum(bounds.values(), Bound.exactly(0)),
        {country: bound for country, bound in sorted(bounds.items()) if country},
        bounds.get("", Bound.exactly(0)),
    )


def _between(known: int, rows: int) -> Bound:
    return Bound.exactly(rows) if known == rows else Bound(known, rows, _STRANGERS)
