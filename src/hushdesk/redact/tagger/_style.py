"""How a text uses capitals, and what a capital therefore says of a word.

In most languages words with capitals in the midst of a sentence are the name of something. In a language of which the
network knows little it takes many of them for ordinary words, since it has seen headlines too, and texts without any
capitals. So where a text has capitals in the usual way and two such words stand side by side, "nothing" is made less
likely. One word by itself may be a product or a place as well: there the network's doubt stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hushdesk.redact._words import words
from hushdesk.redact.tagger._tokens import SHAPES, SPACED, Hashes, Tokens, tokens

Mask = npt.NDArray[np.bool_]

_TELLING: Final = words(
    """
    und das nicht mit dem einen einem einer eine für zum zur wurde wird auch sich nach werden durch ich sie haben sind
    oder aber bitte ist auf bei vom beim als im wir habe hat war
    the and of with was that this you my have from are
    """
)
"""Frequent small words of German, which writes all its nouns with capitals, and of English, of which the network knows
enough to trust what it says."""
_FEWEST_TELLING: Final = 2
_LONGEST: Final = 3
"""So many words after the first are taken to be of one name."""
_COMMA: Final = ord(",")
_IS_CAPITALISED: Final = np.isin(np.arange(SHAPES), (2, 5))
_IS_SMALL: Final = np.isin(np.arange(SHAPES), (1, 7))
_IS_WORD: Final = _IS_CAPITALISED | _IS_SMALL
"""By shape."""
_SLOTS: Final = 1 << 12
_SLOT_MASK: Final = np.uint64(_SLOTS - 1)


@dataclass(frozen=True, slots=True)
class Telling:
    """Types of words, to be looked for among many."""

    types: Hashes
    slots: Mask
    """Which last bits any of them has: nearly all other types are told by these."""


def telling(classes: npt.NDArray[np.uint8], folds: npt.NDArray[np.uint16]) -> Telling:
    """Return the types of words by which texts are known whose capitals say nothing new.

    Args:
        classes: Class of each character.
        folds: Folded code of each.
    """
    types = np.unique(tokens(" ".join(_TELLING), classes, folds).type)
    slots = np.zeros(_SLOTS, dtype=bool)
    slots[types & _SLOT_MASK] = True
    return Telling(types, slots)


def unusual(found: Tokens, breaks: Mask, known: Telling) -> Mask:
    """Return which tokens have a capital that only a name has, beside another such one.

    Args:
        found: The tokens of some texts.
        breaks: Which of them part one text from the next.
        known: What :func:`telling` returned.
    """
    shape = found.shape
    out = np.zeros(shape.size, dtype=bool)
    capital = _IS_CAPITALISED[shape]
    capital &= found.gap == SPACED
    capital[:1] = False
    run = np.flatnonzero(capital)
    if not run.size:
        return out
    small = _IS_SMALL[shape]
    before = run - 1
    comma = found.folded[found.start[before]] == _COMMA
    # What stands before a comma is a word too; the first token has none before it.
    comma &= _IS_WORD[shape[np.maximum(before - 1, 0)]] & (before > 0)
    out[run] = small[before] | comma
    for _ in range(_LONGEST):
        out[run] |= out[before]
    out[run] &= (
        capital[before] & out[before] | np.append(out, False)[run + 1] & np.append(capital, False)[run + 1]
    )
    if not out.any():
        return out
    # One text at a time: how are most of its words written, and is it of a language of which enough is known?
    text = np.cumsum(breaks)
    many = int(text[-1]) + 1
    usual = np.bincount(text[out], minlength=many) <= np.bincount(text[small], minlength=many)
    maybe = np.flatnonzero(known.slots[found.type & _SLOT_MASK])
    telling_here = maybe[np.isin(found.type[maybe], known.types)]
    usual &= np.bincount(text[telling_here], minlength=many) < _FEWEST_TELLING
    return out & usual[text]
