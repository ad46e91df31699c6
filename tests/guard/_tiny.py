"""A network language for tests: JSON documents with ``tiny`` on top, lowered without any thought of a real platform."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path as File
from typing import Any

from hushdesk.guard import (
    Action,
    AddressSet,
    Authentication,
    Document,
    Endpoint,
    Gate,
    Malformed,
    NotLookedAt,
    Path,
    PortShift,
    Posture,
    Rule,
    Services,
    Sources,
    Stage,
    Unresolved,
    World,
)


class TinyDialect:
    """``{"tiny": [endpoint, …]}``; see :func:`host`."""

    name = "tiny"

    def __init__(self) -> None:
        self.reads = 0

    def claims(self, document: Document) -> bool:
        return document.kind == "json" and isinstance(document.content, dict) and "tiny" in document.content

    def read(self, documents: Sequence[Document], _world: World) -> Iterator[Any]:
        self.reads += 1
        for document in documents:
            for number, one in enumerate(document.content["tiny"]):
                yield from self._endpoint(document, ("tiny", number), one)

    def _endpoint(self, document: Document, at: tuple[str | int, ...], one: dict[str, Any]) -> Iterator[Any]:
        place = document.place(*at)
        if "name" not in one:
            yield Malformed(place, "it has no name", "Give it a name.")
            return
        if "odd" in one:
            yield NotLookedAt(place, "odd", "tiny knows no odd things")
        stages = [
            self._stage(document, (*at, "lists", number), each) for number, each in enumerate(one["lists"])
        ]
        for stage in stages:
            for rule in stage.rules:
                if rule.sources.why:
                    yield Unresolved(rule.place, rule.sources.words, rule.sources.why)
        shifts = (PortShift(*one["shift"]),) if "shift" in one else (PortShift(0, 65535, 0),)
        way = Path(
            name=one.get("way", "public address"),
            gates=(Gate(name="network", stages=tuple(stages)),),
            addresses=tuple(one.get("addresses", ())),
            shifts=shifts,
            place=place,
        )
        proof = one.get("authentication")
        posture = (
            Posture(
                engine=one["engine"],
                authentication=Authentication(proof),
                why="security.enabled",
                place=place,
            )
            if proof
            else None
        )
        yield Endpoint(
            name=one["name"],
            dialect=self.name,
            kind=one.get("kind", "host"),
            place=place,
            paths=(way,),
            listening=Services.of("tcp", *one["ports"]) if "ports" in one else None,
            engine=one.get("engine", ""),
            posture=posture,
        )

    def _stage(self, document: Document, at: tuple[str | int, ...], one: dict[str, Any]) -> Stage:
        return Stage(
            name=one["name"],
            rules=tuple(
                Rule(
                    name=rule["name"],
                    action=Action(rule.get("does", "next")),
                    sources=Sources.unknown(rule["from"], "the value of the parameter is not given")
                    if "[" in rule["from"]
                    else Sources.exactly(AddressSet.parse(*rule["from"].split()), rule["from"]),
                    services=Services.of("tcp", *rule["ports"]) if "ports" in rule else Services.of("*"),
                    place=document.place(*at, "rules", number),
                )
                for number, rule in enumerate(one["rules"])
            ),
            place=document.place(*at),
        )


def host(
    name: str, *rules: dict[str, Any], lists: Sequence[dict[str, Any]] = (), **more: Any
) -> dict[str, Any]:
    """An endpoint of a document; its rules are those of one list, behind the other lists."""
    return {"name": name, "lists": [*lists, {"name": f"list of {name}", "rules": list(rules)}], **more}


def allow(name: str, sources: str, **more: Any) -> dict[str, Any]:
    """A rule."""
    return {"name": name, "from": sources, **more}


def save(file: File, *hosts: dict[str, Any]) -> None:
    """Write a document, of which each value has a line of its own."""
    file.write_text(json.dumps({"tiny": list(hosts)}, indent=1))
