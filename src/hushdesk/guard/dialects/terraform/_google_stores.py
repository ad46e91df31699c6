"""Terraform's Google stores in the shapes of ``lower_gcp``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.terraform._block import Block, doubt_of, nested
from hushdesk.guard.dialects.terraform._google import clean, joined
from hushdesk.guard.dialects.terraform._shapes import Blocks, Shape, made, single


def _sql(block: Block, _: Blocks) -> Iterator[Resource]:
    settings = next(iter(block.blocks("settings")), None)
    inner: Any = settings
    places = {}
    if isinstance(settings, Mapping):
        configuration = next(iter(nested(settings.get("ip_configuration"))), None)
        inner = {"ipConfiguration": _sql_configuration(configuration)}
        networks = (
            nested(configuration.get("authorized_networks")) if isinstance(configuration, Mapping) else []
        )
        places = {
            f"settings.ipConfiguration.authorizedNetworks[{number}]": block.at("settings[0]")
            for number in range(len(networks))
        }
    yield made(
        block,
        "sqladmin.instances",
        clean(
            name=single(block.get("name")),
            databaseVersion=single(block.get("database_version")),
            connectionName=single(block.get("connection_name")),
            settings=inner,
            ipAddresses=[
                {"type": address.get("type"), "ipAddress": address.get("ip_address")}
                for address in block.blocks("ip_address")
                if isinstance(address, Mapping)
            ],
        ),
        places=places,
    )


def _sql_configuration(inner: Any) -> Any:
    if inner is None or isinstance(inner, Unknown):
        return inner if inner is not None else {}
    networks = [
        member
        if isinstance(member, Unknown)
        else clean(
            name=single(member.get("name")),
            value=single(member.get("value")),
            expirationTime=single(member.get("expiration_time")),
            doubt=doubt_of(member),
        )
        for member in nested(inner.get("authorized_networks"))
    ]
    if isinstance(inner.get("authorized_networks"), Unknown):
        networks = [inner["authorized_networks"]]
    psc = [
        member
        for member in nested(inner.get("psc_config"))
        if not isinstance(member, Mapping) or member.get("psc_enabled")
    ]
    return clean(
        ipv4Enabled=single(inner.get("ipv4_enabled")),
        privateNetwork=single(inner.get("private_network")),
        requireSsl=single(inner.get("require_ssl")),
        sslMode=single(inner.get("ssl_mode")),
        pscConfig=psc,
        authorizedNetworks=networks,
    )


def _redis(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "redis.instances",
        clean(
            name=single(block.get("name")),
            authorizedNetwork=single(block.get("authorized_network")),
            authEnabled=single(block.get("auth_enabled")),
            transitEncryptionMode=single(block.get("transit_encryption_mode")),
            host=single(block.get("host")),
            port=single(block.get("port")),
        ),
    )


def _redis_cluster(block: Block, _: Blocks) -> Iterator[Resource]:
    offered = [
        inner if isinstance(inner, Unknown) else {"network": single(inner.get("network"))}
        for inner in block.blocks("psc_configs")
    ]
    mode = single(block.get("authorization_mode"))
    yield made(
        block,
        "redis.clusters",
        clean(name=single(block.get("name")), pscConfigs=offered, authorizationMode=mode),
    )


def _memcache(block: Block, _: Blocks) -> Iterator[Resource]:
    network = single(block.get("authorized_network"))
    yield made(block, "memcache.instances", clean(name=single(block.get("name")), authorizedNetwork=network))


def _alloydb_cluster(block: Block, _: Blocks) -> Iterator[Resource]:
    network = single(block.first("network_config").get("network") or block.get("network"))
    yield made(block, "alloydb.clusters", clean(name=single(block.get("name")), network=network))


def _alloydb_instance(block: Block, _: Blocks) -> Iterator[Resource]:
    said = next(iter(block.blocks("network_config")), None)
    configuration: Any = said
    if isinstance(said, Mapping):
        configuration = clean(
            enablePublicIp=single(said.get("enable_public_ip")),
            authorizedExternalNetworks=[
                inner if isinstance(inner, Unknown) else {"cidrRange": single(inner.get("cidr_range"))}
                for inner in nested(said.get("authorized_external_networks"))
            ],
        )
    yield made(
        block,
        "alloydb.instances",
        clean(
            name=single(block.get("name")),
            cluster=single(block.get("cluster")),
            networkConfig=configuration,
            ipAddress=single(block.get("ip_address")),
        ),
    )


STORES: Final[dict[str, Shape]] = {
    "google_sql_database_instance": _sql,
    "google_sql_database": joined,
    "google_sql_user": joined,
    "google_redis_instance": _redis,
    "google_redis_cluster": _redis_cluster,
    "google_memcache_instance": _memcache,
    "google_alloydb_cluster": _alloydb_cluster,
    "google_alloydb_instance": _alloydb_instance,
}
