"""Bulk resolution says what plain Python says that looks at each case and each person."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.incident import PERSONS
from hushdesk.incident.persons import Marks, MarksError, _concerned, concerned
from hushdesk.incident.taken import Selection
from hushdesk.vault import PeopleVault, VaultEntry

from .conftest import MAKE, sealed

PEOPLE = [MAKE.token("PERSON", f"p{n}") for n in range(6)]
VALUES = [MAKE.token(kind, f"{n}") for kind in ("EMAIL", "PHONE", "IP", "CARD") for n in range(3)]
ROLES = ("customer", "agent", "mentioned")
MARKS = Marks({"HEALTH": {"product": ("Insulin*",), "tag": ("Réseau",)}})


def entry(who: str, token: str, n: int = 0) -> VaultEntry:
    return VaultEntry(
        who, token, token.rpartition("_")[0], f"Zyblet {n} {token[-6:]}", "de" if n else "", "DE" if n else ""
    )


# Somebody with values of theirs, or a value that is somebody of its own.
entries = st.lists(
    st.one_of(
        st.builds(
            entry, st.sampled_from(PEOPLE[:4]), st.sampled_from([*VALUES[:9], "own"]), st.integers(0, 1)
        ),
        st.builds(lambda token: entry(token, token), st.sampled_from(VALUES[:6])),
    ),
    max_size=14,
).map(lambda found: [e if e.token != "own" else entry(e.person_token, e.person_token) for e in found])

some = st.sampled_from
cases = st.lists(
    st.fixed_dictionaries(
        {
            "customer": some(["", *PEOPLE]),
            "agent": some(["", *PEOPLE[3:]]),
            "authors": st.lists(st.tuples(some(["", *PEOPLE]), some(["", "customer", "agent", "other"])), max_size=2),
            "people": st.lists(some(PEOPLE), max_size=2),
            "tokens": st.lists(some([*PEOPLE, *VALUES]), max_size=4, unique=True),
            "contract": some(["", MAKE.token("ACCOUNT", "1")]),
            "kinds": st.lists(some(["EMAIL", "PHONE", "CARD", "SECRET", "IP"]), unique=True).map(sorted),
            "product": some(["", "insulin pump", "Router"]),
            "tags": st.lists(some(["reseau", "x"]), max_size=1),
            "description": some(["", "words"]),
            "opened_at": some([0, 1, 2, 700]).map(lambda d: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=d)),
        }
    ),
    max_size=8,
)  # fmt: skip


def model(held: list[VaultEntry], rows: list[dict]) -> dict[str, dict]:
    """Who is concerned, told plainly."""
    tokens_of: dict[str, set[str]] = defaultdict(set)
    for one in held:
        tokens_of[one.person_token] |= {one.person_token, one.token}
    alone = {p for p, tokens in tokens_of.items() if len(tokens) == 1 and not p.startswith("PERSON_")}
    theirs = set().union(*(tokens for p, tokens in tokens_of.items() if p not in alone), set())
    holders: dict[str, set[str]] = defaultdict(set)
    for person, tokens in tokens_of.items():
        for token in tokens:
            if person not in alone or person not in theirs:
                holders[token].add(person)
    out: dict[str, dict] = {}
    for row in rows:
        customers = {row["customer"], *(a for a, r in row["authors"] if r == "customer")} - {""}
        agents = {row["agent"], *(a for a, r in row["authors"] if r == "agent")} - {""}
        whole = (
            customers
            | agents
            | {*row["tokens"], *row["people"], row["contract"], *(a for a, _ in row["authors"])} - {""}
        )
        kind = lambda token: token.rpartition("_")[0]  # noqa: E731
        personal = {token for token in whole if kind(token) in {"EMAIL", "PERSON", "PHONE"}}
        loose = set(row["kinds"]) - set(map(kind, whole))
        loose |= {kind(token) for token in whole if not holders[token] and token not in personal}
        text = {"FREE_TEXT"} if row["description"] or row["authors"] else set()
        marks = {"HEALTH"} if row["product"].startswith("insulin") or "reseau" in row["tags"] else set()
        met: dict[str, tuple[int, set[str]]] = {}
        for token in whole:
            role = 0 if token in customers else 1 if token in agents else 2
            known = holders[token]
            for person in known or ({token} if token in personal or role < 2 else set()):
                before, own = met.get(person, (2, set()))
                met[person] = (min(before, role), own | {kind(token)})
        for person, (role, own) in met.items():
            kinds = own | text | ((set(row["kinds"]) | marks) if role == 0 else loose if role == 2 else set())
            at = None if row["opened_at"].timestamp() == 0 else row["opened_at"]
            sums = out.setdefault(
                person, {"cases": 0, "kinds": set(), "role": 2, "at": set(), "known": person in tokens_of}
            )
            sums["cases"] += 1
            sums["kinds"] |= kinds
            sums["role"] = min(sums["role"], role)
            sums["at"] |= {at} - {None}
    return out


def plainly(table) -> dict[str, dict]:
    assert table.schema == PERSONS
    table.validate(full=True)
    rows = table.to_pylist()
    assert len({row["token"] for row in rows}) == len(rows)
    return {row["token"]: row for row in rows}


def compare(found: dict[str, dict], wanted: dict[str, dict]) -> None:
    assert found.keys() == wanted.keys()
    for token, row in found.items():
        right = wanted[token]
        assert (row["person"] is not None) == right["known"]
        assert row["cases"] == right["cases"]
        assert set(row["kinds"]) == right["kinds"]
        assert row["kinds"] == sorted(row["kinds"])
        assert row["role"] == ROLES[right["role"]]
        assert row["first_case"] == min(right["at"], default=None)
        assert row["last_case"] == max(right["at"], default=None)
        assert not row["certain"]
        assert not row["leftover"]


@settings(max_examples=15)
@given(entries, cases)
def test_everybody_is_there_as_plain_python_says(tmp_path_factory, keyring, store, put, held, rows):
    with PeopleVault.create(tmp_path_factory.mktemp("v") / "vault", keyring) as vault:
        vault.put_many(held)
        selection = put([sealed(**row) for row in rows])
        found = concerned(store, vault, selection, marks=MARKS)
        compare(plainly(found), model(held, rows))
        assert concerned(store, vault, selection, marks=MARKS) == found
        for row in found.to_pylist():
            if row["person"] is not None:
                profile = vault.profile(row["person"])
                assert (row["language"], row["country"]) == (profile.language, profile.country)
                assert row["channels"] == sorted({"EMAIL", "PHONE", "ADDRESS"}.intersection(profile.kinds))


def test_small_blocks_and_strangers_settled_early_change_nothing(store, put, vault, monkeypatch):
    vault.put_many(entry(PEOPLE[n % 3], VALUES[n % 9], n) for n in range(9))
    rows = [
        {
            "customer": PEOPLE[n % 5],
            "agent": PEOPLE[5],
            "authors": [],
            "people": [],
            "tokens": [VALUES[n % 12]],
            "contract": "",
            "kinds": ["CARD"],
            "product": "",
            "tags": [],
            "description": "",
            "opened_at": datetime(2010, 1, 1 + n % 28, tzinfo=UTC),
        }
        for n in range(60)
    ]
    selection = put([sealed(**row) for row in rows])
    whole = concerned(store, vault, selection)
    compare(plainly(whole), model([entry(PEOPLE[n % 3], VALUES[n % 9], n) for n in range(9)], rows))
    monkeypatch.setattr(_concerned, "_BLOCK", 7)
    monkeypatch.setattr(_concerned, "_MOST_WAITING", 5)
    assert concerned(store, vault, selection) == whole


def test_a_mailbox_that_very_many_share_adds_its_cases_to_each(store, put, vault, monkeypatch):
    shared = VALUES[0]
    vault.put_many([entry(person, shared) for person in PEOPLE[:4]])
    rows = [
        sealed(customer=PEOPLE[0], tokens=[shared], opened_at=datetime(2011, 1, 1 + n, tzinfo=UTC))
        for n in range(3)
    ]
    rows.append(sealed(customer=PEOPLE[1], opened_at=datetime(2015, 1, 1, tzinfo=UTC)))
    exact = plainly(concerned(store, vault, selection := put(rows)))
    assert {token: row["cases"] for token, row in exact.items()} == dict(
        zip(PEOPLE[:4], (3, 4, 3, 3), strict=True)
    )
    monkeypatch.setattr(_concerned, "CROWD", 3)
    many = plainly(concerned(store, vault, selection))
    # At least so many; all else is as it was.
    assert {token: row["cases"] for token, row in many.items()} == dict(
        zip(PEOPLE[:4], (3, 3, 3, 3), strict=True)
    )
    assert [{**row, "cases": 0} for row in many.values()] == [{**row, "cases": 0} for row in exact.values()]


def test_somebody_with_two_addresses_is_one_row_though_one_of_them_once_stood_alone(store, put, vault):
    first, second = VALUES[0], VALUES[1]
    vault.put_many([entry(second, second)])
    vault.put_many([entry(PEOPLE[0], first), entry(PEOPLE[0], second)])
    (row,) = concerned(store, vault, put([sealed(tokens=[second]), sealed(tokens=[first])])).to_pylist()
    assert (row["token"], row["cases"], row["channels"]) == (PEOPLE[0], 2, ["EMAIL"])


def test_an_address_that_nobody_is_known_by_is_somebody(store, put, vault):
    vault.put_many([entry(VALUES[0], VALUES[0])])
    (row,) = concerned(store, vault, put([sealed(tokens=[VALUES[0]])])).to_pylist()
    assert (row["token"], row["role"], row["channels"]) == (VALUES[0], "mentioned", ["EMAIL"])


def test_who_was_shredded_is_an_unknown_pseudonym_and_not_dropped(store, put, vault):
    vault.put_many([entry(PEOPLE[0], PEOPLE[0]), entry(PEOPLE[1], PEOPLE[1])])
    vault.shred(vault.person(PEOPLE[0]))
    table = concerned(store, vault, put([sealed(customer=PEOPLE[0]), sealed(customer=PEOPLE[1])]))
    assert {row["token"]: row["person"] for row in table.to_pylist()} == {PEOPLE[0]: None, PEOPLE[1]: 2}
    assert table.column("person").null_count == vault.count_shredded() == 1


def test_what_is_no_pseudonym_at_all_is_counted_too(store, put, vault):
    rows = [
        sealed(customer="Zyblet 1"),
        sealed(customer="Zyblet 1"),
        sealed(agent="x"),
        sealed(customer=PEOPLE[0]),
    ]
    found = plainly(concerned(store, vault, put(rows)))
    assert {token: row["cases"] for token, row in found.items()} == {"Zyblet 1": 2, "x": 1, PEOPLE[0]: 1}
    assert all(row["person"] is None for row in found.values())


def test_certain_cases_make_certain_persons(store, put, vault):
    vault.put_many([entry(person, person) for person in PEOPLE[:3]])
    selection = put([sealed(case_id=f"CERTAIN{n}", customer=PEOPLE[n], agent=PEOPLE[2]) for n in range(2)])
    found = plainly(concerned(store, vault, selection, {"CERTAIN1", "ELSEWHERE"}))
    assert {token: row["certain"] for token, row in found.items()} == dict(
        zip(PEOPLE[:3], (False, True, True), strict=True)
    )
    assert not any(row["certain"] for row in plainly(concerned(store, vault, selection)).values())
    assert all(row["certain"] for row in plainly(concerned(store, vault, selection, certain=True)).values())


def test_only_the_selected_cases_count(store, put, vault):
    selection = put(
        [
            sealed(customer=PEOPLE[0], source="jira", description="zebrafish"),
            sealed(customer=PEOPLE[1], description="wombat"),
        ]
    )
    only = {"loads": selection.loads}
    assert plainly(concerned(store, vault, Selection(**only, query="zebrafish"))).keys() == {PEOPLE[0]}
    assert plainly(concerned(store, vault, Selection(**only, sources=("zendesk",)))).keys() == {PEOPLE[1]}
    assert concerned(store, vault, Selection(loads=())).num_rows == 0


def test_it_needs_no_keys_and_holds_no_value(store, put, vault):
    vault.put_many([VaultEntry(PEOPLE[0], VALUES[0], "EMAIL", "quillonvrax@example.org", "en", "GB")])
    selection = put([sealed(customer=PEOPLE[0], tokens=[VALUES[0]])])
    with PeopleVault.open(vault.folder) as locked:
        table = concerned(store, locked, selection)
    assert table.num_rows == 1
    assert "quillonvrax" not in str(table.to_pylist()).lower()


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "health = 1",
        "[health]",
        "[HEALTH]\nnumber = ['1']",
        "[HEALTH]\nproduct = 'x'",
        "[HEALTH]\ntag = ['*']",
    ],
)
def test_a_file_of_marks_that_says_something_else_is_refused(tmp_path, text):
    (tmp_path / "marks.toml").write_text(text)
    with pytest.raises(MarksError):
        Marks.read(tmp_path / "marks.toml")
    with pytest.raises(MarksError):
        Marks.read(tmp_path / "none.toml")


def test_a_file_of_marks_is_read(tmp_path):
    (tmp_path / "marks.toml").write_text('[HEALTH]\nproduct = ["Insulin*"]\ntag = ["Réseau"]\n')
    assert Marks.read(tmp_path / "marks.toml") == MARKS
