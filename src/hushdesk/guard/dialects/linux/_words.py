"""Small readers of what both languages write: networks, ports, destinations."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final

from hushdesk.guard._addresses import AddressSet, Family
from hushdesk.guard._intervals import Intervals, ports
from hushdesk.guard.dialects.linux._model import Translation
from hushdesk.guard.dialects.linux._names import port

GOES_ON: Final = frozenset(
    {
        "LOG",
        "NFLOG",
        "ULOG",
        "AUDIT",
        "MARK",
        "CONNMARK",
        "TCPMSS",
        "TOS",
        "DSCP",
        "CLASSIFY",
        "TRACE",
        "TTL",
        "HL",
        "SET",
        "CHECKSUM",
        "SECMARK",
        "CONNSECMARK",
        "SNAT",
        "MASQUERADE",
    }
)
"""Targets after which the next rule is looked at, and translations of the source, which no packet from outside meets on its way in."""

AddressRange = tuple[Family, int, int]


def address(text: str) -> tuple[Family, int]:
    """One address as family and number.

    Raises:
        ValueError: It is none. The message does not repeat it.
    """
    try:
        known = ipaddress.ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        raise ValueError("not an address") from None
    return (4 if known.version == 4 else 6), int(known)


def network(text: str) -> AddressRange:
    """An address, a network, a range ``first-last``, or a network with a mask in dots, as first and last number.

    Unlike :mod:`ipaddress`, a mask in dots is always one of the kernel's, never its opposite: ``0.0.0.255`` is refused.

    Raises:
        ValueError: It is none of these, or its mask has gaps.
    """
    text = text.strip()
    first, dash, last = text.partition("-")
    if dash:
        (family, low), (other, high) = address(first), address(last)
        if family != other or low > high:
            raise ValueError("not a range of addresses")
        return family, low, high
    base, slash, mask = text.partition("/")
    family, number = address(base)
    width = 32 if family == 4 else 128
    if not slash:
        return family, number, number
    length = int(mask) if mask.isdecimal() and len(mask) < 4 else prefix_length(mask, width)
    if length > width:
        raise ValueError("the mask is longer than the address")
    host = (1 << (width - length)) - 1
    return family, number & ~host, number | host


def prefix_length(mask: str, width: int) -> int:
    """How many bits a mask in dots or colons has.

    Raises:
        ValueError: It has gaps, or is no mask.
    """
    _, bits = address(mask)
    inverse = bits ^ ((1 << width) - 1)
    if inverse & (inverse + 1):
        raise ValueError("the mask has gaps")
    return width - inverse.bit_length()


def address_set(ranges: Iterable[AddressRange]) -> AddressSet:
    """The union of ranges."""
    many = list(ranges)
    return AddressSet(
        [(low, high) for family, low, high in many if family == 4],
        [(low, high) for family, low, high in many if family == 6],
    )


def port_range(text: str, between: str = ":-") -> tuple[int, int]:
    """A port or a range of ports; an open end goes to the first or last port.

    Raises:
        ValueError: It is neither.
    """
    for mark in between:
        if mark in text.strip("-") or (mark == ":" and mark in text):
            low, _, high = text.partition(mark)
            first, last = port(low) if low.strip() else 0, port(high) if high.strip() else 65535
            break
    else:
        first = last = port(text)
    if first is None or last is None:
        raise ValueError("not a port")
    return first, last


def port_set(text: str) -> Intervals:
    """A list of ports and ranges with commas between.

    Raises:
        ValueError: One of them is neither.
    """
    return ports(*(port_range(part) for part in text.split(",")))


def translation(text: str) -> Translation:
    """What iptables writes behind ``--to-destination`` and ``--to-ports``: ``[address[-address]][:port[-port[/base]]]``.

    Raises:
        ValueError: It is not that.
    """
    text = text.strip()
    if text.startswith("["):
        hosts, _, rest = text[1:].partition("]")
        numbers = rest.removeprefix(":")
    elif text.count(":") > 1:
        hosts, numbers = text, ""
    else:
        hosts, _, numbers = text.partition(":")
    addresses: tuple[tuple[str, str], ...] = ()
    if hosts:
        family, low, high = network(hosts)
        make = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address
        addresses = ((str(make(low)), str(make(high))),)
    if not numbers:
        return Translation(addresses)
    wanted, slash, base = numbers.partition("/")
    shown = port_range(wanted, "-:")
    start = port(base) if slash else None
    if slash and start is None:
        raise ValueError("not a port")
    return Translation(addresses, shown, start)
