"""Network security groups and security admin rules as stages, seen from one target."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._intervals import ALL_PORTS, NO_PORTS, TOP_PORT, Intervals, ports
from hushdesk.guard._policy import Action, Rule, Sources, Stage
from hushdesk.guard._services import ALL_SERVICES, ANY, Services
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure._index import Node
from hushdesk.guard.dialects.azure._network import PLATFORM, UNSEEN, Network
from hushdesk.guard.dialects.azure._shape import View, number, reference
from hushdesk.guard.dialects.azure._state import State

EVERYONE = {"*", "any"}
TAGS_REMEDY = "give Microsoft's list with --service-tags FILE"
NUMBERED = {"1": "icmp", "6": "tcp", "17": "udp", "50": "esp", "51": "ah", "58": "icmpv6"}
LAST_PRIORITY = 65536
_TAG: Final = re.compile(r"[a-z][a-z0-9.]*")
"""Expressions look otherwise, and may stand for something else each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """At which address of which network the rules are looked at."""

    possible: AddressSet
    """Its private addresses: one if it is known, or the subnet's prefixes."""
    network: Network = field(default=UNSEEN)
    groups: frozenset[str] = frozenset()
    """Ids of the application security groups that it is in."""
    groups_unknown: bool = False
    anywhere: bool = False
    """Stands for whatever the rules will be attached to."""


def security_group(nsg: Node, target: Target, state: State, label: str, *, lone: bool = False) -> Stage:
    """The inbound rules of a security group, own ones and default ones, in order.

    Args:
        nsg: The group.
        target: Before which it stands.
        state: Takes the findings.
        label: What is said before its name.
        lone: Whether the question is what it would let in if it exists.
    """
    rules: list[tuple[int, Rule]] = []
    if why := nsg.unknown():
        state.unresolved(nsg.place, nsg.name, why)
        return unknown_stage(f"{label} {nsg.name}", why, nsg)
    for item in nsg.all("securityRules"):
        found = _security_rule(item, target, state)
        if found is not None:
            rules += [(found[0], rule) for rule in found[1]]
    _same_priorities(nsg, state)
    own = _in_order(rules)
    if nsg.absent or (nsg.doubt and not lone):
        why = nsg.doubt or f"the other rules of {nsg.name} are not in the input"
        if nsg.absent:
            state.unresolved(nsg.place, nsg.name, why)
        own = [replace(rule, doubt=rule.doubt or why) for rule in own]
        own.append(
            Rule(
                name=f"other rules of {nsg.name}",
                action=Action.NEXT,
                sources=Sources.unknown("", why),
                doubt=why,
                place=nsg.place,
            )
        )
    return Stage(
        name=f"{label} {nsg.name}",
        rules=tuple(_without_denied([*own, *_default_rules(nsg, target)])),
        default_name="DenyAllInBound (priority 65500)",
        place=nsg.place,
    )


def unknown_stage(name: str, why: str, node: Node) -> Stage:
    """Rules of which nothing is known: perhaps they let everything through, perhaps nothing."""
    rule = Rule(
        name="rules that are not in the input",
        action=Action.NEXT,
        sources=Sources.unknown("", why),
        doubt=why,
        place=node.place,
    )
    return Stage(name=name, rules=(rule,), default_name="rules that are not in the input", place=node.place)


def seen_from(stage: Stage, hop: Sources) -> Stage:
    """The stage as everybody meets it whose packets arrive with a source out of ``hop``."""
    made = []
    for rule in stage.rules:
        if not rule.sources.upper & hop.upper:
            continue
        if hop.upper <= rule.sources.lower:
            sources = Sources.exactly(EVERYWHERE, rule.sources.words)
        else:
            sources = Sources.unknown(
                rule.sources.words, rule.sources.why or f"packets come from some address of {hop.words}"
            )
        made.append(replace(rule, sources=sources))
    return replace(stage, rules=tuple(made), name=f"{stage.name}, seen from {hop.words}")


def _in_order(rules: list[tuple[int, Rule]]) -> list[Rule]:
    """By priority. Where one is given twice with different actions, nobody can say which of the two decides."""
    actions: dict[int, set[Action]] = {}
    for priority, rule in rules:
        if priority > 0:
            actions.setdefault(priority, set()).add(rule.action)
    return [
        replace(rule, doubt=rule.doubt or "another rule has the same priority")
        if len(actions.get(priority, ())) > 1
        else rule
        for priority, rule in sorted(rules, key=lambda pair: pair[0])
    ]


def _same_priorities(nsg: Node, state: State) -> None:
    seen: dict[tuple[int, str], Node] = {}
    for item in nsg.all("securityRules"):
        priority = number(item.view.get("priority"))
        if priority is None:
            continue
        direction = item.view.known("direction")
        other = seen.setdefault((priority, direction), item)
        if other is not item and not (item.doubt or other.doubt):
            state.malformed(
                item.place,
                f"{nsg.name} has two {direction} rules of priority {priority}: {other.name} and {item.name}",
                "Give one of them another priority: a security group with both is refused.",
            )


def _without_denied(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Leaves out what a tag would let in if a rule before it denies the same tag.

    What the tag holds may be unknown, but it is the same for both: so the later rule decides nothing. Seen as sets, the
    earlier would deny nothing for certain, and the later might let in everybody.
    """
    denials: list[Rule] = []
    for rule in rules:
        tag = rule.sources.words.lower()
        if (
            rule.action is not Action.DENY
            and rule.sources.upper != rule.sources.lower
            and _TAG.fullmatch(tag)
            and any(_denies(denial, tag, rule.services) for denial in denials)
        ):
            continue
        yield rule
        if rule.action is Action.DENY and not rule.doubt and rule.source_ports is None:
            denials.append(rule)


def _denies(denial: Rule, tag: str, services: Services) -> bool:
    return tag in denial.sources.words.lower().split(", ") and all(
        numbers <= denial.services.ports(name) for name, numbers in services.entries
    )


def _default_rules(nsg: Node, target: Target) -> tuple[Rule, ...]:
    return (
        Rule(
            name="AllowVnetInBound (priority 65000)",
            action=Action.NEXT,
            sources=target.network.tag,
            place=nsg.place,
        ),
        Rule(
            name="AllowAzureLoadBalancerInBound (priority 65001)",
            action=Action.NEXT,
            sources=Sources.exactly(PLATFORM, "AzureLoadBalancer"),
            place=nsg.place,
        ),
    )


def _security_rule(item: Node, target: Target, state: State) -> tuple[int, list[Rule]] | None:
    view = item.view
    if why := item.unknown():
        state.unresolved(item.place, item.name, why)
        return 0, _either(item.name, why, item)
    direction = view.known("direction")
    if direction == "outbound":
        return None
    doubts = [item.doubt] if item.doubt else []
    if direction != "inbound":
        doubts.append(_odd(view, "direction", item, state))
    priority = number(view.get("priority"))
    name = f"{item.name} (priority {priority})" if priority is not None else item.name
    if priority is None:
        doubts.append(_odd(view, "priority", item, state))
    reach = _destination(view, target, item, state)
    if reach is None:
        return None
    services, open_ports = services_of(view, item, state)
    source_ports, odd_ports = ports_of(view, "source", item, state)
    doubts += [reach, open_ports, odd_ports]
    doubt = "; ".join(dict.fromkeys(filter(None, doubts)))
    sources = sources_of(view, "source", target, item, state)
    access = view.known("access")
    if access not in {"allow", "deny"}:
        why = _odd(view, "access", item, state)
        return priority or 0, _either(name, why, item, sources, services)
    rule = Rule(
        name=name,
        action=Action.NEXT if access == "allow" else Action.DENY,
        sources=sources,
        services=services,
        source_ports=None if source_ports == ALL_PORTS else source_ports,
        doubt=doubt,
        place=item.place,
    )
    return priority or 0, [rule]


def _either(
    name: str, why: str, item: Node, sources: Sources | None = None, services: Services = ALL_SERVICES
) -> list[Rule]:
    """A rule that may allow, deny or do nothing."""
    known = sources or Sources.unknown(name, why)
    return [
        Rule(name=name, action=action, sources=known, services=services, doubt=why, place=item.place)
        for action in (Action.NEXT, Action.DENY)
    ]


def _odd(view: View, name: str, item: Node, state: State) -> str:
    """Reports a field that is neither known nor right, and says why the rule is in doubt."""
    value = view.get(name)
    if isinstance(value, Unknown):
        state.unresolved(item.place, value.expression, value.why)
        return f"its {name} is not resolved"
    state.malformed(
        item.place,
        f"rule {item.name} has no valid {name}",
        f"Give the rule a valid {name}; until then it may match or not.",
    )
    return f"its {name} is not valid"


def sources_of(view: View, side: str, target: Target, item: Node, state: State) -> Sources:
    """The union of prefixes, tags and application security groups on the source side."""
    parts = []
    for value in view.many(f"{side}AddressPrefix", f"{side}AddressPrefixes"):
        parts += [address_words(word, target.network, item, state) for word in _words(value)]
    for value in view.many(f"{side}ApplicationSecurityGroups"):
        parts.append(_members(value, item, state))
    if not parts:
        state.malformed(
            item.place,
            f"rule {item.name} names no {side}",
            f"Name the {side} addresses; until then the rule may match any.",
        )
        return Sources.unknown("", f"the rule names no {side}")
    return joined(parts)


def joined(parts: Sequence[Sources]) -> Sources:
    """The union, made in one step."""
    if len(parts) == 1:
        return parts[0]
    uppers = [part.upper for part in parts]
    lowers = [part.lower for part in parts]
    upper = _union(uppers)
    return Sources(
        upper,
        upper if all(part.upper is part.lower for part in parts) else _union(lowers),
        ", ".join(filter(None, (part.words for part in parts))),
        next((part.why for part in parts if part.why), ""),
    )


def _union(sets: Iterable[AddressSet]) -> AddressSet:
    known = list(sets)
    return AddressSet([pair for one in known for pair in one.v4], [pair for one in known for pair in one.v6])


def _words(value: object) -> list[object]:
    """A field may hold several prefixes in one text, as the portal accepts them."""
    if isinstance(value, str) and "," in value:
        return [part.strip() for part in value.split(",") if part.strip()]
    return [value]


def address_words(word: object, network: Network, item: Node, state: State) -> Sources:
    """One address prefix, tag or expression."""
    if isinstance(word, Unknown):
        state.unresolved(item.place, word.expression, word.why)
        return Sources.unknown(word.expression, word.why)
    if not isinstance(word, str):
        state.malformed(item.place, f"{item.name}: an address prefix is no text", "Write addresses as text.")
        return Sources.unknown("", "the address prefix is no text")
    small = word.strip().lower()
    if small in EVERYONE:
        return Sources.exactly(EVERYWHERE, word)
    if small == "internet":
        found = network.internet
        _note(network, item, state)
        return Sources(found.upper, found.lower, word, found.why)
    if small == "virtualnetwork":
        _note(network, item, state)
        return network.tag
    if small == "azureloadbalancer":
        return Sources.exactly(PLATFORM, word)
    known = state.world.tags.get(small)
    if known is not None:
        return Sources.exactly(known, word)
    try:
        return Sources.exactly(AddressSet.parse(small), word)
    except ValueError:
        pass
    if not small[:1].isalpha() or "/" in small or ":" in small:
        state.malformed(
            item.place,
            f"{item.name}: {word} is neither an address nor a tag",
            "Correct the address; until then it may be any.",
        )
        return Sources.unknown(word, "it is neither an address nor a tag")
    why = f"the addresses of the service tag {word} are not known; {TAGS_REMEDY}"
    state.unresolved(item.place, word, why)
    return Sources.unknown(word, why)


def _note(network: Network, item: Node, state: State) -> None:
    if network.note:
        state.unresolved(item.place, "VirtualNetwork", network.note)


def _members(value: object, item: Node, state: State) -> Sources:
    ref = reference(value)
    if isinstance(ref, str):
        members = state.members.get(ref)
        if members is not None:
            return joined(members) if members else Sources.exactly(EMPTY, ref.rsplit("/", 1)[-1])
    why = (
        value.why
        if isinstance(value, Unknown)
        else "the members of an application security group are not in the input"
    )
    if isinstance(ref, Unknown):
        why = ref.why
    shown = ref if isinstance(ref, str) else "sourceApplicationSecurityGroups"
    state.unresolved(item.place, shown, why)
    return Sources(UNSEEN.base.upper, EMPTY, shown.rsplit("/", 1)[-1], why)


def _destination(view: View, target: Target, item: Node, state: State) -> str | None:
    """``None`` if the rule never matches this target; else why it may not match, empty if it does."""
    doubts = []
    named = False
    for value in view.many("destinationAddressPrefix", "destinationAddressPrefixes"):
        for word in _words(value):
            named = True
            answer = covers(word, target, item, state)
            if answer == "":
                return ""
            if answer is not None:
                doubts.append(answer)
    for value in view.many("destinationApplicationSecurityGroups"):
        named = True
        ref = reference(value)
        if isinstance(ref, str) and ref in target.groups:
            return ""
        if not isinstance(ref, str) or target.groups_unknown:
            doubts.append("whether it belongs to the application security group is not known")
        elif target.anywhere:
            doubts.append("it speaks of the members of an application security group")
    if not named:
        state.malformed(
            item.place,
            f"rule {item.name} names no destination",
            "Name the destination; until then the rule may match or not.",
        )
        return "it names no destination"
    return doubts[0] if doubts else None


def covers(word: object, target: Target, item: Node, state: State) -> str | None:
    """Whether one word of a destination covers the target: as in :func:`_destination`."""
    if isinstance(word, Unknown):
        state.unresolved(item.place, word.expression, word.why)
        return "its destination is not resolved"
    small = word.strip().lower() if isinstance(word, str) else ""
    if small in EVERYONE or small == "virtualnetwork":
        return ""
    if small in {"internet", "azureloadbalancer"}:
        return None
    known = state.world.tags.get(small)
    if known is None:
        try:
            known = AddressSet.parse(small)
        except ValueError:
            return "its destination is not known"
    if target.anywhere:
        if (ALL_V4 if known.v4 else ALL_V6) <= known:
            return ""
        return "it speaks of one destination only"
    possible = target.possible
    if possible <= known:
        return ""
    return (
        "the private address is not known, and the rule speaks of one destination only"
        if possible & known
        else None
    )


def services_of(view: View, item: Node, state: State, *, lenient: bool = False) -> tuple[Services, str]:
    """Protocols and ports of a rule, and why they may be fewer. If ``lenient``, no ports named means all."""
    value = view.text("protocol")
    doubt = ""
    protocol = ANY
    if isinstance(value, str):
        protocol = NUMBERED.get(value, value.lower())
        protocol = ANY if protocol in EVERYONE else protocol
    else:
        doubt = _odd(view, "protocol", item, state)
    if protocol in {"icmp", "icmpv6", "esp", "ah"}:
        return Services(((protocol, ALL_PORTS),)), doubt
    numbers, odd = ports_of(view, "destination", item, state, lenient=lenient)
    return Services(((protocol, numbers),)), doubt or odd


def ports_of(
    view: View, side: str, item: Node, state: State, *, lenient: bool = False
) -> tuple[Intervals, str]:
    """Ports of one side, and why they may be fewer."""
    found: list[tuple[int, int]] = []
    named = False
    doubt = ""
    for value in view.many(f"{side}PortRange", f"{side}PortRanges"):
        for word in _words(str(value) if isinstance(value, int) else value):
            named = True
            if isinstance(word, Unknown):
                state.unresolved(item.place, word.expression, word.why)
                return ALL_PORTS, f"its {side} ports are not resolved"
            pair = port_range(word)
            if pair is None:
                state.malformed(
                    item.place,
                    f"rule {item.name} has a {side} port range that is none",
                    "Write a port, a range like 80-90, or *.",
                )
                doubt = f"its {side} ports are not valid"
                pair = (0, TOP_PORT)
            found.append(pair)
    if not named and (side == "source" or lenient):
        return ALL_PORTS, ""
    if not named:
        state.malformed(
            item.place,
            f"rule {item.name} names no ports",
            "Name the destination ports; until then the rule may match any.",
        )
        return ALL_PORTS, "it names no ports"
    return (ports(*found) if found else NO_PORTS), doubt


def port_range(word: object) -> tuple[int, int] | None:
    """``80``, ``80-90`` or ``*``."""
    text = str(word).strip() if isinstance(word, str | int) and not isinstance(word, bool) else ""
    if text.lower() in EVERYONE:
        return 0, TOP_PORT
    first, dash, last = text.partition("-")
    low = number(first)
    high = number(last) if dash else low
    return (low, high) if low is not None and high is not None and low <= high <= TOP_PORT else None
