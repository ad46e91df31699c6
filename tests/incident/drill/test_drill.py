"""The drill: different Decembers, and a full score on each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hushdesk.desk import Desk
from hushdesk.incident import HOUR
from hushdesk.incident.answering import IncidentDesk
from hushdesk.incident.drill import DrillError, drill
from hushdesk.incident.drill._plan import plan
from hushdesk.incident.drill._score import score
from hushdesk.incident.drill._truth import Truth


@pytest.mark.parametrize("seed", range(40))
def test_every_december_is_a_december(seed):
    december = plan(seed, 500, 1500)
    assert len(december.windows) == 2
    assert december.windows & december.blind
    roles = [visit.role for visit in december.visits]
    assert sorted(roles) == ["early", "ghost", "researcher", "scanner", "thief"]
    for visit in december.visits:
        mine = [one for one in december.connections if one.address == visit.address]
        assert sum(one.sent for one in mine) == visit.bytes_taken
        assert all(one.accepted and one.start in december.windows for one in mine)
        assert visit.logged == any(one.start not in december.blind for one in mine)
        if visit.counted:
            assert all(one.start >= december.counted_from for one in mine)
    assert december.proxied.seconds > 5 * HOUR / 1_000_000
    assert plan(seed, 500, 1500) == december


@pytest.fixture(scope="module")
def drilled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drill") / "d"
    return drill(folder, cases=40, seed=5, fresh=False)


def test_a_drill_reaches_full_score(drilled, tmp_path):
    missed = [(point.name, point.said) for point in drilled.score.points if not point.reached]
    assert missed == []
    assert drilled.letters == drilled.persons > 20
    with pytest.raises(DrillError):
        drill(drilled.folder, cases=40, seed=5, fresh=False)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DrillError):
        drill(tmp_path, cases=40, seed=5, fresh=True)


def test_the_score_sees_what_is_wrong(drilled):
    truth = Truth.read(drilled.folder)
    assert len(truth.windows) == 2
    with Desk.open(drilled.folder / "desk") as desk:
        analysis = IncidentDesk(desk, "tester").analyse("december-2019", sweep=False)
        outcome = {"analysis": analysis, "added": {"by_parser": {}}, "persons": 1, "letters": 1}

        def missed(changed: Truth) -> set[str]:
            return {point.name for point in score(changed, outcome, desk).points if not point.reached}

        assert missed(truth) == set()
        shifted = tuple((start + 1_000_000, end) for start, end in truth.windows)
        assert missed(replace(truth, windows=shifted)) == {"windows to the second"}
        stranger = replace(truth.visits[0], address="11.200.1.1")
        assert "visitors found" in missed(replace(truth, visits=(*truth.visits, stranger)))
        came = next(visit.address for visit in truth.visits if visit.role == "thief")
        assert "nobody accused" in missed(replace(truth, never=(*truth.never, came)))
        more = tuple(replace(visit, bytes_taken=visit.bytes_taken + 1) for visit in truth.visits)
        assert "what the researcher took" in missed(replace(truth, visits=more))
        assert "lost hours known as lost" in missed(replace(truth, unseen=()))
        assert "customers found" in missed(replace(truth, mails={**truth.mails, "nobody@else.example": "en"}))
