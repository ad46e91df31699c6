"""No statement that reads gets out of the store: not to a file, an address, another table or a program."""

from __future__ import annotations

import pytest

from hushdesk.store import Caps, EmbeddedStore, EngineError, QueryTooHeavyError

PLANTED = "planted-4711-in-a-file"
REFUSED = -1
RIGHTS = 497


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("out")
    (folder / "secret.csv").write_text(f"{PLANTED}\n")
    return folder


@pytest.fixture(scope="module")
def store(place):
    with EmbeddedStore.create(place / "store") as made:
        yield made


def ways(place):
    secret = place / "secret.csv"
    return [
        f"SELECT * FROM file('{secret}', 'LineAsString')",
        f"SELECT * FROM `file`('{secret}', 'LineAsString')",
        f"SELECT file('{secret}')",
        f"SELECT \"file\" ('{secret}')",
        f"SELECT file/**/('{secret}')",
        f"SELECT file\n('{secret}')",
        f"SELECT * FROM `{secret}`",
        f"SELECT 1 INTO OUTFILE '{place / 'out.csv'}'",
        f"SELECT 1 INTO\tOUTFILE '{place / 'out.csv'}'",
        f"SELECT 1 UNION ALL SELECT length(file('{secret}'))",
        f"DESCRIBE TABLE file('{secret}', 'LineAsString')",
        f"CREATE TEMPORARY TABLE stolen (line String) ENGINE = File(LineAsString, '{secret}')",
        f"INSERT INTO FUNCTION file('{place / 'out.csv'}', 'CSV', 'a Int8') SELECT 1",
        "SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')",
        "CREATE TEMPORARY TABLE stolen (line String) ENGINE = URL('http://127.0.0.1:9/', 'LineAsString')",
        "SELECT * FROM s3('http://127.0.0.1:9/bucket/key', 'CSV')",
        "SELECT * FROM remote('127.0.0.1:9', 'system', 'one')",
        "SELECT * FROM executable('x.sh', 'CSV', 'a Int8')",
        "SELECT * FROM mysql('127.0.0.1:9', 'a', 'b', 'c', 'd')",
        "SELECT * FROM postgresql('127.0.0.1:9', 'a', 'b', 'c', 'd')",
        f"SELECT * FROM sqlite('{secret}', 't')",
        "SELECT * FROM mongodb('127.0.0.1:9', 'a', 'b', 'c', 'd', 'x Int8')",
        "SELECT * FROM redis('127.0.0.1:9', 'k', 'k String')",
        "SELECT * FROM Python(d)",
        "SELECT * FROM jdbc('a', 'b')",
        "SELECT * FROM merge('system', '.*one')",
        "SELECT count() FROM cases SETTINGS max_execution_time = 0",
        "SET readonly = 0",
        "DROP TABLE cases",
        "TRUNCATE TABLE cases",
        "CREATE TABLE other (a Int8) ENGINE = MergeTree ORDER BY a",
        "CREATE FUNCTION leak AS (x) -> x",
        "CREATE USER other",
        "GRANT FILE ON *.* TO default",
        "BACKUP TABLE cases TO File('stolen')",
        "SYSTEM SHUTDOWN",
    ]


@pytest.mark.parametrize("number", range(36))
def test_no_way_out_through_the_door_that_reads(store, place, number):
    statement = ways(place)[number]
    for ask in (store.query, lambda sql: list(store.stream(sql))):
        with pytest.raises(EngineError) as caught:
            ask(statement)
        assert PLANTED not in str(caught.value)
    assert not (place / "out.csv").exists()
    assert store.count() == 0


def test_every_way_is_tried(place):
    assert len(ways(place)) == 36


@pytest.mark.parametrize("number", range(36))
def test_the_engines_own_rights_hold_where_our_reading_of_the_text_does_not(
    store, place, number, monkeypatch
):
    """Without the check of the text, the engine refuses by itself whatever table or statement leads out."""
    statement = ways(place)[number]
    # A scalar function, the client's own output and the caps are what the check of the text is for.
    if "OUTFILE" in statement or "SELECT length(file" in statement or "SETTINGS" in statement:
        return
    if statement.startswith(("SELECT file", 'SELECT "file"')):
        return
    monkeypatch.setattr("hushdesk.store._engine.check_inward", lambda *_: None)
    with pytest.raises(EngineError) as caught:
        store.query(statement)
    assert caught.value.code > 0
    if "/secret.csv" in statement and "FROM" in statement:
        assert caught.value.code == RIGHTS


def test_the_text_of_a_value_is_no_statement(store):
    """What somebody searches for may read like a way out; values travel as parameters."""
    rows = store.query("SELECT {text:String} AS said", {"text": "file('/etc/passwd') INTO OUTFILE 'x' --"})
    assert rows.column(0)[0].as_py().startswith("file(")
    rows = store.query("SELECT 'INTO OUTFILE, file(''x'')' AS said")
    assert rows.column(0)[0].as_py() == "INTO OUTFILE, file('x')"


@pytest.mark.parametrize("cap", [{"max_execution_time": 0.15}, {"max_rows_to_read": 900_000}])
def test_nothing_of_a_query_that_was_cut_off_comes_with_the_next_answer(store, cap):
    """The engine keeps what it had written already of an answer that it then broke off."""
    slow = (
        "SELECT concat({mark:String}, repeat('x', 900)) AS text FROM numbers({n:UInt64}) "
        "WHERE NOT ignore(sleepEachRow(0.00001)) LIMIT 900000"
    )
    settings = {**cap, "max_block_size": 1_000, "max_threads": 1, "max_result_bytes": 10**10}
    for number in range(3):
        with pytest.raises(QueryTooHeavyError):
            store.query(slow, {"mark": PLANTED, "n": 1_000_000}, settings)
        for _ in range(2):
            rows = store.query("SELECT {n:UInt8} AS n", {"n": number})
            assert rows.to_pylist() == [{"n": number}]


def test_an_error_of_the_connection_that_writes_does_not_reach_the_next_statement(store):
    for _ in range(3):
        with pytest.raises(EngineError):
            store._engine.command("SELECT throwIf(1, 'planted')", operation="test")
        done = store._engine.command("SELECT 7 AS n", operation="test")
        assert done.to_pylist() == [{"n": 7}]


def test_a_query_over_its_caps_says_which(tmp_path, store):
    heavy = "SELECT count() FROM numbers({n:UInt64}) WHERE NOT ignore(sipHash64(number))"
    with pytest.raises(QueryTooHeavyError) as caught:
        store.query(heavy, {"n": 10**9 + 70_000})
    assert caught.value.resource == "rows"
    assert "rows" in caught.value.problem
    with pytest.raises(QueryTooHeavyError) as caught:
        store.query("SELECT repeat('x', 1000) FROM numbers(10)", settings={"max_result_bytes": 100})
    assert caught.value.resource == "rows"
    with pytest.raises(QueryTooHeavyError) as caught:
        store.query(heavy, {"n": 10**9}, {"max_execution_time": 0.05})
    assert caught.value.resource == "time"
    with pytest.raises(QueryTooHeavyError) as caught:
        store.query(
            "SELECT groupArray(number) FROM numbers(3000000)", settings={"max_memory_usage": 2_000_000}
        )
    assert caught.value.resource == "memory"
    assert Caps().query_rows == 10**9
