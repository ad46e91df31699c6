"""Which views of a text matter, made only when something cheap says so."""

from __future__ import annotations

from collections.abc import Callable

from hushdesk.redact.views import _cardinals, _encoded, _mistyped, _spelled, _unicode
from hushdesk.redact.views._view import View
from hushdesk.redact.views._windows import Spots

TRIGGERS: dict[str, tuple[str, ...]] = {
    **_encoded.TRIGGERS,
    **_spelled.TRIGGERS,
    **_cardinals.TRIGGERS,
    **_mistyped.TRIGGERS,
}
"""Expressions whose matches say that a view may read differently, by what they point at."""

_ROUNDS = 3


def decoded(raw: View, spots: Callable[[str], Spots], *, odd: bool = True) -> View:
    """Return ``raw`` without encodings and Unicode disguises; ``raw`` itself if there are none.

    Args:
        raw: The view to start from.
        spots: Tells where triggers fire in a text.
        odd: Whether it has odd characters; what was encoded may have some in any case.
    """
    view = raw
    for _ in range(_ROUNDS):
        before = view
        view = view.edited(_encoded.edits(view.text, spots(view.text)))
        if (odd or view is not before) and not view.text.isascii():
            view = _unicode.undisguised(view)
        if view is before:
            break
    return view


def plain(view: View, spots: Callable[[str], Spots]) -> View:
    """Return ``view`` with spelled, spaced and defanged addresses and numbers written plainly."""
    # Letters that were spaced may spell an address with its at and dot in words, hence the second round.
    for _ in range(2):
        before = view
        found = spots(view.text)
        edits = [*_spelled.edits(view.text, found), *_mistyped.edits(view.text, found)]
        cardinals, kana = found.get("cardinals", ()), found.get("kana", ())
        if cardinals or kana:
            edits.extend(_cardinals.edits(view.text, cardinals, kana))
        view = view.edited(edits)
        if view is before:
            break
    return view


def views(text: str, spots: Callable[[str], Spots], *, odd: bool = True) -> list[View]:
    """Return every view of ``text`` that reads differently from it, the plainest last.

    Args:
        text: The text.
        spots: Tells where triggers fire in a text; called again for what decoding yields.
        odd: Whether the text has odd characters, as :func:`oddities` tells.
    """
    raw = View(text)
    out = []
    clean = decoded(raw, spots, odd=odd)
    if clean is not raw:
        out.append(clean)
    easy = plain(clean, spots)
    if easy is not clean:
        out.append(easy)
    return out
