"""Keys: private, wrapped, bound to their purpose, refused when anything about them was changed."""

from __future__ import annotations

import base64
import json
import os
import pickle
import stat
import traceback
from pathlib import Path

import pytest

from hushdesk.vault import (
    KeyProvider,
    Keyring,
    KeysChangedError,
    KeysExistError,
    KeysMissingError,
    KeysRefusedError,
    KeysUnsafeError,
    OfficerSecret,
    Purpose,
    UnknownKeyError,
    VaultError,
    keyring_exists,
    unlock_officer_key,
    verify_signature,
    write_private,
)
from hushdesk.vault._keyring import KEYRING_FILE
from hushdesk.vault._provider import Scrypt


@pytest.fixture
def made(tmp_path: Path) -> tuple[Keyring, OfficerSecret]:
    return Keyring.create(tmp_path / "keys", desk_id="desk-1")


def _edit(folder: Path, change) -> None:
    path = folder / KEYRING_FILE
    document = json.loads(path.read_text())
    change(document)
    write_private(path, json.dumps(document).encode())


def test_keys_open_again_as_they_were_made(made):
    keyring, officer = made
    again = Keyring.open(keyring.folder)
    assert again.desk_id == "desk-1"
    assert again.officer_public_key == officer.public_key
    assert again.pseudonymiser().token("EMAIL", "a@b.c") == keyring.pseudonymiser().token("EMAIL", "a@b.c")
    assert again.pseudonymiser().case_id("s", "1") == keyring.pseudonymiser().case_id("s", "1")
    assert again.signing_public_key == keyring.signing_public_key


def test_two_desks_share_no_key(made, tmp_path):
    other, _ = Keyring.create(tmp_path / "other", desk_id="desk-1")
    assert other.pseudonymiser().token("EMAIL", "a@b.c") != made[0].pseudonymiser().token("EMAIL", "a@b.c")
    assert other.signing_public_key != made[0].signing_public_key


def test_files_are_private_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        keyring, _ = Keyring.create(tmp_path / "deep" / "keys", desk_id="d")
    finally:
        os.umask(before)
    assert stat.S_IMODE(keyring.folder.stat().st_mode) == 0o700
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in keyring.folder.iterdir()}
    assert modes == {"keyring.json": 0o600, "officer.key": 0o600, "passphrase": 0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601], ids=oct)
@pytest.mark.parametrize("name", ["keyring.json", "passphrase"])
def test_keys_that_others_can_reach_are_refused(made, name, mode):
    (made[0].folder / name).chmod(mode)
    with pytest.raises(KeysUnsafeError):
        Keyring.open(made[0].folder)


def test_a_folder_that_others_can_reach_is_refused(made, tmp_path):
    made[0].folder.chmod(0o750)
    with pytest.raises(KeysUnsafeError):
        Keyring.open(made[0].folder)
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open").chmod(0o755)
    with pytest.raises(KeysUnsafeError):
        Keyring.create(tmp_path / "open", desk_id="d")


def test_a_symbolic_link_does_not_hide_an_open_file(made, tmp_path):
    loose = tmp_path / "loose"
    loose.write_bytes((made[0].folder / "passphrase").read_bytes())
    loose.chmod(0o644)
    (made[0].folder / "passphrase").unlink()
    (made[0].folder / "passphrase").symlink_to(loose)
    with pytest.raises(KeysUnsafeError):
        Keyring.open(made[0].folder)


def test_a_keyring_is_never_overwritten(made):
    with pytest.raises(KeysExistError):
        Keyring.create(made[0].folder, desk_id="d")


def test_an_interrupted_creation_can_be_repeated(made):
    (made[0].folder / KEYRING_FILE).unlink()
    assert not keyring_exists(made[0].folder)
    keyring, officer = Keyring.create(made[0].folder, desk_id="d")
    assert keyring.unlock_officer(officer.passphrase).public_key == officer.public_key


def test_a_missing_file_is_named(made):
    (made[0].folder / "passphrase").unlink()
    with pytest.raises(KeysMissingError, match="passphrase file"):
        Keyring.open(made[0].folder)


def test_a_wrong_passphrase_is_refused(made):
    write_private(made[0].folder / "passphrase", b"x" * 43)
    with pytest.raises(KeysRefusedError):
        Keyring.open(made[0].folder)


def test_a_short_passphrase_is_refused(tmp_path):
    write_private(tmp_path / "short", b"hunter2")
    with pytest.raises(KeysRefusedError):
        Keyring.create(tmp_path / "keys", desk_id="d", passphrase_file=tmp_path / "short")


def test_the_passphrase_may_lie_elsewhere_and_move(tmp_path):
    keyring, _ = Keyring.create(tmp_path / "keys", desk_id="d", passphrase_file=tmp_path / "pass")
    token = keyring.pseudonymiser().token("EMAIL", "a@b.c")
    assert not (tmp_path / "keys" / "passphrase").exists()
    assert Keyring.open(tmp_path / "keys").pseudonymiser().token("EMAIL", "a@b.c") == token
    (tmp_path / "pass").rename(tmp_path / "moved")
    with pytest.raises(KeysMissingError):
        Keyring.open(tmp_path / "keys")
    moved = Keyring.open(tmp_path / "keys", passphrase_file=tmp_path / "moved")
    assert moved.pseudonymiser().token("EMAIL", "a@b.c") == token


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda d: d.update(desk_id="other"), id="desk id"),
        pytest.param(
            lambda d: d.update(officer_public_key=base64.b64encode(b"m" * 32).decode()), id="officer's key"
        ),
        pytest.param(lambda d: d.update(id="00" * 16), id="keyring id"),
        pytest.param(lambda d: d["keys"].pop(), id="key dropped"),
        pytest.param(lambda d: d["keys"][0].update(version=2), id="version"),
        pytest.param(lambda d: d["keys"][0].update(created_at="2001-01-01"), id="time"),
        pytest.param(lambda d: d["provider"]["settings"]["scrypt"].update(n=1 << 30), id="costly scrypt"),
        pytest.param(lambda d: d["provider"]["settings"]["scrypt"].update(n="x"), id="odd scrypt"),
        pytest.param(lambda d: d.pop("mac"), id="no mac"),
        pytest.param(lambda d: d.update(mac="AAAA"), id="other mac"),
        pytest.param(lambda d: d.update(keys=7), id="no list"),
        pytest.param(lambda d: d.update(format="x"), id="format"),
    ],
)
def test_a_changed_keyring_is_refused(made, change):
    _edit(made[0].folder, change)
    with pytest.raises(KeysRefusedError):
        Keyring.open(made[0].folder)


def test_keys_cannot_trade_purposes(made):
    def swap(document):
        rows = {row["purpose"]: row for row in document["keys"]}
        rows["domain"]["wrapped"], rows["wrap"]["wrapped"] = (
            rows["wrap"]["wrapped"],
            rows["domain"]["wrapped"],
        )

    _edit(made[0].folder, swap)
    with pytest.raises(KeysRefusedError):
        Keyring.open(made[0].folder)


def test_no_secret_in_files_reprs_or_tracebacks(made):
    keyring, officer = made
    secrets = [key.hex() for key in keyring._keys.values()]
    secrets += [base64.b64encode(key).decode() for key in keyring._keys.values()]
    secrets += [officer.passphrase, (keyring.folder / "passphrase").read_text().strip()]
    shown = [
        repr(keyring),
        repr(officer),
        repr(keyring.pseudonymiser()),
        repr(keyring.pseudonymiser().to_wire()),
    ]
    shown += [
        repr(keyring.wrapper(b"v" * 16)),
        repr(keyring._provider),
        repr(keyring.unlock_officer(officer.passphrase)),
    ]
    shown += [(keyring.folder / KEYRING_FILE).read_text(), (keyring.folder / "officer.key").read_text()]
    _edit(keyring.folder, lambda d: d["keys"][0].update(wrapped=d["keys"][1]["wrapped"]))
    for attempt in (
        lambda: Keyring.open(keyring.folder),
        lambda: unlock_officer_key(keyring.folder, "wrong"),
    ):
        try:
            attempt()
        except VaultError as err:
            shown.append("".join(traceback.format_exception(err)))
    assert len(shown) == 11
    assert not [secret for secret in secrets if secret in "\n".join(shown)]


def test_secrets_are_not_pickled_by_accident(made):
    keyring, officer = made
    for thing in (keyring, keyring.pseudonymiser(), keyring.unlock_officer(officer.passphrase)):
        with pytest.raises(TypeError):
            pickle.dumps(thing)


def test_the_officer_may_type_the_passphrase_as_people_do(made):
    keyring, officer = made
    typed = officer.passphrase.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert keyring.unlock_officer(typed).public_key == officer.public_key


@pytest.mark.parametrize("change", ["public_key", "wrapped"])
def test_a_changed_officer_key_is_refused(made, change):
    keyring, officer = made
    path = keyring.folder / "officer.key"
    document = json.loads(path.read_text())
    raw = bytearray(base64.b64decode(document[change]))
    raw[-1] ^= 1
    document[change] = base64.b64encode(raw).decode()
    write_private(path, json.dumps(document).encode())
    with pytest.raises(KeysRefusedError):
        keyring.unlock_officer(officer.passphrase)


def test_rotation_keeps_old_pseudonyms_findable_and_case_ids_stable(made):
    keyring, _ = made
    before = keyring.pseudonymiser()
    assert keyring.rotate(Purpose.DOMAIN) == 2
    again = Keyring.open(keyring.folder)
    new, old = again.pseudonymisers()
    assert (new.version, old.version) == (2, 1)
    assert old.token("EMAIL", "a@b.c") == before.token("EMAIL", "a@b.c") != new.token("EMAIL", "a@b.c")
    assert new.case_id("s", "1") == before.case_id("s", "1")
    assert new.content_mac(b"x") == before.content_mac(b"x")
    with pytest.raises(UnknownKeyError):
        again.pseudonymiser(3)
    with pytest.raises(UnknownKeyError):
        again.rotate(Purpose.CONTENT)


def test_signatures_verify_without_the_keyring_and_after_rotation(made):
    keyring, _ = made
    signature = keyring.sign(b"head")
    public = keyring.signing_public_key
    keyring.rotate(Purpose.SIGNING)
    assert keyring.signing_public_keys()[1] == public != keyring.signing_public_key
    assert verify_signature(public, b"head", signature)
    assert not verify_signature(public, b"heaD", signature)
    assert not verify_signature(keyring.signing_public_key, b"head", signature)
    assert not verify_signature(public, b"head", signature[:-1])
    assert not verify_signature(b"short", b"head", signature)


def test_a_failed_write_leaves_the_old_keyring(made, monkeypatch):
    keyring, _ = made
    before = (keyring.folder / KEYRING_FILE).read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        keyring.rotate(Purpose.DOMAIN)
    assert (keyring.folder / KEYRING_FILE).read_bytes() == before
    assert not list(keyring.folder.glob("*.tmp")) + list(keyring.folder.glob(".*.tmp"))
    # In memory too: a version that is not on disk must not make pseudonyms.
    assert keyring.version(Purpose.DOMAIN) == 1

    assert Keyring.open(keyring.folder).version(Purpose.DOMAIN) == 1
    monkeypatch.undo()
    assert keyring.rotate(Purpose.DOMAIN) == 2


def test_a_rotation_elsewhere_is_not_written_over(made):
    keyring, _ = made
    elsewhere = Keyring.open(keyring.folder)
    assert elsewhere.rotate(Purpose.DOMAIN) == 2
    with pytest.raises(KeysChangedError):
        keyring.rotate(Purpose.SIGNING)
    again = Keyring.open(keyring.folder)
    assert again.pseudonymiser().token("IP", "::1") == elsewhere.pseudonymiser().token("IP", "::1")


def test_the_shipped_cost_of_scrypt():
    assert Scrypt(b"salt").n == 1 << 15


def test_unknown_providers_are_told_with_those_known(tmp_path):
    with pytest.raises(UnknownKeyError, match="passphrase-file"):
        Keyring.create(tmp_path / "keys", desk_id="d", provider="no-such")


class _XorProvider(KeyProvider):
    """Stands in for a key service; wraps visibly so that the test sees it was used."""

    name = "test-service"

    @classmethod
    def create(cls, folder, options):
        return cls()

    @classmethod
    def open(cls, folder, settings, options):
        assert settings == {"region": "x"}
        return cls()

    def settings(self):
        return {"region": "x"}

    def wrap(self, key, context):
        return len(context).to_bytes(1, "big") + context + bytes(b ^ 0x55 for b in key)

    def unwrap(self, wrapped, context):
        if wrapped[1 : 1 + wrapped[0]] != context:
            raise KeysRefusedError("keyring")
        return bytes(b ^ 0x55 for b in wrapped[1 + wrapped[0] :])


def test_a_provider_from_a_plugin_is_found_by_its_entry_point(tmp_path, monkeypatch):
    class Point:
        name = "test-service"

        def load(self):
            return _XorProvider

    monkeypatch.setattr("hushdesk.vault._provider.entry_points", lambda group: [Point()])
    keyring, _ = Keyring.create(tmp_path / "keys", desk_id="d", provider="test-service")
    assert not (tmp_path / "keys" / "passphrase").exists()
    token = keyring.pseudonymiser().token("EMAIL", "a@b.c")
    assert Keyring.open(tmp_path / "keys").pseudonymiser().token("EMAIL", "a@b.c") == token
