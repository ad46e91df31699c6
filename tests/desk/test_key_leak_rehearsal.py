"""The runbook of docs/keys.md, gone through on a scratch desk: what a finder has taken is tried on what is there afterwards."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from hushdesk.desk import RECORD_FOLDER, Desk, KeyDesk
from hushdesk.desk.backup import BackupRefused, create_backup, verify_backup
from hushdesk.record import Head, Record, verify
from hushdesk.vault import (
    KEYRING_FILE,
    Keyring,
    KeysRefusedError,
    PeopleVault,
    Sealer,
    SharesError,
    SharesNeededError,
    VaultDamagedError,
    VaultError,
    unlock_officer_key,
    unlock_officer_key_with_shares,
)

pytestmark = pytest.mark.slow

HEAD = "Ticket ID,Created,Customer name,Customer email,Subject,Description\n"
ADDRESS = "ada@example.org"


@dataclass(frozen=True)
class Stolen:
    """What a finder has: whole copies of keys and vault, the officer's passphrase, and a backup of the store."""

    keys: Path
    vault: Path
    officer: str
    store: Path


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leak")
    made = Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    settings = made.folder / "desk.toml"
    settings.write_text(settings.read_text("utf-8").replace("sample = 1000", "sample = 0"), "utf-8")
    (folder / "a.csv").write_text(HEAD + f"T-1,2019-03-04T09:12Z,Ada Quillon,{ADDRESS},Router,Fine\n")
    (folder / "b.csv").write_text(HEAD + f"T-2,2019-03-04T09:12Z,Ada Quillon,{ADDRESS},Router,Fine too\n")
    with Desk.open(made.folder) as desk:
        desk.load([folder / "a.csv"], workers=0)
        store = create_backup(desk, folder / "backups", who="tests").store
        for name in ("keys", "vault"):
            shutil.copytree(folder / name, folder / "stolen" / name)
        stolen = Stolen(folder / "stolen/keys", folder / "stolen/vault", made.officer_passphrase, store)
        # The head that is kept elsewhere, before anything is done.
        kept = desk.record.keep_head()
        yield desk, KeyDesk(desk, "cli:tests"), stolen, kept, folder


def test_before_anything_is_done_the_finder_has_everything(scene):
    _, _, stolen, _, _ = scene
    theirs = Keyring.open(stolen.keys)
    with PeopleVault.open(stolen.vault, theirs) as vault:
        assert ADDRESS in {value.value for value in vault.iter_values()}
    assert verify_backup(stolen.store, theirs).opened


def test_passphrase_file_the_stolen_one_opens_the_living_keyring_no_more(scene):
    desk, keys, stolen, _, folder = scene
    assert keys.provider("passphrase-file")["destroyed"] == ["passphrase"]
    with pytest.raises(KeysRefusedError):
        Keyring.open(folder / "keys", passphrase_file=stolen.keys / "passphrase")
    assert desk.keyring.passphrase_file().exists()


def test_wrap_key_the_stolen_one_opens_nobody_of_the_living_vault(scene):
    desk, keys, stolen, _, folder = scene
    keys.rotate("wrap")
    assert keys.rewrap()["persons"] == 1
    with (
        PeopleVault.open(folder / "vault", Keyring.open(stolen.keys)) as vault,
        pytest.raises(VaultDamagedError),
    ):
        list(vault.iter_values())
    assert ADDRESS in {value.value for value in desk.vault.iter_values()}


def test_domain_key_the_stolen_one_guesses_nobody_who_is_loaded_from_now_on(scene):
    desk, keys, stolen, _, folder = scene
    keys.rotate("domain")
    desk.load([folder / "b.csv"], workers=0)
    theirs = Keyring.open(stolen.keys).pseudonymiser()
    guesses = {theirs.token("PERSON", f"EMAIL:{ADDRESS}"), theirs.token("EMAIL", ADDRESS)}
    rows = {
        row["number"]: row
        for row in desk.store.query("SELECT number, customer, tokens, people FROM cases").to_pylist()
    }
    now = {rows["T-2"]["customer"], *rows["T-2"]["tokens"], *rows["T-2"]["people"]}
    assert not guesses & now
    # What was stored before stays open to guesses, as the page says: that wants a new desk.
    assert rows["T-1"]["customer"] in guesses
    assert desk.vault.person(rows["T-1"]["customer"]) == desk.vault.person(rows["T-2"]["customer"])


def test_signing_key_a_forged_record_is_found_by_the_kept_head_and_by_the_new_key(scene, tmp_path):
    desk, keys, stolen, kept, _ = scene
    keys.rotate("signing")
    keys.retire("signing", 1)
    theirs = Keyring.open(stolen.keys)
    with Record(
        tmp_path / "forged", theirs.desk_id, theirs.sign_with_version, theirs.signing_public_keys()
    ) as forged:
        for number in range(kept.size + 3):
            forged.append("tests:forged:entry", "finder", {"n": number})
    public = desk.keyring.signing_public_keys()
    found = verify(tmp_path / "forged", public, desk.keyring.desk_id, Head.from_json(kept.to_json()))
    assert any("other entries" in fault.what for fault in found.faults)
    # They cannot sign as the new key, so what is newer than the rotation is not theirs.
    assert max(public) == 2
    assert not verify(tmp_path / "forged", {2: public[2]}, desk.keyring.desk_id).whole
    assert verify(desk.folder / RECORD_FOLDER, public, desk.keyring.desk_id, kept).whole
    assert desk.keyring.signing_chain()[0].holds
    with pytest.raises(VaultError):
        Keyring.open(desk.settings.keys, passphrase_file=stolen.keys / "passphrase")


def test_officer_the_stolen_passphrase_opens_the_living_file_no_more_and_shares_do(scene):
    desk, keys, stolen, _, _ = scene
    shares = keys.split(passphrase=stolen.officer)["shares"]
    keys.confirm(held=shares[:2])
    with pytest.raises(SharesNeededError):
        unlock_officer_key(desk.settings.keys, stolen.officer)
    assert unlock_officer_key_with_shares(desk.settings.keys, shares[1:])
    # One share has leaked: split anew, and it is worth nothing.
    anew = keys.split(held=shares[:2])["shares"]
    keys.confirm(held=anew[1:])
    with pytest.raises(SharesError):
        unlock_officer_key_with_shares(desk.settings.keys, [shares[0], anew[0]])
    # With the stolen file the passphrase still works on it, as the page says: what is sealed to this pair is lost to them.
    blob = Sealer(bytes.fromhex(desk.settings.officer_public_key)).seal(b"held back")
    assert unlock_officer_key(stolen.keys, stolen.officer).unseal(blob) == b"held back"


def test_in_the_end_the_finders_keys_are_refused_by_a_new_backup_and_the_record_tells_it_all(scene):
    desk, _, stolen, _, folder = scene
    made = create_backup(desk, folder / "backups", vault_root=folder / "people", who="tests")
    with pytest.raises(BackupRefused, match="signature"):
        verify_backup(made.store, Keyring.open(stolen.keys))
    assert verify_backup(made.store, desk.keyring)
    assert verify_backup(made.vault, desk.keyring)
    assert (made.vault / KEYRING_FILE).read_bytes() != (stolen.keys / KEYRING_FILE).read_bytes()
    text = (desk.folder / RECORD_FOLDER / "entries.jsonl").read_text()
    for event in (
        "keys:provider:moved",
        "keys:wrap:destroyed",
        "keys:domain:rotate",
        "keys:signing:destroy",
        "keys:officer:confirm",
    ):
        assert event in text
