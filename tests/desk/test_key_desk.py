"""Keys of a desk in use: rotation between loads, the record across signing keys, the quarantine by shares."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import hushdesk.record.alone as alone
from hushdesk.desk import RECORD_FOLDER, Desk, KeyDesk
from hushdesk.errors import UsageError
from hushdesk.record import Record, RecordReader, verify
from hushdesk.vault import KeyLink, KeysRefusedError, PeopleVault, Purpose, SharesError, SharesNeededError

HEAD = "Ticket ID,Created,Updated,Customer name,Customer email,Subject,Description\n"
PERSONAL = "Ask margit@nord. It is urgent."


def table(folder: Path, name: str, *rows: tuple[str, str]) -> Path:
    path = folder / name
    path.write_text(
        HEAD
        + "".join(
            f'{number},2019-03-04T09:12Z,2019-03-05T00:00Z,Ada Quillon,ada@example.org,Router,"{text}"\n'
            for number, text in rows
        )
    )
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """One desk, through one life: the tests below follow each other."""
    folder = tmp_path_factory.mktemp("keys")
    made = Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with Desk.open(made.folder) as desk:
        desk.load([table(folder, "a.csv", ("T-1", "All fine."), ("T-2", PERSONAL))], workers=0)
        yield desk, KeyDesk(desk, "cli:tests"), made.officer_passphrase, folder


def customers(desk: Desk) -> dict[str, str]:
    rows = desk.store.query("SELECT number, customer FROM cases").to_pylist()
    return {row["number"]: row["customer"] for row in rows}


def test_a_domain_key_rotated_between_loads_gives_two_pseudonyms_of_one_person(place):
    desk, keys, _, folder = place
    assert keys.rotate("domain") == {"purpose": "domain", "version": 2, "loads_running": 0}
    # What is known already stays as it is, under its old pseudonym.
    again = desk.load([folder / "a.csv"], workers=0)
    assert again.tally.unchanged == 1
    desk.load([table(folder, "b.csv", ("T-3", "All fine too."))], workers=0)
    found = customers(desk)
    assert found["T-1"] != found["T-3"]
    assert desk.vault.count() == 1
    assert desk.vault.person(found["T-1"]) == desk.vault.person(found["T-3"])
    tokens = {one.token("PERSON", "EMAIL:ada@example.org") for one in desk.keyring.pseudonymisers()}
    assert tokens == {found["T-1"], found["T-3"]}
    # Nothing in the store tells that the two are one: each case names its own alone.
    for row in desk.store.query("SELECT number, tokens, people FROM cases").to_pylist():
        other = found["T-3" if row["number"] == "T-1" else "T-1"]
        assert other not in (*row["tokens"], *row["people"])


def test_a_load_that_runs_goes_on_with_the_key_with_which_it_began(place):
    desk, keys, _, folder = place
    rotated = []

    def between(_progress: object) -> None:
        if not rotated:
            rotated.append(keys.rotate("domain"))

    before = desk.pseudonyms.version
    rows = [(f"M-{number}", f"Text number {number}") for number in range(4)]
    desk.load([table(folder, "c.csv", *rows)], workers=0, batch_cases=1, on_progress=between)
    assert rotated[0]["loads_running"] == 1
    assert desk.pseudonyms.version == before + 1
    old = desk.keyring.pseudonymiser(before).token("PERSON", "EMAIL:ada@example.org")
    found = customers(desk)
    assert {found[number] for number, _ in rows} == {old}
    assert desk.vault.count() == 1


def test_record_and_certificates_verify_across_signing_keys(place):
    desk, keys, _, _ = place
    before = desk.record.keep_head()
    keys.rotate("signing")
    desk.record.append("tests:key:after", "tests")
    assert desk.record.head.key_version == 2
    public = desk.keyring.signing_public_keys()
    seen = verify(desk.folder / RECORD_FOLDER, public, desk.keyring.desk_id, before)
    assert seen.whole
    # Another process that opens the record knows the new key too, and writes under it.
    with Record(
        desk.folder / RECORD_FOLDER, desk.keyring.desk_id, desk.keyring.sign_with_version, public
    ) as other:
        other.append("tests:key:other", "tests")
    desk.record.append("tests:key:again", "tests")
    assert not alone.check(desk.folder / RECORD_FOLDER, list(public.values()))[2]
    for one in desk.certificates():
        desk.certifier.verify(one)
    link = next(
        entry.detail
        for entry in RecordReader(desk.folder / RECORD_FOLDER).entries()
        if entry.event == "keys:signing:link"
    )
    assert KeyLink.from_json(link).holds
    assert KeyLink.from_json(link) == desk.keyring.signing_chain()[0]
    assert keys.retire("signing", 1)["destroyed"]
    assert verify(desk.folder / RECORD_FOLDER, desk.keyring.signing_public_keys(), desk.keyring.desk_id).whole
    with pytest.raises(UsageError):
        keys.retire("signing", 9)
    with pytest.raises(UsageError):
        keys.retire("wrap", 1)
    with pytest.raises(UsageError):
        keys.rotate("content")


def test_the_wrap_key_is_rotated_while_another_reads_the_vault(place):
    desk, keys, _, _ = place
    with PeopleVault.open(desk.settings.vault, desk.keyring) as reading:
        keys.rotate("wrap")
        assert keys.status()["todo"]
        assert keys.status()["persons_wrapped"] == {"1": 1}
        done = keys.rewrap()
        assert done == {"version": 2, "persons": 1, "destroyed": [1]}
        assert len(list(reading.iter_values())) > 1
    assert not keys.status()["todo"]
    assert desk.keyring.versions(Purpose.WRAP) == (2,)
    assert keys.rewrap() == {"version": 2, "persons": 0, "destroyed": []}


def test_the_quarantine_opens_by_two_shares_and_then_by_nothing_else(place):
    desk, keys, passphrase, _ = place
    with pytest.raises(UsageError):
        keys.split(passphrase=passphrase, shares=2, threshold=3)
    with pytest.raises(KeysRefusedError):
        keys.split(passphrase="wrong")
    shares = keys.split(passphrase=passphrase)["shares"]
    opened = desk.review.open(0, desk.review.unlock_with_shares(shares[1:]))
    assert opened.findings[0].value.startswith("margit@nord")
    assert desk.review.unlock(passphrase)
    assert keys.confirm(held=shares[:2]) == {"closed": 1}
    with pytest.raises(SharesNeededError):
        desk.review.unlock(passphrase)
    assert desk.review.doors().passphrases == 0
    key = desk.review.unlock_with_shares([shares[2], shares[0]])
    desk.review.decide(0, [opened.findings[0].id], key, personal=True, by="tests")
    # Sealed again under the newest domain key.
    assert not desk.review.release(0, key, by="tests").stays
    newest = desk.keyring.pseudonymiser().token("PERSON", "EMAIL:ada@example.org")
    assert customers(desk)["T-2"] == newest
    new = keys.join(held=shares[:2])["passphrase"]
    assert keys.confirm(passphrase=new) == {"closed": 1}
    with pytest.raises(SharesError):
        desk.review.unlock_with_shares(shares[:2])


def test_each_step_stands_in_the_record_and_none_of_the_secrets(place):
    desk, keys, passphrase, _ = place
    keys.provider("environment", {"variable": "DESK_TESTS", "passphrase": "p" * 30})
    keys.provider("passphrase-file")
    with pytest.raises(UsageError):
        keys.call("nonsense", {})
    entries = list(RecordReader(desk.folder / RECORD_FOLDER).entries())
    assert {entry.event for entry in entries} >= {
        "keys:domain:rotate", "keys:signing:rotate", "keys:wrap:rotate", "keys:wrap:rewrap", "keys:wrap:destroyed",
        "keys:signing:destroy", "keys:officer:split", "keys:officer:confirm", "keys:officer:passphrase", "keys:provider:moved",
    }  # fmt: skip
    text = (desk.folder / RECORD_FOLDER / "entries.jsonl").read_text()
    assert passphrase not in text
    assert "p" * 30 not in text


def test_a_desk_opens_with_the_keys_of_all_these_rotations(place):
    desk, _, _, folder = place
    desk.close()
    script = (
        "import sys; from hushdesk.desk import Desk\n"
        "with Desk.open(sys.argv[1]) as desk:\n"
        "    print(desk.pseudonyms.version, desk.vault.count(), len(list(desk.vault.iter_values())) > 1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, folder / "desk"], capture_output=True, text=True, check=True
    )
    # Ada, and the one whom the released case names.
    assert done.stdout == "3 2 True\n"
