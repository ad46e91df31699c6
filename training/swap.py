"""Other words in the place of those of a text, while it is learned from: no two passes see the same text.

A name may be any other name and an ordinary word any other one, with a capital or without, of whatever language: then capitals, endings and
neighbours must do. So words of which no text is there are met in texts as well.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from data import CYRILLIC, LATIN, Arrays, shapes
from lexicon import GIVEN, WORD, Lexicon
from torch import Tensor

NAMES, CAPITALS, SMALL = 0.15, 0.12, 0.04
"""Shares that are exchanged: of names, of words with a capital, of words without one."""
_CAPITAL, _SMALL = 2, 1
"""Shapes of words (``hushdesk.redact.tagger._tokens``)."""
_PERSON = (1, 2)


class Stream(NamedTuple):
    """The tokens of one epoch on the device that trains."""

    type: Tensor
    gap: Tensor
    tag: Tensor
    rows: Tensor
    script: Tensor
    """Of each type."""
    shape: Tensor


def stream(data: Arrays, device: str) -> Stream:
    """Bring ``data`` to ``device``."""
    rows = torch.from_numpy(data.rows).to(device)
    return Stream(
        torch.from_numpy(data.type).to(device),
        torch.from_numpy(data.gap).to(device),
        torch.from_numpy(data.tag).to(device),
        rows,
        torch.from_numpy(data.script).to(device),
        shapes(rows),
    )


class Swap:
    """What may stand in the place of what."""

    def __init__(self, words: Lexicon, times: float, device: str) -> None:
        rows = torch.from_numpy(words.rows)
        sure = torch.from_numpy(words.sure)
        script = torch.from_numpy(words.script)
        shape = shapes(rows)
        self._share = times * NAMES
        names = (sure == GIVEN) & (shape == _CAPITAL) & (script == LATIN)
        self._names = rows[names].to(device)
        self._words = [
            (at, form, times * share, rows[(sure == WORD) & (shape == form) & (script == at)].to(device))
            for at in (LATIN, CYRILLIC)
            for form, share in ((_CAPITAL, CAPITALS), (_SMALL, SMALL))
        ]

    def __call__(self, rows: Tensor, tag: Tensor, script: Tensor, shape: Tensor) -> Tensor:
        """Return ``rows`` (n, FEATURES) with some exchanged; the other arguments have one entry a token."""
        chance = torch.rand(rows.shape[0], device=rows.device)
        person = (tag == _PERSON[0]) | (tag == _PERSON[1])
        # Names of other scripts are declined: a bare one in their place would be wrong.
        rows = self._put(
            rows, person & (script == LATIN) & (shape == _CAPITAL) & (chance < self._share), self._names
        )
        for at, form, share, pool in self._words:
            rows = self._put(rows, (tag == 0) & (script == at) & (shape == form) & (chance < share), pool)
        return rows

    @staticmethod
    def _put(rows: Tensor, where: Tensor, pool: Tensor) -> Tensor:
        if not len(pool):
            return rows
        other = torch.randint(len(pool), (rows.shape[0],), device=rows.device)
        return torch.where(where[:, None], pool[other], rows)
