"""Types that bear on reach and are not modelled, each with what is lost by it."""

from __future__ import annotations

from typing import Final

_WEB = "Its own listeners and access restrictions are not modelled."
_HUB = "Routes through it are not followed."

SKIPPED: Final = {
    "Microsoft.Network/frontDoors": _WEB,
    "Microsoft.Cdn/profiles": _WEB,
    "Microsoft.Web/sites": _WEB,
    "Microsoft.App/containerApps": _WEB,
    "Microsoft.App/managedEnvironments": _WEB,
    "Microsoft.ApiManagement/service": _WEB,
    "Microsoft.ContainerService/managedClusters": "What its services publish is to be seen in the cluster's own objects.",
    "Microsoft.HDInsight/clusters": _WEB,
    "Microsoft.Databricks/workspaces": _WEB,
    "Microsoft.EventHub/namespaces": _WEB,
    "Microsoft.ServiceBus/namespaces": _WEB,
    "Microsoft.KeyVault/vaults": _WEB,
    "Microsoft.Elastic/monitors": "The service runs outside this estate.",
    "Microsoft.ServiceFabric/clusters": _WEB,
    "Microsoft.Network/bastionHosts": "Sessions through it are authenticated by the portal and are not followed.",
    "Microsoft.Network/privateLinkServices": "Other tenants may come in through it.",
    "Microsoft.Network/networkSecurityPerimeters": "Its access rules are not modelled.",
    "Microsoft.Network/virtualHubs": _HUB,
    "Microsoft.Network/virtualWans": _HUB,
    "Microsoft.Network/vpnGateways": _HUB,
    "Microsoft.Network/expressRouteGateways": _HUB,
    "Microsoft.ClassicNetwork/networkSecurityGroups": "The classic deployment model is not modelled.",
    "Microsoft.ClassicCompute/virtualMachines": "The classic deployment model is not modelled.",
    "Microsoft.Compute/cloudServices": _WEB,
    "Microsoft.Cache/redisEnterprise/databases": "Its databases may listen on other ports than 10000.",
}
