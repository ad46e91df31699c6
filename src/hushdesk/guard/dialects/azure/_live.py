"""Live answers: lists, single resources, what the az command prints, recorded answers, rows of the resource graph.

Each comes out as resources; effective rules and routes are put where the lowering finds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Finding, NotLookedAt
from hushdesk.guard.dialects._resource import Resource
from hushdesk.guard.dialects.azure._shape import View, reference
from hushdesk.guard.dialects.azure._tags import is_service_tags

Path = tuple[str | int, ...]
BESIDE: Final = ("sku", "kind", "location", "zones")
_ENVELOPES: Final = (
    "value",
    "data",
    "body",
    "response",
    "interactions",
    "networksecuritygroups",
    "networkinterfaces",
    "resources",
)
_DEEPEST: Final = 8


def looks_live(content: object) -> bool:
    """Whether a document holds resources of Azure as an API or a command prints them."""
    return any(True for _ in _answers(content, (), ""))


def live_resources(document: Document) -> tuple[list[Resource], list[Finding], list[Mapping[str, Any]]]:
    """Resources of one document, what is not looked at, and answers with service tags."""
    found: dict[str, Resource] = {}
    findings: list[Finding] = []
    tags: list[Mapping[str, Any]] = []
    routes: dict[str, list[Any]] = {}
    networks: dict[str, list[Any]] = {}
    for path, body, hint in _answers(document.content, (), ""):
        view = View(body)
        if is_service_tags(body):
            tags.append(body)
        elif "effectiveSecurityRules".lower() in view.fields:
            _effective_rules(view, document, path, found, networks)
        elif _is_route(view):
            routes.setdefault(hint, []).append(body)
        else:
            resource = _resource(body, view, document, path)
            found[resource.id.lower()] = resource
    for nic, items in routes.items():
        if nic and nic in found:
            _beside(found, nic, {"effectiveRoutes": items})
        else:
            findings.append(
                NotLookedAt(
                    document.place(),
                    "effective routes",
                    "They do not say of which interface they are; record the request beside them.",
                )
            )
    for target, prefixes in networks.items():
        if target in found:
            _beside(found, target, {"effectiveVirtualNetwork": prefixes})
    return list(found.values()), findings, tags


def _beside(found: dict[str, Resource], key: str, more: dict[str, Any]) -> None:
    old = found[key]
    found[key] = Resource(
        type=old.type,
        id=old.id,
        name=old.name,
        properties={**old.properties, **more},
        place=old.place,
        doubt=old.doubt,
        places=old.places,
    )


def _answers(content: Any, path: Path, hint: str) -> Iterator[tuple[Path, Mapping[str, Any], str]]:
    """Bodies of resources inside whatever wraps them, each with its path and the interface that the request named."""
    if len(path) > _DEEPEST:
        return
    if isinstance(content, list):
        for at, item in enumerate(content):
            yield from _answers(item, (*path, at), hint)
        return
    if not isinstance(content, Mapping):
        return
    if is_service_tags(content) or _is_body(content):
        yield path, content, hint
        return
    request = content.get("request")
    if isinstance(request, Mapping):
        hint = _interface(str(request.get("uri", ""))) or hint
    for key, value in content.items():
        if isinstance(key, str) and key.lower() in _ENVELOPES and isinstance(value, list | Mapping):
            yield from _answers(value, (*path, key), hint)


def _is_body(content: Mapping[str, Any]) -> bool:
    view = View(content)
    if "effectivesecurityrules" in view.fields or _is_route(view):
        return True
    return bool(_type(content)) and ("properties" in content or len(view.fields) > 3)


def _is_route(view: View) -> bool:
    return {"source", "state", "addressprefix", "nexthoptype"} <= view.fields.keys()


def _type(content: Mapping[str, Any]) -> str:
    """The type as written, or as the id says."""
    small = {key.lower(): value for key, value in content.items() if isinstance(key, str)}
    written = small.get("type")
    if (
        isinstance(written, str)
        and written.lower().startswith(("microsoft.", "providers."))
        and "/" in written
    ):
        return written
    ident = small.get("id")
    if not isinstance(ident, str) or "/providers/" not in ident.lower():
        return ""
    at = ident.lower().rindex("/providers/")
    namespace, *steps = ident[at + len("/providers/") :].strip("/").split("/")
    return "/".join([namespace, *steps[::2]]) if namespace.lower().startswith("microsoft.") and steps else ""


def _interface(uri: str) -> str:
    """The interface that a request for effective routes or rules was about."""
    lowered = uri.lower().split("?")[0]
    at = lowered.find("/subscriptions/")
    for end in ("/effectiveroutetable", "/effectivenetworksecuritygroups"):
        if lowered.endswith(end) and at >= 0:
            return lowered[at : -len(end)]
    return ""


def _resource(body: Mapping[str, Any], view: View, document: Document, path: Path) -> Resource:
    kind = _type(body)
    name = view.text("name")
    shown = name if isinstance(name, str) else kind
    ident = reference(view.get("id"))
    nested = "properties" in body
    own = body.get("properties")
    properties = dict(own) if isinstance(own, Mapping) else {} if nested else dict(body)
    if nested and not isinstance(own, Mapping):
        properties = {}
    for key, value in body.items():
        if key.lower() in BESIDE:
            properties[key] = value
    properties.pop("id", None)
    return Resource(
        type=kind,
        id=ident if isinstance(ident, str) else f"{kind}/{shown}",
        name=shown.rsplit("/", 1)[-1],
        properties=properties,
        place=document.place(*path),
        places={
            f"{key}[{at}]": document.place(*path, *(("properties",) if nested else ()), key, at)
            for key, value in properties.items()
            if isinstance(value, list)
            for at in range(len(value))
        },
    )


def _effective_rules(
    view: View, document: Document, path: Path, found: dict[str, Resource], networks: dict[str, list[Any]]
) -> None:
    """Effective rules: the group's rules with its tags expanded, if the group itself is not in the answer."""
    ref = view.ref("networkSecurityGroup")
    rules = [rule for rule in view.many("effectiveSecurityRules") if isinstance(rule, Mapping)]
    made = [_expanded(rule) for rule in rules if not _is_default(View(rule))]
    ident = ref if isinstance(ref, str) else f"{document.file}#{'/'.join(map(str, path))}"
    for _, target in ((key, view.at("association", key)) for key in ("networkInterface", "subnet")):
        name = reference(target)
        prefixes = [
            prefix
            for rule in rules
            if View(rule).known("sourceAddressPrefix") == "virtualnetwork"
            for prefix in View(rule).many("expandedSourceAddressPrefix")
        ]
        if isinstance(name, str) and prefixes:
            networks.setdefault(name, []).extend(
                prefix for prefix in prefixes if prefix not in networks.get(name, [])
            )
    if ident not in found:
        found[ident] = Resource(
            type="Microsoft.Network/networkSecurityGroups",
            id=ident,
            name=ident.rsplit("/", 1)[-1],
            properties={"securityRules": made},
            place=document.place(*path),
        )


def _is_default(view: View) -> bool:
    return view.known("name").startswith("defaultsecurityrules/") or view.known("priority") in {
        "65000",
        "65001",
        "65500",
    }


def _expanded(rule: Mapping[str, Any]) -> dict[str, Any]:
    view = View(rule)
    fields = dict(view.fields)
    for side in ("source", "destination"):
        prefixes = list(view.many(f"expanded{side}AddressPrefix"))
        if prefixes:
            fields[f"{side}addressprefix"], fields[f"{side}addressprefixes"] = None, prefixes
    name = str(fields.get("name") or "rule")
    fields["name"] = name.rsplit("/", 1)[-1]
    return fields
