"""The benchmark of guard beside other tools, as far as it works without them."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest
from guard_battery import cases

from hushdesk.guard import Document, Endpoint, World
from hushdesk.guard.check import Coverage, Estate
from hushdesk.guard.dialects.azure import AzureDialect

FOLDER = Path(__file__).resolve().parents[3] / "benchmarks" / "guard"


def load(*names):
    """Modules of the benchmark, which is no package."""
    sys.path.insert(0, str(FOLDER))
    try:
        return [importlib.import_module(name) for name in names]
    finally:
        sys.path.remove(str(FOLDER))


checks, views, classes, speed, battery, fixtures = load(
    "checks", "views", "classes", "speed", "battery", "fixtures"
)
CLAIM = checks.Claim("some check", "the store's port from everybody", (("tcp", 9200),))
LISTS = {case.name: case for case in cases("azure")}


def case_of(name, *, failed):
    """A case of the battery as a scanner's fixture, with the whole file as the subject."""
    document = Document("template.json", "json", LISTS[name].template())
    found = [
        one for one in AzureDialect().read([document], World()) if isinstance(one, Endpoint) and one.attached
    ]
    opened = tuple(answer for answer in views.answers(found, CLAIM.services) if answer.upper)
    estate = Estate(tuple(found), (), (), Coverage(1, 1, {"azure": 1}))
    return classes.Case("template.json", CLAIM, "", failed, opened, tuple(found), estate)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("denied-first", "priority"),
        ("disjoint-halves", "priority"),
        ("no-public-address", "not attached"),
        ("private-networks", "private"),
        ("the-port-beside-it", "port ignored"),
        ("udp-only", "port ignored"),
    ],
)
def test_what_a_scanner_fails_and_we_call_closed_has_a_class(name, why):
    case = case_of(name, failed=True)
    assert not case.agrees
    assert classes.class_of(case) == why


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("two-halves", "prefix"),
        ("internet", "tag"),
        ("one-foreign-network", "partners"),
        ("a-range-around-it", "range"),
        ("no-group-behind-a-basic-address", "default"),
        ("an-unheard-of-tag", "unknown"),
    ],
)
def test_what_a_scanner_passes_and_we_call_open_has_a_class(name, why):
    case = case_of(name, failed=False)
    assert not case.agrees
    assert classes.class_of(case) == why


def test_what_nobody_can_explain_is_told():
    empty = Estate((), (), (), Coverage(1, 1, {"azure": 1}))
    assert classes.class_of(classes.Case("f", CLAIM, "", True, (), (), empty)) == "other"


def test_a_resource_answers_for_its_own_rules_only():
    open_, shut = LISTS["one-number-in-two-directions"], LISTS["islands"]
    document = Document("template.json", "json", open_.template())
    (endpoint,) = [one for one in AzureDialect().read([document], World()) if isinstance(one, Endpoint)]
    (answer,) = views.answers([endpoint], CLAIM.services)
    assert views.let_in_by(answer, "in").upper == answer.upper
    assert views.let_in_by(answer, "nobody") is None
    document = Document("template.json", "json", shut.template())
    (endpoint,) = [one for one in AzureDialect().read([document], World()) if isinstance(one, Endpoint)]
    (answer,) = views.answers([endpoint], CLAIM.services)
    assert views.let_in_by(answer, "rule-100") is None
    assert list(views.let_in_by(answer, "rule-400").upper.cidrs()) == ["80.0.0.0/4"]


def test_checks_that_speak_of_reach_have_a_claim_and_others_have_none():
    def claim(tool, check, name=""):
        return checks.claim_of({"tool": tool, "check": check, "name": name})

    assert claim("checkov", "CKV_AZURE_10").services == (("tcp", 22),)
    assert claim("checkov", "CKV_AZURE_101").services == ()
    assert claim("trivy", "AZU-0047").says == "any port from everybody"
    assert claim("kics", "x", "Remote Desktop Port Open To Internet").services == (("tcp", 3389),)
    assert claim("kics", "x", "Security Group Rule Without Description") is None
    assert claim("checkov", "CKV_AWS_1") is None
    assert checks.claim_of({"tool": "kics", "check": None, "name": None}) is None
    for row in battery.ROWS:
        for check in row.options.get("checks", ()):
            assert claim("checkov", check), check


def test_fixtures_are_compared_by_resource_and_by_file(tmp_path, monkeypatch):
    monkeypatch.setattr(fixtures, "dialects_here", lambda: ([AzureDialect()], ["gone"]))
    told = []
    for name, verdict in (
        (
            "two-halves",
            {"tool": "checkov", "check": "CKV_AZURE_10", "pass": ["a/b.db-nic"], "fail": ["a/b.not-here"]},
        ),
        (
            "denied-first",
            {"tool": "kics", "check": "1", "name": "SSH Access Is Not Restricted", "expect": "fail"},
        ),
        ("star", {"tool": "trivy", "check": "AZU-0047", "expect": "fail"}),
        ("star", {"tool": "trivy", "check": "AZU-9999", "expect": "fail"}),
        ("both-open", {"tool": "checkov", "check": "CKV_AZURE_10", "counts": {"failed": 1, "passed": 0}}),
    ):
        file = f"{len(told)}.json"
        (tmp_path / file).write_text(json.dumps(LISTS[name].template(22)))
        told.append({"file": file, "group": file, "platform": "arm", "verdict": verdict})
    (tmp_path / "manifest.jsonl").write_text("".join(json.dumps(one) + "\n" for one in told))
    found = fixtures.compared(tmp_path)
    assert found.files == 4
    assert dict(found.agreed) == {"trivy": 1, "checkov": 1}
    assert found.missing == ["gone"]
    assert [(case["file"], case["subject"], case["class"]) for case in found.cases] == [
        ("0.json", "db-nic", "prefix"),
        ("1.json", "", "priority"),
    ]


def test_all_tools_of_the_speed_comparison_agree():
    rules = speed.policy(150)
    for tool in speed.TOOLS:
        told = speed.TOOLS[tool](rules)
        assert told["reach"] > 0
        assert told["diff"] > 0
        assert not told.get("wrong")


def test_a_tool_that_disagrees_is_told(monkeypatch):
    monkeypatch.setattr(speed, "changed", lambda rules: rules)
    rules = speed.policy(60)
    assert not speed.TOOLS["oxidd"](rules)["wrong"]
    real = speed.reach
    monkeypatch.setattr(speed, "reach", lambda endpoint, port: real(endpoint, port - 1))
    assert speed.TOOLS["oxidd"](rules)["wrong"]
    assert speed.TOOLS["z3"](rules)["wrong"]


def test_we_raise_an_alarm_at_all_that_is_exposed_or_unknown_and_at_nothing_else():
    for platform in ("azure", "aws"):
        some = [case for case in battery.battery().cases(platform) if battery._ask(case)]
        alarms, _ = battery.ours(platform, some)
        assert alarms == {case.name for case in some if "closed" not in battery._ask(case).verdicts}


def test_what_scanners_are_given():
    given = [case for case in battery.battery().cases("azure") if battery._given(case, battery.ROWS[1])]
    assert all("9200" not in json.dumps(case.template(22)) for case in given)
    assert len(given) > 60
    assert all(case.groups() for case in given if "subnet" in case.spec and not case.spec.get("parameters"))
