"""An erasure that is killed has either not begun, or is ended when the desk is next opened."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hushdesk.desk import Desk, NobodyFound
from hushdesk.desk.persons import JOURNAL_FILE, Persons
from hushdesk.record import RecordReader
from hushdesk.vault import Keyring

PROCESS = Path(__file__).with_name("erase_process.py")
HEAD = "Ticket ID,Created,Customer name,Customer email,Product,Subject,Description\n"
MAIL = "ada.quillon@example.org"
FAST = [("reseal aside", "re-seal"), ("shredded", "remove")]
SLOW = [
    ("planned", "remove"), ("empty added", "remove"),
    ("listed", "remove"), ("reseal back", "re-seal"), ("resealed 0", "re-seal"), ("emptied 0", "remove"), ("removed", "remove"),
    ("forgotten", "re-seal"), ("vanished", "remove"), ("proven", "re-seal"), ("recorded", "remove"),
]  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("loaded")
    rows = [
        f"T-{n},201{n % 3}-03-04T09:12Z,Ada Quillon,{MAIL},Router,Down,Write to {MAIL}\n" for n in range(6)
    ]
    rows += [f"T-9{n},2012-03-04T09:12Z,Bob Tarn,bob@example.com,Phone,Bill,Ask {MAIL}\n" for n in range(3)]
    (root / "a.csv").write_text(HEAD + "".join(rows))
    Desk.create(root / "desk", keys=root / "keys", vault=root / "vault")
    with Desk.open(root / "desk") as desk:
        assert desk.load([root / "a.csv"], workers=0).tally.stored == 9
    return root


def copy(loaded: Path, root: Path) -> Path:
    # Links stay links: the engine tells its tables by them.
    shutil.copytree(loaded, root, symlinks=True)
    settings = root / "desk" / "desk.toml"
    settings.write_text(settings.read_text("utf-8").replace(str(loaded), str(root)), "utf-8")
    return root


def token_of(root: Path) -> str:
    # A pseudonym is an identifier too, and needs no detector to be loaded by each process.
    return Keyring.open(root / "keys").pseudonymiser().token("EMAIL", MAIL)


def erase(root: Path, step: str, policy: str) -> int:
    done = subprocess.run(
        [sys.executable, str(PROCESS), str(root / "desk"), step, policy],
        input=f"{token_of(root)}\n", text=True, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.stdout == ""
    return done.returncode


def ended(root: Path, policy: str, *, reload: bool) -> None:
    """The erasure is whole, whoever ended it."""
    with Desk.open(root / "desk") as desk:
        assert not (root / "desk" / JOURNAL_FILE).exists()
        with pytest.raises(NobodyFound):
            Persons(desk, "cli:test").find([token_of(root)])
        token = desk.pseudonyms.token("EMAIL", MAIL)
        rows = [row for batch in desk.store.iter_rows("cases") for row in batch.to_pylist()]
        assert len(rows) == 9
        assert token not in str(rows)
        assert sum(row["subject"].startswith("[ERASED]") for row in rows) == (6 if policy == "remove" else 0)
        assert sum("[EMAIL]" in row["description"] for row in rows) == (3 if policy == "remove" else 9)
        told = [
            one.detail
            for one in RecordReader(desk.record.folder).entries()
            if one.event == "officer:person:erase"
        ]
        for path in (root / "desk").rglob("*"):
            assert not path.is_file() or token.encode() not in path.read_bytes()
        assert told
        assert {entry["erasure"] for entry in told} == {told[0]["erasure"]}
        assert all(entry["proven"] for entry in told)
        assert desk.store.check()
        # What came back as it was before stays what it is.
        if not reload:
            return
        tally = desk.load([root / "a.csv"], workers=0).tally
        assert (tally.unchanged, tally.refused) == ((3, 6) if policy == "remove" else (9, 0))


def kill_at(loaded: Path, tmp_path: Path, step: str, policy: str, *, reload: bool) -> None:
    root = copy(loaded, tmp_path / "killed")
    assert erase(root, step, policy) == -signal.SIGKILL
    assert (root / "desk" / JOURNAL_FILE).exists()
    # What lies there meanwhile tells a finder nothing.
    assert b"PERSON_" not in (root / "desk" / JOURNAL_FILE).read_bytes()
    ended(root, policy, reload=reload)


@pytest.mark.parametrize(("step", "policy"), FAST)
def test_killed_it_is_ended_at_the_next_open(loaded, tmp_path, step, policy):
    kill_at(loaded, tmp_path, step, policy, reload=False)


@pytest.mark.slow
@pytest.mark.parametrize(("step", "policy"), SLOW)
def test_killed_anywhere_it_is_ended_at_the_next_open(loaded, tmp_path, step, policy):
    kill_at(loaded, tmp_path, step, policy, reload=True)


@pytest.mark.slow
def test_killed_before_it_begins_nothing_has_happened(loaded, tmp_path):
    root = copy(loaded, tmp_path / "killed")
    with Desk.open(root / "desk") as desk:
        before = desk.store.content_hash()
    # A process that is killed while it works out the plan has written nothing.
    assert erase(root, "never", "nonsense") != 0
    with Desk.open(root / "desk") as desk:
        assert desk.store.content_hash() == before
        assert Persons(desk, "cli:test").find([token_of(root)]).persons
