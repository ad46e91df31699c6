"""Documents of Google Cloud: which are claimed, and what they come to."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from hushdesk.guard._addresses import PRIVATE, AddressSet
from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Endpoint, Malformed, NotLookedAt, Unresolved
from hushdesk.guard.dialects.gcp import GcpDialect
from hushdesk.guard.reach import reach

DATA = next(
    (
        beside
        for folder in Path(__file__).resolve().parents[4:7]
        if (beside := folder / "shared/data/guard").is_dir()
    ),
    None,
)
GCP = GcpDialect()
NETWORK = "https://www.googleapis.com/compute/v1/projects/p/global/networks/default"
FIREWALL = {
    "kind": "compute#firewall",
    "name": "a",
    "network": NETWORK,
    "direction": "INGRESS",
    "sourceRanges": ["25.25.100.0/24"],
    "allowed": [{"IPProtocol": "tcp", "ports": ["6379"]}],
}
INSTANCE = {
    "kind": "compute#instance",
    "name": "db",
    "selfLink": "https://www.googleapis.com/compute/v1/projects/p/zones/z/instances/db",
    "networkInterfaces": [
        {"network": NETWORK, "accessConfigs": [{"natIP": "192.0.2.9"}], "networkIP": "10.128.0.2"}
    ],
}
OFFICE = AddressSet.parse("25.25.100.0/24")


def document(content: Any, file: str = "a.json") -> Document:
    return Document(file, "json", content)


def upper(*contents: Any, name: str = "db", port: int = 6379) -> AddressSet:
    documents = [document(content, f"{number}.json") for number, content in enumerate(contents)]
    assert all(GCP.claims(one) for one in documents)
    (found,) = [one for one in GCP.read(documents, World()) if isinstance(one, Endpoint) and one.name == name]
    return reach(found, port).upper


@pytest.mark.parametrize(
    "listing",
    [
        [FIREWALL],
        {"kind": "compute#firewallList", "items": [FIREWALL]},
        {"headers": {"status": "200"}, "body": {"kind": "compute#firewallList", "items": [FIREWALL]}},
    ],
)
def test_listings_of_firewall_rules_belong_to_the_instances_of_other_documents(listing: Any) -> None:
    assert upper(listing, INSTANCE) == OFFICE
    assert (
        upper(
            listing,
            {"kind": "compute#instanceAggregatedList", "items": {"zones/z": {"instances": [INSTANCE]}}},
        )
        == OFFICE
    )


def test_one_firewall_rule_alone_is_no_listing() -> None:
    assert upper(FIREWALL, INSTANCE) == AddressSet.parse("0.0.0.0/0")


def test_a_page_of_a_listing_is_not_the_whole() -> None:
    page = {"kind": "compute#firewallList", "items": [FIREWALL], "nextPageToken": "x"}
    assert upper(page, INSTANCE) - PRIVATE
    assert any(isinstance(one, NotLookedAt) for one in GCP.read([document(page)], World()))


def test_the_effective_answer_orders_policies_before_rules() -> None:
    shut = {
        "type": "HIERARCHY",
        "displayName": "organisation",
        "name": "1",
        "rules": [{
            "priority": 1, "direction": "INGRESS", "action": "deny",
            "match": {"srcIpRanges": ["25.25.100.0/25"], "layer4Configs": [{"ipProtocol": "all"}]},
        }],
    }  # fmt: skip
    answer = {"firewalls": [FIREWALL], "firewallPolicys": [shut]}
    assert upper(answer, INSTANCE) == AddressSet.parse("25.25.100.128/25")


def test_an_export_of_the_asset_inventory() -> None:
    assets = [
        {"assetType": "compute.googleapis.com/Firewall", "resource": {"data": {**FIREWALL, "kind": None}}},
        {"assetType": "compute.googleapis.com/Instance", "resource": {"data": {**INSTANCE, "kind": None}}},
    ]
    assert upper(assets) >= OFFICE


CONFIGURATION = """
resources:
- name: net
  type: compute.v1.network
- name: rule
  type: compute.v1.firewall
  properties:
    network: $(ref.net.selfLink)
    sourceRanges: [25.25.100.0/24, '{{ properties["more"] }}']
    allowed: [{IPProtocol: TCP, ports: ["6379"]}]
- name: db
  type: compute.v1.instance
  properties:
    networkInterfaces:
    - network: $(ref.net.selfLink)
      accessConfigs: [{type: ONE_TO_ONE_NAT}]
- name: other
  type: net.jinja
- name: 7
"""


def test_a_deployment_resolves_its_references_and_says_what_it_could_not() -> None:
    content = yaml.safe_load(CONFIGURATION)
    found = list(GCP.read([document(content)], World()))
    (endpoint,) = [one for one in found if isinstance(one, Endpoint)]
    assert reach(endpoint, 6379).lower == OFFICE
    assert reach(endpoint, 6379).upper - PRIVATE
    kinds = {type(one) for one in found}
    assert {Unresolved, NotLookedAt, Malformed} <= kinds


@pytest.mark.parametrize(
    "other",
    [
        None, 7, "text", [], {}, [1], {"kind": "Service"}, {"kind": 5}, {"resources": "x"}, {"items": {"a": 1}},
        {"Resources": {"a": {"Type": "AWS::EC2::SecurityGroup"}}}, {"rules": [1]}, {"resources": [{"type": ["x"]}]},
    ],
)  # fmt: skip
def test_other_documents_are_not_claimed_and_nothing_is_raised(other: Any) -> None:
    assert not GCP.claims(document(other))
    assert list(GCP.read([document(other)], World())) == []


@pytest.mark.parametrize("key", [*FIREWALL, *INSTANCE])
@pytest.mark.parametrize("value", [None, 3, "x", [], {}, [None, 5], {"a": [1]}, [[1]], True])
def test_values_of_wrong_types_never_raise(key: str, value: Any) -> None:
    for whole in (FIREWALL, INSTANCE):
        if key in whole:
            list(GCP.read([document([{**whole, key: value}]), document([INSTANCE, FIREWALL])], World()))


def test_real_answers_and_generated_policies_are_read() -> None:
    if DATA is None:
        pytest.skip("the development data is not beside this checkout")
    found: Counter[str] = Counter()
    for file in sorted([*DATA.glob("custodian/gcp-api/**/*.json"), *DATA.glob("aerleon/**/gc*/*.ref"),
                        *DATA.glob("kics/googleDeploymentManager/**/*.yaml")]):  # fmt: skip
        text = file.read_text()
        one = document(yaml.safe_load(text) if file.suffix == ".yaml" else json.loads(text), file.name)
        if GCP.claims(one):
            found["claimed"] += 1
            found.update(type(finding).__name__ for finding in GCP.read([one], World()))
    assert found["claimed"] >= 55
    assert found["Endpoint"] >= 45
