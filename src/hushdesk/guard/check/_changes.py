"""Two states of an estate, endpoint by endpoint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Any

from hushdesk.guard._findings import Endpoint
from hushdesk.guard._intent import Intent
from hushdesk.guard.check._estate import Estate
from hushdesk.guard.check._exposure import rules_key, services_of
from hushdesk.guard.check._plain import Tags, part_value, place_value, set_value
from hushdesk.guard.reach import Change, Compiler, ReachSet, diff, reach

Key = tuple[str, str, str, int]
"""An endpoint's dialect and name; of several of one name the file's name, and the number among those of one file."""


def changes(before: Estate, after: Estate) -> list[tuple[str, Change]]:
    """Every change of a reach set, by endpoint and port.

    Endpoints are the same if dialect and name are; of several of one name the file's name decides.
    """
    compiler = Compiler()
    return [
        (key[1], change)
        for key, old, new in pairs(before.endpoints, after.endpoints)
        for change in endpoint_changes(old, new, compiler)
    ]


def endpoint_changes(
    old: Endpoint | None, new: Endpoint | None, compiler: Compiler, intent: Intent | None = None
) -> Iterator[Change]:
    """Every change of a reach set of one endpoint, by port.

    Args:
        old: ``None`` if it did not exist.
        new: ``None`` if it no longer exists.
        compiler: Keeps compiled stages over many calls.
        intent: May say on which ports a store listens.
    """
    ports = dict.fromkeys(
        service
        for one in (old, new)
        if one
        for service in services_of(one, intent.store_of(one) if intent else None)
    )
    known: dict[object, Change] = {}
    for protocol, port in ports:
        key = tuple(rules_key(one, protocol, port, compiler) if one else None for one in (old, new))
        change = known.get(key)
        if change is None:
            change = known[key] = diff(old, new, port, protocol, compiler=compiler)
        if change.added or change.removed:
            yield Change(protocol, port, change.added, change.removed, change.guilty)


def pairs(
    before: Sequence[Endpoint], after: Sequence[Endpoint]
) -> Iterator[tuple[Key, Endpoint | None, Endpoint | None]]:
    """Endpoints of two states that are the same, and those that only one of them has."""
    # A name that one state has twice is told apart by its file in both.
    twice = _twice(before) | _twice(after)
    old, new = _keyed(before, twice), _keyed(after, twice)
    for key in dict.fromkeys((*old, *new)):
        yield key, old.get(key), new.get(key)


def keyed(endpoints: Sequence[Endpoint]) -> dict[Key, Endpoint]:
    """Endpoints by what tells them apart."""
    return _keyed(endpoints, _twice(endpoints))


def _twice(endpoints: Iterable[Endpoint]) -> set[tuple[str, str]]:
    counts = Counter((endpoint.dialect, endpoint.name) for endpoint in endpoints)
    return {name for name, count in counts.items() if count > 1}


def _keyed(endpoints: Iterable[Endpoint], twice: set[tuple[str, str]]) -> dict[Key, Endpoint]:
    found: dict[Key, Endpoint] = {}
    numbers: Counter[tuple[str, str, str]] = Counter()
    for endpoint in endpoints:
        file = PurePath(endpoint.place.file).name if (endpoint.dialect, endpoint.name) in twice else ""
        one = (endpoint.dialect, endpoint.name, file)
        found[(*one, numbers[one])] = endpoint
        numbers[one] += 1
    return found


def reach_groups(
    endpoint: Endpoint, intent: Intent, wanted: Sequence[tuple[str, int]] | None
) -> list[tuple[str, tuple[int, ...], ReachSet]]:
    """Reach sets of an endpoint: protocol, ports with this set by the same rules, the set."""
    compiler = Compiler()
    groups: dict[object, tuple[str, list[int], ReachSet]] = {}
    for protocol, port in wanted or services_of(endpoint, intent.store_of(endpoint)):
        key = rules_key(endpoint, protocol, port, compiler)
        if key not in groups:
            groups[key] = (protocol, [], reach(endpoint, port, protocol, compiler=compiler))
        groups[key][1].append(port)
    return [(protocol, tuple(ports), found) for protocol, ports, found in groups.values()]


def reach_values(
    endpoint: Endpoint, intent: Intent, wanted: Sequence[tuple[str, int]] | None, tags: Tags | None = None
) -> list[dict[str, Any]]:
    """Reach sets as plain values."""
    return [
        {
            "endpoint": endpoint.name,
            "kind": endpoint.kind,
            "place": place_value(endpoint.place),
            "protocol": protocol,
            "ports": list(ports),
            "upper": set_value(found.upper, tags),
            "lower": set_value(found.lower, tags),
            "exact": found.exact,
            "ways": [part_value(part, tags) for part in found.parts()],
        }
        for protocol, ports, found in reach_groups(endpoint, intent, wanted)
    ]
