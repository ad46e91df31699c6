"""Policies of all tiers: what they let through, in our own small clusters and against a second way of deciding."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Malformed, NotLookedAt
from hushdesk.guard.dialects.kubernetes import Focus, connections, connections_text, exposures_text
from hushdesk.guard.dialects.kubernetes._cluster import read_cluster

PODS = """
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: sales}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: nginx}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  template:
    metadata: {labels: {app: db, tier: data}}
    spec:
      containers:
      - name: c
        image: postgres:17
        ports: [{name: sql, containerPort: 5432}, {name: metrics, containerPort: 9187}]
---
apiVersion: v1
kind: Pod
metadata: {name: job, namespace: other}
spec: {containers: [{name: c, image: busybox}]}
"""


def documents(*texts: str) -> list[Document]:
    return [
        Document("objects.yaml", "yaml", content, index)
        for index, content in enumerate(item for text in texts for item in yaml.safe_load_all(text))
        if content is not None
    ]


def towards(name: str, *texts: str) -> dict[str, str]:
    """What reaches a workload, by source."""
    found = connections(documents(*texts))
    return {str(item.source): str(item.traffic) for item in found if item.destination.name == name}


def policy(body: str) -> str:
    return f"""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: p, namespace: shop}}
spec:
  podSelector: {{matchLabels: {{app: db}}}}
{body}
"""


V4, V6 = "0.0.0.0-255.255.255.255[External]", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff[External]"
WEB, DB, JOB = "shop/web[Deployment]", "shop/db[StatefulSet]", "other/job[Pod]"
EVERYBODY = dict.fromkeys((V4, V6, WEB, JOB), "All Connections")


def test_without_policies_everybody_reaches_everybody() -> None:
    assert towards(DB, PODS) == EVERYBODY


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("  ingress: []", {}),
        ("  policyTypes: [Ingress]", {}),
        ("  policyTypes: [Egress]", EVERYBODY),
        ("  ingress: [{}]", EVERYBODY),
        ("  ingress: [{from: []}]", EVERYBODY),
        ("  ingress: [{from: [{podSelector: {}}]}]", {WEB: "All Connections"}),
        ("  ingress: [{from: [{namespaceSelector: {}}]}]", {WEB: "All Connections", JOB: "All Connections"}),
        (
            "  ingress: [{from: [{namespaceSelector: {matchLabels: {team: sales}}}]}]",
            {WEB: "All Connections"},
        ),
        (
            "  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}]}]",
            {JOB: "All Connections"},
        ),
        # Within one entry both selectors must match, two entries are alternatives.
        ("  ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}, podSelector: {}}]}]", {}),
        (
            "  ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}, {podSelector: {}}]}]",
            {WEB: "All Connections"},
        ),
        (
            "  ingress: [{from: [{podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}]}]",
            {WEB: "All Connections"},
        ),
        (
            "  ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}]}]",
            {},
        ),
        (
            "  ingress: [{from: [{podSelector: {}}], ports: [{port: sql}, {port: 9000, endPort: 9002, protocol: UDP}]}]",
            {WEB: "TCP 5432,UDP 9000-9002"},
        ),
        ("  ingress: [{from: [{podSelector: {}}], ports: [{port: unheard-of}]}]", {}),
        ("  ingress: [{from: [{podSelector: {}}], ports: [{protocol: SCTP}]}]", {WEB: "SCTP 1-65535"}),
        (
            "  ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.128/25]}}]}]",
            {"192.0.2.0-192.0.2.127[External]": "All Connections"},
        ),
        (
            "  ingress: [{from: [{ipBlock: {cidr: '2001:db8::/32'}}]}]",
            {"2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff[External]": "All Connections"},
        ),
    ],
)
def test_a_network_policy_lets_in_what_it_says(body: str, expected: dict[str, str]) -> None:
    assert towards(DB, PODS, policy(body)) == expected


def admin(priority: int, *rules: str, kind: str = "AdminNetworkPolicy", name: str = "") -> str:
    written = "\n".join(f"  - {rule}" for rule in rules)
    first = f"priority: {priority}" if kind == "AdminNetworkPolicy" else "subject: {namespaces: {}}"
    return f"""
apiVersion: policy.networking.k8s.io/v1alpha1
kind: {kind}
metadata: {{name: {name or ("default" if kind.startswith("Baseline") else f"a{priority}")}}}
spec:
  {first}
  subject: {{namespaces: {{matchLabels: {{team: sales}}}}}}
  ingress:
{written}
"""


FROM_ALL = "from: [{namespaces: {}}]"
FROM_JOB = "from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: other}}}]"
SQL = "ports: [{portNumber: {protocol: TCP, port: 5432}}]"
SHUT = policy("  ingress: []")


def test_an_admin_rule_decides_before_a_network_policy() -> None:
    opened = admin(10, f"{{action: Allow, {FROM_JOB}, {SQL}}}")
    assert towards(DB, PODS, SHUT, opened) == {JOB: "TCP 5432"}
    shut = admin(10, f"{{action: Deny, {FROM_JOB}, {SQL}}}")
    assert (
        towards(DB, PODS, policy("  ingress: [{}]"), shut)[JOB]
        == "SCTP 1-65535,TCP 1-5431,5433-65535,UDP 1-65535"
    )


def test_a_passed_connection_is_decided_below_and_by_no_later_admin_rule() -> None:
    passed = admin(10, f"{{action: Pass, {FROM_JOB}, {SQL}}}", f"{{action: Deny, {FROM_ALL}}}")
    assert towards(DB, PODS, passed) == {V4: "All Connections", V6: "All Connections", JOB: "TCP 5432"}
    assert towards(DB, PODS, passed, SHUT) == {}


def test_a_lower_priority_number_goes_first() -> None:
    deny, allow = f"{{action: Deny, {FROM_ALL}}}", f"{{action: Allow, {FROM_ALL}}}"
    assert JOB not in towards(DB, PODS, admin(20, allow), admin(10, deny))
    assert JOB in towards(DB, PODS, admin(10, allow), admin(20, deny))


def test_the_baseline_is_asked_only_where_no_network_policy_covers() -> None:
    base = admin(0, f"{{action: Deny, {FROM_ALL}}}", kind="BaselineAdminNetworkPolicy")
    assert towards(DB, PODS, base) == {V4: "All Connections", V6: "All Connections"}
    assert towards(DB, PODS, base, policy("  ingress: [{}]")) == EVERYBODY


def test_a_cluster_network_policy_is_both() -> None:
    text = """
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: c}
spec:
  tier: TIER
  priority: 5
  subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}}
  ingress:
  - {action: Accept, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 5432}}}]}
  - {action: Deny, from: [{namespaces: {}}]}
"""
    assert towards(DB, PODS, text.replace("TIER", "Admin"), SHUT) == {WEB: "TCP 5432", JOB: "TCP 5432"}
    assert towards(DB, PODS, text.replace("TIER", "Baseline"), SHUT) == {}
    assert towards(DB, PODS, text.replace("TIER", "Baseline"))[WEB] == "TCP 5432"


@pytest.mark.parametrize(
    "body",
    [
        "  ingress: []\n  futureField: x",
        "  podSelector: {matchLabels: [app]}\n  ingress: []",
        "  podSelector: {matchExpressions: [{key: app, operator: Like, values: [db]}]}\n  ingress: []",
        "  policyTypes: [Sideways]\n  ingress: []",
        "  ingress: 5",
    ],
)
def test_a_policy_that_cannot_be_made_out_closes_nothing(body: str) -> None:
    text = (
        policy(body)
        if "podSelector" not in body
        else policy(body).replace("  podSelector: {matchLabels: {app: db}}\n", "")
    )
    assert towards(DB, PODS, text) == EVERYBODY
    assert read_cluster(documents(text)).notes.findings


@pytest.mark.parametrize(
    "peer",
    [
        "{serviceSelector: {}}",
        "{}",
        "{ipBlock: {cidr: everywhere}}",
        "{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}",
    ],
)
def test_a_peer_that_cannot_be_made_out_may_be_anybody(peer: str) -> None:
    assert towards(DB, PODS, policy(f"  ingress: [{{from: [{peer}]}}]")) == EVERYBODY


def test_an_admin_policy_in_doubt_denies_nothing_and_still_allows() -> None:
    deny, allow = f"{{action: Deny, {FROM_ALL}}}", f"{{action: Allow, {FROM_JOB}}}"
    tied = [admin(7, deny, name="one"), admin(7, allow, name="two")]
    assert towards(DB, PODS, *tied) == EVERYBODY
    problems = [
        item.problem for item in read_cluster(documents(*tied)).notes.findings if isinstance(item, Malformed)
    ]
    assert problems == ["two policies have the same priority"] * 2
    unknown = admin(7, f"{{action: Deny, {FROM_ALL}, onlyAtNight: true}}")
    assert towards(DB, PODS, unknown) == EVERYBODY


def test_an_empty_range_of_ports_opens_nothing_and_is_reported() -> None:
    text = policy("  ingress: [{ports: [{port: 90, endPort: 80}]}]")
    assert towards(DB, PODS, text) == {}
    (found,) = read_cluster(documents(text)).notes.findings
    assert isinstance(found, Malformed)
    assert found.remedy


def test_policies_of_other_makers_are_named() -> None:
    text = "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: x}, spec: {}}"
    (found,) = read_cluster(documents(text)).notes.findings
    assert isinstance(found, NotLookedAt)
    assert "Cilium" in found.what


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "Pod"},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": 5}, "spec": {"containers": []}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}, "spec": ["template"]},
        {"apiVersion": "v1", "kind": "List", "items": {"a": 1}},
        {"apiVersion": "v1", "kind": "List", "items": ["pod", 7, None]},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "x"},
            "spec": {"ports": [{"port": "http"}]},
        },
        {"kind": ["Pod"]},
        [1, 2],
        "text",
    ],
)
def test_wrong_objects_are_findings_and_the_rest_goes_on(content: Any) -> None:
    cluster = read_cluster([Document("bad.yaml", "yaml", content), *documents(PODS)])
    assert any(isinstance(item, Malformed) and item.remedy for item in cluster.notes.findings)
    assert len(cluster.workloads) >= 3


def test_lists_in_lists_end_somewhere() -> None:
    content: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "x"},
        "spec": {"containers": []},
    }
    for _ in range(50):
        content = {"apiVersion": "v1", "kind": "List", "items": [content]}
    (found,) = read_cluster([Document("deep.yaml", "yaml", content)]).notes.findings
    assert isinstance(found, Malformed)


def test_pods_of_one_owner_are_one_workload_with_all_their_labels() -> None:
    pod = """
apiVersion: v1
kind: Pod
metadata:
  name: NAME
  namespace: shop
  labels: {role: NAME}
  ownerReferences: [{kind: ReplicaSet, name: set, controller: true}]
spec: {containers: [{name: c, image: i}]}
"""
    texts = [pod.replace("NAME", "a"), pod.replace("NAME", "b")]
    only_b = policy("  ingress: []").replace("app: db", "role: b")
    assert "shop/set[ReplicaSet]" in towards(WEB, PODS, *texts)
    assert towards("shop/set[ReplicaSet]", PODS, *texts, only_b)[JOB] == "All Connections"


def test_text_names_networks_apart() -> None:
    own = """
apiVersion: v1
kind: Namespace
metadata: {name: island, labels: {k8s.ovn.org/primary-user-defined-network: ""}}
---
apiVersion: k8s.ovn.org/v1
kind: UserDefinedNetwork
metadata: {name: n, namespace: island}
spec: {topology: Layer3, layer3: {role: Primary}}
---
apiVersion: v1
kind: Pod
metadata: {name: alone, namespace: island}
spec: {containers: [{name: c, image: i}]}
"""
    text = connections_text(documents(PODS, own), Focus(workloads=("alone",), families=(4,)))
    assert "island[udn]/alone[Pod] => 0.0.0.0-255.255.255.255[External] : All Connections" in text
    assert "=> shop" not in text
    assert "island/alone[Pod]: \n\tPrimary Network: island[UDN]" in text


def test_text_leaves_out_ipv6_unless_it_is_asked_for() -> None:
    assert V6 not in connections_text(documents(PODS))
    assert f"{V6} => {DB} : All Connections" in connections_text(documents(PODS), Focus())


def test_exposures_name_peers_that_do_not_exist_yet() -> None:
    text = exposures_text(
        documents(PODS, policy("  ingress: [{from: [{podSelector: {matchLabels: {app: new}}}]}]"))
    )
    assert re.search(
        r"^shop/db\[StatefulSet\] +\t<= \tshop/\[pod with {app=new}\] : All Connections$", text, re.MULTILINE
    )
    assert "shop/db[StatefulSet] is not protected on Egress" in text
    assert "shop/db[StatefulSet] is not protected on Ingress" not in text


# The engine against one that decides each single connection by reading the specifications aloud.

LABELS = st.sampled_from(["a", "b"])
PORTS = st.sampled_from([80, 81, 5432])
SELECTORS = st.one_of(st.just({}), LABELS.map(lambda value: {"matchLabels": {"app": value}}))
BLOCKS = st.sampled_from(["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "192.0.2.0/25"])
PROBES = ("10.1.2.3", "10.2.0.1", "192.0.2.1", "198.51.100.1")


@st.composite
def network_policies(draw: st.DrawFn) -> dict[str, Any]:
    peers = st.one_of(
        SELECTORS.map(lambda selector: {"podSelector": selector}),
        BLOCKS.map(lambda cidr: {"ipBlock": {"cidr": cidr}}),
    )
    rule = st.fixed_dictionaries(
        {},
        optional={
            "from": st.lists(peers, min_size=1, max_size=2),
            "ports": st.lists(PORTS.map(lambda port: {"port": port}), min_size=1, max_size=2),
        },
    )
    spec = {"podSelector": draw(SELECTORS), "ingress": draw(st.lists(rule, max_size=2))}
    return {"kind": "NetworkPolicy", "spec": spec}


@st.composite
def admin_policies(draw: st.DrawFn) -> dict[str, Any]:
    pods = SELECTORS.map(lambda selector: {"pods": {"namespaceSelector": {}, "podSelector": selector}})
    rule = st.fixed_dictionaries(
        {
            "action": st.sampled_from(["Allow", "Deny", "Pass"]),
            "from": st.lists(pods, min_size=1, max_size=2),
        },
        optional={
            "ports": st.lists(
                PORTS.map(lambda port: {"portNumber": {"protocol": "TCP", "port": port}}),
                min_size=1,
                max_size=2,
            )
        },
    )
    return {
        "kind": "AdminNetworkPolicy",
        "spec": {"subject": draw(pods), "ingress": draw(st.lists(rule, max_size=3))},
    }


def selected(selector: dict[str, Any], label: str) -> bool:
    return selector.get("matchLabels", {}).get("app", label) == label


def decided(policies: list[dict[str, Any]], source: str, label: str, port: int) -> bool:
    """Whether one TCP connection gets in; the source is a label of a pod or an address."""
    inside = source in "ab"
    for item in policies:
        if item["kind"] != "AdminNetworkPolicy" or not selected(
            item["spec"]["subject"]["pods"]["podSelector"], label
        ):
            continue
        for rule in item["spec"]["ingress"]:
            ports = [one["portNumber"]["port"] for one in rule.get("ports", ())]
            if "ports" in rule and port not in ports:
                continue
            if inside and any(selected(one["pods"]["podSelector"], source) for one in rule["from"]):
                if rule["action"] == "Allow":
                    return True
                if rule["action"] == "Deny":
                    return False
                break
        else:
            continue
        break
    covering = [
        item["spec"]
        for item in policies
        if item["kind"] == "NetworkPolicy" and selected(item["spec"]["podSelector"], label)
    ]
    if not covering:
        return True
    for spec in covering:
        for rule in spec["ingress"]:
            if "ports" in rule and port not in [one["port"] for one in rule["ports"]]:
                continue
            if "from" not in rule:
                return True
            for peer in rule["from"]:
                if inside and "podSelector" in peer and selected(peer["podSelector"], source):
                    return True
                if not inside and "ipBlock" in peer:
                    network = ipaddress.ip_network(peer["ipBlock"]["cidr"])
                    if ipaddress.ip_address(source) in network:
                        return True
    return False


@settings(max_examples=60)
@given(st.lists(network_policies(), max_size=3), st.lists(admin_policies(), max_size=3))
def test_every_single_connection_is_decided_as_the_specifications_say(
    network: list[dict[str, Any]], administrators: list[dict[str, Any]]
) -> None:
    objects: list[dict[str, Any]] = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "labels": {"app": name}},
            "spec": {"containers": [{"name": "c", "image": "i"}]},
        }
        for name in "ab"
    ]
    for number, item in enumerate(network):
        objects.append({"apiVersion": "networking.k8s.io/v1", **item, "metadata": {"name": f"n{number}"}})
    for number, item in enumerate(administrators):
        spec = {**item["spec"], "priority": number}
        version = "policy.networking.k8s.io/v1alpha1"
        objects.append({"apiVersion": version, **item, "spec": spec, "metadata": {"name": f"a{number}"}})
    found = connections([Document("o", "yaml", item, index) for index, item in enumerate(objects)])
    for target, other in (("a", "b"), ("b", "a")):
        for source in (other, *PROBES):
            got = [
                item.traffic
                for item in found
                if item.destination.name == f"default/{target}[Pod]"
                and (
                    item.source.name == f"default/{source}[Pod]"
                    if item.source.addresses is None
                    else source not in "ab" and source in item.source.addresses
                )
            ]
            for port in (80, 81, 5432, 9):
                expected = decided([*administrators, *network], source, target, port)
                assert any(traffic.covers("TCP", port) for traffic in got) == expected
