"""Backups: of a desk that is in use, signed and whole or not there at all; verified, and restored into new folders.

The store's backup and that of vault and keys are two, in two places: each alone leads to nobody.
"""

from hushdesk.desk.backup._create import Made, create_backup, list_backups
from hushdesk.desk.backup._hooks import Later, after_restore
from hushdesk.desk.backup._manifest import MANIFEST, Content, Manifest
from hushdesk.desk.backup._restore import Restored, restore_backup
from hushdesk.desk.backup._verify import VerifiedBackup, verify_backup
from hushdesk.desk.backup.errors import BackupError, BackupRefused

__all__ = [
    "MANIFEST",
    "BackupError",
    "BackupRefused",
    "Content",
    "Later",
    "Made",
    "Manifest",
    "Restored",
    "VerifiedBackup",
    "after_restore",
    "create_backup",
    "list_backups",
    "restore_backup",
    "verify_backup",
]
