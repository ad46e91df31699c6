"""Stores as a service: their own firewalls, network rules and private endpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hushdesk.guard._addresses import EMPTY, AddressSet
from hushdesk.guard._findings import Authentication, Endpoint, Posture
from hushdesk.guard._policy import Action, Gate, Path, PortShift, Rule, Sources, Stage
from hushdesk.guard._services import Services
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure._hosts import DIALECT, subnet_gates
from hushdesk.guard.dialects.azure._index import Node
from hushdesk.guard.dialects.azure._network import UNKNOWN_NETWORK
from hushdesk.guard.dialects.azure._rules import TAGS_REMEDY
from hushdesk.guard.dialects.azure._shape import View, reference, truth
from hushdesk.guard.dialects.azure._state import State

ALL_AZURE = "0.0.0.0"  # noqa: S104  # not bound to: the firewall rule that stands for every tenant of Azure
CLOUD = "azurecloud"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How one type of store is protected."""

    shown: str
    engine: str
    ports: tuple[int, ...]
    rules: Callable[[Node, State], list[Rule] | None]
    """Its firewall rules; ``None`` if it is open to everybody."""
    extra_ports: Callable[[Node], Iterable[int]] = lambda _: ()
    injected: tuple[tuple[str, ...], ...] = ()
    """Where it names the subnet in which it stands, if it does."""
    data_port: int = 0
    """Of its public data endpoint behind the subnet's security group, if it can have one."""
    public_switch: tuple[str, ...] = ("publicNetworkAccess",)
    posture: Callable[[Node, State], Posture | None] = lambda *_: None


def stores(state: State) -> Iterator[Endpoint]:
    """Every store of the estate."""
    for kind, how in KINDS.items():
        for node in state.index.of(kind):
            yield _store(node, how, state)


def _store(node: Node, how: Kind, state: State) -> Endpoint:
    paths = [*_public(node, how, state), *_injected(node, how, state), *_private_endpoints(node, state)]
    ports = dict.fromkeys([*how.ports, *how.extra_ports(node)])
    return Endpoint(
        name=node.name,
        dialect=DIALECT,
        kind=how.shown,
        place=node.place,
        paths=tuple(paths),
        listening=Services.of("tcp", *ports) if ports else None,
        engine=_engine(node, how),
        posture=how.posture(node, state),
        aliases=(node.id,),
    )


def _engine(node: Node, how: Kind) -> str:
    if how.engine == "cosmosdb":
        if node.view.known("kind") == "mongodb" or _has_capability(node, "enablemongo"):
            return "mongodb"
        if _has_capability(node, "enablecassandra"):
            return "cassandra"
    return how.engine


def _public(node: Node, how: Kind, state: State) -> Iterator[Path]:
    doubt = node.doubt or node.unknown()
    if node.absent:
        doubt = (
            doubt
            or f"{node.name} itself is not in the input, so whether it has a public endpoint is not known"
        )
        state.unresolved(node.place, node.name, doubt)
    inside = [node.view.at(*names) for names in how.injected if node.view.at(*names) is not None]
    if any(not isinstance(value, Unknown) for value in inside):
        return
    if inside:
        doubt = doubt or "whether it stands in a subnet is not resolved"
    switch: object = None
    for words in (how.public_switch, ("network", "publicNetworkAccess"), ("publicNetworkAccess",)):
        switch = node.view.at(*words) if switch is None else switch
    if isinstance(switch, Unknown):
        state.unresolved(node.place, switch.expression, switch.why)
        doubt = doubt or switch.why
    elif isinstance(switch, str) and switch.lower() not in {"enabled", "disabled", "true", "false"}:
        doubt = (
            doubt
            or f"public network access is {switch}: the rules of a network perimeter are not in the input"
        )
    elif truth(switch) is False:
        return
    rules = how.rules(node, state)
    if node.absent and rules is not None:
        why = f"the other rules of {node.name} are not in the input"
        rules.append(
            Rule(
                name="other rules",
                action=Action.NEXT,
                sources=Sources.unknown("", why),
                doubt=why,
                place=node.place,
            )
        )
    gates: tuple[Gate, ...] = ()
    if rules is not None:
        stage = Stage(
            name=f"firewall of {node.name}",
            rules=tuple(rules),
            default_name="no firewall rule allows it",
            place=node.place,
        )
        gates = (Gate(name=stage.name, stages=(stage,)),)
    yield Path(name="public endpoint", gates=gates, doubt=doubt, place=node.place)


def _injected(node: Node, how: Kind, state: State) -> Iterator[Path]:
    for names in how.injected:
        value = node.view.at(*names)
        if value is None:
            continue
        reaching, gates = subnet_gates(node, value if isinstance(value, Unknown) else reference(value), state)
        if how.data_port and truth(node.view.get("publicDataEndpointEnabled")) not in (None, False):
            shift = PortShift(how.data_port, how.data_port, how.data_port)
            yield Path(
                name="public data endpoint", gates=gates, shifts=(shift,), doubt=node.doubt, place=node.place
            )
        yield Path(
            name="address in a subnet", gates=gates, reaching=reaching, doubt=node.doubt, place=node.place
        )
        return


def _private_endpoints(node: Node, state: State) -> Iterator[Path]:
    for point in state.index.of("Microsoft.Network/privateEndpoints"):
        links = [
            *point.view.items("privateLinkServiceConnections"),
            *point.view.items("manualPrivateLinkServiceConnections"),
        ]
        refs = [view.ref("privateLinkServiceId") for _, view in links]
        if node.id not in refs:
            continue
        ref = point.view.ref("subnet")
        subnet = state.index.find(ref)
        reaching, gates = subnet_gates(point, ref, state)
        policies = subnet.view.known("privateEndpointNetworkPolicies") if subnet else ""
        if policies not in {"enabled", "networksecuritygroupenabled"}:
            gates = ()
        yield Path(
            name=f"private endpoint {point.name}",
            gates=gates,
            reaching=reaching,
            doubt=point.doubt,
            place=point.place,
        )


# Rules of each kind.


def _ranges(node: Node, state: State) -> list[Rule]:
    """Inclusive ranges, and subnets by service endpoint."""
    found = [_range(rule, state) for rule in node.all("firewallRules")]
    return found + [
        _subnet_rule(rule.name, rule.view, rule, state) for rule in node.all("virtualNetworkRules")
    ]


def _range(item: Node, state: State) -> Rule:
    if why := item.unknown():
        state.unresolved(item.place, item.name, why)
        return _rule(item, Sources.unknown(item.name, why))
    first, last = (
        item.view.text(f"{side}IpAddress") or item.view.text(f"{side}IP") for side in ("start", "end")
    )
    for value in (first, last):
        if isinstance(value, Unknown):
            state.unresolved(item.place, value.expression, value.why)
            return _rule(item, Sources.unknown(value.expression, value.why))
    words = f"{first}-{last}"
    if first == ALL_AZURE and last == ALL_AZURE:
        return _rule(item, _azure(item, state))
    try:
        return _rule(item, Sources.exactly(AddressSet.parse(words), words))
    except ValueError:
        state.malformed(
            item.place,
            f"firewall rule {item.name} is no range of addresses",
            "Give it startIpAddress and endIpAddress, the first not above the last; until then it may allow any.",
        )
        return _rule(item, Sources.unknown(words, "it is no range of addresses"))


def _azure(item: Node, state: State) -> Sources:
    known = state.world.tags.get(CLOUD)
    words = "0.0.0.0 (everything in Azure, of every customer)"
    if known is not None:
        return Sources.exactly(known, words)
    why = f"the addresses of Azure are not known; {TAGS_REMEDY}"
    state.unresolved(item.place, words, why)
    return Sources.unknown(words, why)


def _subnet_rule(name: str, view: View, item: Node, state: State) -> Rule:
    ref = (
        view.unknown
        or view.ref("virtualNetworkSubnetId")
        or view.ref("subnetId")
        or view.ref("id")
        or view.ref("subnet")
    )
    subnet = state.index.find(ref)
    if subnet is None:
        why = ref.why if isinstance(ref, Unknown) else "the subnet that is named is not in the input"
        shown = ref.expression if isinstance(ref, Unknown) else ref.rsplit("/", 1)[-1] if ref else name
        state.unresolved(item.place, shown, why)
        sources = Sources(UNKNOWN_NETWORK, EMPTY, shown, why)
    else:
        sources = state.networks.prefixes(subnet)
    return Rule(
        name=f"virtual network rule {name}",
        action=Action.NEXT,
        sources=sources,
        doubt=item.doubt,
        place=item.place,
    )


def _rule(item: Node, sources: Sources) -> Rule:
    return Rule(name=item.name, action=Action.NEXT, sources=sources, doubt=item.doubt, place=item.place)


def _addresses(node: Node, values: Iterable[object], state: State, *, azure: bool = False) -> list[Rule]:
    """One rule for each address, network or range, however it is wrapped."""
    found = []
    for value in values:
        view = View(value)
        word = value if isinstance(value, str | Unknown) else None
        for name in ("ipAddressOrRange", "value", "ipMask", "ipRule"):
            word = word if word is not None else view.text(name)
        word = word if word is not None else view.unknown
        if view.known("action") == "deny":
            continue
        if isinstance(word, Unknown):
            state.unresolved(node.place, word.expression, word.why)
            found.append(_rule(node, Sources.unknown(word.expression, word.why)))
        elif word == ALL_AZURE and azure:
            found.append(_rule(node, _azure(node, state)))
        else:
            try:
                found.append(_rule(node, Sources.exactly(AddressSet.parse(str(word)), str(word))))
            except ValueError:
                state.malformed(
                    node.place,
                    f"an address rule of {node.name} is no address",
                    "Correct it; until then it may allow any.",
                )
                found.append(_rule(node, Sources.unknown(str(word), "it is no address")))
    return [
        Rule(
            name=f"address rule {rule.sources.words}",
            action=rule.action,
            sources=rule.sources,
            place=rule.place,
        )
        for rule in found
    ]


def _cosmos(node: Node, state: State) -> list[Rule] | None:
    view = node.view
    words = list(view.many("ipRules"))
    for text in view.many("ipRangeFilter"):
        words += (
            [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else [text]
        )
    rules = _addresses(node, words, state, azure=True)
    filtered = truth(view.get("isVirtualNetworkFilterEnabled"))
    if isinstance(filtered, Unknown):
        state.unresolved(node.place, filtered.expression, filtered.why)
    if filtered is True or (filtered is not None and rules):
        rules += [_subnet_rule(str(at), item, node, state) for at, item in view.items("virtualNetworkRules")]
    if isinstance(filtered, Unknown) and not words:
        rules.append(_rule(node, Sources.unknown(filtered.expression, filtered.why)))
        return rules
    return rules if words or filtered is True else None


def _redis(node: Node, state: State) -> list[Rule] | None:
    return _ranges(node, state) or None


def _storage(node: Node, state: State) -> list[Rule] | None:
    acls = node.view.get("networkAcls") or node.view.get("networkRuleSet")
    view = View(acls)
    default = view.unknown or view.get("defaultAction")
    if isinstance(default, str) and default.lower() == "deny":
        pass
    elif isinstance(default, Unknown):
        state.unresolved(node.place, default.expression, default.why)
    else:
        return None
    rules = _addresses(node, view.many("ipRules"), state)
    rules += [
        _subnet_rule(str(at), item, node, state)
        for at, item in view.items("virtualNetworkRules")
        if item.known("action") != "deny"
    ]
    if isinstance(default, Unknown):
        rules.append(_rule(node, Sources.unknown(default.expression, default.why)))
    return rules


def _listed(*names: str) -> Callable[[Node, State], list[Rule] | None]:
    """A plain list of addresses, of which none means everybody."""

    def rules(node: Node, state: State) -> list[Rule] | None:
        value = node.view.at(*names)
        if value is None:
            return None
        return _addresses(node, value if isinstance(value, list) else [value], state)

    return rules


def _nobody(_: Node, __: State) -> list[Rule] | None:
    return []


def _everybody(_: Node, __: State) -> list[Rule] | None:
    return None


def _plain_redis(node: Node) -> Iterator[int]:
    if truth(node.view.get("enableNonSslPort")) not in (None, False):
        yield 6379


def _cosmos_ports(node: Node) -> Iterator[int]:
    engine = _engine(node, KINDS["Microsoft.DocumentDB/databaseAccounts"])
    yield from {"mongodb": (10255,), "cassandra": (10350,)}.get(engine, ())


def _has_capability(node: Node, name: str) -> bool:
    return any(view.known("name") == name for _, view in node.view.items("capabilities"))


def _plain_web(node: Node) -> Iterator[int]:
    if truth(node.view.get("supportsHttpsTrafficOnly")) is False:
        yield 80


def _storage_posture(node: Node, state: State) -> Posture:
    shared = truth(node.view.get("allowBlobPublicAccess"))
    public, unknown = [], shared if isinstance(shared, Unknown) else None
    for box in state.index.of("Microsoft.Storage/storageAccounts/blobServices/containers"):
        if not box.id.startswith(f"{node.id}/"):
            continue
        access = box.view.get("publicAccess")
        if isinstance(access, Unknown):
            unknown = access
        elif str(access or "none").lower() != "none":
            public.append(box)
    if shared is False or not (public or unknown):
        why = "allowBlobPublicAccess is false" if shared is False else "no container is public"
        return Posture(engine="storage", authentication=Authentication.REQUIRED, why=why, place=node.place)
    if public:
        why = f"publicAccess of container {public[0].name}"
        return Posture(engine="storage", authentication=Authentication.PARTLY, why=why, place=public[0].place)
    return Posture(
        engine="storage",
        authentication=Authentication.UNKNOWN,
        why=unknown.why if unknown else "",
        place=node.place,
    )


def _redis_posture(node: Node, _: State) -> Posture:
    value = truth(node.view.at("redisConfiguration", "authnotrequired"))
    if isinstance(value, Unknown):
        return Posture(engine="redis", authentication=Authentication.UNKNOWN, why=value.why, place=node.place)
    open_ = Authentication.NONE if value else Authentication.REQUIRED
    return Posture(
        engine="redis", authentication=open_, why="redisConfiguration.authnotrequired", place=node.place
    )


SUBNET = (
    ("network", "delegatedSubnetResourceId"),
    ("delegatedSubnetArguments", "subnetArmResourceId"),
    ("delegatedSubnetId",),
)

KINDS = {
    "Microsoft.Sql/servers": Kind(shown="SQL server", engine="mssql", ports=(1433,), rules=_ranges),
    "Microsoft.Sql/managedInstances": Kind(
        shown="SQL managed instance", engine="mssql", ports=(1433, 3342), data_port=3342, rules=_nobody, injected=(("subnetId",),)
    ),
    "Microsoft.DBforPostgreSQL/servers": Kind(shown="PostgreSQL server", engine="postgresql", ports=(5432,), rules=_ranges),
    "Microsoft.DBforPostgreSQL/flexibleServers": Kind(
        shown="PostgreSQL flexible server", engine="postgresql", ports=(5432,), rules=_ranges, injected=SUBNET, extra_ports=lambda _: (6432,)
    ),
    "Microsoft.DBforPostgreSQL/serverGroupsv2": Kind(shown="PostgreSQL cluster", engine="postgresql", ports=(5432,), rules=_ranges),
    "Microsoft.DBforMySQL/servers": Kind(shown="MySQL server", engine="mysql", ports=(3306,), rules=_ranges),
    "Microsoft.DBforMySQL/flexibleServers": Kind(
        shown="MySQL flexible server", engine="mysql", ports=(3306,), rules=_ranges, injected=SUBNET
    ),
    "Microsoft.DBforMariaDB/servers": Kind(shown="MariaDB server", engine="mysql", ports=(3306,), rules=_ranges),
    "Microsoft.DocumentDB/databaseAccounts": Kind(
        shown="Cosmos DB account", engine="cosmosdb", ports=(443,), rules=_cosmos, extra_ports=_cosmos_ports
    ),
    "Microsoft.DocumentDB/mongoClusters": Kind(shown="MongoDB cluster", engine="mongodb", ports=(10260, 27017), rules=_ranges),
    "Microsoft.Cache/Redis": Kind(
        shown="Redis cache", engine="redis", ports=(6380,), rules=_redis, extra_ports=_plain_redis, injected=(("subnetId",),),
        posture=_redis_posture,
    ),
    "Microsoft.Cache/redisEnterprise": Kind(shown="Redis Enterprise cluster", engine="redis", ports=(10000,), rules=_everybody),
    "Microsoft.Storage/storageAccounts": Kind(
        shown="storage account", engine="storage", ports=(443, 445), rules=_storage, extra_ports=_plain_web, posture=_storage_posture
    ),
    "Microsoft.Synapse/workspaces": Kind(shown="Synapse workspace", engine="mssql", ports=(1433, 443), rules=_ranges),
    "Microsoft.Kusto/clusters": Kind(shown="Kusto cluster", engine="kusto", ports=(443,), rules=_listed("allowedIpRangeList")),
    "Microsoft.Search/searchServices": Kind(shown="search service", engine="search", ports=(443,), rules=_listed("networkRuleSet", "ipRules")),
}  # fmt: skip
"""By type as in ARM."""
