"""Which views of a text matter, made only when something cheap says so."""

from __future__ import annotations

from collections.abc import Callable

from hushdesk.redact.views import _encoded, _spelled, _unicode
from hushdesk.redact.views._view import View

ENCODED_TRIGGERS = _encoded.TRIGGERS
SPELLED_TRIGGERS = _spelled.TRIGGERS
_ROUNDS = 3


def decoded(raw: View, *, encoded: bool) -> View:
    """Return ``raw`` without encodings and Unicode disguises; ``raw`` itself if there are none.

    Args:
        raw: The view to start from.
        encoded: Whether a trigger of an encoding fired in it.
    """
    view = raw
    for _ in range(_ROUNDS):
        before = view
        if encoded:
            view = view.edited(_encoded.edits(view.text))
        if not view.text.isascii():
            view = view.edited(_unicode.edits(view.text))
            view = view.edited(_unicode.look_alike_edits(view.text))
        if view is before:
            break
        encoded = True
    return view


def plain(view: View) -> View:
    """Return ``view`` with spelled, spaced and defanged addresses and numbers written plainly."""
    new = view.edited(_spelled.edits(view.text))
    if new is view:
        return view
    # Letters that were spaced may spell an address with its at and dot in words.
    return new.edited(_spelled.edits(new.text))


def views(text: str, fired: Callable[[str], tuple[bool, bool]]) -> list[View]:
    """Return the raw view of ``text`` and every other view that reads differently.

    Args:
        text: The text.
        fired: Tells of a text whether triggers of encodings and of spelled disguises fire in it.
    """
    raw = View(text)
    out = [raw]
    encoded, spelled = fired(text)
    if encoded or not text.isascii():
        clean = decoded(raw, encoded=encoded)
        if clean is not raw:
            out.append(clean)
            _, spelled_too = fired(clean.text)
            spelled = spelled or spelled_too
    if spelled:
        easy = plain(out[-1])
        if easy is not out[-1]:
            out.append(easy)
    return out
