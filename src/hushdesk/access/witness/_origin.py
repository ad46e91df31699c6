"""Where a request comes from: set once where it enters the house, read where something is written into the record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from hushdesk.access._actor import Actor


@dataclass(slots=True)
class Origin:
    """Of one request or command."""

    via: str = "unknown"
    """``page``, ``command-line``, ``socket``, or ``token:`` and its id."""
    address: str = ""
    """The network address that a request came from."""
    who: Actor | None = None
    """Who is asking, once that is known."""


origin: ContextVar[Origin | None] = ContextVar("origin", default=None)
"""Of what is being done now, if that is known. Whoever sets it makes a new one; whoever learns who is asking writes it into that."""


@contextmanager
def coming(who: Actor) -> Iterator[None]:
    """Say who asks for what is done within, and how they came: for commands."""
    held = origin.set(Origin(who.via, who=who))
    try:
        yield
    finally:
        origin.reset(held)
