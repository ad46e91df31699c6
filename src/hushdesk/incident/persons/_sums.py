"""What is added up for each person while cases stream by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from hushdesk.incident._order import new_ones

CUSTOMER: Final = 0
AGENT: Final = 1
MENTIONED: Final = 2
NOBODY: Final = 3
ROLES: Final = ("customer", "agent", "mentioned")
"""The first that somebody has in any case is theirs."""

LATEST: Final = np.iinfo(np.int64).max
EARLIEST: Final = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows of one kind each: somebody (by place) in one case, or in several that were added up."""

    cases: NDArray[np.int64]
    first: NDArray[np.int64]
    """Milliseconds; :data:`LATEST` if no time is known."""
    last: NDArray[np.int64]
    """:data:`EARLIEST` if no time is known."""
    kinds: NDArray[np.uint64]
    role: NDArray[np.uint8]
    certain: NDArray[np.bool_]

    def __getitem__(self, places: Any) -> Seen:
        return Seen(
            self.cases[places],
            self.first[places],
            self.last[places],
            self.kinds[places],
            self.role[places],
            self.certain[places],
        )

    def __len__(self) -> int:
        return len(self.cases)

    def added_up(self, firsts: NDArray[np.intp]) -> Seen:
        """One row for each run that begins at one of ``firsts``; there is at least one."""
        return Seen(
            np.add.reduceat(self.cases, firsts),
            np.minimum.reduceat(self.first, firsts),
            np.maximum.reduceat(self.last, firsts),
            np.bitwise_or.reduceat(self.kinds, firsts),
            np.minimum.reduceat(self.role, firsts),
            np.logical_or.reduceat(self.certain, firsts),
        )

    @classmethod
    def nothing(cls, count: int) -> Self:
        """Nobody seen yet."""
        return cls(
            np.zeros(count, np.int64),
            np.full(count, LATEST, np.int64),
            np.full(count, EARLIEST, np.int64),
            np.zeros(count, np.uint64),
            np.full(count, NOBODY, np.uint8),
            np.zeros(count, np.bool_),
        )

    @classmethod
    def joined(cls, parts: list[Seen]) -> Self:
        """All rows after each other."""
        return cls(
            np.concatenate([part.cases for part in parts]),
            np.concatenate([part.first for part in parts]),
            np.concatenate([part.last for part in parts]),
            np.concatenate([part.kinds for part in parts]),
            np.concatenate([part.role for part in parts]),
            np.concatenate([part.certain for part in parts]),
        )

    def add(self, who: NDArray[np.int64], seen: Seen, *, same: bool = False) -> None:
        """Add rows; each of ``who`` is there once. With ``same``, the cases may be those counted already."""
        self.cases[who] = np.maximum(self.cases[who], seen.cases) if same else self.cases[who] + seen.cases
        self.first[who] = np.minimum(self.first[who], seen.first)
        self.last[who] = np.maximum(self.last[who], seen.last)
        self.kinds[who] |= seen.kinds
        self.role[who] = np.minimum(self.role[who], seen.role)
        self.certain[who] |= seen.certain


def runs(*keys: NDArray[Any]) -> NDArray[np.intp]:
    """Where in sorted rows another key begins."""
    return np.flatnonzero(np.logical_or.reduce([new_ones(key) for key in keys]))
