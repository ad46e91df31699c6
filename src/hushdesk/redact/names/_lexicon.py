"""What single words may be: given name, surname, ordinary word, place; loaded once per process from Faker's lists."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

import importlib
import pkgutil
import re
import threading
import unicodedata
from collections.abc import Iterator
from typing import Final

from hushdesk.redact.names import _vocab

GIVEN: Final = 1
SURNAME: Final = 2
COMMON: Final = 4
"""An ordinary word; alone no evidence of a name."""
STOP: Final = 8
"""Never part of a name."""
PLACE: Final = 16
NAME: Final = GIVEN | SURNAME

PARTICLES: Final = frozenset(
    """
van von der den de da do dos das del della dello degli di du la le les lo los las el al bin ben ibn abu bint ter ten te zu zum zur af av i y e op 't
vom vander
""".split()
)
"""Lower-case words inside a name."""

_LATER: Final = re.compile(r"[\s\-‐–'’.()/]+")
_FOLDED: Final = re.compile(r"[A-Za-z\u00c0-\u052f\u1e00-\u1fff]")
_EXTRA: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "’": "'"}
)

_lock: Final = threading.Lock()
_flags: dict[str, int] = {}
_east: dict[str, frozenset[str]] = {}


def fold(word: str) -> str:
    """Lower-case without accents, so that spellings of a name meet; other scripts only lower-cased."""
    word = word.lower()
    if word.isascii():
        return word
    if _FOLDED.search(word) is None:
        return unicodedata.normalize("NFC", word)
    marks = unicodedata.normalize("NFD", word.translate(_EXTRA))
    return unicodedata.normalize("NFC", "".join(c for c in marks if not unicodedata.combining(c)))


def flags() -> dict[str, int]:
    """The folded word list with its classes. Missing words are unknown, which is not the same as no name."""
    if not _flags:
        with _lock:
            if not _flags:
                _flags.update(_load())
    return _flags


def east(kind: str) -> frozenset[str]:
    """Lists of scripts without capitals: ``given`` or ``surname`` with a locale, as in ``ja_JP given``."""
    flags()
    return _east.get(kind, frozenset())


def _load() -> dict[str, int]:
    found: dict[str, int] = {}
    for locale, kind, names in _faker_names():
        bit = GIVEN if kind == "given" else SURNAME
        key = f"{locale} {kind}"
        _east[key] = _east.get(key, frozenset()).union(names) if locale in _WHOLE else frozenset()
        for name in names:
            for token in _LATER.split(fold(name)):
                if len(token) > 1 and token not in PARTICLES:
                    found[token] = found.get(token, 0) | bit
    sure = set(_vocab.SURE_NAMES.split())
    for word in _faker_words():
        folded = fold(word)
        if folded not in sure:
            found[folded] = found.get(folded, 0) | COMMON
    for block, bit in ((_vocab.COMMON, COMMON), (_vocab.PLACES, PLACE), (_vocab.STOP, STOP)):
        for word in block.split():
            folded = fold(word)
            if folded not in sure:
                found[folded] = found.get(folded, 0) | bit
    for word in _vocab.NAMES.split():
        found[word] = found.get(word, 0) | NAME
    for word in _vocab.SOFT.split():
        found[word] = (found.get(word, 0) & ~STOP) | COMMON | GIVEN
    return found


_WHOLE: Final = frozenset(
    {"ja_JP", "zh_CN", "zh_TW", "ko_KR", "th_TH", "ar_AA", "ar_SA", "he_IL", "hi_IN", "fa_IR"}
)


def _faker_names() -> Iterator[tuple[str, str, list[str]]]:
    package = importlib.import_module("faker.providers.person")
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            if attribute.startswith("_") or attribute.endswith(("pairs", "formats")):
                continue
            kind = (
                "given"
                if re.search("first|given|middle", attribute)
                else "surname"
                if "last" in attribute
                else ""
            )
            values = getattr(provider, attribute) if kind else None
            if isinstance(values, (tuple, list, dict, set, frozenset)):
                yield module.name, kind, [str(value) for value in values]


def _faker_words() -> Iterator[str]:
    package = importlib.import_module("faker.providers.lorem")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name in _NO_WORDS:
            continue
        provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
        yield from provider.word_list


# Latin filler says nothing about a language; the others are too far from the texts we meet.
_NO_WORDS: Final = frozenset(
    {"la", "en_PH", "fil_PH", "tl_PH", "ja_JP", "zh_CN", "zh_TW", "th_TH", "fa_IR", "ar_AA", "he_IL"}
)
