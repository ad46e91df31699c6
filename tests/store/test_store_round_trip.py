"""What goes in comes out: every byte, in every script, in whatever batches."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import partial

import pyarrow as pa
import pytest

from hushdesk.cases import SEALED_SCHEMA
from hushdesk.store import (
    BatchRejectedError,
    Caps,
    EmbeddedStore,
    EngineError,
    QueryTooHeavyError,
    SchemaMismatchError,
    StoreBusyError,
    StoreClosedError,
    StoreExistsError,
    StoreMissingError,
)

SECRET = "geheim-7731"


def ids(table: pa.Table) -> list[str]:
    return table.column("case_id").to_pylist()


def test_all_columns_round_trip(store, rows):
    table = rows(400, years=15)
    store.insert(table, "one")
    back = store.sealed(ids(table))
    assert back.schema.equals(SEALED_SCHEMA)
    assert back.sort_by("case_id").equals(table.sort_by("case_id"))


def test_record_batch_slice_and_dictionary_come_out_the_same(store, rows):
    table = rows(60)
    sliced = table.to_batches()[0].slice(20, 25)
    place = SEALED_SCHEMA.get_field_index("product")
    coded = pa.table(sliced.columns, names=sliced.schema.names).set_column(
        place, "product", sliced.column("product").dictionary_encode()
    )
    store.insert(sliced, "slice")
    store.insert(coded, "slice")
    assert store.sealed(ids(table)).sort_by("case_id").equals(table.slice(20, 25).sort_by("case_id"))


@pytest.mark.slow
def test_hash_depends_on_content_alone(tmp_path, rows):
    table = rows(300)
    hashes = []
    for name, parts in (
        ("whole", [table]),
        ("parts", [table.slice(200), table.slice(0, 77), table.slice(77, 123)]),
        ("other", [rows(299), rows(1, seed=1, start=299)]),
        ("short", [table.slice(1)]),
    ):
        with EmbeddedStore.create(tmp_path / name) as store:
            for place, part in enumerate(parts):
                store.insert(part, f"{name}{place}")
            hashes.append(store.content_hash())
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3


@pytest.mark.slow
def test_hash_sees_every_column(store, rows):
    table = next(t for place in range(50) if len((t := rows(1, start=place)).column("messages.text")[0]))
    store.insert(table, "original")
    seen = {"": store.content_hash()}
    # Quicker than a deletion, which other tests are about.
    empty = partial(store._engine.command, "TRUNCATE TABLE cases", operation="test")
    empty()
    for field in SEALED_SCHEMA:
        kind = field.type
        if field.name == "load_id":
            other = [77]
        elif pa.types.is_list(kind):
            length = len(table.column(field.name)[0]) if field.name.startswith("messages.") else 1
            value = datetime(2001, 2, 3, tzinfo=UTC) if pa.types.is_timestamp(kind.value_type) else "changed"
            other = [[value] * length]
        elif pa.types.is_timestamp(kind):
            other = [datetime(2001, 2, 3, tzinfo=UTC)]
        else:
            other = [b"0123456789abcdef"] if field.name == "content_mac" else ["changed"]
        changed = table.set_column(SEALED_SCHEMA.get_field_index(field.name), field, pa.array(other, kind))
        store.insert(changed, field.name)
        seen[field.name] = store.content_hash()
        empty()
        assert store.count() == 0
    assert seen.pop("load_id") == seen[""]
    assert len(set(seen.values())) == len(seen)


def test_repeated_batch_changes_nothing(store, rows):
    table = rows(200)
    for _ in range(3):
        store.insert(table, "one")
    store.insert(rows(50, start=200), "two")
    assert store.count() == 250


def test_repeated_batch_changes_nothing_after_reopening(tmp_path, rows):
    table = rows(100)
    with EmbeddedStore.create(tmp_path / "s") as store:
        store.insert(table, "one")
        kept = store.content_hash()
    with EmbeddedStore.open(tmp_path / "s") as store:
        store.insert(table, "one")
        assert (store.count(), store.content_hash()) == (100, kept)


def _losing(store, monkeypatch, losses: int) -> list[int]:
    """The engine leaves out two years without a word, so many times."""
    real, calls = store._engine.insert, []

    def insert(table, batch, settings, *, operation):
        if table == "cases" and len(calls) < losses:
            years = [when.year for when in batch.column("opened_at").to_pylist()]
            batch = batch.filter(pa.array([year not in {2008, 2012} for year in years]))
        calls.append(batch.num_rows)
        real(table, batch, settings, operation=operation)

    monkeypatch.setattr(store._engine, "insert", insert)
    return calls


def test_what_the_engine_loses_without_a_word_is_inserted_again(store, rows, monkeypatch):
    table = rows(400)
    calls = _losing(store, monkeypatch, 1)
    store.insert(table, "one")
    assert calls[0] < calls[1] == 400
    assert store.count() == 400
    assert store.sealed(ids(table)).sort_by("case_id").equals(table.sort_by("case_id"))


def test_an_insert_that_keeps_losing_is_never_acknowledged(store, rows, monkeypatch):
    _losing(store, monkeypatch, 99)
    with pytest.raises(EngineError):
        store.insert(rows(400), "one")


def test_a_token_left_behind_without_its_rows_loses_nothing(store, rows):
    """What an insert that ran out of memory leaves: the engine takes the batch for a repetition and adds nothing."""
    store.insert(rows(5, seed=9), "one")
    store.delete(ids(rows(5, seed=9)))
    table = rows(100, seed=4)
    store.insert(table, "one")
    assert store.count() == 100
    store.insert(table, "one")
    assert store.count() == 100


def test_macs(store, rows):
    table = rows(200)
    store.insert(table, "one")
    found = store.macs([*ids(table), "ABSENT"])
    assert found == {
        case_id: (mac, updated)
        for case_id, mac, updated in zip(
            *(table.column(c).to_pylist() for c in ("case_id", "content_mac", "updated_at")), strict=True
        )
    }
    assert store.macs([]) == {}


def test_replace_and_delete(store, rows):
    # Each year is a partition, and most versions of a case lie in several.
    old, new = rows(100, years=4), rows(40, seed=1, years=4)
    store.insert(old, "old")
    for _ in range(2):
        store.replace(new, "new")
    expected = pa.concat_tables([new, old.slice(40)]).sort_by("case_id")
    assert store.sealed(ids(old)).sort_by("case_id").equals(expected)
    # A repetition that comes late, after a still newer version, must not bring the old one back.
    newest = rows(40, seed=2, years=4)
    store.replace(newest, "newest")
    store.replace(new, "new")
    assert store.sealed(ids(new)).sort_by("case_id").equals(newest.sort_by("case_id"))
    assert store.delete([*ids(old)[:10], "ABSENT"]) == 10
    assert store.count() == 90
    assert store.delete([]) == 0


def test_replace_adds_what_was_not_there_and_keeps_what_is_the_same(store, rows):
    store.insert(rows(10), "a")
    store.replace(rows(20), "b")
    assert store.count() == 20
    assert store.sealed(ids(rows(20))).num_rows == 20


def test_a_new_version_that_the_engine_lost_is_put_there_again(store, rows, monkeypatch):
    old, new = rows(40), rows(40, seed=1)
    store.insert(old, "old")
    insert, lost = store._engine.insert, []

    def lose(table, batch, settings, *, operation):
        # Without an error, and without the rows: as it was seen under load.
        if not lost and table == "cases":
            lost.append(batch.num_rows)
        else:
            insert(table, batch, settings, operation=operation)

    monkeypatch.setattr(store._engine, "insert", lose)
    store.replace(new, "new")
    assert lost == [40]
    assert store.sealed(ids(new)).sort_by("case_id").equals(new.sort_by("case_id"))


def test_tokens_of_an_insert_that_failed_do_not_keep_the_old_version(store, rows):
    def of_load(table, number):
        place = table.schema.get_field_index("load_id")
        field = table.schema.field(place)
        return table.set_column(place, field, pa.array([number] * table.num_rows, field.type))

    old, new = of_load(rows(40), 1), of_load(rows(40, seed=1), 2)
    # The engine remembers the tokens, and has none of the rows.
    store.insert(new, "new")
    store.delete(ids(new))
    store.insert(old, "old")
    store.replace(new, "new")
    assert store.sealed(ids(new)).sort_by("case_id").equals(new.sort_by("case_id"))


def test_erased_bytes_leave_the_index_too(store, rows):
    table = rows(300, years=2)
    token = table.column("tokens")[5].as_py()[-1]
    store.insert(table, "one")

    def in_dictionary() -> int:
        found = 0
        for index in ("pseudonyms", "ids"):
            words = store.query(
                f"SELECT count() FROM mergeTreeTextIndex(currentDatabase(), 'cases', '{index}') "
                "WHERE token IN {t:Array(String)}",
                {"t": [token, ids(table)[5]]},
            )
            found += words.column(0)[0].as_py()
        return found

    assert in_dictionary() == 2
    store.delete([ids(table)[5]])
    store.purge()
    assert in_dictionary() == 0
    assert store.count() == 299
    left = b"".join(p.read_bytes() for p in store.path.rglob("mutation_*"))
    assert token.encode() not in left
    assert ids(table)[5].encode() not in left
    assert store.query("SELECT count() FROM leaving").column(0)[0].as_py() == 0


def test_sweep_gives_every_row_of_every_table(store, rows):
    table = rows(120)
    store.insert(table, "one")
    assert store.tables() == ("cases", "deleting", "leaving")
    swept = pa.Table.from_batches(list(store.iter_rows("cases")))
    assert swept.num_rows == 120
    texts = {t for row in table.column("messages.text").to_pylist() for t in row}
    seen = {
        t
        for name in ("messages.public", "messages.internal")
        for row in swept.column(name).to_pylist()
        for t in row
    }
    assert texts <= seen | {""}
    assert store.check()
    assert store.disk_bytes() > 10_000
    with pytest.raises(StoreMissingError):
        list(store.iter_rows("system"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("subject", None),
        ("content_mac", None),
        ("notes", [SECRET, None]),
        ("messages.role", [SECRET] * 9),
        ("opened_at", datetime(1850, 1, 1, tzinfo=UTC)),
        ("updated_at", datetime(2400, 1, 1, tzinfo=UTC)),
        ("case_id", ""),
    ],
)
def test_what_does_not_fit_is_refused_whole(store, rows, name, value):
    table = rows(20)
    values = table.column(name).to_pylist()
    values[7] = value
    place = SEALED_SCHEMA.get_field_index(name)
    broken = table.set_column(
        place,
        pa.field(name, SEALED_SCHEMA.field(name).type),
        pa.array(values, SEALED_SCHEMA.field(name).type),
    )
    with pytest.raises(BatchRejectedError) as caught:
        store.insert(broken, "broken")
    assert caught.value.field == name
    assert SECRET not in str(caught.value)
    assert store.count() == 0


def test_twins_strangers_and_bad_text_are_refused(store, rows):
    table = rows(3)
    with pytest.raises(BatchRejectedError):
        store.insert(pa.concat_tables([table, table]), "twins")
    with pytest.raises(BatchRejectedError) as caught:
        store.insert(table.append_column(SECRET, pa.array([1, 2, 3])), "stranger")
    assert SECRET not in str(caught.value)
    with pytest.raises(BatchRejectedError):
        store.insert(table.drop_columns(["subject"]), "missing")
    bad = pa.array([SECRET.encode() + b"\xff"] * 3).view(pa.string())
    place = SEALED_SCHEMA.get_field_index("subject")
    with pytest.raises(BatchRejectedError) as caught:
        store.insert(table.set_column(place, SEALED_SCHEMA.field("subject"), bad), "bad")
    assert SECRET not in repr(caught.value)
    assert store.count() == 0


def test_engine_errors_never_quote_values(store):
    hostile = {
        "throw": ("SELECT throwIf(1, 'geheim-7731')", {}),
        "parse": ("SELECT {v:UInt8}", {"v": SECRET}),
        "syntax": (f"SELEKT {SECRET}", {}),
        "cast": ("SELECT toInt64({v:String})", {"v": SECRET}),
    }
    for sql, params in hostile.values():
        with pytest.raises(EngineError) as caught:
            store.query(sql, params)
        error: BaseException | None = caught.value
        while error is not None:
            assert SECRET not in str(error) + repr(error)
            error = error.__cause__ or error.__context__


def test_reading_cannot_write(store, rows):
    store.insert(rows(5), "one")
    for sql in (
        "TRUNCATE TABLE cases",
        "DROP TABLE cases",
        "INSERT INTO leaving VALUES ('a', 'b')",
        "SET readonly = 0",
    ):
        with pytest.raises(EngineError):
            store.query(sql)
    assert store.count() == 5


def test_caps(tmp_path):
    with EmbeddedStore.create(
        tmp_path / "s", caps=Caps(query_memory=50_000_000, query_seconds=0.5, query_rows=10**15)
    ) as store:
        with pytest.raises(QueryTooHeavyError) as caught:
            store.query("SELECT length(groupArray(number)) FROM numbers(100000000)")
        assert caught.value.resource in {"memory", "time"}
        with pytest.raises(QueryTooHeavyError) as caught:
            store.query("SELECT sum(sipHash64(number)) FROM numbers(100000000000)")
        assert caught.value.resource == "time"


def test_many_threads_read_while_one_writes(store, rows):
    store.insert(rows(200), "one")
    few = ids(rows(3))
    problems: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(10):
                assert store.count() >= 200
                assert len(store.macs(few)) == 3
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            problems.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for place in range(3):
        store.insert(rows(40, start=1000 + 100 * place), f"more{place}")
    for thread in threads:
        thread.join()
    assert not problems
    assert store.count() == 320


def test_life(tmp_path, rows):
    with pytest.raises(StoreMissingError):
        EmbeddedStore.open(tmp_path / "s")
    store = EmbeddedStore.create(tmp_path / "s")
    with pytest.raises(StoreBusyError):
        EmbeddedStore.open(tmp_path / "s")
    store.close()
    store.close()
    with pytest.raises(StoreClosedError):
        store.count()
    with pytest.raises(StoreClosedError):
        store.insert(rows(1), "late")
    with pytest.raises(StoreExistsError):
        EmbeddedStore.create(tmp_path / "s")
    mark = tmp_path / "s" / "store.json"
    mark.write_text('{"schema": 999}')
    with pytest.raises(SchemaMismatchError):
        EmbeddedStore.open(tmp_path / "s")
