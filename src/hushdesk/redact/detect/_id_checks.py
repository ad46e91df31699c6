"""Check digits of national numbers: those of python-stdnum, and a few that it lacks."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import cache, lru_cache

from hushdesk.redact._lazy import lazily

_COMPACT = lazily(r"[\s.\-/()]+")
_TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def _singapore(value: str) -> bool:
    match = re.fullmatch(r"([STFGM])(\d{7})([A-Z])", value)
    if match is None:
        return False
    total = sum(int(d) * w for d, w in zip(match[2], (2, 7, 6, 5, 4, 3, 2), strict=True))
    if match[1] == "M":
        return "KLJNPQRTUWX"[10 - (total + 3) % 11] == match[3]
    offset = 4 if match[1] in "TG" else 0
    letters = "JZIHGFEDCBA" if match[1] in "ST" else "XWUTRQPNMLK"
    return letters[(total + offset) % 11] == match[3]


def _hong_kong(value: str) -> bool:
    match = re.fullmatch(r"([A-Z]{1,2})(\d{6})([\dA])", value)
    if match is None:
        return False
    letters = [ord(c) - 55 for c in match[1]]
    parts = ([36] if len(letters) == 1 else []) + letters + [int(d) for d in match[2]]
    total = sum(p * w for p, w in zip(parts, range(9, 1, -1), strict=True))
    return (total + (10 if match[3] == "A" else int(match[3]))) % 11 == 0


def _taiwan(value: str) -> bool:
    if re.fullmatch(r"[A-Z][1289]\d{8}", value) is None:
        return False
    number = _TAIWAN.index(value[0]) + 10
    digits = [number // 10, number % 10, *map(int, value[1:])]
    return sum(d * w for d, w in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


def _snils(value: str) -> bool:
    if re.fullmatch(r"\d{11}", value) is None:
        return False
    total = sum(int(d) * w for d, w in zip(value[:9], range(9, 0, -1), strict=True)) % 101
    return total % 100 == int(value[9:])


def _hungarian_tax(value: str) -> bool:
    if re.fullmatch(r"8\d{9}", value) is None:
        return False
    return sum(int(d) * w for d, w in zip(value[:9], range(1, 10), strict=True)) % 11 == int(value[9])


def _social_hungary(value: str) -> bool:
    if re.fullmatch(r"\d{9}", value) is None:
        return False
    return sum(int(d) * w for d, w in zip(value[:8], (3, 7) * 4, strict=True)) % 10 == int(value[8])


def _nino(value: str) -> bool:
    return (
        re.fullmatch(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", value)
        is not None
    )


def _jmbg(value: str) -> bool:
    if re.fullmatch(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])[09]\d{8}", value) is None:
        return False
    rest = -sum(int(d) * w for d, w in zip(value[:12], (7, 6, 5, 4, 3, 2) * 2, strict=True)) % 11
    return rest != 10 and rest == int(value[12])


def _spanish_insurance(value: str) -> bool:
    if re.fullmatch(r"\d{12}", value) is None:
        return False
    province, number = int(value[:2]), int(value[2:10])
    whole = number + province * 10_000_000 if number < 10_000_000 else int(value[:10])
    return whole % 97 == int(value[10:])


_OWN: dict[str, Callable[[str], bool]] = {
    "own.sg": _singapore,
    "own.hk": _hong_kong,
    "own.tw": _taiwan,
    "own.snils": _snils,
    "own.hu_tax": _hungarian_tax,
    "own.hu_taj": _social_hungary,
    "own.nino": _nino,
    "own.jmbg": _jmbg,
    "own.nass": _spanish_insurance,
}


@cache
def _check(name: str) -> Callable[[str], bool]:
    if name in _OWN:
        own = _OWN[name]
        return lambda value: own(_COMPACT.sub("", value).upper())
    return importlib.import_module(f"stdnum.{name}").is_valid  # type: ignore[no-any-return]


@lru_cache(maxsize=1 << 12)
def valid(names: tuple[str, ...], value: str) -> bool:
    """Tell whether ``value`` has the form and check digits of one of the numbers called ``names``.

    Args:
        names: Modules of python-stdnum, such as ``pl.pesel``, or ``own.`` and one of those here.
        value: A value as written.
    """
    return any(_check(name)(value) for name in names)
