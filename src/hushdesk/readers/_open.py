"""From paths to streams: walks folders, looks into gzip and zip, names everything."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hushdesk.cases import Locator, Reason, Refused
from hushdesk.readers._carriers import (
    BOMB_BYTES,
    BOMB_RATIO,
    GZIP_MAGIC,
    ZIP_MAGICS,
    bomb,
    gunzip,
    unzip_member,
)
from hushdesk.readers._errors import CarrierError
from hushdesk.readers._interface import HEAD_BYTES, Stream

_NESTED_ZIP_LIMIT = 64 * 1024 * 1024
_MAX_NESTING = 4
_OPEN_ARCHIVES = 8
_BEST_DEFLATE = 1032  # deflate cannot do better, so a larger size is noise or wrapped around
# A zip file with one of these inside is a document of an office suite, one input and not a folder.
_OFFICE_MEMBERS = ("[Content_Types].xml", "mimetype", "META-INF/manifest.xml")


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """One stream with what was learnt while it was found."""

    stream: Stream
    head: bytes
    """Its first decompressed bytes."""
    bytes: int
    """Its decompressed size as far as headers tell, else the size on disk."""


def refuse(name: str, error: CarrierError, *, whole_file: bool = True) -> Refused:
    """Turn a carrier's error into the value that the load report counts."""
    return Refused(error.reason, Locator(name), error.problem, error.remedy, whole_file=whole_file)


def open_file(path: Path) -> IO[bytes]:
    """Open a plain file; trouble surfaces as :class:`CarrierError`."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise CarrierError(Reason.NOT_READABLE, "there is no such file", remedy="Check the path.") from None
    except PermissionError:
        raise CarrierError(
            Reason.NOT_READABLE, "the file may not be read", remedy="Give the loading user read permission."
        ) from None
    except OSError:
        raise CarrierError(
            Reason.NOT_READABLE, "the file cannot be opened", remedy="Check the disk."
        ) from None


def discover(paths: Sequence[Path]) -> Iterator[Found | Refused]:
    """Find every stream behind the paths, in a fixed order, and refuse what cannot be one.

    Folders are walked recursively in sorted order; hidden entries are left out and links that lead
    out of the folder are not followed. gzip and zip are looked into, whatever the file is called.
    """
    archives = _Archives()
    for path in paths:
        prefix = "" if len(paths) == 1 else f"{path}/"
        try:
            mode = path.stat().st_mode
        except OSError as error:
            missing = isinstance(error, FileNotFoundError | NotADirectoryError)
            yield Refused(
                Reason.NOT_READABLE,
                Locator(str(path)),
                "there is no such file" if missing else "the path cannot be read",
                "Check the path." if missing else "Give the loading user read permission.",
                whole_file=True,
            )
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(path, prefix, archives)
        else:
            yield from _file(path, str(path), archives)


def _walk(root: Path, prefix: str, archives: _Archives) -> Iterator[Found | Refused]:
    real_root = root.resolve()
    files = folders = 0
    pending = [root]
    while pending:
        folder = pending.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            name = prefix + folder.relative_to(root).as_posix()
            yield Refused(
                Reason.NOT_READABLE,
                Locator(name),
                "the folder may not be read",
                "Give the loading user read permission.",
                whole_file=True,
            )
            files += 1
            continue
        subfolders = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                subfolders.append(path)
                folders += 1
                continue
            files += 1
            name = prefix + path.relative_to(root).as_posix()
            if entry.is_symlink():
                inside = _target_inside(path, real_root)
                if inside is None:
                    yield Refused(
                        Reason.NOT_READABLE,
                        Locator(name),
                        "a link that leads out of the folder is not followed",
                        "Give what it points to as a path of its own.",
                        whole_file=True,
                    )
                    continue
                if path.is_dir() or not any(part.startswith(".") for part in inside.parts):
                    continue  # the target is walked itself
            yield from _file(path, name, archives)
        pending.extend(reversed(subfolders))
    if not files:
        yield Refused(
            Reason.IS_DIRECTORY if folders else Reason.EMPTY,
            Locator(str(root)),
            "the folder holds folders but no file" if folders else "the folder is empty",
            "Give the folder or the file that holds the export.",
            whole_file=True,
        )


def _target_inside(path: Path, real_root: Path) -> Path | None:
    try:
        target = path.resolve(strict=True)
        return target.relative_to(real_root)
    except (OSError, ValueError, RuntimeError):
        return None


def _file(path: Path, name: str, archives: _Archives) -> Iterator[Found | Refused]:
    try:
        status = path.stat()
    except OSError:
        yield refuse(
            name, CarrierError(Reason.NOT_READABLE, "the file cannot be read", remedy="Check the path.")
        )
        return
    if not stat.S_ISREG(status.st_mode):
        yield refuse(
            name,
            CarrierError(
                Reason.NOT_READABLE,
                "this is a pipe or a device, not a file",
                remedy="Save it to a file first.",
            ),
        )
        return
    yield from _unwrap(name, lambda: open_file(path), status.st_size, archives, str(path), 0)


def _unwrap(
    name: str,
    opener: Callable[[], IO[bytes]],
    size: int,
    archives: _Archives,
    place: str,
    nesting: int,
    expected: int = 0,
) -> Iterator[Found | Refused]:
    """Look at the first bytes behind ``opener`` and go through carriers to the streams inside.

    ``size`` is what it takes on disk, ``expected`` its decompressed size if that differs; ``place``
    is the path on disk if the opener is a plain file's, else empty.
    """
    try:
        with opener() as file:
            head = file.read(HEAD_BYTES)
    except CarrierError as error:
        yield refuse(name, error)
        return
    except OSError:
        yield refuse(
            name, CarrierError(Reason.NOT_READABLE, "the file cannot be read", remedy="Check the disk.")
        )
        return
    if not head:
        yield refuse(name, CarrierError(Reason.EMPTY, "the file is empty", remedy="Export it again."))
    elif head.startswith(GZIP_MAGIC) and nesting < _MAX_NESTING:
        yield from _unwrap(
            name,
            lambda: gunzip(opener()),
            size,
            archives,
            "",
            nesting + 1,
            _gunzipped_size(opener, size, place),
        )
    elif head.startswith(ZIP_MAGICS) and nesting < _MAX_NESTING:
        yield from _unzip(name, opener, size, archives, place, nesting, head)
    else:
        yield Found(Stream(name, opener, size), head, expected or size)


def _gunzipped_size(opener: Callable[[], IO[bytes]], size: int, place: str) -> int:
    """Read the size that gzip notes at its end; it is modulo 4 GiB and of the last member only."""
    if not place:
        return size * 4
    try:
        with opener() as file:
            file.seek(-4, os.SEEK_END)
            noted = int.from_bytes(file.read(4), "little")
    except (OSError, CarrierError):
        return size
    return noted if size < noted < size * _BEST_DEFLATE else size * 4


def _unzip(
    name: str,
    opener: Callable[[], IO[bytes]],
    size: int,
    archives: _Archives,
    place: str,
    nesting: int,
    head: bytes,
) -> Iterator[Found | Refused]:
    archive = _Archive(opener, place)
    try:
        members = archives.of(archive).infolist()
    except CarrierError as error:
        yield refuse(name, error)
        return
    if any(info.filename in _OFFICE_MEMBERS for info in members):
        yield Found(Stream(name, opener, size), head, size)
        return
    whole = sum(info.file_size for info in members)
    if whole > BOMB_BYTES and place and whole > BOMB_RATIO * size:
        yield refuse(name, bomb())
        return
    shown = 0
    for info in sorted(members, key=lambda info: info.filename):
        parts = info.filename.replace("\\", "/").split("/")
        if info.is_dir() or any(part.startswith(".") or part == "__MACOSX" for part in parts):
            continue
        shown += 1
        yield from _unwrap(
            f"{name}!{info.filename}",
            archives.opener(archive, info),
            info.compress_size,
            archives,
            "",
            nesting + 1,
            info.file_size,
        )
    if not shown:
        yield refuse(name, CarrierError(Reason.EMPTY, "the archive holds no file", remedy="Export it again."))


class _Archive:
    """A zip archive that can be opened again."""

    __slots__ = ("_opener", "_place")

    def __init__(self, opener: Callable[[], IO[bytes]], place: str) -> None:
        self._opener = opener
        self._place = place

    def open(self) -> zipfile.ZipFile:
        try:
            if self._place:
                # Opened by path, the archive owns its file and closes it when the last user is gone.
                return zipfile.ZipFile(self._place)
            # Zip needs to jump about, which an inner stream cannot do.
            with self._opener() as inner:
                data = inner.read(_NESTED_ZIP_LIMIT + 1)
            if len(data) > _NESTED_ZIP_LIMIT:
                raise CarrierError(
                    Reason.TOO_LARGE,
                    "an archive inside another carrier is too large to be read in place",
                    remedy="Unpack the outer one and load the result.",
                )
            return zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
            raise CarrierError(
                Reason.TRUNCATED,
                "the archive has no proper end, so its contents are not listed",
                remedy="Copy the file again from its source.",
            ) from None


class _Archives:
    """Keeps the archives used last open, so that a thousand members do not mean a thousand listings."""

    def __init__(self) -> None:
        self._open: OrderedDict[_Archive, zipfile.ZipFile] = OrderedDict()

    def of(self, archive: _Archive) -> zipfile.ZipFile:
        if archive in self._open:
            self._open.move_to_end(archive)
        else:
            self._open[archive] = archive.open()
            while len(self._open) > _OPEN_ARCHIVES:
                # Members still being read hold the archive; nothing is cut off.
                self._open.popitem(last=False)
        return self._open[archive]

    def opener(self, archive: _Archive, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
        return lambda: unzip_member(self.of(archive), info)
