"""Reading a record: entries, heads, and proofs for others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hushdesk.record import _files as files
from hushdesk.record._merkle import HASH, Subtrees, consistency, inclusion, leaf_hash
from hushdesk.record._types import Entry, Head


class RecordReader:
    """A record, for reading. Needs no lock: what is appended meanwhile may or may not be seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def head(self) -> Head | None:
        """The newest head; its signature is not checked here."""
        heads = [slot.head for _, _, slot in files.slots(self.folder) if slot]
        return max(heads, key=lambda head: head.size, default=None)

    def entries(self, first: int = 0) -> Iterator[Entry]:
        """Entries in their order, from ``first`` on. What cannot be read is left to :func:`hushdesk.record.verify`."""
        for _, line, whole in files.entry_lines(self.folder):
            if not whole:
                return
            try:
                entry = Entry.from_bytes(line)
            except ValueError:
                continue
            if entry.number >= first:
                yield entry

    def since(self, offset: int, having: bytes) -> tuple[list[Entry], int]:
        """Entries in whose line some bytes stand, and where to go on: for those who look again and again for a few of many.

        Args:
            offset: Where an earlier call ended; 0 at first.
            having: The bytes. They are looked for before a line is read as an entry.

        Raises:
            ValueError: The entries are shorter than at that call.
        """
        found = []
        for end, line in files.lines_from(self.folder, offset):
            offset = end
            if having in line:
                try:
                    found.append(Entry.from_bytes(line))
                except ValueError:
                    continue
        return found, offset

    def line(self, number: int) -> bytes:
        """The bytes of one entry.

        Raises:
            ValueError: There is no such entry.
        """
        for at, (_, line, whole) in enumerate(files.entry_lines(self.folder)):
            if at == number and whole:
                return line
        raise ValueError("there is no such entry")

    def prove_entry(self, number: int, size: int) -> list[bytes]:
        """The audit path of an entry in the tree of the first ``size`` entries.

        Raises:
            ValueError: There is no such entry, or there are no so many.
        """
        return self.prove_entries([number], size)[0]

    def prove_entries(self, numbers: Sequence[int], size: int) -> list[list[bytes]]:
        """The audit paths of many entries; see :meth:`prove_entry`."""
        subtrees = Subtrees(self._leaf(size))
        return [inclusion(subtrees, number, size) for number in numbers]

    def prove_growth(self, old: int, size: int) -> list[bytes]:
        """What proves that the first ``size`` entries begin with the first ``old``.

        Raises:
            ValueError: There are no so many entries.
        """
        return consistency(self._leaf(size), old, size)

    def _leaf(self, size: int) -> _Leaves:
        kept = files.hashes(self.folder)
        if len(kept) < size * HASH:
            # The file of hashes is a convenience: what it lacks is made from the entries.
            lines = (line for _, line, whole in files.entry_lines(self.folder) if whole)
            kept = b"".join(leaf_hash(line) for line in lines)
        if len(kept) < size * HASH:
            raise ValueError("there are no so many entries")
        return _Leaves(kept)


class _Leaves:
    __slots__ = ("_kept",)

    def __init__(self, kept: bytes) -> None:
        self._kept = kept

    def __call__(self, number: int) -> bytes:
        return self._kept[number * HASH : (number + 1) * HASH]
