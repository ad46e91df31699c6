"""The ledger: intents, resumption, reports that add up."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.desk._ledger import LINES_KEPT, Ledger
from hushdesk.desk._report import RefusedLine, Tally


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


def test_a_load_is_taken_up_only_when_it_was_interrupted(ledger: Ledger) -> None:
    first, resumed = ledger.begin("print", ["a.csv"])
    assert not resumed
    ledger.mark_interrupted()
    assert ledger.begin("print", ["a.csv"]) == (first, True)
    ledger.finish(first, "finished", 1.5, [])
    second, resumed = ledger.begin("print", ["a.csv"])
    assert second != first
    assert not resumed


def test_other_inputs_are_another_load(ledger: Ledger) -> None:
    first, _ = ledger.begin("one", [])
    ledger.mark_interrupted()
    second, resumed = ledger.begin("two", [])
    assert (second != first, resumed) == (True, False)


def test_only_done_batches_count(ledger: Ledger) -> None:
    load, _ = ledger.begin("print", [])
    ledger.intend(load, 0, 10, b"\1" * 10, Tally(cases=10, stored=10), [])
    ledger.done(load, 0)
    ledger.intend(load, 1, 20, b"\1" * 10, Tally(cases=10, stored=9, quarantined=1), [])
    report = ledger.report(load)
    assert report is not None
    assert report.tally.cases == 10
    intent = ledger.batches(load)[-1]
    assert (intent.number, intent.items_end, intent.done, intent.decisions) == (1, 20, False, b"\1" * 10)
    ledger.done(load, 1)
    report = ledger.report(load)
    assert report is not None
    assert (report.tally.cases, report.tally.stored, report.tally.quarantined) == (20, 19, 1)
    assert report.tally.balanced


def test_refused_lines_are_capped_and_counts_are_not(ledger: Ledger) -> None:
    load, _ = ledger.begin("print", [])
    lines = [RefusedLine("bad_row", f"a.csv, row {n}", "problem", "remedy") for n in range(LINES_KEPT + 5)]
    tally = Tally(cases=len(lines), refused=len(lines), reasons=Counter(bad_row=len(lines)))
    ledger.intend(load, 0, len(lines), b"", tally, lines)
    ledger.done(load, 0)
    report = ledger.report(load)
    assert report is not None
    assert len(report.refused) == LINES_KEPT
    assert report.tally.refused == LINES_KEPT + 5


def test_what_is_held_is_remembered(ledger: Ledger) -> None:
    assert not ledger.is_held(b"x" * 16)
    ledger.hold([b"x" * 16])
    ledger.hold([b"x" * 16])
    assert ledger.is_held(b"x" * 16)


counts = st.integers(0, 1000)
counters = st.dictionaries(st.text(max_size=5), st.integers(1, 9), max_size=4).map(Counter)
tallies = st.builds(Tally, cases=counts, stored=counts, unchanged=counts, kinds=counters, rows=counters)


@given(st.lists(tallies, max_size=5))
def test_tallies_add_up_and_survive_json(parts: list[Tally]) -> None:
    total = Tally.total(parts)
    assert total.cases == sum(part.cases for part in parts)
    assert total.kinds == sum((part.kinds for part in parts), Counter())
    assert Tally.from_json(total.to_json()) == total
