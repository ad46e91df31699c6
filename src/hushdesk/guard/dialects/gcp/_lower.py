"""Google Cloud's resources to endpoints, ways in and rules. Written once for live answers, templates and Terraform.

``lower_gcp(resources, world, *, created, listed) -> Iterator[Finding]``

Resources have the properties of Google's REST APIs and these types: ``compute.firewalls``, ``.networks``, ``.subnetworks``,
``.instances``, ``.instanceTemplates`` (``properties.…`` inside or flat), ``.instanceGroups`` (with ``instances: [reference]``),
``.instanceGroupManagers``, ``.addresses``, ``.forwardingRules``, ``.backendServices``, ``.targetPools``, ``.targetInstances``,
``.targetProxies`` (all kinds), ``.urlMaps``, ``.firewallPolicies`` (hierarchical, global and regional ones; ``associations[]`` say
which; ``level`` is the ``type`` of an effective answer), ``networksecurity.addressGroups``, ``sqladmin.instances``,
``redis.instances``, ``redis.clusters``, ``memcache.instances``, ``alloydb.clusters``, ``alloydb.instances``. Another type is
named as not looked at. References are URLs, paths from ``projects/`` or ``global/`` on, plain names, or another resource's ``id``.
:class:`Unknown` may stand for any value or member of a list. A list's member may have a ``doubt`` (why it may not exist).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from hushdesk.guard._addresses import ALL_V4, ALL_V6
from hushdesk.guard._dialect import World
from hushdesk.guard._findings import Endpoint, Finding
from hushdesk.guard._policy import Action, Gate, Path, Sources, Stage
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.gcp._estate import Estate, Network, accounts_of, tags_of
from hushdesk.guard.dialects.gcp._frontends import Frontends
from hushdesk.guard.dialects.gcp._match import Subject
from hushdesk.guard.dialects.gcp._policies import policy_stage
from hushdesk.guard.dialects.gcp._rules import gate, ingress
from hushdesk.guard.dialects.gcp._stores import stores
from hushdesk.guard.dialects.gcp._values import at, either, mapping, members, structures

_KNOWN: Final = {
    "compute.addresses", "compute.backendServices", "compute.firewallPolicies", "compute.firewalls", "compute.forwardingRules",
    "compute.instanceGroupManagers", "compute.instanceGroups", "compute.instanceTemplates", "compute.instances",
    "compute.networks", "compute.subnetworks", "compute.targetInstances", "compute.targetPools", "compute.targetProxies",
    "compute.urlMaps", "networksecurity.addressGroups", "sqladmin.instances", "redis.instances", "redis.clusters",
    "memcache.instances", "alloydb.clusters", "alloydb.instances",
}  # fmt: skip
_ELSEWHERE: Final = {
    "compute.securityPolicies": "Cloud Armor narrows what comes through a proxy; it is taken to let everything through",
    "compute.routes": "a route cannot let in what the firewall rules deny",
    "container.clusters": "the addresses of a cluster's control plane and nodes are not modelled here",
    "storage.buckets": "who may read a bucket is a matter of its IAM policy, not of addresses",
    "bigquery.datasets": "who may read a dataset is a matter of its IAM policy, not of addresses",
    "spanner.instances": "Spanner is reached through Google's API; its IAM policy decides",
}


def lower_gcp(
    resources: Sequence[Resource], world: World, *, created: bool = True, listed: frozenset[str] = frozenset()
) -> Iterator[Finding]:
    """Everything that these resources let in; see the module for the shapes that they come in.

    Args:
        resources: Of one organisation, deployment or module.
        world: ``tags`` may hold address groups by name.
        created: Whether a template or plan makes the resources anew, so that a network among them has the rules
            that are given and no others.
        listed: The types of which the resources are all that exist.
    """
    estate = Estate(resources, world, created=created, listed=listed)
    attached: set[tuple[str, str]] = set()
    yield from _instances(estate, attached)
    yield from _unattached(estate, attached)
    yield from stores(estate)
    for type_ in estate.types:
        for resource in estate.of(type_):
            if type_ not in _KNOWN:
                why = _ELSEWHERE.get(type_, f"{type_} is not understood")
                estate.notes.not_looked_at(resource.place, f"{type_} {resource.name}", why)
    yield from estate.notes.found


def _instances(estate: Estate, attached: set[tuple[str, str]]) -> Iterator[Endpoint]:
    frontends = Frontends(estate)
    for resource in estate.of("compute.instances", "compute.instanceTemplates"):
        inner = resource.properties.get("properties")
        said = inner if isinstance(inner, Mapping) else resource.properties
        holder = Resource(
            type=resource.type, id=resource.id, name=resource.name, properties=said, place=resource.place,
            doubt=resource.doubt, places=resource.places,
        )  # fmt: skip
        tags = tuple(tags_of(holder, estate.notes))
        accounts = tuple(accounts_of(holder, estate.notes))
        place = at(resource, "networkInterfaces")
        interfaces = list(structures(said.get("networkInterfaces"), place, estate.notes))
        if not interfaces:
            estate.notes.malformed(
                resource.place, "an instance has no network interface", "list its networkInterfaces"
            )
        for number, interface in interfaces:
            if isinstance(interface, Unknown):
                estate.notes.unresolved(at(resource, f"networkInterfaces[{number}]"), interface)
            network = interface if isinstance(interface, Unknown) else estate.network_of(resource, interface)
            if isinstance(network, Unknown):
                estate.notes.unresolved(at(resource, f"networkInterfaces[{number}]"), network)
            else:
                attached.update((network.key, str(carried)) for carried in ("", *tags, *accounts))
            address = mapping(interface).get("networkIP")
            subject = Subject(
                network=network,
                tags=tags,
                accounts=accounts,
                addresses=(address,) if isinstance(address, str) else None,
                region=_region(said.get("zone") or resource.properties.get("region")),
            )
            paths = list(_ways_in(estate, resource, number, interface, subject))
            if number == 0:
                paths += frontends.to(resource, subject)
            yield Endpoint(
                name=resource.name if len(interfaces) == 1 else f"{resource.name}/nic{number}",
                dialect="gcp",
                kind="instance" if resource.type == "compute.instances" else "instance template",
                place=at(resource, f"networkInterfaces[{number}]"),
                paths=tuple(paths),
                aliases=tuple(dict.fromkeys(_aliases(resource, interface))),
            )
    yield from frontends.rest()


def _aliases(resource: Resource, interface: Mapping[str, Any] | Unknown) -> Iterator[str]:
    said = mapping(interface)
    candidates = [
        resource.id,
        resource.properties.get("selfLink"),
        resource.properties.get("name"),
        said.get("networkIP"),
    ]
    for key in ("accessConfigs", "ipv6AccessConfigs"):
        configurations = said.get(key)
        if isinstance(configurations, list):
            candidates += [
                mapping(one).get("natIP") or mapping(one).get("externalIpv6") for one in configurations
            ]
    for one in candidates:
        if isinstance(one, str) and one and one != resource.name:
            yield one


def _region(zone: Any) -> str:
    """``us-central1`` for ``…/zones/us-central1-b`` and for ``…/regions/us-central1``."""
    if not isinstance(zone, str):
        return ""
    name = zone.rpartition("/")[2]
    return name.rpartition("-")[0] if name.count("-") == 2 else name


def _ways_in(
    estate: Estate, resource: Resource, number: int, interface: Mapping[str, Any] | Unknown, subject: Subject
) -> Iterator[Path]:
    place = at(resource, f"networkInterfaces[{number}]")
    gates = (gate(estate, subject),)
    said = mapping(interface)
    if isinstance(interface, Unknown):
        doubt = f"the network interface is not known ({interface.expression})"
        yield Path(name="external address", gates=gates, doubt=either(resource.doubt, doubt), place=place)
    for key, family, what in (
        ("accessConfigs", ALL_V4, "external address"),
        ("ipv6AccessConfigs", ALL_V6, "external IPv6 address"),
    ):
        for _, configuration in structures(said.get(key), place, estate.notes):
            doubt = ""
            address: Any = None
            if isinstance(configuration, Unknown):
                estate.notes.unresolved(place, configuration)
                doubt = f"whether it has an {what} is not known ({configuration.expression})"
            else:
                address = configuration.get("natIP") or configuration.get("externalIpv6")
            yield Path(
                name=f"{what} {address}" if isinstance(address, str) else what,
                gates=gates,
                addresses=(address,) if isinstance(address, str) else (),
                reaching=Sources.exactly(family, "from anywhere"),
                doubt=either(resource.doubt, doubt),
                place=place,
            )
    inside = estate.inside(subject.network)
    if not isinstance(interface, Unknown) and said.get("stackType") in {None, "IPV4_ONLY"}:
        inside &= Sources.exactly(ALL_V4)
    yield from _external_ipv6(estate, resource, said, gates, place)
    yield Path(
        name="internal address"
        if not isinstance(said.get("networkIP"), str)
        else f"internal address {said['networkIP']}",
        gates=gates,
        addresses=(said["networkIP"],) if isinstance(said.get("networkIP"), str) else (),
        reaching=inside,
        doubt=resource.doubt,
        place=place,
    )


def _external_ipv6(
    estate: Estate, resource: Resource, said: Mapping[str, Any], gates: tuple[Gate, ...], place: Any
) -> Iterator[Path]:
    """A dual-stack interface has an external IPv6 address if its subnetwork gives such out."""
    if said.get("ipv6AccessConfigs") or said.get("stackType") in {None, "IPV4_ONLY"}:
        return
    subnetwork = estate.find(said.get("subnetwork"), "compute.subnetworks")
    access = said.get("ipv6AccessType") or (
        subnetwork.properties.get("ipv6AccessType") if subnetwork else None
    )
    if access == "INTERNAL" or (subnetwork and access is None):
        return
    yield Path(
        name="external IPv6 address",
        gates=gates,
        reaching=Sources.exactly(ALL_V6, "from anywhere"),
        doubt=either(
            resource.doubt,
            "" if access == "EXTERNAL" else "whether its IPv6 address is external is not known",
        ),
        place=place,
    )


def _unattached(estate: Estate, attached: set[tuple[str, str]]) -> Iterator[Endpoint]:
    """What rules that no known instance meets would let in to an instance that carries their tag."""
    supposed: dict[tuple[str, str], tuple[Network | Unknown, str, list[Resource]]] = {}
    for firewall in ingress(estate):
        network = estate.network(firewall.properties.get("network"), firewall)
        key = network.expression if isinstance(network, Unknown) else network.key
        carried = [
            (what, str(one))
            for property_, what in (("targetTags", "tag"), ("targetServiceAccounts", "service account"))
            for one in members(firewall.properties.get(property_), firewall.place, estate.notes)
            if not isinstance(one, Unknown)
        ]
        for what, name in carried or [("", "")]:
            if (key, name) not in attached:
                supposed.setdefault((key, name), (network, what, []))[2].append(firewall)
    for (_, carried_name), (network, what, firewalls) in supposed.items():
        shown = network.expression if isinstance(network, Unknown) else network.name
        subject = Subject(
            network=network,
            tags=(carried_name,) if what == "tag" else (),
            accounts=(carried_name,) if what == "service account" else (),
            supposed=True,
        )
        name = f"network {shown}, {what} {carried_name}" if what else f"network {shown}, every instance"
        yield Endpoint(
            name=name,
            dialect="gcp",
            kind="firewall target",
            place=firewalls[0].place,
            paths=(
                Path(
                    name="if it has an external address",
                    gates=(gate(estate, subject),),
                    place=firewalls[0].place,
                ),
            ),
            attached=False,
            aliases=tuple(dict.fromkeys(firewall.name for firewall in firewalls)),
        )
    yield from _loose_policies(estate)


def _loose_policies(estate: Estate) -> Iterator[Endpoint]:
    for policy in estate.of("compute.firewallPolicies"):
        if policy.properties.get("associations") and any(estate.of("compute.firewalls", "compute.instances")):
            continue
        stage = policy_stage(estate, policy, None)
        end = Stage(
            name="what comes after the policy",
            rules=(),
            default=Action.DENY,
            default_name="goes on to the next policy, and at last to the implied deny",
        )
        yield Endpoint(
            name=policy.name,
            dialect="gcp",
            kind="firewall policy",
            place=policy.place,
            paths=(
                Path(
                    name="if an instance that it bears on has an external address",
                    gates=(Gate(name=f"firewall policy {policy.name}", stages=(stage, end)),),
                    place=policy.place,
                ),
            ),
            attached=False,
        )
