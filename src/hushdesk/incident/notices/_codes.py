"""Check codes: a letter says one, and the company's page confirms it without learning who asks.

A code is no pointer into a table: it *is* the letter's number, day, language and form, enciphered and authenticated under a key
of the desk and the incident (a synthetic-IV construction: the tag over the facts keys the pad that hides them). So nothing has
to be stored, a letter that is made again gets the same code, and nobody can make one or count letters by looking at codes. What
can be learnt from a code is what its holder can read in the letter, without the identity.

95 bits: 48 of facts, 47 of tag. One guess in 2^47 is a code, for each incident that is tried; the page limits the rate.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from hushdesk.incident._spans import DAY, moment, when
from hushdesk.incident.notices._errors import NoticeError

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {char: value for value, char in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_BLANKS: Final = str.maketrans(dict.fromkeys(" -\u2010\u2011\u2012\u2013\u2014\u2212\u00a0\t\r\n."))
_LETTER_BITS: Final = 27
_DAY_BITS: Final = 14
_LANGUAGE_BITS: Final = 5
_FORM_BITS: Final = 2
_FACT_BITS: Final = _LETTER_BITS + _DAY_BITS + _LANGUAGE_BITS + _FORM_BITS
_TAG_BITS: Final = 95 - _FACT_BITS
_DAY_ZERO: Final = 18_262
"""1 January 2020, as days since 1970."""

MOST_LETTERS: Final = (1 << _LETTER_BITS) - 1
"""Letters of one incident that codes can tell apart."""

_LANGUAGES: Final = ("", "en", "de", "fr", "es", "it", "pl", "nl", "pt")
"""Their place is in every code that was ever sent: new ones are added at the end."""


class Form(StrEnum):
    """Which wording a letter has."""

    POSSIBLE = "possible"
    """Data of theirs may have left."""
    CERTAIN = "certain"
    """Data of theirs did leave."""
    LEFTOVER = "leftover"
    """Data of theirs stood in plain form, and may have left."""
    CERTAIN_LEFTOVER = "certain leftover"


_FORMS: Final = tuple(Form)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """What a code says: nothing of the person."""

    incident: str
    letter: int
    """Number of the letter within the incident, from 1."""
    day: int
    """Moment at which the day of the letter begins, in UTC."""
    language: str
    """Empty if the texts of that language are newer than this list."""
    form: Form


class Doubt(Enum):
    """Why a code is not confirmed."""

    MISTYPED = "mistyped"
    """Its check character does not fit: a slip of the pen, with a probability of 31 in 32."""
    UNKNOWN = "unknown"
    """No letter of ours has it."""


class CheckCodes:
    """Makes and confirms check codes.

    Args:
        key: ``Keyring.derived("notice check codes")``; its ``repr`` never shows.
    """

    __slots__ = ("_keys", "_root")

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise NoticeError("the key of check codes has less than 256 bits.")
        self._root = key
        self._keys: dict[str, tuple[bytes, bytes]] = {}

    def __repr__(self) -> str:
        return "CheckCodes(…)"

    def code(
        self, incident: str, letter: int, *, dated: int, language: str = "", form: Form = Form.POSSIBLE
    ) -> str:
        """The code of one letter: four groups of five characters, ``0K3FM-9TZ41-…``.

        Args:
            incident: Id of the incident.
            letter: Its number within the incident, from 1.
            dated: Moment of the letter; its day in UTC goes into the code.
            language: Of the letter.
            form: Its wording.

        Raises:
            NoticeError: The number or the date is out of range.
        """
        day = dated // DAY - _DAY_ZERO
        if not 0 < letter <= MOST_LETTERS or not 0 <= day < 1 << _DAY_BITS:
            raise NoticeError("a letter's number or date is out of range for a check code.")
        tongue = _LANGUAGES.index(language) if language in _LANGUAGES else 0
        facts = ((letter << _DAY_BITS | day) << _LANGUAGE_BITS | tongue) << _FORM_BITS | _FORMS.index(form)
        tags, pads = self._of(incident)
        tag = _tag(tags, facts)
        return _grouped(tag << _FACT_BITS | facts ^ _pad(pads, tag))

    def confirm(self, code: str, incidents: Iterable[str]) -> LetterFacts | Doubt:
        """What letter a code belongs to.

        Args:
            code: As somebody typed it: case, blanks, dashes, O for 0 and I or L for 1 do not matter.
            incidents: Ids of the incidents that letters were sent about.
        """
        typed = code.translate(_BLANKS).upper() if len(code) <= 200 else ""
        values = [_VALUES.get(char, -1) for char in typed]
        if len(values) != 20 or min(values) < 0:
            return Doubt.MISTYPED
        if _check(values[:19]) != values[19]:
            return Doubt.MISTYPED
        number = 0
        for value in values[:19]:
            number = number << 5 | value
        tag, hidden = number >> _FACT_BITS, number & (1 << _FACT_BITS) - 1
        for incident in incidents:
            tags, pads = self._of(incident)
            facts = hidden ^ _pad(pads, tag)
            if hmac.compare_digest(_tag(tags, facts).to_bytes(6, "big"), tag.to_bytes(6, "big")):
                return _read(incident, facts)
        return Doubt.UNKNOWN

    def _of(self, incident: str) -> tuple[bytes, bytes]:
        keys = self._keys.get(incident)
        if keys is None:
            name = incident.encode("utf-8", "surrogatepass")
            keys = (
                hmac.digest(self._root, b"check code tag|" + name, "sha256"),
                hmac.digest(self._root, b"check code pad|" + name, "sha256"),
            )
            self._keys[incident] = keys
        return keys


def _tag(key: bytes, facts: int) -> int:
    return int.from_bytes(hmac.digest(key, facts.to_bytes(6, "big"), "sha256")[:6], "big") >> 48 - _TAG_BITS


def _pad(key: bytes, tag: int) -> int:
    return int.from_bytes(hmac.digest(key, tag.to_bytes(6, "big"), "sha256")[:6], "big")


def _read(incident: str, facts: int) -> LetterFacts:
    form = facts & (1 << _FORM_BITS) - 1
    facts >>= _FORM_BITS
    tongue = facts & (1 << _LANGUAGE_BITS) - 1
    facts >>= _LANGUAGE_BITS
    day = (facts & (1 << _DAY_BITS) - 1) + _DAY_ZERO
    return LetterFacts(
        incident=incident,
        letter=facts >> _DAY_BITS,
        day=moment(when(day * DAY)),
        language=_LANGUAGES[tongue] if tongue < len(_LANGUAGES) else "",
        form=_FORMS[form],
    )


def _powers() -> tuple[tuple[int, ...], ...]:
    """Products in GF(2^5) of x^i, for each place i from 1, with each of the 32 values; the modulus is x^5 + x^2 + 1."""
    rows, row = [], list(range(32))
    for _ in range(19):
        row = [value << 1 ^ (0b100101 if value & 16 else 0) for value in row]
        rows.append(tuple(row))
    return tuple(rows)


_POWERS: Final = _powers()


def _check(values: list[int]) -> int:
    """One wrong character, and any two that changed places, give another sum: all 19 weights and 1 differ."""
    found = 0
    for row, value in zip(_POWERS, values, strict=True):
        found ^= row[value]
    return found


def _grouped(number: int) -> str:
    values = [number >> shift & 31 for shift in range(90, -1, -5)]
    text = "".join(map(_ALPHABET.__getitem__, (*values, _check(values))))
    return f"{text[:5]}-{text[5:10]}-{text[10:15]}-{text[15:]}"
