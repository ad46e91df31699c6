"""The demo's countries: numbering plans, postal forms and streets, read from ``data/places.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random


@dataclass(frozen=True, slots=True)
class Country:
    """What the demo knows of one country."""

    code: str
    """ISO 3166-1 alpha-2."""
    language: str
    weight: float
    """Share among the countries of the same language."""
    dial: str
    """Country calling code, digits only."""
    trunk: str
    """What stands before a national number at home and falls away behind the calling code."""
    hours: int
    """Hours ahead of UTC."""
    domains: tuple[str, ...]
    phones: tuple[str, ...]
    cities: tuple[str, ...]
    streets: tuple[str, ...]
    address: str
    suffixes: tuple[str, ...]
    """Legal forms of companies."""

    def phone(self, rng: Random) -> str:
        """A phone number in one of the country's spellings."""
        random = rng.random
        pattern = self.phones[int(random() * len(self.phones))]
        return "".join(
            [
                "0123456789"[int(random() * 10)]
                if letter == "#"
                else "23456789"[int(random() * 8)]
                if letter == "%"
                else letter
                for letter in pattern
            ]
        )

    def e164(self, phone: str) -> str:
        """The international form of a number spelled in one of the country's patterns."""
        number = "".join(filter(str.isdigit, phone.replace("(0)", "")))
        if phone.startswith("+"):
            return "+" + number
        if self.dial == "1" and len(number) == 11:
            return "+" + number
        if self.trunk and number.startswith(self.trunk):
            number = number[len(self.trunk) :]
        return f"+{self.dial}{number}"

    def street_line(self, rng: Random) -> tuple[str, str, str]:
        """Street, house number and city with postcode."""
        street = self.streets[int(rng.random() * len(self.streets))]
        if "{n}" in street:
            street = street.replace("{n}", str(1 + int(rng.random() * 28)))
        number = str(1 + int(rng.random() ** 2 * 190))
        return street, number, self.cities[int(rng.random() * len(self.cities))]


@cache
def countries() -> dict[str, Country]:
    """All countries by their code."""
    text = resources.files("hushdesk.demo").joinpath("data/places.toml").read_text("utf-8")
    return {
        code: Country(
            code=code,
            language=row["language"],
            weight=row["weight"],
            dial=row["code"],
            trunk=row.get("trunk", ""),
            hours=row["hours"],
            domains=tuple(row["domains"]),
            phones=tuple(row["phones"]),
            cities=tuple(row["cities"]),
            streets=tuple(row["streets"]),
            address=row["address"],
            suffixes=tuple(row["suffixes"]),
        )
        for code, row in tomllib.loads(text).items()
    }


@cache
def countries_of(language: str) -> tuple[tuple[Country, float], ...]:
    """The countries that speak ``language`` here, with the running sum of their shares."""
    rows = [country for country in countries().values() if country.language == language]
    total = sum(country.weight for country in rows)
    running = 0.0
    out = []
    for country in rows:
        running += country.weight / total
        out.append((country, running))
    return tuple(out)
