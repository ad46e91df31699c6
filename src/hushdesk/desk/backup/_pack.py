"""What a desk holds beside its store, as one encrypted stream: databases by their own copying, the record up to a signed head."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Final, cast

from hushdesk.desk._record import RECORD_FOLDER
from hushdesk.desk.backup._cipher import DecryptingReader, EncryptingWriter
from hushdesk.desk.backup.errors import BackupRefused
from hushdesk.record import Head, copy_signed
from hushdesk.vault import QUARANTINE_FILE

PACKED: Final = "desk.sealed"
_LEFT_OUT: Final = frozenset({"store", "run", RECORD_FOLDER, "owner.lock"})
_ASIDE: Final = "backup-"
_SQLITE: Final = b"SQLite format 3\0"


def context_of(desk_id: str, backup_id: str) -> bytes:
    """What the stream of a backup is bound to."""
    return f"{desk_id}|{backup_id}".encode()


def copy_database(source: Path, target: Path) -> None:
    """Copy a living SQLite database, at one moment of it."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=60)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)
        # One file: no journal beside it that would have to be copied too.
        writing.execute("PRAGMA journal_mode = DELETE")
    target.chmod(0o600)


def is_database(path: Path) -> bool:
    """Whether a file is an SQLite database."""
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def pack(
    folder: Path,
    target: Path,
    key: bytes,
    context: bytes,
    aside: Path,
    early: Mapping[str, Path],
    sizes: Mapping[str, int],
) -> Head | None:
    """Encrypt everything of a desk but its store.

    Args:
        folder: The desk, which is in use.
        target: The file to be made.
        key: 32 bytes.
        context: As :func:`context_of` makes it.
        aside: For copies that are not encrypted yet; see :func:`aside_in`.
        early: Copies of files that were taken at the moment of the store's copy, by their name in the desk.
        sizes: How much of append-only files counts, by their name in the desk.

    Returns:
        The head up to which the record goes.
    """
    with target.open("xb") as file:
        writer = EncryptingWriter(file, key, context)
        head = copy_signed(folder / RECORD_FOLDER, aside / RECORD_FOLDER)
        with tarfile.open(fileobj=cast("IO[bytes]", writer), mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for inside, path in _files(folder):
                try:
                    source = _still(path, aside, early.get(inside))
                except FileNotFoundError:
                    # Whoever works there has taken it away meanwhile.
                    continue
                _add(tar, inside, source, sizes.get(inside))
                if source != path:
                    source.unlink()
            for path in sorted((aside / RECORD_FOLDER).iterdir()):
                _add(tar, f"{RECORD_FOLDER}/{path.name}", path, None)
        writer.close()
        file.flush()
        os.fsync(file.fileno())
    target.chmod(0o600)
    return head


@contextmanager
def aside_in(folder: Path) -> Iterator[Path]:
    """A folder for copies that are not encrypted yet: inside the desk, where the same lies anyway. Takes away what a killed one left."""
    run = folder / "run"
    run.mkdir(mode=0o700, exist_ok=True)
    for old in run.glob(f"{_ASIDE}*"):
        shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=run, prefix=_ASIDE) as name:
        yield Path(name)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for root, folders, names in os.walk(folder):
        here = Path(root)
        if here == folder:
            folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        for name in sorted(names):
            path = here / name
            inside = path.relative_to(folder).as_posix()
            # Journals of databases are in their copies; half-written files are nobody's.
            if inside in _LEFT_OUT or name.endswith(("-wal", "-shm", "-journal", ".tmp")):
                continue
            if path.is_file() and not path.is_symlink():
                yield inside, path


def _still(path: Path, aside: Path, early: Path | None) -> Path:
    """The file to be read for ``path``: itself, or a copy that does not change while it is read."""
    if early is not None:
        return early
    copy = aside / "copy"
    if is_database(path):
        copy_database(path, copy)
        return copy
    if path.name == QUARANTINE_FILE:
        # It may be large, and only grows: how much of it counts is known.
        return path
    shutil.copyfile(path, copy)
    copy.chmod(path.stat().st_mode & 0o700)
    return copy


def _add(tar: tarfile.TarFile, inside: str, path: Path, limit: int | None) -> None:
    with path.open("rb") as file:
        about = os.fstat(file.fileno())
        entry = tarfile.TarInfo(inside)
        entry.mode, entry.mtime = about.st_mode & 0o700, int(about.st_mtime)
        entry.size = about.st_size if limit is None else min(limit, about.st_size)
        tar.addfile(entry, file)


@contextmanager
def unpacking(source: Path, key: bytes, context: bytes) -> Iterator[tarfile.TarFile]:
    """The archive that :func:`pack` made.

    Raises:
        BackupRefused: It was changed, or is under another key.
    """
    with source.open("rb") as file:
        reader = DecryptingReader(file, key, context)
        try:
            with tarfile.open(fileobj=cast("IO[bytes]", reader), mode="r|") as tar:
                yield tar
        except tarfile.TarError:
            raise BackupRefused("the archive in it cannot be read") from None
        # Past the archive's end there is padding, and the piece that says that nothing was cut off.
        while reader.read(io.DEFAULT_BUFFER_SIZE):
            pass
