"""Records of flow logs of any cloud as columns of numbers, and their addresses as numbers too."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hushdesk.guard import AddressSet
from hushdesk.incident.evidence._flow_table import Bits, Numbers, Words, mix

UNKNOWN: Final = -1
"""In counters: the record does not say."""

UNTOLD: Final = 255
"""A protocol that is not told: the number is reserved."""

FLOW: Final = 0
IDLE: Final = 1
"""The record says that nothing went through."""
BLIND: Final = 2
"""The record says that what went through was not seen."""

ACCEPTED: Final = 0
DENIED: Final = 1
UNSAID: Final = 2
VERDICTS: Final = ("accepted", "denied", "unknown")

EITHER: Final = 0
INBOUND: Final = 1
"""The destination is the end that is watched."""
OUTBOUND: Final = 2
"""The source is."""

NO_STATE: Final = 0
BEGIN: Final = 1
CONTINUE: Final = 2
END: Final = 3
_NEAR: Final = 1 << 14
_SAMPLE: Final = 256
_FEW: Final = 32
_V6: Final = 1 << 32
"""Numbers from here on stand for IPv6 addresses, in the order in which they came."""


@dataclass(slots=True)
class Columns:
    """Records, one in each place of all columns. Times are microseconds, byte and packet counts UNKNOWN if not told."""

    line: Numbers
    start: Numbers
    end: Numbers
    source: Numbers
    """Address as a number of :class:`Addresses`."""
    target: Numbers
    near: Numbers
    """Original source of the packet where the log tells it apart from ``source``, else the same."""
    far: Numbers
    """Original target, likewise."""
    source_port: Numbers
    target_port: Numbers
    protocol: Numbers
    there: Numbers
    """Bytes from source to target."""
    back: Numbers
    """Bytes from target to source; 0 where each direction has its own record."""
    packets_there: Numbers
    packets_back: Numbers
    kind: Numbers
    verdict: Numbers
    side: Numbers
    state: Numbers
    seen_by: Numbers
    """Number of what saw it."""

    def __len__(self) -> int:
        return len(self.line)

    def take(self, which: Bits | Numbers) -> Columns:
        """Some of the records."""
        places = placed(which)
        return _made({name: some(getattr(self, name), places, len(places)) for name in self._own()})

    def each(self, change: Callable[[Numbers], Numbers]) -> Columns:
        """With something done to each column."""
        return _made({name: change(getattr(self, name)) for name in self._own()})

    def _own(self) -> Iterator[str]:
        for name in COLUMNS:
            if not (name in _ALIKE and getattr(self, name) is getattr(self, _ALIKE[name])):
                yield name


_ALIKE: Final = {"near": "source", "far": "target"}
"""Most logs do not tell them apart; then they are one and the same array."""
COLUMNS: Final = tuple(each.name for each in fields(Columns))
_DEFAULTS: Final = {
    "source_port": 0, "target_port": 0, "protocol": UNTOLD, "there": 0, "back": 0, "packets_there": 0, "packets_back": 0,
    "source": 0, "target": 0, "kind": FLOW, "verdict": ACCEPTED, "side": EITHER, "state": NO_STATE, "seen_by": 0,
}  # fmt: skip


def placed(which: Bits | Numbers) -> Numbers:
    """Where the chosen ones are: to look that up once is cheaper than once for each column."""
    return np.flatnonzero(which) if which.dtype == np.bool_ else which.astype(np.int64, copy=False)


def some(values: npt.NDArray[Any], which: Bits | Numbers, size: int) -> npt.NDArray[Any]:
    """Some of the values, ``size`` of them. Where all are one and the same in memory, these are too."""
    if same_everywhere(values):
        return np.broadcast_to(values[0], size)
    return values[which]


def same_everywhere(values: npt.NDArray[Any]) -> bool:
    """Whether one value in memory stands for all."""
    return values.strides == (0,) and len(values) > 0


def same(value: int, size: int) -> Numbers:
    """One value in memory that stands for all."""
    # As np.broadcast_to makes it, which takes ten times as long.
    return np.ndarray((size,), np.int64, value.to_bytes(8, "little", signed=True), strides=(0,))


def together(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """All values of all parts."""
    full = [part for part in parts if len(part)] or parts[:1]
    if all(same_everywhere(part) and part[0] == full[0][0] for part in full):
        return np.broadcast_to(full[0][0], sum(map(len, full)))
    return np.concatenate(full) if len(full) > 1 else full[0]


def columns(size: int, **given: npt.NDArray[Any]) -> Columns:
    """Columns of which some are given, and the rest says nothing."""
    return _made(
        {
            name: given[name].astype(np.int64, copy=False)
            if name in given
            else same(_DEFAULTS.get(name, 0), size)
            for name in COLUMNS
            if name in given or name not in _ALIKE
        }
    )


def _made(found: dict[str, Numbers]) -> Columns:
    for name, alike in _ALIKE.items():
        found.setdefault(name, found[alike])
    return Columns(**found)


def from_rows(rows: list[dict[str, int]]) -> Columns:
    """Columns of records that were read one by one."""
    names = {name for row in rows for name in row}
    return columns(
        len(rows),
        **{
            name: np.array(
                [row.get(name, row.get(_ALIKE.get(name, name), _DEFAULTS.get(name, 0))) for row in rows],
                np.int64,
            )
            for name in COLUMNS
            if name in names
        },
    )


def joined(parts: list[Columns]) -> Columns:
    """All records of all parts."""
    if len(parts) == 1:
        return parts[0]
    own = {name for part in parts for name in part._own()}  # noqa: SLF001
    return _made({name: together([getattr(part, name) for part in parts]) for name in COLUMNS if name in own})


def _stable(text: str) -> int:
    """A number that is the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") >> 1


@cache
def _parts() -> npt.NDArray[np.uint32]:
    """The text of each part of an IPv4 address as four bytes, filled up with zeros: with a point behind it, and without."""
    texts = [f"{number}{point}" for point in (".", "") for number in range(256)]
    return np.frombuffer(b"".join(text.encode().ljust(4, b"\0") for text in texts), "<u4").reshape(2, 256)


@cache
def _lengths() -> npt.NDArray[np.int32]:
    return np.array([len(str(number)) for number in range(256)], np.int32)


def _dotted(numbers: Numbers) -> pa.Array:
    """The text of IPv4 addresses."""
    offsets = np.zeros(len(numbers) + 1, np.int32)
    made = []
    # In parts that stay near the processor.
    for begin in range(0, len(numbers), _NEAR):
        few = numbers[begin : begin + _NEAR]
        texts = np.empty((len(few), 4), np.uint32)
        lengths = np.full(len(few), 3, np.int32)
        for part in range(4):
            octet = (few >> (24 - 8 * part)) & 255
            texts[:, part] = _parts()[part // 3][octet]
            lengths += _lengths()[octet]
        bytes_ = texts.view(np.uint8).reshape(-1)
        made.append(bytes_[bytes_ != 0])
        offsets[begin + 1 : begin + 1 + len(few)] = lengths
    np.cumsum(offsets, out=offsets)
    text = np.concatenate(made) if made else np.zeros(0, np.uint8)
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(text))


class Addresses:
    """Numbers for addresses: of IPv4 the address itself, of IPv6 one that is valid within one batch of records."""

    __slots__ = ("_numbers", "_texts")

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._texts: list[str] = []

    def number(self, text: str) -> int:
        """The number of an address.

        Raises:
            ValueError: It is none.
        """
        address = ipaddress.ip_address(text)
        if isinstance(address, ipaddress.IPv4Address):
            return int(address)
        if address.ipv4_mapped is not None:
            return int(address.ipv4_mapped)
        if address.scope_id is not None:
            raise ValueError("an address within one link only")
        known = str(address)
        found = self._numbers.get(known)
        if found is None:
            found = self._numbers[known] = _V6 + len(self._texts)
            self._texts.append(known)
        return found

    def text(self, number: int) -> str:
        """The address of a number."""
        return self._texts[number - _V6] if number >= _V6 else str(ipaddress.IPv4Address(number))

    def texts(self, numbers: Numbers) -> pa.Array:
        """The addresses of many numbers, at most some ten million, as an Arrow array."""
        # Of the store's own addresses there are few.
        few = np.unique(numbers[:: len(numbers) // _SAMPLE + 1])
        if 0 < len(few) <= _FEW:
            at = (
                np.minimum(np.searchsorted(few, numbers), len(few) - 1)
                if len(few) > 1
                else np.zeros(1, np.int64)
            )
            if (few[at] == numbers).all():
                texts = [self.text(each) for each in few.tolist()]
                return (
                    pa.array(texts).take(pa.array(at)) if len(few) > 1 else pa.repeat(texts[0], len(numbers))
                )
        four = _dotted(np.minimum(numbers, _V6 - 1))
        six = numbers >= _V6
        if not six.any():
            return four
        return pc.replace_with_mask(
            four, pa.array(six), pa.array(self._texts, pa.string()).take(pa.array(numbers[six] - _V6))
        )

    def within(self, numbers: Numbers, addresses: AddressSet) -> Bits:
        """Which of them are in a set."""
        bounds = np.array([edge for low, high in addresses.v4 for edge in (low, high + 1)], np.int64)
        if len(bounds) == 2:
            found: Bits = (numbers >= bounds[0]) & (numbers < bounds[1])
        else:
            found = np.searchsorted(bounds, numbers, "right") % 2 == 1
        if self._texts:
            six = numbers >= _V6
            table = np.array([text in addresses for text in self._texts], bool)
            found[six] = table[numbers[six] - _V6]
        return found

    def mixed(self, state: Words, numbers: Numbers) -> Words:
        """Addresses in a hash, the same in each batch."""
        if self._texts and (six := numbers >= _V6).any():
            table = np.array([_stable(text) for text in self._texts], np.int64)
            numbers = numbers.copy()
            numbers[six] = table[numbers[six] - _V6] | (1 << 40)
        return mix(state, numbers)
