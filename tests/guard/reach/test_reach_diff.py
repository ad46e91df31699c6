"""Who is to blame for a change, on lists a person can read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hushdesk.guard._addresses import EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._policy import Action, Gate, Path, Place, Rule, Sources, Stage
from hushdesk.guard._services import Services
from hushdesk.guard.reach import Blame, Guilty, diff


def rule(name: str, action: Action, *cidrs: str) -> Rule:
    return Rule(
        name=name,
        action=action,
        sources=Sources.exactly(AddressSet.parse(*cidrs)),
        services=Services.of("tcp", 9200),
        place=Place("nsg.json", 1, name),
    )


OFFICE = rule("office", Action.NEXT, "198.51.100.0/24")
ALL = rule("debug", Action.NEXT, "0.0.0.0/0")
HALF = rule("no low half", Action.DENY, "0.0.0.0/1")


def endpoint(*stages: Stage) -> Endpoint:
    path = Path(name="public address", gates=(Gate(name="network", stages=stages),))
    return Endpoint(name="db", dialect="test", kind="host", place=Place("nsg.json"), paths=(path,))


def nsg(*rules: Rule, name: str = "subnet NSG") -> Stage:
    return Stage(name=name, rules=rules)


def only(before: Endpoint | None, after: Endpoint | None) -> Guilty:
    change = diff(before, after, 9200)
    (guilty,) = change.guilty
    assert guilty.sources == change.added
    return guilty


def test_an_added_rule_is_named() -> None:
    guilty = only(endpoint(nsg(OFFICE)), endpoint(nsg(ALL, OFFICE)))
    assert guilty.blame is Blame.ADDED_RULE
    assert guilty.rule
    assert guilty.rule.name == "debug"
    assert guilty.sources == AddressSet.parse("0.0.0.0/0") - AddressSet.parse("198.51.100.0/24")


def test_a_removed_deny_is_named_though_the_allow_was_always_there() -> None:
    guilty = only(endpoint(nsg(HALF, ALL)), endpoint(nsg(ALL)))
    assert guilty.blame is Blame.REMOVED_RULE
    assert guilty.rule
    assert guilty.rule.name == "no low half"
    assert guilty.sources == AddressSet.parse("0.0.0.0/1")


def test_an_order_that_changed_is_named_with_the_rule_that_now_comes_first() -> None:
    guilty = only(endpoint(nsg(HALF, ALL)), endpoint(nsg(ALL, HALF)))
    assert guilty.blame is Blame.MOVED_RULE
    assert guilty.rule
    assert guilty.rule.name == "debug"


def test_a_list_that_was_detached_is_named_with_the_rule_that_kept_them_out() -> None:
    subnet, nic = nsg(ALL), nsg(OFFICE, name="NIC NSG")
    guilty = only(endpoint(subnet, nic), endpoint(subnet))
    assert guilty.blame is Blame.REMOVED_STAGE
    assert guilty.rule
    assert guilty.rule.stage.name == "NIC NSG"


def test_a_changed_default_is_named() -> None:
    guilty = only(endpoint(nsg(OFFICE)), endpoint(replace(nsg(OFFICE), default=Action.NEXT)))
    assert guilty.blame is Blame.CHANGED_DEFAULT
    assert guilty.sources.v6 == EVERYWHERE.v6


def test_a_new_endpoint_is_a_new_way_in() -> None:
    guilty = only(None, endpoint(nsg(OFFICE)))
    assert guilty.blame is Blame.NEW_WAY
    assert guilty.sources == AddressSet.parse("198.51.100.0/24")


def test_what_closes_is_no_ones_fault() -> None:
    change = diff(endpoint(nsg(ALL)), endpoint(nsg(OFFICE)), 9200)
    assert not change.guilty
    assert change.added == EMPTY
    assert change.removed == AddressSet.parse("0.0.0.0/0") - AddressSet.parse("198.51.100.0/24")


@pytest.mark.parametrize("port", [22, 443])
def test_another_port_did_not_change(port: int) -> None:
    change = diff(endpoint(nsg(OFFICE)), endpoint(nsg(ALL, OFFICE)), port)
    assert not change.added
    assert not change.removed


def test_a_rule_renamed_or_moved_without_effect_is_no_change() -> None:
    change = diff(endpoint(nsg(OFFICE)), endpoint(nsg(replace(OFFICE, name="head office"))), 9200)
    assert not change.added
