"""The piece of text that a result row shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

LENGTH: Final = 240
_BEFORE: Final = 60
# Beyond this a text is searched by case only: mapping each character of a huge text is too slow.
_MAPPED: Final = 20_000
_SPACES = re.compile(r"\s+")


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and for each of its characters the place it came from."""
    out: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for part in unicodedata.normalize("NFKD", char).casefold():
            if not unicodedata.combining(part):
                out.append(part)
                places.append(place)
    return "".join(out), places


def _find(text: str, terms: Sequence[str]) -> int | None:
    """Where the first of the terms begins in the text."""
    lowered = text.casefold()
    if len(lowered) == len(text):
        found = [at for term in terms if (at := lowered.find(term.casefold())) >= 0]
        if found:
            return min(found)
    if text.isascii():
        # Words of a phrase may be parted by other signs in the text.
        hits = [m.start() for term in terms if (m := _loose(term).search(lowered))]
        return min(hits, default=None)
    folded, places = _folded(text[:_MAPPED])
    hits = [places[m.start()] for term in terms if (m := _loose(_folded(term)[0]).search(folded))]
    return min(hits, default=None)


def _loose(term: str) -> re.Pattern[str]:
    words = re.findall(r"\w+", term.casefold())
    return re.compile(r"\W+".join(re.escape(word) for word in words) if words else r"(?!)")


def snippet(texts: Iterable[str], terms: Sequence[str]) -> str:
    """Up to 240 characters around the first match, or the start of the first text with something in it.

    Args:
        texts: In the order in which a match should be looked for.
        terms: Words and phrases as the query has them.
    """
    start = ""
    for text in texts:
        if not text:
            continue
        start = start or text
        if not terms:
            break
        at = _find(text, terms)
        if at is not None:
            return _cut(text, at)
    return _cut(start, 0)


def _cut(text: str, at: int) -> str:
    begin = max(0, at - _BEFORE)
    if begin:
        # Not in the middle of a word, where words have spaces.
        space = text.find(" ", begin, at)
        begin = space + 1 if space >= 0 else begin
    piece = _SPACES.sub(" ", text[begin : begin + 2 * LENGTH]).strip()
    head = "… " if begin else ""
    room = LENGTH - len(head)
    if len(piece) <= room and begin + 2 * LENGTH >= len(text):
        return head + piece
    room -= 2
    cut = piece[:room]
    space = cut.rfind(" ")
    return head + (cut[:space] if space > room // 2 else cut).rstrip() + " …"
