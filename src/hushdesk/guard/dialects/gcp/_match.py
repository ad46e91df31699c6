"""What rules of both kinds, VPC rules and those of policies, match on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from hushdesk.guard._addresses import ALL_V4, EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._intervals import TOP_PORT
from hushdesk.guard._policy import Place, Sources
from hushdesk.guard._services import Services
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.gcp._estate import Estate, Network
from hushdesk.guard.dialects.gcp._values import at, members, structures, whole

_NUMBERED: Final = {1: "icmp", 6: "tcp", 17: "udp", 50: "esp", 51: "ah", 58: "icmpv6", 132: "sctp", 4: "ipip"}
_WITH_PORTS: Final = {"tcp", "udp", "sctp"}
LAST: Final = 2**31
"""Comes after every priority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the rules are asked about: a network interface, real or supposed."""

    network: Network | Unknown
    tags: tuple[Any, ...] = ()
    accounts: tuple[Any, ...] = ()
    addresses: tuple[str, ...] | None = None
    """As destinations of packets; ``None`` if they are not known."""
    region: str = ""
    supposed: bool = False
    """Stands for whatever carries the tags, to show what a list of rules that is attached to nothing would let in."""


def carries(
    estate: Estate, place: Place, wanted: list[Any], carried: tuple[Any, ...], what: str
) -> str | None:
    """Why something wanted of an instance may not be carried by it; empty if it is, ``None`` if it is not."""
    if any(one in carried for one in wanted):
        return ""
    for one in wanted:
        if isinstance(one, Unknown):
            estate.notes.unresolved(place, one)
            return f"its target {what} is not known ({one.expression})"
    if unknown := next((one for one in carried if isinstance(one, Unknown)), None):
        return f"which {what} the instance has is not known ({unknown.expression})"
    return None


def destined(estate: Estate, place: Place, ranges: list[Any], subject: Subject) -> str | None:
    """Why packets to the subject may not lie in some destinations; empty if they do, ``None`` if they do not."""
    if not ranges:
        return ""
    meant = parsed(estate, place, ranges)
    if meant.lower == EVERYWHERE or (subject.addresses is None and meant.lower >= ALL_V4):
        return ""
    if subject.addresses is None:
        return f"whether the destination lies in {meant.words} is not known"
    if any(address in meant.lower for address in subject.addresses):
        return ""
    if any(address in meant.upper for address in subject.addresses):
        return f"its destinations are not known ({meant.words})"
    return None


def parsed(estate: Estate, place: Place, texts: list[Any]) -> Sources:
    """A list of networks."""
    found = Sources.exactly(EMPTY)
    for text in texts:
        if isinstance(text, Unknown):
            estate.notes.unresolved(place, text)
            found |= Sources.unknown(text.expression, text.why)
            continue
        try:
            found |= Sources.exactly(AddressSet.parse(str(text)), str(text))
        except ValueError as error:
            estate.notes.malformed(place, f"{text!r} is {error}", "write a network such as 203.0.113.0/24")
            found |= Sources.unknown(str(text), str(error))
    return found


def layer4(estate: Estate, resource: Resource, entries: Any, path: str, key: str) -> Services | Unknown:
    """Protocols and ports. Unknown as soon as one entry is: the caller decides what that means."""
    parts = []
    for number, entry in structures(entries, at(resource, path), estate.notes):
        if isinstance(entry, Unknown):
            return entry
        protocol = entry.get(key)
        if isinstance(protocol, Unknown):
            return protocol
        name = protocol_name(protocol)
        wanted = members(entry.get("ports"), at(resource, f"{path}[{number}]"), estate.notes)
        if not wanted or name not in _WITH_PORTS:
            parts.append(Services.of("*" if name == "all" else name))
            continue
        for text in wanted:
            if isinstance(text, Unknown):
                return text
            numbers = port_range(text)
            if numbers is None:
                problem = f"{text!r} is no port and no range of ports"
                estate.notes.malformed(at(resource, f"{path}[{number}]"), problem, "write 5432 or 9200-9300")
                return Unknown(str(text), "it is no port and no range of ports")
            parts.append(Services.of(name, numbers))
    return Services.union(parts)


def protocol_name(value: Any) -> str:
    """A protocol by its name in small letters, whether it was given by name or by number."""
    number = whole(value)
    if number is not None:
        return _NUMBERED.get(number, str(number))
    name = str(value or "all").lower()
    return "icmpv6" if name == "ipv6-icmp" else name


def port_range(text: Any) -> tuple[int, int] | None:
    """``80`` or ``80-90``; ``None`` if it is neither."""
    low, dash, high = str(text).partition("-")
    first, last = whole(low.strip()), whole(high.strip() if dash else low.strip())
    return None if first is None or last is None or not 0 <= first <= last <= TOP_PORT else (first, last)
