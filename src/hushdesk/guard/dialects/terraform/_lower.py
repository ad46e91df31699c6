"""Blocks to the clouds that they belong to, and from there to findings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from hushdesk.guard._dialect import World
from hushdesk.guard._findings import Endpoint, Finding, NotLookedAt
from hushdesk.guard.dialects._resource import Resource
from hushdesk.guard.dialects.aws import lower_aws
from hushdesk.guard.dialects.azure import lower_azure
from hushdesk.guard.dialects.gcp import lower_gcp
from hushdesk.guard.dialects.terraform import (
    _aws_hosts,
    _aws_network,
    _aws_stores,
    _azure_network,
    _azure_proxies,
    _azure_stores,
    _google,
    _google_stores,
)
from hushdesk.guard.dialects.terraform._block import Block
from hushdesk.guard.dialects.terraform._shapes import Blocks, Shape

AWS: Final[dict[str, Shape]] = {**_aws_network.NETWORK, **_aws_hosts.HOSTS, **_aws_stores.STORES}
GOOGLE: Final[dict[str, Shape]] = {**_google.NETWORK, **_google_stores.STORES}
AZURE: Final[dict[str, Shape]] = {**_azure_network.NETWORK, **_azure_proxies.PROXIES, **_azure_stores.STORES}
_BEARING: Final = re.compile(
    r"firewall|security|network|_sg_|_sg$|_acl|nacl|_db_|_db$|database|sql|redis|memcache|cache|mongo|elastic|opensearch"
    r"|clickhouse|kafka|mdb_|cassandra|influx|rds|dynamo|docdb|neptune|redshift|instance|droplet|server|_vm|load_balancer|_lb"
    r"|kubernetes_(?:pod|deployment|service|daemon|stateful|replica)|public_ip|_eip|ingress|whitelist|allowlist|ip_access|access_list|bucket|storage|cluster|warehouse|cosmos"
    r"|_mq_|broker|web_app|servicebus|eventhub|_dataset|api_management|access_point|ip_address|app_configuration|vpn_|private_link"
)
_HOLDS: Final = {
    "docker_container": "its ports are published on a machine that is not in the input",
    "docker_service": "its ports are published on machines that are not in the input",
    "helm_release": "what a chart makes is not known; give what helm template prints",
    "aws_cloudformation_stack": "a template of its own; give that template too",
    "aws_cloudformation_stack_set": "a template of its own; give that template too",
    "azurerm_resource_group_template_deployment": "a template of its own; give that template too",
    "azurerm_subscription_template_deployment": "a template of its own; give that template too",
    "azurerm_management_group_template_deployment": "a template of its own; give that template too",
    "azurerm_template_deployment": "a template of its own; give that template too",
    "azapi_resource": "resources of azapi are not understood; give the ARM template",
    "azapi_update_resource": "resources of azapi are not understood; give the ARM template",
    "google_deployment_manager_deployment": "a configuration of its own; give that too",
    "google_app_engine_flexible_app_version": "its forwarded ports are not looked at",
}
"""Types that hold other resources, or open ports, without a word of it in their names."""
_APART: Final = re.compile(
    r"_iam_|_kms_|_cloudwatch_|_log_|_metric_|_parameter_group|_option_group|_snapshot|_key_pair"
)
_KUBERNETES: Final = ("kubernetes_", "kubectl_", "helm_")


def lower(blocks: Iterator[Block] | list[Block], world: World, *, created: bool) -> Iterator[Finding]:
    """Everything that some blocks let in.

    Args:
        blocks: Of one module tree, plan or state.
        world: Passed on to the clouds.
        created: Whether they are to be made, or exist.
    """
    known = Blocks(blocks)
    resources: dict[str, list[Resource]] = {"aws": [], "azure": [], "gcp": []}
    for block in known:
        for cloud, table in (("aws", AWS), ("azure", AZURE), ("gcp", GOOGLE)):
            shape = table.get(block.type)
            if shape is not None:
                resources[cloud] += shape(block, known)
                break
        else:
            if block.type in _HOLDS:
                yield NotLookedAt(block.place, f"{block.type} {block.address}", _HOLDS[block.type])
            elif _BEARING.search(block.type) and not _APART.search(block.type):
                yield NotLookedAt(block.place, f"{block.type} {block.address}", _why(block.type))
    if resources["aws"]:
        yield from map(_ours, lower_aws(resources["aws"], world, created=created))
    if resources["azure"]:
        yield from map(_ours, lower_azure(resources["azure"], world))
    if resources["gcp"]:
        yield from map(_ours, lower_gcp(resources["gcp"], world, created=created))


def _why(type_: str) -> str:
    if type_.startswith(_KUBERNETES):
        return "objects of Kubernetes in Terraform are not understood; give their manifests"
    provider = type_.partition("_")[0]
    if provider in {"aws", "azurerm", "google"}:
        return "the resource type is not understood"
    return f"the provider {provider} is not understood"


def _ours(finding: Finding) -> Finding:
    return replace(finding, dialect="terraform") if isinstance(finding, Endpoint) else finding
