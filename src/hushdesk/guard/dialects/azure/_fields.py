"""Fields of a rule: protocols, ports, and the words of an address field."""

from __future__ import annotations

from hushdesk.guard._intervals import ALL_PORTS, NO_PORTS, TOP_PORT, Intervals, ports
from hushdesk.guard._services import ANY, Services
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure._index import Node
from hushdesk.guard.dialects.azure._shape import View, number
from hushdesk.guard.dialects.azure._state import State

EVERYONE = {"*", "any"}
KNOWN = {"tcp", "udp", "icmp", "icmpv6", "esp", "ah"}
NUMBERED = {"1": "icmp", "6": "tcp", "17": "udp", "50": "esp", "51": "ah", "58": "icmpv6"}


def odd_field(view: View, name: str, item: Node, state: State) -> str:
    """Reports a field that is neither known nor right, and says why the rule is in doubt."""
    value = view.get(name)
    if isinstance(value, Unknown):
        state.unresolved(item.place, value.expression, value.why)
        return f"its {name} is not resolved"
    state.malformed(
        item.place,
        f"rule {item.name} has no valid {name}",
        f"Give the rule a valid {name}; until then it may match or not.",
    )
    return f"its {name} is not valid"


def words_of(value: object) -> list[object]:
    """A field may hold several prefixes in one text, as the portal accepts them."""
    if isinstance(value, str) and "," in value:
        return [part.strip() for part in value.split(",") if part.strip()]
    return [value]


def services_of(view: View, item: Node, state: State, *, lenient: bool = False) -> tuple[Services, str]:
    """Protocols and ports of a rule, and why they may be fewer. If ``lenient``, no ports named means all."""
    value = view.text("protocol")
    doubt = ""
    protocol = ANY
    if isinstance(value, str):
        protocol = NUMBERED.get(value, value.lower())
        protocol = ANY if protocol in EVERYONE else protocol
        if protocol != ANY and protocol not in KNOWN and not protocol.isdigit():
            doubt, protocol = odd_field(view, "protocol", item, state), ANY
    else:
        doubt = odd_field(view, "protocol", item, state)
    if protocol in {"icmp", "icmpv6", "esp", "ah"}:
        return Services(((protocol, ALL_PORTS),)), doubt
    numbers, odd = ports_of(view, "destination", item, state, lenient=lenient)
    return Services(((protocol, numbers),)), doubt or odd


def ports_of(
    view: View, side: str, item: Node, state: State, *, lenient: bool = False
) -> tuple[Intervals, str]:
    """Ports of one side, and why they may be fewer."""
    found: list[tuple[int, int]] = []
    named = False
    doubt = ""
    for value in view.many(f"{side}PortRange", f"{side}PortRanges"):
        for word in words_of(str(value) if isinstance(value, int) else value):
            named = True
            if isinstance(word, Unknown):
                state.unresolved(item.place, word.expression, word.why)
                return ALL_PORTS, f"its {side} ports are not resolved"
            pair = port_range(word)
            if pair is None:
                state.malformed(
                    item.place,
                    f"rule {item.name} has a {side} port range that is none",
                    "Write a port, a range like 80-90, or *.",
                )
                doubt = f"its {side} ports are not valid"
                pair = (0, TOP_PORT)
            found.append(pair)
    if not named and (side == "source" or lenient):
        return ALL_PORTS, ""
    if not named:
        state.malformed(
            item.place,
            f"rule {item.name} names no ports",
            "Name the destination ports; until then the rule may match any.",
        )
        return ALL_PORTS, "it names no ports"
    return (ports(*found) if found else NO_PORTS), doubt


def port_range(word: object) -> tuple[int, int] | None:
    """``80``, ``80-90`` or ``*``."""
    text = str(word).strip() if isinstance(word, str | int) and not isinstance(word, bool) else ""
    if text.lower() in EVERYONE:
        return 0, TOP_PORT
    first, dash, last = text.partition("-")
    low = number(first)
    high = number(last) if dash else low
    return (low, high) if low is not None and high is not None and low <= high <= TOP_PORT else None
