"""What is done with a restored desk before anybody can use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hushdesk.desk.backup.errors import BackupRefused
from hushdesk.record import Entry, Head, RecordReader
from hushdesk.record import verify as verify_record

if TYPE_CHECKING:
    from hushdesk.desk._desk import Desk


@dataclass(frozen=True, slots=True)
class Later:
    """What a later record of the same desk says beyond the backup's: signed, and grown from it."""

    folder: Path
    first: int
    """Number of the first entry that the backup does not have."""
    size: int
    """As far as it is signed."""

    @classmethod
    def of(cls, folder: Path, keys: Mapping[int, bytes], desk_id: str, head: Head | None) -> Later:
        """Make sure of it.

        Args:
            folder: Of the later record.
            keys: Public signing keys by version.
            desk_id: Whose it must be.
            head: Of the backup's record; the later one must begin with it.

        Raises:
            BackupRefused: It is damaged, another desk's, or no continuation.
        """
        seen = verify_record(folder, keys, desk_id, head)
        if not seen.whole or seen.newest is None:
            what = seen.faults[0].what if seen.faults else "nothing in it is signed"
            raise BackupRefused(f"the later record cannot be believed: {what}")
        return cls(folder, 0 if head is None else head.size, seen.newest.size)

    def entries(self) -> Iterator[Entry]:
        """Its entries, in their order."""
        for entry in RecordReader(self.folder).entries(self.first):
            if entry.number >= self.size:
                return
            yield entry


Told = Mapping[str, int | tuple[str, ...]]
"""What was done: how many, or the names of accounts."""
Hook = Callable[["Desk", Later | None], Told]
"""Takes the restored desk, open, and the later record if there is one; returns what it did. If it raises, nothing is restored."""

_ROOMS: Final = ("hushdesk.desk.persons", "hushdesk.access")
"""Packages that may have a function ``after_restore``."""


def after_restore(desk: Desk, later: Later | None = None) -> dict[str, int | tuple[str, ...]]:
    """Do again what was done after the backup and must not be undone by it: above all, erasures.

    Each package named above that is there and has a function ``after_restore`` (see :data:`Hook`) is asked, in order.
    """
    told: dict[str, int | tuple[str, ...]] = {}
    for name in _ROOMS:
        if find_spec(name) is None:
            continue
        hook: Hook | None = getattr(import_module(name), "after_restore", None)
        if hook is not None:
            told.update(hook(desk, later))
    return told
