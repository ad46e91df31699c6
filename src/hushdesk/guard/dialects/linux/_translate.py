"""Where the first packet of a connection goes: the destinations that nat chains of the prerouting hook give it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._intervals import NO_PORTS, TOP_PORT, Intervals
from hushdesk.guard._policy import SAME_PORTS, Action, Gate, PortShift, Rule, Stage
from hushdesk.guard._services import ANY, Services
from hushdesk.guard.dialects.linux._flatten import Hit, rules
from hushdesk.guard.dialects.linux._model import Base, Kind, Table, Translation
from hushdesk.guard.dialects.linux._region import maybe
from hushdesk.guard.dialects.linux._words import address_set, network

_EACH: Final = 4096
"""So many frontend ports are named one by one; of more, those at which some rule changes its mind."""


@dataclass(frozen=True, slots=True)
class Nat:
    """One nat chain with what it does, in order."""

    table: Table
    base: Base
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class Target:
    """One new destination."""

    addresses: tuple[tuple[str, str], ...]
    """Empty for the machine itself."""
    ports: tuple[int, int] | None
    base: int | None

    @classmethod
    def of(cls, translation: Translation, own: AddressSet) -> Target:
        """The machine's own addresses count as the machine itself."""
        addresses = translation.addresses
        if addresses and set_of(addresses) <= own:
            addresses = ()
        return cls(addresses, translation.ports, translation.base)

    def __str__(self) -> str:
        hosts = ", ".join(low if low == high else f"{low}-{high}" for low, high in self.addresses)
        if self.ports is None:
            return hosts or "the machine itself"
        low, high = self.ports
        numbers = str(low) if low == high else f"{low}-{high}"
        return f"{hosts} port {numbers}" if hosts else f"port {numbers} of the machine itself"


def set_of(addresses: Iterable[tuple[str, str]]) -> AddressSet:
    """Ranges as a set."""
    return address_set(network(low if low == high else f"{low}-{high}") for low, high in addresses)


def targets(chains: Sequence[Nat], own: AddressSet) -> list[Target]:
    """All destinations, in the order in which they are met first."""
    return list(
        dict.fromkeys(
            Target.of(hit.verdict.translation, own)
            for chain in chains
            for hit in chain.hits
            if hit.verdict.translation is not None
        )
    )


def untranslated(chains: Sequence[Nat], own: AddressSet) -> Gate:
    """What stays as it is passes; whatever goes elsewhere does not."""
    return Gate(name="translation", stages=tuple(_stage(chain, own, None) for chain in chains))


def translated(chains: Sequence[Nat], own: AddressSet, target: Target) -> Gate:
    """What goes to this destination passes, and nothing else."""
    stages = [_stage(chain, own, target) for chain in chains]
    return Gate(
        name="translation",
        stages=(
            *stages,
            Stage(name="translation", rules=(), default_name="not translated to here", frontend=True),
        ),
    )


def _stage(chain: Nat, own: AddressSet, wanted: Target | None) -> Stage:
    found: list[Rule] = []
    for hit in chain.hits:
        kind = hit.verdict.kind
        if kind is Kind.ACCEPT:
            found += rules(hit.region, hit.step, Action.NEXT)
        elif kind is Kind.DROP:
            found += rules(hit.region, hit.step, Action.DENY)
        elif kind is Kind.UNKNOWN:
            # It may go somewhere else, or stay.
            found += rules(hit.region & maybe(hit.verdict.why), hit.step, Action.DENY)
        elif hit.verdict.translation is not None:
            same = wanted is not None and Target.of(hit.verdict.translation, own) == wanted
            found += rules(hit.region, hit.step, Action.ACCEPT if same else Action.DENY)
    return Stage(
        name=f"{chain.table.name} {chain.base.chain}",
        rules=tuple(found),
        default=Action.NEXT,
        default_name="not translated",
        frontend=True,
        place=chain.base.place,
    )


def services_of(chains: Sequence[Nat], own: AddressSet, target: Target) -> Services:
    """Which protocols and frontend ports lead there."""
    return Services.union(
        rule.services
        for chain in chains
        for hit in chain.hits
        if hit.verdict.translation is not None and Target.of(hit.verdict.translation, own) == target
        for rule in rules(hit.region, hit.step, Action.NEXT)
    )


def shifts(target: Target, frontend: Services, seeing: Iterable[Stage]) -> tuple[tuple[PortShift, ...], str]:
    """How frontend ports map to the target's, and a doubt.

    Args:
        target: The destination.
        frontend: What leads there.
        seeing: Stages that see the frontend port: where they change their mind, ports are told apart.
    """
    if target.ports is None:
        return SAME_PORTS, ""
    low, high = target.ports
    if target.base is not None:
        return (PortShift(target.base, min(target.base + high - low, TOP_PORT), low),), ""
    numbers = NO_PORTS
    for _, covered in frontend.entries:
        numbers |= covered
    stay = numbers & Intervals([(low, high)], TOP_PORT)
    kept = tuple(PortShift(first, last, first) for first, last in stay)
    moved = tuple(_each(numbers - stay, seeing))
    if low == high:
        return (*kept, *(PortShift(port, port, low) for port in moved)), ""
    if not moved:
        return kept, ""
    spread = [PortShift(port, port, to) for port in moved[:64] for to in range(low, min(high, low + 63) + 1)]
    return (*kept, *spread), "which port of the range is taken is not known"


def _each(numbers: Intervals, seeing: Iterable[Stage]) -> Iterator[int]:
    if numbers.size <= _EACH:
        for low, high in numbers:
            yield from range(low, high + 1)
        return
    cuts = {edge for low, high in numbers for edge in (low, high)}
    for stage in seeing:
        for rule in stage.rules:
            for _, covered in rule.services.entries:
                for low, high in covered:
                    cuts.update((low - 1, low, high, high + 1))
    yield from sorted(cut for cut in cuts if cut in numbers)


def listening(target: Target, frontend: Services) -> Services | None:
    """On what something listens there, as far as the translation tells."""
    if target.ports is None or any(name == ANY for name, _ in frontend.entries):
        return None
    return Services(
        tuple(dict.fromkeys((name, Intervals([target.ports], TOP_PORT)) for name, _ in frontend.entries))
    )
