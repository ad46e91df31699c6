"""A check as SARIF 2.1.0 (OASIS), so that code hosts show each finding at its line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._policy import Place
from hushdesk.guard.check._exposure import Exposure, Level, Report, said

_RULES: Final = {
    "exposed": "Sources that nobody approved can open a connection to a store.",
    "may-be-exposed": "Something unknown decides whether sources that nobody approved can open a connection to a store.",
    "uncovered-store": "No intent says who may reach this store.",
    "unresolved": "An expression could not be resolved; the guard takes it as unknown, never as safe.",
    "malformed": "This input is wrong in itself and could not be checked.",
    "not-looked-at": "This bears on who can reach a store, and this version does not understand it.",
}


def sarif(report: Report, version: str, tags: Mapping[str, AddressSet] | None = None) -> dict[str, Any]:
    """The report as a SARIF log of one run.

    Args:
        report: What a check found.
        version: Of the tool.
        tags: Named sets for the words.
    """
    estate = report.estate
    results = [_exposure(one, tags) for one in report.exposures]
    results += [
        _result(
            "uncovered-store", "error", f"No intent covers the store {one.endpoint.name}.", one.endpoint.place
        )
        for one in report.uncovered
    ]
    results += [
        _result("malformed", "warning", f"{one.problem}. {one.remedy}", one.place) for one in estate.malformed
    ]
    results += [
        _result("unresolved", "note", f"{one.expression} is not resolved: {one.why}", one.place)
        for one in estate.unresolved
    ]
    results += [
        _result("not-looked-at", "note", f"{one.what} was not looked at: {one.why}", one.place)
        for one in estate.coverage.not_looked_at
    ]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "hushdesk guard",
                        "version": version,
                        "rules": [
                            {"id": name, "shortDescription": {"text": text}} for name, text in _RULES.items()
                        ],
                    }
                },
                "results": results,
            }
        ],
    }


def _exposure(exposure: Exposure, tags: Mapping[str, AddressSet] | None) -> dict[str, Any]:
    certain = exposure.level is Level.ERROR or bool(exposure.certain)
    ports = ", ".join(f"{protocol} {port}" for protocol, port in exposure.services[:6])
    ports += " …" if len(exposure.services) > 6 else ""
    verb = "can" if certain else "may be able to"
    text = f"{said(exposure, tags)} {verb} connect to {exposure.endpoint.name}, {ports}"
    rules = dict.fromkeys(
        decider.name for part in exposure.parts for decider in part.deciders if decider.rule is not None
    )
    if rules:
        text += f", by {', '.join(list(rules)[:4])}"
    place = next(
        (d.place for part in exposure.parts for d in part.deciders if d.rule and d.place.file),
        exposure.endpoint.place,
    )
    return _result("exposed" if certain else "may-be-exposed", exposure.level.value, text + ".", place)


def _result(rule: str, level: str, text: str, place: Place) -> dict[str, Any]:
    uri = PurePath(place.file).as_posix()
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": uri}}}
    if place.line:
        location["physicalLocation"]["region"] = {"startLine": place.line}
    if place.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": place.pointer}]
    # Stays the same while lines move, so that a code host knows a finding again.
    identity = hashlib.sha256(f"{rule}\0{uri}\0{place.pointer}\0{text}".encode()).hexdigest()[:32]
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"finding/v1": identity},
    }
