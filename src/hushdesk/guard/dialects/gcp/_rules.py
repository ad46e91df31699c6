"""VPC firewall rules and firewall policies, as one instance meets them.

Order and ends of the evaluation follow cloud.google.com/firewall/docs/firewall-policies-overview (rule evaluation order):
hierarchical policies of the organisation and then of the folders, regional system policies, VPC firewall rules, global and
then regional network policies; or the network policies before the VPC rules, if the network says so. In a policy the first
match decides: *allow* and *deny* end everything, *goto_next* goes on to the next policy. Of VPC rules of the same priority
a deny wins. At the end stands the implied deny.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hushdesk.guard._addresses import ALL_V4, EMPTY, PRIVATE
from hushdesk.guard._policy import Action, Gate, Place, Rule, Sources, Stage
from hushdesk.guard._services import ALL_SERVICES, Services
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.gcp._estate import Estate, Network
from hushdesk.guard.dialects.gcp._match import LAST, Subject, carries, destined, layer4, parsed
from hushdesk.guard.dialects.gcp._policies import policies
from hushdesk.guard.dialects.gcp._values import at, either, flag, members, whole, words


def gate(estate: Estate, subject: Subject) -> Gate:
    """Everything that a packet to the subject meets in its network, in order."""
    before, network_policies = policies(estate, subject)
    rules = tuple(vpc_rules(estate, subject))
    name = subject.network.expression if isinstance(subject.network, Unknown) else subject.network.name
    firewall = Stage(name=f"VPC firewall rules of {name}", rules=rules, default=Action.NEXT)
    network = subject.network.resource if isinstance(subject.network, Network) else None
    order = network.properties.get("networkFirewallPolicyEnforcementOrder") if network else None
    if isinstance(order, Unknown):
        estate.notes.unresolved(
            at(network, "networkFirewallPolicyEnforcementOrder") if network else Place(""), order
        )
    if order == "BEFORE_CLASSIC_FIREWALL":
        stages = [*before, *network_policies, firewall]
    else:
        stages = [*before, firewall, *network_policies]
    stages.append(
        Stage(name="implied rules", rules=(), default=Action.DENY, default_name="implied deny of ingress")
    )
    return Gate(name=f"firewall of network {name}", stages=tuple(stages))


def ingress(estate: Estate) -> Iterator[Resource]:
    """The VPC firewall rules that bear on packets coming in."""
    for firewall in estate.of("compute.firewalls"):
        direction = firewall.properties.get("direction")
        if isinstance(direction, Unknown) or str(direction or "INGRESS").upper() != "EGRESS":
            yield firewall


def vpc_rules(estate: Estate, subject: Subject) -> Iterator[Rule]:
    """The VPC firewall rules that may match packets to the subject, in the order in which they are asked."""
    found: list[tuple[int, bool, Rule]] = []
    for firewall in ingress(estate):
        applies = _applies(estate, firewall, subject)
        if applies is None:
            continue
        for action, services in _actions(estate, firewall):
            found.append(_vpc_rule(estate, firewall, subject, action, services, applies))
    found.sort(key=lambda entry: entry[:2])
    for _, _, rule in found:
        yield rule
    yield from _unseen(estate, subject)


def _vpc_rule(
    estate: Estate,
    firewall: Resource,
    subject: Subject,
    action: Action,
    services: Services | Unknown,
    applies: str,
) -> tuple[int, bool, Rule]:
    said = firewall.properties
    doubt = either(firewall.doubt, applies)
    priority = whole(said.get("priority", 1000))
    if priority is None:
        # Without its priority an allow may come before every deny, and a deny after every allow.
        value = said.get("priority")
        unknown = (
            value
            if isinstance(value, Unknown)
            else Unknown(words(value), "a priority is a number from 0 to 65535")
        )
        estate.notes.unresolved(at(firewall, "priority"), unknown)
        doubt = either(doubt, f"its priority is not known ({unknown.expression})")
    if isinstance(services, Unknown):
        estate.notes.unresolved(at(firewall, "allowed"), services)
        doubt, services = either(doubt, f"its ports are not known ({services.expression})"), ALL_SERVICES
    if isinstance(said.get("direction"), Unknown):
        estate.notes.unresolved(at(firewall, "direction"), said["direction"])
        doubt = either(doubt, "its direction is not known")
    deny = action is Action.DENY
    shown = words(said.get("priority", 1000))
    rule = Rule(
        name=f"{firewall.name} (priority {shown})",
        action=action,
        sources=_vpc_sources(estate, firewall, subject),
        services=services,
        doubt=doubt,
        place=firewall.place,
    )
    order = priority if priority is not None else LAST if deny else -1
    return order, not deny, rule


def _unseen(estate: Estate, subject: Subject) -> Iterator[Rule]:
    """Rules of a network that is described elsewhere may exist without being among the documents."""
    network = subject.network
    made_here = estate.created and isinstance(network, Network) and network.resource is not None
    if subject.supposed or made_here or _all_listed(estate, network):
        return
    name = words(network) if isinstance(network, Unknown) else network.name
    why = f"the firewall rules of network {name} are not all among the documents; add a listing of them"
    yield Rule(
        name=f"rules of network {name} that are not in the input",
        action=Action.ACCEPT,
        sources=Sources.unknown("not in the input", why),
        doubt=why,
    )


def _all_listed(estate: Estate, network: Network | Unknown) -> bool:
    if "compute.firewalls" in estate.listed:
        return True
    start = "compute.firewalls of "
    anchor = Resource(type="", id="", name="", properties={}, place=Place(""))
    for entry in estate.listed:
        if entry.startswith(start) and isinstance(network, Network):
            told = estate.network(entry.removeprefix(start), anchor)
            if isinstance(told, Network) and told.same(network):
                return True
    return False


def _applies(estate: Estate, firewall: Resource, subject: Subject) -> str | None:
    """Why a VPC rule may not bear on the subject; empty if it does, ``None`` if it does not."""
    said = firewall.properties
    disabled = flag(said.get("disabled"), default=False)
    if disabled:
        return None
    doubts = []
    if disabled is None:
        if isinstance(said["disabled"], Unknown):
            estate.notes.unresolved(at(firewall, "disabled"), said["disabled"])
        doubts.append("whether it is disabled is not known")
    network = estate.network(said.get("network"), firewall)
    if isinstance(network, Unknown):
        estate.notes.unresolved(at(firewall, "network"), network)
    if isinstance(network, Unknown) or isinstance(subject.network, Unknown):
        if network != subject.network:
            doubts.append("which network is meant is not known")
    elif not network.same(subject.network):
        return None
    for key, carried, what in (
        ("targetTags", subject.tags, "network tag"),
        ("targetServiceAccounts", subject.accounts, "service account"),
    ):
        wanted = members(said.get(key), at(firewall, key), estate.notes)
        if not wanted:
            continue
        matched = carries(estate, at(firewall, key), wanted, carried, what)
        if matched is None:
            return None
        doubts.append(matched)
    ranges = members(said.get("destinationRanges"), at(firewall, "destinationRanges"), estate.notes)
    matched = destined(estate, at(firewall, "destinationRanges"), ranges, subject)
    return None if matched is None else either(*doubts, matched)


def _vpc_sources(estate: Estate, firewall: Resource, subject: Subject) -> Sources:
    said = firewall.properties
    ranges = members(said.get("sourceRanges"), at(firewall, "sourceRanges"), estate.notes)
    tags = members(said.get("sourceTags"), at(firewall, "sourceTags"), estate.notes)
    accounts = members(said.get("sourceServiceAccounts"), at(firewall, "sourceServiceAccounts"), estate.notes)
    if not (ranges or tags or accounts):
        return Sources.exactly(ALL_V4, "0.0.0.0/0 (no source is named)")
    found = parsed(estate, at(firewall, "sourceRanges"), ranges)
    for tag in tags:
        found |= _carried(estate, at(firewall, "sourceTags"), subject, tag, tag=True)
    for account in accounts:
        found |= _carried(estate, at(firewall, "sourceServiceAccounts"), subject, account, tag=False)
    return found


def _carried(estate: Estate, place: Place, subject: Subject, value: Any, *, tag: bool) -> Sources:
    what = "tag" if tag else "service account"
    if isinstance(value, Unknown):
        estate.notes.unresolved(place, value)
        known = EMPTY
    elif isinstance(subject.network, Unknown):
        known = EMPTY
    else:
        name = str(value)
        known = estate.carriers(subject.network, **({"tag": name} if tag else {"account": name}))
    return Sources(
        PRIVATE | known,
        known,
        f"instances with {what} {words(value)}",
        f"which internal addresses the instances with {what} {words(value)} have is not all known; add them",
    )


def _actions(estate: Estate, firewall: Resource) -> Iterator[tuple[Action, Services | Unknown]]:
    said = firewall.properties
    if said.get("allowed") and said.get("denied"):
        estate.notes.malformed(
            firewall.place, "a firewall rule both allows and denies", "split it into two rules"
        )
    if not said.get("allowed") and not said.get("denied"):
        estate.notes.malformed(
            firewall.place, "a firewall rule neither allows nor denies", "name the protocols it allows"
        )
    for key, action in (("allowed", Action.ACCEPT), ("denied", Action.DENY)):
        if said.get(key):
            yield action, layer4(estate, firewall, said[key], key, "IPProtocol")
