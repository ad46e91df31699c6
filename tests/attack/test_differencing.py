"""Differencing: somebody who may only count tries to find out about single persons from differences of answers.

The attacker knows everything about the persons but what is asked for, may ask what the role allows, and takes
differences of totals, of totals and facets, and of facets. The truth is counted beside it.
"""

from __future__ import annotations

import itertools
import random
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from hushdesk.access import Door, Question, Role, TooManyNarrow
from hushdesk.analytics import Withheld, open_desk
from hushdesk.desk import Desk

made = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "access" / "_store.py")))

ROWS = made.made_rows(persons=400, seed=23)
FIELDS = ("country", "product", "language", "status", "channel", "priority")
VALUES = {name: sorted({row[name] for row in ROWS}) for name in FIELDS}
SMALL = 5
STEP = 50
"""To which counts are rounded."""


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    folder = tmp_path_factory.mktemp("differences")
    Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with open_desk(folder / "desk") as desk:
        made.insert(desk.desk, ROWS)
        door = Door(desk)
        # The desk's own key is another at each run, and one run in a few hundred may find what the bound allows.
        door._round_by = (0x0123456789ABCDEF, 0xFEDCBA9876543210)
        yield door


def cases(filters, but=()):
    """The truth: case ids under filters (any of the values, all of the fields) and without some values."""
    return {
        row["case_id"]
        for row in ROWS
        if all(row[name] in values for name, values in filters) and not any(row[name] == v for name, v in but)
    }


def persons(ids):
    return {row["customer"] for row in ROWS if row["case_id"] in ids}


def ask(door, viewer, filters, but=(), facets=()):
    query = " ".join(f'-{name}:"{value}"' for name, value in but)
    try:
        return door.search(viewer, Question(query, filters=tuple(filters), facets=facets, histogram=False))
    except (Withheld, TooManyNarrow):
        return None


def test_no_two_answered_questions_differ_by_few_persons(door):
    """Random filters, and beside each the same one with a little more or a little less."""
    chance = random.Random(5)
    answered = []
    refused = 0
    for number in range(26):
        viewer = made.who(Role.VIEWER, name=f"pairs {number % 2}")
        names = chance.sample(FIELDS, chance.choice((0, 1, 1, 2, 3)))
        filters = [
            (n, tuple(sorted(chance.sample(VALUES[n], chance.randint(1, len(VALUES[n]))))))
            for n in sorted(names)
        ]
        rest = [n for n in FIELDS if n not in names]
        name = chance.choice(rest)
        for but in ((), ((name, chance.choice(VALUES[name])),)):
            found = ask(door, viewer, filters, but)
            if found is None:
                refused += 1
                continue
            ids = cases(filters, but)
            assert len(persons(ids)) >= SMALL
            assert found.total % STEP == 0
            answered.append((viewer.name, (tuple(filters), but), ids))
    assert len(answered) > 8
    assert refused > 8
    for (one, asked, a), (other, asked_too, b) in itertools.combinations(answered, 2):
        if one == other and asked != asked_too:
            assert len(persons(a ^ b)) >= SMALL, (asked, asked_too)


def targets():
    """Persons who are alone in what the attacker knows of them, and whether they ever had money back."""
    found = []
    for row in ROWS:
        known = tuple((name, row[name]) for name in ("country", "product", "channel"))
        alike = [r for r in ROWS if all(r[name] == value for name, value in known)]
        if len({r["customer"] for r in alike}) == 1:
            found.append((known, any(r["status"] == "refunded" for r in alike)))
    return sorted(set(found))


def test_the_tracker_finds_nobody(door):
    """G and s, then G and s without the one value that only the target has in G: each pair is refused, whatever is true."""
    assert len(targets()) > 3
    said = set()
    for number, (known, truth) in enumerate(targets()):
        viewer = made.who(Role.VIEWER, name=f"tracker {number}")
        (country, product, channel) = known
        group = [(product[0], (product[1],)), (channel[0], (channel[1],))]
        status = ("status", ("refunded", "closed"))
        first = ask(door, viewer, [*group, status])
        second = ask(door, viewer, [*group, status], (country,))
        if first is not None and second is not None:
            # Then those left out were many, and the answers are about none of them alone.
            assert len(persons(cases([*group, status]) ^ cases([*group, status], (country,)))) >= SMALL
        said.add((truth, first is not None and second is not None))
    assert said


def test_facets_beside_totals_prove_nothing_about_one_person(door):
    """A facet's cell is no question of its own; what its difference to a total proves is bounded by the rounding.

    The attacker is certain only where the difference is larger than both roundings together can make it.
    """
    certain = checked = 0
    for number, name in enumerate(("country", "product", "status", "channel")):
        viewer = made.who(Role.VIEWER, name=f"cells {number}")
        whole = ask(door, viewer, [], facets=FIELDS)
        cells = {(f.field, v.value): v.count for f in whole.facets for v in f.values}
        for value in VALUES[name]:
            without = ask(door, viewer, [], ((name, value),), facets=FIELDS)
            if without is None:
                continue
            for (field, cell), count in cells.items():
                lesser = {(f.field, v.value): v.count for f in without.facets for v in f.values}.get(
                    (field, cell)
                )
                if lesser is None or count is None or field == name:
                    continue
                group = persons(cases([(field, (cell,)), (name, (value,))]))
                checked += 1
                if 0 < len(group) < SMALL and abs(count - lesser) > 2 * (STEP - 1):
                    certain += 1
    assert checked > 20
    assert certain == 0


def test_rounding_does_not_prove_that_two_places_count_different_cases(door):
    """The same set as a facet's cell and as a total is rounded apart about as often as two different sets are."""
    viewer = made.who(Role.VIEWER, name="places")
    whole = ask(door, viewer, [], facets=FIELDS)
    differ = equal = 0
    for facet in whole.facets:
        for value in facet.values:
            total = ask(door, viewer, [(facet.field, (value.value,))])
            if total is not None and len(cases([(facet.field, (value.value,))])) % STEP:
                differ += total.total != value.count
                equal += total.total == value.count
    assert differ > 0
    assert equal > 0


def test_asking_again_gives_the_same_answer(door):
    viewer = made.who(Role.VIEWER, name="again")
    first = ask(door, viewer, [("product", ("Mail",))], facets=FIELDS)
    for _ in range(3):
        again = ask(door, viewer, [("product", ("Mail",))], facets=FIELDS)
        assert (again.total, again.facets) == (first.total, first.facets)
