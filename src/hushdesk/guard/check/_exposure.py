"""Reach against intent: who may get in beyond those who are approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from hushdesk.guard._addresses import PRIVATE, PUBLIC, AddressSet
from hushdesk.guard._engines import STORE_PORTS, engine_of, stores_on
from hushdesk.guard._findings import Authentication, Endpoint, Posture
from hushdesk.guard._intent import GuardedStore, Intent
from hushdesk.guard._services import ANY
from hushdesk.guard.check._estate import Estate
from hushdesk.guard.reach import Compiler, Part, ReachSet, reach
from hushdesk.guard.words import describe

WIDE_4: Final = 2**24
"""From so many public IPv4 addresses on (a /8), it is the internet and no list of partners."""
WIDE_6: Final = 2**112
"""The same for IPv6: a /16, a large region of one registry."""
_NO_INTENT: Final = AddressSet.parse(
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10",
)  # fmt: skip
"""Approved where no intent speaks: private and shared addresses."""
_PLATFORM: Final = AddressSet.parse("168.63.129.16/32")
"""Always approved: from it Azure itself serves names and probes health, inside every virtual network; nobody else can have it."""


class Level(Enum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Exposure:
    """Sources that may reach ports of an endpoint and are not approved."""

    endpoint: Endpoint
    store: GuardedStore | None
    services: tuple[tuple[str, int], ...]
    """Protocols and ports on which the sources are the same, by the same rules."""
    stores: tuple[str, ...]
    """Which stores listen there: said by the input, or by custom."""
    reach: AddressSet
    """All who may get in."""
    sources: AddressSet
    """Of these, who is not approved."""
    certain: AddressSet
    """Not approved, and gets in for certain."""
    parts: tuple[Part, ...]
    """By way in and rules."""
    level: Level

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports alone."""
        return tuple(dict.fromkeys(port for _, port in self.services))

    @property
    def protocol(self) -> str:
        """The protocols alone: ``tcp``, ``udp``, or both."""
        return ", ".join(dict.fromkeys(protocol for protocol, _ in self.services))

    @property
    def posture(self) -> Posture | None:
        """What is known of authentication behind it."""
        return self.endpoint.posture


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A store that the input shows and no intent covers: nobody decided who may reach it."""

    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found."""

    estate: Estate
    exposures: tuple[Exposure, ...]
    uncovered: tuple[Uncovered, ...]
    absent: tuple[str, ...]
    """Stores of the intent that no input shows: nothing was looked at for them."""
    checked: int
    """Endpoints looked at."""


def check(estate: Estate, intent: Intent) -> Report:
    """Compare every endpoint's reach sets with the intent.

    Args:
        estate: What the input shows.
        intent: Who may reach what; without stores only private addresses are approved.
    """
    compiler = Compiler()
    exposures: list[Exposure] = []
    uncovered = []
    seen: set[str] = set()
    for endpoint in estate.endpoints:
        store = intent.store_of(endpoint)
        if store:
            seen.add(store.name)
        elif intent.file and (endpoint.engine or endpoint.posture):
            uncovered.append(Uncovered(endpoint))
        exposures += _exposures(endpoint, store, compiler)
    order = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}
    exposures.sort(
        key=lambda one: (
            order[one.level],
            one.endpoint.place.file,
            one.endpoint.place.line,
            one.endpoint.name,
        )
    )
    absent = tuple(store.name for store in intent.stores if store.name not in seen)
    return Report(estate, tuple(exposures), tuple(uncovered), absent, len(estate.endpoints))


def _exposures(endpoint: Endpoint, store: GuardedStore | None, compiler: Compiler) -> Iterator[Exposure]:
    known: dict[object, tuple[ReachSet, tuple[Part, ...]]] = {}
    groups: dict[object, tuple[ReachSet, AddressSet, tuple[Part, ...], list[tuple[str, int]]]] = {}
    for protocol, port in services_of(endpoint, store):
        key = rules_key(endpoint, protocol, port, compiler)
        if key not in known:
            found = reach(endpoint, port, protocol, compiler=compiler)
            known[key] = (found, tuple(found.parts()))
        found, parts = known[key]
        approved = (store.approved(port) if store else _unasked(found)) | _PLATFORM
        if not found.upper <= approved:
            beyond = tuple(part for part in parts if not part.sources <= approved)
            # The same sources by the same rules are one finding, whatever the number of ports.
            same = (approved, found.lower, tuple(signature(part) for part in beyond))
            groups.setdefault(same, (found, approved, beyond, []))[3].append((protocol, port))
    for found, approved, parts, services in groups.values():
        certain = found.lower - approved
        engine = endpoint.engine or (store.engine if store else "")
        known_as = engine_of(engine)
        stores = (
            (known_as.title if known_as else engine,)
            if engine
            else tuple(
                dict.fromkeys(title for protocol, port in services for title in stores_on(protocol, port))
            )
        )
        yield Exposure(
            endpoint,
            store,
            tuple(services),
            stores,
            found.upper,
            found.upper - approved,
            certain,
            parts,
            _level(endpoint, store, certain),
        )


def _unasked(found: ReachSet) -> AddressSet:
    """What is approved where no intent speaks.

    Reserved addresses, which nobody has, would be noise wherever a set is only known to be *not the internet*; a rule that
    names such addresses (those of documentation, in an example) is meant, and is shown.
    """
    return _NO_INTENT | (PRIVATE - found.lower)


def signature(part: Part) -> object:
    """The same for parts that nobody could tell apart."""
    return (
        part.sources,
        part.path.name,
        part.certain,
        tuple((decider.stage.name, decider.name, decider.place) for decider in part.deciders),
    )


def rules_key(endpoint: Endpoint, protocol: str, port: int, compiler: Compiler) -> object:
    """The same for two ports exactly if the same rules of every stage speak of both."""
    found: list[object] = [protocol]
    for path in endpoint.paths:
        for front in path.frontends(port):
            found.append((path.name, front if any(s.frontend for g in path.gates for s in g.stages) else 0))
            for gate in path.gates:
                for stage in gate.stages:
                    at = front if stage.frontend else port
                    found.append(compiler(stage).matching(protocol, at, None).tobytes())
    return tuple(found)


def services_of(endpoint: Endpoint, store: GuardedStore | None = None) -> tuple[tuple[str, int], ...]:
    """The protocols and ports of an endpoint that lead to data.

    Where the input says on what it listens, or which store it is, or the intent does, just these; elsewhere every port of every
    store that is known.
    """
    if store and store.ports:
        return tuple(("tcp", port) for port in store.ports)
    if endpoint.listening is not None:
        found: list[tuple[str, int]] = []
        for protocol, numbers in endpoint.listening.entries:
            names = ("tcp", "udp") if protocol == ANY else (protocol,)
            for name in names:
                if numbers.size <= 64:
                    found += [(name, port) for low, high in numbers for port in range(low, high + 1)]
                else:
                    found += [
                        service for service in STORE_PORTS if service[0] == name and service[1] in numbers
                    ]
        if found or endpoint.listening.entries:
            return tuple(dict.fromkeys(found))
    engine = engine_of(endpoint.engine)
    if engine:
        return (*(("tcp", port) for port in engine.tcp), *(("udp", port) for port in engine.udp))
    return STORE_PORTS


def _level(endpoint: Endpoint, store: GuardedStore | None, certain: AddressSet) -> Level:
    if endpoint.posture and endpoint.posture.authentication is Authentication.NONE and certain & PUBLIC:
        return Level.ERROR
    if store:
        return Level.ERROR if certain else Level.WARNING
    if endpoint.posture and endpoint.posture.authentication is Authentication.REQUIRED:
        return Level.WARNING
    return Level.ERROR if wide(certain) else Level.WARNING


def wide(sources: AddressSet) -> bool:
    """Whether a set is a good part of the internet."""
    public = sources & PUBLIC
    return public.v4.size >= WIDE_4 or public.v6.size >= WIDE_6


def said(exposure: Exposure, tags: Mapping[str, AddressSet] | None = None) -> str:
    """Who gets in beyond the approved, in words: for a good part of the internet all who get in, which is shorter."""
    beyond = exposure.certain or exposure.sources
    if not wide(beyond):
        return describe(beyond, tags)
    # Approved private sources would only make holes in "everybody".
    return describe(beyond | (exposure.reach & (PRIVATE | _NO_INTENT | _PLATFORM)), tags)
