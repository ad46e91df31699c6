"""What parsers of evidence give: rows of flows and of requests, changes of rules, and how far each can see.

Three kinds of rows, since three questions are asked of logs. *Flows* say who connected and how many bytes went; *requests* say
what was asked of a server and what it answered; *changes* say how rules and logging themselves were altered. Every parser also
says when, and of what, it could have seen something: without that, silence means nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, Flag, auto
from typing import Any, Final

import pyarrow as pa

from hushdesk.guard import EMPTY, AddressSet, Place
from hushdesk.incident._spans import ALWAYS, Spans

NOWHERE: Final = Place("")
_TIME = pa.timestamp("us", tz="UTC")

FLOWS: Final = pa.schema(
    [
        # From the first to the last record that the row stands for, the end not included; equal for a single moment.
        pa.field("start", _TIME, nullable=False),
        pa.field("end", _TIME, nullable=False),
        # The two ends, as their text form (IPv6 compressed, small letters): that which is not the store's, and the store's.
        pa.field("outside", pa.string(), nullable=False),
        pa.field("inside", pa.string(), nullable=False),
        # The store's port.
        pa.field("port", pa.uint16(), nullable=False),
        # tcp, udp, or the IANA number.
        pa.field("protocol", pa.string(), nullable=False),
        # accepted, denied, unanswered (nothing was served though nothing forbade it), unknown.
        pa.field("verdict", pa.string(), nullable=False),
        # Bytes from the store to the outside. A null upper means that nothing says how much at most.
        pa.field("sent_lower", pa.int64(), nullable=False),
        pa.field("sent_upper", pa.int64()),
        # Bytes from the outside to the store, likewise.
        pa.field("received_lower", pa.int64(), nullable=False),
        pa.field("received_upper", pa.int64()),
        # Packets from the store to the outside, if the log counts them.
        pa.field("sent_packets", pa.int64()),
        # Connections, if the log tells them apart: how many began.
        pa.field("connections", pa.int64()),
        # Records of the log that the row stands for.
        pa.field("records", pa.int64(), nullable=False),
        # True where the log holds a sample of the traffic: figures are estimates, silence says nothing.
        pa.field("sampled", pa.bool_(), nullable=False),
        # Why the two bounds differ; empty if they do not.
        pa.field("why", pa.string(), nullable=False),
        # What saw it: network interface, NSG, sensor. Traffic seen by two of them must not be counted twice.
        pa.field("seen_by", pa.string(), nullable=False),
        # Line or record number, from 1, of the first record.
        pa.field("line", pa.int64(), nullable=False),
    ]
)
"""Rows of flow logs. A parser may add up records of one outside address, inside address, port, verdict and observer that
lie within one hour; it never adds up over more."""

REQUESTS: Final = pa.schema(
    [
        pa.field("start", _TIME, nullable=False),
        pa.field("end", _TIME, nullable=False),
        # The client; empty if the log does not name it.
        pa.field("outside", pa.string(), nullable=False),
        pa.field("outside_port", pa.uint16()),
        # The server as the log names it: host, node, database, bucket; may be empty.
        pa.field("server", pa.string(), nullable=False),
        # connected, denied, failed (asked, and got an error), authenticated, read, written, ended, other.
        pa.field("act", pa.string(), nullable=False),
        # Account under which it was done; empty for nobody.
        pa.field("user", pa.string(), nullable=False),
        # What was asked of: index, table, collection, bucket, path without query. Never a value that was searched for.
        pa.field("target", pa.string(), nullable=False),
        # What was asked, in a few fixed words with numbers: "search size=10000", "select", "list". Never a value.
        pa.field("asked", pa.string(), nullable=False),
        pa.field("status", pa.int32()),
        # Bytes that left the server for the client.
        pa.field("bytes_lower", pa.int64(), nullable=False),
        pa.field("bytes_upper", pa.int64()),
        # Rows, documents or objects that the answer held.
        pa.field("rows_lower", pa.int64(), nullable=False),
        pa.field("rows_upper", pa.int64()),
        pa.field("why", pa.string(), nullable=False),
        # Ties rows of one connection or request together within the log; may be empty.
        pa.field("session", pa.string(), nullable=False),
        pa.field("agent", pa.string(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
    ]
)
"""Rows of access logs of servers and databases."""


class Outcome(Enum):
    """What became of a change."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DRY_RUN = "dry run"
    BEGUN = "begun"
    """The log holds its beginning and not how it ended: it may have succeeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of rules, of sharing, or of logging, as an audit log tells it."""

    at: int
    platform: str
    """``aws``, ``azure``, ``gcp``."""
    operation: str
    """As the log names it: ``AuthorizeSecurityGroupIngress``."""
    resource: str
    """Id of what was changed."""
    outcome: Outcome
    actor: str = ""
    actor_address: str = ""
    correlation: str = ""
    """Ties several records of one change together."""
    content: Mapping[str, Any] = field(default_factory=dict)
    """What was asked and answered, as the platform writes it."""
    error: str = ""
    """Code of the failure."""
    place: Place = NOWHERE


class Sees(Flag):
    """What a log would have shown, had it happened."""

    NOTHING = 0
    CONNECTIONS = auto()
    """Who connected."""
    DENIALS = auto()
    """Who was turned away."""
    BYTES = auto()
    """How many bytes went."""
    REQUESTS = auto()
    """What was asked."""
    ROWS = auto()
    """How much each answer held."""
    CHANGES = auto()
    """Changes of rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Of what, and when, a log could have seen something."""

    log: str
    """Name of the parser."""
    of: str
    """What it watches: a network interface, an NSG, a server, an account; ``*`` is everything that the store does."""
    spans: Spans
    sees: Sees
    addresses: AddressSet = EMPTY
    """Addresses of the store that it watches, if the log tells."""
    sampled: bool = False
    """It sees a part only, so that silence says nothing."""
    why: str = ""
    """On what the spans rest: "flow records of each ten minutes", "first to last line"."""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Spans in which a log says, or others say of it, that it saw nothing: they are cut out of its coverage."""

    log: str
    of: str
    spans: Spans
    why: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of evidence, so that a parser leaves the rest out early."""

    inside: AddressSet = EMPTY
    """Addresses of the store; empty: any (then the end with a wanted port is the store)."""
    ports: frozenset[int] = frozenset()
    """Ports of the store; empty: any."""
    spans: Spans = ALWAYS
    """Only what overlaps these."""
    own: AddressSet = EMPTY
    """Addresses that belong to us: traffic from them is left out of flows."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A line or record that could not be read."""

    line: int
    """From 1: the line, or the number of the record where a file has no lines of its own."""
    reason: str
    """In fixed words; never what stood there."""


MOST_REFUSED = 10_000
"""So many refused lines of a file are named; all are counted."""


@dataclass(slots=True)
class Account:
    """What became of each record of one file. ``records == kept + other + duplicate + refused`` always."""

    records: int = 0
    """Lines, or records where they are not lines. Empty lines, comments and headings are no records."""
    kept: int = 0
    """Went into a row, a change or the coverage."""
    other: int = 0
    """Were read and are not about what is wanted."""
    duplicate: int = 0
    """Repeat a record that was read before, and count once."""
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """Refused ones by reason."""
    lines: list[Refused] = field(default_factory=list)
    """The first :data:`MOST_REFUSED` of them."""

    def refuse(self, line: int, reason: str) -> None:
        """Count a record that could not be read (``records`` included)."""
        self.records += 1
        self.refused += 1
        self.reasons[reason] += 1
        if len(self.lines) < MOST_REFUSED:
            self.lines.append(Refused(line, reason))

    @property
    def balanced(self) -> bool:
        """Whether nothing was lost."""
        return self.records == self.kept + self.other + self.duplicate + self.refused


Piece = pa.RecordBatch | Change | Coverage | Gap
"""What a parser yields; a batch has the schema :data:`FLOWS` or :data:`REQUESTS`."""
