"""Sets of IPv4 and IPv6 addresses. The two families stay apart: ``::ffff:0:0/96`` is no IPv4."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from hushdesk.guard._intervals import Intervals

Family = Literal[4, 6]

TOP: Final[dict[Family, int]] = {4: 2**32 - 1, 6: 2**128 - 1}


class AddressSet:
    """An immutable set of addresses of both families."""

    __slots__ = ("v4", "v6")

    v4: Intervals
    v6: Intervals

    def __init__(self, v4: Iterable[tuple[int, int]] = (), v6: Iterable[tuple[int, int]] = ()) -> None:
        self.v4 = v4 if isinstance(v4, Intervals) else Intervals(v4, TOP[4])
        self.v6 = v6 if isinstance(v6, Intervals) else Intervals(v6, TOP[6])

    @classmethod
    def parse(cls, *texts: str) -> AddressSet:
        """The union of addresses, networks (host bits are ignored) and ranges ``first-last``.

        Raises:
            ValueError: A text is none of these. The message does not repeat it.
        """
        found: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
        for text in texts:
            version, low, high = _range(text.strip())
            found[version].append((low, high))
        return cls(found[4], found[6])

    def of(self, family: Family) -> Intervals:
        """The addresses of one family, as numbers."""
        return self.v4 if family == 4 else self.v6

    def cidrs(self) -> Iterator[str]:
        """The fewest networks that make up the set, IPv4 first."""
        for low, high in self.v4:
            yield from map(
                str,
                ipaddress.summarize_address_range(ipaddress.IPv4Address(low), ipaddress.IPv4Address(high)),
            )
        for low, high in self.v6:
            yield from map(
                str,
                ipaddress.summarize_address_range(ipaddress.IPv6Address(low), ipaddress.IPv6Address(high)),
            )

    def __bool__(self) -> bool:
        return bool(self.v4) or bool(self.v6)

    def __contains__(self, address: str | ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        known = ipaddress.ip_address(address) if isinstance(address, str) else address
        return int(known) in (self.v4 if known.version == 4 else self.v6)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AddressSet) and self.v4 == other.v4 and self.v6 == other.v6

    def __hash__(self) -> int:
        return hash((self.v4, self.v6))

    def __or__(self, other: AddressSet) -> AddressSet:
        return AddressSet(self.v4 | other.v4, self.v6 | other.v6)

    def __and__(self, other: AddressSet) -> AddressSet:
        return AddressSet(self.v4 & other.v4, self.v6 & other.v6)

    def __sub__(self, other: AddressSet) -> AddressSet:
        return AddressSet(self.v4 - other.v4, self.v6 - other.v6)

    def __invert__(self) -> AddressSet:
        return AddressSet(~self.v4, ~self.v6)

    def __le__(self, other: AddressSet) -> bool:
        return self.v4 <= other.v4 and self.v6 <= other.v6

    def __repr__(self) -> str:
        return f"AddressSet.parse({', '.join(repr(cidr) for cidr in self.cidrs())})"


def _range(text: str) -> tuple[int, int, int]:
    try:
        first, dash, last = text.partition("-")
        if dash:
            low, high = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
            if low.version != high.version or int(low) > int(high):
                raise ValueError
            return low.version, int(low), int(high)
        network = ipaddress.ip_network(text, strict=False)
        return network.version, int(network.network_address), int(network.broadcast_address)
    except ValueError:
        raise ValueError("neither an address, nor a network, nor a range of addresses") from None


EMPTY: Final = AddressSet()
ALL_V4: Final = AddressSet.parse("0.0.0.0/0")
ALL_V6: Final = AddressSet.parse("::/0")
EVERYWHERE: Final = ALL_V4 | ALL_V6
PRIVATE: Final = AddressSet.parse(
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "0.0.0.0/8",
    "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    "::/127", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "fc00::/7", "fe80::/10", "ff00::/8",
)  # fmt: skip
"""What no packet from the public internet carries as its source (IANA special-purpose registries, RFC 6890)."""
PUBLIC: Final = EVERYWHERE - PRIVATE
