"""Google Cloud's rules, against sets worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from hushdesk.guard._addresses import EMPTY, PRIVATE, AddressSet
from hushdesk.guard._dialect import World
from hushdesk.guard._findings import Authentication, Endpoint, Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.gcp import lower_gcp
from hushdesk.guard.reach import reach

ALL_V4 = AddressSet.parse("0.0.0.0/0")
OFFICE = AddressSet.parse("25.25.100.0/24")


def resource(type_: str, name: str, **properties: Any) -> Resource:
    return Resource(
        type=type_, id=name, name=name, properties={"name": name, **properties}, place=Place("x", 1, name)
    )


VPC = resource("compute.networks", "vpc")


def allow(name: str, *ranges: Any, port: Any = "5432", **more: Any) -> Resource:
    return resource(
        "compute.firewalls",
        name,
        **{
            "network": "global/networks/vpc",
            "sourceRanges": list(ranges),
            "allowed": [{"IPProtocol": "tcp", "ports": [port]}],
            **more,
        },
    )


def deny(name: str, *ranges: Any, **more: Any) -> Resource:
    return allow(name, *ranges, allowed=None, denied=[{"IPProtocol": "all"}], **more)


def instance(name: str = "db", *, public: bool = True, **more: Any) -> Resource:
    interface = {"network": "vpc", "networkIP": "10.0.0.5"} | (
        {"accessConfigs": [{"natIP": "192.0.2.9"}]} if public else {}
    )
    return resource("compute.instances", name, **{"networkInterfaces": [interface], **more})


def lowered(*resources: Resource, **how: Any) -> list[Finding]:
    return list(lower_gcp(resources, World(), **how))


def endpoint(findings: Iterable[Finding], name: str = "db") -> Endpoint:
    (found,) = [one for one in findings if isinstance(one, Endpoint) and one.name == name]
    return found


def bounds(
    *resources: Resource, port: int = 5432, protocol: str = "tcp", **how: Any
) -> tuple[AddressSet, AddressSet]:
    """The upper and lower bound for what comes from outside."""
    found = reach(endpoint(lowered(*resources, **how)), port, protocol)
    return found.upper - PRIVATE, found.lower - PRIVATE


def test_a_range_on_a_port_lets_in_exactly_that_range_on_that_port() -> None:
    assert bounds(VPC, instance(), allow("office", "25.25.100.0/24")) == (OFFICE, OFFICE)
    assert bounds(VPC, instance(), allow("office", "25.25.100.0/24"), port=6379)[0] == EMPTY


def test_without_a_rule_nobody_gets_in() -> None:
    assert bounds(VPC, instance()) == (EMPTY, EMPTY)


def test_without_an_external_address_only_the_network_gets_in() -> None:
    found = reach(endpoint(lowered(VPC, instance(public=False), allow("any", "0.0.0.0/0"))), 5432)
    assert found.upper - PRIVATE == EMPTY
    assert found.upper != EMPTY


@pytest.mark.parametrize(
    ("first", "second", "open_"),
    [(900, 1000, True), (1000, 1000, False), (1000, 900, False), ("1000", "1001", True)],
)
def test_the_lower_priority_wins_and_among_equals_a_deny(first: Any, second: Any, open_: bool) -> None:
    rules = allow("allow", "25.25.100.0/24", priority=first), deny("deny", "0.0.0.0/0", priority=second)
    assert bounds(VPC, instance(), *rules) == ((OFFICE, OFFICE) if open_ else (EMPTY, EMPTY))


def test_an_unknown_priority_is_taken_at_its_worst() -> None:
    unknown = Unknown("var.priority", "no value")
    rules = allow("allow", "25.25.100.0/24", priority=unknown), deny("deny", "0.0.0.0/0", priority=0)
    assert bounds(VPC, instance(), *rules) == (OFFICE, EMPTY)
    rules = allow("allow", "25.25.100.0/24"), deny("deny", "0.0.0.0/0", priority=unknown)
    assert bounds(VPC, instance(), *rules)[0] == OFFICE
    assert any(isinstance(one, Unresolved) for one in lowered(VPC, instance(), *rules))


def test_disabled_egress_and_other_networks_do_not_count() -> None:
    office = "25.25.100.0/24"
    assert bounds(
        VPC,
        instance(),
        allow("off", office, disabled=True),
        allow("out", office, direction="EGRESS"),
        allow("elsewhere", office, network="projects/p/global/networks/other"),
    ) == (EMPTY, EMPTY)


def test_target_tags_and_accounts_choose_the_instances() -> None:
    rules = (
        allow("tagged", "25.25.100.0/24", targetTags=["db"]),
        allow("account", "25.25.100.0/24", port="6379", targetServiceAccounts=["db@p.iam"]),
    )
    tagged = instance(tags={"items": ["db"]})
    assert bounds(VPC, tagged, *rules)[0] == OFFICE
    assert bounds(VPC, instance(), *rules)[0] == EMPTY
    assert bounds(VPC, tagged, *rules, port=6379)[0] == EMPTY
    assert bounds(VPC, instance(serviceAccounts=[{"email": "db@p.iam"}]), *rules, port=6379)[0] == OFFICE
    unknown = instance(tags={"items": [Unknown("var.tags", "no value")]})
    assert bounds(VPC, unknown, *rules) == (OFFICE, EMPTY)


def test_source_tags_mean_internal_addresses_only() -> None:
    web = resource(
        "compute.instances",
        "web",
        tags={"items": ["web"]},
        networkInterfaces=[{"network": "vpc", "networkIP": "10.0.0.7"}],
    )
    rule = allow("from-web", sourceTags=["web"])
    subnet = resource("compute.subnetworks", "subnet", network="vpc", ipCidrRange="10.0.0.0/24")
    found = reach(endpoint(lowered(VPC, subnet, instance(), web, rule)), 5432)
    assert found.upper <= PRIVATE
    assert found.lower == AddressSet.parse("10.0.0.7")


def test_no_source_at_all_is_every_ipv4_address() -> None:
    assert bounds(VPC, instance(), allow("any"))[0] == ALL_V4 - PRIVATE


def test_destination_ranges_narrow() -> None:
    assert (
        bounds(VPC, instance(), allow("a", "25.25.100.0/24", destinationRanges=["10.0.0.0/24"]))[0] == OFFICE
    )
    assert (
        bounds(VPC, instance(), allow("a", "25.25.100.0/24", destinationRanges=["10.9.0.0/24"]))[0] == EMPTY
    )


@pytest.mark.parametrize(
    ("how", "protocol", "covered"),
    [
        ("6", "tcp", True),
        (17, "udp", True),
        ("all", "udp", True),
        ("TCP", "tcp", True),
        ("icmp", "tcp", False),
    ],
)
def test_protocols_by_name_and_number(how: Any, protocol: str, covered: bool) -> None:
    rule = allow("a", "25.25.100.0/24", allowed=[{"IPProtocol": how}])
    assert bounds(VPC, instance(), rule, protocol=protocol)[0] == (OFFICE if covered else EMPTY)


def test_ipv6_has_a_way_of_its_own() -> None:
    v6 = instance()
    v6.properties["networkInterfaces"][0]["ipv6AccessConfigs"] = [{"externalIpv6": "2001:db8::1"}]  # type: ignore[index]
    wide = AddressSet.parse("2600::/16")
    assert bounds(VPC, v6, allow("six", "2600::/16")) == (wide, wide)
    assert bounds(VPC, instance(), allow("six", "2600::/16"))[0] == EMPTY


def policy(action: str, *ranges: str, target: str = "global/networks/vpc", **more: Any) -> Resource:
    match = {"srcIpRanges": list(ranges), "layer4Configs": [{"ipProtocol": "tcp"}], **more.pop("match", {})}
    rule = {"priority": 1, "direction": "INGRESS", "action": action, "match": match, **more.pop("rule", {})}
    return resource(
        "compute.firewallPolicies",
        "policy",
        rules=[rule],
        associations=[{"attachmentTarget": target}],
        **more,
    )


def test_an_allow_of_a_hierarchical_policy_ends_before_a_deny_of_the_network() -> None:
    open_all = policy("allow", "25.25.100.0/24", level="HIERARCHY")
    assert bounds(VPC, instance(), deny("deny", "0.0.0.0/0", priority=0), open_all) == (OFFICE, OFFICE)


def test_goto_next_of_a_hierarchical_policy_leaves_it_to_the_network() -> None:
    onward = policy("goto_next", "0.0.0.0/0", level="HIERARCHY")
    assert bounds(VPC, instance(), onward)[0] == EMPTY
    assert bounds(VPC, instance(), onward, allow("a", "25.25.100.0/24"))[0] == OFFICE


def test_a_network_policy_comes_after_the_vpc_rules_unless_the_network_says_before() -> None:
    rule = allow("a", "25.25.100.0/24")
    shut = policy("deny", "0.0.0.0/0")
    assert bounds(VPC, instance(), rule, shut)[0] == OFFICE
    before = resource(
        "compute.networks", "vpc", networkFirewallPolicyEnforcementOrder="BEFORE_CLASSIC_FIREWALL"
    )
    assert bounds(before, instance(), rule, shut)[0] == EMPTY


def test_a_policy_of_an_organisation_that_may_not_hold_the_project_protects_nobody() -> None:
    rule = allow("a", "25.25.100.0/24")
    assert bounds(VPC, instance(), rule, policy("deny", "0.0.0.0/0", target="organizations/1")) == (
        OFFICE,
        EMPTY,
    )


def test_groups_that_nobody_can_resolve_are_unknown() -> None:
    match = {"srcIpRanges": [], "srcRegionCodes": ["CH"]}
    assert bounds(VPC, instance(), policy("allow", match=match)) == (
        ALL_V4 - PRIVATE,
        EMPTY,
    )
    match = {"srcIpRanges": [], "srcSecureTags": [{"name": "tagValues/1"}]}
    found = reach(endpoint(lowered(VPC, instance(), policy("allow", match=match))), 5432)
    assert found.upper <= PRIVATE


def test_an_address_group_among_the_resources_is_resolved() -> None:
    group = resource(
        "networksecurity.addressGroups",
        "projects/p/locations/global/addressGroups/g",
        items=["25.25.100.0/24"],
    )
    match = {"srcIpRanges": [], "srcAddressGroups": ["projects/p/locations/global/addressGroups/g"]}
    assert bounds(VPC, instance(), group, policy("allow", match=match)) == (OFFICE, OFFICE)


def test_a_network_that_is_not_among_the_resources_may_have_other_rules() -> None:
    upper, lower = bounds(instance(), allow("a", "25.25.100.0/24"))
    assert (upper, lower) == (ALL_V4 - PRIVATE, OFFICE)
    assert (
        bounds(
            instance(), allow("a", "25.25.100.0/24"), created=False, listed=frozenset({"compute.firewalls"})
        )[0]
        == OFFICE
    )


def test_a_list_that_is_attached_to_nothing_says_what_it_would_let_in() -> None:
    found = lowered(
        VPC, allow("a", "25.25.100.0/24", targetTags=["db"]), deny("d", "25.25.100.0/25", priority=1)
    )
    one = endpoint(found, "network vpc, tag db")
    assert not one.attached
    assert reach(one, 5432).upper == AddressSet.parse("25.25.100.128/25")


def test_a_forwarding_rule_leads_to_its_instances_with_the_client_as_source() -> None:
    group = resource("compute.instanceGroups", "group", instances=["db"])
    backend = resource(
        "compute.backendServices", "backend", backends=[{"group": "zones/a/instanceGroups/group"}]
    )
    rule = resource(
        "compute.forwardingRules", "front", IPAddress="192.0.2.1", IPProtocol="TCP", ports=["5432"],
        backendService="regions/r/backendServices/backend", loadBalancingScheme="EXTERNAL",
    )  # fmt: skip
    parts = VPC, instance(public=False), group, backend, rule, allow("a", "25.25.100.0/24", port="1-65535")
    assert bounds(*parts) == (OFFICE, OFFICE)
    assert bounds(*parts, port=6379)[0] == EMPTY


def test_a_forwarding_rule_to_something_unseen_is_unknown_not_closed() -> None:
    rule = resource(
        "compute.forwardingRules",
        "db",
        portRange="5432-5432",
        target="zones/a/targetInstances/t",
        network="vpc",
    )
    found = lowered(VPC, rule, allow("a", "25.25.100.0/24", targetTags=["x"]))
    assert reach(endpoint(found), 5432).upper & OFFICE == OFFICE
    assert any(isinstance(one, Unresolved) for one in found)


def sql(**configuration: Any) -> Resource:
    return resource(
        "sqladmin.instances", "db", databaseVersion="POSTGRES_16", settings={"ipConfiguration": configuration}
    )


def test_cloud_sql_lets_in_its_authorized_networks() -> None:
    networks = [{"name": "office", "value": "25.25.100.0/24"}]
    assert bounds(sql(ipv4Enabled=True, authorizedNetworks=networks)) == (OFFICE, OFFICE)
    assert bounds(sql(authorizedNetworks=networks))[0] == OFFICE
    assert bounds(sql(ipv4Enabled=False, authorizedNetworks=networks))[0] == EMPTY
    assert bounds(sql(ipv4Enabled=Unknown("var.public", "no value"), authorizedNetworks=networks)) == (
        OFFICE,
        EMPTY,
    )
    private = reach(
        endpoint(lowered(VPC, sql(ipv4Enabled=False, privateNetwork="global/networks/vpc"))), 5432
    )
    assert private.upper == PRIVATE


def test_memorystore_says_whether_it_asks_for_a_password() -> None:
    redis = resource("redis.instances", "db", authorizedNetwork="vpc", authEnabled=False)
    found = endpoint(lowered(VPC, redis))
    assert found.posture is not None
    assert found.posture.authentication is Authentication.NONE
    assert reach(found, 6379).upper == PRIVATE


def test_alloydb_has_a_public_address_only_if_it_says_so() -> None:
    external = {"enablePublicIp": True, "authorizedExternalNetworks": [{"cidrRange": "25.25.100.0/24"}]}
    assert bounds(resource("alloydb.instances", "db", networkConfig=external)) == (OFFICE, OFFICE)
    assert bounds(resource("alloydb.instances", "db"))[0] - PRIVATE == EMPTY


@pytest.mark.parametrize(
    "bad",
    [
        allow("a", "25.25.100.0/33"),
        allow("a", "25.25.100.0/24", port="99999"),
        allow("a", "25.25.100.0/24", allowed=None),
        allow("a", "25.25.100.0/24", denied=[{"IPProtocol": "tcp"}]),
        allow("a", "25.25.100.0/24", allowed=["tcp"]),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_goes_on(bad: Resource) -> None:
    found = lowered(VPC, instance(), bad, allow("good", "25.25.113.0/24"))
    assert any(isinstance(one, Malformed) for one in found)
    assert AddressSet.parse("25.25.113.0/24") <= reach(endpoint(found), 5432).upper


def test_a_type_that_is_not_modelled_is_named() -> None:
    (found,) = lowered(resource("container.clusters", "k"))
    assert isinstance(found, NotLookedAt)
    assert "k" in found.what
