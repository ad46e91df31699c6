"""The trained network, read once, and what it says of the tokens of a batch of texts."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from hushdesk.redact.tagger._features import SINGLE, WHOLE, rows
from hushdesk.redact.tagger._style import telling, unusual
from hushdesk.redact.tagger._tokens import CHUNK, FIRST, SHAPES, SPACED, Places, Tokens, tokens

Floats = npt.NDArray[np.float32]

BREAK: Final = "\x00"
"""Stands between the texts of a batch; what the network sees never crosses it."""

_SLOTS: Final = 1 << 19
_SLOT_BITS: Final = np.uint64(64 - 19)
_SLOT_MASK: Final = np.uint64(_SLOTS - 1)
KNOWN: Final = np.float32(0.5)
"""How much it counts that a word is known as a whole. Of texts that nobody trained on, how a word is built says more: counted in full, what was
learned by heart cost .02 of F1 there. Characters that stand alone have no parts and count in full."""
_BESIDE: Final = 0.2
_RATHER: Final = 0.2
_HALF: Final = 0.5
_UNUSUAL: Final = 0.3
"""What is left of the likelihood that a word is nothing if only a name has a capital there."""
_CAPITAL: Final = np.isin(np.arange(SHAPES), [2, 4, 5])
"""Shapes of words with a capital first."""
_ABOUT: Final = 60
"""Tokens of a text that count in full for what it is like as a whole. Texts that were trained on are short: of a long one the mean says less,
and moves scores that were set on short ones."""
_STEPS: Final = (2, 4)
"""How far the second and the third layer see."""
_AROUND: Final = 2
"""So many tokens around one that may be part of something are asked about as well."""
_KEPT: Final = 1 << 15
"""So many types are kept (40 MB; more fit no cache and are no faster); then those are forgotten that were met in one batch only."""
_GATE: Final = -4.0
"""Types with a lower score than this are part of nothing, wherever they stand; only others and their neighbours are looked at."""


@dataclass(slots=True)
class Tagged:
    """What was found in a batch: one entry a token that may be part of something."""

    start: Places
    """In code points of the joined batch."""
    end: Places
    token: Places
    """Index of the token, to tell neighbours."""
    tag: npt.NDArray[np.int64]
    score: Floats
    """Probability of the tag, 0 to 1."""


@dataclass(slots=True)
class Line:
    """The tokens of a batch in one line, with padding between texts. All arrays have one entry a place."""

    token: Places
    """Index of the token; -1 for padding."""
    wanted: npt.NDArray[np.bool_]
    """Whether its type, or that of a neighbour, can be part of anything."""
    first: Floats
    """Vectors of the first layer; those of padding are nothing."""
    second: Floats
    """Vectors of the second layer where they were worked out."""
    text: Places
    """Which text of the batch the token is of."""
    about: list[Floats]
    """What each text as a whole adds to its tokens in the second and in the third layer; empty for weights that know nothing of it."""


class Model:
    """The network with the types that it met.

    What a type adds to the first layer is computed once and kept in a table of fixed size, where a newer type takes an
    older one's place. So that layer costs three look-ups a token instead of a product of matrices.

    Args:
        weights: Arrays by name, as ``training/export.py`` writes them.
    """

    def __init__(self, weights: Any) -> None:
        self.names: list[str] = [str(name) for name in weights["names"]]
        self._person = [self.names.index("B-PERSON"), self.names.index("I-PERSON")]
        self._others = [i for i, name in enumerate(self.names) if name.endswith(("LOCATION", "ORG"))]
        self._is_person = np.isin(np.arange(len(self.names)), self._person)
        self._is_other = np.isin(np.arange(len(self.names)), self._others)
        self.classes: npt.NDArray[np.uint8] = weights["classes"]
        self.folds: npt.NDArray[np.uint16] = weights["folds"]
        self._telling = telling(self.classes, self.folds)
        self._table, self._scale = weights["table"], weights["scale"].astype(np.float32)
        self._hidden, self._hidden_bias = weights["hidden"], weights["hidden_bias"]
        self._out, self._out_bias = weights["out"], weights["out_bias"]
        self._tags, self._tags_bias = weights["tags"], weights["tags_bias"]
        self._gate, self._gate_bias = weights["gate"], float(weights["gate_bias"][0])
        self._near, self._near_least = _probe(weights, "near")
        self._nearer, self._nearer_least = _probe(weights, "nearer")
        self._pad = int(weights["pad"])
        self._width = width = self._out.shape[1]
        self._convs = [(weights[f"conv{i}"], weights[f"conv{i}_bias"]) for i in (2, 3)]
        self._about = [weights[name] for name in ("about2", "about3") if name in weights]
        first = weights["conv1"].reshape(3, width, width)
        self._first = [np.ascontiguousarray(part) for part in first]
        # What the gaps before a token and its two neighbours add; the last kind of gap is that of padding: nothing.
        gaps = np.concatenate([weights["gap"], np.zeros((1, width), dtype=np.float32)])
        left, middle, right = (gaps @ first[i] for i in range(3))
        self._gaps = (left[:, None, None] + middle[None, :, None] + right[None, None, :]).reshape(-1, width)
        self._gaps = (self._gaps + weights["conv1_bias"]).astype(np.float32)
        self._keys = np.zeros(_SLOTS, dtype=np.uint64)
        """The type that is kept at each slot, by the first bits of its hash."""
        self._places = np.zeros(_SLOTS, dtype=np.int64)
        """The row of that type."""
        # Room for all that is ever kept, and for the types of one batch more. Rows that were never written cost nothing.
        self._parts = [np.zeros((_KEPT + CHUNK + 2, width), dtype=np.float32) for _ in range(3)]
        """What a type adds to the token after it, to itself, and to the token before it; row 0 is padding."""
        self._gates = np.full(_KEPT + CHUNK + 2, -np.inf, dtype=np.float32)
        self._again = np.zeros(_KEPT + CHUNK + 2, dtype=bool)
        """Which rows were asked for by a later batch than the one they were worked out for."""
        self._used = 1
        self._noughts = np.zeros((0, width), dtype=np.float32)
        self._lock = threading.Lock()

    def _compute(self, found: Tokens, which: Places, at: int) -> None:
        """Work out the types of tokens ``which`` and keep them in the rows from ``at`` on."""
        feature_rows = rows(found, which)
        total = self._summed(feature_rows[:, :WHOLE])
        total[found.shape[which] < SINGLE] *= KNOWN
        total += self._summed(feature_rows[:, WHOLE:])
        hidden = total @ self._hidden
        hidden += self._hidden_bias
        np.maximum(hidden, 0, out=hidden)
        vectors: Floats = hidden @ self._out
        vectors += self._out_bias
        end = at + which.size
        self._gates[at:end] = vectors @ self._gate + self._gate_bias
        for part, weights in zip(self._parts, self._first, strict=True):
            np.matmul(vectors, weights, out=part[at:end])

    def _summed(self, table_rows: npt.NDArray[np.int64]) -> Floats:
        """Sum of rows of the table, column by column: one gather of all would be as many times as large."""
        total = np.zeros((table_rows.shape[0], self._table.shape[1]), dtype=np.float32)
        for column in range(table_rows.shape[1]):
            row = table_rows[:, column]
            total += self._table.take(row, axis=0, mode="clip") * self._scale.take(row)[:, None]
        return total

    def _rows(self, found: Tokens) -> Places:
        """The row of each token's type, worked out where it is not kept yet."""
        slots = (found.type >> _SLOT_BITS).astype(np.int64)
        missing = np.flatnonzero(self._keys[slots] != found.type)
        if missing.size:
            # The first slot is another type's: the second choice, by other bits of the hash.
            slots[missing] = (found.type[missing] & _SLOT_MASK).astype(np.int64)
            missing = missing[self._keys[slots[missing]] != found.type[missing]]
        rows_of = self._places[slots]
        if not missing.size:
            return rows_of
        known = np.ones(rows_of.size, dtype=bool)
        known[missing] = False
        self._again[rows_of[known]] = True
        if self._used > _KEPT:
            self._forget()
            return self._rows(found)
        types, first, index = np.unique(found.type[missing], return_index=True, return_inverse=True)
        begin = self._used
        fresh = begin + np.arange(types.size)
        self._used += types.size
        self._compute(found, missing[first], begin)
        first_choice = (types >> _SLOT_BITS).astype(np.int64)
        taken = self._keys[first_choice] != 0
        slot = np.where(taken, (types & _SLOT_MASK).astype(np.int64), first_choice)
        # Of types that want one slot the last one is kept; the others are used from their rows this once.
        self._keys[slot] = types
        self._places[slot] = fresh
        rows_of[missing] = fresh[index]
        return rows_of

    def _forget(self) -> None:
        """Make room: of the types that are kept, only those that were met again stay, and must be met again to stay once more."""
        at = np.flatnonzero(self._keys)
        stay = at[self._again[self._places[at]]]
        if stay.size > _KEPT // 2:
            stay = stay[:0]
        old = self._places[stay]
        new = np.arange(1, stay.size + 1)
        for part in (*self._parts, self._gates):
            part[new] = part[old]
        keys = self._keys[stay]
        self._keys[:] = 0
        self._keys[stay] = keys
        self._places[stay] = new
        self._again[:] = False
        self._used = 1 + stay.size

    def tagged(self, text: str) -> Tagged:
        """Return the tags of ``text``, which may be several texts with ``BREAK`` between them.

        Args:
            text: At most ``_tokens.CHUNK`` characters.
        """
        found = tokens(text, self.classes, self.folds)
        with self._lock, _threads().limit(limits=1, user_api="blas"):
            return self._tagged(found)

    def _tagged(self, found: Tokens) -> Tagged:
        line = self._line(found)
        at = self._chosen(line)
        if not at.size:
            none = np.zeros(0, dtype=np.int64)
            return Tagged(none, none, none, none, np.zeros(0, dtype=np.float32))
        index = line.token[at]
        scores = self._layer(1, line, at) @ self._tags
        scores += self._tags_bias
        names = unusual(found, found.folded[found.start] == 0, self._telling)[index]
        top = scores.max(axis=1)
        np.exp(scores - top[:, None], out=scores)
        scores /= scores.sum(axis=1)[:, None]
        tag = scores.argmax(axis=1)
        self._rather_names(scores, tag, names)
        self._rather_people(scores, tag)
        sure = scores[np.arange(tag.size), tag]
        # What may be a person or else a place is doubted less than what may be nothing.
        people = self._is_person[tag]
        sure[people] = scores[people][:, self._person].sum(axis=1)
        sure[people] += _HALF * scores[people][:, self._others].sum(axis=1)
        self._lengthen(found, index, scores, tag, sure)
        return Tagged(found.start[index], found.end[index], index, tag, sure)

    def _line(self, found: Tokens) -> Line:
        """Put the types of ``found`` in a line, with padding at every break, and compute the first layer."""
        breaks = found.folded[found.start] == 0
        found.gap[1:][breaks[:-1]] = FIRST
        solid = np.flatnonzero(~breaks)
        kept = self._rows(found)[solid]
        pad = self._pad
        # A break is worth as many tokens of nothing as the network sees to either side.
        place = solid + pad
        if solid.size < breaks.size:
            place += (pad - 1) * np.cumsum(breaks)[solid]
        size = (int(place[-1]) if place.size else 0) + pad + 1
        row = np.zeros(size, dtype=np.int64)
        row[place] = kept
        gap = np.full(size, FIRST + 1, dtype=np.int64)
        gap[place] = found.gap[solid]
        token = np.full(size, -1, dtype=np.int64)
        token[place] = solid
        wanted = np.zeros(size, dtype=bool)
        wanted[place] = self._gates[kept] > _GATE
        wanted[1:] |= wanted[:-1].copy()
        wanted[:-1] |= wanted[1:].copy()
        wanted &= token >= 0
        first = self._first_layer(row, gap)
        first[token < 0] = 0
        text, about = self._wholes(first, np.cumsum(breaks)[solid], place)
        return Line(token, wanted, first, np.zeros_like(first), text, about)

    def _wholes(self, first: Floats, of: Places, place: Places) -> tuple[Places, list[Floats]]:
        """Which text each place of a line is of, and what each text adds to later layers, by the mean of its tokens' vectors.

        Args:
            first: Vectors of the first layer, nothing where padding is.
            of: How many texts begin before each token.
            place: Where in the line each token stands.
        """
        text = np.zeros(first.shape[0], dtype=np.int64)
        if not self._about or not of.size:
            return text, []
        begins = np.flatnonzero(np.diff(of, prepend=-1))
        text[place[1:]] = np.cumsum(of[1:] != of[:-1])
        # What stands between two texts is nothing and adds nothing. A product with ones is several times as fast as ``reduceat``.
        ends = np.append(place[begins[1:]], first.shape[0])
        ones = np.ones(int((ends - place[begins]).max()), dtype=np.float32)
        mean = np.empty((begins.size, self._width), dtype=np.float32)
        for i, (begin, end) in enumerate(zip(place[begins].tolist(), ends.tolist(), strict=True)):
            np.dot(ones[: end - begin], first[begin:end], out=mean[i])
        count = np.diff(begins, append=of.size)[:, None].astype(np.float32)
        mean *= np.minimum(1 / count, _ABOUT / count**2)
        return text, [mean @ matrix for matrix in self._about]

    def _chosen(self, line: Line) -> Places:
        """Where in ``line`` something may be found; the second layer is worked out there and as far as the third sees.

        After each layer a look at the vectors says which tokens are part of nothing, as most are: for them the next is not computed.
        """
        size, reach = line.wanted.size, _STEPS[1]
        near = np.flatnonzero(line.wanted & (line.first @ self._near > self._near_least))
        line.second[near] = vectors = self._layer(0, line, near)
        sure = near[vectors @ self._nearer > self._nearer_least]
        if not sure.size:
            return sure
        chosen = np.zeros(size, dtype=bool)
        # What stands beside a part of something, or between two, may be a part of it however little it looks like one.
        for away in range(-_AROUND, _AROUND + 1):
            chosen[sure + away] = True
        chosen &= line.wanted
        seen = chosen.copy()
        seen[reach:] |= chosen[:-reach]
        seen[:-reach] |= chosen[reach:]
        seen[near] = False
        more = np.flatnonzero(seen & (line.token >= 0))
        line.second[more] = self._layer(0, line, more)
        return np.flatnonzero(chosen)

    def _rather_people(self, scores: Floats, tag: npt.NDArray[np.int64]) -> None:
        """Take for a person what is likelier a place or a company, but may well be a person."""
        doubtful = np.flatnonzero(self._is_other[tag])
        if doubtful.size:
            of_people = scores[doubtful][:, self._person]
            people = of_people.sum(axis=1) > _RATHER
            tag[doubtful[people]] = np.array(self._person)[of_people[people].argmax(axis=1)]

    def _rather_names(self, scores: Floats, tag: npt.NDArray[np.int64], names: npt.NDArray[np.bool_]) -> None:
        """Take what has the capital of a name for one of a person if it is no likelier anything else that has names."""
        at = np.flatnonzero(names & (tag == 0))
        if at.size:
            some = scores[at]
            some[:, 0] *= _UNUSUAL
            some /= some.sum(axis=1)[:, None]
            tag[at] = some.argmax(axis=1)
            scores[at] = some

    def _lengthen(
        self, found: Tokens, index: Places, scores: Floats, tag: npt.NDArray[np.int64], sure: Floats
    ) -> None:
        """Make capitalised words that stand beside a name a part of it where that is at all likely."""
        person = self._is_person[tag]
        likely = scores[:, self._person].sum(axis=1)
        open_ = (tag == 0) & (likely > _BESIDE) & _CAPITAL[found.shape[index]]
        beside = np.zeros_like(person)
        # A blank stands between the two, and no line's end.
        after = (index[1:] == index[:-1] + 1) & (found.gap[index[1:]] == SPACED)
        beside[1:] |= open_[1:] & person[:-1] & after
        beside[:-1] |= open_[:-1] & person[1:] & after
        tag[beside] = self._person[1]
        sure[beside] = 0.5

    def _first_layer(self, row: Places, gap: Places) -> Floats:
        """The first layer over a line of types: what they and their neighbours add is looked up."""
        kinds = FIRST + 2
        around = gap * kinds
        around[1:] += gap[:-1] * (kinds * kinds)
        around[0] += (FIRST + 1) * (kinds * kinds)
        around[:-1] += gap[1:]
        around[-1] += FIRST + 1
        before, own, after = self._parts
        y: Floats = self._gaps.take(around, axis=0, mode="clip")
        y[1:] += before.take(row[:-1], axis=0, mode="clip")
        y += own.take(row, axis=0, mode="clip")
        y[:-1] += after.take(row[1:], axis=0, mode="clip")
        return self._not_negative(y)

    def _layer(self, number: int, line: Line, at: Places) -> Floats:
        """The second layer (0) or the third (1) at some places of a line."""
        (matrix, bias), step, width = self._convs[number], _STEPS[number], self._width
        y = line.second if number else line.first
        # Padding at both ends of a line is as wide as the steps.
        around = (at[:, None] + np.array([-step, 0, step])).ravel()
        seen = y.take(around, axis=0, mode="clip").reshape(at.size, 3 * width)
        new: Floats = seen @ matrix
        new += bias
        if line.about:
            new += line.about[number].take(line.text[at], axis=0, mode="clip")
        self._not_negative(new)
        new += seen[:, width : 2 * width]
        return new

    def _not_negative(self, y: Floats) -> Floats:
        # A table of noughts is compared with twice as fast as one nought.
        if self._noughts.shape[0] < y.shape[0]:
            self._noughts = np.zeros_like(y)
        return np.maximum(y, self._noughts[: y.shape[0]], out=y)


def _probe(weights: Any, name: str) -> tuple[Floats, float]:
    """The weights of a look at a layer's vectors and its threshold; weights without one have all tokens looked at."""
    if name not in weights:
        return np.zeros(weights["out"].shape[1], dtype=np.float32), -1.0
    return weights[name], float(weights[f"{name}_least"][0])


@cache
def _threads() -> ThreadpoolController:
    """Keeps the products of small matrices on one thread: several of them spend more time waiting for one another."""
    return ThreadpoolController()


@cache
def model() -> Model:
    """Return the model that comes with the package."""
    with resources.files(__package__).joinpath("weights.npz").open("rb") as file, np.load(file) as weights:
        return Model({name: weights[name] for name in weights.files})
