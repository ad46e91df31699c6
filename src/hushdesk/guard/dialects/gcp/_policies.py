"""Firewall policies: hierarchical, of the system, and of networks.

In a policy the first match by priority decides: *allow* and *deny* end the whole evaluation, *goto_next* goes on to the next
policy, as does a policy of which no rule matches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard._addresses import ALL_V4, EMPTY, EVERYWHERE, PRIVATE, PUBLIC, AddressSet
from hushdesk.guard._policy import Action, Place, Rule, Sources, Stage
from hushdesk.guard._services import ALL_SERVICES
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.gcp._estate import Estate, Network
from hushdesk.guard.dialects.gcp._match import LAST, Subject, carries, destined, layer4, parsed
from hushdesk.guard.dialects.gcp._values import at, either, flag, mapping, members, structures, whole, words

_INSIDE: Final = {"NON_INTERNET", "VPC_NETWORKS", "INTRA_VPC"}
_RANK: Final = {"organization": 0, "folder": 1, "hierarchy": 0, "system": 2}


def policies(estate: Estate, subject: Subject) -> tuple[list[Stage], list[Stage]]:
    """The hierarchical and system policies that come first, and the network policies."""
    first: list[tuple[int, int, Stage]] = []
    network: list[tuple[int, Stage]] = []
    for number, policy in enumerate(estate.of("compute.firewallPolicies")):
        for level, doubt in attachments(estate, policy, subject):
            stage = policy_stage(estate, policy, subject, doubt)
            if level in _RANK:
                first.append((_RANK[level], number, stage))
            else:
                network.append((level == "regional network", stage))
    first.sort(key=lambda entry: entry[:2])
    network.sort(key=lambda entry: entry[0])
    return [stage for _, _, stage in first], [stage for _, stage in network]


def attachments(estate: Estate, policy: Resource, subject: Subject) -> Iterator[tuple[str, str]]:
    """On which levels a policy bears on the subject, each with a doubt."""
    said = policy.properties
    for number, entry in structures(said.get("associations"), at(policy, "associations"), estate.notes):
        place = at(policy, f"associations[{number}]")
        target = (
            entry
            if isinstance(entry, Unknown)
            else entry.get("attachmentTarget") or entry.get("attachmentId")
        )
        doubt = entry.get("doubt", "") if isinstance(entry, Mapping) else ""
        if isinstance(target, Unknown) or not isinstance(target, str):
            unknown = (
                target
                if isinstance(target, Unknown)
                else Unknown(words(target), "what it is attached to is not said")
            )
            estate.notes.unresolved(place, unknown)
            yield "network", f"what the policy is attached to is not known ({unknown.expression})"
            continue
        owner = (
            target.partition("//")[2].partition("/")[2]
            if "://" not in target and target.startswith("//")
            else target
        )
        if owner.startswith(("organizations/", "folders/")):
            level = "organization" if owner.startswith("organizations/") else "folder"
            yield level, either(doubt, f"whether the project lies under {owner} is not among the documents")
            continue
        network = estate.network(target, policy)
        if isinstance(network, Unknown) or isinstance(subject.network, Unknown):
            yield "network", either(doubt, "which network is meant is not known")
        elif network.same(subject.network):
            # An effective answer says of what kind the policy is: it lists hierarchical ones by network too.
            level = {"HIERARCHY": "hierarchy", "SYSTEM": "system", "SYSTEM_REGIONAL": "system"}.get(
                str(said.get("level")), "network"
            )
            region = said.get("region")
            if level == "network" and region:
                level = "regional network"
                own = str(region).rpartition("/")[2]
                if subject.region and own != subject.region:
                    continue
                doubt = either(
                    doubt, "" if subject.region else f"whether it lies in region {own} is not known"
                )
            yield level, doubt


def policy_stage(estate: Estate, policy: Resource, subject: Subject | None, doubt: str = "") -> Stage:
    """One policy; without a subject, all that its rules for incoming packets may match."""
    found: list[tuple[int, Rule]] = []
    rules = policy.properties.get("rules")
    for number, rule in structures(rules, at(policy, "rules"), estate.notes):
        path = f"rules[{number}]"
        if isinstance(rule, Unknown):
            estate.notes.unresolved(at(policy, path), rule)
            found.append((-1, _any_rule(policy, path, rule)))
            continue
        if str(rule.get("direction") or "INGRESS").upper() == "EGRESS" or flag(
            rule.get("disabled"), default=False
        ):
            continue
        made = _policy_rule(estate, policy, path, rule, subject, doubt)
        if made:
            found.append(made)
    found.sort(key=lambda entry: entry[0])
    return Stage(
        name=f"firewall policy {policy.name}",
        rules=tuple(rule for _, rule in found),
        default=Action.NEXT,
        default_name="implied goto_next",
        place=policy.place,
    )


def _any_rule(policy: Resource, path: str, unknown: Unknown) -> Rule:
    return Rule(
        name=f"{policy.name} {path}",
        action=Action.ACCEPT,
        sources=Sources.unknown(unknown.expression, unknown.why),
        doubt=f"the rule is not known ({unknown.expression})",
        place=at(policy, path),
    )


def _policy_rule(
    estate: Estate, policy: Resource, path: str, rule: Mapping[str, Any], subject: Subject | None, doubt: str
) -> tuple[int, Rule] | None:
    place = at(policy, path)
    match = mapping(rule.get("match"))
    match = {**match, **mapping(match.get("config"))}
    doubts = [policy.doubt, doubt, str(rule.get("doubt", ""))]
    targeted = _targets(estate, place, rule, subject)
    destination = "" if subject is None else destined(
        estate, place, members(match.get("destIpRanges"), place, estate.notes), subject
    )  # fmt: skip
    if targeted is None or destination is None:
        return None
    doubts += [targeted, destination]
    if any(
        match.get(key)
        for key in ("destAddressGroups", "destFqdns", "destRegionCodes", "destThreatIntelligences")
    ):
        doubts.append("its destinations are not known")
    action = {"allow": Action.ACCEPT, "deny": Action.DENY, "goto_next": Action.NEXT}.get(
        str(rule.get("action")).lower()
    )
    if action is None:
        action = Action.ACCEPT
        if str(rule.get("action")).lower().startswith("apply_security_profile"):
            doubts.append("a security profile may still drop what it lets in")
        else:
            unknown = rule.get("action")
            said = (
                unknown
                if isinstance(unknown, Unknown)
                else Unknown(words(unknown), "the action is none of Google's")
            )
            estate.notes.unresolved(place, said)
            doubts.append(f"its action is not known ({said.expression})")
    services = layer4(estate, policy, match.get("layer4Configs"), path, "ipProtocol")
    if isinstance(services, Unknown):
        estate.notes.unresolved(place, services)
        doubts.append(f"its ports are not known ({services.expression})")
    if isinstance(services, Unknown) or not services.entries:
        services = ALL_SERVICES
    priority = whole(rule.get("priority"))
    if priority is None:
        priority = LAST if action is Action.DENY else -1
        doubts.append("its priority is not known")
    shown = str(rule.get("ruleName") or rule.get("description") or policy.name).strip()
    return priority, Rule(
        name=f"{shown} (priority {words(rule.get('priority'))})",
        action=action,
        sources=_policy_sources(estate, place, match),
        services=services,
        doubt=either(*doubts),
        place=place,
    )


def _targets(estate: Estate, place: Place, rule: Mapping[str, Any], subject: Subject | None) -> str | None:
    doubts = []
    if subject is None:
        named = ("targetResources", "targetSecureTags", "targetServiceAccounts")
        return "it bears on some targets only" if any(rule.get(key) for key in named) else ""
    accounts = members(rule.get("targetServiceAccounts"), place, estate.notes)
    if accounts:
        matched = carries(estate, place, accounts, subject.accounts, "service account")
        if matched is None:
            return None
        doubts.append(matched)
    resources = members(rule.get("targetResources"), place, estate.notes)
    if resources:
        networks = [one for one in resources if isinstance(one, str)]
        known = [Network(one, reference, found) for one, reference, found in _networks(estate, networks)]
        if isinstance(subject.network, Unknown) or len(networks) < len(resources):
            doubts.append("which networks it bears on is not known")
        elif not any(subject.network.same(one) for one in known):
            return None
    if rule.get("targetSecureTags"):
        doubts.append("which secure tags the instance has is not among the documents")
    if isinstance(rule.get("disabled"), Unknown):
        doubts.append("whether it is disabled is not known")
    return either(*doubts)


def _networks(estate: Estate, texts: list[str]) -> Iterator[tuple[str, Any, Resource | None]]:
    anchor = Resource(type="", id="", name="", properties={}, place=Place(""))
    for text in texts:
        network = estate.network(text, anchor)
        if isinstance(network, Network):
            yield network.key, network.reference, network.resource


def _policy_sources(estate: Estate, place: Place, match: Mapping[str, Any]) -> Sources:
    """Several kinds of sources in one rule are a union, which a kind of network then narrows."""
    ranges = members(match.get("srcIpRanges"), place, estate.notes)
    found = parsed(estate, place, ranges)
    named = bool(ranges)
    for key, upper, what in (
        ("srcSecureTags", PRIVATE, "secure tag"),
        ("srcAddressGroups", EVERYWHERE, "address group"),
        ("srcFqdns", EVERYWHERE, "host name"),
        ("srcRegionCodes", EVERYWHERE, "country"),
        ("srcThreatIntelligences", EVERYWHERE, "threat list"),
    ):
        for one in members(match.get(key), place, estate.notes):
            named = True
            found |= _group(estate, place, one, upper, what)
    if not named:
        # Without a source IPv4 is meant for certain, and IPv6 perhaps.
        found = Sources(EVERYWHERE, ALL_V4, "any (no source is named)")
    scope = match.get("srcNetworkType") or match.get("srcNetworkScope") or match.get("srcNetworkContext")
    if scope == "INTERNET":
        found &= Sources.exactly(PUBLIC, "from the internet")
    elif scope in _INSIDE:
        found &= Sources(
            PRIVATE, EMPTY, str(scope), "which addresses come from within is not among the documents"
        )
    return found


def _group(estate: Estate, place: Place, one: Any, upper: AddressSet, what: str) -> Sources:
    if isinstance(one, Unknown):
        estate.notes.unresolved(place, one)
        return Sources.unknown(one.expression, one.why)
    name = str(mapping(one).get("name", one)) if isinstance(one, Mapping) else str(one)
    if (group := estate.find(name, "networksecurity.addressGroups")) and what == "address group":
        return parsed(estate, place, members(group.properties.get("items"), at(group, "items"), estate.notes))
    for key in (name.lower(), name.rpartition("/")[2].lower()):
        if key in estate.world.tags:
            return Sources.exactly(estate.world.tags[key], name)
    return Sources(
        upper, EMPTY, f"{what} {name}", f"which addresses the {what} {name} means is not among the documents"
    )
