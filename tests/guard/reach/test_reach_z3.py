"""The sets against z3: for random first-match lists it finds no address on which the two disagree."""

from __future__ import annotations

import random

import pytest
import z3

from hushdesk.guard import (
    Action,
    AddressSet,
    Endpoint,
    Gate,
    Path,
    Place,
    Rule,
    Services,
    Sources,
    Stage,
    reach,
)

PORTS = ((0, 65535), (9200, 9200), (9000, 9300), (1, 1024), (443, 443))
ASKED = (22, 443, 9200, 9300)


def random_rules(rng: random.Random) -> tuple[Rule, ...]:
    found = []
    for number in range(rng.randint(1, 14)):
        pairs = []
        for _ in range(rng.choice((1, 1, 2))):
            low = rng.getrandbits(32)
            if rng.random() < 0.7:
                bits = rng.randint(0, 32)
                low = low >> bits << bits
                pairs.append((low, low | ((1 << bits) - 1)))
            else:
                pairs.append((low, min(2**32 - 1, low + rng.getrandbits(rng.randint(0, 31)))))
        found.append(
            Rule(
                name=str(number),
                action=rng.choice((Action.NEXT, Action.DENY)),
                sources=Sources.exactly(AddressSet(pairs)),
                services=Services.of(rng.choice(("tcp", "udp", "*")), rng.choice(PORTS)),
                place=Place("rules", number),
            )
        )
    return tuple(found)


def said_by_z3(stages: tuple[Stage, ...], port: int, source: z3.BitVecRef) -> z3.BoolRef:
    """Whether a source gets through, as a formula over the rules, read from the last to the first."""
    through = z3.BoolVal(True)
    for stage in stages:
        verdict = z3.BoolVal(stage.default is not Action.DENY)
        for rule in reversed(stage.rules):
            if rule.services.covers("tcp", port):
                verdict = z3.If(
                    within(source, rule.sources.upper), z3.BoolVal(rule.action is not Action.DENY), verdict
                )
        through = z3.And(through, verdict)
    return through


def within(source: z3.BitVecRef, addresses: AddressSet) -> z3.BoolRef:
    return z3.Or([z3.And(z3.UGE(source, low), z3.ULE(source, high)) for low, high in addresses.v4])


def disagreements(lists: int, seed: int) -> tuple[int, int]:
    """How many lists were asked, and on how many z3 finds an address on which it disagrees."""
    rng = random.Random(seed)
    wrong = asked = 0
    while asked < lists:
        stages = tuple(
            Stage(
                name=str(number),
                rules=random_rules(rng),
                default=rng.choice((Action.DENY, Action.DENY, Action.NEXT)),
            )
            for number in range(rng.choice((1, 1, 2)))
        )
        port = rng.choice(ASKED)
        path = Path(name="way", gates=(Gate(name="network", stages=stages),))
        found = reach(
            Endpoint(name="db", dialect="test", kind="host", place=Place("rules"), paths=(path,)), port
        )
        assert found.exact
        source = z3.BitVec("source", 32)
        solver = z3.Solver()
        solver.add(said_by_z3(stages, port, source) != within(source, found.upper))
        wrong += solver.check() != z3.unsat
        asked += len(stages)
    return asked, wrong


def test_no_address_is_told_apart_by_z3() -> None:
    asked, wrong = disagreements(150, 1)
    assert asked >= 150
    assert wrong == 0


@pytest.mark.slow
def test_no_address_of_two_thousand_lists_is_told_apart_by_z3() -> None:
    asked, wrong = disagreements(2000, 2)
    assert asked >= 2000
    assert wrong == 0
