"""The reach set of an endpoint's port: every source address that can open a connection, and the rules that let it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._intervals import Intervals
from hushdesk.guard._policy import Path, Place, Rule, Stage
from hushdesk.guard.reach._lanes import CLOSED, NOT_ASKED, Axis, Compiler, Lane, lanes


@dataclass(frozen=True, slots=True)
class Decider:
    """The rule of a stage that decided, or the stage's default."""

    stage: Stage
    rule: Rule | None
    """``None`` is the default."""

    @property
    def name(self) -> str:
        """As people know it."""
        return self.rule.name if self.rule else self.stage.default_name

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.rule.place if self.rule else self.stage.place


@dataclass(frozen=True, slots=True)
class Part:
    """Sources that get in by the same way and the same rules."""

    sources: AddressSet
    path: Path
    frontend_port: int
    source_ports: Intervals
    """From which the client must come."""
    deciders: tuple[Decider, ...]
    """One for each stage that was asked, in order."""
    certain: bool
    """False where something unknown had a say: then they *may* get in."""
    doubts: tuple[str, ...] = ()
    """What was unknown."""


@dataclass(frozen=True, slots=True)
class ReachSet:
    """Who can open a connection to one port of one endpoint."""

    protocol: str
    port: int
    upper: AddressSet
    """All who may: alerts use this."""
    lower: AddressSet
    """All who can for certain. The same as ``upper`` if nothing was unknown."""
    _lanes: tuple[tuple[Axis, tuple[Lane, ...]], ...] = ()

    @property
    def exact(self) -> bool:
        """Whether nothing unknown matters."""
        return self.upper == self.lower

    def parts(self, within: AddressSet | None = None) -> Iterator[Part]:
        """The set by way in and deciding rules. Parts of different paths may overlap.

        Args:
            within: Only sources of this set.
        """
        # The two families of addresses are one part where the same rules let them in.
        found: dict[object, Part] = {}
        for axis, lanes_found in self._lanes:
            for lane in lanes_found:
                for part in _parts(axis, lane, within):
                    rules = tuple((id(decider.stage), id(decider.rule)) for decider in part.deciders)
                    key = (id(part.path), part.frontend_port, part.source_ports, rules, part.certain)
                    known = found.get(key)
                    found[key] = _joined(known, part) if known else part
        yield from found.values()


def reach(
    endpoint: Endpoint, port: int, protocol: str = "tcp", *, compiler: Compiler | None = None
) -> ReachSet:
    """Compute who can open a connection.

    Args:
        endpoint: With its ways in.
        port: On which it listens.
        protocol: In small letters.
        compiler: Pass one to keep compiled stages over many calls.
    """
    compiler = compiler or Compiler()
    upper, lower, kept = {}, {}, []
    for family in (4, 6):
        axis, found = lanes(endpoint.paths, protocol, port, family, compiler)
        nobody = np.zeros(axis.size, np.bool_)
        upper[family] = axis.intervals(np.logical_or.reduce([lane.upper for lane in found] or [nobody]))
        lower[family] = axis.intervals(np.logical_or.reduce([lane.lower for lane in found] or [nobody]))
        kept.append((axis, tuple(found)))
    return ReachSet(
        protocol, port, AddressSet(upper[4], upper[6]), AddressSet(lower[4], lower[6]), tuple(kept)
    )


def _parts(axis: Axis, lane: Lane, within: AddressSet | None) -> Iterator[Part]:
    where = np.flatnonzero(lane.upper)
    if not where.size:
        return
    rows = np.stack(
        [
            lane.lower[where].astype(np.int64),
            *(_asked(step.decider, step.opener)[where] for step in lane.steps),
        ]
    )
    keys, which = np.unique(rows, axis=1, return_inverse=True)
    for number in range(keys.shape[1]):
        mask = np.zeros(axis.size, np.bool_)
        mask[where[which.reshape(-1) == number]] = True
        sources = axis.addresses(mask)
        if within is not None:
            sources &= within
        if not sources:
            continue
        deciders = tuple(
            decider_of(step.stage, int(index))
            for step, index in zip(lane.steps, keys[1:, number], strict=True)
            if index not in (CLOSED, NOT_ASKED)
        )
        certain = bool(keys[0, number])
        yield Part(
            sources,
            lane.path,
            lane.frontend_port,
            lane.source_ports,
            deciders,
            certain,
            () if certain else _doubts(lane, mask),
        )


def _joined(one: Part, other: Part) -> Part:
    doubts = tuple(dict.fromkeys((*one.doubts, *other.doubts)))
    return replace(one, sources=one.sources | other.sources, doubts=doubts)


def _asked(decider: NDArray[np.int64], opener: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(decider == NOT_ASKED, NOT_ASKED, opener)


def decider_of(stage: Stage, index: int) -> Decider:
    """The rule of this index, or the default."""
    return Decider(stage, stage.rules[index] if 0 <= index < len(stage.rules) else None)


_UNNAMED: Final = "a rule that decides here is not known in full"


def _doubts(lane: Lane, where: NDArray[np.bool_]) -> tuple[str, ...]:
    """Everything unknown that had a say for these sources: openers and possible denials that are not certain."""
    found = dict.fromkeys(filter(None, (lane.path.doubt, lane.path.reaching.why)))
    for step in lane.steps:
        for indexes in (step.opener, step.denier):
            if indexes is None:
                continue
            for index in np.unique(indexes[where]):
                rule = decider_of(step.stage, int(index)).rule
                if rule and (rule.doubt or rule.sources.why):
                    found.setdefault(rule.doubt or rule.sources.why)
    # What is uncertain is never without a reason, not even where a reader left none.
    return tuple(found) or (_UNNAMED,)
