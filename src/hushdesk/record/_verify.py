"""Looking through a whole record: each entry, each hash, each head; everything that is wrong is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hushdesk.record import _files as files
from hushdesk.record._merkle import HASH, Peaks, leaf_hash
from hushdesk.record._types import Entry, Head

MOST = 100
"""So many faults are named."""
_ANY = -1
"""The length of what stands under a head, where the head does not give it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was signed."""

    what: str
    """In words."""
    entry: int | None = None
    """The entry, from 0, if it is about one."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What looking through found."""

    entries: int
    heads: int
    """Signed heads that were checked against the entries."""
    newest: Head | None
    faults: tuple[Fault, ...]
    """The first :data:`MOST`."""
    unsigned: int
    """Entries after the newest head: written, and not signed yet."""

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify(folder: Path, keys: Mapping[int, bytes], desk: str = "", earlier: Head | None = None) -> Verified:
    """Look through a record. Needs no private key, and no lock: a record that is being written may be looked at.

    Args:
        folder: Of the record.
        keys: Public signing keys by version.
        desk: Id of the desk whose record it should be; empty: any.
        earlier: A head that somebody kept elsewhere: the record must begin with what it signs.
    """
    faults: list[Fault] = []
    if not (folder / files.ENTRIES).exists():
        faults.append(Fault("no record is there"))
    wanted: dict[int, list[tuple[str, Head, int]]] = {}
    newest: Head | None = None
    # Heads first: what is written meanwhile only makes the entries longer.
    for name, head, length in _heads(folder, faults):
        if problem := _refuses(head, keys, desk):
            faults.append(Fault(f"{name}: {problem}"))
            continue
        wanted.setdefault(head.size, []).append((name, head, length))
        if newest is None or head.size > newest.size:
            newest = head
    if earlier is not None:
        problem = _refuses(earlier, keys, desk)
        if problem:
            faults.append(Fault(f"the head given: {problem}"))
        wanted.setdefault(earlier.size, []).append(("the head given", earlier, _ANY))
    kept, peaks, checked = files.hashes(folder), Peaks(), 0
    look = _Look(faults, kept)
    held, broken = 0, 0
    for number, (offset, line, whole) in enumerate(files.entry_lines(folder)):
        if not whole and newest is not None and number >= newest.size:
            break
        leaf = leaf_hash(line)
        look.entry(number, line, leaf)
        peaks.append(leaf)
        for name, head, length in wanted.pop(peaks.size, ()):
            checked += 1
            if head.root == peaks.root():
                held = head.size
                # Nobody signs this number, but a record that is opened goes on from there.
                if length not in {_ANY, offset + len(line) + 1}:
                    faults.append(Fault(f"{name} gives another length of its entries than they have"))
                continue
            broken += 1
            if broken == 1:
                faults.append(
                    Fault(
                        f"{name} signs other entries than the first {head.size:,} that are there:"
                        f" what was changed first is between entry {held:,} and entry {head.size - 1:,}"
                    )
                )
    if broken > 1:
        faults.append(Fault(f"{broken - 1:,} later heads do not hold either"))
    look.blame(newest)
    for size, heads in sorted(wanted.items()):
        faults += [
            Fault(f"{name} signs {size:,} entries, of which {peaks.size:,} are there") for name, _, _ in heads
        ]
    signed = newest.size if newest else 0
    if newest and len(kept) // HASH < signed:
        faults.append(Fault(f"hashes of {signed - len(kept) // HASH:,} entries are missing"))
    if newest is None and peaks.size:
        faults.append(Fault("no signed head is there"))
    return Verified(peaks.size, checked, newest, tuple(faults[:MOST]), max(0, peaks.size - signed))


def _heads(folder: Path, faults: list[Fault]) -> Iterator[tuple[str, Head, int]]:
    """Name and head, and how long the entries under it are."""
    for number, head in files.old_heads(folder):
        if head is None:
            faults.append(Fault(f"line {number} of {files.HEADS} is no head"))
        else:
            yield f"the head of line {number} of {files.HEADS}", head, _ANY
    for name, problem, slot in files.slots(folder):
        if slot is None:
            faults.append(Fault(f"{name}: {problem}"))
        else:
            yield name, slot.head, slot.length


def _refuses(head: Head, keys: Mapping[int, bytes], desk: str) -> str:
    if desk and head.desk != desk:
        return "it is of another desk"
    key = keys.get(head.key_version)
    if key is None:
        return "it is signed by a key that is none of this desk's"
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(head.signature, head.signed_bytes())
    except (InvalidSignature, ValueError):
        return "its signature does not fit"
    return ""


class _Look:
    """Looks at one entry after the other; what stands in a wrong place is named once, and not all that follows it."""

    def __init__(self, faults: list[Fault], kept: bytes) -> None:
        self._faults, self._kept, self._shift = faults, kept, 0
        self._doubtful: list[tuple[int, int]] = []
        """Where in the list of faults, and which entry: it, or the hash kept of it, was changed."""

    def _hash(self, number: int) -> bytes:
        return self._kept[number * HASH : (number + 1) * HASH] if number >= 0 else b""

    def entry(self, number: int, line: bytes, leaf: bytes) -> None:
        """The entry that stands at the place of ``number``."""
        expected = number + self._shift
        # Most are just what they should be: an entry holds its number, and its hash is the one that was kept.
        if line.startswith(b'{"n":%d,' % expected) and leaf == self._hash(expected) and not self._shift:
            return
        if len(self._faults) > MOST:
            return
        try:
            entry = Entry.from_bytes(line)
        except ValueError:
            self._faults.append(Fault("the entry was changed: it cannot be read", number))
            return
        there = self._hash(entry.number)
        if entry.number != expected:
            self._faults.append(Fault(f"number {entry.number:,} stands in the place of {expected:,}", number))
            if leaf == there:
                # A true entry in a wrong place: those that follow it are measured by it.
                self._shift = entry.number - number
                return
        if there and there != leaf:
            self._doubtful.append((len(self._faults), number))
            self._faults.append(Fault("the entry, or the hash kept of it, was changed", number))

    def blame(self, newest: Head | None) -> None:
        """Say which of the two it was, where the newest head tells: the kept hashes have a root too."""
        if newest is None or not self._doubtful or len(self._kept) < newest.size * HASH:
            return
        peaks = Peaks()
        for number in range(newest.size):
            peaks.append(self._hash(number))
        if peaks.root() == newest.root:
            for place, number in self._doubtful:
                self._faults[place] = Fault("the entry was changed; its hash is as it was signed", number)
