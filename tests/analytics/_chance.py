"""Cases made by chance, and what of two ways to count must agree."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from tests.analytics.conftest import case

from hushdesk.cases import SEALED_SCHEMA

PRODUCTS = ("Router", "Ünïcode /\\\"'\n", "", "Phone")
COUNTRIES = ("DE", "FR", "JP", "")
TAGS = ("refund", "a,b", "['x']", '"', "\\", "Réseau/1", "")
KINDS = ("EMAIL", "NATIONAL_ID", "PHONE")
DAYS = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1970, 1, 1, 5, tzinfo=UTC),
    datetime(1969, 12, 31, 23, tzinfo=UTC),
    datetime(1905, 3, 1, tzinfo=UTC),
    *(datetime(2012, 1, 1, tzinfo=UTC) + timedelta(days=9 * n, hours=n % 5) for n in range(20)),
)


def rows(start: int, count: int, chance: random.Random) -> pa.Table:
    made = []
    for place in range(start, start + count):
        kinds = chance.sample(KINDS, chance.randrange(4))
        customer = chance.choice(("", "", *(f"EMAIL_{n:014d}" for n in range(6))))
        made.append(
            case(
                place,
                opened_at=chance.choice(DAYS),
                updated_at=chance.choice((None, DAYS[5])),
                closed_at=chance.choice((None, DAYS[6])),
                description=" ".join(chance.sample(("lamp", "cable", "error", "noon"), 2)),
                # A kind that the public text names is public, another one is not.
                subject=" ".join(chance.sample(kinds, len(kinds) // 2)),
                product=chance.choice(PRODUCTS),
                country=chance.choice(COUNTRIES),
                status=chance.choice(("open", "done", "")),
                category=chance.choice(("billing", f"rare {place % 40}")),
                customer=customer,
                # What erasure leaves of a customer.
                contract="[ERASED]" if not customer and chance.random() < 0.3 else "",
                kinds=kinds,
                tags=[chance.choice(TAGS) for _ in range(chance.randrange(4))],
                messages=[("public", "hello"), ("internal", "quokka")][: chance.randrange(3)],
            )
        )
    return pa.Table.from_pylist(made, schema=SEALED_SCHEMA)


def same(both, asked) -> None:
    memory, engine = (replace(each.search(**asked), took_ms=0.0) for each in both)
    assert memory == engine
