"""Matches that iptables and nftables share, as conditions on a new connection from outside.

What is assumed: the packet is the first of its connection, from another machine, to one address (unicast). It came in by
an interface that is not the loopback and none of those that container engines and hypervisors make for their guests.
On which of the others the outside is, nobody says in the rules: unless it is told, a match on one of them is in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from hushdesk.guard._addresses import AddressSet, Family
from hushdesk.guard._intervals import NO_PORTS, Intervals
from hushdesk.guard.dialects.linux._model import FAMILY, Condition, Situation
from hushdesk.guard.dialects.linux._region import (
    EVERYTHING,
    NOTHING,
    NOWHERE,
    Region,
    Traffic,
    from_ports,
    from_sources,
    maybe,
    of_traffic,
    union,
)

NOT_UNICAST: Final = AddressSet.parse("127.0.0.0/8", "224.0.0.0/3", "0.0.0.0/32", "::/127", "ff00::/8")
"""To none of these does a packet from another machine open a connection."""
FOR_GUESTS: Final = re.compile(
    r"lo|docker\d+|docker_gwbridge|br-[0-9a-f]{12}|podman\d+|cni\d+|cni-podman\d+|virbr\d+(-nic)?|vnet\d+|lxcbr\d+|lxdbr\d+|"
    r"incusbr\d+|veth[0-9a-z]+|cali[0-9a-f]+|flannel\.\d+|vxlan\.calico|dummy\d+|kube-ipvs0|nodelocaldns"
)
"""The loopback, and interfaces that engines make for their guests: no other machine is behind them."""
STATES: Final = frozenset({"new", "established", "related", "invalid", "untracked", "dnat", "snat"})


@dataclass(frozen=True, slots=True)
class Constant:
    """The same packets, seen from everywhere."""

    region: Region

    def __call__(self, _: Situation) -> Region:
        """The packets."""
        return self.region


def constant(region: Region) -> Condition:
    """The same from everywhere."""
    return Constant(region)


def doubtful(what: str) -> Condition:
    """May match or not."""
    return constant(maybe(what))


def either(conditions: Iterable[Condition]) -> Condition:
    """One of them holds."""
    parts = tuple(conditions)
    if len(parts) == 1:
        return parts[0]
    if all(isinstance(part, Constant) for part in parts):
        return constant(union(part.region for part in parts if isinstance(part, Constant)))
    return lambda situation: union(part(situation) for part in parts)


def every(conditions: Iterable[Condition]) -> Condition:
    """All of them hold. Those that are the same from everywhere are joined at once."""
    fixed, moving = EVERYTHING, []
    for part in conditions:
        if isinstance(part, Constant):
            fixed = fixed & part.region
        else:
            moving.append(part)
    if not moving or not fixed:
        return constant(fixed)
    if len(moving) == 1 and fixed is EVERYTHING:
        return moving[0]

    def holds(situation: Situation) -> Region:
        found = fixed
        for part in moving:
            met = part(situation)
            if not met:
                return NOWHERE
            found = found & met
        return found

    return holds


def negated(condition: Condition) -> Condition:
    """It does not hold."""
    if isinstance(condition, Constant):
        return constant(EVERYTHING - condition.region)
    return lambda situation: EVERYTHING - condition(situation)


def sources(addresses: AddressSet, words: str = "") -> Condition:
    """It comes from there."""
    return constant(from_sources(addresses, words))


def destinations(addresses: AddressSet, family: Family, words: str) -> Condition:
    """It goes there. The set is of one family; packets of the other do not match."""

    def holds(situation: Situation) -> Region:
        possible = situation.destination.of(family)
        if not possible & addresses.of(family):
            return NOWHERE
        inside = from_sources(FAMILY[family])
        if possible <= addresses.of(family):
            return inside
        return inside & maybe(f"whether it goes to {words} is not known")

    return holds


def original_destinations(addresses: AddressSet, family: Family, words: str) -> Condition:
    """Before translation it went there."""
    now = destinations(addresses, family, words)

    def holds(situation: Situation) -> Region:
        if not situation.translated:
            return now(situation)
        return from_sources(FAMILY[family]) & maybe(
            f"whether it went to {words} before translation is not known"
        )

    return holds


def source_ports(ports: Intervals) -> Condition:
    """It comes from these ports."""
    return constant(from_ports(ports))


def ports(numbers: Intervals) -> Condition:
    """It goes to these ports, whatever the protocol."""
    return constant(of_traffic(Traffic((), numbers)))


def protocols(names: Collection[str]) -> Condition:
    """It is of one of these protocols."""
    return constant(of_traffic(Traffic.of(dict.fromkeys(names, ~NO_PORTS)) if names else NOTHING))


def original_ports(numbers: Intervals) -> Condition:
    """Before translation it went to these ports."""

    def holds(situation: Situation) -> Region:
        if not situation.translated:
            return of_traffic(Traffic((), numbers))
        found: list[tuple[int, int]] = []
        for low, high, to in situation.shifted_ports:
            for first, last in numbers & Intervals([(low, high)], numbers.top):
                found.append((first - low + to, last - low + to))
        if len({to for _, _, to in situation.shifted_ports}) < len(situation.shifted_ports):
            return maybe("by which of several ports it came in is not known")
        return of_traffic(Traffic((), Intervals(found, numbers.top)))

    return holds


def state(wanted: Collection[str]) -> Condition:
    """Connection tracking has it in one of these states, which are written in small letters."""

    def holds(situation: Situation) -> Region:
        if not situation.tracked:
            return EVERYTHING if "invalid" in wanted else NOWHERE
        found = [EVERYTHING - situation.untracked] if "new" in wanted else []
        if "untracked" in wanted:
            found.append(situation.untracked)
        if "dnat" in wanted and situation.translated:
            found.append(EVERYTHING)
        return union(found)

    return holds


def _named(pattern: str, wildcard: bool, name: str) -> bool:
    return name.startswith(pattern) if wildcard else name == pattern


def entering(pattern: str, *, wildcard: bool) -> Condition:
    """It came in by an interface of this name, or of one that begins so."""

    def holds(situation: Situation) -> Region:
        if wildcard and not pattern:
            return EVERYTHING
        if situation.outside:
            hits = [_named(pattern, wildcard, name) for name in situation.outside]
            if all(hits):
                return EVERYTHING
            if not any(hits):
                return NOWHERE
        elif FOR_GUESTS.fullmatch(pattern) or (wildcard and FOR_GUESTS.fullmatch(pattern + "0")):
            return NOWHERE
        return maybe(f"whether the outside is on interface {pattern}{'*' if wildcard else ''} is not known")

    return holds


def leaving(pattern: str, *, wildcard: bool) -> Condition:
    """It leaves by an interface of this name, or of one that begins so."""

    def holds(situation: Situation) -> Region:
        if situation.hook not in {"forward", "postrouting"}:
            # For what stays here there is no such interface, and its name is empty.
            return EVERYTHING if wildcard and not pattern else NOWHERE
        if wildcard and not pattern:
            return EVERYTHING
        if situation.leaving is not None:
            return EVERYTHING if _named(pattern, wildcard, situation.leaving) else NOWHERE
        if pattern == "lo" and not wildcard:
            return NOWHERE
        return maybe(f"whether it leaves by interface {pattern}{'*' if wildcard else ''} is not known")

    return holds


def destination_type(kinds: Collection[str]) -> Condition:
    """Its destination is of one of these types, as routing sees it."""

    def holds(situation: Situation) -> Region:
        here = "unicast" if situation.hook in {"forward", "postrouting"} else "local"
        if here in kinds:
            return EVERYTHING
        certain = {
            "local",
            "unicast",
            "broadcast",
            "multicast",
            "blackhole",
            "unreachable",
            "prohibit",
            "unspec",
        }
        if certain.issuperset(kinds):
            return NOWHERE
        return maybe("of which type its destination is is not known")

    return holds


def tcp_flags(mask: Collection[str], wanted: Collection[str]) -> Condition:
    """Of the flags in the mask exactly the wanted ones are set. A new connection begins with SYN alone."""
    if {"ece", "cwr"} & {*mask}:
        # A client that offers ECN sets both in its SYN.
        first = {*mask} - {"ece", "cwr"}
        if first & {"syn"} == {*wanted} - {"ece", "cwr"}:
            return every((protocols(["tcp"]), doubtful("whether the client offers ECN is not known")))
        return constant(NOWHERE)
    return protocols(["tcp"]) if {*mask} & {"syn"} == {*wanted} else constant(NOWHERE)
