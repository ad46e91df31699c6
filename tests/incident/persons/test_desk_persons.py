"""A desk that was really loaded: everybody of its vault is found again, and nothing of them is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hushdesk.demo import iter_cases, write_exports
from hushdesk.desk import Desk
from hushdesk.incident import EVER, NEVER, Exposure, Opening, Span, Spans, Window, moment
from hushdesk.incident.persons import concerned, groups, leftovers, with_leftovers
from hushdesk.incident.taken import Selection, contents, taken

CASES = 16


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    write_exports(folder / "exports", iter_cases(CASES, seed=7), formats=["zendesk"])
    with Desk.open(folder / "desk") as desk:
        report = desk.load([Path(folder / "exports" / "zendesk")], workers=0)
        assert report.tally.stored
        yield desk


def exposure(start: datetime) -> Exposure:
    span = Span(moment(start), EVER)
    window = Window(resource="nsg", opening=Opening.NETWORK, span=span, protocol="tcp", port=9200)
    return Exposure(window=window, exposed=Spans([span]), seen=NEVER, counted=NEVER, asked=NEVER)


def test_everybody_in_the_vault_is_concerned_and_no_value_of_theirs_is_told(desk):
    chosen = Selection.during(desk.ledger, [exposure(datetime.now(UTC) - timedelta(days=1))])
    held = contents(desk.store, chosen)
    assert held.cases == desk.store.count() > CASES // 2
    table = concerned(desk.store, desk.vault, chosen)
    rows = table.to_pylist()
    # Everybody in the vault came with a stored case. Only who is an address that somebody else has is not a row.
    profiles = {row["person"]: row for batch in desk.vault.profiles() for row in batch.to_pylist()}
    absent = set(profiles) - {row["person"] for row in rows}
    for person in absent:
        assert len(desk.vault.persons(desk.vault.token(person))) > 1
    assert table.column("person").null_count == 0
    customers = (
        desk.store.query("SELECT uniqExact(customer) FROM cases WHERE customer != ''").column(0)[0].as_py()
    )
    assert sum(row["role"] == "customer" for row in rows) >= customers
    told = f"{rows} {groups(table)}".lower()
    for value in desk.vault.iter_values():
        # Short names are parts of words that are told, such as "end" of "legend".
        assert len(value.value) < 6 or value.value.lower() not in told


def test_what_was_open_before_anything_was_loaded_concerns_everybody_and_what_was_closed_then_nobody(desk):
    whole = taken(desk.store, desk.ledger, [exposure(datetime(2019, 12, 5, tzinfo=UTC))], [])
    assert (whole.everything, whole.reachable) == (True, desk.store.count())
    early = Exposure(
        window=exposure(datetime(2019, 12, 5, tzinfo=UTC)).window,
        exposed=Spans(
            [Span(moment(datetime(2019, 12, 5, tzinfo=UTC)), moment(datetime(2019, 12, 31, tzinfo=UTC)))]
        ),
        seen=NEVER,
        counted=NEVER,
        asked=NEVER,
    )
    assert taken(desk.store, desk.ledger, [early], []).reachable == 0


def test_the_sweep_agrees_with_a_plain_search_of_every_row(desk):
    found = leftovers(desk.store, desk.vault, Selection())
    text = "\n".join(str(row) for batch in desk.store.iter_rows("cases") for row in batch.to_pylist()).lower()
    assert found.cases == desk.store.count()
    assert found.values + sum(found.not_looked_for.values()) == desk.vault.count_entries()
    for value in desk.vault.iter_values():
        if value.kind == "EMAIL":
            assert (value.person in found.persons) >= (f" {value.value.lower()} " in f" {text} ")
    table = with_leftovers(concerned(desk.store, desk.vault, Selection()), found, desk.vault)
    assert sum(table.column("leftover").to_pylist()) == len(found.persons)
