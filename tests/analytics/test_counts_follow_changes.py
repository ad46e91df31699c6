"""What lies in memory follows the store: insertions, deletions, new versions, merges; nothing that is gone is kept."""

from __future__ import annotations

import random

import pyarrow as pa
from tests.analytics._chance import rows, same

from hushdesk.analytics import Analytics, Scope
from hushdesk.store import EmbeddedStore


def test_every_change_is_seen_at_once(tmp_path):
    chance = random.Random(8)
    with EmbeddedStore.create(tmp_path / "store") as store:
        pair = Analytics(store), Analytics(store, most_in_memory=0)
        asks = [
            {"query": query, "scope": Scope(small=2), "filters": filters, "page_size": 30}
            for query, filters in (("", {}), ("lamp", {"tag": ["refund"]}))
        ]

        def check(total: int) -> None:
            for asked in asks:
                same(pair, asked)
            assert pair[0].search("", scope=Scope()).total == total

        store.insert(rows(0, 40, chance), "a")
        check(40)
        store.insert(rows(40, 40, chance), "b")
        check(80)
        store.delete([f"CASE{place:012d}" for place in range(30, 50)])
        check(60)
        store.purge()
        check(60)
        # Parts that are merged come under new names, though nothing has changed.
        before = store.generation
        store._engine.command("OPTIMIZE TABLE cases FINAL", operation="test")
        assert store.generation == before
        asks = [{**asked, "query": f"{asked['query']} -absent"} for asked in asks]
        check(60)
        newer = rows(60, 5, chance)
        place = newer.schema.get_field_index("content_mac")
        store.replace(
            newer.set_column(place, "content_mac", pa.array([bytes([9]) * 16] * 5, pa.binary(16))), "c"
        )
        check(60)
        store.delete([f"CASE{place:012d}" for place in range(80)])
        check(0)
        codes = pair[0]._sets._book.codes()
        # Of what has left the store nothing is left in memory.
        assert codes is not None
        assert not any(column.values for column in codes.columns.values())
        assert not len(codes.persons)
