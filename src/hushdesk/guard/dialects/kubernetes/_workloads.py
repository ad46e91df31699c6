"""What runs: workloads and the shapes of their pods."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.kubernetes._labels import labels_of
from hushdesk.guard.dialects.kubernetes._node import Node

TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {
    "Pod": (),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "VirtualMachineInstance": (),
    **dict.fromkeys(
        (
            "DaemonSet", "Deployment", "DeploymentConfig", "Job", "ReplicaSet", "ReplicationController", "Rollout",
            "StatefulSet", "VirtualMachine",
        ),
        ("spec", "template"),
    ),
}  # fmt: skip
"""Where each kind of workload holds the pods that it makes."""
MULTUS: Final = "k8s.v1.cni.cncf.io/networks"


@dataclass(frozen=True, slots=True)
class ContainerPort:
    """A port that a container declares. What it does not declare may be open just the same."""

    name: str
    protocol: str
    """In capitals."""
    number: int
    host_port: int = 0
    """On the node's own addresses; 0 is none."""
    host_ip: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A pod's interface in a further network."""

    namespace: str
    name: str
    """The network attachment definition's."""
    addresses: tuple[str, ...] = ()
    """If they are fixed: networks or single addresses."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What all pods of a workload that carry the same labels have in common."""

    labels: Mapping[str, str]
    ports: tuple[ContainerPort, ...]
    host_network: bool = False
    attachments: tuple[Attachment, ...] = ()

    def named(self, name: str) -> ContainerPort | None:
        """The port of this name."""
        return next((port for port in self.ports if port.name == name), None)


@dataclass(frozen=True, slots=True)
class Workload:
    """One or more pods under one owner."""

    namespace: str
    kind: str
    name: str
    shapes: tuple[Shape, ...]
    """One for each set of labels among its pods."""
    images: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    place: Place = field(default=Place(""))

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}[{self.kind}]"


def workload_of(node: Node, kind: str, namespace: str, name: str) -> Workload | None:
    """A workload from its object, a pod under the name of its owner; ``None`` if it makes no pod."""
    pod = node.at(*TEMPLATES[kind])
    spec = pod.at("spec")
    if not spec.given:
        node.malformed(f"a {kind} without a pod's spec", "give its containers")
        return None
    ports, images = [], []
    for group in ("containers", "initContainers", "ephemeralContainers"):
        for container in spec.at(group).items():
            images.append(container.at("image").name())
            # Only sidecars among the init containers live on; a port of another does no harm here.
            ports += [port for item in container.at("ports").items() if (port := _port(item)) is not None]
    host_network = spec.at("hostNetwork").flag(default=False)
    shape = Shape(
        labels_of(pod.at("metadata", "labels")),
        tuple(ports),
        host_network,
        _attachments(pod.at("metadata", "annotations"), namespace) + _multus(spec.at("networks"), namespace),
    )
    aliases: tuple[str, ...] = (name,)
    owner = _owner(node) if kind == "Pod" else None
    if owner:
        kind, name = owner
        aliases += (name,)
    return Workload(
        namespace, kind, name, (shape,), tuple(filter(None, dict.fromkeys(images))), aliases, node.place
    )


def _owner(pod: Node) -> tuple[str, str] | None:
    for reference in pod.at("metadata", "ownerReferences").items():
        if reference.at("controller").flag(default=False):
            kind, name = reference.at("kind").name(), reference.at("name").name()
            # A static pod is "owned" by its node, which makes no further ones.
            return (kind or "Pod", name) if name and kind != "Node" else None
    return None


def _port(node: Node) -> ContainerPort | None:
    number = node.at("containerPort").whole()
    if number is None or not 0 < number < 65536:
        node.malformed("a container's port without a number from 1 to 65535", "give containerPort")
        return None
    return ContainerPort(
        node.at("name").name(),
        (node.at("protocol").name() or "TCP").upper(),
        number,
        node.at("hostPort").whole() or 0,
        node.at("hostIP").name(),
    )


def _attachments(annotations: Node, namespace: str) -> tuple[Attachment, ...]:
    """Further networks that a pod asks for, in both notations of Multus."""
    node = annotations.at(MULTUS)
    written = (node.text() or "").strip()
    if not written.startswith("["):
        return tuple(_short(part.strip(), namespace) for part in written.split(",") if part.strip())
    try:
        entries: Any = json.loads(written)
    except ValueError:
        node.malformed("an annotation that is neither a list of names nor JSON", "write a JSON list")
        return ()
    found = []
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            node.malformed("a network without a name", "give each network its name")
            continue
        addresses = entry.get("ips") or ()
        found.append(
            Attachment(
                str(entry.get("namespace") or namespace),
                entry["name"],
                tuple(text for text in addresses if isinstance(text, str))
                if isinstance(addresses, list)
                else (),
            )
        )
    return tuple(found)


def _multus(networks: Node, namespace: str) -> tuple[Attachment, ...]:
    """Further networks of a virtual machine."""
    if not isinstance(networks.value, list):
        return ()
    names = [item.at("multus", "networkName").name() for item in networks.items()]
    return tuple(_short(name, namespace) for name in names if name)


def _short(written: str, namespace: str) -> Attachment:
    """``namespace/name@interface``."""
    before, slash, after = written.partition("/")
    return Attachment(before if slash else namespace, (after if slash else before).partition("@")[0])


def joined(first: Workload, second: Workload) -> Workload:
    """Two pods, or two descriptions, of one workload."""
    shapes = first.shapes + tuple(shape for shape in second.shapes if shape not in first.shapes)
    return Workload(
        first.namespace,
        first.kind,
        first.name,
        shapes,
        tuple(dict.fromkeys((*first.images, *second.images))),
        tuple(dict.fromkeys((*first.aliases, *second.aliases))),
        first.place,
    )
