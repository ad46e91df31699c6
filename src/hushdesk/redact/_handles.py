"""User names that are made of a person's name and some digits: "jdoe42", "doej7", "jane.doe3"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hushdesk.redact._fold import fold
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind

_CANDIDATE = lazily(r"(?<![\w.@/\-])(?P<stem>[A-Za-z]{5,24})[._\-]?\d{1,4}(?!\w)(?![@/\-]|\.\w)", re.ASCII)
_DIGITS = lazily(r"[0-9]+")
_SIGNS = frozenset("._-")
_LATIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_SHORTEST, _LONGEST = 5, 24
_MIN = 4
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "ß": "ss", "æ": "ae"})


def _surnames(names: Iterable[str]) -> tuple[str, ...]:
    out: dict[str, None] = {}
    for name in names:
        for form in (fold(name), fold(name.casefold().translate(_UMLAUTS))):
            for part in re.split(r"[^a-z]+", form):
                if len(part) >= _MIN:
                    out[part] = None
    return tuple(out)


def handles(blob: str, names: Iterable[str]) -> Iterator[Finding]:
    """Yield the user names in ``blob`` that were made from one of ``names``.

    Args:
        blob: The texts of one context.
        names: Names of people, as written.
    """
    if not (candidates := list(_candidates(blob))):
        return
    parts = _surnames(names)
    for match in candidates:
        stem = match["stem"].lower()
        if any(_made_of(stem, part) for part in parts):
            yield Finding(
                match.start(),
                match.end(),
                Kind.USERNAME,
                0.8,
                "user-of-name",
                match.group().lower(),
                "made of a name in this context and digits",
            )


def _candidates(blob: str) -> Iterator[re.Match[str]]:
    """Yield letters with up to four digits behind them; looked for from the digits, of which there are fewer."""
    for digits in _DIGITS.finditer(blob):
        start = end = digits.start()
        if blob[end - 1 : end] in _SIGNS:
            start = end = end - 1
        while start > 0 and end - start <= _LONGEST and blob[start - 1] in _LATIN:
            start -= 1
        if end - start >= _SHORTEST and (match := _CANDIDATE.match(blob, start)) is not None:
            yield match


def _made_of(stem: str, part: str) -> bool:
    """Tell whether ``stem`` is a name, or its beginning, with up to two initials before or after it."""
    for initials in range(3):
        rest = stem[initials:]
        if len(rest) >= _MIN and part.startswith(rest):
            return True
        if len(stem) - initials >= _MIN and stem[: len(stem) - initials] == part:
            return True
    return False
