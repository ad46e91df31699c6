"""The door: permissions, rows, texts and the record, over a real desk."""

from __future__ import annotations

import runpy
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from hushdesk.access import Door, Forbidden, Permission, Question, Role, RowScope, TooManyNarrow, owner
from hushdesk.analytics import DEFAULT_FACETS, QueryError, Withheld, open_desk
from hushdesk.desk import Desk
from hushdesk.errors import UsageError
from hushdesk.record import RecordReader

made = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("_store.py"))))
ROWS = made.made_rows()
GERMAN_ROUTERS = RowScope({"country": ("DE",), "product": ("Router",)})


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    folder = tmp_path_factory.mktemp("door")
    Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with open_desk(folder / "desk") as desk:
        made.insert(desk.desk, ROWS)
        yield Door(desk)


def entries(door):
    return list(RecordReader(door.desk.desk.record.folder).entries())


def test_every_way_in_asks_for_its_permission(door):
    ways = {
        Permission.CASES_COUNT: [lambda w: door.search(w, Question()), door.overview],
        Permission.CASES_READ: [lambda w: door.read(w, ROWS[0]["case_id"])],
        Permission.CASES_EXPORT: [lambda w: list(door.export(w, Question()))],
    }
    for role in Role:
        for permission, asked in ways.items():
            for ask in asked:
                if permission in role.permissions:
                    assert ask(made.who(role)) is not None
                else:
                    before = len(entries(door))
                    with pytest.raises(Forbidden):
                        ask(made.who(role))
                    assert len(entries(door)) == before


@pytest.mark.parametrize(
    ("rows", "test"),
    [
        (GERMAN_ROUTERS, lambda r: r["country"] == "DE" and r["product"] == "Router"),
        (RowScope({"language": ("ja", "fr")}), lambda r: r["language"] in {"ja", "fr"}),
        (RowScope({"product": ()}), lambda _: False),
        (
            RowScope(since=date(2012, 3, 1), until=date(2012, 5, 1)),
            lambda r: datetime(2012, 3, 1, tzinfo=UTC) <= r["opened_at"] < datetime(2012, 5, 1, tzinfo=UTC),
        ),
        (RowScope.from_text("{nonsense"), lambda _: False),
    ],
)
def test_rows_outside_the_scope_are_in_no_answer(door, rows, test):
    limited = made.who(Role.ANALYST, rows)
    mine = {r["case_id"] for r in ROWS if test(r)}
    found = door.search(limited, Question(page_size=500, facets=DEFAULT_FACETS))
    assert {hit.case_id for hit in found.hits} == mine
    assert found.total == len(mine)
    exported = [row for batch in door.export(limited, Question()) for row in batch.to_pylist()]
    assert {row["case_id"] for row in exported} == mine
    for row in ROWS[:6]:
        assert (door.read(limited, row["case_id"]) is not None) == (row["case_id"] in mine)
        assert (door.read(limited, row["number"]) is not None) == (row["case_id"] in mine)
    # No query leads out of it: the scope is a part of the condition, not of what was typed.
    for query in (
        "country:FR OR country:DE OR country:JP",
        "-country:XX",
        "work OR -work",
        "(works) OR is:open",
    ):
        widest = door.search(limited, Question(query, page_size=500))
        assert {hit.case_id for hit in widest.hits} <= mine
    filters = (("country", ("FR", "JP", "DE")), ("product", ("Mail", "Router")))
    chosen = door.search(limited, Question(filters=filters, facets=DEFAULT_FACETS))
    assert {hit.case_id for hit in chosen.hits} <= mine


def test_internal_texts_want_their_own_permission(door):
    asked = Question("escalate")
    assert door.search(made.who(Role.ANALYST), asked).total == 0
    assert door.search(made.who(Role.LEAD), asked).total == len(ROWS)
    case = ROWS[0]["case_id"]
    assert door.read(made.who(Role.ANALYST), case).remarks == ""
    assert door.read(made.who(Role.LEAD), case).remarks
    (first,) = [
        row
        for batch in door.export(made.who(Role.ANALYST), Question(f"case:{case}"))
        for row in batch.to_pylist()
    ]
    assert first["remarks"] == ""


def test_what_was_shown_is_in_the_record_before_it_is_shown(door):
    start = len(entries(door))
    person = made.who(Role.ANALYST, name="ada")
    door.search(person, Question("work", page_size=3))
    door.read(person, ROWS[4]["case_id"])
    list(door.export(person, Question("product:Mail")))
    new = entries(door)[start:]
    assert [e.event for e in new] == [
        "analyst:case:search",
        "analyst:case:read",
        "analyst:case:export",
        "analyst:case:export",
    ]
    assert {e.who for e in new} == {"ada"}
    assert len(new[0].detail["cases"]) == 3
    assert new[1].detail["case"] == ROWS[4]["case_id"]
    assert new[3].detail["rows"] == sum(r["product"] == "Mail" for r in ROWS)
    # Somebody who stops taking rows has those they took.
    handed = door.export(person, Question())
    assert entries(door)[-1].detail["state"] == "begun"
    next(handed)
    handed.close()
    last = entries(door)[-1].detail
    assert last["state"] == "broken off"
    assert last["rows"] > 0


def test_an_answer_that_cannot_be_recorded_is_not_given(door, monkeypatch):
    def full(*_arguments):
        raise OSError

    monkeypatch.setattr(door.desk.desk.record, "append", full)
    for ask in (
        lambda w: door.search(w, Question()),
        lambda w: door.read(w, ROWS[0]["case_id"]),
        lambda w: door.export(w, Question()),
    ):
        with pytest.raises(OSError):
            ask(made.who(Role.ANALYST))


def test_who_may_only_count_asks_by_fields(door):
    viewer = made.who(Role.VIEWER, name="words")
    customer = ROWS[0]["customer"]
    for query in (
        "zebra",
        "-zebra",
        f"customer:{customer}",
        customer,
        "number:SR-3",
        "case:CASE000000000003",
        "has:EMAIL",
        "messages:1",
        "tag:vip",
        "closed:2012",
        'product:Mail OR "a b"',
        "zeb*",
    ):
        with pytest.raises(QueryError):
            door.search(viewer, Question(query))
    found = door.search(viewer, Question("product:Mail -status:open opened:2012", facets=("country",)))
    assert found.hits == ()
    assert found.total % 50 == found.total % found.rounded_to == 0


def test_a_budget_for_narrow_questions(door, monkeypatch):
    from dataclasses import replace

    monkeypatch.setattr(door, "_limits", replace(door._limits, narrow_a_day=3))
    narrow = made.who(Role.ANALYST, name="narrow")
    asked = Question(f"customer:{ROWS[0]['customer']}", facets=("product",))
    for _ in range(3):
        assert door.search(narrow, asked).few
    with pytest.raises(TooManyNarrow):
        door.search(narrow, asked)
    assert door.search(narrow, Question(facets=("product",))).total
    assert door.search(made.who(Role.ANALYST, name="another"), asked).few
    with pytest.raises(Withheld):
        door.search(made.who(Role.VIEWER, name="few"), Question("country:MT"))


def test_the_owner_sees_all_and_a_role_no_more_than_it_may(door):
    assert door.search(owner(), Question()).total == len(ROWS)
    small = door.search(owner(), Question(facets=("country",))).facets[0]
    assert {v.value for v in small.values} == {r["country"] for r in ROWS}
    assert door.search(owner(Role.VIEWER), Question()).hits == ()


def test_a_row_scope_says_what_cannot_be():
    with pytest.raises(UsageError):
        RowScope({"customer": ("X",)})
    with pytest.raises(UsageError):
        RowScope(since=date(2012, 1, 1), until=date(2012, 1, 1))
    whole = RowScope({"product": ("Mail",), "country": ()}, date(2012, 1, 1), None)
    assert RowScope.from_text(whole.to_text()) == whole
