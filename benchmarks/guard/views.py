"""What guard says of one file, asked as a check asks: who reaches a subject on some services, and what stands in the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from pathlib import Path

from checks import Service

from hushdesk.guard import (
    EVERYWHERE,
    PUBLIC,
    STORE_PORTS,
    Action,
    AddressSet,
    Dialect,
    Endpoint,
    Estate,
    ReachSet,
    Rule,
    Sources,
    Stage,
    reach,
    survey,
)
from hushdesk.guard.reach import Part

WIDE = 2**24
"""As many addresses as a /8: no list of partners is as wide."""
MOST_SERVICES = 40
STRANGERS = PUBLIC - AddressSet.parse("168.63.129.16")


@dataclass(frozen=True)
class Answer:
    """One endpoint on one service."""

    endpoint: Endpoint
    service: Service
    found: ReachSet

    @property
    def upper(self) -> AddressSet:
        """Strangers who may get in."""
        return self.found.upper & STRANGERS

    @property
    def lower(self) -> AddressSet:
        """Strangers who get in for certain."""
        return self.found.lower & STRANGERS

    def parts(self) -> list[Part]:
        """By which ways and rules."""
        return list(self.found.parts(STRANGERS))


def dialects_here() -> tuple[list[Dialect], list[str]]:
    """The dialects that can be loaded, and the names of those that cannot."""
    found, missing = [], []
    for point in sorted(entry_points(group="hushdesk.guard.dialects"), key=lambda one: one.name):
        try:
            found.append(point.load()())
        except (ImportError, AttributeError):
            missing.append(point.name)
    return found, missing


def read(file: Path, using: Sequence[Dialect]) -> Estate:
    """One file by itself, as the fixture's check sees it."""
    return survey([file], using=using)


def answers(endpoints: Iterable[Endpoint], services: Sequence[Service]) -> list[Answer]:
    """Every endpoint on every service; without services on those of which its rules speak."""
    return [
        Answer(one, service, reach(one, service[1], service[0]))
        for one in endpoints
        for service in services or spoken_of(one)
    ]


def spoken_of(endpoint: Endpoint) -> list[Service]:
    """Where the rules of an endpoint begin to say something else, and the stores' ports if it says nothing."""
    found: dict[Service, None] = {}
    if endpoint.listening is not None:
        for name, numbers in endpoint.listening.entries:
            found.update(dict.fromkeys((("tcp" if name == "*" else name), low) for low, _ in numbers))
    for _, rule in rules_of(endpoint):
        for name, numbers in rule.services.entries:
            protocols = ("tcp", "udp") if name == "*" else (name,) if name in ("tcp", "udp") else ()
            found.update(dict.fromkeys((protocol, low) for protocol in protocols for low, _ in numbers))
    if not found:
        found = dict.fromkeys(STORE_PORTS)
    return list(found)[:MOST_SERVICES]


def rules_of(endpoint: Endpoint) -> Iterator[tuple[Stage, Rule]]:
    """All rules on all ways in."""
    for path in endpoint.paths:
        for gate in path.gates:
            for stage in gate.stages:
                for rule in stage.rules:
                    yield stage, rule


def opening_rules(endpoint: Endpoint) -> list[Rule]:
    """Rules that let some stranger in, whatever stands before or after them."""
    return [
        rule
        for _, rule in rules_of(endpoint)
        if rule.action is not Action.DENY and rule.sources.upper & STRANGERS
    ]


def within_reach(endpoint: Endpoint) -> Endpoint:
    """The same as if everybody got as far as its first list of rules."""
    everybody = Sources.exactly(EVERYWHERE)
    return replace(
        endpoint, paths=tuple(replace(path, reaching=everybody, protocols=()) for path in endpoint.paths)
    )


def speaks_of(endpoint: Endpoint, subject: str) -> bool:
    """Whether a resource has a part in an endpoint: it is it, or one of its lists or rules."""
    word = re.compile(rf"(?<![\w-]){re.escape(subject)}(?![\w-])")
    texts = [endpoint.name, *endpoint.aliases, endpoint.place.pointer]
    for path in endpoint.paths:
        texts += [path.name, path.place.pointer, path.reaching.words]
        for gate in path.gates:
            for stage in gate.stages:
                texts += [stage.name, stage.place.pointer]
                for rule in stage.rules:
                    texts += [rule.name, rule.place.pointer, rule.sources.words]
    return any(word.search(text) for text in texts)


def lets_in(answer: Answer, subject: str) -> bool:
    """Whether strangers get in by a rule, a list or an endpoint of this name."""
    word = re.compile(rf"(?<![\w-]){re.escape(subject)}(?![\w-])")
    for part in answer.parts():
        # The rule that decided is to blame; its list only if no rule did.
        texts = [answer.endpoint.name, *answer.endpoint.aliases, part.path.name, part.path.place.pointer]
        for decider in part.deciders:
            texts += [decider.name, decider.place.pointer, decider.stage.name, decider.stage.place.pointer]
        if any(word.search(text) for text in texts):
            return True
    return False
