"""Managed stores: Cloud SQL, Memorystore, AlloyDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard._addresses import ALL_V4, EMPTY
from hushdesk.guard._findings import Authentication, Endpoint, Posture
from hushdesk.guard._policy import Action, Gate, Path, Rule, Sources, Stage
from hushdesk.guard._services import Services
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.gcp._estate import Estate
from hushdesk.guard.dialects.gcp._match import parsed
from hushdesk.guard.dialects.gcp._values import at, either, flag, mapping, structures, whole, words

_SQL: Final = {"POSTGRES": ("postgresql", 5432), "MYSQL": ("mysql", 3306), "SQLSERVER": ("mssql", 1433)}


def stores(estate: Estate) -> Iterator[Endpoint]:
    """An endpoint for each store."""
    for resource in estate.of("sqladmin.instances"):
        yield _sql(estate, resource)
    for resource in estate.of("alloydb.instances"):
        yield _alloydb(estate, resource)
    for resource in estate.of("redis.instances", "redis.clusters", "memcache.instances"):
        yield _memorystore(estate, resource)


def _sql(estate: Estate, resource: Resource) -> Endpoint:
    settings = resource.properties.get("settings")
    configuration = mapping(settings).get("ipConfiguration")
    place = at(resource, "settings.ipConfiguration")
    for unknown in (settings, configuration):
        if isinstance(unknown, Unknown):
            estate.notes.unresolved(place, unknown)
    said = mapping(configuration)
    known = not isinstance(settings, Unknown) and not isinstance(configuration, Unknown)
    version = str(resource.properties.get("databaseVersion") or "")
    engine, port = next(
        (found for start, found in _SQL.items() if version.upper().startswith(start)), ("", 0)
    )
    paths: list[Path] = []
    public, doubt = _public(estate, resource, said)
    if public:
        stage = Stage(
            name="authorized networks",
            rules=tuple(_authorized(estate, resource, said, known=known)),
            default_name="no authorized network",
            place=place,
        )
        addresses = tuple(_addresses(resource, "PRIMARY"))
        paths.append(
            Path(
                name="public address",
                gates=(Gate(name="Cloud SQL", stages=(stage,)),),
                addresses=addresses,
                reaching=Sources.exactly(ALL_V4, "from anywhere"),
                doubt=either(resource.doubt, doubt),
                place=place,
            )
        )
    if said.get("privateNetwork"):
        network = estate.network(said["privateNetwork"], resource)
        paths.append(_private(resource, estate.inside(network), tuple(_addresses(resource, "PRIVATE"))))
    if said.get("pscConfig"):
        estate.notes.not_looked_at(
            place, f"Private Service Connect of {resource.name}", "its consumers are not modelled"
        )
    return Endpoint(
        name=resource.name,
        dialect="gcp",
        kind="Cloud SQL instance",
        place=resource.place,
        paths=tuple(paths),
        listening=Services.of("tcp", port) if port else None,
        engine=engine,
        posture=_sql_posture(resource, engine, said) if engine else None,
        aliases=_aliases(resource),
    )


def _public(estate: Estate, resource: Resource, said: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether there may be a public address, and why perhaps not. Without a word there is one."""
    value = said.get("ipv4Enabled")
    given = flag(value, default=True)
    if given is None:
        if isinstance(value, Unknown):
            estate.notes.unresolved(at(resource, "settings.ipConfiguration.ipv4Enabled"), value)
        return True, f"whether it has a public address is not known ({words(value)})"
    return given, ""


def _authorized(
    estate: Estate, resource: Resource, said: Mapping[str, Any], *, known: bool
) -> Iterator[Rule]:
    path = "settings.ipConfiguration.authorizedNetworks"
    if not known:
        why = "the settings are not known"
        yield Rule(
            name="authorized networks",
            action=Action.ACCEPT,
            sources=Sources.unknown("the settings", why),
            doubt=why,
            place=at(resource, path),
        )
    for number, entry in structures(said.get("authorizedNetworks"), at(resource, path), estate.notes):
        place = at(resource, f"{path}[{number}]")
        value = entry if isinstance(entry, Unknown) else entry.get("value")
        fields = mapping(entry)
        expires = fields.get("expirationTime")
        if value is None:
            estate.notes.malformed(
                place, "an authorized network has no value", "write a network such as 203.0.113.0/24"
            )
            value = Unknown("authorizedNetworks", "it has no value")
        yield Rule(
            name=f"authorized network {words(fields.get('name') or value)}",
            action=Action.ACCEPT,
            sources=parsed(estate, place, [value]),
            doubt=either(
                str(fields.get("doubt") or ""), f"it expires at {words(expires)}" if expires else ""
            ),
            place=place,
        )


def _addresses(resource: Resource, kind: str) -> Iterator[str]:
    listed = resource.properties.get("ipAddresses")
    for entry in listed if isinstance(listed, list) else ():
        if mapping(entry).get("type") == kind and isinstance(mapping(entry).get("ipAddress"), str):
            yield entry["ipAddress"]


def _private(resource: Resource, reaching: Sources, addresses: tuple[str, ...] = (), doubt: str = "") -> Path:
    """No firewall rule of the network stands before a managed store's private address."""
    return Path(
        name="private address",
        gates=(),
        addresses=addresses,
        reaching=reaching,
        doubt=either(resource.doubt, doubt),
        place=resource.place,
    )


def _sql_posture(resource: Resource, engine: str, said: Mapping[str, Any]) -> Posture:
    mode = said.get("sslMode")
    encrypted: bool | None
    if isinstance(mode, str) and mode and mode != "SSL_MODE_UNSPECIFIED":
        encrypted = mode != "ALLOW_UNENCRYPTED_AND_ENCRYPTED"
    else:
        encrypted = flag(said.get("requireSsl"), default=False)
    if engine == "mysql":
        # A MySQL instance may be made without a password for root, and its settings do not say so.
        return Posture(
            engine=engine,
            authentication=Authentication.UNKNOWN,
            why="whether every user has a password is not in the settings",
            encrypted=encrypted,
            place=resource.place,
        )
    return Posture(
        engine=engine,
        authentication=Authentication.REQUIRED,
        why="Cloud SQL asks every user for a password or a token",
        encrypted=encrypted,
        place=resource.place,
    )


def _alloydb(estate: Estate, resource: Resource) -> Endpoint:
    configuration = resource.properties.get("networkConfig")
    place = at(resource, "networkConfig")
    said = mapping(configuration)
    if isinstance(configuration, Unknown):
        estate.notes.unresolved(place, configuration)
    value = configuration if isinstance(configuration, Unknown) else said.get("enablePublicIp")
    public = flag(value, default=False)
    paths: list[Path] = []
    if public is not False:
        rules = []
        entries = said.get("authorizedExternalNetworks")
        listing = [configuration] if isinstance(configuration, Unknown) else entries
        for number, entry in structures(listing, place, estate.notes):
            spot = at(resource, f"networkConfig.authorizedExternalNetworks[{number}]")
            network = entry if isinstance(entry, Unknown) else entry.get("cidrRange")
            sources = parsed(estate, spot, [network]) if network is not None else Sources.exactly(EMPTY)
            rules.append(
                Rule(
                    name=f"authorized network {words(network)}",
                    action=Action.ACCEPT,
                    sources=sources,
                    place=spot,
                )
            )
        paths.append(
            Path(
                name="public address",
                gates=(
                    Gate(name="AlloyDB", stages=(Stage(name="authorized networks", rules=tuple(rules)),)),
                ),
                addresses=_texts(resource.properties.get("publicIpAddress")),
                reaching=Sources.exactly(ALL_V4, "from anywhere"),
                doubt=either(
                    resource.doubt, "whether it has a public address is not known" if public is None else ""
                ),
                place=place,
            )
        )
    cluster = estate.find(_cluster_of(resource), "alloydb.clusters")
    network = mapping(cluster.properties.get("networkConfig")).get("network") if cluster else None
    network = network or (cluster.properties.get("network") if cluster else None)
    unknown = Unknown(resource.name, "the network of its cluster is not among the documents; add the cluster")
    inside = estate.inside(estate.network(network, cluster) if cluster and network else unknown)
    paths.append(_private(resource, inside, _texts(resource.properties.get("ipAddress"))))
    return Endpoint(
        name=resource.name,
        dialect="gcp",
        kind="AlloyDB instance",
        place=resource.place,
        paths=tuple(paths),
        listening=Services.of("tcp", 5432),
        engine="postgresql",
        posture=Posture(
            engine="postgresql",
            authentication=Authentication.REQUIRED,
            why="AlloyDB asks every user for a password or a token",
            encrypted=None,
            place=resource.place,
        ),
        aliases=_aliases(resource),
    )


def _cluster_of(resource: Resource) -> Any:
    said = resource.properties.get("cluster")
    if said is not None:
        return said
    name = str(resource.properties.get("name") or resource.id)
    return name.partition("/instances/")[0] if "/instances/" in name else None


def _memorystore(estate: Estate, resource: Resource) -> Endpoint:
    said = resource.properties
    redis = resource.type.startswith("redis.")
    network = estate.network(said.get("authorizedNetwork"), resource)
    if resource.type == "redis.clusters":
        configurations = [
            mapping(one) for _, one in structures(said.get("pscConfigs"), at(resource), estate.notes)
        ]
        named = next((one["network"] for one in configurations if one.get("network")), None)
        network = (
            estate.network(named, resource)
            if named
            else Unknown(resource.name, "which network it is offered to is not said")
        )
    port = whole(said.get("port")) or (6379 if redis else 11211)
    return Endpoint(
        name=resource.name,
        dialect="gcp",
        kind="Memorystore for Redis" if redis else "Memorystore for Memcached",
        place=resource.place,
        paths=(_private(resource, estate.inside(network), _texts(said.get("host"))),),
        listening=Services.of("tcp", port),
        engine="redis" if redis else "memcached",
        posture=_memorystore_posture(resource, redis=redis),
        aliases=_aliases(resource),
    )


def _memorystore_posture(resource: Resource, *, redis: bool) -> Posture:
    said = resource.properties
    mode = said.get("transitEncryptionMode")
    encrypted = None if isinstance(mode, Unknown) else str(mode or "").endswith("SERVER_AUTHENTICATION")
    if not redis:
        authentication, why = Authentication.NONE, "Memcached asks nobody who they are"
    elif resource.type == "redis.clusters":
        iam = str(said.get("authorizationMode") or "").endswith("IAM_AUTH")
        unknown = isinstance(said.get("authorizationMode"), Unknown)
        authentication = (
            Authentication.UNKNOWN if unknown else Authentication.REQUIRED if iam else Authentication.NONE
        )
        why = f"authorizationMode is {words(said.get('authorizationMode') or 'not set')}"
    else:
        enabled = flag(said.get("authEnabled"), default=False)
        authentication = (
            Authentication.UNKNOWN
            if enabled is None
            else Authentication.REQUIRED
            if enabled
            else Authentication.NONE
        )
        why = f"authEnabled is {words(said.get('authEnabled') if said.get('authEnabled') is not None else 'not set')}"
    engine = "redis" if redis else "memcached"
    return Posture(
        engine=engine, authentication=authentication, why=why, encrypted=encrypted, place=resource.place
    )


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else ()


def _aliases(resource: Resource) -> tuple[str, ...]:
    said = resource.properties
    candidates = [
        resource.id,
        said.get("name"),
        said.get("connectionName"),
        said.get("selfLink"),
        said.get("host"),
    ]
    candidates += [*_addresses(resource, "PRIMARY"), *_addresses(resource, "PRIVATE")]
    return tuple(
        dict.fromkeys(one for one in candidates if isinstance(one, str) and one and one != resource.name)
    )
