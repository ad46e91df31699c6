"""Reading values of which some are unknown and some are of a wrong type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hushdesk.guard._addresses import EMPTY, AddressSet
from hushdesk.guard._intervals import ALL_PORTS, TOP_PORT, Intervals, ports
from hushdesk.guard._policy import Sources
from hushdesk.guard._services import ALL_SERVICES, Services
from hushdesk.guard.dialects._resource import Unknown

MADE_LATER: Final = "AWS gives it only when it makes the resource"


class Made(str):
    """The id of a resource that a template makes: good for finding it, but its real text is not known before."""

    __slots__ = ()


def get(value: Any, *path: str) -> Any:
    """What lies under the keys; an unknown on the way is the answer, and so is ``None`` where nothing is."""
    for key in path:
        if isinstance(value, Unknown):
            return value
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def items(value: Any) -> list[Any]:
    """The items of a list. An unknown list is one unknown item; a single thing stands for a list of itself."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def text(value: Any) -> str | Unknown | None:
    """A text, also where YAML or a careless author has made a number of it."""
    if value is None or isinstance(value, str | Unknown):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return Unknown(_strange(value), "a text should stand here")


def truth(value: Any) -> bool | Unknown | None:
    """A truth value, also as a text."""
    if value is None or isinstance(value, bool | Unknown):
        return value
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    found = known.get(str(value).strip().lower())
    return Unknown(_strange(value), "true or false should stand here") if found is None else found


def number(value: Any) -> int | Unknown | None:
    """A whole number, also as a text."""
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(value, Made):
        return Unknown(value, MADE_LATER)
    try:
        return (
            int(value)
            if not isinstance(value, float) or value.is_integer()
            else Unknown("number", "not whole")
        )
    except (TypeError, ValueError, OverflowError):
        return Unknown(_strange(value), "a whole number should stand here")


def port_number(value: Any) -> int | Unknown | None:
    """A number that a port can have; any other is unknown."""
    port = number(value)
    if isinstance(port, int) and not 0 <= port <= TOP_PORT:
        return Unknown(str(port), "no port has this number")
    return port


def _strange(value: Any) -> str:
    """What stands in the place of something else, for people: a short text as it is, all else by its kind."""
    if isinstance(value, str):
        return repr(value) if len(value) <= 40 else "a text"
    return (
        "a list"
        if isinstance(value, list | tuple)
        else "a mapping"
        if isinstance(value, Mapping)
        else "a value"
    )


def words(value: Any) -> str:
    """Something for people to read."""
    return value.expression if isinstance(value, Unknown) else str(value)


def first_known(*values: Any) -> Any:
    """The first that is there."""
    return next((value for value in values if value is not None), None)


def cidr(value: Any) -> Sources | None:
    """The addresses of a network as written; ``None`` if it is no network."""
    if isinstance(value, Unknown):
        return Sources.unknown(value.expression, value.why)
    if isinstance(value, Made):
        return Sources.unknown(str(value), MADE_LATER)
    if not isinstance(value, str):
        return None
    try:
        return Sources.exactly(AddressSet.parse(value), value)
    except ValueError:
        return None


def doubted(sources: Sources, why: str) -> Sources:
    """The same addresses at most, but none for certain."""
    return Sources(sources.upper, EMPTY, sources.words, sources.why or why) if why else sources


PROTOCOLS: Final = {
    "1": "icmp", "2": "igmp", "4": "ipip", "6": "tcp", "17": "udp", "41": "ipv6", "47": "gre", "50": "esp", "51": "ah",
    "58": "icmpv6", "132": "sctp",
}  # fmt: skip
WITH_PORTS: Final = frozenset({"tcp", "udp"})


def protocol(value: Any) -> str | Unknown:
    """A protocol's name in small letters; ``*`` for all, which is also what a missing one means."""
    found = text(value)
    if isinstance(found, Unknown):
        return found
    name = (found or "-1").strip().lower()
    if name in {"-1", "all", "any", "*"}:
        return "*"
    return PROTOCOLS.get(name, name)


def services(
    name: str | Unknown, low: int | Unknown | None, high: int | Unknown | None
) -> tuple[Services, str, str]:
    """Protocol and ports; why that may be too much (a doubt); and what is wrong in itself.

    The fields for ports hold type and code for ICMP, and nothing that counts for other protocols than TCP and UDP.
    """
    if isinstance(name, Unknown):
        return ALL_SERVICES, f"the protocol {name.expression} is not known: {name.why}", ""
    if name not in WITH_PORTS:
        return (ALL_SERVICES if name == "*" else Services.of(name)), "", ""
    for port in (low, high):
        if isinstance(port, Unknown):
            return Services.of(name), f"the port {port.expression} is not known: {port.why}", ""
    if low is None and high is None:
        return Services.of(name), "", ""
    span, wrong = port_span(low, high)
    return Services(((name, span),)), wrong and f"{wrong}; AWS refuses it", wrong


def port_span(low: Any, high: Any) -> tuple[Intervals, str]:
    """Ports from two numbers, and what is wrong with them."""
    low, high = first_known(low, high), first_known(high, low)
    if low == -1 or high == -1:
        return ALL_PORTS, ""
    if low < 0 or high > 65535 or low > 65535:
        return ALL_PORTS, "a port lies outside 0 to 65535"
    if low > high:
        return ports((high, low)), "the first port is higher than the last"
    return ports((low, high)), ""
