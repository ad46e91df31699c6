"""What a change let in, and the rule that is to blame: two policies on one common axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from hushdesk.guard._addresses import AddressSet, Family
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._intervals import Intervals
from hushdesk.guard._policy import Path
from hushdesk.guard.reach._lanes import CLOSED, Axis, Compiler, Lane, Step, lanes
from hushdesk.guard.reach._reach import Decider, decider_of


class Blame(Enum):
    """How a change let sources in."""

    ADDED_RULE = "a rule was added or changed"
    REMOVED_RULE = "a rule was removed or changed"
    MOVED_RULE = "rules changed their order"
    REMOVED_STAGE = "a list of rules no longer stands in the way"
    CHANGED_DEFAULT = "what happens when no rule matches was changed"
    NEW_WAY = "a new way in"


@dataclass(frozen=True, slots=True)
class Guilty:
    """What let some sources in."""

    blame: Blame
    sources: AddressSet
    """Which of the added sources it let in."""
    path: Path
    rule: Decider | None
    """Which lets them in now; or, for a removed rule or stage, which kept them out before."""


@dataclass(frozen=True, slots=True)
class Change:
    """How the reach set of one port changed, counted from above (who may get in)."""

    protocol: str
    port: int
    added: AddressSet
    removed: AddressSet
    guilty: tuple[Guilty, ...] = ()
    """For the added sources; every one of them is in at least one of these."""


def diff(
    before: Endpoint | None,
    after: Endpoint | None,
    port: int,
    protocol: str = "tcp",
    *,
    compiler: Compiler | None = None,
) -> Change:
    """Compare two states of one endpoint.

    Args:
        before: ``None`` if it did not exist.
        after: ``None`` if it no longer exists.
        port: On which it listens.
        protocol: In small letters.
        compiler: Pass one to keep compiled stages over many calls.
    """
    compiler = compiler or Compiler()
    old, new = (before.paths if before else ()), (after.paths if after else ())
    added: dict[Family, Intervals] = {}
    removed: dict[Family, Intervals] = {}
    guilty: list[Guilty] = []
    for family in (4, 6):
        axis, found = lanes((*old, *new), protocol, port, family, compiler)
        was = [lane for lane in found if lane.path_index < len(old)]
        now = found[len(was) :]
        nobody = np.zeros(axis.size, np.bool_)
        opened_before = np.logical_or.reduce([lane.upper for lane in was] or [nobody])
        opened_after = np.logical_or.reduce([lane.upper for lane in now] or [nobody])
        fresh = opened_after & ~opened_before
        added[family] = axis.intervals(fresh)
        removed[family] = axis.intervals(opened_before & ~opened_after)
        for lane in now:
            let_in = fresh & lane.upper
            if let_in.any():
                guilty += _guilty(axis, lane, _twin(lane, was), let_in, compiler)
    return Change(
        protocol, port, AddressSet(added[4], added[6]), AddressSet(removed[4], removed[6]), _merged(guilty)
    )


def _twin(lane: Lane, others: list[Lane]) -> Lane | None:
    """The lane of the old state that a lane continues: same path and port, and, if it can be, the same source ports."""
    same = [
        other
        for other in others
        if (other.path.name, other.frontend_port) == (lane.path.name, lane.frontend_port)
    ]
    for other in same:
        if lane.source_ports & other.source_ports:
            return other
    return same[0] if same else None


def _guilty(
    axis: Axis, lane: Lane, twin: Lane | None, let_in: NDArray[np.bool_], compiler: Compiler
) -> Iterator[Guilty]:
    if twin is None:
        yield Guilty(Blame.NEW_WAY, axis.addresses(let_in), lane.path, None)
        return
    left = let_in.copy()
    now = {step.stage.name: step for step in lane.steps}
    for step in twin.steps:
        # Where the old state turned sources away in this stage.
        closed = left & (step.opener == CLOSED) & (step.decider >= 0)
        if not closed.any():
            continue
        left &= ~closed
        other = now.get(step.stage.name)
        yield from _blame(axis, lane, step, other, closed, compiler)
    if left.any():
        # It passed every stage before, so its frontend was not within reach.
        yield Guilty(Blame.NEW_WAY, axis.addresses(left), lane.path, None)


def _blame(
    axis: Axis, lane: Lane, was: Step, now: Step | None, where: NDArray[np.bool_], compiler: Compiler
) -> Iterator[Guilty]:
    if now is None:
        for index in np.unique(was.decider[where]):
            sources = axis.addresses(where & (was.decider == index))
            yield Guilty(Blame.REMOVED_STAGE, sources, lane.path, decider_of(was.stage, int(index)))
        return
    old_rules, new_rules = compiler(was.stage), compiler(now.stage)
    left = np.flatnonzero(where)
    # A rule that is new is to blame, whatever kept its sources out before; else one that is gone; else the order.
    for blame, indexes, stage, other in (
        (Blame.ADDED_RULE, now.opener, now.stage, old_rules),
        (Blame.REMOVED_RULE, was.decider, was.stage, new_rules),
    ):
        taken = np.zeros(left.size, np.bool_)
        for index in np.unique(indexes[left]):
            decider = decider_of(stage, int(index))
            if decider.rule and not other.has(decider.rule):
                mine = indexes[left] == index
                taken |= mine
                yield Guilty(blame, axis.addresses(_mask(axis, left[mine])), lane.path, decider)
        left = left[~taken]
    for index in np.unique(now.opener[left]):
        mine = left[now.opener[left] == index]
        decider = decider_of(now.stage, int(index))
        same_default = decider.rule is None and (was.decider[mine] == len(was.stage.rules)).all()
        blame = Blame.CHANGED_DEFAULT if same_default else Blame.MOVED_RULE
        yield Guilty(blame, axis.addresses(_mask(axis, mine)), lane.path, decider)


def _mask(axis: Axis, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    found = np.zeros(axis.size, np.bool_)
    found[at] = True
    return found


def _merged(guilty: list[Guilty]) -> tuple[Guilty, ...]:
    """Join what the two families and several lanes say of one rule."""
    found: dict[tuple[object, ...], Guilty] = {}
    for this in guilty:
        key = (this.blame, this.path.name, this.rule and this.rule.stage.name, this.rule and this.rule.rule)
        known = found.get(key)
        found[key] = Guilty(this.blame, known.sources | this.sources, this.path, this.rule) if known else this
    return tuple(found.values())
