"""Small looks around a position, which never cross from one text of a context into the next."""

from __future__ import annotations

BREAK = "\x01"
"""Stands between the texts of one context; not whitespace to ``re``, so that no pattern crosses it."""

FILLER = "\x1a"
"""Stands for what is already redacted."""


def before(text: str, at: int, width: int) -> str:
    """Return up to ``width`` characters before ``at``, from the same text and without earlier lines' ends."""
    piece = text[max(0, at - width) : at]
    cut = piece.rfind(BREAK)
    return piece[cut + 1 :] if cut >= 0 else piece


def after(text: str, at: int, width: int) -> str:
    """Return up to ``width`` characters from ``at`` on, from the same text."""
    piece = text[at : at + width]
    cut = piece.find(BREAK)
    return piece[:cut] if cut >= 0 else piece
