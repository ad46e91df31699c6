"""Two states of an estate, endpoint by endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Any

from hushdesk.guard._findings import Endpoint
from hushdesk.guard._intent import Intent
from hushdesk.guard.check._estate import Estate
from hushdesk.guard.check._exposure import rules_key, services_of
from hushdesk.guard.check._plain import Tags, part_value, place_value, set_value
from hushdesk.guard.reach import Change, Compiler, ReachSet, diff, reach


def changes(before: Estate, after: Estate) -> list[tuple[str, Change]]:
    """Every change of a reach set, by endpoint and port.

    Endpoints are the same if dialect and name are; of several of one name the file's name decides.
    """
    compiler = Compiler()
    found = []
    for name, old, new in _pairs(before.endpoints, after.endpoints):
        ports = dict.fromkeys(service for one in (old, new) if one for service in services_of(one))
        known: dict[object, Change] = {}
        for protocol, port in ports:
            key = tuple(rules_key(one, protocol, port, compiler) if one else None for one in (old, new))
            change = known.get(key)
            if change is None:
                change = known[key] = diff(old, new, port, protocol, compiler=compiler)
            if change.added or change.removed:
                found.append((name, Change(protocol, port, change.added, change.removed, change.guilty)))
    return found


def _pairs(
    before: Sequence[Endpoint], after: Sequence[Endpoint]
) -> Iterator[tuple[str, Endpoint | None, Endpoint | None]]:
    old, new = _keyed(before), _keyed(after)
    for key in dict.fromkeys((*old, *new)):
        yield key[1], old.get(key), new.get(key)


def _keyed(endpoints: Iterable[Endpoint]) -> dict[tuple[str, str, str, int], Endpoint]:
    found: dict[tuple[str, str, str, int], Endpoint] = {}
    names = [(endpoint.dialect, endpoint.name) for endpoint in endpoints]
    for endpoint in endpoints:
        one = (endpoint.dialect, endpoint.name)
        file = PurePath(endpoint.place.file).name if names.count(one) > 1 else ""
        number = 0
        while (*one, file, number) in found:
            number += 1
        found[(*one, file, number)] = endpoint
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
