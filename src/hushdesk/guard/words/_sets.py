"""Sets of addresses in words."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EVERYWHERE, PUBLIC, AddressSet

_FEW = 4
"""So many networks are written out."""


def count(number: int) -> str:
    """A count of addresses: exact up to 9,999, then with three digits."""
    if number < 10_000:
        return f"{number:,}"
    value = float(number)
    for unit in ("k", "M", "G", "T"):
        value /= 1000
        if value < 999.5:
            return f"{value:.3g} {unit}" if value >= 100 else f"{value:.1f} {unit}"
    return f"2^{number.bit_length() - 1}"


def describe(addresses: AddressSet, tags: Mapping[str, AddressSet] | None = None) -> str:
    """Say who is in a set.

    Args:
        addresses: Any set.
        tags: Named sets, such as service tags; the smallest that is exactly the set is named.
    """
    if not addresses:
        return "nobody"
    if addresses == EVERYWHERE:
        return "everybody (IPv4 and IPv6)"
    for name, named in (tags or {}).items():
        if named == addresses:
            return f"{name} ({_sizes(addresses)})"
    parts = []
    for family, everything in (("IPv4", ALL_V4), ("IPv6", ALL_V6)):
        mine = addresses & everything
        if mine:
            parts.append(_family(family, mine, everything))
    return "; ".join(parts)


_INTERNAL = AddressSet.parse("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
"""Private addresses that somebody may really have."""


def _family(family: str, mine: AddressSet, everything: AddressSet) -> str:
    if mine == everything:
        return f"everybody ({family})"
    public, internal = PUBLIC & everything, _INTERNAL & everything
    outside, inside = mine & public, mine & internal
    if not outside:
        # Only here do reserved addresses (loopback, documentation, multicast) matter: nobody else has any. Most of
        # them together mean "not the internet".
        reserved, rest = everything - public - internal, mine - inside
        if rest and (_size(rest) * 2 < _size(reserved) or not inside):
            return _networks(mine, family)
        if inside == internal:
            return f"every private {family} address"
        return f"{_networks(inside, family)}, all private"
    missing = public - outside
    if not missing:
        said = f"all of the public {family} internet"
    elif _size(missing) * 4 < _size(public):
        # Most of the internet: what it is not is shorter.
        said = f"all of the public {family} internet except {_networks(missing, family)}"
    else:
        said = _networks(outside, family)
    if inside == internal:
        return said + ", and every private address"
    if _size(outside) * 4 > _size(public) * 3:
        return said + (", and some private addresses" if inside else "")
    return said + (f", and {_networks(inside, family)} (private)" if inside else "")


def _size(addresses: AddressSet) -> int:
    return addresses.v4.size + addresses.v6.size


def _sizes(addresses: AddressSet) -> str:
    parts = [
        f"{count(size)} {family} addresses"
        for family, size in (("IPv4", addresses.v4.size), ("IPv6", addresses.v6.size))
        if size
    ]
    return ", ".join(parts)


def _networks(addresses: AddressSet, family: str) -> str:
    shown = list(islice(addresses.cidrs(), _FEW + 1))
    if len(shown) <= _FEW:
        return ", ".join(shown)
    number = sum(1 for _ in addresses.cidrs())
    plural = f"{number:,} {family} networks"
    return f"{plural} of {count(_size(addresses))} addresses ({', '.join(shown[:2])}, …)"
