"""Rotation, destruction and moving of keys: what was made before stays usable, what is destroyed is gone, kills harm nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hushdesk.vault import (
    KEYRING_FILE,
    KeyInUseError,
    KeyLink,
    Keyring,
    KeysChangedError,
    KeysRefusedError,
    PeopleVault,
    Pseudonymiser,
    Purpose,
    SharesNeededError,
    UnknownKeyError,
    VaultDamagedError,
    VaultEntry,
    VaultLockedError,
    unlock_officer_key,
    unlock_officer_key_with_shares,
    verify_signature,
    write_private,
)
from hushdesk.vault._files import destroy

HERE = Path(__file__).parent


@pytest.fixture
def keyring(tmp_path):
    return Keyring.create(tmp_path / "keys", desk_id="desk-1")[0]


def wrapped(folder: Path) -> dict[tuple[str, int], str]:
    rows = json.loads((folder / KEYRING_FILE).read_text())["keys"]
    return {(row["purpose"], row["version"]): row["wrapped"] for row in rows}


# --- signing ---------------------------------------------------------------------------------------


def test_a_chain_leads_from_each_signing_key_to_the_next_and_survives_destruction(keyring):
    first = keyring.signing_public_key
    signature = keyring.sign(b"head")
    keyring.rotate(Purpose.SIGNING)
    keyring.rotate(Purpose.SIGNING)
    chain = keyring.signing_chain()
    assert [(link.previous, link.version) for link in chain] == [(1, 2), (2, 3)]
    assert all(link.holds for link in chain)
    assert chain[0].previous_public == first
    assert chain[0].public == chain[1].previous_public
    assert keyring.retire(Purpose.SIGNING, 1)
    assert not keyring.retire(Purpose.SIGNING, 1)
    again = Keyring.open(keyring.folder)
    assert again.versions(Purpose.SIGNING) == (2, 3)
    # Nobody can sign with it any more; what it signed still verifies.
    assert verify_signature(again.signing_public_keys()[1], b"head", signature)
    assert again.sign_with_version(b"x")[0] == 3
    assert list(again.signing_public_keys()) == [1, 2, 3]


@pytest.mark.parametrize("change", ["desk", "at", "previous", "public", "signature", "previous_signature"])
def test_a_link_that_was_changed_does_not_hold(keyring, change):
    keyring.rotate(Purpose.SIGNING)
    values = keyring.signing_chain()[0].to_json()
    assert KeyLink.from_json(values).holds
    other = {"desk": "desk-2", "at": "2001-01-01", "previous": 7}.get(change)
    values[change] = other if other is not None else "00" * (len(values[change]) // 2)
    assert not KeyLink.from_json(values).holds
    with pytest.raises(KeysRefusedError):
        KeyLink.from_json({"desk": "d"})


def test_what_may_not_be_destroyed_is_refused(keyring):
    with pytest.raises(KeyInUseError):
        keyring.retire(Purpose.SIGNING, 1)
    for purpose in (Purpose.DOMAIN, Purpose.CONTENT):
        with pytest.raises(UnknownKeyError):
            keyring.retire(purpose, 1)


# --- wrap key --------------------------------------------------------------------------------------


def entries(pseudonyms: Pseudonymiser, count: int) -> list[VaultEntry]:
    return [
        VaultEntry(
            pseudonyms.token("PERSON", f"EMAIL:{number}@example.org"),
            pseudonyms.token("EMAIL", f"{number}@example.org"),
            "EMAIL",
            f"{number}@example.org",
            "en",
            "IE",
            tuple(one.token("PERSON", f"EMAIL:{number}@example.org") for one in pseudonyms.older),
        )
        for number in range(count)
    ]


def test_persons_are_wrapped_anew_and_the_old_key_is_destroyed(keyring, tmp_path):
    with PeopleVault.create(tmp_path / "vault", keyring) as vault:
        vault.put_many(entries(keyring.pseudonymiser(), 9))
        vault.shred(vault.person(keyring.pseudonymiser().token("EMAIL", "3@example.org")))
        old_slots = vault._slots.read_many(1, 9)
        kept = wrapped(keyring.folder)["wrap", 1]
        keyring.rotate(Purpose.WRAP)
        vault.adopt(keyring)
        assert vault.wrap_versions() == {1: 8}
        assert vault.rewrap() == 8
        assert vault.rewrap() == 0
        assert vault.wrap_versions() == {2: 8}
        keyring.retire(Purpose.WRAP, 1)
        assert kept not in (keyring.folder / KEYRING_FILE).read_text()
        assert sorted(value.value for value in vault.iter_values()) == [
            f"{number}@example.org" for number in range(9) if number != 3
        ]
        # A copy of the vault from before the rotation is worth nothing with the keys of today.
        vault._slots.write(1, [old_slots[at : at + 64] for at in range(0, len(old_slots), 64)])
    with (
        PeopleVault.open(tmp_path / "vault", Keyring.open(keyring.folder)) as vault,
        pytest.raises(VaultDamagedError),
    ):
        list(vault.iter_values())
    with PeopleVault.open(tmp_path / "vault") as locked, pytest.raises(VaultLockedError):
        locked.adopt(keyring)


def test_another_process_that_has_the_vault_open_follows(keyring, tmp_path):
    with PeopleVault.create(tmp_path / "vault", keyring) as vault:
        vault.put_many(entries(keyring.pseudonymiser(), 3))
    elsewhere = Keyring.open(keyring.folder)
    with (
        PeopleVault.open(tmp_path / "vault", elsewhere) as reading,
        PeopleVault.open(tmp_path / "vault", keyring) as vault,
    ):
        keyring.rotate(Purpose.WRAP)
        vault.adopt(keyring)
        vault.rewrap()
        keyring.retire(Purpose.WRAP, 1)
        assert len(list(reading.iter_values())) == 3
    assert elsewhere.version(Purpose.WRAP) == 2
    assert not elsewhere.refresh()


# --- domain key ------------------------------------------------------------------------------------


def test_one_person_under_two_versions_is_one_person_to_the_vault_alone(keyring, tmp_path):
    with PeopleVault.create(tmp_path / "vault", keyring) as vault:
        old = keyring.pseudonymiser()
        vault.put_many(entries(old, 3))
        keyring.rotate(Purpose.DOMAIN)
        new = Pseudonymiser.from_wire(keyring.pseudonymiser().to_wire())
        fresh = entries(new, 4)
        stored = vault.put_many(fresh)
        assert (stored.persons, stored.entries) == (1, 4)
        assert vault.put_many(fresh).entries == 0
        before, after = (pseudonyms.token("PERSON", "EMAIL:1@example.org") for pseudonyms in (old, new))
        assert before != after
        person = vault.person(after)
        assert person == vault.person(before)
        assert vault.persons(after) == (person,)
        assert vault.token(person) == before
        # Whoever has only an address tries each version.
        found = {vault.person(one.token("EMAIL", "1@example.org")) for one in keyring.pseudonymisers()}
        assert found == {person}
        names = vault.kinds()
        tokens = {row["person"]: row["tokens"] for batch in vault.profiles() for row in batch.to_pylist()}
        packed = {vault._codec.pack(token) for token in (before, after)} | {
            vault._codec.pack(one.token("EMAIL", "1@example.org")) for one in (old, new)
        }
        assert set(tokens[person]) == packed
        assert tokens[person][0] == vault._codec.pack(before)
        assert len(tokens[person]) == len(packed)
        assert names
        # A name goes by the person's own pseudonym, whichever.
        vault.put_many([VaultEntry(after, after, "PERSON", "One Example")])
        assert {value.value for value in vault.resolve(after)} == {"One Example"}
        vault.shred(person)
        assert vault.person(after) is None
        assert vault.persons(after) == ()
        assert not vault._db.execute("SELECT 1 FROM alias WHERE person = ?", [person]).fetchall()
        # Coming back is being somebody new.
        assert vault.put_many([fresh[1]]).persons == 1


def test_three_versions_are_one_person_though_the_second_was_never_loaded(keyring, tmp_path):
    with PeopleVault.create(tmp_path / "vault", keyring) as vault:
        vault.put_many(entries(keyring.pseudonymiser(), 1))
        keyring.rotate(Purpose.DOMAIN)
        keyring.rotate(Purpose.DOMAIN)
        newest = keyring.pseudonymiser()
        assert [one.version for one in newest.older] == [2, 1]
        assert vault.put_many(entries(newest, 1)).persons == 0
        assert vault.put_many(entries(keyring.pseudonymiser(2), 1)).persons == 0
        assert vault.count() == 1


# --- providers of one keyring ----------------------------------------------------------------------


def test_a_fresh_passphrase_wraps_all_and_the_old_one_is_destroyed(keyring):
    token = keyring.pseudonymiser().token("EMAIL", "a@b.c")
    keyring.rotate(Purpose.SIGNING)
    old, passphrase = wrapped(keyring.folder), (keyring.folder / "passphrase").open("rb")
    assert keyring.move("passphrase-file") == ("passphrase",)
    assert passphrase.read().strip(b"\0") == b""
    passphrase.close()
    assert not set(wrapped(keyring.folder).values()) & set(old.values())
    names = sorted(path.name for path in keyring.folder.iterdir())
    assert len(names) == 3
    assert names[2].startswith("passphrase.")
    again = Keyring.open(keyring.folder)
    assert again.pseudonymiser().token("EMAIL", "a@b.c") == token
    again.rotate(Purpose.DOMAIN)
    with pytest.raises(KeysChangedError):
        keyring.move("passphrase-file")
    assert keyring.refresh()
    assert keyring.version(Purpose.DOMAIN) == 2
    # Nothing is left of the attempt that failed.
    assert sorted(path.name for path in keyring.folder.iterdir()) == names


def test_a_passphrase_file_elsewhere_is_not_ours_to_destroy(keyring, tmp_path):
    write_private(tmp_path / "given", b"x" * 43)
    keyring.move("passphrase-file", {"passphrase_file": str(tmp_path / "given")})
    assert not (keyring.folder / "passphrase").exists()
    again = Keyring.open(keyring.folder)
    assert again.passphrase_file() == tmp_path / "given"
    assert again.move("passphrase-file") == ()
    assert (tmp_path / "given").read_bytes() == b"x" * 43
    # One of ours that is named by its path stays in use.
    inside = again.passphrase_file()
    copied = Keyring.open(keyring.folder, passphrase_file=inside)
    assert copied.passphrase_file() == inside
    assert inside.exists()


def test_destroying_what_is_not_there_is_no_fault(tmp_path):
    assert not destroy(tmp_path / "nothing")


# --- kills -----------------------------------------------------------------------------------------


def kill_each_step(function: str, folder: Path) -> list[Path]:
    done = subprocess.run(
        [sys.executable, HERE / "killing.py", HERE / "killed_work.py", function, folder],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    killed = int(done.stdout)
    assert killed >= 3
    return [Path(f"{folder}-{step}") for step in range(1, killed + 2)]


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "place"
    keyring, officer = Keyring.create(folder / "keys", desk_id="desk-1")
    with PeopleVault.create(folder / "vault", keyring) as vault:
        vault.put_many(entries(keyring.pseudonymiser(), 40))
    (folder / "officer").write_text(officer.passphrase)
    return folder


def left_over(folder: Path) -> list[str]:
    return [
        path.name
        for path in folder.iterdir()
        if path.name not in {KEYRING_FILE, "officer.key"} and not path.name.startswith("passphrase")
    ]


@pytest.mark.slow
def test_rotations_killed_at_each_step_are_there_or_not(place):
    token = Keyring.open(place / "keys").pseudonymiser().token("EMAIL", "a@b.c")
    reached = set()
    for copy in kill_each_step("rotate_all", place):
        keyring = Keyring.open(copy / "keys")
        assert keyring.pseudonymisers()[-1].token("EMAIL", "a@b.c") == token
        versions = tuple(
            keyring.version(purpose) for purpose in (Purpose.DOMAIN, Purpose.SIGNING, Purpose.WRAP)
        )
        assert sorted(versions, reverse=True) == list(versions)
        assert len(keyring.signing_chain()) == versions[1] - 1
        reached.add(versions)
    assert reached == {(1, 1, 1), (2, 1, 1), (2, 2, 1), (2, 2, 2)}


def test_moves_killed_at_each_step_leave_one_passphrase_that_opens(place):
    before = wrapped(place / "keys")
    outcomes = set()
    for copy in kill_each_step("move", place):
        keyring = Keyring.open(copy / "keys")
        assert keyring.pseudonymiser()
        # Opening has cleared up: one passphrase, no second keyring.
        assert len(list((copy / "keys").glob("passphrase*"))) == 1
        assert not [name for name in left_over(copy / "keys") if not name.endswith(".tmp")]
        moved = wrapped(copy / "keys") != before
        assert (copy / "keys" / "passphrase").exists() != moved
        outcomes.add(moved)
    assert outcomes == {False, True}


def test_rewrapping_killed_at_each_step_loses_nobody_and_goes_on(place):
    versions = set()
    for copy in kill_each_step("rewrap", place):
        keyring = Keyring.open(copy / "keys")
        with PeopleVault.open(copy / "vault", keyring) as vault:
            assert len(list(vault.iter_values())) == 40
            versions.add((tuple(vault.wrap_versions()), keyring.versions(Purpose.WRAP)))
            if keyring.version(Purpose.WRAP) == 1:
                continue
            vault.rewrap()
            keyring.retire(Purpose.WRAP, 1)
            vault.adopt(keyring)
            assert len(list(vault.iter_values())) == 40
    assert {((1,), (1,)), ((1,), (1, 2)), ((2,), (1, 2)), ((2,), (2,))} <= versions


@pytest.mark.slow
def test_a_split_killed_at_each_step_leaves_what_somebody_has(place):
    ways = set()
    for copy in kill_each_step("split", place):
        shares = (copy / "shares").read_text().split() if (copy / "shares").exists() else []
        try:
            unlock_officer_key(copy / "keys", (copy / "officer").read_text())
            ways.add("passphrase")
        except SharesNeededError:
            ways.add("shares")
            assert unlock_officer_key_with_shares(copy / "keys", shares[:2])
    assert ways == {"passphrase", "shares"}
