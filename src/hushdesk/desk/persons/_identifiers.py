"""From what somebody types, in any spelling, to the values and pseudonyms that it may stand for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from hushdesk.redact import Kind, canonical
from hushdesk.vault import TOKEN_PATTERN, Pseudonymiser

MOST_TYPED: Final = 500
"""Characters of one identifier that are looked at."""

LINKABLE: Final = frozenset(Kind) - {
    Kind.PERSON, Kind.BIRTH_DATE, Kind.PLACE, Kind.ADDRESS, Kind.COORDINATES, Kind.SECRET, Kind.URL,
}  # fmt: skip
"""Kinds whose values have the same pseudonym in all cases; by others nobody can be found."""

_PERSONAL: Final = (Kind.EMAIL, Kind.PHONE, Kind.USERNAME)
"""Kinds from which the pseudonym of a whole person is made."""

_NUMBER: Final = re.compile(r"[+\d][\d\s\-+().,/\u2010-\u2015]{3,40}")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One thing that was typed, read."""

    forms: tuple[tuple[Kind, str], ...] = field(default=(), repr=False)
    """The canonical values that it may stand for."""
    raw: str = field(default="", repr=False)
    """As a help desk's own id of a person would be written."""
    token: str = field(default="", repr=False)
    """It is itself a pseudonym."""
    name: str = field(default="", repr=False)
    """It may be a name; in the form that its spellings share."""


def read_identifier(typed: str, countries: Iterable[str] = ()) -> Identifier:
    """Read one identifier.

    Args:
        typed: As it was typed: spaced, full-width, with "at" and "dot", a phone number in any format.
        countries: Whose dialling codes a number without one may lack, ISO 3166-1 alpha-2.
    """
    from hushdesk.redact import find

    text = unicodedata.normalize("NFKC", typed[:MOST_TYPED]).strip()
    if TOKEN_PATTERN.fullmatch(text.upper()):
        return Identifier(token=text.upper())
    forms: dict[tuple[Kind, str], None] = {}
    for finding in find(typed[:MOST_TYPED].strip()):
        value = typed[:MOST_TYPED].strip()[finding.start : finding.end]
        form = finding.canonical or canonical(finding.kind, value)
        if finding.kind in LINKABLE and form:
            forms[finding.kind, form] = None
    if any(kind is Kind.EMAIL for kind, _ in forms):
        # The rest of the line is a greeting or a name: the address says who is meant.
        return Identifier(tuple(one for one in forms if one[0] is Kind.EMAIL))
    if _NUMBER.fullmatch(text):
        forms[Kind.PHONE, canonical(Kind.PHONE, text)] = None
    words = text.split()
    digits = any(char.isdecimal() for char in text)
    if not words:
        return Identifier()
    if digits:
        forms[Kind.ACCOUNT, canonical(Kind.ACCOUNT, text)] = None
    if len(words) == 1:
        forms[Kind.USERNAME, canonical(Kind.USERNAME, text)] = None
        forms[Kind.ACCOUNT, canonical(Kind.ACCOUNT, text)] = None
    for kind, form in list(forms):
        if kind is Kind.PHONE:
            forms.update(dict.fromkeys((kind, one) for one in _numbers(form, countries)))
    if not forms:
        return Identifier(name=canonical(Kind.PERSON, text))
    return Identifier(
        tuple(one for one in forms if one[1]),
        raw=text if len(words) == 1 else "",
        name=canonical(Kind.PERSON, text) if text.isalpha() else "",
    )


def _numbers(form: str, countries: Iterable[str]) -> Iterator[str]:
    """The other forms under which a phone number may stand in a case: with its country's code and without."""
    import phonenumbers

    for region in (None,) if form.startswith("+") else sorted({c for c in countries if len(c) == 2}):
        try:
            number = phonenumbers.parse(form, region)
        except phonenumbers.NumberParseException:
            continue
        if region is not None and not phonenumbers.is_valid_number(number):
            continue
        significant = phonenumbers.national_significant_number(number)
        yield f"+{number.country_code}{significant}"
        yield f"{number.country_code}{significant}"
        yield significant
        national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        yield canonical(Kind.PHONE, national)


def tokens_of(
    identifiers: Iterable[Identifier], pseudonyms: Sequence[Pseudonymiser], sources: Sequence[str]
) -> set[str]:
    """Every pseudonym that the identifiers may have been given.

    Args:
        identifiers: What was typed.
        pseudonyms: One for each version of the key.
        sources: Names of the sources, within which a help desk's own ids count.
    """
    found: set[str] = set()
    for one in identifiers:
        if one.token:
            found.add(one.token)
        for maker in pseudonyms:
            for kind, form in one.forms:
                found.add(maker.token(kind, form))
                if kind in _PERSONAL:
                    found.add(maker.token(Kind.PERSON, f"{kind.value}:{form}"))
            if one.raw:
                found.update(maker.token(Kind.PERSON, f"{source}:{one.raw}") for source in sources)
    return found
