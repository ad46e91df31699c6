"""Classing addresses: one by bisection, a million by numpy."""

from __future__ import annotations

import heapq
import ipaddress
import socket
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa

from hushdesk.guard import EMPTY, PRIVATE, AddressSet
from hushdesk.incident._answer import Kin, Kinship
from hushdesk.incident.kin._lists import KinList, Part, read_list

_ORDER: Final = (Kin.OWN, Kin.TOR, Kin.RESEARCH, Kin.SEARCH, Kin.CLOUD, Kin.PRIVATE)
"""Of several the first counts; within one the narrower range."""
_OTHER: Final = Kinship(Kin.OTHER)
_BITS: Final = {4: 32, 6: 128}


@dataclass(frozen=True, slots=True)
class Classes:
    """Many addresses with what they are."""

    numbers: np.ndarray[Any, np.dtype[np.int32]]
    """Of each address, in their order: its place in ``kinships``. The first is always "other"."""
    kinships: tuple[Kinship, ...]

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, at: int) -> Kinship:
        return self.kinships[int(self.numbers[at])]

    def counts(self) -> Counter[Kin]:
        """How many addresses of each kind."""
        found: Counter[Kin] = Counter()
        for number, count in enumerate(np.bincount(self.numbers, minlength=len(self.kinships)).tolist()):
            if count:
                found[self.kinships[number].kin] += count
        return found

    def to_arrow(self) -> pa.StructArray:
        """Fields ``kin``, ``name`` and ``by``, a row for each address."""
        at = pa.array(self.numbers, pa.int32())
        fields = [
            pa.array([str(getattr(each, name)) for each in self.kinships], pa.string()).take(at)
            for name in ("kin", "name", "by")
        ]
        return pa.StructArray.from_arrays(fields, names=["kin", "name", "by"])


class Kindred:
    """All lists as one decomposition of both address spaces. Immutable; threads may share it."""

    def __init__(self, parts: Iterable[Part] = (), own: AddressSet = EMPTY) -> None:
        every = [*_own(own), *parts, *_private()]
        self.kinships: tuple[Kinship, ...] = tuple(
            dict.fromkeys((_OTHER, *(Kinship(part.kind, part.name, part.by) for part in every)))
        )
        numbers = {kinship: number for number, kinship in enumerate(self.kinships)}
        self._lows4, self._kinds4 = _decomposed(every, numbers, 4)
        self._lows6, self._kinds6 = _decomposed(every, numbers, 6)
        self._array4 = np.array(self._lows4, np.uint64)
        self._array6 = _halves(self._lows6)
        self._kind_array4 = np.array(self._kinds4, np.int32)
        self._kind_array6 = np.array(self._kinds6, np.int32)

    @classmethod
    def load(cls, lists: Iterable[KinList | Path | str] = (), own: AddressSet = EMPTY) -> Self:
        """From files.

        Args:
            lists: Files; texts as :meth:`KinList.parse` takes them.
            own: Addresses that are ours: they win over each list.

        Raises:
            KinListError: A list cannot be read.
        """
        given = (
            each
            if isinstance(each, KinList)
            else KinList(each)
            if isinstance(each, Path)
            else KinList.parse(each)
            for each in lists
        )
        return cls((part for each in given for part in read_list(each)), own)

    def of(self, address: str) -> Kinship:
        """What one address is; a text that is none is "other"."""
        try:
            known = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return _OTHER
        known = getattr(known, "ipv4_mapped", None) or known
        lows, kinds = (self._lows4, self._kinds4) if known.version == 4 else (self._lows6, self._kinds6)
        return self.kinships[kinds[bisect_right(lows, int(known)) - 1]]

    def classes(self, addresses: Sequence[str] | pa.Array | pa.ChunkedArray) -> Classes:
        """What each of many addresses is.

        Args:
            addresses: Texts. An Arrow array may be a dictionary, and may hold nulls: these are "other".
        """
        texts: list[Any] = (
            addresses.to_pylist() if isinstance(addresses, (pa.Array, pa.ChunkedArray)) else list(addresses)
        )
        numbers = np.zeros(len(texts), np.int32)
        at4, packed4, at6, packed6 = [], [], [], []
        inet, four, six = socket.inet_pton, socket.AF_INET, socket.AF_INET6
        for at, text in enumerate(texts):
            try:
                if ":" in text:
                    packed = inet(six, text.partition("%")[0])
                    if packed.startswith(_MAPPED):
                        at4.append(at)
                        packed4.append(packed[12:])
                    else:
                        at6.append(at)
                        packed6.append(packed)
                else:
                    packed4.append(inet(four, text))
                    at4.append(at)
            except (OSError, TypeError, ValueError, AttributeError):
                # What is no address stays "other".
                continue
        if at4:
            found = np.frombuffer(b"".join(packed4), ">u4").astype(np.uint64)
            place = np.searchsorted(self._array4, found, "right") - 1
            numbers[at4] = self._kind_array4[place]
        if at6:
            place = np.searchsorted(self._array6, np.frombuffer(b"".join(packed6), "S16"), "right") - 1
            numbers[at6] = self._kind_array6[place]
        return Classes(numbers, self.kinships)


_MAPPED: Final = bytes(10) + b"\xff\xff"


def _halves(lows: list[int]) -> np.ndarray[Any, np.dtype[np.bytes_]]:
    # As 16 bytes: the order of the bytes is that of the numbers. Zeros at the end count for nothing in a comparison of
    # texts of one width, so that equal numbers stay equal; only taking such a text out again would cut them off.
    return np.frombuffer(b"".join(low.to_bytes(16, "big") for low in lows), "S16")


def _own(own: AddressSet) -> list[Part]:
    ranges = [(4, low, high) for low, high in own.v4] + [(6, low, high) for low, high in own.v6]
    return [Part(Kin.OWN, "", "", tuple(ranges))] if ranges else []


def _private() -> list[Part]:
    ranges = [(4, low, high) for low, high in PRIVATE.v4] + [(6, low, high) for low, high in PRIVATE.v6]
    return [Part(Kin.PRIVATE, "", "IANA special-purpose registries", tuple(ranges))]


def _decomposed(
    parts: Sequence[Part], numbers: dict[Kinship, int], version: int
) -> tuple[list[int], list[int]]:
    """First addresses of elementary intervals, from 0, and what is in each."""
    # The wider and the less telling come first, and what comes later is painted over them.
    rank = {kind: place for place, kind in enumerate(reversed(_ORDER))}
    painted = [
        (rank[part.kind], -(high - low), order, low, high, numbers[Kinship(part.kind, part.name, part.by)])
        for order, part in enumerate(parts)
        for family, low, high in part.ranges
        if family == version
    ]
    # A sweep over the ends, with the ranges that are open: the largest of them counts. Of two alike, the first list's.
    events = sorted(
        (low, 1, (first, second, -order, number)) for first, second, order, low, _, number in painted
    )
    closing = sorted(
        (high + 1, (first, second, -order, number)) for first, second, order, _, high, number in painted
    )
    return _sweep(events, closing, 1 << _BITS[version])


def _sweep(
    opening: list[tuple[int, int, tuple[int, int, int, int]]],
    closing: list[tuple[int, tuple[int, int, int, int]]],
    end: int,
) -> tuple[list[int], list[int]]:
    lows, kinds = [0], [0]
    opened: list[tuple[int, int, int, int]] = []
    gone: Counter[tuple[int, int, int, int]] = Counter()
    bounds = sorted({low for low, _, _ in opening} | {at for at, _ in closing if at < end})
    o = c = 0
    for at in bounds:
        while o < len(opening) and opening[o][0] == at:
            first, second, third, number = opening[o][2]
            heapq.heappush(opened, (-first, -second, -third, number))
            o += 1
        while c < len(closing) and closing[c][0] <= at:
            first, second, third, number = closing[c][1]
            gone[-first, -second, -third, number] += 1
            c += 1
        while opened and gone[opened[0]]:
            gone[heapq.heappop(opened)] -= 1
        kind = opened[0][3] if opened else 0
        if at == 0:
            kinds[0] = kind
        elif kind != kinds[-1]:
            lows.append(at)
            kinds.append(kind)
    return lows, kinds
