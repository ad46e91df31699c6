"""Arrow schemas: the raw case between reader and seal, and the sealed case that a store may hold.

The sealed schema is the contract between ``seal``, ``store`` and ``analytics``. Times are
milliseconds since the epoch in UTC.
"""

from __future__ import annotations

import pyarrow as pa

_TIME = pa.timestamp("ms", tz="UTC")
_TEXTS = pa.list_(pa.string())

RAW_PERSON = pa.struct(
    [
        ("role", pa.string()),
        ("source_id", pa.string()),
        ("name", pa.string()),
        ("emails", _TEXTS),
        ("phones", _TEXTS),
        ("usernames", _TEXTS),
        ("addresses", _TEXTS),
        ("ips", _TEXTS),
        ("other", pa.list_(pa.struct([("kind", pa.string()), ("value", pa.string())]))),
    ]
)
"""One person, field for field as :class:`hushdesk.cases.Person`."""

RAW_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("source_id", pa.string(), nullable=False),
        ("number", pa.string()),
        ("opened_at", _TIME),
        ("updated_at", _TIME),
        ("closed_at", _TIME),
        ("subject", pa.string()),
        ("description", pa.string()),
        ("resolution", pa.string()),
        ("remarks", pa.string()),
        ("notes", _TEXTS),
        (
            "messages",
            pa.list_(
                pa.struct(
                    [
                        ("text", pa.string()),
                        ("visibility", pa.string()),
                        ("at", _TIME),
                        ("author", RAW_PERSON),
                        ("channel", pa.string()),
                        ("source_id", pa.string()),
                        ("attachments", _TEXTS),
                    ]
                )
            ),
        ),
        ("customer", RAW_PERSON),
        ("agent", RAW_PERSON),
        ("others", pa.list_(RAW_PERSON)),
        ("location", pa.string()),
        ("country", pa.string()),
        ("product", pa.string()),
        ("channel", pa.string()),
        ("language", pa.string()),
        ("status", pa.string()),
        ("priority", pa.string()),
        ("category", pa.string()),
        ("tags", _TEXTS),
        ("contract_number", pa.string()),
        ("attachments", _TEXTS),
        ("unmapped", pa.list_(pa.struct([("name", pa.string()), ("value", pa.string())]))),
    ]
)
"""A raw case, field for field as :class:`hushdesk.cases.Case`; never written to disk."""

SEALED_SCHEMA = pa.schema(
    [
        # Keyed MAC of source and original id, 16 base32 characters; the id in URLs and exports.
        pa.field("case_id", pa.string(), nullable=False),
        # Keyed MAC of the raw content; equal means unchanged.
        pa.field("content_mac", pa.binary(16), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        # The number people quote, redacted like any text.
        pa.field("number", pa.string(), nullable=False),
        # Falls back to the earliest time in the case; 1970-01-01 if no time is known at all.
        pa.field("opened_at", _TIME, nullable=False),
        pa.field("updated_at", _TIME),
        pa.field("closed_at", _TIME),
        # First public message of an agent after the opening.
        pa.field("first_reply_at", _TIME),
        pa.field("subject", pa.string(), nullable=False),
        pa.field("description", pa.string(), nullable=False),
        pa.field("resolution", pa.string(), nullable=False),
        pa.field("remarks", pa.string(), nullable=False),
        pa.field("notes", _TEXTS, nullable=False),
        # The conversation as parallel lists; a missing time is 1970-01-01.
        pa.field("messages.text", _TEXTS, nullable=False),
        pa.field("messages.visibility", _TEXTS, nullable=False),
        pa.field("messages.at", pa.list_(_TIME), nullable=False),
        pa.field("messages.role", _TEXTS, nullable=False),
        pa.field("messages.author", _TEXTS, nullable=False),
        # Redacted file names of one message, joined by newlines.
        pa.field("messages.attachments", _TEXTS, nullable=False),
        # Pseudonyms of the people, "" if there is none.
        pa.field("customer", pa.string(), nullable=False),
        pa.field("agent", pa.string(), nullable=False),
        pa.field("people", _TEXTS, nullable=False),
        # Every pseudonym that occurs anywhere in the case, sorted.
        pa.field("tokens", _TEXTS, nullable=False),
        # Kinds of personal data found in the case, sorted.
        pa.field("kinds", _TEXTS, nullable=False),
        # ISO 3166-1 alpha-2 of the customer, "" if unknown. Nothing finer is kept.
        pa.field("country", pa.string(), nullable=False),
        pa.field("product", pa.string(), nullable=False),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("priority", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("tags", _TEXTS, nullable=False),
        pa.field("contract", pa.string(), nullable=False),
        pa.field("attachments", _TEXTS, nullable=False),
        pa.field("load_id", pa.uint32(), nullable=False),
    ]
)
"""A sealed case: the only thing a store ever holds."""

INTERNAL_COLUMNS = ("remarks", "notes")
"""Text columns that only roles with internal notes may read, besides messages whose visibility is internal."""
