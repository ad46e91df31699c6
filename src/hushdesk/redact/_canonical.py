"""The one form that all spellings of a value share."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache

from hushdesk.redact._fold import fold
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Kind
from hushdesk.redact._words import words

_AT_WORDS = lazily(
    r"\s*[\[({<]\s*(?:at|arobase|arroba|chiocciola|@)\s*[\])}>]\s*|\s+(?:at|arobase|arroba|chiocciola)\s+"
)
_DOT_WORDS = lazily(r"\s*[\[({<]\s*(?:dot|point|punkt|punto|\.)\s*[\])}>]\s*|\s+(?:dot|punkt|point|punto)\s+")
_DROPPED = lazily(r"[\s>|\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\xad]+")
_NOT_WORD = lazily(r"[\W_]+")
_HONORIFICS = frozenset(
    words("mr mrs ms miss mx dr prof sir herr frau hr fr m mme mlle sr sra srta sig dott dhr mevr pan pani")
)


@lru_cache(maxsize=1 << 14)
def canonical(kind: Kind, value: str) -> str:
    """Return the form of ``value`` that all its spellings share.

    Args:
        kind: What the value is.
        value: The value in any spelling that the detectors understand.
    """
    value = unicodedata.normalize("NFKC", value)
    if kind is Kind.EMAIL:
        return _email(value)
    if kind is Kind.PHONE:
        return _phone(value)
    if kind is Kind.IP:
        return _ip(value)
    if kind is Kind.MAC:
        return re.sub(r"[^0-9a-f]", "", value.lower())
    if kind in _COMPACT:
        return _NOT_WORD.sub("", _ascii_digits(value)).upper()
    if kind is Kind.SECRET:
        return value
    if kind is Kind.USERNAME:
        return fold(value).strip().lstrip("@").strip()
    if kind is Kind.PERSON:
        return _person(value)
    return " ".join(fold(value).split())


_COMPACT = frozenset(
    {
        Kind.CARD,
        Kind.IBAN,
        Kind.BANK,
        Kind.ACCOUNT,
        Kind.NATIONAL_ID,
        Kind.DEVICE,
        Kind.PLATE,
        Kind.BIRTH_DATE,
    }
)


def _ascii_digits(value: str) -> str:
    if value.isascii():
        return value
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in value)


def _email(value: str) -> str:
    value = value.lower()
    value = value.removeprefix("mailto:")
    if "@" not in value or "[" in value or "(" in value:
        value = _AT_WORDS.sub("@", value)
    value = _DOT_WORDS.sub(".", value)
    value = _DROPPED.sub(" ", value).strip()
    local, sep, domain = value.rpartition("@")
    if not sep:
        return value
    local = local.replace(" ", "").rstrip("@")
    # What stands where the last dot belongs: a hyphen, a comma or only a blank.
    domain = re.sub(r"\s*([.,/;:·•_\u2010-\u2015])\s*", r"\1", domain.strip())
    domain = re.sub(r"[.,/;:·•_\u2010-\u2015\u3002 ]+", ".", domain)
    if "." not in domain and "-" in domain:
        head, _, tail = domain.rpartition("-")
        domain = f"{head}.{tail}"
    domain = domain.strip(".")
    if not domain.isascii():
        labels = []
        for label in domain.split("."):
            if label.isascii():
                labels.append(label)
            else:
                labels.append("xn--" + label.encode("punycode").decode("ascii"))
        domain = ".".join(labels)
    return f"{local.strip(chr(34))}@{domain}"


def _phone(value: str) -> str:
    import phonenumbers

    value = _ascii_digits(value)
    plus = "+" in value[:3] or re.match(r"\D{0,2}00[1-9]", value) is not None
    value = re.sub(r"\(0\)", "", value)
    value = re.split(r"(?i)\s*(?:ext|x|durchwahl|poste)\.?\s*\d{1,6}$", value)[0]
    digits = re.sub(r"\D", "", value)
    if plus:
        digits = digits.removeprefix("00") if "+" not in value else digits
        try:
            number = phonenumbers.parse("+" + digits, None)
        except phonenumbers.NumberParseException:
            return "+" + digits
        return f"+{number.country_code}{phonenumbers.national_significant_number(number)}"
    return digits


def _ip(value: str) -> str:
    value = re.sub(r"\s*[\[({]?(?:\.|dot)[\])}]?\s*", ".", value.lower()).strip("[]() ")
    value = value.split("%", 1)[0]
    try:
        return ipaddress.ip_address(value).compressed
    except ValueError:
        pass
    parts = value.split(".")
    if len(parts) == 4 and all(p.isdecimal() and int(p) < 256 for p in parts):
        return ".".join(str(int(p)) for p in parts)
    return value


def _person(value: str) -> str:
    value = fold(value)
    if not value.replace(" ", "").isalpha():
        value = _NOT_WORD.sub(" ", value)
    parts = value.split()
    first = 0
    while first < len(parts) - 1 and parts[first] in _HONORIFICS:
        first += 1
    return " ".join(parts[first:])
