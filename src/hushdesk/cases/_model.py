"""The case model: what a reader yields.

Raw cases hold personal data. They live in memory only, between a reader and the seal; nothing in
this module writes them anywhere, and their ``repr`` shows no value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Visibility(StrEnum):
    """Who may read a message at the help desk. What is unknown is internal."""

    PUBLIC = "public"
    INTERNAL = "internal"


class PersonRole(StrEnum):
    """The part a person plays in a case."""

    AGENT = "agent"
    CUSTOMER = "customer"
    OTHER = "other"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """One person of a case as its fields name them. Every value here is hunted in the case's text."""

    role: PersonRole
    """Customer, agent, somebody else (in copy, collaborator), or the system itself."""
    source_id: str = ""
    """The help desk's own id of the person, if it has one."""
    name: str = ""
    """Display name, as written at the source."""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    usernames: tuple[str, ...] = ()
    """Log-in names, handles, aliases."""
    addresses: tuple[str, ...] = ()
    """Postal addresses, whole or in lines."""
    ips: tuple[str, ...] = ()
    """IPv4 or IPv6 addresses from which the person wrote."""
    other: tuple[tuple[str, str], ...] = ()
    """Further identifying values as (kind, value), the kind in the words of ``hushdesk.redact.Kind``."""

    def __repr__(self) -> str:
        return f"Person(role={self.role.value!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One utterance in a case."""

    text: str
    """Plain text (readers turn HTML into text)."""
    visibility: Visibility = Visibility.INTERNAL
    at: datetime | None = None
    """When it was written, with a time zone; None if the source does not say."""
    author: Person | None = None
    channel: str = ""
    """E-mail, chat, phone, web …; empty if unknown."""
    source_id: str = ""
    attachments: tuple[str, ...] = ()
    """File names only. Links and bytes are never kept."""

    def __repr__(self) -> str:
        return f"Message(visibility={self.visibility.value!r}, chars={len(self.text)})"


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """One support case, unsealed.

    Raises:
        ValueError: ``source`` or ``source_id`` is empty, or a time has no zone. The message names
            the field and never its value.
    """

    source: str
    """The help desk or carrier, for example ``zendesk``; with ``source_id`` it identifies the case."""
    source_id: str
    """The case's own id at the source."""
    number: str = ""
    """The number people quote; empty if it is the same as ``source_id``."""
    opened_at: datetime | None = None
    updated_at: datetime | None = None
    """Last change at the source; decides which of two versions is the newer one."""
    closed_at: datetime | None = None
    subject: str = ""
    description: str = ""
    """The opening text. Leave empty if it is also the first message: each text is kept once."""
    resolution: str = ""
    remarks: str = ""
    """Free remarks of the staff; internal."""
    notes: tuple[str, ...] = ()
    """Internal notes without time or author; those with either are internal messages."""
    messages: tuple[Message, ...] = ()
    """The conversation in the order of time."""
    customer: Person | None = None
    agent: Person | None = None
    others: tuple[Person, ...] = ()
    """Everybody else that the fields name: in copy, followers, further authors."""
    location: str = ""
    """Place of the customer as the source says it."""
    country: str = ""
    """ISO 3166-1 alpha-2, upper case, if the source says it."""
    product: str = ""
    channel: str = ""
    language: str = ""
    """BCP 47 primary tag in lower case, if the source says it."""
    status: str = ""
    priority: str = ""
    category: str = ""
    """Type, component or queue."""
    tags: tuple[str, ...] = ()
    contract_number: str = ""
    attachments: tuple[str, ...] = ()
    """File names only, of those not tied to one message."""
    unmapped: tuple[tuple[str, str], ...] = ()
    """Fields without a place here, as (field name, value). Personal until mapped: the values are
    hunted in the text where they can identify, and are never stored."""

    def __post_init__(self) -> None:
        if not self.source:
            raise ValueError("a case needs a source")
        if not self.source_id:
            raise ValueError("a case needs a source_id")
        for name in ("opened_at", "updated_at", "closed_at"):
            value: datetime | None = getattr(self, name)
            if value is not None and value.tzinfo is None:
                raise ValueError(f"{name} has no time zone")

    def __repr__(self) -> str:
        return f"Case(source={self.source!r}, messages={len(self.messages)})"


class Reason(StrEnum):
    """Why an input row was refused. Each value is a documented word in the load report."""

    AMBIGUOUS_DATE = "ambiguous_date"
    BAD_DATE = "bad_date"
    BAD_ENCODING = "bad_encoding"
    BAD_ROW = "bad_row"
    DUPLICATE_ID = "duplicate_id"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    ERASED = "erased"
    """The case, or its customer, was erased before: the person does not come back with an old export."""
    IS_DIRECTORY = "is_directory"
    MISSING_ID = "missing_id"
    NOT_READABLE = "not_readable"
    NO_MAPPING = "no_mapping"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    UNKNOWN_FORMAT = "unknown_format"


@dataclass(frozen=True, slots=True)
class Locator:
    """Where in the input something stood. Holds no value from a case."""

    file: str
    """Path as the user gave it, or relative to the folder given; a member of an archive as ``a.zip!b``."""
    row: int | None = None
    """1-based row, line or message number within the file; None for the file as a whole."""
    field: str = ""
    """Name of the field or column, if one is to blame."""

    def __str__(self) -> str:
        text = self.file
        if self.row is not None:
            text += f", row {self.row}"
        if self.field:
            text += f", field {self.field}"
        return text


@dataclass(frozen=True, slots=True)
class Refused:
    """An input row that could not become a case: a value, never an exception that stops a load."""

    reason: Reason
    at: Locator
    problem: str
    """One clause in plain words, without a value from the row."""
    remedy: str = ""
    """What to do about it."""
    raw: bytes = field(default=b"", repr=False, compare=False)
    """The row itself as far as it could be read; goes to quarantine, encrypted."""
    whole_file: bool = False
    """True if the rest of the file could not be read at all: its rows cannot be counted."""


@dataclass(frozen=True, slots=True)
class Supporting:
    """Rows that are no cases but were used to build some: users, audits, comments.

    Readers yield counts as they go; the load report adds them up by ``kind`` of row.
    """

    kind: str
    """For example ``users``, ``audits``, ``comments``, ``comments.public``, ``comments.internal``."""
    rows: int
    """Rows read since the last such value."""
    distinct: int
    """Distinct ids among them, not seen before in this load."""
