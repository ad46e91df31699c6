"""The dialect: a cluster's workloads as endpoints, with their ways in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Endpoint, Finding, NotLookedAt
from hushdesk.guard._policy import Path
from hushdesk.guard.dialects.kubernetes._cluster import FOREIGN, GROUPS, Cluster, objects, read_cluster
from hushdesk.guard.dialects.kubernetes._connections import Member, segments, selects
from hushdesk.guard.dialects.kubernetes._engine import Engine
from hushdesk.guard.dialects.kubernetes._entries import Entry, Service
from hushdesk.guard.dialects.kubernetes._foreign import ENTRIES
from hushdesk.guard.dialects.kubernetes._images import engine_of
from hushdesk.guard.dialects.kubernetes._node import Notes
from hushdesk.guard.dialects.kubernetes._ways import Outside, Target, entry_ways, own_ways, service_ways

OPEN_KINDS: Final = ("LoadBalancer", "NodePort")
TEMPLATE: Final = "{{"
DEEPEST: Final = 12


class KubernetesDialect:
    """Objects of Kubernetes and OpenShift, from files or as ``kubectl get -o yaml`` prints them."""

    name = "kubernetes"

    def claims(self, document: Document) -> bool:
        """Whether this document is an object of a known API group, a list of some, or an unrendered template of one."""
        content = document.content
        if isinstance(content, str):
            return document.kind in ("text", "yaml") and "apiVersion:" in content and TEMPLATE in content
        if not isinstance(content, Mapping):
            return False
        version, kind = content.get("apiVersion"), content.get("kind")
        if not isinstance(version, str) or not isinstance(kind, str):
            return False
        group, slash, _ = version.partition("/")
        return not slash or group in GROUPS or group in FOREIGN or group == "kustomize.config.k8s.io"

    def read(self, documents: Sequence[Document], world: World) -> Iterator[Finding]:
        """Endpoints for all workloads, and what could not be made out.

        Documents of folders that describe the same objects differently are taken for different clusters.
        """
        plain = []
        for document in documents:
            if _templated(document.content, 0):
                yield NotLookedAt(
                    document.place(),
                    "a template that is not rendered",
                    "render it first (helm template, kubectl kustomize) and give the result",
                )
            elif isinstance(document.content, Mapping) and document.content.get("kind") == "Kustomization":
                yield NotLookedAt(
                    document.place(),
                    "a Kustomization",
                    "render it first (kubectl kustomize) and give the result instead of the parts",
                )
            else:
                plain.append(document)
        for group in _clusters(plain):
            yield from _findings(read_cluster(group), world)


def _templated(value: Any, depth: int) -> bool:
    """Whether a template's braces stand anywhere, as text or as what YAML makes of them: a mapping in a mapping's key."""
    if isinstance(value, str):
        return TEMPLATE in value and "\n" not in value.strip()
    if depth > DEEPEST:
        return False
    if isinstance(value, Mapping):
        return any(
            not isinstance(key, str | int | float | bool | None) or _templated(inner, depth + 1)
            for key, inner in value.items()
            if key not in ("data", "stringData", "annotations", "args", "command", "env")
        )
    return isinstance(value, list) and any(_templated(item, depth + 1) for item in value)


def _clusters(documents: Sequence[Document]) -> list[list[Document]]:
    """Documents by cluster: one, unless folders contradict each other."""
    if not _contradict(documents):
        return [list(documents)] if documents else []
    folders = [posixpath.dirname(document.file.replace("\\", "/")) for document in documents]
    common = posixpath.commonpath(folders) if len({name.startswith("/") for name in folders}) == 1 else ""
    groups: dict[str, list[Document]] = {}
    shared = []
    for document, folder in zip(documents, folders, strict=True):
        rest = folder[len(common) :].strip("/")
        if rest:
            groups.setdefault(rest.partition("/")[0], []).append(document)
        else:
            shared.append(document)
    if not groups:
        return [list(documents)]
    # What lies above belongs to each of the folders.
    parts = [part for group in groups.values() for part in _clusters(group)]
    return [shared + part for part in parts]


def _contradict(documents: Iterable[Document]) -> bool:
    """Whether one object is described differently in two folders."""
    seen: dict[tuple[Any, ...], tuple[str, Any]] = {}
    for node in objects(documents, Notes()):
        metadata = node.value.get("metadata")
        if not isinstance(metadata, Mapping):
            continue
        key = (node.value.get("kind"), str(metadata.get("namespace") or ""), str(metadata.get("name") or ""))
        folder = posixpath.dirname(node.document.file.replace("\\", "/"))
        known = seen.setdefault(key, (folder, node.value))
        if known[0] != folder and known[1] != node.value:
            return True
    return False


def _findings(cluster: Cluster, world: World) -> Iterator[Finding]:
    served: set[int] = set()
    outsides = []
    for segment in segments(cluster):
        if not segment.network.primary:
            continue
        outside = Outside(cluster, Engine(segment.policies), world.tags)
        outsides.append(outside)
        for member in segment.members:
            yield _endpoint(outside, member, served)
    for workload in cluster.workloads.values():
        for name in dict.fromkeys(item.name for shape in workload.shapes for item in shape.attachments):
            yield NotLookedAt(
                workload.place,
                f"the interface of {workload} in the network {name}",
                "who else is in this network is not in the input, and policies for pods do not hold there",
            )
    lone = outsides[0]
    for services in cluster.services.values():
        for service in services:
            if id(service) not in served and (service.kind in OPEN_KINDS or service.external):
                yield _unseen(lone, service)
    for entry in cluster.entries:
        yield from _behind(lone, entry, served)
    for outside in outsides:
        yield from dict.fromkeys(outside.findings)
    yield from cluster.notes.findings


def _endpoint(outside: Outside, member: Member, served: set[int]) -> Endpoint:
    workload = member.end.workload
    assert workload is not None  # noqa: S101 - every member of a segment is one
    paths: list[Path] = []
    aliases = list(workload.aliases)
    for pod in member.pods:
        target = outside.target_of(pod)
        paths += own_ways(outside, target, workload.place)
        for service in _selecting(outside.cluster, target):
            served.add(id(service))
            aliases.append(f"{service.name}.{service.namespace}.svc")
            paths += service_ways(outside, service, target)
        for entry in outside.cluster.entries:
            paths += entry_ways(outside, entry, target)
    return Endpoint(
        name=f"{workload.namespace}/{workload.kind.lower()}/{workload.name}",
        dialect="kubernetes",
        kind=workload.kind,
        place=workload.place,
        paths=tuple(_distinct(paths)),
        engine=engine_of(workload.images),
        aliases=tuple(dict.fromkeys(aliases)),
    )


def _selecting(cluster: Cluster, target: Target) -> Iterator[Service]:
    for (namespace, _), services in cluster.services.items():
        for service in services:
            if namespace == target.namespace and target.shape and selects(service.selector, target.shape):
                yield service


def _unseen(outside: Outside, service: Service) -> Endpoint:
    """A service with a way in whose pods are somewhere else."""
    target = outside.unseen(service.namespace)
    return Endpoint(
        name=f"{service.namespace}/service/{service.name}",
        dialect="kubernetes",
        kind="Service",
        place=service.place,
        paths=tuple(service_ways(outside, service, target)),
        aliases=(f"{service.name}.{service.namespace}.svc",),
    )


def _behind(outside: Outside, entry: Entry, served: set[int]) -> Iterator[Endpoint]:
    """Services that an entry leads to and whose pods, or which themselves, are somewhere else."""
    for backend in entry.backends:
        known = outside.cluster.services.get((backend.namespace, backend.service), [])
        if any(id(service) in served or service.kind in OPEN_KINDS or service.external for service in known):
            continue
        if not known and entry.kind in ENTRIES:
            continue  # Not every name in them is a service's.
        alone = replace(entry, backends=(backend,))
        yield Endpoint(
            name=f"{backend.namespace}/service/{backend.service}",
            dialect="kubernetes",
            kind="Service",
            place=entry.place,
            paths=tuple(entry_ways(outside, alone, outside.unseen(backend.namespace))),
            aliases=(f"{backend.service}.{backend.namespace}.svc",),
        )


def _distinct(paths: Iterable[Path]) -> Iterator[Path]:
    seen: list[Path] = []
    for path in paths:
        if path not in seen:
            seen.append(path)
            yield path
