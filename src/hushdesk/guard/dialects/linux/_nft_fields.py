"""What nftables compares: ``ip saddr``, ``tcp dport``, ``ct state``, … each with the values it may be equal to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.guard._addresses import Family
from hushdesk.guard._intervals import TOP_PORT, Intervals
from hushdesk.guard.dialects.linux import _conditions as on
from hushdesk.guard.dialects.linux._model import FAMILY, Condition
from hushdesk.guard.dialects.linux._names import port, protocol
from hushdesk.guard.dialects.linux._region import EVERYTHING, NOWHERE
from hushdesk.guard.dialects.linux._words import AddressRange, address_set, network

EVERY_ONE: Final = "*"
"""The element of a set or map that stands for all that no other element names."""
Value = Any
"""As in nftables' JSON: a text, a number, ``{"prefix": …}``, ``{"range": …}``, ``{"concat": …}``."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something of a packet that can be compared with values."""

    one_of: Callable[[Sequence[Value]], Condition]
    """Holds if it equals one of the values. Raises ``ValueError`` for a value that cannot be read."""
    guard: Condition | None = None
    """What must hold for the packet to have it at all."""
    known: bool = True
    """False if no comparison with it is modelled."""

    def equals(self, values: Sequence[Value]) -> Condition:
        """With the guard. The catch-all stands for every value."""
        if any(value == EVERY_ONE for value in values):
            return self.guard or on.constant(EVERYTHING)
        if not values:
            return on.constant(NOWHERE)
        return self.guarded(self.one_of(values))

    def differs(self, values: Sequence[Value]) -> Condition:
        """From all of the values."""
        return self.guarded(on.negated(self.one_of(values)) if values else on.constant(EVERYTHING))

    def guarded(self, condition: Condition) -> Condition:
        """Where the packet has the field at all."""
        return on.every((self.guard, condition)) if self.guard else condition


def family(number: Family) -> Condition:
    """Packets of one family."""
    return on.sources(FAMILY[number])


def unknown(what: str, guard: Condition | None = None) -> Field:
    """A field of which nothing is known but where it occurs."""
    return Field(lambda _: on.doubtful(f"{what} is not modelled"), guard, known=False)


def _range(value: Value) -> AddressRange:
    if isinstance(value, Mapping) and "prefix" in value:
        return network(f"{value['prefix']['addr']}/{int(value['prefix']['len'])}")
    if isinstance(value, Mapping) and "range" in value:
        low, high = value["range"]
        return network(f"{low}-{high}")
    return network(str(value))


def _source(number: Family) -> Field:
    def one_of(values: Sequence[Value]) -> Condition:
        found = [_range(value) for value in values]
        return on.sources(address_set(one for one in found if one[0] == number), shown(values))

    return Field(one_of, family(number))


def _destination(number: Family, make: Callable[..., Condition] = on.destinations) -> Field:
    def one_of(values: Sequence[Value]) -> Condition:
        found = address_set(one for one in map(_range, values) if one[0] == number)
        return make(found, number, shown(values))

    return Field(one_of, family(number))


def shown(values: Sequence[Value]) -> str:
    """Values as people read them, a few of many."""
    found = []
    for value in values[:6]:
        if isinstance(value, Mapping) and "prefix" in value:
            found.append(f"{value['prefix']['addr']}/{value['prefix']['len']}")
        elif isinstance(value, Mapping) and "range" in value:
            found.append("-".join(map(str, value["range"])))
        else:
            found.append(str(value))
    return ", ".join(found) + (f" and {len(values) - 6} more" if len(values) > 6 else "")


def numbers(values: Sequence[Value]) -> Intervals:
    """Ports and ranges of them."""
    found = []
    for value in values:
        low, high = value["range"] if isinstance(value, Mapping) and "range" in value else (value, value)
        first, last = port(low), port(high)
        if first is None or last is None:
            raise ValueError("not a port")
        found.append((first, last))
    return Intervals(found, TOP_PORT)


def _ports(which: str, guard: Condition | None) -> Field:
    make = on.source_ports if which == "sport" else on.ports
    return Field(lambda values: make(numbers(values)), guard)


def _protocols(guard: Condition | None) -> Field:
    def one_of(values: Sequence[Value]) -> Condition:
        found: list[str] = []
        for value in values:
            if isinstance(value, Mapping) and "range" in value:
                low, high = (int(end) for end in value["range"])
                found += [name for one in range(low, min(high, 255) + 1) if (name := protocol(one))]
                continue
            name = protocol(value)
            if name is None:
                raise ValueError("not a protocol")
            found.append(name)
        return on.protocols(found)

    return Field(one_of, guard)


def _families() -> Field:
    words: dict[str, Family] = {
        "ipv4": 4, "ip": 4, "ipv6": 6, "ip6": 6, "2": 4, "10": 6, "0x0800": 4, "0x86dd": 6, "2048": 4, "34525": 6,
    }  # fmt: skip

    def one_of(values: Sequence[Value]) -> Condition:
        # Of other kinds (ARP, VLAN) no packet is one that we look at.
        found = [family(words[word]) for value in values if (word := str(value).lower()) in words]
        return on.either(found) if found else on.constant(NOWHERE)

    return Field(one_of)


def _interfaces(make: Callable[..., Condition]) -> Field:
    def one_of(values: Sequence[Value]) -> Condition:
        return on.either(
            make(str(value).removesuffix("*"), wildcard=str(value).endswith("*")) for value in values
        )

    return Field(one_of)


def _states() -> Field:
    def one_of(values: Sequence[Value]) -> Condition:
        wanted = {str(value).lower() for value in values}
        return (
            on.state(wanted) if wanted <= on.STATES else on.doubtful("a state of connections is not modelled")
        )

    return Field(one_of)


def _status() -> Field:
    def one_of(values: Sequence[Value]) -> Condition:
        wanted = {str(value).lower() for value in values}
        if wanted == {"dnat"}:
            return on.state({"dnat"})
        never = {"seen-reply", "assured", "expected", "snat", "dying"}
        return on.constant(NOWHERE) if wanted <= never else on.doubtful("ct status is not modelled")

    return Field(one_of)


def _constants(truth: Mapping[str, bool], what: str) -> Field:
    def one_of(values: Sequence[Value]) -> Condition:
        found = [truth.get(str(value).lower()) for value in values]
        if any(found):
            return on.constant(EVERYTHING)
        if None in found:
            return on.doubtful(f"{what} is not modelled")
        return on.constant(NOWHERE)

    return Field(one_of)


def _types() -> Field:
    def one_of(values: Sequence[Value]) -> Condition:
        return on.destination_type({str(value).lower() for value in values})

    return Field(one_of)


_TRANSPORTS: Final = frozenset({"tcp", "udp", "sctp", "dccp", "udplite"})


def _payload(left: Mapping[str, Any]) -> Field:
    of, name = str(left.get("protocol", "")), str(left.get("field", ""))
    if of == "th":
        return _ports(name, None) if name in {"sport", "dport"} else unknown(f"th {name}")
    if of in {"ip", "ip6"}:
        number: Family = 4 if of == "ip" else 6
        if name == "saddr":
            return _source(number)
        if name == "daddr":
            return _destination(number)
        if name in {"protocol", "nexthdr"}:
            return _protocols(family(number))
        if name == "version":
            return _constants({str(number): True}, "the version of IP")
        return unknown(f"{of} {name}", family(number))
    known = protocol(of)
    guard = on.protocols([known]) if known else None
    if of in _TRANSPORTS and name in {"sport", "dport"}:
        return _ports(name, guard)
    return unknown(f"{of} {name}".strip() or "a part of the packet", guard)


def _meta(key: str) -> Field:
    if key in {"iif", "iifname"}:
        return _interfaces(on.entering)
    if key in {"oif", "oifname"}:
        return _interfaces(on.leaving)
    if key == "l4proto":
        return _protocols(None)
    if key in {"nfproto", "protocol"}:
        return _families()
    if key == "pkttype":
        truth = {"host": True, "unicast": True, "broadcast": False, "multicast": False, "other": False}
        return _constants(truth, "the type of packet")
    return unknown(f"meta {key}")


def _tracking(left: Mapping[str, Any]) -> Field:
    key, reply = str(left.get("key", "")), left.get("dir") == "reply"
    if key == "state":
        return _states()
    if key == "status":
        return _status()
    if key == "direction":
        return _constants({"original": True, "0": True, "reply": False, "1": False}, "the direction")
    if reply:
        return unknown(f"ct reply {key}")
    if key in {"ip saddr", "ip6 saddr"}:
        return _source(4 if key == "ip saddr" else 6)
    if key in {"ip daddr", "ip6 daddr"}:
        return _destination(4 if key == "ip daddr" else 6, on.original_destinations)
    if key == "l3proto":
        return _families()
    if key == "protocol":
        return _protocols(None)
    if key == "proto-src":
        return _ports("sport", None)
    if key == "proto-dst":
        return Field(lambda values: on.original_ports(numbers(values)))
    return unknown(f"ct {key}")


def _fib(left: Mapping[str, Any]) -> Field:
    flags = {str(flag) for flag in left.get("flags", ())}
    if left.get("result") == "type" and "daddr" in flags and flags <= {"daddr", "iif"}:
        # ``iif`` asks whether the address is one of that interface: the one by which the packet came, if it is ours.
        return _types() if flags == {"daddr"} else unknown("fib daddr . iif")
    return unknown("fib " + " . ".join(sorted(flags)))


def field(left: Any) -> Field:
    """The field that an expression of nftables' JSON names."""
    if isinstance(left, Mapping):
        if isinstance(inner := left.get("payload"), Mapping):
            return _payload(inner)
        if isinstance(inner := left.get("meta"), Mapping):
            return _meta(str(inner.get("key", "")))
        if isinstance(inner := left.get("ct"), Mapping):
            return _tracking(inner)
        if isinstance(inner := left.get("fib"), Mapping):
            return _fib(inner)
        if isinstance(inner := left.get("concat"), Sequence) and not isinstance(inner, str):
            return _concat([field(part) for part in inner])
        return unknown(f"the expression {next(iter(left), 'without name')}")
    return unknown("an expression")


def _concat(parts: Sequence[Field]) -> Field:
    def one_of(values: Sequence[Value]) -> Condition:
        found = []
        for value in values:
            members = value["concat"] if isinstance(value, Mapping) and "concat" in value else [value]
            if len(members) != len(parts):
                raise ValueError("another number of fields")
            found.append(
                on.every([part.equals([member]) for part, member in zip(parts, members, strict=True)])
            )
        return on.either(found)

    guards = [part.guard for part in parts if part.guard]
    return Field(one_of, on.every(guards) if guards else None, known=all(part.known for part in parts))
