"""Which counts are hidden, told by counting; and that rounding gives nothing away that the set does not."""

from __future__ import annotations

import runpy
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.access import Door, Question, Role
from hushdesk.analytics import DEFAULT_FACETS, Scope, open_desk
from hushdesk.analytics._small import Cell, hidden, shown_count
from hushdesk.desk import Desk

made = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("_store.py"))))

ROWS = made.made_rows(seed=11)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=12), st.integers(2, 9), st.booleans()
)
def test_what_is_left_over_is_nothing_or_about_enough(sizes, small, others):
    """Persons of different cells are taken to be the same ones as far as can be: the worst case."""
    cells = [Cell(n * each, min(n, small)) for n, each in sizes]
    gone = hidden(cells, small, others=others)
    for cell, out in zip(cells, gone, strict=True):
        assert out or cell.count == 0 or cell.persons >= small
    left_over = [cell for cell, out in zip(cells, gone, strict=True) if out]
    shown = [cell for cell, out in zip(cells, gone, strict=True) if not out and cell.count]
    if shown and (left_over or others):
        assert max((cell.persons for cell in left_over), default=0) >= small


def test_a_cell_that_nearly_all_belong_to_would_tell_who_does_not():
    assert hidden([Cell(98, 5), Cell(40, 5)], 5, whole=100) == [True, False]
    assert hidden([Cell(100, 5)], 5, whole=100) == [False]


@given(st.integers(0, 10_000), st.integers(0, 2**64 - 1), st.integers(2, 50))
def test_rounding_is_to_a_neighbour_and_always_the_same(count, mark, small):
    scope = Scope(rows=False, small=small, key=(1, 2))
    shown = shown_count(scope, Cell(count, small, mark), "total")
    assert shown % (10 * small) == 0
    assert abs(shown - count) < 10 * small
    assert shown == shown_count(scope, Cell(count, small, mark), "total")


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with open_desk(folder / "desk") as desk:
        made.insert(desk.desk, ROWS)
        yield Door(desk)


def persons(name, value):
    return (
        {r["customer"] for r in ROWS if value in r[name]}
        if name == "tags"
        else {r["customer"] for r in ROWS if r[name] == value}
    )


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST])
def test_facets_and_bars_hide_small_groups_and_what_would_give_them_away(door, role):
    found = door.search(made.who(role, name=f"facets {role}"), Question(facets=DEFAULT_FACETS))
    columns = {
        "product": "product",
        "country": "country",
        "language": "language",
        "status": "status",
        "tag": "tags",
    }
    for facet in found.facets:
        if facet.field not in columns:
            continue
        column = columns[facet.field]
        listed = {v.value: v.count for v in facet.values}
        everything = {x for r in ROWS for x in (r[column] if column == "tags" else [r[column]])}
        assert facet.hidden == bool(everything - set(listed))
        for value in listed:
            assert len(persons(column, value)) >= 5, (facet.field, value)
        out = everything - set(listed)
        if out and column != "tags":
            assert len(set().union(*(persons(column, value) for value in out))) >= 5
    # Nearly all are "known": their number would say how many are not.
    assert not next(f for f in found.facets if f.field == "tag").values
    by_month = defaultdict(set)
    for row in ROWS:
        by_month[row["opened_at"].strftime("%Y-%m")].add(row["customer"])
    if role is Role.VIEWER:
        for bar in found.histogram.bars:
            assert bar.hidden or len(by_month[f"{bar.start:%Y-%m}"]) >= 5
            assert bar.count % 50 == 0
        assert found.histogram.grain == "month"
        assert found.data_until.hour == found.data_until.minute == 0


def test_a_reader_of_few_rows_sees_them_counted(door):
    found = door.search(
        made.who(Role.ANALYST), Question(f"customer:{ROWS[0]['customer']}", facets=("product",))
    )
    assert found.few
    assert sum(v.count for v in found.facets[0].values) == found.total == len(found.hits)
