"""Reach beyond the intent, by the guard: documents of a state in, excess by endpoint, protocol and port out."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from hushdesk.guard import (
    STORE_PORTS,
    Action,
    AddressSet,
    Dialect,
    Endpoint,
    Estate,
    Intent,
    Intervals,
    Malformed,
    NotLookedAt,
    Path,
    PortShift,
    Services,
    Unresolved,
    World,
    check,
    installed,
    ports,
)
from hushdesk.guard.check import Coverage
from hushdesk.guard.reach import Part
from hushdesk.incident.window._estate import Area

NO_PORTS: Final = ports()
FEW: Final = 64
"""A rule for so many ports, at most, speaks of each of them; one for more is looked at on the ports of stores alone."""
UNSURE: Final = "the state does not show it for certain"
_KEPT: Final = 1 << 16
_PORTS: Final = frozenset(STORE_PORTS)
_SAME: Final = (PortShift(0, 65535, 0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """Who gets in to one port beyond the intent."""

    resource: str
    sources: AddressSet
    certain: AddressSet
    rule: str
    doubt: str
    store: str = ""
    names: tuple[str, ...] = ()
    attached: bool = True
    ports: tuple[int, int] | None = None
    """What the rules open around the port."""


Found = dict[tuple[str, str, int], Excess]
"""By resource, protocol and port."""


class Judge:
    """One platform's dialect with the intent. The same documents are judged once."""

    def __init__(self, dialect: str, intent: Intent, world: World) -> None:
        self._dialect: Dialect = next(each for each in installed().dialects if each.name == dialect)
        self._intent = intent
        self._world = world
        self._known: OrderedDict[str, tuple[dict[str, Found], tuple[str, ...]]] = OrderedDict()

    def judge(self, area: Area) -> tuple[dict[str, Found], tuple[str, ...]]:
        """Excess by owner, every owner of the area included; and what could not be made out, in words."""
        if not area.pieces:
            return self._cached(area)
        found: dict[str, Found] = {owner: {} for owner in area.owners.values()}
        words: dict[str, None] = {}
        for piece in area.pieces:
            answer, said = self._cached(Area(piece, area.owners))
            words.update(dict.fromkeys(said))
            for owner, held in answer.items():
                for key, excess in held.items():
                    _put(found[owner], key, excess)
        return found, tuple(words)

    def _cached(self, area: Area) -> tuple[dict[str, Found], tuple[str, ...]]:
        mark = repr([(each.file, each.content) for each in area.documents]) + repr(
            (sorted(area.owners), area.rest)
        )
        if mark in self._known:
            self._known.move_to_end(mark)
            return self._known[mark]
        answer = self._judged(area)
        self._known[mark] = answer
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return answer

    def _judged(self, area: Area) -> tuple[dict[str, Found], tuple[str, ...]]:
        found: dict[str, Found] = {owner: {} for owner in area.owners.values()}
        if area.rest:
            found[area.rest] = {}
        mine, words = [], []
        stand_for: dict[int, dict[tuple[str, int], list[int]]] = {}
        for finding in self._dialect.read(area.documents, self._world) if area.documents else ():
            match finding:
                case Endpoint():
                    owner = area.owners.get(finding.place.file, area.rest)
                    if owner:
                        alike = self._intent.store_of(finding) is None
                        endpoint, ports_of = _looked_at(finding, alike=alike)
                        mine.append((owner, endpoint))
                        stand_for[id(endpoint)] = ports_of
                case Unresolved(_, expression, why):
                    words.append(f"{expression}: {why}")
                case NotLookedAt(_, what, why):
                    words.append(f"{what}: {why}")
                case Malformed(_, problem, _):
                    words.append(problem)
        owners = {id(endpoint): owner for owner, endpoint in mine if endpoint.paths}
        estate = Estate(tuple(endpoint for _, endpoint in mine if endpoint.paths), (), (), Coverage(0, 0))
        for exposure in check(estate, self._intent).exposures:
            endpoint = exposure.endpoint
            resource = _named(endpoint)
            rules = dict.fromkeys(
                decider.rule.name
                for part in exposure.parts
                for decider in part.deciders
                if decider.rule is not None and decider.rule.action is not Action.DENY
            )
            doubts = dict.fromkeys(doubt for part in exposure.parts for doubt in part.doubts)
            excess = Excess(
                resource=resource,
                sources=exposure.sources,
                certain=exposure.certain,
                rule="; ".join(rules),
                doubt="" if exposure.certain else "; ".join(doubts) or UNSURE,
                store=exposure.store.name if exposure.store else "",
                names=_names(endpoint),
                attached=endpoint.attached,
            )
            for service in exposure.services:
                around = _range(exposure.parts, *service)
                told = replace(excess, ports=around)
                for port in stand_for[id(endpoint)].get(service, service[1:]):
                    _put(found[owners[id(endpoint)]], (resource, service[0], port), told)
        return found, tuple(dict.fromkeys(words))


def _put(found: Found, key: tuple[str, str, int], excess: Excess) -> None:
    known = found.get(key)
    if known is None:
        found[key] = excess
        return
    # Two endpoints under one name (interfaces of a machine), or two rules: whoever gets in to one of them gets in.
    found[key] = replace(
        known,
        sources=known.sources | excess.sources,
        certain=known.certain | excess.certain,
        rule="; ".join(dict.fromkeys(filter(None, (known.rule, excess.rule)))),
        doubt="" if known.certain or excess.certain else known.doubt or excess.doubt,
        names=tuple(dict.fromkeys((*known.names, *excess.names))),
        ports=_wider(known.ports, excess.ports),
    )


def _range(parts: tuple[Part, ...], protocol: str, port: int) -> tuple[int, int]:
    """The widest range of ports around one that a deciding rule lets through."""
    low = high = port
    for part in parts:
        for decider in part.deciders:
            if decider.rule is None or decider.rule.action is Action.DENY:
                continue
            for first, last in decider.rule.services.ports(protocol):
                if first <= port <= last:
                    low, high = min(low, first), max(high, last)
    return low, high


def _named(endpoint: Endpoint) -> str:
    """The resource as the platform knows it: for Azure its id, since names repeat in every resource group."""
    if endpoint.dialect == "azure":
        return next(
            (each for each in endpoint.aliases if each.lower().startswith("/subscriptions/")), endpoint.name
        )
    return endpoint.name


def _names(endpoint: Endpoint) -> tuple[str, ...]:
    addresses = (address for path in endpoint.paths for address in path.addresses)
    return tuple(dict.fromkeys((endpoint.name, *endpoint.aliases, *addresses)))


def _looked_at(endpoint: Endpoint, *, alike: bool) -> tuple[Endpoint, dict[tuple[str, int], list[int]]]:
    """With the ports that are looked at: those of stores and those that rules name, if some rule may open them.

    Args:
        endpoint: As the dialect gives it.
        alike: Whether ports of which all rules say the same are looked at once. Then the second answer says for which.
    """
    if endpoint.listening is not None or endpoint.engine:
        return endpoint, {}
    wanted = dict.fromkeys(STORE_PORTS)
    for protocol, low, high in _named_ports(endpoint):
        names = ("tcp", "udp") if protocol == "*" else (protocol,)
        for name in names:
            if name not in {"tcp", "udp", "sctp"}:
                continue
            if high - low < FEW:
                wanted.update(dict.fromkeys((name, port) for port in range(low, high + 1)))
            elif not any((name, port) in _PORTS for port in range(low, high + 1)):
                # Nothing known listens there; that the rule opens something is said all the same.
                wanted[name, low] = None
    opened = [_opened(path) for path in endpoint.paths]
    chosen = [
        (protocol, port)
        for protocol, port in wanted
        if any(all(port in stage[protocol] for stage in stages) for stages in opened)
    ]
    classes: dict[tuple[str, int], list[int]] = {}
    bounds = _bounds(endpoint) if alike else None
    if bounds is not None:
        places: dict[tuple[str, int], tuple[str, int]] = {}
        for protocol, port in chosen:
            place = (protocol, bisect_right(bounds, port))
            classes.setdefault(places.setdefault(place, (protocol, port)), []).append(port)
    services = Services.union(Services.of(*service) for service in classes or chosen)
    return replace(endpoint, listening=services, paths=endpoint.paths if chosen else ()), classes


def _bounds(endpoint: Endpoint) -> list[int] | None:
    """Ports at which rules begin or end to speak; ``None`` where ports are translated on the way."""
    found = {0}
    for path in endpoint.paths:
        if path.shifts != _SAME:
            return None
        for gate in path.gates:
            for stage in gate.stages:
                if stage.frontend:
                    return None
                for rule in stage.rules:
                    for _, numbers in rule.services.entries:
                        found.update(edge for low, high in numbers for edge in (low, high + 1))
    return sorted(found)


_PROTOCOLS: Final = ("tcp", "udp", "sctp")


def _opened(path: Path) -> list[dict[str, Intervals]]:
    """For each stage that every packet must pass and that denies by default: the ports that its rules may let through."""
    found = []
    for gate in path.gates:
        if any(rule.action is Action.ACCEPT for stage in gate.stages for rule in stage.rules):
            # Such a rule lets packets past the stages that follow: nothing is said of them here.
            continue
        for stage in gate.stages:
            if stage.default is not Action.DENY or stage.frontend:
                continue
            held: dict[str, Intervals] = dict.fromkeys(_PROTOCOLS, NO_PORTS)
            for rule in stage.rules:
                if rule.action is Action.DENY:
                    continue
                for named, numbers in rule.services.entries:
                    for protocol in _PROTOCOLS if named == "*" else (named,):
                        known = held.get(protocol)
                        if known is not None and not numbers <= known:
                            held[protocol] = known | numbers
            found.append(held)
    return found


def _named_ports(endpoint: Endpoint) -> Iterator[tuple[str, int, int]]:
    seen: set[tuple[str, int, int]] = set()
    for path in endpoint.paths:
        for gate in path.gates:
            for stage in gate.stages:
                for rule in stage.rules:
                    if rule.action is Action.DENY:
                        continue
                    for protocol, numbers in rule.services.entries:
                        for low, high in numbers:
                            if (protocol, low, high) not in seen and (low, high) != (0, 65535):
                                seen.add((protocol, low, high))
                                yield protocol, low, high


def _wider(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


def grown(
    before: Mapping[tuple[str, str, int], Excess], after: Mapping[tuple[str, str, int], Excess]
) -> bool:
    """Whether somebody gets in who did not."""
    return any(
        key not in before or not excess.sources <= before[key].sources for key, excess in after.items()
    )
