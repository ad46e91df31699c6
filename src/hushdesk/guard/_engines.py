"""The stores that the guard knows, and the ports on which they listen unless told otherwise.

Ports after each maker's documentation; see also ``/etc/services``. Encrypted and administrative ports are listed too: each leads
to the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Engine:
    """One kind of store."""

    title: str
    tcp: tuple[int, ...]
    udp: tuple[int, ...] = ()


ENGINES: Final[dict[str, Engine]] = {
    "aerospike": Engine("Aerospike", (3000,)),
    "arangodb": Engine("ArangoDB", (8529,)),
    "cassandra": Engine("Cassandra", (7000, 7001, 7199, 9042, 9160)),
    "clickhouse": Engine("ClickHouse", (8123, 8443, 9000, 9009, 9440)),
    "cockroachdb": Engine("CockroachDB", (26257,)),
    "consul": Engine("Consul", (8500, 8501)),
    "cosmosdb": Engine("Cosmos DB", (443, 10255, 10350)),
    "couchbase": Engine("Couchbase", (8091, 8092, 8093, 11207, 11210, 18091)),
    "couchdb": Engine("CouchDB", (5984, 6984)),
    "db2": Engine("Db2", (50000,)),
    "druid": Engine("Druid", (8081, 8082, 8888)),
    "elasticsearch": Engine("Elasticsearch", (9200, 9300)),
    "etcd": Engine("etcd", (2379, 2380)),
    "hadoop": Engine("Hadoop HDFS", (8020, 9870, 50070)),
    "hbase": Engine("HBase", (16000, 16010, 16020)),
    "hive": Engine("Hive", (10000,)),
    "influxdb": Engine("InfluxDB", (8086, 8088)),
    "kafka": Engine("Kafka", (9092, 9093, 9094)),
    "kibana": Engine("Kibana", (5601,)),
    "ldap": Engine("LDAP", (389, 636)),
    "memcached": Engine("Memcached", (11211,), (11211,)),
    "meilisearch": Engine("Meilisearch", (7700,)),
    "milvus": Engine("Milvus", (19530,)),
    "minio": Engine("MinIO", (9000, 9001)),
    "mongodb": Engine("MongoDB", (27017, 27018, 27019, 28017)),
    "mosquitto": Engine("MQTT broker", (1883, 8883)),
    "mssql": Engine("SQL Server", (1433,), (1434,)),
    "mysql": Engine("MySQL / MariaDB", (3306, 33060)),
    "neo4j": Engine("Neo4j", (7473, 7474, 7687)),
    "neptune": Engine("Neptune", (8182,)),
    "nfs": Engine("NFS", (2049,), (2049,)),
    "opensearch": Engine("OpenSearch", (9200, 9300)),
    "oracle": Engine("Oracle", (1521, 2483, 2484)),
    "postgresql": Engine("PostgreSQL", (5432,)),
    "prometheus": Engine("Prometheus", (9090,)),
    "qdrant": Engine("Qdrant", (6333, 6334)),
    "rabbitmq": Engine("RabbitMQ", (5671, 5672, 15672)),
    "redis": Engine("Redis", (6379, 6380, 16379, 26379)),
    "redshift": Engine("Redshift", (5439,)),
    "rethinkdb": Engine("RethinkDB", (28015, 29015)),
    "riak": Engine("Riak", (8087, 8098)),
    "samba": Engine("SMB file share", (139, 445)),
    "solr": Engine("Solr", (8983,)),
    "splunk": Engine("Splunk", (8089,)),
    "typesense": Engine("Typesense", (8108,)),
    "vault": Engine("HashiCorp Vault", (8200,)),
    "weaviate": Engine("Weaviate", (50051,)),
    "zookeeper": Engine("ZooKeeper", (2181, 2182)),
}

ALIASES: Final = {
    "aurora": "mysql", "aurora-mysql": "mysql", "aurora-postgresql": "postgresql", "docdb": "mongodb", "mariadb": "mysql", "postgres": "postgresql",
    "sqlserver": "mssql", "valkey": "redis", "keydb": "redis", "percona": "mysql", "elastic": "elasticsearch",
}  # fmt: skip
"""Other names that inputs use."""

_TLS_ONLY: Final = frozenset({443})
"""Shared with every web server: looked at only where the input says that a store listens there."""


def engine_of(name: str) -> Engine | None:
    """The store of this name, if it is known."""
    return ENGINES.get(ALIASES.get(name, name))


def stores_on(protocol: str, port: int) -> tuple[str, ...]:
    """Titles of the stores that listen on a port unless told otherwise."""
    return tuple(
        engine.title
        for engine in ENGINES.values()
        if port in (engine.tcp if protocol == "tcp" else engine.udp)
    )


STORE_PORTS: Final[tuple[tuple[str, int], ...]] = tuple(
    sorted(
        {("tcp", port) for engine in ENGINES.values() for port in engine.tcp if port not in _TLS_ONLY}
        | {("udp", port) for engine in ENGINES.values() for port in engine.udp}
    )
)
"""Every protocol and port that is looked at where nothing says on what an endpoint listens."""
