"""Terraform's AWS stores in the shapes of ``lower_aws``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.terraform._aws_hosts import flag, joined
from hushdesk.guard.dialects.terraform._block import Block, doubt_of, many
from hushdesk.guard.dialects.terraform._shapes import Blocks, Shape, each, ids_of, made, renamed, single

_GRANTS: Final = {
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
}


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
                "PubliclyAccessible": flag(public) if public is not None else False,
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
            "PubliclyAccessible": flag(public) if public is not None else True,
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
                "TransitEncryptionEnabled": flag(single(block.get("transit_encryption_enabled"))),
            },
        )

    return shape


def _workgroup(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "AWS::RedshiftServerless::Workgroup",
        {
            "port": single(block.get("port")),
            "publiclyAccessible": flag(single(block.get("publicly_accessible", False))),
            "securityGroupIds": block.get("security_group_ids"),
            "subnetIds": block.get("subnet_ids"),
        },
    )


def _replication(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "AWS::DMS::ReplicationInstance",
        {
            "PubliclyAccessible": flag(single(block.get("publicly_accessible", False))),
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
        "".join(part.title() for part in name.split("_")): flag(single(block.get(name, False)))
        for name in names
    }
    doubt = doubt_of(block.values) or block.doubt
    # One that may not exist protects nothing.
    return dict.fromkeys(found, False) if doubt else found


def _account_block(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(block, "AWS::S3::AccountPublicAccessBlock", _access_block(block))


STORES: Final[dict[str, Shape]] = {
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
    "aws_opensearch_domain_policy": joined,
    "aws_elasticsearch_domain_policy": joined,
    "aws_msk_cluster": _kafka,
    "aws_dms_replication_instance": _replication,
    "aws_efs_mount_target": _mount_target,
    "aws_efs_file_system": joined,
    "aws_s3_bucket": _bucket,
    "aws_s3_bucket_policy": joined,
    "aws_s3_bucket_acl": joined,
    "aws_s3_bucket_public_access_block": joined,
    "aws_s3_account_public_access_block": _account_block,
}
