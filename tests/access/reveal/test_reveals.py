"""The rules of a reveal: a reason, a case, a second officer, once, in time, counted, in the record and in the person's file."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hushdesk.access import Forbidden, Role, SignInRefused
from hushdesk.access.reveal import NoSuchReveal, RevealRefused, State, TooManyReveals
from hushdesk.errors import UsageError
from hushdesk.record import RecordReader
from hushdesk.vault import PersonId, VaultEntry

from .conftest import IDENTITY, REASON

MINUTE = 60


def test_two_officers_open_a_pseudonym_once(house, reveals):
    asked = house.ask(reveals)
    assert (asked.state, asked.persons, asked.asked_by.name) == (State.WAITING, 1, "one")
    assert reveals.reason(asked.id) == REASON
    approved = reveals.approve(asked.id, **house.proof("two"))
    assert (approved.state, approved.decided_by.name) == (State.APPROVED, "two")
    opened = reveals.open(asked.id, **house.proof("one"))
    assert opened.values == (("EMAIL", (IDENTITY[0].upper(), IDENTITY[0])),)
    assert opened.persons == 1
    assert IDENTITY[0] not in repr(opened)
    with pytest.raises(RevealRefused, match="once only"):
        reveals.open(asked.id, **house.proof("one"))
    assert [one.state for one in reveals.requests()] == [State.SPENT]
    assert house.events() == ["request", "approve", "open"]


def test_only_the_values_of_that_pseudonym_are_opened(house, reveals):
    asked = house.ask(reveals, token=house.customer)
    reveals.approve(asked.id, **house.proof("two"))
    assert reveals.open(asked.id, **house.proof("one")).values == (("PERSON", (IDENTITY[1],)),)


def test_a_person_without_a_name_is_known_by_one_kind_of_value_alone(house, reveals):
    tokens = house.keyring.pseudonymiser()
    nameless = tokens.token("ACCOUNT", "customer-2")
    house.vault.put_many(
        [
            VaultEntry(nameless, tokens.token("PHONE", "4930901821"), "PHONE", "+49 30 901821"),
            VaultEntry(nameless, tokens.token("EMAIL", "n@mail.example"), "EMAIL", "n@mail.example"),
        ]
    )
    house.cases["CASE1"].add(nameless)
    asked = house.ask(reveals, token=nameless)
    reveals.approve(asked.id, **house.proof("two"))
    assert reveals.open(asked.id, **house.proof("one")).values == (("EMAIL", ("n@mail.example",)),)


def test_the_record_names_person_case_request_and_accounts_and_no_more(house, reveals):
    request = house.approved(reveals).id
    reveals.open(request, **house.proof("one"))
    for entry, who in zip(
        RecordReader(house.folder / "record").entries(), ("one", "two", "one"), strict=True
    ):
        assert entry.who == who
        assert entry.detail["request"] == request
        assert (entry.detail["case"], entry.detail["persons"]) == ("CASE1", [1])
        assert entry.detail["asked_by"] == {"id": 1, "name": "one", "role": "privacy-officer"}
    lines = (house.folder / "record" / "entries.jsonl").read_text()
    assert "court" not in lines
    assert "mona" not in lines.lower()


@pytest.mark.parametrize(
    "typed", ["", "mona.feldquist@mail.example", "EMAIL_short", "EMAIL_{0}!", "x {0}", "MOON_ABCDEFGHJKMNPQ"]
)
def test_what_is_no_pseudonym_is_refused_and_not_repeated(house, reveals, typed):
    with pytest.raises(UsageError) as refused:
        house.ask(reveals, token=typed.format(house.token))
    assert typed not in str(refused.value) or not typed
    assert reveals.requests() == []


@pytest.mark.parametrize("reason", ["", "because", " " * 60, "\n\t" * 40, "x" * 2_001])
def test_a_reason_is_needed(house, reveals, reason):
    with pytest.raises(UsageError, match="A reason has"):
        house.ask(reveals, reason=reason)


def test_the_case_must_hold_the_pseudonym_and_be_within_the_scope_of_who_asks(house, reveals):
    said = set()
    for case in ("CASE2", "NONE", ""):
        with pytest.raises(RevealRefused) as refused:
            house.ask(reveals, case=case)
        said.add(str(refused.value))
    house.unreadable.add((house.accounts.by_name("one").id, "CASE1"))
    with pytest.raises(RevealRefused) as refused:
        house.ask(reveals)
    said.add(str(refused.value))
    # One answer for all: it tells nobody which cases there are.
    assert len(said) == 1
    assert house.ask(reveals, "two").state is State.WAITING


def test_a_case_that_cannot_be_read_any_more_opens_nothing(house, reveals):
    request = house.approved(reveals).id
    house.unreadable.add((house.accounts.by_name("one").id, "CASE1"))
    with pytest.raises(RevealRefused, match="not read it any more"):
        reveals.open(request, **house.proof("one"))
    house.unreadable.clear()
    assert reveals.open(request, **house.proof("one")).values


def test_a_name_that_leads_nowhere_says_so(house, reveals):
    free = house.keyring.pseudonymiser().case_token("PERSON", "somebody", "CASE1")
    house.cases["CASE1"].add(free)
    with pytest.raises(RevealRefused, match="leads to nobody"):
        house.ask(reveals, token=free)
    assert house.events() == []


def test_whoever_was_erased_meanwhile_is_not_opened(house, reveals):
    request = house.approved(reveals).id
    house.vault.shred(house.vault.person(house.token))
    opened = reveals.open(request, **house.proof("one"))
    assert (opened.persons, opened.values) == (0, ())
    assert reveals.get(request).state is State.SPENT


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PRIVACY_OFFICER])
def test_other_roles_neither_ask_nor_approve_nor_open(house, reveals, role):
    house.officer("other", role)
    with pytest.raises(Forbidden):
        house.ask(reveals, "other")
    request = house.ask(reveals).id
    with pytest.raises(Forbidden):
        reveals.approve(request, **house.proof("other"))
    with pytest.raises(Forbidden):
        reveals.refuse(request, house.accounts.by_name("other").id)
    with pytest.raises(Forbidden):
        reveals.open(request, **house.proof("other"))
    assert house.events() == ["request"]


def test_nobody_approves_what_they_asked_for_themselves(house, reveals):
    request = house.ask(reveals).id
    with pytest.raises(RevealRefused, match="cannot approve as well"):
        reveals.approve(request, **house.proof("one"))
    # Under another name it is the same account.
    house.accounts._db.execute("UPDATE account SET name = 'renamed' WHERE name = 'one'")
    house.passwords["renamed"] = house.passwords["one"]
    with pytest.raises(RevealRefused, match="cannot approve as well"):
        reveals.approve(request, **house.proof("renamed"))
    # And somebody else under the old name is somebody else.
    house.officer("one")
    assert reveals.approve(request, **house.proof("one")).decided_by.id != 1
    with pytest.raises(RevealRefused, match="account that asked"):
        reveals.open(request, **house.proof("one"))
    assert reveals.open(request, **house.proof("renamed")).values


def test_only_who_asked_opens(house, reveals):
    request = house.approved(reveals).id
    for name in ("two", "three"):
        with pytest.raises(RevealRefused, match="account that asked"):
            reveals.open(request, **house.proof(name))
    assert house.events() == ["request", "approve"]


def test_nothing_is_opened_before_it_is_approved(house, reveals):
    request = house.ask(reveals).id
    with pytest.raises(RevealRefused, match="waits for a second officer"):
        reveals.open(request, **house.proof("one"))


@pytest.mark.parametrize("change", ["disable", "role"])
@pytest.mark.parametrize("name", ["one", "two"])
def test_both_must_be_officers_when_it_is_opened(house, reveals, name, change):
    request = house.approved(reveals).id
    ident = house.accounts.by_name(name).id
    if change == "disable":
        house.accounts.disable(ident)
    else:
        house.accounts.set_role(ident, Role.LEAD)
    with pytest.raises((RevealRefused, SignInRefused, Forbidden)):
        reveals.open(request, **house.proof("one"))
    assert "open" not in house.events()


def test_an_account_that_is_disabled_neither_approves_nor_is_approved(house, reveals):
    request = house.ask(reveals).id
    house.accounts.disable(house.accounts.by_name("one").id)
    with pytest.raises(RevealRefused, match="disabled"):
        reveals.approve(request, **house.proof("two"))
    house.accounts.enable(house.accounts.by_name("one").id)
    house.accounts.disable(house.accounts.by_name("two").id)
    with pytest.raises(SignInRefused):
        reveals.approve(request, **house.proof("two"))
    assert house.events() == ["request"]


def test_a_generated_password_is_no_second_officers(house, reveals):
    request = house.ask(reveals).id
    generated = house.accounts.create("fresh", Role.PRIVACY_OFFICER)
    with pytest.raises(RevealRefused, match="made for it"):
        reveals.approve(request, name="fresh", password=generated)
    with pytest.raises(RevealRefused, match="made for it"):
        house.ask(reveals, "fresh")


def test_wrong_passwords_are_counted_by_the_lock_out(house, reveals):
    request = house.ask(reveals).id
    for _ in range(5):
        with pytest.raises(SignInRefused):
            reveals.approve(request, name="two", password="guess")
    with pytest.raises(SignInRefused) as locked:
        reveals.approve(request, **house.proof("two"))
    assert locked.value.retry_after > 0
    assert reveals.approve(request, **house.proof("three")).state is State.APPROVED
    for _ in range(5):
        with pytest.raises(SignInRefused):
            reveals.open(request, name="one", password="guess")
    with pytest.raises(SignInRefused):
        reveals.open(request, **house.proof("one"))
    assert house.events() == ["request", "approve"]


def test_a_request_lapses_when_nobody_approves_in_time(house, reveals, clock):
    late, early = house.ask(reveals).id, house.ask(reveals).id
    clock.now += 30 * MINUTE - 1
    assert reveals.approve(early, **house.proof("two")).state is State.APPROVED
    clock.now += 1
    with pytest.raises(RevealRefused, match="lapsed"):
        reveals.approve(late, **house.proof("two"))
    assert reveals.get(late).state is State.LAPSED
    assert house.events() == ["request", "request", "approve", "lapse"]
    assert [entry.who for entry in RecordReader(house.folder / "record").entries()][-1] == "desk"


def test_an_approval_lapses_when_it_is_not_used(house, reveals, clock):
    clock.now += 20 * MINUTE
    used, left = house.approved(reveals).id, house.approved(reveals).id
    clock.now += 15 * MINUTE - 1
    assert reveals.open(used, **house.proof("one")).values
    clock.now += 1
    with pytest.raises(RevealRefused, match="lapsed"):
        reveals.open(left, **house.proof("one"))
    assert [one.state for one in reveals.requests()] == [State.LAPSED, State.SPENT]
    # Nothing lapses twice.
    clock.now += 1000 * MINUTE
    reveals.settle()
    assert house.events().count("lapse") == 1


def test_a_clock_that_is_set_back_gives_no_time(house, reveals, clock):
    request = house.approved(reveals).id
    clock.now -= 90
    with pytest.raises(RevealRefused, match="lapsed"):
        reveals.open(request, **house.proof("one"))


def test_times_are_settings(house, clock):
    reveals = house.reveals(settings=replace(house.settings, approve_minutes=2, open_minutes=1))
    request = house.ask(reveals)
    assert (request.until - request.asked_at).total_seconds() == 2 * MINUTE
    approved = reveals.approve(request.id, **house.proof("two"))
    assert (approved.until - approved.decided_at).total_seconds() == MINUTE
    clock.now += MINUTE
    with pytest.raises(RevealRefused):
        reveals.open(request.id, **house.proof("one"))


def test_refused_and_withdrawn(house, reveals):
    first, second, third = (house.ask(reveals).id for _ in range(3))
    assert reveals.refuse(first, house.accounts.by_name("two").id).decided_by.name == "two"
    assert reveals.refuse(second, house.accounts.by_name("one").id).decided_by.name == "one"
    reveals.approve(third, **house.proof("two"))
    assert reveals.refuse(third, house.accounts.by_name("three").id).state is State.REFUSED
    for request in (first, second, third):
        with pytest.raises(RevealRefused, match="refused"):
            reveals.refuse(request, house.accounts.by_name("two").id)
        with pytest.raises(RevealRefused, match="refused or withdrawn"):
            reveals.approve(request, **house.proof("two"))
        with pytest.raises(RevealRefused, match="refused or withdrawn"):
            reveals.open(request, **house.proof("one"))


def test_nobody_knows_a_request_that_is_not_there(house, reveals):
    for step in (
        lambda: reveals.approve("0" * 10, **house.proof("two")),
        lambda: reveals.open("' OR 1=1 --", **house.proof("one")),
        lambda: reveals.refuse("", house.accounts.by_name("two").id),
        lambda: reveals.get("%"),
        lambda: reveals.reason("x"),
    ):
        with pytest.raises(NoSuchReveal):
            step()


def test_one_account_asks_so_often_within_an_hour_and_a_day(house, reveals, clock):
    for _ in range(4):
        for _ in range(5):
            reveals.refuse(house.ask(reveals).id, house.accounts.by_name("one").id)
        with pytest.raises(TooManyReveals, match="Your account") as refused:
            house.ask(reveals)
        assert 0 < refused.value.retry_after <= 3_600
        clock.now += refused.value.retry_after
    with pytest.raises(TooManyReveals) as refused:
        house.ask(reveals)
    assert refused.value.retry_after > 3_600 * 12
    # Another account has its own.
    assert house.ask(reveals, "two").state is State.WAITING
    clock.now += refused.value.retry_after
    assert house.ask(reveals).state is State.WAITING


def test_all_accounts_together_have_a_limit_that_no_restart_forgets(house, clock):
    settings = replace(house.settings, desk_hour=3, desk_day=4)
    for name in ("one", "two", "three"):
        house.ask(house.reveals(settings=settings), name)
    for name in ("one", "two", "three"):
        with pytest.raises(TooManyReveals, match="This desk"):
            house.ask(house.reveals(settings=settings), name)
    clock.now += 3_600
    house.ask(house.reveals(settings=settings))
    with pytest.raises(TooManyReveals, match="This desk"):
        house.ask(house.reveals(settings=settings))
    with pytest.raises(TooManyReveals):
        house.ask(house.reveals(settings=replace(settings, account_hour=0)))


def test_it_stands_in_the_persons_file(house, reveals, clock):
    person = house.vault.person(house.token)
    begun = clock.now
    opened, waiting, refused = house.approved(reveals).id, house.ask(reveals).id, house.ask(reveals).id
    reveals.refuse(refused, house.accounts.by_name("two").id)
    clock.now += 5
    reveals.open(opened, **house.proof("one"))
    [shown] = reveals.reveals_of(person)
    assert (shown.asked_by.name, shown.asked_by.role) == ("one", "privacy-officer")
    assert (shown.approved_by.name, shown.reason, shown.case_id) == ("two", REASON, "CASE1")
    assert shown.at.timestamp() == begun + 5
    assert REASON not in repr(shown)
    assert reveals.reveals_of(PersonId(person + 1)) == []
    assert reveals.get(waiting).state is State.WAITING


def test_with_a_person_the_reasons_go_that_name_them(house, reveals):
    person = house.vault.person(house.token)
    request = house.approved(reveals).id
    reveals.open(request, **house.proof("one"))
    sealed = re.search(r'"reason": "([^"]+)"', reveals._rows.raw()[0]["facts"])[1].encode()
    assert sealed in everything(house.folder)
    assert reveals.erase_reasons_of(person) == 1
    assert sealed not in everything(house.folder)
    assert reveals.reason(request) == ""
    assert [one.reason for one in reveals.reveals_of(person)] == [""]
    assert reveals.erase_reasons_of(person) == 0


def everything(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
