"""Which key of an answer holds which resources, and by which names others refer to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.guard.dialects.aws._values import get, items

_EC2: Final = "AWS::EC2::"
_V2: Final = "AWS::ElasticLoadBalancingV2::"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One resource of an answer, or why there is none."""

    type: str
    id: str
    name: str = ""
    properties: Mapping[str, Any]
    inside: tuple[str | int, ...] = ()
    """Where it lies inside the item."""
    missing: str = ""
    """The key that should have held its id."""
    not_understood: str = ""


Reader = Callable[[str, Mapping[str, Any]], Iterator[Read]]


def _plain(kind: str, key: str, *others: str, name: str = "") -> Reader:
    """Items that are the resource's properties as they are: the id under one key, other names under others."""

    def read(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
        yield _read(kind, item, key, *others, name=name)

    return read


def _read(
    kind: str,
    item: Mapping[str, Any],
    key: str,
    *others: str,
    name: str = "",
    inside: tuple[str | int, ...] = (),
) -> Read:
    own = item.get(key)
    if not isinstance(own, str) or not own:
        return Read(type=kind, id="", properties={}, inside=inside, missing=key)
    aliases = [item[each] for each in others if isinstance(item.get(each), str) and item[each]]
    shown = item.get(name) if name else None
    properties = {**item, "Aliases": aliases} if aliases else item
    return Read(
        type=kind, id=own, name=shown if isinstance(shown, str) else own, properties=properties, inside=inside
    )


def _reservations(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    for index, instance in enumerate(items(item.get("Instances"))):
        if isinstance(instance, Mapping):
            yield _read(f"{_EC2}Instance", instance, "InstanceId", inside=("Instances", index))


def _instances(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    # Other services have instances too.
    if "InstanceId" in item and ("VpcId" in item or "SubnetId" in item or "NetworkInterfaces" in item):
        yield _read(f"{_EC2}Instance", item, "InstanceId")


def _groups(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    if "GroupId" in item:
        yield _read(f"{_EC2}SecurityGroup", item, "GroupId")


def _addresses(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    yield _read(f"{_EC2}EIP", item, "AllocationId" if item.get("AllocationId") else "PublicIp", "PublicIp")


def _prefix_lists(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    shape = dict(item)
    if "Cidrs" in item:
        shape["Entries"] = [{"Cidr": each} for each in items(item["Cidrs"])]
    yield _read(f"{_EC2}PrefixList", shape, "PrefixListId")


def _subnet_groups(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    if any("Identifier" in each for each in items(item.get("Subnets")) if isinstance(each, Mapping)):
        yield _read("AWS::MemoryDB::SubnetGroup", item, "Name", "ARN")


def _clusters(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    if "ClusterIdentifier" in item:
        yield _read("AWS::Redshift::Cluster", item, "ClusterIdentifier")
    elif "NumberOfShards" in item or "ACLName" in item:
        yield _read("AWS::MemoryDB::Cluster", item, "Name", "ARN")


def _relational(kind: str) -> Reader:
    def read(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
        engine = str(item.get("Engine", "")).lower()
        family = {"docdb": "DocDB", "neptune": "Neptune"}.get(engine, "RDS")
        yield _read(f"AWS::{family}::{kind}", item, f"{kind}Identifier", f"{kind}Arn")

    return read


def _listener_groups(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    for index, listener in enumerate(items(item.get("Listeners"))):
        if isinstance(listener, Mapping):
            shape = {"LoadBalancerArn": item.get("LoadBalancerArn"), **listener}
            yield _read(f"{_V2}Listener", shape, "ListenerArn", inside=("Listeners", index))


def _listener_rules(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    arn = item.get("RuleArn")
    if isinstance(arn, str) and ":listener-rule/" in arn:
        owner = arn.rpartition("/")[0].replace(":listener-rule/", ":listener/")
        yield _read(f"{_V2}ListenerRule", {"ListenerArn": owner, **item}, "RuleArn")


def _target_health(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    owner = item.get("TargetGroupArn")
    for index, each in enumerate(items(item.get("TargetHealthDescriptions"))):
        target = get(each, "Target")
        if isinstance(target, Mapping) and isinstance(owner, str):
            shape = {"TargetGroupArn": owner, "TargetId": target.get("Id"), "Port": target.get("Port")}
            name = f"{owner}#{target.get('Id')}:{target.get('Port')}"
            yield Read(
                type=f"{_V2}TargetGroupAttachment",
                id=name,
                properties=shape,
                inside=("TargetHealthDescriptions", index),
            )


def _target_attributes(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    if isinstance(item.get("TargetGroupArn"), str):
        yield _read(f"{_V2}TargetGroup", item, "TargetGroupArn")


def _classic(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    yield _read("AWS::ElasticLoadBalancing::LoadBalancer", item, "LoadBalancerName", "DNSName")


def _balancers(key: str, item: Mapping[str, Any]) -> Iterator[Read]:
    if "LoadBalancerArn" in item:
        yield _read(f"{_V2}LoadBalancer", item, "LoadBalancerArn", "DNSName", name="LoadBalancerName")
    elif "ListenerDescriptions" in item:
        yield from _classic(key, item)


def _cache_groups(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    yield _read("AWS::ElastiCache::SubnetGroup", item, "CacheSubnetGroupName", "ARN")


def _serverless_cache(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    shape = {**item, "SecurityGroups": item.get("SecurityGroupIds"), "Port": get(item, "Endpoint", "Port")}
    yield _read("AWS::ElastiCache::ServerlessCache", shape, "ServerlessCacheName", "ARN")


def _domain(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    kind = "Elasticsearch" if "ElasticsearchVersion" in item else "OpenSearchService"
    yield _read(f"AWS::{kind}::Domain", item, "DomainName", "ARN")


def _excluded(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    name = str(item.get("ResourceArn", "")).rpartition("/")[2]
    shape = {**item, ("SubnetId" if name.startswith("subnet-") else "VpcId"): name}
    yield _read(f"{_EC2}VPCBlockPublicAccessExclusion", shape, "ExclusionId")


def _block(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    yield Read(type=f"{_EC2}VPCBlockPublicAccessOptions", id="Block Public Access", properties=item)


def _services(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    inner = get(item, "networkConfiguration", "awsvpcConfiguration")
    if isinstance(item.get("serviceArn"), str):
        shape = {
            "loadBalancers": item.get("loadBalancers"),
            "subnets": get(inner, "subnets"),
            "securityGroups": get(inner, "securityGroups"),
            "assignPublicIp": get(inner, "assignPublicIp") == "ENABLED",
        }
        yield Read(
            type="AWS::ECS::Service",
            id=item["serviceArn"],
            name=str(item.get("serviceName", "")),
            properties=shape,
        )


def _mount_targets(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
    yield _read("AWS::EFS::MountTarget", item, "MountTargetId")


def _not_yet(kind: str, key: str, why: str) -> Reader:
    def read(_: str, item: Mapping[str, Any]) -> Iterator[Read]:
        yield Read(type=kind, id=str(item.get(key, "")), properties={}, not_understood=why)

    return read


READERS: Final[dict[str, Reader]] = {
    "Vpcs": _plain(f"{_EC2}VPC", "VpcId"),
    "Subnets": _plain(f"{_EC2}Subnet", "SubnetId", "SubnetArn"),
    "InternetGateways": _plain(f"{_EC2}InternetGateway", "InternetGatewayId"),
    "EgressOnlyInternetGateways": _plain(f"{_EC2}EgressOnlyInternetGateway", "EgressOnlyInternetGatewayId"),
    "NatGateways": _plain(f"{_EC2}NatGateway", "NatGatewayId"),
    "VpnGateways": _plain(f"{_EC2}VPNGateway", "VpnGatewayId"),
    "TransitGateways": _plain(f"{_EC2}TransitGateway", "TransitGatewayId"),
    "VpcEndpoints": _plain(f"{_EC2}VPCEndpoint", "VpcEndpointId"),
    "VpcPeeringConnections": _plain(f"{_EC2}VPCPeeringConnection", "VpcPeeringConnectionId"),
    "RouteTables": _plain(f"{_EC2}RouteTable", "RouteTableId"),
    "NetworkAcls": _plain(f"{_EC2}NetworkAcl", "NetworkAclId"),
    "SecurityGroups": _groups,
    "SecurityGroupRules": _plain(f"{_EC2}SecurityGroupRule", "SecurityGroupRuleId"),
    "PrefixLists": _prefix_lists,
    "ManagedPrefixLists": _prefix_lists,
    "Addresses": _addresses,
    "VpcBlockPublicAccessOptions": _block,
    "VpcBlockPublicAccessExclusions": _excluded,
    "NetworkInterfaces": _plain(f"{_EC2}NetworkInterface", "NetworkInterfaceId"),
    "Reservations": _reservations,
    "Instances": _instances,
    "LoadBalancers": _balancers,
    "LoadBalancerDescriptions": _classic,
    "Listeners": _plain(f"{_V2}Listener", "ListenerArn"),
    "LoadBalancerListeners": _listener_groups,
    "Rules": _listener_rules,
    "TargetGroups": _plain(f"{_V2}TargetGroup", "TargetGroupArn", name="TargetGroupName"),
    "TargetGroupAttributes": _target_attributes,
    "LoadBalancerTargetHealth": _target_health,
    "DBInstances": _relational("DBInstance"),
    "DBClusters": _relational("DBCluster"),
    "DBSubnetGroups": _plain("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", "DBSubnetGroupArn"),
    "Clusters": _clusters,
    "ClusterSubnetGroups": _plain("AWS::Redshift::ClusterSubnetGroup", "ClusterSubnetGroupName"),
    "workgroups": _plain("AWS::RedshiftServerless::Workgroup", "workgroupName", "workgroupArn"),
    "CacheClusters": _plain("AWS::ElastiCache::CacheCluster", "CacheClusterId", "ARN"),
    "ReplicationGroups": _plain("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId", "ARN"),
    "ServerlessCaches": _serverless_cache,
    "CacheSubnetGroups": _cache_groups,
    "SubnetGroups": _subnet_groups,
    "DomainStatusList": _domain,
    "DomainStatus": _domain,
    "ClusterInfoList": _plain("AWS::MSK::Cluster", "ClusterArn", name="ClusterName"),
    "ReplicationInstances": _plain(
        "AWS::DMS::ReplicationInstance", "ReplicationInstanceIdentifier", "ReplicationInstanceArn"
    ),
    "ReplicationSubnetGroups": _plain("AWS::DMS::ReplicationSubnetGroup", "ReplicationSubnetGroupIdentifier"),
    "MountTargets": _mount_targets,
    "services": _services,
    "Firewalls": _not_yet(
        "AWS::NetworkFirewall::Firewall", "FirewallName", "AWS Network Firewall is not understood"
    ),
    "Firewall": _not_yet(
        "AWS::NetworkFirewall::Firewall", "FirewallName", "AWS Network Firewall is not understood"
    ),
    "TransitGatewayRouteTables": _not_yet(
        f"{_EC2}TransitGatewayRouteTable",
        "TransitGatewayRouteTableId",
        "route tables of transit gateways are not looked at; who comes through them is taken as unknown",
    ),
}
"""By the key of an answer."""
SINGLE: Final = frozenset({"DomainStatus", "VpcBlockPublicAccessOptions", "Firewall"})
"""Keys that hold one resource, not a list."""
COMMON: Final = frozenset(
    {"services", "workgroups", "Rules", "Instances", "Addresses", "Clusters", "Listeners", "Firewalls"}
)
"""Keys that other formats use as well: an empty list under them says nothing."""
