"""A small store whose every answer can be told by reading its rows."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from hushdesk.analytics import Analytics
from hushdesk.cases import SEALED_SCHEMA
from hushdesk.store import EmbeddedStore

CUSTOMER = "EMAIL_3KX9QWERTY0123"
OTHER = "EMAIL_00000000000000"
AGENT = "USERNAME_AAAAAAAAAAAAAA"
PASSPORT = "NATIONAL_ID_3KX9QWERTY0123"


def case(place: int, **values) -> dict[str, object]:
    messages = values.pop("messages", [])
    row: dict[str, object] = {
        "case_id": f"CASE{place:012d}",
        "content_mac": hashlib.blake2b(b"%d" % place, digest_size=16).digest(),
        "source": "zendesk",
        "number": f"SR-{place}",
        "opened_at": datetime(2012, 1 + place % 12, 3, 4, 5, tzinfo=UTC),
        "updated_at": None,
        "closed_at": None,
        "first_reply_at": None,
        **dict.fromkeys(
            ("subject", "description", "resolution", "remarks", "customer", "agent", "contract"), ""
        ),
        **dict.fromkeys(("country", "product", "channel", "language", "status", "priority", "category"), ""),
        **{name: [] for name in ("notes", "people", "tokens", "kinds", "tags", "attachments")},
        "messages.text": [m[1] for m in messages],
        "messages.visibility": [m[0] for m in messages],
        "messages.at": [datetime(2012, 1, 1, tzinfo=UTC) for _ in messages],
        "messages.role": ["agent" for _ in messages],
        "messages.author": [AGENT for _ in messages],
        "messages.attachments": [m[2] if len(m) > 2 else "" for m in messages],
        "load_id": 1,
    }
    return row | values


ROWS = [
    case(
        1,
        subject="Printer jams",
        description=f"The printer of {CUSTOMER} jams: error v2.3.4 in foo_bar",
        customer=CUSTOMER,
        agent=AGENT,
        people=[CUSTOMER, AGENT],
        tokens=sorted([CUSTOMER, AGENT, PASSPORT]),
        kinds=["EMAIL", "NATIONAL_ID", "USERNAME"],
        remarks=f"zebrafish, passport {PASSPORT}",
        notes=["a quokka wrote this"],
        messages=[("public", "Jams again", "photo.png"), ("internal", "He is a wombat", "wombat.pdf")],
        product="Printer X",
        country="FR",
        language="en",
        status="open",
        tags=["Réseau", "refund"],
    ),
    case(
        2, subject="Problème réseau à l'École", product="Router", country="DE", language="fr", tags=["refund"]
    ),
    case(
        3,
        description="東京都のサポートに電話番号を問い合わせた",
        product="Router",
        language="ja",
        country="JP",
    ),
    case(4, description="ปัญหาโทรศัพท์ไม่ได้ยิน", product="Phone", language="th"),
    case(5, description="전화번호를 확인하세요", product="Phone", language="ko"),
    case(6, description="我们的打印机坏了，请尽快处理", product="Printer X", language="zh"),
    case(
        7,
        description="Straße in Łódź, «Слово» ИВАНА ёлка",
        product="Phone",
        closed_at=datetime(2013, 5, 6, tzinfo=UTC),
    ),
    case(
        8,
        description="jams printer the",
        opened_at=datetime(1970, 1, 1, tzinfo=UTC),
        messages=[("public", "x")] * 5,
    ),
    case(
        9,
        description="visibility unknown",
        messages=[("", "a hidden numbat")],
        opened_at=datetime(2014, 2, 1, tzinfo=UTC),
    ),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with EmbeddedStore.create(tmp_path_factory.mktemp("desk") / "store") as store:
        store.insert(pa.Table.from_pylist(ROWS[:4], schema=SEALED_SCHEMA), "a")
        store.insert(pa.Table.from_pylist(ROWS[4:], schema=SEALED_SCHEMA), "b")
        yield Analytics(store), store
