"""Looking at a backup without restoring it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from hushdesk.desk.backup._create import KEY_USE
from hushdesk.desk.backup._manifest import Content, Manifest
from hushdesk.desk.backup._pack import PACKED, context_of, unpacking
from hushdesk.desk.backup.errors import BackupRefused
from hushdesk.vault import Keyring


@dataclass(frozen=True, slots=True)
class VerifiedBackup:
    """A backup that is what it claims to be."""

    manifest: Manifest
    files: int
    bytes: int
    opened: int
    """Files inside the encrypted part, each of which was read."""


def verify_backup(folder: Path, keyring: Keyring) -> VerifiedBackup:
    """Make sure that a backup is of the keyring's desk, signed, whole, unchanged, and opens under these keys.

    Raises:
        BackupRefused: It is not.
    """
    manifest = Manifest.read(folder)
    manifest.check(folder, keyring.signing_public_keys(), keyring.desk_id)
    opened = 0
    if manifest.content is Content.STORE:
        context = context_of(manifest.desk_id, manifest.id)
        with unpacking(folder / PACKED, keyring.derived(KEY_USE), context) as archive:
            opened = sum(1 for _ in archive)
    else:
        _check_people(folder / "people.db")
    sizes = [size for size, _ in manifest.files.values() if size >= 0]
    return VerifiedBackup(manifest, len(sizes), sum(sizes), opened)


def _check_people(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
            (said,) = database.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError:
        said = ""
    if said != "ok":
        raise BackupRefused("the people vault in it is damaged")
