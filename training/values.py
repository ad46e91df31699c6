"""Values for the slots of templates: names, addresses, numbers, drawn from lists and a seed. They are nobody's."""

from __future__ import annotations

import random
import re
import string
import unicodedata
from collections.abc import Callable

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
)
from own_names import LATIN, own
from transliterate import SCRIPTS, declined, written


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


class Values:
    """Makes names, addresses, numbers and whatever else stands in a slot, from one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        # Addresses, companies and numbers are drawn by Faker, whose makers share one source of chance.
        Faker.seed(seed)
        self._pools: dict[tuple[str, str], list[str]] = {}
        self._others = [lang for lang in LOCALES if lang not in OWN_SCRIPT]
        self._peoples = [code for code in LATIN if own(code)[0]]

    def _pooled(self, kind: str, language: str, make: Callable[[], str]) -> str:
        pool = self._pools.setdefault((kind, language), [])
        if len(pool) < POOL:
            pool.append(make())
            return pool[-1]
        return self.rng.choice(pool)

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
