"""What one run of the lowering carries with it: the world, the members of groups, and the findings."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from hushdesk.guard._dialect import World
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place, Sources, Stage
from hushdesk.guard.dialects.azure._index import Index
from hushdesk.guard.dialects.azure._network import Networks


@dataclass(slots=True)
class State:
    """One run. Each finding is kept once, however many targets meet it."""

    world: World
    index: Index
    networks: Networks
    members: dict[str, list[Sources]] = field(default_factory=dict)
    """Private addresses of the members of each application security group, by its id."""
    findings: dict[Finding, None] = field(default_factory=dict)
    stages: dict[Hashable, Stage] = field(default_factory=dict)
    """Security groups already lowered, by group and target."""
    used: set[str] = field(default_factory=set)
    """Ids of the security groups that some endpoint's paths go through."""

    def unresolved(self, place: Place, expression: str, why: str) -> None:
        """Notes an expression that is taken as unknown."""
        self.findings[Unresolved(place, expression, why)] = None

    def malformed(self, place: Place, problem: str, remedy: str) -> None:
        """Notes input that is wrong."""
        self.findings[Malformed(place, problem, remedy)] = None

    def skipped(self, place: Place, what: str, why: str) -> None:
        """Notes what is not modelled."""
        self.findings[NotLookedAt(place, what, why)] = None
