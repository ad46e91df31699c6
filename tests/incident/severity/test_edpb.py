"""EDPB 01/2021: all 18 verdicts, the nearest case, and the stricter of score and case."""

from __future__ import annotations

import dataclasses

import pytest

from hushdesk.incident import Bound
from hushdesk.incident.severity import (
    Category,
    Cause,
    Circumstances,
    Harm,
    Truth,
    Verdict,
    cases,
    decide,
    nearest,
    score,
)

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
BASE = Circumstances(
    read_by_unknown=NO,
    read_by_known=NO,
    integrity=Harm.NONE,
    availability=Harm.NONE,
    encrypted=NO,
    sealed=NO,
    text_searched=YES,
)
STRANGE = {"read_by_unknown": YES}
# Of a lost thing nobody knows whether anybody looked into it.
LOST = {"read_by_unknown": UNKNOWN, "cause": Cause.LOSS}
KNOWN = {"read_by_known": YES, "trusted": NO}
ATTACK = {"cause": Cause.ATTACK, "malicious": YES}
MISTAKE = {"cause": Cause.MISTAKE, "malicious": NO}
SIMPLE = ["PERSON", "EMAIL"]
FEW, MANY = Bound.exactly(30), Bound.exactly(2_000)

TABLE = [
    (1, {**ATTACK, "availability": Harm.TEMPORARY, "encrypted": YES}, SIMPLE, FEW, NO, NO),
    (2, {**ATTACK, "availability": Harm.TEMPORARY}, SIMPLE, FEW, YES, NO),
    (3, {**ATTACK, "availability": Harm.TEMPORARY, "vulnerable": YES}, [*SIMPLE, "HEALTH"], MANY, YES, YES),
    (
        4,
        {**ATTACK, **STRANGE, "availability": Harm.LASTING},
        [*SIMPLE, "NATIONAL_ID", "CARD"],
        MANY,
        YES,
        YES,
    ),
    (5, {**ATTACK, **STRANGE}, SIMPLE, Bound.exactly(213), YES, YES),
    (6, {**ATTACK, **STRANGE, "encrypted": YES}, ["USERNAME"], Bound.exactly(1_200), NO, NO),
    (
        7,
        {**ATTACK, **STRANGE, "secrets_open": frozenset({Category.FINANCIAL})},
        [*SIMPLE, "SECRET"],
        MANY,
        YES,
        YES,
    ),
    (8, {**KNOWN, "cause": Cause.INSIDER, "malicious": YES}, SIMPLE, MANY, YES, NO),
    (9, {**MISTAKE, **KNOWN, "trusted": YES}, SIMPLE, Bound.exactly(24), NO, NO),
    (10, {**LOST, "encrypted": YES, "vulnerable": YES}, ["PERSON"], FEW, NO, NO),
    (11, {**LOST}, [*SIMPLE, "BIRTH_DATE"], Bound.exactly(100_000), YES, YES),
    (12, {**LOST, "availability": Harm.LASTING, "vulnerable": YES}, [*SIMPLE, "HEALTH"], FEW, YES, YES),
    (13, {**MISTAKE, **KNOWN}, SIMPLE, Bound.exactly(2), NO, NO),
    (14, {**MISTAKE, **KNOWN}, [*SIMPLE, "NATIONAL_ID"], Bound.exactly(60_000), YES, YES),
    (15, {**MISTAKE, **KNOWN}, [*SIMPLE, "HABITS"], Bound.exactly(15), NO, NO),
    (16, {**MISTAKE, **KNOWN}, ["PERSON", "FINANCE"], Bound.exactly(1), YES, NO),
    (
        17,
        {**STRANGE, "cause": Cause.DECEPTION, "malicious": YES},
        ["TRAFFIC", "BIRTH_DATE", "PERSON"],
        Bound.exactly(1),
        YES,
        YES,
    ),
    (18, {**ATTACK, **STRANGE}, ["PERSON", "FINANCE", "BANK"], Bound.exactly(99), YES, YES),
]


@pytest.mark.parametrize(("number", "changes", "names", "persons", "regulator", "told"), TABLE)
def test_each_example_is_nearest_to_itself_with_its_verdict(number, changes, names, persons, regulator, told):
    found = nearest(dataclasses.replace(BASE, **changes), names, persons)
    assert found.case.number == number
    assert found.verdict == Verdict(regulator is YES, told is YES)


def test_the_examples_are_all_there_and_no_two_are_alike():
    assert [case.number for case in cases()] == list(range(1, 19))
    assert len({tuple(sorted(case.features.items())) for case in cases()}) == 18


def test_an_open_case_store_is_nearest_to_examples_that_tell_everybody():
    opened = dataclasses.replace(BASE, **MISTAKE, read_by_unknown=UNKNOWN, encrypted=UNKNOWN)
    found = nearest(opened, ["EMAIL", "FREE_TEXT", "IP"], Bound(0, 250_000_000))
    assert found.verdict == Verdict(regulator=True, persons=True)
    assert "cause is mistake" in found.distance


def test_what_nobody_has_shown_to_be_unintelligible_counts_as_readable():
    for encrypted in (NO, UNKNOWN):
        found = nearest(
            dataclasses.replace(BASE, **ATTACK, **STRANGE, encrypted=encrypted), ["USERNAME"], MANY
        )
        assert found.case.number != 6
        assert found.verdict.persons


def test_no_distance_is_said_in_words():
    found = nearest(dataclasses.replace(BASE, **ATTACK, **STRANGE), SIMPLE, MANY)
    assert found.distance == "the same in every feature"


def test_where_score_and_example_differ_the_stricter_decides_and_both_are_kept():
    # The score of a bare name is low; the example tells the regulator and everybody.
    circumstances = dataclasses.replace(BASE, **STRANGE, cause=Cause.LOSS, malicious=NO)
    names = ["PERSON", "BIRTH_DATE"]
    severity = score(names, circumstances, MANY)
    decision = decide(severity, nearest(circumstances, names, MANY))
    assert severity.upper < 3
    assert decision.differ
    assert decision.by_score == Verdict(regulator=False, persons=False)
    assert decision.by_case == decision.verdict == Verdict(regulator=True, persons=True)
    assert "the stricter decides" in decision.why


def test_a_high_score_overrules_an_example_that_tells_nobody():
    circumstances = dataclasses.replace(BASE, **MISTAKE, **KNOWN)
    names = [*SIMPLE, "HEALTH"]
    severity = score(names, circumstances, Bound.exactly(2))
    decision = decide(severity, nearest(circumstances, names, Bound.exactly(2)))
    assert decision.verdict == decision.by_score == Verdict(regulator=True, persons=True)


def test_score_and_example_may_agree():
    circumstances = dataclasses.replace(BASE, **MISTAKE, **KNOWN)
    severity = score(SIMPLE, circumstances, Bound.exactly(2))
    decision = decide(severity, nearest(circumstances, SIMPLE, Bound.exactly(2)))
    assert not decision.differ
    assert "differ" not in decision.why


def test_verdicts_that_nobody_has_read_in_a_source_say_so():
    for case in cases():
        assert case.verified == case.source.startswith("https://")
    remembered = nearest(dataclasses.replace(BASE, **ATTACK, **STRANGE), SIMPLE, MANY)
    assert not remembered.case.verified
    assert "unverified" in str(remembered)
    read = nearest(dataclasses.replace(BASE, **MISTAKE, **KNOWN), SIMPLE, Bound.exactly(2))
    assert read.case.verified
    assert "unverified" not in str(read)
