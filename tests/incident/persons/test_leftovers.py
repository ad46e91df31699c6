"""The sweep finds what stands there, nothing else, and says what it did not look for."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.incident import PERSONS
from hushdesk.incident.persons import concerned, leftovers, with_leftovers
from hushdesk.incident.persons._leftovers import unfit
from hushdesk.incident.persons._needles import WINDOW, Needles
from hushdesk.vault import PeopleVault, VaultEntry, VaultLockedError

from .conftest import MAKE, sealed

PLACES = [
    "number", "subject", "description", "resolution", "remarks", "notes", "tags", "attachments", "product", "channel",
    "status", "priority", "category", "source", "customer", "people",
]  # fmt: skip


def person(name: str, **values: str) -> list[VaultEntry]:
    own = MAKE.token("PERSON", name)
    return [
        VaultEntry(own, own if kind == "PERSON" else MAKE.token(kind, value), kind, value, "en", "GB")
        for kind, value in values.items()
    ]


def alone(text: bytes, at: int, value: bytes) -> bool:
    def joins(one: int, other: int) -> bool:
        return any(low <= one <= high and low <= other <= high for low, high in ((48, 57), (97, 122)))

    before, after = text[at - 1 : at], text[at + len(value) : at + len(value) + 1]
    return not (before and joins(before[0], value[0])) and not (after and joins(after[0], value[-1]))


def plainly(text: bytes, value: bytes) -> bool:
    at = text.find(value)
    while at >= 0:
        if alone(text, at, value):
            return True
        at = text.find(value, at + 1)
    return False


few = st.text("ab1 @", min_size=WINDOW, max_size=14).map(str.encode)


@settings(max_examples=80)
@given(
    st.lists(few, max_size=12),
    st.lists(st.text("ab1 @\n", max_size=60).map(str.encode), max_size=4),
    st.data(),
)
def test_it_finds_what_a_plain_search_finds(values, texts, data):
    if values:
        # So that there is something to find.
        texts = [*texts, b"a".join(data.draw(st.lists(st.sampled_from(values), max_size=4)))]
    needles = Needles(values, data.draw(st.sampled_from([b"", *texts])))
    for text in texts:
        needles.look(text)
    assert needles.found.tolist() == [any(plainly(text, value) for text in texts) for value in values]


def test_a_value_is_found_at_each_place_of_a_text_and_at_its_ends():
    value = b"zyblet@example.org"
    for lead in range(40):
        needles = Needles([value, b"nowhere@example.org"], b"x" * 100)
        needles.look(b"." * lead + value)
        assert needles.found.tolist() == [True, False]


@pytest.mark.parametrize("place", PLACES)
def test_a_value_is_found_in_each_column(store, put, vault, place):
    vault.put_many(person("a", EMAIL="Quill@Zyblet.example"))
    text = "write to QUILL@zyblet.example."
    column = [text] if place in {"notes", "tags", "attachments", "people"} else text
    assert leftovers(store, vault, put([sealed(**{place: column})])).persons == {1}


def test_a_value_is_found_in_messages_of_both_kinds_and_in_their_attachments(store, put, vault):
    vault.put_many(
        [
            *person("a", PHONE="+49 30 5550100"),
            *person("b", EMAIL="b@zyblet.example"),
            *person("c", IP="192.0.2.7"),
        ]
    )
    row = sealed(authors=[("", "agent")] * 3)
    row["messages.text"] = ["call +49 30 5550100", "or b@zyblet.example", ""]
    row["messages.visibility"] = ["public", "internal", "public"]
    row["messages.attachments"] = ["", "", "log of 192.0.2.7.txt"]
    found = leftovers(store, vault, put([row]))
    assert found.persons == {1, 2, 3}
    assert found.kinds == {"EMAIL": 1, "IP": 1, "PHONE": 1}
    assert (found.values, found.cases) == (3, 1)


def test_values_do_not_run_from_one_case_or_field_into_the_next(store, put, vault):
    vault.put_many(person("a", EMAIL="quill@zyblet.example"))
    rows = [
        sealed(subject="quill@", description="zyblet.example"),
        sealed(subject="quill"),
        sealed(subject="@zyblet.example"),
    ]
    assert not leftovers(store, vault, put(rows)).persons


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("PERSON", "Anna", "too short"),
        ("PERSON", "Annabella", "one word"),
        ("PERSON", "Anna Zyblet", ""),
        ("PERSON", "山田太郎", "one word"),
        ("PERSON", "山田 太郎", ""),
        ("PHONE", "12 34 56", "too short"),
        ("PHONE", "555-0100", ""),
        ("IP", "10.0.0.1", ""),
        ("USERNAME", "zyblet7", ""),
        ("ACCOUNT", "1234567", ""),
        ("PLACE", "Bad Zyblet", "dates and places"),
        ("BIRTH_DATE", "1970-01-01", "dates and places"),
        ("EMAIL", "a@b.example", ""),
    ],
)
def test_what_would_be_found_everywhere_is_not_looked_for(kind, value, reason):
    assert unfit(kind, value) == reason


def test_what_is_not_looked_for_is_counted(store, put, vault):
    vault.put_many(
        [*person("a", PERSON="Anna", PHONE="12", EMAIL="a@zyblet.example"), *person("b", PERSON="Annabella")]
    )
    found = leftovers(store, vault, put([sealed(subject="Anna 12 Annabella")]))
    assert (found.values, dict(found.not_looked_for)) == (1, {"one word": 1, "too short": 2})
    assert not found.persons


def test_more_values_than_fit_at_once_are_looked_for_in_several_rounds(store, put, vault):
    vault.put_many(e for n in range(9) for e in person(f"{n}", EMAIL=f"zyblet{n}@mail.example"))
    selection = put([sealed(subject=f"zyblet{n}@mail.example") for n in (0, 4, 8)])
    rounds = [leftovers(store, vault, selection, at_once=size) for size in (100, 4, 1)]
    assert rounds[0].persons == {1, 5, 9}
    assert all(one == rounds[0] for one in rounds)


def test_it_needs_the_keys(store, put, vault):
    vault.put_many(person("a", EMAIL="a@zyblet.example"))
    with PeopleVault.open(vault.folder) as locked, pytest.raises(VaultLockedError):
        leftovers(store, locked, put([sealed()]))


def test_those_with_leftovers_come_first_and_no_value_is_told(store, put, vault):
    vault.put_many(e for n in range(4) for e in person(f"{n}", EMAIL=f"zyblet{n}@mail.example"))
    own = [MAKE.token("PERSON", f"{n}") for n in range(4)]
    selection = put(
        [sealed(customer=own[n], subject="zyblet2@mail.example, zyblet3@mail.example") for n in range(3)]
    )
    table = concerned(store, vault, selection)
    found = leftovers(store, vault, selection)
    marked = with_leftovers(table, found, vault)
    assert marked.schema == PERSONS
    marked.validate(full=True)
    rows = marked.to_pylist()
    # The third is a customer, the fourth is in no case but by their address.
    assert [(row["person"], row["leftover"], row["cases"], row["role"]) for row in rows] == [
        (3, True, 1, "customer"),
        (4, True, 0, "mentioned"),
        (1, False, 1, "customer"),
        (2, False, 1, "customer"),
    ]
    assert [row["kinds"] for row in rows] == [
        ["EMAIL", "FREE_TEXT", "PERSON"], ["EMAIL"], ["FREE_TEXT", "PERSON"], ["FREE_TEXT", "PERSON"]
    ]  # fmt: skip
    assert rows[1]["token"] == own[3]
    assert rows[1]["channels"] == ["EMAIL"]
    assert "zyblet" not in f"{rows} {found!r} {found.found.to_pylist()}".lower()
    none = with_leftovers(table, leftovers(store, vault, put([sealed()])), vault)
    assert none == table
    assert with_leftovers(PERSONS.empty_table(), found, vault).num_rows == 2


def test_who_was_shredded_is_neither_looked_for_nor_added(store, put, vault):
    vault.put_many([*person("a", EMAIL="a@zyblet.example"), *person("b", EMAIL="b@zyblet.example")])
    selection = put([sealed(subject="a@zyblet.example b@zyblet.example")])
    before = leftovers(store, vault, selection)
    vault.shred(1)
    assert leftovers(store, vault, selection).persons == {2}
    assert with_leftovers(PERSONS.empty_table(), before, vault).column("person").to_pylist() == [2]


def test_plain_values_are_those_that_are_opened_one_by_one(vault):
    vault.put_many(e for n in range(5) for e in person(f"{n}", EMAIL=f"z{n}@mail.example", PERSON=f"Zy {n}"))
    vault.shred(2)
    assert sorted(vault.iter_plain()) == sorted((v.person, v.kind, v.value) for v in vault.iter_values())
    assert pa.array([person for person, _, _ in vault.iter_plain()]).unique().to_pylist() == [1, 3, 4, 5]
