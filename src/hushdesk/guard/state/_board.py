"""Each store with those who reach it: a report in the order in which people ask."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hushdesk.guard._findings import Endpoint
from hushdesk.guard._intent import GuardedStore, Intent
from hushdesk.guard.check import Exposure, Key, Level, Report, keyed, rules_key, services_of, signature
from hushdesk.guard.reach import Compiler, Part, ReachSet, reach

_ORDER = (Level.ERROR, Level.WARNING, Level.NOTE)


@dataclass(frozen=True, slots=True)
class Reached:
    """Protocols and ports of an endpoint that the same sources reach by the same rules."""

    services: tuple[tuple[str, int], ...]
    reach: ReachSet
    """Of the first of them."""
    parts: tuple[Part, ...]
    """By way in and rules."""
    exposure: Exposure | None = None
    """Who of them is not approved."""


@dataclass(frozen=True, slots=True)
class Row:
    """One endpoint."""

    id: str
    """Stays the same as long as dialect and name do."""
    endpoint: Endpoint
    store: GuardedStore | None
    reached: tuple[Reached, ...] = ()
    """Ports that somebody reaches."""
    closed: tuple[tuple[str, int], ...] = ()
    """Protocols and ports that nobody reaches."""
    uncovered: bool = False
    """It is a store and no intent covers it."""

    @property
    def level(self) -> Level | None:
        """The worst of what was found; none if only those who are approved get in."""
        found = {each.exposure.level for each in self.reached if each.exposure}
        if self.uncovered:
            found.add(Level.ERROR)
        return next((level for level in _ORDER if level in found), None)


@dataclass(frozen=True, slots=True)
class Board:
    """Everything of one look."""

    stores: tuple[tuple[GuardedStore, tuple[Row, ...]], ...]
    """Of the intent, with their endpoints; without any, no input shows the store."""
    others: tuple[Row, ...]
    """Stores that no intent covers, and whatever else somebody gets to who is not approved; the worst first."""
    quiet: tuple[Row, ...]
    """The other endpoints."""

    def row(self, ident: str) -> Row | None:
        """The row of this id."""
        for rows in (*(rows for _, rows in self.stores), self.others, self.quiet):
            for row in rows:
                if row.id == ident:
                    return row
        return None

    def rows(self) -> Iterator[Row]:
        """All of them."""
        for _, rows in self.stores:
            yield from rows
        yield from self.others
        yield from self.quiet


def ident(key: Key) -> str:
    """A short name for addresses of pages."""
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:16]


def board(report: Report, intent: Intent) -> Board:
    """Put a report in order.

    Args:
        report: What a check found.
        intent: With which it was made.
    """
    compiler = Compiler()
    exposures: dict[int, list[Exposure]] = {}
    for exposure in report.exposures:
        exposures.setdefault(id(exposure.endpoint), []).append(exposure)
    uncovered = {id(one.endpoint) for one in report.uncovered}
    by_store: dict[str, list[Row]] = {store.name: [] for store in intent.stores}
    others: list[Row] = []
    quiet: list[Row] = []
    for key, endpoint in keyed(report.estate.endpoints).items():
        store = intent.store_of(endpoint)
        reached, closed = _reached(endpoint, store, exposures.get(id(endpoint), ()), compiler)
        row = Row(ident(key), endpoint, store, reached, closed, id(endpoint) in uncovered)
        if store:
            by_store[store.name].append(row)
        else:
            # A store is one that the input knows as such, or one that somebody gets to.
            known = endpoint.engine or endpoint.posture or row.level
            (others if known else quiet).append(row)
    return Board(
        tuple((store, tuple(_sorted(by_store[store.name]))) for store in intent.stores),
        tuple(_sorted(others)),
        tuple(_sorted(quiet)),
    )


def _sorted(rows: Iterable[Row]) -> list[Row]:
    def order(row: Row) -> tuple[int, bool, str]:
        found = [each.exposure.level for each in row.reached if each.exposure]
        worst = _ORDER.index(row.level) if row.level else len(_ORDER)
        # Of those that no intent covers, the ones that somebody gets to come first.
        return worst, Level.ERROR not in found, row.endpoint.name

    return sorted(rows, key=order)


def _reached(
    endpoint: Endpoint, store: GuardedStore | None, exposures: Iterable[Exposure], compiler: Compiler
) -> tuple[tuple[Reached, ...], tuple[tuple[str, int], ...]]:
    known: dict[object, tuple[ReachSet, tuple[Part, ...], object]] = {}
    groups: dict[object, tuple[ReachSet, tuple[Part, ...], list[tuple[str, int]]]] = {}
    closed = []
    for protocol, port in services_of(endpoint, store):
        key = rules_key(endpoint, protocol, port, compiler)
        if key not in known:
            found = reach(endpoint, port, protocol, compiler=compiler)
            parts = tuple(found.parts())
            known[key] = found, parts, tuple(map(signature, parts))
        found, parts, same = known[key]
        if found.upper:
            approved = store.approved(port) if store else None
            groups.setdefault((approved, same), (found, parts, []))[2].append((protocol, port))
        else:
            closed.append((protocol, port))
    by_service = {service: each for each in exposures for service in each.services}
    return (
        tuple(
            Reached(tuple(services), found, parts, by_service.get(services[0]))
            for found, parts, services in groups.values()
        ),
        tuple(closed),
    )
