"""Over real templates and recordings, where they are beside the checkout."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from hushdesk.guard._addresses import PUBLIC, AddressSet
from hushdesk.guard._dialect import Document, World
from hushdesk.guard._engines import STORE_PORTS
from hushdesk.guard._findings import Endpoint, Malformed
from hushdesk.guard.dialects.azure import AzureDialect, load_service_tags
from hushdesk.guard.reach import reach

PLATFORM = AddressSet.parse("168.63.129.16")
STORES = {port for protocol, port in STORE_PORTS if protocol == "tcp"}


def documents(folder):
    for file in sorted(folder.rglob("*.json")):
        yield Document(
            str(file.relative_to(folder)), "json", json.loads(file.read_text(encoding="utf-8-sig"))
        )


def findings(folder, **world):
    dialect = AzureDialect()
    claimed = [one for one in documents(folder) if dialect.claims(one)]
    return claimed, list(dialect.read(claimed, World(**world)))


AGAINST_AZURE = {
    # The interface's group denies port 8080 from everywhere (BlockCidrBlockHttpInbound).
    ("10.0.0.4", "10.0.1.5", 8080): False,
    # No rule names 10.0.1.6 as destination, and AllowVnetInBound lets the network in. The upstream test gives its flow no source.
    ("10.0.1.5", "10.0.1.6", 22): True,
}
"""Two flows of which the other engine says what the rules, in the platform's order, do not say."""


def test_batfish_flows(guard_data):
    folder = (
        guard_data / "batfish/projects/batfish/src/test/resources/org/batfish/representation/azure/test-nsg"
    )
    expected = json.loads((guard_data / "batfish/azure-nsg-expected.json").read_text())["flows"]
    _, found = findings(folder)
    by_address = {alias: one for one in found if isinstance(one, Endpoint) for alias in one.aliases}
    asked = 0
    for flow in expected:
        source, target = flow["from"].split()[-1], flow["to"].split()[-1]
        if target not in by_address:
            continue  # outbound flows: whoever they reach stands outside the input
        answer = reach(by_address[target], flow.get("dport", 0), flow["proto"])
        wanted = AGAINST_AZURE.get((source, target, flow.get("dport")), flow["verdict"] == "ACCEPTED")
        assert (source in answer.lower) == (source in answer.upper) == wanted, flow
        asked += 1
    assert asked > 4


def literal(value, top, depth=0):
    """A value behind at most five plain references, by a way of its own."""
    match = (
        re.fullmatch(r"\[(parameters|variables)\('([^']+)'\)\]", value)
        if isinstance(value, str) and depth < 5
        else None
    )
    if match is None:
        return value
    held = {name.lower(): item for name, item in (top.get(match[1]) or {}).items()}.get(match[2].lower())
    return literal(
        held.get("defaultValue") if match[1] == "parameters" and isinstance(held, dict) else held,
        top,
        depth + 1,
    )


def naive_rules(value, top):
    if isinstance(value, list):
        for item in value:
            yield from naive_rules(item, top)
    elif isinstance(value, dict):
        fields = {key.lower(): item for key, item in value.items()}
        if {"direction", "access", "protocol"} <= fields.keys():
            yield fields
            return
        for item in value.values():
            yield from naive_rules(item, top)


def texts(fields, top, *names):
    for name in names:
        value = literal(fields.get(name.lower()), top)
        yield from (
            str(literal(item, top))
            for item in (value if isinstance(value, list) else [value])
            if item not in (None, "")
        )


def opened(fields, top):
    """Ports of stores that a rule plainly opens to everybody; a star for the ports does not count."""
    if (
        str(literal(fields["direction"], top)).lower() != "inbound"
        or str(literal(fields["access"], top)).lower() != "allow"
    ):
        return []
    if str(literal(fields["protocol"], top)).lower() not in {"tcp", "*"}:
        return []
    if not {"*", "any", "internet", "0.0.0.0/0"} & {
        text.lower() for text in texts(fields, top, "sourceAddressPrefix", "sourceAddressPrefixes")
    }:
        return []
    ranges = [
        re.fullmatch(r"(\d+)(?:-(\d+))?", text.strip())
        for text in texts(fields, top, "destinationPortRange", "destinationPortRanges")
    ]
    return sorted(
        port
        for port in STORES
        if any(match and int(match[1]) <= port <= int(match[2] or match[1]) for match in ranges)
    )


def test_quickstart_templates(guard_data):
    claimed, found = findings(guard_data / "quickstart")
    assert len(claimed) >= 150
    rules: dict[str, list] = {}
    for endpoint in (one for one in found if isinstance(one, Endpoint)):
        for path in endpoint.paths:
            for gate in path.gates:
                for stage in gate.stages:
                    for rule in stage.rules:
                        rules.setdefault(rule.place.file, []).append((rule, endpoint))
    openings = 0
    for document in claimed:
        for fields in naive_rules(document.content, document.content):
            ports = opened(fields, document.content)
            openings += bool(ports)
            for port in ports:
                carriers = [
                    endpoint
                    for rule, endpoint in rules.get(document.file, [])
                    if rule.services.covers("tcp", port) and rule.sources.upper >= PUBLIC - PLATFORM
                ]
                assert any(reach(endpoint, port).upper & PUBLIC - PLATFORM for endpoint in carriers), (
                    document.file,
                    fields,
                )
    assert openings > 20
    kinds = Counter(type(one).__name__ for one in found)
    assert kinds["Endpoint"] > 200
    assert kinds["Malformed"] < 20


def test_recorded_answers(guard_data):
    _, found = findings(guard_data / "custodian/azure-api")
    assert not [one for one in found if isinstance(one, Malformed)]
    kinds = Counter(one.kind for one in found if isinstance(one, Endpoint))
    assert {
        "network security group",
        "network interface",
        "Cosmos DB account",
        "SQL server",
        "Redis cache",
        "MySQL flexible server",
    } <= kinds.keys()


@pytest.mark.parametrize("folder", ["kics/azureResourceManager", "checkov/arm", "batfish"])
def test_other_fixtures_are_read(guard_data, folder):
    claimed, found = findings(guard_data / folder)
    assert claimed
    assert any(isinstance(one, Endpoint) for one in found)
    for endpoint in (one for one in found if isinstance(one, Endpoint)):
        answer = reach(endpoint, 1433)
        assert answer.lower <= answer.upper


def test_the_published_service_tags(guard_data):
    tags = load_service_tags(guard_data / "ip-ranges/microsoft-azure-ip-ranges.json")
    assert len(tags) > 2000
    assert 40_000_000 < tags["azurecloud"].v4.size < 60_000_000
    assert tags["storage.westeurope"] <= tags["storage"]
    assert tags["azurecloud"].v6
