"""One connection, stage by stage: the plain first-match reading, written apart from the arrays so that each checks the other."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._policy import Action, Path, Rule, Stage
from hushdesk.guard.reach._reach import Decider


class Verdict(Enum):
    """Whether a connection gets through."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Connection:
    """Who wants in."""

    source: ipaddress.IPv4Address | ipaddress.IPv6Address
    port: int
    """Of the endpoint."""
    protocol: str = "tcp"
    source_port: int = 50000


@dataclass(frozen=True, slots=True)
class Answer:
    """What one stage says of one connection."""

    stage: Stage
    actions: frozenset[Action]
    """What may happen; one if nothing is unknown."""
    deciders: tuple[Decider, ...]
    """The rules that may decide, in order; the last decides for certain."""


@dataclass(frozen=True, slots=True)
class Way:
    """What becomes of one connection on one path."""

    path: Path
    frontend_port: int
    verdict: Verdict
    answers: tuple[Answer, ...] = ()
    why: str = ""
    """If no stage was asked: why not. If the verdict is unknown: what is."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What becomes of one connection on every path."""

    connection: Connection
    verdict: Verdict
    ways: tuple[Way, ...] = field(default=())


def explain(endpoint: Endpoint, connection: Connection) -> Explanation:
    """Follow one connection stage by stage."""
    ways = tuple(_ways(endpoint, connection))
    verdicts = {way.verdict for way in ways}
    for verdict in (Verdict.OPEN, Verdict.UNKNOWN):
        if verdict in verdicts:
            return Explanation(connection, verdict, ways)
    return Explanation(connection, Verdict.CLOSED, ways)


def _ways(endpoint: Endpoint, connection: Connection) -> Iterator[Way]:
    for path in endpoint.paths:
        if path.protocols and connection.protocol not in path.protocols:
            yield Way(path, connection.port, Verdict.CLOSED, why=f"passes no {connection.protocol}")
            continue
        fronts = path.frontends(connection.port)
        if not fronts:
            yield Way(path, connection.port, Verdict.CLOSED, why=f"nothing leads to port {connection.port}")
        for front in fronts:
            yield _way(path, front, connection)


def _way(path: Path, front: int, connection: Connection) -> Way:
    if connection.source not in path.reaching.upper:
        return Way(path, front, Verdict.CLOSED, why="this source does not get to the frontend")
    doubt = path.doubt or ("" if connection.source in path.reaching.lower else path.reaching.why)
    turned_away = bool(doubt)
    through = True
    answers = []
    for gate in path.gates:
        inside, through = through, False
        for stage in gate.stages:
            if not inside:
                break
            answer = _ask(stage, connection, front if stage.frontend else connection.port)
            answers.append(answer)
            turned_away |= Action.DENY in answer.actions
            through |= Action.ACCEPT in answer.actions
            inside = Action.NEXT in answer.actions
        through |= inside
        if not through:
            return Way(path, front, Verdict.CLOSED, tuple(answers))
    if not turned_away:
        return Way(path, front, Verdict.OPEN, tuple(answers))
    why = doubt or "; ".join(
        dict.fromkeys(
            decider.rule.doubt or decider.rule.sources.why
            for answer in answers
            if len(answer.actions) > 1
            for decider in answer.deciders
            if decider.rule and (decider.rule.doubt or decider.rule.sources.why)
        )
    )
    return Way(path, front, Verdict.UNKNOWN, tuple(answers), why)


def _ask(stage: Stage, connection: Connection, port: int) -> Answer:
    actions: set[Action] = set()
    deciders = []
    for rule in stage.rules:
        matches = _matches(rule, connection, port)
        if matches is Verdict.CLOSED:
            continue
        actions.add(rule.action)
        deciders.append(Decider(stage, rule))
        if matches is Verdict.OPEN:
            return Answer(stage, frozenset(actions), tuple(deciders))
    actions.add(stage.default)
    deciders.append(Decider(stage, None))
    return Answer(stage, frozenset(actions), tuple(deciders))


def _matches(rule: Rule, connection: Connection, port: int) -> Verdict:
    if rule.source_ports is not None and connection.source_port not in rule.source_ports:
        return Verdict.CLOSED
    if not rule.services.covers(connection.protocol, port) or not _in(connection, rule.sources.upper):
        return Verdict.CLOSED
    return Verdict.OPEN if not rule.doubt and _in(connection, rule.sources.lower) else Verdict.UNKNOWN


def _in(connection: Connection, addresses: AddressSet) -> bool:
    return connection.source in addresses
