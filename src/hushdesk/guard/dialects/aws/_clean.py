"""Values of a wrong type out of the way, each with a finding, so that nothing behind has to expect them.

A value that should be a text and is a list becomes unknown, not absent: what cannot be read is never taken for safe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource, Unknown

Note = Callable[[Place, str, str], None]
MAPPINGS: Final = frozenset({
    "CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet", "Attachments", "Associations", "Routes", "Entries", "IpPermissions",
    "UserIdGroupPairs", "NetworkInterfaces", "PrivateIpAddresses", "LoadBalancerAddresses", "DefaultActions", "Actions", "TargetGroups",
    "Targets", "Attributes", "ListenerDescriptions", "loadBalancers", "Grants", "CacheNodes", "NodeGroups", "Tags", "TagSet",
    "CidrBlockSet",
})  # fmt: skip
"""Keys of lists of mappings."""
MIXED: Final = frozenset({
    "Groups", "SecurityGroups", "VpcSecurityGroups", "AvailabilityZones", "Instances", "Subnets", "IpRanges", "Ipv6Ranges", "PrefixListIds", "Ipv6Addresses",
})  # fmt: skip
"""Keys of lists of mappings or texts."""
TEXTS: Final = frozenset({
    "SecurityGroupIds", "SubnetIds", "ClientSubnets", "subnetIds", "subnets", "securityGroupIds", "securityGroups", "VPCZoneIdentifier",
    "TargetGroupARNs", "LoadBalancerNames", "UserGroupIds",
})  # fmt: skip
"""Keys of lists of texts."""
INSIDE: Final = frozenset({
    "PortRange", "Association", "Attachment", "AccepterVpcInfo", "RequesterVpcInfo", "State", "Listener", "ForwardConfig", "VPCOptions",
    "DomainEndpointOptions", "AdvancedSecurityOptions", "BrokerNodeGroupInfo", "ConnectivityInfo", "PublicAccess", "ClientAuthentication",
    "Sasl", "Tls", "Iam", "Scram", "Unauthenticated", "PublicAccessBlockConfiguration", "Provisioned", "Endpoints", "ConfigurationEndpoint",
    "ClusterEndpoint", "PrimaryEndpoint", "Grantee",
})  # fmt: skip
"""Keys of mappings."""
SCALARS: Final = frozenset({
    "AllocationId", "AssociatePublicIpAddress", "CidrBlock", "CidrIp", "CidrIpv4", "CidrIpv6", "Cidr", "DBClusterIdentifier", "DNSName",
    "DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId", "EIP", "Egress", "Engine", "FromPort", "GatewayId",
    "GroupId", "GroupName", "Id", "InstanceId", "InstancePort", "InternetGatewayBlockMode", "InternetGatewayExclusionMode",
    "InternetGatewayId", "IpProtocol", "Ipv6AddressCount", "Ipv6CidrBlock", "IsDefault", "IsEgress", "Key", "ListenerArn",
    "LoadBalancerArn", "LoadBalancerName", "LoadBalancerPort", "Main", "MapPublicIpOnLaunch", "NatGatewayId", "NetworkAclId",
    "NetworkInterfaceId", "Port", "PrefixListId", "PrivateIpAddress", "Protocol", "PublicIp", "PublicIpAddress", "PubliclyAccessible",
    "ReplicationGroupId", "RouteTableId", "RuleAction", "RuleNumber", "Scheme", "SubnetId", "SubnetIdentifier", "TargetGroupArn", "TargetId",
    "TargetType", "ToPort", "TransitGatewayId", "Type", "Value", "VpcId", "VpcPeeringConnectionId", "VpcSecurityGroupId", "SecurityGroupId",
    "CacheSubnetGroupName", "ClusterSubnetGroupName", "SubnetGroupName", "targetGroupArn", "containerPort", "From", "To", "Permission", "URI",
    "IpAddress", "Enabled", "EnforceHTTPS", "ACLName", "InstanceOwnerId", "DBInstanceIdentifier", "EgressOnlyInternetGatewayId",
    "CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn", "VpcEndpointId",
})  # fmt: skip
"""Keys of texts, numbers and truth values."""


def cleaned(resource: Resource, note: Note) -> Resource:
    """The resource with every value of a wrong type replaced by an unknown one."""

    def wrong(key: str, wanted: str) -> Unknown:
        note(resource.place, f"{key} is not {wanted}", f"give {wanted}")
        return Unknown(key, f"it is not {wanted}")

    def listed(key: str, value: Any, depth: int) -> Any:
        if isinstance(value, Unknown):
            return value
        found = []
        for item in value if isinstance(value, list | tuple) else [value]:
            if isinstance(item, Mapping) and key not in TEXTS:
                found.append(mapped(item, depth + 1))
            elif isinstance(item, Unknown) or (isinstance(item, str) and key not in MAPPINGS):
                found.append(item)
            elif item is not None:
                wanted = (
                    "a list of texts"
                    if key in TEXTS
                    else "a list of mappings"
                    if key in MAPPINGS
                    else "a list"
                )
                found.append(wrong(key, wanted))
        return found

    def value_of(key: str, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, Unknown):
            return value
        if key in MAPPINGS or key in TEXTS or key in MIXED:
            return listed(key, value, depth)
        if key in SCALARS:
            return wrong(key, "a single value") if isinstance(value, Mapping | list | tuple) else value
        if isinstance(value, Mapping):
            return mapped(value, depth + 1)
        if key in INSIDE and not (key == "State" and isinstance(value, str)):
            return wrong(key, "a mapping")
        return value

    def mapped(value: Mapping[str, Any], depth: int) -> Any:
        if depth > 40:
            return wrong("a value", "nested so deeply")
        return {key: value_of(str(key), item, depth) for key, item in value.items()}

    policies = {
        key: item
        for key, item in resource.properties.items()
        if key in {"Policy", "AccessPolicies", "AccessPolicy"}
    }
    rest = {key: item for key, item in resource.properties.items() if key not in policies}
    return replace(resource, properties={**mapped(rest, 0), **policies})
