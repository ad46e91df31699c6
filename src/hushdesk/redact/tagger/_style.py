"""How a text uses capitals, and what a capital therefore says of a word.

In most languages words with capitals in the midst of a sentence are the name of something. In a language of which the
network knows little it takes many of them for ordinary words, since it has seen headlines too, and texts without any
capitals. So where a text has capitals in the usual way and two such words stand side by side, "nothing" is made less
likely. One word by itself may be a product or a place as well: there the network's doubt stays what it is.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from hushdesk.redact._words import words
from hushdesk.redact.tagger._tokens import SPACED, Hashes, Tokens, tokens

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
_CAPITALISED: Final = (2, 5)
_SMALL: Final = (1, 7)
"""Shapes of words."""


def telling(classes: npt.NDArray[np.uint8], folds: npt.NDArray[np.uint16]) -> Hashes:
    """Return the types of words by which texts are known whose capitals say nothing new.

    Args:
        classes: Class of each character.
        folds: Folded code of each.
    """
    return np.unique(tokens(" ".join(_TELLING), classes, folds).type)


def unusual(found: Tokens, breaks: Mask, known: Hashes) -> Mask:
    """Return which tokens have a capital that only a name has, beside another such one.

    Args:
        found: The tokens of some texts.
        breaks: Which of them part one text from the next.
        known: What :func:`telling` returned.
    """
    shape = found.shape
    capital = np.isin(shape, _CAPITALISED)
    small = np.isin(shape, _SMALL)
    out = np.zeros(shape.size, dtype=bool)
    run = capital.copy()
    run[:1] = False
    run[1:] &= found.gap[1:] == SPACED
    if not run.any():
        return out
    goes_on = small.copy()
    goes_on[1:] |= (found.folded[found.start[1:]] == _COMMA) & (small | capital)[:-1]
    out[1:] = run[1:] & goes_on[:-1]
    for _ in range(_LONGEST):
        out[1:] |= run[1:] & out[:-1]
    # One text at a time: how are most of its words written, and is it of a language of which enough is known?
    text = np.cumsum(breaks)
    many = int(text[-1]) + 1
    usual = np.bincount(text[out], minlength=many) <= np.bincount(text[small], minlength=many)
    usual &= np.bincount(text[np.isin(found.type, known)], minlength=many) < _FEWEST_TELLING
    out &= usual[text]
    beside = run[1:] & out[:-1]
    out[1:] &= beside | np.append(beside[1:], False)
    return out
