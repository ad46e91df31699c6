"""Everybody in the vault at once, without opening an identity: whole columns instead of a question for each."""

from __future__ import annotations

import sqlite3
from typing import Final

import numpy as np
import pyarrow as pa

from hushdesk.vault._codec import Codec
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

_PERSONS: Final = (
    f"SELECT id, token, language, country FROM person WHERE id BETWEEN ? AND ? AND state = {ALIVE} ORDER BY id"  # noqa: S608
)
# Pieces of equal length, so that one step of the database gives them all: number of the person, token, kind.
_ENTRIES: Final = (
    "SELECT group_concat(printf('%016X', person) || substr(hex(token) || '00000000000000000000', 1, 20)"
    " || hex(substr(tag, 1, 1)), '') FROM entry WHERE person BETWEEN ? AND ?"
)
_ENTRY: Final = np.dtype([("person", ">i8"), ("token", f"V{PACKED}"), ("kind", "u1")])


def read_profiles(database: sqlite3.Connection, codec: Codec, first: int, last: int) -> pa.RecordBatch:
    """Everybody with a number from ``first`` to ``last``; who was shredded is left out. The caller holds the lock."""
    database.execute("BEGIN")
    try:
        rows = database.execute(_PERSONS, (first, last)).fetchall()
        (text,) = database.execute(_ENTRIES, (first, last)).fetchone()
    finally:
        database.execute("COMMIT")
    persons = np.array([row[0] for row in rows], np.int64)
    own = np.frombuffer(b"".join([row[1] for row in rows]), f"V{PACKED}")
    entries = np.frombuffer(bytes.fromhex(text or ""), _ENTRY)
    owners = entries["person"].astype(np.int64)
    place = np.searchsorted(persons, owners)
    alive = place < len(persons)
    alive[alive] = persons[place[alive]] == owners[alive]
    entries, place = entries[alive], place[alive]
    # The database gives them in this order, but does not promise to.
    order = np.argsort(place, kind="stable")
    entries, place = entries[order], place[order]
    return pa.RecordBatch.from_arrays(
        [
            pa.array(persons),
            _binary(own),
            pa.array([row[2] for row in rows], pa.string()),
            pa.array([row[3] for row in rows], pa.string()),
            _kinds(codec, entries["kind"], place, len(persons)),
            _tokens(own, entries["token"], place, len(persons)),
        ],
        schema=PROFILES,
    )


def _binary(tokens: np.ndarray) -> pa.FixedSizeBinaryArray:
    return pa.FixedSizeBinaryArray.from_buffers(TOKEN, len(tokens), [None, pa.py_buffer(tokens.tobytes())])


def _kinds(codec: Codec, kinds: np.ndarray, place: np.ndarray, count: int) -> pa.ListArray:
    present = np.unique(kinds)
    names = sorted((codec.kind(bytes([number])), int(number)) for number in present)
    rank = np.zeros(256, np.int64)
    for at, (_, number) in enumerate(names):
        rank[number] = at
    pairs = np.unique(place * max(1, len(names)) + rank[kinds])
    offsets = np.searchsorted(pairs, np.arange(count + 1) * max(1, len(names)))
    values = pa.array([name for name, _ in names], pa.string()).take(pa.array(pairs % max(1, len(names))))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def _tokens(own: np.ndarray, tokens: np.ndarray, place: np.ndarray, count: int) -> pa.ListArray:
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
