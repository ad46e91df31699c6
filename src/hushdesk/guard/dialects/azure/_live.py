"""Live answers: lists, single resources, what the az command prints, recorded answers, rows of the resource graph.

Each comes out as resources; effective rules and routes are put where the lowering finds them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Finding, NotLookedAt
from hushdesk.guard._policy import Place
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


@dataclass(slots=True)
class Live:
    """What the answers of one estate hold."""

    resources: dict[tuple[str, str], Resource] = field(default_factory=dict)
    """By document and id: within a recording the later answer counts."""
    derived: dict[str, Resource] = field(default_factory=dict)
    """Groups of which only the effective rules are known."""
    beside: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    """What belongs to an interface or a subnet without standing in it, by its id."""
    tags: list[Mapping[str, Any]] = field(default_factory=list)

    def add(self, document: Document) -> None:
        """Takes in one document."""
        for path, body, hint in _answers(document.content, (), ""):
            view = View(body)
            if is_service_tags(body):
                self.tags.append(body)
            elif "effectivesecurityrules" in view.fields:
                self._effective_rules(view, document, path)
            elif _is_route(view):
                self._put_beside(hint, "effectiveRoutes", [body])
            else:
                resource = _resource(body, view, document, path)
                self.resources[document.file, resource.id.lower()] = resource

    def all(self) -> Iterator[Resource]:
        """The resources, with what belongs to each."""
        known = {ident for _, ident in self.resources}
        for resource in (
            *self.resources.values(),
            *(one for ident, one in self.derived.items() if ident not in known),
        ):
            more = self.beside.get(resource.id.lower())
            yield replace(resource, properties={**resource.properties, **more}) if more else resource

    def lost(self, place: Place) -> Iterator[Finding]:
        """Effective routes that belong to nothing in the input."""
        known = {ident for _, ident in self.resources}
        if any(ident not in known and "effectiveRoutes" in more for ident, more in self.beside.items()):
            yield NotLookedAt(
                place,
                "effective routes",
                "They do not say of which interface they are; keep the request, or the interface, beside them.",
            )

    def _put_beside(self, ident: str, name: str, items: list[Any]) -> None:
        held = self.beside.setdefault(ident, {}).setdefault(name, [])
        held += [item for item in items if item not in held]

    def _effective_rules(self, view: View, document: Document, path: Path) -> None:
        """Effective rules: the group's own with tags expanded, and what the tag of the network holds there."""
        rules = [rule for rule in view.many("effectiveSecurityRules") if isinstance(rule, Mapping)]
        for key in ("networkInterface", "subnet"):
            target = reference(view.at("association", key))
            for rule in map(View, rules):
                if isinstance(target, str) and rule.known("sourceAddressPrefix") == "virtualnetwork":
                    self._put_beside(
                        target, "effectiveVirtualNetwork", list(rule.many("expandedSourceAddressPrefix"))
                    )
        ref = view.ref("networkSecurityGroup")
        ident = ref if isinstance(ref, str) else f"{document.file}#{'/'.join(map(str, path))}"
        self.derived[ident] = Resource(
            type="Microsoft.Network/networkSecurityGroups",
            id=ident,
            name=ident.rsplit("/", 1)[-1],
            properties={"securityRules": [_expanded(rule) for rule in rules if not _is_default(View(rule))]},
            place=document.place(*path),
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
        elif key in {"string", "body"} and isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
            # Recorders that keep the body as it went over the wire.
            with suppress(json.JSONDecodeError, RecursionError):
                yield from _answers(json.loads(value), (*path, key), hint)


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
