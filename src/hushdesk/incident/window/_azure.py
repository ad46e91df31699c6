"""An Azure subscription as it changes: security groups and their rules, interfaces, networks, stores, public containers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from hushdesk.guard import Document
from hushdesk.incident._evidence import Change
from hushdesk.incident._spans import EVER, SECOND
from hushdesk.incident.window._estate import Applied, Area, Body, Estate, Key, Shared, texts

EVERYBODY: Final = "everybody"
LINK: Final = "whoever has the link"
RESOURCE: Final = "resource"
_GROUP: Final = "microsoft.network/networksecuritygroups"
_LISTS: Final = {
    each.lower(): each
    for each in ("securityRules", "subnets", "virtualNetworkPeerings", "routes", "firewallRules", "virtualNetworkRules",
                 "inboundNatRules", "loadBalancingRules", "frontendIPConfigurations", "backendAddressPools", "ipConfigurations")
}  # fmt: skip
"""Children that are kept in a list of their parent."""
_LEAVES: Final = re.compile(
    r"microsoft\.(network/networkinterfaces|compute/virtualmachinescalesets|compute/virtualmachines|containerinstance/containergroups)$"
)
STORES: Final = re.compile(
    r"microsoft\.(sql/servers|dbforpostgresql/\w+|dbformysql/\w+|dbformariadb/servers|documentdb/\w+|cache/\w+|storage/storageaccounts"
    r"|synapse/workspaces|kusto/clusters|search/searchservices)$"
)
_DEEPEST: Final = 8
_PATH: Final = re.compile(r"/providers/([^/]+)/(.+)$", re.IGNORECASE)


class Azure:
    """Resources by id, from answers of the API on, by the activity log.

    Args:
        own: Not asked: nothing is shared with accounts here.
    """

    name: Final = "azure"

    def __init__(self, own: frozenset[str]) -> None:
        self.estate = Estate()
        self.own = own
        self.told = False
        """Whether a baseline shows what is attached to what."""
        self.prior: dict[tuple[str, str], Shared] = {}
        self._ids: dict[str, str] = {}
        """Ids as they were written first, by the id in small letters."""

    def load(self, documents: Iterable[Document]) -> list[Document]:
        """See the protocol."""
        rest = []
        for document in documents:
            bodies = list(_bodies(document.content, 0)) if "$schema" not in _keys(document.content) else []
            if not bodies:
                rest.append(document)
            for body in bodies:
                self.told = self.told or bool(_LEAVES.match(kind_of(body["id"])))
                self._put(body["id"], body)
        self.estate.settle()
        return rest

    def learn(self, other: object) -> set[str]:
        """See the protocol."""
        assert isinstance(other, Azure)  # noqa: S101 - two of one kind
        for (resource, outside), shared in other.prior.items():
            self.estate.share(resource, outside, shared)
        self.estate.settle()
        return {resource for resource, _ in other.prior}

    def shown(self, resource: str) -> str:
        """See the protocol."""
        return self._ids.get(resource, resource)

    def flow_logs(self) -> Iterator[Body]:
        """See the protocol."""
        yield from ()

    def fits(self, change: Change) -> bool:
        """See the protocol: times are fine enough here."""
        return bool(change)

    def apply(self, change: Change) -> Applied:
        """See the protocol."""
        operation = change.operation.lower().strip("/")
        if operation.endswith("/begingetaccess/action"):
            return self._link(change)
        if operation.endswith("/endgetaccess/action"):
            self.estate.share(change.resource, LINK, None)
            return Applied()
        if operation.endswith("resourcegroups/delete"):
            prefix = f"{change.resource.lower().rstrip('/')}/"
            gone = [ident for ident in self.estate.of(RESOURCE) if ident.startswith(prefix)]
            for resource, outside in list(self.estate.shares):
                if resource.lower().startswith(prefix):
                    self.estate.share(resource, outside, None)
            return Applied({self.estate.put(RESOURCE, ident, None) for ident in gone})
        verb = operation.rpartition("/")[2]
        if verb not in {"write", "delete"} or not _PATH.search(change.resource):
            return Applied()
        if "/blobservices/" in operation or operation.startswith("microsoft.storage/storageaccounts"):
            self._storage(change, verb)
        parts = _path(change.resource)
        if len(parts) == 3:
            return self._whole(change, verb)
        if len(parts) == 5 and parts[3].lower() in _LISTS:
            return self._child(change, verb, parts)
        return Applied()

    def _whole(self, change: Change, verb: str) -> Applied:
        ident = change.resource
        if verb == "delete":
            return Applied({self._put(ident, None)})
        kind = kind_of(ident)
        response, request = change.content.get("response"), change.content.get("request")
        known = self.estate.get(RESOURCE, ident.lower())
        if isinstance(response, Mapping) and isinstance(response.get("properties"), Mapping):
            return Applied({self._put(ident, response)})
        if not isinstance(request, Mapping) or not request:
            if _LEAVES.match(kind) or STORES.match(kind) or kind == _GROUP:
                return Applied(
                    words=[f"{_name(ident)} was written, and the log does not hold how it is since"]
                )
            return Applied()
        inner = request.get("properties")
        if not isinstance(inner, Mapping):
            if "location" not in request and known is not None:
                # Only tags or the like were changed.
                return Applied()
            inner = {}
        if known is not None and (STORES.match(kind) or "location" not in request) and kind != _GROUP:
            held = known.get("properties")
            inner = {**(held if isinstance(held, Mapping) else {}), **inner}
        return Applied({self._put(ident, {**request, "properties": inner})})

    def _child(self, change: Change, verb: str, parts: list[str]) -> Applied:
        owner = change.resource.rsplit("/", 2)[0]
        name, wanted = parts[4], _LISTS[parts[3].lower()]
        known = self.estate.get(RESOURCE, owner.lower())
        held = known.get("properties") if known else {}
        held = dict(held) if isinstance(held, Mapping) else {}
        key = next((each for each in held if each.lower() == wanted.lower()), wanted)
        listed = [each for each in held.get(key) or () if isinstance(each, Mapping)]
        old = [each for each in listed if str(each.get("name", "")).lower() == name.lower()]
        kept = [each for each in listed if str(each.get("name", "")).lower() != name.lower()]
        words = []
        if verb == "write":
            content = next(
                (
                    each
                    for each in (change.content.get("response"), change.content.get("request"))
                    if isinstance(each, Mapping) and isinstance(each.get("properties"), Mapping)
                ),
                None,
            )
            if content is None:
                return Applied(
                    words=[f"{name} of {_name(owner)} was written, and the log does not hold what it says"]
                )
            kept.append({**content, "name": name, "id": change.resource})
        elif not old:
            words.append(
                f"{name} of {_name(owner)} was deleted, which was made before the evidence; whom it let in is not known"
            )
        if known is None and kind_of(owner) == _GROUP:
            words.append(f"the other rules of {_name(owner)} are not in the evidence")
        held[key] = kept
        return Applied({self._put(owner, {**(known or {}), "properties": held})}, words)

    def _put(self, ident: str, body: Body | None) -> Key:
        self._ids.setdefault(ident.lower(), ident)
        if body is None:
            return self.estate.put(RESOURCE, ident.lower(), None)
        parts = _path(ident)
        shape = {**body, "id": ident, "name": parts[-1], "type": "/".join([parts[0], *parts[1::2]])}
        return self.estate.put(RESOURCE, ident.lower(), shape)

    # -- copies

    def _link(self, change: Change) -> Applied:
        request = change.content.get("request")
        request = request if isinstance(request, Mapping) else {}
        seconds = request.get("durationInSeconds")
        until = change.at + seconds * SECOND if isinstance(seconds, int) and 0 < seconds < 1 << 32 else EVER
        if str(request.get("access", "Read")).lower() != "none":
            self.estate.share(change.resource, LINK, Shared("a link to download it", until=until))
        return Applied()

    def _storage(self, change: Change, verb: str) -> None:
        parts = _path(change.resource)
        account = change.resource.lower().partition("/blobservices/")[0]
        if len(parts) == 7 and parts[5].lower() == "containers":
            body = next(
                (
                    each
                    for each in (change.content.get("response"), change.content.get("request"))
                    if isinstance(each, Mapping)
                ),
                None,
            )
            inner = body.get("properties") if body else None
            level = str(inner.get("publicAccess", "")).lower() if isinstance(inner, Mapping) else ""
            if verb == "delete" or level in {"none", ""}:
                if verb == "delete" or level:
                    self.estate.put("container", change.resource, None)
            else:
                self.estate.put("container", change.resource, {"level": level, "account": account})
        elif len(parts) == 3:
            for key in ("request", "response"):
                held = change.content.get(key)
                inner = held.get("properties") if isinstance(held, Mapping) else None
                if isinstance(inner, Mapping) and isinstance(inner.get("allowBlobPublicAccess"), bool):
                    self.estate.put("public", account, {"allowed": inner["allowBlobPublicAccess"]})
            if verb == "delete":
                for ident, body in list(self.estate.of("container").items()):
                    if body["account"] == account:
                        self.estate.put("container", ident, None)
        else:
            return
        open_now = {
            ident: Shared(f"public access: {body['level']}")
            for ident, body in self.estate.of("container").items()
            if body["account"] == account
            and (self.estate.get("public", account) or {}).get("allowed") is not False
        }
        for resource, outside in list(self.estate.shares):
            if (
                outside == EVERYBODY
                and resource.lower().startswith(f"{account}/")
                and resource not in open_now
            ):
                self.estate.share(resource, outside, None)
        for resource, shared in open_now.items():
            if (resource, EVERYBODY) not in self.estate.shares:
                self.estate.share(resource, EVERYBODY, shared)

    # -- what is to be judged

    def network_of(self, resource: str) -> str:
        """The virtual network of an interface, if it is known."""
        body = self.estate.get(RESOURCE, resource.lower())
        return next(
            (
                each.partition("/subnets/")[0]
                for each in texts(body)
                if "/virtualnetworks/" in each.lower() and "/subnets/" in each.lower()
            ),
            "",
        )

    def everything(self) -> set[Key]:
        """See the protocol."""
        return {(RESOURCE, ident) for ident in self.estate.of(RESOURCE)}

    def areas(self, touched: set[Key]) -> Sequence[Area]:
        """See the protocol."""
        alone = [
            ident
            for _, ident in sorted(touched)
            if STORES.match(kind_of(ident)) or (kind_of(ident) == _GROUP and not self.told)
        ]
        found = []
        for ident in alone:
            body = self.estate.get(RESOURCE, ident)
            more = self._around(ident) if self.told else []
            documents = () if body is None else (_document(ident, body), *more)
            found.append(Area(documents, {_file(ident): _file(ident)}))
        rest = {ident for _, ident in touched} - set(alone)
        if self.told and rest:
            found.append(self._attached(rest))
        return found

    def _around(self, but: str) -> list[Document]:
        """What stores are reached through: networks and what belongs to them."""
        return [
            _document(ident, body)
            for ident, body in self.estate.of(RESOURCE).items()
            if ident != but
            and (kind_of(ident) == "microsoft.network/virtualnetworks" or "privateendpoints" in ident)
        ]

    def _attached(self, touched: set[str]) -> Area:
        bodies = self.estate.of(RESOURCE)
        names = {ident: _mentioned(body) for ident, body in bodies.items()}
        kinds = {ident: kind_of(ident) for ident in bodies}
        groups = {ident for ident in touched if kind_of(ident) == _GROUP}
        leaves = {ident for ident in bodies if _LEAVES.match(kinds[ident])}
        if all(kind_of(ident) == _GROUP or _LEAVES.match(kind_of(ident)) for ident in touched):
            around = {
                ident
                for ident in bodies
                if ident not in leaves and kinds[ident] != _GROUP and names[ident] & groups
            }
            chosen = {ident for ident in leaves if names[ident] & (groups | around)} | (touched & leaves)
            for ident in touched & leaves:
                groups |= {each for each in names[ident] if kind_of(each) == _GROUP}
            groups |= {each for ident in touched for each in self._had.get(ident, set())}
        else:
            chosen, groups = leaves, {ident for ident in bodies if kinds[ident] == _GROUP} | groups
        # Machines tell the names of their interfaces; the same application groups make others bear on a rule.
        shared = {each for ident in chosen for each in names[ident] if "/applicationsecuritygroups/" in each}
        shared |= {
            each for ident in groups for each in names.get(ident, ()) if "/applicationsecuritygroups/" in each
        }
        shown = chosen | {
            ident for ident in leaves if names[ident] & (shared | groups) or names[ident] & chosen
        }
        self._had = {ident: {each for each in names[ident] if kind_of(each) == _GROUP} for ident in leaves}
        wanted = (
            shown
            | groups
            | {
                ident
                for ident in bodies
                if ident not in leaves and kinds[ident] != _GROUP and not STORES.match(kinds[ident])
            }
        )
        wanted |= {each for ident in wanted for each in names.get(ident, ()) if kind_of(each) == _GROUP}
        owners = {_file(ident): _file(ident) for ident in (chosen | groups | touched)}
        return Area(
            tuple(_document(ident, bodies[ident]) for ident in sorted(wanted) if ident in bodies), owners
        )

    _had: Mapping[str, set[str]] = {}
    """Which groups each leaf named when it was judged last."""


def kind_of(ident: str) -> str:
    """The type of a top resource, in small letters."""
    parts = _path(ident.lower())
    return "/".join(parts[:2]) if len(parts) >= 2 else ""


def _path(ident: str) -> list[str]:
    """Namespace, type, name, and so on with the types and names of children."""
    found = _PATH.search(ident)
    return [found[1], *found[2].strip("/").split("/")] if found else []


def _name(ident: str) -> str:
    return ident.rstrip("/").rpartition("/")[2]


def _keys(content: Any) -> set[str]:
    return {key for key in content if isinstance(key, str)} if isinstance(content, Mapping) else set()


def _bodies(content: Any, depth: int) -> Iterator[Body]:
    """Resources in an answer, whatever wraps them."""
    if depth > _DEEPEST:
        return
    if isinstance(content, list):
        for each in content:
            yield from _bodies(each, depth + 1)
    elif isinstance(content, Mapping):
        ident = content.get("id")
        if isinstance(ident, str) and len(_path(ident)) == 3 and len(content) > 2:
            yield content
            return
        for key in (
            "value",
            "data",
            "body",
            "resources",
            "networkSecurityGroups",
            "networkInterfaces",
            "response",
        ):
            if key in content:
                yield from _bodies(content[key], depth + 1)


def _mentioned(body: Body) -> set[str]:
    """Ids of the top resources that a body names."""
    found = set()
    for each in texts(body):
        if each.startswith("/") and (path := _PATH.search(each)):
            steps = path[2].strip("/").split("/")
            found.add(f"{each[: path.start()]}/providers/{path[1]}/{'/'.join(steps[:2])}".lower())
    return found


def _file(ident: str) -> str:
    return ident.replace("/", "|")


def _document(ident: str, body: Body) -> Document:
    return Document(_file(ident), "json", body)
