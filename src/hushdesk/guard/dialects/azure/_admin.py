"""Security admin rules of a network manager: looked at before every security group."""

from __future__ import annotations

from collections.abc import Iterator

from hushdesk.guard._intervals import ALL_PORTS
from hushdesk.guard._policy import Action, Rule, Stage
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure._index import Node
from hushdesk.guard.dialects.azure._rules import (
    LAST_PRIORITY,
    Target,
    address_words,
    covers,
    joined,
    ports_of,
    services_of,
)
from hushdesk.guard.dialects.azure._shape import View, number, reference
from hushdesk.guard.dialects.azure._state import State

MANAGER = "microsoft.network/networkmanagers"
RULES = f"{MANAGER}/securityadminconfigurations/rulecollections/rules"
ACTIONS = {"allow": Action.NEXT, "deny": Action.DENY, "alwaysallow": Action.ACCEPT}


def admin_stage(network: Node | None, target: Target, state: State) -> Stage | None:
    """The admin rules that hold in a virtual network; ``None`` if the input has none."""
    found: list[tuple[int, Rule]] = []
    for item in state.index.of(RULES):
        collection = item.parent
        doubt = (
            _holds(collection, network, state)
            if collection is not None
            else "its collection is not in the input"
        )
        if doubt is None:
            continue
        state.skipped(
            item.place,
            "whether the security admin rules are deployed",
            "A template does not say it: they are taken as deployed to the networks of their groups.",
        )
        found += _rules(item, doubt or item.doubt, target, state)
    if not found:
        return None
    found.sort(key=lambda pair: pair[0])
    return Stage(
        name="security admin rules",
        rules=tuple(rule for _, rule in found),
        default=Action.NEXT,
        default_name="no security admin rule matches",
        place=found[0][1].place,
    )


def _holds(collection: Node, network: Node | None, state: State) -> str | None:
    """``None`` if the collection does not apply to the network; else why it may not, empty if it does."""
    if network is None:
        return "the virtual network is not in the input"
    answers: list[str] = []
    for item in collection.view.many("appliesToGroups"):
        ref = item if isinstance(item, Unknown) else reference(View(item).get("networkGroupId"))
        group = state.index.find(ref)
        if group is None:
            answers.append("the network group is not in the input")
            continue
        members = [member.view.ref("resourceId") for member in group.all("staticMembers")]
        if network.id in members:
            return ""
        if not members or any(isinstance(member, Unknown) for member in members):
            answers.append("who belongs to the network group is decided outside the input")
    if collection.absent:
        answers.append("the rule collection is not in the input")
    return answers[0] if answers else None


def _rules(item: Node, doubt: str, target: Target, state: State) -> Iterator[tuple[int, Rule]]:
    view = item.view
    if why := item.unknown():
        state.unresolved(item.place, item.name, why)
        for action in ACTIONS.values():
            yield (
                0,
                Rule(
                    name=item.name,
                    action=action,
                    sources=joined([address_words("*", target.network, item, state)]),
                    doubt=why,
                    place=item.place,
                ),
            )
        return
    if view.known("direction") == "outbound":
        return
    doubts = [doubt]
    if view.known("direction") != "inbound":
        doubts.append("its direction is not resolved")
    destinations = [_prefix(entry) for entry in view.many("destinations")] or ["*"]
    answers = [covers(word, target, item, state) for word in destinations]
    if all(answer is None for answer in answers):
        return
    if "" not in answers:
        doubts.append(next(answer for answer in answers if answer))
    sources = joined(
        [address_words(_prefix(entry), target.network, item, state) for entry in view.many("sources")]
        or [address_words("*", target.network, item, state)]
    )
    services, odd = services_of(view, item, state, lenient=True)
    source_ports, odd_ports = ports_of(view, "source", item, state, lenient=True)
    priority = number(view.get("priority"))
    access = view.known("access")
    actions = [ACTIONS[access]] if access in ACTIONS else list(ACTIONS.values())
    if access not in ACTIONS:
        doubts.append("its access is not resolved")
    text = "; ".join(dict.fromkeys(filter(None, [*doubts, odd, odd_ports])))
    for action in actions:
        yield (
            priority if priority is not None else LAST_PRIORITY,
            Rule(
                name=f"{item.name} (priority {priority})",
                action=action,
                sources=sources,
                services=services,
                source_ports=None if source_ports == ALL_PORTS else source_ports,
                doubt=text if priority is not None else text or "its priority is not resolved",
                place=item.place,
            ),
        )


def _prefix(entry: object) -> object:
    if isinstance(entry, Unknown | str):
        return entry
    view = View(entry)
    if view.known("addressPrefixType") == "networkgroup":
        return Unknown("network group", "the addresses of a network group are decided outside the input")
    return view.unknown or view.get("addressPrefix") or "*"
