"""Retention: the closest rule decides, what is on hold stays, and what goes is gone with its people."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hushdesk.analytics import held_by, open_desk
from hushdesk.desk import Desk, DeskError, ErasureError, RetentionAction, RetentionRule
from hushdesk.desk._settings import read
from hushdesk.desk.persons import MARK
from hushdesk.desk.retention import _due
from hushdesk.desk.retention._due import Retention, cutoff
from hushdesk.record import RecordReader

NOW = datetime(2022, 3, 1, 12, tzinfo=UTC)
RULES = """
[[retention]]
product = "*"
after = "5y"

[[retention]]
product = "Phone"
after = "18m"
action = "empty"

[[retention]]
product = "Phone"
source = "elsewhere"
after = "1d"

[[hold]]
query = "number:T-2"
why = "a dispute"
"""
CASES = [
    # number, opened, updated, product
    ("T-1", "2016-05-01", "2016-06-01", "Router"),
    ("T-2", "2016-05-02", "2016-06-01", "Router"),
    ("T-3", "2016-05-03", "2021-06-01", "Router"),
    ("T-4", "2020-01-01", "2020-02-01", "Phone"),
    ("T-5", "2021-01-01", "2021-02-01", "Phone"),
    ("T-6", "2016-01-01", "2016-02-01", "Router"),
    ("T-7", "", "", "Router"),
]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("retention")
    rows = [
        f"{number},{at},{updated},P {number},p{number}@example.org,{product},Down\n"
        for number, at, updated, product in CASES
    ]
    (folder / "a.csv").write_text(
        "Ticket ID,Created,Updated,Customer name,Customer email,Product,Subject\n" + "".join(rows)
    )
    Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with open_desk(folder / "desk") as desk:
        desk.load(folder / "a.csv", workers=0)
        yield desk


def test_a_dry_run_counts_and_a_run_does_what_it_said(opened, monkeypatch):
    desk = opened.desk
    numbers = {row["number"] for batch in desk.store.iter_rows("cases") for row in batch.to_pylist()}
    assert numbers == {case[0] for case in CASES}
    settings = desk.folder / "desk.toml"
    settings.write_text(settings.read_text() + RULES)
    with pytest.raises(ErasureError, match="nobody can tell"):
        Retention(desk, "x", now=NOW).plan()
    retention = Retention(desk, "cli:test", held=held_by(opened), now=NOW)
    plan = retention.plan()
    rows = [
        (rule.product, rule.action, row.product, row.year, row.cases, row.held)
        for rule in plan.rules
        for row in rule.rows
    ]
    assert rows == [("*", "remove", "Router", 2016, 3, 1), ("Phone", "empty", "Phone", 2020, 1, 0)]
    assert (plan.cases, plan.undated, plan.unruled) == (3, 1, 0)
    assert desk.store.count() == len(CASES)
    people = desk.vault.count()
    # In steps of one case: what a killed run leaves is whole steps.
    monkeypatch.setattr(_due, "STEP", 1)
    done = retention.run()
    assert (done.removed, done.emptied, done.steps, done.old_parts) == (2, 1, 3, 0)
    # Each case had a customer of its own.
    assert done.forgotten == 3
    assert desk.vault.count() == people - 3
    left = {row["number"]: row for batch in desk.store.iter_rows("cases") for row in batch.to_pylist()}
    assert set(left) == {"T-2", "T-3", "T-5", "T-7", ""}
    assert left[""]["subject"].startswith(MARK)
    assert left[""]["opened_at"] == datetime(2020, 1, 1, tzinfo=UTC)
    token = desk.pseudonyms.token("EMAIL", "pt-1@example.org")
    assert not [
        path for path in desk.folder.rglob("*") if path.is_file() and token.encode() in path.read_bytes()
    ]
    again = retention.run()
    assert (again.removed, again.emptied, again.steps) == (0, 0, 0)
    told = [entry.event for entry in RecordReader(desk.record.folder).entries()]
    assert told.count("operator:retention:run") == 3
    assert told[-1] == "operator:retention:finish"


@pytest.mark.parametrize(
    ("after", "before"),
    [
        ("1d", "2024-02-28"),
        ("1m", "2024-01-29"),
        ("12m", "2023-02-28"),
        ("1y", "2023-02-28"),
        ("4y", "2020-02-29"),
    ],
)
def test_ages_are_by_the_calendar(after, before):
    rule = RetentionRule("*", "*", after, RetentionAction.REMOVE)
    assert cutoff(datetime(2024, 2, 29, 23, tzinfo=UTC), rule).isoformat() == f"{before}T00:00:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        '[erasure]\ncases = "keep"', "[erasure]\nother = 1", "[[retention]]\nproduct = 1\nafter = '3y'",
        "[[retention]]\nproduct = '*'\nafter = '3 years'", "[[retention]]\nproduct = '*'", "[retention]\nproduct = '*'",
        "[[retention]]\nproduct = '*'\nafter = '3y'\n[[retention]]\nproduct = '*'\nafter = '2y'",
        "[[retention]]\nproduct = '*'\nafter = '0d'", "[[hold]]\nquery = ' '\nwhy = 'x'", "[[hold]]\nquery = 'x'",
        "[disclosure]\npurpose = 'x'", "[[retention]]\nproduct = '*'\nafter = '3y'\naction = 'hide'",
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_at_the_door(tmp_path: Path, text):
    head = 'format = 1\ndesk_id = "x"\ncreated = "x"\nkeys = "/k"\nvault = "/v"\nofficer_public_key = "00"\n'
    (tmp_path / "desk.toml").write_text(head)
    read(tmp_path)
    (tmp_path / "desk.toml").write_text(head + text)
    with pytest.raises(DeskError, match="cannot be used"):
        read(tmp_path)
