"""A backup or a restore that is killed: nothing half made looks whole, the desk is unharmed, and the next one clears up."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hushdesk.desk import Desk
from hushdesk.desk.backup import create_backup, list_backups, restore_backup, verify_backup
from hushdesk.record import verify
from hushdesk.store import EmbeddedStore
from hushdesk.vault import Keyring, unlock_officer_key

pytestmark = pytest.mark.slow

PROCESS = Path(__file__).with_name("backup_process.py")
HEAD = "Ticket ID,Created,Customer name,Customer email,Subject,Description\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    made = Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    (folder / "officer").write_text(made.officer_passphrase)
    (folder / "a.csv").write_text(HEAD + "T-1,2019-03-04T09:12Z,Ada,ada@example.org,Router,It reboots\n")
    with Desk.open(made.folder) as desk:
        desk.load([folder / "a.csv"], workers=0)
    return folder


def killed(point: str, folder: Path, *more: Path) -> None:
    done = subprocess.run(
        [sys.executable, PROCESS, point, folder, *more],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def backups_killed(place: Path, points: list[str]) -> None:
    keyring = Keyring.open(place / "keys")
    for point in points:
        before = len(list_backups([place / "store"]))
        killed(point, place)
        # Not one more store, whatever lies there under other names.
        assert len(list_backups([place / "store"])) == before
    for folder, _ in list_backups([place / "people"]):
        assert verify_backup(folder, keyring)
    with Desk.open(place / "desk") as desk:
        assert desk.store.count() == 1
        assert desk.store.check()
        assert not list((place / "desk" / "store" / "engine" / "shadow").glob("backup*"))
        made = create_backup(desk, place / "store", vault_root=place / "people", who="tests")
    assert verify_backup(made.store, keyring).manifest.counts["cases"] == 1
    # The next one has taken away what the killed ones left.
    assert not list(place.glob("*/.*.partial"))
    assert not list((place / "desk" / "run").glob("backup-*"))
    assert verify(place / "desk" / "record", keyring.signing_public_keys(), keyring.desk_id).whole


def test_a_backup_killed_while_parts_are_linked_and_before_it_has_its_name(place):
    backups_killed(place, ["frozen", "unnamed"])


def test_a_backup_killed_at_all_other_points(place):
    backups_killed(place, ["packing", "unsigned", "half named"])


def test_a_restore_killed_leaves_no_desk_and_is_repeated(place):
    with Desk.open(place / "desk") as desk:
        made = create_backup(desk, place / "store", vault_root=place / "people", who="tests")
    for point in ("restored people", "restored all"):
        killed(point, place, made.store, made.vault)
        assert not (place / "again").exists()
        assert not (place / "again" / "desk.toml").exists()
    restored = restore_backup(
        made.store,
        place / "again",
        keys=place / "again-keys",
        vault=place / "again-vault",
        vault_backup=made.vault,
        unlock=lambda folder: unlock_officer_key(folder, (place / "officer").read_text()),
        who="tests",
    )
    assert (restored.cases, restored.certificates) == (1, 1)
    assert not list(place.glob(".again*"))


def test_links_that_a_killed_backup_left_keep_no_deleted_bytes(place):
    shadow = place / "desk" / "store" / "engine" / "shadow" / "backup" / "store"
    shadow.mkdir(parents=True)
    (shadow / "old").write_bytes(b"deleted since")
    EmbeddedStore.open(place / "desk" / "store").close()
    assert not shadow.exists()
