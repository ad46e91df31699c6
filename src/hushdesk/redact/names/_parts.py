"""Taking a display name apart into given names, surname and all its words."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from hushdesk.redact.names import _cues, _east, _lexicon
from hushdesk.redact.names._lexicon import GIVEN, SURNAME, fold

_BRACKETS: Final = re.compile(r"[(\[{<（【][^)\]}>）】]*[)\]}>）】]?")
_SUFFIXES: Final = frozenset(
    """
jr sr ii iii iv phd md ba ma bsc msc mba llm csc dis esq ext extern external contractor via
""".split()
)
_TITLES: Final = frozenset(title.rstrip(".") for title in map(fold, _cues.TITLES)) - {
    "chi",
    "anh",
    "em",
    "an",
    "don",
    "m",
}
_EAST_TAIL: Final = re.compile(r"(?:さん|さま|様|氏|殿|先生|小姐|女士|님|씨)$")
_LATER_PARTICLES: Final = frozenset(
    """
van von der den de da do dos das del della di du la le ter ten te zu zum zur af av bin ibn abu al el st
""".split()
)


@dataclass(frozen=True, slots=True)
class NameParts:
    """The parts of a display name, as written."""

    given: str = field(repr=False)
    """Given names; empty when there are none to be seen."""
    family: str = field(repr=False)
    """The surname with its particles; empty when there is none to be seen."""
    tokens: tuple[str, ...] = field(repr=False)
    """Every word that names the person, without titles, particles and ranks; parts of hyphenated words too."""


def is_given_name(token: str) -> bool:
    """Whether the word is in a list of given names."""
    return _is(token, GIVEN)


def is_surname(token: str) -> bool:
    """Whether the word is in a list of surnames."""
    return _is(token, SURNAME)


def _is(token: str, bit: int) -> bool:
    folded = fold(token.strip())
    value = _lexicon.flags().get(folded, 0)
    if not value and folded:
        kind = "given" if bit == GIVEN else "surname"
        return any(
            folded in _lexicon.east(f"{locale} {kind}")
            for locale in ("ja_JP", "zh_CN", "zh_TW", "ko_KR", "th_TH", "ar_AA", "ar_SA", "he_IL", "hi_IN")
        )
    return bool(value & bit)


def name_parts(display_name: str) -> NameParts:
    """Take a name apart: ``Smith, John (EXT)``, ``Dr. Anna-Lena Müller``, ``山田 太郎``, ``van der Berg``.

    Args:
        display_name: What a field calls a person.
    """
    text = unicodedata.normalize("NFC", _BRACKETS.sub(" ", display_name)).strip(" \"'“”,;|-")
    head, comma, tail = text.partition(",")
    tail = tail.split("|")[0].strip()
    if comma and tail and fold(tail).rstrip(".").replace(".", "") not in _SUFFIXES:
        given, family = _words(tail), _words(head)
        if given:
            return _parts(given, family)
    words = _words(head)
    if not words:
        return NameParts("", "", ())
    if len(words) == 1:
        return _single(words[0])
    if re.match(f"[{_east.HAN}가-힣]", words[0]):
        return _parts(words[1:], words[:1])
    at = next(
        (i for i, word in enumerate(words) if i and fold(word) in _LATER_PARTICLES and i < len(words) - 1), 0
    )
    if fold(words[0]) in _LATER_PARTICLES:
        return _parts([], words)
    if at:
        return _parts(words[:at], words[at:])
    if (
        words[0].isupper()
        and len(words[0]) > 2
        and not any(word.isupper() and len(word) > 2 for word in words[1:])
    ):
        return _parts(words[1:], words[:1])
    first, last = _lexicon.flags().get(fold(words[0]), 0), _lexicon.flags().get(fold(words[-1]), 0)
    if len(words) == 2 and first & SURNAME and not first & GIVEN and last & GIVEN and not last & SURNAME:
        return _parts(words[1:], words[:1])
    return _parts(words[:-1], words[-1:])


def _words(text: str) -> list[str]:
    words = [
        word.strip(".,;:\"'") if len(word.strip(".")) > 1 else word.strip(",;:\"'")
        for word in re.split(r"[\s\u3000・]+", text)
    ]
    words = [_EAST_TAIL.sub("", word) for word in words]
    words = [word for word in words if word and not word.isdigit() and "@" not in word]
    while len(words) > 1 and fold(words[0]).rstrip(".") in _TITLES:
        words = words[1:]
    while len(words) > 1 and fold(words[-1]).replace(".", "") in _SUFFIXES:
        words = words[:-1]
    return words


def _single(word: str) -> NameParts:
    for sizes, surnames in (
        ((4, 3, 2, 1), _east.japanese_surnames()),
        ((2, 1), _east.chinese_surnames()),
        ((2, 1), _east.KOREAN_SURNAMES),
    ):
        for size in sizes:
            if len(word) > size and len(word) - size <= 3 and word[:size] in surnames:
                return _parts([word[size:]], [word[:size]], word)
    value = _lexicon.flags().get(fold(word), 0)
    return _parts([word], []) if value & GIVEN or not value & SURNAME else _parts([], [word])


def _parts(given: list[str], family: list[str], *whole: str) -> NameParts:
    tokens: list[str] = [*whole]
    for word in [*given, *family]:
        if fold(word) in _LATER_PARTICLES or (len(word.rstrip(".")) < 2 and word.isascii()):
            continue
        tokens.append(word)
        if "-" in word or "‐" in word:
            tokens.extend(part for part in re.split("[-‐]", word) if len(part) > 1)
    return NameParts(" ".join(given), " ".join(family), tuple(dict.fromkeys(tokens)))
