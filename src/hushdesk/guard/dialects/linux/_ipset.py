"""``ipset save``: the members of the sets that rules of iptables name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard._addresses import AddressSet, Family
from hushdesk.guard._findings import Finding, Malformed
from hushdesk.guard._intervals import ports
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.linux import _conditions as on
from hushdesk.guard.dialects.linux._model import Condition
from hushdesk.guard.dialects.linux._names import protocol
from hushdesk.guard.dialects.linux._region import EVERYTHING
from hushdesk.guard.dialects.linux._words import address_set, network, port_range

CREATE: Final = re.compile(r"create\s+(\S+)\s+((?:hash|bitmap|list):\S+)(.*)")
ADD: Final = re.compile(r"add\s+(\S+)\s+(\S+)(.*)")
_DEPTH: Final = 8


@dataclass(slots=True)
class IpSet:
    """One set: of which fields its members are, and the members."""

    fields: tuple[str, ...]
    family: Family
    members: list[tuple[str, bool]] = field(default_factory=list)
    """As written, and whether it is an exception (``nomatch``)."""


def read(lines: list[tuple[int, str]], file: str, findings: list[Finding]) -> dict[str, IpSet]:
    """Read ``create`` and ``add`` lines."""
    found: dict[str, IpSet] = {}
    for number, text in lines:
        if made := CREATE.match(text):
            fields = tuple(made[2].partition(":")[2].split(","))
            found[made[1]] = IpSet(fields, 6 if "inet6" in made[3].split() else 4)
        elif (added := ADD.match(text)) and added[1] in found:
            found[added[1]].members.append((added[2], "nomatch" in added[3].split()))
        else:
            findings.append(
                Malformed(
                    Place(file, number),
                    "the line adds to no set that was created",
                    "give the output of ipset save",
                )
            )
    return found


def conditions(sets: dict[str, IpSet]) -> dict[str, Callable[[Sequence[str], Family], Condition]]:
    """Each set as something that rules can ask."""

    def asker(name: str) -> Callable[[Sequence[str], Family], Condition]:
        made: dict[tuple[tuple[str, ...], Family], Condition] = {}

        def ask(directions: Sequence[str], family: Family) -> Condition:
            key = (tuple(directions), family)
            if key not in made:
                made[key] = _members(sets, name, directions, family, _DEPTH)
            return made[key]

        return ask

    return {name: asker(name) for name in sets}


def _members(
    sets: dict[str, IpSet], name: str, directions: Sequence[str], family: Family, depth: int
) -> Condition:
    known = sets.get(name)
    if known is None or not depth:
        return on.doubtful(f"the set {name} is not in the input")
    if known.fields == ("set",):
        parts = [_members(sets, member, directions, family, depth - 1) for member, _ in known.members]
        return on.either(parts) if parts else on.negated(on.constant(EVERYTHING))
    if known.family != family and known.fields != ("port",):
        return on.negated(on.constant(EVERYTHING))
    if len(directions) < len(known.fields):
        return on.doubtful(f"the set {name} has more fields than the rule names")
    try:
        if len(known.fields) == 1 and known.fields[0] in {"ip", "net"}:
            return _of_addresses(known, directions[0], name)
        if any(excepted for _, excepted in known.members):
            return on.doubtful(f"exceptions in the set {name} are not modelled")
        parts = [_member(known, member, directions) for member, _ in known.members]
    except (ValueError, IndexError):
        return on.doubtful(f"a member of the set {name} cannot be read")
    return on.either(parts) if parts else on.negated(on.constant(EVERYTHING))


def _of_addresses(known: IpSet, direction: str, name: str) -> Condition:
    """Of nested networks the narrowest decides whether it is a member or an exception."""
    ranges = sorted(
        ((network(member), excepted) for member, excepted in known.members),
        key=lambda one: one[0][1] - one[0][2],
    )
    if not any(excepted for _, excepted in ranges):
        found = address_set(one for one, _ in ranges)
    else:
        found = AddressSet()
        for one, excepted in ranges:
            found = found - address_set([one]) if excepted else found | address_set([one])
    return on.sources(found, name) if direction == "src" else on.destinations(found, known.family, name)


def _member(known: IpSet, member: str, directions: Sequence[str]) -> Condition:
    parts = []
    # Of IPv6 addresses and of protocol:port both have colons, so fields are told by commas only.
    for kind, text, direction in zip(known.fields, member.split(","), directions, strict=False):
        if kind in {"ip", "net"}:
            found = address_set([network(text)])
            parts.append(
                on.sources(found, text) if direction == "src" else on.destinations(found, known.family, text)
            )
        elif kind == "port":
            name, colon, number = text.partition(":")
            known_protocol = protocol(name) if colon else None
            if colon and known_protocol is None:
                raise ValueError("not a protocol")
            of_protocol = (
                [known_protocol] if known_protocol else ["tcp", "udp"] if len(known.fields) == 1 else ["tcp"]
            )
            if known_protocol not in {"icmp", "icmpv6"}:
                numbers = ports(port_range(number if colon else text))
                parts += [
                    on.protocols(of_protocol),
                    on.source_ports(numbers) if direction == "src" else on.ports(numbers),
                ]
            else:
                parts.append(
                    on.every((on.protocols(of_protocol), on.doubtful("types of ICMP are not modelled")))
                )
        else:
            parts.append(on.doubtful(f"the field {kind} of sets is not modelled"))
    return on.every(parts)
