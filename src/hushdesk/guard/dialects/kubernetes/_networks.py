"""Networks beside the pods' common one: user-defined networks of OVN, and attachments of Multus."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hushdesk.guard.dialects.kubernetes._labels import Selector, selector_of
from hushdesk.guard.dialects.kubernetes._node import Node
from hushdesk.guard.dialects.kubernetes._workloads import Workload

POD_NETWORK: Final = "pod-network"
PRIMARY_LABEL: Final = "k8s.ovn.org/primary-user-defined-network"
"""A namespace must be born with this label for a network of its own to become its pods' first."""


@dataclass(frozen=True, slots=True, order=True)
class Network:
    """One network in which pods meet."""

    kind: str
    """Empty for the pods' common one; ``UDN``, ``CUDN`` or ``NAD``."""
    name: str

    @property
    def primary(self) -> bool:
        """Whether a pod is in one of this kind only, and leaves the cluster through it."""
        return self.kind != "NAD"

    def __str__(self) -> str:
        return f"{self.name}[{self.kind}]" if self.kind else self.name


COMMON: Final = Network("", POD_NETWORK)


@dataclass(frozen=True, slots=True)
class Declared:
    """A user-defined network, of one namespace or of the cluster."""

    kind: str
    name: str
    namespace: str
    """Of a ``UDN``."""
    namespaces: Selector
    """Of a ``CUDN``."""
    primary: bool


@dataclass(frozen=True, slots=True)
class Definition:
    """A network attachment definition."""

    namespace: str
    name: str
    network: str
    """Definitions of one network of several namespaces carry the same name in their configuration."""


def declared_of(node: Node, kind: str, namespace: str, name: str) -> Declared:
    """A UserDefinedNetwork or ClusterUserDefinedNetwork."""
    spec = node.at("spec")
    config = spec.at("network") if kind == "CUDN" else spec
    layer = config.at((config.at("topology").name() or "Layer2").lower())
    selector = selector_of(spec.at("namespaceSelector")) if kind == "CUDN" else Selector()
    primary = layer.at("role").name() == "Primary"
    if not primary:
        node.unknown(f"a {kind} that is not its pods' first network", "only primary ones are followed")
    return Declared(kind, name, namespace, selector, primary)


_TRAILING_COMMA: Final = re.compile(r",(?=\s*[}\]])")


def definition_of(node: Node, namespace: str, name: str) -> Definition:
    """A NetworkAttachmentDefinition."""
    config = node.at("spec", "config")
    network = name
    written = config.text()
    if written:
        try:
            # What Multus reads leniently is read leniently.
            content = json.loads(_TRAILING_COMMA.sub("", written))
            network = str(content.get("name") or name) if isinstance(content, dict) else name
        except ValueError:
            config.malformed("a configuration that is no JSON", "write one JSON object")
    return Definition(namespace, name, network)


def networks_of(
    workload: Workload,
    labels: Mapping[str, str],
    declared: Iterable[Declared],
    definitions: Mapping[tuple[str, str], Definition],
) -> tuple[Network, tuple[Network, ...]]:
    """A workload's first network and its further ones.

    Args:
        workload: One workload.
        labels: Its namespace's labels.
        declared: All user-defined networks.
        definitions: All attachment definitions, by namespace and name.
    """
    first = COMMON
    if PRIMARY_LABEL in labels:
        for network in declared:
            if not network.primary:
                continue
            if network.kind == "UDN" and network.namespace == workload.namespace:
                # There is at most one in a namespace, which people know by the namespace's name.
                first = Network("UDN", workload.namespace)
            elif network.kind == "CUDN" and network.namespaces.matches(labels):
                first = Network("CUDN", network.name)
    further = {
        Network("NAD", definitions[key].network)
        for shape in workload.shapes
        for attachment in shape.attachments
        if (key := (attachment.namespace, attachment.name)) in definitions
    }
    return first, tuple(sorted(further))
