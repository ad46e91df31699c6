"""CloudFormation's properties to the shapes of :mod:`hushdesk.guard.dialects.aws._lower`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.aws._values import first_known, get, items

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stack:
    """The resolved resources of one template."""

    kinds: Mapping[str, str]
    properties: Mapping[str, Properties]

    def of(self, kind: str) -> list[tuple[str, Properties]]:
        """All resources of a type."""
        return [(name, self.properties[name]) for name, each in self.kinds.items() if each == kind]

    def find(self, kind: str, name: Any) -> Properties | None:
        """The properties of a resource of a type, by its logical id."""
        return self.properties.get(name) if isinstance(name, str) and self.kinds.get(name) == kind else None


Shape = Callable[[Stack, str, Properties], tuple[str, Properties]]


def _same(kind: str, **renamed: str) -> Shape:
    """A type whose properties are the API's, but for some names: ``New="Old"``."""

    def shape(_: Stack, __: str, properties: Properties) -> tuple[str, Properties]:
        found = dict(properties)
        for new, old in renamed.items():
            if old in properties:
                found[new] = properties[old]
        return kind, found

    return shape


def _with_alias(kind: str, key: str, **renamed: str) -> Shape:
    """The same, and the resource may also be referred to by a name that it gives itself."""
    plain = _same(kind, **renamed)

    def shape(stack: Stack, name: str, properties: Properties) -> tuple[str, Properties]:
        _, found = plain(stack, name, properties)
        return kind, {**found, "Aliases": [properties.get(key)]}

    return shape


def rule(properties: Properties) -> Properties:
    """One ingress rule in the shape of ``describe-security-group-rules``."""
    group = first_known(properties.get("SourceSecurityGroupId"), properties.get("SourceSecurityGroupName"))
    return {
        "IpProtocol": properties.get("IpProtocol"),
        "FromPort": properties.get("FromPort"),
        "ToPort": properties.get("ToPort"),
        "CidrIpv4": properties.get("CidrIp"),
        "CidrIpv6": properties.get("CidrIpv6"),
        "PrefixListId": properties.get("SourcePrefixListId"),
        "ReferencedGroupInfo": None if group is None else {"GroupId": group},
        "Description": properties.get("Description"),
        "Doubt": properties.get("Doubt"),
    }


def _group(_: Stack, __: str, properties: Properties) -> tuple[str, Properties]:
    rules = [
        rule(each) if isinstance(each, Mapping) else each
        for each in items(properties.get("SecurityGroupIngress"))
    ]
    return "AWS::EC2::SecurityGroup", {
        **properties,
        "IpPermissions": rules,
        "Aliases": [properties.get("GroupName")],
    }


def _ingress(_: Stack, __: str, properties: Properties) -> tuple[str, Properties]:
    owner = first_known(properties.get("GroupId"), properties.get("GroupName"))
    return "AWS::EC2::SecurityGroupRule", {**rule(properties), "GroupId": owner, "IsEgress": False}


def _subnet(_: Stack, __: str, properties: Properties) -> tuple[str, Properties]:
    six = properties.get("Ipv6CidrBlock")
    blocks = [] if six is None else [{"Ipv6CidrBlock": six}]
    return "AWS::EC2::Subnet", {**properties, "Ipv6CidrBlockAssociationSet": blocks}


def _peering(_: Stack, __: str, properties: Properties) -> tuple[str, Properties]:
    return "AWS::EC2::VPCPeeringConnection", {
        "RequesterVpcInfo": {"VpcId": properties.get("VpcId")},
        "AccepterVpcInfo": {"VpcId": properties.get("PeerVpcId")},
    }


def _interfaces(value: Any) -> list[Any]:
    found: list[Any] = []
    for each in items(value):
        if isinstance(each, Mapping):
            groups = first_known(each.get("GroupSet"), each.get("Groups"))
            found.append({**each, "Groups": groups})
        else:
            found.append(each)
    return found


def _interface(_: Stack, __: str, properties: Properties) -> tuple[str, Properties]:
    return "AWS::EC2::NetworkInterface", {**properties, "Groups": properties.get("GroupSet")}


def _launch(stack: Stack, properties: Properties) -> Properties:
    """What a launch template or configuration says, in the names of an instance."""
    configuration = properties.get("LaunchConfigurationName")
    found = stack.find("AWS::AutoScaling::LaunchConfiguration", configuration)
    if found is not None:
        return {
            "SecurityGroupIds": found.get("SecurityGroups"),
            "AssociatePublicIpAddress": found.get("AssociatePublicIpAddress"),
        }
    named = first_known(
        properties.get("LaunchTemplate"),
        get(properties, "MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification"),
    )
    template_id = first_known(get(named, "LaunchTemplateId"), get(named, "LaunchTemplateName"))
    template = stack.find("AWS::EC2::LaunchTemplate", template_id)
    if template is None and template_id is not None:
        for _, each in stack.of("AWS::EC2::LaunchTemplate"):
            if each.get("LaunchTemplateName") == template_id and isinstance(template_id, str):
                template = each
    if template is not None:
        data = template.get("LaunchTemplateData")
        if isinstance(data, Unknown):
            return {"SecurityGroupIds": data, "AssociatePublicIpAddress": data}
        first: Any = next(iter(items(get(data, "NetworkInterfaces"))), {})
        groups = first_known(get(data, "SecurityGroupIds"), get(data, "SecurityGroups"), get(first, "Groups"))
        return {
            "SecurityGroupIds": groups,
            "AssociatePublicIpAddress": get(first, "AssociatePublicIpAddress"),
            "SubnetId": get(first, "SubnetId"),
        }
    if configuration is not None or named is not None:
        missing = (
            named
            if isinstance(named, Unknown)
            else configuration
            if isinstance(configuration, Unknown)
            else None
        )
        missing = missing or Unknown("launch template", "the launch template is not in the template")
        return {"SecurityGroupIds": missing, "AssociatePublicIpAddress": missing}
    return {}


def _instance(stack: Stack, _: str, properties: Properties) -> tuple[str, Properties]:
    given = _launch(stack, properties)
    groups = first_known(
        properties.get("SecurityGroupIds"), properties.get("SecurityGroups"), given.get("SecurityGroupIds")
    )
    return "AWS::EC2::Instance", {
        "SubnetId": first_known(properties.get("SubnetId"), given.get("SubnetId")),
        "SecurityGroups": groups,
        "PrivateIpAddress": properties.get("PrivateIpAddress"),
        "Ipv6AddressCount": properties.get("Ipv6AddressCount"),
        "Ipv6Addresses": properties.get("Ipv6Addresses"),
        "AssociatePublicIpAddress": given.get("AssociatePublicIpAddress"),
        "NetworkInterfaces": _interfaces(properties.get("NetworkInterfaces")),
    }


def _scaling(stack: Stack, _: str, properties: Properties) -> tuple[str, Properties]:
    given = _launch(stack, properties)
    zones = properties.get("VPCZoneIdentifier")
    if isinstance(zones, str):
        zones = [each.strip() for each in zones.split(",")]
    return "AWS::AutoScaling::AutoScalingGroup", {
        "VPCZoneIdentifier": first_known(zones, given.get("SubnetId")),
        "SecurityGroups": given.get("SecurityGroupIds"),
        "AssociatePublicIpAddress": given.get("AssociatePublicIpAddress"),
        "TargetGroupARNs": properties.get("TargetGroupARNs"),
        "LoadBalancerNames": properties.get("LoadBalancerNames"),
    }


def _service(_: Stack, __: str, properties: Properties) -> tuple[str, Properties]:
    inner = get(properties, "NetworkConfiguration", "AwsvpcConfiguration")
    public = get(inner, "AssignPublicIp")
    balancers = [
        {"targetGroupArn": get(each, "TargetGroupArn"), "containerPort": get(each, "ContainerPort")}
        for each in items(properties.get("LoadBalancers"))
    ]
    return "AWS::ECS::Service", {
        "subnets": get(inner, "Subnets"),
        "securityGroups": get(inner, "SecurityGroups"),
        "assignPublicIp": public if isinstance(public, Unknown) else public == "ENABLED",
        "loadBalancers": balancers,
    }


def _balancer(_: Stack, __: str, properties: Properties) -> tuple[str, Properties]:
    subnets = properties.get("Subnets")
    zones = [{"SubnetId": each} for each in items(subnets)]
    zones += [{"SubnetId": get(each, "SubnetId")} for each in items(properties.get("SubnetMappings"))]
    return "AWS::ElasticLoadBalancingV2::LoadBalancer", {
        **properties,
        "AvailabilityZones": zones,
        "Subnets": None,
        "LoadBalancerName": properties.get("Name"),
        "Type": first_known(properties.get("Type"), "application"),
    }


def _classic(_: Stack, __: str, properties: Properties) -> tuple[str, Properties]:
    listeners = [
        each if isinstance(each, Unknown) else {"Listener": each}
        for each in items(properties.get("Listeners"))
    ]
    return "AWS::ElasticLoadBalancing::LoadBalancer", {
        **properties,
        "ListenerDescriptions": listeners,
        "AvailabilityZones": None,
        "Aliases": [properties.get("LoadBalancerName")],
    }


def _subnet_group(kind: str, key: str) -> Shape:
    def shape(_: Stack, __: str, properties: Properties) -> tuple[str, Properties]:
        return kind, {"Subnets": properties.get("SubnetIds"), "Aliases": [properties.get(key)]}

    return shape


def _relational(kind: str) -> Shape:
    def shape(stack: Stack, _: str, properties: Properties) -> tuple[str, Properties]:
        source = stack.find(kind, properties.get("SourceDBInstanceIdentifier"))
        engine = (
            properties.get("Engine")
            if source is None
            else first_known(properties.get("Engine"), source.get("Engine"))
        )
        return kind, {
            **properties,
            "Engine": engine,
            "Port": first_known(properties.get("Port"), properties.get("DBPort")),
            "VpcSecurityGroups": first_known(
                properties.get("VPCSecurityGroups"), properties.get("VpcSecurityGroupIds")
            ),
            "DBSubnetGroup": properties.get("DBSubnetGroupName"),
            "Endpoint": None,
            "Aliases": [properties.get("DBClusterIdentifier")] if kind.endswith("Cluster") else [],
        }

    return shape


def _cache(kind: str) -> Shape:
    def shape(_: Stack, __: str, properties: Properties) -> tuple[str, Properties]:
        token = properties.get("AuthToken")
        return kind, {
            **properties,
            "SecurityGroups": first_known(
                properties.get("VpcSecurityGroupIds"), properties.get("SecurityGroupIds")
            ),
            "AuthTokenEnabled": None if token is None else True,
        }

    return shape


def _bucket(stack: Stack, name: str, properties: Properties) -> tuple[str, Properties]:
    own = {name, properties.get("BucketName")} - {None}
    statements: list[Any] = []
    for _, policy in stack.of("AWS::S3::BucketPolicy"):
        wanted = policy.get("Bucket")
        if isinstance(wanted, str) and wanted in own:
            document = policy.get("PolicyDocument")
            statements += [document] if isinstance(document, Unknown) else items(get(document, "Statement"))
    return "AWS::S3::Bucket", {
        "Name": properties.get("BucketName"),
        "ACL": properties.get("AccessControl"),
        "PublicAccessBlockConfiguration": properties.get("PublicAccessBlockConfiguration"),
        "Policy": {"Statement": statements} if statements else None,
    }


_EC2: Final = "AWS::EC2::"
_V2: Final = "AWS::ElasticLoadBalancingV2::"
_PLAIN: Final = (
    "VPC", "VPCCidrBlock", "InternetGateway", "EgressOnlyInternetGateway", "NatGateway", "VPNGateway", "TransitGateway", "VPCEndpoint",
    "VPCGatewayAttachment", "RouteTable", "Route", "SubnetRouteTableAssociation", "NetworkAcl", "NetworkAclEntry",
    "SubnetNetworkAclAssociation", "EIPAssociation", "NetworkInterfaceAttachment", "VPCBlockPublicAccessOptions",
    "VPCBlockPublicAccessExclusion", "EIP",
)  # fmt: skip
SHAPES: Final[dict[str, Shape]] = {
    **{f"{_EC2}{kind}": _same(f"{_EC2}{kind}") for kind in _PLAIN},
    f"{_EC2}Subnet": _subnet,
    f"{_EC2}SecurityGroup": _group,
    f"{_EC2}SecurityGroupIngress": _ingress,
    f"{_EC2}PrefixList": _with_alias(f"{_EC2}PrefixList", "PrefixListName"),
    f"{_EC2}VPCPeeringConnection": _peering,
    f"{_EC2}NetworkInterface": _interface,
    f"{_EC2}Instance": _instance,
    "AWS::AutoScaling::AutoScalingGroup": _scaling,
    "AWS::ECS::Service": _service,
    f"{_V2}LoadBalancer": _balancer,
    f"{_V2}Listener": _same(f"{_V2}Listener"),
    f"{_V2}ListenerRule": _same(f"{_V2}ListenerRule"),
    f"{_V2}TargetGroup": _same(f"{_V2}TargetGroup", Attributes="TargetGroupAttributes"),
    "AWS::ElasticLoadBalancing::LoadBalancer": _classic,
    **{
        f"AWS::{family}::{kind}": _relational(f"AWS::{family}::{kind}")
        for family in ("RDS", "DocDB", "Neptune")
        for kind in ("DBInstance", "DBCluster")
    },
    **{
        f"AWS::{family}::DBSubnetGroup": _subnet_group(f"AWS::{family}::DBSubnetGroup", "DBSubnetGroupName")
        for family in ("RDS", "DocDB", "Neptune")
    },
    "AWS::Redshift::Cluster": _same("AWS::Redshift::Cluster", VpcSecurityGroups="VpcSecurityGroupIds"),
    "AWS::Redshift::ClusterSubnetGroup": _subnet_group(
        "AWS::Redshift::ClusterSubnetGroup", "ClusterSubnetGroupName"
    ),
    "AWS::RedshiftServerless::Workgroup": _same(
        "AWS::RedshiftServerless::Workgroup",
        port="Port",
        publiclyAccessible="PubliclyAccessible",
        securityGroupIds="SecurityGroupIds",
        subnetIds="SubnetIds",
        workgroupName="WorkgroupName",
    ),
    **{
        f"AWS::ElastiCache::{kind}": _cache(f"AWS::ElastiCache::{kind}")
        for kind in ("CacheCluster", "ReplicationGroup", "ServerlessCache")
    },
    "AWS::ElastiCache::SubnetGroup": _subnet_group("AWS::ElastiCache::SubnetGroup", "CacheSubnetGroupName"),
    "AWS::MemoryDB::Cluster": _same(
        "AWS::MemoryDB::Cluster", SecurityGroups="SecurityGroupIds", Name="ClusterName"
    ),
    "AWS::MemoryDB::SubnetGroup": _subnet_group("AWS::MemoryDB::SubnetGroup", "SubnetGroupName"),
    "AWS::OpenSearchService::Domain": _same("AWS::OpenSearchService::Domain"),
    "AWS::Elasticsearch::Domain": _same("AWS::Elasticsearch::Domain"),
    "AWS::MSK::Cluster": _same("AWS::MSK::Cluster"),
    "AWS::DMS::ReplicationInstance": _same(
        "AWS::DMS::ReplicationInstance",
        VpcSecurityGroups="VpcSecurityGroupIds",
        ReplicationSubnetGroup="ReplicationSubnetGroupIdentifier",
    ),
    "AWS::DMS::ReplicationSubnetGroup": _subnet_group(
        "AWS::DMS::ReplicationSubnetGroup", "ReplicationSubnetGroupIdentifier"
    ),
    "AWS::EFS::MountTarget": _same("AWS::EFS::MountTarget"),
    "AWS::S3::Bucket": _bucket,
}
"""By type; those that bear on reach and are understood."""
NOT_UNDERSTOOD: Final[dict[str, str]] = {
    "AWS::CloudFormation::Stack": "a nested stack; give its template too",
    "AWS::CloudFormation::StackSet": "stacks in other accounts; give their template too",
    "AWS::NetworkFirewall::Firewall": "AWS Network Firewall is not understood",
    "AWS::NetworkFirewall::FirewallPolicy": "AWS Network Firewall is not understood",
    "AWS::EC2::EC2Fleet": "instances of a fleet are not looked at",
    "AWS::EC2::SpotFleet": "instances of a fleet are not looked at",
    "AWS::EMR::Cluster": "nodes of EMR clusters are not looked at",
    "AWS::EKS::Cluster": "nodes and the API of EKS clusters are not looked at",
    "AWS::EKS::Nodegroup": "nodes of EKS clusters are not looked at",
    "AWS::AmazonMQ::Broker": "brokers of Amazon MQ are not looked at",
    "AWS::DAX::Cluster": "DAX clusters are not looked at",
    "AWS::FSx::FileSystem": "file systems of FSx are not looked at",
    "AWS::Transfer::Server": "servers of AWS Transfer are not looked at",
    "AWS::GlobalAccelerator::Accelerator": "accelerators as a way in are not looked at",
    "AWS::GlobalAccelerator::EndpointGroup": "accelerators as a way in are not looked at",
    "AWS::EC2::SecurityGroupVpcAssociation": "groups shared between networks are not looked at",
    "AWS::RDS::DBProxy": "database proxies are not looked at",
    "AWS::OpenSearchServerless::Collection": "serverless collections are not looked at",
    "AWS::Timestream::InfluxDBInstance": "Timestream for InfluxDB is not looked at",
    "AWS::Lightsail::Instance": "instances of Lightsail and their open ports are not looked at",
    "AWS::Lightsail::Database": "databases of Lightsail are not looked at",
    "AWS::Lightsail::Container": "container services of Lightsail are not looked at",
    "AWS::Lightsail::LoadBalancer": "load balancers of Lightsail are not looked at",
    "AWS::ElasticBeanstalk::Environment": "what Elastic Beanstalk makes is not known; give live answers",
    "AWS::DocDBElastic::Cluster": "elastic clusters of DocumentDB are not looked at",
    "AWS::VpcLattice::Service": "services of VPC Lattice are not looked at",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "a product with a template of its own; give that too",
}


def not_understood(kind: str) -> str:
    """Why a resource of this type is not looked at although it may bear on reach; empty if it is, or does not."""
    if kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource":
        return "what a custom resource makes is not known; give live answers"
    return NOT_UNDERSTOOD.get(kind, "")
