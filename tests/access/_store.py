"""A desk whose store holds made rows: every answer can be told by counting them."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from hushdesk.access import Actor, Role, RowScope
from hushdesk.cases import SEALED_SCHEMA

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def pseudonym(kind: str, number: int) -> str:
    digest = hashlib.blake2b(f"{kind} {number}".encode(), digest_size=14).digest()
    return f"{kind}_" + "".join(ALPHABET[byte % 32] for byte in digest)


def made_rows(persons: int = 140, seed: int = 7) -> list[dict[str, object]]:
    """Cases of so many persons; products, countries and states as uneven as they are."""
    chance = random.Random(seed)
    rows = []
    for person in range(persons):
        country = chance.choices(("DE", "FR", "JP", "IS", "MT"), (60, 40, 20, 3, 1))[0]
        for _ in range(chance.choice((1, 1, 2, 3, 6))):
            number = len(rows)
            customer = pseudonym("EMAIL", person)
            opened = datetime(2012, 1, 1, 9, tzinfo=UTC) + timedelta(days=chance.randrange(400))
            row: dict[str, object] = dict.fromkeys(SEALED_SCHEMA.names, "")
            row |= {
                "case_id": f"CASE{number:012d}",
                "content_mac": hashlib.blake2b(b"%d" % number, digest_size=16).digest(),
                "source": "zendesk",
                "number": f"SR-{number}",
                "opened_at": opened,
                "updated_at": None,
                "closed_at": None,
                "first_reply_at": None,
                "subject": "It does not work",
                "description": f"Write to {customer}" + (" zebra" if number == 3 else ""),
                "remarks": "escalate this",
                "customer": customer,
                "country": country,
                "product": chance.choices(("Router", "Mail", "Phone", "Pump"), (50, 30, 15, 2))[0],
                "language": {"DE": "de", "FR": "fr", "JP": "ja"}.get(country, "en"),
                "channel": chance.choice(("email", "chat")),
                "status": chance.choices(("closed", "open", "refunded"), (60, 30, 4))[0],
                "priority": chance.choice(("low", "high")),
                **{name: [] for name in ("notes", "attachments")},
                "tags": ["vip"] if person == 5 else ["known"],
                "people": [customer],
                "tokens": [customer],
                "kinds": ["EMAIL"],
                "load_id": 1,
                **{
                    f"messages.{name}": []
                    for name in ("text", "visibility", "at", "role", "author", "attachments")
                },
            }
            rows.append(row)
    return rows


def insert(desk, rows) -> None:
    desk.store.insert(pa.Table.from_pylist(rows, schema=SEALED_SCHEMA), "made")


def who(role: Role, rows: RowScope | None = None, name: str = "") -> Actor:
    return Actor(name or role.value, role.value, role.permissions, None, rows or RowScope())
