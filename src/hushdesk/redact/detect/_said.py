"""Values as they are said: letters and figures one by one, and the little words that people put before an answer.

What a speech recogniser writes of "C, B, twenty three, eight, P for papa" has neither capitals nor signs. Here such
runs are read as the characters that they stand for; what they are is for the detectors to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hushdesk.redact._lazy import lazily
from hushdesk.redact._words import words
from hushdesk.redact.detect._text import BREAK
from hushdesk.redact.views._cardinals import figures, is_number

_PIECE = lazily(r"[ \t\xa0]{0,2}(?:[,.;:\-–—…]{1,3}[ \t\xa0]{0,2})?(?P<w>\d+|[^\W\d_]+(?:['’][^\W\d_]+)*)")
_AS = lazily(
    r"(?i)[ ]{0,2},?[ ]{0,2}(?:for|as[ ]in|as|like|wie|comme|de|como|come|van|als|jak|som|pour)[ ](?P<w>x[ -]?ray|[^\W\d_]{2,14})"
)
_TWICE = frozenset(
    words("double doppel doppelt doppeltes zweimal doble doppia doppio dubbel dubbele podwójne dobrado duplo")
)
_THRICE = frozenset(words("triple treble dreimal triplo tripla driemaal potrójne"))
_CASE = frozenset(
    words(
        """
    capital uppercase lowercase big small little großes grosses groß gross kleines klein majuscule minuscule mayúscula mayuscula minúscula maiuscola maiuscolo minuscola hoofdletter kleine duże wielkie małe maiúscula letter
    """
    )
)
"""How the letter is written that follows."""
_SIGNS = frozenset(
    words(
        """
    dash hyphen minus apostrophe space umlaut bindestrich leerzeichen tiret apostrophe espace accent aigu grave tréma trema cédille guion guión tilde espacio trattino apostrofo spazio streepje koppelteken spatie myślnik
    spacja hífen then and dann und et puis luego y poi en dan potem
    """
    )
)
"""What is said between letters and is none; never the last of them."""
_ALPHABET = {
    word: word[0]
    for word in words(
        """
    alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu
    anton berta cäsar caesar dora emil friedrich gustav heinrich ida julius kaufmann ludwig martha nordpol otto paula quelle richard siegfried samuel theodor ulrich viktor wilhelm xanthippe ypsilon zeppelin zacharias
    anatole berthe célestin désiré eugène gaston henri irma joseph marcel nicolas oscar raoul suzanne thérèse ursule xavier yvonne zoé
    """
    )
}
"""Words that stand for their first letter, where a run has begun or a cue says that something is spelled."""
_ZERO = frozenset(("oh", "ou"))
_MOST = 40
"""Characters of one run; nobody spells longer ones."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One letter, or one word or group of figures for a number, of a run that somebody says."""

    value: str = field(repr=False)
    """A small letter, the same one twice for a double one; figures; or a word for a number."""
    start: int
    end: int

    @property
    def is_letter(self) -> bool:
        """Whether it is a letter and no number."""
        return self.value.isalpha() and self.value == self.value[0] * len(self.value)


def read(
    text: str, at: int, *, stop: int | None = None, told: bool = False, pairs: bool = False
) -> list[Piece]:
    """Return the letters and numbers that are said one after another from ``at`` on, within a line.

    Args:
        text: The text.
        at: Where the first of them may begin, or the blanks before it.
        stop: Where to stop.
        told: Whether a cue stands before: only then words of a spelling alphabet are letters from the first one on.
        pairs: Whether two letters may be written together, as post codes begin and end with them.
    """
    out: list[Piece] = []
    stop = len(text) if stop is None else min(stop, len(text))
    times, begin, joint = 1, -1, False
    while len(out) < _MOST and (match := _PIECE.match(text, at, stop)) is not None:
        word = match["w"].lower()
        start, at = match.span("w")
        if text[at : at + 1] in _GLUE or (word.isdecimal() and text[start - 1 : start] in _POINTS):
            break
        begin = begin if begin >= 0 else start
        if word in _TWICE or word in _THRICE:
            times = 2 if word in _TWICE else 3
            continue
        if word in _CASE:
            continue
        if pairs and len(word) == 2 and word.isalpha() and word not in _ZERO:
            out.extend((Piece(word[0], begin, at - 1), Piece(word[1], at - 1, at)))
            begin, joint = -1, False
            continue
        value = _value(text, match, stop, out, told=told)
        if value is None:
            if word not in _SIGNS or not out or joint:
                break
            joint, begin = True, -1
            continue
        if len(word) == 1 and (more := _AS.match(text, at, stop)) is not None and _stands(more["w"], word):
            at = more.end()
        if len(value) == 1:
            out.append(Piece(value * times, begin, at))
        else:
            out.extend([Piece(value, begin, at)] * times)
        times, begin, joint = 1, -1, False
    return out


_GLUE = frozenset("_@/'’\\")
_POINTS = frozenset(".,:")


def _stands(word: str, letter: str) -> bool:
    return word[0].lower() == letter or word.lower() in _ALPHABET


def _value(text: str, match: re.Match[str], stop: int, out: list[Piece], *, told: bool) -> str | None:
    """What a word stands for: a letter, figures, or itself if it is a word for a number."""
    word = match["w"].lower()
    if word.isdecimal():
        return word if len(word) <= _GROUP else None
    if len(word) == 1:
        return word if word.isalpha() else None
    if is_number(word):
        return word
    if word in _ZERO:
        return "zero"
    if word in _ALPHABET and (told or out):
        return _ALPHABET[word]
    # "un", "uno", "ein": an article, unless words for numbers of its language are beside it.
    if len(word) < _ARTICLE:
        if out and is_number(out[-1].value):
            return word if figures([out[-1].value, word]) else None
        following = _PIECE.match(text, match.end(), stop)
        if following is not None and is_number(other := following["w"].lower()):
            return word if figures([word, other]) else None
    return None


_GROUP, _ARTICLE = 6, 4


def characters(pieces: Sequence[Piece]) -> str:
    """Return what pieces stand for: small letters, and figures."""
    out: list[str] = []
    numbers: list[str] = []
    for piece in pieces:
        if piece.is_letter:
            out.append(_figures(numbers))
            numbers = []
            out.append(piece.value)
        else:
            numbers.append(piece.value)
    return "".join((*out, _figures(numbers)))


def _figures(numbers: list[str]) -> str:
    if not numbers:
        return ""
    return figures(numbers) or "".join(figures([number]) for number in numbers)


FILL = frozenset(
    words(
        """
    yes yeah yep yup sure ok okay um uh er erm ah well so right hi hello please thanks thank you and my the is it its it's it’s that that's that’s this would it'll be will was are number code date birth for me sir madam can could may i just to confirm have
    your what what's whats tell give of in on at with no problem course of certainly let see ref id also our his her as follows full current
    ja klar gern gerne natürlich also äh ähm mein meine meinen das ist lautet die der den am es wäre bitte danke ihr ihre ihren ihrer nummer nennen sie mir noch und für wie war
    oui alors euh mon ma le la c'est c’est est bien sûr s'il s’il vous plaît plait votre je suis merci donc d'accord d’accord numéro ce sera et
    sí si claro es el mi su pues eh por favor gracias nací día número sería dígame
    sì certo è il mio mia allora sono nato nata grazie per prego numero suo sua
    natuurlijk mijn het de dat alstublieft uw dank nummer op
    roku tak oczywiście to jest mój moja moje pan pani proszę dziękuję numer
    sim é o a meu minha obrigado obrigada sua seu
    """
    )
)
"""Words that people put before an answer, or that a question still has behind what it asks for."""
_STEP = lazily(r"[ \t\xa0]{0,2}(?:[,.;:=?!\-–—…]{1,3}[ \t\xa0]{0,2})?(?P<w>[^\W\d_]+(?:['’][^\W\d_]+)*)")
_REST = 100
"""Characters that a question may still have behind what it asks for."""
LABEL = lazily(
    r"[ \t>*\-]{0,4}(?:[\[(]?\d\d?:\d\d(?::\d\d)?[\])]?[ ]{1,2})?(?:[^\W\d_]{1,16}(?:[ ][^\W_]{1,10})?[ ]?:[ ]{1,2})?"
)
"""Who speaks, and when."""
_STEPS, _LETTERS = 16, 2
_SETTLED = lazily(r"[ \t]{0,2}(?:[,.;!?\r\n\x01]|\Z|[\-–—][ ])|[ ](?P<w>[^\W\d_]+(?:['’][^\W\d_]+)*)")
_IS = frozenset(("'s", "’s"))
Accept = Callable[[str, int], "tuple[int, int] | None"]
"""Says from where to where the value goes that begins at an offset, or behind the blanks there; nothing if there is none."""


def answers(text: str, end: int, accept: Accept) -> tuple[int, int] | None:
    """Return the span of the answer to what a cue asks for or says: behind it, or at the beginning of the next line.

    Args:
        text: The text.
        end: Where the cue ends.
        accept: Says whether a value begins at an offset.
    """
    at, next_line, letters = end + 2 * (text[end : end + 2] in _IS), False, 0
    for _ in range(_STEPS):
        step = _STEP.match(text, at)
        word = step["w"].lower() if step is not None else ""
        if step is not None and (len(word) > 1 or not word.isascii()) and word in FILL:
            at = step.end()
            continue
        if (span := accept(text, at)) is not None:
            return span if not next_line or _settled(text, span[1]) else None
        if step is not None and len(word) == 1 and letters < _LETTERS:
            at = step.end()
            letters += 1
            continue
        if next_line:
            return None
        line = text.find("\n", at, at + _REST)
        if line < 0 or BREAK in text[at : line + 2]:
            return None
        label = LABEL.match(text, line + 1)
        at, next_line = (line + 1 if label is None else label.end()), True
    return None


def _settled(text: str, end: int) -> bool:
    """Tell whether nothing goes on behind an answer that it could be a part of: "one two three four people"."""
    match = _SETTLED.match(text, end)
    return match is not None and (match["w"] is None or match["w"].lower() in FILL)
