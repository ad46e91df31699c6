"""The people of the demo: customers that come back over the years, agents, and others named once."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random

from hushdesk.demo._checks import digits
from hushdesk.demo._language import LATIN, Language, available, language, shares
from hushdesk.demo._places import Country, countries_of
from hushdesk.demo._products import SUPPORT_DOMAIN

AGENTS = 260
"""How many agents the vendor's support has had."""

_STEMS = (
    "altaris", "corvado", "medivanta", "nordlicht", "solvanta", "brightquay", "kestrelon", "veridana", "ombrio",
    "fabrixon", "lumenark", "tradevo", "palisandro", "quintessa", "rivermark", "stellaron", "tundrapoint",
    "umbralink", "vectoria", "wexbury", "xantheon", "yarrowgate", "zephyrion", "aquilonix", "borealux", "cindertec",
    "dalmantis", "everspan", "ferrovial", "glasshaven", "hyperonda", "inkwellco", "jadestone", "kilnworks",
    "larchfield", "mossgreen", "nimbuscor", "opalinea", "pinnacor", "ravelund", "silvanto", "terracor", "ultramarin",
    "contosa", "fabrikon", "norwindia", "adventis", "litwaris", "proseval", "wingtipo",
)  # fmt: skip
_TRADES = (
    "logistics", "medical", "foods", "design", "travel", "energy", "print", "metals", "textiles", "consulting",
    "software", "insurance", "hotels", "optics", "parts", "gardens",
)  # fmt: skip
_PRIVATE_DOMAINS = (
    "example.com", "example.org", "example.net", "mail.example", "postbox.example", "inbox.test", "freepost.example",
    "home-mail.test", "webbrief.example", "kurier.example",
)  # fmt: skip
_ASCII = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "ı": "i",
        "æ": "ae",
        "đ": "d",
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
    }
)
_CYRILLIC = (
    "а a б b в v г g д d е e ё e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh "
    "щ shch ъ . ы y ь . э e ю yu я ya і i ї i є ye ґ g"
)
_GREEK = (
    "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o"
)
_LETTERS = f"{_CYRILLIC} {_GREEK}".split()
_SCRIPT = {ord(key): value.replace(".", "") for key, value in zip(_LETTERS[::2], _LETTERS[1::2], strict=True)}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person, with everything that the demo may write about them. All of it is invented."""

    key: int
    """Number among the customers or among the agents; -1 for people named once."""
    name: str
    """Display name."""
    given: str
    last: str
    title: str
    """Mr or Mrs in the person's language."""
    female: bool
    language: str
    country: Country
    mail: str
    private_mail: str
    phone: str
    mobile: str
    user: str
    company: str
    street: str
    """Street and number as one line of an envelope."""
    city: str
    address: str
    """The whole address on one line."""
    account: str
    contract: str
    born: date
    ip: str

    def __repr__(self) -> str:
        return f"DemoPerson(key={self.key}, language={self.language!r})"


@lru_cache(maxsize=8192)
def latin(word: str) -> str:
    """A name in the letters of a mail address."""
    word = word.lower().translate(_ASCII)
    word = "".join(
        letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter)
    )
    word = word.translate(_SCRIPT)
    return "".join(letter for letter in word if letter.isascii() and letter.isalnum())


def _cs_family(name: str) -> str:
    if name.endswith("ý"):
        return name[:-1] + "á"
    if name.endswith(("ek", "ec")):
        return f"{name[:-2]}{name[-1]}ová"
    return (name[:-1] if name.endswith(("a", "e", "o")) else name) + "ová"


def _pl_family(name: str) -> str:
    return name[:-1] + "a" if name.endswith(("ski", "cki", "dzki")) else name


def _ru_family(name: str) -> str:
    if name.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return name + "а"
    return name[:-2] + "ая" if name.endswith(("ий", "ый", "ой")) else name


def _uk_family(name: str) -> str:
    return name[:-2] + "а" if name.endswith("ий") else name


def _el_family(name: str) -> str:
    if name.endswith("ος"):
        return name[:-1] + "υ"
    return name.removesuffix("ς")


_FEMALE: dict[str, Callable[[str], str]] = {
    "cs": _cs_family,
    "pl": _pl_family,
    "ru": _ru_family,
    "uk": _uk_family,
    "el": _el_family,
}


def ip_address(rng: Random) -> str:
    """A public address: IPv4 inside and outside the documentation ranges, sometimes IPv6."""
    random = rng.random
    point = random()
    if point < 0.13:
        head = ("2001:db8", "2a02:8109", "2603:7000", "2a01:cb00")[int(random() * 4)]
        return f"{head}:{rng.getrandbits(15) + 1:x}:{rng.getrandbits(15) + 1:x}::{rng.getrandbits(15) + 1:x}"
    if point < 0.4:
        head = ("203.0.113", "198.51.100", "192.0.2")[int(random() * 3)]
        return f"{head}.{1 + int(random() * 254)}"
    first = (31, 46, 62, 77, 81, 84, 91, 109, 145, 151, 176, 185, 188, 193, 195, 212, 217)[int(random() * 17)]
    return f"{first}.{int(random() * 255)}.{int(random() * 255)}.{1 + int(random() * 254)}"


def _draw(rng: Random, words: tuple[str, ...]) -> tuple[str, str]:
    """A word and its Latin form; lists of other scripts write both as ``word|latin``."""
    word, bar, letters = words[int(rng.random() * len(words))].partition("|")
    return word, letters if bar else latin(word)


def _full_name(code: str, given: str, family: str) -> str:
    if code in {"zh", "ko"}:
        return family + given
    if code == "ja":
        return f"{family} {given}"
    return f"{given} {family}"


def make_person(
    rng: Random, tongue: Language, country: Country, key: int, *, staff: bool = False
) -> DemoPerson:
    """Invent a person of a country; all choices come from ``rng``."""
    random = rng.random
    female = random() < 0.5
    source = tongue
    if tongue.code in LATIN and random() < 0.1:
        others = [code for code in LATIN if code in available()]
        source = language(others[int(random() * len(others))])
    given, given_latin = _draw(rng, source.sections["given_f" if female else "given_m"])
    family, family_latin = _draw(rng, source.sections["family"])
    if female and source.code in _FEMALE:
        family = _FEMALE[source.code](family)
        family_latin = latin(family)
    titles = tongue.sections["titles"]
    street, number, city = country.street_line(rng)
    place = country.address
    address = place.replace("{street}", street).replace("{no}", number).replace("{city}", city)
    street = place.replace("{city}", "").replace("{street}", street).replace("{no}", number).strip(" ,،")
    point = random()
    if point < 0.4:
        local = f"{given_latin}.{family_latin}"
    elif point < 0.6:
        local = f"{given_latin[0]}.{family_latin}"
    elif point < 0.75:
        local = f"{given_latin}{family_latin[0]}{int(random() * 90) + 10}"
    elif point < 0.88:
        local = f"{family_latin}{given_latin[0]}"
    else:
        local = f"{given_latin}_{family_latin}{int(random() * 90) + 10}"
    stem = _STEMS[int(random() * len(_STEMS))]
    trade = _TRADES[int(random() * len(_TRADES))]
    suffix = country.suffixes[int(random() * len(country.suffixes))]
    company = f"{stem.capitalize()} {trade.capitalize()} {suffix}"
    gap = "-" if random() < 0.6 else ""
    end = (
        country.domains[int(random() * len(country.domains))]
        if random() < 0.72
        else ("example", "test")[gap == "-"]
    )
    private = _PRIVATE_DOMAINS[int(random() * len(_PRIVATE_DOMAINS))]
    private_mail = f"{given_latin}.{family_latin}{int(random() * 99)}@{private}"
    if staff:
        mail = f"{given_latin}.{family_latin}@{SUPPORT_DOMAIN}"
        company = ""
    elif random() < 0.66:
        mail = f"{local}@{stem}{gap}{trade}.{end}"
    else:
        mail = f"{local}@{private}"
        company = "" if random() < 0.7 else company
    user = f"{given_latin[0]}{family_latin[:9]}{int(random() * 90) + 10}"
    if random() < 0.15:
        user = f"CORP\\{user}"
    year = 1940 + int(random() * 52)
    born = date(year, 1 + int(random() * 12), 1 + int(random() * 28))
    point = random()
    serial = digits(rng, 8)
    # Ten digits at least where there is nothing else: eight may turn up in any hash.
    account = (
        f"{serial}{digits(rng, 2)}"
        if point < 0.3
        else f"C-{serial}"
        if point < 0.65
        else f"{serial[:4]}-{serial[4:]}{digits(rng, 2)}"
    )
    return DemoPerson(
        key=key,
        name=_full_name(source.code, given, family),
        given=given,
        last=family,
        title=titles[0 if female else 1],
        female=female,
        language=tongue.code,
        country=country,
        mail=mail,
        private_mail=private_mail,
        phone=country.phone(rng),
        mobile=country.phone(rng),
        user=user,
        company=company,
        street=street,
        city=city,
        address=address,
        account=account,
        contract=f"NV-{country.code}-{digits(rng, 7)}",
        born=born,
        ip=ip_address(rng),
    )


def _tongue(point: float) -> Language:
    return language(next((code for code, upto in shares() if point < upto), "en"))


def _country(tongue: Language, point: float) -> Country:
    rows = countries_of(tongue.code)
    return next((country for country, upto in rows if point < upto), rows[-1][0])


class Cast:
    """All customers and agents of one run of the generator; anyone can be made from their number."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._rng = Random()
        self._agents = tuple(self._make_agent(number) for number in range(AGENTS))
        self._by_language: dict[str, tuple[DemoPerson, ...]] = {
            code: tuple(agent for agent in self._agents if agent.language == code) for code in available()
        }
        self.customer = lru_cache(maxsize=4096)(self._make_customer)

    def _make_agent(self, number: int) -> DemoPerson:
        rng = self._rng
        rng.seed(self._seed * 1_000_003 + 500_009 * number + 17)
        codes = available()
        # Every language has two agents of its own; the rest follow the shares.
        tongue = language(codes[number % len(codes)]) if number < 2 * len(codes) else _tongue(rng.random())
        return make_person(rng, tongue, _country(tongue, rng.random()), number, staff=True)

    def _make_customer(self, number: int) -> DemoPerson:
        rng = self._rng
        rng.seed(self._seed * 1_000_003 + 7_919 * number + 5)
        tongue = _tongue(rng.random())
        return make_person(rng, tongue, _country(tongue, rng.random()), number)

    def agent(self, rng: Random, code: str) -> DemoPerson:
        """An agent who answers in a language; one in eight cases goes to an English-speaking desk."""
        team = self._by_language[code if rng.random() < 0.88 else "en"]
        # The older hands take more cases than the newer ones.
        return team[int(rng.random() ** 1.6 * len(team))]

    @property
    def agents(self) -> tuple[DemoPerson, ...]:
        """All agents."""
        return self._agents
