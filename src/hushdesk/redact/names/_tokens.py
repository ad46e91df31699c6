"""Words in scripts with capitals: where they are, and what each may be."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

import re
from typing import Final, NamedTuple

from hushdesk.redact.names._lexicon import COMMON, GIVEN, NAME, PLACE, STOP, SURNAME
from hushdesk.redact.names._looks import likeness


class Span(NamedTuple):
    """A name or address in a line."""

    start: int
    end: int
    score: float
    detector: str
    why: str


def _class(predicate: str) -> str:
    """A character class body of the letters below U+2000 for which the method holds."""
    points = [c for c in range(0x41, 0x2000) if getattr(chr(c), predicate)()]
    parts, start = [], points[0]
    for here, after in zip(points, [*points[1:], 0], strict=True):
        if after != here + 1:
            parts.append(f"{chr(start)}-{chr(here)}")
            start = after
    return "".join(parts)


UPPER: Final = _class("isupper")
_LOWER: Final = _class("islower")
LETTER: Final = r"[^\W\d_]"
_UNCASED: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_CASED: Final = rf"[^\W\d_{_UNCASED}]"
_REST: Final = rf"{_CASED}*(?:['’ʼ\-‐]{_CASED}+)*"
_EDGE: Final = rf"(?![^\W{_UNCASED}]|@)"
_WORD: Final = rf"(?:[{UPPER}]\.(?:-?[{UPPER}]\.)*|(?:[dDlL]['’])?[{UPPER}]{_REST}){_EDGE}"
_GAP: Final = (
    r"[ \u00a0]{1,2}(?:(?:van|von|der|den|de|da|do|dos|das|del|della|di|du|la|le|los|las|el|al|bin|ben|ibn|abu|bint|ter|ten|te|zu|zum|zur"
    r"|av|af|vom|'t)[ \u00a0]){0,3}"
)
# The first character comes first, what stands before it after it: so the search leaps from capital to capital.
RUN: Final = re.compile(
    rf"[dl{UPPER}](?<![^\W{_UNCASED}].)(?<![@./\\#$%&=<_~^].)(?:(?<=[{UPPER}])\.(?:-?[{UPPER}]\.)*|(?<=[dDlL])['’][{UPPER}]{_REST}|(?<=[{UPPER}]){_REST}){_EDGE}(?:{_GAP}{_WORD})*"
)
TOKEN: Final = re.compile(_WORD)
_MIXED: Final = re.compile(
    rf"(?:Mc|Mac|Fitz|De|Di|La|Le|Van|Von|Du|Da|Lo|I(?=J)|O['’]|[dDlL]['’])?[{UPPER}][{_LOWER}]*(?:['’][{_LOWER}]+)?$"
)
WORDLIKE: Final = re.compile(
    r"(?:tion|tions|sions?|ments?|[bdglrs]ity|ities|able|ible|[a-z]{3}ings?|ware|ology|istic|ical|i[sz]ed|ated|less|"
    r"ungen|[a-z]{3}ung|keit|heit|schaft|ismus|lich|ierung|ciones|cion|miento|idad|mente|zioni?|mento|(?:[aeiou]|[npr])(?:coes|cao)|"
    r"services?|dienst|tjanst|tjeneste|palvelu|hotline|zentrale|abteilung|desk|centre|center|zentrum|verwaltung|buchhaltung|vertrieb|technik|werke|"
    r"enie|anie|acji|acja|ости|ость|ение|ения|ание|ания|ция|ции|ность|ання|ення|ція|ції|asjon|sjon|tionen|minen)$"
)
_SURNAME_END: Final = re.compile(
    r"(?:sson|sen|ski|ska|skiego|skiej|skiemu|skim|cki|cka|ckiego|ckiej|dzki|dzka|wicz|wiczem|wicza|ewicz|owicz|czyk|czak|ova|ove|ovou|ovska|ovsky|ov|ev|eva|enko|enka|chuk|yshyn|"
    r"oglu|poulos|poulou|idis|iadis|akis|aki|ides|shvili|dze|yan|ian|ic|vic|escu|eanu|"
    r"ский|ская|цкий|цкая|цкого|цкой|цкому|цким|ского|ской|скому|ским|ов|ова|ову|овой|овым|ев|ева|еву|евой|евым|ёв|ин|ина|иной|енко|енка|чук|юк|ук|ський|ська|ської|"
    r"опουλος|οπουλος|οπουλου|ιδης|ιδου|ακης|ακη|ιαδης)$"
)
_PATRONYMIC: Final = re.compile(
    r"(?:ович|евич|ьич|ич|овича|евича|овичу|евичу|овичем|евичем|овиче|овна|евна|ична|овны|евны|овне|евне|овну|евну|овной|евной|івна|ївна|івно|івни|йович|йовичу)$"
)
STRIP: Final = "\"'“”„«»([{<>*_,;!?¡¿…–—-•|="
NEAR: Final = 64


_ELIDED: Final = frozenset(
    """
j c n s t m qu i it he she we you they that there what who where don won isn aren didn doesn can couldn wouldn let
""".split()
)


class Token(NamedTuple):
    """A word of a run: where it is, its folded form, and one letter that says what it may be."""

    start: int
    end: int
    folded: str
    code: str


def code_of(word: str, folded: str, flags: dict[str, int]) -> str:
    """``G`` given, ``S`` surname, ``B`` both, small when ambiguous, ``I`` initial, ``U`` unknown, ``c`` word, ``X`` never."""
    if len(word) == 1 or word[1] == "." or (len(word) <= 3 and word[-1] == "."):
        return "X" if word in {"I", "A", "Y", "E", "O", "À", "Я", "И", "О", "А", "У", "В", "С", "К"} else "I"
    value = flags.get(folded, 0)
    if "'" in folded and folded.partition("'")[0] in _ELIDED:
        return "X"
    if not value and ("-" in word or "'" in folded or "‐" in word):
        value = compound(folded, flags)
    if value & STOP:
        return "X"
    if value & NAME:
        if not word[1:].islower() and not word.isupper() and _MIXED.match(word) is None and "-" not in word:
            return "c"
        code = "B" if value & NAME == NAME else "G" if value & GIVEN else "S"
        if value & (COMMON | PLACE) or len(folded) < 3:
            return code.lower()
        return code
    if value:
        return "c"
    if word.isupper() and len(word) < 4:
        return "c"
    if not word[1:].islower() and not word.isupper() and _MIXED.match(word) is None and "-" not in word:
        return "c"
    if _PATRONYMIC.search(folded) and len(folded) > 5 and not folded.isascii():
        return "S"
    if len(folded) > 5 and _SURNAME_END.search(folded):
        return "s" if WORDLIKE.search(folded) else "S"
    if "а" <= folded[0] <= "ӿ" and len(folded) > 3 and _inflected(folded, flags):
        return "g"
    if WORDLIKE.search(folded) or (len(folded) > 14 and "-" not in folded and likeness(folded) < 0.1):
        return "u"
    return "U"


_CASES: Final = ("", "а", "я", "й", "ь", "о", "ий")


def _inflected(folded: str, flags: dict[str, int]) -> bool:
    """Whether a word is a case of a given name: ``Игорем``, ``Анны``, ``Сергею``."""
    for cut in (1, 2):
        stem = folded[:-cut]
        for ending in _CASES:
            if flags.get(stem + ending, 0) & (GIVEN | COMMON | STOP) == GIVEN and len(stem) > 2:
                return True
    return False


def compound(folded: str, flags: dict[str, int]) -> int:
    """The class of ``Anna-Lena``, ``O'Brien``, ``Smith's``."""
    if folded.endswith("'s"):
        return flags.get(folded[:-2], 0)
    parts = [part for part in re.split(r"[-‐']", folded) if part]
    values = [flags.get(part, 0) for part in parts if len(part) > 1]
    if not values or any(value & STOP or (value and not value & NAME) for value in values):
        return flags.get(folded.replace("'", ""), 0) if "'" in folded else COMMON if any(values) else 0
    if not all(values):
        return SURNAME | COMMON if any(values) else 0
    joined = values[0]
    for value in values[1:]:
        joined |= value & NAME
    return joined & ~COMMON if len(values) > 1 else joined
