"""What somebody does who may write the desk's folder and has no key; who replays; who is quick; who looks for identities."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading

import pytest

from hushdesk.access import AccountsUnsafe
from hushdesk.access.reveal import RevealRefused, RevealsChanged, State, TooManyReveals
from hushdesk.record import verify

from .conftest import IDENTITY, REASON
from .test_reveals import everything


def raw(house):
    return sqlite3.connect(house.folder / "reveal.sqlite", isolation_level=None)


def change(house, sql: str, *parameters) -> None:
    database = raw(house)
    database.execute(sql, parameters)
    database.close()


def copy_of(house):
    """All that a thief or a vandal can keep of the requests."""
    database = raw(house)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return (house.folder / "reveal.sqlite").read_bytes()


def put_back(house, kept: bytes):
    for each in house.opened:
        each.close()
    for name in ("reveal.sqlite-wal", "reveal.sqlite-shm"):
        (house.folder / name).unlink(missing_ok=True)
    (house.folder / "reveal.sqlite").write_bytes(kept)
    return house.reveals()


def forge_approved(house, request: str) -> None:
    database = raw(house)
    [text] = database.execute("SELECT facts FROM request WHERE id = ?", [request]).fetchone()
    facts = json.loads(text)
    facts |= {
        "state": "approved",
        "decided_at": facts["asked_at"],
        "decided_by": {"id": 2, "name": "two", "role": "privacy-officer"},
    }
    text = json.dumps(facts, sort_keys=True)
    database.execute("UPDATE request SET facts = ?, state = 'approved' WHERE id = ?", [text, request])
    database.close()


def test_a_forged_approval_is_refused(house, reveals):
    other, request = house.ask(reveals).id, house.ask(reveals).id
    forge_approved(house, request)
    with pytest.raises(RevealsChanged):
        reveals.open(request, **house.proof("one"))
    assert [one.state for one in reveals.requests()] == [State.CHANGED, State.WAITING]
    assert "open" not in house.events()
    # The others go on; new ones would not be counted right.
    assert reveals.approve(other, **house.proof("two")).state is State.APPROVED
    with pytest.raises(RevealsChanged):
        house.ask(reveals)
    # Moved away, it is made again from the record.
    assert [one.state for one in put_back(house, b"").requests()] == [State.LAPSED, State.LAPSED]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE request SET state = 'approved'",
        "UPDATE request SET seal = zeroblob(32)",
        "UPDATE request SET facts = replace(facts, 'CASE1', 'CASE2')",
        "UPDATE request SET id = '0000000000' WHERE number = 1",
    ],
)
def test_a_changed_row_is_believed_in_nothing(house, reveals, sql):
    first = house.ask(reveals).id
    change(house, sql)
    ident = "0000000000" if "0000000000" in sql else first
    with pytest.raises(RevealsChanged):
        reveals.approve(ident, **house.proof("two"))
    with pytest.raises(RevealsChanged):
        reveals.reveals_of(house.vault.person(house.token))
    # It cannot be told how many there were: nobody asks for more.
    with pytest.raises(RevealsChanged):
        house.ask(reveals)


def test_the_seal_of_one_request_fits_no_other(house, reveals):
    approved, waiting = house.approved(reveals).id, house.ask(reveals).id
    database = raw(house)
    row = database.execute("SELECT state, facts, seal FROM request WHERE id = ?", [approved]).fetchone()
    database.execute("UPDATE request SET state = ?, facts = ?, seal = ? WHERE id = ?", [*row, waiting])
    database.close()
    with pytest.raises(RevealsChanged):
        reveals.open(waiting, **house.proof("one"))


@pytest.mark.parametrize("sql", ["DELETE FROM request WHERE number = 1", "DELETE FROM mark", "UPDATE mark SET total = 0", "UPDATE mark SET record_end = 0", "DELETE FROM request"])  # fmt: skip
def test_requests_that_are_taken_away_are_missed(house, reveals, sql):
    for _ in range(3):
        house.ask(reveals)
    change(house, sql)
    for step in (lambda: house.ask(reveals), reveals.requests, lambda: reveals.reveals_of(1)):
        with pytest.raises(RevealsChanged):
            step()


def test_an_older_copy_of_the_file_brings_no_approval_back(house, reveals):
    request = house.approved(reveals).id
    kept = copy_of(house)
    assert reveals.open(request, **house.proof("one")).values
    again = put_back(house, kept)
    with pytest.raises(RevealRefused, match="once only"):
        again.open(request, **house.proof("one"))
    assert again.get(request).state is State.SPENT
    assert len(again.reveals_of(house.vault.person(house.token))) == 1
    assert house.events().count("open") == 1


def test_an_older_copy_of_one_row_brings_no_approval_back(house, reveals):
    request = house.approved(reveals).id
    database = raw(house)
    row = database.execute("SELECT state, facts, seal FROM request WHERE id = ?", [request]).fetchone()
    assert reveals.open(request, **house.proof("one")).values
    # As if the record had been read on to its end since.
    with reveals._rows.write():
        reveals._rows.set_mark(1, (house.folder / "record" / "entries.jsonl").stat().st_size)
    database.execute("UPDATE request SET state = ?, facts = ?, seal = ? WHERE id = ?", [*row, request])
    database.close()
    with pytest.raises(RevealRefused, match="once only"):
        reveals.open(request, **house.proof("one"))


def test_no_copy_and_no_loss_of_the_file_resets_the_limits(house, reveals):
    kept = copy_of(house)
    requests = [house.ask(reveals).id for _ in range(5)]
    for content in (kept, b""):
        again = put_back(house, content)
        with pytest.raises(TooManyReveals):
            house.ask(again)
        # What the record alone knows is over.
        assert [one.state for one in again.requests()] == [State.LAPSED] * 5
        assert {one.id for one in again.requests()} == set(requests)
        with pytest.raises(RevealRefused):
            again.approve(requests[0], **house.proof("two"))


def test_what_was_opened_stays_in_the_persons_file_if_the_file_is_lost(house, reveals):
    reveals.open(house.approved(reveals).id, **house.proof("one"))
    [shown] = put_back(house, b"").reveals_of(house.vault.person(house.token))
    assert (shown.asked_by.name, shown.case_id, shown.reason) == ("one", "CASE1", "")


def test_a_line_put_into_the_record_approves_nothing(house, reveals):
    request = house.ask(reveals).id
    done = house.approved(reveals).id
    lines = (house.folder / "record" / "entries.jsonl").read_text().splitlines()
    [approval] = [json.loads(line) for line in lines if ":approve" in line]
    for detail in (
        {**approval["detail"], "request": request},
        {name: value for name, value in approval["detail"].items() if name != "seal"} | {"request": request},
        approval["detail"] | {"request": request, "seal": 7},
    ):
        house.record.append("officer:reveal:approve", "two", detail)
    # As letters after an incident write them.
    house.record.append("officer:reveal:approve", "two", {"persons": 12, "list": "00", "request": request})
    with pytest.raises(RevealRefused, match="waits for a second officer"):
        reveals.open(request, **house.proof("one"))
    assert reveals.open(done, **house.proof("one")).values


def test_a_record_that_was_cut_stops_everything(house, reveals):
    house.record.append("test:long:entry", "desk", {"x": "y" * 70_000})
    request = house.approved(reveals).id
    reveals.requests()
    shutil.rmtree(house.folder / "record")
    with pytest.raises(RevealsChanged, match="record"):
        reveals.open(request, **house.proof("one"))


def test_the_pseudonym_of_another_case_needs_its_own_request(house, reveals):
    other = house.keyring.pseudonymiser().token("EMAIL", "somebody.else@mail.example")
    house.cases["CASE2"] = {other}
    with pytest.raises(RevealRefused, match="holds this pseudonym"):
        house.ask(reveals, token=other)
    with pytest.raises(RevealRefused, match="holds this pseudonym"):
        house.ask(reveals, case="CASE2")


def test_of_two_who_open_at_once_one_gets_it(house):
    # Four: of five right passwords at the same moment the lock-out, which counts first, refuses one.
    several = [house.reveals() for _ in range(2)]
    request = house.approved(several[0]).id
    begin = threading.Barrier(4)
    got, refused = [], []

    def attempt(reveals):
        begin.wait()
        try:
            got.append(reveals.open(request, **house.proof("one")))
        except RevealRefused as error:
            refused.append(error)

    threads = [threading.Thread(target=attempt, args=[several[n % 2]]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (1, 3)
    assert house.events().count("open") == 1


def test_of_approval_and_refusal_at_once_one_holds(house):
    first, second = house.reveals(), house.reveals()
    request = house.ask(first).id
    begin, states = threading.Barrier(2), []

    def attempt(step):
        begin.wait()
        try:
            states.append(step().state)
        except RevealRefused:
            states.append(None)

    steps = (
        lambda: first.refuse(request, house.accounts.by_name("one").id),
        lambda: second.approve(request, **house.proof("two")),
    )
    threads = [threading.Thread(target=attempt, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # An approval may be taken back; a refusal stands.
    assert first.get(request).state is State.REFUSED
    assert State.REFUSED in states


def test_no_identity_and_no_reason_lies_in_the_desk(house, reveals):
    for _ in range(2):
        reveals.open(house.approved(reveals).id, **house.proof("one"))
    house.ask(reveals)
    reveals.requests()
    reveals.reveals_of(house.vault.person(house.token))
    found = everything(house.folder).lower()
    assert house.token.lower().encode() in found
    for word in (*IDENTITY, "feldquist", "901820", REASON, "court", *house.passwords.values()):
        assert word.lower().encode() not in found, word
    # Nor how long a reason is.
    sizes = {len(json.loads(row["facts"])["reason"]) for row in reveals._rows.raw()}
    house.ask(reveals, reason="x" * 200)
    assert {len(json.loads(row["facts"])["reason"]) for row in reveals._rows.raw()} == sizes
    keys = house.keyring.signing_public_keys()
    assert not verify(house.folder / "record", keys, house.keyring.desk_id).faults


def test_a_file_that_others_can_reach_is_not_used(house, reveals):
    assert (house.folder / "reveal.sqlite").stat().st_mode & 0o777 == 0o600
    (house.folder / "reveal.sqlite").chmod(0o644)
    with pytest.raises(AccountsUnsafe, match="file of reveals"):
        house.reveals()


def test_no_message_holds_what_was_typed_or_who_it_is(house, reveals):
    planted = "mona.feldquist@mail.example"
    said = []
    for step in (
        lambda: house.ask(reveals, token=planted),
        lambda: house.ask(reveals, case=planted),
        lambda: house.ask(reveals, reason=planted[:10]),
        lambda: reveals.approve(planted, **house.proof("two")),
        lambda: reveals.open(planted, **house.proof("one")),
    ):
        with pytest.raises(Exception) as raised:
            step()
        said.append(repr(raised.value) + str(raised.value.__context__) + str(raised.value.args))
    assert planted[:10] not in "".join(said)
    assert planted[:10] not in repr(reveals)
