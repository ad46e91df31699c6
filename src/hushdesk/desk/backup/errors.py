"""What can go wrong with backups.

Tree::

    HushdeskError
    └── TerminalError
        └── BackupError      a backup cannot be made or restored as asked
            └── BackupRefused  a backup is not what it claims to be
"""

from __future__ import annotations

from hushdesk.errors import TerminalError


class BackupError(TerminalError):
    """A backup cannot be made or restored as asked."""

    exit_code = 20


class BackupRefused(BackupError):  # noqa: N818 - what happened, in the past tense
    """A backup is not whole, was changed, or is not of this desk."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the backup is refused: {why}.",
            remedy="Do not rely on it. Use another one, and ask who could reach it.",
        )
