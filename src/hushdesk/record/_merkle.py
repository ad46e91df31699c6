"""Merkle trees as in RFC 6962, section 2.1: hashes, roots, proofs of inclusion and of consistency."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

EMPTY_ROOT: Final = sha256().digest()
HASH: Final = 32
"""Bytes of a hash."""

Leaf = Callable[[int], bytes]
"""The hash of a leaf by its number, from 0."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Peaks:
    """The whole subtrees that a tree of some size is made of: enough to append and to know the root.

    Args:
        size: Leaves so far.
        hashes: The roots of the subtrees, the largest first: as many as ``size`` has ones in binary.
    """

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count():
            raise ValueError("these are not the peaks of such a tree")
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Add a leaf by its hash."""
        size = self.size
        while size & 1:
            leaf = node_hash(self.hashes.pop(), leaf)
            size >>= 1
        self.hashes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree."""
        if not self.hashes:
            return EMPTY_ROOT
        found = self.hashes[-1]
        for peak in reversed(self.hashes[:-1]):
            found = node_hash(peak, found)
        return found

    def copy(self) -> Peaks:
        """One that can go its own way."""
        return Peaks(self.size, self.hashes)


def root_of(leaf: Leaf, low: int, high: int) -> bytes:
    """The root over the leaves from ``low`` up to, and without, ``high``."""
    peaks = Peaks()
    for number in range(low, high):
        peaks.append(leaf(number))
    return peaks.root()


class Subtrees:
    """Roots of parts of a tree, each computed once: for many proofs of one tree.

    Args:
        leaf: Hashes of the leaves.
    """

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self, low: int, high: int) -> bytes:
        """The root over the leaves from ``low`` up to, and without, ``high``."""
        if high - low == 1:
            return self._leaf(low)
        known = self._known.get((low, high))
        if known is None:
            middle = low + _split(high - low)
            known = self._known[low, high] = node_hash(self.root(low, middle), self.root(middle, high))
        return known


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion(subtrees: Subtrees, number: int, size: int) -> list[bytes]:
    """The audit path of a leaf in the tree of ``size`` leaves, from the leaf upwards.

    Raises:
        ValueError: There is no such leaf.
    """
    if not 0 <= number < size:
        raise ValueError("there is no such entry")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if number < middle:
            path.append(subtrees.root(middle, high))
            high = middle
        else:
            path.append(subtrees.root(low, middle))
            low = middle
    return path[::-1]


def root_from_inclusion(hashed: bytes, number: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that the path leads to; ``None`` if it does not fit such a tree (RFC 9162, section 2.1.3.2)."""
    if not 0 <= number < size:
        return None
    node, last, found = number, size - 1, hashed
    for step in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            found = node_hash(step, found)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            found = node_hash(found, step)
        node >>= 1
        last >>= 1
    return found if last == 0 else None


def consistency(leaf: Leaf, old: int, size: int) -> list[bytes]:
    """What proves that the tree of ``size`` leaves begins with that of ``old`` leaves.

    Raises:
        ValueError: ``old`` is not between 1 and ``size``.
    """
    if not 0 < old <= size:
        raise ValueError("there is no such earlier tree")
    path: list[bytes] = []
    low, high, whole = 0, size, True
    while old < high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(root_of(leaf, middle, high))
            high = middle
        else:
            path.append(root_of(leaf, low, middle))
            low, whole = middle, False
    if not whole:
        path.append(root_of(leaf, low, high))
    return path[::-1]


def consistent(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that the larger tree begins with the smaller (RFC 9162, section 2.1.4.2)."""
    if old == size:
        return not path and old_root == root
    if not 0 < old < size or not path:
        return False
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    node, last = old - 1, size - 1
    while node & 1:
        node >>= 1
        last >>= 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            second = node_hash(second, step)
        node >>= 1
        last >>= 1
    return last == 0 and first == old_root and second == root
