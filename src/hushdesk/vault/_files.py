"""Files that only their owner may reach: created so, written whole or not at all, refused if opened up, destroyed."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from hushdesk.vault.errors import KeysMissingError, KeysUnsafeError

_OLD: Final = ".old"


def private_folder(folder: Path) -> None:
    """Make ``folder`` (and its parents) if it is missing; ``folder`` itself is 0700.

    Raises:
        KeysUnsafeError: It exists and others can reach into it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        check_private(folder, "folder")
    else:
        folder.chmod(0o700)
        sync_folder(folder.parent)


def check_private(path: Path, what: str) -> None:
    """Refuse a file or folder that somebody else can reach.

    Raises:
        KeysMissingError: It is not there.
        KeysUnsafeError: Group or world have any right on it, or another user owns it.
    """
    try:
        _check(path.stat(), what)
    except FileNotFoundError:
        raise KeysMissingError(what) from None


def _check(status: os.stat_result, what: str) -> None:
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise KeysUnsafeError(what, mode)
    if status.st_uid not in {os.geteuid(), 0}:
        raise KeysUnsafeError(what, mode, foreign_owner=True)


def read_private(path: Path, what: str, *, limit: int = 1 << 20) -> bytes:
    """The bytes of a private file. Mode and owner are those of the file that was opened, not of its name.

    Raises:
        KeysMissingError: It is not there.
        KeysUnsafeError: Somebody else can reach it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise KeysMissingError(what) from None
    with os.fdopen(descriptor, "rb") as file:
        _check(os.fstat(file.fileno()), what)
        return file.read(limit)


def write_private(path: Path, data: bytes) -> None:
    """Write a 0600 file whole or not at all: temporary file, fsync, rename, fsync of the folder."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def touch_private(path: Path) -> None:
    """Make an empty 0600 file unless there is one; databases and logs are opened on it afterwards."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _check(os.fstat(descriptor), "file")
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make renames and new names in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def destroy(path: Path) -> bool:
    """Overwrite a file, first with noise and then with zeros, each durably, and remove it.

    What the disk itself has kept (snapshots, worn cells of an SSD, a file system that copies on write) is out of reach.

    Returns:
        Whether there was one.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        size = os.fstat(descriptor).st_size
        for noise in (os.urandom, bytes):
            for start in range(0, size, 1 << 20):
                os.pwrite(descriptor, noise(min(1 << 20, size - start)), start)
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    with suppress(FileNotFoundError):
        path.unlink()
    sync_folder(path.parent)
    return True


def replace_destroying(path: Path, data: bytes) -> None:
    """Write a file whole in the place of another, and destroy the bytes that stood there.

    The old bytes have a second name until they are destroyed, so that :func:`finish_destroying` can do it after a crash.
    """
    old = path.with_name(f".{path.name}.{secrets.token_hex(6)}{_OLD}")
    os.link(path, old)
    try:
        write_private(path, data)
    except BaseException:
        old.unlink(missing_ok=True)
        raise
    destroy(old)


def finish_destroying(path: Path) -> int:
    """Finish what a killed :func:`replace_destroying` left; returns how many old files were destroyed."""
    done = 0
    for old in path.parent.glob(f".{path.name}.*{_OLD}"):
        with suppress(FileNotFoundError):
            if old.samefile(path):
                # It was killed before the new bytes took the place: this is but a second name of what is in use.
                old.unlink()
            else:
                done += destroy(old)
    return done
