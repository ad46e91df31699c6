"""Terraform's AWS machines, balancers and stores in the shapes of ``lower_aws``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.terraform._aws_network import plain
from hushdesk.guard.dialects.terraform._block import Block, doubt_of, many
from hushdesk.guard.dialects.terraform._shapes import Blocks, Shape, each, ids_of, made, renamed, single

_TEMPLATES: Final = ("aws_launch_template", "aws_launch_configuration")
_GRANTS: Final = {
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
}


def _template(block: Block, blocks: Blocks) -> dict[str, Any]:
    """What a launch template or launch configuration says about the network of its instances."""
    reference = single(block.get("launch_configuration"))
    inner = block.first("launch_template") or _specified(block)
    wanted = reference or single(inner.get("id") or inner.get("launch_template_id") or inner.get("name"))
    if wanted is None:
        wanted = single(inner.get("launch_template_name"))
    if wanted is None:
        return {}
    found = blocks.find(wanted, *_TEMPLATES)
    if found is None:
        why = "the launch template is not among the documents; add it"
        unknown = wanted if isinstance(wanted, Unknown) else Unknown(str(wanted), why)
        return {"SecurityGroups": unknown, "AssociatePublicIpAddress": unknown}
    interface = found.first("network_interfaces")
    groups = (
        found.get("vpc_security_group_ids")
        or found.get("security_groups")
        or interface.get("security_groups")
    )
    public = interface.get("associate_public_ip_address")
    if public is None:
        public = found.get("associate_public_ip_address")
    return {
        "SecurityGroups": each(groups, "GroupId"),
        "AssociatePublicIpAddress": _flag(public),
        "SubnetId": single(interface.get("subnet_id")),
        "NetworkInterfaceId": single(interface.get("network_interface_id")),
    }


def _specified(block: Block) -> Mapping[str, Any]:
    policy = block.first("mixed_instances_policy")
    template = Block(type="", address="", id="", values=policy, place=block.place).first("launch_template")
    return Block(type="", address="", id="", values=template, place=block.place).first(
        "launch_template_specification"
    )


def _flag(value: Any) -> Any:
    """A provider takes texts for a yes or no."""
    return value.lower() == "true" if isinstance(value, str) and value.lower() in {"true", "false"} else value


def _instance(block: Block, blocks: Blocks) -> Iterator[Resource]:
    from_template = _template(block, blocks)
    groups = block.get("vpc_security_group_ids")
    if groups is None:
        groups = block.get("security_groups")
    interfaces = [
        one if isinstance(one, Unknown) else {"NetworkInterfaceId": single(one.get("network_interface_id"))}
        for one in [*block.blocks("network_interface"), *block.blocks("primary_network_interface")]
    ]
    public = _flag(single(block.get("associate_public_ip_address")))
    yield made(
        block,
        "AWS::EC2::Instance",
        {
            "SubnetId": single(block.get("subnet_id")) or from_template.get("SubnetId"),
            "SecurityGroups": each(groups, "GroupId")
            if groups is not None
            else from_template.get("SecurityGroups"),
            "NetworkInterfaces": interfaces or None,
            "AssociatePublicIpAddress": public
            if public is not None
            else from_template.get("AssociatePublicIpAddress"),
            "Ipv6AddressCount": single(block.get("ipv6_address_count")),
            "PublicIpAddress": single(block.get("public_ip")) or None,
            "PrivateIpAddress": single(block.get("private_ip")) or None,
        },
    )


def _scaling_group(block: Block, blocks: Blocks) -> Iterator[Resource]:
    template = _template(block, blocks)
    balancers = many(block.get("load_balancers"))
    targets = many(block.get("target_group_arns"))
    for one in blocks.pointing(block, "autoscaling_group_name", "aws_autoscaling_attachment"):
        targets += many(one.get("lb_target_group_arn") or one.get("alb_target_group_arn"))
        balancers += many(one.get("elb"))
    yield made(
        block,
        "AWS::AutoScaling::AutoScalingGroup",
        {
            "VPCZoneIdentifier": block.get("vpc_zone_identifier"),
            "SecurityGroups": template.get("SecurityGroups"),
            "AssociatePublicIpAddress": template.get("AssociatePublicIpAddress"),
            "TargetGroupARNs": targets or None,
            "LoadBalancerNames": balancers or None,
        },
    )


def _service(block: Block, _: Blocks) -> Iterator[Resource]:
    network = block.first("network_configuration")
    balancers = [
        one
        if isinstance(one, Unknown)
        else {"targetGroupArn": one.get("target_group_arn"), "containerPort": one.get("container_port")}
        for one in block.blocks("load_balancer")
    ]
    yield made(
        block,
        "AWS::ECS::Service",
        {
            "subnets": network.get("subnets"),
            "securityGroups": network.get("security_groups"),
            "assignPublicIp": _flag(network.get("assign_public_ip")),
            "loadBalancers": balancers,
        },
    )


def _balancer(block: Block, _: Blocks) -> Iterator[Resource]:
    internal = _flag(single(block.get("internal", False)))
    zones: list[Any] = each(block.get("subnets"), "SubnetId") or []
    zones += [
        one if isinstance(one, Unknown) else {"SubnetId": one.get("subnet_id")}
        for one in block.blocks("subnet_mapping")
    ]
    yield made(
        block,
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {
            "LoadBalancerName": single(block.get("name")),
            "DNSName": single(block.get("dns_name")),
            "Scheme": internal
            if isinstance(internal, Unknown)
            else "internal"
            if internal
            else "internet-facing",
            "Type": single(block.get("load_balancer_type", "application")),
            "AvailabilityZones": zones,
            "SecurityGroups": block.get("security_groups"),
            "Aliases": ids_of(block.get("arn")),
        },
    )


def _actions(blocks: list[Any]) -> list[Any]:
    found: list[Any] = []
    for one in blocks:
        if isinstance(one, Unknown):
            found.append(one)
            continue
        action = {"Type": one.get("type"), "TargetGroupArn": single(one.get("target_group_arn"))}
        for forward in many(one.get("forward")):
            targets = [
                inner if isinstance(inner, Unknown) else {"TargetGroupArn": inner.get("arn")}
                for inner in (
                    many(forward.get("target_group")) if isinstance(forward, Mapping) else [forward]
                )
            ]
            action["ForwardConfig"] = {"TargetGroups": targets}
        found.append({key: value for key, value in action.items() if value is not None})
    return found


def _listener(block: Block, _: Blocks) -> Iterator[Resource]:
    properties = renamed(
        block, {"LoadBalancerArn": "load_balancer_arn", "Port": "port", "Protocol": "protocol"}
    )
    properties["DefaultActions"] = _actions(block.blocks("default_action"))
    properties["Aliases"] = ids_of(block.get("arn"))
    yield made(block, "AWS::ElasticLoadBalancingV2::Listener", properties)


def _listener_rule(block: Block, _: Blocks) -> Iterator[Resource]:
    properties = {
        "ListenerArn": single(block.get("listener_arn")),
        "Actions": _actions(block.blocks("action")),
    }
    yield made(block, "AWS::ElasticLoadBalancingV2::ListenerRule", properties)


def _target_group(block: Block, _: Blocks) -> Iterator[Resource]:
    properties = renamed(block, {"Port": "port", "Protocol": "protocol", "TargetType": "target_type"})
    keep = single(block.get("preserve_client_ip"))
    if keep is not None:
        value = keep if isinstance(keep, Unknown) else str(keep).lower()
        properties["Attributes"] = [{"Key": "preserve_client_ip.enabled", "Value": value}]
    properties["Aliases"] = [*ids_of(block.get("arn")), *ids_of(block.get("name"))]
    yield made(block, "AWS::ElasticLoadBalancingV2::TargetGroup", properties)


def _classic(block: Block, blocks: Blocks) -> Iterator[Resource]:
    internal = _flag(single(block.get("internal", False)))
    listeners = [
        one
        if isinstance(one, Unknown)
        else {
            "Listener": {
                "Protocol": one.get("lb_protocol"),
                "LoadBalancerPort": one.get("lb_port"),
                "InstancePort": one.get("instance_port"),
            }
        }
        for one in block.blocks("listener")
    ]
    instances = many(block.get("instances"))
    instances += [single(one.get("instance")) for one in blocks.pointing(block, "elb", "aws_elb_attachment")]
    yield made(
        block,
        "AWS::ElasticLoadBalancing::LoadBalancer",
        {
            "Scheme": internal
            if isinstance(internal, Unknown)
            else "internal"
            if internal
            else "internet-facing",
            "DNSName": single(block.get("dns_name")),
            "ListenerDescriptions": listeners,
            "Subnets": block.get("subnets"),
            "SecurityGroups": block.get("security_groups"),
            "Instances": each(instances, "InstanceId"),
            "Aliases": [*ids_of(block.get("arn")), *ids_of(block.get("name"))],
        },
    )


# Stores -----------------------------------------------------------------------------------------------------------------


def _subnet_group(type_: str) -> Shape:
    def shape(block: Block, _: Blocks) -> Iterator[Resource]:
        yield made(
            block,
            type_,
            {
                "Subnets": each(block.get("subnet_ids"), "SubnetIdentifier") or [],
                "VpcId": single(block.get("vpc_id")),
                "Aliases": [*ids_of(block.get("name")), *ids_of(block.get("arn"))],
            },
        )

    return shape


def _database(type_: str, engine: str = "") -> Shape:
    def shape(block: Block, _: Blocks) -> Iterator[Resource]:
        public = single(block.get("publicly_accessible"))
        port = single(block.get("port"))
        address = single(block.get("address")) or None
        yield made(
            block,
            type_,
            {
                "Engine": single(block.get("engine")) or engine or None,
                "Endpoint": {
                    key: value for key, value in (("Port", port), ("Address", address)) if value is not None
                },
                "PubliclyAccessible": _flag(public) if public is not None else False,
                "VpcSecurityGroups": each(block.get("vpc_security_group_ids"), "VpcSecurityGroupId"),
                "DBSubnetGroup": single(
                    block.get("db_subnet_group_name") or block.get("neptune_subnet_group_name")
                ),
                "DBClusterIdentifier": single(block.get("cluster_identifier")),
                "DBSecurityGroups": block.get("security_group_names"),
            },
        )

    return shape


def _cluster(type_: str, engine: str = "") -> Shape:
    def shape(block: Block, _: Blocks) -> Iterator[Resource]:
        yield made(
            block,
            type_,
            {
                "Engine": single(block.get("engine")) or engine or None,
                "Port": single(block.get("port")),
                "VpcSecurityGroups": each(block.get("vpc_security_group_ids"), "VpcSecurityGroupId"),
                "DBSubnetGroup": single(
                    block.get("db_subnet_group_name") or block.get("neptune_subnet_group_name")
                ),
                "Aliases": [*ids_of(block.get("cluster_identifier")), *ids_of(block.get("arn"))],
            },
        )

    return shape


def _redshift(block: Block, _: Blocks) -> Iterator[Resource]:
    port, public = single(block.get("port")), single(block.get("publicly_accessible"))
    yield made(
        block,
        "AWS::Redshift::Cluster",
        {
            "Endpoint": {"Port": port} if port is not None else None,
            # Providers before version 6 make it public unless told otherwise.
            "PubliclyAccessible": _flag(public) if public is not None else True,
            "VpcSecurityGroups": each(block.get("vpc_security_group_ids"), "VpcSecurityGroupId"),
            "ClusterSubnetGroupName": single(block.get("cluster_subnet_group_name")),
        },
    )


def _cache(type_: str) -> Shape:
    def shape(block: Block, _: Blocks) -> Iterator[Resource]:
        token = block.get("auth_token")
        yield made(
            block,
            type_,
            {
                "Engine": single(block.get("engine")),
                "Port": single(block.get("port")),
                "SecurityGroups": each(block.get("security_group_ids"), "SecurityGroupId"),
                "CacheSubnetGroupName": single(block.get("subnet_group_name")),
                "SubnetIds": block.get("subnet_ids"),
                "AuthTokenEnabled": token is not None and token != "",
                "UserGroupIds": block.get("user_group_ids") or block.get("user_group_id"),
                "TransitEncryptionEnabled": _flag(single(block.get("transit_encryption_enabled"))),
            },
        )

    return shape


def _workgroup(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "AWS::RedshiftServerless::Workgroup",
        {
            "port": single(block.get("port")),
            "publiclyAccessible": _flag(single(block.get("publicly_accessible", False))),
            "securityGroupIds": block.get("security_group_ids"),
            "subnetIds": block.get("subnet_ids"),
        },
    )


def _replication(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "AWS::DMS::ReplicationInstance",
        {
            "PubliclyAccessible": _flag(single(block.get("publicly_accessible", False))),
            "VpcSecurityGroups": each(block.get("vpc_security_group_ids"), "VpcSecurityGroupId"),
            "ReplicationSubnetGroup": single(block.get("replication_subnet_group_id")),
        },
    )


def _mount_target(block: Block, _: Blocks) -> Iterator[Resource]:
    properties = renamed(block, {"FileSystemId": "file_system_id", "SubnetId": "subnet_id"})
    yield made(block, "AWS::EFS::MountTarget", {**properties, "SecurityGroups": block.get("security_groups")})


def _memory(block: Block, _: Blocks) -> Iterator[Resource]:
    properties = renamed(
        block,
        {
            "Port": "port",
            "SubnetGroupName": "subnet_group_name",
            "ACLName": "acl_name",
            "TLSEnabled": "tls_enabled",
        },
    )
    properties["SecurityGroups"] = each(block.get("security_group_ids"), "SecurityGroupId")
    yield made(block, "AWS::MemoryDB::Cluster", properties)


def _domain(type_: str) -> Shape:
    def shape(block: Block, blocks: Blocks) -> Iterator[Resource]:
        options = block.first("vpc_options")
        policy = single(block.get("access_policies"))
        for one in (
            *blocks.of("aws_elasticsearch_domain_policy"),
            *blocks.of("aws_opensearch_domain_policy"),
        ):
            name = single(one.get("domain_name"))
            if isinstance(name, str) and name in {block.id, block.address, block.get("domain_name")}:
                policy = single(one.get("access_policies"))
        security, endpoint = block.first("advanced_security_options"), block.first("domain_endpoint_options")
        yield made(
            block,
            type_,
            {
                "DomainName": single(block.get("domain_name")),
                "EngineVersion": single(block.get("engine_version")),
                "ElasticsearchVersion": single(block.get("elasticsearch_version")),
                "Endpoint": single(block.get("endpoint")) or None,
                "AccessPolicies": policy,
                "VPCOptions": {
                    "SubnetIds": options.get("subnet_ids"),
                    "SecurityGroupIds": options.get("security_group_ids"),
                }
                if options
                else None,
                "AdvancedSecurityOptions": {"Enabled": security.get("enabled")} if security else None,
                "DomainEndpointOptions": {"EnforceHTTPS": endpoint.get("enforce_https")}
                if endpoint
                else None,
            },
        )

    return shape


def _kafka(block: Block, _: Blocks) -> Iterator[Resource]:
    nodes = block.first("broker_node_group_info")
    info = Block(type="", address="", id="", values=nodes, place=block.place).first("connectivity_info")
    access = Block(type="", address="", id="", values=info, place=block.place).first("public_access")
    said = {
        "ClientSubnets": nodes.get("client_subnets"),
        "SecurityGroups": nodes.get("security_groups"),
        "ConnectivityInfo": {"PublicAccess": {"Type": access.get("type")}} if access else None,
    }
    group = {key: value for key, value in said.items() if value is not None}
    yield made(block, "AWS::MSK::Cluster", {"BrokerNodeGroupInfo": group})


def _bucket(block: Block, blocks: Blocks) -> Iterator[Resource]:
    policy, acl = single(block.get("policy")) or None, single(block.get("acl"))
    grants: list[Any] = [
        one if isinstance(one, Unknown) else {"Grantee": {"URI": one.get("uri")}, "Permission": permission}
        for one in block.blocks("grant")
        for permission in (many(one.get("permissions")) if isinstance(one, Mapping) else [None])
    ]
    shut: dict[str, Any] = {}
    for one in _of_bucket(block, blocks, "aws_s3_bucket_policy"):
        policy = single(one.get("policy"))
    for one in _of_bucket(block, blocks, "aws_s3_bucket_acl"):
        acl = single(one.get("acl")) or acl
        grants += _grants_of(one)
    for one in _of_bucket(block, blocks, "aws_s3_bucket_public_access_block"):
        shut = _access_block(one)
    yield made(
        block,
        "AWS::S3::Bucket",
        {
            "Policy": policy,
            "ACL": acl,
            "Grants": grants or None,
            "PublicAccessBlockConfiguration": shut or None,
            "Aliases": [*ids_of(block.get("bucket")), *ids_of(block.get("arn"))],
        },
    )


def _of_bucket(block: Block, blocks: Blocks, type_: str) -> Iterator[Block]:
    for one in blocks.of(type_):
        value = single(one.get("bucket"))
        if isinstance(value, str) and value in {block.id, block.address, block.get("bucket")}:
            yield one


def _grants_of(block: Block) -> Iterator[Any]:
    for policy in block.blocks("access_control_policy"):
        if isinstance(policy, Unknown):
            yield policy
            continue
        for grant in many(policy.get("grant")):
            if isinstance(grant, Unknown):
                yield grant
                continue
            grantee: Any = next(iter(many(grant.get("grantee"))), {})
            uri = grantee if isinstance(grantee, Unknown) else grantee.get("uri")
            if isinstance(uri, Unknown) or uri in _GRANTS:
                yield {"Grantee": {"URI": uri}, "Permission": grant.get("permission")}


def _access_block(block: Block) -> dict[str, Any]:
    names = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    found = {
        "".join(part.title() for part in name.split("_")): _flag(single(block.get(name, False)))
        for name in names
    }
    doubt = doubt_of(block.values) or block.doubt
    # One that may not exist protects nothing.
    return dict.fromkeys(found, False) if doubt else found


def _account_block(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(block, "AWS::S3::AccountPublicAccessBlock", _access_block(block))


def _joined(_: Block, __: Blocks) -> Iterator[Resource]:
    """Taken into the resource that it belongs to."""
    yield from ()


HOSTS: Final[dict[str, Shape]] = {
    "aws_instance": _instance,
    "aws_spot_instance_request": _instance,
    "aws_autoscaling_group": _scaling_group,
    "aws_autoscaling_attachment": _joined,
    "aws_launch_template": _joined,
    "aws_launch_configuration": _joined,
    "aws_ecs_service": _service,
    "aws_lb": _balancer,
    "aws_alb": _balancer,
    "aws_lb_listener": _listener,
    "aws_alb_listener": _listener,
    "aws_lb_listener_rule": _listener_rule,
    "aws_alb_listener_rule": _listener_rule,
    "aws_lb_target_group": _target_group,
    "aws_alb_target_group": _target_group,
    "aws_lb_target_group_attachment": plain(
        "AWS::ElasticLoadBalancingV2::TargetGroupAttachment",
        TargetGroupArn="target_group_arn",
        TargetId="target_id",
        Port="port",
    ),
    "aws_elb": _classic,
    "aws_elb_attachment": _joined,
    "aws_db_instance": _database("AWS::RDS::DBInstance"),
    "aws_rds_cluster_instance": _database("AWS::RDS::DBInstance"),
    "aws_rds_cluster": _cluster("AWS::RDS::DBCluster", "aurora-mysql"),
    "aws_docdb_cluster": _cluster("AWS::DocDB::DBCluster", "docdb"),
    "aws_docdb_cluster_instance": _database("AWS::DocDB::DBInstance", "docdb"),
    "aws_neptune_cluster": _cluster("AWS::Neptune::DBCluster", "neptune"),
    "aws_neptune_cluster_instance": _database("AWS::Neptune::DBInstance", "neptune"),
    "aws_db_subnet_group": _subnet_group("AWS::RDS::DBSubnetGroup"),
    "aws_docdb_subnet_group": _subnet_group("AWS::DocDB::DBSubnetGroup"),
    "aws_neptune_subnet_group": _subnet_group("AWS::Neptune::DBSubnetGroup"),
    "aws_redshift_subnet_group": _subnet_group("AWS::Redshift::ClusterSubnetGroup"),
    "aws_elasticache_subnet_group": _subnet_group("AWS::ElastiCache::SubnetGroup"),
    "aws_memorydb_subnet_group": _subnet_group("AWS::MemoryDB::SubnetGroup"),
    "aws_dms_replication_subnet_group": _subnet_group("AWS::DMS::ReplicationSubnetGroup"),
    "aws_redshift_cluster": _redshift,
    "aws_redshiftserverless_workgroup": _workgroup,
    "aws_elasticache_cluster": _cache("AWS::ElastiCache::CacheCluster"),
    "aws_elasticache_replication_group": _cache("AWS::ElastiCache::ReplicationGroup"),
    "aws_elasticache_serverless_cache": _cache("AWS::ElastiCache::ServerlessCache"),
    "aws_memorydb_cluster": _memory,
    "aws_opensearch_domain": _domain("AWS::OpenSearchService::Domain"),
    "aws_elasticsearch_domain": _domain("AWS::Elasticsearch::Domain"),
    "aws_opensearch_domain_policy": _joined,
    "aws_elasticsearch_domain_policy": _joined,
    "aws_msk_cluster": _kafka,
    "aws_dms_replication_instance": _replication,
    "aws_efs_mount_target": _mount_target,
    "aws_efs_file_system": _joined,
    "aws_s3_bucket": _bucket,
    "aws_s3_bucket_policy": _joined,
    "aws_s3_bucket_acl": _joined,
    "aws_s3_bucket_public_access_block": _joined,
    "aws_s3_account_public_access_block": _account_block,
}
