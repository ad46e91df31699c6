"""A project of Google Cloud as it changes: firewall rules, instances, databases, policies of buckets and copies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from hushdesk.guard import Document
from hushdesk.incident._evidence import Change
from hushdesk.incident.window._estate import Applied, Area, Body, Estate, Key, Shared, texts

EVERYBODY: Final = {"allusers": "everybody", "allauthenticatedusers": "everybody with a Google account"}
_METHOD: Final = re.compile(r"(?:^|\.)compute\.(\w+)\.(\w+)$", re.IGNORECASE)
_KINDS: Final = {
    "firewalls": "compute#firewall", "networks": "compute#network", "subnetworks": "compute#subnetwork", "instances": "compute#instance",
}  # fmt: skip
_HELD: Final = {kind: collection for collection, kind in _KINDS.items()} | {"sql#instance": "sql"}
_WRITES: Final = re.compile(r"creator|logwriter|publisher|metricwriter", re.IGNORECASE)
_DEEPEST: Final = 6


class Gcp:
    """Resources by path, from answers of the API on, by the audit log.

    Args:
        own: Domains, projects and principals that are ours.
    """

    name: Final = "gcp"

    def __init__(self, own: frozenset[str]) -> None:
        self.estate = Estate()
        self.own = frozenset(each.lower() for each in own)
        self.told = False
        """Whether a baseline shows instances."""
        self.prior: dict[tuple[str, str], Shared] = {}
        self._seen: set[tuple[str, str, str]] = set()
        self._extra: list[Document] = []

    def load(self, documents: Iterable[Document]) -> list[Document]:
        """See the protocol."""
        rest = []
        for document in documents:
            bodies: list[Body] = []
            others: list[Body] = []
            for body in _bodies(document.content, 0):
                (bodies if body.get("kind") in _HELD else others).append(body)
            if not bodies and not others:
                rest.append(document)
            for body in bodies:
                kind = _HELD[str(body["kind"])]
                self.told = self.told or kind == "instances"
                self.estate.put(kind, _path(str(body.get("selfLink") or body.get("name") or "")), body)
            if others:
                self._extra.append(Document(f"baseline-{len(self._extra)}", "json", others))
        self.estate.settle()
        return rest

    def learn(self, other: object) -> set[str]:
        """See the protocol."""
        assert isinstance(other, Gcp)  # noqa: S101 - two of one kind
        for (resource, outside), shared in other.prior.items():
            self.estate.share(resource, outside, shared)
            held = self.estate.get("iam", resource) or {"bindings": frozenset()}
            self.estate.put(
                "iam", resource, {"bindings": held["bindings"] | {(shared.rule, shared.names[0])}}
            )
        self.estate.settle()
        return {resource for resource, _ in other.prior}

    def shown(self, resource: str) -> str:
        """See the protocol."""
        return resource

    def flow_logs(self) -> Iterator[Body]:
        """See the protocol."""
        yield from ()

    def fits(self, change: Change) -> bool:
        """See the protocol: times are fine enough here."""
        return bool(change)

    def apply(self, change: Change) -> Applied:
        """See the protocol."""
        method = change.operation
        request = change.content.get("request")
        request = request if isinstance(request, Mapping) else {}
        low = method.lower()
        if low.endswith(("setiampolicy", "setiampermissions")):
            return self._policy(change, request)
        if "sql" in low and "instances" in low:
            return self._database(change, request, low)
        if "storage.buckets." in low:
            return self._bucket(change, request, low)
        found = _METHOD.search(method)
        if not found:
            return Applied()
        collection, verb = found[1].lower(), found[2]
        if collection in _KINDS:
            return self._compute(change, request, collection, verb)
        if collection in {"images", "snapshots", "disks"} and verb.lower() == "delete":
            self.estate.put("iam", change.resource, None)
            self.estate.unshare(change.resource)
        return Applied()

    def _compute(self, change: Change, request: Body, collection: str, verb: str) -> Applied:
        ident, verb = _path(change.resource), verb.lower()
        known = self.estate.get(collection, ident)
        before = {("network", _network(known))} if known is not None else set()
        name = ident.rpartition("/")[2]
        if verb in {"delete", "bulkdelete"}:
            words = []
            if known is None and collection == "firewalls":
                words = [
                    f"the firewall rule {name} was deleted, which was made before the evidence; whom it let in is not known"
                ]
            self.estate.put(collection, ident, None)
            return Applied(before, words)
        if collection == "instances" and verb not in {"insert", "update"}:
            body = _instance(known, request, verb, change)
            if body is None:
                return Applied()
        else:
            asked = {key: value for key, value in request.items() if key not in {"@type", "at_sign_type"}}
            if not asked:
                shown = {"firewalls": "the firewall rule", "instances": "the instance"}.get(
                    collection, collection
                )
                words = (
                    [f"{shown} {name} was changed ({verb}), and the log does not hold to what"]
                    if collection in {"firewalls", "instances"}
                    else []
                )
                return Applied(words=words)
            asked = _spelt(asked) if collection == "firewalls" else asked
            if verb in {"patch", "update"} and known is not None:
                # An update of a firewall rule leaves what it does not name as it is, but for the kind of its actions.
                body = {**known, **asked}
            elif (
                verb == "patch"
                and collection == "firewalls"
                and not ("allowed" in asked or "denied" in asked)
            ):
                return Applied(
                    words=[
                        f"the firewall rule {name} was changed, and its other parts were written before the evidence"
                    ]
                )
            else:
                body = asked
            body = {**body, "name": name}
        link = f"https://www.googleapis.com/compute/v1/{ident}" if ident.startswith("projects/") else ident
        shape = {**body, "kind": _KINDS[collection], "selfLink": link}
        self.estate.put(collection, ident, shape)
        return Applied(before | {("network", _network(shape))})

    def _database(self, change: Change, request: Body, method: str) -> Applied:
        ident = (
            f"projects/{change.resource.partition('projects/')[2]}"
            if "projects/" in change.resource
            else change.resource
        )
        if method.endswith("delete"):
            return Applied({self.estate.put("sql", ident, None)})
        body = (
            request.get("body")
            if isinstance(request.get("body"), Mapping)
            else request.get("resource", request)
        )
        if not isinstance(body, Mapping) or not isinstance(body.get("settings"), Mapping):
            return Applied()
        known = self.estate.get("sql", ident) or {"databaseVersion": "UNKNOWN"}
        held = known.get("settings")
        settings = _merged(held if isinstance(held, Mapping) else {}, body["settings"])
        shape = {
            **known,
            **body,
            "settings": settings,
            "kind": "sql#instance",
            "name": ident.rpartition("/")[2],
            "selfLink": ident,
        }
        return Applied({self.estate.put("sql", ident, shape)})

    # -- copies

    def _bucket(self, change: Change, request: Body, method: str) -> Applied:
        bucket = change.resource
        if method.endswith("delete"):
            self.estate.put("iam", bucket, None)
            self.estate.unshare(bucket)
            return Applied()
        config = request.get("iamConfiguration", request.get("bucket"))
        text = str(config).lower() if config else ""
        if "publicaccessprevention" in text:
            held = self.estate.get("iam", bucket) or {"bindings": frozenset()}
            self.estate.put("iam", bucket, {**held, "prevented": "'enforced'" in text})
            self._share(bucket)
        return Applied()

    def _policy(self, change: Change, request: Body) -> Applied:
        resource, words = change.resource, []
        held = dict(self.estate.get("iam", resource) or {"bindings": frozenset()})
        bindings = set(held["bindings"])
        deltas = list(_deltas(change.content))
        policy = request.get("policy") if isinstance(request.get("policy"), Mapping) else request
        listed = policy.get("bindings") if isinstance(policy, Mapping) else None
        if isinstance(listed, list):
            bindings = {
                (str(each.get("role", "")), str(member))
                for each in listed
                if isinstance(each, Mapping)
                for member in each.get("members") or ()
            }
        elif not deltas:
            words.append(
                f"the policy of {resource.rpartition('/')[2]} was changed, and the log does not hold to what"
            )
        for action, role, member in deltas:
            if action == "REMOVE":
                if (
                    (role, member) not in bindings
                    and (resource, role, member) not in self._seen
                    and self._outside(member)
                    and not _WRITES.search(role)
                ):
                    whom = EVERYBODY.get(member.lower(), member)
                    self.prior[resource, whom] = Shared(role, names=(member,))
                bindings.discard((role, member))
            else:
                bindings.add((role, member))
            self._seen.add((resource, role, member))
        if not self.own and any(
            not self._outside(member) for _, _, member in deltas if not member.lower().startswith("project")
        ):
            words.append(
                "members were added or removed, and nothing says which are ours; only a policy for everybody counts"
            )
        self.estate.put("iam", resource, {**held, "bindings": frozenset(bindings)})
        self._share(resource)
        return Applied(words=words)

    def _share(self, resource: str) -> None:
        held = self.estate.get("iam", resource) or {"bindings": frozenset()}
        found: dict[str, Shared] = {}
        for role, member in sorted(held["bindings"]):
            public = member.lower() in EVERYBODY
            if _WRITES.search(role) or not self._outside(member) or (public and held.get("prevented")):
                continue
            found.setdefault(EVERYBODY.get(member.lower(), member), Shared(role, names=(member,)))
        self.estate.unshare(resource, keep=found)

    def _outside(self, member: str) -> bool:
        low = member.lower()
        if low in EVERYBODY:
            return True
        if not self.own or low.startswith("project"):
            return False
        who = low.partition(":")[2] or low
        domain = who.rpartition("@")[2]
        project = domain.partition(".iam.gserviceaccount.com")[0]
        return not {low, who, domain, project} & self.own

    # -- what is to be judged

    def network_of(self, resource: str) -> str:
        """The network of an instance or of a target of firewall rules, if it is known."""
        found = re.match(r"network ([^,]+), ", resource)
        return found[1] if found else ""

    def everything(self) -> set[Key]:
        """See the protocol."""
        networks = {
            ("network", _network(body))
            for kind in ("firewalls", "instances")
            for body in self.estate.of(kind).values()
        }
        return networks | {("sql", ident) for ident in self.estate.of("sql")}

    def areas(self, touched: set[Key]) -> Sequence[Area]:
        """See the protocol."""
        found = []
        for kind, ident in sorted(touched):
            if kind == "sql":
                body = self.estate.get("sql", ident)
                documents = () if body is None else (Document(_file(ident), "json", body),)
                found.append(Area(documents, {}, _file(ident)))
            elif kind == "network":
                found.append(self._on_network(ident))
        return found

    def _on_network(self, network: str) -> Area:
        firewalls = [
            body for _, body in sorted(self.estate.of("firewalls").items()) if _network(body) == network
        ]
        if not self.told:
            documents = [
                Document(f"firewall-{number}", "json", body) for number, body in enumerate(firewalls)
            ]
            return Area(tuple(documents), {}, f"network {network}")
        # A listing is all that there is: so the guard takes it.
        documents = [Document("firewalls", "json", {"kind": "compute#firewallList", "items": firewalls})]
        for kind in ("networks", "subnetworks", "instances"):
            documents += [
                Document(f"{kind}-{_file(ident)}", "json", body)
                for ident, body in sorted(self.estate.of(kind).items())
                if kind != "instances"
                or network
                in {_network({"network": each}) for each in texts(body) if "networks/" in each}
                | {_network(body)}
            ]
        return Area((*documents, *self._extra), {}, f"network {network}")


def _instance(known: Body | None, request: Body, verb: str, change: Change) -> Body | None:
    """An instance after one of the changes that bear on who reaches it."""
    if known is None:
        return None
    if verb == "settags":
        tags = request.get("items") or request.get("tags")
        items = tags.get("items") if isinstance(tags, Mapping) else tags
        return {**known, "tags": {"items": items if isinstance(items, list) else []}}
    if verb not in {"addaccessconfig", "deleteaccessconfig", "stop", "start"}:
        return None
    wanted = str(request.get("networkInterface", "nic0"))
    cards = []
    for number, card in enumerate(known.get("networkInterfaces") or ()):
        named = isinstance(card, Mapping) and str(card.get("name", f"nic{number}")) == wanted
        if named and verb == "addaccessconfig":
            config = {"natIP": request["natIP"]} if isinstance(request.get("natIP"), str) else {}
            cards.append(
                {**card, "accessConfigs": [{"type": "ONE_TO_ONE_NAT", "name": "External NAT", **config}]}
            )
        elif named and verb == "deleteaccessconfig":
            cards.append({key: value for key, value in card.items() if key != "accessConfigs"})
        else:
            cards.append(card)
    return {**known, "networkInterfaces": cards} if change.operation else None


def _spelt(request: Body) -> dict[str, Any]:
    """The audit log writes some names in the plural of its own."""
    names = {"alloweds": "allowed", "allowed": "allowed", "denieds": "denied", "denied": "denied"}
    found: dict[str, Any] = {}
    for key, value in request.items():
        name = names.get(key)
        if name is None:
            found[{"sourceRange": "sourceRanges", "targetTag": "targetTags"}.get(key, key)] = value
        else:
            listed = value if isinstance(value, list) else [value]
            found[name] = [_protocol(each) for each in listed if isinstance(each, Mapping)]
    return found


def _protocol(entry: Body) -> dict[str, Any]:
    small = {key.lower().replace("_", ""): value for key, value in entry.items()}
    made: dict[str, Any] = {"IPProtocol": str(small.get("ipprotocol", "all"))}
    ports = small.get("ports") or small.get("port")
    if ports:
        made["ports"] = [str(each) for each in (ports if isinstance(ports, list) else [ports])]
    return made


def _merged(held: Body, new: Body) -> dict[str, Any]:
    found = dict(held)
    for key, value in new.items():
        old = found.get(key)
        found[key] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return found


def _deltas(content: Body) -> Iterator[tuple[str, str, str]]:
    for holder in (content.get("service_data"), content.get("metadata")):
        delta = holder.get("policyDelta") if isinstance(holder, Mapping) else None
        for each in (delta.get("bindingDeltas") or ()) if isinstance(delta, Mapping) else ():
            if isinstance(each, Mapping):
                yield (
                    str(each.get("action", "ADD")).upper(),
                    str(each.get("role", "")),
                    str(each.get("member", "")),
                )


def _path(link: str) -> str:
    """``projects/…`` on, without the host."""
    at = link.find("projects/")
    return link[at:] if at >= 0 else link


def _network(body: Body | None) -> str:
    """The network's name with its project, as far as it is said."""
    body = body or {}
    said = body.get("network")
    if not isinstance(said, str):
        cards = body.get("networkInterfaces")
        first = cards[0] if isinstance(cards, list) and cards and isinstance(cards[0], Mapping) else {}
        said = first.get("network")
    if not isinstance(said, str) or not said:
        said = "default"
    own = re.search(r"projects/([^/]+)/", _path(said)) or re.search(
        r"projects/([^/]+)/", str(body.get("selfLink", ""))
    )
    return f"{own[1]}/{said.rpartition('/')[2]}" if own else said.rpartition("/")[2]


def _bodies(content: Any, depth: int) -> Iterator[Body]:
    if depth > _DEEPEST:
        return
    if isinstance(content, list):
        for each in content:
            yield from _bodies(each, depth + 1)
    elif isinstance(content, Mapping):
        kind = content.get("kind")
        if (
            isinstance(kind, str)
            and re.match(r"(compute|sql)#\w+$", kind)
            and not kind.endswith(("List", "sList"))
        ):
            yield content
            return
        data = content.get("resource")
        if isinstance(data, Mapping) and isinstance(data.get("data"), Mapping):
            yield from _bodies(data["data"], depth + 1)
            return
        items = content.get("items")
        for each in items.values() if isinstance(items, Mapping) else [items]:
            yield from _bodies(each, depth + 1)
        for key in ("firewalls", "instances", "networks", "subnetworks"):
            if isinstance(content.get(key), list):
                yield from _bodies(content[key], depth + 1)


def _file(ident: str) -> str:
    return ident.replace("/", "|")
