"""Security groups: allow only, without order, the union of all that an interface has; and prefix lists.

Source: VPC user guide, "Security group rules". No inbound rule means closed. A group as a source stands for the private
addresses of its members' interfaces, never for their public ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hushdesk.guard._addresses import EMPTY, EVERYWHERE, PRIVATE, AddressSet
from hushdesk.guard._policy import Action, Place, Rule, Sources, Stage
from hushdesk.guard._services import ALL_SERVICES, Services
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.aws._account import Account, label, text_or_empty
from hushdesk.guard.dialects.aws._values import (
    Made,
    cidr,
    get,
    items,
    number,
    protocol,
    services,
    truth,
    words,
)

GROUP = "AWS::EC2::SecurityGroup"
DEFAULT_GROUP = ".DefaultSecurityGroup"
"""What a reader appends to the id of a network for the group that AWS makes with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """One source of one permission of one group."""

    name: str
    services: Services
    sources: Sources
    group: str = ""
    """The id of the group that stands for the sources, if one does."""
    doubt: str = ""
    place: Place

    def rule(self) -> Rule:
        """As a rule of a stage."""
        return Rule(
            name=self.name, action=Action.NEXT, sources=self.sources, services=self.services, doubt=self.doubt, place=self.place
        )  # fmt: skip


class Groups:
    """All security groups of an account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.used: set[str] = set()
        """Ids of groups that something has."""
        self.members: dict[str, AddressSet] = {}
        """Known private addresses of members, by group id."""
        self.unlisted: set[str] = set()
        """Ids of groups with a member whose addresses the input does not show."""
        self._permits: dict[str, tuple[Permit, ...]] = {}
        self._stages: dict[tuple[str, ...], Stage] = {}
        self._shown_in: set[tuple[str, str]] | None = None

    def key(self, name: Any) -> str:
        """A group's own id for any of its names; the name itself if it is not in the input."""
        found = self.account.find(GROUP, name)
        return found.id if found is not None else str(name)

    def join(self, name: Any, addresses: AddressSet, subnets: Sequence[Any] = ()) -> None:
        """Notes that an interface with these private addresses is in the group.

        If the addresses are not known, interfaces of the input that no machine has, in the same group and one of the
        subnets, are taken to be the ones: so the services show themselves.
        """
        if isinstance(name, Unknown):
            return
        key = self.key(name)
        self.used.add(key)
        if not addresses and not self._shown(key, subnets):
            self.unlisted.add(key)
        self.members[key] = self.members.get(key, EMPTY) | addresses

    def _shown(self, key: str, subnets: Sequence[Any]) -> bool:
        if self._shown_in is None:
            self._shown_in = set()
            for each in self.account.all("NetworkInterface"):
                if not isinstance(get(each.properties, "Attachment", "InstanceId"), str):
                    subnet = get(each.properties, "SubnetId")
                    for group in items(each.properties.get("Groups")):
                        self._shown_in.add((self.key(get(group, "GroupId")), str(subnet)))
        return any((key, str(subnet)) in self._shown_in for subnet in subnets)

    def stage(self, names: Sequence[Any], place: Place) -> Stage:
        """What all of these groups together let in."""
        key = tuple(
            each for each in names if isinstance(each, str) and self.account.find(GROUP, each) is not None
        )
        if key and len(key) == len(names):
            # One stage for all interfaces with these groups: it is compiled once.
            if key not in self._stages:
                self._stages[key] = self._stage(names, self._place(key[0], place))
            return self._stages[key]
        return self._stage(names, place)

    def _place(self, name: str, place: Place) -> Place:
        found = self.account.find(GROUP, name)
        return place if found is None else found.place

    def _stage(self, names: Sequence[Any], place: Place) -> Stage:
        permits = self.permits_of(names, place)
        shown = ", ".join(self._label(name) for name in names) or "none"
        return Stage(
            name=f"security groups {shown}",
            rules=tuple(permit.rule() for permit in permits),
            default_name="no security group allows it",
            place=place,
        )

    def permits_of(self, names: Sequence[Any], place: Place) -> tuple[Permit, ...]:
        """What these groups permit; one that is not known may permit anything."""
        found: list[Permit] = []
        for name in names:
            if isinstance(name, Unknown):
                self.account.unresolved(place, name)
                found.append(_anything(f"security group {name.expression}", name.why, place))
                continue
            group = self.account.find(GROUP, name)
            if group is not None:
                found += self.permits(group)
            elif self.account.created and str(name).endswith(DEFAULT_GROUP):
                found.append(self._own_default(str(name), place))
            else:
                why = "the security group is not in the input; give the rules of this group too"
                self.account.unresolved(place, str(name), why)
                found.append(_anything(f"security group {name}", why, place))
        return tuple(found)

    def permits(self, group: Resource) -> tuple[Permit, ...]:
        """What one group permits."""
        if group.id not in self._permits:
            self._permits[group.id] = tuple(self._read(group))
        return self._permits[group.id]

    def stray_permits(self) -> Iterator[tuple[Resource, tuple[Permit, ...]]]:
        """Stand-alone rules whose group is not in the input."""
        for rule in self.account.strays("SecurityGroupRule", GROUP, "GroupId"):
            owner = get(rule.properties, "GroupId")
            known = f"security group {words(owner)}"
            permits = tuple(self._one(known, rule.properties, rule.place, rule.doubt))
            if permits:
                yield rule, permits

    def _read(self, group: Resource) -> Iterator[Permit]:
        shown = f"security group {label(group)}"
        for item, place, doubt in self.account.parts(group, "IpPermissions", "SecurityGroupRule", "GroupId"):
            yield from self._one(shown, item, place, doubt or group.doubt)

    def _one(self, shown: str, item: Any, place: Place, doubt: str) -> Iterator[Permit]:
        account = self.account
        if isinstance(item, Unknown):
            account.unresolved(place, item)
            yield _anything(f"{shown}: {item.expression}", item.why, place)
            return
        if not isinstance(item, Mapping):
            account.malformed(place, "a permission is not a mapping", "give protocol, ports and sources")
            yield _anything(shown, "a permission could not be read", place)
            return
        outward = truth(item.get("IsEgress"))
        if outward is True:
            return
        if isinstance(outward, Unknown):
            account.unresolved(place, outward)
            doubt = doubt or f"whether it is a rule for incoming traffic is not known: {outward.why}"
        proto = protocol(item.get("IpProtocol"))
        low, high = number(item.get("FromPort")), number(item.get("ToPort"))
        covered, unsure, wrong = services(proto, low, high)
        for value in (proto, low, high):
            if isinstance(value, Unknown):
                account.unresolved(place, value)
        if wrong:
            account.malformed(place, wrong, "give FromPort and ToPort from 0 to 65535, the lower first")
        ports = "" if proto in {"*", "icmp", "icmpv6"} or low is None else f" {_span(low, high)}"
        head = f"{shown}: {'all traffic' if proto == '*' else words(proto)}{ports}"
        if item.get("Label"):
            head = f"{text_or_empty(item.get('Label'))} of {head}"
        none = True
        for sources, group, note in self._sources(item, place):
            none = False
            name = f"{head} from {sources.words}" + (f" ({note})" if note else "")
            yield Permit(
                name=name, services=covered, sources=sources, group=group, doubt=doubt or unsure, place=place
            )
        if none:
            account.malformed(
                place, "a permission names no source", "give a CIDR block, a prefix list or a group"
            )

    def _sources(self, item: Mapping[str, Any], place: Place) -> Iterator[tuple[Sources, str, str]]:
        account = self.account
        for values, key in (
            (items(item.get("IpRanges")), "CidrIp"),
            (items(item.get("Ipv6Ranges")), "CidrIpv6"),
            ([item[name] for name in ("CidrIpv4", "CidrIpv6") if item.get(name) is not None], ""),
        ):
            for value in values:
                written = get(value, key) if key and isinstance(value, Mapping) else value
                found = cidr(written)
                if isinstance(written, Unknown | Made):
                    account.unresolved(
                        place, written, "" if isinstance(written, Unknown) else "known only later"
                    )
                if found is None:
                    account.malformed(
                        place, "a source is not a CIDR block", "write it like 10.0.0.0/8 or 2001:db8::/32"
                    )
                    found = Sources.unknown(str(written), "it is not a CIDR block")
                yield (
                    found,
                    "",
                    text_or_empty(get(value, "Description")) if isinstance(value, Mapping) else "",
                )
        lists = [
            get(each, "PrefixListId") if isinstance(each, Mapping) else each
            for each in items(item.get("PrefixListIds"))
        ]
        for each in [*lists, *items(item.get("PrefixListId"))]:
            yield prefix_list(account, each, place), "", ""
        pairs = [*items(item.get("UserIdGroupPairs")), *items(item.get("ReferencedGroupInfo"))]
        for pair in pairs:
            name = pair
            if isinstance(pair, Mapping):
                name = pair.get("GroupId") if pair.get("GroupId") is not None else pair.get("GroupName")
            if isinstance(name, Unknown):
                account.unresolved(place, name)
                yield Sources(PRIVATE, EMPTY, f"the members of {name.expression}", name.why), "", ""
            elif name is not None:
                yield self._members(str(name)), self.key(name), text_or_empty(get(pair, "Description"))

    def _members(self, name: str) -> Sources:
        group = self.account.find(GROUP, name)
        shown = f"the members of {self._label(name)}"
        listed = not self.account.created and bool(self.account.all("NetworkInterface"))
        if group is not None and listed and group.id not in self.unlisted:
            return Sources.exactly(self.members.get(group.id, EMPTY), shown)
        known = self.members.get(self.key(name), EMPTY)
        why = "the addresses of the group's members are not known from the input"
        return Sources(PRIVATE | known, known, shown, why)

    def _own_default(self, name: str, place: Place) -> Permit:
        why = "the addresses of the group's members are not known from the input"
        sources = Sources(PRIVATE, EMPTY, "its own members", why)
        return Permit(name=f"default security group of {name.removesuffix(DEFAULT_GROUP)}", services=ALL_SERVICES, sources=sources, group=name, place=place)  # fmt: skip

    def _label(self, name: Any) -> str:
        found = self.account.find(GROUP, name)
        return label(found) if found is not None else words(name)


def prefix_list(account: Account, name: Any, place: Place) -> Sources:
    """The addresses of a prefix list: of the input, else of the world's tags, else unknown."""
    if isinstance(name, Unknown):
        account.unresolved(place, name)
        return Sources.unknown(name.expression, name.why)
    found = account.find("PrefixList", name)
    if found is not None and found.properties.get("Entries") is not None:
        total = Sources(EMPTY, EMPTY)
        for entry in items(found.properties.get("Entries")):
            part = cidr(get(entry, "Cidr") if isinstance(entry, Mapping) else entry)
            if part is None:
                account.malformed(
                    found.place, "an entry of the prefix list is no CIDR block", "write it like 10.0.0.0/8"
                )
                part = Sources.unknown("entry", "it is not a CIDR block")
            total |= part
        return Sources(total.upper, total.lower, f"prefix list {label(found)}", total.why)
    titles = [
        str(name),
        *((found.name, str(found.properties.get("PrefixListName"))) if found is not None else ()),
    ]
    known = next(
        (tag for title in titles if (tag := account.world.tags.get(title.lower())) is not None), None
    )
    if known is not None:
        return Sources.exactly(known, f"prefix list {name}")
    why = "the prefix list is not in the input; give its entries (get-managed-prefix-list-entries) or a tag of its name"
    account.unresolved(place, str(name), why)
    return Sources.unknown(f"prefix list {name}", why)


def seen_through(
    permits: Iterable[Permit], addresses: AddressSet, groups: Iterable[str], *, exact: bool
) -> list[Rule]:
    """What these permits let through of a balancer's own traffic, as rules for its clients: any client may use them.

    Args:
        permits: Of the groups behind the balancer.
        addresses: From which the balancer speaks, or among which its addresses are.
        groups: The balancer's own groups.
        exact: Whether it speaks from each of the addresses.
    """
    mine = set(groups)
    found = []
    for permit in permits:
        certain = permit.group in mine if permit.group else bool(addresses) and (
            addresses <= permit.sources.lower or (exact and bool(addresses & permit.sources.lower))
        )  # fmt: skip
        if not certain and not addresses & permit.sources.upper:
            continue
        doubt = permit.doubt or (
            "" if certain else "whether the balancer's own addresses are meant is not known"
        )
        found.append(
            Rule(
                name=permit.name,
                action=Action.NEXT,
                sources=Sources.exactly(EVERYWHERE, "the balancer"),
                services=permit.services,
                doubt=doubt,
                place=permit.place,
            )
        )
    return found


def _anything(name: str, why: str, place: Place) -> Permit:
    return Permit(name=name, services=ALL_SERVICES, sources=Sources.unknown(name, why), place=place)


def _span(low: Any, high: Any) -> str:
    return words(low) if high is None or low == high else f"{words(low)}-{words(high)}"
