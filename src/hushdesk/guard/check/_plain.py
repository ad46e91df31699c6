"""Reports as plain values for ``--json``: the form is documented in ``docs/guard.md`` and its version is in it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._policy import Place
from hushdesk.guard.check._exposure import Exposure, Report
from hushdesk.guard.reach import Change, Decider, Explanation, Part
from hushdesk.guard.words import describe

VERSION: Final = 1
_MOST_NETWORKS: Final = 1000
"""So many networks of a set are listed; the counts are always exact."""

Tags = Mapping[str, AddressSet]


def place_value(place: Place) -> dict[str, Any]:
    """Where something stands."""
    found: dict[str, Any] = {"file": place.file}
    if place.line:
        found["line"] = place.line
    if place.pointer:
        found["pointer"] = place.pointer
    return found


def set_value(addresses: AddressSet, tags: Tags | None = None) -> dict[str, Any]:
    """A set: in words, counted, and as networks."""
    networks = list(islice(addresses.cidrs(), _MOST_NETWORKS + 1))
    return {
        "words": describe(addresses, tags),
        "ipv4": addresses.v4.size,
        "ipv6": addresses.v6.size,
        "networks": networks[:_MOST_NETWORKS],
        "complete": len(networks) <= _MOST_NETWORKS,
    }


def decider_value(decider: Decider) -> dict[str, Any]:
    """A rule, or a list's default."""
    return {"list": decider.stage.name, "rule": decider.name, "place": place_value(decider.place)}


def part_value(part: Part, tags: Tags | None = None) -> dict[str, Any]:
    """One way in with its rules."""
    return {
        "way": part.path.name,
        "frontend_port": part.frontend_port,
        "addresses": list(part.path.addresses),
        "sources": set_value(part.sources, tags),
        "certain": part.certain,
        "unknown": list(part.doubts),
        "rules": [decider_value(decider) for decider in part.deciders],
    }


def exposure_value(exposure: Exposure, tags: Tags | None = None) -> dict[str, Any]:
    """One exposure."""
    endpoint, posture = exposure.endpoint, exposure.posture
    return {
        "endpoint": endpoint.name,
        "kind": endpoint.kind,
        "dialect": endpoint.dialect,
        "place": place_value(endpoint.place),
        "attached": endpoint.attached,
        "store": exposure.store.name if exposure.store else None,
        "level": exposure.level.value,
        "services": [f"{protocol}/{port}" for protocol, port in exposure.services],
        "engines": list(exposure.stores),
        "reach": set_value(exposure.reach, tags),
        "beyond": set_value(exposure.sources, tags),
        "certain": set_value(exposure.certain, tags),
        "authentication": posture.authentication.value if posture else "unknown",
        "ways": [part_value(part, tags) for part in exposure.parts],
    }


def report_value(report: Report, tags: Tags | None = None) -> dict[str, Any]:
    """A whole check."""
    estate, coverage = report.estate, report.estate.coverage
    return {
        "version": VERSION,
        "exposures": [exposure_value(one, tags) for one in report.exposures],
        "uncovered": [
            {
                "endpoint": one.endpoint.name,
                "engine": one.endpoint.engine,
                "place": place_value(one.endpoint.place),
            }
            for one in report.uncovered
        ],
        "absent": list(report.absent),
        "unresolved": [
            {"place": place_value(one.place), "expression": one.expression, "why": one.why}
            for one in estate.unresolved
        ],
        "malformed": [
            {"place": place_value(one.place), "problem": one.problem, "remedy": one.remedy}
            for one in estate.malformed
        ],
        "coverage": {
            "files": coverage.files,
            "opened": coverage.opened,
            "documents": dict(coverage.read),
            "endpoints": report.checked,
            "unclaimed": list(coverage.unclaimed),
            "not_looked_at": [
                {"place": place_value(one.place), "what": one.what, "why": one.why}
                for one in coverage.not_looked_at
            ],
        },
    }


def change_value(name: str, change: Change, tags: Tags | None = None) -> dict[str, Any]:
    """What a change did to one port of one endpoint."""
    return {
        "endpoint": name,
        "protocol": change.protocol,
        "port": change.port,
        "added": set_value(change.added, tags),
        "removed": set_value(change.removed, tags),
        "guilty": [
            {
                "blame": one.blame.name.lower(),
                "way": one.path.name,
                "sources": set_value(one.sources, tags),
                **({"rule": decider_value(one.rule)} if one.rule else {}),
            }
            for one in change.guilty
        ],
    }


def explanation_value(name: str, explanation: Explanation) -> dict[str, Any]:
    """One connection, stage by stage."""
    wanted = explanation.connection
    return {
        "endpoint": name,
        "source": str(wanted.source),
        "protocol": wanted.protocol,
        "port": wanted.port,
        "verdict": explanation.verdict.value,
        "ways": [
            {
                "way": way.path.name,
                "frontend_port": way.frontend_port,
                "verdict": way.verdict.value,
                "why": way.why,
                "lists": [
                    {
                        "list": answer.stage.name,
                        "actions": sorted(action.value for action in answer.actions),
                        "rules": [decider_value(decider) for decider in answer.deciders],
                    }
                    for answer in way.answers
                ],
            }
            for way in explanation.ways
        ],
    }
