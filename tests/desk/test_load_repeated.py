"""A batch that was intended and not committed is repeated: as it was decided, and with all that follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushdesk.desk import Desk, _load

ROWS = """Issue key,Issue id,Summary,Status,Reporter,Created
A-1,1,One,Open,u1,2019-01-01T00:00:00Z
A-1,1,Other,Open,u2,2019-01-01T00:00:00Z
A-1,1,Third,Open,u3,2019-01-01T00:00:00Z
A-2,2,Two,Open,u4,2019-01-01T00:00:00Z
A-2,2,Two again,Open,u4,2019-01-01T00:00:00Z
A-3,3,Three,Open,u4,2019-01-01T00:00:00Z
"""


def outcome(desk: Desk, report) -> dict[str, object]:
    values = report.to_json()
    for name in ("id", "seconds", "started", "finished", "resumed", "cases_per_second"):
        del values[name]
    # Two desks, two keys, two times; what was looked at is the same.
    values["certificate"] = {
        name: values["certificate"][name] for name in ("population", "sampled", "leaking", "found")
    }
    rows = [row for batch in desk.store.iter_rows("cases") for row in batch.to_pylist()]
    subjects = sorted(row["subject"] for row in rows)
    return values | {"subjects": subjects, "held": desk.quarantine.count(), "people": desk.vault.count()}


@pytest.mark.parametrize(
    ("batch_cases", "failing", "step"),
    [
        pytest.param(batch_cases, failing, step, marks=() if fast == step else pytest.mark.slow)
        for batch_cases, failing, fast in (
            (1, 1, "_to_store"),
            (1, 3, "_to_quarantine"),
            (2, 1, "_to_quarantine"),
            (3, 2, "_to_store"),
        )
        for step in ("_to_quarantine", "_to_store")
    ],
)
def test_a_repeated_batch_counts_keeps_and_refuses_what_it_would_have(
    tmp_path: Path, monkeypatch, step, batch_cases, failing
):
    for name in ("one", "other"):
        Desk.create(tmp_path / name, keys=tmp_path / f"{name}k", vault=tmp_path / f"{name}v")
    path = tmp_path / "issues.csv"
    path.write_text(ROWS)
    with Desk.open(tmp_path / "one") as desk:
        expected = outcome(desk, desk.load([path], workers=0, batch_cases=batch_cases))
    assert expected["subjects"] == ["One", "Three", "Two"]
    assert expected["held"] == expected["refused"] == 3

    real = getattr(_load.Load, step)
    calls = []

    def fails_once(self, *arguments):
        calls.append(1)
        if len(calls) == failing:
            raise OSError
        return real(self, *arguments)

    monkeypatch.setattr(_load.Load, step, fails_once)
    with Desk.open(tmp_path / "other") as desk:
        with pytest.raises(OSError):
            desk.load([path], workers=0, batch_cases=batch_cases)
        report = desk.load([path], workers=0, batch_cases=batch_cases)
        assert outcome(desk, report) == expected
