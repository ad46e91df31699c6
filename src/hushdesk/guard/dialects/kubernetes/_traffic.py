"""Sets of connections: the three protocols that policies speak of, and their ports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hushdesk.guard._intervals import NO_PORTS, TOP_PORT, Intervals, ports

EVERY_PORT: Final = ports((1, TOP_PORT))
PROTOCOLS: Final = ("SCTP", "TCP", "UDP")


@dataclass(frozen=True, slots=True)
class Traffic:
    """Which connections: protocols with destination ports from 1 on."""

    sctp: Intervals = NO_PORTS
    tcp: Intervals = NO_PORTS
    udp: Intervals = NO_PORTS
    named: frozenset[tuple[str, str]] = frozenset()
    """Protocols with ports known only by name, since there is no pod to ask for its number."""

    @classmethod
    def of(cls, protocol: str, numbers: Intervals) -> Traffic:
        """One protocol, in capitals; every one if it is empty."""
        wanted = numbers & EVERY_PORT
        if not protocol:
            return cls(wanted, wanted, wanted)
        return cls(
            wanted if protocol == "SCTP" else NO_PORTS,
            wanted if protocol == "TCP" else NO_PORTS,
            wanted if protocol == "UDP" else NO_PORTS,
        )

    @property
    def everything(self) -> bool:
        """Whether no protocol and no port is left out."""
        return self.sctp == self.tcp == self.udp == EVERY_PORT

    def covers(self, protocol: str, port: int) -> bool:
        """Whether one connection is in it."""
        numbers: Intervals = getattr(self, protocol.lower())
        return port in numbers

    def __bool__(self) -> bool:
        return bool(self.sctp or self.tcp or self.udp or self.named)

    def __or__(self, other: Traffic) -> Traffic:
        if self is other or not other:
            return self
        return Traffic(
            self.sctp | other.sctp, self.tcp | other.tcp, self.udp | other.udp, self.named | other.named
        )

    def __and__(self, other: Traffic) -> Traffic:
        if self is other:
            return self
        return Traffic(
            self.sctp & other.sctp,
            self.tcp & other.tcp,
            self.udp & other.udp,
            frozenset(pair for pair in self.named | other.named if self._may(*pair) and other._may(*pair)),
        )

    def __sub__(self, other: Traffic) -> Traffic:
        if not other:
            return self
        return Traffic(
            self.sctp - other.sctp,
            self.tcp - other.tcp,
            self.udp - other.udp,
            frozenset(pair for pair in self.named if not other._may(*pair)),
        )

    def __le__(self, other: Traffic) -> bool:
        return not self - other

    def _may(self, protocol: str, name: str) -> bool:
        """Whether a port known by name belongs to it: it is named, or every port is in."""
        numbers: Intervals = getattr(self, protocol.lower())
        return (protocol, name) in self.named or numbers == EVERY_PORT

    def __str__(self) -> str:
        if not self:
            return "No Connections"
        if self.everything:
            return "All Connections"
        parts = []
        for protocol, numbers in zip(PROTOCOLS, (self.sctp, self.tcp, self.udp), strict=True):
            written = [str(low) if low == high else f"{low}-{high}" for low, high in numbers]
            written += sorted(name for of, name in self.named if of == protocol)
            if written:
                parts.append(f"{protocol} {','.join(written)}")
        return ",".join(parts)


NOTHING: Final = Traffic()
EVERYTHING: Final = Traffic(EVERY_PORT, EVERY_PORT, EVERY_PORT)
