"""The words of redaction: kinds, findings, known values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of personal data. Each is also the prefix of its pseudonyms."""

    ACCOUNT = "ACCOUNT"
    """Customer, contract, policy, order and account numbers."""
    ADDRESS = "ADDRESS"
    BANK = "BANK"
    """Bank account, routing, BIC with account; IBAN has its own kind."""
    BIRTH_DATE = "BIRTH_DATE"
    CARD = "CARD"
    COORDINATES = "COORDINATES"
    DEVICE = "DEVICE"
    """IMEI and serial numbers, where the policy says so."""
    EMAIL = "EMAIL"
    IBAN = "IBAN"
    IP = "IP"
    MAC = "MAC"
    NATIONAL_ID = "NATIONAL_ID"
    """National, tax, social-security, passport and licence numbers."""
    PERSON = "PERSON"
    PHONE = "PHONE"
    PLACE = "PLACE"
    PLATE = "PLATE"
    SECRET = "SECRET"  # noqa: S105 - the word for a kind, not a secret
    """Passwords, tokens, keys. Always removed, never pseudonymised."""
    URL = "URL"
    """A link that carries identity."""
    USERNAME = "USERNAME"

    # The hash is the same as that of an enum, which asks for it in Python each time a kind is looked up.
    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class Finding:
    """A span of a text that is personal data. Offsets are code points of the text as given."""

    start: int
    end: int
    kind: Kind
    score: float
    """0 to 1."""
    detector: str = ""
    """Which rule or model found it."""
    canonical: str = field(default="", repr=False)
    """The value in the one form that all spellings of it share; never shown in a ``repr``."""
    why: str = ""
    """In plain words, without the value: what made it a finding."""
    ref: str = ""
    """The ``ref`` of the known value that it repeats, if any."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value known to be personal (from a field of the case), to be hunted in text in every disguise."""

    kind: Kind
    value: str = field(repr=False)
    ref: str = ""
    """Whose value it is, in the caller's words; comes back in :attr:`Finding.ref`."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text with its personal data replaced, and what was replaced (offsets of the original)."""

    text: str
    findings: tuple[Finding, ...] = field(repr=False, default=())
