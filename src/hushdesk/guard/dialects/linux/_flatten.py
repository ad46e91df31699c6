"""From chains that jump to lists of which the first match decides, by set arithmetic.

What a jump hands over is the region of its rule; what a return takes away is subtracted from the rest of its chain. Both
bounds are kept throughout (see ``_region``), so the list is exact where the rules are and bounded where they are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._policy import Action, Place, Rule, Sources, Stage
from hushdesk.guard.dialects.linux._model import Base, Kind, Situation, Step, Table, Verdict
from hushdesk.guard.dialects.linux._region import (
    EVERYTHING,
    NOWHERE,
    Box,
    Region,
    from_sources,
    maybe,
    services,
    union,
)

DEEPEST: Final = 64
MOST_HITS: Final = 100_000
"""Chains that call each other again and again make lists without end; from here on the answer is: unknown."""
MOST_BOXES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Hit:
    """Packets that a step may match, with what happens to them then."""

    region: Region
    step: Step
    verdict: Verdict


class Walk:
    """One base chain, seen from one situation.

    Args:
        table: With the chains.
        base: Where to begin.
        situation: From where the rules look.
        cyclic: Gets the names of chains that call themselves.
    """

    def __init__(self, table: Table, base: Base, situation: Situation, cyclic: set[str]) -> None:
        self._table, self._base, self._situation = table, base, situation
        self._cyclic = cyclic
        self._open: list[str] = []
        self._done: set[tuple[str, Region]] = set()
        self._left = MOST_HITS
        self._end = Verdict(Kind.ACCEPT if base.accepts else Kind.DROP)

    def hits(self, region: Region) -> Iterator[Hit]:
        """What happens to these packets, in order; the last hit is the policy's and takes all of them.

        Of each packet the first hit counts.
        """
        yield from self._chain(self._base.chain, region)
        yield Hit(region, self._policy("policy of"), self._end)

    def _policy(self, words: str) -> Step:
        decision = "ACCEPT" if self._base.accepts else "DROP"
        return Step(
            f"{self._table.name}: {words} {self._base.chain} ({decision})", self._base.place, (), self._end
        )

    def _chain(self, name: str, region: Region) -> Iterator[Hit]:
        at_base = not self._open
        self._open.append(name)
        taken: list[Region] = []
        for step in self._table.chains.get(name, ()):
            hit = _of(step, self._situation)
            if not hit:
                continue
            verdict = step.verdict
            if verdict.kind is Kind.CONTINUE:
                continue
            if taken and verdict.kind is not Kind.RETURN:
                region, taken = region - union(taken), []
                if len(region.boxes) > MOST_BOXES:
                    region = _coarse(region)
            hit = region & hit
            if not hit:
                if not region:
                    break
                continue
            self._left -= 1
            if self._left < 0:
                yield Hit(region, step, Verdict(Kind.UNKNOWN, why="the chains call each other too often"))
                break
            if verdict.kind in {Kind.JUMP, Kind.GOTO}:
                yield from self._called(verdict.chain, hit, step)
            elif verdict.kind is not Kind.RETURN:
                yield Hit(hit, step, verdict)
                if hit is region and hit.certain and verdict.kind is not Kind.UNTRACK:
                    break
            if verdict.kind in {Kind.GOTO, Kind.RETURN}:
                if at_base:
                    yield Hit(hit, self._policy(f"{_short(step)}: back to the policy of"), self._end)
                taken.append(hit)
                if hit is region and hit.certain:
                    break
        self._open.pop()

    def _called(self, name: str, region: Region, step: Step) -> Iterator[Hit]:
        if name in self._open or len(self._open) >= DEEPEST:
            self._cyclic.add(name)
            yield Hit(region, step, Verdict(Kind.UNKNOWN, why=f"the chain {name} calls itself"))
            return
        # What a chain let through once it lets through again: the same call adds nothing to the list.
        if (name, region) not in self._done:
            yield from self._chain(name, region)
            self._done.add((name, region))


def _short(step: Step) -> str:
    return step.name.partition(": ")[2][:80]


def _of(step: Step, situation: Situation) -> Region:
    found = EVERYTHING
    for condition in step.conditions:
        found = found & condition(situation)
        if not found:
            break
    return found


def _coarse(region: Region) -> Region:
    """A larger upper and a smaller lower bound, of one box."""
    upper = union(Region((Box(Sources.exactly(box.sources.upper)),)) for box in region.boxes)
    return upper & maybe("the chain has more special cases than are followed")


def stage(
    name: str, table: Table, base: Base, hits: Iterator[Hit], *, frontend: bool, families: AddressSet
) -> Stage:
    """A base chain as a stage of a gate: what it lets through meets the next one.

    Args:
        name: Of the stage.
        table: Of the chain.
        base: The chain.
        hits: From :meth:`Walk.hits`.
        frontend: Whether it sees the port before translation.
        families: What the path carries; what the table does not see passes.
    """
    found: list[Rule] = []
    for hit in hits:
        kind = hit.verdict.kind
        if kind is Kind.UNKNOWN:
            found += rules(hit.region & maybe(hit.verdict.why), hit.step, Action.NEXT)
            found += rules(hit.region, hit.step, Action.DENY)
        elif kind in {Kind.ACCEPT, Kind.DROP}:
            found += rules(hit.region, hit.step, Action.NEXT if kind is Kind.ACCEPT else Action.DENY)
    if families <= table.addresses and found:
        # The policy's hit is the last one, and covers everything that the path carries.
        default = Action.NEXT if base.accepts else Action.DENY
        called = found.pop().name if _policy_is(found[-1], default) else ""
        if not called:
            default, called = Action.NEXT, f"not every packet meets {base.chain}"
        return Stage(
            name=name,
            rules=tuple(found),
            default=default,
            default_name=called,
            frontend=frontend,
            place=base.place,
        )
    return Stage(
        name=name,
        rules=tuple(found),
        default=Action.NEXT,
        default_name=f"{table.name} does not see this family",
        frontend=frontend,
        place=base.place,
    )


def _policy_is(rule: Rule, default: Action) -> bool:
    """Whether the last rule takes all that is left, so that it can stand as the default."""
    return rule.action is default and not rule.doubt and not rule.sources.why


def rules(region: Region, step: Step, action: Action) -> Iterator[Rule]:
    """One rule for each box of a region."""
    for box in region.boxes:
        known = box.sources
        in_doubt = bool(known.upper) and not known.lower
        yield Rule(
            name=step.name,
            action=action,
            sources=Sources.exactly(known.upper, known.words) if in_doubt else known,
            services=services(box.traffic),
            source_ports=None if box.source_ports.size > 65535 else box.source_ports,
            doubt=(known.why or "not modelled") if in_doubt else "",
            place=step.place if step.place.file else Place(""),
        )


def start(table: Table, families: AddressSet, doubt: str = "") -> Region:
    """What a base chain gets: the packets of its families, perhaps."""
    seen = families & table.addresses
    region = from_sources(seen) if seen else NOWHERE
    return region & maybe(doubt) if doubt else region
