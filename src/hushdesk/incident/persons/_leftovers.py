"""The sweep: of whom a value stands in the selected cases as it is, though it should have been taken out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hushdesk.incident._answer import PERSONS
from hushdesk.incident.persons._holders import CHANNELS
from hushdesk.incident.persons._needles import WINDOW, Needles
from hushdesk.incident.taken import Selection
from hushdesk.store import EmbeddedStore
from hushdesk.vault import PeopleVault, PersonId

AT_ONCE: Final = 2_000_000
"""So many values are held in memory at once; for more, the cases are read again."""

MIN_DIGITS: Final = 7
"""A number with fewer digits and no letters is an ordinary number."""

_COMMON: Final = frozenset({"BIRTH_DATE", "COORDINATES", "PLACE"})
_LETTER: Final = re.compile(r"[^\W\d_]").search
_DIGIT: Final = re.compile(r"\d").findall
_SAMPLE: Final = 4 << 20
_BLOCK: Final = 1 << 14

# Every column that can hold words; pseudonyms and times are none. Each text ends with a line, so that none runs into the next.
_TEXT: Final = (
    "lower(concat(public_text, '\\n', internal_text, '\\n', product, '\\n', channel, '\\n', status, '\\n', priority, '\\n',"
    " source, '\\n', contract, '\\n', customer, '\\n', agent, '\\n', arrayStringConcat(people, '\\n'), '\\n',"
    " arrayStringConcat(`messages.author`, '\\n'), '\\n'))"
)


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What the sweep found; no value is in it."""

    found: pa.Table
    """Persons (``person``, ``kind``) of whom a value of a kind stands unredacted, each pair once, sorted."""
    values: int = 0
    """Values of the vault that were looked for."""
    not_looked_for: Mapping[str, int] = field(default_factory=dict)
    """Values that were not, by reason: they may stand there, nobody knows."""
    cases: int = 0
    """Cases looked through."""
    size: int = 0
    """Bytes looked through."""

    @property
    def persons(self) -> frozenset[int]:
        """Of whom something was found."""
        return frozenset(self.found.column("person").to_pylist())

    @property
    def kinds(self) -> dict[str, int]:
        """Persons by kind of what was found of them."""
        return dict(sorted(Counter(self.found.column("kind").to_pylist()).items()))


_FOUND: Final = pa.schema(
    [pa.field("person", pa.int64(), nullable=False), pa.field("kind", pa.string(), nullable=False)]
)


def leftovers(
    store: EmbeddedStore,
    vault: PeopleVault,
    selection: Selection,
    *,
    at_once: int = AT_ONCE,
    on_cases: Callable[[int], None] = lambda _cases: None,
) -> Leftovers:
    """Look for every value of the vault in the selected cases, as they lie in the store.

    Values are opened in memory only and never leave this function. They are looked for as written, but for capital letters from A
    to Z; another spelling of a phone number is not found. What is too short or an ordinary word is not looked for, since it would be
    found everywhere, and is counted by reason.

    Args:
        store: The sealed store.
        vault: The people vault, opened with its keys.
        selection: Which cases.
        at_once: Values held in memory at once.
        on_cases: Told how many cases were looked through so far; of a vault with more values than that, several times over.

    Raises:
        VaultLockedError: The vault was opened without keys.
        QueryError: The selection's query cannot be carried out.
    """
    skipped: Counter[str] = Counter()
    wanted = _wanted(vault.iter_plain(), skipped)
    pairs: set[tuple[int, str]] = set()
    looked_for = cases = size = 0
    sample = b""
    while lot := list(islice(wanted, at_once)):
        looked_for += len(lot)
        sample = sample or _sample(store, selection)
        needles = Needles([value for value, _, _ in lot], sample)
        cases = size = 0
        for text, number in _texts(store, selection):
            needles.look(text)
            cases, size = cases + number, size + len(text)
            on_cases(cases)
        pairs.update((lot[n][1], lot[n][2]) for n in np.flatnonzero(needles.found).tolist())
    rows = [{"person": person, "kind": kind} for person, kind in sorted(pairs)]
    return Leftovers(
        pa.Table.from_pylist(rows, _FOUND), looked_for, dict(sorted(skipped.items())), cases, size
    )


def _wanted(
    values: Iterable[tuple[PersonId, str, str]], skipped: Counter[str]
) -> Iterator[tuple[bytes, PersonId, str]]:
    for person, kind, value in values:
        text = value.strip()
        reason = unfit(kind, text)
        if reason:
            skipped[reason] += 1
        else:
            yield text.encode("utf-8", "surrogatepass").lower(), person, kind


def unfit(kind: str, value: str) -> str:
    """Why a value cannot be looked for; empty if it can."""
    if len(value) < WINDOW and len(value.encode("utf-8", "surrogatepass")) < WINDOW:
        return "too short"
    if value.isalpha():
        return "one word"
    if not _LETTER(value) and kind != "IP" and len(_DIGIT(value)) < MIN_DIGITS:
        return "too short"
    if kind in _COMMON:
        return "dates and places"
    if "\0" in value:
        return "no text"
    return ""


def _texts(
    store: EmbeddedStore, selection: Selection, limit: int | None = None
) -> Iterator[tuple[memoryview, int]]:
    """The words of the selected cases, a block at a time, and how many cases a block is of."""
    where = selection.where(store)
    end = "" if limit is None else f" LIMIT {limit}"
    batches = store.stream(
        f"SELECT {_TEXT} AS text FROM cases WHERE {where.sql}{end}",  # noqa: S608
        where.params,
        {"max_block_size": _BLOCK},
    )
    for batch in batches:
        column: Any = batch.column(0).cast(pa.large_string())
        data = column.buffers()[2]
        if data is None:
            continue
        first, last = np.frombuffer(column.buffers()[1], np.int64, len(column) + 1, column.offset * 8)[
            [0, -1]
        ].tolist()
        yield memoryview(data)[first:last].cast("B"), batch.num_rows


def _sample(store: EmbeddedStore, selection: Selection) -> bytes:
    found = bytearray()
    for text, _ in _texts(store, selection, limit=4_096):
        found += text[: _SAMPLE - len(found)]
        if len(found) >= _SAMPLE:
            break
    return bytes(found)


def with_leftovers(persons: pa.Table, found: Leftovers, vault: PeopleVault) -> pa.Table:
    """The persons with what the sweep found of them, those with leftovers first.

    What was found of somebody joins their kinds. Somebody of whom a value was found and no pseudonym becomes a row of
    their own, without cases: which case holds the value is not told.

    Args:
        persons: What :func:`concerned` gave.
        found: What :func:`leftovers` gave for the same selection.
        vault: The people vault; needs no keys.
    """
    kinds: dict[int, list[str]] = {}
    for person, kind in zip(*(found.found.column(n).to_pylist() for n in ("person", "kind")), strict=True):
        kinds.setdefault(person, []).append(kind)
    ids = pa.array(sorted(kinds), pa.int64())
    left = pc.and_(pc.is_valid(persons.column("person")), pc.is_in(persons.column("person"), value_set=ids))
    met = persons.filter(left).to_pylist()
    for row in met:
        row["leftover"] = True
        row["kinds"] = sorted({*row["kinds"], *kinds[row["person"]]})
    there = {row["person"] for row in met}
    for person in sorted(set(kinds) - there):
        try:
            profile = vault.profile(PersonId(person))
        except KeyError:
            # Shredded since the sweep.
            continue
        met.append(_alone(person, profile.language, profile.country, profile.kinds, kinds[person], vault))
    met.sort(key=lambda row: row["person"])
    return pa.concat_tables([pa.Table.from_pylist(met, PERSONS), persons.filter(pc.invert(left))])


def _alone(
    person: int, language: str, country: str, held: Iterable[str], kinds: Iterable[str], vault: PeopleVault
) -> dict[str, Any]:
    return {
        "person": person,
        "token": vault.token(PersonId(person)),
        "language": language,
        "country": country,
        "kinds": sorted(set(kinds)),
        "cases": 0,
        "first_case": None,
        "last_case": None,
        "certain": False,
        "leftover": True,
        "role": "mentioned",
        "channels": sorted(set(held).intersection(CHANNELS)),
    }
