"""Small looks around a position, which never cross from one text of a context into the next."""

from __future__ import annotations

from hushdesk.redact._lazy import lazily

BREAK = "\x01"
"""Stands between the texts of one context; not whitespace to ``re``, so that no pattern crosses it."""

_UNSPACED = r"\u0e00-\u0e7f\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af"
UNSPACED = lazily(f"[{_UNSPACED}]")
"""A character of a script without blanks between words, or whose particles follow a value directly."""

WORD = rf"[^\W{_UNSPACED}]"
"""A letter or digit of a script with blanks between words; those of the others may touch a value on either side."""

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚА-ЯЁЂ-ЏҐЄІЇΑ-ΩΆΈ-Ώ"
"""Capitals with which names begin in Latin, Cyrillic and Greek script, for a class of an expression."""

FILLER = "\x1a"
"""Stands for what is already redacted."""


def before(text: str, at: int, width: int) -> str:
    """Return up to ``width`` characters before ``at``, from the same text and without earlier lines' ends."""
    piece = text[max(0, at - width) : at]
    cut = piece.rfind(BREAK)
    if cut < 0:
        return piece
    # The line end behind a break is the joint's, not the text's.
    return piece[cut + 2 :] if piece[cut + 1 : cut + 2] == "\n" else piece[cut + 1 :]


def after(text: str, at: int, width: int) -> str:
    """Return up to ``width`` characters from ``at`` on, from the same text."""
    piece = text[at : at + width]
    cut = piece.find(BREAK)
    return piece[:cut] if cut >= 0 else piece
