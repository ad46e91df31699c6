"""What is counted in memory is what the engine counts: on any filters, scopes, pages, and after any change."""

from __future__ import annotations

import random
import threading

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.analytics._chance import COUNTRIES, DAYS, KINDS, PRODUCTS, TAGS, rows, same

from hushdesk.analytics import FACETS, SORTS, Analytics, QueryError, Scope
from hushdesk.analytics._codes import CodeBook
from hushdesk.analytics._sets import RowSets
from hushdesk.store import EmbeddedStore, QueryTooHeavyError


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    chance = random.Random(6)
    with EmbeddedStore.create(tmp_path_factory.mktemp("desk") / "store") as made:
        for start in range(0, 240, 60):
            made.insert(rows(start, 60, chance), f"batch {start}")
        made.delete([f"CASE{place:012d}" for place in range(0, 240, 9)])
        newer = rows(100, 12, chance)
        macs = pa.array([bytes([7]) * 16] * 12, pa.binary(16))
        made.replace(
            newer.set_column(newer.schema.get_field_index("content_mac"), "content_mac", macs), "newer"
        )
        # Merges come when they like; which questions reach the engine would hang on them.
        made._engine.command("SYSTEM STOP MERGES cases", operation="test")
        yield made


@pytest.fixture(scope="module")
def both(store):
    return Analytics(store), Analytics(store, most_in_memory=0)


def some(values, most=3):
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "product": some((*PRODUCTS, "absent")),
        "country": some(COUNTRIES),
        "tag": some((*TAGS, "absent")),
        "kind": some(KINDS),
        "category": some(("billing", "rare 3", "rare 7")),
    },
)
SCOPES = st.builds(
    Scope,
    internal=st.booleans(),
    where=st.fixed_dictionaries(
        {}, optional={"product": some(PRODUCTS).map(tuple), "country": some(COUNTRIES).map(tuple)}
    ),
    since=st.sampled_from((None, None, DAYS[2], DAYS[8])),
    until=st.sampled_from((None, None, DAYS[12])),
    small=st.sampled_from((0, 2, 5, 50)),
)
QUERIES = st.sampled_from(
    (
        "",
        "lamp",
        "lamp cable",
        "-error",
        "quokka OR noon",
        '"hello" lamp',
        '"lamp cable"',
        "opened:2012 is:open",
        "kind:EMAIL",
        "tag:refund OR category:rare*",
        "nothing",
    )
)
ASKED = st.fixed_dictionaries(
    {
        "query": QUERIES,
        "scope": SCOPES,
        "filters": FILTERS,
        "sort": st.sampled_from(tuple(SORTS)),
        "page": st.integers(1, 3),
        "page_size": st.sampled_from((0, 1, 7, 40)),
        "facets": some(tuple(FACETS), 10),
        "histogram": st.booleans(),
    }
)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(asked=ASKED)
def test_memory_and_engine_say_the_same(both, asked):
    same(both, asked)


@pytest.mark.slow
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=ASKED)
def test_memory_and_engine_say_the_same_on_many(both, asked):
    same(both, asked)


def test_it_is_memory_that_answers(both, store, monkeypatch):
    def refuse(*_args, **_more):
        raise AssertionError("asked the engine to count")

    for name in ("count_facets", "count_bars", "extent", "hits"):
        monkeypatch.setattr(f"hushdesk.analytics._analytics.{name}", refuse)
    assert both[0].search("lamp", scope=Scope(small=5), filters={"tag": ["refund"]}).total
    with pytest.raises(AssertionError):
        both[1].search("cable", scope=Scope())


def test_nothing_outside_of_the_scope_is_counted_or_listed(both):
    scope = Scope(where={"country": ("DE",), "product": ("Router", "Phone")})
    both[0].search("", scope=Scope())
    page = both[0].search("", scope=scope, page_size=500)
    shown = {facet.field: {value.value for value in facet.values} for facet in page.facets}
    assert shown["country"] == {"DE"}
    assert shown["product"] == {"Router", "Phone"}
    assert {(hit.country, hit.product) for hit in page.hits} == {("DE", "Router"), ("DE", "Phone")}
    assert page.total == len(page.hits)
    # A filter takes the place of the facet's own, and never that of the scope.
    wider = both[0].search("", scope=scope, filters={"country": ["FR", "DE"]})
    assert {
        value.value
        for facet in wider.facets
        if facet.field == "country"
        for value in facet.values
        if value.count
    } == {"DE"}


class Counting:
    """A store that counts what is asked of it."""

    def __init__(self, store: EmbeddedStore) -> None:
        self.store, self.asked, self.wait = store, [], threading.Event()
        self.wait.set()

    @property
    def generation(self) -> int:
        return self.store.generation

    def query(self, sql, params=None, settings=None):
        if "groupArray" in sql:
            self.asked.append(sql)
            self.wait.wait(20)
        return self.store.query(sql, params, settings)

    def stream(self, sql, params=None, settings=None):
        return self.store.stream(sql, params, settings)


def test_the_same_question_is_asked_once(store):
    counting = Counting(store)
    sets = RowSets(counting, CodeBook(counting))
    counting.wait.clear()
    found = []
    threads = [threading.Thread(target=lambda: found.append(sets.find("lamp", Scope()))) for _ in range(4)]
    for each in threads:
        each.start()
    while not counting.asked:
        pass
    counting.wait.set()
    for each in threads:
        each.join()
    assert len(counting.asked) == 1
    assert len({id(each) for each in found}) == 1
    sets.find("lamp", Scope())
    assert len(counting.asked) == 1
    # Another scope is another question, whoever asked the first.
    limited = sets.find("lamp", Scope(where={"country": ("DE",)}))
    assert len(counting.asked) == 2
    assert limited.rows().sum() < found[0].rows().sum()
    assert not sets._asking


def test_a_question_that_is_narrowed_down_is_joined_in_memory(store):
    counting = Counting(store)
    memory = Analytics(counting)
    queries = (
        "lamp (cable OR noon) -error opened:2012-02..2012-05",
        "(lamp) opened:<1970-01-02 opened:>=1970-01-01T00:00",
        "opened:1969..1970",
        "  lamp   lamp",
    )
    limited = Scope(internal=True, where={"country": ("DE", "FR")}, until=DAYS[12])
    for scope, narrower in ((Scope(), queries), (limited, queries[:1])):
        for first in ("", "lamp", "-error", "cable OR noon"):
            memory.search(first, scope=scope, facets=())
        asked = len(counting.asked)
        for query in narrower:
            same(
                (memory, Analytics(store, most_in_memory=0)),
                {"query": query, "scope": scope, "page_size": 40},
            )
        assert len(counting.asked) == asked
        # What was not asked before the engine finds, among what is known.
        same((memory, Analytics(store, most_in_memory=0)), {"query": "lamp noon opened:2012", "scope": scope})
        assert len(counting.asked) == asked + 1
    with pytest.raises(QueryError) as wrong:
        memory.search("lamp opened:2013..2012", scope=Scope())
    assert wrong.value.position == len("lamp opened:")


def test_a_question_that_fails_fails_for_each_who_asks(store, monkeypatch):
    sets = RowSets(store, CodeBook(store))
    for _ in range(2):
        with pytest.raises(QueryError):
            sets.find("nowhere:x", Scope())
        with pytest.raises(QueryError):
            sets.find("", Scope(), {"subject": ["x"]})

    def heavy(*_args, **_more):
        raise QueryTooHeavyError("time")

    sets.find("", Scope())
    monkeypatch.setattr(store, "query", heavy)
    with pytest.raises(QueryTooHeavyError):
        sets.find("unheard", Scope())
    monkeypatch.undo()
    assert sets.find("unheard", Scope()).rows().sum() == 0


def test_what_could_not_be_read_is_tried_again_later(store, monkeypatch):
    now = [100.0]
    book = CodeBook(store, clock=lambda: now[0])

    def heavy(*_args, **_more):
        raise QueryTooHeavyError("memory")

    monkeypatch.setattr(store, "stream", heavy)
    assert book.codes() is None
    monkeypatch.undo()
    assert book.codes() is None
    now[0] += 61
    assert book.codes() is not None


def test_too_much_for_memory_is_counted_by_the_engine(store, monkeypatch):
    held = store.count()
    assert CodeBook(store, held).codes() is not None
    assert CodeBook(store, held - 1).codes() is None
    assert CodeBook(store, 0).codes() is None
    few = Analytics(store, most_in_memory=held - 1)
    same((few, Analytics(store)), {"query": "lamp", "scope": Scope(small=5)})
    monkeypatch.setattr("hushdesk.analytics._codes._MOST_VALUES", 20)
    assert CodeBook(store).codes() is None


def test_who_sees_no_rows_is_answered_by_the_engine(both):
    scope = Scope(rows=False, small=3, key=(1, 2))
    assert both[0]._sets.find("", scope) is None
    same(both, {"query": "", "scope": scope})


def test_many_of_one_moment_are_ordered_by_the_engine(both, store, monkeypatch):
    monkeypatch.setattr("hushdesk.analytics._page._MOST_TIES", -40)
    same(both, {"query": "noon", "scope": Scope()})


def test_what_was_prepared_is_not_read_again(store, monkeypatch):
    prepared, other = Analytics(store), Analytics(store)
    prepared.prepare()

    def refuse(*_args, **_more):
        raise QueryTooHeavyError("memory")

    monkeypatch.setattr(store, "stream", refuse)
    monkeypatch.setattr("hushdesk.analytics._analytics.extent", refuse)
    assert prepared.search("lamp", scope=Scope()).total
    with pytest.raises(QueryTooHeavyError):
        other.search("lamp", scope=Scope())
