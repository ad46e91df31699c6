"""One resource of a cloud, wherever it was read: a live answer, a template, a plan.

Templates and plans are brought into the shape of the platform's own API first; the lowering to rules and paths is written
once for each cloud, over these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hushdesk.guard._policy import Place


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands in a resource's properties where an expression could not be resolved."""

    expression: str
    why: str
    """What is missing, and what would resolve it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource in the shape of its platform's API, with :class:`Unknown` where something is not known."""

    type: str
    """``Microsoft.Network/networkSecurityGroups``, ``AWS::EC2::SecurityGroup``, ``compute.firewalls``."""
    id: str
    """By which other resources refer to it."""
    name: str
    """As its owner writes it, in the language it was read from."""
    properties: Mapping[str, Any]
    place: Place
    doubt: str = ""
    """Why it may not exist (an unresolved condition); empty if it does."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Finer places, by path inside the properties, where the reader knows them."""
