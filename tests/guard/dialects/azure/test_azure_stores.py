"""Stores as a service: firewall rules, network rules, private endpoints."""

from __future__ import annotations

import pytest

from hushdesk.guard._addresses import EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._findings import Authentication, Endpoint, Malformed, Unresolved
from hushdesk.guard.dialects._resource import Unknown

SERVERS = [
    ("Microsoft.Sql/servers", 1433, "mssql"),
    ("Microsoft.DBforPostgreSQL/servers", 5432, "postgresql"),
    ("Microsoft.DBforPostgreSQL/flexibleServers", 5432, "postgresql"),
    ("Microsoft.DBforMySQL/servers", 3306, "mysql"),
    ("Microsoft.DBforMySql/flexibleservers", 3306, "mysql"),
    ("Microsoft.DBforMariaDB/servers", 3306, "mysql"),
    ("Microsoft.DocumentDB/mongoClusters", 27017, "mongodb"),
    ("Microsoft.Synapse/workspaces", 1433, "mssql"),
]


def rule(first, last):
    return {"name": f"{first}", "properties": {"startIpAddress": first, "endIpAddress": last}}


@pytest.mark.parametrize(("kind", "port", "engine"), SERVERS)
def test_ranges_are_inclusive_and_no_rule_is_closed(estate, kind, port, engine):
    estate.add(kind, "open", firewallRules=[rule("203.0.113.5", "203.0.113.9")]).add(kind, "shut")
    endpoint = estate.endpoint("open")
    assert (endpoint.engine, endpoint.attached) == (engine, True)
    assert endpoint.listening.covers("tcp", port)
    found = estate.reach(port, "open")
    assert found.upper == found.lower == AddressSet.parse("203.0.113.5-203.0.113.9")
    assert estate.reach(port, "shut").upper == EMPTY


@pytest.mark.parametrize("switch", ["Disabled", "disabled", False])
def test_public_access_that_is_off(estate, switch):
    estate.add(
        "Microsoft.Sql/servers",
        "s",
        publicNetworkAccess=switch,
        firewallRules=[rule("0.0.0.0", "255.255.255.255")],
    )
    assert estate.endpoint("s").paths == ()


@pytest.mark.parametrize("switch", [Unknown("[x]", "no value"), "SecuredByPerimeter"])
def test_public_access_that_is_not_known(estate, switch):
    estate.add(
        "Microsoft.Sql/servers",
        "s",
        publicNetworkAccess=switch,
        firewallRules=[rule("0.0.0.0", "255.255.255.255")],
    )
    found = estate.reach(1433, "s")
    assert found.upper == AddressSet.parse("0.0.0.0/0")
    assert found.lower == EMPTY


def test_zero_to_zero_is_everybody_in_azure(estate):
    estate.add("Microsoft.Sql/servers", "s").add(
        "Microsoft.Sql/servers/firewallRules",
        "s/firewallRules/azure",
        startIpAddress="0.0.0.0",
        endIpAddress="0.0.0.0",
    )
    found = estate.reach(1433, "s")
    assert (found.upper, found.lower) == (EVERYWHERE, EMPTY)
    assert any(isinstance(one, Unresolved) and "--service-tags" in one.why for one in estate.findings())
    estate.tags = {"azurecloud": AddressSet.parse("20.0.0.0/8")}
    found = estate.reach(1433, "s")
    assert found.upper == found.lower == AddressSet.parse("20.0.0.0/8")


@pytest.mark.parametrize(
    ("first", "last"),
    [("203.0.113.9", "203.0.113.5"), ("nonsense", "203.0.113.5"), (None, None), ("203.0.113.0", None)],
)
def test_a_rule_that_is_no_range_is_told_and_unknown(estate, first, last):
    estate.add("Microsoft.Sql/servers", "s", firewallRules=[rule(first, last)])
    found = estate.reach(1433, "s")
    assert (found.upper, found.lower) == (EVERYWHERE, EMPTY)
    assert any(isinstance(one, Malformed) for one in estate.findings())


def test_an_unresolved_rule(estate):
    estate.add("Microsoft.Sql/servers", "s", firewallRules=[rule(Unknown("[a]", "no value"), "203.0.113.5")])
    assert (estate.reach(1433, "s").upper, estate.reach(1433, "s").lower) == (EVERYWHERE, EMPTY)


def test_a_rule_for_a_server_that_is_not_in_the_input(estate):
    estate.add(
        "Microsoft.Sql/servers/firewallRules",
        "s/firewallRules/r",
        startIpAddress="203.0.113.5",
        endIpAddress="203.0.113.5",
    )
    found = estate.reach(1433, "s")
    assert (found.upper, found.lower) == (EVERYWHERE, EMPTY)


def test_subnets_by_service_endpoint(estate):
    estate.network().add(
        "Microsoft.Sql/servers",
        "s",
        virtualNetworkRules=[{"name": "v", "properties": {"virtualNetworkSubnetId": "net/subnets/a"}}],
    )
    estate.add(
        "Microsoft.Sql/servers",
        "t",
        virtualNetworkRules=[{"name": "v", "properties": {"virtualNetworkSubnetId": "far"}}],
    )
    found = estate.reach(1433, "s")
    assert found.upper == found.lower == AddressSet.parse("10.0.1.0/24")
    assert estate.reach(1433, "t").lower == EMPTY
    assert estate.reach(1433, "t").upper != EMPTY


@pytest.mark.parametrize(
    "where",
    [
        {"network": {"delegatedSubnetResourceId": "net/subnets/a"}},
        {"network": {"delegatedSubnetResourceId": {"id": "net/subnets/a"}}},
    ],
)
def test_a_flexible_server_in_a_subnet_stands_behind_its_group(estate, where):
    estate.nsg(
        "n", estate.rule(100, "10.0.0.0/20", "5432"), estate.rule(4096, access="Deny", ports="*")
    ).network("n")
    estate.add(
        "Microsoft.DBforPostgreSQL/flexibleServers",
        "pg",
        **where,
        firewallRules=[rule("0.0.0.0", "255.255.255.255")],
    )
    found = estate.reach(5432, "pg")
    assert found.upper == found.lower == AddressSet.parse("10.0.0.0/20")


def test_a_subnet_that_is_not_resolved_leaves_both_possible(estate):
    estate.add("Microsoft.DBforPostgreSQL/flexibleServers", "pg", network={"delegatedSubnetResourceId": Unknown("[x]", "no value")},
               firewallRules=[rule("203.0.113.5", "203.0.113.5")])  # fmt: skip
    found = estate.reach(5432, "pg")
    assert AddressSet.parse("203.0.113.5") <= found.upper
    assert found.lower == EMPTY


def test_public_access_of_a_flexible_server_stands_under_network(estate):
    estate.add(
        "Microsoft.DBforMySQL/flexibleServers",
        "my",
        network={"publicNetworkAccess": "Disabled"},
        firewallRules=[rule("1.1.1.1", "1.1.1.1")],
    )
    assert estate.endpoint("my").paths == ()


def test_a_managed_instance_and_its_public_data_endpoint(estate):
    estate.nsg("n", estate.rule(100, "203.0.113.0/24", "3342")).network("n")
    estate.add(
        "Microsoft.Sql/managedInstances", "mi", subnetId="net/subnets/a", publicDataEndpointEnabled=True
    )
    estate.add("Microsoft.Sql/managedInstances", "shut", subnetId="net/subnets/a")
    assert AddressSet.parse("203.0.113.0/24") <= estate.reach(3342, "mi").lower
    assert not AddressSet.parse("203.0.113.0/24") <= estate.reach(3342, "shut").upper
    assert not AddressSet.parse("203.0.113.0/24") <= estate.reach(1433, "mi").upper


COSMOS = "Microsoft.DocumentDB/databaseAccounts"


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({}, EVERYWHERE),
        ({"ipRules": [], "isVirtualNetworkFilterEnabled": False}, EVERYWHERE),
        ({"ipRules": [{"ipAddressOrRange": "203.0.113.0/24"}]}, AddressSet.parse("203.0.113.0/24")),
        (
            {"ipRangeFilter": "203.0.113.0/24, 198.51.100.7"},
            AddressSet.parse("203.0.113.0/24", "198.51.100.7"),
        ),
        ({"isVirtualNetworkFilterEnabled": True}, EMPTY),
        (
            {"isVirtualNetworkFilterEnabled": True, "virtualNetworkRules": [{"id": "net/subnets/a"}]},
            AddressSet.parse("10.0.1.0/24"),
        ),
        (
            {"isVirtualNetworkFilterEnabled": True, "ipRules": [{"ipAddressOrRange": "203.0.113.7"}]},
            AddressSet.parse("203.0.113.7"),
        ),
        ({"publicNetworkAccess": "Disabled"}, EMPTY),
    ],
)
def test_cosmos(estate, properties, wanted):
    found = estate.network().add(COSMOS, "c", **properties).reach(443, "c")
    assert found.upper == found.lower == wanted


def test_cosmos_from_azure_and_unknown(estate):
    estate.add(COSMOS, "c", ipRules=[{"ipAddressOrRange": "0.0.0.0"}]).add(
        COSMOS, "d", isVirtualNetworkFilterEnabled=Unknown("[x]", "no value")
    )
    for name in ("c", "d"):
        found = estate.reach(443, name)
        assert (found.upper, found.lower) == (EVERYWHERE, EMPTY), name


def test_cosmos_by_its_interface(estate):
    estate.add(COSMOS, "m", kind="MongoDB").add(COSMOS, "k", capabilities=[{"name": "EnableCassandra"}]).add(
        COSMOS, "s"
    )
    kinds = {one.name: (one.engine, one.listening) for one in estate.findings() if isinstance(one, Endpoint)}
    assert [kinds[name][0] for name in "mks"] == ["mongodb", "cassandra", "cosmosdb"]
    assert kinds["m"][1].covers("tcp", 10255)
    assert kinds["k"][1].covers("tcp", 10350)


def test_redis(estate):
    kind = "Microsoft.Cache/Redis"
    estate.add(kind, "open").add(kind, "some", enableNonSslPort=True).add(
        kind, "off", publicNetworkAccess="Disabled"
    )
    estate.add(
        "Microsoft.Cache/Redis/firewallRules",
        "some/firewallRules/r",
        startIP="203.0.113.5",
        endIP="203.0.113.9",
    )
    assert estate.reach(6380, "open").lower == EVERYWHERE
    assert estate.reach(6379, "some").upper == AddressSet.parse("203.0.113.5-203.0.113.9")
    assert estate.endpoint("some").listening.covers("tcp", 6379)
    assert not estate.endpoint("open").listening.covers("tcp", 6379)
    assert estate.endpoint("off").paths == ()
    assert estate.endpoint("open").posture.authentication is Authentication.REQUIRED
    estate.add(kind, "free", redisConfiguration={"authnotrequired": "true"})
    assert estate.endpoint("free").posture.authentication is Authentication.NONE


STORAGE = "Microsoft.Storage/storageAccounts"


@pytest.mark.parametrize(
    ("properties", "upper", "lower"),
    [
        ({}, EVERYWHERE, EVERYWHERE),
        ({"networkAcls": {"defaultAction": "Allow", "ipRules": [{"value": "203.0.113.7"}]}}, EVERYWHERE, EVERYWHERE),
        ({"networkAcls": {"defaultAction": "deny"}}, EMPTY, EMPTY),
        ({"networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.0/24", "action": "Allow"}]}}, AddressSet.parse("203.0.113.0/24"), AddressSet.parse("203.0.113.0/24")),
        ({"networkAcls": {"defaultAction": "Deny", "virtualNetworkRules": [{"id": "net/subnets/a"}]}}, AddressSet.parse("10.0.1.0/24"), AddressSet.parse("10.0.1.0/24")),
        ({"networkAcls": {"defaultAction": Unknown("[x]", "no value")}}, EVERYWHERE, EMPTY),
        ({"networkAcls": Unknown("[x]", "no value")}, EVERYWHERE, EMPTY),
        ({"publicNetworkAccess": "Disabled"}, EMPTY, EMPTY),
    ],
)  # fmt: skip
def test_storage(estate, properties, upper, lower):
    found = estate.network().add(STORAGE, "st", **properties).reach(443, "st")
    assert (found.upper, found.lower) == (upper, lower)


def test_public_containers_are_part_of_the_posture(estate):
    box = f"{STORAGE}/blobServices/containers"
    estate.add(STORAGE, "a").add(STORAGE, "b", allowBlobPublicAccess=False).add(STORAGE, "c").add(
        STORAGE, "d"
    )
    for name in "ab":
        estate.add(box, f"{name}/blobServices/default/containers/box", publicAccess="Container")
    estate.add(box, "d/blobServices/default/containers/box", publicAccess=Unknown("[x]", "no value"))
    answers = {name: estate.endpoint(name).posture.authentication for name in "abcd"}
    assert answers == {
        "a": Authentication.PARTLY,
        "b": Authentication.REQUIRED,
        "c": Authentication.REQUIRED,
        "d": Authentication.UNKNOWN,
    }


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("Microsoft.Kusto/clusters", {"allowedIpRangeList": ["203.0.113.0/24"]}),
        ("Microsoft.Search/searchServices", {"networkRuleSet": {"ipRules": [{"value": "203.0.113.0/24"}]}}),
    ],
)
def test_lists_of_which_none_means_everybody(estate, kind, properties):
    estate.add(kind, "some", **properties).add(kind, "open")
    assert estate.reach(443, "some").upper == AddressSet.parse("203.0.113.0/24")
    assert estate.reach(443, "open").lower == EVERYWHERE


@pytest.mark.parametrize(("policies", "upper"), [(None, True), ("Disabled", True), ("Enabled", False)])
def test_a_private_endpoint_is_behind_its_group_only_if_the_subnet_says_so(estate, policies, upper):
    more = {"privateEndpointNetworkPolicies": policies} if policies else {}
    estate.nsg("n", estate.rule(4096, access="Deny", ports="*")).network("n", **more)
    estate.add("Microsoft.Sql/servers", "s", publicNetworkAccess="Disabled")
    link = {"name": "l", "properties": {"privateLinkServiceId": "S"}}
    estate.add("privateEndpoints", "pe", subnet={"id": "net/subnets/a"}, privateLinkServiceConnections=[link])
    found = estate.reach(1433, "s")
    assert (AddressSet.parse("10.0.0.0/16") <= found.upper) is upper
    assert not AddressSet.parse("203.0.113.0/24") <= found.upper
