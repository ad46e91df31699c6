"""What the guard saw as plain values: the JSON twins, and what the templates show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from hushdesk.guard import ENGINES as _ENGINES
from hushdesk.guard import (
    AddressSet,
    Connection,
    Endpoint,
    Explanation,
    GuardedStore,
    Place,
    Posture,
    describe,
)
from hushdesk.guard.check import Exposure, report_value, set_value
from hushdesk.guard.reach import Change, Decider, Part
from hushdesk.guard.state import Board, EndpointChange, LastChange, Look, Reached, Row, Sight

Tags = Mapping[str, AddressSet]

VERSION: Final = 1
MOST_WAYS: Final = 12
"""So many ways in are drawn for one group of ports; the page says how many there are."""
_MOST_PORTS: Final = 6
_FEW: Final = 4
_ACTIONS: Final = {
    "deny": "turned away",
    "next": "let on",
    "accept": "let in at once",
}


def services_text(services: Sequence[tuple[str, int]]) -> str:
    """Protocols and ports in words, the first few of many."""
    shown: dict[str, list[str]] = {}
    for protocol, port in services[:_MOST_PORTS]:
        shown.setdefault(protocol, []).append(str(port))
    more = f" and {len(services) - _MOST_PORTS} more" if len(services) > _MOST_PORTS else ""
    return ", ".join(f"{protocol} {', '.join(ports)}" for protocol, ports in shown.items()) + more


def _services(services: Sequence[tuple[str, int]]) -> dict[str, Any]:
    return {
        "services": [f"{protocol}/{port}" for protocol, port in services],
        "ports_text": services_text(services),
    }


def overview(sight: Sight) -> dict[str, Any]:
    """All stores, what could not be made out, and the last change in short."""
    state = {
        "version": VERSION,
        "running": sight.running,
        "failed": sight.failed,
        "checked": sight.checked,
    }
    look = sight.look
    if look is None:
        return {**state, "looked_at": None}
    tags, whole = look.world.tags, report_value(look.report, look.world.tags)
    stores: list[dict[str, Any]] = [
        {
            "name": store.name,
            "engine": store.engine,
            "title": _title(store.engine),
            "data_class": store.data_class,
            "endpoints": [row_value(row, tags) for row in rows],
        }
        for store, rows in look.board.stores
    ]
    others = [row_value(row, tags) for row in look.board.others]
    every = [row for store in stores for row in store["endpoints"]] + others
    return {
        **state,
        "looked_at": look.at,
        "seconds": round(look.seconds, 3),
        "since": look.since,
        "problems": [{"problem": each.problem, "remedy": each.remedy} for each in look.problems],
        "missed": list(look.missed),
        "stores": stores,
        "others": others,
        "quiet": [
            {"id": row.id, "endpoint": row.endpoint.name, "kind": row.endpoint.kind}
            for row in look.board.quiet
        ],
        "errors": sum(row["level"] == "error" for row in every),
        "warnings": sum(row["level"] == "warning" for row in every),
        "absent": whole["absent"],
        "unresolved": whole["unresolved"],
        "malformed": whole["malformed"],
        "coverage": whole["coverage"],
        "change": change_summary(look.change, look.board) if look.change else None,
    }


def row_value(row: Row, tags: Tags) -> dict[str, Any]:
    """One endpoint with those who reach it, in words and counted."""
    endpoint, posture = row.endpoint, row.endpoint.posture
    return {
        "id": row.id,
        "endpoint": endpoint.name,
        "kind": endpoint.kind,
        "dialect": endpoint.dialect,
        "place": str(endpoint.place),
        "engine": endpoint.engine,
        "title": _title(endpoint.engine),
        "attached": endpoint.attached,
        "store": row.store.name if row.store else None,
        "uncovered": row.uncovered,
        "level": row.level.value if row.level else None,
        "authentication": posture.authentication.value if posture else "unknown",
        "authentication_why": posture.why if posture else "",
        "encrypted": posture.encrypted if posture else None,
        "unproven": _unproven(posture, tags),
        "reached": [_reached_value(each, tags, row.store) for each in row.reached],
        "closed": _services(row.closed) if row.closed else None,
    }


def _reached_value(reached: Reached, tags: Tags, store: GuardedStore | None) -> dict[str, Any]:
    found, exposure = reached.reach, reached.exposure
    return {
        **_services(reached.services),
        "who": _counted(found.upper, tags),
        "certain": None if found.exact else _counted(found.lower, tags),
        "exact": found.exact,
        "level": exposure.level.value if exposure else None,
        "engines": list(exposure.stores) if exposure else [],
        "beyond": _counted(exposure.sources, tags) if exposure else None,
        "beyond_certain": bool(exposure.certain) if exposure else None,
        "approved_words": _approved_words(
            found.upper & store.approved(reached.services[0][1]), exposure, tags
        )
        if exposure and store
        else "",
    }


def _approved_words(approved: AddressSet, exposure: Exposure, tags: Tags) -> str:
    """What of a set is approved and what is not, whichever is the shorter to say."""
    doubt = "" if exposure.certain else "They may get in only. "
    if not approved:
        return f"{doubt}None of these is approved."
    if len(list(islice(approved.cidrs(), _FEW + 1))) <= _FEW:
        return f"{doubt}Approved is only: {describe(approved, tags)}."
    return f"{doubt}Not approved: {describe(exposure.sources, tags)}."


def _unproven(posture: Posture | None, tags: Tags) -> dict[str, Any] | None:
    """Who of those that can connect gets in without proving who they are; None if nobody looked."""
    found = posture.without_password if posture else None
    return {**_counted(found.upper, tags), "exact": found.upper == found.lower} if found else None


def _counted(addresses: AddressSet, tags: Tags) -> dict[str, Any]:
    return {
        "words": describe(addresses, tags),
        "ipv4": addresses.v4.size,
        "ipv6": addresses.v6.size,
    }


def _title(engine: str) -> str:
    return _ENGINES[engine].title if engine in _ENGINES else engine


def detail(look: Look, row: Row) -> dict[str, Any]:
    """One endpoint: who reaches it, and every way in, list by list."""
    tags = look.world.tags
    value = row_value(row, tags)
    for plain, reached in zip(value["reached"], row.reached, strict=True):
        exposure = reached.exposure
        plain["who"] = set_value(reached.reach.upper, tags)
        plain["certain"] = None if reached.reach.exact else set_value(reached.reach.lower, tags)
        plain["beyond"] = set_value(exposure.sources, tags) if exposure else None
        plain["ways"] = [
            _way_value(part, exposure, tags, [port for _, port in reached.services])
            for part in _merged(reached.parts)
        ]
    return {
        "version": VERSION,
        "looked_at": look.at,
        **value,
        "aliases": list(row.endpoint.aliases),
        "ways_in": len(row.endpoint.paths),
    }


def _merged(parts: Iterable[Part]) -> list[Part]:
    """Parts of both families and of several source ports that went the same way by the same rules, the largest first."""
    found: dict[tuple[object, ...], Part] = {}
    for part in parts:
        rules = tuple((decider.stage.name, id(decider.stage), id(decider.rule)) for decider in part.deciders)
        key = (id(part.path), part.frontend_port, part.source_ports, rules, part.certain)
        known = found.get(key)
        if known is None:
            found[key] = part
        else:
            doubts = tuple(dict.fromkeys((*known.doubts, *part.doubts)))
            found[key] = Part(
                known.sources | part.sources,
                part.path,
                part.frontend_port,
                part.source_ports,
                part.deciders,
                part.certain,
                doubts,
            )
    return sorted(found.values(), key=lambda part: (-part.sources.v4.size, -part.sources.v6.size))


def _way_value(part: Part, exposure: Exposure | None, tags: Tags, ports: Sequence[int]) -> dict[str, Any]:
    beyond = part.sources & exposure.sources if exposure else None
    shifted = part.frontend_port not in ports
    return {
        "way": part.path.name,
        "place": _place(part.path.place),
        "addresses": list(part.path.addresses),
        "frontend_port": part.frontend_port if shifted or len(ports) == 1 else None,
        "source_ports": _source_ports(part),
        "sources": _counted(part.sources, tags),
        "beyond": _counted(beyond, tags) if beyond else None,
        "certain": part.certain,
        "unknown": list(part.doubts),
        "lists": [
            {
                "list": decider.stage.name,
                "rule": decider.name,
                "said": _said(decider),
                "place": _place(decider.place),
            }
            for decider in part.deciders
        ],
    }


def _source_ports(part: Part) -> str:
    """From which ports the client must come, if not from any."""
    if part.source_ports.size >= 65535:
        return ""
    pairs = part.source_ports.pairs
    shown = ", ".join(str(low) if low == high else f"{low} to {high}" for low, high in pairs[:_MOST_PORTS])
    return shown + (f" and {len(pairs) - _MOST_PORTS} more" if len(pairs) > _MOST_PORTS else "")


def _said(decider: Decider) -> str:
    action = decider.rule.action if decider.rule else decider.stage.default
    return _ACTIONS[action.value]


def short_name(text: str, inputs: Iterable[Path]) -> str:
    """A file, or what is called after one, from the input that its reader has named."""
    for named in inputs:
        start = f"{named.parent}/"
        if text.startswith(start) and start != "//":
            return text[len(start) :]
    return text


def short_place(text: str, inputs: Iterable[Path]) -> str:
    """Where something stands, likewise; its pointer only where there is no line."""
    text = short_name(text, inputs)
    where, _, pointer = text.partition(" (")
    return where if where.rpartition(":")[2].isdigit() or not pointer else text


def _place(place: Place) -> str:
    return str(place) if place.file else ""


def explained(explanation: Explanation) -> dict[str, Any]:
    """One connection on every way in, list by list."""
    wanted: Connection = explanation.connection
    return {
        "source": str(wanted.source),
        "protocol": wanted.protocol,
        "port": wanted.port,
        "verdict": explanation.verdict.value,
        "ways": [
            {
                "way": way.path.name,
                "place": _place(way.path.place),
                "addresses": list(way.path.addresses),
                "frontend_port": way.frontend_port,
                "verdict": way.verdict.value,
                "why": way.why,
                "lists": [
                    {
                        "list": answer.stage.name,
                        "actions": sorted(action.value for action in answer.actions),
                        "rule": "; or ".join(decider.name for decider in answer.deciders[-3:]),
                        "said": " or ".join(sorted(_ACTIONS[action.value] for action in answer.actions)),
                        "rules": [
                            {"rule": decider.name, "place": _place(decider.place)}
                            for decider in answer.deciders
                        ],
                    }
                    for answer in way.answers
                ],
            }
            for way in explanation.ways
        ],
    }


def change_summary(change: LastChange, board: Board) -> dict[str, Any]:
    """The last change in a line or two."""
    stores = {id(row.endpoint): row.store.name for row in board.rows() if row.store}
    opened: list[str] = []
    closed: list[str] = []
    for one in change.endpoints:
        (opened if one.opens else closed).append(stores.get(id(one.after), one.name))
    return {
        "seen": change.seen,
        "before": change.before,
        "opened": opened,
        "closed": closed,
    }


def change_page(look: Look) -> dict[str, Any]:
    """The diff of the last change, endpoint by endpoint."""
    change = look.change
    rows = {id(row.endpoint): row for row in look.board.rows()}
    return {
        "version": VERSION,
        "looked_at": look.at,
        "since": look.since,
        "missed": list(look.missed),
        "change": {
            **change_summary(change, look.board),
            "endpoints": [
                _endpoint_change(one, rows.get(id(one.after)), look.world.tags) for one in change.endpoints
            ],
        }
        if change
        else None,
    }


def _endpoint_change(one: EndpointChange, row: Row | None, tags: Tags) -> dict[str, Any]:
    shown: Endpoint | None = one.after or one.before
    return {
        "endpoint": one.name,
        "id": row.id if row else None,
        "store": row.store.name if row and row.store else None,
        "kind": shown.kind if shown else "",
        "state": "new" if one.before is None else "gone" if one.after is None else "changed",
        "authentication": [each.value for each in one.authentication] if one.authentication else None,
        "why": one.after.posture.why if one.authentication and one.after and one.after.posture else "",
        "unproven": [set_value(each, tags) if each else None for each in one.unproven],
        "reach": [_reach_change(ports, change, tags) for ports, change in one.reach],
    }


def _reach_change(ports: Sequence[int], change: Change, tags: Tags) -> dict[str, Any]:
    return {
        **_services([(change.protocol, port) for port in ports]),
        "added": set_value(change.added, tags) if change.added else None,
        "removed": set_value(change.removed, tags) if change.removed else None,
        "guilty": [
            {
                "blame": one.blame.value,
                "way": one.path.name,
                "sources": _counted(one.sources, tags),
                "list": one.rule.stage.name if one.rule else "",
                "rule": one.rule.name if one.rule else "",
                "place": _place(one.rule.place if one.rule else one.path.place),
            }
            for one in change.guilty
        ],
    }
