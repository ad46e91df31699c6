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

from hushdesk.redact.tagger._features import rows
from hushdesk.redact.tagger._style import telling, unusual
from hushdesk.redact.tagger._tokens import FIRST, SPACED, Places, Tokens, tokens

Floats = npt.NDArray[np.float32]

BREAK: Final = "\x00"
"""Stands between the texts of a batch; what the network sees never crosses it."""

_SLOTS: Final = 1 << 19
_SLOT_BITS: Final = np.uint64(64 - 19)
_SLOT_MASK: Final = np.uint64(_SLOTS - 1)
_LEANING: Final = 0.0
"""How much the scales are tipped towards finding something: what is missed is worse than what is masked in vain."""
_BESIDE: Final = 0.04
_RATHER: Final = 0.2
_HALF: Final = 0.5
_UNUSUAL: Final = 0.3
"""What is left of the likelihood that a word is nothing if only a name has a capital there."""
_CAPITALISED: Final = np.array([2, 4, 5])
"""Shapes of words with a capital first."""
_KEPT: Final = 1 << 16
"""So many types are kept (75 MB); then all are forgotten."""
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
        self.classes: npt.NDArray[np.uint8] = weights["classes"]
        self.folds: npt.NDArray[np.uint16] = weights["folds"]
        self._telling = telling(self.classes, self.folds)
        self._table, self._scale = weights["table"], weights["scale"].astype(np.float32)
        self._hidden, self._hidden_bias = weights["hidden"], weights["hidden_bias"]
        self._out, self._out_bias = weights["out"], weights["out_bias"]
        self._tags, self._tags_bias = weights["tags"], weights["tags_bias"]
        self._gate, self._gate_bias = weights["gate"], float(weights["gate_bias"][0])
        self._pad = int(weights["pad"])
        self._width = width = self._out.shape[1]
        self._convs = [
            (
                *map(np.ascontiguousarray, weights[f"conv{i}"].reshape(3, width, width)),
                weights[f"conv{i}_bias"],
            )
            for i in (2, 3)
        ]
        first = weights["conv1"].reshape(3, width, width)
        self._first = np.ascontiguousarray(first.transpose(1, 0, 2).reshape(width, 3 * width))
        # What the gaps before a token and its two neighbours add; the last kind of gap is that of padding: nothing.
        gaps = np.concatenate([weights["gap"], np.zeros((1, width), dtype=np.float32)])
        left, middle, right = (gaps @ first[i] for i in range(3))
        self._gaps = (left[:, None, None] + middle[None, :, None] + right[None, None, :]).reshape(-1, width)
        self._gaps = (self._gaps + weights["conv1_bias"]).astype(np.float32)
        self._keys = np.zeros(_SLOTS, dtype=np.uint64)
        """The type that is kept at each slot, by the first bits of its hash."""
        self._places = np.zeros(_SLOTS, dtype=np.int64)
        """The row of that type."""
        self._parts = [np.zeros((1, width), dtype=np.float32) for _ in range(3)]
        """What a type adds to the token after it, to itself, and to the token before it; row 0 is padding."""
        self._gates = np.full(1, -np.inf, dtype=np.float32)
        self._used = 1
        self._lock = threading.Lock()

    def _compute(self, found: Tokens, which: Places, at: Places) -> None:
        """Work out the types of tokens ``which`` and keep them in rows ``at``."""
        feature_rows = rows(found, which)
        # Summed feature by feature: one gather of all would be eleven times as large.
        total = np.zeros((which.size, self._table.shape[1]), dtype=np.float32)
        for column in range(feature_rows.shape[1]):
            row = feature_rows[:, column]
            total += self._table[row] * self._scale[row, None]
        hidden = total @ self._hidden
        hidden += self._hidden_bias
        np.maximum(hidden, 0, out=hidden)
        vectors: Floats = hidden @ self._out
        vectors += self._out_bias
        self._gates[at] = vectors @ self._gate + self._gate_bias
        parts = vectors @ self._first
        for i, part in enumerate(self._parts):
            part[at] = parts[:, i * self._width : (i + 1) * self._width]

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
        if self._used > _KEPT:
            # What other batches left is forgotten; this batch is worked out anew.
            self._keys[:] = 0
            self._used = 1
            missing = np.arange(found.type.size)
        types, first, index = np.unique(found.type[missing], return_index=True, return_inverse=True)
        fresh = self._used + np.arange(types.size)
        self._used += types.size
        self._enlarge(self._used)
        which = missing[first]
        self._compute(found, which, fresh)
        first_choice = (types >> _SLOT_BITS).astype(np.int64)
        taken = self._keys[first_choice] != 0
        slot = np.where(taken, (types & _SLOT_MASK).astype(np.int64), first_choice)
        # Of types that want one slot the last one is kept; the others are used from their rows this once.
        self._keys[slot] = types
        self._places[slot] = fresh
        rows_of[missing] = fresh[index]
        return rows_of

    def _enlarge(self, rows_wanted: int) -> None:
        short = rows_wanted - self._gates.size
        if short > 0:
            short = max(short, self._gates.size // 2)
            self._gates = np.concatenate([self._gates, np.zeros(short, dtype=np.float32)])
            more_rows = np.zeros((short, self._width), dtype=np.float32)
            self._parts = [np.concatenate([part, more_rows]) for part in self._parts]

    def tagged(self, text: str) -> Tagged:
        """Return the tags of ``text``, which may be several texts with ``BREAK`` between them.

        Args:
            text: At most ``_tokens.CHUNK`` characters.
        """
        found = tokens(text, self.classes, self.folds)
        with self._lock, _threads().limit(limits=1, user_api="blas"):
            return self._tagged(found)

    def _tagged(self, found: Tokens) -> Tagged:
        breaks = found.folded[found.start] == 0
        found.gap[1:][breaks[:-1]] = FIRST
        solid = np.flatnonzero(~breaks)
        kept = self._rows(found)[solid]
        pad = self._pad
        # A break is worth as many tokens of nothing as the network sees to either side.
        place = (np.arange(found.start.size) + (pad - 1) * np.cumsum(breaks))[solid] + pad
        size = (int(place[-1]) if place.size else 0) + pad + 1
        row = np.zeros(size, dtype=np.int64)
        row[place] = kept
        real = np.zeros(size, dtype=bool)
        real[place] = True
        wanted = np.zeros_like(real)
        wanted[place] = self._gates[kept] > _GATE
        wanted[1:] |= wanted[:-1].copy()
        wanted[:-1] |= wanted[1:].copy()
        wanted &= real
        if not wanted.any():
            none = np.zeros(0, dtype=np.int64)
            return Tagged(none, none, none, none, np.zeros(0, dtype=np.float32))
        seen = np.flatnonzero(_widened(wanted, pad))
        row, real, wanted = row[seen], real[seen], wanted[seen]
        gap = np.full(size, FIRST + 1, dtype=np.int64)
        gap[place] = found.gap[solid]
        number = np.zeros(size, dtype=np.int64)
        number[place] = solid
        last = np.flatnonzero(wanted)
        index = number[seen[last]]
        scores = self._network(row, gap[seen], real)[last] @ self._tags
        scores += self._tags_bias
        scores[:, 0] -= _LEANING
        names = unusual(found, breaks, self._telling)[index]
        top = scores.max(axis=1)
        np.exp(scores - top[:, None], out=scores)
        scores /= scores.sum(axis=1)[:, None]
        tag = scores.argmax(axis=1)
        self._rather_names(scores, tag, names)
        self._rather_people(scores, tag)
        sure = scores[np.arange(tag.size), tag]
        # What may be a person or else a place is doubted less than what may be nothing.
        people = np.isin(tag, self._person)
        sure[people] = scores[people][:, self._person].sum(axis=1)
        sure[people] += _HALF * scores[people][:, self._others].sum(axis=1)
        self._lengthen(found, index, scores, tag, sure)
        return Tagged(found.start[index], found.end[index], index, tag, sure)

    def _rather_people(self, scores: Floats, tag: npt.NDArray[np.int64]) -> None:
        """Take for a person what is likelier a place or a company, but may well be a person."""
        doubtful = np.flatnonzero(np.isin(tag, self._others))
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
        person = np.isin(tag, self._person)
        likely = scores[:, self._person].sum(axis=1)
        open_ = (tag == 0) & (likely > _BESIDE) & np.isin(found.shape[index], _CAPITALISED)
        beside = np.zeros_like(person)
        # A blank stands between the two, and no line's end.
        after = (index[1:] == index[:-1] + 1) & (found.gap[index[1:]] == SPACED)
        beside[1:] |= open_[1:] & person[:-1] & after
        beside[:-1] |= open_[:-1] & person[1:] & after
        tag[beside] = self._person[1]
        sure[beside] = 0.5

    def _network(self, row: Places, gap: Places, real: npt.NDArray[np.bool_]) -> Floats:
        """The three layers over a line of types, padding included."""
        nothing = np.flatnonzero(~real)
        kinds = FIRST + 2
        around = gap * kinds
        around[1:] += gap[:-1] * (kinds * kinds)
        around[0] += (FIRST + 1) * (kinds * kinds)
        around[:-1] += gap[1:]
        around[-1] += FIRST + 1
        y: Floats = self._gaps[around]
        y[1:] += self._parts[0][row[:-1]]
        y += self._parts[1][row]
        y[:-1] += self._parts[2][row[1:]]
        np.maximum(y, 0, out=y)
        y[nothing] = 0
        for (left, middle, right, bias), step in zip(self._convs, (2, 4), strict=True):
            # One product for each place and none for a token beside its neighbours: nothing need be copied together.
            new = y @ middle
            new[step:] += y[:-step] @ left
            new[:-step] += y[step:] @ right
            new += bias
            np.maximum(new, 0, out=new)
            new += y
            new[nothing] = 0
            y = new
        return y


def _widened(mask: npt.NDArray[np.bool_], reach: int) -> npt.NDArray[np.bool_]:
    """The mask with ``reach`` places more to either side of each run."""
    change = np.zeros(mask.size + 2 * reach + 1, dtype=np.int32)
    at = np.flatnonzero(mask)
    change[at] += 1
    change[at + 2 * reach + 1] -= 1
    return np.cumsum(change)[reach : reach + mask.size] > 0


@cache
def _threads() -> ThreadpoolController:
    """Keeps the products of small matrices on one thread: several of them spend more time waiting for one another."""
    return ThreadpoolController()


@cache
def model() -> Model:
    """Return the model that comes with the package."""
    with resources.files(__package__).joinpath("weights.npz").open("rb") as file, np.load(file) as weights:
        return Model({name: weights[name] for name in weights.files})
