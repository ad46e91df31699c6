"""Whose data stood in the selected cases: pseudonyms of all cases merged with those of the vault, a block at a time.

Nothing is asked person by person: the vault's pseudonyms are one sorted column, the cases stream by in blocks, and each block is
merged with it. Memory holds one row for each person and one block.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hushdesk.incident._answer import PERSONS
from hushdesk.incident._order import in_order
from hushdesk.incident.persons._holders import CHANNELS, PERSONAL, Holders
from hushdesk.incident.persons._sums import (
    AGENT,
    CUSTOMER,
    EARLIEST,
    LATEST,
    MENTIONED,
    NOBODY,
    ROLES,
    Seen,
    runs,
)
from hushdesk.incident.persons._words import FREE_TEXT, Marks, Words
from hushdesk.incident.taken import Selection
from hushdesk.store import EmbeddedStore
from hushdesk.vault import PackedTokens, PeopleVault

CROWD: Final = 1_000
"""Where more persons than these hold one pseudonym (a mailbox of everybody), its cases are added to each of them as a whole: how many
cases they have is then at least what is said, and everything else exact."""

_BLOCK: Final = 1 << 16
_MOST_WAITING: Final = 1 << 22
_ODD: Final = 255

_TEXTS: Final = (
    "notEmpty(subject) OR notEmpty(description) OR notEmpty(resolution) OR notEmpty(remarks) OR notEmpty(notes)"
    " OR notEmpty(`messages.visibility`) OR notEmpty(attachments)"
)
_CUSTOMERS: Final = "arrayDistinct(arrayFilter(x -> x != '', arrayPushFront(arrayFilter((a, r) -> r = 'customer', `messages.author`, `messages.role`), customer)))"
_AGENTS: Final = "arrayFilter(x -> x != '' AND NOT has(customers, x), arrayPushFront(arrayFilter((a, r) -> r = 'agent', `messages.author`, `messages.role`), agent))"
_WHO: Final = "arrayFilter(x -> x != '', arrayDistinct(arrayConcat(customers, agents, tokens, people, `messages.author`, [contract])))"
"""Each once, customers first and then agents."""


def concerned(
    store: EmbeddedStore,
    vault: PeopleVault,
    selection: Selection,
    certain: Collection[str] | bool | None = None,
    *,
    marks: Marks | None = None,
) -> pa.Table:
    """Everybody whose data stood in the selected cases, one row each, without opening an identity.

    Concerned are: whoever is the customer or the agent of a case or wrote in it, whoever else its fields name, and whoever the vault
    knows by a pseudonym that stands in its text; all of them, if several hold it. Who was shredded is not there
    (:meth:`~hushdesk.vault.PeopleVault.count_shredded` counts them), but their pseudonyms in the store are, as pseudonyms that
    the vault does not know: one row each with no ``person``, and two of them may be one human being.

    ``kinds`` is what a reader of the cases learns about the person. About a *customer*: everything that stood in the
    case, and its marks. About others *mentioned*: their own pseudonyms, free text, and what stood in the case and is known to be
    nobody's (it may be theirs). About an *agent*: their own pseudonyms and free text. In the sealed store all these are pseudonyms: a
    kind says that such data was there, not that it could be read. ``leftover`` is false throughout; see :func:`leftovers`.

    Args:
        store: The sealed store.
        vault: The people vault; needs no keys.
        selection: Which cases.
        certain: Ids of the cases that surely left; ``True`` for all of them.
        marks: Kinds that product, category or tags give away.

    Returns:
        A table of the schema :data:`~hushdesk.incident.PERSONS`, persons of the vault by their numbers, then the others by pseudonym.

    Raises:
        QueryError: The selection's query cannot be carried out.
    """
    marks = marks or Marks()
    holders = Holders.of(vault)
    words = Words.of(store, holders.numbers, marks)
    merge = _Merge(holders, words)
    ids = (
        None if certain is None or isinstance(certain, bool) else pa.array(sorted(set(certain)), pa.string())
    )
    for block in _blocks(store, selection, words, marks, with_ids=ids is not None):
        merge.add(block, ids, all_certain=certain is True)
    return merge.table()


def _blocks(
    store: EmbeddedStore, selection: Selection, words: Words, marks: Marks, *, with_ids: bool
) -> Iterator[pa.RecordBatch]:
    where = selection.where(store)
    params: dict[str, Any] = dict(where.params)
    kinds = []
    for number, name in enumerate(words.names):
        params[f"kind{number}"] = name
        if name not in marks.by_word and name != FREE_TEXT:
            kinds.append(f"bitShiftLeft(toUInt64(has(kinds, {{kind{number}:String}})), {number})")
    told = [
        f"bitShiftLeft(toUInt64({test}), {words.names.index(word)})"
        for word, test in marks.tests(params).items()
    ]
    batches = store.stream(
        # What is named at first is worked out once, and not sent.
        f"WITH {_CUSTOMERS} AS customers, arrayDistinct({_AGENTS}) AS agents"  # noqa: S608
        f" SELECT toUnixTimestamp64Milli(opened_at) AS at, {' + '.join(kinds)} AS words,"
        f" {' + '.join(told) or 'toUInt64(0)'} AS marks, toUInt8({_TEXTS}) AS texts,"
        f" toUInt32(length(customers)) AS of_customers, toUInt32(length(agents)) AS of_agents, {_WHO} AS who"
        f"{', case_id' if with_ids else ''} FROM cases WHERE {where.sql}",
        params,
        {"max_block_size": _BLOCK},
    )
    # The engine gives pieces of its own size; merging costs least in large ones.
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(one.num_rows for one in waiting) >= _BLOCK:
            yield pa.concat_batches(waiting)
            waiting = []
    if waiting:
        yield pa.concat_batches(waiting)


@dataclass(slots=True)
class _Block:
    """One block of cases as columns of numbers, and the pseudonyms of all its cases after each other."""

    at: NDArray[np.int64]
    words: NDArray[np.uint64]
    marks: NDArray[np.uint64]
    texts: NDArray[np.uint64]
    certain: NDArray[np.bool_]
    row: NDArray[np.int64]
    """The case of each pseudonym."""
    role: NDArray[np.uint8]
    """What the pseudonym is in its case."""
    tokens: PackedTokens
    loose: NDArray[np.uint64] = field(init=False)
    """Kinds in each case that are nobody's."""

    def seen(self, row: NDArray[np.int64], role: NDArray[np.uint8], own: NDArray[np.uint64]) -> Seen:
        """Somebody in a case each, with the kinds of their own pseudonyms in it."""
        kinds = own | self.texts[row]
        kinds |= np.where(role == CUSTOMER, self.words[row] | self.marks[row], np.uint64(0))
        kinds |= np.where(role == MENTIONED, self.loose[row], np.uint64(0))
        at = self.at[row]
        return Seen(
            np.ones(len(row), np.int64),
            np.where(at == 0, LATEST, at),
            np.where(at == 0, EARLIEST, at),
            kinds,
            role,
            self.certain[row],
        )


class _Merge:
    """Adds up blocks."""

    def __init__(self, holders: Holders, words: Words) -> None:
        self._holders, self._words = holders, words
        self._bits = words.bits(holders.numbers)
        self._free_text = np.uint64(words.bit(FREE_TEXT))
        self._personal = np.zeros(256, np.bool_)
        self._personal[[holders.numbers[kind] for kind in PERSONAL]] = True
        self._personal[_ODD] = True
        self._sums = Seen.nothing(len(holders.persons))
        self._many = np.diff(holders.starts)
        self._crowds: dict[int, Seen] = {}
        self._odd: dict[str, int] = {}
        self._strangers: list[tuple[PackedTokens, Seen]] = []
        self._waiting = 0

    def add(self, batch: pa.RecordBatch, ids: Any, *, all_certain: bool) -> None:
        """Add one block of cases."""
        block = self._block(batch, ids, all_certain=all_certain)
        if not len(block.row):
            return
        place = self._holders.find(block.tokens)
        known = place >= 0
        kinds = block.tokens.kinds
        self._loosen(block, known, kinds)
        many = np.where(known, self._many[place], 0) if len(self._many) else np.zeros(len(place), np.int64)
        self._persons(block, np.flatnonzero(known & (many <= CROWD)), place, many)
        for crowd in np.unique(place[known & (many > CROWD)]).tolist():
            self._crowd(block, crowd, np.flatnonzero(place == crowd))
        self._others(
            block, np.flatnonzero(~known & ((block.role < MENTIONED) | self._personal[kinds])), kinds
        )

    def _block(self, batch: pa.RecordBatch, ids: Any, *, all_certain: bool) -> _Block:
        count = batch.num_rows
        column = {name: batch.column(name) for name in batch.schema.names}

        def numbers(name: str) -> NDArray[Any]:
            return np.asarray(column[name].to_numpy(zero_copy_only=False))

        lengths = pc.list_value_length(column["who"]).to_numpy(zero_copy_only=False).astype(np.int64)
        texts = column["who"].flatten()
        row = np.repeat(np.arange(count), lengths)
        inside = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        customers, agents = numbers("of_customers")[row], numbers("of_agents")[row]
        role = np.where(inside < customers, CUSTOMER, np.where(inside < customers + agents, AGENT, MENTIONED))
        tokens, valid = PackedTokens.of_texts(texts, self._holders.numbers)
        for odd in np.flatnonzero(~valid).tolist():
            number = self._odd.setdefault(texts[odd].as_py(), len(self._odd))
            tokens.high[odd] = (_ODD << 56) | number
        certain = np.full(count, all_certain)
        if ids is not None:
            certain = np.asarray(pc.is_in(column["case_id"], value_set=ids).to_numpy(zero_copy_only=False))
        return _Block(
            numbers("at").astype(np.int64),
            numbers("words").astype(np.uint64),
            numbers("marks").astype(np.uint64),
            numbers("texts").astype(np.uint64) * self._free_text,
            certain,
            row,
            role.astype(np.uint8),
            tokens,
        )

    def _loosen(self, block: _Block, known: NDArray[np.bool_], kinds: NDArray[np.uint8]) -> None:
        """Find out which kinds in each case are nobody's: those of unknown pseudonyms, and those without any."""
        firsts = runs(block.row)
        rows = block.row[firsts]
        bits = self._bits[kinds]
        named, nobodys = np.zeros_like(block.words), np.zeros_like(block.words)
        named[rows] = np.bitwise_or.reduceat(bits, firsts)
        nobodys[rows] = np.bitwise_or.reduceat(
            np.where(known | self._personal[kinds], np.uint64(0), bits), firsts
        )
        block.loose = (block.words & ~named) | nobodys

    def _persons(
        self, block: _Block, found: NDArray[np.intp], place: NDArray[np.int64], many: NDArray[np.int64]
    ) -> None:
        if not len(found):
            return
        held = many[found]
        flat = found
        first = self._holders.starts[place[flat]]
        if (held > 1).any():
            flat = np.repeat(found, held)
            first = np.repeat(first - np.cumsum(held) + held, held) + np.arange(len(flat))
        who = self._holders.holders[first]
        # One row for each person and case; then one for each person. What is alike may come in any order.
        key = block.row[flat] * len(self._holders.persons) + who
        order, ordered = in_order(key.view(np.uint64))
        flat, who = flat[order], who[order]
        firsts = runs(ordered)
        role = np.minimum.reduceat(block.role[flat], firsts)
        own = np.bitwise_or.reduceat(self._bits[block.tokens.kinds[flat]], firsts)
        seen, who = block.seen(block.row[flat[firsts]], role, own), who[firsts]
        order, ordered = in_order(who.view(np.uint64))
        firsts = runs(ordered)
        self._sums.add(who[order[firsts]], seen[order].added_up(firsts))

    def _crowd(self, block: _Block, crowd: int, flat: NDArray[np.intp]) -> None:
        firsts = runs(block.row[flat])
        role = np.minimum.reduceat(block.role[flat], firsts)
        flat = flat[firsts]
        seen = block.seen(block.row[flat], role, self._bits[block.tokens.kinds[flat]])
        total = self._crowds.setdefault(crowd, Seen.nothing(1))
        total.add(np.zeros(1, np.int64), seen.added_up(np.zeros(1, np.intp)))

    def _others(self, block: _Block, flat: NDArray[np.intp], kinds: NDArray[np.uint8]) -> None:
        """Pseudonyms that the vault does not know."""
        if not len(flat):
            return
        order = np.lexsort((block.tokens.low[flat], block.tokens.high[flat], block.row[flat]))
        flat = flat[order]
        tokens = block.tokens[flat]
        firsts = runs(block.row[flat], tokens.high, tokens.low)
        role = np.minimum.reduceat(block.role[flat], firsts)
        flat = flat[firsts]
        own = np.where(kinds[flat] == _ODD, np.uint64(0), self._bits[kinds[flat]])
        self._strangers.append(_each_once(block.tokens[flat], block.seen(block.row[flat], role, own)))
        self._waiting += len(self._strangers[-1][1])
        if self._waiting > _MOST_WAITING:
            self._settle()
            # So that what stays is not added up again and again.
            self._waiting = min(self._waiting, _MOST_WAITING // 2)

    def _settle(self) -> tuple[PackedTokens, Seen]:
        none = PackedTokens(np.zeros(0, np.uint64), np.zeros(0, np.uint16))
        parts = self._strangers or [(none, Seen.nothing(0))]
        tokens = PackedTokens(
            np.concatenate([part.high for part, _ in parts]), np.concatenate([part.low for part, _ in parts])
        )
        total = _each_once(tokens, Seen.joined([seen for _, seen in parts]))
        self._strangers = [total]
        self._waiting = len(total[1])
        return total

    def table(self) -> pa.Table:
        """Everybody that was met."""
        holders = self._holders
        for crowd, seen in self._crowds.items():
            who = np.unique(holders.holders[holders.starts[crowd] : holders.starts[crowd + 1]])
            self._sums.add(who, seen[np.zeros(len(who), np.int64)], same=True)
        met = np.flatnonzero(self._sums.role < NOBODY)
        sums = self._sums[met]
        strangers, others = self._settle()
        odd = [text for text, _ in sorted(self._odd.items(), key=lambda item: item[1])]
        plain = strangers.kinds != _ODD
        texts = pa.concat_arrays(
            [
                holders.own[met].texts(holders.names()),
                strangers[plain].texts(holders.names()),
                pa.array([odd[int(n)] for n in strangers.high[~plain] & ((1 << 56) - 1)], pa.string()),
            ]
        )
        # Those that are no pseudonyms at all have the highest number of a kind, so they are last already.
        seen = Seen.joined([sums, others])
        unknown = len(others)
        places = pa.array(met)
        empty = pa.array([""] * unknown, pa.string())
        channels = np.concatenate([holders.channels[met], np.zeros(unknown, np.uint8)])
        columns = {
            "person": pa.concat_arrays([pa.array(holders.persons[met]), pa.nulls(unknown, pa.int64())]),
            "token": texts,
            "language": pa.concat_arrays([holders.language.take(places), empty]),
            "country": pa.concat_arrays([holders.country.take(places), empty]),
            "kinds": self._words.lists(seen.kinds),
            "cases": pa.array(np.minimum(seen.cases, (1 << 32) - 1).astype(np.uint32)),
            "first_case": _times(seen.first, seen.first == LATEST),
            "last_case": _times(seen.last, seen.last == EARLIEST),
            "certain": pa.array(seen.certain),
            "leftover": pa.array(np.zeros(len(seen), np.bool_)),
            "role": pa.array(ROLES, pa.string()).take(pa.array(seen.role)),
            "channels": Words(CHANNELS).lists(channels.astype(np.uint64)),
        }
        return pa.table(
            [columns[name].cast(PERSONS.field(name).type) for name in PERSONS.names], schema=PERSONS
        )


def _each_once(tokens: PackedTokens, seen: Seen) -> tuple[PackedTokens, Seen]:
    if not len(tokens):
        return tokens, seen
    order = tokens.order()
    firsts = tokens[order].firsts()
    return tokens[order[firsts]], seen[order].added_up(firsts)


def _times(milliseconds: NDArray[np.int64], unknown: NDArray[np.bool_]) -> Any:
    return pa.array(np.where(unknown, 0, milliseconds), pa.timestamp("ms", tz="UTC"), mask=unknown)
