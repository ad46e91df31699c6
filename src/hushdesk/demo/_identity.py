"""National identity and tax numbers whose check digits are right, in the forms people write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from random import Random

from hushdesk.demo._checks import digits, luhn_digit

_VERHOEFF_D = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_VERHOEFF_P = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)
_VERHOEFF_INVERSE = "0432156789"
_CONTROL_VALUES = (
    1,
    0,
    5,
    7,
    9,
    13,
    15,
    17,
    19,
    21,
    2,
    4,
    18,
    20,
    11,
    3,
    6,
    8,
    12,
    14,
    16,
    10,
    22,
    25,
    24,
    23,
)
_CONTROL_ODD = dict(
    zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (*_CONTROL_VALUES[:10], *_CONTROL_VALUES), strict=True)
)


def _weighted(number: str, weights: Sequence[int]) -> int:
    return sum(int(letter) * weight for letter, weight in zip(number, weights, strict=False))


def _at(_rng: Random, born: date, _female: bool) -> str:
    while True:
        serial = digits(_rng, 3)
        tail = f"{born:%d%m%y}"
        check = _weighted(serial + tail, (3, 7, 9, 5, 8, 4, 2, 1, 6)) % 11
        if check < 10:
            return f"{serial}{check} {tail}"


def _be(rng: Random, born: date, female: bool) -> str:
    serial = 2 * (1 + int(rng.random() * 480)) + (0 if female else 1)
    head = f"{born:%y%m%d}{serial:03d}"
    check = 97 - int(head) % 97
    return f"{head[:2]}.{head[2:4]}.{head[4:6]}-{head[6:]}.{check:02d}"


def _br(rng: Random, _born: date, _female: bool) -> str:
    body = digits(rng, 9)
    first = -_weighted(body, range(10, 1, -1)) % 11 % 10
    second = -_weighted(f"{body}{first}", range(11, 1, -1)) % 11 % 10
    return f"{body[:3]}.{body[3:6]}.{body[6:]}-{first}{second}"


def _ca(rng: Random, _born: date, _female: bool) -> str:
    body = str(1 + int(rng.random() * 7)) + digits(rng, 7)
    return f"{body[:3]} {body[3:6]} {body[6:]}{luhn_digit(body)}"


def _ch(rng: Random, _born: date, _female: bool) -> str:
    body = "756" + digits(rng, 9)
    check = -_weighted(body, (1, 3) * 6) % 10
    return f"756.{body[3:7]}.{body[7:11]}.{body[11:]}{check}"


def _cn(rng: Random, born: date, female: bool) -> str:
    area = ("110105", "310104", "110101", "110108", "310101")[int(rng.random() * 5)]
    order = 2 * (10 + int(rng.random() * 480)) + (0 if female else 1)
    body = f"{area}{born:%Y%m%d}{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[_weighted(body, weights) % 11]


def _cz(rng: Random, born: date, female: bool) -> str:
    month = born.month + (50 if female else 0)
    while True:
        body = f"{born:%y}{month:02d}{born.day:02d}{100 + int(rng.random() * 899)}"
        check = int(body) % 11
        if check < 10:
            return f"{body[:6]}/{body[6:]}{check}"


def _de(rng: Random, _born: date, _female: bool) -> str:
    order = list("0123456789")
    rng.shuffle(order)
    if order[0] == "0":
        order[0], order[5] = order[5], order[0]
    order[9] = order[3]
    body = "".join(order)
    product = 10
    for letter in body:
        total = (int(letter) + product) % 10 or 10
        product = total * 2 % 11
    number = f"{body}{(11 - product) % 10}"
    return number if rng.random() < 0.5 else f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"


def _es(rng: Random, _born: date, _female: bool) -> str:
    body = digits(rng, 8)
    gap = "-" if rng.random() < 0.3 else ""
    return f"{body}{gap}{'TRWAGMYFPDXBNJZSQVHLCKE'[int(body) % 23]}"


def _fr(rng: Random, born: date, female: bool) -> str:
    department = ("13", "31", "35", "44", "59", "69", "75")[int(rng.random() * 7)]
    body = f"{2 if female else 1}{born:%y%m}{department}{digits(rng, 3)}{digits(rng, 3)}"
    check = 97 - int(body) % 97
    return f"{body[0]} {body[1:3]} {body[3:5]} {body[5:7]} {body[7:10]} {body[10:]} {check:02d}"


def _gb(rng: Random, _born: date, _female: bool) -> str:
    first = "ABCEHJKLMPRSTWXY"[int(rng.random() * 16)]
    second = "ABCEHJKLMPRSTW"[int(rng.random() * 14)]
    if first + second in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}:
        second = "A"
    body = digits(rng, 6)
    return f"{first}{second} {body[:2]} {body[2:4]} {body[4:]} {'ABCD'[int(rng.random() * 4)]}"


def _gr(rng: Random, born: date, _female: bool) -> str:
    body = f"{born:%d%m%y}{digits(rng, 4)}"
    return f"{body}{luhn_digit(body)}"


def _in(rng: Random, _born: date, _female: bool) -> str:
    body = str(2 + int(rng.random() * 8)) + digits(rng, 10)
    state = 0
    for place, letter in enumerate(reversed(body), start=1):
        state = int(_VERHOEFF_D[state][int(_VERHOEFF_P[place % 8][int(letter)])])
    number = body + _VERHOEFF_INVERSE[state]
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def _it(rng: Random, born: date, female: bool) -> str:
    letters = "BCDFGLMNPRSTVZ"
    body = "".join(letters[int(rng.random() * 14)] for _ in range(6))
    body += f"{born:%y}{'ABCDEHLMPRST'[born.month - 1]}{born.day + (40 if female else 0):02d}"
    body += ("F205", "H501", "L219", "D612", "A944", "F839")[int(rng.random() * 6)]
    total = 0
    for place, letter in enumerate(body):
        if place % 2 == 0:
            total += _CONTROL_ODD[letter]
        else:
            total += int(letter) if letter.isdigit() else ord(letter) - 65
    return body + chr(65 + total % 26)


def _jp(rng: Random, _born: date, _female: bool) -> str:
    body = digits(rng, 11)
    rest = _weighted(body, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    number = f"{body}{0 if rest <= 1 else 11 - rest}"
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def _kr(rng: Random, born: date, female: bool) -> str:
    body = f"{born:%y%m%d}{2 if female else 1}{int(rng.random() * 90):02d}{digits(rng, 3)}"
    check = (11 - _weighted(body, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return f"{body[:6]}-{body[6:]}{check}"


def _nl(rng: Random, _born: date, _female: bool) -> str:
    while True:
        body = digits(rng, 8)
        check = _weighted(body, range(9, 1, -1)) % 11
        if check < 10:
            return f"{body}{check}"


def _pl(rng: Random, born: date, female: bool) -> str:
    serial = 1000 + 2 * int(rng.random() * 4400) + (0 if female else 1)
    body = f"{born:%y%m%d}{serial}"
    return f"{body}{-_weighted(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10}"


def _pt(rng: Random, _born: date, _female: bool) -> str:
    body = "2" + digits(rng, 7)
    check = (11 - _weighted(body, range(9, 1, -1)) % 11) % 11 % 10
    return f"{body[:3]} {body[3:6]} {body[6:]}{check}"


def _ru(rng: Random, _born: date, _female: bool) -> str:
    body = digits(rng, 10)
    first = _weighted(body, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10
    second = _weighted(f"{body}{first}", (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10
    return f"{body}{first}{second}"


def _se(rng: Random, born: date, female: bool) -> str:
    serial = 100 + 2 * int(rng.random() * 440) // 10 * 10 + (0 if female else 1)
    body = f"{born:%y%m%d}{serial}"
    return f"{body[:6]}-{serial}{luhn_digit(body)}"


def _th(rng: Random, _born: date, _female: bool) -> str:
    body = str(1 + int(rng.random() * 8)) + digits(rng, 11)
    check = (11 - _weighted(body, range(13, 1, -1)) % 11) % 10
    return f"{body[0]}-{body[1:5]}-{body[5:10]}-{body[10:]}-{check}"


def _tr(rng: Random, _born: date, _female: bool) -> str:
    body = digits(rng, 9)
    odd = sum(int(letter) for letter in body[::2])
    even = sum(int(letter) for letter in body[1::2])
    tenth = (odd * 7 - even) % 10
    return f"{body}{tenth}{(odd + even + tenth) % 10}"


def _ua(rng: Random, _born: date, _female: bool) -> str:
    body = digits(rng, 9)
    check = _weighted(body, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10
    return f"{body}{check}"


def _us(rng: Random, _born: date, _female: bool) -> str:
    area = 101 + int(rng.random() * 560)
    return f"{area}-{10 + int(rng.random() * 89)}-{1000 + int(rng.random() * 8999)}"


_MAKERS: dict[str, Callable[[Random, date, bool], str]] = {
    "AT": _at,
    "BE": _be,
    "BR": _br,
    "CA": _ca,
    "CH": _ch,
    "CN": _cn,
    "CZ": _cz,
    "DE": _de,
    "ES": _es,
    "FR": _fr,
    "GB": _gb,
    "GR": _gr,
    "IN": _in,
    "IT": _it,
    "JP": _jp,
    "KR": _kr,
    "NL": _nl,
    "PL": _pl,
    "PT": _pt,
    "RU": _ru,
    "SE": _se,
    "TH": _th,
    "TR": _tr,
    "UA": _ua,
    "US": _us,
}
COUNTRIES = tuple(_MAKERS)
"""Countries whose numbers :func:`national_id` can make."""


def national_id(rng: Random, country: str, born: date, *, female: bool) -> str:
    """A national number of ``country``, as people write it; empty if the country is not known here."""
    make = _MAKERS.get(country)
    return make(rng, born, female) if make else ""
