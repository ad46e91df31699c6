"""A store with two loads, and evidence made by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from hushdesk.cases import SEALED_SCHEMA
from hushdesk.desk import LoadReport, Tally
from hushdesk.store import EmbeddedStore

TIMES = {
    1: datetime(2019, 11, 1, tzinfo=UTC),
    2: datetime(2019, 12, 10, tzinfo=UTC),
    3: datetime(2020, 1, 5, tzinfo=UTC),
}


@dataclass
class Loads:
    """A ledger that knows when loads began and how many cases each brought in a newer version."""

    began: dict[int, datetime | None] = field(default_factory=lambda: dict(TIMES))
    newer: dict[int, int] = field(default_factory=dict)

    def loads(self) -> list[int]:
        return sorted(self.began, reverse=True)

    def report(self, load_id: int) -> LoadReport:
        at = self.began[load_id]
        return LoadReport(
            load_id, "finished", at.isoformat(timespec="seconds") if at else "", "", 0, (),
            Tally(newer=self.newer.get(load_id, 0)), (),
        )  # fmt: skip


def sealed(number: int, load: int, **values: Any) -> dict[str, Any]:
    """One sealed case whose description is as long as its number, times ten."""
    row: dict[str, Any] = {
        "case_id": f"CASE{number:012d}",
        "content_mac": hashlib.blake2b(b"%d" % number, digest_size=16).digest(),
        "load_id": load,
        "source": "zendesk",
        "opened_at": datetime(2012, 1, 2, tzinfo=UTC),
        "description": "x" * 10 * number,
        **dict.fromkeys(("updated_at", "closed_at", "first_reply_at")),
    }
    for one in SEALED_SCHEMA:
        row.setdefault(one.name, [] if pa.types.is_list(one.type) else "")
    return row | values


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    rows = [
        *(sealed(n, 1, kinds=["EMAIL"], tags=["a", "é"]) for n in range(1, 11)),
        *(sealed(n, 2, kinds=["EMAIL", "PHONE"], source="jira") for n in range(11, 21)),
        *(sealed(n, 3, opened_at=datetime(2020, 1, 4, tzinfo=UTC)) for n in range(21, 26)),
        *(sealed(n, 3) for n in range(26, 29)),
    ]
    with EmbeddedStore.create(tmp_path_factory.mktemp("store") / "store") as made:
        made.insert(pa.Table.from_pylist(rows, SEALED_SCHEMA), "all")
        yield made
