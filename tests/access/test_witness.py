"""The record knows who asked what, how they came, and what left the house; it holds no typed word in the clear."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from hushdesk.access import (
    Accounts,
    Actor,
    AuditEvent,
    Door,
    Forbidden,
    Question,
    Role,
    RowScope,
    Seal,
    WitnessedReview,
    origin,
    owner,
    witnessed_accounts,
)
from hushdesk.access.witness import NOBODY, AccountWitness, Flood, Origin
from hushdesk.access.witness import _accounts as accounts_module
from hushdesk.analytics import open_desk
from hushdesk.desk import CertificateSettings, Desk
from hushdesk.desk._told import compare_settings, remember_settings
from hushdesk.record import ManifestReader, RecordReader, verify
from hushdesk.vault import KeysRefusedError

TYPED = "zanzibar quillon"


def who(role: Role, via: str = "page") -> Actor:
    return Actor(f"a-{role.value}", role.value, role.permissions, None, RowScope(), via)


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    folder = tmp_path_factory.mktemp("witness")
    lines = ["Ticket ID,Created,Customer name,Customer email,Subject,Description"]
    lines += [f"T-{n},2019-03-{1 + n % 28:02}T09:12Z,,,Router {n},It blinks" for n in range(30)]
    lines.append("T-99,2019-04-01T09:12Z,,,Doubt,I changed nothing@all. It reboots.")
    (folder / "a.csv").write_text("\n".join(lines) + "\n")
    made = Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with open_desk(made.folder) as desk:
        desk.load(folder / "a.csv", workers=0, by="cli:ops")
        opened = Door(desk)
        opened.passphrase = made.officer_passphrase
        yield opened


def entries(door, first=0):
    return list(RecordReader(door.desk.desk.record.folder).entries(first))


def since(door, act):
    first = door.desk.desk.record.size
    found = act()
    return found, entries(door, first)


def test_a_load_is_told_before_and_after(door):
    start, finish = (e for e in entries(door) if e.event.startswith("operator:load"))
    assert (start.event, start.who) == ("operator:load:start", "cli:ops")
    assert start.detail == {"load": 1, "inputs": 1, "resumed": False}
    assert finish.event == "operator:load:finish"
    assert finish.detail["state"] == "finished"
    assert finish.detail["cases"] == finish.detail["stored"] + finish.detail["quarantined"] == 31
    [issued] = [e for e in entries(door) if e.event == "desk:certificate:issue"]
    assert issued.detail["sampled"] == finish.detail["stored"]


def test_a_search_names_who_how_and_which_cases_but_no_word(door):
    asked = Question(TYPED + " OR router", filters=(("product", ("Secret product",)),), page_size=5)
    page, [entry] = since(door, lambda: door.search(who(Role.ANALYST, "token:7"), asked))
    plain, [other] = since(door, lambda: door.search(who(Role.LEAD), Question("router", page_size=5)))
    assert entry.event == AuditEvent.ANALYST_CASE_COUNT
    assert other.event == AuditEvent.ANALYST_CASE_SEARCH
    assert other.detail["cases"] == [hit.case_id for hit in plain.hits]
    assert (entry.who, entry.detail["role"], entry.detail["via"]) == ("a-analyst", "analyst", "token:7")
    assert (entry.detail["total"], other.detail["total"]) == (page.total, plain.total)
    line = entry.to_bytes().lower()
    assert not any(word in line for word in (b"zanzibar", b"quillon", b"secret product", b"router"))
    words = door.witness.seal.open(entry.event, entry.who, entry.detail)
    assert words["query"] == TYPED + " OR router"
    assert words["filters"] == {"product": ["Secret product"]}
    _, [again] = since(door, lambda: door.search(who(Role.LEAD), asked))
    assert again.detail["question"] == entry.detail["question"] != other.detail["question"]


def test_words_open_nowhere_but_in_their_entry_and_under_the_desks_keys(door):
    seal = door.witness.seal
    detail = seal.seal("x:y:z", "somebody", {"page": 1}, {"query": TYPED})
    assert seal.open("x:y:z", "somebody", detail) == {"query": TYPED}
    assert seal.open("x:y:z", "somebody", {**detail, "page": 2}) is None
    assert seal.open("x:y:z", "another", detail) is None
    assert seal.open("x:y:z", "somebody", {"page": 1}) is None
    other = Seal.of(lambda use: use.encode().ljust(32, b"!")[:32], "desk")
    assert other.open("x:y:z", "somebody", detail) is None
    assert TYPED not in repr(seal) + json.dumps(detail)
    # The length of what was typed does not show.
    assert len(detail["sealed"]) == len(seal.seal("x:y:z", "somebody", {"page": 1}, {"query": "a"})["sealed"])


def test_reading_counting_and_neighbours_are_told_apart(door):
    hit = door.search(who(Role.LEAD), Question()).hits[0]
    _, [entry] = since(door, lambda: door.read(who(Role.LEAD), hit.case_id))
    assert (entry.event, entry.detail["case"]) == ("analyst:case:read", hit.case_id)
    _, none = since(door, lambda: door.read(who(Role.LEAD), "0" * 16))
    assert none == []
    _, [aside] = since(door, lambda: door.search(who(Role.LEAD), Question(aside=True)))
    assert aside.detail["aside"] is True
    _, [counted] = since(door, lambda: door.overview(who(Role.VIEWER)))
    assert (counted.event, counted.detail["overview"]) == ("analyst:case:count", True)


def test_an_export_lists_exactly_what_was_handed_over(door):
    asked = Question("router", reason="Quarterly review for " + TYPED)
    rows, told = since(door, lambda: list(door.export(who(Role.ANALYST), asked, ["subject"])))
    begun, ended = told
    assert rows[0].schema.names == ["subject"]
    assert (begun.detail["state"], begun.detail["hits"]) == ("begun", 30)
    assert (ended.detail["state"], ended.detail["rows"], ended.detail["begun"]) == ("whole", 30, begun.number)
    assert TYPED.encode() not in begun.to_bytes() + ended.to_bytes()
    assert door.witness.seal.open(begun.event, begun.who, begun.detail)["reason"].endswith(TYPED)
    known = {hit.case_id for hit in door.search(who(Role.LEAD), Question("router", page_size=100)).hits}
    with ManifestReader(door.desk.desk.record.folder, begun.number) as manifest:
        assert set(manifest.cases()) == known
        assert manifest.digest() == ended.detail["manifest"]


def test_an_export_that_is_broken_off_counts_what_was_taken(door):
    def take():
        batches = door.export(who(Role.ANALYST), Question())
        first = next(batches)
        batches.close()
        return first

    first, (begun, ended) = since(door, take)
    assert (ended.detail["state"], ended.detail["rows"]) == ("broken off", first.num_rows)
    with ManifestReader(door.desk.desk.record.folder, begun.number) as manifest:
        assert manifest.count == first.num_rows


def test_each_step_of_the_quarantine_is_told(door):
    review = WitnessedReview(door.desk.desk.review, door.witness, who(Role.PRIVACY_OFFICER))

    def work():
        with pytest.raises(KeysRefusedError):
            review.unlock("wrong")
        key = review.unlock(door.passphrase)
        [entry] = review.entries()
        opened = review.open(entry.index, key)
        review.decide(entry.index, [f.id for f in opened.findings], key, personal=False, by="a-officer")
        review.release(entry.index, key, by="a-officer")

    _, told = since(door, work)
    assert [e.event.removeprefix("officer:quarantine:") for e in told] == [
        "unlock", "unlock", "list", "read", "decide", "release",
    ]  # fmt: skip
    assert [e.detail.get("state") for e in told] == ["refused", "granted", None, None, None, "released"]
    assert b"nothing@all" not in b"".join(e.to_bytes() for e in told)
    operator = WitnessedReview(door.desk.desk.review, door.witness, who(Role.OPERATOR))
    for act in (operator.entries, lambda: operator.unlock("x"), lambda: operator.dismiss(0, by="x")):
        with pytest.raises(Forbidden):
            act()


def test_sign_ins_and_changes_of_accounts_are_told(door, tmp_path, cheap, monkeypatch):
    made = {}

    def open_cheap(path, **more):
        return Accounts(path, hasher=cheap, **more)

    monkeypatch.setattr(accounts_module, "Accounts", open_cheap)
    record = door.desk.desk.record

    def work():
        with witnessed_accounts(tmp_path / "accounts.sqlite", record, door.witness.seal) as accounts:
            held = origin.set(Origin("command-line", who=owner()))
            made["password"] = accounts.create("ada", Role.ANALYST, must_change=False)
            origin.reset(held)
            held = origin.set(Origin("page", "192.0.2.9"))
            assert accounts.sign_in("ada", made["password"])
            for _ in range(4):
                assert accounts.sign_in("ada", "wrong") is None
            for n in range(3):
                assert accounts.sign_in(f"{TYPED} {n}", "wrong") is None
            origin.reset(held)

    _, told = since(door, work)
    create, success, session, *failures = told
    assert (create.event, create.who) == ("admin:account:create", owner().name)
    assert create.detail == {"via": "command-line", "account": "ada", "role": "analyst"}
    assert [e.event for e in (success, session)] == ["account:sign-in:success", "account:session:create"]
    assert {e.who for e in (success, session)} == {"ada"}
    assert {e.who for e in failures} == {NOBODY}
    text = b"".join(e.to_bytes() for e in told)
    assert not any(word.encode() in text for word in (TYPED, "192.0.2.9", made["password"]))
    assert door.witness.seal.open(success.event, success.who, success.detail) == {"address": "192.0.2.9"}
    assert len({e.detail["source"] for e in (success, *failures)}) == 1
    # Whose account was tried is named; a name that is nobody's is not.
    known = [e for e in failures if e.detail.get("account") == "ada"]
    unknown = [e for e in failures if "account" not in e.detail]
    assert len(known) + len(unknown) == len(failures) <= 6
    assert sum(e.detail["times"] for e in known) == 4
    assert sum(e.detail["times"] for e in unknown) == 3


def test_a_flood_of_failures_is_summed_up_and_every_one_is_counted(door):
    record, now = door.desk.desk.record, [0.0]
    flood = Flood(60, lambda: now[0], timer=False)
    witness = AccountWitness(record, door.witness.seal, flood)

    def work():
        for n in range(3_000):
            held = origin.set(Origin("page", f"192.0.2.{n % 250}"))
            witness(AuditEvent.ACCOUNT_SIGN_IN_FAILURE, None)
            origin.reset(held)
        now[0] = 61
        witness(AuditEvent.ACCOUNT_SIGN_IN_FAILURE, None)
        witness.close()

    _, told = since(door, work)
    assert sum(e.detail["times"] for e in told) == 3_001
    # The first of each of sixty sources, their sums, and all others together.
    assert len(told) < 130
    assert any(e.detail.get("others") for e in told)


def test_the_sums_are_written_when_their_minute_is_over_without_another_event():
    written, done = [], threading.Event()

    def write(times: int) -> None:
        written.append(times)
        if len(written) == 2:
            done.set()

    flood = Flood(0.05)
    for _ in range(5):
        flood.event("key", write, write)
    assert done.wait(10)
    flood.close()
    assert written == [1, 4]


def test_changed_settings_are_told_once(door, tmp_path):
    settings, record = door.desk.desk.settings, door.desk.desk.record
    changed = replace(settings, certificate=CertificateSettings(sample=7))

    def work():
        remember_settings(tmp_path, settings)
        for found in (settings, changed, changed):
            compare_settings(record, tmp_path, found)
        (tmp_path / "settings.seen").unlink()
        compare_settings(record, tmp_path, changed)

    _, (entry, unknown) = since(door, work)
    assert (entry.event, entry.who, entry.detail["changed"]) == (
        "desk:settings:change",
        "desk",
        ["certificate.sample"],
    )
    assert entry.detail["before"] == {"certificate.sample": 1000}
    assert entry.detail["after"] == {"certificate.sample": 7}
    # What they were before is not known: all are named.
    assert "certificate.sample" in unknown.detail["changed"]
    assert len(unknown.detail["changed"]) > 5


def test_the_record_of_all_this_is_whole(door):
    assert verify(door.desk.desk.record.folder, door.desk.desk.keyring.signing_public_keys()).whole
