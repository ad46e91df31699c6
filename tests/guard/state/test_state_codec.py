"""What is written is read back exactly, and nothing else is read."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard import (
    Action,
    AddressSet,
    Authentication,
    Endpoint,
    Gate,
    Intervals,
    Path,
    Place,
    PortShift,
    Posture,
    Rule,
    Services,
    Sources,
    Stage,
)
from hushdesk.guard.errors import StateError
from hushdesk.guard.state import decode, encode

TEXTS = st.text(max_size=6)
NUMBERS = st.integers(0, 65535)


@st.composite
def intervals(draw: st.DrawFn, top: int = 65535) -> Intervals:
    bounds = draw(st.lists(st.tuples(st.integers(0, top), st.integers(0, top)), max_size=3))
    return Intervals([(min(pair), max(pair)) for pair in bounds], top)


ADDRESSES = st.builds(AddressSet, intervals(2**32 - 1), intervals(2**128 - 1))
PLACES = st.builds(Place, TEXTS, st.integers(0, 10**6), TEXTS)
SOURCES = st.builds(Sources, ADDRESSES, ADDRESSES, TEXTS, TEXTS)
SERVICES = st.builds(Services, st.lists(st.tuples(TEXTS, intervals()), max_size=2).map(tuple))
RULES = st.builds(
    Rule,
    name=TEXTS,
    action=st.sampled_from(Action),
    sources=SOURCES,
    services=SERVICES,
    source_ports=st.none() | intervals(),
    doubt=TEXTS,
    place=PLACES,
)
STAGES = st.builds(
    Stage,
    name=TEXTS,
    rules=st.lists(RULES, max_size=2).map(tuple),
    default=st.sampled_from(Action),
    default_name=TEXTS,
    frontend=st.booleans(),
    place=PLACES,
)
PATHS = st.builds(
    Path,
    name=TEXTS,
    gates=st.lists(
        st.builds(Gate, name=TEXTS, stages=st.lists(STAGES, max_size=2).map(tuple)), max_size=2
    ).map(tuple),
    addresses=st.lists(TEXTS, max_size=2).map(tuple),
    shifts=st.lists(st.builds(PortShift, NUMBERS, NUMBERS, NUMBERS), max_size=2).map(tuple),
    protocols=st.lists(TEXTS, max_size=2).map(tuple),
    reaching=SOURCES,
    doubt=TEXTS,
    place=PLACES,
)
POSTURES = st.builds(
    Posture,
    engine=TEXTS,
    authentication=st.sampled_from(Authentication),
    why=TEXTS,
    encrypted=st.none() | st.booleans(),
    place=PLACES,
)
ENDPOINTS = st.builds(
    Endpoint,
    name=TEXTS,
    dialect=TEXTS,
    kind=TEXTS,
    place=PLACES,
    paths=st.lists(PATHS, max_size=2).map(tuple),
    listening=st.none() | SERVICES,
    engine=TEXTS,
    attached=st.booleans(),
    posture=st.none() | POSTURES,
    aliases=st.lists(TEXTS, max_size=2).map(tuple),
)


def written(*endpoints: Endpoint):
    return json.loads(json.dumps(encode(endpoints)))


@settings(max_examples=60)
@given(st.lists(ENDPOINTS, max_size=3))
def test_what_is_written_is_read_back(endpoints: list[Endpoint]) -> None:
    assert decode(written(*endpoints)) == tuple(endpoints)


def simple(*stages: Stage, name: str = "db") -> Endpoint:
    path = Path(name="public address", gates=(Gate(name="network", stages=stages),))
    return Endpoint(name=name, dialect="test", kind="host", place=Place("a.json", 3), paths=(path,))


def stage(*networks: str) -> Stage:
    rules = [
        Rule(name=each, action=Action.NEXT, sources=Sources.exactly(AddressSet.parse(each)))
        for each in networks
    ]
    return Stage(name="list", rules=tuple(rules))


def test_a_list_that_stands_before_many_is_kept_once_and_shared_again() -> None:
    shared = stage("198.51.100.0/24", "2001:db8::/32")
    plain = written(simple(shared, name="a"), simple(stage(*(rule.name for rule in shared.rules)), name="b"))
    assert len(plain["stages"]) == 1
    first, second = decode(plain)
    assert first.paths[0].gates[0].stages[0] is second.paths[0].gates[0].stages[0]


def everywhere(plain: object, path: tuple[str | int, ...] = ()):
    """Every place inside a plain value."""
    yield path
    inner = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    for key, value in inner:
        yield from everywhere(value, (*path, key))


def put(plain: object, path: tuple[str | int, ...], value: object) -> object:
    if not path:
        return value
    changed = copy.deepcopy(plain)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


FULL = Endpoint(
    name="db",
    dialect="test",
    kind="host",
    place=Place("a.json", 3),
    paths=(
        Path(
            name="load balancer",
            gates=(Gate(name="network", stages=(stage("198.51.100.0/24"),)),),
            shifts=(PortShift(443, 443, 9200),),
        ),
    ),
    listening=Services.of("tcp", 9200),
    posture=Posture(engine="redis", authentication=Authentication.NONE, why="bind", encrypted=False),
)


@pytest.mark.parametrize("wrong", [None, -1, 10**40, 1.5, "no such word", [], [[]], {}, {"x": 1}, True])
def test_a_value_of_another_kind_is_refused_or_read_as_what_it_says(wrong: object) -> None:
    plain = written(FULL)
    refused = []
    for path in everywhere(plain):
        changed = put(plain, path, wrong)
        try:
            again = decode(changed)
        except StateError as error:
            refused.append(str(error))
        else:
            assert decode(written(*again)) == again
    assert len(refused) > 20
    # What stood there is not repeated.
    assert not [message for message in refused if "no such word" in message]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda plain: plain.pop("sets"), "sets"),
        (lambda plain: plain["endpoints"][0].pop("name"), "name is missing"),
        (lambda plain: plain["endpoints"][0].update(planted=1), "key that is not known"),
        (lambda plain: plain["endpoints"][0].update(attached=1), "bool is wanted"),
        (lambda plain: plain["endpoints"][0]["posture"].update(authentication="maybe"), "authentication"),
        (lambda plain: plain["sets"].append([[5, 3], []]), "no bounds in order"),
        (lambda plain: plain["sets"].append([[1, 2, 3, 4], []]), "no bounds in order"),
        (lambda plain: plain["sets"].append([[1], []]), "no bounds in order"),
        (lambda plain: plain["sets"].append([[0, 2**32], []]), "universe"),
        (lambda plain: plain["sets"].append([[0, 1]]), "2 values"),
        (lambda plain: plain["sets"].clear(), "no entry 0 of sets"),
        (lambda plain: plain["stages"].clear(), "no entry 0 of stages"),
    ],
)
def test_each_mistake_is_named(change, problem: str) -> None:
    plain = written(FULL)
    change(plain)
    with pytest.raises(StateError, match=problem):
        decode(plain)
