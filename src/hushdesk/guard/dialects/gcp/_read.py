"""What Google's API, gcloud and the asset inventory answer, brought to resources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.guard._dialect import Document
from hushdesk.guard.dialects._resource import Resource
from hushdesk.guard.dialects.gcp._values import Notes, mapping

_KINDS: Final = {
    "compute#firewall": "compute.firewalls",
    "compute#network": "compute.networks",
    "compute#subnetwork": "compute.subnetworks",
    "compute#instance": "compute.instances",
    "compute#instanceTemplate": "compute.instanceTemplates",
    "compute#instanceGroup": "compute.instanceGroups",
    "compute#instanceGroupManager": "compute.instanceGroupManagers",
    "compute#address": "compute.addresses",
    "compute#forwardingRule": "compute.forwardingRules",
    "compute#backendService": "compute.backendServices",
    "compute#targetPool": "compute.targetPools",
    "compute#targetInstance": "compute.targetInstances",
    "compute#targetHttpProxy": "compute.targetProxies",
    "compute#targetHttpsProxy": "compute.targetProxies",
    "compute#targetTcpProxy": "compute.targetProxies",
    "compute#targetSslProxy": "compute.targetProxies",
    "compute#targetGrpcProxy": "compute.targetProxies",
    "compute#urlMap": "compute.urlMaps",
    "compute#firewallPolicy": "compute.firewallPolicies",
    "compute#securityPolicy": "compute.securityPolicies",
    "compute#route": "compute.routes",
    "sql#instance": "sqladmin.instances",
    "bigquery#dataset": "bigquery.datasets",
    "storage#bucket": "storage.buckets",
}
_LISTED: Final = re.compile(r"^(compute#\w+?)(?:Scoped|Aggregated)?List$|^(sql#instance)sList$")
_ASSETS: Final = re.compile(r"^(compute|sqladmin|redis|memcache|alloydb)\.googleapis\.com/(\w+)$")
_SECRET_LIKE: Final = {"serverCaCert", "metadata"}
_DEPTH: Final = 6


@dataclass(frozen=True, slots=True)
class Answers:
    """What was found in the live documents of a run."""

    resources: list[Resource]
    listed: frozenset[str]


def answered(document: Document) -> bool:
    """Whether a document looks like an answer of Google's."""
    if document.kind not in {"json", "yaml"}:
        return False
    content = _body(document.content)[0]
    kind = mapping(content).get("kind")
    if isinstance(kind, str) and (kind in _KINDS or _LISTED.match(kind)):
        return True
    return next(_entries(content, (), 0), None) is not None


def read_answers(documents: list[Document], notes: Notes) -> Answers:
    """The resources of all live documents, and of which types they are all."""
    resources: list[Resource] = []
    listed: set[str] = set()
    for document in documents:
        content, start, headers = _body(document.content)
        for path, type_, value in _entries(content, start, 0):
            resources.append(_resource(document, path, type_, value))
        if mapping(content).get("nextPageToken"):
            notes.not_looked_at(
                document.place(),
                "further pages of the listing",
                "the answer says that there is more; add the other pages",
            )
            continue
        listed |= _whole(content)
        network = _effective_network(content, headers)
        if network:
            listed.add(f"compute.firewalls of {network}")
            resources += _effective_policies(document, content, start, network)
    return Answers(resources, frozenset(listed))


def _body(content: Any) -> tuple[Any, tuple[str | int, ...], Mapping[str, Any]]:
    """A recording of an exchange keeps the answer under ``body``."""
    said = mapping(content)
    if "headers" in said and "body" in said:
        return said["body"], ("body",), mapping(said["headers"])
    return content, (), {}


def _whole(content: Any) -> set[str]:
    """The types of which this is a listing."""
    if isinstance(content, list):
        found = {type_of(one) for one in content if isinstance(one, Mapping)}
        return {one for one in found if one}
    said = mapping(content)
    match = _LISTED.match(str(said.get("kind") or ""))
    if match:
        return {_KINDS[kind] for kind in match.groups() if kind in _KINDS}
    return set()


def type_of(value: Mapping[str, Any]) -> str:
    """The type of a resource as an API answers it; empty if it is none of those that are understood."""
    kind = value.get("kind")
    if isinstance(kind, str) and "#" in kind:
        return _KINDS.get(kind, "")
    name = value.get("name")
    path = name if isinstance(name, str) and name.startswith("projects/") else ""
    if any(_speaks_of_protocols(value.get(key)) for key in ("allowed", "denied")):
        return "compute.firewalls"
    if _is_policy(value):
        return "compute.firewallPolicies"
    if "databaseVersion" in value and "settings" in value:
        return "sqladmin.instances"
    if isinstance(value.get("networkInterfaces"), list) and (
        "machineType" in value or "serviceAccounts" in value
    ):
        return "compute.instances"
    if "/addressGroups/" in path:
        return "networksecurity.addressGroups"
    if "/clusters/" in path and "/instances/" in path:
        return "alloydb.instances"
    if "/clusters/" in path and ("clusterType" in value or "automatedBackupPolicy" in value):
        return "alloydb.clusters"
    if "/clusters/" in path and ("pscConfigs" in value or "shardCount" in value):
        return "redis.clusters"
    if "/instances/" in path and ("redisVersion" in value or "memorySizeGb" in value):
        return "redis.instances"
    if "/instances/" in path and ("memcacheVersion" in value or "memcacheNodes" in value):
        return "memcache.instances"
    return ""


def _speaks_of_protocols(value: Any) -> bool:
    return isinstance(value, list) and any("IPProtocol" in mapping(one) for one in value)


def _is_policy(value: Mapping[str, Any]) -> bool:
    rules = value.get("rules")
    if not isinstance(rules, list):
        return False
    named = "shortName" in value or "displayName" in value
    if not rules:
        return named and value.get("type") == "FIREWALL"
    first = mapping(rules[0])
    return "match" in first and "action" in first and "priority" in first


def _entries(
    value: Any, path: tuple[str | int, ...], depth: int
) -> Iterator[tuple[tuple[str | int, ...], str, Mapping[str, Any]]]:
    """Every resource in an answer, with its path and type."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for number, one in enumerate(value):
            if isinstance(one, Mapping):
                yield from _entries(one, (*path, number), depth + 1)
        return
    said = mapping(value)
    asset = _ASSETS.match(str(said.get("assetType") or said.get("asset_type") or ""))
    data = mapping(said.get("resource")).get("data")
    if asset and isinstance(data, Mapping):
        service, kind = asset.groups()
        type_ = (
            _KINDS.get(f"{service}#{kind[0].lower()}{kind[1:]}") or f"{service}.{kind[0].lower()}{kind[1:]}s"
        )
        yield (*path, "resource", "data"), type_of(data) or type_, data
        return
    if type_ := type_of(said):
        yield path, type_, said
        return
    items = said.get("items")
    if isinstance(items, Mapping):
        for key, scoped in items.items():
            yield from _entries(scoped, (*path, "items", key), depth + 1)
        return
    for key in ("items", "firewalls", "instances", "clusters", "subnetworks", "forwardingRules", "firewallPolicies",
                "backendServices", "targetPools", "instanceGroups", "instanceGroupManagers", "addresses", "result",
                "addressGroups"):  # fmt: skip
        if isinstance(said.get(key), list):
            yield from _entries(said[key], (*path, key), depth + 1)


def _resource(
    document: Document, path: tuple[str | int, ...], type_: str, value: Mapping[str, Any]
) -> Resource:
    properties = {key: inner for key, inner in value.items() if key not in _SECRET_LIKE}
    places = {}
    for key in ("rules", "networkInterfaces", "allowed", "denied", "associations"):
        listed = value.get(key)
        for number in range(len(listed) if isinstance(listed, list) else 0):
            places[f"{key}[{number}]"] = document.place(*path, key, number)
    configuration = mapping(mapping(value.get("settings")).get("ipConfiguration"))
    networks = configuration.get("authorizedNetworks")
    for number in range(len(networks) if isinstance(networks, list) else 0):
        steps = ("settings", "ipConfiguration", "authorizedNetworks", number)
        places[f"settings.ipConfiguration.authorizedNetworks[{number}]"] = document.place(*path, *steps)
    name = _shown_name(value)
    return Resource(
        type=type_,
        id=str(value.get("selfLink") or value.get("name") or value.get("id") or name),
        name=name,
        properties=properties,
        place=document.place(*path),
        places=places,
    )


def _shown_name(value: Mapping[str, Any]) -> str:
    for key in ("shortName", "displayName", "name", "id"):
        text = value.get(key)
        if isinstance(text, str) and text:
            return text
    return "without a name"


def _effective_network(content: Any, headers: Mapping[str, Any]) -> str:
    """The network of which an answer of ``getEffectiveFirewalls`` tells all the rules."""
    said = mapping(content)
    where = str(headers.get("content-location") or "")
    if "getEffectiveFirewalls" in where:
        return where.partition("/getEffectiveFirewalls")[0]
    if isinstance(said.get("firewalls"), list) and (
        "firewallPolicys" in said or "firewallPolicies" not in said
    ):
        for firewall in said["firewalls"]:
            network = mapping(firewall).get("network")
            if isinstance(network, str):
                return network
    return ""


def _effective_policies(
    document: Document, content: Any, start: tuple[str | int, ...], network: str
) -> Iterator[Resource]:
    listed = mapping(content).get("firewallPolicys")
    for number, policy in enumerate(listed if isinstance(listed, list) else ()):
        said = mapping(policy)
        made = _resource(document, (*start, "firewallPolicys", number), "compute.firewallPolicies", said)
        level = {"level": said.get("type"), "associations": [{"attachmentTarget": network}]}
        yield Resource(
            type=made.type,
            id=f"{made.id} on {network}",
            name=made.name,
            properties={**made.properties, **level},
            place=made.place,
            places=made.places,
        )
