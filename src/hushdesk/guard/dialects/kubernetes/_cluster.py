"""A cluster as its objects describe it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Malformed
from hushdesk.guard.dialects.kubernetes import _entries as entries
from hushdesk.guard.dialects.kubernetes import _networks as networks
from hushdesk.guard.dialects.kubernetes._admin import admin_policy_of
from hushdesk.guard.dialects.kubernetes._entries import Entry, Gateway, Service
from hushdesk.guard.dialects.kubernetes._foreign import ENTRIES, entry_of, streams_of
from hushdesk.guard.dialects.kubernetes._labels import NAMESPACE_NAME, labels_of
from hushdesk.guard.dialects.kubernetes._node import Node, Notes
from hushdesk.guard.dialects.kubernetes._policies import Policy, Tier, network_policy_of
from hushdesk.guard.dialects.kubernetes._workloads import TEMPLATES, Workload, joined, workload_of

GROUPS: Final = (
    "apps", "argoproj.io", "batch", "extensions", "gateway.networking.k8s.io", "k8s.cni.cncf.io", "k8s.ovn.org",
    "kubevirt.io", "networking.k8s.io", "policy.networking.k8s.io", "route.openshift.io", "apps.openshift.io",
    "k8s.cni.cnf.io",
)  # fmt: skip
"""API groups of which at least one kind is read; the core group has no name."""
FOREIGN: Final[Mapping[str, str]] = {
    "projectcalico.org": "policies of Calico",
    "crd.projectcalico.org": "policies of Calico",
    "cilium.io": "policies of Cilium",
    "networking.istio.io": "gateways of Istio",
    "security.istio.io": "authorization of Istio",
    "antrea.io": "policies of Antrea",
    "crd.antrea.io": "policies of Antrea",
    "traefik.io": "entries of Traefik",
    "traefik.containo.us": "entries of Traefik",
    "configuration.konghq.com": "entries of Kong",
    "projectcontour.io": "entries of Contour",
    "k8s.nginx.org": "entries of NGINX",
    "getambassador.io": "entries of Ambassador",
    "apisix.apache.org": "entries of APISIX",
    "serving.knative.dev": "services of Knative",
}
"""API groups that bear on reach and are not read."""
ADMIN: Final = ("AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy")
DEEPEST: Final = 4
"""How many lists may stand in lists."""
POLICY_FOR: Final = "k8s.v1.cni.cncf.io/policy-for"


@dataclass(slots=True)
class Cluster:
    """Everything that was read."""

    namespaces: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Labels by name, of those that are described or used."""
    workloads: dict[str, Workload] = field(default_factory=dict)
    """By their text."""
    policies: list[Policy] = field(default_factory=list)
    services: dict[tuple[str, str], list[Service]] = field(default_factory=dict)
    """By namespace and name; several if several objects describe one."""
    entries: list[Entry] = field(default_factory=list)
    gateways: dict[tuple[str, str], Gateway] = field(default_factory=dict)
    declared: list[networks.Declared] = field(default_factory=list)
    definitions: dict[tuple[str, str], networks.Definition] = field(default_factory=dict)
    nodes: list[tuple[str, ...]] = field(default_factory=list)
    """Addresses of each node that is described."""
    foreign: str = ""
    """Policies of another maker among the objects, which are not read."""
    notes: Notes = field(default_factory=Notes)

    def labels(self, namespace: str) -> Mapping[str, str]:
        """A namespace's labels, with the one that it has in any case."""
        found = self.namespaces.get(namespace)
        if found is None:
            found = self.namespaces[namespace] = {NAMESPACE_NAME: namespace}
        return found


def objects(documents: Iterable[Document], notes: Notes) -> Iterator[Node]:
    """Every object in the documents, those inside lists too."""
    for document in documents:
        yield from _unfolded(Node(document, notes, (), document.content), "", 0)


def _unfolded(node: Node, implied: str, depth: int) -> Iterator[Node]:
    if not isinstance(node.value, Mapping):
        if node.given:
            node.malformed("something that is no object", "give apiVersion, kind and metadata")
        return
    kind = node.value.get("kind", implied)
    if not isinstance(kind, str):
        node.malformed("a kind that is no text", "give the kind as a text")
        return
    if kind.endswith("List") and "items" in node.value:
        if depth == DEEPEST:
            node.malformed("lists in lists in lists", "give the objects themselves")
            return
        for item in node.at("items").items():
            yield from _unfolded(item, kind.removesuffix("List"), depth + 1)
        return
    if "kind" not in node.value:
        node.value = {**node.value, "kind": kind}
    yield node


def read_cluster(documents: Sequence[Document]) -> Cluster:
    """The cluster that these documents describe together."""
    cluster = Cluster()
    for node in objects(documents, cluster.notes):
        _add(cluster, node)
    for workload in cluster.workloads.values():
        cluster.labels(workload.namespace)
    _settle(cluster)
    return cluster


def _add(cluster: Cluster, node: Node) -> None:
    kind = node.at("kind").name()
    group = node.at("apiVersion").name().rpartition("/")[0]
    if group in FOREIGN:
        node.unknown(
            f"{kind} ({FOREIGN[group]})", "this version does not follow it; what it opens is taken as open"
        )
        # These policies may allow what a network policy does not.
        if FOREIGN[group].startswith("policies"):
            cluster.foreign = FOREIGN[group]
        elif kind in ENTRIES:
            metadata = node.at("metadata")
            namespace = metadata.at("namespace").name() or "default"
            entry = entry_of(node, kind, namespace, metadata.at("name").name())
            cluster.entries += [entry] if entry else []
        return
    reader = _READERS.get(kind)
    if reader is None or (group and group not in GROUPS):
        return
    metadata = node.at("metadata")
    name = metadata.at("name").name() or metadata.at("generateName").name()
    namespace = metadata.at("namespace").name() or "default"
    if not name:
        node.malformed(f"a {kind} without a name", "give metadata.name")
        return
    reader(cluster, node, namespace, name)


def _add_namespace(cluster: Cluster, node: Node, _: str, name: str) -> None:
    cluster.namespaces[name] = {**labels_of(node.at("metadata", "labels")), NAMESPACE_NAME: name}


def _add_workload(cluster: Cluster, node: Node, namespace: str, name: str) -> None:
    workload = workload_of(node, node.at("kind").name(), namespace, name)
    if workload is not None:
        known = cluster.workloads.get(str(workload))
        cluster.workloads[str(workload)] = joined(known, workload) if known else workload


def _add_network_policy(cluster: Cluster, node: Node, namespace: str, name: str) -> None:
    cluster.policies.append(network_policy_of(node, namespace, name, ()))


def _add_multi_policy(cluster: Cluster, node: Node, namespace: str, name: str) -> None:
    written = node.at("metadata", "annotations", POLICY_FOR).name()
    wanted = []
    for part in filter(None, (part.strip() for part in written.split(","))):
        before, slash, after = part.partition("/")
        wanted.append((before, after) if slash else (namespace, before))
    if not wanted:
        node.malformed(
            "a MultiNetworkPolicy for no network", f"name its networks in the annotation {POLICY_FOR}"
        )
        return
    cluster.policies.append(network_policy_of(node, namespace, name, tuple(wanted)))


def _add_admin_policy(cluster: Cluster, node: Node, _: str, name: str) -> None:
    cluster.policies.append(admin_policy_of(node, node.at("kind").name(), name))


def _add_service(cluster: Cluster, node: Node, namespace: str, name: str) -> None:
    cluster.services.setdefault((namespace, name), []).append(entries.service_of(node, namespace, name))


def _add_ingress(cluster: Cluster, node: Node, namespace: str, name: str) -> None:
    cluster.entries.append(entries.ingress_of(node, namespace, name))


def _add_route(cluster: Cluster, node: Node, namespace: str, name: str) -> None:
    cluster.entries.append(entries.route_of(node, namespace, name))


def _add_streams(cluster: Cluster, node: Node, namespace: str, name: str) -> None:
    entry = streams_of(node, namespace, name)
    cluster.entries += [entry] if entry else []


def _add_node(cluster: Cluster, node: Node, _: str, __: str) -> None:
    addresses = node.at("status", "addresses").items()
    cluster.nodes.append(
        tuple(item.at("address").name() for item in addresses if item.at("type").name().endswith("IP"))
    )


def _add_gateway_route(cluster: Cluster, node: Node, namespace: str, name: str) -> None:
    cluster.entries.append(entries.gateway_route_of(node, node.at("kind").name(), namespace, name))


def _add_gateway(cluster: Cluster, node: Node, namespace: str, name: str) -> None:
    if node.at("apiVersion").name().startswith("gateway.networking.k8s.io/"):
        cluster.gateways[namespace, name] = entries.gateway_of(node, namespace, name)


def _add_declared(cluster: Cluster, node: Node, namespace: str, name: str) -> None:
    kind = "UDN" if node.at("kind").name() == "UserDefinedNetwork" else "CUDN"
    cluster.declared.append(networks.declared_of(node, kind, namespace, name))


def _add_definition(cluster: Cluster, node: Node, namespace: str, name: str) -> None:
    cluster.definitions[namespace, name] = networks.definition_of(node, namespace, name)


Reader = Callable[[Cluster, Node, str, str], None]
_READERS: Final[Mapping[str, Reader]] = {
    "Namespace": _add_namespace,
    "Node": _add_node,
    "Project": _add_namespace,
    "NetworkPolicy": _add_network_policy,
    "MultiNetworkPolicy": _add_multi_policy,
    "Service": _add_service,
    "ConfigMap": _add_streams,
    "Ingress": _add_ingress,
    "Route": _add_route,
    "Gateway": _add_gateway,
    "UserDefinedNetwork": _add_declared,
    "ClusterUserDefinedNetwork": _add_declared,
    "NetworkAttachmentDefinition": _add_definition,
    **dict.fromkeys(ADMIN, _add_admin_policy),
    **dict.fromkeys(entries.GATEWAY_ROUTES, _add_gateway_route),
    **dict.fromkeys(TEMPLATES, _add_workload),
}


def _settle(cluster: Cluster) -> None:
    """Puts the policies in the order in which they are asked; those whose order nobody knows are in doubt."""
    cluster.definitions = networks.renamed(cluster.definitions)
    seen: dict[tuple[str, str, str], int] = {}
    ranks: dict[tuple[Tier, int], list[int]] = {}
    doubts: dict[int, tuple[str, str]] = {}
    for index, policy in enumerate(cluster.policies):
        key = (policy.kind, policy.namespace, policy.name)
        if key in seen:
            for which in (seen[key], index):
                doubts[which] = ("two policies have the same name", "keep the one that is in force")
        seen[key] = index
        if policy.kind in ("AdminNetworkPolicy", "ClusterNetworkPolicy"):
            ranks.setdefault((policy.tier, policy.priority), []).append(index)
    for indexes in ranks.values():
        for which in indexes if len(indexes) > 1 else ():
            doubts[which] = ("two policies have the same priority", "give each its own")
    for which, (problem, remedy) in doubts.items():
        policy = cluster.policies[which]
        cluster.notes.findings.append(Malformed(policy.place, problem, remedy))
        cluster.policies[which] = replace(policy, doubt=policy.doubt or problem)
    # A baseline of the older kind comes after those of the newer one.
    cluster.policies.sort(
        key=lambda policy: (
            policy.tier.value,
            policy.kind == "BaselineAdminNetworkPolicy",
            policy.priority,
            policy.kind,
            policy.namespace,
            policy.name,
        )
    )
