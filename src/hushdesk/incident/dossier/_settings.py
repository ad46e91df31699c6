"""What people have said of an incident: its scope, its moments, what they vouch for. Kept as one JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from hushdesk.guard import AddressSet
from hushdesk.incident._answer import Opening, Window
from hushdesk.incident._evidence import Coverage, Sees
from hushdesk.incident._scope import Scope
from hushdesk.incident._spans import EVER, Span, Spans
from hushdesk.incident.errors import IncidentError
from hushdesk.vault import write_private

FORMAT: Final = 1
FILE: Final = "incident.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a person vouches for, where no log says it itself."""

    what: str
    """``covered``: nothing is missing of this log then; ``listening``: the service listened then, and at no other time;
    ``open``: it stood open then."""
    start: int
    end: int
    by: str
    at: int
    """When it was said."""
    log: str = ""
    """For ``covered``: name of the parser."""
    of: str = ""
    """For ``covered``: what the log watches."""
    port: int = 0
    """For ``open``."""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One incident, without its evidence."""

    ident: str
    title: str
    opened_at: int
    opened_by: str
    aware_at: int
    """When somebody of us was reasonably certain: the clock of most duties."""
    moments: Mapping[str, int] = field(default_factory=dict)
    """Other events that start clocks: ``discovered``, ``classified``, ``assessed``, ``notified_persons``, …"""
    store: str = ""
    addresses: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    own: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    """Cloud accounts that are ours: what is shared with them is not exposed."""
    baseline: tuple[str, ...] = ()
    """Files and folders with the state of the rules before the first change."""
    lists: tuple[str, ...] = ()
    """Lists of address ranges by which visitors are classed."""
    query: str = ""
    """Which cases were in the store, in the query language; empty: all of the desk."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Circumstances that people state: ``integrity``, ``availability``, ``cause``, ``malicious``, ``vault_exposed``, ``encrypted``,
    ``volume``, ``nature``."""
    holds: str = "loaded"
    """``loaded``: the store held what had been loaded before the last window closed. ``all``: all that the desk holds now, since the
    store that stood open is another one with the same cases."""
    known_from: int | None = None
    """From when on the log of changes is complete."""
    statements: tuple[Statement, ...] = ()
    closed_at: int | None = None
    closed_by: str = ""
    closing: str = ""
    """Why it was closed."""

    def scope(self) -> Scope:
        """For parsers and joins."""
        return Scope(
            store=self.store,
            addresses=AddressSet.parse(*self.addresses),
            ports=frozenset(self.ports),
            own=AddressSet.parse(*self.own),
            resources=self.resources,
        )

    def coverage(self, able: Mapping[str, Sees]) -> tuple[Coverage, ...]:
        """What people vouch to be covered.

        Args:
            able: What each kind of log shows where it covers something, by the files that are there. Of another kind nobody knows
                more than that it shows connections.
        """
        return tuple(
            Coverage(
                log=one.log,
                of=one.of or "*",
                spans=Spans([Span(one.start, one.end)]),
                sees=able.get(one.log, Sees.CONNECTIONS | Sees.DENIALS),
                why=f"stated by {one.by}",
            )
            for one in self.statements
            if one.what == "covered"
        )

    def listening(self) -> Spans | None:
        """When the service listened; ``None`` if nobody said so: then it is taken to have listened always."""
        spans = [Span(one.start, one.end) for one in self.statements if one.what == "listening"]
        return Spans(spans) if spans else None

    def stated_windows(self) -> tuple[Window, ...]:
        """Openings that people vouch for, where no log of changes tells them."""
        from hushdesk.guard import EVERYWHERE

        sources = EVERYWHERE - AddressSet.parse(*self.own)
        return tuple(
            Window(
                resource=self.store,
                opening=Opening.NETWORK,
                span=Span(one.start, one.end),
                protocol="tcp",
                port=one.port,
                sources=sources,
                certain=sources,
                rule=f"stated by {one.by}",
            )
            for one in self.statements
            if one.what == "open"
        )

    def moment(self, event: str) -> int | None:
        """When an event was, by name."""
        return self.aware_at if event == "aware" else self.moments.get(event)


def write(folder: Path, settings: Settings) -> None:
    """Keep the settings: whole, or as they were."""
    write_private(folder / FILE, json.dumps({"format": FORMAT, **asdict(settings)}, indent=1).encode())


def read(folder: Path) -> Settings:
    """Read the settings of an incident.

    Raises:
        IncidentError: They cannot be read.
    """
    try:
        values: dict[str, Any] = json.loads((folder / FILE).read_text("utf-8"))
        if values.pop("format") != FORMAT:
            raise ValueError
        statements = tuple(Statement(**one) for one in values.pop("statements"))
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        return Settings(**plain, statements=statements)
    except (OSError, ValueError, KeyError, TypeError):
        raise IncidentError(f"{folder / FILE} cannot be read.", remedy="Restore it from a backup.") from None


def checked(settings: Settings) -> Settings:
    """Refuse what cannot be meant.

    Raises:
        IncidentError: With what is wrong and what to write instead.
    """
    for name in ("addresses", "own"):
        try:
            AddressSet.parse(*getattr(settings, name))
        except ValueError:
            raise IncidentError(
                f"{name} holds something that is no address.",
                remedy="Write addresses, networks or ranges first-last.",
            ) from None
    if any(not 0 < port < 1 << 16 for port in settings.ports):
        raise IncidentError("a port is no whole number from 1 to 65535.", remedy="Write --port 9200.")
    for one in settings.statements:
        if one.start >= one.end:
            raise IncidentError(
                "a span ends before it begins.", remedy="Write FROM/TO, the earlier time first."
            )
        if one.what == "open" and not one.port:
            raise IncidentError("an opening that is stated needs its port.", remedy="Add --port.")
    return settings


def stated(settings: Settings, statements: Sequence[Statement]) -> Settings:
    """With more statements."""
    return checked(replace(settings, statements=(*settings.statements, *statements)))


__all__ = ["EVER", "FILE", "Settings", "Statement", "checked", "read", "stated", "write"]
