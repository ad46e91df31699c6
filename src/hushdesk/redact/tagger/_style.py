"""How a text uses capitals, and what a capital therefore says of a word.

In most languages a word with a capital in the midst of a sentence is a name of something. In a language that the
network knows little of it takes many such words for ordinary ones, since it has seen texts without capitals and
headlines full of them. So where a text has capitals in the usual way, "nothing" is made less likely for these words.
"""

from __future__ import annotations

import os
from typing import Final

import numpy as np
import numpy.typing as npt

from hushdesk.redact._words import words
from hushdesk.redact.tagger._tokens import SPACED, Hashes, Tokens, tokens

Mask = npt.NDArray[np.bool_]

UNUSUAL: Final = float(os.environ.get("HD_DELTA", "1.0"))
_TELLING: Final = words(
    """
    und das nicht mit dem einen einem einer eine für zum zur wurde wird auch sich nach werden durch ich sie haben sind
    oder aber bitte ist auf bei vom beim als im wir habe hat war
    the and of with was that this you my have from are
    """
)
"""Frequent small words of German, which writes all its nouns with capitals, and of English, of which the network knows
enough to trust what it says."""


def telling(classes: npt.NDArray[np.uint8], folds: npt.NDArray[np.uint16]) -> Hashes:
    """Return the types of words by which texts are known whose capitals say nothing.

    Args:
        classes: Class of each character.
        folds: Folded code of each.
    """
    return np.unique(tokens(" ".join(_TELLING), classes, folds).type)


def unusual(found: Tokens, breaks: Mask, telling: Hashes) -> Mask:
    """Return which tokens have a capital that only a name has.

    Args:
        found: The tokens of some texts.
        breaks: Which of them part one text from the next.
        telling: Types of words whose texts say nothing by their capitals.
    """
    shape = found.shape
    capital = (shape == 2) | (shape == 5)
    lower = (shape == 1) | (shape == 7)
    size = shape.size
    out = np.zeros(size, dtype=bool)
    if size < 2:
        return out
    comma = np.zeros(size, dtype=bool)
    comma[1:] = (found.folded[found.start[1:]] == 0x2C) & (shape[1:] == 40) & (lower | capital)[:-1]
    run = capital.copy()
    run[0] = False
    run[1:] &= found.gap[1:] == SPACED
    out[1:] = run[1:] & (lower | comma)[:-1]
    for _ in range(3):
        out[1:] |= run[1:] & out[:-1]
    # One text at a time: how many of its words are written so?
    text = np.cumsum(breaks)
    many = int(text[-1]) + 1
    small = np.bincount(text[lower], minlength=many)
    great = np.bincount(text[out], minlength=many)
    known = np.bincount(text[np.isin(found.type, telling)], minlength=many)
    usual = (great <= small) & (known < 2)
    return out & usual[text]
