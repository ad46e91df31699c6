"""Which store an image is, and whether its environment leaves it without authentication.

After the images' own documentation: Docker Hub's official images, and Bitnami's where they differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from hushdesk.guard._findings import Authentication, Posture
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.compose._interpolate import UNKNOWN

Environment = Mapping[str, str]
"""Names in small letters; a value that is not known holds :data:`UNKNOWN`."""
Answer = tuple[Authentication, str]
NONE, REQUIRED, NOT_KNOWN = Authentication.NONE, Authentication.REQUIRED, Authentication.UNKNOWN

_ENGINES: Final = {
    "aerospike": "aerospike", "arangodb": "arangodb", "cassandra": "cassandra", "scylla": "cassandra", "clickhouse": "clickhouse",
    "clickhouse-server": "clickhouse", "cockroach": "cockroachdb", "consul": "consul", "couchbase": "couchbase", "couchdb": "couchdb",
    "elasticsearch": "elasticsearch", "elasticsearch-oss": "elasticsearch", "etcd": "etcd", "influxdb": "influxdb", "kafka": "kafka",
    "cp-kafka": "kafka", "redpanda": "kafka", "kibana": "kibana", "openldap": "ldap", "memcached": "memcached",
    "meilisearch": "meilisearch", "milvus": "milvus", "minio": "minio", "mongo": "mongodb", "mongodb": "mongodb",
    "mongodb-community-server": "mongodb", "eclipse-mosquitto": "mosquitto", "mosquitto": "mosquitto", "mysql": "mysql",
    "mysql-server": "mysql", "mariadb": "mysql", "percona": "mysql", "percona-server": "mysql", "mssql": "mssql",
    "neo4j": "neo4j", "opensearch": "opensearch", "opensearch-dashboards": "kibana", "postgres": "postgresql",
    "postgresql": "postgresql", "postgis": "postgresql", "timescaledb": "postgresql", "timescaledb-ha": "postgresql",
    "pgvector": "postgresql", "spilo": "postgresql", "prometheus": "prometheus", "qdrant": "qdrant", "rabbitmq": "rabbitmq",
    "redis": "redis", "redis-stack": "redis", "redis-stack-server": "redis", "valkey": "redis", "keydb": "redis", "dragonfly": "redis",
    "rethinkdb": "rethinkdb", "samba": "samba", "solr": "solr", "splunk": "splunk", "typesense": "typesense", "vault": "vault",
    "weaviate": "weaviate", "zookeeper": "zookeeper", "cp-zookeeper": "zookeeper",
}  # fmt: skip
_TRUE: Final = frozenset({"1", "true", "yes", "on", "y"})


def engine(image: str) -> str:
    """Which store an image is, or an empty text."""
    path = image.partition("@")[0]
    name = path.rsplit("/", 1)[-1].partition(":")[0].lower()
    if name == "server" and "mssql" in path:
        return "mssql"
    return _ENGINES.get(name, "")


def major(image: str) -> int | None:
    """The first number of an image's tag."""
    match = re.match(r"[a-z-]*(\d+)", image.partition("@")[0].rsplit("/", 1)[-1].partition(":")[2])
    return int(match[1]) if match else None


def posture(
    image: str, environment: Environment, command: str, *, complete: bool, place: Place
) -> Posture | None:
    """What the file says of a store's authentication.

    Args:
        image: With its tag.
        environment: Of the service.
        command: Its arguments, as one text.
        complete: False if a part of the environment is in files that are not at hand.
        place: Of the service.

    Returns:
        ``None`` if the image is no store of which that is known.
    """
    found = engine(image)
    ask = _ASK.get(found)
    if not found:
        return None
    if ask is None:
        return Posture(
            engine=found, authentication=NOT_KNOWN, why="its defaults are not modelled", place=place
        )
    answer, why = ask(environment, command, image)
    by_default = "not set" in why
    if by_default and not complete:
        answer, why = NOT_KNOWN, f"{why}, but a file of variables that is not at hand may set it"
    return Posture(engine=found, authentication=answer, why=why, place=place)


def _on(environment: Environment, name: str) -> bool | None:
    value = environment.get(name)
    if value is None:
        return False
    return None if UNKNOWN in value else value.strip().lower() in _TRUE


def _given(environment: Environment, *names: str) -> str:
    """The first of these that has a value, known or not."""
    return next((name for name in names if environment.get(name)), "")


def _password(environment: Environment, without: str, *names: str) -> Answer:
    """A password is asked for if one is set; otherwise not."""
    name = _given(environment, *names)
    if not name:
        return NONE, f"{without}: {names[0].upper()} is not set"
    if environment[name].strip(UNKNOWN) == "":
        return NOT_KNOWN, f"whether {name.upper()} is empty is not known"
    return REQUIRED, f"{name.upper()} is set"


def _of_bitnami(environment: Environment, image: str, without: str, *names: str) -> Answer:
    """A password by a variable that only Bitnami's images read: others, and the official ones above all, do not look at it."""
    name = _given(environment, *names)
    if not name or "bitnami" in image:
        return _password(environment, without, *names)
    if "/" not in image.removeprefix("docker.io/").removeprefix("library/"):
        return NONE, f"{without}: the official image does not read {name.upper()}"
    return NOT_KNOWN, f"whether this image reads {name.upper()} is not known"


def _postgresql(environment: Environment, command: str, image: str) -> Answer:  # noqa: ARG001
    method = environment.get("postgres_host_auth_method", "")
    if UNKNOWN in method:
        return NOT_KNOWN, "POSTGRES_HOST_AUTH_METHOD is not known"
    if method.strip().lower() == "trust":
        return NONE, "POSTGRES_HOST_AUTH_METHOD=trust"
    if _on(environment, "allow_empty_password"):
        return NONE, "ALLOW_EMPTY_PASSWORD=yes"
    return REQUIRED, "the image asks for a password unless POSTGRES_HOST_AUTH_METHOD=trust, which is not set"


def _mysql(environment: Environment, command: str, image: str) -> Answer:  # noqa: ARG001
    if "skip-grant-tables" in command:
        return NONE, "--skip-grant-tables"
    root = _given(
        environment, "mysql_root_password", "mariadb_root_password", "mysql_root_password_file", "mariadb_root_password_file",
        "mysql_random_root_password", "mariadb_random_root_password", "mariadb_root_password_hash",
    )  # fmt: skip
    # Any value counts for these two, even "no".
    empty = _given(
        environment,
        "mysql_allow_empty_password",
        "mariadb_allow_empty_root_password",
        "mariadb_allow_empty_password",
        "allow_empty_password",
    )
    if root and environment[root].strip(UNKNOWN):
        return REQUIRED, f"{root.upper()} is set"
    if empty:
        return NONE, f"{empty.upper()} is set and no password for root"
    if root:
        return NOT_KNOWN, f"whether {root.upper()} is empty is not known"
    return (
        REQUIRED,
        "the image starts only with a password for root or MYSQL_ALLOW_EMPTY_PASSWORD, which is not set",
    )


def _elasticsearch(environment: Environment, command: str, image: str) -> Answer:
    setting = environment.get("xpack.security.enabled", environment.get("xpack_security_enabled"))
    if setting is None and (match := re.search(r"xpack\.security\.enabled=(\S+)", command)):
        setting = match[1]
    if setting is not None:
        if UNKNOWN in setting:
            return NOT_KNOWN, "xpack.security.enabled is not known"
        on = setting.strip().lower() == "true"
        return (REQUIRED if on else NONE), f"xpack.security.enabled={'true' if on else 'false'}"
    version = major(image)
    if version is None:
        return NOT_KNOWN, "xpack.security.enabled is not set, and its default depends on the version"
    if version < 8:
        return NONE, f"xpack.security.enabled is not set, and off in version {version}"
    return REQUIRED, f"xpack.security.enabled is not set, and on in version {version}"


def _opensearch(environment: Environment, command: str, image: str) -> Answer:  # noqa: ARG001
    for name, shown in (("disable_security_plugin", "DISABLE_SECURITY_PLUGIN"), ("plugins.security.disabled", "plugins.security.disabled")):  # fmt: skip
        on = _on(environment, name)
        if on is None:
            return NOT_KNOWN, f"{shown} is not known"
        if on:
            return NONE, f"{shown}=true"
    return REQUIRED, "the security plugin is on: DISABLE_SECURITY_PLUGIN is not set"


_REQUIREPASS: Final = re.compile(r"--requirepass[\s=]+(\"[^\"]*\"|'[^']*'|\S+)")


def _redis(environment: Environment, command: str, image: str) -> Answer:
    arguments = f"{command} {environment.get('redis_args', '') if 'redis-stack' in image else ''}"
    given = _REQUIREPASS.findall(arguments)
    if given and (password := given[-1].strip("\"'")):
        if password.strip(UNKNOWN) == "":
            return NOT_KNOWN, "whether the password of --requirepass is empty is not known"
        return REQUIRED, "the command names a password"
    if re.search(r"--aclfile|--user\s", arguments):
        return REQUIRED, "the command names users"
    if re.search(r"\S+\.conf\b", command):
        return NOT_KNOWN, "the command names a configuration file, which is not at hand"
    if given:
        return NONE, "--requirepass is empty"
    return _of_bitnami(
        environment, image, "the image asks for no password", "redis_password", "valkey_password", "redis_password_file"
    )  # fmt: skip


def _mongodb(environment: Environment, command: str, image: str) -> Answer:
    if re.search(r"--auth\b|--keyFile", command):
        return REQUIRED, "the command says --auth"
    official = (
        "mongo_initdb_root_username",
        "mongo_initdb_root_username_file",
        "mongodb_initdb_root_username",
    )
    if _given(environment, *official):
        return _password(environment, "authorization is off", *official)
    if not _given(environment, "mongodb_root_password"):
        return NONE, "authorization is off: MONGO_INITDB_ROOT_USERNAME is not set"
    return _of_bitnami(environment, image, "authorization is off", "mongodb_root_password")


def _clickhouse(environment: Environment, command: str, image: str) -> Answer:  # noqa: ARG001
    if _on(environment, "clickhouse_skip_user_setup") or _on(environment, "allow_empty_password"):
        return NONE, "the user default stays without a password (CLICKHOUSE_SKIP_USER_SETUP)"
    if _given(environment, "clickhouse_password", "clickhouse_password_file", "clickhouse_admin_password"):
        return _password(
            environment, "", "clickhouse_password", "clickhouse_password_file", "clickhouse_admin_password"
        )
    return NOT_KNOWN, "CLICKHOUSE_PASSWORD is not set, and what that means depends on the image's version"


def _influxdb(environment: Environment, command: str, image: str) -> Answer:  # noqa: ARG001
    on = _on(environment, "influxdb_http_auth_enabled")
    if on:
        return REQUIRED, "INFLUXDB_HTTP_AUTH_ENABLED=true"
    version = major(image)
    if version == 1:
        return (NOT_KNOWN if on is None else NONE), "INFLUXDB_HTTP_AUTH_ENABLED is not set to true"
    if version is None:
        return NOT_KNOWN, "INFLUXDB_HTTP_AUTH_ENABLED is not set, and its default depends on the version"
    return REQUIRED, f"version {version} asks for a token"


def _etcd(environment: Environment, command: str, image: str) -> Answer:
    if "--client-cert-auth" in command:
        return REQUIRED, "--client-cert-auth"
    return _of_bitnami(environment, image, "users are off", "etcd_root_password")


def _neo4j(environment: Environment, command: str, image: str) -> Answer:  # noqa: ARG001
    value = environment.get("neo4j_auth", "")
    if UNKNOWN in value:
        return NOT_KNOWN, "NEO4J_AUTH is not known"
    return (
        (NONE, "NEO4J_AUTH=none")
        if value.strip().lower() == "none"
        else (REQUIRED, "NEO4J_AUTH=none is not set")
    )


def _arangodb(environment: Environment, command: str, image: str) -> Answer:  # noqa: ARG001
    if _given(environment, "arango_no_auth"):
        return NONE, "ARANGO_NO_AUTH is set"
    return REQUIRED, "ARANGO_NO_AUTH is not set"


def _always(authentication: Authentication, why: str) -> Callable[[Environment, str, str], Answer]:
    return lambda _, __, ___: (authentication, why)


_ASK: Final[Mapping[str, Callable[[Environment, str, str], Answer]]] = {
    "arangodb": _arangodb,
    "cassandra": _always(
        NONE, "AllowAllAuthenticator is the image's default, and CASSANDRA_AUTHENTICATOR is not set"
    ),
    "clickhouse": _clickhouse,
    "couchdb": lambda environment, _, __: _password(
        environment, "everybody is an administrator", "couchdb_password"
    ),
    "elasticsearch": _elasticsearch,
    "etcd": _etcd,
    "influxdb": _influxdb,
    "memcached": _always(NONE, "memcached asks for nothing unless SASL is on, which is not set"),
    "minio": _always(REQUIRED, "MinIO asks for a key; without MINIO_ROOT_PASSWORD it is the well-known one"),
    "mongodb": _mongodb,
    "mssql": _always(REQUIRED, "SQL Server always has a password"),
    "mysql": _mysql,
    "neo4j": _neo4j,
    "opensearch": _opensearch,
    "postgresql": _postgresql,
    "prometheus": _always(
        NONE, "Prometheus asks for nothing without a web configuration file, which is not set"
    ),
    "rabbitmq": _always(
        REQUIRED,
        "RabbitMQ asks for a password; without RABBITMQ_DEFAULT_PASS it is the well-known one of guest",
    ),
    "redis": _redis,
}
