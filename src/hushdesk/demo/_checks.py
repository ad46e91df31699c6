"""Numbers that carry a checksum: cards, bank accounts, and the arithmetic they share."""

from __future__ import annotations

from random import Random

_IBAN_SHAPES = {
    # n digit, a capital letter, as in the published registry of formats.
    "AT": "n16",
    "BE": "n12",
    "CH": "n17",
    "CZ": "n20",
    "DE": "n18",
    "ES": "n20",
    "FI": "n14",
    "FR": "n20a1n2",
    "GB": "a4n14",
    "GR": "n23",
    "IE": "a4n14",
    "IT": "a1n22",
    "NL": "a4n10",
    "PL": "n24",
    "PT": "n21",
    "SE": "n20",
    "TR": "n22",
    "UA": "n25",
}
IBAN_COUNTRIES = tuple(sorted(_IBAN_SHAPES))
"""Countries for which :func:`iban` knows the length and shape."""


def digits(rng: Random, count: int) -> str:
    """Random digits, the first of them not zero."""
    low = 10 ** (count - 1)
    return str(low + int(rng.random() * 9 * low))


def luhn_digit(number: str) -> int:
    """The digit that, put behind ``number``, makes it pass the Luhn check."""
    total = 0
    for place, letter in enumerate(reversed(number)):
        value = ord(letter) - 48
        if place % 2 == 0:
            value *= 2
            if value > 9:
                value -= 9
        total += value
    return -total % 10


def card(rng: Random) -> str:
    """A payment card number, 15 or 16 digits, that passes the Luhn check."""
    kind = rng.random()
    if kind < 0.5:
        body = "4" + digits(rng, 14)
    elif kind < 0.85:
        body = f"5{1 + int(rng.random() * 5)}{digits(rng, 13)}"
    else:
        body = ("34", "37")[kind < 0.93] + digits(rng, 12)
    return body + str(luhn_digit(body))


def group_card(rng: Random, number: str) -> str:
    """A card number as people write it."""
    choice = rng.random()
    if choice < 0.25:
        return number
    gap = " " if choice < 0.8 else "-"
    if len(number) == 15:
        return gap.join((number[:4], number[4:10], number[10:]))
    return gap.join((number[:4], number[4:8], number[8:12], number[12:]))


def iban(rng: Random, country: str) -> str:
    """An IBAN without spaces whose check digits are right; Germany's shape for unknown countries."""
    if country not in _IBAN_SHAPES:
        country = "DE"
    shape = _IBAN_SHAPES[country]
    body: list[str] = []
    place = 0
    while place < len(shape):
        end = place + 1
        while end < len(shape) and shape[end].isdigit():
            end += 1
        count = int(shape[place + 1 : end])
        if shape[place] == "n":
            body.append(digits(rng, count))
        else:
            body.append("".join(chr(65 + int(rng.random() * 26)) for _ in range(count)))
        place = end
    account = "".join(body)
    check = 98 - mod97(account + country + "00")
    return f"{country}{check:02d}{account}"


def mod97(text: str) -> int:
    """Remainder by 97 of an alphanumeric text, letters counted from A = 10."""
    return int("".join(str(int(letter, 36)) for letter in text)) % 97


def group_iban(rng: Random, number: str) -> str:
    """An IBAN as people write it: in fours, mostly."""
    if rng.random() < 0.3:
        return number
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
