"""A copy of an open store that fits together: parts by hard link where that can be, the rest by its bytes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

FREEZE: Final = "backup"
"""The name under which the engine links its parts."""
_SHADOW: Final = "shadow"
# What the engine makes anew, and what belongs to a running process.
_LEFT_OUT: Final = frozenset({_SHADOW, "tmp", "preprocessed_configs", "status", "uuid"})


def melt(engine: Path) -> None:
    """Take away what a snapshot has left: links there would keep deleted bytes on the disk."""
    shutil.rmtree(engine / _SHADOW / FREEZE, ignore_errors=True)


def copy_frozen(engine: Path, target: Path) -> tuple[int, int]:
    """Copy the engine's folder as its parts were frozen.

    Args:
        engine: The engine's folder, in which every table has just been frozen, and is not written to.
        target: A folder to be made.

    Returns:
        Files linked, and files copied.
    """
    linked = copied = 0
    for root, folders, names in os.walk(engine):
        here = Path(root)
        inside = here.relative_to(engine)
        if here == engine:
            folders[:] = [name for name in folders if name not in _LEFT_OUT]
            names = [name for name in names if name not in _LEFT_OUT]  # noqa: PLW2901 - the top alone has these
        (target / inside).mkdir(parents=True, exist_ok=True)
        for name in [name for name in folders if (here / name).is_symlink()]:
            # The engine tells its tables by links.
            (target / inside / name).symlink_to((here / name).readlink())
            folders.remove(name)
        # Living parts come from the frozen ones; outdated, half made and detached ones are left out.
        folders[:] = [
            name
            for name in folders
            if name != "detached"
            and not _is_part(here / name)
            and not name.startswith(("tmp_", "delete_tmp_"))
        ]
        for name in names:
            if (here / name).is_symlink():
                (target / inside / name).symlink_to((here / name).readlink())
            else:
                _copy(here / name, target / inside / name)
                copied += 1
    frozen = engine / _SHADOW / FREEZE
    for root, _, names in os.walk(frozen):
        inside = Path(root).relative_to(frozen)
        (target / inside).mkdir(parents=True, exist_ok=True)
        for name in names:
            try:
                os.link(Path(root) / name, target / inside / name)
                linked += 1
            except OSError:
                # Another file system, or one without links.
                _copy(Path(root) / name, target / inside / name)
                copied += 1
    for table in (target / "store").glob("*/*"):
        if (table / "format_version.txt").exists():
            (table / "detached").mkdir(exist_ok=True)
    return linked, copied


def _is_part(folder: Path) -> bool:
    return (folder / "columns.txt").exists() or (folder / "checksums.txt").exists()


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(0o600)
