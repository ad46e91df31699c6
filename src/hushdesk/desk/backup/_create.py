"""Making a backup of an open desk, while it is served and loads run."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from hushdesk.desk._desk import Desk
from hushdesk.desk.backup._manifest import MANIFEST, Content, Manifest, measured
from hushdesk.desk.backup._pack import PACKED, aside_in, context_of, copy_database, pack
from hushdesk.desk.backup.errors import BackupError, BackupRefused
from hushdesk.vault import (
    KEYRING_FILE,
    OFFICER_FILE,
    PeopleVault,
    Sealer,
    private_folder,
    read_private,
    sync_folder,
    write_private,
)

KEY_USE: Final = "backup"
"""The keyring's word for the key of what a backup encrypts."""
PASSPHRASE: Final = "passphrase.sealed"  # noqa: S105 - a file's name
PASSPHRASE_CONTEXT: Final = b"hushdesk backup passphrase|"
_PARTIAL: Final = ".partial"
_LEDGER: Final = "ledger.sqlite"
_QUARANTINE: Final = "quarantine/quarantine.sealed"


@dataclass(frozen=True, slots=True)
class Made:
    """What making a backup gave."""

    store: Path
    """Folder of the store's backup."""
    vault: Path | None
    """Folder of the vault's and the keys' backup, if that was wanted."""
    cases: int
    persons: int
    linked: int
    """Files that are links to the living ones, and took no space."""

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "store": str(self.store),
            "vault": str(self.vault) if self.vault is not None else "",
            "cases": self.cases,
            "persons": self.persons,
            "linked": self.linked,
        }


def create_backup(desk: Desk, root: Path, *, vault_root: Path | None = None, who: str) -> Made:
    """Back up an open desk.

    A backup is made under another name and gets its own when it is whole, so that none that was cut short looks like one.

    Args:
        desk: Open, and owned by this process.
        root: Folder for backups of stores; each gets a folder of its own in it.
        vault_root: Folder for backups of vault and keys; another one, best on another volume. Without it they are not backed up.
        who: Goes into the record.

    Raises:
        BackupError: The folders would bring the store and what leads back to people together.
    """
    root = root.absolute()
    vault_root = vault_root.absolute() if vault_root is not None else None
    _keep_apart(desk, root, vault_root)
    with desk.keys_lock, ExitStack() as undo:
        at = datetime.now(UTC)
        name = f"{at:%Y%m%dT%H%M%SZ}-{desk.settings.desk_id}-{secrets.token_hex(2)}"
        stamp = at.isoformat(timespec="seconds")
        private_folder(root)
        if vault_root is not None:
            private_folder(vault_root)
        desk.record.append("desk:backup:begin", who, {"backup": name, "vault": vault_root is not None})
        partial = _fresh(root, name, desk.settings.desk_id)
        undo.callback(shutil.rmtree, partial, ignore_errors=True)
        manifest, linked = _store(desk, partial, name, stamp)
        digest = manifest.write(partial, desk.keyring.sign_with_version)
        persons, vault_digest = 0, ""
        vault_partial = None
        if vault_root is not None:
            vault_partial = _fresh(vault_root, name, desk.settings.desk_id)
            undo.callback(shutil.rmtree, vault_partial, ignore_errors=True)
            people = _vault(desk, vault_partial, name, stamp)
            vault_digest = people.write(vault_partial, desk.keyring.sign_with_version)
            persons = people.counts["persons"]
        if vault_root is not None and vault_partial is not None:
            _finish(vault_partial, vault_root / name)
        _finish(partial, root / name)
        desk.record.append(
            "desk:backup:end",
            who,
            {"backup": name, "manifest": digest, "vault_manifest": vault_digest, **manifest.counts},
        )
    return Made(
        root / name,
        vault_root / name if vault_root is not None else None,
        manifest.counts["cases"],
        persons,
        linked,
    )


def _keep_apart(desk: Desk, root: Path, vault_root: Path | None) -> None:
    """Refuse folders in which a finder would have the store and what leads back to people together."""
    people = [desk.settings.keys, desk.settings.vault]

    def together(one: Path, other: Path) -> bool:
        one, other = one.resolve(), other.resolve()
        return one.is_relative_to(other) or other.is_relative_to(one)

    if any(together(root, other) for other in people) or _holds(root, Content.VAULT):
        raise BackupError(
            "a backup of the store would lie together with vault or keys: whoever finds it would find people.",
            remedy="Name a folder elsewhere.",
        )
    if together(root, desk.folder):
        raise BackupError(
            "a backup would lie together with the desk.",
            remedy="Name a folder elsewhere, best on another volume.",
        )
    if vault_root is None:
        return
    if together(vault_root, root) or together(vault_root, desk.folder) or _holds(vault_root, Content.STORE):
        raise BackupError(
            "a backup of vault and keys would lie together with the store: whoever finds it would find people.",
            remedy="Name another folder with --vault, best on another volume with other rights.",
        )
    if any(together(vault_root, other) for other in people):
        raise BackupError(
            "a backup would lie together with vault or keys.",
            remedy="Name a folder elsewhere, best on another volume.",
        )


def _holds(root: Path, content: Content) -> bool:
    return any(manifest.content is content for _, manifest in list_backups([root]))


def list_backups(roots: Sequence[Path]) -> list[tuple[Path, Manifest]]:
    """The whole backups in these folders, newest first. Whether they are true is another question."""
    found = []
    for root in roots:
        if not root.is_dir():
            continue
        for folder in root.iterdir():
            if not folder.name.startswith(".") and (folder / MANIFEST).is_file():
                try:
                    found.append((folder, Manifest.read(folder)))
                except BackupRefused:
                    continue
    return sorted(found, key=lambda one: (one[1].at, one[1].id, one[1].content), reverse=True)


def _fresh(root: Path, name: str, desk_id: str) -> Path:
    # This process owns the desk: what is half made of it was left by one that was killed.
    for old in root.glob(f".*-{desk_id}-*{_PARTIAL}"):
        shutil.rmtree(old, ignore_errors=True)
    partial = root / f".{name}{_PARTIAL}"
    partial.mkdir(mode=0o700)
    return partial


def _finish(partial: Path, final: Path) -> None:
    for root, _, _ in os.walk(partial):
        sync_folder(Path(root))
    partial.rename(final)
    sync_folder(final.parent)


def _store(desk: Desk, target: Path, name: str, stamp: str) -> tuple[Manifest, int]:
    quarantine = desk.folder / _QUARANTINE
    with aside_in(desk.folder) as aside:
        # Store, ledger and quarantine at one moment: between two batches, with nothing half way in.
        with desk.still():
            linked, _ = desk.store.copy_to(target / "store")
            copy_database(desk.folder / _LEDGER, aside / _LEDGER)
            sizes = {_QUARANTINE: quarantine.stat().st_size if quarantine.exists() else 0}
            counts = {
                "cases": desk.store.count(),
                "loads": len(desk.ledger.loads()),
                "quarantined": desk.quarantine.count(),
            }
        head = pack(
            desk.folder,
            target / PACKED,
            desk.keyring.derived(KEY_USE),
            context_of(desk.settings.desk_id, name),
            aside,
            {_LEDGER: aside / _LEDGER},
            sizes,
        )
    counts["entries"] = head.size if head is not None else 0
    manifest = Manifest(
        Content.STORE,
        name,
        desk.settings.desk_id,
        stamp,
        counts,
        head.to_json() if head is not None else None,
        dict(measured(target)),
    )
    return manifest, linked


def _vault(desk: Desk, target: Path, name: str, stamp: str) -> Manifest:
    vault, keys = desk.settings.vault, desk.settings.keys
    # Values first, then the keys of persons: whoever is shredded in between has no key in the copy either.
    copy_database(vault / "people.db", target / "people.db")
    shutil.copyfile(vault / "people.keys", target / "people.keys")
    (target / "people.keys").chmod(0o600)
    for file in (KEYRING_FILE, OFFICER_FILE):
        write_private(target / file, read_private(keys / file, file))
    passphrase = desk.keyring.passphrase_file()
    if passphrase is not None:
        # The one thing that is not sealed already. Only the officer's key opens it: neither backup alone leads to anybody.
        sealed = Sealer(bytes.fromhex(desk.settings.officer_public_key)).seal(
            read_private(passphrase, "passphrase file"),
            context=PASSPHRASE_CONTEXT + context_of(desk.settings.desk_id, name),
        )
        write_private(target / PASSPHRASE, sealed)
    with closing(PeopleVault.open(vault)) as people:
        persons = people.count()
    return Manifest(
        Content.VAULT,
        name,
        desk.settings.desk_id,
        stamp,
        {"persons": persons},
        None,
        dict(measured(target)),
    )
