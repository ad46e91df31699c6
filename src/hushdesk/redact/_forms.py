"""What people do to a name that is known: short forms, case endings, initials, user names made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from hushdesk.redact._fold import fold_in_place
from hushdesk.redact._lazy import lazily
from hushdesk.redact._nicknames import nicknames

LEAST = 5
"""A name of fewer letters takes no ending: too many other words begin like it."""

_ENDINGS = (
    "s|es|ens|ns|'s|a|e|u|y|i|o|em|om|ou|ovi|owi|ego|emu|ym|im|ej|oj|iej|ovej|ova|ove|ow|ov|ie|ii|iu|ia|ami|"
    "n|en|in|an|lle|lla|llä|lta|ssa|ssä|sta|stä|na|nä|ta|tä|han|hen|hin|un|yn|"
    "nak|nek|val|vel|ra|re|ban|ben|bol|tol|hoz|hez|ig|ert|rol|rel|ral|ot|et|at|"
    "'a|'e|'ya|'ye|'yi|'yı|'i|'ı|'u|'ü|'in|'ın|'un|'ün|'nin|'nın|'nun|'da|'de|'den|'dan|'ta|'te|'ten|'tan|'la|'le|"
    "а|у|ом|ем|е|ы|и|ой|ою|ей|ю|я|ым|ого|ому|ової|ову|ові|еві|ою|єю|ію|ові|"
    "ς|ν|ου|ο|α|η|"
)
_ENDING = lazily(
    rf"(?:{'|'.join(sorted(filter(None, map(fold_in_place, _ENDINGS.split('|'))), key=len, reverse=True))})(?![^\W_])"
)
_VOWELS = frozenset("aeiouyаяоеийьοαη")


def ending(folded: str, at: int) -> int:
    """Return how long the case ending at ``at`` is that a name before it may carry; 0 if none stands there."""
    match = _ENDING.match(folded, at)
    return match.end() - at if match is not None else 0


def stem(token: str) -> str:
    """Return a name without the vowel that its cases exchange ("Anna", "Anny", "Annou"); empty if it has none to lose."""
    return token[:-1] if len(token) >= LEAST and token[-1] in _VOWELS else ""


@lru_cache(maxsize=1 << 12)
def short_forms(given: str) -> tuple[str, ...]:
    """Return the usual short or full forms of a given name, folded, of three letters and more."""
    return tuple(sorted(name for name in nicknames(given) if len(name) > 2))


def user_names(tokens: Sequence[str]) -> Iterator[str]:
    """Yield the user names that people usually get from a name of two words or more, folded.

    Args:
        tokens: The words of the name, folded, given name first.
    """
    if len(tokens) < 2:
        return
    given, family = tokens[0], tokens[-1]
    if not (given.isascii() and given.isalpha() and family.isascii() and family.isalpha()) or len(family) < 3:
        return
    for form in (given[0] + family, family + given[0], f"{given[0]}.{family}", f"{given}{family[0]}"):
        if len(form) >= LEAST:
            yield form
    for joint in "._-":
        yield f"{given}{joint}{family}"
        yield f"{family}{joint}{given}"
