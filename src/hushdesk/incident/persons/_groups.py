"""Persons whose data are of the same kinds and who are concerned in the same way, a few dozen groups at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hushdesk.incident._answer import Group, Severity
from hushdesk.incident._bound import Bound

MOST: Final = 36
"""Groups there can be."""

_ROLES: Final = {"customer": "customers", "agent": "agents", "mentioned": "others mentioned"}
_UNKNOWN: Final = "pseudonyms that the vault does not know; several can be one person"
_MAYBE: Final = "theirs may have left; the evidence does not show that it did"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonGroup:
    """One group, not yet scored."""

    name: str
    role: str
    kinds: tuple[str, ...]
    persons: Bound
    """At least those whose data surely left."""
    leftover: bool
    """Whether a value of each of them stands unredacted in the store."""
    known: bool
    """Whether the vault knows them."""
    merged: bool = False
    """Several rare mixtures of kinds in one; ``kinds`` are those of all."""
    reachable: int = 0
    """For how many the vault has an address or number of some kind."""
    cases: int = 0
    """Their cases; a case counts for each of them."""
    countries: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)

    def scored(self, severity: Severity, *, scam: float = 0.0, nearest: str = "") -> Group:
        """The group as the answer shows it."""
        return Group(
            name=self.name,
            persons=self.persons,
            kinds=self.kinds,
            severity=severity,
            scam=scam,
            countries=self.countries,
            languages=self.languages,
            nearest=nearest,
        )


def groups(persons: pa.Table, most: int = MOST) -> list[PersonGroup]:
    """The groups, those with unredacted values first, then by size; see :func:`grouped`."""
    return grouped(persons, most)[0]


def grouped(persons: pa.Table, most: int = MOST) -> tuple[list[PersonGroup], NDArray[np.int64]]:
    """The groups, and which of them each person is in.

    Persons are alike if role, kinds, leftovers and whether the vault knows them are the same. Beyond ``most`` groups the rarest of one
    role are put together under the kinds of all of them: too much is said of some then, never too little.

    Args:
        persons: Of the schema PERSONS.
        most: At most so many groups, but one for each way of being concerned in any case (at most twelve).
    """
    count = len(persons)
    if not count:
        return [], np.zeros(0, np.int64)
    way = _codes(persons.column("role")) * 4 + _truth(persons.column("leftover")) * 2
    way += _truth(pc.is_valid(persons.column("person")))
    kinds = _codes(pc.binary_join(persons.column("kinds"), ","))
    _, first, code, sizes = np.unique(
        way * (int(kinds.max()) + 1) + kinds, return_index=True, return_inverse=True, return_counts=True
    )
    ways = way[first]
    kept = _kept(ways, sizes, most)
    # The number of the group of each mixture: kept ones their own, the rest one for each way.
    rest = {int(way): len(kept) + n for n, way in enumerate(np.unique(np.delete(ways, kept)))}
    of_mixture = np.array([rest.get(int(way), 0) for way in ways], np.int64)
    of_mixture[kept] = np.arange(len(kept))
    of_person = of_mixture[code.reshape(-1)]
    table = pa.table(
        {
            "group": of_person,
            **{name: persons.column(name) for name in ("country", "language", "certain", "cases")},
            "reachable": pc.greater(pc.list_value_length(persons.column("channels")), 0),
        }
    )
    sums = table.group_by("group").aggregate([("certain", "sum"), ("reachable", "sum"), ("cases", "sum")])
    totals = {row.pop("group"): row for row in sums.to_pylist()}
    countries, languages = _tally(table, "country"), _tally(table, "language")
    made = []
    heads = persons.select(["role", "leftover", "person", "kinds"]).take(pa.array(first)).to_pylist()
    for number in range(len(kept) + len(rest)):
        mixtures = np.flatnonzero(of_mixture == number)
        head = heads[mixtures[0]]
        merged = number >= len(kept)
        names = tuple(sorted({kind for mixture in mixtures for kind in heads[mixture]["kinds"]}))
        size, sure = int(sizes[mixtures].sum()), int(totals[number]["certain_sum"])
        known = head["person"] is not None
        made.append(
            PersonGroup(
                name=_name(head["role"], names, leftover=head["leftover"], known=known, merged=merged),
                role=head["role"],
                kinds=names,
                persons=_bound(sure, size, known=known),
                leftover=head["leftover"],
                known=known,
                merged=merged,
                reachable=int(totals[number]["reachable_sum"]),
                cases=int(totals[number]["cases_sum"]),
                countries=countries.get(number, {}),
                languages=languages.get(number, {}),
            )
        )
    order = sorted(
        range(len(made)), key=lambda n: (not made[n].leftover, -(made[n].persons.upper or 0), made[n].name)
    )
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return [made[n] for n in order], place[of_person]


def _bound(sure: int, size: int, *, known: bool) -> Bound:
    if known:
        return Bound(sure, size, "" if sure == size else _MAYBE)
    # Two unknown pseudonyms can be one person, but a pseudonym is somebody's.
    return Bound(min(sure, 1), size, _UNKNOWN)


def _kept(ways: NDArray[np.int64], sizes: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """The mixtures that stay groups of their own: the largest, with room for one rest of each way."""
    if len(sizes) <= most:
        return np.arange(len(sizes))
    room = max(0, most - len(np.unique(ways)))
    return np.sort(np.argsort(-sizes, kind="stable")[:room])


def _codes(column: Any) -> NDArray[np.int64]:
    """A number for each distinct text."""
    encoded = column.combine_chunks().dictionary_encode()
    array = encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded
    return np.asarray(array.indices.to_numpy(zero_copy_only=False), np.int64)


def _truth(column: Any) -> NDArray[np.int64]:
    return np.asarray(column.to_numpy(), np.int64)


def _tally(table: pa.Table, name: str) -> dict[int, dict[str, int]]:
    """Persons of each group by a column, most first; the unknown value is empty."""
    rows = table.group_by(["group", name]).aggregate([([], "count_all")]).to_pylist()
    found: dict[int, dict[str, int]] = {}
    for row in sorted(rows, key=lambda row: (-row["count_all"], row[name])):
        found.setdefault(row["group"], {})[row[name]] = row["count_all"]
    return found


def _name(role: str, kinds: tuple[str, ...], *, leftover: bool, known: bool, merged: bool) -> str:
    who = _ROLES.get(role, role)
    if not known:
        who = f"{who}, unknown to the vault"
    if leftover:
        who = f"{who}, with unredacted values"
    told = ", ".join(kind.lower().replace("_", " ") for kind in kinds) or "no personal data"
    return f"{who}: rare mixtures of {told}" if merged else f"{who}: {told}"
