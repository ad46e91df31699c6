"""Documents with marked personal data, made from templates, lists and a seed. Nothing in them is anybody's."""

from __future__ import annotations

import math
import random
import re
import unicodedata
from bisect import bisect_right
from functools import cache
from pathlib import Path

import junk
from lists import LOCALES, NO_BLANK, lists, words
from values import Values

TEMPLATES = Path(__file__).parent / "templates"
_SLOT = re.compile(r"\{(\w+)\}")
Span = tuple[int, int, str]
Doc = tuple[str, list[Span]]

LABEL = {
    "name": "PERSON", "given": "PERSON", "family": "PERSON", "title_name": "PERSON", "address": "ADDRESS", "street": "ADDRESS",
    "postcode": "ADDRESS", "city": "LOCATION", "country": "LOCATION", "org": "ORG", "email": "EMAIL", "phone": "PHONE",
    "user": "USERNAME", "handle": "USERNAME", "account": "ID", "natid": "ID", "plate": "ID", "dob": "BIRTH", "secret": "SECRET",
    "card": "CARD", "cvv": "SECRET", "iban": "ID",
}  # fmt: skip


_GENRES = ("_news", "_desk", "_wiki", "_text", "_press", "_thirds")


def language_of(stem: str) -> str:
    """The language of a file of templates."""
    for genre in _GENRES:
        stem = stem.removesuffix(genre)
    return stem


@cache
def templates() -> dict[str, list[str]]:
    """Templates by file: language, or kind of English."""
    out = {}
    for path in sorted(TEMPLATES.glob("*.txt")):
        lines = [line.replace("\\n", "\n") for line in path.read_text("utf-8").splitlines() if line.strip()]
        out[path.stem] = lines
    return out


@cache
def others() -> tuple[list[str], list[float]]:
    """The files that are not English, and how often each is drawn: long ones more often, but a short one's lines more often each."""
    files = {stem: lines for stem, lines in templates().items() if not stem.startswith("en_")}
    return list(files), [math.sqrt(len(lines)) for lines in files.values()]


def template_words() -> set[str]:
    """Every word of the templates that stands there in small letters: no name."""
    return {
        word
        for lines in templates().values()
        for line in lines
        for word in re.findall(r"[^\W\d_]+", _SLOT.sub(" 0 ", line))
        if word == word.lower() and len(word) > 1
    }


class Maker(Values):
    """Makes documents from one seed."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.stem = ""
        """The file of templates that the last document is of."""
        self._salads = [lang for lang in LOCALES if words(lang)]

    def filled(self, template: str, language: str) -> Doc:
        """A template with its slots filled; the same slot of a person may be said again later in the document."""
        out: list[str] = []
        spans: list[Span] = []
        at = length = 0
        near: tuple[int, str] | None = None
        for match in _SLOT.finditer(template):
            piece = template[at : match.start()]
            out.append(piece)
            length += len(piece)
            slot = match[1]
            value = self.value(slot, language)
            label = LABEL.get(slot)
            start, end = length, length + len(value)
            if slot == "country" and near and near[0] >= start - 3:
                label = "ADDRESS"
            if slot == "city" and (
                re.search(r"\{(?:postcode|street)\}[\s,]{0,3}$", template[: match.start()])
                or re.match(r"[\s,]{0,3}\{postcode\}", template[match.end() :])
            ):
                label = "ADDRESS"
                near = (end, slot)
            if label:
                spans.append((start, end, label))
                # An ending written directly behind a name belongs to the word, and is masked with it.
                if label == "PERSON":
                    tail = re.match(r"[^\W\d_]+|['’][^\W\d_]{1,6}", template[match.end() :])
                    if (
                        tail
                        and language not in NO_BLANK
                        and "'" not in tail.group()
                        and "’" not in tail.group()
                    ):
                        spans[-1] = (start, end + len(tail.group()), label)
            out.append(value)
            length = end
            at = match.end()
        out.append(template[at:])
        return "".join(out), spans

    def salad(self, language: str) -> Doc:
        """Frequent words at random, cased as in headings and sentences, here and there a name: what words are no names."""
        rng, here = self.rng, lists(language)
        if not here.words:
            return self.filled(rng.choice(templates()["en_negative"]), "en")
        out: list[str] = []
        spans: list[Span] = []
        length = 0
        blank = "" if language in NO_BLANK else " "
        style = rng.random()
        noun = 0.35 if language == "de" else 0.03
        for i in range(rng.randint(6, 30)):
            label = ""
            pick = rng.random()
            if pick < 0.05:
                word, label = self.name(language), "PERSON"
            elif pick < 0.065:
                word, label = self.given(language), "PERSON"
            elif pick < 0.08:
                word, label = self.value("city", language), "LOCATION"
            elif pick < 0.09:
                word, label = self.value("org", language), "ORG"
            else:
                limit = min(len(here.words), rng.choice((300, 2000, 20000)))
                word = here.words[int(limit * rng.random())]
                if i == 0 or style < 0.1 or rng.random() < noun:
                    word = word[:1].upper() + word[1:]
                elif style < 0.13:
                    word = word.upper()
            if i:
                sep = rng.choice((", ", ". ", ": ")) if rng.random() < 0.08 and blank else blank
                out.append(sep)
                length += len(sep)
            if label:
                spans.append((length, length + len(word), label))
            out.append(word)
            length += len(word)
        return "".join(out) + rng.choice((".", "", "?", "!")), spans

    def document(self) -> Doc:
        """One document of one to six templates of a language."""
        rng = self.rng
        files = templates()
        kind = rng.random()
        self.stem = ""
        if kind < 0.16:
            return self.salad(rng.choice(self._salads))
        if kind < 0.24:
            return "\n".join(junk.line(rng) for _ in range(rng.choice((1, 2, 4)))), []
        if rng.random() < 0.4:
            stem = rng.choices(
                (
                    "en_support",
                    "en_chat",
                    "en_narrative",
                    "en_social",
                    "en_negative",
                    "en_news",
                    "en_mail",
                    "en_calls",
                    "en_desk",
                    "en_wiki",
                    "en_text",
                    "en_press",
                    "en_tweets",
                    "en_voice",
                    "en_thirds",
                ),
                (3, 3, 2, 1, 4, 2, 3, 3, 3, 2, 3, 2, 1, 2, 3),
            )[0]
            language = "en"
        else:
            stem = rng.choices(*others())[0]
            language = language_of(stem)
        self.stem = stem
        lines = files.get(stem) or files["en_negative"]
        text = ""
        spans: list[Span] = []
        for i in range(rng.choice((1, 1, 2, 3, 4, 6))):
            chosen = files["en_negative"] if stem.startswith("en_") and rng.random() < 0.1 else lines
            piece, found = (
                self.filled(rng.choice(chosen), language) if rng.random() > 0.06 else (junk.line(rng), [])
            )
            if i:
                text += rng.choice(("\n", " ", "\n", ("" if language in NO_BLANK else " ")))
            spans.extend((s + len(text), e + len(text), label) for s, e, label in found)
            text += piece
        return text, spans


def restyled(doc: Doc, rng: random.Random, *, small: float = 0.14) -> Doc:
    """The document as hurried people write it: small, in capitals, without accents or punctuation. Lengths stay."""
    text, spans = doc
    which = rng.random()
    changed = text
    if which < small:
        changed = _kept(text, str.lower)
    elif which < small + 0.03:
        changed = _kept(text, str.upper)
    elif which < small + 0.05:
        changed = _kept(text, str.title)
    elif which > 0.95:
        changed = _loud(text, spans, rng)
    if rng.random() < 0.05:
        changed = "".join(_bare(c) for c in changed)
    if rng.random() < 0.08:
        changed = re.sub(r"[.,;:!?](?=\s|$)", " ", changed)
    return changed, spans


def _loud(text: str, spans: list[Span], rng: random.Random) -> str:
    """The text with names in capitals, as forms, passports and minutes have them: all of a name or its last word."""
    last = rng.random() < 0.4
    for start, end, label in spans:
        if label == "PERSON" and rng.random() < 0.8:
            at = text.rfind(" ", start, end) + 1 if last else 0
            at = max(at, start)
            text = text[:at] + _kept(text[at:end], str.upper) + text[end:]
    return text


def _kept(text: str, style: object) -> str:
    new = style(text)  # type: ignore[operator]
    return new if len(new) == len(text) else text


def _bare(char: str) -> str:
    if char.isascii():
        return char
    base = unicodedata.normalize("NFD", char)[0]
    return base if base.isascii() else char


_ONSETS = "b d f g k l m n p r s t w y z ch sh th ng kw gb mb nd h j v tr st kr".split()
_VOWELS = "a e i o u a e o aa ee ai ou ia ie".split()
_ENDS = ("", "", "", "n", "m", "s", "r", "l", "t", "k", "ng")
_WORD = re.compile(r"[^\W\d_]+")


def foreign(doc: Doc, rng: random.Random) -> Doc:
    """The document in a language that nobody speaks: its words exchanged for made ones, its names as they are.

    So that what is learned of capitals, places in a sentence and neighbours also holds where no word is known.
    """
    text, spans = doc
    inside = bytearray(len(text))
    for start, end, _ in spans:
        inside[start:end] = b"\x01" * (end - start)
    made: dict[str, str] = {}
    out: list[str] = []
    shifts: list[tuple[int, int]] = []
    at = length = 0
    for match in _WORD.finditer(text):
        word = match.group()
        if (
            inside[match.start()]
            or (word.isupper() and len(word) > 1)
            or (not word[1:].islower() and len(word) > 1)
        ):
            continue
        new = made.get(word.lower())
        if new is None:
            count = 1 if len(word) < 4 else 2 if len(word) < 7 else 3
            new = "".join(
                rng.choice(_ONSETS) * (rng.random() < 0.85) + rng.choice(_VOWELS) + rng.choice(_ENDS)
                for _ in range(count)
            )
            made[word.lower()] = new
        new = new.capitalize() if word[0].isupper() else new
        out += [text[at : match.start()], new]
        length += match.start() - at + len(new)
        at = match.end()
        shifts.append((at, length - at))
    out.append(text[at:])
    keys = [s for s, _ in shifts]

    def moved(place: int) -> int:
        index = bisect_right(keys, place) - 1
        return place + (shifts[index][1] if index >= 0 else 0)

    return "".join(out), [(moved(s), moved(s) + e - s, label) for s, e, label in spans]
