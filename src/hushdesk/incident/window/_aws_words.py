"""CloudTrail's ways of writing requests and answers, brought to those of the API's answers; permissions as single rules.

CloudTrail writes lists as ``{"items": […]}``, as ``{"item": …}``, as ``{"tag": 1, "content": …}``, as one mapping or as a list, and keys
with a small or a capital first letter, by the age of the call.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

_NUMBERED: Final = {
    "6": "tcp",
    "17": "udp",
    "1": "icmp",
    "58": "icmpv6",
    "132": "sctp",
    "all": "-1",
    "any": "-1",
}
_API: Final = {
    "vpcid": "VpcId", "subnetid": "SubnetId", "routetableid": "RouteTableId", "networkaclid": "NetworkAclId", "groupid": "GroupId",
    "groupname": "GroupName", "networkinterfaceid": "NetworkInterfaceId", "internetgatewayid": "InternetGatewayId",
    "instanceid": "InstanceId", "allocationid": "AllocationId", "associationid": "AssociationId", "publicip": "PublicIp",
    "privateipaddress": "PrivateIpAddress", "privateipaddressesset": "PrivateIpAddresses", "ipv6addressesset": "Ipv6Addresses",
    "ipv6address": "Ipv6Address", "groupset": "Groups", "association": "Association", "attachment": "Attachment",
    "attachmentid": "AttachmentId", "interfacetype": "InterfaceType", "description": "Description", "instanceownerid": "InstanceOwnerId",
    "cidrblock": "CidrBlock", "cidrblockassociationset": "CidrBlockAssociationSet", "ipv6cidrblock": "Ipv6CidrBlock",
    "ipv6cidrblockassociationset": "Ipv6CidrBlockAssociationSet", "isdefault": "IsDefault", "default": "IsDefault",
    "mappubliciponlaunch": "MapPublicIpOnLaunch", "assignipv6addressoncreation": "AssignIpv6AddressOnCreation",
    "routeset": "Routes", "associationset": "Associations", "main": "Main", "routetableassociationid": "RouteTableAssociationId",
    "destinationcidrblock": "DestinationCidrBlock", "destinationipv6cidrblock": "DestinationIpv6CidrBlock",
    "destinationprefixlistid": "DestinationPrefixListId", "gatewayid": "GatewayId", "natgatewayid": "NatGatewayId",
    "transitgatewayid": "TransitGatewayId", "vpcpeeringconnectionid": "VpcPeeringConnectionId", "carriergatewayid": "CarrierGatewayId",
    "egressonlyinternetgatewayid": "EgressOnlyInternetGatewayId", "localgatewayid": "LocalGatewayId", "vpcendpointid": "VpcEndpointId",
    "state": "State", "entryset": "Entries", "rulenumber": "RuleNumber", "protocol": "Protocol",
    "ruleaction": "RuleAction", "egress": "Egress", "portrange": "PortRange", "from": "From", "to": "To", "icmptypecode": "IcmpTypeCode",
    "networkaclassociationid": "NetworkAclAssociationId", "name": "Name", "tagset": "Tags", "key": "Key", "value": "Value",
    "attachmentset": "Attachments", "networkinterfaceset": "NetworkInterfaces", "instancestate": "State", "ownerid": "OwnerId",
    "publicdnsname": "PublicDnsName", "prefixlistid": "PrefixListId", "prefixlistname": "PrefixListName", "cidr": "Cidr",
    "dbinstanceidentifier": "DBInstanceIdentifier", "dbinstancearn": "DBInstanceArn", "engine": "Engine", "endpoint": "Endpoint",
    "address": "Address", "port": "Port", "publiclyaccessible": "PubliclyAccessible", "vpcsecuritygroups": "VpcSecurityGroups",
    "vpcsecuritygroupid": "VpcSecurityGroupId", "dbsubnetgroup": "DBSubnetGroup", "subnets": "Subnets",
    "subnetidentifier": "SubnetIdentifier", "dbclusteridentifier": "DBClusterIdentifier", "dbclusterarn": "DBClusterArn",
    "clusteridentifier": "ClusterIdentifier", "clustersubnetgroupname": "ClusterSubnetGroupName", "securitygroups": "SecurityGroups",
    "dbsubnetgroupname": "DBSubnetGroupName", "allocatedstorage": "AllocatedStorage",
}  # fmt: skip
"""Names of the API's answers, by the key in small letters."""


class Rule(NamedTuple):
    """One permission for one source. A group's ingress is a set of these."""

    protocol: str
    """``-1``, a name in small letters, or a number."""
    low: int | None
    high: int | None
    kind: str
    """``CidrIp``, ``CidrIpv6``, ``PrefixListId``, ``GroupId``."""
    source: str


def folded(value: Any, depth: int = 0) -> Any:
    """Keys in small letters, lists as lists."""
    if depth > 24:
        return None
    if isinstance(value, list):
        return [folded(each, depth + 1) for each in value]
    if not isinstance(value, Mapping):
        return value
    small = {key.lower(): each for key, each in value.items() if isinstance(key, str)}
    if len(small) == 1 and ("items" in small or "item" in small):
        return many(folded(next(iter(small.values())), depth + 1))
    if "tag" in small and "content" in small and len(small) == 2:
        return folded(small["content"], depth + 1)
    return {
        key: folded(each, depth + 1)
        for key, each in small.items()
        if not (key == "tag" and isinstance(each, int))
    }


def many(value: Any) -> list[Any]:
    """What may be one, several or none, as a list."""
    if value is None or value in ("", {}):
        return []
    return value if isinstance(value, list) else [value]


def answered(value: Any) -> Any:
    """A folded value under the names of the API's answers; keys that are not needed are left out."""
    if isinstance(value, list):
        return [answered(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    found = {}
    for key, each in value.items():
        name = _API.get(key)
        if name is not None:
            found[name] = answered(
                [] if key.endswith("set") and not each and each is not False and each != 0 else each
            )
    return found


def text(value: Any) -> str:
    """A text, a number as text, else empty."""
    if isinstance(value, str):
        return value
    return (
        str(int(value))
        if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
        else ""
    )


def ingress(request: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Rule]:
    """The rules that a folded request names, in both of its shapes.

    Args:
        request: Of ``Authorize…`` or ``Revoke…``.
        names: Group ids by group name.
    """
    for permission in many(request.get("ippermissions")):
        if isinstance(permission, Mapping):
            yield from _permission(permission, names)
    if not many(request.get("ippermissions")) and (request.get("ipprotocol") is not None or _named(request)):
        yield from _permission(request, names)


def _named(request: Mapping[str, Any]) -> bool:
    return any(
        request.get(key) for key in ("cidrip", "cidripv6", "sourcesecuritygroupname", "sourcesecuritygroupid")
    )


def _permission(item: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Rule]:
    head = _head(item)
    sources: list[tuple[str, str]] = [
        *(("CidrIp", text(_at(each, "cidrip"))) for each in many(item.get("ipranges"))),
        *(("CidrIpv6", text(_at(each, "cidripv6"))) for each in many(item.get("ipv6ranges"))),
        *(("PrefixListId", text(_at(each, "prefixlistid"))) for each in many(item.get("prefixlistids"))),
        *(("CidrIp", text(item.get(key))) for key in ("cidrip", "cidripv4", "cidripv6")),
        ("PrefixListId", text(item.get("prefixlistid"))),
        ("GroupId", text(item.get("sourcesecuritygroupid"))),
        ("GroupId", _group(item.get("sourcesecuritygroupname"), names)),
        ("GroupId", text(_at(item.get("referencedgroupinfo"), "groupid"))),
        ("GroupId", text(item.get("referencedgroupid"))),
    ]
    for key in ("groups", "useridgrouppairs"):
        for pair in many(item.get(key)):
            named = text(_at(pair, "groupid")) or _group(_at(pair, "groupname") or pair, names)
            sources.append(("GroupId", named))
    for kind, source in sources:
        if source:
            yield Rule(*head, *_source(kind, source))


def _head(item: Mapping[str, Any]) -> tuple[str, int | None, int | None]:
    protocol = text(item.get("ipprotocol")).lower()
    protocol = _NUMBERED.get(protocol, protocol) or "-1"
    low, high = _number(item.get("fromport")), _number(item.get("toport"))
    if protocol not in {"tcp", "udp", "sctp", "icmp", "icmpv6"}:
        return protocol, None, None
    if protocol in {"tcp", "udp", "sctp"} and (low is None or low == -1):
        return protocol, 0, 65535
    return protocol, low, high if high is not None else low


def _source(kind: str, source: str) -> tuple[str, str]:
    if kind in {"CidrIp", "CidrIpv6"}:
        try:
            network = ipaddress.ip_network(source.strip(), strict=False)
        except ValueError:
            return kind, source
        return ("CidrIp" if network.version == 4 else "CidrIpv6"), str(network)
    return kind, source


def _number(value: Any) -> int | None:
    shown = text(value).strip()
    digits = shown.removeprefix("-")
    return int(shown) if digits.isascii() and digits.isdigit() and len(digits) < 7 else None


def _at(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else value


def _group(name: Any, names: Mapping[str, str]) -> str:
    shown = text(name)
    return names.get(shown, shown)


def rule_set(response: Mapping[str, Any]) -> Iterator[tuple[str, str, bool, Rule]]:
    """Group, id of the rule, whether it is for egress, and the rule, of an answer's ``securityGroupRuleSet``."""
    for item in many(response.get("securitygroupruleset")):
        if isinstance(item, Mapping):
            for rule in _permission(item, {}):
                yield (
                    text(item.get("groupid")),
                    text(item.get("securitygroupruleid")),
                    item.get("isegress") is True,
                    rule,
                )


def changed_rules(request: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[tuple[str, Rule]]:
    """Id and new content of the rules in a folded ``ModifySecurityGroupRules``."""
    for item in many(request.get("securitygrouprule") or request.get("securitygrouprules")):
        inner = _at(item, "securitygrouprule") if isinstance(item, Mapping) else None
        if isinstance(inner, Mapping):
            for rule in _permission(inner, names):
                yield text(item.get("securitygroupruleid")), rule


def permissions(rules: Mapping[Rule, str]) -> list[dict[str, Any]]:
    """Rules as ``describe-security-groups`` shows them."""
    lists = {
        "CidrIp": "IpRanges",
        "CidrIpv6": "Ipv6Ranges",
        "PrefixListId": "PrefixListIds",
        "GroupId": "UserIdGroupPairs",
    }
    found = []
    for rule in sorted(rules, key=repr):
        item: dict[str, Any] = {"IpProtocol": rule.protocol, lists[rule.kind]: [{rule.kind: rule.source}]}
        if rule.low is not None:
            item["FromPort"], item["ToPort"] = rule.low, rule.high
        found.append(item)
    return found


def described(group: Mapping[str, Any]) -> dict[Rule, str]:
    """The rules of a group as ``describe-security-groups`` shows it."""
    return dict.fromkeys(
        (
            rule
            for item in many(folded(group.get("IpPermissions")))
            if isinstance(item, Mapping)
            for rule in _permission(item, {})
        ),
        "",
    )
