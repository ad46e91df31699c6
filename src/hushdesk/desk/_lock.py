"""One process owns a desk. The lock names the owner, so that others can say who, and talk to it."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from hushdesk.desk._errors import DeskBusy


class Owner(NamedTuple):
    """The process that owns a desk."""

    pid: int | None
    """None if nobody does."""
    command: str
    socket: str
    """Path of its Unix socket if it serves, else empty."""


class OwnerLock:
    """An exclusive lock on a desk folder, held until closed or until the process ends."""

    def __init__(self, path: Path, command: str, socket: str = "") -> None:
        """Take the lock.

        Raises:
            DeskBusy: Another process holds it; the error says which.
        """
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = read_owner(path)
            os.close(self._file)
            raise DeskBusy(owner.pid, owner.command, owner.socket) from None
        text = json.dumps({"pid": os.getpid(), "command": command, "socket": socket}).encode()
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text, 0)

    def close(self) -> None:
        """Give the desk back."""
        if self._file >= 0:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_owner(path: Path) -> Owner:
    """What the lock file says about the owner; nobody if it says nothing."""
    try:
        found = json.loads(path.read_text("utf-8") or "{}")
        return Owner(int(found["pid"]), str(found["command"]), str(found["socket"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Owner(None, "", "")
