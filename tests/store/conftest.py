"""Sealed rows made at random: all scripts, control characters, long and empty texts."""

from __future__ import annotations

import hashlib
import itertools
import random
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest

from hushdesk.cases import SEALED_SCHEMA
from hushdesk.store import EmbeddedStore

BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyz ",
    "éèàçñüßøłđ ",
    "абвгдежзий ",
    "東京都問題電話番号サポートひらがな",
    "ปัญหาโทรศัพท์ไม่ได้",
    "안녕하세요전화 ",
    "مرحباשלום ",
    "\0\t\n\r\b\f\x1b\\'\"`;-- ",
    "😀👩‍👩‍👧‍👦\u200b\u202e\ufeff",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ",
]
# Each alphabet is as likely as another, and each letter in it.
LETTERS = [letter for each in ALPHABETS for letter in each]
WEIGHTS = list(itertools.accumulate(1 / len(each) for each in ALPHABETS for _ in each))


def pseudonym(kind: str, seed: int) -> str:
    value = int.from_bytes(hashlib.blake2b(f"{kind}{seed}".encode(), digest_size=9).digest(), "big")
    return kind + "_" + "".join(BASE32[(value >> (5 * place)) & 31] for place in range(14))


def make_rows(count: int, seed: int = 0, *, start: int = 0, years: int = 4) -> pa.Table:
    """Rows ``start`` to ``start + count``; the same seed and place always give the same row.

    Each year is a partition, and an insert takes as long as it has partitions.
    """
    rows = [make_row(place, seed, years) for place in range(start, start + count)]
    return pa.Table.from_pylist(rows, schema=SEALED_SCHEMA)


@cache
def make_row(place: int, seed: int, years: int) -> dict[str, object]:
    """One row, made once: its texts take longer than to store it."""
    rnd = random.Random(f"{seed}/{place}")

    def text() -> str:
        if rnd.random() < 0.15:
            return ""
        length = 60_000 if rnd.random() < 0.002 else rnd.randint(1, 60)
        return "".join(rnd.choices(LETTERS, cum_weights=WEIGHTS, k=length))

    def time() -> datetime:
        return datetime(2005, 1, 1, tzinfo=UTC) + timedelta(
            milliseconds=rnd.randrange(years * 31_536_000_000)
        )

    messages = rnd.randint(0, 4)
    customer = pseudonym("EMAIL", rnd.randrange(50)) if rnd.random() < 0.9 else ""
    return {
        "case_id": "".join(BASE32[b & 31] for b in hashlib.blake2b(b"%d" % place, digest_size=16).digest()),
        "content_mac": hashlib.blake2b(f"{seed}/{place}".encode(), digest_size=16).digest(),
        "source": rnd.choice(["zendesk", "jira"]),
        "number": f"SR-{place}",
        "opened_at": datetime(1970, 1, 1, tzinfo=UTC) if rnd.random() < 0.02 else time(),
        "updated_at": None if rnd.random() < 0.3 else time(),
        "closed_at": None if rnd.random() < 0.3 else time(),
        "first_reply_at": None if rnd.random() < 0.3 else datetime(1970, 1, 1, tzinfo=UTC),
        "subject": text(),
        "description": text(),
        "resolution": text(),
        "remarks": text(),
        "notes": [text() for _ in range(rnd.randint(0, 2))],
        "messages.text": [text() for _ in range(messages)],
        "messages.visibility": [rnd.choice(["public", "internal"]) for _ in range(messages)],
        "messages.at": [time() for _ in range(messages)],
        "messages.role": [rnd.choice(["agent", "customer"]) for _ in range(messages)],
        "messages.author": [pseudonym("USERNAME", rnd.randrange(9)) for _ in range(messages)],
        "messages.attachments": [text() for _ in range(messages)],
        "customer": customer,
        "agent": pseudonym("USERNAME", rnd.randrange(9)),
        "people": [customer] if customer else [],
        "tokens": sorted({customer, pseudonym("PERSON", place)} - {""}),
        "kinds": ["EMAIL", "PERSON"],
        "country": rnd.choice(["", "FR", "JP"]),
        "product": rnd.choice(["", "printer", "Café-Maschine"]),
        "channel": rnd.choice(["email", "phone"]),
        "language": rnd.choice(["", "en", "ja"]),
        "status": rnd.choice(["open", "closed"]),
        "priority": rnd.choice(["", "high"]),
        "category": text(),
        "tags": [rnd.choice(["a", "b", "ü"]) for _ in range(rnd.randint(0, 3))],
        "contract": "",
        "attachments": [text() for _ in range(rnd.randint(0, 2))],
        "load_id": seed,
    }


@pytest.fixture
def rows():
    return make_rows


@pytest.fixture
def store(tmp_path: Path):
    with EmbeddedStore.create(tmp_path / "store") as made:
        yield made
