"""What an address to listen on means for the sources that can get there.

Whether ``0.0.0.0`` lets IPv6 in and ``::`` lets IPv4 in differs by server: those written in Go or Java open one socket for both
families for either, PostgreSQL, Redis and Memcached set ``IPV6_V6ONLY``, most others leave ``::`` open to both. Sources: the servers'
code (PostgreSQL ``StreamServerPort``, Redis ``anetV6Only``, Memcached ``server_socket``, Go ``net.favoriteAddrFamily``, OpenJDK
``NET_InetAddressToSockaddr``).
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import Enum
from typing import Final

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._policy import Sources

LOOPBACK_V4: Final = AddressSet.parse("127.0.0.0/8")
LOOPBACK_V6: Final = AddressSet.parse("::1/128")
LOOPBACK: Final = LOOPBACK_V4 | LOOPBACK_V6
LINK_LOCAL_V6: Final = AddressSet.parse("fe80::/10")

LOCAL_NAMES: Final = frozenset({
    "localhost", "localhost.localdomain", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback",
})  # fmt: skip


class Stack(Enum):
    """How a server treats the two unspecified addresses: ``(0.0.0.0, ::)``."""

    APART = (ALL_V4, ALL_V6)
    DUAL_V6 = (ALL_V4, EVERYWHERE)
    ONE_SOCKET = (EVERYWHERE, EVERYWHERE)


@dataclass(frozen=True, slots=True)
class Bound:
    """One address that a server listens on."""

    words: str
    """As written, or the default in words."""
    sources: Sources
    """Who can get to it, as far as the address decides."""
    addresses: tuple[str, ...] = ()
    """The address itself, if it is one that others can name."""


def bound(address: str, stack: Stack = Stack.DUAL_V6, words: str = "") -> Bound:
    """Reads an address, ``localhost``, or a name. ``*`` and other words of single servers are theirs to translate first."""
    text = address.strip().strip("[]").strip()
    words = words or address.strip()
    if text.lower() in LOCAL_NAMES:
        return Bound(words, Sources.exactly(LOOPBACK, words))
    try:
        known = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return unknown(
            words,
            "it is filled in when the server starts"
            if any(mark in text for mark in "${}<>%")
            else "which address the name stands for is not written here",
        )
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    v4, v6 = stack.value
    if known.is_unspecified:
        return Bound(words, Sources.exactly(v4 if known.version == 4 else v6, words))
    if known.is_loopback:
        return Bound(
            words, Sources.exactly(LOOPBACK_V4 if known.version == 4 else LOOPBACK_V6, words), (str(known),)
        )
    if known.version == 6 and known in ipaddress.IPv6Network("fe80::/10"):
        return Bound(words, Sources.exactly(LINK_LOCAL_V6, words), (str(known),))
    return Bound(words, Sources.exactly(ALL_V4 if known.version == 4 else ALL_V6, words), (str(known),))


def every_v4(words: str) -> Bound:
    """Every address, for IPv4 alone."""
    return Bound(words, Sources.exactly(ALL_V4, words))


def everywhere(words: str) -> Bound:
    """Every address of both families."""
    return Bound(words, Sources.exactly(EVERYWHERE, words))


def loopback(words: str) -> Bound:
    """The loopback addresses of both families."""
    return Bound(words, Sources.exactly(LOOPBACK, words))


def unknown(words: str, why: str, *, surely: AddressSet = EMPTY) -> Bound:
    """Anything from ``surely`` to everything."""
    return Bound(words, Sources(EVERYWHERE, surely, words, why))


def host_port(text: str, default_port: int | None = None) -> tuple[str, int | None]:
    """Splits ``host:port``, ``[v6]:port``, ``:port``, ``port``, ``host`` and a bare IPv6 address."""
    text = text.strip()
    if text.isdecimal():
        return "", port(text)
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, port(rest.lstrip(":")) if rest.startswith(":") else default_port
    if text.count(":") > 1:
        return text, default_port
    host, colon, number = text.partition(":")
    return host, port(number) if colon else default_port


def port(text: str, default: int | None = None) -> int | None:
    """A port's number, or the default if it is none."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 5 and int(text) <= 65535 else default
