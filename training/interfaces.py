"""Documents from translations of programs: what applications really say to people, in a hundred languages.

Buttons, errors and mails of open-source web applications (BSD and MIT), read from the message catalogues of their packages. A
placeholder of a person becomes a name, any other a number or a word. All the rest is nobody: "Settings", "Monday", a term with a
capital in the middle of a sentence.
"""

from __future__ import annotations

import gettext
import html
import random
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from declaration import WORD, peopled
from generate import Doc, Maker
from lists import LOCALES

_FOLDER: list[Path] = []
_SLOT = re.compile(r"%\((\w+)\)[sd]|\{\{?\s*(\w+)[^{}]*\}?\}|%[sd]|%\d")
_PERSON = re.compile(
    r"^(?:user|user_?name|author|owner|full_?name|first_?name|last_?name|person|sender|recipient|editor|requested_by|customer|assigned_to|fullname|submitter|reviewer)$"
)
_TAG = re.compile(r"<[^<>]*>")
_SAME = {"zh_hans": "zh", "zh_cn": "zh", "zh_hant": "zh_tw", "no": "nb", "nn": "nb", "pt_br": "pt", "es_ar": "es", "es_mx": "es", "en_gb": "en", "sr_latn": "hr", "bs": "hr", "mk": "bg", "be": "ru", "mn": "ru", "kk": "ru", "ne": "hi", "mr": "hi", "gl": "es", "eu": "es", "af": "nl", "lb": "de"}  # fmt: skip


def use(folder: Path | None) -> None:
    """Say under which folder the packages lie."""
    _FOLDER[:] = [folder] if folder else []
    texts.cache_clear()


@cache
def texts() -> dict[str, list[str]]:
    """Messages by language."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in _FOLDER:
        for path in sorted(folder.rglob("LC_MESSAGES/*.mo")):
            language = path.parent.parent.name.lower().replace("-", "_")
            with path.open("rb") as file:
                catalogue = gettext.GNUTranslations(file)._catalog  # noqa: SLF001 - there is no other way to list it
            for key, value in catalogue.items():
                source = key[0] if isinstance(key, tuple) else key
                if (
                    not source
                    or not isinstance(value, str)
                    or (value == source and not language.startswith("en"))
                ):
                    continue
                text = " ".join(html.unescape(_TAG.sub(" ", value.replace("\x04", " "))).split())
                if len(text) > 3 and not text.startswith(("http", "/")):
                    found[language].add(text)
    return {language: sorted(items) for language, items in found.items() if len(items) > 150}


def words() -> set[str]:
    """Every word that stands somewhere in small letters: no name."""
    return {
        word
        for messages in texts().values()
        for text in messages
        for word in WORD.findall(text)
        if word == word.lower() and len(word) > 1 and "%" not in text and "{" not in text
    }


def names_of(language: str) -> str:
    """From which lists a language takes names."""
    language = _SAME.get(language, language)
    short = language.split("_")[0]
    return language if language in LOCALES else short if short in LOCALES else _SAME.get(short, "en")


def document(maker: Maker, rng: random.Random) -> Doc:
    """A few messages of one language."""
    known = texts()
    language = rng.choice(list(known))
    names = names_of(language)
    text, spans = "", []
    for message in rng.sample(known[language], rng.choice((1, 2, 3, 5))):
        if text:
            text += rng.choice(("\n", " ", "\n", " | ", ". "))
        if rng.random() < 0.2 and not _SLOT.search(message):
            piece, found = peopled(message, names, maker, rng)
            spans += [(start + len(text), end + len(text), label) for start, end, label in found]
            text += piece
            continue
        last = 0
        for slot in _SLOT.finditer(message):
            text += message[last : slot.start()]
            last = slot.end()
            if _PERSON.match((slot[1] or slot[2] or "").lower()):
                value = maker.name(names) if rng.random() < 0.6 else maker.given(names)
                spans.append((len(text), len(text) + len(value), "PERSON"))
            elif rng.random() < 0.6:
                value = str(rng.randint(1, 400))
            else:
                value = rng.choice(known[language])[:30].split(" ")[0]
                value = "" if "%" in value or "{" in value else value
            text += value
        text += message[last:]
    return text, spans
