"""Backups: made of a desk in use, nothing readable in them, found out if changed, restored and made sure of, whole or not there."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from hushdesk.access import Accounts, Role
from hushdesk.desk import Desk, KeyDesk
from hushdesk.desk import backup as backups
from hushdesk.desk._erased import ErasedFile
from hushdesk.desk.backup import (
    MANIFEST,
    BackupError,
    BackupRefused,
    Content,
    Manifest,
    create_backup,
    list_backups,
    restore_backup,
    verify_backup,
)
from hushdesk.record import RecordReader
from hushdesk.vault import (
    Keyring,
    KeysRefusedError,
    PeopleVault,
    unlock_officer_key,
    unlock_officer_key_with_shares,
)

pytestmark = pytest.mark.slow

HEAD = "Ticket ID,Created,Updated,Customer name,Customer email,Subject,Description\n"
TEXTS = ("All fine.", "Ask margit@nord. It is urgent.", "It reboots.", "Odd again")


def table(folder: Path, name: str, *texts: str, first: int = 1) -> Path:
    path = folder / name
    path.write_text(
        HEAD
        + "".join(
            f'T-{number},{2015 + number}-03-04T09:12Z,2019-03-05T00:00Z,Ada Quillon{number},ada{number}@example.org,Router,"{text}"\n'
            for number, text in enumerate(texts, first)
        )
    )
    return path


class Place:
    """A desk, its backup, and what was there at that time. The desk is closed: one engine a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        made = Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
        self.passphrase = made.officer_passphrase
        settings = made.folder / "desk.toml"
        settings.write_text(settings.read_text("utf-8").replace("sample = 1000", "sample = 0"), "utf-8")
        with Accounts(made.folder / "accounts.sqlite") as accounts:
            accounts.create("officer", Role.PRIVACY_OFFICER)
        (made.folder / "incidents" / "march").mkdir(parents=True)
        (made.folder / "incidents" / "march" / "notes.json").write_text('{"visitor": "192.0.2.7"}')
        with Desk.open(made.folder) as desk:
            during = []

            def between(_progress: object) -> None:
                # While a load runs, between two of its batches.
                if not during:
                    during.append(create_backup(desk, folder / "early", who="tests"))

            desk.load([table(folder, "a.csv", *TEXTS)], workers=0, batch_cases=2, on_progress=between)
            self.early = during[0]
            self.shares = KeyDesk(desk, "tests").split(passphrase=self.passphrase)["shares"]
            self.made = create_backup(desk, folder / "store", vault_root=folder / "people", who="tests")
            self.hash = desk.store.content_hash()
            self.cases = desk.store.count()
            self.persons = desk.vault.count()
            self.head = desk.record.head
            # Life goes on after the backup.
            desk.load([table(folder, "b.csv", "Later.", first=7)], workers=0)
            KeyDesk(desk, "tests").rotate("signing")
            ada = desk.vault.person(desk.pseudonyms.token("EMAIL", "ada1@example.org"))
            assert ada is not None
            desk.vault.shred(ada)

    def keyring(self) -> Keyring:
        return Keyring.open(self.folder / "keys")

    def copy(self, to: Path, content: str = "store") -> Path:
        source = self.made.store if content == "store" else self.made.vault
        return Path(shutil.copytree(source, to / source.name, symlinks=True))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Place(tmp_path_factory.mktemp("backup"))


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


# --- making ----------------------------------------------------------------------------------------


def test_a_backup_holds_nothing_readable_beyond_what_is_sealed(place):
    data = everything(place.made.store)
    for secret in (
        b"officer",
        b"192.0.2.7",
        b"margit",
        b"ada1@example.org",
        b"SQLite format 3",
        b"desk:backup",
        b"cli:",
    ):
        assert secret not in data
    people = everything(place.made.vault)
    passphrase = place.keyring().passphrase_file().read_bytes().strip()
    for secret in (passphrase, b"example.org", b"Quillon", place.passphrase.encode()):
        assert secret not in people
    assert place.made.linked > 10
    modes = {stat.S_IMODE(path.stat().st_mode) for path in place.made.vault.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(place.made.store.stat().st_mode) == 0o700


def test_nothing_is_left_in_the_desk_of_a_backup(place):
    desk = place.folder / "desk"
    assert not list((desk / "run").glob("backup-*"))
    assert not list((desk / "store" / "engine" / "shadow").glob("backup*"))


def test_backups_are_listed_newest_first_and_verified(place):
    found = list_backups(
        [place.folder / "store", place.folder / "early", place.folder / "people", place.folder / "no"]
    )
    assert [manifest.content for _, manifest in found].count(Content.STORE) == 2
    assert [manifest.at for _, manifest in found] == sorted(
        (manifest.at for _, manifest in found), reverse=True
    )
    keyring = place.keyring()
    seen = verify_backup(place.made.store, keyring)
    assert seen.manifest.counts == {
        "cases": place.cases,
        "loads": 1,
        "quarantined": 1,
        "entries": seen.manifest.head["size"],
    }
    assert seen.opened > 5
    assert verify_backup(place.made.vault, keyring).manifest.counts == {"persons": place.persons}
    assert verify_backup(place.early.store, keyring)
    assert place.early.cases < place.cases


def test_a_backup_that_fails_leaves_nothing(place, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError("disk full")

    with Desk.open(place.folder / "desk") as desk:
        monkeypatch.setattr(Manifest, "write", full)
        with pytest.raises(OSError, match="disk full"):
            create_backup(desk, tmp_path / "s", vault_root=tmp_path / "v", who="tests")
    assert list((tmp_path / "s").iterdir()) == list((tmp_path / "v").iterdir()) == []


def test_store_and_people_never_go_to_one_place(place):
    folder = place.folder
    with Desk.open(folder / "desk") as desk:
        for root, vault_root in (
            (folder / "x", folder / "x"),
            (folder / "x", folder / "x" / "y"),
            (folder / "x" / "y", folder / "x"),
            (folder / "people", None),
            (folder / "x", folder / "store"),
            (folder / "desk" / "backups", None),
            (folder / "vault" / "backups", None),
            (folder, None),
            (folder / "x", folder / "keys"),
            (folder / "x", folder / "desk" / "y"),
        ):
            with pytest.raises(BackupError, match="together"):
                create_backup(desk, root, vault_root=vault_root, who="tests")
    assert not (folder / "x").exists()


# --- changed ---------------------------------------------------------------------------------------


def flip(path: Path, at: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.chmod(0o600)
    path.unlink()
    path.write_bytes(data)


def sealed_part(folder: Path) -> Path:
    return next(path for path in sorted((folder / "store").rglob("data.bin")) if path.stat().st_size)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(lambda f: flip(f / "desk.sealed", 900), "desk.sealed was changed", id="encrypted"),
        pytest.param(lambda f: flip(next(f.rglob("*.bin"))), "was changed", id="part"),
        pytest.param(lambda f: next(f.rglob("*.bin")).unlink(), "is missing", id="dropped"),
        pytest.param(lambda f: (f / "more").write_bytes(b"x"), "does not belong", id="added"),
        pytest.param(lambda f: (f / MANIFEST).unlink(), "never finished", id="no manifest"),
        pytest.param(lambda f: (f / MANIFEST).write_bytes(b"{}"), "cannot be read", id="odd manifest"),
        pytest.param(
            lambda f: (f / MANIFEST).write_text(
                (f / MANIFEST).read_text().replace('"loads": 1', '"loads": 2')
            ),
            "signature",
            id="manifest",
        ),
        pytest.param(
            lambda f: next(p for p in f.rglob("*") if p.is_symlink()).unlink(), "is missing", id="link"
        ),
    ],
)
def test_whatever_is_changed_is_found(place, tmp_path, change, why):
    copy = place.copy(tmp_path)
    change(copy)
    with pytest.raises(BackupRefused, match=why):
        verify_backup(copy, place.keyring())
    with pytest.raises(BackupRefused):
        restore_backup(
            copy, tmp_path / "desk", keys=place.folder / "keys", vault=place.folder / "vault", who="tests"
        )
    assert not (tmp_path / "desk").exists()
    assert not list(tmp_path.glob(".desk*"))


def test_an_encrypted_stream_is_found_changed_also_without_the_hashes(place, tmp_path):
    from hushdesk.desk.backup._cipher import DecryptingReader, EncryptingWriter

    path = tmp_path / "stream"
    for size in (0, 1, 1 << 20, (1 << 20) + 1, 5 << 19):
        data = bytes(range(256)) * (size // 256 + 1)
        with path.open("wb") as file:
            writer = EncryptingWriter(file, b"k" * 32, b"c")
            writer.write(data[:size])
            writer.close()
        sealed = path.read_bytes()
        with path.open("rb") as file:
            assert DecryptingReader(file, b"k" * 32, b"c").read(size + 10) == data[:size]
        piece = (1 << 20) + 16
        cuts = [sealed[:-1], sealed[:20], sealed + b"x", sealed[:-1] + bytes([sealed[-1] ^ 1])]
        if len(sealed) > 20 + piece:
            # Cut off at a piece, and two pieces in each other's place.
            cuts += [sealed[: 20 + piece], sealed[:20] + sealed[20 + piece :] + sealed[20 : 20 + piece]]
        for changed in cuts:
            path.write_bytes(changed)
            with path.open("rb") as file, pytest.raises(BackupRefused):
                DecryptingReader(file, b"k" * 32, b"c").read(size + 10)
        path.write_bytes(sealed)
        for key, context in ((b"o" * 32, b"c"), (b"k" * 32, b"d")):
            with path.open("rb") as file, pytest.raises(BackupRefused):
                DecryptingReader(file, key, context).read(1)


def test_another_desks_keys_refuse_it(place, tmp_path):
    other, _ = Keyring.create(tmp_path / "other", desk_id="d")
    with pytest.raises(BackupRefused, match="signature"):
        verify_backup(place.made.store, other)


# --- restoring -------------------------------------------------------------------------------------


def test_a_lost_desk_comes_back_beside_living_keys_and_vault(place, tmp_path):
    restored = restore_backup(
        place.made.store,
        tmp_path / "desk",
        keys=place.folder / "keys",
        vault=place.folder / "vault",
        who="tests",
    )
    assert (restored.cases, restored.certificates) == (place.cases, 0)
    with Desk.open(tmp_path / "desk") as desk:
        assert desk.store.content_hash() == place.hash
        assert desk.quarantine.read(0, unlock_officer_key(place.folder / "keys", place.passphrase)).payload
        entries = list(RecordReader(desk.folder / "record").entries())
        assert entries[-1].event == "desk:backup:restore"
        # Who was shredded after the backup stays so: the living vault has nobody of that name.
        assert desk.vault.person(desk.pseudonyms.token("EMAIL", "ada1@example.org")) is None
        # The load that was whole then is known; the later one is taken as new.
        assert desk.load([place.folder / "a.csv"], workers=0).tally.unchanged == place.cases
        assert desk.load([place.folder / "b.csv"], workers=0).tally.stored == 1
    with Accounts(tmp_path / "desk" / "accounts.sqlite") as accounts:
        assert [account.name for account in accounts.all()] == ["officer"]
    assert json.loads((tmp_path / "desk" / "incidents" / "march" / "notes.json").read_text())["visitor"]
    # What is written there does not reach into the backup.
    assert verify_backup(place.made.store, place.keyring())


def test_a_backup_made_while_a_load_ran_takes_the_load_up_again(place, tmp_path):
    restore_backup(
        place.early.store,
        tmp_path / "desk",
        keys=place.folder / "keys",
        vault=place.folder / "vault",
        who="tests",
    )
    with Desk.open(tmp_path / "desk") as desk:
        report = desk.load([place.folder / "a.csv"], workers=0, batch_cases=2)
        assert report.resumed == 1
        assert report.tally.balanced
        assert desk.store.count() == place.cases
        assert desk.quarantine.count() == 1


def test_everything_comes_back_with_two_shares_and_a_later_list_of_the_erased(place, tmp_path, monkeypatch):
    later = tmp_path / "erased.jsonl"
    ErasedFile(later, Keyring.open(place.folder / "keys")).add([b"one" * 5, b"two" * 5], 1)
    whole = later.read_text()
    later.write_text(whole + '{"torn')
    seen = []

    def again(desk: Desk, later: object) -> dict[str, int]:
        assert later is None
        seen.append((desk.folder / "erased.jsonl").read_text())
        return {"erased": 2}

    monkeypatch.setattr(backups._restore, "after_restore", again)
    # As a restore leaves it that was killed: begun, marked, and no desk.
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "keys" / ".restoring").touch()
    (tmp_path / "keys" / "half").touch()
    restored = restore_backup(
        place.made.store,
        tmp_path / "desk",
        keys=tmp_path / "keys",
        vault=tmp_path / "vault",
        vault_backup=place.made.vault,
        unlock=lambda folder: unlock_officer_key_with_shares(folder, place.shares[:2]),
        erased=later,
        who="tests",
    )
    assert seen == [whole]
    assert whole.count("\n") == 2
    assert (restored.persons, restored.again) == (place.persons, {"erased": 2})
    assert restored.to_json()["desk"] == str(tmp_path / "desk")
    names = sorted(path.name for path in (tmp_path / "keys").iterdir())
    # The passphrase of the backup was used once: another one opens the keys now.
    assert names[:2] == ["keyring.json", "officer.key"]
    assert names[2].startswith("passphrase.")
    assert len(names) == 3
    assert (tmp_path / "keys" / names[2]).read_bytes() != place.keyring().passphrase_file().read_bytes()
    assert not (tmp_path / "vault" / ".restoring").exists()
    with Desk.open(tmp_path / "desk") as desk:
        assert desk.store.content_hash() == place.hash
        assert desk.settings.keys == tmp_path / "keys"
        assert "ada1@example.org" in {value.value for value in desk.vault.iter_values()}
        assert desk.review.unlock(place.passphrase)


def test_a_living_desk_or_vault_is_never_written_over(place, tmp_path):
    with pytest.raises(BackupError, match="in use"):
        restore_backup(
            place.made.store,
            place.folder / "desk",
            keys=place.folder / "keys",
            vault=place.folder / "vault",
            who="t",
        )
    with pytest.raises(BackupError, match="in use"):
        restore_backup(
            place.made.store, tmp_path / "d", keys=place.folder / "keys", vault=tmp_path / "v",
            vault_backup=place.made.vault, who="t",
        )  # fmt: skip
    assert (place.folder / "keys" / "keyring.json").exists()
    with pytest.raises(BackupRefused, match="vault-backup"):
        restore_backup(place.made.vault, tmp_path / "d", keys=tmp_path / "k", vault=tmp_path / "v", who="t")
    with pytest.raises(BackupRefused, match="belong together"):
        restore_backup(
            place.made.store, tmp_path / "d", keys=tmp_path / "k", vault=tmp_path / "v",
            vault_backup=place.made.store, who="t",
        )  # fmt: skip
    for unlock, error in (
        (None, BackupError),
        (lambda folder: unlock_officer_key(folder, "wrong"), KeysRefusedError),
    ):
        with pytest.raises(error):
            restore_backup(
                place.made.store, tmp_path / "d", keys=tmp_path / "k", vault=tmp_path / "v",
                vault_backup=place.made.vault, unlock=unlock, who="t",
            )  # fmt: skip
    # What was begun is taken away again.
    assert list(tmp_path.iterdir()) == []


def test_who_was_shredded_while_the_vault_was_copied_stays_shredded(place, tmp_path):
    copy = place.copy(tmp_path, "vault")
    with closing(sqlite3.connect(copy / "people.db")) as database:
        (person,) = database.execute("SELECT min(id) FROM person").fetchone()
    with (copy / "people.keys").open("r+b") as slots:
        slots.seek((person - 1) * 64)
        slots.write(bytes(64))
    with PeopleVault.open(copy, place.keyring()) as vault:
        assert vault.shred_keyless() == 1
        assert vault.shred_keyless() == 0
        assert vault.count() == place.persons - 1


def test_a_manifest_reads_as_it_was_written(place):
    manifest = Manifest.read(place.made.store)
    assert manifest.files["desk.sealed"][0] == (place.made.store / "desk.sealed").stat().st_size
    assert manifest.head["size"] <= place.head.size
    with pytest.raises(BackupRefused, match="another desk"):
        manifest.check(place.made.store, place.keyring().signing_public_keys(), "another")
