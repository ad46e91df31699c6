"""The objects of an nftables rule set, as ``nft -j list ruleset`` writes them, to tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hushdesk.guard._addresses import AddressSet, Family
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.linux._model import HOOKS, Base, Kind, Step, Table, Verdict
from hushdesk.guard.dialects.linux._nft_render import rendered
from hushdesk.guard.dialects.linux._nft_steps import Names, Rule, steps
from hushdesk.guard.dialects.linux._words import address_set, network

_FAMILIES: Final[Mapping[str, tuple[Family, ...]]] = {
    "ip": (4,),
    "ip6": (6,),
    "inet": (4, 6),
    "netdev": (4, 6),
}
_CHANGES: Final = frozenset({"delete", "destroy", "replace", "reset", "rename"})
PLACE_UNKNOWN: Final = {"match": {"op": "==", "left": {"its place among the rules": None}, "right": None}}
"""A match in doubt, for rules that are put before or after another that is not in the input."""
LINE, TEXT, OFF, CUT = "_line", "_text", "_dormant", "_cut"
"""What the reader of text adds to objects: the line, the words of a rule, tables that are off, and tables that are cut off."""


@dataclass(slots=True)
class _Table:
    family: str
    name: str
    chains: dict[str, list[Step]] = field(default_factory=dict)
    bases: list[Base] = field(default_factory=list)
    rules: list[tuple[Mapping[str, Any], Place]] = field(default_factory=list)
    sets: dict[str, list[Any]] = field(default_factory=dict)
    changing: set[str] = field(default_factory=set)
    cut: bool = False

    @property
    def shown(self) -> str:
        return f"{self.family} {self.name}"


def tables(
    objects: Sequence[Any], where: Callable[[int, Mapping[str, Any]], Place], findings: list[Finding]
) -> list[Table]:
    """Read the objects of one rule set.

    Args:
        objects: As in the list under ``nftables``.
        where: The place of an object by its index.
        findings: Get whatever cannot be read.
    """
    found: dict[tuple[str, str], _Table] = {}
    off: set[tuple[str, str]] = set()
    for index, entry in enumerate(objects):
        if not isinstance(entry, Mapping) or not entry:
            findings.append(
                Malformed(where(index, {}), "an entry is no object", "give the output of nft -j list ruleset")
            )
            continue
        (kind, body), *_ = entry.items()
        before = kind == "insert"
        if kind in {"add", "create", "insert"} and isinstance(body, Mapping) and body:
            # Input of ``nft -j -f`` wraps what its output lists.
            (kind, body), *_ = body.items()
        if kind in {"metainfo", "flush"} or not isinstance(body, Mapping):
            continue
        place = where(index, body)
        key = (str(body.get("family", "")), str(body.get("name" if kind == "table" else "table", "")))
        if kind in _CHANGES:
            findings.append(
                NotLookedAt(place, f"the command {kind}", "give the output of nft -j list ruleset after it")
            )
            continue
        try:
            _take(found.setdefault(key, _Table(*key)), str(kind), body, place, findings)
            if kind == "rule" and (before or not {"index", "position"}.isdisjoint(body)):
                _to_the_front(found[key].rules)
        except (KeyError, TypeError, ValueError, AttributeError):
            findings.append(
                Malformed(place, f"the {kind} cannot be read", "give the output of nft -j list ruleset")
            )
        if kind == "table" and body.get(OFF):
            off.add(key)
    made = []
    for key, table in found.items():
        if key in off:
            findings.append(
                NotLookedAt(Place(""), f"table {table.shown}", "the table is dormant: its rules are off")
            )
        elif table.family in _FAMILIES:
            made.append(_made(table, findings))
        elif table.family != "arp" and table.rules:
            place = table.rules[0][1]
            findings.append(
                NotLookedAt(place, f"table {table.shown}", f"the family {table.family} is not modelled")
            )
    return made


def _take(table: _Table, kind: str, body: Mapping[str, Any], place: Place, findings: list[Finding]) -> None:
    if kind == "table":
        table.cut = table.cut or bool(body.get(CUT))
    elif kind == "chain":
        name = str(body["name"])
        table.chains.setdefault(name, [])
        hook = body.get("hook")
        if hook in HOOKS:
            devices = body.get("dev", ())
            table.bases.append(
                Base(
                    name,
                    str(hook),
                    int(body.get("prio", 0)),
                    body.get("policy", "accept") != "drop",
                    translates=body.get("type") == "nat" and hook == "prerouting",
                    devices=(devices,) if isinstance(devices, str) else tuple(map(str, devices)),
                    place=place,
                )
            )
        elif hook is not None and hook not in {"output", "egress"}:
            findings.append(NotLookedAt(place, f"chain {name}", f"the hook {hook} is not modelled"))
    elif kind == "rule":
        statements = body.get("expr", ())
        if not isinstance(statements, list | tuple):
            findings.append(
                Malformed(
                    place, "the rule has no list of statements", "give the output of nft -j list ruleset"
                )
            )
            body = {**body, "expr": [{"unreadable": None}]}
        table.chains.setdefault(str(body["chain"]), [])
        table.rules.append((body, place))
        table.changing.update(_added_to(body.get("expr", ())))
    elif kind in {"set", "map", "element"}:
        name = str(body["name"])
        members = table.sets.setdefault(name, [])
        elements = body.get("elem", ())
        if not isinstance(elements, list | tuple):
            raise TypeError("no list of members")
        members += elements
        if "dynamic" in (body.get("flags") or ()):
            table.changing.add(name)


def _to_the_front(rules: list[tuple[Mapping[str, Any], Place]]) -> None:
    """Put the last rule before all others, as ``insert rule`` does; in doubt if it was to go to some place between them."""
    body, place = rules.pop()
    if not {"index", "position"}.isdisjoint(body) and isinstance(body.get("expr"), list):
        # Before all others and in doubt it lets in at least as much as wherever it is.
        body = {**body, "expr": [PLACE_UNKNOWN, *body["expr"]]}
    rules.insert(0, (body, place))


def _added_to(statements: Any) -> set[str]:
    found = set()
    for statement in statements:
        body = statement.get("set") if isinstance(statement, Mapping) else None
        if isinstance(body, Mapping) and body.get("op") in {"add", "update"}:
            found.add(str(body.get("set", "")).removeprefix("@"))
    return found


def _made(table: _Table, findings: list[Finding]) -> Table:
    names = Names(table.sets, frozenset(table.changing), findings)
    for body, place in table.rules:
        chain = str(body["chain"])
        words = str(body.get(TEXT) or rendered(body.get("expr", ())))
        words = words if len(words) <= 160 else words[:157] + "..."
        handle = f" (handle {body['handle']})" if "handle" in body else ""
        rule = Rule(f"{table.shown}: {chain} {words}{handle}", place, table.shown, names)
        table.chains[chain] += steps(rule, body.get("expr", ()))
    why = "a chain is called that is not in the table"
    for chain, made in table.chains.items():
        for at, step in enumerate(made):
            if step.verdict.chain and step.verdict.chain not in table.chains:
                findings.append(
                    Malformed(
                        step.place,
                        f"the chain {step.verdict.chain} is not in the table",
                        "give the whole rule set",
                    )
                )
                made[at] = Step(step.name, step.place, step.conditions, Verdict(Kind.UNKNOWN, why=why))
        if table.cut:
            why_cut = "the rule set is cut off, and rules may be missing"
            place = made[-1].place if made else Place("")
            made.append(Step(f"{table.shown}: end of {chain}", place, (), Verdict(Kind.UNKNOWN, why=why_cut)))
    return Table(table.shown, _FAMILIES[table.family], table.chains, table.bases, _networks(table))


def _networks(table: _Table) -> list[tuple[AddressSet, str]]:
    """Container engines masquerade ``ip saddr NETWORK oifname != BRIDGE``: the network lies behind the bridge."""
    found = []
    for body, _ in table.rules:
        statements = [
            one for one in body.get("expr", ()) if isinstance(one, Mapping) and "counter" not in one
        ]
        if len(statements) != 3 or not {"masquerade", "xt"} & statements[2].keys():
            continue
        one, two = (statement.get("match", {}) for statement in statements[:2])
        try:
            is_source = one["left"]["payload"]["field"] == "saddr" and one["op"] == "=="
            is_bridge = two["left"]["meta"]["key"] == "oifname" and two["op"] == "!="
            if is_source and is_bridge and isinstance(two["right"], str):
                right = one["right"]
                text = (
                    f"{right['prefix']['addr']}/{right['prefix']['len']}"
                    if isinstance(right, Mapping)
                    else str(right)
                )
                found.append((address_set([network(text)]), two["right"]))
        except (KeyError, TypeError, ValueError):
            continue
    return found
