"""What iptables and nftables have in common: tables of chains of steps, and the hooks where base chains sit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EVERYWHERE, AddressSet, Family
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.linux._region import NOWHERE, Region

RAW, MANGLE, DSTNAT, FILTER, SECURITY = -300, -150, -100, 0, 50
"""Priorities at a hook: the lower runs the earlier (netfilter_ipv4.h)."""
TRACKING: Final = -200
"""Chains of the prerouting hook before this priority see packets that are not tracked yet."""

HOOKS: Final = ("ingress", "prerouting", "input", "forward", "postrouting")
"""In the order in which a packet from outside meets them; it meets either ``input`` or ``forward``."""

FAMILY: Final[Mapping[Family, AddressSet]] = {4: ALL_V4, 6: ALL_V6}


class Kind(Enum):
    """What a step does to the packets that it matches."""

    ACCEPT = "accept"
    DROP = "drop"
    JUMP = "jump"
    GOTO = "goto"
    RETURN = "return"
    TRANSLATE = "translate"
    UNTRACK = "untrack"
    UNKNOWN = "unknown"
    """Something decides of which the rules do not say what."""
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Translation:
    """A new destination for a packet."""

    addresses: tuple[tuple[str, str], ...] = ()
    """Ranges of addresses, of which one is taken; none at all is the machine itself."""
    ports: tuple[int, int] | None = None
    """The new port, or a range of which one is taken; ``None`` leaves the port."""
    base: int | None = None
    """If given, the range of ports is shifted: this port goes to the first of the range."""
    why: str = ""
    """Why the new destination is not known, if it is not."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a step does, and with what."""

    kind: Kind
    chain: str = ""
    """Of a jump or goto."""
    translation: Translation | None = None
    why: str = ""
    """Of an unknown one."""


@dataclass(frozen=True, slots=True)
class Situation:
    """From where the steps of one chain look at a new connection from outside."""

    hook: str
    destination: AddressSet
    """Where the packet goes, as far as it is known; several addresses mean that it is one of them."""
    tracked: bool = True
    untracked: Region = NOWHERE
    """Packets that were taken out of connection tracking before."""
    translated: bool = False
    """Whether the destination was translated before."""
    shifted_ports: tuple[tuple[int, int, int], ...] = ()
    """Translated ports: from low to high of the frontend went to a port from here on."""
    outside: tuple[str, ...] = ()
    """Interfaces behind which the outside is; none if that was not told."""
    leaving: str | None = None
    """The interface by which a forwarded packet leaves, if it is known."""


Condition = Callable[[Situation], Region]
"""Which packets match, seen from there."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rule of a chain: all conditions hold, then the verdict."""

    name: str
    """As its owner reads it."""
    place: Place
    conditions: tuple[Condition, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Base:
    """A chain that a hook calls."""

    chain: str
    hook: str
    priority: int
    accepts: bool
    """The policy: what happens at the end of the chain."""
    translates: bool = False
    """Of type ``nat``: sees the first packet of a connection, until one translates it."""
    devices: tuple[str, ...] = ()
    """Of a chain at a device's ingress."""
    place: Place = field(default=Place(""))


@dataclass(frozen=True, slots=True)
class Table:
    """Chains that know each other."""

    name: str
    """As people call it: ``iptables filter``, ``inet firewalld``."""
    families: tuple[Family, ...]
    """Of which packets it sees."""
    chains: Mapping[str, Sequence[Step]]
    bases: Sequence[Base]
    networks: Sequence[tuple[AddressSet, str]] = ()
    """Networks of guests with their interface, as the rule that masquerades them tells."""

    @property
    def addresses(self) -> AddressSet:
        """From where the packets that it sees come."""
        return EVERYWHERE if len(self.families) == 2 else FAMILY[self.families[0]]
