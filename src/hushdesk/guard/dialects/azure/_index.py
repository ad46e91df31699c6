"""All resources of an estate by id, with children found wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hushdesk.guard._findings import Finding, NotLookedAt
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.azure._shape import View, reference

INSIDE = {
    "microsoft.network/networksecuritygroups": ("securityRules",),
    "microsoft.network/virtualnetworks": ("subnets", "virtualNetworkPeerings"),
    "microsoft.network/routetables": ("routes",),
    "microsoft.network/networkinterfaces": ("ipConfigurations",),
    "microsoft.network/loadbalancers": (
        "frontendIPConfigurations", "backendAddressPools", "loadBalancingRules", "inboundNatRules", "inboundNatPools",
    ),
    "microsoft.network/applicationgateways": (
        "gatewayIPConfigurations", "frontendIPConfigurations", "frontendPorts", "backendAddressPools", "backendHttpSettingsCollection",
        "backendSettingsCollection", "httpListeners", "listeners", "requestRoutingRules", "routingRules", "urlPathMaps",
    ),
    "microsoft.network/azurefirewalls": ("ipConfigurations", "natRuleCollections"),
    "microsoft.network/firewallpolicies": ("ruleCollectionGroups",),
    "microsoft.network/virtualnetworkgateways": ("ipConfigurations",),
}  # fmt: skip
"""Lists inside a resource whose items others refer to, or which may as well stand on their own."""
STORE_LISTS = ("firewallRules", "virtualNetworkRules")
REPLACED_WHOLE = {
    "microsoft.network/networksecuritygroups",
    "microsoft.network/routetables",
    "microsoft.network/loadbalancers",
}
"""A second declaration of these leaves nothing of the lists in the first."""


@dataclass(slots=True, eq=False)
class Node:
    """A resource, or an item inside one."""

    kind: str
    """Full type in small letters."""
    id: str
    """In small letters."""
    name: str
    view: View
    place: Place
    doubt: str = ""
    parent: Node | None = None
    absent: bool = False
    """Only its children are in the input: it exists elsewhere, with more in it."""
    again: bool = False
    """Declared more than once with different content under a condition: nothing certain is known of it."""
    children: dict[str, dict[str, Node]] = field(default_factory=dict)

    def all(self, collection: str) -> Iterator[Node]:
        """The children of one collection."""
        yield from self.children.get(collection.lower(), {}).values()

    def unknown(self) -> str:
        """Why the content is not known; empty if it is."""
        if self.again:
            return f"{self.name} is declared more than once, under conditions that are not resolved"
        return self.view.unknown.why if self.view.unknown else ""


class Index:
    """Nodes by id and by kind."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.nodes: dict[str, Node] = {}
        self.kinds: dict[str, list[Node]] = {}
        self.others: dict[str, Node] = {}
        """Items by ids that do not follow from their owner's."""
        self.findings: list[Finding] = []
        loose = []
        for resource in resources:
            kind = resource.type.lower()
            if kind.count("/") > 1:
                loose.append(resource)
            else:
                self._put(resource, kind, None)
        loose.sort(key=lambda resource: resource.type.count("/"))
        for resource in loose:
            self._put(resource, resource.type.lower(), self._parent(resource))

    def of(self, kind: str) -> list[Node]:
        """All of one type, as it is written in ARM."""
        return self.kinds.get(kind.lower(), [])

    def find(self, ref: str | Unknown | None) -> Node | None:
        """What a reference names, if it is in the input."""
        return self.nodes.get(ref) or self.others.get(ref) if isinstance(ref, str) else None

    def canon(self, ref: str) -> str:
        """The id under which what a reference names is kept."""
        found = self.find(ref)
        return found.id if found is not None else ref

    def _put(self, resource: Resource, kind: str, parent: Node | None) -> None:
        folded = resource.id.strip().rstrip("/").lower()
        node = Node(
            kind, folded, resource.name, View(resource.properties), resource.place, resource.doubt, parent
        )
        self._add(node, kind.rsplit("/", 1)[-1] if parent else "")
        lists = INSIDE.get(kind, () if kind.startswith("microsoft.network/") else STORE_LISTS)
        for name in lists:
            for at, view in node.view.items(name):
                shown = view.text("name")
                label = shown if isinstance(shown, str) else f"{name}[{at}]"
                own = reference(view.get("id"))
                where = resource.places.get(f"{name}[{at}]") or _within(resource.place, f"{name}[{at}]")
                mine = isinstance(own, str) and own.startswith(f"{folded}/")
                child = Node(
                    f"{kind}/{name.lower()}",
                    str(own) if mine else f"{folded}/{name.lower()}/{label.lower()}",
                    label,
                    view,
                    where,
                    node.doubt,
                    node,
                )
                # Copied recordings have items with one id and different content: none of them may get lost.
                if child.id in node.children.get(name.lower(), {}):
                    child.id += f"#{at}"
                # Others may refer to it by an id that is not made from its owner's; in a virtual network rule it is the subnet's.
                if isinstance(own, str) and not mine and name != "virtualNetworkRules":
                    self.others.setdefault(own, child)
                self._add(child, name.lower())

    def _add(self, node: Node, collection: str) -> None:
        old = self.nodes.get(node.id)
        if old is not None and old.kind == node.kind:
            self._twice(old, node)
        elif old is None:
            self.kinds.setdefault(node.kind, []).append(node)
        self.nodes[node.id] = node
        if node.parent is not None:
            node.parent.children.setdefault(collection, {})[node.id] = node

    def _twice(self, old: Node, new: Node) -> None:
        if not old.absent and old.view.fields != new.view.fields:
            new.again = bool(old.doubt or new.doubt)
            self.findings.append(
                NotLookedAt(
                    new.place,
                    f"{new.name}, which is declared more than once",
                    "The last declaration is taken.",
                )
            )
        if not (old.doubt and new.doubt):
            new.doubt = ""
        for collection, children in old.children.items():
            for child in children.values():
                if new.kind in REPLACED_WHOLE:
                    self.nodes.pop(child.id, None)
                else:
                    child.parent = new
                    new.children.setdefault(collection, {}).setdefault(child.id, child)
        peers = self.kinds.setdefault(new.kind, [])
        peers[peers.index(old)] = new

    def _parent(self, resource: Resource) -> Node:
        wanted = reference(View(resource.properties).get("parentId"))
        folded = resource.id.strip().rstrip("/").lower()
        if not isinstance(wanted, str):
            wanted = "/".join(folded.split("/")[:-2]) or f"{folded}#parent"
        found = self.nodes.get(wanted)
        if found is None:
            kind = resource.type.lower().rsplit("/", 1)[0]
            found = Node(
                kind, wanted, wanted.rsplit("/", 1)[-1], View({}), resource.place, "", None, absent=True
            )
            self._add(found, "")
        return found


def _within(place: Place, path: str) -> Place:
    return Place(place.file, place.line, f"{place.pointer}.{path}" if place.pointer else path)
