"""Every regime once, and what makes a duty apply, not apply, or stay unknown."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.incident import DAY, HOUR, Bound, Due, Severity, moment, when
from hushdesk.incident.duties import Facts, asked, builtin, countdown, done, duties, remaining
from hushdesk.incident.severity import Truth

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
# A Friday at five in Berlin.
AWARE = moment(datetime(2026, 11, 27, 16, tzinfo=UTC))
EVERYWHERE = [
    *("DE", "GB", "CH", "TR", "US", "CA", "BR", "AR", "JP", "KR", "IN", "CN", "SG", "AU", "NZ", "ZA"),
    *("US-CA", "US-NY", "US-TX", "US-FL", "US-CO", "CA-QC"),
]
MANY = Bound.exactly(2_000_000)
WORST = Facts(
    events=dict.fromkeys(
        [
            *("suspected", "discovered", "aware", "personal_data_known", "determined"),
            *("assessed", "classified", "material", "notified_persons", "fixed"),
        ],
        AWARE,
    ),
    persons=Bound.exactly(40_000_000),
    places={place: MANY if "-" in place else Bound.exactly(10_000_000) for place in EVERYWHERE},
    elsewhere=Bound.exactly(0),
    role="controller",
    severity=Severity(lower=4, upper=4.5),
    risk=YES,
    high_risk=YES,
    encrypted=NO,
    intrusion=YES,
    malicious=YES,
    vulnerable=YES,
    kinds=frozenset({"EMAIL", "CARD", "HEALTH", "NATIONAL_ID", "FREE_TEXT"}),
    text_searched=YES,
    declared=dict.fromkeys(asked(builtin()), True),
    home_zone="Europe/Berlin",
)
"""Everything happened to everybody, and all of it is known."""


def but(**changes) -> Facts:
    return dataclasses.replace(WORST, **changes)


def told(facts: Facts, duty: str, what: str = "", now: int = AWARE, switched=()) -> Due:
    found = [
        due for due in duties(facts, now, builtin(), switched) if due.duty == duty and what in {"", due.what}
    ]
    assert found, f"no {duty} {what}"
    return found[0] if what else next(due for due in found if due.what == first(duty))


def first(duty: str) -> str:
    return next(rule.phases[0].what for rule in reversed(builtin()) if rule.ident == duty)


def local(due: Due, zone: str) -> str:
    assert due.due is not None
    return when(due.due.end).astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("duty", "what", "zone", "wanted"),
    [
        ("eu.gdpr.authority", "", "Europe/Berlin", "2026-11-30T17:00+01:00"),
        ("eu.gdpr.persons", "", "", None),
        ("uk.gdpr.authority", "", "Europe/London", "2026-11-30T16:00+00:00"),
        ("uk.pecr.authority", "", "Europe/London", "2026-11-30T16:00+00:00"),
        ("ch.nfadp.authority", "", "", None),
        ("tr.kvkk.authority", "", "Europe/Istanbul", "2026-11-30T19:00+03:00"),
        ("eu.nis2.csirt", "early warning", "Europe/Berlin", "2026-11-28T17:00+01:00"),
        ("eu.nis2.csirt", "incident notification", "Europe/Berlin", "2026-11-30T17:00+01:00"),
        ("eu.nis2.csirt", "final report", "", None),
        ("eu.dora.authority", "initial notification", "Europe/Berlin", "2026-11-27T21:00+01:00"),
        ("eu.cra.vulnerability", "final report", "Europe/Berlin", "2026-12-12T00:00+01:00"),
        ("eu.cra.incident", "early warning", "Europe/Berlin", "2026-11-28T17:00+01:00"),
        ("eu.eidas.authority", "", "Europe/Berlin", "2026-11-28T17:00+01:00"),
        ("eu.telecom.authority", "", "Europe/Berlin", "2026-11-28T17:00+01:00"),
        ("us.hipaa.persons", "", "America/New_York", "2027-01-27T00:00-05:00"),
        ("us.hipaa.authority", "", "America/New_York", "2027-01-27T00:00-05:00"),
        ("us.hipaa.media", "", "America/New_York", "2027-01-27T00:00-05:00"),
        ("us.ca.persons", "", "America/Los_Angeles", "2026-12-28T00:00-08:00"),
        ("us.ca.authority", "", "America/Los_Angeles", "2026-12-13T00:00-08:00"),
        ("us.ny.persons", "", "America/New_York", "2026-12-28T00:00-05:00"),
        ("us.tx.persons", "", "America/Chicago", "2027-01-27T00:00-06:00"),
        ("us.tx.authority", "", "America/Chicago", "2026-12-28T00:00-06:00"),
        ("us.fl.authority", "", "America/New_York", "2026-12-28T00:00-05:00"),
        ("us.co.authority", "", "America/Denver", "2026-12-28T00:00-07:00"),
        ("us.sec.8k", "", "America/New_York", "2026-12-04T00:00-05:00"),
        ("us.nydfs.superintendent", "", "America/New_York", "2026-11-30T11:00-05:00"),
        ("us.glba.ftc", "", "America/New_York", "2026-12-28T00:00-05:00"),
        ("ca.pipeda.authority", "", "", None),
        ("ca.qc_law25.authority", "", "", None),
        ("br.lgpd.authority", "", "America/Sao_Paulo", "2026-12-03T00:00-03:00"),
        ("br.lgpd.persons", "", "America/Sao_Paulo", "2026-12-03T00:00-03:00"),
        ("ar.pdpa.authority", "", "UTC", "2026-11-30T16:00+00:00"),
        ("jp.appi.authority", "preliminary report", "Asia/Tokyo", "2026-12-02T00:00+09:00"),
        ("jp.appi.authority", "final report", "Asia/Tokyo", "2026-12-29T00:00+09:00"),
        ("kr.pipa.persons", "", "Asia/Seoul", "2026-12-01T01:00+09:00"),
        ("in.cert_in.cert", "", "Asia/Kolkata", "2026-11-28T03:30+05:30"),
        ("cn.pipl.authority", "", "", None),
        ("cn.incident.operators", "", "Asia/Shanghai", "2026-11-28T04:00+08:00"),
        ("cn.incident.critical", "", "Asia/Shanghai", "2026-11-28T01:00+08:00"),
        ("sg.pdpa.authority", "", "Asia/Singapore", "2026-12-02T00:00+08:00"),
        ("au.ndb.authority", "assessment", "Australia/Sydney", "2026-12-29T00:00+11:00"),
        ("nz.privacy.authority", "", "", None),
        ("za.popia.authority", "", "", None),
    ],
)
def test_each_regime_in_the_worst_case(duty, what, zone, wanted):
    due = told(WORST, duty, what)
    assert due.applies == "yes", due.why
    assert (local(due, zone) if wanted else due.due) == wanted
    assert due.law
    assert due.recipient
    assert due.why


def test_no_regime_is_left_out_of_the_worst_case():
    answers = {due.duty: due for due in duties(WORST, AWARE, builtin())}
    assert set(answers) == {rule.ident for rule in builtin()}
    assert {duty for duty, due in answers.items() if due.applies != "yes"} == {
        "eu.gdpr.processor",
        "eu.gdpr_omnibus.authority",
        "in.dpdp.board",
        "in.dpdp.persons",
        "kr.pipa_2026.persons",
        "us.hipaa.authority_few",
    }


def test_nothing_known_makes_no_duty_apply_and_rules_none_out():
    for due in duties(Facts(), AWARE, builtin()):
        if "proposed" in due.why or "takes effect on" in due.why:
            assert due.applies == "no"
        elif due.duty == "":
            pytest.fail("a duty has a name")
        else:
            assert due.applies == "unknown", due
            assert due.due is None
            assert "not known" in due.why or "leaves open" in due.why or "not recorded" in due.why


def test_the_most_pressing_come_first():
    found = duties(but(role=""), AWARE, builtin())
    ranks = [("yes", "unknown", "no").index(due.applies) for due in found]
    assert ranks == sorted(ranks)
    ends = [due.due.end for due in found if due.applies == "yes" and due.due]
    assert ends == sorted(ends)
    assert found[0].duty == "cn.incident.critical"


@pytest.mark.parametrize(
    ("changes", "applies", "why"),
    [
        ({}, "yes", "risk is yes"),
        ({"risk": NO}, "no", "risk is no"),
        ({"risk": UNKNOWN}, "unknown", "risk is not known"),
        ({"role": "processor"}, "no", "role is processor"),
        ({"role": ""}, "unknown", "role is not known"),
        ({"places": {"US": MANY}, "declared": {}}, "unknown", "declared.established_eu is not known"),
        ({"places": {"US": MANY}, "declared": {"declared.established_eu": False}}, "no", "persons.EEA is 0"),
        ({"places": {"NO": Bound.exactly(1)}, "declared": {}}, "yes", "persons.EEA is 1"),
        ({"places": None, "declared": {}}, "unknown", "persons.EEA are 0 to 40,000,000"),
        (
            {"places": {}, "elsewhere": Bound.exactly(7), "declared": {"declared.established_eu": False}},
            "unknown",
            "persons.EEA are 0 to 7",
        ),
    ],
)
def test_what_decides_on_the_regulator(changes, applies, why):
    due = told(but(**changes), "eu.gdpr.authority")
    assert due.applies == applies
    assert why in due.why


def test_a_duty_that_nobody_can_rule_out_has_its_clock_and_one_that_does_not_apply_has_none():
    open_question = told(but(risk=UNKNOWN), "eu.gdpr.authority")
    assert open_question.due is not None
    assert open_question.due.end == AWARE + 72 * HOUR
    assert told(but(risk=NO), "eu.gdpr.authority").due is None


@pytest.mark.parametrize(
    ("residents", "applies"),
    [
        (Bound.exactly(500), "no"),
        (Bound.exactly(501), "yes"),
        (Bound(10, 900), "unknown"),
        (Bound(501, None), "yes"),
        (Bound(0, 500), "no"),
        (Bound(0, 501), "unknown"),
    ],
)
def test_more_than_500_is_not_500(residents, applies):
    facts = but(places={"US": residents, "US-CA": residents})
    assert told(facts, "us.ca.authority").applies == applies


@pytest.mark.parametrize(
    ("persons", "large", "few"), [(499, "no", "yes"), (500, "yes", "no"), (None, "unknown", "unknown")]
)
def test_hipaa_from_500_on(persons, large, few):
    facts = but(persons=Bound.unknown("") if persons is None else Bound.exactly(persons))
    assert told(facts, "us.hipaa.authority").applies == large
    report = told(facts, "us.hipaa.authority_few")
    assert report.applies == few
    if few == "yes":
        assert local(report, "America/New_York") == "2027-03-02T00:00-05:00"


def test_states_that_nobody_counted_are_unknown_and_never_none():
    facts = but(places={"US": Bound.exactly(800)})
    for duty in ("us.ca.persons", "us.ca.authority", "us.hipaa.media"):
        assert told(facts, duty).applies == "unknown"
    assert told(facts, "us.hipaa.media").persons == 800
    assert told(but(places={"DE": MANY}), "us.ca.persons").applies == "no"


def test_persons_of_unknown_state_may_be_of_any():
    facts = but(places={"US": Bound.exactly(1_000), "US-CA": Bound.exactly(300), "US-NY": Bound.exactly(400)})
    assert facts.count("US-CA") == Bound(300, 600, facts.count("US-CA").why)
    assert facts.count("most_in_a_us_state").lower == 400
    assert facts.count("most_in_a_us_state").upper == 700
    assert facts.count("US-TX").upper == 300
    assert facts.count("US-CA").why
    assert but(places={"US-CA": Bound.exactly(3), "DE-BY": Bound.exactly(4)}).count("US") == Bound.exactly(3)
    assert but(places={"US-CA": Bound.exactly(3), "DE-BY": Bound.exactly(4)}).count("EEA") == Bound.exactly(4)


def test_encrypted_data_need_no_letters_and_unknown_encryption_does_not_help():
    assert told(but(encrypted=YES), "eu.gdpr.persons").applies == "no"
    assert told(but(encrypted=UNKNOWN), "eu.gdpr.persons").applies == "unknown"
    assert told(but(encrypted=YES), "eu.gdpr.authority").applies == "yes"


def test_free_text_that_nobody_searched_may_hold_what_a_state_protects():
    facts = but(kinds=frozenset({"EMAIL", "FREE_TEXT"}))
    assert told(facts, "us.ny.persons").applies == "no"
    unsearched = told(dataclasses.replace(facts, text_searched=UNKNOWN), "us.ny.persons")
    assert unsearched.applies == "unknown"
    assert "free text" in unsearched.why
    assert told(but(kinds=None), "us.ny.persons").applies == "unknown"


def test_a_start_that_nobody_gave_is_said():
    events = {"aware": AWARE}
    due = told(but(events=events), "us.sec.8k")
    assert (due.applies, due.due) == ("yes", None)
    assert due.clock == "4 working days since material; not known: when material"
    assert countdown(due, AWARE) == due.clock


def test_three_clocks_of_dora():
    late = {"aware": AWARE, "classified": AWARE + 22 * HOUR}
    first_one = told(but(events=late), "eu.dora.authority")
    # Four hours after it was classified would be later than a day after it was known.
    assert first_one.due.end == AWARE + 24 * HOUR
    unclassified = told(but(events={"aware": AWARE}), "eu.dora.authority")
    assert unclassified.due.end == AWARE + 24 * HOUR
    assert "not known: when classified" in unclassified.clock
    sent = AWARE + 5 * HOUR
    later = but(events={**late, done("eu.dora.authority", "initial notification"): sent})
    assert told(later, "eu.dora.authority", "intermediate report").due.end == sent + 72 * HOUR
    assert told(later, "eu.dora.authority", "final report").due is None
    final = but(events={**late, "eu.dora.authority/intermediate report": sent})
    assert (
        local(told(final, "eu.dora.authority", "final report"), "Europe/Berlin") == "2026-12-28T00:00+01:00"
    )


def test_a_final_report_runs_from_the_notification_that_was_sent():
    events = {"aware": AWARE, "eu.nis2.csirt/incident notification": AWARE + 70 * HOUR}
    due = told(but(events=events), "eu.nis2.csirt", "final report")
    assert local(due, "Europe/Berlin") == "2026-12-31T00:00+01:00"
    assert due.clock == "1 month since incident notification was sent"


def test_a_house_without_zone_gets_the_earliest_end():
    events = {"aware": AWARE, "eu.nis2.csirt/incident notification": AWARE}
    due = told(but(events=events, home_zone=""), "eu.nis2.csirt", "final report")
    known = told(but(events=events), "eu.nis2.csirt", "final report")
    assert abs(due.due.end - known.due.end) < DAY
    assert "zone of the house is not declared" in due.clock


def test_versions_follow_the_day_on_which_it_became_known():
    before, after = (moment(datetime(2025, 8, day, 12, tzinfo=UTC)) for day in (19, 20))
    for at, hours in ((before, 24), (after, 72)):
        found = [
            due
            for due in duties(but(events={"aware": at}), AWARE, builtin())
            if due.duty == "uk.pecr.authority"
        ]
        assert len([due for due in found if due.applies == "yes"]) == 1
        assert told_yes(found).due.end == at + hours * HOUR


def told_yes(found: list[Due]) -> Due:
    return next(due for due in found if due.applies == "yes")


def test_the_recipients_day_decides_between_versions():
    # In California it is still 2025.
    at = moment(datetime(2026, 1, 1, 7, 59, tzinfo=UTC))
    found = [
        due
        for due in duties(but(events={"aware": at, "discovered": at}), at, builtin())
        if due.duty == "us.ca.persons"
    ]
    assert [(due.applies, due.version) for due in found if due.applies == "yes"] == [
        ("yes", "until 2025-12-31")
    ]
    assert any("takes effect on 2026-01-01" in due.why for due in found)


def test_an_enacted_law_applies_from_its_day_on():
    assert told(WORST, "in.dpdp.board").why == "takes effect on 2027-05-14"
    at = moment(datetime(2027, 5, 14, 0, tzinfo=ZoneInfo("Asia/Kolkata")))
    assert told(but(events={"aware": at - 1}), "in.dpdp.board").applies == "no"
    assert told(but(events={"aware": at}), "in.dpdp.board").applies == "yes"
    assert told(but(events={"aware": at}), "in.dpdp.board", "details").due.end == at + 72 * HOUR


def test_an_enacted_law_without_a_recorded_day_is_unknown():
    due = told(WORST, "kr.pipa_2026.persons")
    assert due.applies == "unknown"
    assert "not recorded" in due.why
    assert told(but(places={"DE": MANY}), "kr.pipa_2026.persons").applies == "no"


def test_a_proposal_is_shown_and_applies_only_when_switched_on():
    assert told(WORST, "eu.gdpr_omnibus.authority").why == "proposed only, and not switched on"
    switched = {"eu.gdpr_omnibus.authority"}
    proposed = told(WORST, "eu.gdpr_omnibus.authority", switched=switched)
    assert proposed.applies == "yes"
    assert proposed.due.end == AWARE + 96 * HOUR
    old = told(WORST, "eu.gdpr.authority", switched=switched)
    assert old.applies == "no"
    assert "replaced by eu.gdpr_omnibus.authority" in old.why


def test_countdown():
    due = told(WORST, "eu.gdpr.authority")
    assert remaining(due, AWARE) == 72 * HOUR
    assert countdown(due, AWARE) == "3 d 0 h 0 min"
    assert countdown(due, AWARE + 71 * HOUR + 59 * 60_000_000) == "1 min"
    assert countdown(due, AWARE + 47 * HOUR) == "1 d 1 h 0 min"
    assert remaining(due, AWARE + 73 * HOUR) == -HOUR
    assert countdown(due, AWARE + 73 * HOUR) == "overdue by 1 h 0 min"
    letters = told(WORST, "eu.gdpr.persons")
    assert remaining(letters, AWARE) is None
    assert countdown(letters, AWARE) == "without undue delay since aware"


@pytest.mark.parametrize(("after", "late"), [(72 * HOUR, False), (72 * HOUR + 1, True)])
def test_what_was_done_is_counted_no_longer_and_lateness_is_said(after, late):
    facts = but(events={**WORST.events, done("eu.gdpr.authority", "first notice"): AWARE + after})
    due = told(facts, "eu.gdpr.authority")
    assert (due.done, due.late) == (AWARE + after, late)
    assert remaining(due, AWARE) is None
    assert countdown(due, AWARE).startswith("done 2026-11-30T16:00:00")
    assert countdown(due, AWARE).endswith("late") is late
    found = duties(facts, AWARE, builtin())
    assert found[-1].done is not None
    assert sum(due.done is not None for due in found) == 1


def test_unverified_rules_say_so_in_the_answer():
    answers = duties(WORST, AWARE, builtin())
    assert {due.duty for due in answers if not due.verified} >= {"ar.pdpa.authority", "cn.pipl.persons"}
    assert all(due.source for due in answers)


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "role": st.just(""),
        "risk": st.just(UNKNOWN),
        "high_risk": st.just(UNKNOWN),
        "encrypted": st.just(UNKNOWN),
        "intrusion": st.just(UNKNOWN),
        "vulnerable": st.just(UNKNOWN),
        "kinds": st.none(),
        "text_searched": st.just(UNKNOWN),
        "places": st.none(),
        "persons": st.just(Bound(0, None)),
        "elsewhere": st.just(Bound(0, None)),
        "declared": st.just({}),
        "severity": st.none(),
    },
)


@settings(max_examples=30)
@given(
    CHANGES,
    st.sampled_from([YES, NO]),
    st.sampled_from([YES, NO]),
    st.sampled_from([YES, NO]),
    st.booleans(),
    st.integers(0, 3_000),
)
def test_forgetting_facts_never_turns_an_unknown_into_a_no(
    forgotten, risk, high, encrypted, declared, number
):
    full = but(
        risk=risk,
        high_risk=high,
        encrypted=encrypted,
        persons=Bound.exactly(number * 20),
        places={place: Bound.exactly(number if "-" in place else number * 10) for place in EVERYWHERE},
        declared=dict.fromkeys(asked(builtin()), declared),
    )
    known = {(due.duty, due.what, due.version): due for due in duties(full, AWARE, builtin())}
    for due in duties(dataclasses.replace(full, **forgotten), AWARE, builtin()):
        assert due.applies in {known[due.duty, due.what, due.version].applies, "unknown"}


@settings(max_examples=30)
@given(st.integers(AWARE - 400 * DAY, AWARE + 4_000 * DAY), st.integers(0, 100 * DAY))
def test_a_later_beginning_never_ends_earlier(start, by):
    def ends(at: int) -> dict[tuple[str, str, str], int]:
        facts = but(events=dict.fromkeys(WORST.events, at))
        return {
            (due.duty, due.what, due.version): due.due.end for due in duties(facts, at, builtin()) if due.due
        }

    first_ones, later = ends(start), ends(start + by)
    for key in first_ones.keys() & later.keys():
        assert first_ones[key] <= later[key]


def test_every_row_of_the_package_was_checked_on_a_day_that_is_not_to_come():
    assert all(date(2026, 11, 1) <= rule.checked_on <= date(2026, 11, 30) for rule in builtin())
    # Rows that come from memory may not pass for checked ones.
    for rule in builtin():
        assert not (rule.verified and "memory" in rule.source)
    assert len({rule.regime for rule in builtin()}) >= 25
