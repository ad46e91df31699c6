"""What a dialect makes of its documents: endpoints with their ways in, and everything that it could not make out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from hushdesk.guard._policy import Path, Place, Sources
from hushdesk.guard._services import Services


class Authentication(Enum):
    """Whether somebody who connects must prove who they are."""

    REQUIRED = "required"
    NONE = "none"
    PARTLY = "partly"
    """For some users, databases or sources only; the rules of the path say for which."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posture:
    """What a store's own configuration says."""

    engine: str
    """``postgresql``, ``redis``, … as in :data:`hushdesk.guard.ENGINES`."""
    authentication: Authentication
    why: str
    """The setting, or its default, that decides."""
    encrypted: bool | None = None
    """Whether it insists on TLS; ``None`` is unknown."""
    without_password: Sources | None = None
    """Which of the sources that can connect get in without proving who they are, as some user, to some database;
    ``None`` if nobody looked."""
    place: Place = field(default=Place(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Something that may listen, with every way in that the input shows."""

    name: str
    """Its address in the input as its owner writes it: ``aws_instance.db``, ``vm-1/nic-1``, ``ns/deployment/db``."""
    dialect: str
    kind: str
    """What it is, in the platform's words: ``network interface``, ``security group``, ``RDS instance``."""
    place: Place
    paths: tuple[Path, ...] = ()
    """A source reaches it if one of these lets it through. None at all: nothing from outside."""
    listening: Services | None = None
    """On what it listens, if the input says; ``None``: unknown, so every port of every store is looked at."""
    engine: str = ""
    """Which store it is, if the input says."""
    attached: bool = True
    """False for a list of rules that the input attaches to nothing: then the paths say what it would let in."""
    posture: Posture | None = None
    aliases: tuple[str, ...] = ()
    """Other names for it: ids, addresses, host names."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """An expression that could not be resolved, so that something had to be taken as unknown."""

    place: Place
    expression: str
    why: str
    """What is missing, and what would resolve it."""


@dataclass(frozen=True, slots=True)
class NotLookedAt:
    """Something in the input that bears on reach and that this version does not understand."""

    place: Place
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """Input that is wrong in itself: cut off, of a wrong type, contradictory."""

    place: Place
    problem: str
    remedy: str


Finding = Endpoint | Unresolved | NotLookedAt | Malformed
