"""A check as SARIF 2.1.0 (OASIS), so that code hosts show each finding at its line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._policy import Place
from hushdesk.guard.check._exposure import Exposure, Level, Report, said

_RULES: Final = {
    "exposed": ("error", "Sources that nobody approved can open a connection to a store."),
    "may-be-exposed": (
        "warning",
        "Something unknown decides whether sources that nobody approved can open a connection to a store.",
    ),
    "uncovered-store": ("error", "No intent says who may reach this store."),
    "unresolved": (
        "note",
        "An expression could not be resolved; the guard takes it as unknown, never as safe.",
    ),
    "malformed": ("warning", "This input is wrong in itself and could not be checked."),
    "not-looked-at": (
        "note",
        "This bears on who can reach a store, and this version does not understand it.",
    ),
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
        _result("unresolved", "note", f"{one.expression} is not resolved: {one.why}.", one.place)
        for one in estate.unresolved
    ]
    results += [
        _result("not-looked-at", "note", f"{one.what} was not looked at: {one.why}.", one.place)
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
                            {
                                "id": name,
                                "shortDescription": {"text": text},
                                "defaultConfiguration": {"level": level},
                            }
                            for name, (level, text) in _RULES.items()
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


def _uri(file: str) -> str:
    """Relative to the working folder, where a pipeline has its repository; beyond it absolute."""
    if not file:
        return ""
    path = Path(file)
    if path.is_absolute():
        try:
            path = path.relative_to(Path.cwd())
        except ValueError:
            return path.as_uri()
    return quote(path.as_posix())


def _result(rule: str, level: str, text: str, place: Place) -> dict[str, Any]:
    uri = _uri(place.file)
    location: dict[str, Any] = {}
    if uri:
        location["physicalLocation"] = {"artifactLocation": {"uri": uri}}
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
        "locations": [location] if location else [],
        "partialFingerprints": {"finding/v1": identity},
    }
