"""What an incident is about: the store, who watches it, and who we are."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass

from hushdesk.guard import EMPTY, AddressSet
from hushdesk.incident._evidence import Coverage, Wanted

MOST_ADDRESSES = 1024
"""Up to so many addresses of a store are asked for one by one whether a log covers them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The store of an incident."""

    store: str = ""
    """Its name, for people."""
    addresses: AddressSet = EMPTY
    """Under which it is reached or under which logs know it; empty: any."""
    ports: frozenset[int] = frozenset()
    own: AddressSet = EMPTY
    """Addresses that belong to us, whatever the rules say."""
    resources: tuple[str, ...] = ()
    """Patterns (``*``, ``?``) of the names under which rules and logs know the store and what watches it: security group,
    network interface, NSG, server, database."""

    def wanted(self) -> Wanted:
        """What parsers are asked for."""
        return Wanted(inside=self.addresses, ports=self.ports, own=self.own)

    def named(self, name: str) -> bool:
        """Whether a name, or its last part, is one of the resources."""
        last = name.rstrip("/").rsplit("/", 1)[-1]
        names = {name.casefold(), last.casefold()}
        return any(
            fnmatch.fnmatchcase(each, pattern.casefold()) for pattern in self.resources for each in names
        )

    def single_addresses(self) -> list[AddressSet]:
        """The store's addresses one by one, or all as one if they are too many."""
        if self.addresses.v4.size + self.addresses.v6.size > MOST_ADDRESSES:
            return [self.addresses]
        singles = [
            AddressSet([(number, number)])
            for low, high in self.addresses.v4
            for number in range(low, high + 1)
        ]
        singles += [
            AddressSet((), [(number, number)])
            for low, high in self.addresses.v6
            for number in range(low, high + 1)
        ]
        return singles

    def watched_whole(self, coverage: Coverage) -> bool:
        """Whether a log sees everything that the store does."""
        return coverage.of == "*" or self.named(coverage.of)
