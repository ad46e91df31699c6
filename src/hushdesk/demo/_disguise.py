"""Odd spellings of personal data: what people write by mistake, by habit, or to hide."""

from __future__ import annotations

import base64
from collections.abc import Callable
from random import Random

Trick = Callable[[str, Random, "Words"], str]

_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\u00ad"
_LOOK_ALIKE = str.maketrans({"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "x": "х", "y": "у", "i": "і"})
_FULL_WIDTH = {number: chr(number + 0xFEE0) for number in range(0x21, 0x7F)}
_DIGIT_WORDS = {
    "en": "zero one two three four five six seven eight nine",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "it": "zero uno due tre quattro cinque sei sette otto nove",
    "pt": "zero um dois três quatro cinco seis sete oito nove",
    "sv": "noll ett två tre fyra fem sex sju åtta nio",
    "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
    "ru": "ноль один два три четыре пять шесть семь восемь девять",
    "uk": "нуль один два три чотири п'ять шість сім вісім дев'ять",
    "tr": "sıfır bir iki üç dört beş altı yedi sekiz dokuz",
    "cs": "nula jedna dva tři čtyři pět šest sedm osm devět",
    "ja": "ゼロ いち に さん よん ご ろく なな はち きゅう",
    "nl": "nul een twee drie vier vijf zes zeven acht negen",
}


class Words:
    """What a language calls the at sign, the dot and the digits."""

    __slots__ = ("at", "digits", "dot")

    def __init__(self, code: str, at: tuple[str, ...], dot: tuple[str, ...]) -> None:
        self.at = at
        self.dot = dot
        self.digits = tuple(_DIGIT_WORDS.get(code, "").split())


def _place(rng: Random, text: str) -> int:
    return 1 + int(rng.random() * (len(text) - 2))


def _zero_width(value: str, rng: Random, _words: Words) -> str:
    for _ in range(1 + int(rng.random() * 3)):
        at = _place(rng, value)
        value = value[:at] + _ZERO_WIDTH[int(rng.random() * 5)] + value[at:]
    return value


def _full_width(value: str, rng: Random, _words: Words) -> str:
    if "@" in value and rng.random() < 0.5:
        return value.replace("@", "＠").replace(".", "．")
    return value.translate(_FULL_WIDTH)


def _spaced_characters(value: str, _rng: Random, _words: Words) -> str:
    return " ".join(value.replace(" ", ""))


def _look_alike(value: str, _rng: Random, _words: Words) -> str:
    local, at, rest = value.partition("@")
    return local.translate(_LOOK_ALIKE) + at + rest


def _upper_case(value: str, _rng: Random, _words: Words) -> str:
    return value.upper()


def _spaced_mail(value: str, rng: Random, _words: Words) -> str:
    local, _, domain = value.partition("@")
    point = rng.random()
    if point < 0.3:
        return f"{local} @{domain.replace('.', ' ')}"
    if point < 0.55:
        return f"{local} @ {domain}"
    if point < 0.8:
        return f"{local}@ {domain.replace('.', ' .', 1)}"
    return f"{local}@{domain.replace('.', '. ')}"


def _at_dot_words(value: str, rng: Random, words: Words) -> str:
    local, _, domain = value.partition("@")
    at = words.at[int(rng.random() * len(words.at))]
    dot = words.dot[int(rng.random() * len(words.dot))]
    if rng.random() < 0.3:
        local = local.replace(".", f" {dot} ")
    return f"{local} {at} {domain.replace('.', f' {dot} ')}"


def _brackets(value: str, rng: Random, _words: Words) -> str:
    local, _, domain = value.partition("@")
    left, right = ("[]", "()", "{}", "<>")[int(rng.random() * 3)]
    gap = " " if rng.random() < 0.4 else ""
    dot = f"{gap}{left}dot{right}{gap}" if rng.random() < 0.6 else "."
    return f"{local}{gap}{left}at{right}{gap}{domain.replace('.', dot)}"


def _hyphen_dot(value: str, _rng: Random, _words: Words) -> str:
    head, _, tail = value.rpartition(".")
    return f"{head}-{tail}"


def _entity(value: str, rng: Random, _words: Words) -> str:
    at = ("&#64;", "&#x40;", "&commat;")[int(rng.random() * 3)]
    value = value.replace("@", at)
    return value.replace(".", "&#46;") if rng.random() < 0.4 else value


def _percent(value: str, rng: Random, _words: Words) -> str:
    value = value.replace("@", "%40")
    return value.replace(".", "%2E") if rng.random() < 0.4 else value


def _quoted_printable(value: str, rng: Random, _words: Words) -> str:
    value = value.replace("@", "=40")
    return value.replace(".", "=2E") if rng.random() < 0.6 else value


def _base64(value: str, _rng: Random, _words: Words) -> str:
    return base64.b64encode(f"reply to: {value}\n".encode()).decode("ascii")


def _digits(value: str) -> str:
    return ("+" if value.startswith("+") else "") + "".join(filter(str.isdigit, value.replace("(0)", "")))


def _odd_grouping(value: str, rng: Random, _words: Words) -> str:
    number = _digits(value) if "@" not in value else value
    out, at = [], 0
    while at < len(number):
        step = 1 + int(rng.random() * 4)
        out.append(number[at : at + step])
        at += step
    return ("-", " ", "  ", " - ", "/")[int(rng.random() * 5)].join(out)


def _dots(value: str, _rng: Random, _words: Words) -> str:
    number = _digits(value)
    return ".".join(number[at : at + 3] for at in range(0, len(number), 3))


def _digit_words(value: str, _rng: Random, words: Words) -> str:
    if not words.digits:
        return value
    number = _digits(value)
    spoken = [words.digits[int(letter)] for letter in number if letter.isdigit()]
    return ("+ " if number.startswith("+") else "") + " ".join(spoken)


def _odd_spacing(value: str, rng: Random, _words: Words) -> str:
    number = value.replace(" ", "").replace("-", "")
    out, at = [], 0
    while at < len(number):
        step = 2 + int(rng.random() * 4)
        out.append(number[at : at + step])
        at += step
    return (" ", " ", "  ", ".", "-")[int(rng.random() * 5)].join(out)


def _defanged(value: str, rng: Random, _words: Words) -> str:
    if ":" in value:
        return value.replace(":", "[:]")
    mark = ("[.]", "(.)", "[dot]", " . ")[int(rng.random() * 4)]
    if rng.random() < 0.5:
        head, _, tail = value.rpartition(".")
        return f"{head}{mark}{tail}"
    return value.replace(".", mark)


_MAIL: tuple[tuple[str, Trick], ...] = (
    ("spaced", _spaced_mail),
    ("spaced", _spaced_mail),
    ("at_dot_words", _at_dot_words),
    ("at_dot_words", _at_dot_words),
    ("brackets", _brackets),
    ("hyphen_dot", _hyphen_dot),
    ("spaced_characters", _spaced_characters),
    ("zero_width", _zero_width),
    ("full_width", _full_width),
    ("html_entity", _entity),
    ("percent_encoding", _percent),
    ("quoted_printable", _quoted_printable),
    ("base64", _base64),
    ("look_alike", _look_alike),
    ("upper_case", _upper_case),
)
_TRICKS: dict[str, tuple[tuple[str, Trick], ...]] = {
    "EMAIL": _MAIL,
    "PHONE": (
        ("odd_grouping", _odd_grouping),
        ("odd_grouping", _odd_grouping),
        ("dots", _dots),
        ("digit_words", _digit_words),
        ("spaced_characters", _spaced_characters),
        ("zero_width", _zero_width),
        ("full_width", _full_width),
    ),
    "CARD": (
        ("odd_spacing", _odd_spacing),
        ("dots", _dots),
        ("spaced_characters", _spaced_characters),
        ("full_width", _full_width),
    ),
    "IBAN": (
        ("odd_spacing", _odd_spacing),
        ("spaced_characters", _spaced_characters),
        ("zero_width", _zero_width),
    ),
    "IP": (
        ("defanged", _defanged),
        ("defanged", _defanged),
        ("full_width", _full_width),
        ("zero_width", _zero_width),
    ),
    "PERSON": (
        ("upper_case", _upper_case),
        ("upper_case", _upper_case),
        ("zero_width", _zero_width),
        ("spaced_characters", _spaced_characters),
        ("look_alike", _look_alike),
    ),
    "ACCOUNT": (("odd_spacing", _odd_spacing), ("full_width", _full_width), ("zero_width", _zero_width)),
    "NATIONAL_ID": (("odd_spacing", _odd_spacing), ("full_width", _full_width), ("zero_width", _zero_width)),
    "ADDRESS": (("upper_case", _upper_case),),
}


def split_quoted(value: str, rng: Random) -> str:
    """A value that a mail program has broken over two quoted lines."""
    at = _place(rng, value)
    return f"{value[:at].rstrip()}\n> {value[at:].lstrip()}"


def disguise(kind: str, value: str, rng: Random, words: Words) -> tuple[str, str]:
    """Spell a value oddly.

    Args:
        kind: Name of the kind of value, as in ``hushdesk.redact.Kind``.
        value: The value in an ordinary spelling.
        rng: Where the choices come from.
        words: How the language of the text calls the signs.

    Returns:
        The odd spelling and the name of the trick; the value itself and "" if no trick changes it.
    """
    tricks = _TRICKS.get(kind)
    if not tricks or len(value) < 4:
        return value, ""
    name, trick = tricks[int(rng.random() * len(tricks))]
    odd = trick(value, rng, words)
    return (odd, name) if odd != value else (value, "")
