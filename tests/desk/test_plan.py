"""Batches are cut by the input alone; what is done with each version of a case follows from the input alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.cases import Case, Locator, Reason, Refused, Supporting
from hushdesk.desk._plan import BATCH_CASES, Decision, Judge, Work, batches
from hushdesk.vault import Pseudonymiser

PSEUDONYMS = Pseudonymiser(b"k" * 32)
T0 = datetime(2019, 12, 5, tzinfo=UTC)


def case(number: int, text: str = "", hours: int | None = None) -> Case:
    updated = None if hours is None else T0 + timedelta(hours=hours)
    return Case("csv", str(number), description=text, updated_at=updated)


def decide(*cases: Case, stored: dict[str, tuple[bytes, datetime | None]] | None = None) -> list[Decision]:
    judge = Judge()
    found = []
    for work in batches(cases, PSEUDONYMS, first_number=0, first_item=0):
        judge.decide(work, stored or {})
        found += [Decision(value) for value in work.decisions]
    return found


def as_stored(*cases: Case) -> dict[str, tuple[bytes, datetime | None]]:
    held = {}
    for work in batches(cases, PSEUDONYMS, first_number=0, first_item=0):
        held |= {case_id: (mac, one.updated_at) for one, case_id, mac in work.cases}
    return held


def test_the_same_again_is_unchanged() -> None:
    assert decide(case(1, "a"), case(1, "a")) == [Decision.NEW, Decision.UNCHANGED]


def test_a_later_version_wins_and_an_older_one_never_overwrites() -> None:
    assert decide(case(1, "a", 1), case(1, "b", 2)) == [Decision.NEW, Decision.NEWER]
    assert decide(case(1, "b", 2), case(1, "a", 1)) == [Decision.NEW, Decision.UNCHANGED]


def test_two_contents_of_one_id_that_nothing_tells_apart_clash_within_a_load() -> None:
    assert decide(case(1, "a"), case(1, "b")) == [Decision.NEW, Decision.DUPLICATE]
    assert decide(case(1, "a", 1), case(1, "b", 1)) == [Decision.NEW, Decision.DUPLICATE]


def test_a_later_export_wins_where_no_time_of_change_is_known() -> None:
    assert decide(case(1, "b"), stored=as_stored(case(1, "a"))) == [Decision.NEWER]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from("abc"), st.none() | st.integers(0, 3)), max_size=30)
)
def test_loading_twice_stores_nothing_the_second_time(rows: list[tuple[int, str, int | None]]) -> None:
    cases = [case(*row) for row in rows]
    final: dict[str, tuple[bytes, datetime | None]] = {}
    judge = Judge()
    for work in batches(cases, PSEUDONYMS, first_number=0, first_item=0):
        judge.decide(work, final)
        for (one, case_id, mac), decision in zip(work.cases, work.decisions, strict=True):
            if decision in (Decision.NEW, Decision.NEWER):
                final[case_id] = (mac, one.updated_at)
    again = decide(*cases, stored=final)
    if all(hours is not None for _, _, hours in rows):
        assert not {Decision.NEW, Decision.NEWER} & set(again)
    assert Decision.NEW not in again


def items(count: int) -> list[Case | Refused | Supporting]:
    refused = Refused(Reason.BAD_ROW, Locator("a.csv", 3), "a stray quote")
    return [refused, Supporting("users", 5, 4), *(case(n, "x" * 100) for n in range(count))]


def test_counts_of_a_batch() -> None:
    (work,) = batches(items(3), PSEUDONYMS, first_number=7, first_item=0)
    assert (work.number, work.items_end) == (7, 5)
    assert (work.tally.cases, work.tally.refused, work.tally.rows["users"], work.tally.distinct["users"]) == (
        4,
        1,
        5,
        4,
    )


def cut(works: list[Work]) -> list[tuple[int, int]]:
    return [(work.number, work.items_end) for work in works]


def test_a_resumed_load_cuts_as_an_undisturbed_one() -> None:
    everything = items(3 * BATCH_CASES + 10)
    whole = list(batches(everything, PSEUDONYMS, first_number=0, first_item=0))
    start = whole[0].items_end
    rest = list(
        batches(everything[start:], PSEUDONYMS, first_number=1, first_item=start, cut_at=whole[1].items_end)
    )
    assert cut(rest) == cut(whole)[1:]
    assert [[c[1:] for c in work.cases] for work in rest] == [
        [c[1:] for c in work.cases] for work in whole[1:]
    ]
