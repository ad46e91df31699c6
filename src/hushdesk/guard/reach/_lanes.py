"""Lanes: one path at one frontend port with one class of source ports, evaluated over the whole source axis at once.

What happens to an address whose rules are partly unknown is a set of outcomes. A rule that matches for certain ends the list; one
that may match adds its action to what is possible and lets the list go on. The sets travel through stages and gates as three
truth values for each elementary interval: *still in this gate*, *through it*, *turned away*. Open from above is "may get
through"; open from below is "may not be turned away".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hushdesk.guard._addresses import TOP, AddressSet, Family
from hushdesk.guard._intervals import ALL_PORTS, TOP_PORT, Intervals
from hushdesk.guard._policy import Path, Stage
from hushdesk.guard.reach._compile import ACCEPT, DENY, NEXT, CompiledStage
from hushdesk.guard.reach._cover import least_cover

MOST_SOURCE_PORT_CLASSES: Final = 64
"""Beyond these, rules that name source ports are taken as in doubt: a sound answer in bounded time."""
CLOSED: Final = -2
NOT_ASKED: Final = -3


class Compiler:
    """Compiles each stage once."""

    def __init__(self) -> None:
        self._known: dict[int, CompiledStage] = {}

    def __call__(self, stage: Stage) -> CompiledStage:
        found = self._known.get(id(stage))
        if found is None:
            # The compiled stage holds its stage, so that the id stays its own.
            found = self._known[id(stage)] = CompiledStage.of(stage)
        return found


@dataclass(slots=True)
class Step:
    """What one stage said, for each elementary interval."""

    stage: Stage
    decider: NDArray[np.int64]
    """Index of the rule that decides for certain; the number of rules for the default; ``NOT_ASKED`` where nothing arrives."""
    opener: NDArray[np.int64]
    """Index of the rule that lets, or may let, through; ``CLOSED`` where none does."""
    denier: NDArray[np.int64] | None = None
    """Index of the first rule that may turn away though it is not certain to; ``CLOSED`` where none may. ``None``: nowhere."""


@dataclass(slots=True)
class Lane:
    """One path at one frontend port with one class of source ports."""

    path: Path
    path_index: int
    """Which of the paths asked for."""
    frontend_port: int
    source_ports: Intervals
    upper: NDArray[np.bool_]
    """Who may get through."""
    lower: NDArray[np.bool_]
    """Who gets through for certain."""
    steps: list[Step]


@dataclass(slots=True)
class Axis:
    """The source axis of one family, cut wherever anything may change."""

    family: Family
    starts: NDArray[Any]
    """First address of each elementary interval; the first is 0."""

    @property
    def size(self) -> int:
        """How many elementary intervals there are."""
        return int(self.starts.size)

    def rank(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """The elementary interval that begins at each of the values (which are cuts, or the end of the axis)."""
        return np.searchsorted(self.starts, values).astype(np.int64)

    def intervals(self, where: NDArray[np.bool_]) -> Intervals:
        """The addresses of the elementary intervals that are true."""
        if not where.any():
            return Intervals((), TOP[self.family])
        edges = np.flatnonzero(np.diff(np.concatenate(([False], where, [False])).astype(np.int8)))
        pairs = []
        for first, after in zip(edges[::2], edges[1::2], strict=True):
            end = int(self.starts[after]) - 1 if after < self.size else TOP[self.family]
            pairs.append((int(self.starts[first]), end))
        return Intervals(pairs, TOP[self.family])

    def addresses(self, where: NDArray[np.bool_]) -> AddressSet:
        """The same as a set of addresses."""
        found = self.intervals(where)
        return AddressSet(found, ()) if self.family == 4 else AddressSet((), found)

    def mask(self, wanted: Intervals) -> NDArray[np.bool_]:
        """Which elementary intervals lie in a set whose bounds are cuts of this axis."""
        found = np.zeros(self.size, np.bool_)
        for low, high in wanted:
            first = int(np.searchsorted(self.starts, low))
            found[first : int(np.searchsorted(self.starts, high + 1))] = True
        return found


@dataclass(slots=True)
class _Plan:
    """A lane before it is evaluated."""

    path: Path
    path_index: int
    frontend_port: int
    source_ports: Intervals
    gates: list[list[tuple[CompiledStage, NDArray[np.bool_], NDArray[np.bool_]]]]
    """For each stage: the rules that match for certain, and those that may."""


def lanes(
    paths: Sequence[Path], protocol: str, port: int, family: Family, compiler: Compiler
) -> tuple[Axis, list[Lane]]:
    """Evaluate every lane that leads to a port, on one common axis.

    Args:
        paths: Ways in.
        protocol: ``tcp``, ``udp``, in small letters.
        port: On which the endpoint listens.
        family: 4 or 6.
        compiler: Keeps compiled stages between calls.
    """
    plans = [
        plan for number, path in enumerate(paths) for plan in _plans(path, number, protocol, port, compiler)
    ]
    axis = _axis(plans, family)
    return axis, [_lane(plan, axis) for plan in plans]


def _plans(path: Path, number: int, protocol: str, port: int, compiler: Compiler) -> Iterable[_Plan]:
    if path.protocols and protocol not in path.protocols:
        return
    for frontend in path.frontends(port):
        gates = [
            [(compiler(stage), frontend if stage.frontend else port) for stage in gate.stages]
            for gate in path.gates
        ]
        classes = _source_port_classes(
            [numbers for gate in gates for this, _ in gate for _, numbers in this.source_ports]
        )
        for numbers in classes:
            chosen = numbers.pairs[0][0] if len(classes) <= MOST_SOURCE_PORT_CLASSES else None
            plan = _Plan(path, number, frontend, numbers, [])
            for gate in gates:
                asked = []
                for this, at in gate:
                    matching = this.matching(protocol, at, chosen)
                    certain = matching & ~this.in_doubt
                    if chosen is None:
                        certain[[index for index, _ in this.source_ports]] = False
                    asked.append((this, certain, matching))
                plan.gates.append(asked)
            yield plan
            if chosen is None:
                return


def _source_port_classes(named: list[Intervals]) -> list[Intervals]:
    """The coarsest division of all source ports of which every named set is a union, one range of each class."""
    cuts = sorted(
        {0, *(cut for numbers in named for low, high in numbers for cut in (low, high + 1))} - {TOP_PORT + 1}
    )
    if len(cuts) == 1:
        return [ALL_PORTS]
    ends = [*(cut - 1 for cut in cuts[1:]), TOP_PORT]
    found: dict[tuple[bool, ...], Intervals] = {}
    for low, high in zip(cuts, ends, strict=True):
        key = tuple(low in numbers for numbers in named)
        this = Intervals([(low, high)], TOP_PORT)
        found[key] = found[key] | this if key in found else this
    return list(found.values())


def _axis(plans: Sequence[_Plan], family: Family) -> Axis:
    parts: list[NDArray[Any]] = []
    seen: set[tuple[int, bytes]] = set()
    for plan in plans:
        for sources in (plan.path.reaching.upper, plan.path.reaching.lower):
            pairs = sources.of(family).pairs
            parts.append(np.array([cut for low, high in pairs for cut in (low, high + 1)], _kind(family)))
        for gate in plan.gates:
            for this, certain, matching in gate:
                key = (id(this), matching.tobytes())
                if key in seen:
                    continue
                seen.add(key)
                sides = [(False, matching)]
                if this.partial(family):
                    sides.append((True, certain))
                for is_certain, wanted in sides:
                    bounds = this.bounds(family, certain=is_certain)
                    at = wanted[bounds.rule]
                    parts += [bounds.low[at], bounds.high[at] + 1]
    cuts = np.concatenate([np.array([0], _kind(family)), *parts])
    if family == 4:
        # Quicker than numpy.unique, which hashes first.
        cuts.sort()
        unique = cuts[np.concatenate(([True], cuts[1:] != cuts[:-1]))]
    else:
        unique = np.array(sorted(set(cuts.tolist())), np.object_)
    return Axis(family, unique[unique <= TOP[family]])


def _kind(family: Family) -> Any:
    return np.int64 if family == 4 else np.object_


def _lane(plan: _Plan, axis: Axis) -> Lane:
    reaching = plan.path.reaching
    through = axis.mask(reaching.upper.of(axis.family))
    turned_away = ~axis.mask(reaching.lower.of(axis.family))
    if plan.path.doubt:
        turned_away[:] = True
    steps = []
    for gate in plan.gates:
        inside, through = through, np.zeros(axis.size, np.bool_)
        for this, certain, matching in gate:
            step, can = _ask(this, certain, matching, axis)
            step.decider[~inside] = NOT_ASKED
            steps.append(step)
            turned_away |= inside & can[DENY]
            through |= inside & can[ACCEPT]
            inside = inside & can[NEXT]
        through |= inside
    return Lane(
        plan.path,
        plan.path_index,
        plan.frontend_port,
        plan.source_ports,
        through,
        through & ~turned_away,
        steps,
    )


def _ask(
    this: CompiledStage, certain: NDArray[np.bool_], matching: NDArray[np.bool_], axis: Axis
) -> tuple[Step, list[NDArray[np.bool_]]]:
    """What a stage says for each elementary interval, and which actions are possible there."""
    decider = np.minimum(_least(this, certain, axis, certain=True), len(this.stage.rules))
    acts = this.action[decider]
    can = [acts == action for action in (DENY, NEXT, ACCEPT)]
    opener = np.where(acts == DENY, CLOSED, decider)
    denier = None
    if this.partial(axis.family) or not np.array_equal(certain, matching):
        for action in (DENY, NEXT, ACCEPT):
            chosen = matching & (this.action[:-1] == action)
            if not chosen.any():
                continue
            first = _least(this, chosen, axis, certain=False)
            earlier = first < decider
            can[action] |= earlier
            if action == DENY:
                denier = np.where(earlier, first, CLOSED)
            else:
                better = earlier & (opener == CLOSED)
                opener = np.where(better, first, opener)
    return Step(this.stage, decider, opener, denier), can


def _least(this: CompiledStage, wanted: NDArray[np.bool_], axis: Axis, *, certain: bool) -> NDArray[np.int64]:
    bounds = this.bounds(axis.family, certain=certain)
    at = wanted[bounds.rule]
    return least_cover(axis.rank(bounds.low[at]), axis.rank(bounds.high[at] + 1), bounds.rule[at], axis.size)
