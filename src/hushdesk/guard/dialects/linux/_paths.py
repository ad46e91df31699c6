"""From the tables of one machine to endpoints: the machine itself, those that it translates to, and what it forwards.

The way of a packet from outside: ingress; prerouting before the translation of destinations (raw, mangle); that translation;
prerouting after it; and then, by where it goes, input or forward and postrouting. What leaves the machine (OUTPUT) is not
looked at: it cannot let in more.

Two things are taken for granted, since no rule tells them. An address that a packet is translated to is another machine's
unless it is a loopback one or ``linux.addresses`` names it. And what is translated to another machine is forwarded, so
forwarding is on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EMPTY, EVERYWHERE, AddressSet, Family
from hushdesk.guard._findings import Endpoint, Finding, Malformed
from hushdesk.guard._policy import SAME_PORTS, Gate, Path, Place, Sources, Stage
from hushdesk.guard._services import Services
from hushdesk.guard.dialects.linux import _translate
from hushdesk.guard.dialects.linux._conditions import NOT_UNICAST
from hushdesk.guard.dialects.linux._flatten import Walk, stage, start
from hushdesk.guard.dialects.linux._model import DSTNAT, HOOKS, TRACKING, Base, Kind, Situation, Table
from hushdesk.guard.dialects.linux._region import EVERYTHING, NOWHERE, Region
from hushdesk.guard.dialects.linux._translate import Nat, Target

LOOPBACK: Final = AddressSet.parse("127.0.0.0/8", "::1")
DIALECT: Final = "linux"


@dataclass(frozen=True, slots=True)
class Machine:
    """Everything that the input says of one machine."""

    name: str
    place: Place
    tables: Sequence[Table]
    families: tuple[Family, ...]
    """Of which the input shows the rules."""
    own: AddressSet = field(default_factory=AddressSet)
    """Its own addresses, if they were told."""
    outside: tuple[str, ...] = ()
    """Interfaces behind which the outside is, if that was told."""


class Paths:
    """Lowers one machine.

    Args:
        machine: With its tables.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._cyclic: set[str] = set()
        self._bases = sorted(
            ((table, base) for table in machine.tables for base in table.bases),
            key=lambda one: (HOOKS.index(one[1].hook), one[1].priority),
        )
        self._families = AddressSet()
        for family in machine.families:
            self._families |= ALL_V4 if family == 4 else ALL_V6
        self._own = machine.own | LOOPBACK
        here = machine.own or EVERYWHERE - NOT_UNICAST
        self._here = Situation("prerouting", here, outside=machine.outside)
        self._here = replace(self._here, untracked=self._untracked())
        self._nat = [self._walked(table, base) for table, base in self._bases if base.translates]

    def findings(self) -> Iterator[Finding]:
        """Endpoints, and what is wrong with the chains."""
        before = self._stages(("ingress", "prerouting"), self._here, self._families, early=True)
        targets = _translate.targets(self._nat, self._own)
        paths = [self._input(before, None)]
        paths += [self._input(before, target) for target in targets if not target.addresses]
        paths += self._unseen()
        name, place = self._machine.name, self._machine.place
        yield Endpoint(
            name=f"{name} (input)",
            dialect=DIALECT,
            kind="machine",
            place=place,
            paths=tuple(paths),
            aliases=tuple(self._machine.own.cidrs()),
        )
        behind: dict[tuple[tuple[str, str], ...], list[Target]] = {}
        for target in targets:
            if target.addresses:
                behind.setdefault(target.addresses, []).append(target)
        for addresses, ways in behind.items():
            yield self._behind(addresses, ways)
        if any(table.chains.get(base.chain) for table, base in self._bases if base.hook == "forward"):
            stages = self._stages(
                ("forward", "postrouting"), replace(self._here, hook="forward"), self._families
            )
            passing = (_translate.untranslated(self._nat, self._own),)
            yield Endpoint(
                name=f"{name} (forward)",
                dialect=DIALECT,
                kind="what a machine forwards",
                place=place,
                attached=False,
                paths=(
                    self._path(
                        "forwarded",
                        before,
                        passing,
                        (*self._late(self._here, self._families), *stages),
                        self._families,
                    ),
                ),
            )
        for chain in sorted(self._cyclic):
            yield Malformed(
                place,
                f"the chain {chain} leads back to itself, or jumps go too deep",
                "the kernel takes no such rules",
            )

    def _unseen(self) -> Iterator[Path]:
        """A way in for the family whose rules the input does not show: nobody knows what is behind it."""
        for everybody, family, tool in (
            (ALL_V4, "IPv4", "iptables-save"),
            (ALL_V6, "IPv6", "ip6tables-save"),
        ):
            if not everybody & self._families:
                why = f"the input shows no rules of {family}; give the output of {tool} with it, or of nft list ruleset"
                yield Path(
                    name=f"{self._machine.name}: {family}",
                    gates=(),
                    reaching=Sources(everybody, EMPTY, family, why),
                    place=self._machine.place,
                )

    def _input(self, before: tuple[Stage, ...], target: Target | None) -> Path:
        situation = replace(self._here, hook="input")
        if target is None:
            passing = _translate.untranslated(self._nat, self._own)
            stages = (
                *self._late(self._here, self._families),
                *self._stages(("input",), situation, self._families),
            )
            return self._path("input", before, (passing,), stages, self._families)
        return self._translated(before, target, situation, ("input",), self._families, Services(()))[0]

    def _behind(self, addresses: tuple[tuple[str, str], ...], ways: Sequence[Target]) -> Endpoint:
        known = _translate.set_of(addresses)
        families = (ALL_V4 if known.v4 else ALL_V6) & self._families
        leaving = next(
            (name for table in self._machine.tables for network, name in table.networks if known <= network),
            None,
        )
        situation = replace(self._here, hook="forward", destination=known, leaving=leaving)
        before = self._stages(("ingress", "prerouting"), self._here, families, early=True)
        paths, listening = [], []
        for way in ways:
            path, services = self._translated(
                before, way, situation, ("forward", "postrouting"), families, None
            )
            paths.append(path)
            listening.append(services)
        first = ways[0]
        shown = str(Target(first.addresses, None, None))
        return Endpoint(
            name=f"{shown} (behind {self._machine.name})",
            dialect=DIALECT,
            kind="target of a translation",
            place=paths[0].place,
            paths=tuple(paths),
            listening=None if None in listening else Services.union(part for part in listening if part),
            aliases=tuple(dict.fromkeys(low for low, high in addresses if low == high)),
        )

    def _translated(
        self,
        before: tuple[Stage, ...],
        target: Target,
        situation: Situation,
        hooks: tuple[str, ...],
        families: AddressSet,
        listening: Services | None,
    ) -> tuple[Path, Services | None]:
        frontend = _translate.services_of(self._nat, self._own, target)
        passing = _translate.translated(self._nat, self._own, target)
        shifts, doubt = _translate.shifts(target, frontend, (*before, *passing.stages))
        moved = tuple((shift.low, shift.high, shift.to) for shift in shifts)
        situation = replace(situation, translated=True, shifted_ports=moved)
        stages = (*self._late(situation, families), *self._stages(hooks, situation, families))
        path = self._path(f"translation to {target}", before, (passing,), stages, families)
        if any(low != high for low, high in target.addresses):
            doubt = doubt or "which address of the range is taken is not known"
        place = next(
            (
                hit.step.place
                for chain in self._nat
                for hit in chain.hits
                if hit.verdict.translation is not None
                and Target.of(hit.verdict.translation, self._own) == target
            ),
            path.place,
        )
        if listening is None:
            listening = _translate.listening(target, frontend)
        return replace(path, shifts=shifts, doubt=doubt, place=place), listening

    def _path(
        self,
        name: str,
        before: Iterable[Stage],
        passing: Iterable[Gate],
        stages: Iterable[Stage],
        families: AddressSet,
    ) -> Path:
        gates = (
            Gate(name=f"{self._machine.name} before translation", stages=tuple(before)),
            *passing,
            Gate(name=f"{self._machine.name} {name}", stages=tuple(stages)),
        )
        return Path(
            name=f"{self._machine.name}: {name}",
            gates=tuple(gate for gate in gates if gate.stages),
            shifts=SAME_PORTS,
            reaching=Sources.exactly(families),
            addresses=tuple(self._machine.own.cidrs()),
            place=self._machine.place,
        )

    def _late(self, situation: Situation, families: AddressSet) -> tuple[Stage, ...]:
        """Prerouting behind the translation."""
        return self._stages(("prerouting",), replace(situation, hook="prerouting"), families, early=False)

    def _stages(
        self, hooks: tuple[str, ...], situation: Situation, families: AddressSet, *, early: bool | None = None
    ) -> tuple[Stage, ...]:
        found = []
        for table, base in self._bases:
            if base.hook not in hooks or base.translates or not table.addresses & families:
                continue
            frontend = base.hook in {"ingress", "prerouting"} and base.priority < DSTNAT
            if (early is True and not frontend) or (early is False and frontend):
                continue
            # A chain that lets everything through is nobody's reason for anything.
            if not table.chains.get(base.chain) and base.accepts:
                continue
            tracked = base.hook != "ingress" and (base.hook != "prerouting" or base.priority > TRACKING)
            hits = Walk(table, base, replace(situation, hook=base.hook, tracked=tracked), self._cyclic).hits(
                start(table, families, self._device_doubt(base))
            )
            found.append(
                stage(f"{table.name} {base.chain}", table, base, hits, frontend=frontend, families=families)
            )
        return tuple(found)

    def _device_doubt(self, base: Base) -> str:
        if base.hook != "ingress" or not base.devices:
            return ""
        if self._machine.outside and set(self._machine.outside) <= set(base.devices):
            return ""
        return f"whether the outside is on interface {', '.join(base.devices)} is not known"

    def _walked(self, table: Table, base: Base) -> Nat:
        region = start(table, self._families) - self._here.untracked
        return Nat(table, base, tuple(Walk(table, base, self._here, self._cyclic).hits(region)))

    def _untracked(self) -> Region:
        """Packets that a chain takes out of tracking before tracking sees them."""
        found = NOWHERE
        for table, base in self._bases:
            if base.hook != "prerouting" or base.priority >= TRACKING:
                continue
            undecided = EVERYTHING
            situation = replace(self._here, tracked=False)
            for hit in Walk(table, base, situation, self._cyclic).hits(start(table, self._families)):
                if hit.verdict.kind is Kind.UNTRACK:
                    found = found | (undecided & hit.region)
                elif hit.verdict.kind in {Kind.ACCEPT, Kind.DROP}:
                    undecided = undecided - hit.region
        return found
