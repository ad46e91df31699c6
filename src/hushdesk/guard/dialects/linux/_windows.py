"""Windows' firewall as its console exports it: inbound rules in a table with tabs between the columns.

A rule that blocks wins over all that allow; what no rule allows is blocked (the default of every profile).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from hushdesk.guard._addresses import EVERYWHERE, AddressSet
from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Endpoint, Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._intervals import ALL_PORTS, Intervals
from hushdesk.guard._policy import Action, Gate, Path, Place, Rule, Sources, Stage
from hushdesk.guard._services import ANY, Services
from hushdesk.guard.dialects.linux._names import protocol
from hushdesk.guard.dialects.linux._words import address_set, network, port_set

HEADER: Final = re.compile(r"^\ufeff?Name\t(?:.*\t)?Enabled\t(?:.*\t)?Action\t", re.IGNORECASE)
_NEEDED: Final = ("name", "enabled", "action", "local port", "remote address", "remote port", "protocol")
_DOUBTFUL: Final = (
    "program", "application package", "authorized users", "authorized computers", "authorized local principals",
    "local user owner", "local address", "profile", "interface type", "override",
)  # fmt: skip
_NO_LIMIT: Final = frozenset({"", "any", "all", "no"})


def claims(text: str) -> bool:
    """Whether it is such an export."""
    return bool(HEADER.match(text))


def read(document: Document, name: str) -> Iterator[Finding]:
    """One endpoint, the machine."""
    first, *lines = str(document.content).lstrip("\ufeff").splitlines()
    columns = [column.strip().lower() for column in first.split("\t")]
    if missing := [column for column in _NEEDED if column not in columns]:
        place = Place(document.file, 1)
        yield Malformed(
            place, f"the columns {', '.join(missing)} are missing", "export the list with all columns"
        )
        return
    found: list[Finding] = []
    rules = [
        rule
        for number, line in enumerate(lines, 2)
        if line.strip()
        for rule in _rules(
            dict(zip(columns, line.split("\t"), strict=False)), Place(document.file, number), found
        )
    ]
    rules.sort(key=lambda rule: rule.action is not Action.DENY)
    stage = Stage(name="Windows firewall, inbound", rules=tuple(rules), default_name="no rule allows it")
    yield from found
    yield NotLookedAt(
        Place(document.file, 1), "profiles", "a default that allows inbound traffic is not in the export"
    )
    yield Endpoint(
        name=f"{name} (input)",
        dialect="linux",
        kind="machine with Windows firewall",
        place=Place(document.file, 1),
        paths=(Path(name=f"{name}: input", gates=(Gate(name="Windows firewall", stages=(stage,)),)),),
    )


def _rules(row: Mapping[str, str], place: Place, found: list[Finding]) -> Iterator[Rule]:
    cells = {column: cell.strip() for column, cell in row.items()}
    if cells.get("enabled", "").lower() == "no":
        return
    action = cells.get("action", "").lower()
    if action not in {"allow", "block", "allow if secure", "secure"}:
        found.append(Malformed(place, "the action is neither Allow nor Block", "export the list again"))
        # An unknown action may allow.
        action = "unknown"
    doubts = [
        f"{column} is not modelled" for column in _DOUBTFUL if cells.get(column, "").lower() not in _NO_LIMIT
    ]
    if action in {"allow if secure", "secure", "unknown"}:
        doubts.append(f"the action “{action}” is not modelled")
    sources = _sources(cells.get("remote address", ""), place, found)
    numbers, doubt = _ports(cells.get("local port", ""))
    from_ports, doubt_too = _ports(cells.get("remote port", ""))
    word = cells.get("protocol", "").lower()
    name = ANY if word in _NO_LIMIT else protocol("icmp" if word == "icmpv4" else word)
    doubts += filter(None, (doubt, doubt_too, "" if name else "the protocol is not known by this name"))
    yield Rule(
        name=cells.get("name", ""),
        action=Action.DENY if action == "block" else Action.NEXT,
        sources=sources,
        services=Services(((name or ANY, numbers),)),
        source_ports=None if from_ports is ALL_PORTS else from_ports,
        doubt="; ".join(doubts),
        place=place,
    )


def _ports(text: str) -> tuple[Intervals, str]:
    if text.lower() in _NO_LIMIT:
        return ALL_PORTS, ""
    try:
        return port_set(text.replace(" ", "")), ""
    except ValueError:
        return ALL_PORTS, "ports that are named, not numbered, are not modelled"


def _sources(text: str, place: Place, found: list[Finding]) -> Sources:
    if text.lower() in _NO_LIMIT:
        return Sources.exactly(EVERYWHERE, "Any")
    ranges, unknown = [], []
    for part in text.split(","):
        try:
            ranges.append(network(part.strip()))
        except ValueError:
            unknown.append(part.strip())
    known: AddressSet = address_set(ranges)
    if not unknown:
        return Sources.exactly(known, text)
    why = f"the addresses behind {', '.join(unknown)} are not known here; write them as numbers"
    found.append(Unresolved(place, ", ".join(unknown), why))
    return Sources(EVERYWHERE, known, text, why)
