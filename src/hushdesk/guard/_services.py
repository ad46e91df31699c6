"""Which protocols and ports a rule speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hushdesk.guard._intervals import ALL_PORTS, NO_PORTS, Intervals, ports

ANY: Final = "*"
"""Stands for every protocol."""


@dataclass(frozen=True, slots=True)
class Services:
    """A set of pairs of protocol and destination port."""

    entries: tuple[tuple[str, Intervals], ...]
    """Protocol in small letters (``tcp``, ``udp``, ``icmp``, ``sctp``, …, or ``*``) and its ports. A protocol without
    ports (``icmp``, ``esp``) comes with all of them."""

    @classmethod
    def of(cls, protocol: str, *wanted: int | tuple[int, int]) -> Services:
        """One protocol, with these ports or, if none is named, with all."""
        return cls(((protocol.lower(), ports(*wanted) if wanted else ALL_PORTS),))

    @classmethod
    def union(cls, parts: Iterable[Services]) -> Services:
        """Whatever one of the parts covers."""
        return cls(tuple(entry for part in parts for entry in part.entries))

    def ports(self, protocol: str) -> Intervals:
        """The ports covered for one protocol."""
        found = NO_PORTS
        for name, numbers in self.entries:
            if name in (ANY, protocol):
                found |= numbers
        return found

    def covers(self, protocol: str, port: int) -> bool:
        """Whether a packet of this protocol to this port is meant."""
        return any(name in (ANY, protocol) and port in numbers for name, numbers in self.entries)


ALL_SERVICES: Final = Services(((ANY, ALL_PORTS),))
NO_SERVICES: Final = Services(())
