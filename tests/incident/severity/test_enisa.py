"""ENISA 2013: its worked examples, the tables, and what is not known as a range."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.incident import (
    NEVER,
    Bound,
    Input,
    Kin,
    Kinship,
    Level,
    Reading,
    Severity,
    Span,
    Spans,
    Visitor,
)
from hushdesk.incident.severity import (
    Adjustment,
    AdjustmentError,
    Category,
    Cause,
    Circumstances,
    Harm,
    Nature,
    Rarity,
    Truth,
    UnreasonedError,
    Volume,
    decide,
    nearest,
    readers,
    scam,
    score,
)
from hushdesk.incident.severity._tables import contexts, identifiers, kinds
from hushdesk.redact import Kind

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
CLEAR = Circumstances(
    read_by_unknown=NO,
    read_by_known=NO,
    integrity=Harm.NONE,
    availability=Harm.NONE,
    malicious=NO,
    sealed=NO,
    vault_exposed=NO,
    leftovers=frozenset(),
    text_searched=YES,
    secrets_open=frozenset(),
    names=Rarity.COMMON,
    listed=NO,
    email_named=NO,
    email_found=NO,
    register_open=NO,
)
"""Everything looked into, and nothing found."""


def but(**changes) -> Circumstances:
    return dataclasses.replace(CLEAR, **changes)


def part(severity: Severity, name: str) -> Input:
    return next(found for found in severity.inputs if found.name == name)


def step(category: str, by: int) -> tuple[Adjustment, ...]:
    return (Adjustment(Category(category), by, "as in the worked example"),)


@pytest.mark.parametrize(
    ("names", "changes", "wanted"),
    [
        pytest.param(["PERSON", "ADDRESS", "PHONE"], {}, 1, id="customers of a supermarket"),
        pytest.param(
            ["PERSON", "ADDRESS"], {"nature": Nature.STATUS}, 2, id="customers of a seller of luxury"
        ),
        pytest.param(
            ["ADDRESS"], {"nature": Nature.INTIMATE}, 3, id="delivery addresses of a shop for adults"
        ),
        pytest.param(["PERSON"], {"vulnerable": YES}, 4, id="undercover officers"),
        pytest.param(
            ["SECRET"], {"secrets_open": frozenset({Category.SIMPLE})}, 1, id="log-ins to a music shop"
        ),
        pytest.param(["TRAFFIC"], {"adjustments": step("behavioural", -1)}, 1, id="calls to a help desk"),
        pytest.param(["TRAFFIC"], {}, 2, id="one week of calls"),
        pytest.param(["TRAFFIC"], {"volume": Volume.PROFILE}, 3, id="one year of calls"),
        pytest.param(["TRAFFIC"], {"nature": Nature.INTIMATE}, 4, id="calls to psychological support"),
        pytest.param(["HABITS"], {}, 2, id="one month of purchases in a supermarket"),
        pytest.param(["LOCATION"], {"volume": Volume.PROFILE}, 3, id="one year of a transport card"),
        pytest.param(["HABITS"], {"nature": Nature.INTIMATE}, 4, id="purchases in a pharmacy"),
        pytest.param(["FINANCE"], {"adjustments": step("financial", -2)}, 1, id="is a customer of a bank"),
        pytest.param(["FINANCE"], {"adjustments": step("financial", -1)}, 2, id="one day without details"),
        pytest.param(["FINANCE"], {"adjustments": step("financial", 0)}, 3, id="one month of balances"),
        pytest.param(["FINANCE"], {"adjustments": step("financial", 1)}, 4, id="one year of statements"),
        pytest.param(["CARD"], {"adjustments": step("financial", -2)}, 1, id="cards long invalid"),
        pytest.param(["CARD"], {"adjustments": step("financial", 1)}, 4, id="cards with all a payment needs"),
        pytest.param(["HEALTH"], {"adjustments": step("sensitive", -3)}, 1, id="had general blood tests"),
        pytest.param(["HEALTH"], {"adjustments": step("sensitive", -2)}, 2, id="blood test in an emergency"),
        pytest.param(["HEALTH"], {"adjustments": step("sensitive", -1)}, 3, id="test for one disease"),
        pytest.param(["HEALTH"], {"adjustments": step("sensitive", 0)}, 4, id="results of the test"),
        pytest.param(["POLITICS"], {"adjustments": step("sensitive", 0)}, 4, id="opinions in a closed forum"),
        pytest.param(["SEX_LIFE"], {"adjustments": step("sensitive", 0)}, 4, id="profiles of a dating site"),
        pytest.param(
            ["SECRET"], {"secrets_open": frozenset({Category.FINANCIAL})}, 3, id="log-ins to a bank, base"
        ),
    ],
)
def test_worked_examples_of_context(names, changes, wanted):
    found = part(score(names, but(**changes)), "DPC")
    assert (found.lower, found.upper) == (wanted, wanted)


@pytest.mark.parametrize(
    ("names", "changes", "wanted"),
    [
        (["PERSON"], {"names": Rarity.COMMON}, 0.25),
        (["PERSON"], {"names": Rarity.COUNTRY}, 0.5),
        (["PERSON"], {"names": Rarity.TOWN}, 0.75),
        (["PERSON", "BIRTH_DATE", "EMAIL"], {}, 1),
        (["PERSON", "EMAIL"], {}, 0.25),
        (["NATIONAL_ID"], {}, 0.25),
        (["NATIONAL_ID"], {"register_open": YES}, 1),
        (["NATIONAL_ID", "PERSON"], {}, 1),
        (["PHONE"], {}, 0.25),
        (["PHONE"], {"listed": YES}, 1),
        (["ADDRESS"], {"listed": YES}, 1),
        (["EMAIL"], {}, 0.25),
        (["EMAIL"], {"email_found": YES}, 0.75),
        (["EMAIL"], {"email_named": YES}, 1),
        (["HEALTH"], {"sealed": YES}, 0.25),
        (["EMAIL"], {"sealed": NO, "email_found": YES, "vault_exposed": YES}, 0.75),
        (["EMAIL"], {"sealed": YES, "email_named": YES}, 0.25),
        (["EMAIL"], {"sealed": YES, "email_named": YES, "leftovers": frozenset({"EMAIL"})}, 1),
    ],
)
def test_ease_of_identification(names, changes, wanted):
    found = part(score(names, but(**changes)), "EI")
    assert (found.lower, found.upper) == (wanted, wanted)


def test_a_pseudonym_is_as_easy_as_what_stands_behind_it_once_the_vault_stood_open():
    for exposed, upper in ((NO, 0.25), (UNKNOWN, 1), (YES, 1)):
        found = part(score(["HEALTH"], but(sealed=YES, vault_exposed=exposed)), "EI")
        assert (found.lower, found.upper) == (0.25, upper)
    named = but(sealed=YES, vault_exposed=YES, email_named=YES)
    assert part(score(["EMAIL"], named), "EI").lower == 1


@pytest.mark.parametrize(
    ("changes", "name", "lower", "upper"),
    [
        ({}, "CB confidentiality", 0, 0),
        ({"read_by_known": YES}, "CB confidentiality", 0.25, 0.25),
        ({"read_by_unknown": YES}, "CB confidentiality", 0.5, 0.5),
        ({"read_by_unknown": UNKNOWN}, "CB confidentiality", 0, 0.5),
        ({"read_by_unknown": UNKNOWN, "read_by_known": YES}, "CB confidentiality", 0.25, 0.5),
        ({"read_by_known": UNKNOWN}, "CB confidentiality", 0, 0.25),
        ({"integrity": Harm.TEMPORARY}, "CB integrity", 0.25, 0.25),
        ({"integrity": Harm.LASTING}, "CB integrity", 0.5, 0.5),
        ({"availability": Harm.UNKNOWN}, "CB availability", 0, 0.5),
        ({"malicious": YES}, "CB malicious intent", 0.5, 0.5),
        ({"malicious": UNKNOWN}, "CB malicious intent", 0, 0.5),
        ({"malicious": YES, "integrity": Harm.LASTING, "read_by_unknown": YES}, "CB", 1.5, 1.5),
    ],
)
def test_circumstances_of_the_breach(changes, name, lower, upper):
    found = part(score(["EMAIL"], but(**changes)), name)
    assert (found.lower, found.upper) == (lower, upper)
    assert found.evidence


def test_an_open_case_store_lies_between_an_address_and_health_told_in_free_text():
    opened = but(read_by_unknown=YES, email_named=YES)
    address = score(["EMAIL"], opened)
    health = score(["EMAIL", "FREE_TEXT", "HEALTH"], opened)
    assert (address.lower, address.upper, address.level) == (1.5, 1.5, Level.LOW)
    assert (health.upper, health.level) == (4.5, Level.VERY_HIGH)


def test_what_nobody_looked_into_is_a_range_up_to_the_worst():
    found = score([], Circumstances())
    assert (found.lower, found.upper) == (0.25, 6.0)
    assert found.level is Level.VERY_HIGH


def test_a_kind_without_a_row_may_be_anything():
    found = score(["EMAIL", "SHOE_SIZE"], but(read_by_unknown=YES))
    assert part(found, "DPC").upper == 4
    assert part(found, "EI").upper == 1
    assert any("SHOE_SIZE" in put.evidence for put in found.inputs)


def test_unsearched_text_may_tell_sensitive_things_and_searched_text_does_not():
    assert part(score(["FREE_TEXT"], but(text_searched=UNKNOWN)), "DPC").upper == 4
    assert part(score(["FREE_TEXT"], CLEAR), "DPC").upper == 2


def test_what_sealing_replaced_gives_no_insight_until_the_vault_stood_open_or_it_was_left_over():
    sealed = but(sealed=YES)
    names = ["CARD", "EMAIL"]
    assert part(score(names, sealed), "DPC").upper == 1
    assert "CARD is sealed" in part(score(names, sealed), "DPC financial").evidence
    for changes in ({"vault_exposed": YES}, {"leftovers": frozenset({"CARD"})}, {"sealed": NO}):
        found = part(score(names, dataclasses.replace(sealed, **changes)), "DPC")
        assert (found.lower, found.upper) == (3, 4)
    for changes in ({"vault_exposed": UNKNOWN}, {"leftovers": None}, {"sealed": UNKNOWN}):
        found = part(score(names, dataclasses.replace(sealed, **changes)), "DPC")
        assert (found.lower, found.upper) == (1, 4)
    # What was told in the text stays readable.
    assert part(score(["HEALTH"], sealed), "DPC").upper == 4


def test_removed_credentials_are_gone_even_if_the_vault_stood_open():
    removed = but(sealed=YES, vault_exposed=YES, secrets_open=None)
    assert part(score(["SECRET"], removed), "DPC").upper == 1
    assert part(score(["SECRET"], dataclasses.replace(removed, leftovers=None)), "DPC").upper == 4
    kept = dataclasses.replace(
        removed, leftovers=frozenset({"SECRET"}), secrets_open=frozenset({Category.FINANCIAL})
    )
    assert part(score(["SECRET"], kept), "DPC").lower == 3


def test_the_highest_category_counts():
    assert part(score(["EMAIL", "TRAFFIC", "CARD"], but(adjustments=step("financial", 0))), "DPC").upper == 3


def test_floor_and_cap():
    assert part(score(["TRAFFIC"], but(volume=Volume.PROFILE, nature=Nature.INTIMATE)), "DPC").upper == 4
    assert part(score(["PERSON"], but(vulnerable=YES, nature=Nature.INTIMATE)), "DPC").upper == 4
    assert part(score(["IP"], CLEAR), "DPC").lower == 1


@pytest.mark.parametrize(
    ("persons", "flags"),
    [
        (Bound.exactly(100), ()),
        (Bound.exactly(101), ("more than 100 persons",)),
        (Bound(3, 101), ("possibly more than 100 persons",)),
        (Bound(3, None), ("possibly more than 100 persons",)),
    ],
)
def test_flag_of_many_persons(persons, flags):
    assert score(["EMAIL"], CLEAR, persons).flags == flags


def test_unintelligible_is_a_flag_and_changes_no_number():
    plain, locked = (
        score(["EMAIL"], CLEAR, Bound.exactly(1)),
        score(["EMAIL"], but(encrypted=YES), Bound.exactly(1)),
    )
    assert locked.flags == ("unintelligible",)
    assert (plain.lower, plain.upper) == (locked.lower, locked.upper)


@pytest.mark.parametrize(
    ("wanted", "at"), [(Level.LOW, 1.99), (Level.MEDIUM, 2), (Level.HIGH, 3), (Level.VERY_HIGH, 4)]
)
def test_levels(wanted, at):
    assert Severity.level_of(at) is wanted


def test_an_adjustment_that_the_table_does_not_know_is_refused():
    with pytest.raises(AdjustmentError, match=r"simple cannot be adjusted by -1.*\+0, \+1, \+2, \+3"):
        Adjustment(Category.SIMPLE, -1, "it is old")
    with pytest.raises(UnreasonedError):
        Adjustment(Category.SENSITIVE, -1, "  ")


def test_reasons_of_the_officer_stand_in_the_evidence():
    found = score(
        ["HEALTH"], but(adjustments=(Adjustment(Category.SENSITIVE, -1, "only that a form was sent"),))
    )
    assert "only that a form was sent" in part(found, "DPC sensitive").evidence


def test_every_kind_of_redaction_has_a_row_and_every_row_an_identifier_that_exists():
    assert {str(kind) for kind in Kind} <= set(kinds())
    assert {row.identifier for row in kinds().values()} - {""} <= set(identifiers())
    for row in kinds().values():
        if row.category:
            base = contexts()[row.category].base
            assert 1 <= base + row.lowest <= base + row.highest <= 4
        assert 0 <= row.caller < 1


TRUTHS = st.sampled_from(Truth)
OPEN = st.fixed_dictionaries(
    {
        "read_by_unknown": TRUTHS,
        "read_by_known": TRUTHS,
        "integrity": st.sampled_from(Harm),
        "availability": st.sampled_from(Harm),
        "malicious": TRUTHS,
        "sealed": TRUTHS,
        "vault_exposed": TRUTHS,
        "text_searched": TRUTHS,
        "names": st.sampled_from(Rarity),
        "listed": TRUTHS,
        "email_named": TRUTHS,
        "email_found": TRUTHS,
        "register_open": TRUTHS,
        "volume": st.sampled_from(Volume),
        "nature": st.sampled_from(Nature),
        "vulnerable": st.none() | TRUTHS,
        "leftovers": st.none() | st.frozensets(st.sampled_from(["EMAIL", "PERSON", "PHONE"])),
        "secrets_open": st.none() | st.frozensets(st.sampled_from(Category), min_size=1),
    }
)
NAMES = st.lists(st.sampled_from([*kinds(), "SOMETHING"]), max_size=5)


@given(NAMES, OPEN)
def test_scores_are_ranges_within_what_the_method_allows(names, changes):
    found = score(names, Circumstances(**changes))
    assert 0.25 <= found.lower <= found.upper <= 6
    assert all(put.lower <= put.upper and put.evidence for put in found.inputs)
    assert len({put.name for put in found.inputs}) == len(found.inputs)


@settings(max_examples=60)
@given(NAMES, OPEN, st.data())
def test_learning_what_was_unknown_never_leaves_the_range(names, changes, data):
    before = score(names, Circumstances(**changes))
    known = dict(changes)
    for name, value in changes.items():
        if value == "unknown":
            choices = [word for word in type(value) if word not in {"unknown", "not stated"}]
            known[name] = data.draw(st.sampled_from(choices))
    known["leftovers"] = changes["leftovers"] if changes["leftovers"] is not None else frozenset({"EMAIL"})
    known["secrets_open"] = changes["secrets_open"] or frozenset({Category.FINANCIAL})
    after = score(names, Circumstances(**known))
    assert before.lower <= after.lower
    assert after.upper <= before.upper


@settings(max_examples=60)
@given(NAMES, st.sampled_from(sorted(kinds())), OPEN)
def test_one_kind_more_never_makes_it_less(names, more, changes):
    # Knowing no kind at all is worse than knowing one.
    circumstances = Circumstances(**changes)
    if names:
        before, after = score(names, circumstances), score([*names, more], circumstances)
        assert before.lower <= after.lower
        assert before.upper <= after.upper
        assert scam(names, circumstances) <= scam([*names, more], circumstances) <= 1


@given(NAMES, OPEN, st.sampled_from(Cause), st.integers(0, 500), st.integers(0, 500))
def test_the_decision_is_never_milder_than_score_or_example(names, changes, cause, some, more):
    circumstances = Circumstances(**changes, cause=cause)
    persons = Bound(some, some + more)
    severity, example = score(names, circumstances, persons), nearest(circumstances, names, persons)
    decision = decide(severity, example)
    for verdict in (decision.by_score, example.verdict):
        assert decision.verdict.regulator >= verdict.regulator
        assert decision.verdict.persons >= verdict.persons
    assert str(example.case.number) in decision.why


def visitor(reading: Reading, kin: Kin = Kin.OTHER, address: str = "203.0.113.9") -> Visitor:
    return Visitor(
        address=address,
        kinship=Kinship(kin),
        reading=reading,
        span=Span(0, 1),
        sessions=(),
        sent=Bound.exactly(0),
        received=Bound.exactly(0),
        rows=Bound.exactly(0),
    )


@pytest.mark.parametrize(
    ("visitors", "unseen", "known", "wanted"),
    [
        ([], NEVER, set(), (NO, NO)),
        ([], Spans([Span(0, 5)]), set(), (UNKNOWN, UNKNOWN)),
        ([visitor(Reading.TURNED_AWAY), visitor(Reading.NO)], NEVER, set(), (NO, NO)),
        ([visitor(Reading.CONNECTED)], NEVER, set(), (UNKNOWN, NO)),
        ([visitor(Reading.UNKNOWN)], NEVER, set(), (UNKNOWN, NO)),
        ([visitor(Reading.READ)], NEVER, set(), (YES, NO)),
        ([visitor(Reading.READ, Kin.RESEARCH)], NEVER, set(), (YES, NO)),
        ([visitor(Reading.READ, Kin.OWN)], NEVER, set(), (NO, NO)),
        ([visitor(Reading.READ)], NEVER, {"203.0.113.9"}, (NO, YES)),
        ([visitor(Reading.READ)], Spans([Span(0, 5)]), {"203.0.113.9"}, (UNKNOWN, YES)),
    ],
)
def test_readers_from_visitors_and_gaps(visitors, unseen, known, wanted):
    strange, familiar, words = readers(visitors, unseen, known)
    assert (strange, familiar) == wanted
    assert "203.0.113.9" not in words


def test_who_can_be_called_about_a_case_is_warned_first():
    sealed = but(sealed=YES)
    bare = scam(["EMAIL"], but())
    told = scam(["EMAIL", "FREE_TEXT", "CASE_NUMBER", "PHONE"], but())
    behind_pseudonyms = scam(["EMAIL", "FREE_TEXT", "CASE_NUMBER", "PHONE"], sealed)
    assert scam(["EMAIL"], sealed) == 0 < behind_pseudonyms < told
    assert bare < told
