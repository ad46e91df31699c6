"""Whose a pseudonym is: everybody of the vault in a few columns of numbers, to be merged with those of the cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hushdesk.incident._order import in_order
from hushdesk.vault import KINDS, PROFILES, PackedTokens, PeopleVault

CHANNELS: Final = ("ADDRESS", "EMAIL", "PHONE")
"""Kinds of values by which somebody can be reached."""

PERSONAL: Final = ("EMAIL", "PERSON", "PHONE")
"""A pseudonym of these kinds stands for somebody, even if the vault does not know whom."""


@dataclass(frozen=True, slots=True)
class Holders:
    """Everybody in a vault and the pseudonyms that lead to them; places count from 0."""

    persons: NDArray[np.int64]
    own: PackedTokens
    language: Any
    country: Any
    channels: NDArray[np.uint8]
    """A bit for each of :data:`CHANNELS`."""
    tokens: PackedTokens
    """Every pseudonym once, sorted."""
    starts: NDArray[np.int64]
    """Where the holders of each begin, and at last where they end."""
    holders: NDArray[np.int64]
    """Places of persons, pseudonym by pseudonym."""
    numbers: dict[str, int]
    """Number of each kind, those included that the vault has not seen."""

    @classmethod
    def of(cls, vault: PeopleVault) -> Self:
        """Read a vault; opens nothing.

        An address or number that stood alone in a text is somebody of its own to the vault, as long as nobody knows
        whose it is. If it also belongs to somebody who is known, it is theirs, and no one is there twice.
        """
        # First of all: whatever a batch names has a number then.
        batches = list(vault.profiles())
        numbers = vault.kinds()
        free = iter(sorted(set(range(1, 255)) - set(numbers.values())))
        numbers.update((kind, next(free)) for kind in KINDS if kind not in numbers)
        table = pa.Table.from_batches(batches, PROFILES).combine_chunks()
        lists = _array(table, "tokens")
        tokens = _packed(lists.flatten())
        owner = np.repeat(np.arange(len(table)), pc.list_value_length(lists).to_numpy(zero_copy_only=False))
        own = _packed(_array(table, "token"))
        order = tokens.order()
        tokens, owner = tokens[order], owner[order]
        keep = ~_elsewhere(tokens, owner, own.kinds == numbers["PERSON"], len(table))
        tokens, owner = tokens[keep], owner[keep]
        firsts = tokens.firsts()
        return cls(
            _array(table, "person").to_numpy(zero_copy_only=False),
            own,
            _array(table, "language"),
            _array(table, "country"),
            _channels(_array(table, "kinds"), len(table)),
            tokens[firsts],
            np.append(firsts, len(tokens)).astype(np.int64),
            owner,
            numbers,
        )

    def find(self, wanted: PackedTokens) -> NDArray[np.int64]:
        """Where each of the pseudonyms stands among :attr:`tokens`; -1 if the vault does not know it."""
        found = np.full(len(wanted), -1, np.int64)
        count = len(self.tokens)
        if not count or not len(wanted):
            return found
        # In order, so that the search walks through memory instead of jumping.
        left, high = in_order(wanted.high)
        places = np.searchsorted(self.tokens.high, high)
        while len(left):
            inside = places < count
            left, places = left[inside], places[inside]
            same = self.tokens.high[places] == wanted.high[left]
            left, places = left[same], places[same]
            hit = self.tokens.low[places] == wanted.low[left]
            found[left[hit]] = places[hit]
            left, places = left[~hit], places[~hit] + 1
        return found

    def names(self) -> dict[int, str]:
        """Kind of each number."""
        return {number: name for name, number in self.numbers.items()}


def _array(table: pa.Table, name: str) -> Any:
    column = table.column(name)
    return (
        column.chunk(0)
        if column.num_chunks == 1
        else pa.concat_arrays(column.chunks or [pa.array([], column.type)])
    )


def _packed(tokens: Any) -> PackedTokens:
    size = tokens.type.byte_width
    data = tokens.buffers()[1]
    if data is None:
        return PackedTokens.of_bytes(b"")
    return PackedTokens.of_bytes(
        memoryview(data)[tokens.offset * size : (tokens.offset + len(tokens)) * size]
    )


def _elsewhere(
    tokens: PackedTokens, owner: NDArray[np.int64], named: NDArray[np.bool_], persons: int
) -> NDArray[np.bool_]:
    """Which of the sorted entries make somebody of what is known to be somebody else's."""
    alone = (np.bincount(owner, minlength=persons) == 1) & ~named
    firsts = tokens.firsts()
    groups = np.repeat(np.arange(len(firsts)), np.diff(np.append(firsts, len(tokens))))
    known = np.zeros(len(firsts), np.bool_)
    known[groups[~alone[owner]]] = True
    twice: NDArray[np.bool_] = alone[owner] & known[groups]
    return twice


def _channels(kinds: Any, persons: int) -> NDArray[np.uint8]:
    found = np.zeros(persons, np.uint8)
    flat, rows = kinds.flatten(), pc.list_parent_indices(kinds).to_numpy(zero_copy_only=False)
    for bit, name in enumerate(CHANNELS):
        found[rows[pc.equal(flat, name).to_numpy(zero_copy_only=False)]] |= np.uint8(1 << bit)
    return found
