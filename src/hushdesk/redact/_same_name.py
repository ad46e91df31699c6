"""Whether two spellings may be the name of one person: order, case, accents, case endings, short forms, initials."""

from __future__ import annotations

from collections.abc import Callable

from hushdesk.redact._canonical import canonical
from hushdesk.redact._forms import ending, short_forms
from hushdesk.redact._types import Kind

_LEAST_WORD = 2
"""Letters of a word that must be known whole before an initial beside it counts."""
_LEAST_ROOT = 3
"""Letters of a name that takes an ending; in texts more are asked for, but here people choose among what is found."""
_VOWELS = frozenset("aeiouyаяоеийьοαη")


def name_fits(typed: str) -> Callable[[str], bool]:
    """Make a test of whether a name may be the one that was typed.

    Each word that was typed must have its own word in the name; the name may have more. It answers too much rather than too
    little: people are to choose among what it finds.

    Args:
        typed: A name in any spelling: without accents, surname first, declined, with a short form or an initial.

    Returns:
        A test for names; always false if nothing was typed.
    """
    form = canonical(Kind.PERSON, typed)
    words = form.split()
    squeezed = "".join(words)
    if not words or not any(len(word) >= _LEAST_WORD for word in words):
        # One letter of a script without blanks is a name; one of an alphabet is none.
        return lambda name: bool(squeezed) and not squeezed.isascii() and _squeezed(name) == squeezed

    def fits(name: str) -> bool:
        known = canonical(Kind.PERSON, name).split()
        # Scripts without blanks, and names that were written together.
        return "".join(known) == squeezed or _each(words, known)

    return fits


def _squeezed(name: str) -> str:
    return "".join(canonical(Kind.PERSON, name).split())


def _each(typed: list[str], known: list[str]) -> bool:
    """Whether each word that was typed has a word of its own; the longest choose first."""
    left = list(known)
    for word in sorted(typed, key=len, reverse=True):
        # The same word before a similar one, so that no initial takes what another word needs.
        found = word if word in left else next((one for one in left if _same(word, one)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _same(one: str, other: str) -> bool:
    if len(one) == 1 or len(other) == 1:
        # An initial; a sign of a script without capitals is a word.
        return one[0] == other[0] and one[0].upper() != one[0].lower()
    return (
        _declined(one, other)
        or _declined(other, one)
        or (_root(one) != "" and _root(one) == _root(other))
        or other in short_forms(one)
        or one in short_forms(other)
    )


def _declined(base: str, form: str) -> bool:
    """Whether a word is a name with a case ending behind it, or in the place of its last vowel."""
    if len(base) < _LEAST_ROOT:
        return False
    return any(
        root and form.startswith(root) and 0 < len(form) - len(root) == ending(form, len(root))
        for root in (base, _root(base))
    )


def _root(name: str) -> str:
    """A name without the vowel that its cases exchange; empty if it has none to lose."""
    return name[:-1] if len(name) >= _LEAST_ROOT and name[-1] in _VOWELS else ""
