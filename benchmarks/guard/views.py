"""What guard says of one file, asked as a check asks: who reaches a subject on some services, and what stands in the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from pathlib import Path

from checks import Service

from hushdesk.guard import (
    EMPTY,
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
from hushdesk.guard._registry import installed
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
    only: tuple[Part, ...] | None = None
    """If set, the parts that a certain resource lets in; else all."""

    @property
    def upper(self) -> AddressSet:
        """Strangers who may get in."""
        if self.only is None:
            return self.found.upper & STRANGERS
        return reduce(or_, (part.sources for part in self.only), EMPTY)

    @property
    def lower(self) -> AddressSet:
        """Strangers who get in for certain."""
        if self.only is None:
            return self.found.lower & STRANGERS
        return reduce(or_, (part.sources for part in self.only if part.certain), EMPTY)

    def parts(self) -> tuple[Part, ...]:
        """By which ways and rules."""
        return tuple(self.found.parts(STRANGERS)) if self.only is None else self.only


def dialects_here() -> tuple[list[Dialect], list[str]]:
    """The dialects that can be loaded, and the names of those that cannot."""
    found = installed()
    return list(found.dialects), [name for name, _ in found.broken]


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
    word = _word(subject)
    texts = [endpoint.name, *endpoint.aliases, endpoint.place.pointer]
    for path in endpoint.paths:
        texts += [path.name, path.place.pointer, path.reaching.words]
        for gate in path.gates:
            for stage in gate.stages:
                texts += [stage.name, stage.place.pointer]
    return any(map(word.search, texts)) or any(_is_of(rule, word) for _, rule in rules_of(endpoint))


def let_in_by(answer: Answer, subject: str) -> Answer | None:
    """What a resource lets in: by one of its rules, or, if it has none, as the list or endpoint that it is."""
    word = _word(subject)
    endpoint = answer.endpoint
    if not answer.upper or not speaks_of(endpoint, subject):
        return None
    if not any(_is_of(rule, word) for _, rule in rules_of(endpoint)):
        return answer
    mine = tuple(
        part
        for part in answer.parts()
        if any(decider.rule and _is_of(decider.rule, word) for decider in part.deciders)
    )
    return replace(answer, only=mine) if mine else None


def _is_of(rule: Rule, word: re.Pattern[str]) -> bool:
    return bool(word.search(rule.name) or word.search(rule.place.pointer))


def _word(subject: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(subject)}(?![\w-])")
