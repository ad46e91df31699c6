"""Replays against plain models: a few sources, a few ports, and who gets in by the books."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from window_tell import (
    NSG,
    RULE_DELETE,
    authorize,
    azure,
    create,
    delete,
    firewall,
    gcp,
    nsg_rule,
    revoke,
    spans,
    write_nsg,
    write_rule,
)

from hushdesk.guard import Intent, Place
from hushdesk.incident import SECOND, Change, Outcome, Window
from hushdesk.incident.window import windows

PORTS = (9200, 5432)
SOURCES = {
    "0.0.0.0/0": ("8.8.8.8", "9.9.9.9", "1.1.1.1"),
    "8.8.8.0/24": ("8.8.8.8",),
    "9.9.9.0/24": ("9.9.9.9",),
    "10.0.0.0/8": (),
}
"""Which of the outsiders that are asked about each source holds."""


@dataclass(frozen=True)
class Step:
    kind: str
    name: str
    source: str
    port: int
    priority: int = 0
    deny: bool = False


def expected(states: Iterable[tuple[float, dict[int, set[str]]]]) -> dict[int, list[tuple[float, float]]]:
    """By port, the spans in which some outsider gets in."""
    found: dict[int, list[tuple[float, float]]] = {port: [] for port in PORTS}
    since: dict[int, float] = {}
    for at, state in states:
        for port in PORTS:
            if state[port] and port not in since:
                since[port] = at
            elif not state[port] and port in since:
                found[port].append((since.pop(port), at))
    for port, start in since.items():
        found[port].append((start, float("inf")))
    return found


def shown(made: Iterable[Window]) -> dict[int, list[tuple[float, float]]]:
    listed = list(made)
    return {
        port: spans(sorted((each for each in listed if each.port == port), key=lambda each: each.span))
        for port in PORTS
    }


def steps(kinds: list[str]) -> st.SearchStrategy[list[Step]]:
    # Most on one port and from anywhere, so that rules meet.
    one = st.builds(
        Step,
        st.sampled_from(kinds),
        st.sampled_from("abc"),
        st.sampled_from(["0.0.0.0/0", *sorted(SOURCES)]),
        st.sampled_from([9200, *PORTS]),
        st.integers(1, 3),
        st.booleans(),
    )
    return st.lists(one, min_size=2, max_size=12)


def shuffled(changes: list[Change], seed: int) -> list[Change]:
    """In another order, with twins that stand elsewhere."""
    order = random.Random(seed)
    twins = [replace(change, place=Place("other.json", 9)) for change in changes if order.random() < 0.4]
    mixed = [*changes, *twins]
    order.shuffle(mixed)
    return mixed


def compare(changes: list[Change], states: list[tuple[float, dict[int, set[str]]]], seed: int) -> None:
    straight = windows(changes, intent=Intent())
    assert shown(straight.windows) == expected(states)
    mixed = windows(shuffled(changes, seed), intent=Intent())
    assert [(each.resource, each.span, each.port, each.sources, each.certain) for each in mixed.windows] == [
        (each.resource, each.span, each.port, each.sources, each.certain) for each in straight.windows
    ]


@settings(max_examples=12)
@given(steps(["authorize", "authorize", "revoke", "delete", "failed"]), st.integers(0, 1 << 16))
def test_groups_that_only_permit(sequence: list[Step], seed: int) -> None:
    rules: set[tuple[str, int]] = set()
    changes, states, alive = [], [], False
    for number, step in enumerate(sequence):
        at = 10.0 * (number + 1)
        if not alive:
            changes.append(create(at - 5, "sg-1"))
            alive, rules = True, set()
        if step.kind == "authorize" and (step.source, step.port) not in rules:
            changes.append(authorize(at, "sg-1", step.port, step.source))
            rules.add((step.source, step.port))
        elif step.kind == "revoke" and (step.source, step.port) in rules:
            changes.append(revoke(at, "sg-1", step.port, step.source))
            rules.discard((step.source, step.port))
        elif step.kind == "delete":
            changes.append(delete(at, "sg-1"))
            alive, rules = False, set()
        elif step.kind == "failed":
            make: Callable[..., Any] = authorize if step.deny else revoke
            changes.append(make(at, "sg-1", step.port, step.source, outcome=Outcome.FAILED))
        states.append(
            (
                at,
                {
                    port: {one for source, held in rules if held == port for one in SOURCES[source]}
                    for port in PORTS
                },
            )
        )
    compare(changes, states, seed)


def first_match(rules: Iterable[tuple[int, bool, str, int]], port: int) -> set[str]:
    """Who gets in where the first rule that matches decides; at the same priority a denial comes first."""
    found = set()
    for one in SOURCES["0.0.0.0/0"]:
        for _, deny, source, held in sorted(rules, key=lambda rule: (rule[0], not rule[1])):
            if held == port and one in SOURCES[source]:
                if not deny:
                    found.add(one)
                break
    return found


@settings(max_examples=12)
@given(steps(["write", "write", "delete", "whole", "failed"]), st.integers(0, 1 << 16))
def test_groups_with_priorities(sequence: list[Step], seed: int) -> None:
    rules: dict[str, tuple[int, bool, str, int]] = {}
    changes, states = [write_nsg(1)], []
    for number, step in enumerate(sequence):
        at = 10.0 * (number + 1)
        # Two rules of one group never have the same priority: the platform refuses that.
        priority = 100 * step.priority + ord(step.name)
        rule = nsg_rule(
            step.name,
            priority,
            "*" if step.source == "0.0.0.0/0" else step.source,
            str(step.port),
            "Deny" if step.deny else "Allow",
        )
        content = (priority, step.deny, step.source, step.port)
        if step.kind == "write":
            changes.append(write_rule(at, rule))
            rules[step.name] = content
        elif step.kind == "delete":
            changes.append(azure(at, RULE_DELETE, f"{NSG}/securityRules/{step.name}"))
            rules.pop(step.name, None)
        elif step.kind == "whole":
            changes.append(write_nsg(at, rule))
            rules = {step.name: content}
        else:
            changes.append(write_rule(at, rule, outcome=Outcome.FAILED))
        states.append((at, {port: first_match(rules.values(), port) for port in PORTS}))
    compare(changes, states, seed)


@settings(max_examples=12)
@given(steps(["insert", "insert", "patch", "delete", "failed"]), st.integers(0, 1 << 16))
def test_firewalls_of_a_network(sequence: list[Step], seed: int) -> None:
    rules: dict[str, tuple[int, bool, str, int]] = {}
    changes, states = [], []
    for number, step in enumerate(sequence):
        at = 10.0 * (number + 1)
        content = (step.priority, step.deny, step.source, step.port)
        asked = firewall(
            step.name,
            str(step.port),
            step.source,
            action="denieds" if step.deny else "alloweds",
            priority=step.priority,
        )
        if step.kind == "insert" and step.name not in rules:
            changes.append(gcp(at, "v1.compute.firewalls.insert", step.name, asked))
            rules[step.name] = content
        elif step.kind == "patch" and step.name in rules:
            changes.append(
                gcp(
                    at,
                    "v1.compute.firewalls.patch",
                    step.name,
                    {"@type": "x", "sourceRanges": [step.source], "priority": step.priority},
                )
            )
            rules[step.name] = (step.priority, rules[step.name][1], step.source, rules[step.name][3])
        elif step.kind == "delete" and step.name in rules:
            changes.append(gcp(at, "v1.compute.firewalls.delete", step.name))
            del rules[step.name]
        elif step.kind == "failed":
            changes.append(gcp(at, "v1.compute.firewalls.insert", step.name, asked, outcome=Outcome.FAILED))
        states.append((at, {port: first_match(rules.values(), port) for port in PORTS}))
    compare(changes, states, seed)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from(sorted(SOURCES)[:2])), min_size=1, max_size=6),
    st.integers(0, 1 << 16),
)
def test_any_order_within_one_second_gives_the_same(moves: list[tuple[bool, str]], seed: int) -> None:
    changes = [create(1, "sg-1")]
    changes += [
        (authorize if opens else revoke)(10, "sg-1", 9200, source, correlation=f"e{number}")
        for number, (opens, source) in enumerate(moves)
    ]
    one = windows(changes, intent=Intent())
    other = windows(shuffled(changes, seed), intent=Intent())
    assert [(each.span, each.sources) for each in one.windows] == [
        (each.span, each.sources) for each in other.windows
    ]
    assert all(each.span.end - each.span.start >= SECOND for each in one.windows)
