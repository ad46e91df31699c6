"""Windows from Azure's Activity Log: priorities, whole groups, steps of one change, containers, links."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from window_tell import NSG, RULE_DELETE, SUBSCRIPTION, azure, nsg_rule, spans, write_nsg, write_rule

from hushdesk.guard import AddressSet, Intent, World
from hushdesk.incident import EVER, SECOND, Coverage, Opening, Outcome
from hushdesk.incident.window import Replayed, windows

NEVER_ENDS = float("inf")
OPEN = nsg_rule("open", 200, "*", "9200")
DENY = nsg_rule("deny", 100, "Internet", "9200", "Deny")


def replay(*changes: Any, **more: Any) -> Replayed:
    return windows(changes, **{"intent": Intent(), **more})


def delete_rule(at: float, name: str) -> Any:
    return azure(at, RULE_DELETE, f"{NSG}/securityRules/{name}")


def test_a_rule_opens_only_where_no_denial_stands_above() -> None:
    found = replay(
        write_nsg(1),
        write_rule(10, OPEN),
        write_rule(20, DENY),
        delete_rule(30, "deny"),
        delete_rule(40, "open"),
    )
    assert spans(found.windows) == [(10, 20), (30, 40)]
    window = found.windows[0]
    assert (window.resource, window.protocol, window.port, window.doubt) == (NSG, "tcp", 9200, "")
    assert "open" in window.rule
    # A rule that is overshadowed when it is written opens nothing.
    assert not replay(write_nsg(1, DENY), write_rule(10, OPEN)).windows
    assert spans(
        replay(write_nsg(1, DENY), write_rule(10, nsg_rule("higher", 50, "8.8.8.8", "9200"))).windows
    ) == [(10, NEVER_ENDS)]


def test_writing_a_group_replaces_all_its_rules() -> None:
    found = replay(
        write_nsg(1, OPEN),
        write_nsg(10, nsg_rule("other", 100, "*", "5432")),
        azure(20, "Microsoft.Network/networkSecurityGroups/delete", NSG),
    )
    assert (spans(found.windows, port=9200), spans(found.windows, port=5432)) == ([(1, 10)], [(10, 20)])
    tags = azure(5, "Microsoft.Network/networkSecurityGroups/write", NSG, {"tags": {"a": "b"}})
    assert spans(replay(write_nsg(1, OPEN), tags).windows) == [(1, NEVER_ENDS)]
    answer = azure(
        30,
        "Microsoft.Network/networkSecurityGroups/write",
        NSG.upper(),
        None,
        {"properties": {"securityRules": []}},
    )
    assert spans(replay(write_nsg(1, OPEN), answer).windows) == [(1, 30)]


def test_rules_for_other_directions_and_private_sources_open_nothing() -> None:
    rules = [
        nsg_rule("out", 100, "*", "9200", direction="Outbound"),
        nsg_rule("in", 110, "10.0.0.0/8", "9200"),
        nsg_rule("net", 120, "VirtualNetwork", "9200"),
    ]
    assert not replay(write_nsg(1, *rules)).windows


def test_the_end_of_a_change_counts() -> None:
    begun = write_rule(10, OPEN, outcome=Outcome.BEGUN, correlation="c")
    accepted = write_rule(12, OPEN, outcome=Outcome.BEGUN, correlation="c")
    ended = azure(15, begun.operation.upper(), begun.resource.upper(), correlation="c")
    assert spans(replay(write_nsg(1), begun, accepted, ended).windows) == [(15, NEVER_ENDS)]
    failed = azure(15, begun.operation, begun.resource, correlation="c", outcome=Outcome.FAILED)
    assert not replay(write_nsg(1), begun, failed).windows
    (window,) = replay(write_nsg(1), begun).windows
    assert spans([window]) == [(10, NEVER_ENDS)]
    assert "not how it ended" in window.doubt
    # One that may have closed is not taken to have done so.
    closing = azure(20, RULE_DELETE, f"{NSG}/securityRules/open", outcome=Outcome.BEGUN, correlation="d")
    assert spans(replay(write_nsg(1, OPEN), closing).windows) == [(1, NEVER_ENDS)]


def test_what_the_log_does_not_hold_is_said() -> None:
    found = replay(
        azure(10, "Microsoft.Network/networkSecurityGroups/securityRules/write", f"{NSG}/securityRules/x"),
        delete_rule(20, "y"),
    )
    assert not found.windows
    assert (
        len(
            [
                word
                for word in found.unresolved
                if "log does not hold" in word or "before the evidence" in word
            ]
        )
        == 2
    )


def test_tags_are_taken_from_the_world() -> None:
    change = write_nsg(10, nsg_rule("tagged", 100, "AzureCloud", "9200"))
    (window,) = replay(change).windows
    assert window.doubt
    assert not window.certain
    world = World(tags={"azurecloud": AddressSet.parse("20.0.0.0/8")})
    (window,) = replay(change, world=world).windows
    assert (window.doubt, window.sources) == ("", AddressSet.parse("20.0.0.0/8"))


STORAGE = f"{SUBSCRIPTION}/Microsoft.Storage/storageAccounts/cases"


def container(at: float, level: str, name: str = "all") -> Any:
    return azure(
        at,
        "Microsoft.Storage/storageAccounts/blobServices/containers/write",
        f"{STORAGE}/blobServices/default/containers/{name}",
        {"properties": {"publicAccess": level}},
    )


def account(at: float, **properties: Any) -> Any:
    return azure(at, "Microsoft.Storage/storageAccounts/write", STORAGE, {"properties": properties})


def test_public_containers() -> None:
    found = replay(
        container(10, "Container"),
        container(20, "None"),
        container(30, "Blob"),
        account(40, allowBlobPublicAccess=False),
        account(50, allowBlobPublicAccess=True),
    )
    shares = [each for each in found.windows if each.opening is Opening.SHARE]
    assert spans(shares) == [(10, 20), (30, 40), (50, NEVER_ENDS)]
    assert {each.shared_with for each in shares} == {"everybody"}
    gone = azure(60, "Microsoft.Storage/storageAccounts/delete", STORAGE)
    assert spans(
        each for each in replay(container(10, "Blob"), gone).windows if each.opening is Opening.SHARE
    ) == [(10, 60)]


def test_links_to_disks_end_by_themselves() -> None:
    disk = f"{SUBSCRIPTION}/Microsoft.Compute/disks/data"
    begin = azure(
        10,
        "Microsoft.Compute/disks/beginGetAccess/action",
        disk,
        {"access": "Read", "durationInSeconds": 3600},
    )
    end = azure(100, "Microsoft.Compute/disks/endGetAccess/action", disk)
    late = azure(9000, "Microsoft.Compute/disks/endGetAccess/action", disk)
    assert spans(replay(begin, end).windows) == [(10, 100)]
    assert spans(replay(begin, late).windows) == [(10, 3610)]
    assert spans(replay(begin).windows) == [(10, 3610)]


@pytest.mark.parametrize("whole", [True, False], ids=["rule inside", "rule written"])
def test_databases_have_rules_of_their_own(whole: bool) -> None:
    server = f"{SUBSCRIPTION}/Microsoft.Sql/servers/cases"
    rule = {"startIpAddress": "0.0.0.0", "endIpAddress": "255.255.255.255"}
    made = azure(
        1,
        "Microsoft.Sql/servers/write",
        server,
        {"location": "westeurope", "properties": {"publicNetworkAccess": "Enabled"}},
    )
    if whole:
        opened = azure(
            10,
            "Microsoft.Sql/servers/firewallRules/write",
            f"{server}/firewallRules/all",
            {"properties": rule},
        )
        closed = azure(20, "Microsoft.Sql/servers/firewallRules/delete", f"{server}/firewallRules/all")
    else:
        opened = azure(
            10,
            "Microsoft.Sql/servers/firewallRules/write",
            f"{server}/firewallRules/all",
            None,
            {"properties": rule, "name": "all"},
        )
        closed = azure(
            20, "Microsoft.Sql/servers/write", server, {"properties": {"publicNetworkAccess": "Disabled"}}
        )
    assert spans(replay(made, opened, closed).windows, port=1433) == [(10, 20)]


def test_deleting_the_resource_group_closes() -> None:
    scope = SUBSCRIPTION.rpartition("/providers")[0]
    found = replay(
        write_nsg(1, OPEN),
        container(5, "Blob"),
        azure(20, "Microsoft.Resources/subscriptions/resourceGroups/delete", scope),
    )
    assert spans(found.windows) == [(1, 20), (5, 20)]


def test_flow_logs() -> None:
    log = f"{SUBSCRIPTION}/Microsoft.Network/networkWatchers/w/flowLogs/f"
    body = {"properties": {"targetResourceId": NSG, "enabled": True, "storageId": STORAGE}}
    write = azure(10, "Microsoft.Network/networkWatchers/flowLogs/write", log, body)
    rotated = azure(30, "Microsoft.Storage/storageAccounts/regenerateKey/action", STORAGE)
    (coverage,) = (each for each in replay(write, rotated).coverage if isinstance(each, Coverage))
    assert (coverage.log, coverage.of, [(span.start, span.end) for span in coverage.spans]) == (
        "azure-nsg-flow", NSG, [(10 * SECOND, 30 * SECOND)],
    )  # fmt: skip
    (coverage,) = (each for each in replay(write).coverage if isinstance(each, Coverage))
    assert [span.end for span in coverage.spans] == [EVER]


def estate(tmp_path: Path) -> Path:
    """A machine with a public address; the group stands before its interface."""
    network, address = (
        f"{SUBSCRIPTION}/Microsoft.Network/virtualNetworks/net",
        f"{SUBSCRIPTION}/Microsoft.Network/publicIPAddresses/ip",
    )
    nic = f"{SUBSCRIPTION}/Microsoft.Network/networkInterfaces/nic"
    config = {
        "name": "one",
        "properties": {
            "privateIPAddress": "10.0.1.4",
            "subnet": {"id": f"{network}/subnets/data"},
            "publicIPAddress": {"id": address},
        },
    }
    bodies = [
        {"id": network, "name": "net", "type": "Microsoft.Network/virtualNetworks", "properties": {
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"id": f"{network}/subnets/data", "name": "data", "properties": {"addressPrefix": "10.0.1.0/24"}}],
        }},
        {"id": address, "name": "ip", "type": "Microsoft.Network/publicIPAddresses", "sku": {"name": "Standard"}, "properties": {"ipAddress": "203.0.113.9"}},
        {"id": nic, "name": "nic", "type": "Microsoft.Network/networkInterfaces", "properties": {"networkSecurityGroup": {"id": NSG}, "ipConfigurations": [config]}},
        {"id": NSG, "name": "db", "type": "Microsoft.Network/networkSecurityGroups", "properties": {"securityRules": []}},
    ]  # fmt: skip
    path = tmp_path / "estate.json"
    path.write_text(json.dumps({"value": bodies}))
    return path


def test_with_a_baseline_the_way_in_counts(tmp_path: Path) -> None:
    nic = f"{SUBSCRIPTION}/Microsoft.Network/networkInterfaces/nic"
    base = [estate(tmp_path)]
    found = replay(write_rule(10, OPEN), delete_rule(50, "open"), baseline=base)
    assert spans(found.windows, port=9200) == [(10, 50)]
    assert [window.resource for window in found.windows] == [nic]
    assert "203.0.113.9" in found.windows[0].names
    bodies = {each["id"]: each for each in json.loads(base[0].read_text())["value"]}
    private = json.loads(json.dumps(bodies[nic]["properties"]))
    del private["ipConfigurations"][0]["properties"]["publicIPAddress"]
    detached = azure(30, "Microsoft.Network/networkInterfaces/write", nic, None, {"properties": private})
    assert spans(
        replay(write_rule(10, OPEN), detached, delete_rule(50, "open"), baseline=base).windows, resource=nic
    ) == [(10, 30)]
    gone = azure(40, "Microsoft.Network/networkInterfaces/delete", nic)
    assert spans(replay(write_rule(10, OPEN), gone, baseline=base).windows, resource=nic) == [(10, 40)]
