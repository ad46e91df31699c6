"""An AWS account as it changes: security groups and their rules, interfaces, machines, networks, stores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from hushdesk.guard import Document
from hushdesk.incident._evidence import Change
from hushdesk.incident.window._aws_network import NETWORK, groups_of, network_change
from hushdesk.incident.window._aws_shares import Shares
from hushdesk.incident.window._aws_words import (
    Rule,
    changed_rules,
    described,
    folded,
    ingress,
    many,
    permissions,
    rule_set,
    text,
)
from hushdesk.incident.window._estate import Applied, Area, Body, Estate, Key, texts

GROUPS: Final = "SecurityGroups"
_IDS: Final[Mapping[str, str]] = {
    "Vpcs": "VpcId", "Subnets": "SubnetId", "InternetGateways": "InternetGatewayId", "NatGateways": "NatGatewayId",
    "RouteTables": "RouteTableId", "NetworkAcls": "NetworkAclId", GROUPS: "GroupId", "NetworkInterfaces": "NetworkInterfaceId",
    "Instances": "InstanceId", "Addresses": "AllocationId", "ManagedPrefixLists": "PrefixListId", "PrefixLists": "PrefixListId",
    "DBInstances": "DBInstanceIdentifier", "DBClusters": "DBClusterIdentifier", "Clusters": "ClusterIdentifier",
    "CacheClusters": "CacheClusterId", "ReplicationGroups": "ReplicationGroupId", "FlowLogs": "FlowLogId",
    "SecurityGroupRules": "SecurityGroupRuleId",
}  # fmt: skip
"""Keys of the API's answers whose items are kept one by one, with the key of their id."""
MACHINES: Final = ("NetworkInterfaces", "Instances")
STORES: Final = ("DBInstances", "DBClusters", "Clusters", "CacheClusters", "ReplicationGroups")


class Aws:
    """One account, from answers of the API on, by its trail.

    Args:
        own: Accounts that are ours.
    """

    name: Final = "aws"

    def __init__(self, own: frozenset[str]) -> None:
        self.estate = Estate()
        self.shares = Shares(self.estate, own)
        self.told = False
        """Whether a baseline shows what is attached to what."""
        self.prior: dict[str, dict[Rule, str]] = {}
        """Rules that were taken away without having been made within the evidence, by group."""
        self._touched: set[tuple[str, Rule]] = set()
        self._complete: set[str] = set()
        """Groups of which every rule is known: made within the evidence, or shown by the baseline."""
        self._extra: list[Document] = []
        self._names: dict[str, str] = {}
        self._folded: dict[int, Mapping[str, Any]] = {}
        """Requests by the change that they are of; changes live as long as the replay."""

    # -- the state before the first change

    def load(self, documents: Iterable[Document]) -> list[Document]:
        """Takes in a baseline; gives back what holds no answer of this platform."""
        rest = []
        for document in documents:
            body = document.content
            if isinstance(body, Mapping) and "status_code" in body and isinstance(body.get("data"), Mapping):
                body = body["data"]
            known = isinstance(body, Mapping) and [
                key
                for key, items in body.items()
                if (key in _IDS or key in _OTHERS) and isinstance(items, list)
            ]
            if not known:
                rest.append(document)
                continue
            kept = {}
            for key in known:
                for item in body[key]:
                    if key == "Reservations":
                        self._load_items(
                            "Instances", many(item.get("Instances")) if isinstance(item, Mapping) else []
                        )
                    elif key in _IDS:
                        self._load_items(key, [item])
                if key not in _IDS and key != "Reservations":
                    kept[key] = body[key]
            if kept:
                self._extra.append(Document(f"baseline-{len(self._extra)}", "json", kept))
        for item in list(self.estate.of("SecurityGroupRules").values()):
            self._load_rule(item)
        self.estate.settle()
        return rest

    def _load_items(self, key: str, items: Iterable[Any]) -> None:
        for item in items:
            ident = item.get(_IDS[key]) or item.get("PublicIp") if isinstance(item, Mapping) else None
            if not isinstance(ident, str) or not ident:
                continue
            if key == GROUPS:
                self._set_group(ident, item, described(item))
                self._complete.add(ident)
            else:
                self.told = self.told or key in MACHINES
                self.estate.put(key, ident, item)

    def _load_rule(self, item: Body) -> None:
        group, ident = text(item.get("GroupId")), text(item.get("SecurityGroupRuleId"))
        if item.get("IsEgress") is True or not group:
            return
        rules = self._rules(group)
        for _, _, _, rule in rule_set({"securitygroupruleset": [folded(item)]}):
            rules[rule] = ident
        self._set_group(group, self._known(group), rules)

    def learn(self, other: object) -> set[str]:
        """See the protocol."""
        assert isinstance(other, Aws)  # noqa: S101 - two of one kind
        self._folded = other._folded
        owners = set()
        for group, rules in other.prior.items():
            owners.add(_file(*self._set_group(group, self._known(group), {**self._rules(group), **rules})))
        for (resource, outside), shared in other.shares.prior.items():
            self.estate.share(resource, outside, shared)
            owners.add(resource)
        self.estate.settle()
        return owners

    def shown(self, resource: str) -> str:
        """See the protocol."""
        return resource

    def flow_logs(self) -> Iterator[Body]:
        """See the protocol."""
        yield from self.estate.of("FlowLogs").values()

    # -- changes

    def fits(self, change: Change) -> bool:
        """Whether a change could succeed on the state as it is: an order for what happened in one second."""
        name = change.operation
        if not name.endswith("SecurityGroupIngress"):
            return True
        request = self._request(change)
        rules = self._rules(self._group(change, request))
        named = list(ingress(request, self._names))
        if name.startswith("Authorize"):
            return not any(rule in rules for rule in named)
        return all(rule in rules for rule in named)

    def apply(self, change: Change) -> Applied:
        """What a change that succeeded does to the state."""
        name, request = change.operation, self._request(change)
        response = folded(change.content.get("response"))
        response = response if isinstance(response, Mapping) else {}
        service = text(change.content.get("service"))
        if "SecurityGroup" in name and service == "ec2" and "VpcEndpoint" not in name:
            return self._on_group(change, request, response)
        shared = self.shares.apply(change)
        if shared is not None:
            return shared
        return Applied(network_change(self.estate, change, request, response))

    def _request(self, change: Change) -> Mapping[str, Any]:
        if id(change) not in self._folded:
            self._folded[id(change)] = self._read(change)
        return self._folded[id(change)]

    def _read(self, change: Change) -> Mapping[str, Any]:
        request = folded(change.content.get("request"))
        if not isinstance(request, Mapping):
            return {}
        inner = request.get(f"{change.operation.lower()}request")
        return inner if isinstance(inner, Mapping) else request

    def _group(self, change: Change, request: Mapping[str, Any]) -> str:
        named = text(request.get("groupid"))
        if not named and (shown := text(request.get("groupname"))):
            named = self._names.get(shown, shown)
        return named or change.resource

    def _on_group(self, change: Change, request: Mapping[str, Any], response: Mapping[str, Any]) -> Applied:
        name, group = change.operation, self._group(change, request)
        if name == "CreateSecurityGroup":
            ident = text(response.get("groupid")) or group
            body = {
                "GroupId": ident,
                "GroupName": text(request.get("groupname")),
                "VpcId": text(request.get("vpcid")),
            }
            self._complete.add(ident)
            return Applied({self._set_group(ident, body, {})})
        if name == "DeleteSecurityGroup":
            return Applied({self._set_group(group, None, {})})
        rules, words = self._rules(group), []
        if name == "AuthorizeSecurityGroupIngress":
            idents = {rule: ident for _, ident, egress, rule in rule_set(response) if not egress}
            made = {rule: idents.get(rule, "") for rule in (*ingress(request, self._names), *idents)}
            if not made:
                words.append(f"rules were added to {group}, and the log does not hold which")
            self._touched.update((group, rule) for rule in made)
            rules |= made
        elif name == "RevokeSecurityGroupIngress":
            words += self._revoked(group, rules, request, response)
        elif name == "ModifySecurityGroupRules":
            for ident, rule in changed_rules(request, self._names):
                old = next((each for each, known in rules.items() if known == ident), None)
                if old is not None:
                    del rules[old]
                elif group not in self._complete or ident:
                    words.append(
                        f"a rule of {group} was changed whose earlier content is not in the evidence"
                    )
                rules[rule] = ident
                self._touched.add((group, rule))
        else:
            # Egress, descriptions, associations with further networks: nobody gets in by these.
            return Applied()
        return Applied({self._set_group(group, self._known(group), rules)}, words)

    def _revoked(
        self,
        group: str,
        rules: dict[Rule, str],
        request: Mapping[str, Any],
        response: Mapping[str, Any],
    ) -> Iterator[str]:
        absent = set(ingress({"ippermissions": many(response.get("unknownippermissionset"))}, self._names))
        named = [rule for rule in ingress(request, self._names) if rule not in absent]
        idents = [
            text(each.get("securitygroupruleid")) if isinstance(each, Mapping) else text(each)
            for key in ("securitygroupruleids", "securitygroupruleid")
            for each in many(request.get(key))
        ]
        shown = {
            text(item.get("securitygroupruleid")): rule
            for item in many(response.get("revokedsecuritygroupruleset"))
            if isinstance(item, Mapping)
            for _, _, _, rule in rule_set({"securitygroupruleset": [item]})
        }
        for ident in idents:
            rule = next((each for each, known in rules.items() if known == ident), shown.get(ident))
            if rule is None:
                yield f"a rule of {group} was taken away that was made before the evidence; whom it let in is not known"
            else:
                named.append(rule)
        for rule in named:
            if rule not in rules and group not in self._complete and (group, rule) not in self._touched:
                self.prior.setdefault(group, {})[rule] = ""
            rules.pop(rule, None)
            self._touched.add((group, rule))
        if not named and not idents and not absent:
            yield f"rules were taken away from {group}, and the log does not hold which"

    def _known(self, group: str) -> Body:
        return self.estate.get(GROUPS, group) or {"GroupId": group}

    def _rules(self, group: str) -> dict[Rule, str]:
        held = self.estate.get("rules", group) or {}
        return dict(held.get("rules", {}))

    def _set_group(self, ident: str, body: Body | None, rules: Mapping[Rule, str]) -> Key:
        if body is None:
            self.estate.put("rules", ident, None)
            return self.estate.put(GROUPS, ident, None)
        if name := text(body.get("GroupName")):
            self._names.setdefault(name, ident)
        self.estate.put("rules", ident, {"rules": dict(rules)})
        return self.estate.put(GROUPS, ident, {**body, "IpPermissions": permissions(rules)})

    # -- what is to be judged

    def network_of(self, resource: str) -> str:
        """The VPC in which a resource lies, if it is known."""
        for kind in (GROUPS, *MACHINES):
            body = self.estate.get(kind, resource)
            if body is not None:
                return text(body.get("VpcId"))
        for kind in STORES:
            body = self.estate.get(kind, resource)
            if body is not None:
                inner = body.get("DBSubnetGroup")
                return text(inner.get("VpcId")) if isinstance(inner, Mapping) else text(body.get("VpcId"))
        return ""

    def everything(self) -> set[Key]:
        """All that can be touched."""
        return {(kind, ident) for kind in (GROUPS, *MACHINES, *STORES) for ident in self.estate.of(kind)}

    def areas(self, touched: set[Key]) -> Sequence[Area]:
        """What must be judged anew after these were touched."""
        if self.told:
            return self._attached(touched)
        found = []
        for kind, ident in sorted(touched):
            if kind == GROUPS:
                found.append(self._alone(ident))
                found += self._stores(ident)
            elif kind in STORES:
                found.append(self._store(kind, ident))
        return found

    def _alone(self, ident: str) -> Area:
        """A group that nothing is known to have: each rule for itself, since none takes anything from another."""
        body, owners = self.estate.get(GROUPS, ident), {_file(GROUPS, ident): _file(GROUPS, ident)}
        if body is None:
            return Area((), owners)
        pieces = []
        for permission in body["IpPermissions"]:
            piece = {**body, "IpPermissions": [permission]}
            pieces.append((_document(GROUPS, ident, piece), *self._lists(piece)))
        return Area((), owners, pieces=tuple(pieces))

    def _lists(self, body: Any) -> list[Document]:
        named = {each for each in texts(body) if each.startswith("pl-")}
        if not named:
            return []
        return [
            _document(kind, ident, held)
            for kind in ("PrefixLists", "ManagedPrefixLists")
            for ident, held in self.estate.of(kind).items()
            if ident in named
        ] + self._extra

    def _stores(self, group: str) -> Iterator[Area]:
        for kind in STORES:
            for ident, body in self.estate.of(kind).items():
                if group in groups_of(body):
                    yield self._store(kind, ident)

    def _store(self, kind: str, ident: str) -> Area:
        """Without a baseline a store is looked at only if it has a public address: who is inside is not known anyway."""
        owner, body = _file(kind, ident), self.estate.get(kind, ident)
        if body is None or body.get("PubliclyAccessible") is not True:
            return Area((), {owner: owner})
        groups = [
            (each, held) for each in groups_of(body) if (held := self.estate.get(GROUPS, each)) is not None
        ]
        documents = [_document(kind, ident, body), *(_document(GROUPS, each, held) for each, held in groups)]
        documents += [each for _, held in groups for each in self._lists(held)]
        return Area((*documents, *self._context()), {owner: owner})

    def _context(self) -> list[Document]:
        return [
            _document(kind, ident, body)
            for kind in (*NETWORK, "PrefixLists", "ManagedPrefixLists")
            for ident, body in self.estate.of(kind).items()
        ]

    def _attached(self, touched: set[Key]) -> Sequence[Area]:
        leaves = (*MACHINES, *STORES)
        if any(kind not in (GROUPS, *leaves) for kind, _ in touched):
            groups = set(self.estate.of(GROUPS))
            chosen = {(kind, ident) for kind in leaves for ident in self.estate.of(kind)} | touched
        else:
            groups = {ident for kind, ident in touched if kind == GROUPS}
            for kind, ident in touched:
                groups |= set(groups_of(self.estate.get(kind, ident) or {}))
                groups |= self._left.get((kind, ident), set())
            referring = {
                name
                for name, held in self.estate.of(GROUPS).items()
                if groups & {rule.source for rule in self._rules(name)} and held
            }
            chosen = {key for key in touched if key[0] in leaves} | set(self._carriers(groups | referring))
        self._left = {
            (kind, ident): set(groups_of(self.estate.get(kind, ident) or {})) for kind in leaves for ident in self.estate.of(kind)
        }  # fmt: skip
        needed = {name for key in chosen for name in groups_of(self.estate.get(*key) or {})} | groups
        referenced = {rule.source for name in needed for rule in self._rules(name) if rule.kind == "GroupId"}
        shown = chosen | set(self._carriers(referenced | groups))
        shown |= {(MACHINES[0], ident) for ident in list(self.estate.of(MACHINES[0]))[:1]}
        needed |= referenced | {name for key in shown for name in groups_of(self.estate.get(*key) or {})}
        owners = {_file(*key): _file(*key) for key in (*chosen, *((GROUPS, name) for name in groups))}
        # An instance is judged with its interfaces, which then have no endpoint of their own.
        documents = [
            _document(kind, ident, body)
            for kind, ident in sorted({*shown, *((GROUPS, name) for name in needed)})
            if (body := self.estate.get(kind, ident)) is not None
        ]
        return [Area((*documents, *self._context(), *self._extra), owners)]

    _left: Mapping[Key, set[str]] = {}
    """Which groups each leaf had when it was judged last: those that it has left may now stand alone."""

    def _carriers(self, groups: set[str]) -> Iterator[Key]:
        for kind in (*MACHINES, *STORES):
            for ident, body in self.estate.of(kind).items():
                if groups & set(groups_of(body)):
                    yield kind, ident
                    for each in many(body.get("NetworkInterfaces")):
                        named = text(each.get("NetworkInterfaceId")) if isinstance(each, Mapping) else ""
                        if self.estate.get(MACHINES[0], named):
                            yield MACHINES[0], named


_OTHERS: Final = frozenset(
    {"Reservations", "LoadBalancers", "Listeners", "Rules", "TargetGroups", "LoadBalancerTargetHealth", "LoadBalancerDescriptions",
     "DBSubnetGroups", "CacheSubnetGroups", "SubnetGroups", "ClusterSubnetGroups", "VpcPeeringConnections", "VpnGateways",
     "EgressOnlyInternetGateways", "TransitGateways", "VpcEndpoints", "DomainStatusList", "VpcBlockPublicAccessExclusions"}
)  # fmt: skip
"""Keys of answers that are handed to the guard as they are."""


def _file(kind: str, ident: str) -> str:
    return f"{kind}-{ident.replace('/', '_')}"


def _document(kind: str, ident: str, body: Body) -> Document:
    return Document(_file(kind, ident), "json", {kind: [body]})
