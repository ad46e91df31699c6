"""Ways from outside to a workload, and who gets through them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from hushdesk.guard._addresses import PRIVATE, PUBLIC, AddressSet
from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Endpoint, Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard.dialects.kubernetes import KubernetesDialect
from hushdesk.guard.reach import reach

DB = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - name: c
        image: registry.example:5000/team/redis:7.4@sha256:00
        ports: [{name: cache, containerPort: 6379}]
"""
GOOGLE = AddressSet.parse("8.8.8.0/24")


def service(**spec: Any) -> str:
    annotations = spec.pop("annotations", {})
    spec = {"selector": {"app": "db"}, "ports": [{"port": 7000, "targetPort": "cache"}], **spec}
    metadata = {"name": "db", "namespace": "shop", "annotations": annotations}
    return yaml.safe_dump({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})


def policy(ingress: list[Any], **spec: Any) -> str:
    spec = {"podSelector": {}, "ingress": ingress, **spec}
    metadata = {"name": "p", "namespace": "shop"}
    version = "networking.k8s.io/v1"
    return yaml.safe_dump(
        {"apiVersion": version, "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}
    )


ONLY_GOOGLE = policy([{"from": [{"ipBlock": {"cidr": "8.8.8.0/24"}}]}])


def documents(*texts: str) -> list[Document]:
    return [
        Document("objects.yaml", "yaml", content, index)
        for index, content in enumerate(item for text in texts for item in yaml.safe_load_all(text))
    ]


def findings(*texts: str, world: World | None = None) -> list[Finding]:
    return list(KubernetesDialect().read(documents(*texts), world or World()))


def endpoint(*texts: str, world: World | None = None) -> Endpoint:
    (found,) = [item for item in findings(*texts, world=world) if isinstance(item, Endpoint)]
    return found


def public(*texts: str, port: int = 6379, world: World | None = None) -> tuple[AddressSet, AddressSet]:
    """Public sources from above and from below."""
    found = reach(endpoint(*texts, world=world), port)
    return found.upper & PUBLIC, found.lower & PUBLIC


NOBODY = AddressSet()


def test_a_workload_without_a_way_in_is_reached_by_nobody_outside() -> None:
    found = endpoint(DB, service())
    assert found.name == "shop/statefulset/db"
    assert found.engine == "redis"
    assert found.listening is None
    assert "db.shop.svc" in found.aliases
    assert found.paths == ()


def test_a_load_balancer_opens_its_ports_and_shifts_them() -> None:
    found = endpoint(DB, service(type="LoadBalancer", allocateLoadBalancerNodePorts=False))
    (path,) = found.paths
    assert path.frontends(6379) == [7000]
    assert reach(found, 6379).lower & PUBLIC == PUBLIC
    assert not reach(found, 5432).upper
    assert not reach(found, 6379, "udp").upper


def test_a_load_balancer_opens_the_nodes_too() -> None:
    ranges = {"type": "LoadBalancer", "loadBalancerSourceRanges": ["8.8.8.0/24"]}
    assert public(DB, service(**ranges)) == (PUBLIC, GOOGLE)
    assert public(DB, service(**ranges, allocateLoadBalancerNodePorts=False)) == (GOOGLE, GOOGLE)


@pytest.mark.parametrize(
    "annotations",
    [
        {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"},
        {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"},
        {"networking.gke.io/load-balancer-type": "Internal"},
    ],
)
def test_an_internal_load_balancer_has_private_sources(annotations: dict[str, str]) -> None:
    only = service(type="LoadBalancer", allocateLoadBalancerNodePorts=False, annotations=annotations)
    found = reach(endpoint(DB, only), 6379)
    assert found.upper == found.lower == PRIVATE


def test_an_annotation_that_says_no_is_no_internal_one() -> None:
    annotations = {"service.beta.kubernetes.io/azure-load-balancer-internal": "false"}
    assert public(DB, service(type="LoadBalancer", annotations=annotations))[1] == PUBLIC


def test_service_tags_of_azure_need_their_addresses() -> None:
    annotations = {"service.beta.kubernetes.io/azure-allowed-service-tags": "AzureFrontDoor"}
    text = service(type="LoadBalancer", allocateLoadBalancerNodePorts=False, annotations=annotations)
    assert public(DB, text) == (PUBLIC, NOBODY)
    assert any(isinstance(item, Unresolved) for item in findings(DB, text))
    world = World(tags={"azurefrontdoor": GOOGLE})
    assert public(DB, text, world=world) == (GOOGLE, GOOGLE)


def test_a_source_range_that_is_none_may_be_anything() -> None:
    text = service(
        type="LoadBalancer", allocateLoadBalancerNodePorts=False, loadBalancerSourceRanges=["office"]
    )
    assert public(DB, text) == (PUBLIC, NOBODY)
    assert any(isinstance(item, Malformed) for item in findings(DB, text))


def test_a_policy_is_exact_where_it_sees_the_client_and_uncertain_elsewhere() -> None:
    base = {"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False}
    assert public(DB, service(**base, externalTrafficPolicy="Local"), ONLY_GOOGLE) == (GOOGLE, GOOGLE)
    assert public(DB, service(**base), ONLY_GOOGLE) == (PUBLIC, NOBODY)
    # Policies that name no address do not care whose address they see.
    assert public(DB, service(**base), policy([])) == (NOBODY, NOBODY)
    assert public(DB, service(**base), policy([{}])) == (PUBLIC, PUBLIC)
    inside = policy([{"from": [{"namespaceSelector": {}}]}])
    assert public(DB, service(**base), inside) == (NOBODY, NOBODY)


def test_a_policy_speaks_of_the_pods_port() -> None:
    base = {"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False}
    assert public(DB, service(**base), policy([{"ports": [{"port": "cache"}]}]))[1] == PUBLIC
    assert public(DB, service(**base), policy([{"ports": [{"port": 7000}]}]))[0] == NOBODY


def test_a_node_port_is_in_doubt_until_the_nodes_are_known() -> None:
    text = service(type="NodePort", ports=[{"port": 7000, "targetPort": 6379, "nodePort": 31000}])
    (path,) = endpoint(DB, text).paths
    assert path.doubt
    assert path.frontends(6379) == [31000]
    assert public(DB, text) == (PUBLIC, NOBODY)
    node = "{apiVersion: v1, kind: Node, metadata: {name: n}, status: {addresses: [{type: ExternalIP, address: 8.8.4.4}]}}"
    assert public(DB, text, node) == (PUBLIC, PUBLIC)
    assert public(DB, text, node.replace("8.8.4.4", "10.0.0.4")) == (NOBODY, NOBODY)


def test_external_addresses_are_a_way_in() -> None:
    assert public(DB, service(externalIPs=["8.8.4.4"])) == (PUBLIC, PUBLIC)
    assert public(DB, service(externalIPs=["10.0.0.9"])) == (NOBODY, NOBODY)


def test_a_host_port_opens_the_node() -> None:
    opened = DB.replace("containerPort: 6379", "containerPort: 6379, hostPort: 6000")
    (path,) = endpoint(opened).paths
    assert path.frontends(6379) == [6000]
    assert public(opened) == (PUBLIC, NOBODY)
    assert public(opened, ONLY_GOOGLE) == (GOOGLE, NOBODY)
    assert endpoint(opened.replace("hostPort: 6000", "hostPort: 6000, hostIP: 127.0.0.1")).paths == ()


def test_a_pod_in_its_nodes_network_is_covered_by_no_policy() -> None:
    host = DB.replace("    spec:\n      containers", "    spec:\n      hostNetwork: true\n      containers")
    assert public(host, policy([])) == (PUBLIC, NOBODY)
    assert public(host, policy([]), port=9200) == (PUBLIC, NOBODY)


INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: shop, annotations: {A: "8.8.8.0/24"}}
spec:
  ingressClassName: CLASS
  rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: db, port: {number: 7000}}}}]}}]
"""
ROUTE = """
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: front, namespace: shop}
spec: {host: shop.example, to: {kind: Service, name: db}, port: {targetPort: cache}}
"""


def test_an_ingress_leads_to_the_pod_by_way_of_its_controller() -> None:
    assert public(DB, service(), INGRESS) == (PUBLIC, NOBODY)
    assert public(DB, service(), INGRESS, policy([])) == (NOBODY, NOBODY)
    assert public(DB, service(), INGRESS, policy([{"from": [{"namespaceSelector": {}}]}])) == (PUBLIC, NOBODY)
    (path,) = endpoint(DB, service(), INGRESS).paths
    assert path.frontends(6379) == [80, 443]
    assert path.addresses == ("shop.example",)


def test_an_ingress_may_name_its_clients() -> None:
    key = "nginx.ingress.kubernetes.io/whitelist-source-range"
    assert public(DB, service(), INGRESS.replace("A:", f"{key}:").replace("CLASS", "nginx"))[0] == GOOGLE
    # Another controller does not heed the annotation.
    assert public(DB, service(), INGRESS.replace("A:", f"{key}:").replace("CLASS", "traefik"))[0] == PUBLIC


def test_a_route_is_served_by_the_router() -> None:
    assert public(DB, service(ports=[{"name": "cache", "port": 7000, "targetPort": 6379}]), ROUTE) == (
        PUBLIC,
        PUBLIC,
    )


def test_a_gateway_route_comes_in_by_its_gateways_ports() -> None:
    gateway = """
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: g, namespace: infra}
spec: {listeners: [{name: l, port: 6000, protocol: TCP}]}
"""
    route = """
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TCPRoute
metadata: {name: r, namespace: shop}
spec: {parentRefs: [{name: g, namespace: infra}], rules: [{backendRefs: [{name: db, port: 7000}]}]}
"""
    (path,) = endpoint(DB, service(), gateway, route).paths
    assert path.frontends(6379) == [6000]
    assert not path.doubt
    assert endpoint(DB, service(), route).paths[0].doubt


def test_a_service_whose_pods_are_not_in_the_input_is_an_endpoint_of_its_own() -> None:
    found = endpoint(service(type="LoadBalancer", ports=[{"port": 6379}]), policy([]))
    assert found.name == "shop/service/db"
    assert reach(found, 6379).upper & PUBLIC == PUBLIC
    assert not reach(found, 6379).lower


def test_policies_of_another_maker_leave_everything_in_doubt() -> None:
    other = "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: g}, spec: {}}"
    text = service(type="LoadBalancer", allocateLoadBalancerNodePorts=False)
    assert public(DB, text, policy([]), other) == (PUBLIC, NOBODY)


def test_a_policy_that_the_cluster_would_refuse_closes_nothing_for_certain() -> None:
    text = service(type="LoadBalancer", allocateLoadBalancerNodePorts=False)
    refused = policy([{"ports": [{"port": 90, "endPort": 80}]}])
    assert public(DB, text, refused) == (PUBLIC, NOBODY)


def test_an_admin_policy_and_the_network_policies_behind_it() -> None:
    text = service(type="LoadBalancer", allocateLoadBalancerNodePorts=False)
    admin = """
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: a}
spec:
  priority: 5
  subject: {namespaces: {}}
  ingress: [{action: Deny, from: [{namespaces: {}}]}]
"""
    # It names pods only, so it does not concern a client outside ...
    assert public(DB, text, admin) == (PUBLIC, PUBLIC)
    # ... but it does concern a controller, if that is a pod.
    assert public(DB, service(), ROUTE.replace("targetPort: cache", "targetPort: 7000"), admin) == (
        PUBLIC,
        NOBODY,
    )


@pytest.mark.parametrize(
    ("content", "claimed"),
    [
        ({"apiVersion": "apps/v1", "kind": "Deployment"}, True),
        ({"apiVersion": "v1", "kind": "Service"}, True),
        ({"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy"}, True),
        ({"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}, True),
        ({"apiVersion": "2018-05-10/x", "kind": "Thing"}, False),
        ({"services": {"db": {"image": "redis"}}}, False),
        ({"apiVersion": 1, "kind": "x"}, False),
        (["apiVersion"], False),
        (None, False),
        ("apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Values.name }}}", True),
        ("just text", False),
    ],
)
def test_documents_are_claimed_by_their_group(content: Any, claimed: bool) -> None:
    assert (
        KubernetesDialect().claims(Document("f", "text" if isinstance(content, str) else "yaml", content))
        == claimed
    )


def test_templates_are_to_be_rendered_first() -> None:
    (found,) = findings(DB.replace("app: db", 'app: "{{ .Values.app }}"'))
    assert isinstance(found, NotLookedAt)
    assert "render" in found.why


def test_folders_that_contradict_each_other_are_clusters_of_their_own() -> None:
    open_one = service(type="LoadBalancer", allocateLoadBalancerNodePorts=False)
    texts = {"prod": (DB, open_one, policy([])), "dev": (DB.replace("7.4", "8.0"), open_one)}
    files = [
        Document(f"deploy/{folder}/{number}.yaml", "yaml", yaml.safe_load(text))
        for folder, group in texts.items()
        for number, text in enumerate(group)
    ]
    found = [item for item in KubernetesDialect().read(files, World()) if isinstance(item, Endpoint)]
    assert [bool(reach(item, 6379).upper) for item in found] == [False, True]


def test_further_interfaces_are_named() -> None:
    text = DB.replace(
        "labels: {app: db}}", "labels: {app: db}, annotations: {k8s.v1.cni.cncf.io/networks: lan@eth1}}"
    )
    assert any(isinstance(item, NotLookedAt) and "lan" in item.what for item in findings(text))


@pytest.mark.parametrize(
    ("image", "engine"),
    [
        ("postgres:17", "postgresql"),
        ("docker.elastic.co/elasticsearch/elasticsearch:8.1", "elasticsearch"),
        ("bitnami/mariadb-galera", "mysql"),
        ("clickhouse/clickhouse-server", "clickhouse"),
        ("oliver006/redis_exporter", ""),
        ("mongo-express", ""),
        ("localhost:5000/mongo", "mongodb"),
        ("nginx", ""),
    ],
)
def test_images_name_their_engine(image: str, engine: str) -> None:
    assert endpoint(DB.replace("registry.example:5000/team/redis:7.4@sha256:00", image)).engine == engine


def reachable(text: str, port: int) -> AddressSet:
    found = AddressSet()
    for one in findings(text):
        if isinstance(one, Endpoint):
            found |= reach(one, port).upper
    return found


CLUSTER_IP = service()
STREAM = """
---
apiVersion: v1
kind: ConfigMap
metadata: {name: tcp-services, namespace: ingress-nginx}
data: {"6379": "shop/db:7000", "note": "shop/db:x", "80": "elsewhere"}
"""
VIRTUAL = """
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db, namespace: shop}
spec: {gateways: [GATEWAY], tcp: [{route: [{destination: {host: db.shop.svc.cluster.local, port: {number: 7000}}}]}]}
"""
TRAEFIK = """
---
apiVersion: traefik.io/v1alpha1
kind: IngressRouteTCP
metadata: {name: db, namespace: edge}
spec: {routes: [{match: "HostSNI(`*`)", services: [{name: db, namespace: shop, port: 7000}]}]}
"""


@pytest.mark.parametrize(
    ("more", "opens"),
    [
        ("", False),
        (STREAM, True),
        (STREAM.replace("shop/db", "shop/other"), False),
        (VIRTUAL.replace("GATEWAY", "public"), True),
        (VIRTUAL.replace("GATEWAY", "mesh"), False),
        (TRAEFIK, True),
        (TRAEFIK.replace("namespace: shop", "namespace: other"), False),
    ],
)
def test_entries_of_other_controllers_may_lead_to_the_services_that_they_name(more: str, opens: bool) -> None:
    (found,) = [
        one
        for one in findings(DB, CLUSTER_IP + more)
        if isinstance(one, Endpoint) and one.kind == "StatefulSet"
    ]
    got = reach(found, 6379)
    assert bool(got.upper & PUBLIC) is opens
    assert not got.lower


FRONT = """
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: shop}
spec: {defaultBackend: {service: {name: db, port: {number: 7000}}}}
"""


def test_an_entry_to_pods_or_a_service_that_are_elsewhere_may_lead_to_a_store() -> None:
    # The pod's port behind a name, or behind a service that nobody sees, is not known.
    assert reachable(CLUSTER_IP + FRONT, 6379) >= PUBLIC
    assert reachable(FRONT.removeprefix("\n---"), 9200) >= PUBLIC
    assert reachable(service(type="LoadBalancer"), 6379) >= PUBLIC
    exact = service(type="LoadBalancer", ports=[{"port": 80, "targetPort": 8000}])
    assert not reachable(exact, 6379) & PUBLIC
