"""Network security groups and security admin rules as stages, seen from one target."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._intervals import ALL_PORTS
from hushdesk.guard._policy import Action, Rule, Sources, Stage
from hushdesk.guard._services import Services
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure._fields import EVERYONE, odd_field, ports_of, services_of, words_of
from hushdesk.guard.dialects.azure._index import Node
from hushdesk.guard.dialects.azure._network import PLATFORM, UNSEEN, Network
from hushdesk.guard.dialects.azure._prefixes import prefix_set
from hushdesk.guard.dialects.azure._shape import View, number, reference
from hushdesk.guard.dialects.azure._state import State

FLOATING = {"internet", "virtualnetwork"}
"""Tags that mean something else in each network."""
COVERING = EVERYONE | {"virtualnetwork"}
"""Destinations that every target is."""
TAGS_REMEDY = "give Microsoft's list with --service-tags FILE"
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
    if why := nsg.unknown():
        state.unresolved(nsg.place, nsg.name, why)
        return unknown_stage(f"{label} {nsg.name}", why, nsg)
    rules = [(base.priority, rule) for base in bases(nsg, state) for rule in _before(base, target, state)]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """One inbound rule as far as it is the same for all targets."""

    item: Node
    priority: int
    """0 if it is not known: then it may come first."""
    rules: tuple[Rule, ...]
    """One, or one of each kind if nobody knows whether it allows or denies."""
    fixed: tuple[Sources, ...]
    floating: tuple[str, ...]
    """Tags that mean something else in each network."""
    everywhere: bool
    """Whether every target is its destination."""


def bases(nsg: Node, state: State) -> list[Base]:
    """The inbound rules of a group; read once."""
    if nsg.id not in state.bases:
        found = (_base(item, state) for item in nsg.all("securityRules"))
        state.bases[nsg.id] = [base for base in found if base is not None]
        _same_priorities(nsg, state)
    return state.bases[nsg.id]


def narrowed(nsg: Node, target: Target, state: State) -> Target:
    """The target without its address, if no rule asks for it: then all targets of a network have the same rules."""
    if target.anywhere or not all(base.everywhere for base in bases(nsg, state)):
        return target
    return Target(possible=EMPTY, network=target.network)


def _base(item: Node, state: State) -> Base | None:
    view = item.view
    if why := item.unknown():
        state.unresolved(item.place, item.name, why)
        rules = _either(item.name, why, item)
        return Base(
            item=item, priority=0, rules=rules, fixed=(rules[0].sources,), floating=(), everywhere=True
        )
    direction = view.known("direction")
    if direction == "outbound":
        return None
    doubts = [item.doubt]
    if direction != "inbound":
        doubts.append(odd_field(view, "direction", item, state))
    priority = number(view.get("priority"))
    name = f"{item.name} (priority {priority})" if priority is not None else item.name
    if priority is None:
        doubts.append(odd_field(view, "priority", item, state))
    services, open_ports = services_of(view, item, state)
    source_ports, odd_ports = ports_of(view, "source", item, state)
    fixed, floating = _sources(view, item, state)
    access = view.known("access")
    if access not in {"allow", "deny"}:
        doubts.append(odd_field(view, "access", item, state))
    rule = Rule(
        name=name,
        action=Action.DENY if access == "deny" else Action.NEXT,
        sources=joined(fixed) if fixed else Sources.exactly(EMPTY),
        services=services,
        source_ports=None if source_ports == ALL_PORTS else source_ports,
        doubt="; ".join(dict.fromkeys(filter(None, [*doubts, open_ports, odd_ports]))),
        place=item.place,
    )
    rules = (rule,) if access in {"allow", "deny"} else (rule, replace(rule, action=Action.DENY))
    return Base(
        item=item,
        priority=priority or 0,
        rules=rules,
        fixed=tuple(fixed),
        floating=tuple(floating),
        everywhere=_everywhere(view),
    )


def _before(base: Base, target: Target, state: State) -> tuple[Rule, ...]:
    """The rule before one target; nothing if it never matches there."""
    reach = "" if base.everywhere else _destination(base.item.view, target, base.item, state)
    if reach is None:
        return ()
    if not reach and not base.floating:
        return base.rules
    sources = base.rules[0].sources
    if base.floating:
        words = [address_words(word, target.network, base.item, state) for word in base.floating]
        sources = joined([*base.fixed, *words])
    return tuple(
        replace(rule, sources=sources, doubt="; ".join(filter(None, (rule.doubt, reach))))
        for rule in base.rules
    )


def _either(name: str, why: str, item: Node) -> tuple[Rule, ...]:
    """A rule that may allow, deny or do nothing."""
    return tuple(
        Rule(name=name, action=action, sources=Sources.unknown(name, why), doubt=why, place=item.place)
        for action in (Action.NEXT, Action.DENY)
    )


def _sources(view: View, item: Node, state: State) -> tuple[list[Sources], list[str]]:
    """Prefixes, tags and application security groups on the source side, and the tags that depend on the network."""
    fixed, floating = [], []
    for value in view.many("sourceAddressPrefix", "sourceAddressPrefixes"):
        for word in words_of(value):
            if isinstance(word, str) and word.strip().lower() in FLOATING:
                floating.append(word)
            else:
                fixed.append(address_words(word, UNSEEN, item, state))
    fixed += [_members(value, item, state) for value in view.many("sourceApplicationSecurityGroups")]
    if not fixed and not floating:
        state.malformed(
            item.place,
            f"rule {item.name} names no source",
            "Name the source addresses; until then the rule may match any.",
        )
        fixed.append(Sources.unknown("", "the rule names no source"))
    return fixed, floating


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
    plain = prefix_set(small)
    if plain is not None:
        return Sources.exactly(plain, word)
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


def _everywhere(view: View) -> bool:
    return any(
        isinstance(word, str) and word.strip().lower() in COVERING
        for value in view.many("destinationAddressPrefix", "destinationAddressPrefixes")
        for word in words_of(value)
    )


def _destination(view: View, target: Target, item: Node, state: State) -> str | None:
    """``None`` if the rule never matches this target; else why it may not match, empty if it does."""
    doubts = []
    named = False
    for value in view.many("destinationAddressPrefix", "destinationAddressPrefixes"):
        for word in words_of(value):
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
    known = state.world.tags.get(small) or prefix_set(small)
    if known is None:
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
