"""Rules in order, as every network language of ours is lowered to: stages of rules, gates of stages, paths of gates.

A packet's fate along a *path* is this. It meets the gates one after the other and must pass all of them. In a *gate* it meets
the stages in order; each stage is a list of which the first matching rule decides:

* ``DENY`` ends it: closed;
* ``NEXT`` sends it to the next stage of the gate, or, after the last, through the gate;
* ``ACCEPT`` sends it through the gate at once, past the remaining stages.

So two network security groups of Azure are two stages of one gate with ``NEXT`` for *allow*; an "always allow" of a security
admin rule before them is ``ACCEPT``; a host's firewall behind them is a gate of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from hushdesk.guard._addresses import EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._intervals import TOP_PORT, Intervals
from hushdesk.guard._services import ALL_SERVICES, Services


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the input."""

    file: str
    """As the user named it, or relative to the folder that the user named."""
    line: int = 0
    """From 1; 0 if it is not known."""
    pointer: str = ""
    """Path inside the document, such as ``resources[3].properties.securityRules[0]`` or a resource's address."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where} ({self.pointer})" if self.pointer else where


class Action(Enum):
    """What a matching rule does."""

    DENY = "deny"
    NEXT = "next"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class Sources:
    """The addresses that a rule matches, from below and from above.

    For what is known exactly both are the same. For an expression that nobody could resolve, ``lower`` is what it
    contains for certain (nothing) and ``upper`` what it may contain at most (everything).
    """

    upper: AddressSet
    lower: AddressSet
    words: str = ""
    """As written in the rule, for people."""
    why: str = ""
    """If the two differ: what could not be resolved, and what would resolve it."""

    @classmethod
    def exactly(cls, addresses: AddressSet, words: str = "") -> Sources:
        """Known addresses."""
        return cls(addresses, addresses, words)

    @classmethod
    def unknown(cls, words: str, why: str) -> Sources:
        """Anything from nothing to everything."""
        return cls(EVERYWHERE, EMPTY, words, why)

    def __or__(self, other: Sources) -> Sources:
        return Sources(
            self.upper | other.upper,
            self.lower | other.lower,
            ", ".join(filter(None, (self.words, other.words))),
            self.why or other.why,
        )

    def __and__(self, other: Sources) -> Sources:
        return Sources(
            self.upper & other.upper,
            self.lower & other.lower,
            self.words or other.words,
            self.why or other.why,
        )

    def __sub__(self, other: Sources) -> Sources:
        return Sources(self.upper - other.lower, self.lower - other.upper, self.words, self.why or other.why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. A dialect leaves out rules that cannot match the endpoint (other direction, other destination)."""

    name: str
    """As its owner knows it: ``AllowElastic (priority 100)``."""
    action: Action
    sources: Sources
    services: Services = ALL_SERVICES
    source_ports: Intervals | None = None
    """Only packets from these ports match; ``None`` is any port."""
    doubt: str = ""
    """Why the rule may match less than it says (an unresolved condition, a match that we do not model); empty if it
    matches exactly that. A rule in doubt is taken to match from above and not to match from below."""
    place: Place = field(default=Place(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """An ordered list of rules; the first that matches decides."""

    name: str
    """``subnet NSG web-nsg``, ``security groups sg-1, sg-2``, ``pg_hba.conf``."""
    rules: tuple[Rule, ...]
    default: Action = Action.DENY
    """What happens if no rule matches."""
    default_name: str = "no rule matches"
    frontend: bool = False
    """Sees the port of the frontend, not the one behind it."""
    place: Place = field(default=Place(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Stages in order, of which an ``ACCEPT`` skips the rest."""

    name: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class PortShift:
    """Frontend ports from ``low`` to ``high`` arrive at ports from ``to`` on."""

    low: int
    high: int
    to: int


SAME_PORTS = (PortShift(0, TOP_PORT, 0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One way in: a frontend with addresses, the ports it passes on, and the gates behind it."""

    name: str
    """``public address web-ip``, ``load balancer front``, ``node port``."""
    gates: tuple[Gate, ...]
    addresses: tuple[str, ...] = ()
    """Under which the frontend answers, if known."""
    shifts: tuple[PortShift, ...] = SAME_PORTS
    protocols: tuple[str, ...] = ()
    """Only these pass, if any is named."""
    reaching: Sources = field(default=Sources(EVERYWHERE, EVERYWHERE))
    """Sources that can get to the frontend at all: everything for a public address, the virtual network's for a private one."""
    doubt: str = ""
    """Why this way in may not exist; empty if it does."""
    place: Place = field(default=Place(""))

    def frontends(self, port: int) -> list[int]:
        """Which ports of the frontend lead to this port of the endpoint."""
        return [
            port - shift.to + shift.low
            for shift in self.shifts
            if shift.to <= port <= shift.to + shift.high - shift.low
        ]
