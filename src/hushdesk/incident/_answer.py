"""The words of the answer: windows, sessions, visitors, what could be taken, whose data, how severe, what is due.

Each part of ``incident`` makes one of these from the others; none of them holds an identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import pyarrow as pa

from hushdesk.guard import AddressSet, Place
from hushdesk.incident._bound import NOTHING, Bound
from hushdesk.incident._evidence import Change
from hushdesk.incident._spans import NEVER, Span, Spans


class Opening(StrEnum):
    """What stood open."""

    NETWORK = "network"
    """A port that more addresses could reach than the intent allows."""
    SHARE = "share"
    """A copy (image, snapshot, bucket) that somebody outside could take without connecting to the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One span in which something stood open beyond the intent."""

    resource: str
    """What stood open, as the platform knows it."""
    opening: Opening
    span: Span
    """``end`` is EVER while it has not been closed; ``start`` is minus EVER if it was open before the evidence begins."""
    protocol: str = ""
    port: int = 0
    """For a network opening."""
    ports: tuple[int, int] | None = None
    """First and last port of what the rule opened around this one. For rules that open many ports there are windows for the
    ports of stores alone, all with the same range here: what listens on another port of the range stood open as well."""
    sources: AddressSet | None = None
    """Who could get in beyond the intent, at most."""
    certain: AddressSet | None = None
    """Who could get in for certain."""
    shared_with: str = ""
    """For a share: account, ``everybody``, principal as written."""
    rule: str = ""
    """The rule that let them in, as its owner knows it."""
    opened_by: Change | None = None
    closed_by: Change | None = None
    doubt: str = ""
    """Why it may not have been open; empty if it was."""
    store: str = ""
    """The store of the intent that it is of, if it is of one."""
    network: str = ""
    """The network in which the resource lies, as the platform knows it, if the evidence tells."""
    names: tuple[str, ...] = ()
    """Other names and addresses of the resource."""


class Reading(StrEnum):
    """The verdict on one outside address; from the least to the most."""

    NO = "no"
    """Covered by a source that would have shown it, and nothing was shown."""
    TURNED_AWAY = "turned away"
    """Tried, and every attempt was refused."""
    CONNECTED = "connected"
    AUTHENTICATED = "authenticated"
    READ = "read"
    UNKNOWN = "unknown"
    """Nothing covers it; this is never less than ``connected``."""


class Kin(StrEnum):
    """What an outside address is, as far as lists tell without asking anybody."""

    OWN = "own"
    RESEARCH = "known scanner"
    """Scanners that say who they are: they index, and somebody may find the store by them."""
    TOR = "Tor exit"
    CLOUD = "cloud range"
    SEARCH = "search engine"
    PRIVATE = "private address"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Kinship:
    """What an address is, and by which list."""

    kin: Kin
    name: str = ""
    """``AWS eu-west-1``, ``Shodan``."""
    by: str = ""
    """List and its date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Something one outside address did at one port, within one hour or one connection."""

    outside: str
    inside: str
    port: int
    span: Span
    reading: Reading
    sent: Bound = NOTHING
    """Bytes that left."""
    received: Bound = NOTHING
    rows: Bound = NOTHING
    asked: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    sampled: bool = False
    places: tuple[Place, ...] = ()
    """Where in the logs it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """One outside address over all windows."""

    address: str
    kinship: Kinship
    reading: Reading
    span: Span
    sessions: tuple[Session, ...]
    sent: Bound
    """Bytes that left in the time that logs cover; what left unseen is in no number (:attr:`Answer.unknown`)."""
    received: Bound
    rows: Bound
    asked: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One window with what the evidence can see of it."""

    window: Window
    exposed: Spans
    """Opened, reachable and listening."""
    seen: Spans
    """Where connections would have been seen."""
    counted: Spans
    """Where bytes would have been counted."""
    asked: Spans
    """Where requests would have been seen."""
    gaps: tuple[tuple[Span, str], ...] = ()
    """Exposed and not seen, each with its reason."""

    @property
    def unseen(self) -> Spans:
        """Exposed, and nothing would have shown a connection."""
        return self.exposed - self.seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What could be taken."""

    cases: Bound
    """Cases that left: none for certain up to all that were reachable."""
    reachable: int
    """Cases that were in the store while it stood open."""
    everything: bool
    """Whether the upper number is all of them."""
    fields: tuple[str, ...] = ()
    """Fields of a case that left with it."""
    kinds: Mapping[str, int] = field(default_factory=dict)
    """Cases by kind of personal data in them, of the upper number."""
    why: str = ""


PERSONS: Final = pa.schema(
    [
        # The vault's number of the person; null for a pseudonym that the vault does not know.
        pa.field("person", pa.int64()),
        # Pseudonym under which the person is known.
        pa.field("token", pa.string(), nullable=False),
        # BCP 47 primary tag and ISO 3166-1 alpha-2, empty if unknown.
        pa.field("language", pa.string(), nullable=False),
        pa.field("country", pa.string(), nullable=False),
        # Kinds of data about the person that could be taken, sorted: EMAIL, PHONE, PERSON, FREE_TEXT, HEALTH, …
        pa.field("kinds", pa.list_(pa.string()), nullable=False),
        # Their cases among those reachable, and the first and last of them.
        pa.field("cases", pa.uint32(), nullable=False),
        pa.field("first_case", pa.timestamp("us", tz="UTC")),
        pa.field("last_case", pa.timestamp("us", tz="UTC")),
        # True if the evidence shows that theirs left; false if it only may have.
        pa.field("certain", pa.bool_(), nullable=False),
        # True if a value of theirs stands unredacted in the store.
        pa.field("leftover", pa.bool_(), nullable=False),
        # customer, agent, mentioned.
        pa.field("role", pa.string(), nullable=False),
        # Whether the vault has an e-mail address or a phone number for them: never which.
        pa.field("channels", pa.list_(pa.string()), nullable=False),
    ]
)
"""Persons concerned, one row each, without identities."""


class Level(StrEnum):
    """ENISA's four levels."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of a score, with what it rests on."""

    name: str
    """``DPC simple``, ``EI e-mail``, ``CB confidentiality``."""
    lower: float
    upper: float
    evidence: str
    """In words: which finding of the incident it rests on, and which row of ENISA's tables applies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """A score from below and from above; decisions go by the upper end."""

    lower: float
    upper: float
    inputs: tuple[Input, ...] = ()
    flags: tuple[str, ...] = ()
    """``more than 100 persons``, ``unintelligible``."""

    @staticmethod
    def level_of(score: float) -> Level:
        """ENISA 2013: below 2 low, below 3 medium, below 4 high, else very high."""
        return (
            Level.LOW
            if score < 2
            else Level.MEDIUM
            if score < 3
            else Level.HIGH
            if score < 4
            else Level.VERY_HIGH
        )

    @property
    def level(self) -> Level:
        """That of the upper end."""
        return self.level_of(self.upper)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Persons whose data are of the same kinds and who are concerned in the same way."""

    name: str
    """``customers: e-mail, name, free text``."""
    persons: Bound
    kinds: tuple[str, ...]
    severity: Severity
    scam: float = 0.0
    """From 0 to 1: what a caller who pretends to be support could tell them, by their kinds of data; an ordering, no probability."""
    countries: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    nearest: str = ""
    """The nearest example of EDPB 01/2021, with its verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One obligation as it stands now."""

    duty: str
    """Id of the rule: ``eu.gdpr.art33``."""
    law: str
    """As people cite it."""
    recipient: str
    what: str
    """``first notice``, ``final report``, ``letters to persons``."""
    applies: str
    """``yes``, ``no``, ``unknown``."""
    why: str
    """Which facts make it apply, or are missing."""
    due: Span | None = None
    """From the clock's start to its end; ``None`` for "without undue delay" or an unknown start."""
    clock: str = ""
    """``72 hours since aware``."""
    verified: bool = False
    """Whether the rule was checked against its source."""
    source: str = ""
    version: str = ""
    """Dates between which this wording holds."""
    persons: int = 0
    """Persons whom it is about."""
    done: int | None = None
    """When it was done, if it was."""

    @property
    def late(self) -> bool:
        """Whether it was done after its end; art. 33(1) GDPR then wants the reasons."""
        return self.done is not None and self.due is not None and self.done > self.due.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that can be said now."""

    exposures: tuple[Exposure, ...] = ()
    visitors: tuple[Visitor, ...] = ()
    unknown: Spans = NEVER
    """Exposed and unseen, over all windows."""
    taken: Taken | None = None
    groups: tuple[Group, ...] = ()
    persons: Bound = NOTHING
    severity: Severity | None = None
    dues: tuple[Due, ...] = ()
