"""Resources of Azure to endpoints, ways in and rules. Written once for templates, live answers and Terraform.

``lower_azure(resources: Sequence[Resource], world: World) -> Iterator[Finding]``

What a :class:`Resource` must look like
---------------------------------------
* ``type``: the full type in any case: ``Microsoft.Network/networkSecurityGroups``. A child that stands on its own has the
  full child type: ``Microsoft.Network/networkSecurityGroups/securityRules``.
* ``id``: any text that is unique; others refer to it by exactly this text (case does not matter). It need not be a path of
  Azure; a Terraform address will do.
* ``name``: as its owner writes it; for a child the last segment is enough.
* ``properties``: what ARM has under ``properties``, **with the neighbours ``sku``, ``kind``, ``location``, ``zones`` put beside**
  (``{"sku": {"name": "Standard"}, "ipAddress": "…"}``). Items of lists may have their own ``properties``, as in ARM, or be flat, as
  the az command prints them: ``{"name": "r1", "properties": {"priority": 100}}`` and ``{"name": "r1", "priority": 100}`` are the same.
  Keys are found in any case. :class:`Unknown` may stand anywhere instead of a value or of an item; ``None`` and ``[]`` are absent.
* **References** are ``{"id": TEXT}``, or the text alone, or :class:`Unknown` (or ``{"id": Unknown}``). A text that is the id of no
  resource given means something that exists elsewhere: taken as unknown, not as absent.
* **Children** may stand inside their parent's list or as resources of their own. On their own they find their parent by the property
  ``parentId`` (a reference), or else by an id of the form ``PARENT-ID/childCollection/name``. Inside items may carry an ``id``;
  without one theirs is ``PARENT-ID/childCollection/name``, by which others may refer to them
  (subnets, backendAddressPools, inboundNatRules, frontendIPConfigurations, …).
* **Associations** that Terraform has as resources are put where ARM has them: ``networkSecurityGroup``, ``routeTable`` of the subnet;
  ``networkSecurityGroup`` of the network interface; ``loadBalancerBackendAddressPools``, ``loadBalancerInboundNatRules``,
  ``applicationSecurityGroups``, ``applicationGatewayBackendAddressPools`` of the item in ``ipConfigurations``.
* ``doubt`` (a condition that is not resolved) makes its paths or rules doubtful.
* ``places``: finer places by path inside ``properties``, such as ``securityRules[3]`` or ``firewallRules[0]``; used where given.

Types and the properties that are read (all names as in ARM)
------------------------------------------------------------
``Microsoft.Network/…``

* ``networkSecurityGroups``: ``securityRules[]``: ``name``, ``priority`` (number or text), ``direction``, ``access``, ``protocol``,
  ``sourceAddressPrefix``, ``sourceAddressPrefixes[]``, ``sourceApplicationSecurityGroups[]`` (references), ``sourcePortRange``,
  ``sourcePortRanges[]``, and the same with ``destination``. A ``defaultSecurityRules[]`` is not needed.
* ``applicationSecurityGroups``: nothing; members are the ``ipConfigurations`` that name it.
* ``virtualNetworks``: ``addressSpace.addressPrefixes[]``, ``subnets[]``: ``name``, ``addressPrefix``, ``addressPrefixes[]``,
  ``networkSecurityGroup``, ``routeTable``, ``privateEndpointNetworkPolicies``; ``virtualNetworkPeerings[]``: ``remoteVirtualNetwork``,
  ``remoteAddressSpace.addressPrefixes[]``, ``allowVirtualNetworkAccess``.
* ``routeTables``: ``routes[]``: ``addressPrefix``, ``nextHopType``, ``nextHopIpAddress``.
* ``networkInterfaces``: ``networkSecurityGroup``, ``virtualMachine``, ``ipConfigurations[]``: ``name``, ``privateIPAddress``, ``subnet``,
  ``publicIPAddress``, and the four lists named above.
* ``publicIPAddresses``: ``sku.name`` (absent is Basic, as in ARM), ``ipAddress``.
* ``loadBalancers``: ``sku.name`` (absent is Basic), ``frontendIPConfigurations[]``: ``publicIPAddress``, ``subnet``; ``backendAddressPools[]``:
  ``loadBalancerBackendAddresses[].ipAddress``, ``backendIPConfigurations[]``; ``loadBalancingRules[]``: ``frontendIPConfiguration``,
  ``backendAddressPool(s)``, ``protocol``, ``frontendPort``, ``backendPort``, ``enableFloatingIP``; ``inboundNatRules[]`` (also
  ``backendIPConfiguration``, ``backendAddressPool``, ``frontendPortRangeStart``, ``frontendPortRangeEnd``); ``inboundNatPools[]``.
* ``applicationGateways``, ``azureFirewalls``, ``firewallPolicies``, ``firewallPolicies/ruleCollectionGroups``, ``ipGroups``,
  ``virtualNetworkGateways``, ``localNetworkGateways``, ``connections``, ``privateEndpoints``, ``networkManagers/…``: as in ARM.

``Microsoft.Compute/virtualMachines`` (``networkProfile.networkInterfaces[]``, for names) and ``virtualMachineScaleSets``
(``virtualMachineProfile.networkProfile.networkInterfaceConfigurations[]``), ``Microsoft.ContainerInstance/containerGroups``.

Stores: ``Microsoft.Sql/servers``, ``Microsoft.DBforPostgreSQL|DBforMySQL|DBforMariaDB/servers`` and ``/flexibleServers``,
``Microsoft.DocumentDB/databaseAccounts``, ``Microsoft.DocumentDB/mongoClusters``, ``Microsoft.Cache/Redis``, ``Microsoft.Cache/redisEnterprise``,
``Microsoft.Storage/storageAccounts``, ``Microsoft.Synapse/workspaces``, ``Microsoft.Kusto/clusters``, ``Microsoft.Search/searchServices``;
their ``firewallRules[]`` (``startIpAddress``, ``endIpAddress``) and ``virtualNetworkRules[]`` inside or as child resources.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hushdesk.guard._dialect import World
from hushdesk.guard._findings import Finding
from hushdesk.guard.dialects._resource import Resource
from hushdesk.guard.dialects.azure._hosts import containers, find_members, interfaces, lone_groups, scale_sets
from hushdesk.guard.dialects.azure._index import Index
from hushdesk.guard.dialects.azure._network import Networks
from hushdesk.guard.dialects.azure._proxies import translations
from hushdesk.guard.dialects.azure._skipped import SKIPPED
from hushdesk.guard.dialects.azure._state import State
from hushdesk.guard.dialects.azure._stores import stores


def lower_azure(resources: Sequence[Resource], world: World) -> Iterator[Finding]:
    """Endpoints with their paths, and what could not be made out. See the module for the shapes.

    Args:
        resources: Of one estate: whatever may refer to each other.
        world: ``tags`` holds service tags by name in small letters (see :func:`load_service_tags`).
    """
    index = Index(resources)
    state = State(world, index, Networks(index))
    find_members(state)
    known = translations(state)
    yield from interfaces(state, known)
    yield from scale_sets(state, known)
    yield from containers(state)
    yield from stores(state)
    yield from lone_groups(state)
    for subnet in state.networks.appliances():
        why = "Whether it lets packets from outside in, and with which source, is not looked at."
        state.skipped(subnet.place, f"the appliance behind the default route of subnet {subnet.name}", why)
    for kind, why in SKIPPED.items():
        for node in index.of(kind):
            state.skipped(node.place, f"{kind} {node.name}", why)
    yield from index.findings
    yield from state.findings
