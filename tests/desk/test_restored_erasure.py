"""A restore does not bring back who was erased after the backup was made."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from hushdesk.desk import Desk, NobodyFound
from hushdesk.desk.backup import create_backup, restore_backup
from hushdesk.desk.persons import Persons
from hushdesk.vault import unlock_officer_key

made = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("test_backup.py"))))


def test_who_was_erased_after_the_backup_does_not_come_back(tmp_path):
    fresh = Desk.create(tmp_path / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    with Desk.open(fresh.folder) as desk:
        desk.load([made.table(tmp_path, "a.csv", "All fine.", "It reboots.", "Odd.")], workers=0)
        create_backup(desk, tmp_path / "store", vault_root=tmp_path / "people", who="tests")
        assert Persons(desk, "tests").erase(["ada2@example.org"]).proof.proven
        shutil.copy(desk.folder / "erased.jsonl", tmp_path / "erased.jsonl")
    (backup,), (people,) = (tmp_path / "store").iterdir(), (tmp_path / "people").iterdir()
    restored = restore_backup(
        backup,
        tmp_path / "again",
        keys=tmp_path / "again-keys",
        vault=tmp_path / "again-vault",
        vault_backup=people,
        unlock=lambda keys: unlock_officer_key(keys, fresh.officer_passphrase),
        erased=tmp_path / "erased.jsonl",
        who="tests",
    )
    assert restored.again == {"erased_again": 1, "sessions_ended": 0, "tokens_revoked": 0}
    with Desk.open(tmp_path / "again") as desk:
        for there in ("ada1@example.org", "ada3@example.org"):
            assert Persons(desk, "tests").find([there]).candidates
        with pytest.raises(NobodyFound):
            Persons(desk, "tests").find(["ada2@example.org"])
        assert desk.store.count() == 3
