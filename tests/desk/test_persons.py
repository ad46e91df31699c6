"""Requests of persons: found in any spelling, given what is theirs, erased with proof, and kept from coming back."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from hushdesk.analytics import Scope, open_desk
from hushdesk.analytics._small import PERSON
from hushdesk.desk import (
    CasePolicy,
    Desk,
    ErasureError,
    NameAlone,
    NobodyFound,
    OnHold,
    PseudonymAlone,
    SeveralPersons,
)
from hushdesk.desk.persons import JOURNAL_FILE, MARK, Persons, _find
from hushdesk.record import RecordReader

HEAD = "Ticket ID,Created,Updated,Closed,Customer name,Customer email,Customer phone,Agent email,Product,Subject,Description,Notes\n"
ADA = ("Ada Quillon", "ada.quillon@example.org", "+49 30 901820")
BOB = ("Bob Tarn", "bob@example.com", "")
GIL = ("Gil Moore", "gil.moore@example.org", "+49 30 901821")
PERSONS = [(ADA, CasePolicy.REMOVE), (GIL, CasePolicy.RESEAL)]
POLICIES = pytest.mark.parametrize(("person", "policy"), PERSONS, ids=["remove", "re-seal"])


def own(number: int, person: tuple[str, str, str]) -> list[tuple[str, ...]]:
    """The same cases for each: two of their own, one of somebody else's in which they stand."""
    name, mail, phone = person
    first = name.split()[0]
    return [
        (f"T-{number}1", "2019-03-04T09:12Z", *person, "Router", "Router down", f"{first} here, call {phone}. Password: hunter2secret", f"Was angry, says {mail}"),
        (f"T-{number}2", "2019-03-05T10:00Z", *BOB, "Phone", "Bill", f"My colleague {name} ({mail}) said it. I am bob@example.com", ""),
        (f"T-{number}4", "2020-07-02T11:00Z", *person, "Router", "Again", f"Down again, write to {mail} or to zoe{number}@example.net", ""),
    ]  # fmt: skip


ROWS = (
    *own(1, ADA),
    *own(2, GIL),
    ("T-3", "2020-07-01T11:00Z", *BOB, "Phone", "Screen", "It is broken.", ""),
)
ALL = Scope(internal=True)


def table(folder: Path, name: str = "a.csv", rows=ROWS) -> Path:
    path = folder / name
    lines = [
        f'{number},{at},{at},,{who},{mail},{phone},help@desk.example,{product},{subject},"{text}","{note}"\n'
        for number, at, who, mail, phone, product, subject, text, note in rows
    ]
    path.write_text(HEAD + "".join(lines))
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """One desk for all: each test erases people of its own."""
    tmp_path = tmp_path_factory.mktemp("persons")
    made = Desk.create(tmp_path / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    with open_desk(made.folder) as opened:
        report = opened.load(table(tmp_path), workers=0)
        assert report.tally.stored == 7, report
        yield opened, tmp_path


def add_settings(folder: Path, text: str) -> str:
    path = folder / "desk" / "desk.toml"
    before = path.read_text()
    path.write_text(before + text)
    return before


def officer(opened) -> Persons:
    return Persons(opened.desk, "cli:test")


def charts(opened, scope=ALL) -> object:
    page = opened.search(scope=scope)
    facets = {facet.field: [(value.value, value.count) for value in facet.values] for facet in page.facets}
    bars = [(bar.start, bar.count) for bar in page.histogram.bars]
    shown = opened.overview(scope=scope)
    return page.total, facets, bars, shown.open_cases, shown.messages, shown.by_year


def events(opened) -> list:
    return [(one.event, dict(one.detail)) for one in RecordReader(opened.desk.record.folder).entries()]


def grep(folder: Path, *values: str) -> list[str]:
    wanted = [value.encode() for value in values]
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(value in path.read_bytes() for value in wanted)
    ]


SPELLINGS = (
    "ada.quillon@example.org", "  ADA.QUILLON @example org", "ａｄａ．ｑｕｉｌｌｏｎ＠ｅｘａｍｐｌｅ．ｏｒｇ",
    "ada.quillon [at] example [dot] org", "ada.quillon at example dot org", "mailto:ada.quillon@example.org",
    "+49 30 901820", "0049-30-901820", "+49 (0)30 90 18 20",
)  # fmt: skip


def test_a_person_is_found_in_any_spelling(place):
    opened, _ = place
    for typed in SPELLINGS:
        found = officer(opened).find([typed])
        [person] = [one for one in found.candidates if not one.alone]
        assert (person.customer, person.agent, person.mentioned) == (2, 0, 1), typed
        assert (person.first, person.last) == ("2019-03-04", "2020-07-02")
        assert "quillon" not in repr(found).lower()
    told = [detail for event, detail in events(opened) if event == "officer:person:find"]
    assert len(told) == len(SPELLINGS)
    assert "quillon" not in json.dumps(told).lower()


@pytest.mark.parametrize("typed", ["Ada Quillon", "quillon, ADA", "Adu Quillona", "Quillon"])
def test_a_name_alone_shows_whom_it_fits_and_somebody_must_say_who_is_meant(place, typed):
    opened, _ = place
    found = officer(opened).find([typed])
    # Their mention in somebody else's case, by the name alone, has a pseudonym and a number of its own.
    person, mention = found.candidates
    assert found.by_name
    assert (person.customer, person.mentioned) == (2, 1)
    assert (mention.customer, mention.mentioned, mention.alone) == (0, 1, False)
    assert person.named is (True if len(typed.split()) == 2 and "Adu" not in typed else None)
    assert "quillon" not in repr(found).lower()
    # One who fits is not one who is meant.
    for refused in (officer(opened).export, officer(opened).preview, officer(opened).erase):
        with pytest.raises(NameAlone):
            refused([typed])
    # Whoever is known by more than a name has to be shown by more.
    for refused in (officer(opened).export, officer(opened).preview, officer(opened).erase):
        with pytest.raises(NameAlone, match="alone") as more:
            refused([typed], [person.person])
        assert "knows more than a name" in more.value.remedy
    assert officer(opened).export([typed, ADA[1]], [person.person]).cases == 3
    assert officer(opened).export([typed], [mention.person]).cases == 1
    assert officer(opened).preview([typed], [mention.person]).resealed == 1
    with pytest.raises(NobodyFound):
        officer(opened).export([typed], [10_000])
    told = [detail for event, detail in events(opened) if event == "officer:person:find"]
    everybody = {"persons": [person.person, mention.person], "by_name": True}
    # The last: a choice of somebody who is not among them, and before it a look at what erasing would do.
    assert told[-1] == {**everybody, "refused": True}
    assert told[-2] == {"persons": [mention.person], "preview": True}
    assert everybody in told


def test_a_pseudonym_alone_opens_nobodys_file(place):
    """One officer would learn by it what a reveal tells only if two agree."""
    opened, _ = place
    tokens = opened.read("T-11").tokens
    own = opened.read("T-11").customer
    mine = BOB[1]
    found = officer(opened).find([own])
    assert found.persons
    for typed, chosen in (
        ([own], found.persons),
        ([own], ()),
        # Something clear that is somebody else's shows nothing of whom the pseudonym means.
        ([own, mine], found.persons),
        *(([token, mine], ()) for token in tokens if token.startswith(("EMAIL_", "PHONE_"))),
        *(([token, "Bob Tarn"], found.persons) for token in tokens if token.startswith("EMAIL_")),
    ):
        with pytest.raises((PseudonymAlone, SeveralPersons)):
            officer(opened).export(typed, chosen)
        if not chosen and len(typed) == 2:
            every = [one.person for one in officer(opened).find(typed).candidates]
            with pytest.raises(PseudonymAlone):
                officer(opened).export(typed, every)
    assert officer(opened).export([own, ADA[1]], found.persons).cases == 3
    # Erasing shows nobody anything.
    assert officer(opened).preview([own]).emptied == 2


def test_a_name_that_too_many_have_shows_nobody(place, monkeypatch):
    opened, _ = place
    monkeypatch.setattr(_find, "MOST_NAMED", 0)
    with pytest.raises(NameAlone):
        officer(opened).find(["Ada Quillon"])


def test_with_an_address_a_name_says_who_fits(place):
    opened, _ = place
    for ask in (officer(opened).find, officer(opened).export, officer(opened).preview, officer(opened).erase):
        before = len(events(opened))
        with pytest.raises(NobodyFound):
            ask(["Eve Brandt"])
        # That somebody is no customer is an answer too, and in the record.
        [(event, detail)] = events(opened)[before:]
        assert (event, detail) == ("officer:person:find", {"persons": [], "by_name": False})
    with pytest.raises(NobodyFound):
        officer(opened).find(["nobody@example.org"])
    with pytest.raises(NobodyFound):
        officer(opened).find(["   "])
    found = officer(opened).find(["ada.quillon@example.org", "Ms Ada Quillon"])
    assert found.candidates[0].named
    assert not officer(opened).find(["ada.quillon@example.org", "Eve Brandt"]).candidates[0].named


def test_the_file_opens_what_is_theirs_and_nothing_else(place):
    opened, folder = place
    add_settings(folder, '[disclosure]\npurposes = "To help <you>."\n')
    made = officer(opened).export([ADA[1]], language="de")
    archive = zipfile.ZipFile(io.BytesIO(made.data))
    page, data = (archive.read(name).decode() for name in ("your-data.html", "your-data.json"))
    assert 'lang="de"' in page
    assert "Ihre Daten" in page
    assert "To help &lt;you&gt;." in page
    assert "hunter2secret" not in page + data
    read = json.loads(data)
    assert {one["value"] for one in read["values"]} >= {
        "Ada Quillon",
        "ada.quillon@example.org",
        "+49 30 901820",
    }
    by_number = {case["facts"].get("number"): case for case in read["cases"]}
    assert set(by_number) == {"T-11", "T-12", "T-14"}
    first = json.dumps(by_number["T-11"], ensure_ascii=False)
    assert "call +49 30 901820" in first
    assert "angry" not in first
    assert by_number["T-11"]["left_out"] == 1
    # Another's case: the passage they stand in, with everybody else a pseudonym.
    other = json.dumps(by_number["T-12"])
    assert by_number["T-12"]["role"] == "mentioned"
    assert "Ada Quillon (ada.quillon@example.org) said it" in other
    assert "bob@example.com" not in page + data
    assert "zoe1@example.net" not in page + data
    assert "Bill" not in other
    more = officer(opened).export([ADA[1]], internal=True)
    assert b"angry" in zipfile.ZipFile(io.BytesIO(more.data)).read("your-data.json")
    first, second = [detail for event, detail in events(opened) if event == "officer:person:export"][-2:]
    assert (first["internal"], second["internal"], first["cases"]) == (False, True, 3)


def test_what_is_on_hold_stays(place):
    opened, folder = place
    before = add_settings(folder, '[[hold]]\nquery = "product:Phone"\nwhy = "a dispute"\n')
    ids = [hit.case_id for hit in opened.search("product:Phone", facets=(), histogram=False).hits]
    with pytest.raises(ErasureError, match="nobody can tell"):
        officer(opened).erase([ADA[1]])
    with pytest.raises(OnHold, match="a dispute"):
        Persons(opened.desk, "x", held=lambda hold: ids).erase([ADA[1]])
    assert officer(opened).find([ADA[1]]).persons
    assert not (folder / "desk" / JOURNAL_FILE).exists()
    (folder / "desk" / "desk.toml").write_text(before)


@POLICIES
def test_erased_is_gone_from_disk_and_does_not_come_back(place, person, policy):
    opened, folder = place
    kept = policy is CasePolicy.RESEAL
    number = 2 if kept else 1
    name, mail, _ = person
    desk = opened.desk
    before = charts(opened)
    viewer = charts(opened, Scope())
    [index] = officer(opened).find([mail]).persons
    tokens = {desk.vault.token(index), *(value.token for value in desk.vault.values(index))}
    ids = [row.case_id for row in officer(opened)._finder.cases(tokens)]
    done = officer(opened).erase([mail], cases=policy)
    assert done.proof.proven
    assert not done.proof.kept
    assert (done.proof.found, done.proof.old_parts, done.proof.mutations) == ((), 0, 0)
    assert (done.emptied, done.resealed) == ((2, 1) if policy is CasePolicy.REMOVE else (0, 3))
    assert [one.key_found for one in done.proof.shredded] == [0] * len(done.persons)
    # The proof, once more and by other means.
    assert grep(folder / "desk", *tokens) == []
    rows = [
        str(row)
        for table in desk.store.tables()
        for batch in desk.store.iter_rows(table)
        for row in batch.to_pylist()
    ]
    assert not [token for token in tokens if token in "".join(rows)]
    if policy is CasePolicy.REMOVE:
        removed = [case_id for case_id in ids if opened.read(case_id) is None]
        assert len(removed) == 2
        assert grep(folder / "desk", *removed) == []
        empty = [
            hit for hit in opened.search(facets=(), histogram=False).hits if hit.subject.startswith(MARK)
        ]
        assert len(empty) == 2
        view = opened.read(empty[0].case_id)
        assert (view.number, view.customer, view.description, view.tokens, view.people) == (
            "",
            "",
            "",
            (),
            (),
        )
        assert view.opened_at.hour == view.opened_at.minute == 0
    assert charts(opened) == before
    assert charts(opened, Scope()) == viewer
    # Where small groups are hidden, several cases of nobody are not several persons.
    rows = desk.store.query(
        f"SELECT uniqExact({PERSON}) AS n FROM cases WHERE contract = '{MARK}'"
    ).to_pylist()
    assert rows == [{"n": 1}]
    # Neither is found by their words any more, nor by the name of the one whose cases stay.
    assert opened.search(name.split()[0], facets=(), histogram=False).total == 0
    found = opened.search("router down", facets=(), histogram=False)
    assert {hit.number for hit in found.hits} == {"T-21"}
    assert "[PERSON] ([EMAIL]) said it. I am EMAIL_" in opened.read(f"T-{number}2").description
    with pytest.raises(NobodyFound):
        officer(opened).find([mail])
    # Somebody whom no case names any more is forgotten too; who has cases of their own is not.
    gone = desk.pseudonyms.token("EMAIL", f"zoe{number}@example.net")
    assert desk.vault.persons_of([gone]) == set()
    assert officer(opened).find([BOB[1]]).persons
    *_, detail = [detail for event, detail in events(opened) if event == "officer:person:erase"]
    assert detail["proof"] == done.proof.digest
    assert detail["persons"] == list(done.persons)
    assert not (folder / "desk" / JOURNAL_FILE).exists()
    assert desk.store.check()
    # An old export does not bring anybody back.
    held, people = desk.store.content_hash(), desk.vault.count()
    tally = opened.load(folder / "a.csv", workers=0).tally
    assert (tally.unchanged, tally.refused, tally.stored) == (5, 2, 0)
    assert tally.reasons == {"erased": 2}
    assert tally.balanced
    assert (desk.store.content_hash(), desk.vault.count()) == (held, people)
    # Nor does a new one, in another spelling: the mention is masked, a case of their own is refused.
    spelled = mail.upper().replace("@", " (at) ")
    rows = [
        (f"T-{number}2", "2019-03-06T10:00Z", *BOB, "Phone", "Bill", f"So {spelled} said, and {name} too.", ""),
        (f"T-{number}9", "2019-05-05T10:00Z", "Q.", "x@example.org", person[2].replace("+", "00"), "Router", "New", "Text", ""),
    ]  # fmt: skip
    again = opened.load(table(folder, f"b{number}.csv", rows), workers=0).tally
    assert (again.stored, again.refused, again.quarantined) == (1, 1, 0)
    assert again.balanced
    assert "So [EMAIL] said" in opened.read(f"T-{number}2").description
    assert desk.quarantine.count() == 0
    with pytest.raises(NobodyFound):
        officer(opened).find([mail])


def test_who_comes_back_later_is_a_new_customer(place):
    opened, folder = place
    rows = [("T-20", "2199-01-01T10:00Z", *ADA, "Router", "New", "Hello again", "")]
    assert opened.load(table(folder, "c.csv", rows), workers=0).tally.stored == 1
    [back] = officer(opened).find([ADA[1]]).candidates
    assert (back.customer, back.mentioned) == (1, 0)


def test_a_shared_mailbox_asks_who_is_meant_and_leaves_the_other_one_alone(place):
    opened, folder = place
    rows = [
        ("T-5", "2021-01-01T10:00Z", "Cy Dorn", "cy@example.net", "+1 202 555 0111", "Router", "One", "Text one", ""),
        ("T-6", "2021-01-02T10:00Z", "Di Esk", "di@example.net", "+1 202 555 0111", "Router", "Two", "Text two", ""),
    ]  # fmt: skip
    opened.load(table(folder, "d.csv", rows), workers=0)
    with pytest.raises(SeveralPersons) as several:
        officer(opened).erase(["+1 202 555 0111"])
    assert len(several.value.persons) == 2
    found = officer(opened).find(["+1 202 555 0111", "Cy Dorn"])
    done = officer(opened).erase(["+1 202 555 0111"], [found.candidates[0].person])
    assert (done.emptied, done.shared) == (1, 1)
    assert done.proof.proven
    [left] = officer(opened).find(["+1 202 555 0111"]).candidates
    assert left.customer == 1
    assert opened.load(folder / "d.csv", workers=0).tally.reasons == {"erased": 1}
    with pytest.raises(NobodyFound):
        officer(opened).erase(["+1 202 555 0111"], [9999])


def test_an_agent_leaves_and_the_cases_stay(place):
    opened, _ = place
    before = charts(opened)
    found = officer(opened).find(["help@desk.example"])
    handled = found.candidates[0].agent
    assert (found.candidates[0].customer, handled) == (0, handled)
    assert handled >= 5
    done = officer(opened).erase(["help@desk.example"])
    assert (done.emptied, done.resealed) == (0, handled)
    assert done.proof.proven
    assert opened.read("T-3").agent == ""
    assert opened.read("T-3").customer.startswith("PERSON_")
    assert charts(opened) == before
