"""One line of iptables: from ``-A INPUT -s 192.0.2.0/24 -p tcp --dport 5432 -j ACCEPT`` to a step of a chain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard._addresses import Family
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.linux import _conditions as on
from hushdesk.guard.dialects.linux._model import Condition, Kind, Step, Verdict
from hushdesk.guard.dialects.linux._names import protocol
from hushdesk.guard.dialects.linux._region import EVERYTHING
from hushdesk.guard.dialects.linux._words import (
    GOES_ON,
    AddressRange,
    address_set,
    network,
    port_set,
    translation,
)

_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|(\S+)')
_LONG: Final = {
    "-s": "--source", "--src": "--source", "-d": "--destination", "--dst": "--destination", "-p": "--protocol",
    "--proto": "--protocol", "-i": "--in-interface", "-o": "--out-interface", "-f": "--fragment", "-m": "--match",
    "-j": "--jump", "-g": "--goto", "--dport": "--destination-port", "--sport": "--source-port", "--dports": "--destination-ports",
    "--sports": "--source-ports", "-4": "--ipv4", "-6": "--ipv6", "-c": "--set-counters", "--to-port": "--to-ports",
}  # fmt: skip
_ONE_WORD: Final = frozenset(
    {"--comment", "--log-prefix", "--nflog-prefix", "--ulog-prefix", "--string", "--hex-string", "--name"}
)
_TRANSPARENT: Final = frozenset(
    [
        "tcp",
        "udp",
        "icmp",
        "icmp6",
        "icmpv6",
        "sctp",
        "dccp",
        "udplite",
        "multiport",
        "iprange",
        "state",
        "conntrack",
        "comment",
        "addrtype",
        "pkttype",
        "set",
        "esp",
        "ah",
    ]
)
"""Match modules of which each option stands for itself."""
_GOES_ON: Final = GOES_ON | {
    "IDLETIMER",
    "RATEEST",
    "ECN",
    "HMARK",
    "LED",
    "TCPOPTSTRIP",
    "TEE",
    "ACCOUNT",
    "NETFLOW",
}
"""Those of iptables alone, beside them."""
_ENDS: Final = {
    "ACCEPT": Kind.ACCEPT, "DROP": Kind.DROP, "REJECT": Kind.DROP, "RETURN": Kind.RETURN, "TARPIT": Kind.DROP, "STEAL": Kind.DROP,
}  # fmt: skip
Sets = Mapping[str, Callable[[Sequence[str], Family], Condition]]
"""Sets of ipset by name: how many directions, to a condition."""


@dataclass(slots=True)
class Line:
    """A line while it is read."""

    text: str
    place: Place
    family: Family
    sets: Sets
    findings: list[Finding]
    conditions: list[Condition] = field(default_factory=list)
    target: str = ""
    is_goto: bool = False
    target_options: dict[str, list[str]] = field(default_factory=dict)

    def doubt(self, what: str) -> Condition:
        """A condition that may hold or not, since something cannot be resolved."""
        self.findings.append(Unresolved(self.place, self.text, what))
        return on.doubtful(what)

    def hosts(self, text: str) -> list[AddressRange]:
        """Networks with commas between, of this line's family."""
        return [found for part in text.split(",") if (found := network(part))[0] == self.family]


def words(text: str) -> list[tuple[str, bool]]:
    """The words of a line, and whether they were quoted."""
    found = []
    for quoted, single, bare in _TOKEN.findall(text):
        found.append((bare, False) if bare else (re.sub(r"\\(.)", r"\1", quoted) or single, True))
    return found


def _options(tokens: list[tuple[str, bool]]) -> Iterator[tuple[str, bool, list[str]]]:
    """Options with their long name, whether they are negated (before or, as of old, behind), and their values."""
    at, negated = 0, False
    while at < len(tokens):
        word, quoted = tokens[at]
        at += 1
        if word == "!" and not quoted:
            negated = not negated
            continue
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        name = _LONG.get(name, name)
        values = [value] if equals else []
        if name in _ONE_WORD and not equals and at < len(tokens):
            values, at = [tokens[at][0]], at + 1
        while at < len(tokens):
            word, quoted = tokens[at]
            if not quoted and word == "!":
                if values or not word_follows(tokens, at + 1):
                    break
                negated, at = not negated, at + 1
                continue
            if not quoted and word.startswith("-") and len(word) > 1:
                break
            values.append(word)
            at += 1
        yield name, negated, values
        negated = False


def word_follows(tokens: list[tuple[str, bool]], at: int) -> bool:
    """Whether a value, not an option, stands there."""
    return at < len(tokens) and (tokens[at][1] or not tokens[at][0].startswith("-"))


def step(line: Line, table: str, chain: str, tokens: list[tuple[str, bool]], known: frozenset[str]) -> Step:
    """What the words behind ``-A CHAIN`` mean.

    Args:
        line: Collects what cannot be made out.
        table: In which table it stands.
        chain: In which chain it stands.
        tokens: The words.
        known: The chains of the table.
    """
    module, doubt = "", -1
    for name, is_negated, values in _options(tokens):
        if name == "--match":
            module = values[0] if values else ""
            if module not in _TRANSPARENT:
                doubt = len(line.conditions)
                line.conditions.append(on.doubtful(f"the match {module} is not modelled"))
        elif name in {"--jump", "--goto"}:
            line.target, line.is_goto, module = values[0] if values else "", name == "--goto", ""
        elif line.target and not module and name not in _MATCHES:
            line.target_options[name] = values
        elif module and module not in _TRANSPARENT and name not in _MATCHES:
            if module == "recent" and name == "--set" and not is_negated:
                # Notes the source and always matches.
                line.conditions[doubt] = on.constant(EVERYTHING)
        elif (condition := _condition(line, name, values)) is not None:
            line.conditions.append(on.negated(condition) if is_negated else condition)
    return Step(
        f"{table}: -A {chain} {_shown(line.text)}",
        line.place,
        tuple(line.conditions),
        _verdict(line, table, known),
    )


def _shown(text: str) -> str:
    rest = re.sub(r"^.*?(?:-A|-I|--append|--insert)\s+\S+\s*", "", text).strip()
    return rest if len(rest) <= 160 else rest[:157] + "..."


def _condition(line: Line, name: str, values: list[str]) -> Condition | None:
    handler = _MATCHES.get(name)
    if handler is None:
        return line.doubt(f"the option {name} is not modelled")
    try:
        return handler(line, values)
    except (ValueError, IndexError):
        return line.doubt(
            f"what stands behind {name} cannot be resolved; use the numbers that iptables-save prints"
        )


def _source(line: Line, values: list[str]) -> Condition:
    return on.sources(address_set(line.hosts(values[0])), values[0].removesuffix("/32"))


def _destination(line: Line, values: list[str]) -> Condition:
    return on.destinations(address_set(line.hosts(values[0])), line.family, values[0].removesuffix("/32"))


def _original_destination(line: Line, values: list[str]) -> Condition:
    found = address_set(line.hosts(values[0]))
    return on.original_destinations(found, line.family, values[0].removesuffix("/32"))


def _protocol(line: Line, values: list[str]) -> Condition | None:
    if values[0].lower() in {"all", "0"}:
        return None
    name = protocol(values[0])
    return on.protocols([name]) if name else line.doubt("the protocol is not known by this name")


def _interface(values: list[str]) -> tuple[str, bool]:
    return values[0].removesuffix("+"), values[0].endswith("+")


def _entering(_: Line, values: list[str]) -> Condition:
    name, wildcard = _interface(values)
    return on.entering(name, wildcard=wildcard)


def _leaving(_: Line, values: list[str]) -> Condition:
    name, wildcard = _interface(values)
    return on.leaving(name, wildcard=wildcard)


def _source_range(line: Line, values: list[str]) -> Condition:
    return on.sources(address_set(line.hosts(values[0])), values[0])


def _destination_range(line: Line, values: list[str]) -> Condition:
    return on.destinations(address_set(line.hosts(values[0])), line.family, values[0])


def _either_port(_: Line, values: list[str]) -> Condition:
    numbers = port_set(values[0])
    return on.either((on.ports(numbers), on.source_ports(numbers)))


def _state(line: Line, values: list[str]) -> Condition:
    wanted = {word.strip().lower() for word in values[0].split(",")}
    return (
        on.state(wanted)
        if wanted <= on.STATES
        else line.doubt("a state of connections is not known by this name")
    )


def _flags(_: Line, values: list[str]) -> Condition:
    every = "fin,syn,rst,psh,ack,urg"
    mask, wanted = (
        {flag for flag in value.lower().replace("all", every).split(",") if flag != "none"}
        for value in values[:2]
    )
    return on.tcp_flags(mask, wanted)


def _types(_: Line, values: list[str]) -> Condition:
    return on.destination_type({word.strip().lower() for word in values[0].split(",")})


def _packet_type(_: Line, values: list[str]) -> Condition:
    return (
        on.constant(EVERYTHING)
        if values[0].lower() in {"unicast", "host"}
        else on.negated(on.constant(EVERYTHING))
    )


def _set(line: Line, values: list[str]) -> Condition:
    directions = values[1].lower().split(",")
    known = line.sets.get(values[0])
    if known is None:
        return line.doubt(f"the set {values[0]} is not in the input; give the output of ipset save with it")
    return known(directions, line.family)


def _direction(_: Line, values: list[str]) -> Condition:
    return on.constant(EVERYTHING) if values[0].upper() == "ORIGINAL" else on.negated(on.constant(EVERYTHING))


def _nothing(_: Line, values: list[str]) -> Condition | None:  # noqa: ARG001
    return None


_MATCHES: Final[dict[str, Callable[[Line, list[str]], Condition | None]]] = {
    "--source": _source,
    "--destination": _destination,
    "--protocol": _protocol,
    "--in-interface": _entering,
    "--out-interface": _leaving,
    # A new connection's first packet is no later fragment.
    "--fragment": lambda _, __: on.negated(on.constant(EVERYTHING)),
    "--source-port": lambda _, values: on.source_ports(port_set(values[0])),
    "--destination-port": lambda _, values: on.ports(port_set(values[0])),
    "--source-ports": lambda _, values: on.source_ports(port_set(values[0])),
    "--destination-ports": lambda _, values: on.ports(port_set(values[0])),
    "--ports": _either_port,
    "--src-range": _source_range,
    "--dst-range": _destination_range,
    "--state": _state,
    "--ctstate": _state,
    "--ctdir": _direction,
    "--ctproto": _protocol,
    "--ctorigsrc": _source,
    "--ctorigdst": _original_destination,
    "--ctorigsrcport": lambda _, values: on.source_ports(port_set(values[0])),
    "--ctorigdstport": lambda _, values: on.original_ports(port_set(values[0])),
    "--tcp-flags": _flags,
    "--syn": lambda _, __: on.tcp_flags({"fin", "syn", "rst", "ack"}, {"syn"}),
    "--icmp-type": lambda _, values: (
        None if values[0] == "any" else on.doubtful("types of ICMP are not modelled")
    ),
    "--icmpv6-type": lambda _, __: on.doubtful("types of ICMP are not modelled"),
    "--dst-type": _types,
    "--pkt-type": _packet_type,
    "--match-set": _set,
    "--comment": _nothing,
    "--set-counters": _nothing,
    "--ipv4": _nothing,
    "--ipv6": _nothing,
}


def _verdict(line: Line, table: str, known: frozenset[str]) -> Verdict:
    target = line.target
    if not target or target in _GOES_ON:
        return Verdict(Kind.CONTINUE)
    if target in known:
        return Verdict(Kind.GOTO if line.is_goto else Kind.JUMP, target)
    if target in _ENDS:
        return Verdict(_ENDS[target])
    if target == "NOTRACK" or (target == "CT" and "--notrack" in line.target_options):
        return Verdict(Kind.UNTRACK)
    if target == "CT":
        return Verdict(Kind.CONTINUE)
    if target in {"DNAT", "REDIRECT"}:
        return _translated(line, target)
    if target.isupper():
        why = f"what the target {target} does with a packet is not modelled"
        line.findings.append(NotLookedAt(line.place, f"{table}: target {target}", why))
        return Verdict(Kind.UNKNOWN, why=why)
    line.findings.append(
        Malformed(
            line.place,
            f"the chain {target} is not in the table",
            "give the whole output of iptables-save",
        )
    )
    return Verdict(Kind.UNKNOWN, why=f"the chain {target} is missing")


def _translated(line: Line, target: str) -> Verdict:
    given = line.target_options.get("--to-destination" if target == "DNAT" else "--to-ports", [])
    try:
        if target == "REDIRECT":
            return Verdict(Kind.TRANSLATE, translation=translation(f":{given[0]}" if given else ""))
        if len(given) != 1:
            raise ValueError("not one destination")
        return Verdict(Kind.TRANSLATE, translation=translation(given[0]))
    except ValueError:
        line.findings.append(
            Malformed(line.place, f"the new destination of a {target} cannot be read", "write address:port")
        )
        return Verdict(Kind.UNKNOWN, why="the new destination cannot be read")
