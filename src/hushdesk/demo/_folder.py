"""A folder that a command fills, and may empty again: only one that it made itself."""

from __future__ import annotations

import shutil
from pathlib import Path

from hushdesk.errors import HushdeskError


def claim(
    folder: Path, mark: str, name: str, error: type[HushdeskError], *, article: str, fresh: bool
) -> None:
    """Make the folder, or empty the one that an earlier run left.

    Args:
        folder: Made with its parents.
        mark: Name of a file in it that says who made it. Nothing is removed where it is missing.
        name: Of the command: ``demo``.
        error: Raised.
        article: Before the name where it is told who did not make it.
        fresh: Remove what an earlier run left.

    Raises:
        error: The folder holds something else, or an earlier run that is to stay.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / mark).exists():
            raise error(
                f"{folder} is not empty and was not made by {article} {name}.", remedy="Name another folder."
            )
        if not fresh:
            raise error(f"{folder} holds an earlier {name}.", remedy="Add --fresh to replace it.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / mark).write_text(f"Made by hushdesk {name}; --fresh removes this folder.\n", "utf-8")
