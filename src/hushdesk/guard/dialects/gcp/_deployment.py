"""Deployment Manager configurations: ``resources:`` with types such as ``compute.v1.firewall``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard._dialect import Document
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.gcp._values import Notes, mapping

_TYPE: Final = re.compile(
    r"^(?:gcp-types/)?(?P<service>[a-z]+)[.-](?:v\d\w*|alpha|beta)[.:](?:projects\.locations\.)?(?P<kind>[A-Za-z.]+)$"
)
_REFERENCE: Final = re.compile(r"^\$\(ref\.([^.()\[\]]+)\.(selfLink|name|id)\)$")
_TEMPLATE: Final = re.compile(r"\.(jinja|jinja2|py)$")
_BEARING: Final = re.compile(
    r"firewall|security|network|sql|redis|memcache|database|instance|cluster|forward|dataset", re.IGNORECASE
)
_DEPTH: Final = 40


def is_deployment(document: Document) -> bool:
    """Whether a document is a configuration of Deployment Manager."""
    resources = mapping(document.content).get("resources")
    if document.kind not in {"json", "yaml"} or not isinstance(resources, list):
        return False
    return any(_TYPE.match(str(mapping(one).get("type"))) for one in resources)


def read_deployment(document: Document, notes: Notes) -> list[Resource]:
    """The resources of one configuration."""
    return list(_resources(document, notes))


def _resources(document: Document, notes: Notes) -> Iterator[Resource]:
    listed = document.content["resources"]
    names = {one["name"] for one in listed if isinstance(mapping(one).get("name"), str)}
    for number, entry in enumerate(listed):
        said = mapping(entry)
        place = document.place("resources", number)
        name, type_ = said.get("name"), said.get("type")
        if not isinstance(name, str) or not isinstance(type_, str):
            notes.malformed(place, "a resource needs a name and a type", "add both")
            continue
        found = _TYPE.match(type_)
        if found is None:
            if _TEMPLATE.search(type_):
                notes.not_looked_at(
                    place, f"{type_} {name}", "templates are programs; give the expanded configuration"
                )
            elif _BEARING.search(type_):
                notes.not_looked_at(place, f"{type_} {name}", "the type is not understood")
            continue
        kind = _plural(found["kind"].rpartition(".")[2])
        meant = f"{found['service']}.{kind}"
        properties = _resolved(said.get("properties"), names, 0)
        if not isinstance(properties, Mapping):
            if properties is not None:
                notes.malformed(place, "properties is no mapping", "write a mapping of names to values")
            properties = {}
        yield Resource(
            type=meant,
            id=name,
            name=name,
            properties={"name": name, **properties},
            place=place,
            places={
                f"{key}[{at}]": document.place("resources", number, "properties", key, at)
                for key in ("allowed", "denied", "rules", "networkInterfaces")
                for at in range(len(properties[key]) if isinstance(properties.get(key), list) else 0)
            },
        )


def _plural(kind: str) -> str:
    if kind.startswith(("target", "Target")) and "Prox" in kind:
        return "targetProxies"
    if kind in {"globalForwardingRule", "globalForwardingRules"}:
        return "forwardingRules"
    if kind in {"regionBackendService", "regionBackendServices"}:
        return "backendServices"
    if kind in {"globalAddress", "globalAddresses", "address"}:
        return "addresses"
    if "irewallPolic" in kind:
        return "firewallPolicies"
    return kind if kind.endswith("s") else f"{kind}s"


def _resolved(value: Any, names: set[str], depth: int) -> Any:
    """Values with references to other resources as their names, and other expressions as unknown."""
    if depth > _DEPTH:
        return Unknown("nested value", "it is nested too deeply")
    if isinstance(value, Mapping):
        return {str(key): _resolved(inner, names, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner, names, depth + 1) for inner in value]
    if isinstance(value, str):
        reference = _REFERENCE.match(value)
        if reference and reference[1] in names:
            return reference[1]
        if "$(ref." in value or "{{" in value or "{%" in value:
            return Unknown(
                value, "it is known only when the configuration is deployed; give the expanded configuration"
            )
    return value
