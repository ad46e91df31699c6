"""The officer's key in shares: what opens it, what does not any more, and that nothing of the old form stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hushdesk.vault import (
    OFFICER_FILE,
    KeysRefusedError,
    Sealer,
    SharesError,
    SharesNeededError,
    add_officer_passphrase,
    close_other_doors,
    officer_doors,
    split_officer_key,
    unlock_officer_key,
    unlock_officer_key_with_shares,
)
from hushdesk.vault._officer import create_officer_key, finish_officer_change


@pytest.fixture
def made(tmp_path: Path):
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    secret = create_officer_key(folder)
    return folder, secret.passphrase, unlock_officer_key(folder, secret.passphrase)


def test_two_of_three_open_what_was_sealed_before_and_in_the_end_nothing_else_does(made):
    folder, passphrase, key = made
    blob = Sealer(key.public_key).seal(b"held back", context=b"c")
    shares = split_officer_key(folder, key)
    assert len(shares) == 3
    # Should the shares have been lost before they were read, the passphrase is still there.
    assert unlock_officer_key(folder, passphrase).public_key == key.public_key
    opened = unlock_officer_key_with_shares(folder, [shares[2], shares[0]])
    assert opened.unseal(blob, context=b"c") == b"held back"
    with pytest.raises(SharesError, match="2 different"):
        close_other_doors(folder, shares=[shares[0]])
    assert close_other_doors(folder, shares=shares[1:]) == 1
    assert close_other_doors(folder, shares=shares[1:]) == 0
    with pytest.raises(SharesNeededError) as needed:
        unlock_officer_key(folder, passphrase)
    assert needed.value.threshold == 2
    with pytest.raises(SharesError, match="2 different"):
        unlock_officer_key_with_shares(folder, [shares[0], " "])
    doors = officer_doors(folder)
    assert (doors.passphrases, doors.public_key) == (0, key.public_key)
    assert [(threshold, count) for _, threshold, count in doors.splits] == [(2, 3)]


def test_a_passphrase_may_be_kept_and_a_second_split_ends_the_first(made):
    folder, passphrase, key = made
    first = split_officer_key(folder, key, shares=5, threshold=3)
    assert close_other_doors(folder, shares=first[1:4], keep_passphrases=True) == 0
    assert unlock_officer_key(folder, passphrase).public_key == key.public_key
    second = split_officer_key(folder, key)
    for shares in (first[:3], second[:2]):
        assert unlock_officer_key_with_shares(folder, shares).public_key == key.public_key
    with pytest.raises(SharesError, match="different splits"):
        unlock_officer_key_with_shares(folder, [first[0], second[1]])
    assert close_other_doors(folder, shares=second[:2], keep_passphrases=True) == 1
    assert unlock_officer_key(folder, passphrase).public_key == key.public_key
    with pytest.raises(SharesError, match="another split"):
        unlock_officer_key_with_shares(folder, first[:3])


def test_a_new_passphrase_ends_shares_and_the_old_one_when_it_was_used(made):
    folder, passphrase, key = made
    with pytest.raises(SharesError, match="never split"):
        unlock_officer_key_with_shares(folder, ["x"])
    shares = split_officer_key(folder, key)
    new = add_officer_passphrase(folder, unlock_officer_key_with_shares(folder, shares[:2]))
    for each in (passphrase, new.passphrase):
        assert unlock_officer_key(folder, each).public_key == key.public_key == new.public_key
    with pytest.raises(KeysRefusedError):
        close_other_doors(folder, passphrase="wrong")
    assert close_other_doors(folder, passphrase=new.passphrase) == 2
    with pytest.raises(KeysRefusedError):
        unlock_officer_key(folder, passphrase)
    with pytest.raises(SharesError):
        unlock_officer_key_with_shares(folder, shares[:2])
    # One passphrase alone is written as every version reads it.
    assert json.loads((folder / OFFICER_FILE).read_text())["format"] == "hushdesk-officer-key/1"


def test_another_desks_key_is_not_put_in_the_place_of_this_one(made, tmp_path):
    folder, passphrase, _ = made
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    foreign = unlock_officer_key(other, create_officer_key(other).passphrase)
    for change in (split_officer_key, add_officer_passphrase):
        with pytest.raises(KeysRefusedError):
            change(folder, foreign)
    assert unlock_officer_key(folder, passphrase)


def test_the_old_form_is_overwritten_also_after_a_crash(made):
    folder, _, key = made
    old = (folder / OFFICER_FILE).read_bytes()
    watched = (folder / OFFICER_FILE).open("rb")
    split_officer_key(folder, key)
    # Its bytes are gone even for whoever still has the file open.
    assert watched.read().strip(b"\0") == b""
    watched.close()
    assert [path.name for path in folder.iterdir()] == [OFFICER_FILE]
    (folder / f".{OFFICER_FILE}.abc.old").write_bytes(old)
    (folder / f".{OFFICER_FILE}.def.old").hardlink_to(folder / OFFICER_FILE)
    assert finish_officer_change(folder) == 1
    assert [path.name for path in folder.iterdir()] == [OFFICER_FILE]
    assert len(officer_doors(folder).splits) == 1


def test_a_changed_file_is_refused(made):
    folder, _, key = made
    shares = split_officer_key(folder, key)
    document = json.loads((folder / OFFICER_FILE).read_text())
    document["doors"][1]["wrapped"] = document["doors"][1]["wrapped"][:-8] + "AAAAAAA="
    (folder / OFFICER_FILE).write_text(json.dumps(document))
    with pytest.raises(KeysRefusedError):
        unlock_officer_key_with_shares(folder, shares[:2])
    document["doors"] = 7
    (folder / OFFICER_FILE).write_text(json.dumps(document))
    with pytest.raises(KeysRefusedError):
        officer_doors(folder)
