"""Compiled databases of expressions on disk, so that only the first start on a machine compiles them.

What is kept is made of our own expressions alone: nothing of any text is in it. A file that somebody else could have
written, or that does not read, is passed over and made anew.
"""

from __future__ import annotations

import hashlib
import os
import platform
import stat
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import hyperscan

_VERSIONS = 4


def compiled(expressions: Sequence[tuple[str, int]], name: str = "triggers") -> Any:
    """Return the database of ``expressions``, read from the cache or compiled.

    Args:
        expressions: Pairs of Hyperscan expression and its flags.
        name: What they are for; each name has its own files.
    """
    path = _path(expressions, name)
    if path is not None and (kept := _read(path)) is not None:
        return kept
    database = hyperscan.Database()
    database.compile(
        expressions=[e.encode("utf-8") for e, _ in expressions],
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=[flags for _, flags in expressions],
    )
    if path is not None:
        _write(path, hyperscan.dumpb(database))
    return database


def _path(expressions: Sequence[tuple[str, int]], name: str) -> Path | None:
    """Where the database of these expressions is kept on this kind of machine; None where there is no home."""
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        folder = Path(base) if base else Path.home() / ".cache"
    except RuntimeError:
        return None
    if not folder.is_absolute():
        return None
    digest = hashlib.sha256(
        repr((version("hyperscan"), platform.machine(), _flags(), list(expressions))).encode()
    )
    return folder / "hushdesk" / f"{name}-{digest.hexdigest()[:32]}.bin"


def _flags() -> str:
    """The processor's features: a database compiled for others may not run here."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith(("flags", "Features")):
                return line
    return ""


def _read(path: Path) -> Any:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode) or state.st_uid != os.getuid() or state.st_mode & 0o022:
            return None
        data = file.read()
    digest, data = data[:32], data[32:]
    if hashlib.sha256(data).digest() != digest:
        return None
    try:
        return hyperscan.loadb(data, hyperscan.HS_MODE_BLOCK)
    except hyperscan.error:
        return None


def _write(path: Path, data: bytes) -> None:
    """Put the file there whole or not at all; a cache that cannot be written is no error."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".triggers-")
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
                file.write(hashlib.sha256(data).digest() + data)
            os.replace(name, path)  # noqa: PTH105 - names as mkstemp gives them
            # Those of other versions go with time.
            kept = sorted(
                path.parent.glob(f"{path.stem.rpartition('-')[0]}-*.bin"),
                key=lambda p: p.stat().st_mtime,
                reverse=True,
            )
            for old in kept[_VERSIONS:]:
                old.unlink(missing_ok=True)
        except OSError:
            os.unlink(name)  # noqa: PTH108
            raise
