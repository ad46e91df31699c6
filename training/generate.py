"""Documents with marked personal data, made from templates, lists and a seed. Nothing in them is anybody's."""

from __future__ import annotations

import random
import re
import string
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from functools import cache
from pathlib import Path

import junk
from faker import Faker
from lists import (
    FAMILY_FIRST,
    LOCALES,
    NO_BLANK,
    OWN_SCRIPT,
    Lists,
    inflected,
    lists,
    organisation,
    product,
    romanised,
    words,
)
from own_names import LATIN, own
from transliterate import SCRIPTS, declined, written

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


def template_words() -> set[str]:
    """Every word of the templates that stands there in small letters: no name."""
    return {
        word
        for lines in templates().values()
        for line in lines
        for word in re.findall(r"[^\W\d_]+", _SLOT.sub(" 0 ", line))
        if word == word.lower() and len(word) > 1
    }


def _mutated(rng: random.Random, name: str) -> str:
    """The name of nobody yet: letters of a real one exchanged within their class."""
    letters = list(name)
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(letters))
        char = letters[at]
        pool = (
            "aeiou"
            if char.lower() in "aeiou"
            else "bcdfgklmnprstvz"
            if char.isascii() and char.isalpha()
            else ""
        )
        if pool:
            new = rng.choice(pool)
            letters[at] = new.upper() if char.isupper() else new
    return "".join(letters)


FOREIGN = "foreign"
_FOREIGN = {"ru": 0.35, "uk": 0.35, "be": 0.35, "ja": 0.12, "zh": 0.12, "zh_tw": 0.12, "ko": 0.12, "th": 0.15}
"""How often a name in a script is that of another people, written by its sound."""
_WESTERN = ("en", "en", "en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "tr", "hu", "cs")
POOL = 1500
"""How many values of each slow kind are made for each language; then they are drawn from."""


_SURNAME_ENDS = (
    "ton ham ley wood worth field ford well son sen ski sky ova ic escu poulos yan dze wicz czyk mann berg stein bauer haus dorf quist lund strom gaard "
    "aldi etti ini ano one eira ez aga oglu kar wala kumar nathan hana moto kawa mura waite bury by thwaite gate shaw more land ness mire"
).split()


def _invented(rng: random.Random) -> str:
    """A family name that no list has: a piece of some word and an ending that such names have, or two pieces."""
    words = lists(rng.choice(("en", "de", "fr", "es", "it", "pl", "nl", "sv", "pt", "cs", "tr", "sw"))).words
    if not words:
        words = lists("en").words
    word = rng.choice(words[:12000])
    tail = rng.choice(_SURNAME_ENDS) if rng.random() < 0.7 else rng.choice(words[:12000])[-5:]
    return (word[: rng.randint(3, 6)] + tail).capitalize()


class Maker:
    """Makes documents from one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        # Addresses, companies and numbers are drawn by Faker, whose makers share one source of chance.
        Faker.seed(seed)
        self._pools: dict[tuple[str, str], list[str]] = {}
        self.stem = ""
        """The file of templates that the last document is of."""
        self._others = [lang for lang in LOCALES if lang not in OWN_SCRIPT]
        self._peoples = [code for code in LATIN if own(code)[0]]
        self._salads = [lang for lang in LOCALES if words(lang)]

    def _pooled(self, kind: str, language: str, make: Callable[[], str]) -> str:
        pool = self._pools.setdefault((kind, language), [])
        if len(pool) < POOL:
            pool.append(make())
            return pool[-1]
        return self.rng.choice(pool)

    # -- values ------------------------------------------------------------------------------------------------

    def _parts(self, language: str) -> tuple[str, str, str]:
        rng = self.rng
        if language not in OWN_SCRIPT:
            which = rng.random()
            if which < (0.12 if language == "en" else 0.05):
                given, family = romanised(rng)
                return given, family, "latin"
            if which < (0.27 if language == "en" else 0.1):
                people = own(rng.choice(self._peoples))
                return rng.choice(people[0]), rng.choice(people[1]), "latin"
            if which < (0.45 if language == "en" else 0.15):
                language = rng.choice(self._others)
        elif language in SCRIPTS and rng.random() < _FOREIGN.get(language, 0.25):
            given, family, _ = self._parts(rng.choice(_WESTERN))
            given, family = written(given, language, rng), written(family, language, rng)
            if given and family:
                return given, family, FOREIGN
        here = lists(language)
        given, family = rng.choice(here.given), rng.choice(here.family)
        if language in {"ru", "uk"} and rng.random() < 0.35 and inflected(language)["family"]:
            given, family = (
                rng.choice(inflected(language)["given"]),
                rng.choice(inflected(language)["family"]),
            )
        elif language in {"ko", "zh", "zh_tw"} and rng.random() < 0.4:
            # Most given names there are two characters of a large stock.
            given = rng.choice(here.given)[:1] + rng.choice(here.given)[-1:]
        if rng.random() < 0.12:
            given = _mutated(rng, given)
        if rng.random() < 0.2:
            family = _mutated(rng, family)
        elif language not in OWN_SCRIPT and rng.random() < 0.12:
            family = _invented(rng)
        return given, family, language

    def given(self, language: str) -> str:
        return self._parts(language)[0]

    def family(self, language: str) -> str:
        return self._parts(language)[1]

    def name(self, language: str) -> str:
        rng = self.rng
        given, family, origin = self._parts(language)
        if origin == FOREIGN:
            return self._foreign_name(given, family, language)
        if origin in NO_BLANK:
            if origin == "th":
                return f"{given} {family}"
            if origin == "ko" and rng.random() < 0.1:
                return f"{family} {given}"
            return f"{family}{given}" if rng.random() < 0.9 else f"{family} {given}"
        which = rng.random()
        if origin in FAMILY_FIRST:
            return f"{family} {given}" if which < 0.9 else f"{given} {family}"
        if which < 0.62:
            return f"{given} {family}"
        second = self._parts(origin)[0] if origin in LOCALES else self._parts(language)[0]
        if which < 0.70:
            return f"{given} {second} {family}"
        if which < 0.75:
            return f"{given} {second[0]}. {family}"
        if which < 0.80:
            return f"{given[0]}. {family}"
        if which < 0.83:
            return f"{family}, {given}"
        if which < 0.87:
            return f"{family} {given}"
        other = self.family(origin if origin in LOCALES else language)
        if which < 0.92 or origin in {"es", "pt", "ca"}:
            return f"{given} {family}{rng.choice((' ', '-'))}{other}"
        if which < 0.95:
            return f"{given} {rng.choice(('van', 'de', 'von', 'van der', 'da', 'del', 'Mc', 'O' + chr(39), 'el', 'bin', 'ben')).strip()} {family}"
        if which < 0.97:
            return f"{given} {family} {rng.choice(('Jr.', 'III', 'MD', 'PhD', 'Sr.'))}"
        return f"{given[0]}.{second[0]}. {family}"

    def _foreign_name(self, given: str, family: str, language: str) -> str:
        """A name of another people in the script of a language."""
        rng = self.rng
        joint = {"ja": "・", "zh": "·", "zh_tw": "·"}.get(language, " ")
        which = rng.random()
        if which < 0.12 and language not in NO_BLANK:
            name = f"{given[0]}. {family}"
        elif which < 0.2:
            name = joint.join((given, self.given(language) if joint == " " else given, family))
        else:
            name = joint.join((given, family))
        return declined(name, language, rng) if rng.random() < 0.25 else name

    def _digits(self, count: int) -> str:
        return "".join(self.rng.choice(string.digits) for _ in range(count))

    def account(self) -> str:
        rng = self.rng
        which = rng.random()
        if which < 0.45:
            return self._digits(rng.choice((4, 5, 5, 6, 6, 6, 7, 8, 8, 9, 10, 12)))
        letters = "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(1, 4)))
        if which < 0.65:
            return letters + rng.choice(("", "-", " ", "")) + self._digits(rng.randint(3, 9))
        if which < 0.75:
            return (
                self._digits(rng.randint(2, 4))
                + rng.choice(("-", " ", "/"))
                + self._digits(rng.randint(3, 6))
            )
        if which < 0.9:
            return "".join(
                rng.choice(string.ascii_uppercase + string.digits * 2) for _ in range(rng.randint(6, 10))
            )
        return f"{letters}-{self._digits(4)}-{self._digits(rng.randint(2, 6))}"

    def card(self) -> str:
        rng = self.rng
        which = rng.random()
        if which < 0.2:
            return self._digits(4)
        groups = [rng.choice("3456") + self._digits(3), self._digits(4), self._digits(4), self._digits(4)]
        return rng.choice((" ", "", "-", " ")).join(groups[: 4 if which < 0.9 else 3])

    def secret(self) -> str:
        rng = self.rng
        which = rng.random()
        if which < 0.25:
            return self._digits(rng.choice((3, 4, 4, 5, 6)))
        word = rng.choice(lists("en").words[:5000])
        if which < 0.7:
            return (
                rng.choice((word, word.capitalize(), rng.choice(lists("en").given).lower()))
                + rng.choice(("", "@", "#", "!", "_", "$"))
                + self._digits(rng.randint(1, 4))
            )
        return "".join(
            rng.choice(string.ascii_letters + string.digits + "!#$%&*") for _ in range(rng.randint(7, 14))
        )

    def user(self) -> str:
        rng = self.rng
        given, family, _ = self._parts("en")
        given, family = (
            unicodedata.normalize("NFKD", v).encode("ascii", "ignore").decode().lower().replace(" ", "")
            or "user"
            for v in (given, family)
        )
        word = rng.choice(lists("en").words[:5000])
        return rng.choice(
            (
                f"{given}.{family}",
                f"{given[0]}{family}",
                f"{given}{family}{self._digits(2)}",
                f"{given}_{family}",
                f"{given}{self._digits(3)}",
                f"{word}{given}",
                f"{word}{self._digits(2)}",
                f"{given}{family[0]}",
                f"{word}_{rng.choice(lists('en').words[:5000])}",
            )
        )

    def email(self) -> str:
        rng = self.rng
        host = rng.choice(
            (
                "gmail.com",
                "yahoo.com",
                "hotmail.com",
                "outlook.com",
                "example.org",
                "example.com",
                "web.de",
                "orange.fr",
                "mail.ru",
                "icloud.com",
                rng.choice(lists("en").words[:5000])
                + rng.choice((".com", ".org", ".net", ".de", ".co.uk", ".io")),
            )
        )
        user = self.user()
        which = rng.random()
        if which < 0.55:
            return f"{user}@{host}"
        spaced = re.sub(r"[._]", " ", user)
        if which < 0.7:
            return f"{spaced} at {host.replace('.', ' dot ')}"
        if which < 0.85:
            return f"{spaced} {host.replace('.', rng.choice(('', ' ')))}"
        if which < 0.93:
            return f"{user}@{host.replace('.', ' dot ')}"
        apart = re.sub("([0-9]+)", r" \1", user)
        return f"{apart} {host.replace('.', '')}"

    def phone(self, here: Lists) -> str:
        rng = self.rng
        which = rng.random()
        if which < 0.4:
            return rng.choice(here.fakers).phone_number()
        if which < 0.7:
            return self._digits(rng.choice((10, 10, 10, 9, 7, 8, 11)))
        if which < 0.85:
            return (
                f"{self._digits(3)}{rng.choice(' -.')}{self._digits(3)}{rng.choice(' -.')}{self._digits(4)}"
            )
        return f"+{rng.randint(1, 98)} {self._digits(rng.randint(2, 4))} {self._digits(rng.randint(4, 8))}"

    def date(self, *, birth: bool = False) -> str:
        rng = self.rng
        day, month = rng.randint(1, 28), rng.randint(1, 12)
        year = rng.randint(1935, 2004) if birth else rng.randint(2001, 2024)
        names = (
            "January February March April May June July August September October November December".split()
        )
        return rng.choice((
            f"{day:02}/{month:02}/{year}", f"{day}.{month}.{year}", f"{year}-{month:02}-{day:02}", f"{day} {names[month - 1]} {year}",
            f"{names[month - 1]} {day}, {year}", f"{month}/{day}/{year % 100:02}", f"{day} {names[month - 1][:3].lower()} {year}", f"{day:02}-{month:02}-{year}",
        ))  # fmt: skip

    def _address(self, slot: str, language: str, here: Lists) -> str:
        rng = self.rng
        faker = rng.choice(here.fakers)
        try:
            if slot == "street":
                out = faker.street_address()
            elif slot == "postcode":
                out = faker.postcode()
            else:
                out = faker.address()
        except AttributeError:
            out = f"{rng.choice(here.family)} {rng.randint(1, 300)}"
        out = re.sub(r"\s*\n\s*", ", " if rng.random() < 0.7 else " ", str(out))
        if slot == "street" and language == "en" and rng.random() < 0.35:
            out = f"{rng.randint(1, 9999)} {rng.choice((self.family('en'), rng.choice(here.words[:6000]).title()))} {rng.choice('Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Dr|Blvd|Way|Court|Place|Terrace|Close'.split('|'))}"
        return out

    def value(self, slot: str, language: str) -> str:
        rng, here = self.rng, lists(language)
        if slot in {"name", "given", "family"}:
            return getattr(self, slot)(language)
        if slot == "title_name":
            return self.family(language)
        if slot in {"address", "street", "postcode"}:
            return self._pooled(slot, language, lambda: self._address(slot, language, here))
        if slot == "city":
            try:
                return (
                    rng.choice(here.cities)
                    if here.cities and rng.random() < 0.7
                    else rng.choice(here.fakers).city()
                )
            except AttributeError:
                return rng.choice(here.cities or ["Springfield"])
        if slot == "country":
            return rng.choice(here.fakers).country()
        if slot == "org":
            return self._pooled(slot, language, lambda: organisation(rng, language, here))
        if slot == "phone":
            return self._pooled(slot, language, lambda: self.phone(here))
        if slot == "natid":
            return (
                self.account()
                if rng.random() < 0.6
                else f"{self._digits(3)}-{self._digits(2)}-{self._digits(4)}"
            )
        if slot == "plate":
            return f"{''.join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(1, 3)))}{rng.choice(' -')}{self._digits(rng.randint(2, 4))}{rng.choice(('', 'A', 'KX'))}"
        if slot == "iban":
            return rng.choice(("DE", "FR", "GB", "NL", "ES")) + self._digits(20)
        if slot == "handle":
            return "@" + self.user()
        simple = {
            "account": self.account, "card": self.card, "secret": self.secret, "user": self.user, "email": self.email,
            "dob": lambda: self.date(birth=True), "date": self.date, "product": lambda: product(rng),
            "cvv": lambda: self._digits(3), "num": lambda: self._digits(rng.randint(1, 6)),
            "time": lambda: f"{rng.randint(0, 23)}:{rng.randint(0, 59):02}",
            "version": lambda: ".".join(str(rng.randint(0, 40)) for _ in range(rng.randint(2, 4))),
            "error": lambda: rng.choice((f"0x{rng.getrandbits(32):08X}", f"E{self._digits(4)}", self._digits(3), f"ERR-{self._digits(3)}")),
            "money": lambda: f"{rng.choice('$€£')}{rng.randint(1, 900)}.{rng.randint(0, 99):02}",
            "ip": lambda: ".".join(str(rng.randint(1, 254)) for _ in range(4)),
            "url": lambda: f"https://{rng.choice(lists('en').words[:5000])}.com/{rng.choice(lists('en').words[:5000])}",
        }  # fmt: skip
        return str(simple[slot]())

    # -- documents ---------------------------------------------------------------------------------------------

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
                (3, 3, 2, 1, 4, 2, 3, 3, 3, 1, 3, 2, 1, 2, 3),
            )[0]
            language = "en"
        else:
            stem = rng.choice([s for s in files if not s.startswith("en_")])
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
