"""The trained network, read once, and what it says of the tokens of a batch of texts."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hushdesk.redact.tagger._features import rows
from hushdesk.redact.tagger._tokens import FIRST, Places, Tokens, tokens

Floats = npt.NDArray[np.float32]

BREAK: Final = "\x00"
"""Stands between the texts of a batch; what the network sees never crosses it."""

_SLOTS: Final = 1 << 16
_SLOT_BITS: Final = np.uint64(64 - 16)
_GATE: Final = -6.0
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
        self.classes: npt.NDArray[np.uint8] = weights["classes"]
        self.folds: npt.NDArray[np.uint16] = weights["folds"]
        self._table, self._scale = weights["table"], weights["scale"].astype(np.float32)
        self._hidden, self._hidden_bias = weights["hidden"], weights["hidden_bias"]
        self._out, self._out_bias = weights["out"], weights["out_bias"]
        self._convs = [(weights[f"conv{i}"], weights[f"conv{i}_bias"]) for i in (2, 3)]
        self._tags, self._tags_bias = weights["tags"], weights["tags_bias"]
        self._gate, self._gate_bias = weights["gate"], float(weights["gate_bias"][0])
        self._pad = int(weights["pad"])
        self._width = width = self._out.shape[1]
        first = weights["conv1"].reshape(3, width, width)
        self._first = np.ascontiguousarray(first.transpose(1, 0, 2).reshape(width, 3 * width))
        # What the gaps before a token and its two neighbours add; the last kind of gap is that of padding: nothing.
        gaps = np.concatenate([weights["gap"], np.zeros((1, width), dtype=np.float32)])
        left, middle, right = (gaps @ first[i] for i in range(3))
        self._gaps = (left[:, None, None] + middle[None, :, None] + right[None, None, :]).reshape(-1, width)
        self._gaps = (self._gaps + weights["conv1_bias"]).astype(np.float32)
        self._keys = np.zeros(_SLOTS, dtype=np.uint64)
        rows_kept = _SLOTS + 1
        self._parts = [np.zeros((rows_kept, width), dtype=np.float32) for _ in range(3)]
        """What a type adds to the token after it, to itself, and to the token before it; the last row is padding."""
        self._gates = np.zeros(rows_kept, dtype=np.float32)
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
        if not missing.size:
            return slots
        _, first = np.unique(found.type[missing], return_index=True)
        which = missing[first]
        # Of two new types that want one slot the later one gets it.
        self._keys[slots[which]] = found.type[which]
        won = which[self._keys[slots[which]] == found.type[which]]
        self._compute(found, won, slots[won])
        lost = np.flatnonzero(self._keys[slots] != found.type)
        if lost.size:
            # A type that lost its slot in this very batch is used from a row of its own, and not kept.
            types, first, index = np.unique(found.type[lost], return_index=True, return_inverse=True)
            self._enlarge(types.size)
            self._compute(found, lost[first], _SLOTS + 1 + np.arange(types.size))
            slots[lost] = _SLOTS + 1 + index
        return slots

    def _enlarge(self, more: int) -> None:
        short = _SLOTS + 1 + more - self._gates.size
        if short > 0:
            self._gates = np.concatenate([self._gates, np.zeros(short, dtype=np.float32)])
            more_rows = np.zeros((short, self._width), dtype=np.float32)
            self._parts = [np.concatenate([part, more_rows]) for part in self._parts]

    def tagged(self, text: str) -> Tagged:
        """Return the tags of ``text``, which may be several texts with ``BREAK`` between them.

        Args:
            text: At most ``_tokens.CHUNK`` characters.
        """
        found = tokens(text, self.classes, self.folds)
        with self._lock:
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
        row = np.full(size, _SLOTS, dtype=np.int64)
        row[place] = kept
        real = np.zeros(size, dtype=bool)
        real[place] = True
        wanted = np.zeros_like(real)
        wanted[place] = self._gates[kept] > _GATE
        wanted[1:] |= wanted[:-1].copy()
        wanted[:-1] |= wanted[1:].copy()
        wanted &= real
        last = np.flatnonzero(wanted)
        if not last.size:
            none = np.zeros(0, dtype=np.int64)
            return Tagged(none, none, none, none, np.zeros(0, dtype=np.float32))
        second = _reached(last, 4, real)
        at = _reached(second, 2, real)
        gap = np.full(size, FIRST + 1, dtype=np.int64)
        gap[place] = found.gap[solid]
        kinds = FIRST + 2
        y = np.zeros((size, self._width), dtype=np.float32)
        got = self._gaps[(gap[at - 1] * kinds + gap[at]) * kinds + gap[at + 1]]
        got += self._parts[0][row[at - 1]]
        got += self._parts[1][row[at]]
        got += self._parts[2][row[at + 1]]
        y[at] = np.maximum(got, 0, out=got)
        y = self._conv(0, y, second, 2)
        y = self._conv(1, y, last, 4)
        scores = y[last] @ self._tags
        scores += self._tags_bias
        tag = scores.argmax(axis=1)
        top = scores.max(axis=1)
        np.exp(scores - top[:, None], out=scores)
        number = np.zeros(size, dtype=np.int64)
        number[place] = solid
        index = number[last]
        return Tagged(found.start[index], found.end[index], index, tag, 1 / scores.sum(axis=1))

    def _conv(self, layer: int, x: Floats, at: Places, step: int) -> Floats:
        """One layer at the places ``at``; all other places of the answer are nothing."""
        weight, bias = self._convs[layer]
        width = self._width
        near = np.empty((at.size, 3 * width), dtype=np.float32)
        near[:, :width] = x[at - step]
        near[:, width : 2 * width] = x[at]
        near[:, 2 * width :] = x[at + step]
        got = near @ weight
        got += bias
        np.maximum(got, 0, out=got)
        got += near[:, width : 2 * width]
        out = np.zeros_like(x)
        out[at] = got
        return out


def _reached(at: Places, step: int, real: npt.NDArray[np.bool_]) -> Places:
    """Places ``at`` and those a step to either side, as far as there are tokens."""
    mask = np.zeros_like(real)
    mask[at] = True
    mask[at - step] = True
    mask[at + step] = True
    mask &= real
    return np.flatnonzero(mask)


@cache
def model() -> Model:
    """Return the model that comes with the package."""
    with resources.files(__package__).joinpath("weights.npz").open("rb") as file, np.load(file) as weights:
        return Model({name: weights[name] for name in weights.files})
