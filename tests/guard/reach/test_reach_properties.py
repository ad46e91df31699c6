"""The arrays against the plain first-match reading, on small worlds where every address can be asked."""

from __future__ import annotations

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._intervals import ports
from hushdesk.guard._policy import Action, Gate, Path, Place, PortShift, Rule, Sources, Stage
from hushdesk.guard._services import ALL_SERVICES, Services
from hushdesk.guard.reach import Connection, Verdict, diff, explain, reach

SMALL = 40
"""Addresses in play, from each end of the axis and in the middle."""
PROBES = [*range(SMALL + 2), 2**31, 2**32 - 1]
PROBES_6 = [*range(SMALL + 2), 2**64, 2**128 - 1]


@st.composite
def address_sets(draw: st.DrawFn) -> AddressSet:
    pairs = draw(st.lists(st.tuples(st.integers(0, SMALL), st.integers(0, SMALL)), max_size=3))
    six = draw(st.lists(st.tuples(st.integers(0, SMALL), st.integers(0, SMALL)), max_size=2))
    found = AddressSet([(min(p), max(p)) for p in pairs], [(min(p), max(p)) for p in six])
    return ~found if draw(st.integers(0, 4)) == 0 else found


@st.composite
def sources(draw: st.DrawFn) -> Sources:
    upper = draw(address_sets())
    if draw(st.integers(0, 4)):
        return Sources.exactly(upper)
    return Sources(upper, upper & draw(address_sets()), "tag", "the tag is not known")


SERVICES = st.sampled_from(
    [
        ALL_SERVICES,
        Services.of("tcp", 9200),
        Services.of("tcp", (9000, 9300)),
        Services.of("udp"),
        Services.of("*", 443),
    ]
)
SOURCE_PORTS = st.sampled_from([None, None, None, ports((0, 1023)), ports(53), ports((1024, 65535), 53)])


@st.composite
def rules(draw: st.DrawFn, name: str) -> Rule:
    return Rule(
        name=name,
        action=draw(st.sampled_from(Action)),
        sources=draw(sources()),
        services=draw(SERVICES),
        source_ports=draw(SOURCE_PORTS),
        doubt=draw(st.sampled_from(["", "", "", "", "a condition is not known"])),
        place=Place("rules", 1),
    )


@st.composite
def stages(draw: st.DrawFn, name: str) -> Stage:
    count = draw(st.integers(0, 5))
    return Stage(
        name=name,
        rules=tuple(draw(rules(f"{name}.{number}")) for number in range(count)),
        default=draw(st.sampled_from([Action.DENY, Action.DENY, Action.NEXT, Action.ACCEPT])),
        frontend=draw(st.booleans()),
    )


@st.composite
def paths(draw: st.DrawFn, name: str) -> Path:
    gates = tuple(
        Gate(
            name=f"{name}.{g}",
            stages=tuple(draw(stages(f"{name}.{g}.{s}")) for s in range(draw(st.integers(0, 2)))),
        )
        for g in range(draw(st.integers(0, 2)))
    )
    return Path(
        name=name,
        gates=gates,
        shifts=draw(
            st.sampled_from(
                [(PortShift(0, 65535, 0),), (PortShift(443, 443, 9200), PortShift(9000, 9100, 9150))]
            )
        ),
        protocols=draw(st.sampled_from([(), (), ("tcp",)])),
        reaching=draw(
            st.sampled_from(
                [Sources.exactly(~AddressSet()), Sources.exactly(AddressSet([(3, 20)], [(3, 9)]))]
            )
        ),
        doubt=draw(st.sampled_from(["", "", "", "perhaps absent"])),
    )


@st.composite
def endpoints(draw: st.DrawFn) -> Endpoint:
    return Endpoint(
        name="db",
        dialect="test",
        kind="host",
        place=Place("rules"),
        paths=tuple(draw(paths(f"path{number}")) for number in range(draw(st.integers(0, 2)))),
    )


SOURCE_PORT_PROBES = (0, 53, 1023, 1024, 65535)


def verdict(
    endpoint: Endpoint, address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> tuple[bool, bool]:
    """Whether it may get in, and whether it does for certain, from any source port."""
    found = {
        explain(endpoint, Connection(address, port, "tcp", source_port)).verdict
        for source_port in SOURCE_PORT_PROBES
    }
    return bool(found & {Verdict.OPEN, Verdict.UNKNOWN}), Verdict.OPEN in found


def probes() -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    return [*map(ipaddress.IPv4Address, PROBES), *map(ipaddress.IPv6Address, PROBES_6)]


@given(endpoints(), st.sampled_from([9200, 9150, 443]))
def test_the_set_is_what_first_match_says_of_every_address(endpoint: Endpoint, port: int) -> None:
    found = reach(endpoint, port)
    assert found.lower <= found.upper
    for address in probes():
        upper, lower = verdict(endpoint, address, port)
        assert (address in found.upper) == upper
        assert (address in found.lower) == lower


@given(endpoints(), st.sampled_from([9200, 443]))
def test_the_parts_make_up_the_set_and_name_rules_that_match(endpoint: Endpoint, port: int) -> None:
    found = reach(endpoint, port)
    joined, certain = AddressSet(), AddressSet()
    for part in found.parts():
        joined |= part.sources
        if part.certain:
            certain |= part.sources
        else:
            assert part.doubts
        for decider in part.deciders:
            if decider.rule:
                assert part.sources <= decider.rule.sources.upper
                assert decider.rule.action is not Action.DENY
    assert joined == found.upper
    assert certain == found.lower


@given(endpoints(), endpoints(), st.sampled_from([9200, 443]))
def test_a_diff_is_the_difference_and_every_added_source_has_its_guilty(
    before: Endpoint, after: Endpoint, port: int
) -> None:
    change = diff(before, after, port)
    was, now = reach(before, port), reach(after, port)
    assert change.added == now.upper - was.upper
    assert change.removed == was.upper - now.upper
    blamed = AddressSet()
    for guilty in change.guilty:
        assert guilty.sources
        blamed |= guilty.sources
    assert blamed == change.added
    assert not diff(after, after, port).added
