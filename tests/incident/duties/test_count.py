"""Persons by country, from the table of persons."""

from __future__ import annotations

import pyarrow as pa

from hushdesk.incident import PERSONS, Bound
from hushdesk.incident.duties import Facts, counted


def persons(*rows: tuple[int | None, str]) -> pa.Table:
    empty = {"language": "", "kinds": [], "cases": 1, "certain": False, "leftover": False, "role": "customer"}
    made = [
        {**empty, "person": person, "token": f"EMAIL_{number}", "country": country, "channels": []}
        for number, (person, country) in enumerate(rows)
    ]
    return pa.Table.from_pylist(made, schema=PERSONS)


def test_every_exposed_person_counts_and_unknown_pseudonyms_count_upwards():
    found = counted(persons((1, "DE"), (2, "DE"), (None, "DE"), (3, "US"), (None, ""), (4, "")))
    assert found.places["US"] == Bound.exactly(1)
    assert (found.places["DE"].lower, found.places["DE"].upper) == (2, 3)
    assert (found.elsewhere.lower, found.elsewhere.upper) == (1, 2)
    assert (found.persons.lower, found.persons.upper) == (4, 6)
    assert found.persons.why


def test_nobody_is_nobody():
    assert counted(persons()) == (Bound.exactly(0), {}, Bound.exactly(0))


def test_counts_are_facts_and_say_nothing_of_states():
    found = counted(persons((1, "DE"), (2, "US")))
    facts = Facts(persons=found.persons, places=found.places, elsewhere=found.elsewhere)
    assert facts.count("EEA") == Bound.exactly(1)
    assert facts.count("FR") == Bound.exactly(0)
    assert (facts.count("US-CA").lower, facts.count("US-CA").upper) == (0, 1)
