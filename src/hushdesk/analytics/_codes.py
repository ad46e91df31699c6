"""The fields that are counted, as small numbers in memory: one for each case, in the order of the store's parts.

Counting by value over strings, field by field, costs the engine many passes; over numbers it costs almost nothing. What is
kept here are numbers of values, days and times of opening and a hash of whose case it is, about forty bytes a case, and the
values themselves once: no text and no pseudonym. Which cases an answer is about the engine says, from the compiled query with
the scope in it, by the places of the cases in their parts. A part never changes under its name, so what was read of it once
holds for as long as it is there, and what the engine says of parts that were not read is not counted but read first.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from hushdesk.analytics._columns import shown
from hushdesk.analytics._compile import Queryable
from hushdesk.analytics._fields import FACETS
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._small import PERSON
from hushdesk.store import QueryTooHeavyError

LISTS: Final = frozenset({"kind", "tag"})
"""Facets of which a case may have several values."""
PUBLIC_KINDS: Final = "kind, public"
"""In the place of the facet ``kind`` for those who may not see internal texts."""
MOST_CASES: Final = 5_000_000
"""Beyond, the engine counts: this many take about 200 MB."""
_MOST_VALUES: Final = 300_000
"""Different values, or lists of values, of all fields together, beyond which the engine counts."""
_PATIENCE: Final = 20.0
"""Seconds to wait for somebody else who reads; then the engine counts."""
_AGAIN: Final = 60.0
"""Seconds until what the engine had no time or memory for is tried again."""
_DAY: Final = 86_400_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_FIELDS: Final = (*(name for name in FACETS if name not in LISTS), *sorted(LISTS), PUBLIC_KINDS)
_AS_NUMBERS: Final = {
    "output_format_arrow_low_cardinality_as_dictionary": 1,
    # Rows are small here, and each block has its dictionaries.
    "max_block_size": 65_536,
    "preferred_block_size_bytes": 0,
}

Numbers = npt.NDArray[Any]


class Readable(Queryable, Protocol):
    """What is read of a store."""

    @property
    def generation(self) -> int:
        """Grows with each change."""

    def stream(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        settings: Mapping[str, int | float | str] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Run one reading query of any size."""


class Lexicon:
    """The values of one field, each with its number from 0; grows and never changes."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self.numbers: dict[str, int] = {}

    def of(self, values: Sequence[str]) -> Numbers:
        """The numbers of some values; new ones get one."""
        for value in values:
            if value not in self.numbers:
                self.numbers[value] = len(self.values)
                self.values.append(value)
        return np.fromiter((self.numbers[value] for value in values), np.int32, len(values))


@dataclass(frozen=True, slots=True)
class Column:
    """One field of all cases."""

    codes: Numbers
    """(rows,) unsigned: the number of each case's value, or of its list of values; there is room for one number more."""
    values: Sequence[str]
    """The values by their numbers."""
    starts: Numbers | None = None
    """(lists + 1,) where each list begins in ``members``; None if a case has one value."""
    members: Numbers | None = None
    """Numbers of values, list after list."""

    @property
    def size(self) -> int:
        """How many different codes there may be."""
        return len(self.values) if self.starts is None else len(self.starts) - 1


@dataclass(frozen=True, slots=True)
class Codes:
    """All cases as the store held them at one moment."""

    generation: int
    """The store's, from before the moment."""
    places: Mapping[str, tuple[int, int]]
    """Of each part, where its rows begin and how many there are; deleted ones are among them."""
    live: Numbers
    """(rows,) bool: whether the row is a case, and not one that is deleted."""
    opened: Numbers
    """(rows,) int64: milliseconds from 1970; 0 if not known."""
    days: Numbers
    """(rows,) int32: days from ``first_day``."""
    first_day: int
    """Days from 1970."""
    undated: Numbers
    """Rows of cases without any known time."""
    persons: Numbers
    """(rows,) uint64: a hash of whose case it is."""
    columns: Mapping[str, Column]
    """By facet, and :data:`PUBLIC_KINDS`."""
    cases: int
    """How many rows are cases."""
    sums: dict[str, Numbers] = field(default_factory=dict)
    """Cases by code over all of them, by field; filled as needed."""

    def column(self, name: str, scope: Scope) -> Column:
        """A facet's field as this scope may see it."""
        return self.columns[PUBLIC_KINDS if name == "kind" and not scope.internal else name]


@dataclass(slots=True)
class _Read:
    """What was read of one part."""

    offsets: list[Numbers] = field(default_factory=list)
    opened: list[Numbers] = field(default_factory=list)
    persons: list[Numbers] = field(default_factory=list)
    codes: dict[str, list[Numbers]] = field(default_factory=lambda: {name: [] for name in _FIELDS})


class CodeBook:
    """Keeps the codes of a store at hand and up to date.

    Args:
        store: What to read.
        most: Cases beyond which there are none; 0 for never.
        clock: Seconds that never go back, for tests.
    """

    def __init__(
        self, store: Readable, most: int = MOST_CASES, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._most, self._clock = store, most, clock
        self._reading = threading.Lock()
        self._lexicons = {name: Lexicon() for name in _FIELDS}
        self._latest: Codes | None = None
        self._none_for: int | None = None
        self._none_until = 0.0

    def codes(self, *, but: Codes | None = None) -> Codes | None:
        """The codes of what the store holds; None if that is too much, too many different values, or not read soon.

        Args:
            but: Codes that have turned out to be outdated though the store has not changed: its parts were merged.
        """
        if not self._most or not self._reading.acquire(timeout=_PATIENCE):
            return None
        try:
            generation = self._store.generation
            if self._none_for == generation and self._clock() < self._none_until:
                return None
            latest = self._latest
            if latest is None or latest.generation != generation or latest is but:
                # Of two states one is enough to hold; what asks about the old one has it still.
                self._latest = None
                self._latest = latest = self._read(generation, latest)
                self._none_for, self._none_until = (generation if latest is None else None), inf
            return latest
        except QueryTooHeavyError:
            self._none_for, self._none_until = generation, self._clock() + _AGAIN
            return None
        finally:
            self._reading.release()

    def _read(self, generation: int, before: Codes | None) -> Codes | None:
        # Known without looking at a row, however many there are.
        held = self._store.query("SELECT count() AS n FROM cases").column("n")[0].as_py()
        for _ in range(3 if held <= self._most else 0):
            rows = self._store.query(
                "SELECT _part AS part, count() AS n FROM cases GROUP BY part"
            ).to_pylist()
            parts = {row["part"]: int(row["n"]) for row in rows}
            if sum(parts.values()) > self._most:
                break
            if before is None or not parts.keys() & before.places.keys():
                # Nothing refers to the old numbers any more: values that are gone are forgotten.
                before, self._lexicons = None, {name: Lexicon() for name in _FIELDS}
            new = [part for part in parts if before is None or part not in before.places]
            found = self._read_parts(new)
            if found is None:
                break
            # A part that was merged in between is read under its new name.
            if all(sum(map(len, found[part].offsets)) == parts[part] for part in new):
                return self._joined(generation, list(parts), found, before)
        self._lexicons = {name: Lexicon() for name in _FIELDS}
        return None

    def _read_parts(self, parts: Sequence[str]) -> dict[str, _Read] | None:
        found = {part: _Read() for part in parts}
        if not parts:
            return found
        texts = {
            **{name: FACETS[name] for name in _FIELDS if name in FACETS and name not in LISTS},
            **{name: _as_text(shown(FACETS[name], Scope(internal=True))) for name in LISTS},
            PUBLIC_KINDS: _as_text(shown("kinds", Scope())),
        }
        columns = ", ".join(
            f"{text} AS c{place}" for place, text in enumerate(texts[name] for name in _FIELDS)
        )
        batches = self._store.stream(
            f"SELECT _part AS part, toUInt32(_part_offset) AS o, toUnixTimestamp64Milli(opened_at) AS t, "  # noqa: S608
            f"sipHash64({PERSON}) AS p, {columns} FROM cases WHERE _part IN {{parts:Array(String)}}",
            {"parts": list(parts)},
            _AS_NUMBERS,
        )
        for batch in batches:
            names = batch.column("part")
            numbers = {
                name: self._coded(name, batch.column(f"c{place}")) for place, name in enumerate(_FIELDS)
            }
            if sum(len(each.values) for each in self._lexicons.values()) > _MOST_VALUES:
                return None
            owner = names.indices.to_numpy(zero_copy_only=False)
            for place, part in enumerate(names.dictionary.to_pylist()):
                if part not in found:
                    continue
                mine = np.flatnonzero(owner == place)
                if not len(mine):
                    continue
                read = found[part]
                read.offsets.append(batch.column("o").to_numpy()[mine])
                read.opened.append(batch.column("t").to_numpy()[mine])
                read.persons.append(batch.column("p").to_numpy()[mine])
                for name in _FIELDS:
                    read.codes[name].append(numbers[name][mine])
        return found

    def _coded(self, name: str, column: pa.DictionaryArray) -> Numbers:
        # The engine's dictionaries may name values of other blocks besides: those alone that occur get a number.
        indices = column.indices.to_numpy(zero_copy_only=False)
        used = np.flatnonzero(np.bincount(indices, minlength=len(column.dictionary)))
        numbers = np.zeros(len(column.dictionary), np.int32)
        numbers[used] = self._lexicons[name].of(column.dictionary.take(pa.array(used)).to_pylist())
        coded: Numbers = numbers[indices]
        return coded

    def _joined(
        self, generation: int, parts: Sequence[str], found: Mapping[str, _Read], before: Codes | None
    ) -> Codes:
        places: dict[str, tuple[int, int]] = {}
        rows = 0
        for part in parts:
            if part in found:
                length = max((int(offsets.max()) + 1 for offsets in found[part].offsets), default=0)
            elif before is not None:
                length = before.places[part][1]
            places[part] = (rows, length)
            rows += length
        live = np.zeros(rows, bool)
        opened = np.zeros(rows, np.int64)
        persons = np.zeros(rows, np.uint64)
        codes = {name: np.zeros(rows, _smallest(len(self._lexicons[name].values) + 1)) for name in _FIELDS}
        for part, (start, length) in places.items():
            here = slice(start, start + length)
            if part not in found and before is not None:
                there = slice(before.places[part][0], before.places[part][0] + length)
                live[here], opened[here] = before.live[there], before.opened[there]
                persons[here] = before.persons[there]
                for name, whole in codes.items():
                    whole[here] = before.columns[name].codes[there]
            elif length:
                read = found[part]
                at = start + np.concatenate(read.offsets).astype(np.int64)
                live[at] = True
                opened[at], persons[at] = np.concatenate(read.opened), np.concatenate(read.persons)
                for name, whole in codes.items():
                    whole[at] = np.concatenate(read.codes[name])
        days = opened // _DAY
        first_day = int(days[live].min()) if live.any() else 0
        return Codes(
            generation=generation,
            places=places,
            live=live,
            opened=opened,
            days=np.where(live, days - first_day, 0).astype(np.int32),
            first_day=first_day,
            undated=np.flatnonzero((opened == 0) & live),
            persons=persons,
            columns={name: _column(name, codes[name], self._lexicons[name]) for name in _FIELDS},
            cases=int(np.count_nonzero(live)),
        )


def _column(name: str, codes: Numbers, lexicon: Lexicon) -> Column:
    if name not in LISTS and name != PUBLIC_KINDS:
        return Column(codes, tuple(lexicon.values))
    values = Lexicon()
    lists = [values.of(json.loads(text)) for text in lexicon.values]
    starts = np.zeros(len(lists) + 1, np.int64)
    starts[1:] = np.cumsum([len(each) for each in lists])
    members = np.concatenate(lists) if lists else np.zeros(0, np.int32)
    return Column(codes, tuple(values.values), starts, members)


def milliseconds(at: datetime) -> int:
    """A time as :attr:`Codes.opened` has it."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _as_text(values: str) -> str:
    """A list as one text that no other list has; as SQL."""
    return f"toLowCardinality(toJSONString({values}))"


def _smallest(values: int) -> Any:
    return np.uint8 if values <= 1 << 8 else np.uint16 if values <= 1 << 16 else np.uint32
