"""One rule of nftables, as its JSON has it, to the steps of a chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hushdesk.guard._addresses import Family
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.linux import _conditions as on
from hushdesk.guard.dialects.linux import _nft_fields as fields
from hushdesk.guard.dialects.linux._model import Condition, Kind, Step, Translation, Verdict
from hushdesk.guard.dialects.linux._names import port
from hushdesk.guard.dialects.linux._nft_fields import EVERY_ONE, Field, Value
from hushdesk.guard.dialects.linux._region import NOWHERE
from hushdesk.guard.dialects.linux._words import GOES_ON, address_set, network

_SILENT: Final = frozenset({
    "counter", "log", "comment", "nftrace", "mangle", "dup", "flow", "ct helper", "ct timeout", "ct expectation", "secmark",
    "meter_done", "last", "snat", "masquerade",
})  # fmt: skip
"""Statements after which the rule goes on, and translations of the source."""
_DOUBTFUL: Final = frozenset({"limit", "quota", "ct count", "connlimit", "meter"})
_FAMILIES: Final[Mapping[str, Family]] = {"ip": 4, "ip6": 6}
_VERDICTS: Final = {"accept": Kind.ACCEPT, "drop": Kind.DROP, "reject": Kind.DROP, "return": Kind.RETURN}


class UnknownSetError(LookupError):
    """A set or map that the input does not hold."""


@dataclass(slots=True)
class Names:
    """Sets and maps of one table."""

    sets: Mapping[str, Sequence[Any]]
    """Members by name; of a map, pairs."""
    changing: frozenset[str] = frozenset()
    """Sets that rules add to: who is in them changes with every packet."""
    findings: list[Finding] = field(default_factory=list)

    def members(self, name: str) -> Sequence[Any]:
        """What is in a set or map.

        Raises:
            UnknownSetError: It is not in the input.
        """
        if name not in self.sets:
            raise UnknownSetError(name)
        return self.sets[name]


def unwrapped(value: Any) -> Any:
    """A member without its time-out, counter and comment."""
    while isinstance(value, Mapping) and isinstance(value.get("elem"), Mapping) and "val" in value["elem"]:
        value = value["elem"]["val"]
    return value


def _values(right: Any, names: Names) -> list[Value]:
    if isinstance(right, str) and right.startswith("@"):
        right = names.members(right[1:])
    elif isinstance(right, Mapping) and "set" in right:
        right = right["set"]
    if isinstance(right, Sequence) and not isinstance(right, str):
        return [unwrapped(member) for member in right]
    return [right]


def _ordered(entries: Sequence[Any]) -> list[tuple[Value, Any]]:
    """Pairs of a map, the one for all others last."""
    pairs = [
        (unwrapped(entry[0]), entry[1])
        for entry in entries
        if isinstance(entry, Sequence) and len(entry) == 2
    ]
    return sorted(pairs, key=lambda pair: pair[0] == EVERY_ONE)


def _entries(data: Any, names: Names) -> list[tuple[Value, Any]]:
    if isinstance(data, str):
        return _ordered(names.members(data.removeprefix("@")))
    if isinstance(data, Mapping) and isinstance(data.get("set"), Sequence):
        return _ordered(data["set"])
    raise ValueError("not a map")


@dataclass(slots=True)
class Rule:
    """A rule while its statements are read."""

    name: str
    place: Place
    table: str
    names: Names
    conditions: list[Condition] = field(default_factory=list)
    ended: bool = False

    def step(self, verdict: Verdict, *more: Condition) -> Step:
        """With the conditions so far."""
        return Step(self.name, self.place, (on.every((*self.conditions, *more)),), verdict)

    def doubt(self, expression: str, why: str) -> Condition:
        """Something cannot be resolved: it may match or not."""
        self.names.findings.append(Unresolved(self.place, expression, why))
        return on.doubtful(why)

    def unknown(self, what: str) -> Verdict:
        """Something is done that is not modelled."""
        why = f"what {what} does with a packet is not modelled"
        self.names.findings.append(NotLookedAt(self.place, f"{self.table}: {what}", why))
        return Verdict(Kind.UNKNOWN, why=why)


def steps(rule: Rule, statements: Sequence[Any]) -> Iterator[Step]:
    """What the statements do, in order."""
    for statement in statements:
        if rule.ended:
            break
        if isinstance(statement, str):
            statement = {statement: None}  # noqa: PLW2901
        if not isinstance(statement, Mapping) or len(statement) != 1:
            yield rule.step(rule.unknown("a statement without a name"))
            continue
        (name, body), *_ = statement.items()
        try:
            yield from _statement(rule, str(name), body)
        except UnknownSetError as error:
            why = f"the map {error} is not in the input"
            rule.conditions.append(rule.doubt(f"@{error}", why))
            yield rule.step(Verdict(Kind.UNKNOWN, why=why))
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            rule.conditions.append(rule.doubt(str(name), "the statement cannot be read"))
            if name not in {"match", *_DOUBTFUL}:
                yield rule.step(Verdict(Kind.UNKNOWN, why="the statement cannot be read"))


def _statement(rule: Rule, name: str, body: Any) -> Iterator[Step]:
    if name == "match":
        rule.conditions.append(_match(rule, body))
    elif name in _VERDICTS or name in {"jump", "goto", "continue"}:
        yield from _verdict_steps(rule, {name: body})
        rule.ended = name != "continue"
    elif name == "vmap":
        key = fields.field(body["key"])
        for value, verdict in _entries(body["data"], rule.names):
            yield from _verdict_steps(rule, verdict, key.equals([value]))
        # What is in no entry leaves the rule.
        rule.ended = True
    elif name in {"dnat", "redirect"}:
        yield from _translations(rule, name, body or {})
        rule.ended = True
    elif name == "notrack":
        yield rule.step(Verdict(Kind.UNTRACK))
    elif name == "set":
        if isinstance(body, Mapping) and body.get("stmt"):
            rule.conditions.append(on.doubtful("limits for members of sets are not modelled"))
    elif name in _DOUBTFUL:
        rule.conditions.append(on.doubtful(f"the statement {name} is not modelled"))
    elif name == "xt":
        yield from _extension(rule, body if isinstance(body, Mapping) else {})
    elif name not in _SILENT:
        yield rule.step(rule.unknown(name))


def _extension(rule: Rule, body: Mapping[str, Any]) -> Iterator[Step]:
    kind, name = str(body.get("type", "")), str(body.get("name", ""))
    if kind == "target":
        if name == "REJECT":
            yield rule.step(Verdict(Kind.DROP))
            rule.ended = True
        elif name not in GOES_ON:
            yield rule.step(
                rule.unknown(f"the target {name} of iptables (give the output of iptables-save with it)")
            )
    elif name != "comment":
        rule.conditions.append(
            on.doubtful(f"nft does not show the match {name} of iptables; iptables-save does")
        )
        if not kind:
            yield rule.step(
                rule.unknown("an extension of iptables (give the output of iptables-save with it)")
            )


def _verdict_steps(rule: Rule, verdict: Any, *more: Condition) -> Iterator[Step]:
    if isinstance(verdict, str):
        verdict = {verdict: None}
    (name, body), *_ = verdict.items()
    if name in _VERDICTS:
        yield rule.step(Verdict(_VERDICTS[name]), *more)
    elif name in {"jump", "goto"}:
        yield rule.step(Verdict(Kind.JUMP if name == "jump" else Kind.GOTO, str(body["target"])), *more)
    elif name != "continue":
        yield rule.step(rule.unknown(str(name)), *more)


_FLAGS: Final = frozenset({"fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"})
_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def _flag_words(value: Any) -> set[str]:
    if isinstance(value, Mapping) and "|" in value:
        value = value["|"]
    if isinstance(value, int):
        order = ("fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr")
        return {name for bit, name in enumerate(order) if value >> bit & 1}
    words = {str(word) for word in value} if not isinstance(value, str) else {value}
    if not words <= _FLAGS:
        raise ValueError("not a flag")
    return {"ece" if word == "ecn" else word for word in words}


def _is_flags(left: Any) -> bool:
    return isinstance(left, Mapping) and left.get("payload") == {"protocol": "tcp", "field": "flags"}


def _match_flags(op: str, mask: Any, right: Any) -> Condition:
    tcp = on.protocols(["tcp"])
    if mask is None and op == "in":
        # One of them is set; of a new connection SYN is.
        wanted = _flag_words(right)
        if "syn" in wanted:
            return tcp
        never = on.constant(NOWHERE)
        return (
            on.every((tcp, on.doubtful("whether the client offers ECN is not known")))
            if wanted & {"ece", "cwr"}
            else never
        )
    if mask is None and isinstance(right, Mapping) and "set" in right:
        return on.every((tcp, on.doubtful("sets of TCP flags are not modelled")))
    every = {"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"}
    masked = every if mask is None else _flag_words(mask)
    wanted = set() if right == 0 else _flag_words(right)
    found = on.tcp_flags(masked, wanted)
    return on.every((tcp, on.negated(found))) if op == "!=" else found


def _match(rule: Rule, body: Mapping[str, Any]) -> Condition:
    op, left, right = str(body.get("op", "==")), body["left"], body["right"]
    if _is_flags(left):
        return _match_flags(op, None, right)
    if isinstance(left, Mapping) and "&" in left:
        inner, mask = left["&"]
        if _is_flags(inner):
            return _match_flags(op, mask, right)
        known = fields.field(inner)
        return known.guarded(on.doubtful("masks are not modelled"))
    known = fields.field(left)
    changing = isinstance(right, str) and right.removeprefix("@") in rule.names.changing
    if changing:
        return known.guarded(on.doubtful(f"who is in the set {right} changes with every packet"))
    if op in _OPPOSITE:
        return known.guarded(_compared(known, op, right))
    try:
        values = _values(right, rule.names)
        if op == "!=":
            return known.differs(values)
        return known.equals(values)
    except UnknownSetError as error:
        why = f"the set {error} is not in the input"
        return known.guarded(rule.doubt(f"@{error}", why))
    except (ValueError, TypeError, KeyError):
        return known.guarded(rule.doubt(fields.shown([right]), "the value cannot be resolved"))


def _compared(known: Field, op: str, right: Any) -> Condition:
    limit = port(right)
    if limit is None or not known.known:
        return on.doubtful("the comparison is not modelled")
    low, high = {"<": (0, limit - 1), "<=": (0, limit), ">": (limit + 1, 65535), ">=": (limit, 65535)}[op]
    if low > high:
        return on.constant(NOWHERE)
    try:
        return known.one_of([{"range": [low, high]}])
    except ValueError:
        return on.doubtful("the comparison is not modelled")


def _addresses(value: Any) -> tuple[tuple[str, str], ...]:
    if isinstance(value, Mapping) and "range" in value:
        low, high = value["range"]
        return ((str(low), str(high)),)
    if isinstance(value, Mapping) and "prefix" in value:
        (first,) = address_set([network(f"{value['prefix']['addr']}/{value['prefix']['len']}")]).cidrs()
        raise ValueError(f"a whole network as target: {first}")
    if not isinstance(value, str):
        raise TypeError("not an address")
    network(value)
    return ((value, value),)


def _port_range(value: Any) -> tuple[int, int] | None:
    if value is None:
        return None
    found = fields.numbers([value])
    if len(found.pairs) != 1:
        raise ValueError("not a port")
    return found.pairs[0]


def _translations(rule: Rule, name: str, body: Mapping[str, Any]) -> Iterator[Step]:
    number: Family | None = _FAMILIES.get(str(body.get("family", "")))
    only = (fields.family(number),) if number else ()
    for conditions, address, numbers in _choices(rule, name, body):
        try:
            made = Translation(
                _addresses(address) if name == "dnat" and address is not None else (), _port_range(numbers)
            )
        except (ValueError, TypeError):
            rule.names.findings.append(
                Malformed(
                    rule.place, "the new destination of a translation cannot be read", "write address:port"
                )
            )
            yield rule.step(Verdict(Kind.UNKNOWN, why="the new destination cannot be read"), *conditions)
            continue
        yield rule.step(Verdict(Kind.TRANSLATE, translation=made), *only, *conditions)


def _choices(
    rule: Rule, name: str, body: Mapping[str, Any]
) -> Iterator[tuple[tuple[Condition, ...], Any, Any]]:
    """Conditions with the address and port that they lead to; a map gives one for each entry."""
    address, numbers = body.get("addr"), body.get("port")
    if isinstance(address, Mapping) and "map" in address:
        key = fields.field(address["map"]["key"])
        for value, to in _entries(address["map"]["data"], rule.names):
            target = to.get("concat") if isinstance(to, Mapping) else None
            if target:
                yield (key.equals([value]),), target[0], target[1]
            else:
                yield (key.equals([value]),), to, numbers
    elif isinstance(numbers, Mapping) and "map" in numbers:
        key = fields.field(numbers["map"]["key"])
        for value, to in _entries(numbers["map"]["data"], rule.names):
            yield (key.equals([value]),), address, to
    else:
        if name == "dnat" and address is None and numbers is None:
            raise ValueError("no destination")
        yield (), address, numbers
