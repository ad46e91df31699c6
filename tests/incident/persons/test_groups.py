"""Groups say who is alike, lose nobody, and never say too little; the ordering orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.incident import PERSONS, Bound, Severity
from hushdesk.incident.persons import WEIGHTS, grouped, groups, scam_risk

NOW = datetime(2020, 1, 20, tzinfo=UTC)


def row(**values) -> dict:
    return {
        "person": 1,
        "token": "PERSON_00000000000000",
        "language": "en",
        "country": "GB",
        "kinds": ["EMAIL"],
        "cases": 1,
        "first_case": NOW,
        "last_case": NOW,
        "certain": False,
        "leftover": False,
        "role": "customer",
        "channels": [],
    } | values


def table(*rows: dict) -> pa.Table:
    return pa.Table.from_pylist(list(rows), PERSONS)


people = st.lists(
    st.builds(
        row,
        person=st.one_of(st.none(), st.integers(1, 1000)),
        country=st.sampled_from(["", "DE", "FR"]),
        language=st.sampled_from(["", "de"]),
        kinds=st.lists(st.sampled_from(["CARD", "EMAIL", "FREE_TEXT", "HEALTH", "PHONE"]), unique=True).map(
            sorted
        ),
        cases=st.integers(0, 5),
        certain=st.booleans(),
        leftover=st.booleans(),
        role=st.sampled_from(["customer", "agent", "mentioned"]),
        channels=st.sampled_from([[], ["EMAIL"]]),
    ),
    max_size=60,
)


@settings(max_examples=40)
@given(people, st.sampled_from([0, 3, 13, 36, 1000]))
def test_everybody_is_in_the_group_that_says_at_least_what_is_true_of_them(rows, most):
    made, place = grouped(table(*rows), most)
    assert len(place) == len(rows)
    assert len(made) <= max(most, 12)
    for number, group in enumerate(made):
        mine = [one for one, at in zip(rows, place, strict=True) if at == number]
        assert mine
        assert group.persons.upper == len(mine)
        assert all((one["role"], one["leftover"]) == (group.role, group.leftover) for one in mine)
        assert all((one["person"] is not None) == group.known for one in mine)
        kinds = {tuple(one["kinds"]) for one in mine}
        assert set(group.kinds) == {kind for one in kinds for kind in one}
        assert group.merged or len(kinds) == 1
        sure = sum(one["certain"] for one in mine)
        assert group.persons.lower == (sure if group.known else min(sure, 1))
        assert group.persons.exact or group.persons.why
        assert group.cases == sum(one["cases"] for one in mine)
        assert group.reachable == sum(bool(one["channels"]) for one in mine)
        for name, tally in (("country", group.countries), ("language", group.languages)):
            assert dict(tally) == {
                v: n for v in {o[name] for o in mine} if (n := sum(o[name] == v for o in mine))
            }
            assert list(tally.values()) == sorted(tally.values(), reverse=True)
    assert len({group.name for group in made}) == len(made)
    assert [group.leftover for group in made] == sorted((group.leftover for group in made), reverse=True)
    if most >= 1000:
        assert not any(group.merged for group in made)
    assert groups(table(*rows), most) == made


def test_a_scored_group_is_what_the_answer_shows():
    (group,) = groups(table(row(certain=True)))
    severity = Severity(lower=1, upper=2)
    shown = group.scored(severity, scam=0.5, nearest="case 7")
    assert (shown.name, shown.persons, shown.kinds) == ("customers: email", Bound(1, 1), ("EMAIL",))
    assert (shown.severity, shown.scam, shown.nearest) == (severity, 0.5, "case 7")
    assert (shown.countries, shown.languages) == ({"GB": 1}, {"en": 1})


def test_the_weights_are_a_whole():
    assert sum(WEIGHTS.values()) == pytest.approx(1)


def test_each_thing_that_a_caller_knows_counts_by_its_weight():
    base = row(role="agent", last_case=NOW - timedelta(days=100_000))
    more = [
        base | {"leftover": True},
        base | {"kinds": ["EMAIL", "FREE_TEXT"]},
        base | {"last_case": NOW},
        base | {"role": "customer"},
        base | {"kinds": ["CARD", "EMAIL"]},
    ]
    risks = scam_risk(table(base, *more), NOW, numbered=False, product=False)
    assert risks[0] == pytest.approx(0, abs=1e-6)
    names = ["unredacted value", "story", "recent", "customer", "money"]
    assert (risks[1:] - risks[0]).tolist() == pytest.approx([WEIGHTS[name] for name in names])
    assert scam_risk(table(base), NOW, product=False)[0] == pytest.approx(WEIGHTS["case number"])
    assert scam_risk(table(base), NOW, numbered=False)[0] == pytest.approx(WEIGHTS["product"])
    assert scam_risk(table(base, base), NOW, numbered=[True, False], product=False).tolist() == pytest.approx(
        [WEIGHTS["case number"], 0]
    )
    assert scam_risk(PERSONS.empty_table(), NOW).tolist() == []


def test_age_halves_by_the_year_and_an_unknown_age_counts_as_fresh():
    rows = [row(last_case=NOW - timedelta(days=365 * n)) for n in range(3)]
    fresh, year, two = scam_risk(table(*rows), NOW)
    assert fresh - year == pytest.approx(WEIGHTS["recent"] / 2)
    assert year - two == pytest.approx(WEIGHTS["recent"] / 4)
    assert scam_risk(
        table(row(last_case=None), row(last_case=NOW + timedelta(days=9))), NOW
    ).tolist() == pytest.approx([fresh, fresh])


@settings(max_examples=40)
@given(people)
def test_it_stays_between_0_and_1_and_more_cases_are_never_less(rows):
    risks = scam_risk(table(*rows), NOW)
    assert all(0 <= risk <= 1 for risk in risks)
    again = scam_risk(table(*(one | {"cases": one["cases"] + 1} for one in rows)), NOW)
    assert all(after >= before for before, after in zip(risks, again, strict=True))
