"""What could be taken: everything unless evidence says less, and never more than stood there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.analytics import QueryError
from hushdesk.incident import (
    EVER,
    HOUR,
    NEVER,
    NOTHING,
    Bound,
    Exposure,
    Kin,
    Kinship,
    Opening,
    Reading,
    Session,
    Span,
    Spans,
    Visitor,
    Window,
    moment,
)
from hushdesk.incident.taken import Contents, Selection, contents, taken
from hushdesk.incident.taken._taken import COMPRESSION, EXPANSION, NAMES

from .conftest import TIMES, Loads, sealed

OPENED = moment(datetime(2019, 12, 5, tzinfo=UTC))
CLOSED = moment(datetime(2019, 12, 31, tzinfo=UTC))
OPEN = Spans([Span(OPENED, CLOSED)])
UNKNOWN = Bound.unknown("not counted")


def exposure(seen=OPEN, counted=OPEN, asked=NEVER, exposed=OPEN, port=9200) -> Exposure:
    window = Window(
        resource="nsg", opening=Opening.NETWORK, span=Span(OPENED, CLOSED), protocol="tcp", port=port
    )
    return Exposure(window=window, exposed=exposed, seen=seen, counted=counted, asked=asked)


def session(reading=Reading.READ, start=OPENED, **values) -> Session:
    return Session(
        outside="198.51.100.7",
        inside="192.0.2.1",
        port=9200,
        span=Span(start, start + HOUR),
        reading=reading,
        **values,
    )


NOT_ASKED = Bound.unknown("no log shows what was asked")


def visitor(*sessions: Session, kin=Kin.OTHER, reading=None, rows=NOT_ASKED) -> Visitor:
    return Visitor(
        address="198.51.100.7",
        kinship=Kinship(kin),
        reading=reading or (sessions[0].reading if sessions else Reading.NO),
        span=Span(OPENED, CLOSED),
        sessions=sessions,
        sent=NOTHING,
        received=NOTHING,
        rows=rows,
    )


def test_what_stood_there_are_the_cases_of_loads_that_had_begun(store):
    ledger = Loads()
    chosen = Selection.during(ledger, [exposure()])
    assert (chosen.loads, chosen.revised, chosen.until) == ((1, 2), (), CLOSED)
    assert contents(store, chosen).cases == 20
    early = exposure(exposed=Spans([Span(OPENED, moment(TIMES[2]))]))
    assert Selection.during(ledger, [early]).loads == (1,)
    assert Selection.during(ledger, [early, exposure()]).loads == (1, 2)
    open_still = exposure(exposed=Spans([Span(OPENED, EVER)]))
    assert Selection.during(ledger, [open_still]).loads == (1, 2, 3)
    assert Selection.during(Loads({**TIMES, 3: None}), [exposure()]).loads == (1, 2, 3)
    for none in ([], [exposure(exposed=NEVER)]):
        assert contents(store, Selection.during(ledger, none)) == Contents()
    assert contents(store, Selection()).cases == 28


def test_a_case_that_was_replaced_later_was_there_in_its_older_version(store):
    chosen = Selection.during(Loads(newer={3: 2}), [exposure()])
    assert (chosen.loads, chosen.revised, chosen.revised_most) == ((1, 2), (3,), 2)
    # Three cases of that load were opened before the end; two of them can have been there.
    assert contents(store, chosen).cases == 22
    assert (
        store.query(f"SELECT count() FROM cases WHERE {(w := chosen.where(store)).sql}", w.params)
        .column(0)[0]
        .as_py()
        == 23
    )
    answer = taken(store, Loads(newer={3: 2}), [exposure(seen=NEVER)], [])
    assert (answer.reachable, answer.cases.upper) == (22, 22)
    assert "older versions" in answer.why


def test_sources_and_queries_narrow_it(store):
    assert contents(store, Selection(sources=("jira",))).cases == 10
    chosen = Selection.during(Loads(), [exposure()], sources=["jira"], query="kind:phone", names=["cases"])
    assert (contents(store, chosen).cases, chosen.names) == (10, ("cases",))
    assert contents(store, Selection(query="kind:phone OR tag:e")).cases == 20
    assert contents(store, Selection(query="nothing")).cases == 0
    with pytest.raises(QueryError):
        contents(store, Selection(query="(("))


def test_contents_are_counted_as_plain_python_counts_them(store):
    held = contents(store, Selection(loads=(1, 2)))
    rows = [sealed(n, 1 + (n > 10), source="zendesk" if n < 11 else "jira") for n in range(1, 21)]
    # Case id, source, description; the times are eight bytes each, and two letters stand for a tag.
    sizes = [
        16
        + len(row["source"])
        + len(row["description"])
        + 4 * 8
        + (5 if n < 11 else 10)
        + (3 if n < 11 else 0)
        for n, row in enumerate(rows, 1)
    ]
    assert (held.cases, held.smallest, held.largest) == (20, min(sizes), max(sizes))
    assert sum(number for _, number in held.sizes) == 20
    assert all(any(size <= one < size + 64 for one in sizes) for size, _ in held.sizes)
    assert held.kinds == {"EMAIL": 20, "PHONE": 10}
    assert held.fields == {
        "case_id": 20, "source": 20, "opened_at": 20, "description": 20, "kinds": 20, "tags": 10
    }  # fmt: skip
    assert held.packed > 0


@given(st.lists(st.integers(1, 900), min_size=1, max_size=30), st.integers(0, 20_000))
def test_no_choice_of_whole_cases_beats_the_bound(sizes, amount):
    steps = sorted({size // 64 for size in sizes})
    held = Contents(
        cases=len(sizes),
        smallest=min(sizes),
        largest=max(sizes),
        sizes=tuple(
            (max(min(sizes), step * 64), sum(size // 64 == step for size in sizes)) for step in steps
        ),
    )
    best, left = 0, amount
    for size in sorted(sizes):
        if size > left:
            break
        best, left = best + 1, left - size
    assert best <= held.most_within(amount) <= len(sizes)


def test_an_unseen_moment_makes_it_everything(store):
    hole = OPEN - Spans([Span(OPENED + HOUR, OPENED + 3 * HOUR)])
    answer = taken(store, Loads(), [exposure(seen=hole)], [])
    assert (answer.cases.lower, answer.cases.upper, answer.reachable, answer.everything) == (0, 20, 20, True)
    assert "2 h" in answer.why
    assert answer.kinds == {"EMAIL": 20, "PHONE": 10}
    assert "description" in answer.fields


def test_a_moment_in_which_nothing_was_counted_makes_it_everything(store):
    answer = taken(store, Loads(), [exposure(counted=NEVER)], [])
    assert answer.everything
    assert "counted" in answer.why
    # One that another log counts by what was asked is none.
    assert not taken(store, Loads(), [exposure(counted=NEVER, asked=OPEN)], []).everything


def test_nobody_in_what_was_seen_and_counted_is_nothing(store):
    answer = taken(store, Loads(), [exposure()], [visitor(session(Reading.TURNED_AWAY, sent=UNKNOWN))])
    assert (answer.cases, answer.everything, answer.fields, answer.kinds) == (NOTHING, False, (), {})


def test_rows_that_were_counted_are_the_answer(store):
    shown = exposure(asked=OPEN)
    got = [session(rows=Bound.exactly(5)), session(rows=Bound(3, 4))]
    answer = taken(store, Loads(), [shown], [visitor(*got)])
    assert (answer.cases.lower, answer.cases.upper, answer.everything) == (5, 9, False)
    assert answer.kinds == {"EMAIL": 9, "PHONE": 9}
    # Never more than there were, and all of them if they all left for certain.
    many = taken(store, Loads(), [shown], [visitor(session(rows=Bound.exactly(50)))])
    assert (many.cases.lower, many.cases.upper, many.everything) == (20, 20, True)
    assert many.cases.exact


def test_two_sessions_may_have_got_the_same_cases(store):
    answer = taken(store, Loads(), [exposure(asked=OPEN)], [visitor(session(rows=Bound.exactly(4)))] * 3)
    assert (answer.cases.lower, answer.cases.upper) == (4, 12)


def test_bytes_are_no_cases_where_a_log_of_requests_says_so(store):
    """Whoever fetched a list of indices, however long, took no case for certain."""
    much = Bound.exactly(10**8)
    asked_for_none = visitor(session(sent=much), rows=Bound.exactly(0))
    assert taken(store, Loads(), [exposure()], [asked_for_none]).cases.lower == 0
    asked_for_two = visitor(session(sent=much), rows=Bound(0, 2))
    assert taken(store, Loads(), [exposure()], [asked_for_none, asked_for_two]).cases.lower == 2
    assert taken(store, Loads(), [exposure()], [visitor(session(sent=much))]).cases.lower > 2


def test_bytes_are_turned_into_the_smallest_cases_there_are(store):
    held = contents(store, Selection(loads=(1, 2)))
    amount = 2 * held.smallest // COMPRESSION
    answer = taken(store, Loads(), [exposure()], [visitor(session(sent=Bound(0, amount)))])
    allowance = max(COMPRESSION, 2 * -(-held.packed // 1))
    assert answer.cases.upper == held.most_within(int(amount * allowance)) >= 1
    assert answer.cases.lower == 0
    assert "compressed" in answer.cases.why
    everything = taken(store, Loads(), [exposure()], [visitor(session(sent=Bound(0, 10**9)))])
    assert everything.everything
    # Bytes that surely left, in cases as large as the largest.
    least = 3 * (held.largest * EXPANSION + NAMES)
    got = taken(store, Loads(), [exposure()], [visitor(session(sent=Bound.exactly(least)))])
    assert got.cases.lower == 3


@pytest.mark.parametrize(
    "what",
    [
        session(sent=UNKNOWN),
        session(sent=Bound.exactly(1), sampled=True),
        session(Reading.UNKNOWN, sent=Bound.exactly(1)),
        # Where requests would not have been seen, "no rows" says nothing; nor do bytes where they were not counted.
        session(rows=NOTHING, sent=UNKNOWN),
        session(rows=Bound.exactly(1), sent=NOTHING, start=CLOSED + HOUR),
        replace(session(sent=Bound.exactly(1)), port=80),
    ],
)
def test_a_session_that_nothing_bounds_makes_it_everything(store, what):
    assert taken(store, Loads(), [exposure()], [visitor(what)]).everything


def test_a_visitor_of_whom_nothing_is_known_makes_it_everything(store):
    for reading in (Reading.UNKNOWN, Reading.CONNECTED, Reading.READ):
        assert taken(store, Loads(), [exposure()], [visitor(reading=reading)]).everything
    assert not taken(store, Loads(), [exposure()], [visitor(reading=Reading.NO)]).everything


def test_rows_count_only_where_requests_were_seen_and_bytes_only_where_they_were_counted(store):
    first, second = Spans([Span(OPENED, OPENED + 2 * HOUR)]), Spans([Span(OPENED + 2 * HOUR, CLOSED)])
    shown = exposure(counted=first, asked=second)
    by_bytes = session(rows=NOTHING, sent=Bound.exactly(1))
    by_rows = session(rows=Bound.exactly(2), sent=UNKNOWN, start=OPENED + 2 * HOUR)
    assert taken(store, Loads(), [shown], [visitor(by_bytes, by_rows)]).cases.upper == 2
    across = session(rows=Bound.exactly(2), sent=Bound.exactly(1), start=OPENED + HOUR + HOUR // 2)
    assert taken(store, Loads(), [shown], [visitor(across)]).everything


def test_our_own_addresses_take_nothing(store):
    assert taken(store, Loads(), [exposure()], [visitor(session(sent=UNKNOWN), kin=Kin.OWN)]).cases == NOTHING


def test_rows_of_something_else_say_nothing_for_certain(store):
    chosen = Selection.during(Loads(), [exposure()], names=["cases"])
    for targets, lower in (
        ((), 5), (("cases",), 5), (("/cases/_search",), 5), (("public.cases",), 5), (("ca*",), 5), (("_all",), 5),
        (("system.tables",), 0), (("othercases",), 0), (("system.tables", "cases"), 5),
    ):  # fmt: skip
        got = session(rows=Bound.exactly(5), targets=targets)
        answer = taken(store, Loads(), [exposure(asked=OPEN)], [visitor(got)], selection=chosen)
        # How it may have been cases all the same stays in the upper number.
        assert (answer.cases.lower, answer.cases.upper) == (lower, 5)


def test_logs_that_contradict_each_other_bound_nothing(store):
    got = session(Reading.READ, rows=Bound(7, 3))
    answer = taken(store, Loads(), [exposure(asked=OPEN)], [visitor(got)])
    assert (answer.cases.lower, answer.everything) == (7, True)
    assert "contradict" in answer.why


@pytest.fixture(scope="module")
def held(store) -> Contents:
    return contents(store, Selection(loads=(1, 2)))


amounts = st.integers(0, 40)
sessions = st.lists(
    st.builds(
        lambda reading, low, more, known, bytes_low, bytes_known: session(
            reading,
            rows=Bound(low, low + more if known else None),
            sent=Bound(bytes_low, bytes_low if bytes_known else None),
        ),
        st.sampled_from(list(Reading)),
        amounts,
        amounts,
        st.booleans(),
        st.integers(0, 10_000),
        st.booleans(),
    ),
    max_size=4,
)


@given(sessions, st.booleans(), st.booleans(), st.booleans())
def test_more_evidence_never_widens_the_answer(store, held, got, seen, counted, asked):
    shown = exposure(*(OPEN if one else NEVER for one in (seen, counted, asked)))
    answer = taken(store, Loads(), [shown], [visitor(*got)], selection=Selection(loads=(1, 2)), held=held)
    assert 0 <= answer.cases.lower <= answer.cases.upper <= answer.reachable == 20
    assert answer.everything == (answer.cases.upper == 20)
    assert answer.cases.exact or answer.why
    if not seen or not (counted or asked):
        assert answer.everything
