"""Network ACLs: by rule number, the first match decides, IPv4 and IPv6 entries apart, closed at the end; stateless.

Source: VPC user guide, "Control subnet traffic with network access control lists" and "Ephemeral ports". Since they keep
no state, a connection is made only if the answer may leave too. The client chooses the port to which the answer goes;
one that is let out is enough.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.guard._addresses import EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._policy import Action, Place, Rule, Sources, Stage
from hushdesk.guard._services import ANY, Services
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.aws._account import Account, label
from hushdesk.guard.dialects.aws._values import (
    cidr,
    doubted,
    get,
    number,
    protocol,
    services,
    text,
    truth,
    words,
)

ACL: Final = "AWS::EC2::NetworkAcl"
DEFAULT_ACL: Final = ".DefaultNetworkAcl"
"""What a reader appends to the id of a network for the ACL that AWS makes with it."""
CLIENT_PORTS: Final = (1, 65535)
"""Not only the ephemeral ones: whoever means harm calls from port 443 if answers may go there."""
LAST_NUMBER: Final = 32767
SPOKEN: Final = ("tcp", "udp", "icmp", "icmpv6", "sctp")
"""Protocols for which answers are worked out even if no entry names them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry that was read."""

    order: int
    name: str
    action: Action
    sources: Sources
    protocol: str
    services: Services
    doubt: str
    place: Place


class Acls:
    """All network ACLs of an account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._of: dict[str, Resource | str] = {}
        self._stages: dict[tuple[str, bool], Stage] = {}
        if account.created:
            self._make_default()

    def _make_default(self) -> None:
        """The list that AWS makes with a new network, where the input adds entries to it."""
        for entry in self.account.strays("NetworkAclEntry", ACL, "NetworkAclId"):
            name = get(entry.properties, "NetworkAclId")
            if isinstance(name, str) and name.endswith(DEFAULT_ACL) and self.account.find(ACL, name) is None:
                shared = {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow"}
                entries = [{**shared, "CidrBlock": "0.0.0.0/0", "Egress": out} for out in (True, False)]
                entries += [
                    {**shared, "RuleNumber": 101, "Ipv6CidrBlock": "::/0", "Egress": out}
                    for out in (True, False)
                ]
                properties = {"VpcId": name.removesuffix(DEFAULT_ACL), "IsDefault": True, "Entries": entries}
                self.account.add(
                    Resource(type=ACL, id=name, name=name, properties=properties, place=entry.place)
                )

    def of(self, subnet: Resource) -> Resource | str:
        """The ACL of a subnet; ``open`` for the default one that allows all; otherwise why it is not known."""
        if subnet.id not in self._of:
            self._of[subnet.id] = self._find(subnet)
        return self._of[subnet.id]

    def stage(self, subnet: Resource, *, answers: bool) -> Stage | None:
        """What the subnet's ACL lets in, or to whom it lets answers out; ``None`` if it allows all."""
        found = self.of(subnet)
        way = "out (answers)" if answers else "in"
        if found == "open":
            return None
        if isinstance(found, str):
            return unknown_stage(f"network ACL of {subnet.name} {way}", found, subnet.place)
        key = (found.id, answers)
        if key not in self._stages:
            entries = self._entries(found, egress=answers)
            rules = _answered(entries) if answers else _as_rules(entries)
            self._stages[key] = Stage(
                name=f"network ACL {label(found)} {way}",
                rules=tuple(rules),
                default_name="no entry of the network ACL matches",
                place=found.place,
            )
        return self._stages[key]

    def _find(self, subnet: Resource) -> Resource | str:
        account = self.account
        vpc = get(subnet.properties, "VpcId")
        explicit, unclear, default = [], "", None
        for acl in account.all("NetworkAcl"):
            for item, _, doubt in account.parts(
                acl, "Associations", "SubnetNetworkAclAssociation", "NetworkAclId"
            ):
                named = get(item, "SubnetId")
                if account.same("Subnet", named, subnet.id):
                    if doubt or acl.doubt:
                        unclear = f"{label(acl)} may be its ACL: {doubt or acl.doubt}"
                    else:
                        explicit.append(acl)
                elif isinstance(named, Unknown) and not _elsewhere(account, acl, vpc):
                    unclear = (
                        f"a network ACL has a subnet that is not known ({named.expression}): {named.why}"
                    )
            if truth(get(acl.properties, "IsDefault")) is True and account.same(
                "VPC", get(acl.properties, "VpcId"), vpc
            ):
                default = acl
        strays = account.strays("SubnetNetworkAclAssociation", ACL, "NetworkAclId")
        for other in strays:
            if account.same("Subnet", get(other.properties, "SubnetId"), subnet.id):
                unclear = "its network ACL is not in the input"
                if str(get(other.properties, "NetworkAclId")).endswith(DEFAULT_ACL):
                    return default or "open"
        if len(explicit) > 1:
            account.malformed(
                subnet.place, "a subnet has two network ACLs", "associate one; the last counts here"
            )
        if explicit:
            return explicit[-1]
        if unclear:
            account.unresolved(subnet.place, f"network ACL of {subnet.name}", unclear)
            return unclear
        if default is not None:
            return default
        if account.created and account.find("VPC", vpc) is not None:
            return "open"
        why = "its network ACL is not in the input; give the network ACLs too"
        account.unresolved(subnet.place, f"network ACL of {subnet.name}", why)
        return why

    def _entries(self, acl: Resource, *, egress: bool) -> list[Entry]:
        account = self.account
        found: list[Entry] = []
        for item, place, unsure in account.parts(acl, "Entries", "NetworkAclEntry", "NetworkAclId"):
            if not isinstance(item, Mapping):
                account.unresolved(place, item)
                found.append(_wild("an entry is not known", place))
                continue
            outward, doubt = truth(item.get("Egress")), unsure
            if isinstance(outward, Unknown):
                account.unresolved(place, outward)
                doubt = doubt or f"its direction is not known: {outward.why}"
            elif bool(outward) != egress:
                continue
            found += self._read(item, place, doubt)
        found.sort(key=lambda entry: entry.order)
        for before, after in itertools.pairwise(found):
            if before.order == after.order and 0 <= before.order < LAST_NUMBER:
                way = "out" if egress else "in"
                account.malformed(
                    after.place, f"two entries {way} have the number {after.order}", "number them apart"
                )
        return found

    def _read(self, item: Mapping[str, Any], place: Place, doubt: str) -> list[Entry]:
        account = self.account
        order, proto = number(item.get("RuleNumber")), protocol(item.get("Protocol"))
        low, high = number(get(item, "PortRange", "From")), number(get(item, "PortRange", "To"))
        covered, unsure, wrong = services(proto, low, high)
        verdict = text(item.get("RuleAction"))
        for value in (order, proto, low, high, verdict):
            if isinstance(value, Unknown):
                account.unresolved(place, value)
        if wrong:
            account.malformed(place, wrong, "give From and To from 0 to 65535, the lower first")
        if order is None:
            account.malformed(place, "an entry has no rule number", "number it from 1 to 32766")
        if isinstance(verdict, Unknown):
            return [_wild(verdict.why, place)]
        if (verdict or "").lower() not in {"allow", "deny"}:
            account.malformed(place, "an entry neither allows nor denies", "write allow or deny")
            return [_wild("it neither allows nor denies", place)]
        action = Action.NEXT if (verdict or "").lower() == "allow" else Action.DENY
        if not isinstance(order, int):
            # Its place among the others is not known: from above it allows before all, from below it denies before all.
            doubt = doubt or "its number is not known"
            order = -1
        blocks = [item[key] for key in ("CidrBlock", "Ipv6CidrBlock") if item.get(key) is not None]
        if not blocks:
            account.malformed(place, "an entry has no block", "give CidrBlock or Ipv6CidrBlock")
            blocks = [Unknown("no block", "an entry has none")]
        total = Sources(EMPTY, EMPTY)
        for block in blocks:
            part = cidr(block)
            if isinstance(block, Unknown):
                account.unresolved(place, block)
            if part is None:
                account.malformed(place, "an entry's block is no CIDR block", "write it like 10.0.0.0/8")
                part = Sources.unknown(words(block), "it is not a CIDR block")
            total |= part
        number_shown = "*" if order == LAST_NUMBER else words(item.get("RuleNumber"))
        name = f"entry {number_shown}: {verdict} {words(proto)} {total.words}"
        return [Entry(order, name, action, total, proto if isinstance(proto, str) else ANY, covered, doubt or unsure, place)]  # fmt: skip


def unknown_stage(name: str, why: str, place: Place) -> Stage:
    """Lets in anything from nothing to everything."""
    rule = Rule(name=name, action=Action.NEXT, sources=Sources.unknown(name, why), doubt=why, place=place)
    return Stage(name=name, rules=(rule,), default_name=why, place=place)


def narrowed(stage: Stage | None, addresses: AddressSet) -> Stage | None:
    """The stage as a balancer's own traffic meets it, as a stage for its clients.

    A denial counts only where it meets all addresses of the balancer; elsewhere it is one of several ways.
    """
    if stage is None:
        return None
    rules = []
    for rule in stage.rules:
        meets = bool(addresses & rule.sources.upper)
        certain = bool(addresses) and addresses <= rule.sources.lower
        if not meets or (rule.action is Action.DENY and not certain):
            continue
        doubt = rule.doubt or (
            "" if certain else "whether the balancer's own addresses are meant is not known"
        )
        rules.append(Rule(name=rule.name, action=rule.action, sources=Sources.exactly(EVERYWHERE, "the balancer"), services=rule.services, doubt=doubt, place=rule.place))  # fmt: skip
    return Stage(name=stage.name, rules=tuple(rules), default_name=stage.default_name, place=stage.place)


def _elsewhere(account: Account, acl: Resource, vpc: Any) -> bool:
    other = get(acl.properties, "VpcId")
    return isinstance(other, str) and isinstance(vpc, str) and not account.same("VPC", other, vpc)


def _wild(why: str, place: Place) -> Entry:
    return Entry(-1, "entry that is not known", Action.NEXT, Sources.unknown("entry", why), ANY, Services.of(ANY), why, place)  # fmt: skip


def _as_rules(entries: Sequence[Entry]) -> list[Rule]:
    return [
        Rule(name=each.name, action=each.action, sources=each.sources, services=each.services, doubt=each.doubt, place=each.place)
        for each in entries
    ]  # fmt: skip


def _answered(entries: Sequence[Entry]) -> list[Rule]:
    """To whom an answer may go on some port, as one allowing rule for each entry that lets it out."""
    if all(each.protocol == ANY and not each.doubt for each in entries):
        return _as_rules(entries)
    named = {each.protocol for each in entries} - {ANY}
    found = []
    for spoken in sorted({*SPOKEN, *named}):
        own = [each for each in entries if each.protocol in {ANY, spoken}]
        reached: dict[int, Sources] = {}
        for port in _one_of_each(own, spoken):
            seen = Sources(EMPTY, EMPTY)
            for index, each in enumerate(own):
                if port not in each.services.ports(spoken):
                    continue
                sources = doubted(each.sources, each.doubt)
                decided = sources - seen
                seen |= sources
                if each.action is Action.NEXT:
                    before = reached.get(index)
                    reached[index] = decided if before is None else _merged(before, decided)
        for index, sources in reached.items():
            each = own[index]
            words_kept = Sources(sources.upper, sources.lower, each.sources.words, sources.why or each.doubt)
            found.append(Rule(name=f"{each.name} (answers)", action=Action.NEXT, sources=words_kept, services=Services.of(spoken), place=each.place))  # fmt: skip
    return found


def _one_of_each(entries: Sequence[Entry], spoken: str) -> list[int]:
    """A port out of every span within which no entry begins or ends."""
    cuts = {CLIENT_PORTS[0]}
    for each in entries:
        for low, high in each.services.ports(spoken):
            cuts |= {low, high + 1}
    return sorted(cut for cut in cuts if CLIENT_PORTS[0] <= cut <= CLIENT_PORTS[1])


def _merged(one: Sources, other: Sources) -> Sources:
    return Sources(one.upper | other.upper, one.lower | other.lower, one.words, one.why or other.why)


__all__ = ["ACL", "DEFAULT_ACL", "Acls", "narrowed", "unknown_stage"]
