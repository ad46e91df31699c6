"""Files of rules and declarations: read strictly, one clear error each; the table for the documentation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.incident import HOUR, Bound, Level, Severity, moment
from hushdesk.incident.duties import (
    Facts,
    RulesError,
    Status,
    To,
    asked,
    builtin,
    done,
    duties,
    load,
    read_house,
    table,
)
from hushdesk.incident.duties._conditions import parse
from hushdesk.incident.duties._document import rows
from hushdesk.incident.severity import Truth

CONTRACT = """\
- id: contract.big_customer.notice
  law: Frame contract of 1 March 2026, clause 12.4
  status: in_force
  applies_if:
    all:
      - {fact: role, is: processor}
      - {fact: declared.big_customer_concerned, is: true}
  threshold: {fact: declared.big_customer_records, at_least: 10}
  recipient: the customer's security desk
  to: others
  about: ""
  zone: Europe/Oslo
  calendar: NO
  clock_start: discovered
  period: 12
  unit: h
  phases:
    - {what: report, clock_start: previous, period: 5, unit: work_d}
    - {what: audit, clock_start: discovered, period: 2, unit: month, no_later_than: {clock_start: aware, period: 50, unit: cal_d}}
  content: [what happened, 'what: was done']
  source: our file 17
  checked_on: 2026-11-26
  verified: true
- id: insurer.notice
  law: Policy, section 9
  status: in_force
  applies_if: always
  recipient: cyber insurer
  to: others
  about: ""
  zone: home
  clock_start: aware
  unit: none
  source: policy in the safe
  checked_on: 2026-11-26
  verified: true
"""
AWARE = moment(datetime(2026, 11, 27, 16, tzinfo=UTC))


def write(folder: Path, text: str, name: str = "own.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_rules_of_ones_own_run_beside_those_of_the_package(tmp_path):
    rules = load([write(tmp_path, CONTRACT)])
    assert len(rules) == len(builtin()) + 2
    own = {rule.ident: rule for rule in rules}["contract.big_customer.notice"]
    assert own.to is To.OTHERS
    assert own.content == ("what happened", "what: was done")
    assert own.calendar == "NO"
    assert own.file == "own.yaml"
    facts = Facts(
        events={"discovered": AWARE, "aware": AWARE, done(own.ident, "first notice"): AWARE + HOUR},
        role="processor",
        declared={"declared.big_customer_concerned": True, "declared.big_customer_records": 10},
    )
    found = [due for due in duties(facts, AWARE, rules) if due.duty == own.ident]
    assert {due.applies for due in found} == {"yes"}
    ends = {due.what: due.due.end for due in found}
    assert ends["first notice"] == AWARE + 12 * HOUR
    # Five working days after Friday 27 November; 50 calendar days end before two months do.
    assert ends["report"] == moment(datetime(2026, 12, 4, 23, tzinfo=UTC))
    assert ends["audit"] == moment(datetime(2027, 1, 16, 23, tzinfo=UTC))
    assert next(due for due in duties(Facts(), AWARE, rules) if due.duty == "insurer.notice").applies == "yes"


def changed(old: str, new: str) -> str:
    assert old in CONTRACT
    return CONTRACT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (changed("  status:", "  statuss:"), r"line 3, row contract.big_customer.notice, key statuss: is no key"),
        (changed("  status: in_force\n", ""), r"line 1, row contract.*, key status: is missing"),
        (changed("in_force", "perhaps"), r"line 3, .*key status: is one of in_force, future, proposed"),
        (changed("to: others", "to: everybody"), r"line 10, .*key to: is one of authority"),
        (changed("verified: true", "verified: yes"), r"key verified: is true or false"),
        (changed("2026-11-26", "26.11.2026"), r"key checked_on: is a day"),
        (changed("zone: Europe/Oslo", "zone: Europe/Olso"), r"line 12, .*key zone: is no time zone"),
        (changed("zone: Europe/Oslo", "zone: ../../etc"), r"key zone: is no time zone"),
        (changed("calendar: NO", "calendar: XX"), r"key calendar: no calendar of holidays"),
        (changed("calendar: NO", "calendar: DE-XX"), r"key calendar: no calendar of holidays"),
        (changed("unit: h", "unit: hours"), r"unit is one of h, cal_d, work_d, month, none"),
        (changed("period: 12", "period: 0"), r"period is a whole number"),
        (changed("period: 12", "period: twelve"), r"period is a whole number"),
        (changed("period: 12", "period: true"), r"period is a whole number"),
        (changed("  period: 12\n", ""), r"period is a whole number"),
        (changed("clock_start: discovered", "clock_start: noticed"), r"clock_start is no event"),
        (changed("clock_start: discovered", "clock_start: previous"), r"clock_start is no event"),
        (changed("{what: report,", "{what: first notice,"), r"key phases: two steps have the same name"),
        (changed("{what: report,", "{"), r"key phases: a step has a name"),
        (changed("{what: report,", "{what: report, who: we,"), r"key phases: a step has"),
        (changed("    - {what: report, clock_start: previous, period: 5, unit: work_d}\n", "    - report\n"), r"key phases: a step has"),
        (changed("is: processor", "is: both"), r"key applies_if: role is controller or processor"),
        (changed("fact: role", "fact: roll"), r"key applies_if: there is no such fact"),
        (changed("{fact: role, is: processor}", "{fact: role}"), r"key applies_if: a condition has fact"),
        (changed("all:", "every:"), r"key applies_if: a condition has fact"),
        (changed("at_least: 10", "at_least: -1"), r"key threshold: at_least wants a whole number"),
        (changed("at_least: 10", "at_least: true"), r"key threshold: at_least wants a whole number"),
        (changed("declared.big_customer_records, at_least: 10", "risk, at_least: 10"), r"key threshold: only persons"),
        (changed('about: ""', "about: Bavaria"), r"key about: only persons"),
        (changed("content: [what happened, 'what: was done']", "content: 7"), r"key content: is a list of texts"),
        (changed("source: our file 17", "source: "), r"key source: is a text"),
        (changed("law: Frame", "law: &x Frame").replace("our file 17", "*x"), r"aliases and deep nesting"),
        (changed("  status: in_force\n", "  status: in_force\n  status: future\n"), r"line 4, .*key status: stands twice"),
        (changed("{fact: role, is: processor}", "{fact: role, is: processor, is: processor}"), r"a key stands twice"),
        (changed("id: contract.big_customer.notice", "id: a b"), r"key id: is letters"),
        (changed("id: insurer.notice", "id: contract.big_customer.notice"), r"key version_from: two wordings hold"),
        (changed("applies_if: always", "applies_if: always\n  replaces: [eu.nothing]"), r"key replaces: names a rule"),
        (changed("unit: none", "unit: none\n  period: 3"), r"a clock without unit has no period"),
        (changed("unit: none", "unit: none\n  anchor: year_end"), r"only days, working days and months"),
        (changed("unit: none", "unit: none\n  anchor: easter"), r"anchor is one of"),
        (changed("checked_on: 2026-11-26", "checked_on: 2026-11-26\n  version_from: 2026-02-02\n  version_to: 2026-02-01"), r"lies before"),
        ("id: x\n", r"is no list of rules"),
        ("- 7\n", r"a rule is a mapping"),
        ("- {a: [}\n", r"line 1: is no valid YAML"),
        ("", r"is no list of rules"),
    ],
)  # fmt: skip
def test_one_clear_error_with_file_row_and_key(tmp_path, text, said):
    with pytest.raises(RulesError, match=f"^own.yaml.*{said}"):
        load([write(tmp_path, text)])


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(RulesError, match="cannot be read"):
        load([tmp_path / "none.yaml"])
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RulesError, match="cannot be read"):
        load([tmp_path / "bytes.yaml"])


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["- ", "id: a\n", "  ", "{", "]", "&a ", "*a ", "? ", "!x "])).map("".join)
)
def test_any_text_is_rows_or_one_error(text):
    try:
        said, found = "own.yaml", list(rows(text, "own.yaml"))
    except RulesError as error:
        said, found = str(error), []
    assert said.startswith("own.yaml")
    assert all(isinstance(row.values, dict) for row in found)


def test_two_versions_may_follow_each_other(tmp_path):
    twice = CONTRACT.replace("checked_on", "version_to: 2026-06-30\n  checked_on").split("- id: insurer")[0]
    later = CONTRACT.replace("checked_on", "version_from: 2026-07-01\n  checked_on").split("- id: insurer")[0]
    rules = load([write(tmp_path, twice, "old.yaml"), write(tmp_path, later, "new.yaml")])
    assert [r.version for r in rules if r.ident.startswith("contract")] == [
        "until 2026-06-30",
        "from 2026-07-01",
    ]


def test_the_rules_of_the_package_are_complete():
    regimes = {rule.regime for rule in builtin()}
    assert len(regimes) >= 25
    assert {rule.status for rule in builtin()} == set(Status)
    for rule in builtin():
        assert rule.phases
        assert rule.checked_on <= date(2026, 11, 30)
        assert rule.to in To
        if "https://" not in rule.source:
            # Either labelled as not checked, or a law named by its own number.
            assert not rule.verified or "noted from public pages" in rule.source


@pytest.mark.parametrize(
    ("condition", "facts", "wanted"),
    [
        ({"fact": "level", "is": "high"}, {"severity": Severity(lower=1, upper=3.5)}, "yes"),
        ({"fact": "level", "is": "high"}, {"severity": Severity(lower=1, upper=4)}, "no"),
        ({"fact": "level", "is": "high"}, {}, "unknown"),
        ({"not": {"fact": "risk", "is": True}}, {}, "unknown"),
        ({"not": {"fact": "risk", "is": True}}, {"risk": Truth.NO}, "yes"),
        ({"fact": "risk", "is": False}, {"risk": Truth.NO}, "yes"),
        (
            {"any": [{"fact": "risk", "is": True}, {"fact": "encrypted", "is": True}]},
            {"risk": Truth.YES},
            "yes",
        ),
        (
            {"any": [{"fact": "risk", "is": True}, {"fact": "encrypted", "is": True}]},
            {"risk": Truth.NO},
            "unknown",
        ),
        (
            {"all": [{"fact": "risk", "is": True}, {"fact": "encrypted", "is": True}]},
            {"risk": Truth.YES},
            "unknown",
        ),
        (
            {"all": [{"fact": "risk", "is": True}, {"fact": "encrypted", "is": True}]},
            {"risk": Truth.NO},
            "no",
        ),
        ({"fact": "declared.days", "at_most": 3}, {"declared": {"declared.days": 3}}, "yes"),
        ({"fact": "declared.days", "below": 3}, {"declared": {"declared.days": 3}}, "no"),
        ({"fact": "declared.days", "above": 3}, {"declared": {"declared.days": 4}}, "yes"),
        ({"fact": "declared.days", "above": 3}, {"declared": {"declared.days": True}}, "unknown"),
        ({"fact": "declared.days", "above": 3}, {}, "unknown"),
        ({"fact": "declared.plan", "is": "gold"}, {"declared": {"declared.plan": "gold"}}, "yes"),
        ({"fact": "declared.plan", "is": 1}, {"declared": {"declared.plan": True}}, "no"),
        ({"fact": "persons", "at_least": 3}, {"persons": Bound(1, 4)}, "unknown"),
        ("always", {}, "yes"),
    ],
)
def test_conditions_have_three_values(condition, facts, wanted):
    parsed = parse(condition)
    found = parsed.evaluate(Facts(**facts))
    assert found.truth == wanted
    assert found.why or condition == "always"
    assert parsed.words()


def test_levels_in_conditions_are_those_of_the_score():
    for level in Level:
        parse({"fact": "level", "is": str(level)})
    with pytest.raises(ValueError, match="level is one of"):
        parse({"fact": "level", "is": "severe"})


HOUSE = """\
role = "controller"
zone = "Europe/Berlin"

[sectors]
hipaa = false
listed_us = true

[declared]
established_eu = true
"""


def test_a_house_declares_what_it_is(tmp_path):
    house = read_house(write(tmp_path, HOUSE, "house.toml"), builtin())
    assert (house.role, house.zone) == ("controller", "Europe/Berlin")
    assert house.declared == {
        "sector.hipaa": False,
        "sector.listed_us": True,
        "declared.established_eu": True,
    }
    facts = Facts(role=house.role, home_zone=house.zone, declared=house.declared)
    answers = {due.duty: due for due in duties(facts, AWARE, builtin())}
    assert answers["us.hipaa.persons"].applies == "no"
    assert answers["us.sec.8k"].applies == "unknown"
    assert answers["us.sec.8k"].why == "declared.material is not known"
    assert answers["eu.dora.authority"].why.startswith("sector.dora is not known")


def test_questions_of_own_rules_may_be_answered(tmp_path):
    rules = load([write(tmp_path, CONTRACT)])
    assert asked(rules)["declared.big_customer_records"] is int
    text = HOUSE + "big_customer_records = 12\nbig_customer_concerned = false\n"
    assert (
        read_house(write(tmp_path, text, "house.toml"), rules).declared["declared.big_customer_records"] == 12
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hipaa = false", "hippa = false", r"key sectors.hippa: no rule asks for it. Known are: .*hipaa"),
        ("hipaa = false", 'hipaa = "no"', r"key sectors.hipaa: is true or false"),
        ("hipaa = false", "hipaa = 0", r"key sectors.hipaa: is true or false"),
        ('role = "controller"', 'role = "both"', r"key role: is one of controller, processor"),
        ("Europe/Berlin", "Berlin", r"key zone: is no time zone"),
        ('zone = "Europe/Berlin"', "zone = 1", r"key zone: is no time zone"),
        ('zone = "Europe/Berlin"', 'zones = "Europe/Berlin"', r"key zones: is not known"),
        ("[sectors]\nhipaa = false\nlisted_us = true\n", 'sectors = "many"\n', r"key sectors: is a table"),
        ("[declared]", "[declared", r"cannot be read as TOML"),
    ],
)
def test_a_declaration_is_read_strictly(tmp_path, old, new, said):
    assert old in HOUSE
    with pytest.raises(RulesError, match=f"^house.toml.*{said}"):
        read_house(write(tmp_path, HOUSE.replace(old, new), "house.toml"), builtin())


def test_the_table_has_a_row_for_each_wording_and_says_what_is_unverified():
    lines = table(builtin()).splitlines()
    assert len(lines) == len(builtin()) + 2
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    for rule in builtin():
        (line,) = [
            line for line in lines if f"`{rule.ident}`" in line and (rule.version or "not recorded") in line
        ]
        assert ("**unverified**" in line) == (not rule.verified)
    assert "72 hours since aware" in next(line for line in lines if "`eu.gdpr.authority`" in line)
    dora = next(line for line in lines if "`eu.dora.authority`" in line)
    assert "4 hours since classified, and no later than 24 hours since aware" in dora
    assert "72 hours since initial notification was sent" in dora


def test_a_bar_in_a_text_does_not_break_the_table(tmp_path):
    rules = load([write(tmp_path, CONTRACT.replace("our file 17", "file | 17"))])
    assert "file \\| 17" in table(rules)
