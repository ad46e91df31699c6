"""Words of the people vault."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

PersonId = NewType("PersonId", int)
"""Number of a person within one vault; never in the store, never shown as identity."""


@dataclass(frozen=True, slots=True, repr=False)
class VaultEntry:
    """One value of one person, on its way into the vault."""

    person_token: str
    """The pseudonym under which the person is known: that of the customer or agent."""
    token: str
    """The pseudonym of the value; may be the same."""
    kind: str
    """Kind of the value. Often the prefix of ``token``; a name that goes by its person's token differs."""
    value: str = field(repr=False)
    language: str = ""
    """BCP 47 primary tag of the person, if known."""
    country: str = ""
    """ISO 3166-1 alpha-2 of the person's residence, if known."""
    older: tuple[str, ...] = ()
    """Pseudonyms of the same person under earlier versions of the domain key, newest first."""

    def __repr__(self) -> str:
        return f"VaultEntry(kind={self.kind!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Value:
    """One value of one person, opened."""

    person: PersonId
    token: str
    kind: str
    value: str = field(repr=False)
    language: str
    country: str

    def __repr__(self) -> str:
        return f"Value(person={self.person}, kind={self.kind!r})"


@dataclass(frozen=True, slots=True)
class Stored:
    """What a batch added; both zero if it was all known."""

    persons: int
    entries: int


@dataclass(frozen=True, slots=True)
class PersonProfile:
    """What is known of a person without opening an identity."""

    person: PersonId
    language: str
    country: str
    kinds: tuple[str, ...]
    """Kinds of the values held, sorted, one for each value."""


@dataclass(frozen=True, slots=True)
class ShredProof:
    """That a person's wrapped key is gone, and how that was checked."""

    person: PersonId
    entries: int
    """Values that can never be opened again."""
    slot_digest: str
    """SHA-256 of the destroyed slot: a backup can be searched for it without knowing the key."""
    bytes_scanned: int
    """Size of all files of the vault, searched afterwards for the wrapped key and the sealed values."""
    key_found: int
    """Files in which the wrapped key was found; 0, or the shredding failed."""
    remnants: int
    """Sealed values found in freed places of the database: unreadable for ever, for their key is gone."""
    at: datetime

    @property
    def proven(self) -> bool:
        """True if no file of the vault holds the wrapped key any more."""
        return self.key_found == 0
