"""What is an exposure, how bad it is, and in which words."""

from __future__ import annotations

import pytest
from guard_toys import endpoint, exactly

from hushdesk.guard import EMPTY, EVERYWHERE, PRIVATE, AddressSet, Intent, check
from hushdesk.guard._findings import Authentication, Posture
from hushdesk.guard._intent import Approval, GuardedStore
from hushdesk.guard._intervals import ALL_PORTS
from hushdesk.guard._policy import Place, Sources
from hushdesk.guard.check import Coverage, Estate, Level, said, sarif

UNKNOWN = Sources.unknown("[parameters('office')]", "the parameter has no value")


def report(*endpoints, intent=None, malformed=()):
    return check(Estate(tuple(endpoints), (), tuple(malformed), Coverage(1, 1)), intent or Intent())


def intent_of(*sources: str, resources=("db",), name="cases", engine="postgresql") -> Intent:
    approval = Approval(AddressSet.parse(*sources), ALL_PORTS, "")
    store = GuardedStore(name, engine, resources, EMPTY, (5432,), "", (approval,))
    return Intent((store,), "intent.toml")


@pytest.mark.parametrize(
    ("sources", "level"),
    [
        (exactly("10.0.0.0/8", "192.168.7.0/24", "fd00::/8"), None),
        (exactly("20.80.0.0/16"), Level.WARNING),
        (exactly("20.0.0.0/8"), Level.ERROR),
        (exactly("20.0.0.0/9", "30.0.0.0/10"), Level.WARNING),
        (exactly("0.0.0.0/1", "128.0.0.0/1"), Level.ERROR),
        (exactly("2000::/16"), Level.ERROR),
        (exactly("2001:4860::/32"), Level.WARNING),
        (exactly("168.63.129.16"), None),
        (UNKNOWN, Level.WARNING),
        (exactly("203.0.113.0/24"), Level.WARNING),
    ],
)
def test_without_an_intent_the_size_of_the_certain_set_decides(sources, level):
    assert [one.level for one in report(endpoint("db", sources)).exposures] == ([level] if level else [])


def test_not_the_internet_but_nobody_knows_who_is_no_exposure():
    inside = Sources(PRIVATE, EMPTY, "members of a group", "they are not in the input")
    assert report(endpoint("db", inside)).exposures == ()


def test_with_an_intent_one_address_too_many_is_an_error_and_an_unknown_one_a_warning():
    intent = intent_of("20.80.0.0/16")
    (found,) = report(endpoint("db", exactly("20.80.0.0/15")), intent=intent).exposures
    assert (found.level, found.sources) == (Level.ERROR, AddressSet.parse("20.81.0.0/16"))
    (found,) = report(endpoint("db", UNKNOWN), intent=intent).exposures
    assert (found.level, found.certain) == (Level.WARNING, EMPTY)
    assert report(endpoint("db", exactly("20.80.4.0/24")), intent=intent).exposures == ()


def test_ports_with_the_same_rules_are_one_finding():
    (found,) = report(endpoint("db", exactly("0.0.0.0/0"), ports=(5432, 9200, 27017))).exposures
    assert found.ports == (5432, 9200, 27017)


@pytest.mark.parametrize(
    ("authentication", "level"),
    [
        (Authentication.NONE, Level.ERROR),
        (Authentication.REQUIRED, Level.WARNING),
        (Authentication.UNKNOWN, Level.ERROR),
    ],
)
def test_a_password_makes_everybody_a_warning_unless_an_intent_says_otherwise(authentication, level):
    posture = Posture(engine="postgresql", authentication=authentication, why="a setting")
    db = endpoint("db", exactly("0.0.0.0/0"), posture=posture)
    assert [one.level for one in report(db).exposures] == [level]
    assert [one.level for one in report(db, intent=intent_of("10.0.0.0/8")).exposures] == [Level.ERROR]


def test_few_without_a_password_are_an_error_if_they_are_public():
    posture = Posture(engine="redis", authentication=Authentication.NONE, why="its default")
    assert [one.level for one in report(endpoint("db", exactly("20.1.1.1"), posture=posture)).exposures] == [
        Level.ERROR
    ]


def test_stores_without_an_intent_and_intents_without_a_store():
    shown = endpoint("other", exactly("10.0.0.0/8"), engine="redis")
    found = report(shown, intent=intent_of("10.0.0.0/8"))
    assert [one.endpoint.name for one in found.uncovered] == ["other"]
    assert found.absent == ("cases",)
    assert report(shown).uncovered == ()


def test_worst_first():
    found = report(endpoint("a", exactly("20.1.1.1")), endpoint("b", exactly("0.0.0.0/0"))).exposures
    assert [one.endpoint.name for one in found] == ["b", "a"]


def test_most_of_the_internet_is_said_without_the_holes_of_what_is_approved():
    (found,) = report(endpoint("db", Sources.exactly(EVERYWHERE))).exposures
    assert said(found) == "everybody (IPv4 and IPv6)"


def test_sarif_places_are_uris_and_missing_places_are_left_out(tmp_path, monkeypatch):
    from hushdesk.guard import Malformed

    monkeypatch.chdir(tmp_path)
    inside, outside = str(tmp_path / "my folder" / "a#1.json"), "/elsewhere/b.json"
    log = sarif(
        report(
            endpoint("db", exactly("0.0.0.0/0"), file=inside),
            malformed=[
                Malformed(Place(""), "a dialect could not be loaded", "Install it anew."),
                Malformed(Place(outside, 7), "no valid JSON", "Mend it."),
            ],
        ),
        "1",
    )
    exposed, nowhere, absolute = log["runs"][0]["results"]
    assert exposed["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "my%20folder/a%231.json"
    }
    assert nowhere["locations"] == []
    assert absolute["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "file:///elsewhere/b.json"},
        "region": {"startLine": 7},
    }
