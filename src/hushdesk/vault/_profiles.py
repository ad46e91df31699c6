"""Everybody in the vault at once, without opening an identity: whole columns instead of a question for each."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hushdesk.vault._packed import PACKED
from hushdesk.vault._people_schema import ALIVE

TOKEN: Final = pa.binary(PACKED)

PROFILES: Final = pa.schema(
    [
        pa.field("person", pa.int64(), nullable=False),
        # The person's own token, packed.
        pa.field("token", TOKEN, nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("country", pa.string(), nullable=False),
        # Kinds of the values held, each once, sorted.
        pa.field("kinds", pa.list_(pa.string()), nullable=False),
        # Every token that stands for the person or a value of theirs, packed, each once; their own first.
        pa.field("tokens", pa.list_(TOKEN), nullable=False),
    ]
)
"""Persons of a vault, one row each."""

# Each column of many rows as one text, since a Python object for each value would be most of the work.
_PERSONS: Final = (
    "SELECT group_concat(id), group_concat(hex(token), ''), group_concat(language, char(30)), group_concat(country, char(30))"  # noqa: S608
    f" FROM (SELECT * FROM person WHERE id BETWEEN ? AND ? AND state = {ALIVE} ORDER BY id)"
)
_PLACES: Final = (
    f"SELECT language, country FROM person WHERE id BETWEEN ? AND ? AND state = {ALIVE} ORDER BY id"  # noqa: S608
)
_ENTRIES: Final = (
    "SELECT group_concat(person), group_concat(hex(token || tag)) FROM entry WHERE person BETWEEN ? AND ?"
)
_ALIASES: Final = (
    "SELECT group_concat(person), group_concat(hex(token), '') FROM alias a WHERE person BETWEEN ? AND ?"
    " AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.person = a.person AND e.token = a.token)"
)
_TAG: Final = 4
_MARK: Final = "\x1e"


def read_profiles(database: sqlite3.Connection, first: int, last: int) -> pa.RecordBatch:
    """Everybody with a number from ``first`` to ``last``; who was shredded is left out. The caller holds the lock.

    A second reader beside this one takes as long as both after each other: the database waits for itself.
    """
    span = (first, last)
    database.execute("BEGIN")
    try:
        ids, tokens, *places = database.execute(_PERSONS, span).fetchone()
        owners, sealed = database.execute(_ENTRIES, span).fetchone()
        others, later = database.execute(_ALIASES, span).fetchone()
        names = dict(database.execute("SELECT id, name FROM kind").fetchall())
        persons = _numbers(ids)
        languages, countries = ((text or "").split(_MARK) for text in places)
        if not len(persons):
            languages, countries = [], []
        elif not len(languages) == len(countries) == len(persons):
            # One of them holds the mark itself.
            languages, countries = map(list, zip(*database.execute(_PLACES, span), strict=True))
    finally:
        database.execute("COMMIT")
    own = np.frombuffer(bytes.fromhex(tokens or ""), f"V{PACKED}")
    owner, token, kind = _numbers(owners), *_split(sealed or "")
    # The database gives them in the order of persons, but does not promise to.
    order = np.argsort(owner, kind="stable")
    owner, token, kind = owner[order], token[order], kind[order]
    place = np.searchsorted(persons, owner)
    alive = place < len(persons)
    alive[alive] = persons[place[alive]] == owner[alive]
    token, kind, place = token[alive], kind[alive], place[alive]
    kinds = _kinds(names, kind, place, len(persons))
    if others:
        more = np.searchsorted(persons, _numbers(others))
        token = np.concatenate((token, np.frombuffer(bytes.fromhex(later), f"V{PACKED}")))
        place = np.concatenate((place, more))
        # A pseudonym of theirs follows the others; none of it is among these.
        order = np.argsort(place, kind="stable")
        token, place = token[order], place[order]
    return pa.RecordBatch.from_arrays(
        [
            pa.array(persons),
            _binary(own),
            pa.array(languages, pa.string()),
            pa.array(countries, pa.string()),
            kinds,
            _tokens(own, token, place, len(persons)),
        ],
        schema=PROFILES,
    )


def _numbers(text: str | None) -> NDArray[np.int64]:
    return np.fromstring(text or "", np.int64, sep=",")


def _split(text: str) -> tuple[NDArray[np.void], NDArray[np.uint8]]:
    """Tokens and numbers of kinds out of ``hex(token || tag)``; a token may be empty, which is ten zeros here."""
    raw = np.frombuffer(text.encode(), np.uint8)
    ends = np.append(np.flatnonzero(raw == ord(",")), len(raw)) if len(raw) else np.zeros(0, np.int64)
    starts = np.append(0, ends[:-1] + 1) if len(ends) else ends
    # Of hexadecimal digits to their value: 0-9, A-F.
    value = np.where(raw >= ord("A"), raw - (ord("A") - 10), raw - ord("0")).astype(np.uint8)
    tags = ends - 2 * _TAG
    kind = (value[tags] << 4) | value[tags + 1]
    token = np.zeros((len(ends), PACKED), np.uint8)
    other = np.flatnonzero(ends - starts == 2 * (_TAG + PACKED))
    digits = value[starts[other][:, None] + np.arange(2 * PACKED)]
    token[other] = (digits[:, ::2] << 4) | digits[:, 1::2]
    return token.view(f"V{PACKED}").reshape(-1), kind


def _binary(tokens: NDArray[Any]) -> pa.FixedSizeBinaryArray:
    return pa.FixedSizeBinaryArray.from_buffers(TOKEN, len(tokens), [None, pa.py_buffer(tokens.tobytes())])


def _kinds(of: Mapping[int, str], kinds: NDArray[Any], place: NDArray[Any], count: int) -> pa.ListArray:
    names = sorted((of[number], number) for number in np.flatnonzero(np.bincount(kinds)).tolist())
    rank = np.zeros(256, np.int64)
    for at, (_, number) in enumerate(names):
        rank[number] = at
    pairs = place * max(1, len(names)) + rank[kinds]
    pairs.sort()
    pairs = pairs[np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1]))] if len(pairs) else pairs
    offsets = np.searchsorted(pairs, np.arange(count + 1) * max(1, len(names)))
    values = pa.array([name for name, _ in names], pa.string()).take(pa.array(pairs % max(1, len(names))))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def _tokens(own: NDArray[Any], tokens: NDArray[Any], place: NDArray[Any], count: int) -> pa.ListArray:
    # An empty token stands for the person's own; entries are clustered by person and token, so twins are neighbours.
    fresh = tokens != np.zeros(1, tokens.dtype)[0]
    tokens, place = tokens[fresh], place[fresh]
    if len(tokens):
        other = (tokens[1:] != tokens[:-1]) | (place[1:] != place[:-1])
        tokens, place = tokens[np.concatenate(([True], other))], place[np.concatenate(([True], other))]
    offsets = np.searchsorted(place, np.arange(count + 1)) + np.arange(count + 1)
    values = np.zeros(len(tokens) + count, tokens.dtype)
    values[offsets[:-1]] = own
    values[np.arange(len(tokens)) + place + 1] = tokens
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), _binary(values))
