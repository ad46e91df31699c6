"""Terraform's Azure stores in the shapes of ``lower_azure``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.terraform._azure_network import given, joined, parent
from hushdesk.guard.dialects.terraform._block import Block, many, nested
from hushdesk.guard.dialects.terraform._shapes import Blocks, Shape, made, single

_SQL: Final = ("azurerm_mssql_server", "azurerm_sql_server")


def switch(value: Any, *, default: bool = True) -> Any:
    """A yes or no as ARM's ``publicNetworkAccess``."""
    found = single(value)
    if found is None:
        found = default
    if isinstance(found, Unknown):
        return found
    return "Disabled" if found is False or str(found).lower() in {"false", "disabled"} else "Enabled"


def _server(type_: str, **more: str) -> Shape:
    """A database server: whether it has a public endpoint, and the subnet that it stands in."""

    def shape(block: Block, _: Blocks) -> Iterator[Resource]:
        subnet = single(block.get("delegated_subnet_id")) or None
        network = given(delegatedSubnetResourceId=subnet) if subnet is not None else None
        yield made(
            block,
            type_,
            given(
                publicNetworkAccess=switch(
                    block.get("public_network_access_enabled", block.get("public_network_access"))
                ),
                network=network,
                **{theirs: single(block.get(ours)) for theirs, ours in more.items()},
            ),
        )

    return shape


def _rule(
    type_: str,
    owners: tuple[str, ...],
    by_id: str,
    by_name: str,
    start: str = "start_ip_address",
    end: str = "end_ip_address",
) -> Shape:
    def shape(block: Block, blocks: Blocks) -> Iterator[Resource]:
        yield made(
            block,
            f"{type_}/firewallRules",
            given(
                parentId=parent(block, blocks, by_id, by_name, *owners),
                startIpAddress=single(block.get(start)),
                endIpAddress=single(block.get(end)),
            ),
        )

    return shape


def _subnet_rule(type_: str, owners: tuple[str, ...], by_id: str, by_name: str) -> Shape:
    def shape(block: Block, blocks: Blocks) -> Iterator[Resource]:
        yield made(
            block,
            f"{type_}/virtualNetworkRules",
            {
                "parentId": parent(block, blocks, by_id, by_name, *owners),
                "virtualNetworkSubnetId": single(block.get("subnet_id")),
            },
        )

    return shape


def _cosmos(block: Block, _: Blocks) -> Iterator[Resource]:
    filter_ = block.get("ip_range_filter")
    words: list[Any] = []
    for text in many(filter_):
        words += (
            [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else [text]
        )
    yield made(
        block,
        "Microsoft.DocumentDB/databaseAccounts",
        given(
            kind=single(block.get("kind")),
            publicNetworkAccess=switch(block.get("public_network_access_enabled")),
            ipRules=[word if isinstance(word, Unknown) else {"ipAddressOrRange": word} for word in words],
            isVirtualNetworkFilterEnabled=single(block.get("is_virtual_network_filter_enabled", False)),
            virtualNetworkRules=[
                rule if isinstance(rule, Unknown) else {"id": single(rule.get("id"))}
                for rule in block.blocks("virtual_network_rule")
            ],
            capabilities=[
                found if isinstance(found, Unknown) else {"name": single(found.get("name"))}
                for found in block.blocks("capabilities")
            ],
        ),
    )


def _redis(block: Block, _: Blocks) -> Iterator[Resource]:
    settings = block.first("redis_configuration")
    asked = settings.get("authentication_enabled", settings.get("enable_authentication"))
    open_ = asked if isinstance(asked, Unknown) else "true" if asked is False else None
    plain = single(block.get("non_ssl_port_enabled", block.get("enable_non_ssl_port", False)))
    yield made(
        block,
        "Microsoft.Cache/Redis",
        given(
            publicNetworkAccess=switch(block.get("public_network_access_enabled")),
            subnetId=single(block.get("subnet_id")) or None,
            enableNonSslPort=plain,
            redisConfiguration=given(authnotrequired=open_),
        ),
    )


def _acls(inner: Any) -> Any:
    """The network rules of a storage account."""
    if isinstance(inner, Unknown):
        return inner
    return given(
        defaultAction=single(inner.get("default_action")),
        bypass=", ".join(str(word) for word in many(inner.get("bypass"))) or None,
        ipRules=[
            word if isinstance(word, Unknown) else {"value": word} for word in many(inner.get("ip_rules"))
        ],
        virtualNetworkRules=[
            word if isinstance(word, Unknown) else {"id": word}
            for word in many(inner.get("virtual_network_subnet_ids"))
        ],
    )


def _storage(block: Block, blocks: Blocks) -> Iterator[Resource]:
    rules = next(iter(nested(block.values.get("network_rules"))), None)
    acls = _acls(rules) if rules is not None else None
    for type_ in ("azurerm_storage_account_network_rules",):
        for key in ("storage_account_id", "storage_account_name"):
            for found in blocks.pointing(block, key, type_):
                acls = _acls(found.values)
                if found.doubt and isinstance(acls, dict):
                    acls["defaultAction"] = Unknown(found.address, found.doubt)
    public = single(block.get("allow_nested_items_to_be_public", block.get("allow_blob_public_access", True)))
    https = single(block.get("https_traffic_only_enabled", block.get("enable_https_traffic_only", True)))
    yield made(
        block,
        "Microsoft.Storage/storageAccounts",
        given(
            publicNetworkAccess=switch(block.get("public_network_access_enabled")),
            networkAcls=acls,
            allowBlobPublicAccess=public,
            supportsHttpsTrafficOnly=https,
        ),
    )


def _lone_rules(block: Block, blocks: Blocks) -> Iterator[Resource]:
    """Network rules whose storage account the input does not show: that account, as far as the rules tell."""
    for account in blocks:
        if account.type == "azurerm_storage_account":
            for key in ("storage_account_id", "storage_account_name"):
                if any(found.address == block.address for found in blocks.pointing(account, key, block.type)):
                    return
    yield made(block, "Microsoft.Storage/storageAccounts", given(networkAcls=_acls(block.values)))


def _container(block: Block, blocks: Blocks) -> Iterator[Resource]:
    account = parent(block, blocks, "storage_account_id", "storage_account_name", "azurerm_storage_account")
    access = single(block.get("container_access_type", "private"))
    public = access if isinstance(access, Unknown) else "None" if str(access).lower() == "private" else access
    name = single(block.get("name"))
    inner = f"{account}/blobServices/default/containers/{name}" if isinstance(account, str) else block.id
    yield Resource(
        type="Microsoft.Storage/storageAccounts/blobServices/containers",
        id=inner,
        name=block.address,
        properties={"publicAccess": public},
        place=block.place,
        doubt=block.doubt,
    )


def _listed_addresses(type_: str, key: str, *path: str) -> Shape:
    """A service with a plain list of allowed addresses."""

    def shape(block: Block, _: Blocks) -> Iterator[Resource]:
        values: Any = [
            word if isinstance(word, Unknown) else {"value": word} for word in many(block.get(key))
        ]
        inner: Any = values or None
        for name in reversed(path):
            inner = {name: inner} if inner is not None else None
        access = switch(block.get("public_network_access_enabled"))
        yield made(block, type_, {"publicNetworkAccess": access, **(inner or {})})

    return shape


def _kusto(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "Microsoft.Kusto/clusters",
        given(
            publicNetworkAccess=switch(block.get("public_network_access_enabled")),
            allowedIpRangeList=many(block.get("allowed_ip_ranges")) or None,
        ),
    )


def _managed_sql(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "Microsoft.Sql/managedInstances",
        given(
            subnetId=single(block.get("subnet_id")),
            publicDataEndpointEnabled=single(block.get("public_data_endpoint_enabled", False)),
        ),
    )


def _admin_rule(block: Block, blocks: Blocks) -> Iterator[Resource]:
    def sides(key: str) -> list[Any]:
        return [
            side
            if isinstance(side, Unknown)
            else given(
                addressPrefix=single(side.get("address_prefix")),
                addressPrefixType=single(side.get("address_prefix_type")),
            )
            for side in block.blocks(key)
        ]

    yield made(
        block,
        "Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules",
        given(
            parentId=parent(
                block, blocks, "admin_rule_collection_id", "", "azurerm_network_manager_admin_rule_collection"
            ),
            access=single(block.get("action")),
            direction=single(block.get("direction")),
            priority=single(block.get("priority")),
            protocol=single(block.get("protocol")),
            sources=sides("source"),
            destinations=sides("destination"),
            sourcePortRanges=many(block.get("source_port_ranges")) or None,
            destinationPortRanges=many(block.get("destination_port_ranges")) or None,
        ),
    )


def _admin_collection(block: Block, _: Blocks) -> Iterator[Resource]:
    groups = [
        word if isinstance(word, Unknown) else {"networkGroupId": word}
        for word in many(block.get("network_group_ids"))
    ]
    yield made(
        block,
        "Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections",
        {"appliesToGroups": groups},
    )


def _network_group(block: Block, blocks: Blocks) -> Iterator[Resource]:
    members = [
        given(resourceId=single(found.get("target_virtual_network_id")))
        for found in blocks.pointing(block, "network_group_id", "azurerm_network_manager_static_member")
    ]
    yield made(block, "Microsoft.Network/networkManagers/networkGroups", {"staticMembers": members})


def _synapse(block: Block, _: Blocks) -> Iterator[Resource]:
    access = switch(block.get("public_network_access_enabled"))
    yield made(block, "Microsoft.Synapse/workspaces", {"publicNetworkAccess": access})


def _cluster(block: Block, _: Blocks) -> Iterator[Resource]:
    access = switch(block.get("public_network_access_enabled", block.get("public_network_access")))
    yield made(block, "Microsoft.DocumentDB/mongoClusters", {"publicNetworkAccess": access})


_POSTGRES: Final = "Microsoft.DBforPostgreSQL"
_MYSQL: Final = "Microsoft.DBforMySQL"

STORES: Final[dict[str, Shape]] = {
    **dict.fromkeys(_SQL, _server("Microsoft.Sql/servers")),
    "azurerm_mssql_firewall_rule": _rule("Microsoft.Sql/servers", _SQL, "server_id", ""),
    "azurerm_sql_firewall_rule": _rule("Microsoft.Sql/servers", _SQL, "", "server_name"),
    "azurerm_mssql_virtual_network_rule": _subnet_rule("Microsoft.Sql/servers", _SQL, "server_id", ""),
    "azurerm_sql_virtual_network_rule": _subnet_rule("Microsoft.Sql/servers", _SQL, "", "server_name"),
    "azurerm_mssql_managed_instance": _managed_sql,
    "azurerm_sql_managed_instance": _managed_sql,
    "azurerm_postgresql_server": _server(f"{_POSTGRES}/servers"),
    "azurerm_postgresql_firewall_rule": _rule(
        f"{_POSTGRES}/servers", ("azurerm_postgresql_server",), "", "server_name"
    ),
    "azurerm_postgresql_virtual_network_rule": _subnet_rule(
        f"{_POSTGRES}/servers", ("azurerm_postgresql_server",), "", "server_name"
    ),
    "azurerm_postgresql_flexible_server": _server(f"{_POSTGRES}/flexibleServers"),
    "azurerm_postgresql_flexible_server_firewall_rule": _rule(
        f"{_POSTGRES}/flexibleServers", ("azurerm_postgresql_flexible_server",), "server_id", ""
    ),
    "azurerm_mysql_server": _server(f"{_MYSQL}/servers"),
    "azurerm_mysql_firewall_rule": _rule(f"{_MYSQL}/servers", ("azurerm_mysql_server",), "", "server_name"),
    "azurerm_mysql_virtual_network_rule": _subnet_rule(
        f"{_MYSQL}/servers", ("azurerm_mysql_server",), "", "server_name"
    ),
    "azurerm_mysql_flexible_server": _server(f"{_MYSQL}/flexibleServers"),
    "azurerm_mysql_flexible_server_firewall_rule": _rule(
        f"{_MYSQL}/flexibleServers", ("azurerm_mysql_flexible_server",), "server_id", "server_name"
    ),
    "azurerm_mariadb_server": _server("Microsoft.DBforMariaDB/servers"),
    "azurerm_mariadb_firewall_rule": _rule(
        "Microsoft.DBforMariaDB/servers", ("azurerm_mariadb_server",), "", "server_name"
    ),
    "azurerm_mariadb_virtual_network_rule": _subnet_rule(
        "Microsoft.DBforMariaDB/servers", ("azurerm_mariadb_server",), "", "server_name"
    ),
    "azurerm_cosmosdb_account": _cosmos,
    "azurerm_mongo_cluster": _cluster,
    "azurerm_redis_cache": _redis,
    "azurerm_redis_firewall_rule": _rule(
        "Microsoft.Cache/Redis", ("azurerm_redis_cache",), "", "redis_cache_name", "start_ip", "end_ip"
    ),
    "azurerm_storage_account": _storage,
    "azurerm_storage_account_network_rules": _lone_rules,
    "azurerm_storage_container": _container,
    "azurerm_synapse_workspace": _synapse,
    "azurerm_synapse_firewall_rule": _rule(
        "Microsoft.Synapse/workspaces", ("azurerm_synapse_workspace",), "synapse_workspace_id", ""
    ),
    "azurerm_kusto_cluster": _kusto,
    "azurerm_search_service": _listed_addresses(
        "Microsoft.Search/searchServices", "allowed_ips", "networkRuleSet", "ipRules"
    ),
    "azurerm_network_manager_admin_rule": _admin_rule,
    "azurerm_network_manager_admin_rule_collection": _admin_collection,
    "azurerm_network_manager_network_group": _network_group,
    "azurerm_network_manager_static_member": joined,
}
