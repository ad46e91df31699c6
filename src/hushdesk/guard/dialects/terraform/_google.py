"""Terraform's Google resources in the shapes of ``lower_gcp``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.terraform._block import Block, doubt_of, many, nested, one
from hushdesk.guard.dialects.terraform._shapes import Blocks, Shape, made, moved, single

_POLICIES: Final = (
    "google_compute_firewall_policy", "google_compute_network_firewall_policy", "google_compute_region_network_firewall_policy",
    "google_compute_organization_security_policy",
)  # fmt: skip
_POLICY_RULES: Final = (
    "google_compute_firewall_policy_rule", "google_compute_network_firewall_policy_rule",
    "google_compute_region_network_firewall_policy_rule", "google_compute_organization_security_policy_rule",
)  # fmt: skip
_ASSOCIATIONS: Final = (
    "google_compute_firewall_policy_association", "google_compute_network_firewall_policy_association",
    "google_compute_region_network_firewall_policy_association", "google_compute_organization_security_policy_association",
)  # fmt: skip


def clean(**values: Any) -> dict[str, Any]:
    """Without what is null or empty."""
    return {key: value for key, value in values.items() if value is not None and value not in ("", [])}


def _entries(block: Block, key: str) -> Any:
    """``allow`` and ``deny`` blocks."""
    said = block.values.get(key)
    if isinstance(said, Unknown):
        return [said]
    found: list[Any] = []
    for inner in block.blocks(key):
        doubt = doubt_of(inner)
        if isinstance(inner, Unknown) or doubt:
            found.append(inner if isinstance(inner, Unknown) else Unknown(f"{block.address}.{key}", doubt))
            continue
        found.append(clean(IPProtocol=single(inner.get("protocol")), ports=many(inner.get("ports"))))
    return found


def _firewall(block: Block, _: Blocks) -> Iterator[Resource]:
    said = {
        theirs: block.values.get(ours)
        for theirs, ours in (
            ("sourceRanges", "source_ranges"),
            ("sourceTags", "source_tags"),
            ("sourceServiceAccounts", "source_service_accounts"),
            ("destinationRanges", "destination_ranges"),
            ("targetTags", "target_tags"),
            ("targetServiceAccounts", "target_service_accounts"),
        )
    }
    yield made(
        block,
        "compute.firewalls",
        clean(
            name=single(block.get("name")),
            network=single(block.get("network")),
            priority=single(block.get("priority", 1000)),
            direction=single(block.get("direction")),
            disabled=single(block.get("disabled")),
            allowed=_entries(block, "allow"),
            denied=_entries(block, "deny"),
            **said,
        ),
        places={**moved(block, "allow", "allowed"), **moved(block, "deny", "denied")},
    )


def _network(block: Block, _: Blocks) -> Iterator[Resource]:
    order = single(block.get("network_firewall_policy_enforcement_order"))
    yield made(
        block,
        "compute.networks",
        clean(
            name=single(block.get("name")),
            selfLink=single(block.get("self_link")),
            networkFirewallPolicyEnforcementOrder=order,
        ),
    )


def _subnetwork(block: Block, _: Blocks) -> Iterator[Resource]:
    seconds = [
        inner if isinstance(inner, Unknown) else {"ipCidrRange": single(inner.get("ip_cidr_range"))}
        for inner in block.blocks("secondary_ip_range")
    ]
    yield made(
        block,
        "compute.subnetworks",
        clean(
            name=single(block.get("name")),
            selfLink=single(block.get("self_link")),
            network=single(block.get("network")),
            region=single(block.get("region")),
            ipCidrRange=single(block.get("ip_cidr_range")),
            ipv6AccessType=single(block.get("ipv6_access_type")),
            secondaryIpRanges=seconds,
        ),
    )


def _configurations(inner: Mapping[str, Any], key: str) -> list[Any]:
    found: list[Any] = []
    for member in nested(inner.get(key)):
        doubt = doubt_of(member)
        if isinstance(member, Unknown) or doubt:
            found.append(member if isinstance(member, Unknown) else Unknown(key, doubt))
            continue
        found.append(
            clean(natIP=single(member.get("nat_ip")), externalIpv6=single(member.get("external_ipv6")))
            or {"type": key}
        )
    return found


def _interfaces(block: Block) -> Any:
    said = block.values.get("network_interface")
    if isinstance(said, Unknown):
        return [said]
    return [
        inner
        if isinstance(inner, Unknown)
        else clean(
            network=single(inner.get("network")),
            subnetwork=single(inner.get("subnetwork")),
            networkIP=single(inner.get("network_ip")),
            stackType=single(inner.get("stack_type")),
            accessConfigs=_configurations(inner, "access_config"),
            ipv6AccessConfigs=_configurations(inner, "ipv6_access_config"),
        )
        for inner in block.blocks("network_interface")
    ]


def _instance(type_: str) -> Shape:
    def shape(block: Block, blocks: Blocks) -> Iterator[Resource]:
        source = block
        if block.type == "google_compute_instance_from_template":
            template = blocks.find(block.get("source_instance_template"), *_TEMPLATES)
            if template is not None and not block.blocks("network_interface"):
                source = template
        accounts = [
            inner if isinstance(inner, Unknown) else {"email": single(inner.get("email") or "default")}
            for inner in source.blocks("service_account")
        ]
        interfaces = _interfaces(source)
        if not interfaces and block.type == "google_compute_instance_from_template":
            why = "the template that it is made from is not among the documents; add it"
            interfaces = [Unknown(f"{block.address}.network_interface", why)]
        yield made(
            block,
            type_,
            clean(
                name=single(block.get("name") or block.get("name_prefix")),
                selfLink=single(block.get("self_link")),
                zone=single(block.get("zone")),
                tags={"items": many(source.get("tags"))},
                serviceAccounts=accounts,
                networkInterfaces=interfaces,
            ),
            places=moved(block, "network_interface", "networkInterfaces"),
        )

    return shape


_TEMPLATES: Final = ("google_compute_instance_template", "google_compute_region_instance_template")


def _policy(block: Block, blocks: Blocks) -> Iterator[Resource]:
    rules: list[Any] = []
    places: dict[str, Place] = {}
    for rule in blocks.of(*_POLICY_RULES):
        if _of(rule, block, blocks):
            places[f"rules[{len(rules)}]"] = rule.place
            rules.append(_policy_rule(rule))
    associations = [
        clean(
            attachmentTarget=single(found.get("attachment_target") or found.get("attachment_id")),
            doubt=found.doubt,
        )
        for found in blocks.of(*_ASSOCIATIONS)
        if _of(found, block, blocks)
    ]
    region = single(block.get("region")) if "region" in block.type else None
    yield made(
        block,
        "compute.firewallPolicies",
        clean(
            name=single(block.get("name") or block.get("short_name")),
            region=region,
            associations=associations,
        )
        | {"rules": rules},
        places=places,
    )


def _of(member: Block, policy: Block, blocks: Blocks) -> bool:
    """Whether a rule or an association names a policy."""
    return any(
        found is member
        for key in ("firewall_policy", "policy_id")
        for found in blocks.pointing(policy, key, member.type)
    )


def _policy_rule(block: Block) -> dict[str, Any]:
    match = block.first("match")
    config = one(match.get("config")) or match
    layers = config.get("layer4_configs")
    if layers is None:
        layers = config.get("layer4_config")
    tags = [
        inner if isinstance(inner, Unknown) else {"name": single(inner.get("name"))}
        for inner in nested(config.get("src_secure_tags"))
    ]
    return clean(
        ruleName=single(block.get("rule_name")) or block.address,
        priority=single(block.get("priority")),
        direction=single(block.get("direction")),
        action=single(block.get("action")),
        disabled=single(block.get("disabled")),
        targetResources=many(block.get("target_resources")),
        targetServiceAccounts=many(block.get("target_service_accounts")),
        targetSecureTags=many(block.get("target_secure_tags")),
        doubt=block.doubt,
        match=clean(
            srcIpRanges=many(config.get("src_ip_ranges")),
            destIpRanges=many(config.get("dest_ip_ranges")),
            srcSecureTags=tags,
            srcAddressGroups=many(config.get("src_address_groups")),
            srcFqdns=many(config.get("src_fqdns")),
            srcRegionCodes=many(config.get("src_region_codes")),
            srcThreatIntelligences=many(config.get("src_threat_intelligences")),
            srcNetworkType=single(config.get("src_network_type") or config.get("src_network_scope")),
            layer4Configs=[
                inner
                if isinstance(inner, Unknown)
                else clean(ipProtocol=single(inner.get("ip_protocol")), ports=many(inner.get("ports")))
                for inner in nested(layers)
            ],
        ),
    )


def _address_group(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "networksecurity.addressGroups",
        {"name": single(block.get("name")), "items": block.get("items")},
    )


def _forwarding_rule(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "compute.forwardingRules",
        clean(
            name=single(block.get("name")),
            IPAddress=single(block.get("ip_address")),
            IPProtocol=single(block.get("ip_protocol")),
            ipVersion=single(block.get("ip_version")),
            portRange=single(block.get("port_range")),
            ports=many(block.get("ports")),
            allPorts=single(block.get("all_ports")),
            target=single(block.get("target")),
            backendService=single(block.get("backend_service")),
            loadBalancingScheme=single(block.get("load_balancing_scheme")),
            network=single(block.get("network")),
        ),
    )


def _backend(block: Block, _: Blocks) -> Iterator[Resource]:
    backends = [
        inner if isinstance(inner, Unknown) else {"group": single(inner.get("group"))}
        for inner in block.blocks("backend")
    ]
    yield made(block, "compute.backendServices", clean(name=single(block.get("name")), backends=backends))


def _group(block: Block, _: Blocks) -> Iterator[Resource]:
    yield made(
        block,
        "compute.instanceGroups",
        {"name": single(block.get("name")), "instances": many(block.get("instances"))},
    )


def _manager(block: Block, _: Blocks) -> Iterator[Resource]:
    versions = [
        inner if isinstance(inner, Unknown) else single(inner.get("instance_template"))
        for inner in block.blocks("version")
    ]
    templates = versions or many(block.get("instance_template"))
    yield made(
        block,
        "compute.instanceGroupManagers",
        clean(name=single(block.get("name")), instanceTemplate=templates),
    )


def _plain(type_: str, **names: str) -> Shape:
    def shape(block: Block, _: Blocks) -> Iterator[Resource]:
        found = {theirs: single(block.get(ours)) for theirs, ours in names.items()}
        yield made(block, type_, clean(name=single(block.get("name")), **found))

    return shape


def _pool(block: Block, _: Blocks) -> Iterator[Resource]:
    instances = [
        member.rpartition("/")[2] if isinstance(member, str) and member.count("/") == 1 else member
        for member in many(block.get("instances"))
    ]
    yield made(block, "compute.targetPools", {"name": single(block.get("name")), "instances": instances})


def _map(block: Block, _: Blocks) -> Iterator[Resource]:
    services = [block.get("default_service")]
    for matcher in block.blocks("path_matcher"):
        services.append(matcher if isinstance(matcher, Unknown) else matcher.get("default_service"))
        if isinstance(matcher, Mapping):
            services += [
                rule if isinstance(rule, Unknown) else rule.get("service")
                for rule in nested(matcher.get("path_rule"))
            ]
    listed = [{"service": service} for service in services if service is not None]
    yield made(block, "compute.urlMaps", clean(name=single(block.get("name")), services=listed))


def joined(_: Block, __: Blocks) -> Iterator[Resource]:
    """Taken into the resource that it belongs to, or of no consequence to who gets in."""
    yield from ()


_PROXIES: Final = (
    "google_compute_target_http_proxy", "google_compute_target_https_proxy", "google_compute_region_target_http_proxy",
    "google_compute_region_target_https_proxy", "google_compute_target_tcp_proxy", "google_compute_target_ssl_proxy",
    "google_compute_region_target_tcp_proxy",
)  # fmt: skip
NETWORK: Final[dict[str, Shape]] = {
    "google_compute_firewall": _firewall,
    "google_compute_network": _network,
    "google_compute_subnetwork": _subnetwork,
    "google_compute_instance": _instance("compute.instances"),
    "google_compute_instance_from_template": _instance("compute.instances"),
    **dict.fromkeys(_TEMPLATES, _instance("compute.instanceTemplates")),
    **dict.fromkeys(_POLICIES, _policy),
    **dict.fromkeys(_POLICY_RULES, joined),
    **dict.fromkeys(_ASSOCIATIONS, joined),
    "google_network_security_address_group": _address_group,
    "google_compute_forwarding_rule": _forwarding_rule,
    "google_compute_global_forwarding_rule": _forwarding_rule,
    "google_compute_backend_service": _backend,
    "google_compute_region_backend_service": _backend,
    "google_compute_instance_group": _group,
    "google_compute_instance_group_manager": _manager,
    "google_compute_region_instance_group_manager": _manager,
    "google_compute_target_pool": _pool,
    "google_compute_target_instance": _plain("compute.targetInstances", instance="instance"),
    "google_compute_url_map": _map,
    "google_compute_region_url_map": _map,
    **dict.fromkeys(_PROXIES, _plain("compute.targetProxies", urlMap="url_map", service="backend_service")),
    "google_compute_address": _plain("compute.addresses", address="address"),
    "google_compute_global_address": _plain("compute.addresses", address="address"),
}
