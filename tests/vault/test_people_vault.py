"""The people vault: everybody under a key of their own, and nobody's value under another's."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import traceback
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hushdesk.vault import (
    Keyring,
    KeysExistError,
    KeysMissingError,
    KeysUnsafeError,
    PeopleVault,
    PersonId,
    Purpose,
    Stored,
    VaultDamagedError,
    VaultEntry,
    VaultLockedError,
)
from hushdesk.vault._people_schema import SHREDDING
from hushdesk.vault._slots import EMPTY, SLOT


def entry(
    keyring: Keyring, person: str, kind: str, value: str, language: str = "", country: str = ""
) -> VaultEntry:
    p = keyring.pseudonymiser()
    return VaultEntry(p.token("EMAIL", person), p.token(kind, value), kind, value, language, country)


@pytest.fixture
def jane_and_john(vault: PeopleVault, keyring: Keyring) -> tuple[str, str]:
    vault.put_many(
        [
            entry(keyring, "jane@x.y", "EMAIL", "jane@x.y", "en", "US"),
            entry(keyring, "jane@x.y", "PHONE", "+15551234"),
            entry(keyring, "john@x.y", "EMAIL", "john@x.y", "fr", "FR"),
            entry(keyring, "john@x.y", "PHONE", "+15551234"),
        ]
    )
    p = keyring.pseudonymiser()
    return p.token("EMAIL", "jane@x.y"), p.token("EMAIL", "john@x.y")


def _values(vault: PeopleVault, token: str) -> set[tuple[str, str]]:
    return {(v.kind, v.value) for v in vault.resolve(token)}


def test_a_shared_value_belongs_to_both(vault, keyring, jane_and_john):
    jane, john = (vault.person(t) for t in jane_and_john)
    shared = keyring.pseudonymiser().token("PHONE", "+15551234")
    assert vault.persons(shared) == (jane, john)
    assert vault.person(shared) is None
    assert {(v.person, v.value) for v in vault.resolve(shared)} == {(jane, "+15551234"), (john, "+15551234")}
    assert {v.value for v in vault.values(jane)} == {"jane@x.y", "+15551234"}
    many = vault.values_of([john, PersonId(99), jane])
    assert {person: {v.value for v in values} for person, values in many.items()} == {
        person: {v.value for v in vault.values(person)} for person in (jane, john)
    }
    assert vault.persons_of([shared, *jane_and_john]) == {jane, john}
    assert [v.value for v in vault.resolve(jane_and_john[1])] == ["john@x.y"]
    assert vault.resolve("EMAIL_00000000000000") == []


def test_counting_needs_no_keys(vault, keyring, jane_and_john):
    with PeopleVault.open(vault.folder) as locked:
        assert (locked.count(), locked.count_entries()) == (2, 4)
        assert locked.languages() == {"en": 1, "fr": 1}
        assert locked.countries([jane_and_john[0]]) == {"US": 1}
        profile = locked.profile(locked.person(jane_and_john[0]))
        assert (profile.language, profile.country, profile.kinds) == ("en", "US", ("EMAIL", "PHONE"))
        for attempt in (
            lambda: locked.resolve(jane_and_john[0]),
            lambda: list(locked.iter_values()),
            lambda: locked.values(profile.person),
            lambda: locked.put_many([]),
            locked.rewrap,
        ):
            with pytest.raises(VaultLockedError):
                attempt()


def test_repeating_changes_nothing(vault, keyring, jane_and_john):
    def dump() -> list[str]:
        return list(vault._db.iterdump())

    before, keys = dump(), (vault.folder / "people.keys").read_bytes()
    again = vault.put_many(
        [
            entry(keyring, "jane@x.y", "PHONE", "+15551234", "en", "US"),
            entry(keyring, "jane@x.y", "EMAIL", "jane@x.y"),
        ]
        * 2
    )
    assert again == Stored(0, 0)
    assert dump() == before
    assert (vault.folder / "people.keys").read_bytes() == keys


def test_names_go_by_their_persons_token_in_all_spellings(vault, keyring):
    token = keyring.pseudonymiser().token("EMAIL", "jane@x.y")
    names = ["Jane Roe", "jane roe", "J. Roe"]
    stored = vault.put_many([VaultEntry(token, token, "PERSON", name) for name in [*names, "Jane Roe"]])
    assert stored == Stored(1, 3)
    vault.put_many([entry(keyring, "jane@x.y", "EMAIL", "jane@x.y")])
    assert _values(vault, token) == {("PERSON", n) for n in names} | {("EMAIL", "jane@x.y")}


def test_the_last_known_language_and_country_win(vault, keyring, jane_and_john):
    vault.put_many([entry(keyring, "jane@x.y", "EMAIL", "jane@x.y", "de", "")])
    profile = vault.profile(vault.person(jane_and_john[0]))
    assert (profile.language, profile.country) == ("de", "US")
    vault.put_many([entry(keyring, "jane@x.y", "EMAIL", "jane@x.y")])
    assert vault.profile(profile.person).language == "de"


ENTRIES = st.lists(
    st.tuples(
        st.integers(0, 4), st.integers(0, 6), st.sampled_from(["PHONE", "PERSON", "IP"]), st.text(max_size=8)
    ),
    max_size=25,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(ENTRIES, max_size=4))
def test_agrees_with_a_dictionary(tmp_path_factory, keyring, batches):
    p = keyring.pseudonymiser()
    truth: dict[str, dict[str, set[tuple[str, str]]]] = {}
    with PeopleVault.create(tmp_path_factory.mktemp("model") / "v", keyring) as vault:
        for batch in batches:
            rows = []
            for person, token, kind, value in batch:
                holder = p.token("EMAIL", str(person))
                # Token 0 is the person's own.
                word = holder if token == 0 else p.token(kind, str(token))
                truth.setdefault(holder, {}).setdefault(word, set()).add((kind, value))
                rows.append(VaultEntry(holder, word, kind, value))
            vault.put_many(rows)
        assert vault.count() == len(truth)
        seen: dict[str, set[tuple[str, str]]] = {}
        for value in vault.iter_values():
            seen.setdefault(value.token, set()).add((value.kind, value.value))
        expected: dict[str, set[tuple[str, str]]] = {}
        for words in truth.values():
            for word, values in words.items():
                expected.setdefault(word, set()).update(values)
        assert seen == expected
        for word, values in expected.items():
            assert {(v.kind, v.value) for v in vault.resolve(word)} == values
            holders = {vault.person(h) for h, words in truth.items() if word in words or h == word}
            assert set(vault.persons(word)) == holders


@pytest.mark.parametrize(
    "token", ["", "EMAIL", "EMAIL_SHORT", "EMAIL_IIIIIIIIIIIIII", "email_00000000000000", "_00000000000000"]
)
def test_what_is_no_token_is_refused_and_the_batch_undone(vault, keyring, token):
    good = entry(keyring, "jane@x.y", "PLATE", "AB 123")
    secret = f"marked-{os.urandom(4).hex()}"
    with pytest.raises(ValueError) as caught:
        vault.put_many([good, VaultEntry(good.person_token, token, "EMAIL", secret)])
    assert secret not in "".join(traceback.format_exception(caught.value))
    assert (vault.count(), vault.count_entries()) == (0, 0)
    assert vault.resolve(token) == []
    assert vault.put_many([good]) == Stored(1, 1)
    assert _values(vault, good.token) == {("PLATE", "AB 123")}


# --- who steals or edits the files -----------------------------------------------------------------


def test_no_value_in_the_clear(vault, keyring, jane_and_john):
    vault._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = b"".join(p.read_bytes() for p in vault.folder.iterdir())
    for value in (b"jane@x.y", b"john", b"5551234"):
        assert value not in data
    assert "jane" not in repr(vault.resolve(jane_and_john[0])) + repr(
        entry(keyring, "jane@x.y", "IP", "::1")
    ) + repr(vault)


def test_files_are_private(vault, keyring, jane_and_john):
    assert {stat.S_IMODE(p.stat().st_mode) for p in vault.folder.iterdir()} == {0o600}
    assert {p.name for p in vault.folder.iterdir()} >= {"people.db", "people.db-wal", "people.keys"}
    (vault.folder / "people.keys").chmod(0o640)
    with pytest.raises(KeysUnsafeError):
        PeopleVault.open(vault.folder, keyring)


def test_wrapped_keys_swapped_between_persons_do_not_open(vault, keyring, jane_and_john):
    path = vault.folder / "people.keys"
    data = path.read_bytes()
    path.write_bytes(data[SLOT : 2 * SLOT] + data[:SLOT])
    for token in jane_and_john:
        with pytest.raises(VaultDamagedError):
            vault.resolve(token)


def test_values_moved_to_another_person_or_token_do_not_open(vault, keyring, jane_and_john):
    jane, john = (vault.person(t) for t in jane_and_john)
    phone = keyring.pseudonymiser().token("PHONE", "+15551234")
    with sqlite3.connect(vault.folder / "people.db") as database:
        sealed = database.execute(
            "SELECT sealed FROM entry WHERE person = ? AND token <> x''", [jane]
        ).fetchone()[0]
        database.execute("UPDATE entry SET sealed = ? WHERE person = ? AND token <> x''", [sealed, john])
    database.close()
    with pytest.raises(VaultDamagedError):
        vault.values(john)
    assert [v.value for v in vault.resolve(jane_and_john[1])] == ["john@x.y"]
    with pytest.raises(VaultDamagedError):
        vault.resolve(phone)
    with sqlite3.connect(vault.folder / "people.db") as database:
        database.execute("UPDATE entry SET sealed = ? WHERE person = ? AND token = x''", [sealed, jane])
    database.close()
    with pytest.raises(VaultDamagedError):
        vault.resolve(jane_and_john[0])


def test_kinds_cannot_be_relabelled(vault, keyring, jane_and_john):
    with sqlite3.connect(vault.folder / "people.db") as database:
        a, b = database.execute("SELECT id FROM kind ORDER BY id").fetchall()
        database.execute("UPDATE kind SET name = 'X' WHERE id = ?", a)
        database.execute("UPDATE kind SET name = 'EMAIL' WHERE id = ?", b)
        database.execute("UPDATE kind SET name = 'PHONE' WHERE id = ?", a)
    database.close()
    with PeopleVault.open(vault.folder, keyring) as again, pytest.raises(VaultDamagedError):
        list(again.iter_values())


def test_no_flipped_bit_of_a_sealed_value_opens(vault, keyring, jane_and_john):
    (sealed,) = vault._db.execute("SELECT sealed FROM entry WHERE person = 1 AND token = x''").fetchone()
    for i in range(len(sealed)):
        changed = bytearray(sealed)
        changed[i] ^= 0x80
        vault._db.execute("UPDATE entry SET sealed = ? WHERE person = 1 AND token = x''", [bytes(changed)])
        with pytest.raises(VaultDamagedError):
            vault.resolve(jane_and_john[0])


def test_another_keyring_opens_nothing(vault, jane_and_john, tmp_path):
    stranger, _ = Keyring.create(tmp_path / "strange", desk_id="d")
    with PeopleVault.open(vault.folder, stranger) as other, pytest.raises(VaultDamagedError):
        other.resolve(jane_and_john[0])


def test_a_vault_is_made_once_and_opened_whole(vault, keyring, tmp_path):
    with pytest.raises(KeysExistError):
        PeopleVault.create(vault.folder, keyring)
    with pytest.raises(KeysMissingError):
        PeopleVault.open(tmp_path / "nowhere")
    (vault.folder / "people.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(VaultDamagedError):
        PeopleVault.open(vault.folder, keyring)


# --- shredding and rotation ------------------------------------------------------------------------


def test_shredding_destroys_the_key_everywhere_and_says_so(vault, keyring, jane_and_john):
    jane = vault.person(jane_and_john[0])
    slot = vault._slots.read(jane)
    sealed = [s for (s,) in vault._db.execute("SELECT sealed FROM entry WHERE person = ?", [jane])]
    proof = vault.shred(jane)
    assert (proof.person, proof.entries, proof.key_found, proof.proven) == (jane, 2, 0, True)
    assert proof.bytes_scanned >= sum(p.stat().st_size for p in vault.folder.glob("people.db"))
    data = b"".join(p.read_bytes() for p in vault.folder.iterdir())
    assert slot[16:] not in data
    assert not [s for s in sealed if s in data]
    assert vault._slots.read(jane) == EMPTY
    assert vault.resolve(jane_and_john[0]) == []
    assert vault.values(jane) == []
    assert [v.value for v in vault.resolve(jane_and_john[1])] == ["john@x.y"]
    assert (vault.count(), vault.count_shredded()) == (1, 1)
    assert vault.languages() == {"fr": 1}
    with pytest.raises(KeyError):
        vault.profile(jane)
    with pytest.raises(KeyError):
        vault.shred(99)
    assert vault.shred(jane).entries == 0


def test_the_search_of_the_proof_would_have_found_the_key(vault, jane_and_john):
    slot = vault._slots.read(1)
    (vault.folder / "copy-somebody-made").write_bytes(b"x" * 1000 + slot)
    proof = vault.shred(vault.person(jane_and_john[0]))
    assert proof.key_found == 1
    assert not proof.proven


def test_an_old_backup_of_the_database_is_worth_nothing_after_shredding(vault, keyring, jane_and_john):
    vault._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    backup = (vault.folder / "people.db").read_bytes()
    vault.shred(vault.person(jane_and_john[0]))
    vault.close()
    for path in vault.folder.glob("people.db*"):
        path.unlink()
    (vault.folder / "people.db").write_bytes(backup)
    (vault.folder / "people.db").chmod(0o600)
    with PeopleVault.open(vault.folder, keyring) as restored:
        assert restored.resolve(jane_and_john[0]) == []
        assert [v.value for v in restored.resolve(jane_and_john[1])] == ["john@x.y"]


def test_a_person_who_writes_again_is_a_new_person(vault, keyring, jane_and_john):
    jane = vault.person(jane_and_john[0])
    vault.shred(jane)
    assert vault.put_many([entry(keyring, "jane@x.y", "EMAIL", "jane@x.y")]) == Stored(1, 1)
    assert vault.person(jane_and_john[0]) == 3
    assert vault._slots.read(jane) == EMPTY


def test_an_interrupted_shredding_is_finished_on_opening(vault, keyring, jane_and_john):
    jane = vault.person(jane_and_john[0])
    vault._db.execute("UPDATE person SET state = ? WHERE id = ?", [SHREDDING, jane])
    assert vault.resolve(jane_and_john[0]) == []
    with PeopleVault.open(vault.folder) as again:
        assert again._slots.read(jane) == EMPTY
        assert again.count_entries() == 2


def test_rewrapping_after_rotation_keeps_every_value(tmp_path):
    keyring, _ = Keyring.create(tmp_path / "keys", desk_id="d")
    people = [f"p{i}@x.y" for i in range(50)]
    with PeopleVault.create(tmp_path / "v", keyring) as vault:
        vault.put_many([entry(keyring, p, "EMAIL", p) for p in people])
        vault.shred(vault.person(keyring.pseudonymiser().token("EMAIL", people[7])))
    keyring.rotate(Purpose.WRAP)
    with PeopleVault.open(tmp_path / "v", keyring) as vault:
        assert {v.value for v in vault.iter_values()} == {*people} - {people[7]}
        vault.put_many([entry(keyring, "late@x.y", "EMAIL", "late@x.y")])
        before = (tmp_path / "v" / "people.keys").read_bytes()
        assert vault.rewrap() == 49
        assert vault.rewrap() == 0
        after = (tmp_path / "v" / "people.keys").read_bytes()
        assert [
            i for i in range(51) if before[i * SLOT : (i + 1) * SLOT] == after[i * SLOT : (i + 1) * SLOT]
        ] == [7, 50]
    with PeopleVault.open(tmp_path / "v", Keyring.open(tmp_path / "keys")) as vault:
        assert {v.value for v in vault.iter_values()} == {*people, "late@x.y"} - {people[7]}


# --- load ------------------------------------------------------------------------------------------


def test_threads_share_a_vault(vault, keyring):
    def write(n: int) -> None:
        for i in range(10):
            vault.put_many(
                [entry(keyring, f"{n}-{i}-{j}@x.y", "EMAIL", f"{n}-{i}-{j}@x.y") for j in range(5)]
            )
            vault.languages()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert vault.count() == 200
    assert len({v.value for v in vault.iter_values()}) == 200


def test_small(vault, keyring):
    persons, rows = 1_500, []
    for i in range(persons):
        rows.append(entry(keyring, f"user{i}@example.com", "EMAIL", f"user{i}@example.com", "en", "US"))
        rows.append(entry(keyring, f"user{i}@example.com", "PHONE", f"+1555{i:07d}"))
        token = rows[-1].person_token
        rows.append(VaultEntry(token, token, "PERSON", f"Firstname Lastname{i}"))
    for i in range(0, len(rows), 3_000):
        vault.put_many(rows[i : i + 3_000])
    vault._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = sum(
        p.stat().st_size for p in vault.folder.iterdir() if p.suffix != ".db-shm" and "shm" not in p.name
    )
    assert size / persons < 450


def test_the_schema_ships_no_plain_value_column(vault):
    columns = {c[1] for t in ("person", "entry") for c in vault._db.execute(f"PRAGMA table_info({t})")}
    assert columns == {"id", "token", "language", "country", "state", "person", "tag", "sealed"}


def test_the_folder_is_where_it_was_made(vault, tmp_path):
    assert vault.folder == Path(tmp_path / "vault").absolute()
