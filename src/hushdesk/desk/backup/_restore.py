"""Restoring: into new folders, never over a living desk; verified before it gets its name."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hushdesk.desk import _settings
from hushdesk.desk._desk import Desk
from hushdesk.desk._record import RECORD_FOLDER
from hushdesk.desk.backup._create import KEY_USE, PASSPHRASE, PASSPHRASE_CONTEXT
from hushdesk.desk.backup._hooks import Later, after_restore
from hushdesk.desk.backup._manifest import Content, Manifest
from hushdesk.desk.backup._pack import PACKED, context_of, unpacking
from hushdesk.desk.backup.errors import BackupError, BackupRefused
from hushdesk.record import Head
from hushdesk.record import verify as verify_record
from hushdesk.vault import (
    KEYRING_FILE,
    OFFICER_FILE,
    Keyring,
    OfficerKey,
    PeopleVault,
    private_folder,
    sync_folder,
    write_private,
)

ERASED_FILE: Final = "erased.jsonl"
"""The desk's list of who was erased: keyed hashes, a line each."""
_MARK: Final = ".restoring"
_PARTIAL: Final = ".partial"

Unlock = Callable[[Path], OfficerKey]
"""Opens ``officer.key`` in a folder, with a passphrase or shares; asked only if it is needed."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring gave."""

    desk: Path
    keys: Path
    vault: Path
    cases: int
    persons: int
    entries: int
    """Of the record, as the backup has it."""
    certificates: int
    """Certificates that were verified."""
    again: dict[str, int] = field(default_factory=dict)
    """What was done again after the backup's time, in counts; see :func:`after_restore`."""
    accounts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of accounts, by what was done to them again, or has to be looked at."""

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "desk": str(self.desk),
            "keys": str(self.keys),
            "vault": str(self.vault),
            "cases": self.cases,
            "persons": self.persons,
            "entries": self.entries,
            "certificates": self.certificates,
            "again": self.again,
            "accounts": {what: list(names) for what, names in self.accounts.items()},
        }


def restore_backup(
    backup: Path,
    folder: Path,
    *,
    keys: Path,
    vault: Path,
    vault_backup: Path | None = None,
    unlock: Unlock | None = None,
    erased: Path | None = None,
    record: Path | None = None,
    who: str,
) -> Restored:
    """Restore a desk.

    Args:
        backup: Of the store.
        folder: Where the desk is to be; a new one.
        keys: Where the keys are, or with ``vault_backup`` are to be; then a new one.
        vault: The same for the vault.
        vault_backup: Of vault and keys. Without it the living ones are used.
        unlock: Opens the officer's key, if the keys' passphrase lies in the backup, sealed to it.
        erased: A later list of who was erased (``erased.jsonl`` of the desk as it was last): those persons do not come back.
        record: The folder of the desk's record as it was last: accounts that it says were disabled after the backup are disabled again.
        who: Goes into the record.

    Raises:
        BackupError: A folder is in use, or they would lie together.
        BackupRefused: A backup is not what it claims to be, or the later record is not one of this desk that grew from the backup's.
    """
    folder, keys, vault = folder.absolute(), keys.absolute(), vault.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(
            "the folder to restore into is in use.",
            remedy="Name a new one: a living desk is never written over.",
        )
    for what, path in (("keys", keys), ("vault", vault)):
        _settings.must_be_outside(path, folder, what)
    manifest = Manifest.read(backup)
    if manifest.content is not Content.STORE:
        raise BackupRefused("it is one of vault and keys; that is given with --vault-backup")
    with ExitStack() as undo:
        marks: list[Path] = []
        if vault_backup is not None:
            for path in (keys, vault):
                _new_folder(path)
                marks.append(path / _MARK)
                undo.callback(shutil.rmtree, path, ignore_errors=True)
            keyring = _people(vault_backup, manifest, keys, vault, unlock)
        else:
            keyring = Keyring.open(keys)
        manifest.check(backup, keyring.signing_public_keys(), keyring.desk_id)
        later = None
        if record is not None:
            head = Head.from_json(manifest.head) if manifest.head is not None else None
            later = Later.of(record, keyring.signing_public_keys(), keyring.desk_id, head)
        for old in folder.parent.glob(f".{folder.name}.*{_PARTIAL}"):
            shutil.rmtree(old, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}{_PARTIAL}")
        undo.callback(shutil.rmtree, partial, ignore_errors=True)
        _unpack(backup, manifest, keyring, partial)
        _point(partial, keys, vault)
        if erased is not None:
            _add_erased(erased, partial / ERASED_FILE)
        restored = _check(partial, manifest, later, who)
        for root, _, _ in os.walk(partial):
            sync_folder(Path(root))
        # First these: should we be killed now, they are whole, and what is missing is the desk.
        for mark in marks:
            mark.unlink()
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
        sync_folder(folder.parent)
        undo.pop_all()
    return Restored(folder, keys, vault, **restored)


def _new_folder(path: Path) -> None:
    if path.exists() and any(path.iterdir()):
        if not (path / _MARK).exists():
            raise BackupError(
                f"{path} is in use.",
                remedy="Name a new folder: living keys and vaults are never written over.",
            )
        # A restore that was killed had begun to fill it.
        shutil.rmtree(path)
    private_folder(path)
    write_private(path / _MARK, b"A restore that is not finished.\n")


def _people(backup: Path, store: Manifest, keys: Path, vault: Path, unlock: Unlock | None) -> Keyring:
    """Restore keys and vault."""
    manifest = Manifest.read(backup)
    if manifest.content is not Content.VAULT or manifest.desk_id != store.desk_id:
        raise BackupRefused("the two backups do not belong together")
    for name in (KEYRING_FILE, OFFICER_FILE):
        if name not in manifest.files:
            raise BackupRefused(f"{name} is missing")
        write_private(keys / name, (backup / name).read_bytes())
    passphrase: Path | None = None
    if PASSPHRASE in manifest.files:
        if unlock is None:
            raise BackupError(
                "the officer's key is needed to open the keys in this backup.",
                remedy="Give the officer's passphrase, or shares.",
            )
        context = PASSPHRASE_CONTEXT + context_of(manifest.desk_id, manifest.id)
        opened = unlock(keys).unseal((backup / PASSPHRASE).read_bytes(), context=context)
        passphrase = keys / "passphrase"
        write_private(passphrase, opened)
    keyring = Keyring.open(keys, passphrase_file=passphrase)
    # Only now is it known which keys may have signed.
    manifest.check(backup, keyring.signing_public_keys(), keyring.desk_id)
    if passphrase is not None:
        # Where the passphrase lay may not be here, and whoever has handled the backup may have seen it.
        keyring.move("passphrase-file")
        passphrase.unlink(missing_ok=True)
    for name in ("people.db", "people.keys"):
        shutil.copyfile(backup / name, vault / name)
        (vault / name).chmod(0o600)
    with PeopleVault.open(vault, keyring) as people:
        people.shred_keyless()
    return keyring


def _unpack(backup: Path, manifest: Manifest, keyring: Keyring, target: Path) -> None:
    # Never links into the backup: what is deleted here must not be changed there, nor the other way round.
    target.mkdir(mode=0o700)
    shutil.copytree(backup / "store", target / "store", symlinks=True)
    context = context_of(manifest.desk_id, manifest.id)
    with unpacking(backup / PACKED, keyring.derived(KEY_USE), context) as archive:
        for entry in archive:
            archive.extract(entry, target, filter="data")
    for name in ("store", RECORD_FOLDER, "quarantine"):
        (target / name).mkdir(mode=0o700, exist_ok=True)
        (target / name).chmod(0o700)


def _point(folder: Path, keys: Path, vault: Path) -> None:
    """Have the settings name the keys and the vault where they are now; all else in them stays."""
    path = folder / _settings.SETTINGS
    text = path.read_text("utf-8")
    for name, value in (("keys", keys), ("vault", vault)):
        line = f"{name} = {json.dumps(str(value))}"
        # A backslash of the path must not be taken for one of the pattern.
        text = re.sub(rf"^{name} = .*$", line.replace("\\", "\\\\"), text, count=1, flags=re.MULTILINE)
    write_private(path, text.encode())
    found = _settings.read(folder)
    if (found.keys, found.vault) != (keys, vault):
        raise BackupRefused("its settings cannot be used")


def _add_erased(source: Path, target: Path) -> None:
    """Lines that the backup does not have yet. Each has a tag by the desk's keys: a foreign one is found when the desk is opened."""
    there = target.read_bytes().splitlines() if target.exists() else []
    known = set(there)
    more = [line for line in source.read_bytes().split(b"\n")[:-1] if line not in known]
    write_private(target, b"".join(line + b"\n" for line in [*there, *more]))


def _check(folder: Path, manifest: Manifest, later: Later | None, who: str) -> dict[str, Any]:
    """Open what was restored, and make sure of it."""
    with Desk.open(folder, command="restore") as desk:
        if desk.settings.desk_id != manifest.desk_id:
            raise BackupRefused("it is of another desk")
        counts = {
            "cases": desk.store.count(),
            "loads": len(desk.ledger.loads()),
            "quarantined": desk.quarantine.count(),
        }
        for name, count in counts.items():
            if count != manifest.counts.get(name):
                raise BackupRefused(f"it has {count} {name}, not {manifest.counts.get(name)}")
        if not desk.store.check():
            raise BackupRefused("a part of its store is damaged")
        head = Head.from_json(manifest.head) if manifest.head is not None else None
        seen = verify_record(
            folder / RECORD_FOLDER, desk.keyring.signing_public_keys(), manifest.desk_id, head
        )
        if head is not None and not seen.whole:
            raise BackupRefused(f"its record is damaged: {seen.faults[0].what}")
        certificates = desk.certificates()
        for one in certificates:
            desk.certifier.verify(one)
        told = after_restore(desk, later)
        again = {name: did if isinstance(did, int) else len(did) for name, did in told.items()}
        desk.record.append(
            "desk:backup:restore", who, {"backup": manifest.id, "made": manifest.at, **counts, **again}
        )
        return {
            "cases": counts["cases"],
            "persons": desk.vault.count(),
            "entries": manifest.counts.get("entries", 0),
            "certificates": len(certificates),
            "again": again,
            "accounts": {name: did for name, did in told.items() if isinstance(did, tuple)},
        }
