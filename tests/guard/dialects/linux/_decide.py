"""What paths say of single packets, by the definition: gates, stages, first match, both bounds. Knows nothing of the product's own way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from hushdesk.guard import Action, Endpoint, Gate, Intervals, Path, Stage

Bounds = tuple[Any, Any]


def _inside(sources: Any, pairs: Intervals) -> Any:
    if not pairs.pairs:
        return np.zeros(len(sources), bool)
    lows = np.array([low for low, _ in pairs], sources.dtype)
    highs = np.array([high for _, high in pairs], sources.dtype)
    at = np.searchsorted(lows, sources, side="right") - 1
    return (at >= 0) & (sources <= highs[np.maximum(at, 0)])


def _stage(
    stage: Stage, family: int, sources: Any, sport: int, protocol: str, port: int
) -> dict[Action, Any]:
    """Which actions a stage may take on each source."""
    open_still = np.ones(len(sources), bool)
    may = {action: np.zeros(len(sources), bool) for action in Action}
    for rule in stage.rules:
        if not rule.services.covers(protocol, port):
            continue
        if rule.source_ports is not None and sport not in rule.source_ports:
            continue
        upper = _inside(sources, rule.sources.upper.of(family))
        may[rule.action] |= open_still & upper
        if not rule.doubt:
            open_still &= ~_inside(sources, rule.sources.lower.of(family))
    may[stage.default] |= open_still
    return may


def _gate(gate: Gate, family: int, sources: Any, sport: int, protocol: str, port: int, front: int) -> Bounds:
    """Which sources may pass, and which may be stopped."""
    here = np.ones(len(sources), bool)
    passed, stopped = np.zeros(len(sources), bool), np.zeros(len(sources), bool)
    for stage in gate.stages:
        may = _stage(stage, family, sources, sport, protocol, front if stage.frontend else port)
        passed |= here & may[Action.ACCEPT]
        stopped |= here & may[Action.DENY]
        here &= may[Action.NEXT]
    return passed | here, stopped


def _path(path: Path, family: int, sources: Any, sport: int, protocol: str, front: int) -> Bounds:
    upper, lower = np.zeros(len(sources), bool), np.zeros(len(sources), bool)
    for shift in path.shifts:
        if not shift.low <= front <= shift.high:
            continue
        port = front - shift.low + shift.to
        may = _inside(sources, path.reaching.upper.of(family))
        must = _inside(sources, path.reaching.lower.of(family)) & (not path.doubt)
        for gate in path.gates:
            passed, stopped = _gate(gate, family, sources, sport, protocol, port, front)
            may &= passed
            must &= ~stopped
        upper |= may
        lower |= must
    return upper, lower


def decide(
    endpoints: Iterable[Endpoint], family: int, sources: Sequence[int], sport: int, protocol: str, front: int
) -> Bounds:
    """From above and from below: whether a packet to this port of the frontend gets to one of the endpoints."""
    column = np.array(sources, np.int64 if family == 4 else object)
    upper, lower = np.zeros(len(column), bool), np.zeros(len(column), bool)
    for endpoint in endpoints:
        for path in endpoint.paths:
            may, must = _path(path, family, column, sport, protocol, front)
            upper |= may
            lower |= must
    return upper, lower
